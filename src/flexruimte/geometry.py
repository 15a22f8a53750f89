"""Array kernels on polygons: what overlaps what, what is covered, what remains, how wide it is.

Kernels take arrays and return arrays. They know positions, not labels; metres, not coordinate systems; and they keep nothing between calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import shapely

from flexruimte.outlines import Outlines, outlines, shared_area
from flexruimte.parallel import in_threads
from flexruimte.vocabulary import AREA_TOLERANCE, Booleans, Floats, Geometries, Integers

__all__ = [
    "Overlaps",
    "Prepared",
    "covered_area",
    "isoperimetric_quotient",
    "largest_part",
    "leaves_only_boundary",
    "overlaps",
    "polygonal",
    "prepared",
    "prepared_features",
    "remainder",
    "stays_at_boundary",
    "subdivide",
    "union_by_group",
    "width",
]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
BUFFER_QUADRANT_SEGMENTS = 16
"""Segments per quarter circle in buffers: a radius is at most 0.12 % short."""


_ROUNDING_M = 1e-6
"""Farther apart than this is no accident of rounding. [m]"""
_SIDE_BY_SIDE_M = 1e-3
"""Groups that are put side by side are moved by rounding errors far smaller than this. [m]"""
_FEW_CUTTERS = 8
"""So many cut a shape one by one; more are sorted first into those that lie apart and cut together."""
_FILM_M2 = 1e-6
"""A part that is smaller than a square millimetre is an accident of rounding. [m2]"""
_MANY_POINTS = 50
"""In shapes with more points than this circles are sought one shape at a time, with an index of its edges."""
_EDGES_AT_ONCE = 2**14
"""So many edges are looked at together, from four places each: what that needs stays near the processor."""
_QUARTERS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
"""Which way the centres of the quarters of a square lie from its own."""
_CLOSER = 16
"""Around the best place that was found the tolerance is so much smaller."""


@dataclass(frozen=True)
class Prepared:
    """Geometries, and what is worked out of them once however often they are laid over others."""

    geometry: Geometries
    """(p,) object"""
    source: Integers
    """Position of the geometry that each is, or is a piece of, rising. (p,) int"""

    @cached_property
    def outlines(self) -> Outlines:
        """Their edges."""
        return outlines(self.geometry)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """For what lies near."""
        return shapely.STRtree(self.geometry)

    @cached_property
    def areal(self) -> Booleans:
        """Which are polygons. (p,) bool"""
        return np.isin(shapely.get_type_id(self.geometry), (_POLYGON, _MULTIPOLYGON))


@dataclass(frozen=True)
class Overlaps:
    """Where shapes and features share something, one row per pair, ordered by shape, then feature.

    A subdivided feature gives several rows with the same pair; they share no area.
    """

    shape: Integers
    """Position of the shape. (k,) int"""
    feature: Integers
    """Position of the feature. (k,) int"""
    area: Floats
    """Area of the shared part; 0 for lines and points. (k,) float64 [m2]"""
    piece: Integers
    """Position of the feature, or of the piece of it, that shares this with the shape. (k,) int"""
    pieces: Prepared
    """The features in pieces."""

    def where(self, keep: Booleans) -> Overlaps:
        """Return the rows for which `keep`, a (k,) array, holds."""
        return Overlaps(self.shape[keep], self.feature[keep], self.area[keep], self.piece[keep], self.pieces)

    @property
    def geometry(self) -> Geometries:
        """The feature or piece of each row; it may reach beyond the shape. (k,) object"""
        return self.pieces.geometry[self.piece]


def polygonal(geometries: Geometries) -> Geometries:
    """Return only the polygon parts of each geometry; None and what has no polygons become an empty polygon.

    Parameters
    ----------
    geometries
        Any geometries. (n,) object

    Returns
    -------
    Geometries
        Polygons and multipolygons. (n,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (0 0), POLYGON ((0 0, 1 0, 1 1, 0 0)))")
    >>> shapely.area(polygonal(np.array([mixed, None])))
    array([0.5, 0. ])
    """
    kinds = shapely.get_type_id(geometries)
    result = np.array(geometries, dtype=object, copy=True)
    mixed = np.flatnonzero(kinds == _COLLECTION)
    parts, owner = shapely.get_parts(np.asarray(geometries)[mixed], return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    keep = shapely.get_type_id(parts) == _POLYGON
    result[mixed] = _collected(parts[keep], owner[keep], len(mixed))
    result[(kinds != _POLYGON) & (kinds != _MULTIPOLYGON) & (kinds != _COLLECTION)] = shapely.Polygon()
    return result


def _collected(polygons: Geometries, owner: Integers, count: int) -> Geometries:
    """Return one (multi)polygon per owner, in rising order, empty where it owns none."""
    result = np.full(count, shapely.Polygon(), dtype=object)
    if len(polygons):
        owners, first, number = np.unique(owner, return_index=True, return_counts=True)
        result[owners] = shapely.multipolygons(polygons, indices=np.repeat(np.arange(len(owners)), number))
        result[owners[number == 1]] = polygons[first[number == 1]]
    return result


def subdivide(geometries: Geometries, most_points: int = 256) -> tuple[Geometries, Integers]:
    """Cut polygons with many points into pieces along the middle of their bounds, so that a look at one place stays cheap.

    Parameters
    ----------
    geometries
        Polygons. (n,) object
    most_points
        Polygons with more points than this are cut.

    Returns
    -------
    pieces : Geometries
        (m,) object; together they are the input.
    source : Integers
        Position of the polygon that each piece comes from, rising. (m,) int

    Notes
    -----
    Cuts depend on a polygon alone, never on the window it was read for, so that results do not depend on it either.
    """
    done_pieces, done_source = [], []
    pieces, source = np.asarray(geometries, dtype=object), np.arange(len(geometries))
    while len(pieces):
        small = shapely.get_num_coordinates(pieces) <= most_points
        done_pieces.append(pieces[small])
        done_source.append(source[small])
        pieces, source = pieces[~small], source[~small]
        if not len(pieces):
            break
        left, bottom, right, top = shapely.bounds(pieces).T
        wide = right - left > top - bottom
        middle_x, middle_y = np.where(wide, (left + right) / 2, right), np.where(wide, top, (bottom + top) / 2)
        first = in_threads(shapely.intersection, pieces, shapely.box(left, bottom, middle_x, middle_y))
        other_half = shapely.box(np.where(wide, middle_x, left), np.where(wide, bottom, middle_y), right, top)
        second = in_threads(shapely.intersection, pieces, other_half)
        pieces, source = polygonal(np.concatenate([first, second])), np.concatenate([source, source])
        keep = ~shapely.is_empty(pieces)
        pieces, source = pieces[keep], source[keep]
    all_pieces, all_source = np.concatenate([np.empty(0, object), *done_pieces]), np.concatenate([np.empty(0, np.intp), *done_source])
    order = np.argsort(all_source, kind="stable")
    return all_pieces[order], all_source[order]


def prepared(shapes: Geometries) -> Prepared:
    """Return shapes, ready to be laid over. (n,) object."""
    return Prepared(np.asarray(shapes, dtype=object), np.arange(len(shapes)))


def prepared_features(features: Geometries) -> Prepared:
    """Return features, ready to be laid over shapes: where all are polygons, those with many points in pieces. (m,) object."""
    whole = prepared(features)
    return Prepared(*subdivide(whole.geometry)) if whole.areal.all() else whole


def overlaps(shapes: Prepared, features: Prepared) -> Overlaps:
    """Return what shapes and features share.

    Polygons that only touch share nothing; a point on the boundary of a shape is shared, and so is a line that runs along it.

    Parameters
    ----------
    shapes
        Valid polygons; None and empty share nothing. (n,)
    features
        Valid polygons, lines or points; None and empty share nothing. (m,)

    Returns
    -------
    Overlaps
        One row per pair, or per pair and piece of a polygon with many points.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> features = prepared_features(np.array([shapely.box(1, 0, 3, 1), shapely.box(2, 0, 3, 1)]))
    >>> found = overlaps(prepared(np.array([shapely.box(0, 0, 2, 1)])), features)
    >>> found.feature, found.area
    (array([0]), array([1.]))
    """
    piece, shape = shapes.tree.query(features.geometry)
    order = np.lexsort((piece, shape))
    piece, shape = piece[order], shape[order]
    area = shared_area(shapes.outlines, shape, features.outlines, piece)
    keep = area > _FILM_M2
    other = np.flatnonzero(~features.areal[piece])
    keep[other] = _meet(shapes.geometry, shape[other], features.geometry[piece[other]])
    return Overlaps(shape[keep], features.source[piece[keep]], area[keep], piece[keep], features)


def _meet(shapes: Geometries, shape: Integers, others: Geometries) -> Booleans:
    """Return which pairs, in order of shape, meet. (k,) bool."""
    looked_at = shapes[np.unique(shape)]
    shapely.prepare(looked_at)
    meet = in_threads(shapely.intersects, shapes[shape], others, together=shape)
    shapely.destroy_prepared(looked_at)
    return np.asarray(meet, dtype=bool)


def union_by_group(geometries: Geometries, group: Integers, count: int) -> Geometries:
    """Return the union of the polygons of each group.

    Parameters
    ----------
    geometries
        Polygons. (k,) object
    group
        Group of each polygon, from 0 to `count` - 1, in rising order. (k,) int
    count
        Number of groups.

    Returns
    -------
    Geometries
        An empty polygon for a group without members. (count,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> boxes = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> shapely.area(union_by_group(boxes, np.array([1, 1]), 2))
    array([0., 3.])
    """
    result = np.full(count, shapely.Polygon(), dtype=object)
    several = np.bincount(group, minlength=count)[group] > 1
    result[group[~several]] = geometries[~several]
    geometries, group = geometries[several], group[several]
    # What lies apart from the rest of its group needs no union, and most does.
    joined = _meets_another(geometries, group)
    united, owner = _unions(geometries[joined], group[joined])
    parts, whole = shapely.get_parts(np.concatenate([united, geometries[~joined]]), return_index=True)
    owner = np.concatenate([owner, group[~joined]])[whole]
    order = np.argsort(owner, kind="stable")
    groups, number = np.unique(owner, return_inverse=True)
    result[groups] = _collected(parts[order], number[order], len(groups))
    return result


def covered_area(shapes: Prepared, found: Overlaps) -> Floats:
    """Return the area of each shape that features cover, where they overlap counted once.

    Parameters
    ----------
    shapes
        Valid polygons. (n,)
    found
        What they share with features.

    Returns
    -------
    Floats
        0 for a shape without features. (n,) float64 [m2]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> parcels = prepared(np.array([shapely.box(0, 0, 9, 1)]))
    >>> features = prepared_features(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]))
    >>> covered_area(parcels, overlaps(parcels, features))
    array([3.])
    """
    joined = _overlapped(shapes, found)
    covered: Floats = np.bincount(found.shape[~joined], found.area[~joined], minlength=len(shapes.geometry)).astype(np.float64)
    found = found.where(joined)
    united, owner = _unions(polygonal(in_threads(shapely.intersection, shapes.geometry[found.shape], found.geometry)), found.shape)
    covered[owner] += shapely.area(united)
    return covered


def _overlapped(shapes: Prepared, found: Overlaps) -> Booleans:
    """Return which rows lie over another of the same shape, there or elsewhere. (k,) bool."""
    inside, bounds = shapes.outlines.bounds[found.shape], found.pieces.outlines.bounds[found.piece]
    near = np.concatenate([np.maximum(bounds[:, :2], inside[:, :2]), np.minimum(bounds[:, 2:], inside[:, 2:])], axis=1)
    one, other = _neighbours(near, found.shape)
    # Pieces of one feature share no area.
    several = found.feature[one] != found.feature[other]
    one, other = one[several], other[several]
    # Two features that lie side by side do so on several shapes.
    count = len(found.pieces.geometry)
    low, high = np.minimum(found.piece[one], found.piece[other]), np.maximum(found.piece[one], found.piece[other])
    pair, number = np.unique(low * count + high, return_inverse=True)
    over = shared_area(found.pieces.outlines, pair // count, found.pieces.outlines, pair % count)[number] > _FILM_M2
    overlapped = np.zeros(len(found.shape), dtype=bool)
    overlapped[one[over]] = overlapped[other[over]] = True
    return overlapped


def _meets_another(geometries: Geometries, group: Integers) -> Booleans:
    """Return which geometries meet another of the same group, but for a gap of rounding. (k,) bool."""
    one, other = _neighbours(shapely.bounds(geometries), group)
    meet = in_threads(partial(shapely.dwithin, distance=_ROUNDING_M), geometries[one], geometries[other])
    meeting = np.zeros(len(geometries), dtype=bool)
    meeting[one[meet]] = meeting[other[meet]] = True
    return meeting


def _neighbours(bounds: Floats, group: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of one group whose bounds meet, but for a gap of rounding; none of them is empty. (k, 4) float64."""
    left, bottom, right, top = bounds.T
    groups, member = np.unique(group, return_inverse=True)
    start, end = np.full(len(groups), np.inf), np.full(len(groups), -np.inf)
    np.minimum.at(start, member, left)
    np.maximum.at(end, member, right)
    # All groups side by side on one line: then one search finds, for each geometry, those that begin before it ends.
    wide = end - start + 1.0
    shift = np.cumsum(wide) - wide - start
    order = np.lexsort((left, member))
    begins = (left + shift[member])[order]
    number = np.searchsorted(begins, (right + shift[member])[order] + _SIDE_BY_SIDE_M, side="right") - np.arange(len(order)) - 1
    one = np.repeat(np.arange(len(order)), number)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(number) - number, number)
    one, other = order[one], order[other]
    meet = (bottom[one] <= top[other] + _ROUNDING_M) & (bottom[other] <= top[one] + _ROUNDING_M)
    return one[meet], other[meet]


