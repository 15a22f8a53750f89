"""Shapes without what features cover: by hand, by property, and against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels.circle import width
from flexruimte.kernels.overlap import (
    largest_part,
    polygonal,
    subtract,
)
from kernels.overlays import covers_of, laid_over
from shapes import ZOO, boxes, random_polygons


@pytest.mark.parametrize("name", ZOO)
def test_kernels_take_every_shape(name: str) -> None:
    shapes = np.array([ZOO[name], shapely.box(0, 0, 10, 10), ZOO[name]], dtype=object)
    feature = np.array([shapely.box(-100, -100, 3, 100)], dtype=object)
    covers = covers_of(shapes, feature)
    rest = subtract(shapes, covers)
    assert covers.shape == rest.shape == (3,)
    assert covers.dtype == rest.dtype == object
    np.testing.assert_allclose(
        shapely.area(covers) + shapely.area(rest), shapely.area(shapes), rtol=1e-12, atol=1e-12
    )
    assert width(rest).dtype == np.float64
    assert (shapely.area(largest_part(rest)) <= shapely.area(rest) + 1e-12).all()
    assert set(shapely.get_type_id(polygonal(shapes))) <= {3, 6}


def test_a_sliver_of_rounding_is_nothing() -> None:
    assert shapely.is_empty(subtract(boxes((0, 0, 10, 10)), boxes((0, 0, 10, 10 - 1e-9)))).all()
    # a centimetre of a hundred metres is something
    assert shapely.area(subtract(boxes((0, 0, 100, 100)), boxes((0, 0, 100, 99.99))))[
        0
    ] == pytest.approx(1.0)


def test_thousands_of_slivers_are_no_rounding() -> None:
    """10,000 squares of 0.9 mm beside one of 10 m are 81 cm2, of 100 m2, and ten are nothing."""
    for number, area in ((10, 100.0), (10_000, 100.0 + 10_000 * 0.0009**2)):
        left = np.arange(number) * 0.01 + 15
        small = shapely.box(left, 0, left + 0.0009, 0.0009)
        shape = np.array([shapely.multipolygons([shapely.box(0, 0, 10, 10), *small])])
        rest = subtract(shape, boxes((1e6, 0, 1e6 + 1, 1)))
        assert shapely.area(rest)[0] == pytest.approx(area, rel=1e-9)


@given(st.integers(0, 10_000))
def test_area_is_conserved(seed: int) -> None:
    shapes, features = random_polygons(seed, 12, 40.0), random_polygons(seed + 1, 25, 30.0)
    covers = covers_of(shapes, features)
    rest = subtract(shapes, covers)
    np.testing.assert_allclose(
        shapely.area(covers) + shapely.area(rest), shapely.area(shapes), rtol=1e-6
    )
    assert shapely.is_valid(rest).all()


@given(st.integers(0, 10_000))
def test_what_is_cut_apart_is_apart(seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes = random_polygons(seed, 12, 60.0)
    ends = random.uniform(-200, 400, (10, 2, 2)) + np.array([100_000, 400_000])
    found = laid_over(
        shapes, shapely.buffer(shapely.linestrings(ends), random.uniform(0.5, 4.0, 10))
    )
    rest = subtract(shapes, found.geometry, found.shape)
    np.testing.assert_allclose(
        shapely.area(rest),
        shapely.area(subtract(shapes, covers_of(shapes, found.geometry))),
        rtol=1e-6,
        atol=1e-6,
    )
    # nothing hangs together by less than two micrometres: corners that only just meet are rarer than one in a million
    core = shapely.area(largest_part(shapely.buffer(rest, -1e-6)))
    np.testing.assert_allclose(shapely.area(largest_part(rest)), core, rtol=1e-3, atol=1e-2)


def test_many_features_and_none() -> None:
    shapes = boxes((0, 0, 10, 10), (20, 0, 30, 10), (40, 0, 50, 10))
    features = boxes(
        (20, -1, 24, 11), (0, 0, 10, 1), (4, 0, 6, 10), (-1, -1, 11, 2), (26, 2, 28, 4)
    )
    rest = subtract(shapes, features, np.array([1, 0, 0, 0, 1]))
    # 8 x 10 - 2 x 8; 6 x 10 - 2 x 2; all of it
    assert shapely.area(rest).tolist() == [64.0, 56.0, 100.0]
    assert shapely.get_num_geometries(rest).tolist() == [2, 1, 1]
    assert (
        shapely.area(subtract(shapes, features[:0], np.empty(0, np.intp))).tolist() == [100.0] * 3
    )


def test_holes_and_courtyards() -> None:
    parcel = shapely.box(0, 0, 100, 100)
    shapes = np.array(
        [parcel, parcel, shapely.difference(parcel, shapely.box(40, 40, 60, 60)), parcel],
        dtype=object,
    )
    courtyard = shapely.difference(shapely.box(10, 10, 30, 30), shapely.box(15, 15, 25, 25))
    cases = [
        [shapely.box(10, 10, 20, 20), shapely.box(30, 10, 40, 20)],  # two sheds: 100^2 - 2 x 10^2
        [
            shapely.box(10, 10, 20, 20),
            shapely.box(45, -1, 55, 101),
        ],  # a shed beside a road that cuts in two: 90 x 100 - 10^2
        [
            shapely.box(10, 10, 20, 20),
            shapely.box(50, 50, 70, 70),
        ],  # a shed; another over a hole of 20^2: 10^4 - 400 - 100 - (400 - 100)
        [
            courtyard,
            shapely.box(16, 16, 20, 20),
        ],  # a building round a shed: 10^4 - (400 - 100) - 16
    ]
    owner = np.repeat(np.arange(4), 2)
    rest = subtract(
        shapes, np.array([feature for case in cases for feature in case], dtype=object), owner
    )
    assert shapely.area(rest).tolist() == [9800.0, 8900.0, 9200.0, 9684.0]
    assert shapely.is_valid(rest).all()
    assert shapely.get_num_geometries(rest).tolist() == [1, 2, 1, 2]
    assert [
        int(shapely.get_num_interior_rings(shapely.get_parts(each)).sum()) for each in rest
    ] == [2, 1, 2, 2]


def test_many_features_are_subtracted_in_few_rounds() -> None:
    # ten in a chain from 0 to 11, each over half of the next; ten of 1 x 1 that lie apart; two of 2 x 2 side by side
    chain = [(i, 0, i + 2, 2) for i in range(10)]
    apart = [(2 * i, 5, 2 * i + 1, 6) for i in range(10)]
    features = boxes(*chain, *apart, (0, 10, 2, 12), (2, 10, 4, 12))
    order = np.random.default_rng(5).permutation(len(features))
    rest = subtract(boxes((0, 0, 20, 20)), features[order], np.zeros(len(features), np.intp))
    assert shapely.area(rest)[0] == 400 - 11 * 2 - 10 - 8
    assert shapely.is_valid(rest[0])


@given(st.integers(0, 10_000))
def test_whole_features_against_a_plain_loop(seed: int) -> None:
    shapes, features = random_polygons(seed, 10, 60.0), random_polygons(seed + 7, 40, 9.0)
    found = laid_over(shapes, features)
    order = np.random.default_rng(seed).permutation(len(found.shape))
    rest = subtract(shapes, found.geometry[order], found.shape[order])
    union = shapely.union_all(features)
    slow = np.array([shape.difference(union) for shape in shapes], dtype=object)
    np.testing.assert_allclose(shapely.area(rest), shapely.area(slow), rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(shapely.area(shapely.symmetric_difference(rest, slow)), 0, atol=1e-5)
    assert shapely.is_valid(rest).all()


@given(st.integers(0, 10_000))
def test_against_a_plain_loop(seed: int) -> None:
    shapes, features = random_polygons(seed, 8, 40.0), random_polygons(seed + 7, 20, 30.0)
    fast = shapely.area(subtract(shapes, covers_of(shapes, features)))
    union = shapely.union_all(features)
    slow = [shape.difference(union).area for shape in shapes]
    np.testing.assert_allclose(fast, slow, rtol=1e-6, atol=1e-6)
