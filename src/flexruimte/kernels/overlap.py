"""Array kernels on polygons: what overlaps what, what is covered, what remains.

Kernels take arrays and return arrays. They know positions, not labels; metres, not coordinate
systems; and they keep nothing between calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import shapely

from flexruimte.kernels.outlines import Outlines, outlines, shared_area
from flexruimte.kernels.threads import in_threads
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
]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
BUFFER_QUADRANT_SEGMENTS = 16
"""Segments per quarter circle in buffers: a radius is at most 0.12 % short."""


_ROUNDING_M = 1e-6
"""Farther apart than this is no accident of rounding. [m]"""
_SIDE_BY_SIDE_M = 1e-3
"""Groups that are put side by side are moved by rounding errors far smaller than this. [m]"""
_FEW_CUTTERS = 8
"""So many cut a shape one by one; more are sorted first into those that lie apart and cut together.
"""
_FEW_PAIRS = 2
"""Where at most so many pairs overlap, no three do."""
_FILM_M2 = 1e-6
"""A part that is smaller than a square millimetre is an accident of rounding. [m2]"""


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
        return Overlaps(
            self.shape[keep], self.feature[keep], self.area[keep], self.piece[keep], self.pieces
        )

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
    result[(kinds != _POLYGON) & (kinds != _MULTIPOLYGON) & (kinds != _COLLECTION)] = (
        shapely.Polygon()
    )
    return result


def _collected(polygons: Geometries, owner: Integers, count: int) -> Geometries:
    """Return one (multi)polygon per owner, in rising order, empty where it owns none."""
    result = np.full(count, shapely.Polygon(), dtype=object)
    if len(polygons):
        owners, first, number = np.unique(owner, return_index=True, return_counts=True)
        result[owners] = shapely.multipolygons(
            polygons, indices=np.repeat(np.arange(len(owners)), number)
        )
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
    Cuts depend on a polygon alone, never on the window it was read for, so that results do not
    depend on it either.
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
        middle_x, middle_y = (
            np.where(wide, (left + right) / 2, right),
            np.where(wide, top, (bottom + top) / 2),
        )
        first = in_threads(
            shapely.intersection, pieces, shapely.box(left, bottom, middle_x, middle_y)
        )
        other_half = shapely.box(
            np.where(wide, middle_x, left), np.where(wide, bottom, middle_y), right, top
        )
        second = in_threads(shapely.intersection, pieces, other_half)
        pieces, source = (
            polygonal(np.concatenate([first, second])),
            np.concatenate([source, source]),
        )
        keep = ~shapely.is_empty(pieces)
        pieces, source = pieces[keep], source[keep]
    all_pieces, all_source = (
        np.concatenate([np.empty(0, object), *done_pieces]),
        np.concatenate([np.empty(0, np.intp), *done_source]),
    )
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

    Polygons that only touch share nothing; a point on the boundary of a shape is shared, and so is
    a line that runs along it.

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
    parts, whole = shapely.get_parts(
        np.concatenate([united, geometries[~joined]]), return_index=True
    )
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
    count, geometry = len(shapes.geometry), found.pieces.geometry
    one, other, pair, low, high = _overlapping(shapes, found)
    several = np.bincount(found.shape[one], minlength=count) > _FEW_PAIRS
    joined = np.zeros(len(found.shape), dtype=bool)
    joined[one] = joined[other] = True
    joined &= several[found.shape]
    covered: Floats = np.bincount(
        found.shape[~joined], found.area[~joined], minlength=count
    ).astype(np.float64)
    # Where three lie over each other there are three pairs: of fewer, what each pair shares was
    # counted twice, and no more often.
    few = ~several[found.shape[one]]
    shape, (pairs, piece) = found.shape[one[few]], np.unique(pair[few], return_inverse=True)
    common = prepared(
        polygonal(in_threads(shapely.intersection, geometry[low[pairs]], geometry[high[pairs]]))
    )
    covered -= np.bincount(
        shape, shared_area(shapes.outlines, shape, common.outlines, piece), minlength=count
    )
    found = found.where(joined)
    united, owner = _unions(
        polygonal(in_threads(shapely.intersection, shapes.geometry[found.shape], found.geometry)),
        found.shape,
    )
    covered[owner] += shapely.area(united)
    return covered


def _overlapping(
    shapes: Prepared, found: Overlaps
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Return which rows of a shape lie over each other, there or elsewhere.

    Returns
    -------
    one, other : Integers
        Positions of the two rows. (k,) int
    pair : Integers
        Number of the pair of pieces that they are. (k,) int
    low, high : Integers
        Positions of the two pieces, by that number. (p,) int
    """
    inside, bounds = shapes.outlines.bounds[found.shape], found.pieces.outlines.bounds[found.piece]
    near = np.concatenate(
        [np.maximum(bounds[:, :2], inside[:, :2]), np.minimum(bounds[:, 2:], inside[:, 2:])], axis=1
    )
    one, other = _neighbours(near, found.shape)
    # Pieces of one feature share no area.
    several = found.feature[one] != found.feature[other]
    one, other = one[several], other[several]
    # Two features that lie side by side do so on several shapes.
    count = len(found.pieces.geometry)
    low, high = (
        np.minimum(found.piece[one], found.piece[other]),
        np.maximum(found.piece[one], found.piece[other]),
    )
    pairs, pair = np.unique(low * count + high, return_inverse=True)
    low, high = pairs // count, pairs % count
    over = (shared_area(found.pieces.outlines, low, found.pieces.outlines, high) > _FILM_M2)[pair]
    return one[over], other[over], pair[over], low, high


