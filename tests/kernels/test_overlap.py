"""Kernels on polygons: by hand, on a zoo of shapes, by property, and against plain per-shape loops."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from flexruimte.kernels.circle import width
from flexruimte.kernels.overlap import (
    Overlaps,
    covered_area,
    isoperimetric_quotient,
    largest_part,
    leaves_only_boundary,
    overlaps,
    polygonal,
    prepared,
    prepared_features,
    remainder,
    stays_at_boundary,
    subdivide,
    union_by_group,
)
from shapes import ZOO, boxes, random_polygons

EMPTY = shapely.Polygon()


def laid_over(shapes: np.ndarray, features: np.ndarray) -> Overlaps:
    return overlaps(prepared(shapes), prepared_features(features))


def each_under_its_own(covers: np.ndarray) -> Overlaps:
    positions = np.arange(len(covers))
    return Overlaps(positions, positions, shapely.area(covers), positions, prepared(covers))


def covers_of(shapes: np.ndarray, features: np.ndarray) -> np.ndarray:
    found = laid_over(shapes, features)
    shared = polygonal(shapely.intersection(shapes[found.shape], found.geometry))
    np.testing.assert_allclose(found.area, shapely.area(shared), rtol=1e-9, atol=1e-9)
    return union_by_group(shared, found.shape, len(shapes))


@pytest.mark.parametrize("name", ZOO)
def test_kernels_take_every_shape(name: str) -> None:
    shapes = np.array([ZOO[name], shapely.box(0, 0, 10, 10), ZOO[name]], dtype=object)
    cutter = np.array([shapely.box(-100, -100, 3, 100)], dtype=object)
    covers = covers_of(shapes, cutter)
    rest = remainder(shapes, covers)
    assert covers.shape == rest.shape == (3,)
    assert covers.dtype == rest.dtype == object
    np.testing.assert_allclose(
        shapely.area(covers) + shapely.area(rest), shapely.area(shapes), rtol=1e-12, atol=1e-12
    )
    assert width(rest).dtype == np.float64
    assert (shapely.area(largest_part(rest)) <= shapely.area(rest) + 1e-12).all()
    assert set(shapely.get_type_id(polygonal(shapes))) <= {3, 6}


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


def test_a_film_of_rounding_is_nothing() -> None:
    assert shapely.is_empty(remainder(boxes((0, 0, 10, 10)), boxes((0, 0, 10, 10 - 1e-9)))).all()
    # a centimetre of a hundred metres is something
    assert shapely.area(remainder(boxes((0, 0, 100, 100)), boxes((0, 0, 100, 99.99))))[
        0
    ] == pytest.approx(1.0)


def test_edge() -> None:
    parcel = shapely.box(0, 0, 100, 100)
    cases = {
        shapely.box(0, 0, 5, 100): True,  # exactly as wide as the map is precise
        shapely.box(0, 0, 5.1, 100): False,
        shapely.box(48, 48, 52, 52): False,  # small, but in the middle
        shapely.union_all(
            [shapely.box(0, 0, 3, 100), shapely.box(97, 0, 100, 100)]
        ): True,  # on two sides
        shapely.union_all([shapely.box(0, 0, 3, 100), shapely.box(50, 50, 51, 51)]): False,
        EMPTY: False,
        parcel: False,  # all of it is no edge
    }
    parcels, covers = np.full(len(cases), parcel, dtype=object), np.array(list(cases), dtype=object)
    own = each_under_its_own(covers)
    assert stays_at_boundary(prepared(parcels), own, own.area, 5.0).tolist() == list(cases.values())
    assert not stays_at_boundary(prepared(parcels), own, own.area, 0.0).any()
    # a strip of 8 m is all within 5 m of its boundary: then half of it decides
    strips = boxes((0, 0, 100, 8), (0, 0, 100, 8))
    halves = boxes((0, 0, 49, 8), (0, 0, 51, 8))
    own = each_under_its_own(halves)
    assert stays_at_boundary(prepared(strips), own, own.area, 5.0).tolist() == [True, False]
    assert leaves_only_boundary(prepared(strips), own, own.area, 5.0).tolist() == [False, True]


def test_what_is_left_at_the_edge() -> None:
    parcel = shapely.box(0, 0, 100, 100)
    cases = {
        (
            shapely.box(5, 0, 100, 100),
        ): True,  # what is left is exactly as wide as the map is precise
        (shapely.box(5.1, 0, 100, 100),): False,
        (
            shapely.box(0, 0, 60, 100),
            shapely.box(40, 0, 97, 100),
        ): True,  # two that overlap: 57 + 40 of 100
        (
            shapely.box(0, 0, 60, 100),
            shapely.box(40, 0, 97, 100).difference(shapely.box(70, 40, 72, 42)),
        ): False,  # a hole in the middle
        (parcel,): False,  # nothing is left
    }
    for covers, only_edge in cases.items():
        parcels = np.array([parcel], dtype=object)
        found = laid_over(parcels, np.array(covers, dtype=object))
        assert leaves_only_boundary(
            prepared(parcels), found, covered_area(prepared(parcels), found), 5.0
        ).tolist() == [only_edge]


@given(st.integers(0, 10_000), st.sampled_from([0.5, 2.0, 8.0]))
def test_edge_against_overlays(seed: int, precision: float) -> None:
    shapes, features = random_polygons(seed, 12, 40.0), random_polygons(seed + 1, 25, 30.0)
    found, cover = laid_over(shapes, features), covers_of(shapes, features)
    area, covered = shapely.area(shapes), shapely.area(cover)
    core = shapely.buffer(shapes, -precision, quad_segs=16)
    for part, says in (
        (cover, stays_at_boundary),
        (shapely.difference(shapes, cover), leaves_only_boundary),
    ):
        size = shapely.area(part)
        expected = (
            (size > 0)
            & (size < area / 2)
            & (shapely.area(shapely.intersection(core, part)) <= 1e-6 * size)
        )
        clear = (size == 0) | (size > 1e-3)  # no film of rounding
        assert (
            says(prepared(shapes), found, covered, precision)[clear].tolist()
            == expected[clear].tolist()
        )


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
    shapes, cutters, rings = (
        random_polygons(seed, 8, 60.0),
        random_polygons(seed + 1, 8, 25.0),
        random_polygons(seed + 2, 8, 60.0),
    )
    shapes = remainder(shapes, cutters, np.arange(len(cutters)) % len(shapes))
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


def test_isoperimetric_quotient() -> None:
    circle = shapely.buffer(shapely.Point(0, 0), 50, quad_segs=32)
    # square: 4 pi a^2 / (4 a)^2 = pi / 4
    found = isoperimetric_quotient(np.array([circle, shapely.box(0, 0, 9, 9), EMPTY], dtype=object))
    assert found[0] > 0.99
    assert found[1] == pytest.approx(np.pi / 4)
    assert np.isnan(found[2])


@given(st.integers(0, 10_000))
def test_area_is_conserved(seed: int) -> None:
    shapes, features = random_polygons(seed, 12, 40.0), random_polygons(seed + 1, 25, 30.0)
    covers = covers_of(shapes, features)
    rest = remainder(shapes, covers)
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
    rest = remainder(shapes, found.geometry, found.shape)
    np.testing.assert_allclose(
        shapely.area(rest),
        shapely.area(remainder(shapes, covers_of(shapes, found.geometry))),
        rtol=1e-6,
        atol=1e-6,
    )
    # nothing hangs together by less than two micrometres: corners that only just meet are rarer than one in a million
    core = shapely.area(largest_part(shapely.buffer(rest, -1e-6)))
    np.testing.assert_allclose(shapely.area(largest_part(rest)), core, rtol=1e-3, atol=1e-2)


def test_many_cutters_and_none() -> None:
    shapes = boxes((0, 0, 10, 10), (20, 0, 30, 10), (40, 0, 50, 10))
    cutters = boxes((20, -1, 24, 11), (0, 0, 10, 1), (4, 0, 6, 10), (-1, -1, 11, 2), (26, 2, 28, 4))
    rest = remainder(shapes, cutters, np.array([1, 0, 0, 0, 1]))
    # 8 x 10 - 2 x 8; 6 x 10 - 2 x 2; all of it
    assert shapely.area(rest).tolist() == [64.0, 56.0, 100.0]
    assert shapely.get_num_geometries(rest).tolist() == [2, 1, 1]
    assert (
        shapely.area(remainder(shapes, cutters[:0], np.empty(0, np.intp))).tolist() == [100.0] * 3
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
    rest = remainder(
        shapes, np.array([cutter for case in cases for cutter in case], dtype=object), owner
    )
    assert shapely.area(rest).tolist() == [9800.0, 8900.0, 9200.0, 9684.0]
    assert shapely.is_valid(rest).all()
    assert shapely.get_num_geometries(rest).tolist() == [1, 2, 1, 2]
    assert [
        int(shapely.get_num_interior_rings(shapely.get_parts(each)).sum()) for each in rest
    ] == [2, 1, 2, 2]


def test_many_cutters_cut_in_few_turns() -> None:
    # ten in a chain from 0 to 11, each over half of the next; ten of 1 x 1 that lie apart; two of 2 x 2 side by side
    chain = [(i, 0, i + 2, 2) for i in range(10)]
    apart = [(2 * i, 5, 2 * i + 1, 6) for i in range(10)]
    cutters = boxes(*chain, *apart, (0, 10, 2, 12), (2, 10, 4, 12))
    order = np.random.default_rng(5).permutation(len(cutters))
    rest = remainder(boxes((0, 0, 20, 20)), cutters[order], np.zeros(len(cutters), np.intp))
    assert shapely.area(rest)[0] == 400 - 11 * 2 - 10 - 8
    assert shapely.is_valid(rest[0])


def test_covered_area_counts_overlaps_once() -> None:
    shapes = boxes((0, 0, 10, 10), (10, 0, 20, 10), (50, 50, 60, 60))
    features = boxes((0, 0, 5, 5), (4, 0, 12, 5), (12, 0, 14, 5))
    # 5 x 5 and 6 x 5 share 1 x 5; 2 x 5 beside 2 x 5; nothing
    assert covered_area(prepared(shapes), laid_over(shapes, features)).tolist() == [50.0, 20.0, 0.0]


def test_covered_area_where_pairs_and_where_three_overlap() -> None:
    shapes = boxes((0, 0, 10, 10), (20, 0, 30, 10))
    chain = boxes((0, 0, 4, 10), (3, 0, 7, 10), (6, 0, 9, 10))
    three = boxes((20, 0, 26, 10), (22, 0, 28, 10), (24, 0, 27, 5))
    # 4 + 4 + 3 wide, twice 1 of it shared: 9 x 10; from 20 to 28, the third within the others: 8 x 10
    assert covered_area(
        prepared(shapes), laid_over(shapes, np.concatenate([chain, three]))
    ).tolist() == [90.0, 80.0]


@given(st.integers(0, 10_000))
def test_covered_area_is_that_of_the_cover(seed: int) -> None:
    shapes, features = random_polygons(seed, 12, 40.0), random_polygons(seed + 1, 25, 30.0)
    covered = covered_area(prepared(shapes), laid_over(shapes, features))
    np.testing.assert_allclose(
        covered,
        shapely.area(shapely.intersection(shapes, shapely.union_all(features))),
        rtol=1e-9,
        atol=1e-9,
    )


@given(st.integers(0, 10_000))
def test_whole_features_against_a_plain_loop(seed: int) -> None:
    shapes, features = random_polygons(seed, 10, 60.0), random_polygons(seed + 7, 40, 9.0)
    found = laid_over(shapes, features)
    order = np.random.default_rng(seed).permutation(len(found.shape))
    rest = remainder(shapes, found.geometry[order], found.shape[order])
    union = shapely.union_all(features)
    slow = np.array([shape.difference(union) for shape in shapes], dtype=object)
    np.testing.assert_allclose(shapely.area(rest), shapely.area(slow), rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(shapely.area(shapely.symmetric_difference(rest, slow)), 0, atol=1e-5)
    assert shapely.is_valid(rest).all()


@given(st.integers(0, 10_000))
def test_against_a_plain_loop(seed: int) -> None:
    shapes, features = random_polygons(seed, 8, 40.0), random_polygons(seed + 7, 20, 30.0)
    fast = shapely.area(remainder(shapes, covers_of(shapes, features)))
    union = shapely.union_all(features)
    slow = [shape.difference(union).area for shape in shapes]
    np.testing.assert_allclose(fast, slow, rtol=1e-6, atol=1e-6)


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
