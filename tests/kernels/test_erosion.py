"""Erosion: the same in steps as at once, and bearable where an outline is very jagged."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.kernels.erosion import eroded, within_setback
from flexruimte.vocabulary import Geometries

X, Y = 155_000.0, 463_000.0
"""Far from the origin, as parcels are."""


def star(count: int, inner_m: float = 40.0, outer_m: float = 60.0) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radius = np.where(np.arange(count) % 2, outer_m, inner_m)
    return shapely.Polygon(np.c_[X + radius * np.cos(angle), Y + radius * np.sin(angle)])


def at_once(shape: shapely.Geometry, distance: float) -> shapely.Geometry:
    return shapely.buffer(shape, -distance, quad_segs=16)


def one(shape: shapely.Geometry) -> Geometries:
    return np.array([shape], dtype=object)


def test_a_square_with_many_vertices_on_its_sides() -> None:
    # 100 x 100 m, 5 m off each side: 90 x 90 m
    square = shapely.segmentize(shapely.box(X, Y, X + 100, Y + 100), 0.3)
    assert shapely.get_num_coordinates(square) > 1000
    (inner,) = eroded(one(square), 5.0, 16)
    assert inner.area == pytest.approx(8100, abs=1e-3)
    assert inner.bounds == pytest.approx((X + 5, Y + 5, X + 95, Y + 95), abs=1e-6)


def test_nothing_lies_deeper_than_the_middle() -> None:
    square = shapely.segmentize(shapely.box(X, Y, X + 100, Y + 100), 0.3)
    assert eroded(one(square), 50.1, 16)[0].is_empty


def test_ordinary_shapes_are_taken_at_once() -> None:
    shape = star(60)
    assert eroded(one(shape), 3.0, 16)[0].equals_exact(at_once(shape, 3.0))


@pytest.mark.parametrize("distance", [0.3, 2.0, 5.0, 20.0])
def test_a_star_in_steps_is_the_star_at_once(distance: float) -> None:
    shape = star(1_200)
    (stepped,) = eroded(one(shape), distance, 16)
    whole = at_once(shape, distance)
    # An arc of 16 segments per quarter is at most 0.12 % of its radius short, either way.
    assert shapely.hausdorff_distance(stepped, whole) < 2 * 0.0012 * distance + 0.02
    assert stepped.area == pytest.approx(whole.area, rel=5e-4)


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(5, 12), distance=st.floats(0.5, 12.0))
@settings(max_examples=25, deadline=None)
def test_any_shape_in_steps_is_the_shape_at_once(seed: int, count: int, distance: float) -> None:
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, count))
    radius = random.uniform(15, 60, count)
    shape = shapely.make_valid(
        shapely.Polygon(np.c_[X + radius * np.cos(angle), Y + radius * np.sin(angle)])
    )
    # The same shape with vertices between, so that it is taken in steps.
    (stepped,) = eroded(one(shapely.segmentize(shape, 0.1)), distance, 16)
    whole = at_once(shape, distance)
    assert shapely.symmetric_difference(stepped, whole).area <= (
        0.003 * distance * shape.length + 1e-6
    )


def test_very_jagged_shapes_are_bearable() -> None:
    # At once a star of so many takes more than a minute and 4 GB.
    start = time.monotonic()
    (deep,) = eroded(one(star(10_000)), 5.0, 16)
    assert time.monotonic() - start < 40
    # Its spikes are 2 to 4 cm wide: what is 5 m deep is the inner circle less 5 m.
    assert deep.area == pytest.approx(np.pi * 35**2, rel=0.002)


@pytest.mark.parametrize("count", [60, 1_200])
def test_a_setback_is_kept_everywhere(count: int) -> None:
    shape = star(count, 40.0, 42.0)
    (inner,) = within_setback(one(shape), 5.0)
    assert inner.area > 0.9 * np.pi * 35**2
    assert shapely.distance(inner, shape.boundary) >= 5.0 - 1e-6
