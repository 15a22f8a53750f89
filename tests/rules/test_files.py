"""Rulesets: read, changed, and as they hold in one municipality."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flexruimte.errors import RulesetError
from flexruimte.rules.files import built_in_names, for_municipality, load_ruleset, with_changes
from toy_town import (
    RULESET,
    changed_ruleset,
)


def test_a_general_rule_a_local_one_none_and_zero() -> None:
    rules = {level: changed_ruleset(rules={"near_nature": change}).rules["near_nature"] for level, change in {
        "absent": {}, "zero": {"distance_m": 0}, "other": {"distance_m": 50}, "none": {"distance_m": "none"},
    }.items()}  # fmt: skip
    assert rules["absent"].distance_m == 20
    assert rules["zero"].distance_m == 0
    assert rules["zero"].enabled
    assert rules["other"].distance_m == 50
    assert not rules["none"].enabled


def test_a_change_without_a_source_says_so() -> None:
    assert load_ruleset(RULESET).rules["nature"].basis == "law"
    silent = changed_ruleset(rules={"nature": {"distance_m": 10}}).rules["nature"]
    assert (
        silent.source
        == "distance_m changed by ruleset 'toy' [municipalities.A], without a source; before: toy"
    )
    assert silent.basis == "assumption"
    sourced = changed_ruleset(
        rules={"nature": {"distance_m": 10, "source": "Raadsbesluit 2026-14", "basis": "practice"}}
    ).rules["nature"]
    assert (sourced.source, sourced.basis) == ("Raadsbesluit 2026-14", "practice")


def test_a_file_is_named_from_its_folder(tmp_path: Path) -> None:
    shutil.copy(RULESET, tmp_path / "toy.toml")
    (tmp_path / "mine.toml").write_text(
        'extends = "toy.toml"\nname = "mine"\n[rules.nature]\ndistance_m = 10\n'
    )
    mine, toy = load_ruleset("mine.toml", tmp_path), load_ruleset(RULESET)
    assert load_ruleset(tmp_path / "mine.toml").rules["nature"].distance_m == 10
    assert (mine.name, mine.rules["nature"].distance_m) == ("mine", 10)
    assert {name for name in toy.rules if mine.rules[name] != toy.rules[name]} == {"nature"}


def test_every_built_in_name_can_be_read() -> None:
    assert [load_ruleset(name).name for name in built_in_names()] == built_in_names()


def test_overrides_hold_in_their_municipality_alone() -> None:
    local = {"A": {"rules": {"nature": {"level": "soft"}}}, "B": {}}
    ruleset = load_ruleset(RULESET).model_copy(update={"municipalities": local})
    here = for_municipality(ruleset, "A")
    assert here.rules["nature"].level == "soft"
    assert here.municipalities == {}
    assert for_municipality(ruleset, "B") is ruleset  # nothing to override
    assert for_municipality(ruleset, "C") is ruleset
    assert ruleset.rules["nature"].level == "very_hard"


def test_an_override_that_does_not_hold_names_its_municipality() -> None:
    local = {"A": {"rules": {"natura": {"level": "soft"}}}}
    ruleset = load_ruleset(RULESET).model_copy(update={"municipalities": local})
    with pytest.raises(
        RulesetError, match=r"ruleset 'toy' \[municipalities.A\].*did you mean 'nature'"
    ):
        for_municipality(ruleset, "A")


def test_changes_are_checked_and_leave_the_ruleset_as_it_is() -> None:
    toy = load_ruleset(RULESET)
    before = toy.model_dump_json()
    changed = with_changes(toy, {"rules": {"unbuilt": {"at_most": 0.5}}})
    assert (changed.rules["unbuilt"].at_most, toy.rules["unbuilt"].at_most) == (0.5, 0.3)
    assert changed.rules["unbuilt"].source == (
        "at_most changed by changes, without a source; before: toy"
    )
    with pytest.raises(RulesetError, match="layer 'pnd' does not exist"):
        with_changes(toy, {"rules": {"buildings": {"layer": "pnd"}}})
    assert toy.model_dump_json() == before
    assert with_changes(toy, {}) == toy
