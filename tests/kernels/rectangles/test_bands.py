"""Free intervals of bands: by hand, and against plain geometry."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.kernels.rectangles import (
    Bands,
    Frames,
    blocked,
    edges,
    free_intervals,
    rectangles_on_map,
)
from shapes import ZOO, random_polygons

ORIGIN = Frames(np.zeros((1, 2)), np.zeros(1))


def free(shape: Any, low: float, high: float) -> list[tuple[float, float]]:
    found = edges(np.array([shape], dtype=object), np.array([0]), ORIGIN)
    intervals = free_intervals(
        [blocked(found, Bands(np.array([0]), np.array([low]), np.array([high])))]
    )
    return list(zip(intervals.low.round(4).tolist(), intervals.high.round(4).tolist(), strict=True))


def test_free_intervals_by_hand() -> None:
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
def test_free_intervals_are_inside_and_as_long_as_can_be(
    seed: int, degrees: float, depth: float
) -> None:
    shapes = random_polygons(seed, 5, 60.0)
    frame = np.arange(len(shapes))
    frames = Frames(
        shapely.get_coordinates(shapely.centroid(shapes)), np.full(len(shapes), degrees)
    )
    low = np.tile(np.arange(-60.0, 60.0, 3.0), len(shapes))
    bands = Bands(np.repeat(frame, len(low) // len(shapes)), low, low + depth)
    found = free_intervals([blocked(edges(shapes, frame, frames), bands)], 0.1)
    owner = bands.frame[found.band]
    bounds = np.stack(
        [found.low, bands.low[found.band], found.high, bands.high[found.band]], axis=1
    )
    assert shapely.covers(shapes[owner], rectangles_on_map(frames, owner, bounds)).all()
    # a little higher as well: beside an edge that is almost level the margin above and below costs more length
    for longer in ([-1e-4, -2e-6, 0, 2e-6], [0, -2e-6, 1e-4, 2e-6]):
        assert not shapely.covers(
            shapes[owner], rectangles_on_map(frames, owner, bounds + longer)
        ).any()
    # nothing is missed: what the bands hold inside and out of the intervals is no interval
    for position in frame:
        whole = rectangles_on_map(
            frames,
            bands.frame,
            np.stack(
                [np.full(len(low), -200.0), bands.low, np.full(len(low), 200.0), bands.high], axis=1
            ),
        )
        for number in np.flatnonzero(bands.frame == position):
            outside = shapely.difference(whole[number], shapes[position])
            points = frames.to_frame(
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
