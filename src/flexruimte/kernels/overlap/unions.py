"""Unions of polygons per group.

Only what meets another of its group is united. Pairs that may meet are found by sort and sweep
(Baraff 1992) on the bounds, with all groups side by side on one line.

References
----------
D. Baraff (1992). Dynamic simulation of non-penetrating rigid bodies. PhD thesis, Cornell
University.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.overlap.polygons import collect_by_group, polygonal
from flexruimte.kernels.ranges import ranges
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = ["pairs_with_touching_bounds", "union_by_group", "union_groups"]

_ROUNDING_M = 1e-6
"""A gap that is wider is not an error of rounding. [m]"""
_SIDE_BY_SIDE_M = 1e-3
"""Moving groups side by side rounds coordinates by far less than this. [m]"""


def union_by_group(geometries: Geometries, group: Integers, count: int) -> Geometries:
    """Return the union of the polygons of each group.

    Parameters
    ----------
    geometries
        Polygons. (k,) object
    group
        Group of each polygon, from 0 to `count` - 1, in rising order. (k,) int
    count
        Number of groups.

    Returns
    -------
    Geometries
        An empty polygon for a group without members. (count,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> boxes = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> shapely.area(union_by_group(boxes, np.array([1, 1]), 2))
    array([0., 3.])
    """
    result = np.full(count, shapely.Polygon(), dtype=object)
    several = np.bincount(group, minlength=count)[group] > 1
    result[group[~several]] = geometries[~several]
    geometries, group = geometries[several], group[several]
    # What lies apart from the rest of its group needs no union, and most does.
    joined = _touches_another(geometries, group)
    united, owner = union_groups(geometries[joined], group[joined])
    parts, whole = shapely.get_parts(
        np.concatenate([united, geometries[~joined]]), return_index=True
    )
    owner = np.concatenate([owner, group[~joined]])[whole]
    order = np.argsort(owner, kind="stable")
    groups, number = np.unique(owner, return_inverse=True)
    result[groups] = collect_by_group(parts[order], number[order], len(groups))
    return result


def _touches_another(geometries: Geometries, group: Integers) -> Booleans:
    """Return which geometries meet another of their group, gaps of rounding ignored. (k,) bool."""
    one, other = pairs_with_touching_bounds(shapely.bounds(geometries), group)
    meet = in_threads(
        partial(shapely.dwithin, distance=_ROUNDING_M), geometries[one], geometries[other]
    )
    meeting = np.zeros(len(geometries), dtype=bool)
    meeting[one[meet]] = meeting[other[meet]] = True
    return meeting


def pairs_with_touching_bounds(bounds: Floats, group: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of one group whose bounds meet, gaps of rounding ignored.

    Parameters
    ----------
    bounds
        Left, bottom, right and top of geometries, none of them empty. (k, 4) float64 [m]
    group
        Group of each geometry. (k,) int

    Returns
    -------
    one, other : Integers
        Positions of both geometries of each pair; each pair comes once. (p,) int

    Examples
    --------
    >>> import numpy as np
    >>> bounds = np.array([[0.0, 0, 2, 1], [1, 0, 3, 1], [2, 5, 9, 9]])
    >>> pairs_with_touching_bounds(bounds, np.zeros(3, dtype=int))
    (array([0]), array([1]))
    """
    left, bottom, right, top = bounds.T
    groups, member = np.unique(group, return_inverse=True)
    start, end = np.full(len(groups), np.inf), np.full(len(groups), -np.inf)
    np.minimum.at(start, member, left)
    np.maximum.at(end, member, right)
    # All groups side by side on one line: then one search finds, for each geometry, those that
    # begin before it ends.
    wide = end - start + 1.0
    shift = np.cumsum(wide) - wide - start
    order = np.lexsort((left, member))
    begins = (left + shift[member])[order]
    ends = (right + shift[member])[order] + _SIDE_BY_SIDE_M
    next_one = np.arange(1, len(order) + 1)
    number = np.searchsorted(begins, ends, side="right") - next_one
    one, other = order[np.repeat(next_one - 1, number)], order[ranges(next_one, number)]
    meet = (bottom[one] <= top[other] + _ROUNDING_M) & (bottom[other] <= top[one] + _ROUNDING_M)
    return one[meet], other[meet]


def union_groups(geometries: Geometries, group: Integers) -> tuple[Geometries, Integers]:
    """Return the union of each group that has members.

    Parameters
    ----------
    geometries
        Valid polygons. (k,) object
    group
        Group of each polygon, in rising order. (k,) int

    Returns
    -------
    unions : Geometries
        Polygons and multipolygons. (g,) object
    groups : Integers
        The group of each. (g,) int

    Examples
    --------
    >>> import numpy as np, shapely
    >>> boxes = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> unions, groups = union_groups(boxes, np.array([7, 7]))
    >>> shapely.area(unions), groups
    (array([3.]), array([7]))
    """
    groups, first, number = np.unique(group, return_index=True, return_counts=True)
    result = np.full(len(groups), shapely.Polygon(), dtype=object)
    # Groups of about equal size go together in one rectangular table, padded with None, which
    # unions ignore: one call per size, not per group.
    size_class = np.ceil(np.log2(np.maximum(number, 1))).astype(int)
    for size in np.unique(size_class):
        chosen = np.flatnonzero(size_class == size)
        table = np.full((len(chosen), int(number[chosen].max())), None, dtype=object)
        row = np.repeat(np.arange(len(chosen)), number[chosen])
        column = ranges(0, number[chosen])
        table[row, column] = geometries[ranges(first[chosen], number[chosen])]
        result[chosen] = polygonal(in_threads(partial(shapely.union_all, axis=1), table))
    return result, groups