def _meets_another(geometries: Geometries, group: Integers) -> Booleans:
    """Return which geometries meet another of the same group, but for a gap of rounding. (k,) bool."""
    one, other = _neighbours(shapely.bounds(geometries), group)
    meet = in_threads(
        partial(shapely.dwithin, distance=_ROUNDING_M), geometries[one], geometries[other]
    )
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
    # All groups side by side on one line: then one search finds, for each geometry, those that
    # begin before it ends.
    wide = end - start + 1.0
    shift = np.cumsum(wide) - wide - start
    order = np.lexsort((left, member))
    begins = (left + shift[member])[order]
    number = (
        np.searchsorted(begins, (right + shift[member])[order] + _SIDE_BY_SIDE_M, side="right")
        - np.arange(len(order))
        - 1
    )
    one = np.repeat(np.arange(len(order)), number)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(number) - number, number)
    one, other = order[one], order[other]
    meet = (bottom[one] <= top[other] + _ROUNDING_M) & (bottom[other] <= top[one] + _ROUNDING_M)
    return one[meet], other[meet]


def _unions(geometries: Geometries, group: Integers) -> tuple[Geometries, Integers]:
    """Return the union of each group that has members, and which group that is."""
    groups, first, number = np.unique(group, return_index=True, return_counts=True)
    result = np.full(len(groups), shapely.Polygon(), dtype=object)
    # Groups of about equal size go together in one rectangular table, padded with None, which
    # unions ignore.
    size_class = np.ceil(np.log2(np.maximum(number, 1))).astype(int)
    for size in np.unique(size_class):
        chosen = np.flatnonzero(size_class == size)
        table = np.full((len(chosen), int(number[chosen].max())), None, dtype=object)
        row = np.repeat(np.arange(len(chosen)), number[chosen])
        column = np.arange(len(row)) - np.repeat(
            np.cumsum(number[chosen]) - number[chosen], number[chosen]
        )
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
    Cut with whole features, not with features clipped to the shape: the vertices of a clipped one
    lie beside the shape's boundary by a rounding error, which leaves a film along it that ties
    together what the feature separates.
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
        parts, of = shapely.get_parts(
            cutters[cutting[np.repeat(number > 1, number)]], return_index=True
        )
        together[several] = _collected(
            parts, np.repeat(np.arange(len(several)), number[several])[of], len(several)
        )
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
    shapes[several[touched]] = _collected(
        parts[keep], np.searchsorted(touched, owner[keep]), len(touched)
    )
    return shapes


def stays_at_boundary(
    shapes: Prepared, found: Overlaps, covered: Floats, precision_m: float
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


def leaves_only_boundary(
    shapes: Prepared, found: Overlaps, covered: Floats, precision_m: float
) -> Booleans:
    """Return whether what features leave of a shape is no more than the fuzzy edge of a map, as in `stays_at_boundary`. (n,) bool."""
    left = shapely.area(shapes.geometry) - covered
    only = _may_be_edge(shapes, left, precision_m)
    candidates, core, inside = _in_core(shapes, found, only, precision_m)
    only[candidates] = (
        shapely.area(core.geometry) - covered_area(core, inside)
        <= AREA_TOLERANCE * left[candidates]
    )
    return only


def _may_be_edge(shapes: Prepared, part_m2: Floats, precision_m: float) -> Booleans:
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


def _in_core(
    shapes: Prepared, found: Overlaps, some: Booleans, precision_m: float
) -> tuple[Integers, Prepared, Overlaps]:
    """Return the positions of some of the shapes, what of them lies deeper than the precision, and what features cover of that."""
    candidates = np.flatnonzero(some)
    deeper = partial(shapely.buffer, distance=-precision_m, quad_segs=BUFFER_QUADRANT_SEGMENTS)
    core = prepared(in_threads(deeper, shapes.geometry[candidates]))
    rows = found.where(some[found.shape])
    shape = np.searchsorted(candidates, rows.shape)
    area = shared_area(core.outlines, shape, rows.pieces.outlines, rows.piece)
    return candidates, core, replace(rows, shape=shape, area=area).where(area > 0)


def largest_part(shapes: Geometries) -> Geometries:
    """Return the largest connected part of each shape; of equal parts the first.

    (n,) object -> (n,) object.

    Parts that meet in a point are not connected.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    result = np.full(len(shapes), shapely.Polygon(), dtype=object)
    order = np.lexsort((-np.arange(len(parts)), shapely.area(parts), owner))
    result[owner[order]] = parts[order]
    return result


def isoperimetric_quotient(shapes: Geometries) -> Floats:
    """Return 4 pi area / perimeter^2: 1 for a circle, less for anything else, NaN for an empty shape. (n,) float64."""
    length = shapely.length(shapes)
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: Floats = 4 * np.pi * shapely.area(shapes) / length**2
    return quotient
