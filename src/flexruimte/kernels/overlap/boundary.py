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
from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.outlines import shared_area
from flexruimte.kernels.overlap.pairs import (
    IndexedGeometries,
    Overlaps,
    covered_area,
    index_geometries,
)
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import AREA_TOLERANCE, Booleans, Floats, Integers

__all__ = ["BUFFER_QUADRANT_SEGMENTS", "cover_within_boundary_strip", "rest_within_boundary_strip"]

BUFFER_QUADRANT_SEGMENTS = 16
"""Segments per quarter circle in buffers: a radius is at most 0.12 % short."""


def cover_within_boundary_strip(
    shapes: IndexedGeometries, found: Overlaps, covered: Floats, precision_m: float
) -> Booleans:
    """Return whether what features cover is no more than the fuzzy edge of a map that is precise to some metres.

    It is when it stays within that distance of the shape's boundary and covers less than half of
    the shape.

    Parameters
    ----------
    shapes
        Valid polygons. (n,)
    found
        What they share with features.
    covered
        The area of each shape that is covered; where that is nothing there is no edge. (n,) float64
        [m2]
    precision_m
        Nominal precision of the map; 0 makes nothing an edge. [m]

    Returns
    -------
    Booleans
        (n,) bool

    Examples
    --------
    >>> import numpy as np, shapely
    >>> parcels = index_geometries(np.array([shapely.box(0, 0, 100, 100), shapely.box(-10, 0, 90, 100)]))
    >>> found = overlaps(parcels, index_features(np.array([shapely.box(-20, 0, 4, 100)])))
    >>> cover_within_boundary_strip(parcels, found, covered_area(parcels, found), 5.0)
    array([ True, False])
    """
    edge = _fits_in_boundary_strip(shapes, covered, precision_m)
    candidates, _, inside = _overlaps_in_core(shapes, found, edge, precision_m)
    deep = np.bincount(inside.shape, inside.area, minlength=len(candidates))
    edge[candidates] = deep <= AREA_TOLERANCE * covered[candidates]
    return edge


def rest_within_boundary_strip(
    shapes: IndexedGeometries, found: Overlaps, covered: Floats, precision_m: float
) -> Booleans:
    """Return whether what features leave of a shape is no more than the fuzzy edge of a map, as in `cover_within_boundary_strip`. (n,) bool."""
    left = shapely.area(shapes.geometry) - covered
    only = _fits_in_boundary_strip(shapes, left, precision_m)
    candidates, core, inside = _overlaps_in_core(shapes, found, only, precision_m)
    only[candidates] = (
        shapely.area(core.geometry) - covered_area(core, inside)
        <= AREA_TOLERANCE * left[candidates]
    )
    return only


def _fits_in_boundary_strip(
    shapes: IndexedGeometries, part_m2: Floats, precision_m: float
) -> Booleans:
    """Return which parts of shapes are small enough to lie along the boundary."""
    some = np.flatnonzero(part_m2 > 0) if precision_m > 0 else np.empty(0, dtype=np.intp)
    shape, part_m2 = shapes.geometry[some], part_m2[some]
    # What lies near the boundary lies near a side of it or, where two sides turn inward, round
    # their corner.
    most = precision_m * shapely.length(
        shape
    ) + np.pi / 2 * precision_m**2 * shapely.get_num_coordinates(shape)
    edge = np.zeros(len(shapes.geometry), dtype=bool)
    edge[some] = (part_m2 < 0.5 * shapely.area(shape)) & (part_m2 <= most)
    return edge


def _overlaps_in_core(
    shapes: IndexedGeometries, found: Overlaps, some: Booleans, precision_m: float
) -> tuple[Integers, IndexedGeometries, Overlaps]:
    """Return the positions of some of the shapes, what of them lies deeper than the precision, and what features cover of that."""
    candidates = np.flatnonzero(some)
    deeper = partial(shapely.buffer, distance=-precision_m, quad_segs=BUFFER_QUADRANT_SEGMENTS)
    core = index_geometries(in_threads(deeper, shapes.geometry[candidates]))
    rows = found.where(some[found.shape])
    shape = np.searchsorted(candidates, rows.shape)
    area = shared_area(core.outlines, shape, rows.pieces.outlines, rows.piece)
    return candidates, core, replace(rows, shape=shape, area=area).where(area > 0)
