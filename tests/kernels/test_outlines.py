"""The area that pairs of polygons share: by hand, by property, and beside overlaying them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels import outlines as outlines_module
from flexruimte.kernels.outlines import outlines, shared_area
from shapes import ZOO, boxes, random_polygons


def every_pair(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    first, second = np.divmod(np.arange(len(one) * len(other)), len(other))
    return shared_area(outlines(one), first, outlines(other), second).reshape(len(one), len(other))


def test_by_hand() -> None:
    square = shapely.box(0, 0, 10, 10)
    cases = {
        "a corner of 4 x 5": (shapely.box(6, 5, 20, 20), 20.0),
        "inside": (shapely.box(2, 2, 5, 6), 12.0),
        "around": (shapely.box(-5, -5, 15, 15), 100.0),
        "itself": (square, 100.0),
        "a side": (shapely.box(10, 0, 20, 10), 0.0),
        "a corner": (shapely.box(10, 10, 20, 20), 0.0),
        "beside": (shapely.box(11, 0, 20, 10), 0.0),
        "above": (shapely.box(0, 12, 10, 20), 0.0),
        "below": (shapely.box(0, -20, 10, -12), 0.0),
        # a diamond round (10, 5): its left half, 2 x 3 x 3 / 2
        "a diamond": (shapely.Polygon([(7, 5), (10, 2), (13, 5), (10, 8)]), 9.0),
        # a cross through the middle: 10 x 2 and twice 4 x 2
        "a cross": (
            shapely.union_all([shapely.box(-1, 4, 11, 6), shapely.box(4, -1, 6, 11)]),
            36.0,
        ),
        # a hole of 4 x 4 in 6 x 6
        "a ring": (shapely.box(1, 1, 7, 7).difference(shapely.box(2, 2, 6, 6)), 20.0),
        "two parts": (
            shapely.MultiPolygon([shapely.box(-1, -1, 1, 1), shapely.box(8, 8, 12, 12)]),
            5.0,
        ),
        "no polygon": (shapely.LineString([(0, 0), (10, 10)]), 0.0),
        "nothing": (shapely.Polygon(), 0.0),
        "missing": (None, 0.0),
    }
    others = np.array([other for other, _ in cases.values()], dtype=object)
    for turned in (others, shapely.reverse(others)):
        found = every_pair(np.array([square], dtype=object), turned)[0]
        assert dict(zip(cases, found.tolist(), strict=True)) == {
            name: area for name, (_, area) in cases.items()
        }


@pytest.mark.parametrize("name", ZOO)
def test_every_shape_shares_all_of_itself(name: str) -> None:
    shape = np.array([ZOO[name]], dtype=object)
    np.testing.assert_allclose(
        every_pair(shape, shape), shapely.area(shape)[None], rtol=1e-9, atol=1e-9
    )


@given(st.integers(0, 10_000))
def test_beside_overlaying(seed: int) -> None:
    one, other = random_polygons(seed, 9, 40.0), random_polygons(seed + 1, 11, 30.0)
    other[:4] = shapely.union_all(
        other[:8].reshape(4, 2), axis=1
    )  # some in two parts, or overlapping ones made one
    other[4:6] = shapely.difference(other[4:6], shapely.buffer(other[4:6], -3))  # some with a hole
    expected = shapely.area(shapely.intersection(one[:, None], other[None, :]))
    np.testing.assert_allclose(every_pair(one, other), expected, rtol=1e-9, atol=1e-8)
    np.testing.assert_array_equal(every_pair(one, other) > 1e-6, every_pair(other, one).T > 1e-6)


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_neither_order_nor_chunks_change_a_bit(seed: int, at_once: int) -> None:
    one, other = random_polygons(seed, 9, 40.0), random_polygons(seed + 1, 11, 30.0)
    whole = every_pair(one, other)
    order = np.random.default_rng(seed).permutation(len(one))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outlines_module, "_EDGES_AT_ONCE", at_once)
        np.testing.assert_array_equal(every_pair(one[order], other), whole[order])


def test_neighbours_on_the_map_share_nothing() -> None:
    # A fan of triangles round a point far from the origin, with sides that rounding puts off their lines.
    angle = np.linspace(0, 2 * np.pi, 30)
    rim = np.stack([155_000.123 + 80 * np.cos(angle), 463_000.456 + 80 * np.sin(angle)], axis=1)
    fan = np.array([shapely.Polygon([(155_000.123, 463_000.456), a, b]) for a, b in pairwise(rim)])
    found = every_pair(fan, fan)
    np.testing.assert_allclose(np.diag(found), shapely.area(fan), rtol=1e-10)
    np.fill_diagonal(found, 0.0)
    assert np.abs(found).max() < 1e-7


def test_no_pairs() -> None:
    some = outlines(boxes((0, 0, 1, 1)))
    nothing = np.empty(0, dtype=np.intp)
    assert shared_area(some, nothing, outlines(np.empty(0, dtype=object)), nothing).tolist() == []
