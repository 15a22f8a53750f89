"""The directions that a polygon runs in.

The smallest-area rectangle round a polygon has a side along an edge of the convex hull (Freeman and
Shapira 1975), which is how `shapely.minimum_rotated_rectangle` finds it.

References
----------
H. Freeman and R. Shapira (1975). Determining the minimum-area encasing rectangle for an arbitrary
closed curve. Communications of the ACM 18(7), 409-413.
"""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.rectangles.bands import Frames, edges
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["long_side_degrees", "rectangle_degrees", "row_directions"]

_DIRECTION_BIN_DEGREES = 2.0
"""Edges whose directions fall in one bin of this width count together. [degree]"""
_LONGEST_BINS = 6
"""The bins with most length of edges that each give a direction."""
_SAME_DIRECTION_DEGREES = 0.5
"""Directions that differ by less are tried once. [degree]"""


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
    main = rectangle_degrees(polygons[present])
    fan = main[:, None] + np.arange(0.0, 90.0, fan_degrees)
    of_edges = _edge_degrees(polygons, present, main)
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


def _edge_degrees(polygons: Geometries, present: Integers, main: Floats) -> Floats:
    """Return the directions with most edge length: of each bin that of its longest edge.

    NaN where edges fall in fewer bins. (k, 6) float64 [degree].
    """
    # Edges are sorted into bins by their direction seen from the rectangle, whose own edges lie in
    # the middle of a bin.
    seen_from = main - _DIRECTION_BIN_DEGREES / 2
    found = edges(polygons, present, Frames(np.zeros((len(present), 2)), seen_from))
    width, height = found.x_top - found.x_bottom, found.y_top - found.y_bottom
    direction, length = np.degrees(np.arctan2(height, width)) % 180.0, np.hypot(width, height)
    bins = int(180 / _DIRECTION_BIN_DEGREES)
    cell = found.frame * bins + np.minimum(
        (direction / _DIRECTION_BIN_DEGREES).astype(np.intp), bins - 1
    )
    weight = np.bincount(cell, length, minlength=len(present) * bins).reshape(len(present), bins)
    longest = np.full(len(present) * bins, np.nan)
    order = np.argsort(length, kind="stable")
    longest[cell[order]] = direction[order]
    favourite = np.argsort(-weight, axis=1, kind="stable")[:, :_LONGEST_BINS]
    of_bins = np.take_along_axis(longest.reshape(len(present), bins), favourite, axis=1)
    result: Floats = of_bins + main[:, None] - _DIRECTION_BIN_DEGREES / 2
    return result


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
    >>> upright, flat = shapely.box(0, 0, 40, 60), shapely.box(0, 0, 50, 10)
    >>> long_side_degrees(np.array([upright, flat, shapely.Polygon()])) % 180
    array([90.,  0., nan])
    """
    present = np.flatnonzero(~shapely.is_empty(polygons))
    sides = _rectangle_sides(polygons[present])
    long = sides[np.arange(len(sides)), np.hypot(sides[..., 0], sides[..., 1]).argmax(axis=1)]
    degrees = np.full(len(polygons), np.nan)
    degrees[present] = np.degrees(np.arctan2(long[:, 1], long[:, 0]))
    return degrees


def rectangle_degrees(polygons: Geometries) -> Floats:
    """Return the direction of a side of the smallest rectangle round each polygon.

    Parameters
    ----------
    polygons
        Valid polygons, none empty. (n,) object

    Returns
    -------
    Floats
        -180 to 180, counter-clockwise from the x axis. (n,) float64 [degree]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> rectangle_degrees(np.array([shapely.box(0, 0, 40, 60)])) % 90
    array([0.])
    """
    side = _rectangle_sides(polygons)[:, 0]
    return np.asarray(np.degrees(np.arctan2(side[:, 1], side[:, 0])))


def _rectangle_sides(polygons: Geometries) -> Floats:
    """Return two sides of the smallest rectangle round each polygon, square to each other.

    (n, 2, 2) float64 [m].
    """
    around = shapely.get_coordinates(
        shapely.get_exterior_ring(shapely.minimum_rotated_rectangle(polygons))
    ).reshape(-1, 5, 2)
    return np.diff(around[:, :3], axis=1)
