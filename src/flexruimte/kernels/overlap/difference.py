"""Shapes without what features cover, and without the slivers that rounding leaves."""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.overlap.polygons import collect_by_group, polygonal
from flexruimte.kernels.overlap.unions import pairs_with_touching_bounds
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import AREA_TOLERANCE, Geometries, Integers

__all__ = ["SLIVER_M2", "subtract"]

SLIVER_M2 = 1e-6
"""A part that is smaller than a square millimetre is an accident of rounding. [m2]"""
_FEW_FEATURES = 8
"""So many cut a shape one by one; more are sorted first into those that lie apart and cut together.
"""


def subtract(shapes: Geometries, cutters: Geometries, owner: Integers | None = None) -> Geometries:
    """Return each shape without what lies under its cutters.

    Parameters
    ----------
    shapes
        Valid polygons. (n,) object
    cutters
        Polygons that take away what they cover; empty takes nothing. (k,) object
    owner
        Which shape each cutter cuts; None when there is one for each shape, in order. (k,) int

    Returns
    -------
    Geometries
        Polygons and multipolygons, empty where nothing is left. (n,) object

    Notes
    -----
    Cut with whole features, not with features clipped to the shape: the vertices of a clipped one
    lie beside the shape's boundary by a rounding error, which leaves a film along it that ties
    together what the feature separates.
    """
    result = np.array(shapes, dtype=object, copy=True)
    owner = np.arange(len(shapes)) if owner is None else owner
    # The largest first, as it may leave nothing to cut.
    order = np.lexsort((-shapely.area(cutters), owner))
    cutters, owner = cutters[order], owner[order]
    turn = np.arange(len(owner)) - np.searchsorted(owner, owner)
    many = np.bincount(owner, minlength=len(shapes))[owner] > _FEW_FEATURES
    turn[many] = _rounds(cutters[many], owner[many])
    for cutting in np.split(np.argsort(turn, kind="stable"), np.cumsum(np.bincount(turn))[:-1]):
        cutting = cutting[~shapely.is_empty(result[owner[cutting]])]
        cut, first, number = np.unique(owner[cutting], return_index=True, return_counts=True)
        together, several = cutters[cutting[first]], np.flatnonzero(number > 1)
        parts, of = shapely.get_parts(
            cutters[cutting[np.repeat(number > 1, number)]], return_index=True
        )
        together[several] = collect_by_group(
            parts, np.repeat(np.arange(len(several)), number[several])[of], len(several)
        )
        result[cut] = in_threads(shapely.difference, result[cut], together)
    result = _without_slivers(polygonal(result))
    result[shapely.area(result) <= AREA_TOLERANCE * shapely.area(shapes)] = shapely.Polygon()
    return result


def _rounds(cutters: Geometries, owner: Integers) -> Integers:
    """Return the turn in which each cutter cuts, so that those of a shape that cut in one turn lie apart. (k,) int.

    The first of those that meet cuts first.
    """
    one, other = pairs_with_touching_bounds(shapely.bounds(cutters), owner)
    meet = in_threads(shapely.intersects, cutters[one], cutters[other])
    first, later = np.minimum(one, other)[meet], np.maximum(one, other)[meet]
    turn = np.zeros(len(cutters), dtype=np.intp)
    while (turn[later] <= turn[first]).any():
        np.maximum.at(turn, later, turn[first] + 1)
    return turn


def _without_slivers(shapes: Geometries) -> Geometries:
    """Return shapes without the parts that are films of rounding between cutters that lie side by side."""
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    parts, owner = shapely.get_parts(shapes[several], return_index=True)
    film = shapely.area(parts) < SLIVER_M2
    touched = np.unique(owner[film])
    keep = ~film & np.isin(owner, touched)
    shapes[several[touched]] = collect_by_group(
        parts[keep], np.searchsorted(touched, owner[keep]), len(touched)
    )
    return shapes
