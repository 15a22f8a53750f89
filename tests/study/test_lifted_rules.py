"""What the exception for homes of at most ten years lifts, for who chooses it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from flexruimte.errors import StudyError
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.lifted_rules import with_lifted_rules
from flexruimte.study.placement import with_placement

LIFTED = load_ruleset("flexwonen-nl").regimes["bkl_ten_years"].lifts


def lifted(as_of: str = "2026-01-01", **placement: Any) -> Ruleset:
    ruleset = with_placement(load_ruleset("flexwonen-nl"), placement)
    return with_lifted_rules(ruleset, dt.date.fromisoformat(as_of))


def test_noise_and_odour_are_a_note_and_nothing_else_changes() -> None:
    usual, chosen = lifted(), lifted(ten_year_exemption="yes", required_years=10)
    assert usual.rules == load_ruleset("flexwonen-nl").rules
    changed = {name for name in usual.rules if usual.rules[name] != chosen.rules[name]}
    assert changed == set(LIFTED)
    assert {chosen.rules[name].level for name in LIFTED} == {"soft"}
    assert {"noise_road_limit", "noise_rail_limit", "noise_industry_limit"} <= changed
    assert "livestock_in_built_up_area" in changed
    # what residents hear all the same, and the health services' precaution, stay
    assert not {"noise_all_sources", "livestock_precaution"} & changed
    reason = chosen.rules["noise_road_limit"].level_reason
    assert reason is not None
    assert "controleer" in reason.nl


def test_fifteen_years_lose_it() -> None:
    with pytest.raises(StudyError, match=r"at most 10 years, and required_years asks for 15"):
        lifted(ten_year_exemption="yes")


def test_before_the_law_there_is_nothing_to_choose() -> None:
    with pytest.raises(
        StudyError, match=r"row 'bkl_ten_years' of the law does not hold on 2023-12"
    ):
        lifted("2023-12-31", ten_year_exemption="yes", required_years=10)
