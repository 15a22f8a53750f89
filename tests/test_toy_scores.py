"""The toy town scored as the built-in rules score: feasibility, weakest link, term as asked, group.

The sums stand beside the numbers; what lies where is in `toy_town`.
"""

from __future__ import annotations

from math import hypot
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte import Study
from flexruimte.rules.files import load_ruleset, with_changes
from toy_town import IDS, RULESET, toy_study

SOURCED = {"source": "toy", "basis": "assumption"}


def part(title: str, **said: Any) -> dict[str, Any]:
    """Return a part of a ruleset with a title and a source."""
    return {"title": {"nl": title, "en": title}, **said, **SOURCED}


ASKED = {"placement": "required_years"}
CHANGES = {
    # the two rules of level medium
    "rules": {
        "near_nature": {"level": "medium"},
        "public_owner": {"level": "medium"},
        "pessimistic_term": {"level": "soft"},
    },
    "criteria": {
        "owner": part("Owner", measure="owner_class", classes={"gemeente": 100, "particulier": 20}),
        "points": part("Points", measure="medium_points_count", curve=[[0, 100], [4, 0]]),
        "in_time": part("In time", measure="start_delay_years", curve=[[0, 100], [3, 0]]),
        "asked": part("Asked", measure="term_years", curve=[[0, 0], [ASKED, 0], [ASKED, 100]]),
        "end": part("End", measure="term_end_class", classes={"known": 100, "none_known": 60}),
    },
    "themes": {
        "term": part("Term", weights={"asked": 3, "end": 1}, lowest=["asked"]),
        "relocatability": part(
            "Relocatability", weights={"stop": 3, "grid": 1}, lowest=["grid", "quiet"]
        ),
        "feasibility": part("Feasibility", weights={"owner": 2, "points": 1, "in_time": 1}),
    },
    "score": {"weights": {"suitability": 1, "feasibility": 3}, **SOURCED},
}
NAN = float("nan")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    ruleset = with_changes(load_ruleset(RULESET), CHANGES)
    return toy_study(tmp_path_factory.mktemp("toy"), ruleset=ruleset, target_groups=None)


@pytest.fixture(scope="module")
def town(study: Study) -> pd.DataFrame:
    return pd.DataFrame(study.rank("A").parcels).set_index("parcel_id")


def numbers(town: pd.DataFrame, name: str) -> list[float]:
    return town.loc[IDS, name].astype("float64").tolist()


def test_points_of_level_medium(town: pd.DataFrame) -> None:
    # near nature: the first seven, unknown P08 and P12; the owner: P05-P07 private, the last five
    # unknown. Of P08 and P12 neither has an answer.
    expected = [1, 1, 1, 1, 2, 2, 2, NAN, 0, 0, 0, NAN]
    np.testing.assert_array_equal(numbers(town, "medium_points_count"), expected)
    points = [75, 75, 75, 75, 50, 50, 50, NAN, 100, 100, 100, NAN]
    np.testing.assert_array_equal(numbers(town, "criterion_points"), points)


def test_when_the_land_comes_free(town: pd.DataFrame) -> None:
    # all at the end of the lead time, 1 January 2027, but P04, which is let until 1 July 2028
    expected = [0, 0, 0, 1.5, *[0] * 8]
    np.testing.assert_array_equal(numbers(town, "start_delay_years"), expected)
    np.testing.assert_array_equal(numbers(town, "criterion_in_time")[3:5], [50, 100])


def test_how_sure_the_end_is(town: pd.DataFrame) -> None:
    # P06 is reserved from 2043; a hard plan ends P10 and P11; nothing says when the one on P08 does;
    # the plan on P12 is soft
    known, none = "known", "none_known"
    expected = [none] * 5 + [known, none, None, none, known, known, none]
    assert [None if pd.isna(each) else each for each in town.loc[IDS, "term_end_class"]] == expected


def test_the_term_is_as_asked_or_none(town: pd.DataFrame) -> None:
    # 30 years are no better than the 16 of P06, whose end is known: (3 x 100 + 60) / 4 against 100;
    # P10 and P11 are shorter than 15
    expected = [90, 90, 90, 90, 90, 100, 90, NAN, 90, 0, 0, 90]
    np.testing.assert_array_equal(numbers(town, "term"), expected)


def test_who_asks_for_less_gets_more(study: Study) -> None:
    # P11 is free for 10 years, P10 for 1
    ten = pd.DataFrame(study.changed(placement={"required_years": 10}).rank("A").parcels)
    found = ten.set_index("parcel_id")["term"]
    assert found[["P01", "P10", "P11"]].tolist() == [90, 0, 100]


