"""What of a shape lies deeper inside than a distance, also where its outline is very jagged.

GEOS offsets all sides of an outline at once, and then resolves every crossing of what it drew.
Where thousands of sides lie within the distance of each other, nearly all of them cross, so that
time and memory grow with the square of the vertices. An erosion by a disc is the same as erosions
by smaller discs one after the other (their radii add up), and a first small step takes off what is
jagged.

References
----------
J. Serra (1982). Image Analysis and Mathematical Morphology. Academic Press, section II.C: the
erosion by a sum of sets is the erosion by one and then by the other.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries

__all__ = ["eroded", "within_setback"]

_JAGGED = 1000
"""A shape with more vertices is taken in steps; measured, a star of so many takes 0.5 s at once."""
_DOUBLINGS = 5
_COARSE = 4
"""Segments per quarter circle where arcs need not be exact."""


def eroded(shapes: Geometries, distance: float, quad_segs: int) -> Geometries:
    """Return what of shapes lies deeper inside than a distance.

    Corners that turn inward become arcs, of which the radius is as much too short as that of a
    circle with so many sides; in steps no more than that.

    Parameters
    ----------
    shapes
        Valid polygons. (n,) object
    distance
        At least 0. [m]
    quad_segs
        Segments per quarter circle.

    Returns
    -------
    Geometries
        Polygons, empty where nothing lies so deep. (n,) object

    Examples
    --------
    >>> shapely.area(eroded(np.array([shapely.box(0, 0, 10, 10)]), 2.0, 16)).tolist()
    [36.0]
    """
    jagged = shapely.get_num_coordinates(shapes) > _JAGGED
    result = np.array(shapes, dtype=object)
    result[~jagged] = _at_once(result[~jagged], distance, quad_segs)
    if jagged.any():
        for step in _steps(distance):
            result[jagged] = _at_once(result[jagged], step, quad_segs)
    return result


def within_setback(shapes: Geometries, distance: float) -> Geometries:
    """Return what of shapes may be built on where so much along their boundary may not.

    Sides stay straight and corners sharp. Of a very jagged shape corners that turn inward become
    arcs, drawn so that they nowhere come nearer than the distance.

    Parameters
    ----------
    shapes
        Valid polygons. (n,) object
    distance
        At least 0. [m]

    Examples
    --------
    >>> shapely.area(within_setback(np.array([shapely.box(0, 0, 10, 10)]), 2.0)).tolist()
    [36.0]
    """
    jagged = shapely.get_num_coordinates(shapes) > _JAGGED
    result = np.array(shapes, dtype=object)
    result[~jagged] = shapely.buffer(result[~jagged], -distance, join_style="mitre")
    if jagged.any():
        # The sides of an arc lie nearer than its corners.
        farther = distance / np.cos(np.pi / (4 * _COARSE))
        result[jagged] = eroded(result[jagged], farther, _COARSE)
    return result


def _steps(distance: float) -> Floats:
    """Return distances that add up to one: each as far as all before it together. [m]"""
    return distance / 2.0 ** np.array([_DOUBLINGS, *range(_DOUBLINGS, 0, -1)])


def _at_once(shapes: Geometries, distance: float, quad_segs: int) -> Geometries:
    inward = partial(shapely.buffer, distance=-distance, quad_segs=quad_segs)
    return np.asarray(in_threads(inward, shapes), dtype=object)