def _unions(geometries: Geometries, group: Integers) -> tuple[Geometries, Integers]:
    """Return the union of each group that has members, and which group that is."""
    groups, first, number = np.unique(group, return_index=True, return_counts=True)
    result = np.full(len(groups), shapely.Polygon(), dtype=object)
    # Groups of about equal size go together in one rectangular table, padded with None, which unions ignore.
    size_class = np.ceil(np.log2(np.maximum(number, 1))).astype(int)
    for size in np.unique(size_class):
        chosen = np.flatnonzero(size_class == size)
        table = np.full((len(chosen), int(number[chosen].max())), None, dtype=object)
        row = np.repeat(np.arange(len(chosen)), number[chosen])
        column = np.arange(len(row)) - np.repeat(np.cumsum(number[chosen]) - number[chosen], number[chosen])
        table[row, column] = geometries[np.repeat(first[chosen], number[chosen]) + column]
        result[chosen] = polygonal(in_threads(partial(shapely.union_all, axis=1), table))
    return result, groups


def remainder(shapes: Geometries, cutters: Geometries, owner: Integers | None = None) -> Geometries:
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
    Cut with whole features, not with features clipped to the shape: the vertices of a clipped one lie beside the shape's boundary by a
    rounding error, which leaves a film along it that ties together what the feature separates.
    """
    result = np.array(shapes, dtype=object, copy=True)
    owner = np.arange(len(shapes)) if owner is None else owner
    # The largest first, as it may leave nothing to cut.
    order = np.lexsort((-shapely.area(cutters), owner))
    cutters, owner = cutters[order], owner[order]
    turn = np.arange(len(owner)) - np.searchsorted(owner, owner)
    many = np.bincount(owner, minlength=len(shapes))[owner] > _FEW_CUTTERS
    turn[many] = _turns(cutters[many], owner[many])
    for cutting in np.split(np.argsort(turn, kind="stable"), np.cumsum(np.bincount(turn))[:-1]):
        cutting = cutting[~shapely.is_empty(result[owner[cutting]])]
        cut, first, number = np.unique(owner[cutting], return_index=True, return_counts=True)
        together, several = cutters[cutting[first]], np.flatnonzero(number > 1)
        parts, of = shapely.get_parts(cutters[cutting[np.repeat(number > 1, number)]], return_index=True)
        together[several] = _collected(parts, np.repeat(np.arange(len(several)), number[several])[of], len(several))
        result[cut] = in_threads(shapely.difference, result[cut], together)
    result = _without_films(polygonal(result))
    result[shapely.area(result) <= AREA_TOLERANCE * shapely.area(shapes)] = shapely.Polygon()
    return result


def _turns(cutters: Geometries, owner: Integers) -> Integers:
    """Return the turn in which each cutter cuts, so that those of a shape that cut in one turn lie apart. (k,) int.

    The first of those that meet cuts first.
    """
    one, other = _neighbours(shapely.bounds(cutters), owner)
    meet = in_threads(shapely.intersects, cutters[one], cutters[other])
    first, later = np.minimum(one, other)[meet], np.maximum(one, other)[meet]
    turn = np.zeros(len(cutters), dtype=np.intp)
    while (turn[later] <= turn[first]).any():
        np.maximum.at(turn, later, turn[first] + 1)
    return turn


def _without_films(shapes: Geometries) -> Geometries:
    """Return shapes without the parts that are films of rounding between cutters that lie side by side."""
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    parts, owner = shapely.get_parts(shapes[several], return_index=True)
    film = shapely.area(parts) < _FILM_M2
    touched = np.unique(owner[film])
    keep = ~film & np.isin(owner, touched)
    shapes[several[touched]] = _collected(parts[keep], np.searchsorted(touched, owner[keep]), len(touched))
    return shapes


def stays_at_boundary(shapes: Prepared, found: Overlaps, covered: Floats, precision_m: float) -> Booleans:
    """Return whether what features cover is no more than the fuzzy edge of a map that is precise to some metres.

    It is when it stays within that distance of the shape's boundary and covers less than half of the shape.

    Parameters
    ----------
    shapes
        Valid polygons. (n,)
    found
        What they share with features.
    covered
        The area of each shape that is covered; where that is nothing there is no edge. (n,) float64 [m2]
    precision_m
        Nominal precision of the map; 0 makes nothing an edge. [m]

    Returns
    -------
    Booleans
        (n,) bool

    Examples
    --------
    >>> import numpy as np, shapely
    >>> parcels = prepared(np.array([shapely.box(0, 0, 100, 100), shapely.box(-10, 0, 90, 100)]))
    >>> found = overlaps(parcels, prepared_features(np.array([shapely.box(-20, 0, 4, 100)])))
    >>> stays_at_boundary(parcels, found, covered_area(parcels, found), 5.0)
    array([ True, False])
    """
    edge = _may_be_edge(shapes, covered, precision_m)
    candidates, _, inside = _in_core(shapes, found, edge, precision_m)
    deep = np.bincount(inside.shape, inside.area, minlength=len(candidates))
    edge[candidates] = deep <= AREA_TOLERANCE * covered[candidates]
    return edge


def leaves_only_boundary(shapes: Prepared, found: Overlaps, covered: Floats, precision_m: float) -> Booleans:
    """Return whether what features leave of a shape is no more than the fuzzy edge of a map, as in `stays_at_boundary`. (n,) bool."""
    left = shapely.area(shapes.geometry) - covered
    only = _may_be_edge(shapes, left, precision_m)
    candidates, core, inside = _in_core(shapes, found, only, precision_m)
    only[candidates] = shapely.area(core.geometry) - covered_area(core, inside) <= AREA_TOLERANCE * left[candidates]
    return only


def _may_be_edge(shapes: Prepared, part_m2: Floats, precision_m: float) -> Booleans:
    """Return which parts of shapes are small enough to lie along the boundary."""
    some = np.flatnonzero(part_m2 > 0) if precision_m > 0 else np.empty(0, dtype=np.intp)
    shape, part_m2 = shapes.geometry[some], part_m2[some]
    # What lies near the boundary lies near a side of it or, where two sides turn inward, round their corner.
    most = precision_m * shapely.length(shape) + np.pi / 2 * precision_m**2 * shapely.get_num_coordinates(shape)
    edge = np.zeros(len(shapes.geometry), dtype=bool)
    edge[some] = (part_m2 < 0.5 * shapely.area(shape)) & (part_m2 <= most)
    return edge


def _in_core(shapes: Prepared, found: Overlaps, some: Booleans, precision_m: float) -> tuple[Integers, Prepared, Overlaps]:
    """Return the positions of some of the shapes, what of them lies deeper than the precision, and what features cover of that."""
    candidates = np.flatnonzero(some)
    deeper = partial(shapely.buffer, distance=-precision_m, quad_segs=BUFFER_QUADRANT_SEGMENTS)
    core = prepared(in_threads(deeper, shapes.geometry[candidates]))
    rows = found.where(some[found.shape])
    shape = np.searchsorted(candidates, rows.shape)
    area = shared_area(core.outlines, shape, rows.pieces.outlines, rows.piece)
    return candidates, core, replace(rows, shape=shape, area=area).where(area > 0)


def largest_part(shapes: Geometries) -> Geometries:
    """Return the largest connected part of each shape; of equal parts the first. (n,) object -> (n,) object.

    Parts that meet in a point are not connected.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    result = np.full(len(shapes), shapely.Polygon(), dtype=object)
    order = np.lexsort((-np.arange(len(parts)), shapely.area(parts), owner))
    result[owner[order]] = parts[order]
    return result


