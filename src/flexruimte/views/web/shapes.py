"""Polygons as whole numbers, a tenth of what GeoJSON takes: steps from one vertex to the next."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

from flexruimte.results.wgs84 import degrees
from flexruimte.vocabulary import Floats, Geometries

__all__ = ["STEPS_PER_DEGREE", "bounds_of", "encoded_shapes"]

STEPS_PER_DEGREE: Final = 1_000_000
"""A step is about a decimetre: a tenth of the width of a line on the screen at most."""


def encoded_shapes(shapes: Geometries) -> dict[str, list[int]]:
    """Return polygons in WGS 84 as lists of whole numbers, from which the page makes GeoJSON.

    Parameters
    ----------
    shapes
        Polygons and multipolygons in RD New; None is empty. (n,) object

    Returns
    -------
    dict of list
        `x` and `y`: steps of each vertex from the one before, over all shapes, the first from 0
        degrees; `rings`, `polygons`, `shapes`: how many vertices each ring has, rings each polygon,
        polygons each shape.

    Examples
    --------
    >>> encoded = encoded_shapes(np.array([shapely.box(155_000, 463_000, 155_100, 463_100), None]))
    >>> encoded["rings"], encoded["polygons"], encoded["shapes"]
    ([5], [1], [1, 0])
    >>> encoded["x"][0], encoded["y"][0]  # the tower of Amersfoort, 100 m to the east
    (5388665, 52155172)
    """
    if not len(shapes):
        return {"x": [], "y": [], "rings": [], "polygons": [], "shapes": []}
    coordinates, rings, polygons, members = _parts(shapes)
    steps = np.round(degrees(coordinates) * STEPS_PER_DEGREE).astype(np.int64)
    steps = np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {
        "x": steps[:, 0].tolist(),
        "y": steps[:, 1].tolist(),
        "rings": rings,
        "polygons": polygons,
        "shapes": members,
    }


def bounds_of(shapes: Geometries) -> list[float] | None:
    """Return west, south, east and north; None where there is no shape. [degree]"""
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(there):
        return None
    corners: Floats = degrees(shapely.get_coordinates(shapely.envelope(there)))
    return [*corners.min(axis=0).round(6).tolist(), *corners.max(axis=0).round(6).tolist()]


def _parts(shapes: Geometries) -> tuple[Floats, list[int], list[int], list[int]]:
    """Return all vertices, and how many each ring, rings each polygon, polygons each shape has."""
    polygons, shape_of = shapely.get_parts(shapes, return_index=True)
    keep = shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON
    keep &= ~shapely.is_empty(polygons)
    polygons, shape_of = polygons[keep], shape_of[keep]
    rings, polygon_of = shapely.get_rings(polygons, return_index=True)
    coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
    counts: list[Any] = [
        np.bincount(of, minlength=number).tolist()
        for of, number in (
            (ring_of, len(rings)),
            (polygon_of, len(polygons)),
            (shape_of, len(shapes)),
        )
    ]
    return coordinates, *counts
