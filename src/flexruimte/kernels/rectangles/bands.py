"""Free intervals of horizontal bands inside polygons, by a plane sweep.

Each polygon is seen in a frame of its own, rotated so that the direction of interest is the x
axis. A band is what lies between two heights in a frame. What each edge of a polygon blocks of
each band is an interval of x; all bands of all polygons are then swept from left to right in one
sort, without a loop over polygons, and parity (the even-odd rule, Shimrat 1962) tells inside from
outside.

References
----------
M. Shimrat (1962). Algorithm 112: position of point relative to polygon. Communications of the ACM
5(8), 434.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from flexruimte.kernels.ranges import ranges
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = [
    "MARGIN_M",
    "Bands",
    "Blocked",
    "Edges",
    "Frames",
    "Intervals",
    "blocked",
    "edges",
    "free_intervals",
    "rectangles_on_map",
]

MARGIN_M = 1e-6
"""Free intervals are this much short on all sides, so that rounding puts nothing outside. [m]"""
_GRID = 2.0**22
"""Steps per metre in which blocked intervals begin and end, rounded outwards; a power of two."""
_POLYGON = 3


@dataclass(frozen=True)
class Frames:
    """Rotated frames of f polygons: the origin is a centre, the x axis runs in a direction.

    Examples
    --------
    >>> import numpy as np
    >>> frames = Frames(np.array([[10.0, 20.0]]), np.array([90.0]))
    >>> frames.to_frame(np.array([[10.0, 25.0]]), np.array([0])).round(6) + 0.0
    array([[5., 0.]])
    """

    centre: Floats
    """On the map. (f, 2) float64 [m]"""
    degrees: Floats
    """Direction of the x axis on the map, counter-clockwise. (f,) float64 [degree]"""

    def __getitem__(self, positions: Integers | slice) -> Frames:
        """Return some of the frames."""
        return Frames(self.centre[positions], self.degrees[positions])

    def to_frame(self, points: Floats, frame: Integers) -> Floats:
        """Return points on the map, (k, 2) float64 [m], as points in their frames, (k,) int."""
        x, y = (points - self.centre[frame]).T
        cosine, sine = self._axes(frame)
        return np.stack([x * cosine + y * sine, y * cosine - x * sine], axis=1)

    def to_map(self, points: Floats, frame: Integers) -> Floats:
        """Return points in frames, (k, 2) float64 [m] and (k,) int, as points on the map."""
        x, y = points.T
        cosine, sine = self._axes(frame)
        rotated = np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=1)
        points_on_map: Floats = rotated + self.centre[frame]
        return points_on_map

    def _axes(self, frame: Integers) -> tuple[Floats, Floats]:
        radians = np.radians(self.degrees)
        return np.cos(radians)[frame], np.sin(radians)[frame]


@dataclass(frozen=True)
class Edges:
    """The edges of polygons in their frames, lower end first, ordered by frame."""

    frame: Integers
    """Position of the frame. (e,) int"""
    x_bottom: Floats
    y_bottom: Floats
    x_top: Floats
    y_top: Floats
    """(e,) float64 [m]"""


@dataclass(frozen=True)
class Bands:
    """Bands across polygons, ordered by frame; within a frame both heights rise."""

    frame: Integers
    """Position of the frame. (b,) int"""
    low: Floats
    high: Floats
    """Heights between which the band lies. (b,) float64 [m]"""


@dataclass(frozen=True)
class Blocked:
    """What edges block of bands, an interval of x per edge and band."""

    band: Integers
    """Position of the band. (k,) int"""
    start: Integers
    end: Integers
    """In steps, rounded outwards. (k,) int [2^-22 m]"""
    crosses: Booleans
    """Whether the edge crosses the middle of the band. (k,) bool"""


@dataclass(frozen=True)
class Intervals:
    """Intervals of x, ordered by band, then from left to right."""

    band: Integers
    """Position of the band. (k,) int"""
    low: Floats
    high: Floats
    """Where they begin and end. (k,) float64 [m]"""


def edges(polygons: Geometries, polygon: Integers, frames: Frames) -> Edges:
    """Return the edges of polygons in frames.

    Parameters
    ----------
    polygons
        Valid polygons and multipolygons; an empty one has no edges. (n,) object
    polygon
        Position of the polygon in each frame. (f,) int
    frames
        The frames. (f,)

    Returns
    -------
    Edges
        Each polygon's as often as it has frames.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> frames = Frames(np.zeros((1, 2)), np.zeros(1))
    >>> edges(np.array([shapely.box(0, 0, 2, 1)]), np.array([0]), frames).y_top
    array([1., 1., 1., 0.])
    """
    # Callers take frames a chunk at a time: only the polygons of this chunk are opened.
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
    frame = np.repeat(np.arange(len(polygon)), number[polygon])
    edge = first[ranges(start[polygon], number[polygon])]
    x0, y0 = frames.to_frame(points[edge], frame).T
    x1, y1 = frames.to_frame(points[edge + 1], frame).T
    up = y1 >= y0
    return Edges(
        frame,
        np.where(up, x0, x1),
        np.where(up, y0, y1),
        np.where(up, x1, x0),
        np.where(up, y1, y0),
    )


def blocked(each: Edges, bands: Bands) -> Blocked:
    """Return what edges block of bands.

    An edge blocks the interval of x over which it lies inside a band, or within `MARGIN_M` of it.

    Parameters
    ----------
    each
        Edges of polygons.
    bands
        Bands in the same frames.

    Returns
    -------
    Blocked
        Ordered by edge.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> frames, zero = Frames(np.zeros((1, 2)), np.zeros(1)), np.array([0])
    >>> found = edges(np.array([shapely.box(0, 0, 2, 1)]), zero, frames)
    >>> blocked(found, Bands(zero, np.array([0.2]), np.array([0.5]))).start / 2**22
    array([2., 0.])
    """
    heights = (each.y_bottom, each.y_top, bands.low, bands.high)
    # All frames one above the other: one search finds the bands of all edges.
    stride = 4 * max(float(np.abs(height).max(initial=0.0)) for height in heights) + 1
    low, high = bands.low - MARGIN_M, bands.high + MARGIN_M
    first = np.searchsorted(
        bands.frame * stride + high, each.frame * stride + each.y_bottom, "right"
    )
    last = np.searchsorted(bands.frame * stride + low, each.frame * stride + each.y_top, "left")
    count = np.maximum(last - first, 0)
    rise = each.y_top - each.y_bottom
    slope = np.divide(each.x_top - each.x_bottom, rise, out=np.zeros(len(rise)), where=rise > 0)
    band = ranges(first, count)
    low, high = low[band], high[band]
    bottom, top, x_bottom, x_top, slope = (
        np.repeat(values, count)
        for values in (each.y_bottom, each.y_top, each.x_bottom, each.x_top, slope)
    )
    x_low = x_bottom + (np.maximum(low, bottom) - bottom) * slope
    x_high = np.where(high >= top, x_top, x_bottom + (high - bottom) * slope)
    start = np.floor(np.minimum(x_low, x_high) * _GRID).astype(np.intp)
    end = np.ceil(np.maximum(x_low, x_high) * _GRID).astype(np.intp)
    middle = (low + high) / 2
    return Blocked(band, start, end, (bottom <= middle) & (middle < top))


def free_intervals(layers: Sequence[Blocked], shortest_m: float = 0.0) -> Intervals:
    """Return the intervals over which a band lies wholly inside the polygons of every layer.

    Parameters
    ----------
    layers
        What edges block. A layer has bands of its own; band i of one goes with band i of others.
    shortest_m
        Shorter intervals are left out. [m]

    Returns
    -------
    Intervals
        As long as possible, but for `MARGIN_M` at both ends.

    Notes
    -----
    A free interval is inside where an odd number of edges to its left cross the band's middle.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> triangle = np.array([shapely.Polygon([(0, 0), (8, 0), (0, 8)])])
    >>> found = edges(triangle, np.array([0]), Frames(np.zeros((1, 2)), np.zeros(1)))
    >>> bands = Bands(np.array([0]), np.array([1.0]), np.array([3.0]))
    >>> free = free_intervals([blocked(found, bands)])
    >>> free.low.round(3), free.high.round(3)
    (array([0.]), array([5.]))
    """
    band = np.concatenate([each.band for each in layers])
    start = np.concatenate([each.start for each in layers])
    end = np.concatenate([each.end for each in layers])
    bits = [each.crosses.astype(np.intp) << layer for layer, each in enumerate(layers)]
    crosses = np.concatenate(bits)
    # In whole steps the offsets cost no digits: results do not depend on which bands go together.
    width = 4 * max(int(np.abs(start).max(initial=0)), int(np.abs(end).max(initial=0))) + 1
    offset = band * width
    # Where as many intervals have ended as have begun nothing is blocked, so that starts and ends
    # can be sorted each on their own. Each start carries in its last bits which layer's edge
    # crosses there; the stable sort is quick on sorted runs.
    start = np.sort((start + offset << len(layers)) + crosses, kind="stable")
    end = np.sort(end + offset, kind="stable")
    everywhere = (1 << len(layers)) - 1
    # Edges cross a band an even number of times: nothing is inside from one band to the next.
    inside = np.bitwise_xor.accumulate(start & everywhere)[:-1] == everywhere
    start >>= len(layers)
    found = np.flatnonzero(inside & (start[1:] - end[:-1] >= (shortest_m + 2 * MARGIN_M) * _GRID))
    band = (end[found] + width // 2) // width
    low, high = ((each - band * width) / _GRID for each in (end[found], start[found + 1]))
    return Intervals(band, low + MARGIN_M, high - MARGIN_M)


def rectangles_on_map(frames: Frames, frame: Integers, bounds: Floats) -> Geometries:
    """Return rectangles in frames as polygons on the map.

    Parameters
    ----------
    frames
        The frames. (f,)
    frame
        Position of the frame of each rectangle. (k,) int
    bounds
        Left, bottom, right and top in that frame. (k, 4) float64 [m]

    Returns
    -------
    Geometries
        (k,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> frames = Frames(np.array([[10.0, 20.0]]), np.array([90.0]))
    >>> (drawn,) = rectangles_on_map(frames, np.array([0]), np.array([[0.0, 0.0, 4.0, 1.0]]))
    >>> [float(round(each, 6)) for each in drawn.bounds]
    [9.0, 20.0, 10.0, 24.0]
    """
    corners = bounds[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    points = frames.to_map(corners, np.repeat(frame, 4)).reshape(-1, 4, 2)
    return np.asarray(shapely.polygons(points), dtype=object).reshape(len(frame))