def width(shapes: Geometries, tolerance_m: float = 0.1) -> Floats:
    """Return the diameter of the largest circle inside each shape, 0 for an empty one. (n,) object -> (n,) float64 [m].

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
    few, many = np.flatnonzero((points > 0) & (points <= _MANY_POINTS)), np.flatnonzero(points > _MANY_POINTS)
    result[few] = 2 * _largest_radius(shapes[few], tolerance_m)
    circles = in_threads(partial(shapely.maximum_inscribed_circle, tolerance=tolerance_m), shapes[many])
    result[many] = 2 * shapely.length(circles)
    return result


def _largest_radius(shapes: Geometries, tolerance_m: float) -> Floats:
    """Return the radius of the largest circle inside each shape, at most the tolerance too small. (n,) float64 [m].

    Squares that cover the shapes are split in four, those of all shapes at once. A square is dropped when no place in it can be farther
    from the boundary than the best place found so far, by more than the tolerance. At last the surroundings of the best place are looked
    at more closely: that costs little, and a strip of 10 m is then not 9.8 m wide.
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
    squares = every.repeat(2), np.zeros((2 * len(shapes), 2)), np.stack([half, np.zeros(len(shapes))], axis=1).ravel()
    for tolerance in (tolerance_m, tolerance_m / _CLOSER):
        while len(squares[0]):
            shape, centre, half = squares
            radius, most = np.moveaxis(in_threads(split, *squares, work=number[shape], most_work=_EDGES_AT_ONCE), 2, 0)
            before = best.copy()
            np.maximum.at(best, shape, radius.max(axis=1))
            square, quarter = np.nonzero((radius == best[shape, None]) & (radius > before[shape, None]))
            place[shape[square]] = centre[square] + half[square, None] / 2 * _QUARTERS[quarter]
            square, quarter = np.nonzero(most > best[shape, None] + tolerance)
            squares = shape[square], centre[square] + half[square, None] / 2 * _QUARTERS[quarter], half[square] / 2
        squares = every, place.copy(), np.full(len(shapes), 2 * tolerance_m)
    result = np.empty(len(shapes))
    result[order] = best
    return result


