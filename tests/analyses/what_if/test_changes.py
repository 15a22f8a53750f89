"""What is tried on a rule: off, softer, half the distance."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.analyses.what_if.changes import Change, changes_of, distance_of, with_rule
from flexruimte.rules.files import load_ruleset
from toy_town import RULESET, changed_ruleset

RING: dict[str, Any] = {
    "title": {"nl": "Ring", "en": "Ring"},
    "condition": "restriction",
    "level": "hard",
    "source": "toy",
    "basis": "assumption",
}


def tried(rule: dict[str, Any]) -> dict[Change, Any]:
    ruleset = changed_ruleset(rules={"ring": {**RING, **rule}})
    return {each.change: each.rule for each in changes_of(ruleset, "ring")}


def test_a_land_rule_of_one_distance() -> None:
    found = tried({"layer": "natuur", "distance_m": 30})
    assert found[Change.OFF].enabled is False
    assert found[Change.SOFTER].level == "medium"
    assert found[Change.HALF_DISTANCE].distance_m == 15


def test_distances_by_class_are_halved_and_the_largest_is_told() -> None:
    by_class = {"field": "afstand", "classes": {"a": 10, "b": 40}, "otherwise_m": 40}
    rule = {"layer": "leiding", "distance_m": by_class}
    half = tried(rule)[Change.HALF_DISTANCE].distance_m
    assert (half.classes, half.otherwise_m) == ({"a": 5, "b": 20}, 20)
    ruleset = changed_ruleset(rules={"ring": {**RING, **rule}})
    assert distance_of(ruleset, ruleset.rules["ring"]) == 40


def test_a_distance_in_a_text_is_not_known() -> None:
    ruleset = load_ruleset(RULESET)
    assert distance_of(ruleset, ruleset.rules["pipeline"]) is None
    changes = [each.change for each in changes_of(ruleset, "pipeline")]
    assert changes == [Change.OFF, Change.SOFTER]


def test_a_rule_that_wants_something_far_away() -> None:
    far = {"measure": "stop_distance_m", "at_least": 300, "unit": "m"}
    assert tried(far)[Change.HALF_DISTANCE].at_least == 150


@pytest.mark.parametrize("rule", [
    {"layer": "natuur"},
    {"layer": "natuur", "distance_m": 0},
    {"measure": "stop_distance_m", "at_most": 300, "unit": "m"},  # half would ask for more
    {"measure": "buildable_m2", "at_least": 300, "unit": "m2"},
], ids=str)  # fmt: skip
def test_what_has_no_distance(rule: dict[str, Any]) -> None:
    assert Change.HALF_DISTANCE not in tried(rule)


def test_soft_is_as_soft_as_can_be() -> None:
    assert list(tried({"layer": "natuur", "level": "soft"})) == [Change.OFF]


def test_a_ruleset_with_another_rule_is_another() -> None:
    ruleset = load_ruleset(RULESET)
    soft = ruleset.rules["nature"].model_copy(update={"level": "soft"})
    assert with_rule(ruleset, "nature", soft).rules["nature"].level == "soft"
    assert ruleset.rules["nature"].level == "very_hard"
