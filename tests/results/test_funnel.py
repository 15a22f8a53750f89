"""The funnel of the toy town, with every number on paper, and against the parcels of others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assessment.row_of_parcels import study as row_of_parcels
from flexruimte import Ranking
from flexruimte.results.funnel import FUNNEL_COLUMNS
from toy_town import changed_ruleset, parameter, toy_study

BOUND = {"suitable_from_score": parameter(25)}


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    ruleset = changed_ruleset(placement=BOUND)
    return toy_study(tmp_path_factory.mktemp("toy"), ruleset=ruleset).rank("A")


def row(ranking: Ranking, group: str = "all", owner: str = "all") -> pd.Series:
    table = ranking.funnel().set_index(["target_group", "owner_class"])
    return table.loc[(group, owner)]


STEPS = ["use", "restriction", "plan", "available"]
# Sums of tests/assessment/test_funnel.py, in hectares: what is surely left, and what may be.
# P01-P04 are the municipality's, P05-P07 private, of the others nobody knows.
HECTARES = {
    "all": ([9.91, 8.01, 6.11, 5.21], [1, 1, 2, 2]),
    "gemeente": ([1.91, 1.91, 1.91, 1.91], [1, 1, 1, 1]),
    "particulier": ([3, 1.5, 1.5, 1.5], [0, 0, 0, 0]),
    "unknown": ([5, 4.6, 2.7, 1.8], [0, 0, 1, 1]),
}


@pytest.mark.parametrize("owner", HECTARES)
def test_hectares_after_each_condition(ranking: Ranking, owner: str) -> None:
    surely, perhaps = HECTARES[owner]
    for group in ("all", "students", "starters"):
        found = row(ranking, group, owner)
        assert [found[f"{step}_hectares"] for step in STEPS] == pytest.approx(surely)
        assert [found[f"{step}_unknown_hectares"] for step in STEPS] == pytest.approx(perhaps)


def test_all_land_comes_first_and_then_by_owner(ranking: Ranking) -> None:
    table = ranking.funnel()
    assert tuple(table)[: len(FUNNEL_COLUMNS)] == FUNNEL_COLUMNS
    assert table["owner_class"].tolist() == [*HECTARES] * 3
    assert table["hectares"].tolist() == [12, 4, 3, 5] * 3


def test_what_is_suitable_for_whom(ranking: Ranking) -> None:
    # Students 3 x stop + grid, starters stop + grid. Stop: P03 (500 - 350) / 4 = 37.5, P06 11.8,
    # P12 (500 - 291.5) / 4 = 52.1, others 0; grid: P01, P05 and P09 50, others 0. From 25:
    # students P03 28.1 and P12 39.1; starters P01, P05 and P09 25 (equal passes) and P12 26.1.
    suitable = {
        group: row(ranking, group)["suitable_hectares"] for group in ("students", "starters")
    }
    assert suitable == {
        "students": pytest.approx(1 + 0.9),
        "starters": pytest.approx(0.91 + 0.5 + 0.9 + 0.9),
    }
    # P03 too suits one of them
    assert row(ranking)["suitable_hectares"] == pytest.approx(4.21)
    # P04 and P08 would suit them, but it is not known that they are available
    assert row(ranking)["suitable_unknown_hectares"] == 0


def test_sites_and_homes_by_class(ranking: Ranking) -> None:
    # P03 is the one on the shortlist, at most 30 homes; talk: P01 30, P09 18 and P12 18;
    # later: P05 20 and P06 30
    found = row(ranking)
    names = ["shortlist", "talk", "later"]
    assert [found[f"{name}_sites"] for name in names] == [1, 3, 2]
    assert [found[f"{name}_homes"] for name in names] == [30, 66, 50]
    assert (found["sites"], found["homes"]) == (6, 146)
    # for starters P03 does not do
    assert row(ranking, "starters")["shortlist_sites"] == 0
    assert row(ranking, "students", "gemeente")["shortlist_homes"] == 30


def test_what_is_not_known_of_a_group_is_no_land_for_it(tmp_path: Path) -> None:
    ruleset = changed_ruleset(placement=BOUND)
    study = toy_study(tmp_path, ruleset=ruleset, layers={"net": None, "haltes": None})
    found = row(study.rank("A"), "students")
    assert found["suitable_hectares"] == 0
    assert found["suitable_unknown_hectares"] == found["available_hectares"] == pytest.approx(5.21)


def test_without_a_bound_nothing_is_suitable_and_no_group_has_a_row(tmp_path: Path) -> None:
    table = toy_study(tmp_path).rank("A").funnel()
    assert set(table["target_group"]) == {"all"}
    assert table[["suitable_hectares", "suitable_unknown_hectares"]].isna().all(axis=None)


def test_the_share_that_is_assessed_is_the_mean_over_the_land(ranking: Ranking) -> None:
    # all parcels are 1 ha
    known = ranking.parcels.set_index("parcel_id")["known_share"]
    assert row(ranking)["assessed_share"] == pytest.approx(known.mean(), abs=1e-4)
    gemeente = known[["P01", "P02", "P03", "P04"]].mean()
    assert row(ranking, owner="gemeente")["assessed_share"] == pytest.approx(gemeente, abs=1e-4)


def test_parcels_that_are_too_small_alone_are_available_together() -> None:
    ranking = row_of_parcels("touching").rank("A")
    # A 0.4 and B 0.3; F, G and H 0.2 each; D and E 0.6 each; C, 0.4, stays too small
    assert row(ranking)["available_hectares"] == pytest.approx(0.7 + 0.6 + 1.2)
    assert row(ranking)["hectares"] == pytest.approx(2.9)
    # land is counted by whose it is: A, F and G; B; D, E and H
    by_owner = [row(ranking, owner=name) for name in ("gemeente", "particulier", "unknown")]
    assert [each["available_hectares"] for each in by_owner] == pytest.approx([0.8, 0.3, 1.4])
    # and a site by the owner of most of it: A and B are the municipality's
    assert [each["sites"] for each in by_owner] == [2, 0, 2]


def test_a_condition_that_nobody_looked_at_is_no_number(tmp_path: Path) -> None:
    plans = {"layers": {"plannen": None}, "not_assessed": ["plannen"]}
    found = row(toy_study(tmp_path, **plans).rank("A"))
    # without plans there is no term either: P08, P10 and P11 are as free as the others
    assert found["not_assessed"] == "plannen"
    assert found["conditions_not_assessed"] == "plan;term"
    assert pd.isna(found["plan_hectares"])
    assert pd.isna(found["plan_unknown_hectares"])
    assert found["restriction_hectares"] == pytest.approx(8.01)
    assert found["available_hectares"] == pytest.approx(8.01)