def test_feasibility(town: pd.DataFrame) -> None:
    expected = [
        *[(2 * 100 + 75 + 100) / 4] * 3,  # the municipality's, near nature, free in time
        (2 * 100 + 75 + 50) / 4,  # P04: let
        *[(2 * 20 + 50 + 100) / 4] * 3,  # private
        100,  # P08: in time is all that is known
        *[(100 + 100) / 2] * 3,  # the owner is not known
        100,
    ]
    np.testing.assert_allclose(numbers(town, "feasibility"), expected, atol=0.006)


def test_what_is_not_known_of_feasibility_is_said(town: pd.DataFrame) -> None:
    row = town.loc["P09"]
    # suitability: the grid at 1 is 50, the stop at hypot(550, 150) m is 0: starters (0 + 50) / 2
    assert (row["best_group"], row["suitability"]) == ("starters", 25)
    assert row["score"] == (25 + 3 * 100) / 4
    # at worst the owner is private and no public body: (2 x 0 + 75 + 100) / 4
    assert row["score_low"] == pytest.approx((25 + 3 * 43.75) / 4, abs=0.006)
    assert row["score_high"] == (25 + 3 * 100) / 4
    # of feasibility half of the points and all of in time: (0.5 + 1) / 4
    assert row["score_known_share"] == pytest.approx((1 + 3 * 0.375) / 4, abs=1e-4)


def test_relocatability_is_as_strong_as_its_weakest_link(town: pd.DataFrame) -> None:
    stop = (500 - hypot(350, 50)) / 4  # P07, 36.6
    expected = [
        # P01 and P05: no stop, grid 50: the mean is 12.5, and no link is weaker
        *(("P01", 12.5), ("P05", 12.5)),
        # P03: stop 37.5, mean 28.1, but the grid is full
        ("P03", 0),
        # P07: the grid again, whatever the mean of (3 x 36.6 + 0) / 4
        ("P07", 0),
    ]
    assert stop > 0
    found = town["relocatability"]
    assert {parcel: found[parcel] for parcel, _ in expected} == dict(expected)


def test_a_louder_place_is_no_more_relocatable_than_its_link(study: Study) -> None:
    # with a stop at its feet and a free grid, noise is what is left: P05 has 50 dB, of 40 to 60
    near = {"criteria": {"stop": {"curve": [[600, 100], [700, 0]]}}}
    ruleset = with_changes(study.question.ruleset, near)
    found = pd.DataFrame(study.changed(ruleset=ruleset).rank("A").parcels)
    # the mean is (3 x 100 + 50) / 4 = 87.5; noise 50, the grid 50
    assert found.set_index("parcel_id").loc["P05", "relocatability"] == 50


def test_the_best_group_is_named(study: Study, town: pd.DataFrame) -> None:
    # P01 has a grid (50) and no stop: students 12.5, starters 25; P03 a stop (37.5) and no grid:
    # students 28.125, starters 18.75
    assert town.loc[["P01", "P03"], "best_group"].tolist() == ["starters", "students"]
    assert town.loc[["P01", "P03"], "suitability"].tolist() == pytest.approx(
        [25, 28.125], abs=0.006
    )
    # where the study names its groups, suitability is their mean; the best of them is named all the
    # same
    named = study.changed(target_groups=["students", "starters"]).rank("A")
    row = pd.DataFrame(named.parcels).set_index("parcel_id").loc["P03"]
    assert (row["best_group"], row["suitability"]) == (
        "students",
        pytest.approx(23.4375, abs=0.006),
    )
    assert named.summary.study.suitability_of == "mean"
    one = study.changed(target_groups=["starters"]).rank("A")
    assert set(one.locations["best_group"].dropna()) == {"starters"}


def test_columns_of_locations(study: Study) -> None:
    ranking = study.rank("A")
    names = list(ranking.locations.columns)
    at = names.index("best_group")
    assert names[at : at + 5] == [
        "best_group",
        "term",
        "relocatability",
        "feasibility",
        "environment",
    ]
    assert ranking.summary.study.suitability_of == "best_group"


def test_without_agreements_nobody_knows_when_it_is_free(study: Study, tmp_path: Path) -> None:
    left_out = pd.DataFrame(study.changed(not_assessed=["afspraken"]).rank("A").parcels)
    assert left_out["start_delay_years"].isna().all()
    # a plan that ends it is known by itself; that nothing else does is not
    by_id = left_out.set_index("parcel_id")["term_end_class"]
    assert by_id[by_id.notna()].to_dict() == {"P10": "known", "P11": "known"}
