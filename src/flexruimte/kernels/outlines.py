"""The edges of polygons, and the area that pairs of polygons share, without overlaying them.

An area is the sum, with signs, of the trapezoids below its edges (the surveyor's formula, Braden
1986). Applied to the edges of two polygons at once, pair by pair, it gives the area that they
share: see `shared_area`.

References
----------
B. Braden (1986). The surveyor's area formula. The College Mathematics Journal 17(4), 326-337.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.ranges import ranges
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = ["Outlines", "directed_edges", "outlines", "shared_area"]

_POLYGON = 3
_EDGES_AT_ONCE = 2**15
"""Edges of pairs that are worked on together: what comes of them fits a processor's cache."""


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
        Whether the polygon lies to the left, seen from start to end. (m,) bool

    Notes
    -----
    The sign of a ring's area (the surveyor's formula) tells which way it turns; a hole turns the
    other way than what is round it.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> start, end, polygon, inside_left = directed_edges(np.array([shapely.box(0, 0, 2, 1)]))
    >>> start[0], end[0], bool(inside_left[0])
    (array([2., 0.]), array([2., 1.]), True)
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
    # Relative to a point of the ring itself: from farther away its area is lost in rounding.
    origin = start[np.searchsorted(ring, ring)]
    (x0, y0), (x1, y1) = (start - origin).T, (end - origin).T
    leftward = np.bincount(ring, x0 * y1 - x1 * y0, minlength=len(polygon)) > 0
    return start, end, polygon[ring], (leftward == outer)[ring]


def outlines(polygons: Geometries) -> Outlines:
    """Return the outlines of polygons.

    Parameters
    ----------
    polygons
        Polygons and multipolygons; anything else, None and empty have no edges. (n,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> found = outlines(np.array([shapely.box(0, 0, 2, 1), None]))
    >>> found.first, found.sign
    (array([0, 2, 2]), array([ 1., -1.]))
    """
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
    A polygon is what lies below its upper edges without what lies below its lower ones. Below two
    edges lies what is below the lower of them, where both extend in x. So the shared area is a sum,
    with signs, over the pairs of edges: of what lies below the first, less what lies between it
    and the second where that is lower. The former cancels out, as the edges of the second polygon
    do at each x; the latter is left to add up. Edges that coincide need no special care.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> corners = np.array([[0, 0, 4, 2], [3, 1, 9, 9], [4, 0, 5, 2]])
    >>> boxes = outlines(shapely.box(*corners.T))
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
    """Return the area that the polygons of each pair of a chunk share. (k,) float64 [m2]."""
    pair, lower, upper = _edge_pairs(one, other, one_index, other_index)
    begin = np.maximum(one.left[lower], other.left[upper])
    end = np.minimum(one.right[lower], other.right[upper])
    both = np.flatnonzero(begin < end)
    pair, lower, upper, begin, end = (each[both] for each in (pair, lower, upper, begin, end))
    apart = one.height[lower] - other.height[upper]
    from_lower, from_upper = one.left[lower], other.left[upper]
    slope, other_slope = one.slope[lower], other.slope[upper]
    at_begin = apart + slope * (begin - from_lower) - other_slope * (begin - from_upper)
    at_end = apart + slope * (end - from_lower) - other_slope * (end - from_upper)
    below = np.minimum(at_begin, 0) + np.minimum(at_end, 0)
    # A trapezoid with these parallel sides lies between the edges or, where they cross, a triangle.
    sides = np.abs(at_begin) + np.abs(at_end)
    sides[sides == 0] = 1
    area = (begin - end) / 2 * below**2 / sides * one.sign[lower] * other.sign[upper]
    shared: Floats = np.bincount(pair, area, minlength=len(one_index)).astype(
        np.float64, copy=False
    )
    return shared


def _edge_pairs(
    one: Outlines, other: Outlines, one_index: Integers, other_index: Integers
) -> tuple[Integers, Integers, Integers]:
    """Return the pairs of an edge of the first and an edge of the second of each two polygons.

    Left out are edges that cannot matter: beside the other polygon, of the first above it, of the
    second below it.

    Returns
    -------
    pair : Integers
        Position of the pair of polygons. (e,) int
    lower, upper : Integers
        Positions of the edges of the first and of the second polygon. (e,) int
    """
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
    number = np.bincount(lower_pair, minlength=len(one_index))
    first = (np.cumsum(number) - number)[upper_pair]
    number = number[upper_pair]
    lower = lower[ranges(first, number)]
    return np.repeat(upper_pair, number), lower, np.repeat(upper, number)


def _edges_of(polygons: Outlines, index: Integers) -> tuple[Integers, Integers]:
    """Return the edges of some polygons: position in `index`, and position of the edge."""
    first = polygons.first[index]
    number = polygons.first[index + 1] - first
    return np.repeat(np.arange(len(index)), number), ranges(first, number)
