"""Shapes are made flat, valid and of one kind, what was done is told, and their order is their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.evidence.shapes import (
    EVERYWHERE,
    canonical_order,
    cleaned_shapes,
    counted_repairs,
)

SQUARE = shapely.box(0, 0, 10, 10)
LINE = shapely.LineString([(0, 0), (10, 0)])
BOW = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
"""Two triangles of 10 x 5 / 2, which meet in the middle."""


@pytest.mark.parametrize(("shape", "kind", "area", "repairs"), [
    (SQUARE, "polygon", 100, {}),
    (shapely.MultiPolygon([SQUARE]), "polygon", 100, {}),
    (shapely.force_3d(SQUARE, 5), "polygon", 100, {"Z or M values dropped": 1}),
    (BOW, "polygon", 50, {"invalid geometry repaired": 1}),
    (shapely.GeometryCollection([SQUARE, LINE]), "polygon", 100, {}),  # the line is no area
    (None, "polygon", None, {"null geometry": 1}),
    (shapely.Polygon(), "polygon", None, {"empty geometry": 1}),
    (LINE, "polygon", None, {"not a polygon, left out": 1}),
    (LINE, "line", 0, {}),
    (shapely.MultiLineString([LINE]), "line", 0, {}),
    (SQUARE, "line", None, {"not a line, left out": 1}),
    (shapely.Point(1, 1), "point", 0, {}),
    (LINE, "point", None, {"not a point, left out": 1}),
    # a ring without any area collapses
    (shapely.Polygon([(0, 0), (5, 0), (10, 0)]), "polygon", None, {"invalid geometry repaired": 1}),
])  # fmt: skip
def test_each_shape_and_what_was_done(
    shape: Any, kind: str, area: float | None, repairs: dict[str, int]
) -> None:
    given_shapes = np.array([shape], dtype=object)
    (found,), done = cleaned_shapes(given_shapes, kind, EVERYWHERE)
    assert counted_repairs(done) == repairs
    assert given_shapes[0] is shape  # what was given stays as it is
    if area is None:
        assert found is None
    else:
        assert found.area == pytest.approx(area)
        assert found.is_valid
        assert not found.has_z


def test_repairs_are_told_row_by_row() -> None:
    shapes = np.array([SQUARE, None, BOW, None], dtype=object)
    _, repairs = cleaned_shapes(shapes, "polygon", EVERYWHERE)
    assert {what: where.tolist() for what, where in repairs.items()} == {
        "null geometry": [False, True, False, True],
        "invalid geometry repaired": [False, False, True, False],
    }


@given(st.permutations(range(6)))
def test_the_order_does_not_depend_on_how_rows_were_read(order: list[int]) -> None:
    ids = np.array(["b", "a", "b", "c", "a", "10"], dtype=object)
    shapes = shapely.box(np.array([5, 2, 4, 0, 1, 9]), 0, 10, 10)
    ours = canonical_order(ids, shapes)
    # by id as text, then from west to east
    assert ours.tolist() == [5, 4, 1, 2, 0, 3]
    shuffled = np.array(order)
    again = shuffled[canonical_order(ids[shuffled], shapes[shuffled])]
    assert again.tolist() == ours.tolist()
