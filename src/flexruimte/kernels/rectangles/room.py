"""Whether a rectangle of some size, a crane pad for instance, fits in a polygon near its access.

The inscribed and the circumscribed circle of the rectangle, laid into the polygon by erosion
(an inward buffer), answer most cases; the others are searched direction by direction.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.erosion import eroded
from flexruimte.kernels.rectangles.bands import (
    MARGIN_M,
    Bands,
    Frames,
    blocked,
    edges,
    free_intervals,
    rectangles_on_map,
)
from flexruimte.kernels.rectangles.directions import rectangle_degrees, row_directions
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = ["has_room_for_rectangle", "room_for_rectangle"]

_TOLERANCE_M = 1e-5
"""A rectangle that is this much too large fits. [m]"""
_HEIGHTS, _FIRST_HEIGHTS = 64, 16
"""Heights at which a rectangle is tried per direction: in the search, and before it."""
_BANDS_AT_ONCE = 20_000
"""Bands that are swept together, which bounds the memory."""
_CIRCLE_MARGIN = 1.03
"""Circles are polygons of 16 corners; with this margin they are surely large, or small, enough."""


def room_for_rectangle(
    shapes: Geometries,
    access: Geometries,
    *,
    length_m: float,
    width_m: float,
    within_m: float | Floats,
) -> tuple[Booleans, Geometries]:
    """Return whether a rectangle fits in each shape, within a distance of its access.

    Directions are those of `row_directions`, heights go in steps: a rectangle that fits with less
    room to spare than a step can be missed. One that is found lies wholly inside, and is at most
    0.01 mm smaller than asked.

    Parameters
    ----------
    shapes
        Valid polygons and multipolygons. (n,) object
    access
        Where each shape is entered: a point, a line, a road. None and empty: nowhere. (n,) object
    length_m, width_m
        Sides of the rectangle. [m]
    within_m
        Largest distance from the rectangle to the access, the same for all or for each shape. [m]

    Returns
    -------
    fits : Booleans
        False for an empty shape and where there is no access. (n,) bool
    rectangle : Geometries
        The nearest to the access of those found, None where none fits. (n,) object

    Raises
    ------
    ValueError
        When a side is not positive or the distance is negative.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> strips = np.array([shapely.box(0, 0, 30, 10), shapely.box(0, 0, 30, 7)])
    >>> gates = np.array([shapely.Point(0, 5)] * 2)
    >>> fits, pad = room_for_rectangle(strips, gates, length_m=10.0, width_m=8.0, within_m=5.0)
    >>> fits, pad[1]
    (array([ True, False]), None)
    """
    within = _checked_distances(len(shapes), length_m, width_m, within_m)
    length_m, width_m = length_m - _TOLERANCE_M, width_m - _TOLERANCE_M
    near = _near_access(shapes, access, within + np.hypot(length_m, width_m) + 1.0)
    return _search(near, access, within, length_m, width_m)


def _checked_distances(
    count: int, length_m: float, width_m: float, within_m: float | Floats
) -> Floats:
    """Return the distance for each shape; raise where a size makes no sense. (n,) float64 [m]."""
    within: Floats = np.broadcast_to(np.asarray(within_m, dtype=np.float64), count)
    sides = np.array([length_m, width_m])
    if not (
        (np.isfinite(sides) & (sides > 0)).all() and (np.isfinite(within) & (within >= 0)).all()
    ):
        raise ValueError(
            "A rectangle needs positive sides and a distance of at least 0; "
            f"got {length_m} x {width_m} m within {within_m} m."
        )
    return within


def _near_access(shapes: Geometries, access: Geometries, distance: Floats) -> Geometries:
    """Return what of each shape lies near its access; the rest cannot matter. (n,) object."""
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    asked = np.flatnonzero(~(absent | shapely.is_missing(access) | shapely.is_empty(access)))
    around = shapely.buffer(access[asked], distance[asked], quad_segs=4)
    near = np.full(len(shapes), shapely.Polygon(), dtype=object)
    near[asked] = shapely.intersection(shapes[asked], around)
    near[shapely.area(near) == 0] = shapely.Polygon()
    return near


def _search(
    shapes: Geometries, access: Geometries, within: Floats, length_m: float, width_m: float
) -> tuple[Booleans, Geometries]:
    """Return what `room_for_rectangle` returns, of shapes that are not missing."""
    fits, rectangle = np.zeros(len(shapes), dtype=bool), np.full(len(shapes), None, dtype=object)
    nearest = np.full(len(shapes), np.inf)
    frame_shape, degrees = row_directions(shapes)
    step = max(1, _BANDS_AT_ONCE // _HEIGHTS)
    for start in range(0, len(frame_shape), step):
        shape, angle = frame_shape[start : start + step], degrees[start : start + step]
        frames = Frames(shapely.get_coordinates(shapely.centroid(shapes[shape])), angle)
        frame, bounds = _strips(shapes, shape, frames, length_m, width_m)
        if not len(frame):
            continue
        owner = shape[frame]
        line = shapely.shortest_line(rectangles_on_map(frames, frame, bounds), access[owner])
        distance = shapely.length(line)
        order = np.lexsort((distance, owner))
        best = order[np.unique(owner[order], return_index=True)[1]]
        closer = distance[best] < nearest[owner[best]]
        best = best[closer & (distance[best] <= within[owner[best]])]
        nearest[owner[best]], fits[owner[best]] = distance[best], True
        touch = frames.to_frame(shapely.get_coordinates(shapely.get_point(line, 0)), frame)[:, 0]
        left = np.clip(touch - length_m / 2, bounds[:, 0], bounds[:, 2] - length_m)
        found = np.stack([left, bounds[:, 1], left + length_m, bounds[:, 3]], axis=1)[best]
        rectangle[owner[best]] = rectangles_on_map(frames, frame[best], found)
    return fits, rectangle


def has_room_for_rectangle(
    shapes: Geometries,
    access: Geometries,
    *,
    length_m: float,
    width_m: float,
    within_m: float | Floats,
) -> Booleans:
    """Return whether there is room as `room_for_rectangle` finds it, at a fraction of the cost.

    Where no circle as wide as the short side fits, neither does the rectangle; where a circle round
    it fits near the access, so does the rectangle. Of the others most have room along their
    smallest surrounding rectangle, and only what is then left is searched.

    Parameters
    ----------
    shapes, access, length_m, width_m, within_m
        As for `room_for_rectangle`.

    Returns
    -------
    Booleans
        False for an empty shape and where there is no access. (n,) bool

    Examples
    --------
    >>> import numpy as np, shapely
    >>> strips = np.array([shapely.box(0, 0, 30, 10), shapely.box(0, 0, 30, 7)])
    >>> gates = np.array([shapely.Point(0, 5)] * 2)
    >>> has_room_for_rectangle(strips, gates, length_m=10.0, width_m=8.0, within_m=5.0)
    array([ True, False])
    """
    within: Floats = np.broadcast_to(np.asarray(within_m, dtype=np.float64), len(shapes))
    room = partial(_has_room, length_m=length_m, width_m=width_m)
    return np.asarray(in_threads(room, shapes, access, within), dtype=bool)


def _has_room(
    shapes: Geometries, access: Geometries, within: Floats, *, length_m: float, width_m: float
) -> Booleans:
    """Return what `has_room_for_rectangle` returns, of a chunk of shapes."""
    fits = np.zeros(len(shapes), dtype=bool)
    left = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_missing(access)))
    narrow = min(length_m, width_m) / _CIRCLE_MARGIN
    across = float(np.hypot(length_m, width_m)) * _CIRCLE_MARGIN
    # A shape that is smaller than the circle has no room for it.
    large = left[shapely.area(shapes[left]) >= (length_m**2 + width_m**2) / 4 * np.pi]
    centres = eroded(shapes[large], across / 2, 4)
    fits[large] = shapely.distance(centres, access[large]) <= within[large]
    left = left[~fits[left]]
    left = left[~shapely.is_empty(eroded(shapes[left], narrow / 2, 4))]
    for some in np.array_split(left, len(left) * 2 * _FIRST_HEIGHTS // _BANDS_AT_ONCE + 1):
        along = rectangle_degrees(shapes[some])
        centre = shapely.get_coordinates(shapely.centroid(shapes[some]))
        owner = some.repeat(2)
        both = np.stack([along, along + 90], axis=1).ravel()
        frames = Frames(centre.repeat(2, axis=0), both)
        frame, bounds = _strips(shapes, owner, frames, length_m, width_m, _FIRST_HEIGHTS)
        strip, owner = rectangles_on_map(frames, frame, bounds), owner[frame]
        fits[owner[shapely.distance(strip, access[owner]) <= within[owner]]] = True
    left = left[~fits[left]]
    fits[left], _ = room_for_rectangle(
        shapes[left], access[left], length_m=length_m, width_m=width_m, within_m=within[left]
    )
    return fits


def _strips(
    shapes: Geometries,
    shape: Integers,
    frames: Frames,
    length_m: float,
    depth_m: float,
    heights: int = _HEIGHTS,
) -> tuple[Integers, Floats]:
    """Return strips of a depth that lie inside, at some heights, at least as long as asked.

    Returns
    -------
    frame : Integers
        Position of the frame of each strip. (k,) int
    bounds : Floats
        Left, bottom, right and top in that frame. (k, 4) float64 [m]
    """
    found = edges(shapes, shape, frames)
    bottom, top = np.full(len(shape), np.inf), np.full(len(shape), -np.inf)
    np.minimum.at(bottom, found.frame, found.y_bottom)
    np.maximum.at(top, found.frame, found.y_top)
    bottom, top = bottom + 2 * MARGIN_M, top - depth_m - 2 * MARGIN_M
    share = np.linspace(0.0, 1.0, heights)
    low = bottom[:, None] + np.maximum(top - bottom, 0)[:, None] * share
    bands = Bands(np.repeat(np.arange(len(shape)), heights), low.ravel(), low.ravel() + depth_m)
    free = free_intervals([blocked(found, bands)], length_m)
    bounds = [free.low, bands.low[free.band], free.high, bands.high[free.band]]
    return bands.frame[free.band], np.stack(bounds, axis=1)
