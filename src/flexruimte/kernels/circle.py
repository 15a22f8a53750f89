"""Array kernel: the largest circle inside each polygon, which says how wide it is."""

from __future__ import annotations

from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["width"]

_MANY_POINTS = 50
"""In shapes with more points than this circles are sought one shape at a time, with an index of its edges."""
_EDGES_AT_ONCE = 2**14
"""So many edges are looked at together, from four places each: what that needs stays near the processor."""
_QUARTERS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
"""Which way the centres of the quarters of a square lie from its own."""
_CLOSER = 16
"""Around the best place that was found the tolerance is so much smaller."""


def width(shapes: Geometries, tolerance_m: float = 0.1) -> Floats:
    """Return the diameter of the largest circle inside each shape, 0 for an empty one.

    (n,) object -> (n,) float64 [m].

    Parameters
    ----------
    shapes
        Valid polygons. (n,) object
    tolerance_m
        More than 0; the answer is at most twice this too small. [m]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> float(width(np.array([shapely.box(0, 0, 10, 50)]))[0])
    10.0
    """
    result = np.zeros(len(shapes))
    points = shapely.get_num_coordinates(shapes)
    few, many = (
        np.flatnonzero((points > 0) & (points <= _MANY_POINTS)),
        np.flatnonzero(points > _MANY_POINTS),
    )
    result[few] = 2 * _largest_radius(shapes[few], tolerance_m)
    circles = in_threads(
        partial(shapely.maximum_inscribed_circle, tolerance=tolerance_m), shapes[many]
    )
    result[many] = 2 * shapely.length(circles)
    return result


def _largest_radius(shapes: Geometries, tolerance_m: float) -> Floats:
    """Return the radius of the largest circle inside each shape, at most the tolerance too small.

    (n,) float64 [m].

    Squares that cover the shapes are split in four, those of all shapes at once. A square is
    dropped when no place in it can be farther from the boundary than the best place found so far,
    by more than the tolerance. At last the surroundings of the best place are looked at more
    closely: that costs little, and a strip of 10 m is then not 9.8 m wide.
    """
    order = np.argsort(shapely.get_num_coordinates(shapes), kind="stable")
    shapes = shapes[order]
    left, bottom, right, top = shapely.bounds(shapes).T
    middle = np.stack([left + right, bottom + top], axis=1) / 2
    edges, number = _edges_around(shapes, middle)
    split = partial(_quarters, edges=edges, first=np.cumsum(number) - number, number=number)
    every = np.arange(len(shapes))
    best, place = np.zeros(len(shapes)), np.zeros((len(shapes), 2))
    half = np.maximum(right - left, top - bottom) / 2
    # A square without size is a place by itself: here the middle, which nothing else looks at.
    squares = (
        every.repeat(2),
        np.zeros((2 * len(shapes), 2)),
        np.stack([half, np.zeros(len(shapes))], axis=1).ravel(),
    )
    for tolerance in (tolerance_m, tolerance_m / _CLOSER):
        while len(squares[0]):
            shape, centre, half = squares
            radius, most = np.moveaxis(
                in_threads(split, *squares, work=number[shape], most_work=_EDGES_AT_ONCE), 2, 0
            )
            before = best.copy()
            np.maximum.at(best, shape, radius.max(axis=1))
            square, quarter = np.nonzero(
                (radius == best[shape, None]) & (radius > before[shape, None])
            )
            place[shape[square]] = centre[square] + half[square, None] / 2 * _QUARTERS[quarter]
            square, quarter = np.nonzero(most > best[shape, None] + tolerance)
            squares = (
                shape[square],
                centre[square] + half[square, None] / 2 * _QUARTERS[quarter],
                half[square] / 2,
            )
        squares = every, place.copy(), np.full(len(shapes), 2 * tolerance_m)
    result = np.empty(len(shapes))
    result[order] = best
    return result


def _edges_around(shapes: Geometries, middle: Floats) -> tuple[Floats, Integers]:
    """Return the edges of shapes, seen from their middle, and the number of edges of each shape.

    (7, k) float64: x and y of the start, y of the end, the way to the end, and the same divided by
    the square of its length. One for each point: from the last of a ring an edge without length, so
    that every shape ends with one.
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


def _quarters(
    shape: Integers,
    centre: Floats,
    half: Floats,
    *,
    edges: Floats,
    first: Integers,
    number: Integers,
) -> Floats:
    """Split squares in four, and look at the quarters.

    Parameters
    ----------
    shape
        Position of the shape of each square; the number of its edges does not fall. (k,) int
    centre, half
        Centre of each square, seen from the middle of its shape, and half its side. (k, 2) and (k,)
        float64 [m]
    edges
        As `_edges_around` returns them.
    first, number
        First edge of each shape, and how many it has.

    Returns
    -------
    Floats
        Of each quarter the distance from its centre to the boundary, negative outside; and the most
        that it can be anywhere in the quarter. In the order of `_QUARTERS`. (k, 4, 2) float64 [m]

    Notes
    -----
    The distance to the boundary is no more than that to any point of it. For two such points at d1
    and d2 from the centre, in directions u1 and u2, the smaller distance from a place v farther on
    is at most the root of (d1^2 + d2^2) / 2 + v . (u1 + u2) + v . v. Between two walls u1 and u2
    are opposite, and this says nearly what is so.
    """
    half, sides = half / 2, _QUARTERS[:2, :1]
    # The last edge of a shape, which has no length, fills up what shapes with more edges have more.
    last = number[shape] - 1
    edge = np.minimum(np.arange(last[-1] + 1)[:, None], last) + first[shape]
    count, size = edge.shape
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
    to_x, to_y = from_x - along * way_x, from_y - along * way_y
    square = to_x**2
    square += to_y**2
    nearest = (
        square.argmin(axis=2) * size
        + np.arange(4).reshape(2, 2, 1) * (count * size)
        + np.arange(size)
    )
    nearest_square = square.ravel()[nearest]
    to_x += to_x.ravel()[nearest][:, :, None]
    to_y += to_y.ravel()[nearest][:, :, None]
    farther = np.abs(to_x, out=to_x)
    farther += np.abs(to_y, out=to_y)
    farther *= 2 * half
    farther += square
    distance = np.sqrt(nearest_square)
    signed = np.where(inside, distance, -distance)
    most = np.sqrt((farther.min(axis=2) + nearest_square) / 2 + 2 * half**2)
    # From outside the way to any place inside leads over the boundary.
    most = np.where(inside, most, np.minimum(most, np.sqrt(2) * half - distance))
    return np.stack([signed, most]).reshape(2, 4, size).T
