"""Layers that a study may do without: with them their rules count, without them nothing is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from flexruimte.assessment.pipeline import assess
from flexruimte.assessment.question import absent_optional_layers
from flexruimte.errors import RulesetError
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.study.optional_layers import without_absent_layers
from toy_town import RULESET, toy_study

OPTIONAL = {"layers": {"natuur": {"optional": True}}}


def test_rules_on_an_absent_layer_are_off_and_others_stay() -> None:
    ruleset = with_changes(load_ruleset(RULESET), OPTIONAL)
    off = {
        name
        for name, rule in without_absent_layers(ruleset, []).rules.items()
        if not rule.enabled and ruleset.rules[name].enabled
    }
    assert off == {
        name for name, rule in ruleset.rules.items() if "natuur" in ruleset.layers_of_rule(rule)
    }
    assert without_absent_layers(ruleset, ["natuur"]).rules == ruleset.rules


def test_absent_is_not_unknown_and_is_named(tmp_path: Path) -> None:
    ruleset = with_changes(load_ruleset(RULESET), OPTIONAL)
    study = toy_study(tmp_path, ruleset=ruleset, layers={"natuur": None})
    assert absent_optional_layers(study.question) == ["natuur"]
    town = assess(study.question, "A")
    assert "natuur" not in town.absent
    assert "nature" not in town.verdicts
    needed = assess(toy_study(tmp_path, layers={"natuur": None}).question, "A")
    assert "natuur" in needed.absent
    assert (needed.verdicts["nature"] == 0).all()


def test_what_is_left_out_knowingly_is_left_out_by_name(tmp_path: Path) -> None:
    ruleset = with_changes(load_ruleset(RULESET), OPTIONAL)
    study = toy_study(tmp_path, ruleset=ruleset, layers={"natuur": None}, not_assessed=["natuur"])
    assert absent_optional_layers(study.question) == []
    assert assess(study.question, "A").left_out["nature"] == "natuur"


def test_the_term_and_scores_rest_on_no_optional_layer() -> None:
    ruleset = load_ruleset(RULESET)
    with pytest.raises(RulesetError, match=r"\[plans\] layer 'plannen' is optional"):
        with_changes(ruleset, {"layers": {"plannen": {"optional": True}}})
    with pytest.raises(
        RulesetError, match=r"\[criteria\.\w+\] rests on layer 'haltes', which is opt"
    ):
        with_changes(ruleset, {"layers": {"haltes": {"optional": True}}})
