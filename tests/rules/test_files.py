"""Rulesets: read, changed, and as they hold in one municipality."""

from __future__ import annotations

from flexruimte.rules.files import load_ruleset
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
