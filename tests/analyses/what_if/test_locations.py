"""Which locations there are, what they hold, and which enter or leave a list."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analyses.what_if.cases import case_of
from assessment.row_of_parcels import study as row_of_parcels
from flexruimte.analyses.what_if.locations import (
    Totals,
    best_class,
    locations_of,
    moves,
    order_moves,
    replaced,
    totals,
)
from flexruimte.rules.files import load_ruleset
from toy_town import RULESET, changed_ruleset


def test_parcels_alone_and_sites_of_several() -> None:
    row = case_of(row_of_parcels("touching"))
    found = row.locations.set_index("parcel_id")
    assert found["homes"].to_dict() == {"D": 24, "E": 24, "A+1": 28, "F+2": 24}
    assert found["parcel_ids"].to_dict() == {"D": "D", "E": "E", "A+1": "A;B", "F+2": "F;G;H"}
    assert found["at"].to_dict() == {"D": 3, "E": 4, "A+1": 0, "F+2": 5}
    # 6,000 each, and 7,000 of A and B
    assert row.totals.hectares == pytest.approx(2.5)
    some = locations_of(row.assessment, np.array([10, 11, 12, 13, 14, 15, 16, 17]))
    assert sorted(some["at"]) == [10, 13, 14, 15]
    left = replaced(row.locations, np.array([0, 1]), row.locations.iloc[:0])
    assert sorted(left["parcel_id"]) == ["D", "E", "F+2"]


def listed(rows: dict[str, tuple[str, int | None, str | None]]) -> pd.DataFrame:
    parts, ranks, classes = zip(*rows.values(), strict=True)
    return pd.DataFrame(
        {
            "parcel_id": list(rows),
            "parcel_ids": parts,
            "rank": pd.array(ranks, dtype="Int64"),
            "priority": pd.array(classes, dtype=object),
            "buildable_m2": 10_000.0,
            "homes": 10.0,
        }
    )


def test_moves_are_of_land_and_not_of_names() -> None:
    before = listed({"A": ("A", 1, "best"), "B": ("B", 2, "other"), "C": ("C", None, None)})
    after = listed({"A+1": ("A;B", 1, "other"), "C": ("C", 2, "best"), "D": ("D", 3, "other")})
    found = moves(before, after, "best")
    # A and B stay on the list of all as one; from that of the best A goes, and C comes
    told = list(zip(found["list"], found["change"], found["parcel_id"], strict=True))
    assert told == [
        ("best", "enters", "C"),
        ("best", "leaves", "A"),
        ("ranked", "enters", "C"),
        ("ranked", "enters", "D"),
    ]
    assert found["hectares"].tolist() == [1.0] * 4
    assert set(moves(before, after, None)["list"]) == {"ranked"}
    assert len(moves(before, before, "best")) == 0


def test_land_that_is_left_free_is_counted_as_in_the_funnel() -> None:
    # three locations of 1 ha, of which one leaves 2,500 m2 free: 3.25 ha
    found = listed({"A": ("A", 1, "best"), "B": ("B", 2, "x"), "C": ("C", 3, "x")})
    found["left_free_m2"] = [0.0, 2_500.0, 0.0]
    ruleset = load_ruleset(RULESET)
    assert totals(ruleset, found) == Totals(3.25, 3, 30, 0, 0)


def test_differences() -> None:
    more, less = Totals(3.5, 4, 50, 2, 20), Totals(1.25, 5, 30, 1, 25)
    assert more - less == Totals(2.25, -1, 20, 1, -5)
    assert (more - Totals(1.0, 1, 1, None, None)).best_homes is None


def test_without_classes_there_is_no_best() -> None:
    assert best_class(load_ruleset(RULESET)) == "shortlist"
    bare = changed_ruleset().model_copy(update={"priorities": {}})
    assert best_class(bare) is None
    assert Totals.nothing(bare) == Totals(0.0, 0, 0, None, None)


def in_order(*ids: str) -> pd.DataFrame:
    """Locations with ranks from 1; "a+b" is one of two parcels."""
    return pd.DataFrame(
        {
            "parcel_id": list(ids),
            "parcel_ids": [each.replace("+", ";") for each in ids],
            "rank": pd.array(range(1, len(ids) + 1), dtype="Int64"),
        }
    )


def test_the_order_is_told_by_how_many_moved_how_far_and_what_comes_first() -> None:
    before = in_order("a", "b", "c", "d")
    same = {"ranks_changed": 0, "largest_move": 0, "first": "a", "first_before": 1}
    assert order_moves(before, before) == same
    # d comes first from place 4; the others go one down
    last_first = {"ranks_changed": 4, "largest_move": 3, "first": "d", "first_before": 4}
    assert order_moves(before, in_order("d", "a", "b", "c")) == last_first
    # b and c become one, at the place of the better of them; x is new, and pushes a two down
    joined = {"ranks_changed": 1, "largest_move": 2, "first": "x", "first_before": None}
    assert order_moves(before, in_order("x", "b+c", "a")) == joined
    assert order_moves(before, before.iloc[:0])["first"] is None
