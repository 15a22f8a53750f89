"""Distances to what is nearest, against numbers on paper and against every pair."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from flexruimte.kernels import distance, threads
from flexruimte.kernels.distance import distance_to_nearest
from flexruimte.kernels.threads import use_threads
from shapes import ZOO, boxes, random_polygons

RING = shapely.Polygon(
    [(0, 0), (100, 0), (100, 100), (0, 100)], [[(20, 20), (80, 20), (80, 80), (20, 80)]]
)


@pytest.mark.parametrize(
    ("shape", "things", "expected"),
    [
        (shapely.box(0, 0, 1, 1), [shapely.Point(4, 5)], 5.0),
        (shapely.box(0, 0, 1, 1), [shapely.Point(0.5, 0.5)], 0.0),
        (shapely.box(0, 0, 1, 1), [shapely.box(-9, -9, 9, 9)], 0.0),
        (shapely.box(0, 0, 9, 9), [shapely.box(4, 4, 5, 5)], 0.0),
        (shapely.box(0, 0, 1, 1), [shapely.box(1, 0, 2, 1)], 0.0),
        (shapely.box(45, 30, 55, 60), [RING], 10.0),
        (shapely.box(10, 10, 11, 11), [RING], 0.0),
        (shapely.Point(50, 50), [shapely.MultiPolygon([RING, shapely.box(48, 53, 52, 55)])], 3.0),
        (shapely.box(0, 0, 1, 1), [shapely.LineString([(-5, 3), (5, 3)])], 2.0),
        (shapely.box(0, 0, 1, 1), [shapely.LineString([(-5, 0.5), (5, 0.5)])], 0.0),
        # the nearest vertex of a line with many is its last
        (
            shapely.box(0, 0, 1, 1),
            [shapely.LineString([(x, 30) for x in range(40)] + [(40, 0), (3, 0)])],
            2.0,
        ),
        (shapely.box(0, 0, 1, 1), [shapely.MultiPoint([(8, 1), (1, 7)])], 6.0),
        (shapely.box(0, 0, 1, 1), [shapely.Point(60, 0)], 50.0),
        (shapely.box(0, 0, 1, 1), [shapely.Point(51, 0)], 50.0),
        (shapely.box(0, 0, 1, 1), [], 50.0),
        (shapely.box(0, 0, 1, 1), [shapely.Polygon(), shapely.Point()], 50.0),
        (shapely.Polygon(), [shapely.Point(0, 0), shapely.box(0, 0, 1, 1)], 50.0),
    ],
)
def test_by_hand(shape: shapely.Geometry, things: list[shapely.Geometry], expected: float) -> None:
    assert distance_to_nearest(
        np.array([shape]), np.array(things, dtype=object), 50.0
    ).tolist() == [expected]


def test_nothing_asked() -> None:
    assert distance_to_nearest(np.array([], dtype=object), boxes((0, 0, 1, 1)), 50.0).shape == (0,)


def things_of(seed: int) -> NDArray[np.object_]:
    """Polygons, their rings, lines with many vertices and points, mixed."""
    random = np.random.default_rng(seed)
    polygons = random_polygons(seed + 1, 6, 25.0)
    walks = [
        np.cumsum(random.normal(0, 4, (30, 2)), axis=0)
        + random.uniform((100_000, 400_000), (100_200, 400_200))
        for _ in range(3)
    ]
    points = shapely.points(random.uniform((100_000, 400_000), (100_200, 400_200), (4, 2)))
    things = np.concatenate(
        [
            polygons,
            shapely.boundary(polygons[:2]),
            shapely.linestrings(walks),
            points,
            [shapely.union_all(polygons[:3])],
        ]
    )
    return random.permutation(things)[: random.integers(1, len(things) + 1)]


@given(st.integers(0, 10_000), st.sampled_from([5.0, 60.0, 1000.0]), st.sampled_from([1, 2, 8]))
def test_against_every_pair(seed: int, limit_m: float, segments: int) -> None:
    shapes, things = random_polygons(seed, 8, 30.0), things_of(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distance, "_SEGMENTS_PER_PIECE", segments)
        found = distance_to_nearest(shapes, things, limit_m)
    every = np.minimum(shapely.distance(shapes[:, None], things[None, :]).min(axis=1), limit_m)
    np.testing.assert_array_equal(found, every)


def test_awkward_shapes_against_every_pair() -> None:
    shapes = np.array(list(ZOO.values()), dtype=object)
    for thing in shapes[~shapely.is_empty(shapes)]:
        away = shapely.distance(shapes, thing)
        np.testing.assert_array_equal(
            distance_to_nearest(shapes, np.array([thing]), 1e6), np.where(np.isnan(away), 1e6, away)
        )


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_SMALLEST_CHUNK", 3)
    shapes, things = random_polygons(1, 60, 20.0), things_of(2)
    one = distance_to_nearest(shapes, things, 500.0)
    with use_threads(4):
        np.testing.assert_array_equal(distance_to_nearest(shapes, things, 500.0), one)
