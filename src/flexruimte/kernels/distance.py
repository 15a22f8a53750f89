"""The distance to the nearest feature, in a straight line.

Features are looked up branch and bound in an STR-packed R-tree (Leutenegger and others 1997).

References
----------
S. T. Leutenegger, J. M. Edgington and M. A. Lopez (1997). STR: a simple and efficient algorithm for
R-tree packing. 13th International Conference on Data Engineering, 497-506.
"""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.ranges import ranges
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries

__all__ = ["NODE_CAPACITY", "distance_to_nearest"]

_LINE, _POLYGON = 1, 3
_SEGMENTS_PER_PIECE = 8
"""Lines are cut in short pieces, so that the tree need not measure along all of a long one."""
NODE_CAPACITY = 2
"""Members per node of a tree that is asked for the nearest.

Few, as the tree measures the distance to every member of a node that it opens.
"""


def distance_to_nearest(shapes: Geometries, features: Geometries, limit_m: float) -> Floats:
    """Return the distance from each shape to the nearest feature, 0 where they meet.

    Parameters
    ----------
    shapes
        Valid polygons, lines or points; from None and an empty one nothing is near. (n,) object
    features
        Valid polygons, lines or points; None and empty ones are nowhere. (m,) object
    limit_m
        What is farther counts as absent. [m]

    Returns
    -------
    Floats
        At most `limit_m`, also where there is no feature at all. (n,) float64 [m]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> features = np.array([shapely.Point(3, 0), shapely.box(0, 4, 9, 9)])
    >>> shapes = np.array([shapely.box(0, 0, 1, 1), shapely.Point(5, 5), shapely.Point(99, 0)])
    >>> distance_to_nearest(shapes, features, 50.0)
    array([ 2.,  0., 50.])
    """
    distance = np.full(len(shapes), float(limit_m))
    parts = shapely.get_parts(features)
    kind = shapely.get_type_id(parts)
    polygons = parts[kind == _POLYGON]
    if len(polygons):
        tree = _built_tree(shapes)
        meeting = in_threads(lambda some: tree.query(some, predicate="intersects")[1], polygons)
        distance[meeting] = 0.0
    # From outside the nearest place of a polygon lies on one of its rings.
    lines = np.append(parts[kind == _LINE], shapely.get_rings(polygons))
    pieces = np.append(parts[(kind != _LINE) & (kind != _POLYGON)], _short_pieces(lines))
    apart = np.flatnonzero(distance)
    if len(pieces):
        pieces_tree = _built_tree(pieces, NODE_CAPACITY)

        def nearest_of(chunk: Geometries) -> Floats:
            found = np.full(len(chunk), float(limit_m))
            (shape, _), away = pieces_tree.query_nearest(
                chunk, max_distance=limit_m, return_distance=True, all_matches=False
            )
            found[shape] = np.minimum(away, limit_m)
            return found

        distance[apart] = in_threads(nearest_of, shapes[apart])
    return distance


def _built_tree(geometries: Geometries, node_capacity: int = 10) -> shapely.STRtree:
    """Return a tree that threads may share: it is built at its first query, which is made here."""
    tree = shapely.STRtree(geometries, node_capacity)
    tree.query(geometries[:1])
    return tree


def _short_pieces(lines: Geometries) -> Geometries:
    """Return lines, (n,) object, cut at vertices in pieces of some segments each, (k,) object."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    start = np.flatnonzero(line[1:] == line[:-1])
    place = start - np.searchsorted(line, line[start])
    first = np.flatnonzero(place % _SEGMENTS_PER_PIECE == 0)
    if not len(first):
        return np.empty(0, dtype=object)
    number = np.diff(first, append=len(start)) + 1
    piece = np.repeat(np.arange(len(first)), number)
    point = ranges(start[first], number)
    return np.asarray(shapely.linestrings(points[point], indices=piece), dtype=object)
