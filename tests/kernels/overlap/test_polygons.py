"""Polygons by themselves."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from flexruimte.kernels.overlap import (
    isoperimetric_quotient,
    polygonal,
    strip_width,
    subdivide,
)
from kernels.overlays import EMPTY
from shapes import random_polygons


def test_isoperimetric_quotient() -> None:
    circle = shapely.buffer(shapely.Point(0, 0), 50, quad_segs=32)
    # square: 4 pi a^2 / (4 a)^2 = pi / 4
    found = isoperimetric_quotient(np.array([circle, shapely.box(0, 0, 9, 9), EMPTY], dtype=object))
    assert found[0] > 0.99
    assert found[1] == pytest.approx(np.pi / 4)
    assert np.isnan(found[2])


def test_strip_width() -> None:
    bend = shapely.union_all([shapely.box(0, 0, 200, 20), shapely.box(180, 0, 200, 200)])
    ring = shapely.difference(shapely.box(0, 0, 100, 100), shapely.box(10, 10, 90, 90))
    circle = shapely.buffer(shapely.Point(0, 0), 10, quad_segs=256)
    shapes = np.array([shapely.box(0, 0, 300, 25), bend, ring, circle, EMPTY], dtype=object)
    # The bend of 20 m has 200 x 20 + 180 x 20 = 7,600 m2 and the perimeter 800 m of a box of 200 x 200:
    # x (400 - x) = 7,600 gives 20. The ring of 10 m has 3,600 m2 and 400 + 320 = 720 m: x (360 - x) = 3,600
    # gives 180 - sqrt(28,800) = 10.29. A quarter of the perimeter of a circle: pi r / 2.
    expected = [25, 20, 180 - np.sqrt(28_800), np.pi * 5, np.nan]
    np.testing.assert_allclose(strip_width(shapes), expected, rtol=1e-4)


@given(st.floats(1, 500), st.floats(1, 500), st.floats(0, np.pi))
def test_strip_width_of_a_rectangle_is_its_shorter_side(
    length: float, width: float, angle: float
) -> None:
    turned = affinity.rotate(shapely.box(0, 0, length, width), angle, use_radians=True)
    found = strip_width(np.array([turned], dtype=object))[0]
    # Of a square the root of a difference of nothing is left: half of the digits.
    assert found == pytest.approx(min(length, width), rel=1e-6)


@given(st.integers(0, 10_000), st.sampled_from([8, 20]))
def test_pieces_are_what_overlays_make(seed: int, most_points: int) -> None:
    # Unions with holes; on whole coordinates a cut often runs along a side or through a corner.
    shapes = (
        shapely.union_all(random_polygons(seed, 12, 40.0)),
        shapely.union_all(shapely.buffer(random_polygons(seed, 9, 30.0), -2.0, join_style="mitre")),
    )
    rounded = shapely.make_valid(shapely.transform(shapes[0], np.round))
    whole = polygonal(np.array([*shapes, rounded], dtype=object))
    pieces, source = subdivide(whole, most_points)
    assert shapely.is_valid(pieces).all()
    for number, shape in enumerate(whole):
        mine = pieces[source == number]
        assert shapely.area(mine).sum() == pytest.approx(shape.area, rel=1e-9, abs=1e-9)
        inside = shapely.area(shapely.intersection(mine, shape)).sum()
        assert inside == pytest.approx(shape.area, rel=1e-9, abs=1e-9)


def test_a_jagged_outline_is_cut() -> None:
    angle = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    radius = np.where(np.arange(4000) % 2, 300.0, 200.0)
    star = shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    pieces, _ = subdivide(np.array([star], dtype=object), 64)
    # 4,000 triangles with a corner in the middle, each of half of 200 times 300 times the sine.
    assert star.area == pytest.approx(4000 * 200 * 300 / 2 * np.sin(2 * np.pi / 4000))
    assert shapely.area(pieces).sum() == pytest.approx(star.area, rel=1e-9)
    assert shapely.is_valid(pieces).all()


@pytest.mark.parametrize("most_points", [8, 32, 256])
def test_subdivide_keeps_everything(most_points: int) -> None:
    circle = shapely.buffer(shapely.Point(500, 500), 400, quad_segs=200)
    ring = shapely.difference(circle, shapely.buffer(shapely.Point(520, 480), 200, quad_segs=100))
    shapes = np.array([ring, shapely.box(0, 0, 5, 5)], dtype=object)
    pieces, source = subdivide(shapes, most_points)
    assert (shapely.get_num_coordinates(pieces) <= most_points).all()
    np.testing.assert_allclose(
        np.bincount(source, shapely.area(pieces)), shapely.area(shapes), rtol=1e-9
    )
    assert (np.diff(source) >= 0).all()
