"""Rectangles inside polygons: free stretches against plain geometry, directions, and room for a crane pad."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from flexruimte.kernels.rectangles import (
    Bands,
    Turn,
    blocked,
    edges,
    free_intervals,
    has_room_for_rectangle,
    long_side_degrees,
    room_for_rectangle,
    row_directions,
    turned_rectangles,
)
from shapes import ZOO, boxes, random_polygons

ORIGIN = Turn(np.zeros((1, 2)), np.zeros(1))


def free(shape: Any, low: float, high: float) -> list[tuple[float, float]]:
    found = edges(np.array([shape], dtype=object), np.array([0]), ORIGIN)
    stretches = free_intervals(
        [blocked(found, Bands(np.array([0]), np.array([low]), np.array([high])))]
    )
    return list(zip(stretches.low.round(4).tolist(), stretches.high.round(4).tolist(), strict=True))


def test_free_stretches_by_hand() -> None:
    assert free(ZOO["square"], 1, 3) == [(0, 10)]
    assert free(ZOO["square"], 8, 11) == []
    assert free(ZOO["hole"], 3, 5) == [(0, 2), (6, 10)]
    assert free(ZOO["hole"], 7, 9) == [(0, 10)]
    assert free(ZOO["multi"], 1, 3) == [(0, 4)]
    # at a height of 4 the triangle is 6 m wide
    assert free(ZOO["triangle"], 1, 4) == [(0, 6)]
    assert free(ZOO["comb"], 2, 5) == [(2 * tooth, 2 * tooth + 1) for tooth in range(10)]
    assert free(ZOO["empty"], 0, 1) == []


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 180), st.floats(0.5, 20))
def test_free_stretches_are_inside_and_as_long_as_can_be(
    seed: int, degrees: float, depth: float
) -> None:
    shapes = random_polygons(seed, 5, 60.0)
    job = np.arange(len(shapes))
    turn = Turn(shapely.get_coordinates(shapely.centroid(shapes)), np.full(len(shapes), degrees))
    low = np.tile(np.arange(-60.0, 60.0, 3.0), len(shapes))
    bands = Bands(np.repeat(job, len(low) // len(shapes)), low, low + depth)
    found = free_intervals([blocked(edges(shapes, job, turn), bands)], 0.1)
    owner = bands.job[found.band]
    bounds = np.stack(
        [found.low, bands.low[found.band], found.high, bands.high[found.band]], axis=1
    )
    assert shapely.covers(shapes[owner], turned_rectangles(turn, owner, bounds)).all()
    # a little higher as well: beside an edge that is almost level the margin above and below costs more length
    for longer in ([-1e-4, -2e-6, 0, 2e-6], [0, -2e-6, 1e-4, 2e-6]):
        assert not shapely.covers(
            shapes[owner], turned_rectangles(turn, owner, bounds + longer)
        ).any()
    # nothing is missed: what the bands hold inside and out of the stretches is no stretch
    for position in job:
        whole = turned_rectangles(
            turn,
            bands.job,
            np.stack(
                [np.full(len(low), -200.0), bands.low, np.full(len(low), 200.0), bands.high], axis=1
            ),
        )
        for number in np.flatnonzero(bands.job == position):
            outside = shapely.difference(whole[number], shapes[position])
            points = turn.forth(
                shapely.get_coordinates(shapely.segmentize(outside, 5.0)),
                np.full(shapely.get_num_coordinates(shapely.segmentize(outside, 5.0)), position),
            )
            inside = found.band == number
            hit = (points[:, :1] > found.low[inside] + 1e-4) & (
                points[:, :1] < found.high[inside] - 1e-4
            )
            strict = (points[:, 1] > bands.low[number] + 1e-4) & (
                points[:, 1] < bands.high[number] - 1e-4
            )
            assert not hit[strict].any()


def test_directions_turn_with_the_shape() -> None:
    shape = shapely.box(0, 0, 40, 60)
    turned = affinity.rotate(shape, 10)
    position, degrees = row_directions(np.array([shape, shapely.Polygon(), turned], dtype=object))
    assert degrees[position == 0].tolist() == pytest.approx(np.arange(0, 180, 15).tolist())
    assert not (position == 1).any()
    np.testing.assert_allclose(degrees[position == 2], np.arange(10, 180, 15), atol=1e-9)


@settings(deadline=None)
@given(st.floats(1, 100), st.floats(1.01, 5), st.floats(0, 180), st.floats(-90_000, 90_000))
def test_long_side_of_a_turned_rectangle(
    width: float, ratio: float, degrees: float, shift: float
) -> None:
    turned = affinity.translate(
        affinity.rotate(shapely.box(0, 0, width * ratio, width), degrees), shift, -shift
    )
    found = long_side_degrees(np.array([shapely.Polygon(), turned], dtype=object))
    assert np.isnan(found[0])
    assert abs((found[1] - degrees + 90) % 180 - 90) < 1e-3


def pad(
    shape: Any, access: Any, within_m: float = 5.0, length_m: float = 10.0, width_m: float = 8.0
) -> Any:
    asked = np.array([shape]), np.array([access])
    fits, rectangle = room_for_rectangle(
        *asked, length_m=length_m, width_m=width_m, within_m=within_m
    )
    assert fits[0] == (rectangle[0] is not None)
    assert (
        has_room_for_rectangle(*asked, length_m=length_m, width_m=width_m, within_m=within_m)
        == fits
    )
    if fits[0]:
        assert shape.covers(rectangle[0])
        assert rectangle[0].distance(access) <= within_m + 1e-6
        assert rectangle[0].area == pytest.approx(length_m * width_m, rel=1e-4)
    return rectangle[0]


def test_room_for_a_crane() -> None:
    gate = shapely.Point(0, 5)
    assert pad(shapely.box(0, 0, 10, 8), gate) is not None  # exactly
    assert pad(shapely.box(0, 0, 8, 10), gate) is not None  # on its side
    assert pad(shapely.box(0, 0, 10, 7.9), gate) is None
    assert pad(affinity.rotate(shapely.box(0, 0, 10.01, 8.01), 31), gate, 20.0) is not None
    assert pad(shapely.box(0, 0, 200, 7), gate) is None
    # its diagonal is 12.81 m
    assert pad(shapely.Point(0, 5).buffer(6.3), gate) is None
    assert pad(shapely.Point(0, 5).buffer(6.7), gate) is not None
    # all room, 40 m away
    assert pad(shapely.box(40, -15, 70, 25), gate, 39.9) is None
    assert pad(shapely.box(40, -15, 70, 25), gate, 40.1) is not None
    # room only at the far end of a corridor, 60 m from the gate
    corridor = shapely.union_all([shapely.box(0, 3, 60, 7), shapely.box(60, 0, 80, 20)])
    assert pad(corridor, gate, 55.0) is None  # askew, a corner of it may stick into the corridor
    assert pad(corridor, gate, 60.0) is not None
    # the pad of a large site lies at the road
    road = shapely.LineString([(-20, -4), (300, -4)])
    assert pad(shapely.box(0, 0, 300, 200), road).distance(road) == pytest.approx(4.0, abs=1e-3)
    islands = shapely.MultiPolygon([shapely.box(0, 0, 6, 6), shapely.box(20, 0, 32, 12)])
    assert pad(islands, gate, 19.0) is None
    assert pad(islands, gate, 21.0) is not None


def test_no_access_or_no_shape_is_no_room() -> None:
    shapes = np.array(
        [shapely.box(0, 0, 50, 50), shapely.box(0, 0, 50, 50), shapely.Polygon(), None],
        dtype=object,
    )
    access = np.array(
        [None, shapely.Point(), shapely.Point(0, 0), shapely.Point(0, 0)], dtype=object
    )
    fits, rectangle = room_for_rectangle(shapes, access, length_m=10.0, width_m=8.0, within_m=5.0)
    assert fits.tolist() == [False] * 4
    assert rectangle.tolist() == [None] * 4
    fits, rectangle = room_for_rectangle(
        shapes[:0], access[:0], length_m=10.0, width_m=8.0, within_m=5.0
    )
    assert fits.shape == rectangle.shape == (0,)


@pytest.mark.parametrize(
    "sizes", [(0.0, 8.0, 5.0), (10.0, -8.0, 5.0), (10.0, 8.0, -1.0), (float("nan"), 8.0, 5.0)]
)
def test_sizes_that_make_no_sense_are_refused(sizes: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="positive sides"):
        room_for_rectangle(
            boxes((0, 0, 50, 50)),
            boxes((0, 0, 1, 1)),
            length_m=sizes[0],
            width_m=sizes[1],
            within_m=sizes[2],
        )


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_a_pad_that_a_search_finds_is_found(seed: int) -> None:
    shapes = random_polygons(seed, 6, 25.0)
    access = shapely.get_point(shapely.get_exterior_ring(shapely.get_geometry(shapes, 0)), 0)
    fits, rectangle = room_for_rectangle(shapes, access, length_m=10.0, width_m=8.0, within_m=10.0)
    assert shapely.covers(shapes[fits], rectangle[fits]).all()
    for shape, gate in zip(shapes[~fits], access[~fits], strict=True):
        # a pad with a metre to spare on all sides, in steps of 1 m and 15 degrees
        for degrees in np.arange(0, 180, 15):
            turned = affinity.rotate(shape, -degrees, origin=gate)
            x, y = np.meshgrid(np.arange(-21, 11) + gate.x, np.arange(-19, 11) + gate.y)
            spare = shapely.box(x - 1, y - 1, x + 11, y + 9)
            pads = shapely.box(x, y, x + 10, y + 8)
            assert not (shapely.covers(turned, spare) & (shapely.distance(pads, gate) <= 9.0)).any()
