"""Array kernels on rectangles inside polygons: where a band of some depth is free, which ways a shape runs, whether a rectangle fits.

A band is what lies between two heights of a turned polygon. All bands of all polygons are swept in
one sort, without a loop over polygons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = [
    "MARGIN_M",
    "Bands",
    "Blocked",
    "Edges",
    "Intervals",
    "Turn",
    "blocked",
    "edges",
    "free_intervals",
    "has_room_for_rectangle",
    "long_side_degrees",
    "room_for_rectangle",
    "row_directions",
    "turned_rectangles",
]

MARGIN_M = 1e-6
"""Free room is this much smaller than what is free on all sides, so that rounding puts nothing outside. [m]"""
_GRID = 2.0**22
"""Steps per metre in which blocked stretches begin and end, rounded outwards; a power of two."""
_TOLERANCE_M = 1e-5
"""A rectangle that is this much too large fits. [m]"""
_POLYGON = 3
_DIRECTION_BIN_DEGREES = 2.0
_LONGEST_BINS = 6
_SAME_DIRECTION_DEGREES = 0.5
_PAD_HEIGHTS, _FIRST_PAD_HEIGHTS = 64, 16
_PAD_CHUNK = 20_000


@dataclass(frozen=True)
class Turn:
    """How polygons are turned, one row per job: round a centre, so that a direction becomes the x axis."""

    centre: Floats
    """(j, 2) float64 [m]"""
    degrees: Floats
    """The direction, counter-clockwise from the x axis. (j,) float64 [degree]"""

    def __getitem__(self, jobs: Integers | slice) -> Turn:
        """Return some of the turns."""
        return Turn(self.centre[jobs], self.degrees[jobs])

    def forth(self, points: Floats, job: Integers) -> Floats:
        """Return points on the map as points in the turned frame. (k, 2) float64 [m]."""
        x, y = (points - self.centre[job]).T
        cosine, sine = self._axes(job)
        return np.stack([x * cosine + y * sine, y * cosine - x * sine], axis=1)

    def back(self, points: Floats, job: Integers) -> Floats:
        """Return points in the turned frame as points on the map. (k, 2) float64 [m]."""
        x, y = points.T
        cosine, sine = self._axes(job)
        turned: Floats = (
            np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=1) + self.centre[job]
        )
        return turned

    def _axes(self, job: Integers) -> tuple[Floats, Floats]:
        radians = np.radians(self.degrees)
        return np.cos(radians)[job], np.sin(radians)[job]


@dataclass(frozen=True)
class Edges:
    """The edges of turned polygons, lower end first, ordered by job."""

    job: Integers
    """(e,) int"""
    x_bottom: Floats
    y_bottom: Floats
    x_top: Floats
    y_top: Floats
    """(e,) float64 [m]"""


@dataclass(frozen=True)
class Bands:
    """Bands to sweep, ordered by job; within a job both heights rise."""

    job: Integers
    """(b,) int"""
    low: Floats
    high: Floats
    """(b,) float64 [m]"""


@dataclass(frozen=True)
class Blocked:
    """Stretches of bands that edges block."""

    band: Integers
    """(k,) int"""
    start: Integers
    end: Integers
    """In steps, rounded outwards. (k,) int [2^-22 m]"""
    crosses: Booleans
    """Whether the edge crosses the middle of the band. (k,) bool"""


@dataclass(frozen=True)
class Intervals:
    """Stretches of bands, ordered by band, then from left to right."""

    band: Integers
    """(k,) int"""
    low: Floats
    high: Floats
    """(k,) float64 [m]"""


def edges(polygons: Geometries, polygon: Integers, turn: Turn) -> Edges:
    """Return the edges of turned polygons.

    Parameters
    ----------
    polygons
        Valid polygons and multipolygons; an empty one has no edges. (n,) object
    polygon
        Position of the polygon of each job. (j,) int
    turn
        How each job turns it. (j,)

    Returns
    -------
    Edges
        Ordered by job.
    """
    # Callers take jobs a chunk at a time: the rings of polygons that are in other chunks are not
    # needed.
    used, polygon = np.unique(polygon, return_inverse=True)
    parts, owner = shapely.get_parts(polygons[used], return_index=True)
    areal = shapely.get_type_id(parts) == _POLYGON
    parts, owner = parts[areal], owner[areal]
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    source = owner[part[ring[first]]] if len(first) else np.empty(0, np.intp)
    number = np.bincount(source, minlength=len(used))
    start = np.cumsum(number) - number
    job = np.repeat(np.arange(len(polygon)), number[polygon])
    edge = first[_ranges(start[polygon], number[polygon])]
    x0, y0 = turn.forth(points[edge], job).T
    x1, y1 = turn.forth(points[edge + 1], job).T
    up = y1 >= y0
    return Edges(
        job, np.where(up, x0, x1), np.where(up, y0, y1), np.where(up, x1, x0), np.where(up, y1, y0)
    )


def _ranges(start: Integers, count: Integers) -> Integers:
    """Return start, start + 1, ... of each row, `count` of them, one row after the other."""
    offset = np.cumsum(count) - count
    result: Integers = np.arange(int(count.sum())) + np.repeat(start - offset, count)
    return result


def blocked(each: Edges, bands: Bands) -> Blocked:
    """Return the stretches of bands that edges block: what the part of an edge inside a band, or `MARGIN_M` from it, projects to."""
    stride = (
        4
        * max(
            float(np.abs(part).max(initial=0.0))
            for part in (each.y_bottom, each.y_top, bands.low, bands.high)
        )
        + 1
    )
    low, high = bands.low - MARGIN_M, bands.high + MARGIN_M
    first = np.searchsorted(bands.job * stride + high, each.job * stride + each.y_bottom, "right")
    last = np.searchsorted(bands.job * stride + low, each.job * stride + each.y_top, "left")
    count = np.maximum(last - first, 0)
    rise = each.y_top - each.y_bottom
    slope = np.divide(each.x_top - each.x_bottom, rise, out=np.zeros(len(rise)), where=rise > 0)
    band = _ranges(first, count)
    low, high = low[band], high[band]
    bottom, top, x_bottom, x_top, slope = (
        np.repeat(values, count)
        for values in (each.y_bottom, each.y_top, each.x_bottom, each.x_top, slope)
    )
    x_low = x_bottom + (np.maximum(low, bottom) - bottom) * slope
    x_high = np.where(high >= top, x_top, x_bottom + (high - bottom) * slope)
    start, end = (
        np.floor(np.minimum(x_low, x_high) * _GRID),
        np.ceil(np.maximum(x_low, x_high) * _GRID),
    )
    middle = (low + high) / 2
    return Blocked(
        band, start.astype(np.intp), end.astype(np.intp), (bottom <= middle) & (middle < top)
    )


def free_intervals(layers: Sequence[Blocked], shortest_m: float = 0.0) -> Intervals:
    """Return the stretches over which, in every layer, the band lies wholly inside the polygons.

    Parameters
    ----------
    layers
        What polygons block of the bands that must lie inside them; band number i of every layer
        belongs together.
    shortest_m
        Stretches shorter than this are left out. [m]

    Returns
    -------
    Intervals
        The longest possible stretches, `MARGIN_M` short at both ends; the bands keep `MARGIN_M`
        above and below as well.

    Notes
    -----
    Between blocked stretches the band is wholly inside or wholly outside; an odd number of edges on
    its left that cross the middle of the band tells which.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> triangle = np.array([shapely.Polygon([(0, 0), (8, 0), (0, 8)])])
    >>> found = edges(triangle, np.array([0]), Turn(np.zeros((1, 2)), np.zeros(1)))
    >>> free = free_intervals([blocked(found, Bands(np.array([0]), np.array([1.0]), np.array([3.0])))])
    >>> free.low.round(3), free.high.round(3)
    (array([0.]), array([5.]))
    """
    band, start, end = (
        np.concatenate([getattr(each, name) for each in layers])
        for name in ("band", "start", "end")
    )
    crosses = np.concatenate(
        [each.crosses.astype(np.intp) << layer for layer, each in enumerate(layers)]
    )
    # In whole steps the offsets of the bands cost no digits, so that results do not depend on which
    # bands go together.
    width = 4 * max(int(np.abs(start).max(initial=0)), int(np.abs(end).max(initial=0))) + 1
    offset = band * width
    # Where as many stretches have ended as have begun nothing is blocked, so that starts and ends
    # can be sorted each on their own. Each start takes along, as its last bits, which layer's edge
    # crosses there; the sort that is called stable is quick on sorted pieces.
    start = np.sort((start + offset << len(layers)) + crosses, kind="stable")
    end = np.sort(end + offset, kind="stable")
    everywhere = (1 << len(layers)) - 1
    # Every band crosses a layer an even number of times, so that nothing is inside from one band to
    # the next.
    inside = np.bitwise_xor.accumulate(start & everywhere)[:-1] == everywhere
    start >>= len(layers)
    found = np.flatnonzero(inside & (start[1:] - end[:-1] >= (shortest_m + 2 * MARGIN_M) * _GRID))
    band = (end[found] + width // 2) // width
    low, high = ((each - band * width) / _GRID for each in (end[found], start[found + 1]))
    return Intervals(band, low + MARGIN_M, high - MARGIN_M)


def row_directions(polygons: Geometries, fan_degrees: float = 15.0) -> tuple[Integers, Floats]:
    """Return the directions worth trying for rows in each polygon.

    These are the directions in which most of its edges run, those of its smallest surrounding
    rectangle, a fan that starts from that rectangle, and what is square to any of them. Nothing
    refers to the north, so a turned polygon gets turned directions.

    Parameters
    ----------
    polygons
        Valid polygons; an empty one gets no direction. (n,) object
    fan_degrees
        Step of the fan; it divides 90. [degree]

    Returns
    -------
    polygon : Integers
        Position of the polygon, rising. (k,) int
    degrees : Floats
        0 to 180, counter-clockwise from the x axis. (k,) float64 [degree]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> row_directions(np.array([shapely.box(0, 0, 40, 60)]), fan_degrees=45.0)
    (array([0, 0, 0, 0]), array([ 0., 45., 90., 135.]))
    """
    present = np.flatnonzero(~shapely.is_empty(polygons))
    main = _surrounding_degrees(polygons[present])
    # Edges are sorted into bins by their direction seen from the rectangle, whose own edges lie in
    # the middle of a bin.
    found = edges(
        polygons, present, Turn(np.zeros((len(present), 2)), main - _DIRECTION_BIN_DEGREES / 2)
    )
    width, height = found.x_top - found.x_bottom, found.y_top - found.y_bottom
    direction, length = np.degrees(np.arctan2(height, width)) % 180.0, np.hypot(width, height)
    bins = int(180 / _DIRECTION_BIN_DEGREES)
    cell = found.job * bins + np.minimum(
        (direction / _DIRECTION_BIN_DEGREES).astype(np.intp), bins - 1
    )
    weight = np.bincount(cell, length, minlength=len(present) * bins).reshape(len(present), bins)
    longest = np.full(len(present) * bins, np.nan)
    order = np.argsort(length, kind="stable")
    longest[cell[order]] = direction[order]
    favourite = np.argsort(-weight, axis=1, kind="stable")[:, :_LONGEST_BINS]
    of_edges = (
        np.take_along_axis(longest.reshape(len(present), bins), favourite, axis=1)
        + main[:, None]
        - _DIRECTION_BIN_DEGREES / 2
    )
    fan = main[:, None] + np.arange(0.0, 90.0, fan_degrees)
    half = np.concatenate([fan[:, :1], of_edges, fan[:, 1:]], axis=1)
    table = np.concatenate([half, half + 90.0], axis=1) % 180.0
    # Of directions that are nearly the same the first stays.
    between = np.abs(table[:, :, None] - table[:, None, :])
    same = np.minimum(between, 180.0 - between) < _SAME_DIRECTION_DEGREES
    repeated = np.triu(same, 1).any(axis=1)
    row, column = np.nonzero(~np.isnan(table) & ~repeated)
    degrees = table[row, column]
    order = np.lexsort((degrees, row))
    return present[row[order]], degrees[order]


def long_side_degrees(polygons: Geometries) -> Floats:
    """Return the direction of the long side of the smallest rectangle round each polygon.

    Parameters
    ----------
    polygons
        Valid polygons. (n,) object

    Returns
    -------
    Floats
        -180 to 180, counter-clockwise from the x axis, NaN for an empty polygon. (n,) float64
        [degree]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> long_side_degrees(np.array([shapely.box(0, 0, 40, 60), shapely.box(0, 0, 50, 10), shapely.Polygon()])) % 180
    array([90.,  0., nan])
    """
    present = np.flatnonzero(~shapely.is_empty(polygons))
    sides = _surrounding_sides(polygons[present])
    long = sides[np.arange(len(sides)), np.hypot(sides[..., 0], sides[..., 1]).argmax(axis=1)]
    degrees = np.full(len(polygons), np.nan)
    degrees[present] = np.degrees(np.arctan2(long[:, 1], long[:, 0]))
    return degrees


def _surrounding_degrees(polygons: Geometries) -> Floats:
    """Return the direction of a side of the smallest rectangle round each polygon.

    (n,) float64 [degree].
    """
    side = _surrounding_sides(polygons)[:, 0]
    return np.asarray(np.degrees(np.arctan2(side[:, 1], side[:, 0])))


def _surrounding_sides(polygons: Geometries) -> Floats:
    """Return two sides of the smallest rectangle round each polygon, square to each other.

    (n, 2, 2) float64 [m].
    """
    around = shapely.get_coordinates(
        shapely.get_exterior_ring(shapely.minimum_rotated_rectangle(polygons))
    ).reshape(-1, 5, 2)
    return np.diff(around[:, :3], axis=1)


def turned_rectangles(turn: Turn, job: Integers, bounds: Floats) -> Geometries:
    """Return rectangles of the turned frame as polygons on the map.

    Parameters
    ----------
    turn
        How each job turns its polygon.
    job
        Job of each rectangle. (k,) int
    bounds
        Left, bottom, right and top in the turned frame. (k, 4) float64 [m]

    Returns
    -------
    Geometries
        (k,) object
    """
    corners = bounds[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    points = turn.back(corners, np.repeat(job, 4)).reshape(-1, 4, 2)
    return np.asarray(shapely.polygons(points), dtype=object).reshape(len(job))


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
    """Return whether a rectangle of the asked size, a crane pad for instance, fits in each shape within a distance of the access.

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
        Of the rectangles that were found the one nearest to the access, None where none fits. (n,)
        object

    Raises
    ------
    ValueError
        When a side is not positive or the distance is negative.

    Notes
    -----
    A rectangle that is found lies wholly inside, and is at most 0.01 mm smaller than asked.
    Directions are searched as `row_directions` gives them and heights in steps, so that a rectangle
    that fits with less room to spare than a step can be missed.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> strips, gates = np.array([shapely.box(0, 0, 30, 10), shapely.box(0, 0, 30, 7)]), np.array([shapely.Point(0, 5)] * 2)
    >>> fits, pad = room_for_rectangle(strips, gates, length_m=10.0, width_m=8.0, within_m=5.0)
    >>> fits, pad[1]
    (array([ True, False]), None)
    """
    within: Floats = np.broadcast_to(np.asarray(within_m, dtype=np.float64), len(shapes))
    if not (
        length_m > 0
        and width_m > 0
        and np.isfinite([length_m, width_m]).all()
        and (np.isfinite(within) & (within >= 0)).all()
    ):
        raise ValueError(
            f"A rectangle needs positive sides and a distance of at least 0; got {length_m} x {width_m} m within {within_m} m."
        )
    fits, rectangle = np.zeros(len(shapes), dtype=bool), np.full(len(shapes), None, dtype=object)
    asked = np.flatnonzero(
        ~(
            shapely.is_missing(shapes)
            | shapely.is_empty(shapes)
            | shapely.is_missing(access)
            | shapely.is_empty(access)
        )
    )
    length_m, width_m = length_m - _TOLERANCE_M, width_m - _TOLERANCE_M
    # What is farther from the access than the rectangle reaches cannot matter.
    around = shapely.buffer(
        access[asked], within[asked] + np.hypot(length_m, width_m) + 1.0, quad_segs=4
    )
    near = np.full(len(shapes), shapely.Polygon(), dtype=object)
    near[asked] = shapely.intersection(shapes[asked], around)
    near[shapely.area(near) == 0] = shapely.Polygon()
    job_shape, degrees = row_directions(near)
    step = max(1, _PAD_CHUNK // _PAD_HEIGHTS)
    best = np.full(len(shapes), np.inf)
    for start in range(0, len(job_shape), step):
        shape, angle = job_shape[start : start + step], degrees[start : start + step]
        turn = Turn(shapely.get_coordinates(shapely.centroid(near[shape])), angle)
        job, bounds = _strips(near, shape, turn, length_m, width_m)
        if not len(job):
            continue
        strip, entrance = turned_rectangles(turn, job, bounds), access[shape[job]]
        line = shapely.shortest_line(strip, entrance)
        touch = turn.forth(shapely.get_coordinates(shapely.get_point(line, 0)), job)[:, 0]
        left = np.clip(touch - length_m / 2, bounds[:, 0], bounds[:, 2] - length_m)
        distance = shapely.length(line)
        order = np.lexsort((np.arange(len(job)), distance, shape[job]))
        chosen = order[np.unique(shape[job][order], return_index=True)[1]]
        chosen = chosen[
            (distance[chosen] <= within[shape[job[chosen]]])
            & (distance[chosen] < best[shape[job[chosen]]])
        ]
        owner = shape[job[chosen]]
        best[owner], fits[owner] = distance[chosen], True
        pads = np.stack([left, bounds[:, 1], left + length_m, bounds[:, 3]], axis=1)[chosen]
        rectangle[owner] = turned_rectangles(turn, job[chosen], pads)
    return fits, rectangle


def has_room_for_rectangle(
    shapes: Geometries,
    access: Geometries,
    *,
    length_m: float,
    width_m: float,
    within_m: float | Floats,
) -> Booleans:
    """Return whether there is room as `room_for_rectangle` searches it, at a fraction of the cost.

    (n,) bool.

    Where no circle as wide as its short side fits, neither does the rectangle; where one round it
    fits near the access, so does the rectangle. Of the others most have room along their smallest
    surrounding rectangle, and only what is then left is searched.

    Parameters
    ----------
    shapes, access, length_m, width_m, within_m
        As for `room_for_rectangle`.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> strips, gates = np.array([shapely.box(0, 0, 30, 10), shapely.box(0, 0, 30, 7)]), np.array([shapely.Point(0, 5)] * 2)
    >>> has_room_for_rectangle(strips, gates, length_m=10.0, width_m=8.0, within_m=5.0)
    array([ True, False])
    """
    within: Floats = np.broadcast_to(np.asarray(within_m, dtype=np.float64), len(shapes))
    room = partial(_has_room, length_m=length_m, width_m=width_m)
    return np.asarray(in_threads(room, shapes, access, within), dtype=bool)


def _has_room(
    shapes: Geometries, access: Geometries, within: Floats, *, length_m: float, width_m: float
) -> Booleans:
    fits = np.zeros(len(shapes), dtype=bool)
    left = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_missing(access)))
    narrow, across = (
        min(length_m, width_m) / _CIRCLE_MARGIN,
        float(np.hypot(length_m, width_m)) * _CIRCLE_MARGIN,
    )
    # A shape that is smaller than the circle has no room for it.
    large = left[shapely.area(shapes[left]) >= (length_m**2 + width_m**2) / 4 * np.pi]
    centres = shapely.buffer(shapes[large], -across / 2, quad_segs=4)
    fits[large] = shapely.distance(centres, access[large]) <= within[large]
    left = left[~fits[left]]
    left = left[~shapely.is_empty(shapely.buffer(shapes[left], -narrow / 2, quad_segs=4))]
    for some in np.array_split(left, len(left) * 2 * _FIRST_PAD_HEIGHTS // _PAD_CHUNK + 1):
        along, centre = (
            _surrounding_degrees(shapes[some]),
            shapely.get_coordinates(shapely.centroid(shapes[some])),
        )
        owner, turn = (
            some.repeat(2),
            Turn(centre.repeat(2, axis=0), np.stack([along, along + 90], axis=1).ravel()),
        )
        job, bounds = _strips(shapes, owner, turn, length_m, width_m, _FIRST_PAD_HEIGHTS)
        strip, owner = turned_rectangles(turn, job, bounds), owner[job]
        fits[owner[shapely.distance(strip, access[owner]) <= within[owner]]] = True
    left = left[~fits[left]]
    fits[left], _ = room_for_rectangle(
        shapes[left], access[left], length_m=length_m, width_m=width_m, within_m=within[left]
    )
    return fits


def _strips(
    shapes: Geometries,
    shape: Integers,
    turn: Turn,
    length_m: float,
    depth_m: float,
    heights: int = _PAD_HEIGHTS,
) -> tuple[Integers, Floats]:
    """Return job and bounds of the strips of a depth that lie inside, at least as long as asked, at some heights."""
    found = edges(shapes, shape, turn)
    bottom, top = np.full(len(shape), np.inf), np.full(len(shape), -np.inf)
    np.minimum.at(bottom, found.job, found.y_bottom)
    np.maximum.at(top, found.job, found.y_top)
    bottom, top = bottom + 2 * MARGIN_M, top - depth_m - 2 * MARGIN_M
    share = np.linspace(0.0, 1.0, heights)
    low = bottom[:, None] + np.maximum(top - bottom, 0)[:, None] * share
    bands = Bands(np.repeat(np.arange(len(shape)), heights), low.ravel(), low.ravel() + depth_m)
    free = free_intervals([blocked(found, bands)], length_m)
    return bands.job[free.band], np.stack(
        [free.low, bands.low[free.band], free.high, bands.high[free.band]], axis=1
    )
