"""The two kinds of rule: which one a table is, and what each reads and refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from flexruimte.rules.parts import Reading
from flexruimte.rules.rules import LandRule, MeasureRule, Rule

GENERAL = {
    "title": {"nl": "x", "en": "x"},
    "condition": "site",
    "level": "soft",
    "source": "toy",
    "basis": "assumption",
}
BY_CLASS = {"field": "cat", "classes": {"1": 10, "2": 200}, "otherwise_m": 50}
BY_TEXT = {"field": "afstand", "pattern": "([0-9]+) m", "otherwise_m": 50}


def rule(**said: Any) -> LandRule | MeasureRule:
    return TypeAdapter(Rule).validate_python({**GENERAL, **said})


def test_a_rule_is_of_the_kind_that_its_table_names() -> None:
    assert type(rule(layer="natuur")) is LandRule
    assert type(rule(measure="built_share", at_most=0.3)) is MeasureRule


@pytest.mark.parametrize(("said", "message"), [
    ({}, "a rule needs either a layer or a measure"),
    ({"layer": "natuur", "measure": "built_share", "at_most": 0.3}, "a rule needs either a layer or a measure"),
    ({"layer": "natuur", "at_most": 3}, "takes where and distance_m, no test of a value"),
    ({"layer": "natuur", "in": [3]}, "takes where and distance_m, no test of a value"),
    ({"layer": "natuur", "distance_m": -1}, "distance_m is below zero"),
    ({"layer": "lden", "above": 60, "distance_m": 5}, "above is about the cells of a raster"),
    ({"layer": "lden", "above": 60, "where": {"a": 1}}, "above is about the cells of a raster"),
    ({"layer": "natuur", "precision_m": -1}, "greater than or equal to 0"),
    ({"layer": "natuur", "distance_m": {**BY_CLASS, "pattern": "x"}}, "needs either classes or pattern"),
    ({"layer": "natuur", "distance_m": {"field": "cat", "otherwise_m": 50}}, "needs either classes or pattern"),
    ({"measure": "built_share"}, "a test needs at_least, at_most, in or not_in"),
    ({"measure": "built_share", "at_most": 0.3, "where": {"a": 1}}, "no where or distance_m"),
    ({"measure": "built_share", "at_most": 0.3, "precision_m": 1}, "no where or distance_m"),
    ({"measure": "built_share", "at_most": 0.3, "above": 1}, "nor above"),
])  # fmt: skip
def test_what_a_rule_may_not_say(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        rule(**said)


@pytest.mark.parametrize(("said", "reading"), [
    ({}, Reading("natuur")),
    ({"distance_m": 20}, Reading("natuur", (), 20)),
    ({"above": 60}, Reading("natuur")),  # a raster's own cells
    ({"distance_m": 0, "where": {"naam": "Bos", "nr": 3}}, Reading("natuur", ("naam", "nr"))),
    ({"where": {"naam": "Bos"}, "distance_m": BY_CLASS}, Reading("natuur", ("naam", "cat"), 200)),  # the largest
    ({"distance_m": {**BY_CLASS, "otherwise_m": 900}}, Reading("natuur", ("cat",), 900)),
    ({"distance_m": BY_TEXT}, Reading("natuur", ("afstand",), 50)),  # what texts say is not known here
])  # fmt: skip
def test_what_a_rule_on_land_reads(said: dict[str, Any], reading: Reading) -> None:
    assert rule(layer="natuur", **said).reads() == (reading,)


def test_the_measures_that_a_rule_asks_for() -> None:
    asked = {
        "when": [{"measure": "a_m", "at_most": 1}],
        "unless": [{"measure": "b_m", "at_most": 1}],
    }
    assert rule(layer="natuur", **asked).measures_asked == ["a_m", "b_m"]
    assert rule(measure="c_m", at_most=1, **asked).measures_asked == ["c_m", "a_m", "b_m"]


def test_a_rule_on_a_measure_reads_nothing_itself() -> None:
    assert rule(measure="built_share", at_most=0.3).reads() == ()
