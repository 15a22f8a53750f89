"""Straight ways: from shapes to lines, and how much of them lies on what land.

What lies on a way is kept as stretches of it, two numbers each, so that what several pieces of land
cover together is a sum over sorted numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely

from flexruimte.kernels.ranges import ranges
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = ["Stretches", "covered_length", "pieces_of_lines", "stretches_on"]

_LINE = 1
"""The geometry library's number for a line; where a way only touches land there is a point."""


def pieces_of_lines(lines: Geometries, longest_m: float) -> tuple[Geometries, Integers]:
    """Return lines cut into straight pieces, and the line of each.

    Parameters
    ----------
    lines
        Lines and multilines. (n,) object
    longest_m
        Longest piece; each straight part of a line is cut into equal ones. [m]

    Returns
    -------
    tuple
        (p,) object, two-point lines; (p,) int

    Examples
    --------
    >>> import numpy as np, shapely
    >>> pieces, line = pieces_of_lines(np.array([shapely.LineString([(0, 0), (9, 0)])]), 5.0)
    >>> shapely.length(pieces), line
    (array([4.5, 4.5]), array([0, 0]))
    """
    parts, line = shapely.get_parts(lines, return_index=True)
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    first = np.flatnonzero(part[1:] == part[:-1])
    start, end = coordinates[first], coordinates[first + 1]
    number = np.maximum(np.ceil(np.hypot(*(end - start).T) / longest_m), 1).astype(np.intp)
    straight, step = np.repeat(np.arange(len(first)), number), ranges(0, number)
    along = np.stack([step, step + 1], axis=1)[:, :, None] / number[straight][:, None, None]
    ends = start[straight][:, None] + along * (end - start)[straight][:, None]
    pieces = np.asarray(shapely.linestrings(ends) if len(ends) else [], dtype=object)
    return pieces, line[part[first][straight]]


@dataclass(frozen=True)
class Stretches:
    """Stretches of straight ways, each on one piece of land."""

    way: Integers
    """Position of the way. (k,) int"""
    land: Integers
    """Position of the land. (k,) int"""
    start: Floats
    """From the start of the way. (k,) float64 [m]"""
    end: Floats
    """From the start of the way. (k,) float64 [m]"""

    def where(self, kept: Booleans) -> Self:
        """Return some of the stretches. (k,) bool"""
        return type(self)(self.way[kept], self.land[kept], self.start[kept], self.end[kept])

    def and_others(self, other: Self) -> Self:
        """Return these stretches and others of the same ways."""
        return type(self)(
            *(
                np.concatenate([getattr(each, name) for each in (self, other)])
                for name in ("way", "land", "start", "end")
            )
        )


def stretches_on(ways: Geometries, land: Geometries, index: shapely.STRtree) -> Stretches:
    """Return the stretches of straight ways that lie on polygons, their boundaries included.

    Parameters
    ----------
    ways
        Two-point lines. (n,) object
    land
        Polygons, which may overlap. (m,) object
    index
        Of the land.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> ways = shapely.linestrings([[(0, 5), (30, 5)]])
    >>> land = shapely.box([10, 30], 0, [25, 40], 10)
    >>> found = stretches_on(ways, land, shapely.STRtree(land))
    >>> found.way, found.land, found.start, found.end
    (array([0]), array([0]), array([10.]), array([25.]))
    """
    way, of_land = index.query(ways, predicate="intersects")
    shared = shapely.intersection(ways[way], land[of_land])
    # Mostly one line; of several only the lines count, as a way touches land in a point.
    pair = np.arange(len(shared))
    whole = shapely.get_type_id(shared) == _LINE
    parts, of_part = shapely.get_parts(shared[~whole], return_index=True)
    lines = shapely.get_type_id(parts) == _LINE
    pair = np.concatenate([pair[whole], pair[~whole][of_part[lines]]])
    ends, line = shapely.get_coordinates(
        np.concatenate([shared[whole], parts[lines]]), return_index=True
    )
    first = np.flatnonzero(np.diff(line, prepend=-1))  # a line that is empty has none
    starts = shapely.get_coordinates(ways)[::2]
    along = np.hypot(*(ends - starts[way[pair[line]]]).T)
    pair = pair[line[first]]
    start, end = (
        extreme.reduceat(along, first) if len(first) else along
        for extreme in (np.minimum, np.maximum)
    )
    return Stretches(way[pair], of_land[pair], start, end)


def covered_length(stretches: Stretches, count: int) -> Floats:
    """Return how much of each way the stretches cover; where they overlap they count once.

    Parameters
    ----------
    stretches
        Of ways.
    count
        Number of ways.

    Returns
    -------
    Floats
        (count,) float64 [m]

    Examples
    --------
    >>> import numpy as np
    >>> way, ends = np.array([0, 0, 2]), np.array([8.0, 6.0, 3.0])
    >>> covered_length(Stretches(way, way, np.array([0.0, 5.0, 1.0]), ends), 3)
    array([8., 0., 2.])
    """
    order = np.lexsort((stretches.start, stretches.way))
    way, start, end = stretches.way[order], stretches.start[order], stretches.end[order]
    # Laid end to end, with room between, the ways are one way.
    longest = end.max(initial=0.0) + 1.0
    start, end = start + way * longest, end + way * longest
    reached = np.maximum.accumulate(np.concatenate([[0.0], end]))[:-1]
    length = np.maximum(end - np.maximum(start, reached), 0.0)
    return np.bincount(way, length, minlength=count).astype(np.float64)
