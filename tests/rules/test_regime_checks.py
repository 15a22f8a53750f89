"""What rows of law may not say."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.errors import RulesetError
from flexruimte.rules.files import load_ruleset, with_changes

ROW = "bkl_ten_years"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"only_for": {"ten_years": "yes"}}, "only_for: placement parameter 'ten_years' does not"),
        ({"lifts": ["noise"]}, r"lifts: rule 'noise' does not exist; did you mean"),
        ({"only_for": {}}, "lifts rules without being chosen"),
        (
            {"when": [{"measure": "buildable_m2", "at_least": 1}]},
            "when can only ask for measures of the whole parcel, and 'buildable_m2' is not one",
        ),
        ({"when": [{"measure": "zoning", "in": ["wonen"]}]}, "measure 'zoning' does not exist"),
        ({"counted_from": "permit"}, "counted_from"),
    ],
)
def test_rows_that_contradict_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RulesetError, match=message):
        with_changes(load_ruleset("flexwonen-nl"), {"regimes": {ROW: changes}})


def test_what_lifts_rules_is_chosen_for_a_study_as_a_whole() -> None:
    local = {"GM0363": {"placement": {"ten_year_exemption": {"value": "yes"}}}}
    with pytest.raises(RulesetError, match=r"\[municipalities\.GM0363\.placement\] 'ten_year_exe"):
        with_changes(load_ruleset("flexwonen-nl"), {"municipalities": local})


def test_what_was_not_verified_says_so() -> None:
    for name, row in load_ruleset("flexwonen-nl").regimes.items():
        if "not verified" in row.source:
            assert row.basis == "assumption", name
            assert row.note is not None, name
            assert "erify" in row.note.en, name
            assert "ontroleer" in row.note.nl, name
