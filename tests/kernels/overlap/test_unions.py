"""Unions per group: by hand, and against one union per group."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels.overlap import union_by_group
from flexruimte.kernels.overlap.unions import pairs_with_touching_bounds
from shapes import boxes, random_polygons


def test_bounds_that_touch_are_a_pair_within_their_group_only() -> None:
    # side by side; a gap of 1 mm in height; on top of each other in another group
    bounds = shapely.bounds(
        boxes((0, 0, 2, 2), (2, 0, 4, 2), (0, 2.001, 4, 3), (0, 0, 2, 2), (1, 1, 3, 3))
    )
    one, other = pairs_with_touching_bounds(bounds, np.array([5, 5, 5, 9, 9]))
    assert {tuple(sorted(pair)) for pair in zip(one.tolist(), other.tolist(), strict=True)} == {
        (0, 1),
        (3, 4),
    }


@given(st.integers(0, 10_000))
def test_against_one_union_per_group(seed: int) -> None:
    shapes = random_polygons(seed, 30, 60.0)
    group = np.sort(
        np.random.default_rng(seed).integers(0, 6, len(shapes))
    )  # some seeds give fewer
    found = union_by_group(shapes, group, 7)
    slow = np.array([shapely.union_all(shapes[group == number]) for number in range(7)])
    np.testing.assert_allclose(
        shapely.area(shapely.symmetric_difference(found, slow)), 0, atol=1e-6
    )
    assert found[6].is_empty
