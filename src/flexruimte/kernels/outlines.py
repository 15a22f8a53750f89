"""Array kernel on the outlines of polygons: their edges, and the area that pairs of polygons share, without overlaying them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = ["Outlines", "counted", "directed_edges", "outlines", "shared_area"]

_POLYGON = 3
_EDGES_AT_ONCE = 2**15
"""So many edges of pairs are looked at together: what comes of them fits a processor's cache."""


@dataclass(frozen=True)
class Outlines:
    """The edges of n polygons, from left to right, ordered by polygon.

    Vertical ones are left out: no area lies under them.
    """

    bounds: Floats
    """Left, bottom, right and top of each polygon; NaN where it has none. (n, 4) float64 [m]"""
    first: Integers
    """Position of the first edge of each polygon, and the number of edges. (n + 1,) int"""
    left: Floats
    right: Floats
    """Where edges begin and end. (m,) float64 [m]"""
    height: Floats
    """Height at the left end. (m,) float64 [m]"""
    slope: Floats
    """(m,) float64"""
    low: Floats
    high: Floats
    """Height at the lower and at the higher end. (m,) float64 [m]"""
    sign: Floats
    """1 where the polygon lies under the edge, -1 where it lies over it. (m,) float64"""


def counted(number: Integers) -> Integers:
    """Return 0, 1, 2 ... for each number, that many of them.

    Examples
    --------
    >>> import numpy as np
    >>> counted(np.array([2, 1, 3]))
    array([0, 1, 0, 0, 1, 2])
    """
    end = np.cumsum(number)
    return np.arange(end[-1] if len(end) else 0) - np.repeat(end - number, number)


def directed_edges(polygons: Geometries) -> tuple[Floats, Floats, Integers, Booleans]:
    """Return the edges of polygons.

    Parameters
    ----------
    polygons
        Polygons and multipolygons; anything else has no edges. (n,) object

    Returns
    -------
    start, end : Floats
        (m, 2) float64 [m]
    polygon : Integers
        Position of the polygon. (m,) int
    inside_left : Booleans
        Whether the polygon lies to the left of who walks from start to end. (m,) bool
    """
    # A polygon without holes is its own ring.
    alone = (shapely.get_type_id(polygons) == _POLYGON) & (
        shapely.get_num_interior_rings(polygons) == 0
    )
    parts, owner = shapely.get_parts(polygons[~alone], return_index=True)
    areal = shapely.get_type_id(parts) == _POLYGON
    parts, owner = parts[areal], np.flatnonzero(~alone)[owner[areal]]
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.append(np.ones(np.count_nonzero(alone), dtype=bool), np.diff(part, prepend=-1) > 0)
    polygon = np.append(np.flatnonzero(alone), owner[part] if len(part) else np.empty(0, np.intp))
    points, ring = shapely.get_coordinates(np.append(polygons[alone], rings), return_index=True)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    start, end, ring = points[edge], points[edge + 1], ring[edge]
    # Seen from a point of the ring itself: from farther away, what it turns by is lost in rounding.
    seen_from = start[np.searchsorted(ring, ring)]
    (x0, y0), (x1, y1) = (start - seen_from).T, (end - seen_from).T
    leftward = np.bincount(ring, x0 * y1 - x1 * y0, minlength=len(polygon)) > 0
    return start, end, polygon[ring], (leftward == outer)[ring]


def outlines(polygons: Geometries) -> Outlines:
    """Return the edges of polygons; what is no polygon has none. (n,) object."""
    start, end, polygon, inside_left = directed_edges(polygons)
    order = np.flatnonzero(start[:, 0] != end[:, 0])
    order = order[np.argsort(polygon[order], kind="stable")]
    (x0, y0), (x1, y1), polygon = start[order].T, end[order].T, polygon[order]
    rightward = x0 < x1
    left, right = np.where(rightward, x0, x1), np.where(rightward, x1, x0)
    height, end_height = np.where(rightward, y0, y1), np.where(rightward, y1, y0)
    return Outlines(
        bounds=shapely.bounds(polygons),
        first=np.searchsorted(polygon, np.arange(len(polygons) + 1)),
        left=left,
        right=right,
        height=height,
        slope=(end_height - height) / (right - left),
        low=np.minimum(y0, y1),
        high=np.maximum(y0, y1),
        sign=np.where(rightward == inside_left[order], -1.0, 1.0),
    )


