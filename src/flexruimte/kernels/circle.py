"""The largest circle inside each polygon, which says how wide it is.

Its centre is the pole of inaccessibility (Garcia-Castellanos and Lombardo 2007). Squares that cover
a polygon are split in four and dropped where none of their places can be better than the best so
far: the quadtree search of polylabel (Agafonkin 2016), with a tighter bound, for all polygons at
once. Polygons with many points go to GEOS, which has an index of their edges.

References
----------
D. Garcia-Castellanos and U. Lombardo (2007). Poles of inaccessibility: a calculation algorithm for
the remotest places on Earth. Scottish Geographical Journal 123(3), 227-233.
V. Agafonkin (2016). A new algorithm for finding a visual center of a polygon.
https://blog.mapbox.com/a-new-algorithm-for-finding-a-visual-center-of-a-polygon-7c77e6492fbc
"""

from __future__ import annotations

from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["width"]

_MANY_POINTS = 50
"""Shapes with more points go to GEOS, one by one."""
_EDGES_AT_ONCE = 2**14
"""Edges of squares that are worked on together: what comes of them fits a processor's cache."""
_QUARTERS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
"""Directions from the centre of a square to those of its quarters."""


def width(shapes: Geometries, tolerance_m: float = 0.01) -> Floats:
    """Return the diameter of the largest circle inside each shape.

    Parameters
    ----------
    shapes
        Valid polygons. (n,) object
    tolerance_m
        More than 0; the diameter is at most twice this too small, so that points along the edges
        that change no shape change no width by more. [m]

    Returns
    -------
    Floats
        0 for None and an empty shape. (n,) float64 [m]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> float(width(np.array([shapely.box(0, 0, 10, 50)]))[0])
    10.0
    """
    result = np.zeros(len(shapes))
    points = shapely.get_num_coordinates(shapes)
    few = np.flatnonzero((points > 0) & (points <= _MANY_POINTS))
    many = np.flatnonzero(points > _MANY_POINTS)
    result[few] = 2 * _largest_radius(shapes[few], tolerance_m)
    circles = in_threads(
        partial(shapely.maximum_inscribed_circle, tolerance=tolerance_m), shapes[many]
    )
    result[many] = 2 * shapely.length(circles)
    return result


def _largest_radius(shapes: Geometries, tolerance_m: float) -> Floats:
    """Return the radius of the largest circle inside each shape, at most the tolerance too small.

    A square is dropped when no place in it can be farther from the boundary than the best place so
    far by more than the tolerance. (n,) float64 [m].
    """
    order = np.argsort(shapely.get_num_coordinates(shapes), kind="stable")
    shapes = shapes[order]
    left, bottom, right, top = shapely.bounds(shapes).T
    middle = np.stack([left + right, bottom + top], axis=1) / 2
    edges, number = _edges_around(shapes, middle)
    split = partial(_split, edges=edges, first=np.cumsum(number) - number, number=number)
    every = np.arange(len(shapes))
    best = np.zeros(len(shapes))
    half = np.maximum(right - left, top - bottom) / 2
    # The middle of the bounds, a square without size, is the centre of no other square.
    squares = (
        every.repeat(2),
        np.zeros((2 * len(shapes), 2)),
        np.stack([half, np.zeros(len(shapes))], axis=1).ravel(),
    )
    while len(squares[0]):
        shape, centre, half = squares
        found = in_threads(split, *squares, work=number[shape], most_work=_EDGES_AT_ONCE)
        radius, most = np.moveaxis(found, 2, 0)
        np.maximum.at(best, shape, radius.max(axis=1))
        square, quarter = np.nonzero(most > best[shape, None] + tolerance_m)
        squares = (
            shape[square],
            centre[square] + half[square, None] / 2 * _QUARTERS[quarter],
            half[square] / 2,
        )
    result = np.empty(len(shapes))
    result[order] = best
    return result


