"""Polygons by themselves: their polygonal parts, their pieces, their largest part, their compactness."""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["collect_by_group", "isoperimetric_quotient", "largest_part", "polygonal", "subdivide"]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7


def polygonal(geometries: Geometries) -> Geometries:
    """Return only the polygon parts of each geometry; None and what has no polygons become an empty polygon.

    Parameters
    ----------
    geometries
        Any geometries. (n,) object

    Returns
    -------
    Geometries
        Polygons and multipolygons. (n,) object

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
    result[(kinds != _POLYGON) & (kinds != _MULTIPOLYGON) & (kinds != _COLLECTION)] = (
        shapely.Polygon()
    )
    return result


def collect_by_group(polygons: Geometries, owner: Integers, count: int) -> Geometries:
    """Return one (multi)polygon per owner, in rising order, empty where it owns none."""
    result = np.full(count, shapely.Polygon(), dtype=object)
    if len(polygons):
        owners, first, number = np.unique(owner, return_index=True, return_counts=True)
        result[owners] = shapely.multipolygons(
            polygons, indices=np.repeat(np.arange(len(owners)), number)
        )
        result[owners[number == 1]] = polygons[first[number == 1]]
    return result


def subdivide(geometries: Geometries, most_points: int = 256) -> tuple[Geometries, Integers]:
    """Cut polygons with many points into pieces along the middle of their bounds, so that a look at one place stays cheap.

    Parameters
    ----------
    geometries
        Polygons. (n,) object
    most_points
        Polygons with more points than this are cut.

    Returns
    -------
    pieces : Geometries
        (m,) object; together they are the input.
    source : Integers
        Position of the polygon that each piece comes from, rising. (m,) int

    Notes
    -----
    Cuts depend on a polygon alone, never on the window it was read for, so that results do not
    depend on it either.
    """
    done_pieces, done_source = [], []
    pieces, source = np.asarray(geometries, dtype=object), np.arange(len(geometries))
    while len(pieces):
        small = shapely.get_num_coordinates(pieces) <= most_points
        done_pieces.append(pieces[small])
        done_source.append(source[small])
        pieces, source = pieces[~small], source[~small]
        if not len(pieces):
            break
        left, bottom, right, top = shapely.bounds(pieces).T
        wide = right - left > top - bottom
        middle_x, middle_y = (
            np.where(wide, (left + right) / 2, right),
            np.where(wide, top, (bottom + top) / 2),
        )
        first = in_threads(
            shapely.intersection, pieces, shapely.box(left, bottom, middle_x, middle_y)
        )
        other_half = shapely.box(
            np.where(wide, middle_x, left), np.where(wide, bottom, middle_y), right, top
        )
        second = in_threads(shapely.intersection, pieces, other_half)
        pieces, source = (
            polygonal(np.concatenate([first, second])),
            np.concatenate([source, source]),
        )
        keep = ~shapely.is_empty(pieces)
        pieces, source = pieces[keep], source[keep]
    all_pieces, all_source = (
        np.concatenate([np.empty(0, object), *done_pieces]),
        np.concatenate([np.empty(0, np.intp), *done_source]),
    )
    order = np.argsort(all_source, kind="stable")
    return all_pieces[order], all_source[order]


def largest_part(shapes: Geometries) -> Geometries:
    """Return the largest connected part of each shape; of equal parts the first.

    (n,) object -> (n,) object.

    Parts that meet in a point are not connected.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    result = np.full(len(shapes), shapely.Polygon(), dtype=object)
    order = np.lexsort((-np.arange(len(parts)), shapely.area(parts), owner))
    result[owner[order]] = parts[order]
    return result


def isoperimetric_quotient(shapes: Geometries) -> Floats:
    """Return 4 pi area / perimeter^2: 1 for a circle, less for anything else, NaN for an empty shape. (n,) float64."""
    length = shapely.length(shapes)
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: Floats = 4 * np.pi * shapely.area(shapes) / length**2
    return quotient
