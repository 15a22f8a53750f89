"""Scores: curves, weights and ranks, by sums on paper."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.assessment.score import criterion_scores, rank, theme_scores
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion
from toy_town import RULESET

TOY = load_ruleset(RULESET)


def scored(ruleset: Ruleset, measure: str, values: list[Any], criterion: str) -> list[float]:
    measures = pd.DataFrame(
        {name: [None] * len(values) for name in OF_CRITERIA} | {measure: values}
    )
    scores = criterion_scores(ruleset, frozenset(), measures, {})
    assert list(scores) == ["stop", "quiet", "long", "grid"]
    return scores[criterion].tolist()


OF_CRITERIA = ("stop_distance_m", "noise_db", "term_years", "grid_class")


def test_a_curve_by_hand() -> None:
    # 100 points up to 100 m, 0 from 500 m: a point per 4 m
    values = [0.0, 100.0, 102.0, 300.0, 500.0, 900.0, np.nan]
    expected = [100, 100, 99.5, 50, 0, 0, np.nan]
    assert scored(TOY, "stop_distance_m", values, "stop") == pytest.approx(expected, nan_ok=True)


def test_a_class_scores_however_it_is_written() -> None:
    # 0: 100 points, 1: 50, 3: 0; a class without a score is not known
    values = [0, "1", 3.0, "3", 2, "three", None]
    expected = [100, 50, 0, 0, np.nan, np.nan, np.nan]
    assert scored(TOY, "grid_class", values, "grid") == pytest.approx(expected, nan_ok=True)


def test_what_is_left_out_or_may_be_lower_is_not_known() -> None:
    measures = pd.DataFrame(
        {
            "stop_distance_m": [300.0] * 2,
            "noise_db": 50.0,
            "term_years": [10.0, 10.0],
            "grid_class": 1,
        }
    )
    may_be_lower = {"term_years": np.array([False, True])}
    scores = criterion_scores(TOY, frozenset(["quiet"]), measures, may_be_lower)
    np.testing.assert_array_equal(scores, [[50, np.nan, 50, 50], [50, np.nan, np.nan, 50]])


THEMES = ["suitability_students", "suitability_starters", "suitability", "term", "environment"]


@pytest.mark.parametrize(("criteria", "themes", "score"), [
    # students weigh stop 3 and grid 1, starters 1 and 1; the score weighs suitability 3 and term 1; the environment weighs nothing
    # students 300/4, starters 100/2, together 125/2; (3 x 62.5 + 80) / 4 = 66.875
    ((100, 50, 80, 0), (75, 50, 62.5, 80, 50), (66.88, 66.88, 66.88, 1)),
    # without the grid both are 100: (300 + 80) / 4; at worst as above, at best as now;
    # of the weight (3 x (3/4 + 1/2) / 2 + 1) / 4 = 0.71875 is known
    ((100, 50, 80, np.nan), (100, 100, 100, 80, 50), (95, 66.88, 95, 0.7188)),
    # nothing of suitability is known: the term alone; at worst 0 and at best 100 of it
    ((np.nan, 50, 80, np.nan), (np.nan, np.nan, np.nan, 80, 50), (80, 20, 95, 0.25)),
    # the environment changes no score
    ((100, np.nan, 80, 0), (75, 50, 62.5, 80, np.nan), (66.88, 66.88, 66.88, 1)),
    ((np.nan,) * 4, (np.nan,) * 5, (np.nan, 0, 100, 0)),
])  # fmt: skip
def test_themes_and_score_by_hand(
    criteria: tuple[float, ...], themes: tuple[float, ...], score: tuple[float, ...]
) -> None:
    given = pd.DataFrame([criteria], columns=["stop", "quiet", "long", "grid"], dtype=float)
    (found,) = theme_scores(TOY, ["students", "starters"], given).to_dict("records")
    of_score = ["score", "score_low", "score_high", "score_known_share"]
    expected = dict(zip([*THEMES, *of_score], [*themes, *score], strict=True))
    assert found == pytest.approx(expected, nan_ok=True, abs=1e-9)


def test_only_the_groups_of_the_study_count() -> None:
    given = pd.DataFrame({"stop": [100.0], "quiet": 50.0, "long": 80.0, "grid": 0.0})
    students = theme_scores(TOY, ["students"], given).iloc[0]
    assert (students["suitability"], students["score"]) == (75, 76.25)  # (225 + 80) / 4
    assert "suitability_starters" not in students
    nobody = theme_scores(TOY, [], given).iloc[0]
    assert np.isnan(nobody["suitability"])
    assert nobody["score"] == 80


GROUPS = ["students", "starters"]


def asking_for(least: float = 0.0) -> Ruleset:
    """Suitability weighs 3 (students: stop 3, grid 1; starters: stop 1, grid 1), term 1 (long)."""
    return TOY.model_copy(
        update={"score": TOY.score.model_copy(update={"least_known_share": least})}
    )


def scored_row(least: float = 0.0, **criteria: float) -> pd.Series:
    known = dict.fromkeys(TOY.criteria, np.nan) | criteria
    return theme_scores(asking_for(least), GROUPS, pd.DataFrame([known])).iloc[0]


def test_all_is_known() -> None:
    row = scored_row(stop=80, grid=40, long=50, quiet=10)
    # students 70, starters 60: suitability 65; (3 x 65 + 50) / 4
    assert row["score"] == row["score_low"] == row["score_high"] == 61.25
    assert row["score_known_share"] == 1


def test_the_share_is_that_of_the_weight() -> None:
    row = scored_row(stop=80, long=50)
    # of suitability (3/4 + 1/2) / 2 = 0.625 is known: (3 x 0.625 + 1) / 4 = 0.71875
    assert row["score_known_share"] == pytest.approx(0.71875, abs=1e-4)
    assert row["score"] == (3 * 80 + 50) / 4
    # the grid at 0: students 60, starters 40; at 100: 85 and 90
    assert row["score_low"] == (3 * 50 + 50) / 4
    assert row["score_high"] == pytest.approx((3 * 87.5 + 50) / 4, abs=0.005)


def test_a_theme_without_evidence_is_null_and_weighs_nothing() -> None:
    row = scored_row(stop=80, grid=40)
    assert np.isnan(row["term"])
    assert row["score"] == 65
    assert row["score_known_share"] == 0.75
    assert (row["score_low"], row["score_high"]) == (3 * 65 / 4, (3 * 65 + 100) / 4)


@pytest.mark.parametrize(("least", "has_score"), [(0.25, True), (0.2501, False)])
def test_below_the_least_share_there_is_no_score(least: float, has_score: bool) -> None:
    row = scored_row(least, long=50)
    assert row["score_known_share"] == 0.25
    assert np.isnan(row["score"]) != has_score
    # what the unknown could do is said all the same
    assert (row["score_low"], row["score_high"]) == (50 / 4, (300 + 50) / 4)


def test_ranks_by_score_then_homes_then_id() -> None:
    rows = [
        ("P7", "available", 80.0, 10, 4),
        ("P1", "attention", 90.0, 5, 1),
        ("P3", "available", 80.0, 20, 2),
        ("P9", "excluded", 99.0, 50, None),
        ("P2", "available", np.nan, 50, None),  # without a score there is nothing to compare
        ("P6", "available", 80.0, 10, 3),
        ("P8", "unknown", 95.0, 50, None),
    ]
    parcels = pd.DataFrame(rows, columns=["parcel_id", "status", "score", "homes_mid", "rank"])
    found = rank(parcels)
    assert found.dtype == "Int64"
    assert found.tolist() == parcels["rank"].astype("Int64").tolist()
    # whatever else stands in the table, and in whatever order
    assert rank(parcels[::-1]).to_dict() == found.to_dict()


@given(
    st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.floats(0, 100)),
        min_size=2,
        max_size=6,
        unique_by=lambda point: round(point[0], 3),
    ),
    st.booleans(),
    st.lists(st.floats(-2e3, 2e3), min_size=2, max_size=20),
)
def test_a_better_value_never_scores_lower(
    curve: list[tuple[float, float]], rising: bool, values: list[float]
) -> None:
    xs = sorted(x for x, _ in curve)
    ys = sorted((y for _, y in curve), reverse=not rising)
    if len({round(x, 3) for x in xs}) < 2 or any(b <= a for a, b in pairwise(xs)):
        return
    criterion = Criterion.model_validate(
        {
            "title": {"nl": "x", "en": "x"},
            "measure": "stop_distance_m",
            "curve": list(zip(xs, ys, strict=True)),
            "source": "x",
            "basis": "assumption",
        }
    )
    ruleset = load_ruleset(RULESET).model_copy(update={"criteria": {"c": criterion}})
    measures = pd.DataFrame({"stop_distance_m": sorted(values)})
    steps = np.diff(criterion_scores(ruleset, frozenset(), measures, {})["c"].to_numpy())
    assert (steps >= -1e-9).all() if rising else (steps <= 1e-9).all()