def _edges_around(shapes: Geometries, middle: Floats) -> tuple[Floats, Integers]:
    """Return the edges of shapes, relative to their middle, one per point.

    From the last point of a ring goes an edge without length, so that every shape ends with one.

    Returns
    -------
    edges : Floats
        x and y of the start, y of the end, the vector to the end, and that vector divided by the
        square of its length. (7, k) float64
    number : Integers
        Number of edges of each shape. (n,) int
    """
    start, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shapes)), return_index=True
    )
    number = shapely.get_num_coordinates(shapes)
    start -= np.repeat(middle, number, axis=0)
    end = np.append(start[1:], start[-1:], axis=0)
    last = np.diff(ring, append=-1) != 0
    end[last] = start[last]
    way = end - start
    square = (way**2).sum(axis=1, keepdims=True)
    share = np.divide(way, square, out=np.zeros_like(way), where=square > 0)
    edges: Floats = np.stack([*start.T, end[:, 1], *way.T, *share.T])
    return edges, np.asarray(number, dtype=np.intp)


def _split(
    shape: Integers,
    centre: Floats,
    half: Floats,
    *,
    edges: Floats,
    first: Integers,
    number: Integers,
) -> Floats:
    """Split squares in four; return how far the quarters are, and could be, from the boundary.

    Parameters
    ----------
    shape
        Position of the shape of each square; the number of its edges does not fall. (k,) int
    centre, half
        Centre of each square, relative to the middle of its shape, and half its side. (k, 2) and
        (k,) float64 [m]
    edges
        As `_edges_around` returns them.
    first, number
        First edge of each shape, and how many it has. (n,) int

    Returns
    -------
    Floats
        Of each quarter the distance from its centre to the boundary, negative outside; and an upper
        bound of that distance anywhere in the quarter. In the order of `_QUARTERS`. (k, 4, 2)
        float64 [m]
    """
    half, sides = half / 2, _QUARTERS[:2, :1]
    # The last edge of a shape, which has no length, fills up what shapes with more edges have more.
    last = number[shape] - 1
    edge = np.minimum(np.arange(last[-1] + 1)[:, None], last) + first[shape]
    start_x, start_y, end_y, way_x, way_y, share_x, share_y = edges.take(edge, axis=1)
    x, y = (centre.T[:, None] + sides * half)[:, :, None]
    # Both halves in x side by side, both halves in y one above the other. (2, 2, edges, squares)
    x, y = x[None], y[:, None]
    from_x, from_y = x - start_x, y - start_y
    rising = end_y > y
    crosses = ((start_y > y) != rising) & ((from_x * way_y < from_y * way_x) == rising)
    inside = np.logical_xor.reduce(crosses, axis=2)
    along = from_x * share_x + from_y * share_y
    np.clip(along, 0, 1, out=along)
    distance, bound = _distance_bound(from_x - along * way_x, from_y - along * way_y, half)
    # From outside the way to any place inside leads over the boundary.
    bound = np.where(inside, bound, np.minimum(bound, np.sqrt(2) * half - distance))
    signed = np.where(inside, distance, -distance)
    return np.stack([signed, bound]).reshape(2, 4, len(half)).T


def _distance_bound(to_x: Floats, to_y: Floats, half: Floats) -> tuple[Floats, Floats]:
    """Return the distance from centres of squares to the boundary, and its bound in the squares.

    The arrays that are passed in are overwritten: they are large.

    Parameters
    ----------
    to_x, to_y
        Vectors from the nearest place of each edge to the centres. (2, 2, e, k) float64 [m]
    half
        Half the side of each square. (k,) float64 [m]

    Returns
    -------
    distance, bound : Floats
        (2, 2, k) float64 [m]

    Notes
    -----
    The distance to the boundary is no more than that to any point of it. For two such points at d1
    and d2 from the centre, in directions u1 and u2, the smaller distance from a place v farther on
    is at most the root of (d1^2 + d2^2) / 2 + v . (u1 + u2) + v . v. Between two walls u1 and u2
    are opposite, and this bound is nearly tight.
    """
    count, size = to_x.shape[2:]
    square = to_x**2
    square += to_y**2
    block = np.arange(4).reshape(2, 2, 1) * (count * size)
    nearest = square.argmin(axis=2) * size + block + np.arange(size)
    nearest_square = square.ravel()[nearest]
    to_x += to_x.ravel()[nearest][:, :, None]
    to_y += to_y.ravel()[nearest][:, :, None]
    farther = np.abs(to_x, out=to_x)
    farther += np.abs(to_y, out=to_y)
    farther *= 2 * half
    farther += square
    bound = np.sqrt((farther.min(axis=2) + nearest_square) / 2 + 2 * half**2)
    return np.sqrt(nearest_square), bound
