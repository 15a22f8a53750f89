"""What overlaps what, and how much is covered: by hand, by property, and against plain loops."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels.overlap import (
    covered_area,
    index_geometries,
    pairs,
    polygonal,
    union_by_group,
)
from kernels.overlays import EMPTY, covers_of, laid_over
from shapes import boxes, random_polygons


def test_overlaps_of_polygons_lines_and_points() -> None:
    shapes = boxes((0, 0, 10, 10), (10, 0, 20, 10))
    features = np.array(
        [
            shapely.box(5, 0, 15, 10),
            shapely.box(20, 0, 30, 10),
            shapely.LineString([(2, 5), (18, 5)]),
            shapely.Point(10, 3),
            None,
            EMPTY,
        ],
        dtype=object,
    )
    found = laid_over(shapes, features)
    # the box half in each; the next box only touches; the line 8 m in each; the point on the common boundary is in both
    assert list(
        zip(found.shape.tolist(), found.feature.tolist(), found.area.tolist(), strict=True)
    ) == [
        *[(0, 0, 50.0), (0, 2, 0.0), (0, 3, 0.0)],
        *[(1, 0, 50.0), (1, 2, 0.0), (1, 3, 0.0)],
    ]


def test_nothing_overlaps_nothing() -> None:
    found = laid_over(np.empty(0, object), np.empty(0, object))
    assert len(found.shape) == len(found.area) == 0
    assert union_by_group(found.geometry, found.shape, 2).tolist() == [EMPTY, EMPTY]


def test_covered_area_counts_overlaps_once() -> None:
    shapes = boxes((0, 0, 10, 10), (10, 0, 20, 10), (50, 50, 60, 60))
    features = boxes((0, 0, 5, 5), (4, 0, 12, 5), (12, 0, 14, 5))
    # 5 x 5 and 6 x 5 share 1 x 5; 2 x 5 beside 2 x 5; nothing
    assert covered_area(index_geometries(shapes), laid_over(shapes, features)).tolist() == [
        50.0,
        20.0,
        0.0,
    ]


def test_covered_area_where_pairs_and_where_three_overlap() -> None:
    shapes = boxes((0, 0, 10, 10), (20, 0, 30, 10))
    chain = boxes((0, 0, 4, 10), (3, 0, 7, 10), (6, 0, 9, 10))
    three = boxes((20, 0, 26, 10), (22, 0, 28, 10), (24, 0, 27, 5))
    # 4 + 4 + 3 wide, twice 1 of it shared: 9 x 10; from 20 to 28, the third within the others: 8 x 10
    assert covered_area(
        index_geometries(shapes), laid_over(shapes, np.concatenate([chain, three]))
    ).tolist() == [90.0, 80.0]


@given(st.integers(0, 10_000))
def test_covered_area_is_that_of_the_cover(seed: int) -> None:
    shapes, features = random_polygons(seed, 12, 40.0), random_polygons(seed + 1, 25, 30.0)
    covered = covered_area(index_geometries(shapes), laid_over(shapes, features))
    np.testing.assert_allclose(
        covered,
        shapely.area(shapely.intersection(shapes, shapely.union_all(features))),
        rtol=1e-9,
        atol=1e-9,
    )


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_and_splits_change_nothing(seed: int, random: object) -> None:
    shapes, features = random_polygons(seed, 10, 40.0), random_polygons(seed + 3, 20, 30.0)
    whole = shapely.area(covers_of(shapes, features))
    order = np.random.default_rng(seed).permutation(len(shapes))
    np.testing.assert_array_equal(shapely.area(covers_of(shapes[order], features)), whole[order])
    parts = [shapely.area(covers_of(part, features)) for part in np.array_split(shapes, 3)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    # cutting the features in two changes nothing but rounding
    left, bottom, right, top = shapely.bounds(features).T
    halves = polygonal(
        np.concatenate(
            [
                shapely.intersection(features, shapely.box(left, bottom, (left + right) / 2, top)),
                shapely.intersection(features, shapely.box((left + right) / 2, bottom, right, top)),
            ]
        )
    )
    np.testing.assert_allclose(shapely.area(covers_of(shapes, halves)), whole, rtol=1e-6, atol=1e-6)


@given(st.integers(0, 10_000), st.floats(-90_000, 90_000))
def test_shifting_the_map_changes_nothing(seed: int, shift: float) -> None:
    shapes, features = random_polygons(seed, 8, 40.0), random_polygons(seed + 5, 15, 30.0)
    moved = [
        shapely.transform(geometries, lambda xy: xy + shift) for geometries in (shapes, features)
    ]
    np.testing.assert_allclose(
        shapely.area(covers_of(*moved)),
        shapely.area(covers_of(shapes, features)),
        rtol=1e-6,
        atol=1e-4,
    )


@given(st.integers(0, 10_000))
def test_what_is_too_jagged_for_a_union_is_counted_once_too(seed: int) -> None:
    shapes, features = random_polygons(seed, 12, 40.0), random_polygons(seed + 1, 25, 30.0)
    with patch.object(pairs, "_MOST_UNITED", 0):
        covered = covered_area(index_geometries(shapes), laid_over(shapes, features))
    np.testing.assert_allclose(
        covered,
        shapely.area(shapely.intersection(shapes, shapely.union_all(features))),
        rtol=1e-9,
        atol=1e-9,
    )
