"""Room for a crane pad: by hand, and against a plain search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from flexruimte.kernels.rectangles import (
    has_room_for_rectangle,
    room_for_rectangle,
)
from shapes import boxes, random_polygons


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
