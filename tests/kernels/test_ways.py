"""Stretches of straight ways on land, against the library's own unions."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from flexruimte.kernels.ways import Stretches, covered_length, pieces_of_lines, stretches_on


def test_lines_are_cut_at_their_corners_and_in_equal_parts() -> None:
    # 12 m in three of 4, then 3 m in one; the second line in two parts of 5 m, 10 m apart
    lines = np.array(
        [
            shapely.LineString([(0, 0), (12, 0), (12, 3)]),
            shapely.MultiLineString([[(0, 9), (5, 9)], [(15, 9), (20, 9)]]),
        ],
        dtype=object,
    )
    pieces, line = pieces_of_lines(lines, 5.0)
    assert shapely.length(pieces).tolist() == pytest.approx([4, 4, 4, 3, 5, 5])
    assert line.tolist() == [0, 0, 0, 0, 1, 1]
    assert shapely.get_coordinates(pieces[1]).tolist() == [[4, 0], [8, 0]]


def test_no_lines_have_no_pieces() -> None:
    pieces, line = pieces_of_lines(np.empty(0, dtype=object), 5.0)
    assert len(pieces) == len(line) == 0


def test_a_way_over_land_that_touches_it_or_lies_along_its_edge() -> None:
    # Land of 10-20 and, beyond a gap, 25-30; a U that the way crosses twice; an edge along the way;
    # a corner that it only touches.
    way = shapely.linestrings([[(0, 5), (40, 5)]])
    land = np.array(
        [
            shapely.box(10, 0, 20, 10),
            shapely.box(25, 0, 30, 10),
            shapely.Polygon([(2, 0), (8, 0), (8, 9), (6, 9), (6, 2), (4, 2), (4, 9), (2, 9)]),
            shapely.box(32, 5, 38, 10),
            shapely.Polygon([(0, 0), (40, 0), (39, 5)]),
        ],
        dtype=object,
    )
    found = stretches_on(way, land, shapely.STRtree(land))
    told = sorted(zip(found.land.tolist(), found.start.tolist(), found.end.tolist(), strict=True))
    assert told == [(0, 10, 20), (1, 25, 30), (2, 2, 4), (2, 6, 8), (3, 32, 38)]
    assert found.way.tolist() == [0] * 5
    assert covered_length(found, 1).tolist() == pytest.approx([10 + 5 + 2 + 2 + 6])


def test_a_way_of_no_length_lies_on_nothing() -> None:
    way, land = shapely.linestrings([[(5, 5), (5, 5)]]), shapely.box([0], 0, 9, 9)
    assert len(stretches_on(way, land, shapely.STRtree(land)).way) == 0


def test_nothing_is_covered_by_no_stretches() -> None:
    none = np.empty(0, dtype=np.intp)
    assert covered_length(Stretches(none, none, np.empty(0), np.empty(0)), 2).tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_covered_lengths_are_those_of_the_union(seed: int) -> None:
    random = np.random.default_rng(seed)
    ways = shapely.linestrings(random.uniform(0, 100, (60, 2, 2)))
    corner, size = random.uniform(0, 90, (40, 2)), random.uniform(2, 30, (40, 2))
    land = shapely.box(*corner.T, *(corner + size).T)
    land[::3] = shapely.buffer(shapely.centroid(land[::3]), 8.0)
    found = stretches_on(ways, land, shapely.STRtree(land))
    some = found.where(found.land % 2 == 0).and_others(found.where(found.land % 5 == 0))
    for stretches, pieces in (
        (found, land),
        (some, land[(np.arange(40) % 2 == 0) | (np.arange(40) % 5 == 0)]),
    ):
        union = shapely.union_all(pieces)
        expected = [shapely.intersection(way, union).length for way in ways]
        assert max(expected) > 10
        np.testing.assert_allclose(covered_length(stretches, len(ways)), expected, atol=1e-9)
