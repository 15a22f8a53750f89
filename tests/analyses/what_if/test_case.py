"""What need not be judged again, in the toy town."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analyses.what_if.cases import case_of, toy_case
from assessment.row_of_parcels import study as row_of_parcels
from flexruimte.analyses.what_if.case import Case, may_be_ranked, settled_rules
from toy_town import IDS, changed_ruleset, toy_study


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy_case(tmp_path_factory.mktemp("toy"))


def test_what_rests_on_the_whole_parcel_or_the_term_is_settled(town: Case) -> None:
    # The size is that of what is left, and the type asks for its width.
    others = {"large_enough", "type_asked"}
    assert settled_rules(town.ruleset, town.found) == set(town.ruleset.rules) - others


def test_the_area_of_a_parcel_is_not_that_of_a_site(tmp_path: Path) -> None:
    ruleset = changed_ruleset(rules={"large_enough": {"measure": "area_m2"}})
    found = case_of(toy_study(tmp_path, ruleset=ruleset))
    assert "large_enough" not in settled_rules(found.ruleset, found.found)


def test_only_what_no_settled_rule_excludes_may_be_ranked(town: Case) -> None:
    found = may_be_ranked(town.question, "A", town.found)
    # P02 is built on, P04 and P08 are not known, nature takes all of P07, P10 and P11 have plans.
    assert [IDS[each] for each in found] == ["P01", "P03", "P05", "P06", "P09", "P12"]


def test_decisions_count(tmp_path: Path) -> None:
    decided = pd.DataFrame(
        {
            "parcel_id": ["P01", "P02", "P07"],
            "decision": ["out", "in", "in"],
            "reason": "raad",
            "date": "2025-06-01",
        }
    )
    town = case_of(toy_study(tmp_path, decisions=decided))
    found = [IDS[each] for each in may_be_ranked(town.question, "A", town.found)]
    # P07: nature is very hard
    assert found == ["P02", "P03", "P05", "P06", "P09", "P12"]


def test_parcels_that_may_be_one_site_go_together() -> None:
    row = case_of(row_of_parcels("touching"))
    everyone = np.ones(8, dtype=bool)
    # C touches A in a corner, which may be enough until it is looked at closely
    assert row.together_with(np.array([0]), everyone).tolist() == [0, 1, 2]
    assert row.together_with(np.array([6]), everyone).tolist() == [5, 6, 7]
    assert row.together_with(np.array([6]), everyone & (np.arange(8) != 7)).tolist() == [5, 6]
    assert row.have_neighbours(everyone).tolist() == list(range(8))
    apart = case_of(row_of_parcels("none"))
    assert apart.together_with(np.array([0]), everyone).tolist() == [0]
    # F and G are the municipality's
    owned = case_of(row_of_parcels("touching_same_owner"))
    assert owned.have_neighbours(everyone).tolist() == [5, 6]


def test_sites_are_those_that_are_known_where_only_scores_differ() -> None:
    study = row_of_parcels("touching")
    row = case_of(study)
    everyone = np.arange(8)
    for changes in (
        {"score": {"weights": {"term": 1}}},
        {"criteria": {"stop": {"curve": [[0, 100], [900, 0]]}}},
        {"target_groups": ["starters"]},
    ):
        question = study.changed(**changes).question
        known = row.sites_of(question, everyone)
        assert known is not None
        assert known.tolist() == [0, 0, -1, -1, -1, 1, 1, 1]
        anew, again = (
            row.evidence.judged(question, row.found, site_of) for site_of in (None, known)
        )
        assert anew.sites is not None
        assert again.sites is not None
        pd.testing.assert_frame_equal(anew.sites.table, again.sites.table)
        pd.testing.assert_frame_equal(anew.parcels, again.parcels)
    for changes in (
        {"placement": {"min_buildable_m2": 6_000}},
        {"rules": {"public_owner": {"level": "medium"}}},
        {"priorities": {"shortlist": {"most": 2}}},
    ):
        assert row.sites_of(study.changed(**changes).question, everyone) is None
