"""A finding that its rule cannot fill in, or that leaves out its value, is refused with a remedy."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.errors import RulesetError
from flexruimte.rules.files import built_in_names, load_ruleset, with_changes
from flexruimte.rules.finding_checks import placeholders_of, problems_of_findings

RULESET = load_ruleset("flexwonen-nl")


def finding(rule: str, nl: str, en: str | None = None, **more: Any) -> dict[str, Any]:
    return {"rules": {rule: {"finding": {"nl": nl, "en": nl if en is None else en, **more}}}}


@pytest.mark.parametrize("name", built_in_names())
def test_every_rule_that_ships_has_a_finding(name: str) -> None:
    ruleset = load_ruleset(name)
    assert [rule for rule, parts in ruleset.rules.items() if parts.finding is None] == []
    assert list(problems_of_findings(ruleset)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            finding("flood_depth", "{depth} m"),
            "[rules.flood_depth.finding.nl] placeholder '{depth}'",
        ),
        (finding("flood_depth", "het is te diep"), "lacks placeholder '{value}': a finding says"),
        (
            finding("flood_depth", "{value}; {limit}", "{value}"),
            "[rules.flood_depth.finding.en] lacks placeholder '{limit}', which the text in nl has",
        ),
        (finding("flood_depth", "{value} ({area})"), "placeholder '{area}' cannot be filled in"),
        (finding("natura2000", "{value}"), "there are: {area}, {features}, {count}"),
        (finding("natura2000", "binnen {distance}"), "placeholder '{distance}'"),
        (finding("business_parks_vng", "binnen {distance}"), "placeholder '{distance}'"),
        (finding("sign_width", "{value}"), "there are: {allowed}, {needed}"),
        (finding("sign_width", "te breed"), "lacks placeholder '{allowed}'"),
        (finding("owner_public", "{value -> [one] a *[other] b}"), "can only choose by a number"),
        (finding("owner_public", "{value"), "a brace stands alone"),
        (finding("owner_public", " "), "the text is empty"),
        (
            finding("flood_depth", "{value}", unknown={"nl": "{value}", "en": "{value}"}),
            "[rules.flood_depth.finding.unknown.nl] placeholder '{value}'",
        ),
    ],
)
def test_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RulesetError, match=r".+") as refused:
        with_changes(RULESET, changes)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


_NEW = {
    "condition": "site",
    "level": "soft",
    "measure": "flood_depth_m",
    "at_most": 1,
    "source": "chosen",
    "basis": "assumption",
}


def test_a_text_in_one_language_is_refused() -> None:
    rule = {**_NEW, "title": {"nl": "x", "en": "x"}, "finding": {"nl": "{value}"}}
    with pytest.raises(RulesetError, match=r"\[rules.new.finding.en\]"):
        with_changes(RULESET, {"rules": {"new": rule}})


def test_a_rule_without_a_finding_is_no_error() -> None:
    changed = with_changes(RULESET, {"rules": {"new": {**_NEW, "title": {"nl": "x", "en": "x"}}}})
    assert changed.rules["new"].finding is None


def test_what_a_rule_can_fill_in() -> None:
    rules = RULESET.rules
    able = {name: set(placeholders_of(RULESET, rules[name])) for name in rules}
    assert able["natura2000_ring"] == {"area", "distance", "features", "count"}
    assert able["flood_depth"] == {"value", "limit"}
    assert able["owner_public"] == {"value"}
    assert able["sign_mass"] == {"allowed", "needed"}


def test_a_class_that_its_list_does_not_have_gets_no_title() -> None:
    titles = {"gemente": {"nl": "x", "en": "x"}}
    with pytest.raises(RulesetError, match="'gemente' is no value of the field; did you mean"):
        with_changes(RULESET, {"code_lists": {"eigenaar": {"titles": titles}}})
