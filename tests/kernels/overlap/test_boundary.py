"""Strips along the boundary: by hand, and against overlays."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from flexruimte.kernels.overlap import (
    cover_within_boundary_strip,
    covered_area,
    index_geometries,
    rest_within_boundary_strip,
)
from kernels.overlays import EMPTY, covers_of, each_under_its_own, laid_over
from shapes import boxes, random_polygons


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
    assert cover_within_boundary_strip(
        index_geometries(parcels), own, own.area, 5.0
    ).tolist() == list(cases.values())
    assert not cover_within_boundary_strip(index_geometries(parcels), own, own.area, 0.0).any()
    # a strip of 8 m is all within 5 m of its boundary: then a twentieth of it decides
    strips = index_geometries(boxes(*[(0, 0, 100, 8)] * 4))
    own = each_under_its_own(boxes((0, 0, 4, 8), (0, 0, 6, 8), (0, 0, 94, 8), (0, 0, 96, 8)))
    covers = cover_within_boundary_strip(strips, own, own.area, 5.0)
    assert covers.tolist() == [True, False, False, False]
    rest = rest_within_boundary_strip(strips, own, own.area, 5.0)
    assert rest.tolist() == [False, False, False, True]
    # 12 m wide it has a core 2 m wide, and half of it is again what is too much
    wide, half = index_geometries(boxes((0, 0, 100, 12))), each_under_its_own(boxes((0, 0, 100, 5)))
    assert cover_within_boundary_strip(wide, half, half.area, 5.0).tolist() == [True]


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
        assert rest_within_boundary_strip(
            index_geometries(parcels), found, covered_area(index_geometries(parcels), found), 5.0
        ).tolist() == [only_edge]


@given(st.integers(0, 10_000), st.sampled_from([0.5, 2.0, 8.0]))
@example(7970, 0.5)  # one shape is covered whole, of which rounding leaves something
def test_edge_against_overlays(seed: int, precision: float) -> None:
    shapes, features = random_polygons(seed, 12, 40.0), random_polygons(seed + 1, 25, 30.0)
    found, cover = laid_over(shapes, features), covers_of(shapes, features)
    area, covered = shapely.area(shapes), shapely.area(cover)
    core = shapely.buffer(shapes, -precision, quad_segs=16)
    for part, says in (
        (cover, cover_within_boundary_strip),
        (shapely.difference(shapes, cover), rest_within_boundary_strip),
    ):
        size = shapely.area(part)
        expected = (
            (size > 0)
            & (size < area / 2)
            & (shapely.area(shapely.intersection(core, part)) <= 1e-6 * size)
            & ((shapely.area(core) > 0.05 * area) | (size <= 0.05 * area))
        )
        clear = (size == 0) | (size > 1e-3 + 2e-6 * area)  # no sliver of rounding
        assert (
            says(index_geometries(shapes), found, covered, precision)[clear].tolist()
            == expected[clear].tolist()
        )
