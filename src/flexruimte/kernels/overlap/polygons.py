"""Polygons by themselves: polygonal parts, pieces, the largest part, compactness."""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = [
    "collect_by_group",
    "isoperimetric_quotient",
    "largest_part",
    "polygonal",
    "strip_width",
    "subdivide",
]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_SMALLEST_PIECE_M = 1e-3
"""A piece within this is not cut: soon its middle would be its side. [m]"""


def polygonal(geometries: Geometries) -> Geometries:
    """Return the polygon parts of each geometry.

    Parameters
    ----------
    geometries
        Any geometries. (n,) object

    Returns
    -------
    Geometries
        Polygons and multipolygons, an empty polygon for None and for what has no polygons.
        (n,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (0 0), POLYGON ((0 0, 1 0, 1 1, 0 0)))")
    >>> shapely.area(polygonal(np.array([mixed, None])))
    array([0.5, 0. ])
    """
    kinds = shapely.get_type_id(geometries)
    result = np.array(geometries, dtype=object, copy=True)
    mixed = np.flatnonzero(kinds == _COLLECTION)
    parts, owner = shapely.get_parts(np.asarray(geometries)[mixed], return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    keep = shapely.get_type_id(parts) == _POLYGON
    result[mixed] = collect_by_group(parts[keep], owner[keep], len(mixed))
    result[~np.isin(kinds, (_POLYGON, _MULTIPOLYGON, _COLLECTION))] = shapely.Polygon()
    return result


def collect_by_group(polygons: Geometries, group: Integers, count: int) -> Geometries:
    """Return the polygons of each group as one geometry, without uniting them.

    Parameters
    ----------
    polygons
        Polygons. (k,) object
    group
        Group of each, from 0 to `count` - 1, in rising order. (k,) int
    count
        Number of groups.

    Returns
    -------
    Geometries
        A polygon for a group of one, an empty one for a group without members. (count,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> boxes = np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    >>> shapely.get_num_geometries(collect_by_group(boxes, np.array([1, 1]), 2))
    array([1, 2], dtype=int32)
    """
    result = np.full(count, shapely.Polygon(), dtype=object)
    if len(polygons):
        groups, first, number = np.unique(group, return_index=True, return_counts=True)
        member_of = np.repeat(np.arange(len(groups)), number)
        result[groups] = shapely.multipolygons(polygons, indices=member_of)
        result[groups[number == 1]] = polygons[first[number == 1]]
    return result


def subdivide(geometries: Geometries, most_points: int = 256) -> tuple[Geometries, Integers]:
    """Cut polygons with many points into pieces, so that a query of one place stays cheap.

    Polygons are halved along the middle of their bounds, across the longer side, until no piece has
    too many points (as `ST_Subdivide` of PostGIS does). Cuts depend on a polygon alone, never on
    the window it was read for, so that results do not depend on that either.

    Parameters
    ----------
    geometries
        Any geometries; lines and points stay whole. (n,) object
    most_points
        Polygons with more points than this are cut.

    Returns
    -------
    pieces : Geometries
        (m,) object; together they are the input, but for empty polygons.
    source : Integers
        Position of the polygon that each piece comes from, rising. (m,) int

    Examples
    --------
    >>> import numpy as np, shapely
    >>> pieces, source = subdivide(np.array([shapely.Point(0, 0).buffer(9, quad_segs=99)]), 256)
    >>> len(pieces), source.tolist()
    (2, [0, 0])
    """
    done: list[tuple[Geometries, Integers]] = [(np.empty(0, object), np.empty(0, np.intp))]
    pieces, source = np.asarray(geometries, dtype=object), np.arange(len(geometries))
    while len(pieces):
        small = shapely.get_num_coordinates(pieces) <= most_points
        small |= ~np.isin(shapely.get_type_id(pieces), (_POLYGON, _MULTIPOLYGON))
        left, bottom, right, top = shapely.bounds(pieces).T
        small |= ~(np.maximum(right - left, top - bottom) > _SMALLEST_PIECE_M)
        done.append((pieces[small], source[small]))
        pieces, source = _halves(pieces[~small]), np.tile(source[~small], 2)
        keep = shapely.area(pieces) > 0
        pieces, source = pieces[keep], source[keep]
    # What was not cut is as it was given.
    done[2:] = [(_made_valid(some), source) for some, source in done[2:]]
    all_pieces = np.concatenate([some for some, _ in done])
    all_sources = np.concatenate([some for _, some in done])
    order = np.argsort(all_sources, kind="stable")
    return all_pieces[order], all_sources[order]


def _made_valid(polygons: Geometries) -> Geometries:
    """Return polygons of which no ring touches itself. (n,) object."""
    invalid = np.flatnonzero(~shapely.is_valid(polygons))
    polygons[invalid] = polygonal(shapely.make_valid(polygons[invalid]))
    return polygons


def _halves(polygons: Geometries) -> Geometries:
    """Return the left or lower half of each polygon, and then the other halves. (2 n,) object.

    A rectangle clips in linear time, unless a corner lies on the cut: then what it leaves may touch
    itself, and an overlay cuts, which takes a jagged outline quadratic time.
    """
    left, bottom, right, top = shapely.bounds(polygons).T
    wide = right - left > top - bottom
    middle = np.where(wide, left + right, bottom + top) / 2
    # Nothing but the cut touches a polygon.
    left, bottom, right, top = left - 1, bottom - 1, right + 1, top + 1
    rectangles = (
        (left, bottom, np.where(wide, middle, right), np.where(wide, top, middle)),
        (np.where(wide, middle, left), np.where(wide, bottom, middle), right, top),
    )
    corners, owner = shapely.get_coordinates(polygons, return_index=True)
    on_cut = np.where(wide[owner], corners[:, 0], corners[:, 1]) == middle[owner]
    hit = np.unique(owner[on_cut])
    halves = []
    for sides in rectangles:
        half = _clipped(polygons, *sides)
        half[hit] = in_threads(
            shapely.intersection, polygons[hit], shapely.box(*(side[hit] for side in sides))
        )
        halves.append(half)
    return polygonal(np.concatenate(halves))


def _clipped(
    polygons: Geometries, left: Floats, bottom: Floats, right: Floats, top: Floats
) -> Geometries:
    """Return what of each polygon lies in its rectangle; it may be invalid. (n,) object."""
    result = np.empty(len(polygons), dtype=object)
    sides = zip(left.tolist(), bottom.tolist(), right.tolist(), top.tolist(), strict=True)
    # shapely clips by one rectangle at a time.
    for position, (polygon, rectangle) in enumerate(zip(polygons, sides, strict=True)):
        result[position] = shapely.clip_by_rect(polygon, *rectangle)
    return result


def largest_part(shapes: Geometries) -> Geometries:
    """Return the largest connected part of each shape; of equal parts the first.

    Parts that meet in a point are not connected.

    Parameters
    ----------
    shapes
        Valid polygons and multipolygons. (n,) object

    Returns
    -------
    Geometries
        Polygons, an empty one for None and an empty shape. (n,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 7, 1)])
    >>> shapely.area(largest_part(np.array([two, None])))
    array([2., 0.])
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    result = np.full(len(shapes), shapely.Polygon(), dtype=object)
    order = np.lexsort((-np.arange(len(parts)), shapely.area(parts), owner))
    result[owner[order]] = parts[order]
    return result


def isoperimetric_quotient(shapes: Geometries) -> Floats:
    """Return how round shapes are: 4 pi area / perimeter^2 (Polsby and Popper 1991).

    Parameters
    ----------
    shapes
        Valid polygons. (n,) object

    Returns
    -------
    Floats
        1 for a circle, less for anything else, NaN for an empty shape. (n,) float64

    References
    ----------
    D. D. Polsby and R. D. Popper (1991). The third criterion: compactness as a procedural
    safeguard against partisan gerrymandering. Yale Law & Policy Review 9(2), 301-353.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> isoperimetric_quotient(np.array([shapely.box(0, 0, 9, 9), shapely.Polygon()])).round(4)
    array([0.7854,    nan])
    """
    length = shapely.length(shapes)
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: Floats = 4 * np.pi * shapely.area(shapes) / length**2
    return quotient


def strip_width(shapes: Geometries) -> Floats:
    """Return how wide shapes are when they are taken for strips.

    This is the shorter side of the equivalent rectangle, which has the area and the perimeter of
    the shape (Roche 1963): exact for a rectangle, and near it for a strip that bends. What is
    rounder than a square has no such rectangle, and gets a quarter of its perimeter.

    Parameters
    ----------
    shapes
        Valid polygons and multipolygons. The edges of holes count. (n,) object

    Returns
    -------
    Floats
        NaN for an empty shape. (n,) float64 [m]

    Notes
    -----
    A ragged outline makes a shape seem narrower than it is, and longer.

    References
    ----------
    M. Roche (1963). Hydrologie de surface. Gauthier-Villars, Paris.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> strip_width(np.array([shapely.box(0, 0, 200, 20), shapely.box(0, 0, 9, 9)]))
    array([20.,  9.])
    """
    half = shapely.length(shapes) / 2
    root = np.sqrt(np.maximum(half**2 - 4 * shapely.area(shapes), 0))
    width: Floats = np.where(half > 0, (half - root) / 2, np.nan)
    return width
