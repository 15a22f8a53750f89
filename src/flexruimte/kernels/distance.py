"""Array kernel on distances: how far the nearest thing is, in a straight line."""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries

__all__ = ["NODE_CAPACITY", "distance_to_nearest"]

_LINE, _POLYGON = 1, 3
_SEGMENTS_PER_PIECE = 8
"""A tree finds a short piece of a line, where it would have to measure along all of a long one."""
NODE_CAPACITY = 2
"""A tree that is asked what is nearest measures how far every member of a node is, once it looks into the node: so few in each."""


def distance_to_nearest(shapes: Geometries, things: Geometries, limit_m: float) -> Floats:
    """Return the distance from each shape to the nearest of some things, 0 where they meet.

    Parameters
    ----------
    shapes
        Valid polygons, lines or points; from an empty one nothing is near. (n,) object
    things
        Valid polygons, lines or points; empty ones are nowhere. (m,) object
    limit_m
        What is farther is as good as absent. [m]

    Returns
    -------
    Floats
        At most `limit_m`, also where there is no thing at all. (n,) float64 [m]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> things = np.array([shapely.Point(3, 0), shapely.box(0, 4, 9, 9)])
    >>> distance_to_nearest(np.array([shapely.box(0, 0, 1, 1), shapely.Point(5, 5), shapely.Point(99, 0)]), things, 50.0)
    array([ 2.,  0., 50.])
    """
    distance = np.full(len(shapes), float(limit_m))
    parts = shapely.get_parts(things)
    kind = shapely.get_type_id(parts)
    polygons = parts[kind == _POLYGON]
    if len(polygons):
        tree = _built_tree(shapes)
        distance[
            in_threads(lambda chunk: tree.query(chunk, predicate="intersects")[1], polygons)
        ] = 0.0
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
    """Return a tree that threads may share: the first question builds it."""
    tree = shapely.STRtree(geometries, node_capacity)
    tree.query(geometries[:1])
    return tree


def _short_pieces(lines: Geometries) -> Geometries:
    """Return lines as pieces of some segments each, between the vertices that they have.

    (n,) object -> (k,) object.
    """
    points, line = shapely.get_coordinates(lines, return_index=True)
    start = np.flatnonzero(line[1:] == line[:-1])
    place = start - np.searchsorted(line, line[start])
    first = np.flatnonzero(place % _SEGMENTS_PER_PIECE == 0)
    number = np.diff(first, append=len(start)) + 1
    piece = np.repeat(np.arange(len(first)), number)
    point = start[first][piece] + np.arange(len(piece)) - (np.cumsum(number) - number)[piece]
    return np.asarray(
        shapely.linestrings(points[point], indices=piece) if len(piece) else [], dtype=object
    )
