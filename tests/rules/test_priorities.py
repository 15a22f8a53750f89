"""Classes of priority: what contradicts itself, leaves a gap or can never be reached is refused."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.errors import RulesetError
from flexruimte.rules.files import built_in_names, load_ruleset
from flexruimte.vocabulary import Level
from toy_town import RULESET, changed_ruleset

SOURCED = {"title": {"nl": "x", "en": "x"}, "source": "x", "basis": "assumption"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"shortlist": {"passes": ["public_owners"]}},
            r"\[priorities.shortlist\] passes: rule 'public_owners' does not exist; .*public_owner",
        ),
        ({"talk": {"but_for": ["nothing"]}}, r"\[priorities.talk\] but_for: rule 'nothing'"),
        (
            {"talk": {"passes": ["pessimistic_term"]}},
            r"\[priorities.talk\] 'pessimistic_term' stands in passes and in but_for, .*take it out",
        ),
        (
            {"talk": {"refuses": ["pessimistic_term"]}},
            r"\[priorities.talk\] 'pessimistic_term' stands in refuses and in but_for",
        ),
        (
            {"talk": {"refuses_levels": []}},
            r"\[priorities.talk\] but_for excepts rules from refuses_levels, and there are none",
        ),
        (
            {"later": {"refuses": ["unbuilt"]}},
            r"\[priorities.later\] is the last class .* leaves a gap: .* add a last class",
        ),
        ({"later": {"most": 5}}, r"\[priorities.later\] is the last class .* leaves a gap"),
        # the same conditions as talk, and a stricter one
        (
            {
                "shortlist": {"most": "none", "passes": []},
                "talk": {"refuses": [], "but_for": []},
            },
            r"\[priorities.talk\] can never be reached: .* is in 'shortlist' already",
        ),
        (
            {
                "shortlist": {"most": "none", "passes": [], "refuses_levels": []},
            },
            r"\[priorities.talk\] can never be reached",
        ),
        # what is refused there must say yes here
        (
            {
                "shortlist": {
                    "most": "none",
                    "passes": [],
                    "refuses": ["near_nature"],
                    "refuses_levels": [],
                },
                "talk": {"passes": ["near_nature"], "refuses": []},
            },
            r"\[priorities.talk\] can never be reached",
        ),
    ],
)
def test_bad_classes_are_refused_in_one_line(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RulesetError, match=said) as error:
        changed_ruleset(priorities=changes)
    assert "\n" not in str(error.value)


def test_a_class_after_one_that_is_full_can_be_reached() -> None:
    changed_ruleset(priorities={"shortlist": {"passes": [], "refuses_levels": []}})


def test_most_is_at_least_one() -> None:
    with pytest.raises(RulesetError, match=r"priorities.shortlist.most"):
        changed_ruleset(priorities={"shortlist": {"most": 0}})


def test_rules_are_refused_by_name_and_by_level() -> None:
    ruleset = load_ruleset(RULESET)
    talk = ruleset.priorities["talk"]
    assert ruleset.refusals(talk) == ["near_nature"]
    softer = changed_ruleset(rules={"near_nature": {"level": "medium"}})
    shortlist = softer.priorities["shortlist"]
    assert softer.refusals(shortlist) == ["near_nature", "pessimistic_term"]


def test_pbl_has_no_classes() -> None:
    assert load_ruleset("pbl-2020").priorities == {}  # none is stated of its study


def test_a_bridge_is_talked_about() -> None:
    usual, bridging = (
        load_ruleset(name).priorities["talk"].but_for
        for name in ("flexwonen-nl", "flexwonen-nl-bridging")
    )
    assert bridging == [*usual, "term_long_enough"]


@pytest.mark.parametrize("name", [name for name in built_in_names() if name != "pbl-2020"])
def test_built_in_rulesets_have_three_classes(name: str) -> None:
    ruleset = load_ruleset(name)
    assert list(ruleset.priorities) == ["shortlist", "talk", "later"]
    medium = {key for key, rule in ruleset.enabled_rules.items() if rule.level == Level.MEDIUM}
    # what keeps out of the second class keeps out of the first
    first, second, _ = map(ruleset.refusals, ruleset.priorities.values())
    assert set(second) <= {*first, *ruleset.priorities["shortlist"].passes}
    assert medium & set(first)
