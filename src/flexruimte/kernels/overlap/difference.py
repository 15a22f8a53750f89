"""Shapes without what features cover, and without the slivers that rounding leaves."""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.overlap.polygons import collect_by_group, polygonal
from flexruimte.kernels.overlap.unions import pairs_with_touching_bounds
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import AREA_TOLERANCE, Floats, Geometries, Integers

__all__ = ["SLIVER_M2", "subtract"]

SLIVER_M2 = 1e-6
"""A part that is smaller than a square millimetre is an error of rounding. [m2]"""
_FEW_FEATURES = 8
"""Up to so many are subtracted one by one; more in stages of features that lie apart."""


def subtract(shapes: Geometries, features: Geometries, owner: Integers | None = None) -> Geometries:
    """Return each shape without what its features cover.

    Parameters
    ----------
    shapes
        Valid polygons. (n,) object
    features
        Valid polygons, whole; an empty one takes nothing away. (k,) object
    owner
        Which shape each feature is taken from; None when there is one for each shape, in order.
        (k,) int

    Returns
    -------
    Geometries
        Polygons and multipolygons, empty where nothing is left. (n,) object

    Notes
    -----
    Features that were clipped to the shape first leave slivers: their vertices lie beside the
    shape's boundary by an error of rounding, and what stays there ties parts together that the
    feature separates.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> road = np.array([shapely.box(4, -1, 6, 11)])
    >>> left = subtract(np.array([shapely.box(0, 0, 10, 10)]), road)
    >>> shapely.area(left), shapely.get_num_geometries(left)
    (array([80.]), array([2], dtype=int32))
    """
    result = np.array(shapes, dtype=object, copy=True)
    owner = np.arange(len(shapes)) if owner is None else owner
    # The largest first, as it may leave nothing to subtract from.
    order = np.lexsort((-shapely.area(features), owner))
    features, owner = features[order], owner[order]
    stage = np.arange(len(owner)) - np.searchsorted(owner, owner)
    many = np.bincount(owner, minlength=len(shapes))[owner] > _FEW_FEATURES
    stage[many] = _stages(features[many], owner[many])
    for rows in np.split(np.argsort(stage, kind="stable"), np.cumsum(np.bincount(stage))[:-1]):
        rows = rows[~shapely.is_empty(result[owner[rows]])]
        positions, own = _collected(features[rows], owner[rows])
        result[positions] = in_threads(shapely.difference, result[positions], own)
    result = _without_slivers(polygonal(result), AREA_TOLERANCE / 2 * shapely.area(shapes))
    result[shapely.area(result) <= AREA_TOLERANCE * shapely.area(shapes)] = shapely.Polygon()
    return result


def _stages(features: Geometries, owner: Integers) -> Integers:
    """Return the stage in which each feature is subtracted: those of one shape and stage lie apart.

    Each gets the first stage behind those of the features before it that it meets. (k,) int.
    """
    one, other = pairs_with_touching_bounds(shapely.bounds(features), owner)
    meet = in_threads(shapely.intersects, features[one], features[other])
    first, later = np.minimum(one, other)[meet], np.maximum(one, other)[meet]
    stage = np.zeros(len(features), dtype=np.intp)
    while (stage[later] <= stage[first]).any():
        np.maximum.at(stage, later, stage[first] + 1)
    return stage


def _collected(features: Geometries, owner: Integers) -> tuple[Integers, Geometries]:
    """Return the shapes that have features, and the features of each as one geometry."""
    owners, first, number = np.unique(owner, return_index=True, return_counts=True)
    collected, several = features[first], np.flatnonzero(number > 1)
    parts, feature = shapely.get_parts(features[np.repeat(number > 1, number)], return_index=True)
    group = np.repeat(np.arange(len(several)), number[several])[feature]
    collected[several] = collect_by_group(parts, group, len(several))
    return owners, collected


def _without_slivers(shapes: Geometries, most_m2: Floats) -> Geometries:
    """Return shapes without parts that rounding left between features that lie side by side.

    Where a shape has so many that they are more than `most_m2` together, they are no errors of
    rounding: spikes that cross leave thousands of small parts. They stay. (n,) float64 [m2]
    """
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    parts, owner = shapely.get_parts(shapes[several], return_index=True)
    area = shapely.area(parts)
    sliver = area < SLIVER_M2
    lost = np.bincount(owner, np.where(sliver, area, 0.0), minlength=len(several))
    sliver &= (lost <= most_m2[several])[owner]
    changed = np.unique(owner[sliver])
    keep = ~sliver & np.isin(owner, changed)
    group = np.searchsorted(changed, owner[keep])
    shapes[several[changed]] = collect_by_group(parts[keep], group, len(changed))
    return shapes
