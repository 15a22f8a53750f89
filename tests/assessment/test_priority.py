"""Priority and rank: classes by verdicts, what keeps out of the class above, and the order within."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.assessment.priority import (
    best_suitability,
    class_positions,
    kept_out_by,
    rank,
)
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import NO, UNKNOWN, YES
from toy_town import RULESET, changed_ruleset

# As in the toy ruleset, in its order: near_nature and public_owner are soft, pessimistic_term is medium.
RULES = ["unbuilt", "near_nature", "pessimistic_term", "public_owner"]
VERDICTS = st.sampled_from([NO, UNKNOWN, YES])


def verdicts(**columns: list[int]) -> dict[str, Any]:
    return {name: np.array(values, dtype=np.int8) for name, values in columns.items()}


def ranked(
    ruleset: Ruleset,
    said: dict[str, Any],
    locations: pd.DataFrame,
    lefts: list[float] | None = None,
    suitability: Any = None,
) -> pd.DataFrame:
    """Rank locations of 100 x 100 m with their left sides somewhere; 1 km apart unless said."""
    position = class_positions(ruleset, said, len(locations), suitability)
    kept_out = kept_out_by(ruleset, said, position, suitability)
    left = np.array(1_000.0 * np.arange(len(locations)) if lefts is None else lefts)
    shapes = shapely.box(left, 0, left + 100, 100)
    found = rank(ruleset, locations.assign(kept_out_by=kept_out), position, shapes)
    return found.set_axis(pd.Index(locations["parcel_id"]), axis=0)


def locations_of(scores: list[float | None], homes: list[int] | None = None) -> pd.DataFrame:
    count = len(scores)
    return pd.DataFrame(
        {
            "parcel_id": [f"P{number}" for number in range(count)],
            "status": ["available"] * count,
            "score": pd.Series(scores, dtype="float64"),
            "homes": homes or [10] * count,
        }
    )


def test_what_is_not_known_does_not_pass_and_does_not_keep_out() -> None:
    said = verdicts(
        near_nature=[YES, YES, UNKNOWN, NO],
        pessimistic_term=[UNKNOWN, YES, YES, YES],
        public_owner=[YES, UNKNOWN, NO, NO],
    )
    ruleset = load_ruleset(RULESET)
    # the term of the first is not known, and a class only refuses its "no"
    assert class_positions(ruleset, said, 4).tolist() == [0, 1, 1, 2]
    assert kept_out_by(ruleset, said, class_positions(ruleset, said, 4)).tolist() == [
        "",
        "public_owner",
        "public_owner",
        "near_nature",
    ]


def test_a_rule_that_is_left_out_does_not_pass_and_one_that_is_switched_off_asks_nothing() -> None:
    said = verdicts(near_nature=[YES], pessimistic_term=[YES])
    ruleset = load_ruleset(RULESET)
    assert class_positions(ruleset, said, 1).tolist() == [1]
    assert kept_out_by(ruleset, said, np.array([1])).tolist() == ["public_owner"]
    off = changed_ruleset(rules={"public_owner": {"enabled": False}})
    assert class_positions(off, said, 1).tolist() == [0]


def test_a_decision_lifts_what_keeps_out_by_its_level_and_nothing_else() -> None:
    # the shortlist asks for a public owner and refuses what is medium, here the second term; talk
    # refuses to lie near nature by name. Only the second location is not decided to be in.
    said = verdicts(
        near_nature=[YES, YES, YES, NO],
        pessimistic_term=[NO, NO, NO, NO],
        public_owner=[YES, YES, NO, NO],
    )
    into, suits = np.array([True, False, True, True]), np.full(4, 50.0)
    for level, positions in (("soft", [0, 0, 1, 2]), ("medium", [0, 1, 1, 2])):
        ruleset = changed_ruleset(rules={"pessimistic_term": {"level": level}})
        found = class_positions(ruleset, said, 4, suits, into)
        assert found.tolist() == positions
    kept_out = kept_out_by(load_ruleset(RULESET), said, found, suits, into)
    assert kept_out.tolist() == ["", "pessimistic_term", "public_owner", "near_nature"]
    # hard, it is lifted as it is when it is medium: no harder level is better, and none is worse
    hard = changed_ruleset(rules={"pessimistic_term": {"level": "hard"}})
    assert class_positions(hard, said, 4, suits, into)[into].tolist() == [0, 1, 2]


def test_rank_is_by_class_then_score_then_homes_then_id() -> None:
    ruleset = changed_ruleset(priorities={"shortlist": {"most": 9}})
    said = verdicts(
        near_nature=[YES] * 6,
        pessimistic_term=[YES] * 6,
        public_owner=[NO, YES, YES, YES, YES, YES],
    )
    locations = locations_of([99, 50, 60, 50, 50, 60], [90, 10, 10, 20, 10, 10])
    found = ranked(ruleset, said, locations)
    assert found.sort_values("rank").index.tolist() == ["P2", "P5", "P3", "P1", "P4", "P0"]
    assert found["priority"].tolist() == ["talk", *["shortlist"] * 5]


def test_a_full_class_passes_on_the_worst_and_says_so() -> None:
    said = verdicts(near_nature=[YES] * 3, pessimistic_term=[YES] * 3, public_owner=[YES] * 3)
    ruleset = changed_ruleset(priorities={"talk": {"most": 1}})
    found = ranked(ruleset, said, locations_of([70, 90, 80]))
    assert found["priority"].tolist() == ["later", "shortlist", "talk"]
    assert found["kept_out_by"].tolist() == ["most", "", "most"]
    assert found["rank"].tolist() == [3, 1, 2]


def test_what_is_not_ranked_has_no_priority_and_takes_no_place() -> None:
    said = verdicts(near_nature=[YES] * 3, pessimistic_term=[YES] * 3, public_owner=[YES] * 3)
    locations = locations_of([None, 95, 80])
    locations.loc[1, "status"] = "unknown"
    found = ranked(load_ruleset(RULESET), said, locations)
    assert found["rank"].isna().tolist() == [True, True, False]
    assert found["priority"].isna().tolist() == [True, True, False]
    assert found.loc["P2", "priority"] == "shortlist"
    assert found["kept_out_by"].tolist() == ["", "", ""]


def test_without_classes_rank_is_by_score() -> None:
    plain = load_ruleset(RULESET).model_copy(update={"priorities": {}})
    found = ranked(plain, verdicts(public_owner=[NO, YES]), locations_of([80, 70]))
    assert found["rank"].tolist() == [1, 2]
    assert found["priority"].isna().all()


def test_no_locations_at_all() -> None:
    found = ranked(load_ruleset(RULESET), verdicts(public_owner=[]), locations_of([]))
    assert list(found) == ["rank", "priority", "kept_out_by"]
    assert not len(found)


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], pd.DataFrame]:
    count = draw(st.integers(1, 8))
    lists = {
        name: draw(st.lists(VERDICTS, min_size=count, max_size=count))
        for name in draw(st.permutations(RULES))[: draw(st.integers(1, len(RULES)))]
    }
    scores = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    homes = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    return verdicts(**lists), locations_of([float(score) for score in scores], homes)


@given(cases(), st.data())
def test_a_rule_from_no_to_yes_never_lowers_a_rank(
    case: tuple[dict[str, Any], pd.DataFrame], data: st.DataObject
) -> None:
    said, locations = case
    ruleset = load_ruleset(RULESET)
    rule = data.draw(st.sampled_from(sorted(said)))
    at = data.draw(st.integers(0, len(locations) - 1))
    worse, better = ({**said, rule: said[rule].copy()} for _ in range(2))
    worse[rule][at], better[rule][at] = NO, YES
    before, after = (ranked(ruleset, each, locations) for each in (worse, better))
    assert after["rank"].iloc[at] <= before["rank"].iloc[at]


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    case: tuple[dict[str, Any], pd.DataFrame], random: Any
) -> None:
    said, locations = case
    order = list(range(len(locations)))
    random.shuffle(order)
    ruleset = load_ruleset(RULESET)
    shuffled = {name: verdict[order] for name, verdict in said.items()}
    found = ranked(ruleset, shuffled, locations.iloc[order])
    pd.testing.assert_frame_equal(
        found.loc[locations["parcel_id"].tolist()], ranked(ruleset, said, locations)
    )


@given(cases())
def test_each_location_says_what_keeps_it_out_unless_it_is_in_the_best_class(
    case: tuple[dict[str, Any], pd.DataFrame],
) -> None:
    said, locations = case
    found = ranked(load_ruleset(RULESET), said, locations)
    assert ((found["kept_out_by"] == "") == (found["priority"] == "shortlist")).all()


SHORTLIST = {name: [YES] * 5 for name in ("near_nature", "pessimistic_term", "public_owner")}


def test_of_one_field_the_best_piece_stands_on_the_list() -> None:
    # P0 to P2 touch in a row, P3 lies 15 m from P2, P4 16 m from P3. P1 is the best, then P3, P0, P2, P4: P0 and P2
    # touch P1 and fall; P3 only lies near P2, which is not there, and stays; P4 is far enough
    ruleset = changed_ruleset(priorities={"shortlist": {"most": 9, "apart_m": 15}})
    locations = locations_of([80, 99, 70, 90, 60])
    found = ranked(ruleset, verdicts(**SHORTLIST), locations, [0, 100, 200, 315, 431])
    assert found["priority"].tolist() == ["talk", "shortlist", "talk", "shortlist", "shortlist"]
    assert found["kept_out_by"].tolist() == ["next_to:P1", "", "next_to:P1", "", ""]
    assert found["rank"].tolist() == [4, 1, 5, 2, 3]
    # what falls leaves its place to another
    ruleset = changed_ruleset(priorities={"shortlist": {"most": 2, "apart_m": 15}})
    found = ranked(ruleset, verdicts(**SHORTLIST), locations, [0, 100, 200, 315, 431])
    assert found["priority"].tolist() == ["talk", "shortlist", "talk", "shortlist", "talk"]
    assert found["kept_out_by"].iloc[4] == "most"


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.data())
def test_no_two_on_the_list_touch_and_a_better_score_never_lowers_a_rank(
    lefts: list[int], data: st.DataObject
) -> None:
    ruleset = changed_ruleset(priorities={"shortlist": {"most": 9, "apart_m": 0}})
    count = len(lefts)
    said = {name: verdict[:count] for name, verdict in verdicts(**SHORTLIST).items()}
    places = [50.0 * left for left in lefts]
    scores = [float(each) for each in data.draw(st.permutations(range(count)))]
    before = ranked(ruleset, said, locations_of(list(scores)), places)
    on_list = [
        place for place, name in zip(places, before["priority"], strict=True) if name == "shortlist"
    ]
    assert all(abs(one - other) > 100 for i, one in enumerate(on_list) for other in on_list[:i])
    at = data.draw(st.integers(0, count - 1))
    scores[at] += 10
    after = ranked(ruleset, said, locations_of(list(scores)), places)
    assert after["rank"].iloc[at] <= before["rank"].iloc[at]


def test_what_suits_nobody_enough_is_kept_out_and_what_is_not_known_is_not() -> None:
    ruleset = changed_ruleset(priorities={"shortlist": {"most": 9, "suitable_from": 60}})
    suitability = np.array([60.0, 59.9, np.nan, 20.0, 100.0])
    said = verdicts(**SHORTLIST)
    said["public_owner"][3] = NO
    found = ranked(ruleset, said, locations_of([50] * 5), suitability=suitability)
    assert found["priority"].tolist() == ["shortlist", "talk", "shortlist", "talk", "shortlist"]
    assert found["kept_out_by"].tolist() == ["", "suitability", "", "public_owner;suitability", ""]


def test_the_best_group_is_the_best_of_those_that_are_known() -> None:
    # what is left out of a study lifts no bound: 50 is not 60 because b may be better
    table = pd.DataFrame({"suitability_a": [50.0, 50, None], "suitability_b": [70.0, None, None]})
    found = best_suitability(["a", "b"], table.astype("float64"))
    np.testing.assert_array_equal(found, [70, 50, np.nan])
    assert np.isnan(best_suitability([], table)).all()