def shared_area(
    one: Outlines, one_index: Integers, other: Outlines, other_index: Integers
) -> Floats:
    """Return the area that the polygons of each pair share.

    Parameters
    ----------
    one, other
        Outlines of valid polygons.
    one_index, other_index
        Positions of the polygons of each pair in them. (k,) int

    Returns
    -------
    Floats
        Exact but for rounding, which may make nothing a little more or less than 0. (k,) float64
        [m2]

    Notes
    -----
    What lies under two lines, in a stretch that both are in, is what lies under the lower one: what
    lies under the first, less what lies between it and the second where that is lower. An area is
    what lies under its upper edges without what lies under its lower ones, so the area that two
    polygons share is a sum, with signs, over the pairs of their edges. As the edges of a polygon
    cancel out over each place beside it, only the part below the lines of the other is left to add
    up. Edges that coincide need no special care.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> boxes = outlines(np.array([shapely.box(0, 0, 4, 2), shapely.box(3, 1, 9, 9), shapely.box(4, 0, 5, 2)]))
    >>> shared_area(boxes, np.array([0, 0]), boxes, np.array([1, 2]))
    array([1., 0.])
    """
    edges = np.diff(one.first)[one_index] + np.diff(other.first)[other_index]
    return in_threads(
        partial(_shared_area, one, other),
        one_index,
        other_index,
        work=edges,
        most_work=_EDGES_AT_ONCE,
    )


def _shared_area(
    one: Outlines, other: Outlines, one_index: Integers, other_index: Integers
) -> Floats:
    # Lower edges first: a line matters to what lies below it, and only where both polygons are.
    left, bottom, right, top = other.bounds[other_index].T
    lower_pair, lower = _edges_of(one, one_index)
    near = (
        (one.left[lower] < right[lower_pair])
        & (one.right[lower] > left[lower_pair])
        & (one.low[lower] < top[lower_pair])
    )
    lower_pair, lower = lower_pair[near], lower[near]
    left, bottom, right, top = one.bounds[one_index].T
    upper_pair, upper = _edges_of(other, other_index)
    near = (
        (other.left[upper] < right[upper_pair])
        & (other.right[upper] > left[upper_pair])
        & (other.high[upper] > bottom[upper_pair])
    )
    upper_pair, upper = upper_pair[near], upper[near]
    # Every edge of the one beside every edge of the other, for each pair of polygons.
    number = np.bincount(lower_pair, minlength=len(one_index))
    first = np.cumsum(number) - number
    number = number[upper_pair]
    pair = np.repeat(upper_pair, number)
    upper, lower = (
        np.repeat(upper, number),
        lower[counted(number) + np.repeat(first[upper_pair], number)],
    )
    begin, end = (
        np.maximum(one.left[lower], other.left[upper]),
        np.minimum(one.right[lower], other.right[upper]),
    )
    both = np.flatnonzero(begin < end)
    pair, lower, upper, begin, end = (each[both] for each in (pair, lower, upper, begin, end))
    apart = one.height[lower] - other.height[upper]
    from_lower, from_upper = one.left[lower], other.left[upper]
    slope, other_slope = one.slope[lower], other.slope[upper]
    at_begin = apart + slope * (begin - from_lower) - other_slope * (begin - from_upper)
    at_end = apart + slope * (end - from_lower) - other_slope * (end - from_upper)
    below = np.minimum(at_begin, 0) + np.minimum(at_end, 0)
    # The lines are apart by this at both ends together; a triangle is left where they cross.
    together = np.abs(at_begin) + np.abs(at_end)
    together[together == 0] = 1
    area = (begin - end) / 2 * below**2 / together * one.sign[lower] * other.sign[upper]
    shared: Floats = np.bincount(pair, area, minlength=len(one_index)).astype(
        np.float64, copy=False
    )
    return shared


def _edges_of(polygons: Outlines, index: Integers) -> tuple[Integers, Integers]:
    """Return the position in `index` and the position of the edge, of all edges of some polygons."""
    first = polygons.first[index]
    number = polygons.first[index + 1] - first
    return np.repeat(np.arange(len(index)), number), counted(number) + np.repeat(first, number)
