"""Scores: curves, weights and themes, by sums on paper."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.assessment.score import (
    CriterionScores,
    GroupsThatCount,
    criterion_scores,
    theme_scores,
)
from flexruimte.assessment.verdicts import MediumPoints
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion
from toy_town import RULESET

TOY = load_ruleset(RULESET)


def scored(ruleset: Ruleset, measure: str, values: list[Any], criterion: str) -> list[float]:
    measures = pd.DataFrame(
        {name: [None] * len(values) for name in OF_CRITERIA} | {measure: values}
    )
    scores = criterion_scores(ruleset, frozenset(), measures, {}).scores
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
    found = criterion_scores(TOY, frozenset(["quiet"]), measures, may_be_lower)
    for columns, expected in (
        (found.scores, [[50, np.nan, 50, 50], [50, np.nan, np.nan, 50]]),
        (found.lowest, [[50, 0, 50, 50], [50, 0, 0, 50]]),
        (found.highest, [[50, 100, 50, 50], [50, 100, 100, 50]]),
        (found.known_share, [[1, 0, 1, 1], [1, 0, 0, 1]]),
    ):
        np.testing.assert_array_equal(np.transpose(list(columns.values())), expected)


def scores_of(
    ruleset: Ruleset, groups: list[str], criteria: pd.DataFrame, best: bool = False
) -> pd.DataFrame:
    """Return the scores of criteria that are each wholly known, or not at all."""
    columns = {str(name): criteria[name].to_numpy() for name in criteria}
    scores = CriterionScores.of(len(criteria), columns)
    return theme_scores(ruleset, GroupsThatCount(groups, best), scores)


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
    (found,) = scores_of(TOY, ["students", "starters"], given).to_dict("records")
    best_group = found.pop("best_group")
    # students are the first of equals; where neither is known nobody is the best
    assert best_group == (None if np.isnan(themes[0]) else "students")
    of_score = ["score", "score_low", "score_high", "score_known_share"]
    expected = dict(zip([*THEMES, *of_score], [*themes, *score], strict=True))
    assert found == pytest.approx(expected, nan_ok=True, abs=1e-9)


def test_only_the_groups_of_the_study_count() -> None:
    given = pd.DataFrame({"stop": [100.0], "quiet": 50.0, "long": 80.0, "grid": 0.0})
    students = scores_of(TOY, ["students"], given).iloc[0]
    assert (students["suitability"], students["score"]) == (75, 76.25)  # (225 + 80) / 4
    assert "suitability_starters" not in students
    nobody = scores_of(TOY, [], given).iloc[0]
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
    return scores_of(asking_for(least), GROUPS, pd.DataFrame([known])).iloc[0]


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


@pytest.mark.parametrize(
    ("least", "students", "starters"), [(0.5, 80, 80), (0.51, 80, None), (0.76, None, None)]
)
def test_below_the_least_share_there_is_no_suitability(
    least: float, students: float | None, starters: float | None
) -> None:
    # of students 3/4 is known, of starters 1/2
    row = scored_row(least, stop=80, long=50)
    found = [row["suitability_students"], row["suitability_starters"]]
    assert [None if np.isnan(each) else each for each in found] == [students, starters]
    if students is None:
        assert row["best_group"] is None
        # only the term is known, a quarter of the weight
        assert row["score_known_share"] == 0.25


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
    scores = criterion_scores(ruleset, frozenset(), measures, {}).scores
    steps = np.diff(scores["c"])
    assert (steps >= -1e-9).all() if rising else (steps <= 1e-9).all()


def test_a_curve_may_lie_at_a_parameter_and_make_a_step() -> None:
    # nothing below the 15 years that are asked, 70 from there on, and 100 where longer is asked for
    curve = [[0, 0], [{"placement": "required_years"}, 0], [{"placement": "required_years"}, 70]]
    longer = [*curve, [{"placement": "lead_time_years"}, 100]]  # 1: no longer than asked
    ruleset = with_changes(TOY, {"criteria": {"long": {"curve": longer}}})
    years = [0.0, 14.99, 15.0, 15.01, 30.0, np.nan]
    expected = [0, 0, 100, 100, 100, np.nan]
    assert scored(ruleset, "term_years", years, "long") == pytest.approx(expected, nan_ok=True)
    # up to 30: (22.5 - 15) / 15 of the 30 points that are left
    longer = [*curve, [{"placement": "longest_term_years"}, 100]]
    ruleset = with_changes(TOY, {"criteria": {"long": {"curve": longer}}})
    years = [14.99, 15.0, 22.5, 30.0, 40.0]
    assert scored(ruleset, "term_years", years, "long") == pytest.approx([0, 70, 85, 100, 100])


@pytest.mark.parametrize(("curve", "expected"), [
    ([[0, 0], [0, 100]], [0, 100, 100]),  # at least 0
    ([[0, 100], [0, 0]], [100, 100, 0]),  # at most 0
])  # fmt: skip
def test_what_is_equal_to_a_threshold_passes(curve: list[Any], expected: list[float]) -> None:
    ruleset = with_changes(TOY, {"criteria": {"long": {"curve": curve}}})
    assert scored(ruleset, "term_years", [-0.001, 0.0, 0.001], "long") == expected


LINKS = {"themes": {"term": {"weights": {"long": 1, "stop": 3}, "lowest": ["grid", "quiet"]}}}


@pytest.mark.parametrize(("criteria", "theme"), [
    # stop, quiet, long and grid; the mean is (3 stop + long) / 4
    ((80, 100, 40, 100), 70),  # no link is weaker than the mean
    ((80, 100, 40, 20), 20),  # the grid is
    ((80, 0, 40, 20), 0),  # quiet is weaker still
    ((80, np.nan, 40, 60), 60),  # the lowest of what is known
    ((80, np.nan, 40, np.nan), 70),
    ((np.nan, np.nan, np.nan, 60), 60),  # what is known to stop it counts, whatever is not
    ((np.nan,) * 4, np.nan),
])  # fmt: skip
def test_a_theme_is_as_strong_as_its_weakest_link(
    criteria: tuple[float, ...], theme: float
) -> None:
    given = pd.DataFrame([criteria], columns=["stop", "quiet", "long", "grid"], dtype=float)
    found = scores_of(with_changes(TOY, LINKS), GROUPS, given).iloc[0]
    assert found["term"] == pytest.approx(theme, nan_ok=True)


def test_a_link_that_is_not_known_may_be_the_weakest() -> None:
    ruleset = with_changes(TOY, {**LINKS, "score": {"weights": {"term": 1}}})
    given = pd.DataFrame([{"stop": 80.0, "quiet": np.nan, "long": 40.0, "grid": 60.0}])
    found = scores_of(ruleset, GROUPS, given).iloc[0]
    # quiet is 0 at worst; at best the grid is the weakest; all of the weight is known
    of_score = ["score", "score_low", "score_high", "score_known_share"]
    assert found[of_score].tolist() == [60, 0, 60, 1]


def test_the_best_group_makes_the_suitability_where_the_study_names_none() -> None:
    # students (3 stop + grid) / 4, starters (stop + grid) / 2
    given = pd.DataFrame(
        {"stop": [80.0, 0.0, 50.0, np.nan, np.nan], "grid": [0.0, 80.0, 50.0, 30.0, np.nan]}
    ).assign(quiet=np.nan, long=50.0)
    found = scores_of(TOY, GROUPS, given, best=True)
    assert found["best_group"].tolist() == ["students", "starters", "students", "students", None]
    expected = [60, 40, 50, 30, np.nan]
    np.testing.assert_array_equal(found["suitability"], expected)
    # (3 x 60 + 50) / 4; of the last the term alone
    assert found["score"].tolist() == [57.5, 42.5, 50, 35, 50]
    # stop unknown: of students 1/4 is known, of the score (3 x 1/4 + 1) / 4
    assert found["score_known_share"].tolist() == [1, 1, 1, 0.4375, 0.25]
    # stop at 0: starters 15 are then the best; at 100: students (300 + 30) / 4 = 82.5
    assert found.loc[3, ["score_low", "score_high"]].tolist() == [
        pytest.approx((3 * 15 + 50) / 4, abs=0.006),
        pytest.approx((3 * 82.5 + 50) / 4, abs=0.006),
    ]


def test_what_counts_what_is_known_scores_by_that() -> None:
    # 4 rules; 2 say no and all have an answer; 1 says no and 2 have none; 3 say no, 1 has none
    points = MediumPoints(
        count=np.array([2.0, 1.0, 3.0, np.nan]),
        least=np.array([2.0, 1.0, 3.0, 0.0]),
        most=np.array([2.0, 3.0, 4.0, 4.0]),
        known_share=np.array([1, 0.5, 0.75, 0]),
    )
    criterion = {"measure": "medium_points_count", "curve": [[0, 100], [4, 0]], "unit": "count"}
    ruleset = with_changes(TOY, {"criteria": {"long": criterion}})
    measures = pd.DataFrame(dict.fromkeys(OF_CRITERIA, [np.nan] * 4))
    measures["medium_points_count"] = points.count
    known = {"medium_points_count": points}
    found = criterion_scores(ruleset, frozenset(), measures, {}, known)
    np.testing.assert_array_equal(found.scores["long"], [50, 75, 25, np.nan])
    np.testing.assert_array_equal(found.lowest["long"], [50, 25, 0, 0])
    np.testing.assert_array_equal(found.highest["long"], [50, 75, 25, 100])
    np.testing.assert_array_equal(found.known_share["long"], [1, 0.5, 0.75, 0])


POINTS = st.one_of(st.just(float("nan")), st.integers(0, 100).map(float))


@given(
    st.lists(st.tuples(*[POINTS] * 4), min_size=1, max_size=8),
    st.integers(0, 3),
    st.lists(st.sampled_from(list(TOY.criteria)), min_size=1, max_size=4, unique=True),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_a_better_criterion_never_lowers_a_score_and_the_order_of_rows_changes_none(
    rows: list[tuple[float, ...]], better: int, links: list[str], best: bool, random: Any
) -> None:
    changes = {
        "themes": {"term": {"weights": {"long": 1, "quiet": 2}, "lowest": links}},
        "score": {"weights": {"suitability": 3, "term": 2}},
    }
    ruleset = with_changes(TOY, changes)
    criteria = pd.DataFrame(rows, columns=list(TOY.criteria), dtype=float)
    found = scores_of(ruleset, GROUPS, criteria, best)
    raised = criteria.copy()
    raised.iloc[:, better] = np.minimum(raised.iloc[:, better] + 7, 100)
    after = scores_of(ruleset, GROUPS, raised, best)
    for name in ("suitability", "term", "score", "score_low", "score_high"):
        assert not (after[name] < found[name] - 0.011).any(), name
    # what is not known may do what it says it may
    known = found["score"].notna()
    assert (found["score_low"] <= found["score"] + 0.011)[known].all()
    assert (found["score_high"] >= found["score"] - 0.011)[known].all()
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = scores_of(ruleset, GROUPS, criteria.iloc[order], best)
    pd.testing.assert_frame_equal(shuffled.set_axis(order).loc[found.index], found)


def test_a_score_without_weights_is_not_known() -> None:
    nothing = TOY.score.model_copy(update={"weights": {}})
    ruleset = TOY.model_copy(update={"score": nothing})
    criteria = pd.DataFrame([(100.0, 50.0, 80.0, 0.0)] * 2, columns=list(TOY.criteria))
    found = scores_of(ruleset, ["students"], criteria)
    assert found["suitability"].tolist() == [75, 75]
    assert found[["score", "score_low", "score_high"]].isna().all(axis=None)


def test_a_later_end_never_scores_lower() -> None:
    # the built-in rules, 15 years asked: ends that are known, ever later, and last none that is known
    ruleset = load_ruleset("flexwonen-nl")
    years = [14.9, 15.0, 15.1, 20.0, 29.0, 30.0]
    measures = pd.DataFrame({name: [None] * 6 for name in ruleset.measures})
    measures["term_years"], measures["medium_points_count"] = years, 0.0
    measures["term_end_class"] = ["known"] * 5 + ["none_known"]
    others = {each.measure for each in ruleset.criteria.values()} - set(measures)
    found = criterion_scores(
        ruleset, frozenset(), measures.assign(**dict.fromkeys(others, np.nan)), {}
    )
    term = theme_scores(ruleset, GroupsThatCount([], best=True), found)["term"].tolist()
    # too short is 0, the weakest link; else (60 x 100 + 20 x 75) / 80, and 100 with no end known
    assert term == pytest.approx([0, 93.75, 93.75, 93.75, 93.75, 100])
