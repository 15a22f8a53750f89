"""The width of shapes: by hand, by property, and beside GEOS."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from flexruimte.kernels.circle import width
from flexruimte.kernels.overlap import (
    largest_part,
    subtract,
)
from kernels.overlays import EMPTY
from shapes import random_polygons


def test_width_and_largest_part() -> None:
    two = shapely.union_all([shapely.box(0, 0, 10, 30), shapely.box(50, 0, 55, 20)])
    corridor = shapely.union_all([shapely.box(0, 0, 20, 20), shapely.box(20, 9, 80, 11)])
    shapes = np.array([two, corridor, EMPTY], dtype=object)
    np.testing.assert_allclose(width(shapes), [10, 20, 0], atol=0.2)
    assert shapely.area(largest_part(shapes)).tolist() == [300, 520, 0]


def test_width_by_hand() -> None:
    strip = shapely.box(0, 0, 10, 50)
    corner = 20 / (
        1 + np.sqrt(0.5)
    )  # between two walls and a corner that is 10 m from both: r = sqrt(2) (10 - r)
    cases = {
        strip: 10.0,
        affinity.rotate(strip, 33.0): 10.0,
        affinity.translate(strip, 200_000, 500_000): 10.0,
        shapely.Polygon(
            [(0, 0), (30, 0), (0, 40)]
        ): 20.0,  # twice the area by the perimeter, and that twice: 4 * 600 / 120
        shapely.box(0, 0, 40, 10) | shapely.box(0, 0, 10, 40): corner,
        shapely.box(0, 0, 30, 30) - shapely.box(10, 10, 20, 20): corner,
        shapely.MultiPolygon([strip, shapely.box(100, 0, 120, 20)]): 20.0,
        shapely.Polygon(
            [(0, 0), (5, 0), (10, 0), (10, 0), (10, 50), (0, 50)]
        ): 10.0,  # points on a line, and one twice
        shapely.Point(0, 0).buffer(
            25.0, quad_segs=64
        ): 50.0,  # so many points are looked up in an index
        shapely.Polygon([(0, 0), (100, 0), (100, 0.05)]): 0.0,  # within the tolerance
        EMPTY: 0.0,
    }
    found, right = width(np.array(list(cases), dtype=object)), np.array(list(cases.values()))
    assert (found <= right + 0.06).all()
    np.testing.assert_allclose(found, right, atol=0.2)
    # the middle of a strip is found, not only what the tolerance asks
    np.testing.assert_allclose(found[:3], 10.0, atol=0.02)
    assert width(np.empty(0, object)).shape == (0,)


def _with_holes(seed: int) -> np.ndarray:
    """Polygons of all kinds, turned, with corners that point inwards, holes and parts."""
    random = np.random.default_rng(seed)
    shapes, features, rings = (
        random_polygons(seed, 8, 60.0),
        random_polygons(seed + 1, 8, 25.0),
        random_polygons(seed + 2, 8, 60.0),
    )
    shapes = subtract(shapes, features, np.arange(len(features)) % len(shapes))
    strips = shapely.buffer(
        shapely.boundary(rings), random.uniform(0.1, 4.0, len(rings)), join_style="mitre"
    )
    return np.concatenate([shapes, strips])


@given(st.integers(0, 10_000), st.sampled_from([0.1, 0.02]))
def test_width_is_that_of_the_circle(seed: int, tolerance: float) -> None:
    shapes = _with_holes(seed)
    fine = 2 * shapely.length(shapely.maximum_inscribed_circle(shapes, tolerance=1e-3))
    found = width(shapes, tolerance)
    assert (found >= fine - 2 * tolerance).all()
    assert (found <= fine + 2e-3).all()


@given(st.integers(0, 10_000))
def test_width_is_no_less_than_at_any_place(seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes = _with_holes(seed)
    for shape, found in zip(shapes, width(shapes), strict=True):
        left, bottom, right, top = shape.bounds
        for x, y in random.uniform((left, bottom), (right, top), (100, 2)):
            place = shapely.Point(x, y)
            if shape.contains(place):
                assert 2 * place.distance(shape.boundary) <= found + 0.2


def test_width_does_not_depend_on_what_is_measured_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shapes = _with_holes(3)
    together = width(shapes)
    assert [
        float(width(shapes[[position]])[0]) for position in range(len(shapes))
    ] == together.tolist()
    assert width(shapes[::-1]).tolist() == together[::-1].tolist()
    monkeypatch.setattr("flexruimte.kernels.circle._EDGES_AT_ONCE", 50)
    assert width(shapes).tolist() == together.tolist()
    # and the way for shapes with many points finds the same
    monkeypatch.setattr("flexruimte.kernels.circle._MANY_POINTS", 0)
    np.testing.assert_allclose(width(shapes), together, atol=0.2)


@pytest.mark.parametrize("seed", range(3))
def test_points_along_the_edges_change_no_width(seed: int) -> None:
    """A ring with many points goes another way: that may not show."""
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 100, (40, 6, 2))
    shapes = shapely.convex_hull(shapely.multipoints(corners))
    dense = shapely.segmentize(shapes, 1.0)
    assert (shapely.get_num_coordinates(dense) > 50).all()
    assert np.abs(width(dense) - width(shapes)).max() <= 0.02
