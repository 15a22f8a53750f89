"""Whether a part of a shape is no more than a strip along its boundary.

Maps drawn at different precision do not meet exactly: what one covers of a shape along its boundary
may be an error of either. Such a strip is recognised by the epsilon band (Perkal 1956): it stays
within the precision of the boundary.

References
----------
J. Perkal (1956). On epsilon length. Bulletin de l'Academie Polonaise des Sciences 4, 399-403.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from flexruimte.kernels.erosion import eroded
from flexruimte.kernels.outlines import shared_area
from flexruimte.kernels.overlap.pairs import (
    IndexedGeometries,
    Overlaps,
    covered_area,
    index_geometries,
)
from flexruimte.vocabulary import AREA_TOLERANCE, Booleans, Floats, Geometries, Integers

__all__ = ["BUFFER_QUADRANT_SEGMENTS", "cover_within_boundary_strip", "rest_within_boundary_strip"]

BUFFER_QUADRANT_SEGMENTS = 16
"""Segments per quarter circle in buffers: a radius is at most 0.12 % short."""


SHARE_OF_NARROW: Final = 0.05
"""A shape with less than this share deeper inside than the map is precise is narrow, and an error
of the map covers no more than this share of it."""


def cover_within_boundary_strip(
    shapes: IndexedGeometries, found: Overlaps, covered: Floats, precision_m: float
) -> Booleans:
    """Return whether what features cover may be an error of a map along the boundary of a shape.

    It is when it stays within the precision of the map of the boundary, and covers less than half
    of the shape. Of a shape that is hardly wider than that, where all is near the boundary, it is
    when it covers `SHARE_OF_NARROW` of it at most.

    Parameters
    ----------
    shapes
        Valid polygons. (n,)
    found
        What they share with features.
    covered
        Area of each shape that is covered. (n,) float64 [m2]
    precision_m
        Nominal precision of the map. [m]

    Returns
    -------
    Booleans
        False where nothing is covered, and for a precision of 0. (n,) bool

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from flexruimte.kernels.overlap import index_features, overlaps
    >>> parcels = np.array([shapely.box(0, 0, 100, 100), shapely.box(-10, 0, 90, 100)])
    >>> parcels = index_geometries(parcels)
    >>> found = overlaps(parcels, index_features(np.array([shapely.box(-20, 0, 4, 100)])))
    >>> cover_within_boundary_strip(parcels, found, covered_area(parcels, found), 5.0)
    array([ True, False])
    """
    within = _fits_in_boundary_strip(shapes, covered, precision_m)
    candidates, core, inside = _overlaps_in_core(shapes, found, within, precision_m)
    deep: Floats = np.bincount(inside.shape, inside.area, len(candidates)).astype(np.float64)
    within[candidates] = _within(shapes.geometry[candidates], core, covered[candidates], deep)
    return within


def rest_within_boundary_strip(
    shapes: IndexedGeometries, found: Overlaps, covered: Floats, precision_m: float
) -> Booleans:
    """Return whether what features leave of a shape may be an error of a map along its boundary.

    Parameters
    ----------
    shapes, found, covered, precision_m
        As for `cover_within_boundary_strip`.

    Returns
    -------
    Booleans
        False where nothing is left, and for a precision of 0. (n,) bool

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from flexruimte.kernels.overlap import index_features, overlaps
    >>> parcels = index_geometries(np.array([shapely.box(0, 0, 100, 100)]))
    >>> found = overlaps(parcels, index_features(np.array([shapely.box(0, 0, 97, 100)])))
    >>> rest_within_boundary_strip(parcels, found, covered_area(parcels, found), 5.0)
    array([ True])
    """
    area = shapely.area(shapes.geometry)
    # What rounding leaves of a shape that is covered whole is nothing.
    rest = np.where(area - covered > AREA_TOLERANCE * area, area - covered, 0.0)
    within = _fits_in_boundary_strip(shapes, rest, precision_m)
    candidates, core, inside = _overlaps_in_core(shapes, found, within, precision_m)
    deep = shapely.area(core.geometry) - covered_area(core, inside)
    within[candidates] = _within(shapes.geometry[candidates], core, rest[candidates], deep)
    return within


def _within(
    shape: Geometries, core: IndexedGeometries, part_m2: Floats, deep_m2: Floats
) -> Booleans:
    """Return whether parts of shapes are no more than a strip, by how much lies in the core."""
    area = shapely.area(shape)
    has_core = shapely.area(core.geometry) > SHARE_OF_NARROW * area
    small = part_m2 <= SHARE_OF_NARROW * area
    return (deep_m2 <= AREA_TOLERANCE * part_m2) & (has_core | small)


def _fits_in_boundary_strip(
    shapes: IndexedGeometries, part_m2: Floats, precision_m: float
) -> Booleans:
    """Return whether a part of each shape is small enough to lie in a strip along the boundary."""
    some = np.flatnonzero(part_m2 > 0) if precision_m > 0 else np.empty(0, dtype=np.intp)
    shape, part_m2 = shapes.geometry[some], part_m2[some]
    # What lies near the boundary lies near a side of it or, where two sides turn inward, round
    # their corner.
    along_sides = precision_m * shapely.length(shape)
    round_corners = np.pi / 2 * precision_m**2 * shapely.get_num_coordinates(shape)
    small = part_m2 <= along_sides + round_corners
    fits = np.zeros(len(shapes.geometry), dtype=bool)
    fits[some] = (part_m2 < 0.5 * shapely.area(shape)) & small
    return fits


def _overlaps_in_core(
    shapes: IndexedGeometries, found: Overlaps, chosen: Booleans, precision_m: float
) -> tuple[Integers, IndexedGeometries, Overlaps]:
    """Return what features cover of shapes deeper inside than the precision.

    Returns
    -------
    candidates : Integers
        Positions of the chosen shapes. (c,) int
    core : IndexedGeometries
        What of them lies deeper inside. (c,)
    inside : Overlaps
        What features cover of that; `shape` is the position among the candidates.
    """
    candidates = np.flatnonzero(chosen)
    core = index_geometries(
        eroded(shapes.geometry[candidates], precision_m, BUFFER_QUADRANT_SEGMENTS)
    )
    rows = found.where(chosen[found.shape])
    shape = np.searchsorted(candidates, rows.shape)
    area = shared_area(core.outlines, shape, rows.pieces.outlines, rows.piece)
    return candidates, core, replace(rows, shape=shape, area=area).where(area > 0)