def _edges_around(shapes: Geometries, middle: Floats) -> tuple[Floats, Integers]:
    """Return the edges of shapes, seen from their middle, and the number of edges of each shape.

    (7, k) float64: x and y of the start, y of the end, the way to the end, and the same divided by the square of its length.
    One for each point: from the last of a ring an edge without length, so that every shape ends with one.
    """
    start, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shapes)), return_index=True)
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


def _quarters(shape: Integers, centre: Floats, half: Floats, *, edges: Floats, first: Integers, number: Integers) -> Floats:
    """Split squares in four, and look at the quarters.

    Parameters
    ----------
    shape
        Position of the shape of each square; the number of its edges does not fall. (k,) int
    centre, half
        Centre of each square, seen from the middle of its shape, and half its side. (k, 2) and (k,) float64 [m]
    edges
        As `_edges_around` returns them.
    first, number
        First edge of each shape, and how many it has.

    Returns
    -------
    Floats
        Of each quarter the distance from its centre to the boundary, negative outside; and the most that it can be anywhere in the quarter.
        In the order of `_QUARTERS`. (k, 4, 2) float64 [m]

    Notes
    -----
    The distance to the boundary is no more than that to any point of it. For two such points at d1 and d2 from the centre, in directions
    u1 and u2, the smaller distance from a place v farther on is at most the root of (d1^2 + d2^2) / 2 + v . (u1 + u2) + v . v. Between
    two walls u1 and u2 are opposite, and this says nearly what is so.
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
    nearest = square.argmin(axis=2) * size + np.arange(4).reshape(2, 2, 1) * (count * size) + np.arange(size)
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


def isoperimetric_quotient(shapes: Geometries) -> Floats:
    """Return 4 pi area / perimeter^2: 1 for a circle, less for anything else, NaN for an empty shape. (n,) float64."""
    length = shapely.length(shapes)
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: Floats = 4 * np.pi * shapely.area(shapes) / length**2
    return quotient
