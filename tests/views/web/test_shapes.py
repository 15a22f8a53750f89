"""Polygons as whole numbers: what comes out of the page's arithmetic is where the polygon was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from flexruimte.results.wgs84 import degrees
from flexruimte.views.web.shapes import bounds_of, encoded_shapes
from web_page import PAGE, in_node

DECODED = """
require(process.argv[1]);
process.stdout.write(JSON.stringify(flexruimte.shapes(JSON.parse(require("fs").readFileSync(0, "utf8")))));
"""
HOLE = shapely.Polygon(
    [(0, 0), (100, 0), (100, 100), (0, 100)], [[(20, 20), (20, 40), (40, 40), (40, 20)]]
)
TWO = shapely.MultiPolygon([shapely.box(200, 0, 300, 50), shapely.box(400, 0, 500, 50)])


def at_amersfoort(shape: Any) -> Any:
    return shapely.transform(shape, lambda points: points + np.array([155_000, 463_000]))


@pytest.fixture
def shapes() -> np.ndarray[Any, Any]:
    found = np.array([HOLE, None, TWO, shapely.Polygon(), shapely.box(0, 0, 1, 1)], dtype=object)
    return np.array([None if each is None else at_amersfoort(each) for each in found], dtype=object)


def test_the_page_draws_what_was_handed_over(shapes: np.ndarray[Any, Any]) -> None:
    drawn = in_node(DECODED, PAGE / "data.js", given=encoded_shapes(shapes))
    assert [len(polygons) for polygons in drawn] == [1, 0, 2, 0, 1]
    assert [len(rings) for rings in drawn[0]] == [2]
    for polygons, shape in zip(drawn, shapes, strict=True):
        points = [point for rings in polygons for ring in rings for point in ring]
        if points:
            known = degrees(shapely.get_coordinates(shape))
            assert np.abs(np.array(points) - known).max() <= 0.51e-6  # half a step


def test_nothing_is_no_shape() -> None:
    assert encoded_shapes(np.array([], dtype=object))["shapes"] == []
    assert encoded_shapes(np.array([None], dtype=object)) == {
        "x": [],
        "y": [],
        "rings": [],
        "polygons": [],
        "shapes": [0],
    }
    assert bounds_of(np.array([None, shapely.Polygon()], dtype=object)) is None


def test_bounds_hold_all_shapes(shapes: np.ndarray[Any, Any]) -> None:
    # 500 m to the east of the tower of Amersfoort, at 52.155 degrees north and 5.387 east
    west, south, east, north = bounds_of(shapes) or [0.0] * 4
    assert (west, south) == pytest.approx((5.38720, 52.15517), abs=2e-5)
    assert east - west == pytest.approx(500 / (111_320 * np.cos(np.radians(52.155))), rel=0.01)
    assert north - south == pytest.approx(100 / 111_270, rel=0.02)
