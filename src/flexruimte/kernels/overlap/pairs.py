"""Which shapes and features overlap, by how much, and how much of each shape is covered.

Pairs come from an STR-packed R-tree (Leutenegger and others 1997), their areas from
`flexruimte.kernels.outlines`, without overlaying the polygons.

References
----------
S. T. Leutenegger, J. M. Edgington and M. A. Lopez (1997). STR: a simple and efficient algorithm for
R-tree packing. 13th International Conference on Data Engineering, 497-506.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely

from flexruimte.kernels.outlines import Outlines, outlines, shared_area
from flexruimte.kernels.overlap.difference import SLIVER_M2
from flexruimte.kernels.overlap.polygons import polygonal, subdivide
from flexruimte.kernels.overlap.unions import pairs_with_touching_bounds, union_groups
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = [
    "IndexedGeometries",
    "Overlaps",
    "covered_area",
    "index_features",
    "index_geometries",
    "overlaps",
    "overlaps_of_own",
]

_POLYGON, _MULTIPOLYGON = 3, 6
_FEW_PAIRS = 2
"""Where at most so many pairs overlap, no three do."""
_MOST_UNITED = 4_000
"""Where what overlaps on one shape has more vertices, it is not united but taken one by one."""


@dataclass(frozen=True)
class IndexedGeometries:
    """Geometries with an index and outlines, each made at first use and kept."""

    geometry: Geometries
    """(p,) object"""
    source: Integers
    """Position of the geometry that each is, or is a piece of, rising. (p,) int"""

    @cached_property
    def outlines(self) -> Outlines:
        """The edges of the polygons among them."""
        return outlines(self.geometry)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of their bounds."""
        return shapely.STRtree(self.geometry)

    @cached_property
    def areal(self) -> Booleans:
        """Whether each is a polygon or multipolygon. (p,) bool"""
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
    pieces: IndexedGeometries
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


def index_geometries(shapes: Geometries) -> IndexedGeometries:
    """Return geometries, each as it is, with an index.

    Parameters
    ----------
    shapes
        Any geometries. (n,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> index_geometries(np.array([shapely.box(0, 0, 1, 1), None])).areal
    array([ True, False])
    """
    return IndexedGeometries(np.asarray(shapes, dtype=object), np.arange(len(shapes)))


def index_features(features: Geometries) -> IndexedGeometries:
    """Return features with an index: polygons with many points in pieces.

    Parameters
    ----------
    features
        Valid polygons, lines or points. (m,) object

    Examples
    --------
    >>> import numpy as np, shapely
    >>> features = np.array([shapely.box(0, 0, 1, 1), shapely.Point(0, 0).buffer(9, quad_segs=99)])
    >>> index_features(features).source
    array([0, 1, 1])
    """
    return IndexedGeometries(*subdivide(np.asarray(features, dtype=object)))


def overlaps(shapes: IndexedGeometries, features: IndexedGeometries) -> Overlaps:
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
    >>> features = index_features(np.array([shapely.box(1, 0, 3, 1), shapely.box(2, 0, 3, 1)]))
    >>> found = overlaps(index_geometries(np.array([shapely.box(0, 0, 2, 1)])), features)
    >>> found.feature, found.area
    (array([0]), array([1.]))
    """
    piece, shape = shapes.tree.query(features.geometry)
    order = np.lexsort((piece, shape))
    piece, shape = piece[order], shape[order]
    area = shared_area(shapes.outlines, shape, features.outlines, piece)
    keep = area > SLIVER_M2
    other = np.flatnonzero(~features.areal[piece])
    keep[other] = _meet(shapes.geometry, shape[other], features.geometry[piece[other]])
    return Overlaps(shape[keep], features.source[piece[keep]], area[keep], piece[keep], features)


def overlaps_of_own(
    shapes: IndexedGeometries, features: IndexedGeometries, owner: Integers
) -> Overlaps:
    """Return what each feature shares with the one shape that it belongs to.

    Parameters
    ----------
    shapes
        Valid polygons. (n,)
    features
        Valid polygons, in pieces. (m,)
    owner
        Position of the shape of each feature, rising. (m,) int

    Examples
    --------
    >>> import numpy as np, shapely
    >>> one, other = shapely.box(0, 0, 2, 1), shapely.box(2, 0, 4, 1)
    >>> features = index_features(np.array([shapely.box(1, 0, 3, 1)]))
    >>> shapes = index_geometries(np.array([one, other]))
    >>> found = overlaps_of_own(shapes, features, np.array([1]))
    >>> found.shape, found.area
    (array([1]), array([1.]))
    """
    piece, shape = np.arange(len(features.geometry)), owner[features.source]
    area = shared_area(shapes.outlines, shape, features.outlines, piece)
    return Overlaps(shape, features.source, area, piece, features).where(area > SLIVER_M2)


def _meet(shapes: Geometries, shape: Integers, others: Geometries) -> Booleans:
    """Return whether the geometries of each pair, in order of shape, meet. (k,) bool."""
    used = shapes[np.unique(shape)]
    shapely.prepare(used)
    meet = in_threads(shapely.intersects, shapes[shape], others, group=shape)
    shapely.destroy_prepared(used)
    return np.asarray(meet, dtype=bool)


def covered_area(shapes: IndexedGeometries, found: Overlaps) -> Floats:
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
    >>> parcels = index_geometries(np.array([shapely.box(0, 0, 9, 1)]))
    >>> features = index_features(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]))
    >>> covered_area(parcels, overlaps(parcels, features))
    array([3.])
    """
    count = len(shapes.geometry)
    rows = _overlapping_rows(shapes, found)
    several = np.bincount(found.shape[rows.one], minlength=count) > _FEW_PAIRS
    united = np.zeros(len(found.shape), dtype=bool)
    united[rows.one] = united[rows.other] = True
    united &= several[found.shape]
    summed = found.where(~united)
    covered: Floats = np.bincount(summed.shape, summed.area, minlength=count).astype(np.float64)
    # Where three lie over each other there are three pairs: of fewer, what each pair shares was
    # counted twice, and no more often.
    covered -= _counted_twice(shapes, found, rows.where(~several[found.shape[rows.one]]))
    position = np.cumsum(united) - 1
    rows = rows.where(united[rows.one])
    pairs = position[rows.one], position[rows.other]
    found = found.where(united)
    inside = polygonal(
        in_threads(shapely.intersection, shapes.geometry[found.shape], found.geometry)
    )
    vertices = np.bincount(found.shape, shapely.get_num_coordinates(inside), minlength=count)
    jagged = (vertices > _MOST_UNITED)[found.shape]
    unions, owner = union_groups(inside[~jagged], found.shape[~jagged])
    covered[owner] += shapely.area(unions)
    area = _area_of_its_own(inside, *(row[jagged[pairs[0]]] for row in pairs))
    covered += np.bincount(found.shape[jagged], area[jagged], minlength=count)
    return covered


def _area_of_its_own(parts: Geometries, one: Integers, other: Integers) -> Floats:
    """Return the area of each part without those before it that it lies over. (k,) float64 [m2]

    A union of many long edges takes the square of their number, and the parts lie apart for the
    most. Those that lie over most others go first.

    Parameters
    ----------
    parts
        Polygons. (k,) object
    one, other
        The pairs that lie over each other. (p,) int
    """
    area = shapely.area(parts)
    met = np.bincount(np.concatenate([one, other]), minlength=len(parts))
    rank = np.empty(len(parts), dtype=np.intp)
    rank[np.argsort(-met, kind="stable")] = np.arange(len(parts))
    is_first = rank[one] < rank[other]
    first, later = np.where(is_first, one, other), np.where(is_first, other, one)
    order = np.argsort(later, kind="stable")
    before, changed = union_groups(parts[first[order]], later[order])
    if len(changed):
        left = in_threads(shapely.difference, parts[changed], before)
        area[changed] = shapely.area(left)
    return np.asarray(area, dtype=np.float64)


@dataclass(frozen=True)
class _OverlappingRows:
    """Pairs of rows of one shape whose pieces lie over each other, on that shape or elsewhere."""

    one: Integers
    other: Integers
    """Positions of the two rows. (k,) int"""
    pair: Integers
    """Which pair of pieces they are: two features lie side by side on several shapes. (k,) int"""
    low: Integers
    high: Integers
    """Positions of the two pieces of each pair. (p,) int"""

    def where(self, keep: Booleans) -> _OverlappingRows:
        """Return the pairs of rows for which `keep`, a (k,) array, holds."""
        return replace(self, one=self.one[keep], other=self.other[keep], pair=self.pair[keep])


def _overlapping_rows(shapes: IndexedGeometries, found: Overlaps) -> _OverlappingRows:
    """Return the pairs of rows of one shape whose pieces lie over each other."""
    inside, bounds = shapes.outlines.bounds[found.shape], found.pieces.outlines.bounds[found.piece]
    lower = np.maximum(bounds[:, :2], inside[:, :2])
    upper = np.minimum(bounds[:, 2:], inside[:, 2:])
    one, other = pairs_with_touching_bounds(np.concatenate([lower, upper], axis=1), found.shape)
    # Pieces of one feature share no area.
    several = found.feature[one] != found.feature[other]
    one, other = one[several], other[several]
    count = len(found.pieces.geometry)
    low = np.minimum(found.piece[one], found.piece[other])
    high = np.maximum(found.piece[one], found.piece[other])
    pairs, pair = np.unique(low * count + high, return_inverse=True)
    low, high = pairs // count, pairs % count
    over = shared_area(found.pieces.outlines, low, found.pieces.outlines, high) > SLIVER_M2
    return _OverlappingRows(one, other, pair, low, high).where(over[pair])


def _counted_twice(shapes: IndexedGeometries, found: Overlaps, rows: _OverlappingRows) -> Floats:
    """Return the sum of the areas on each shape that pairs of rows share. (n,) float64 [m2]."""
    shape, (pairs, piece) = found.shape[rows.one], np.unique(rows.pair, return_inverse=True)
    low, high = found.pieces.geometry[rows.low[pairs]], found.pieces.geometry[rows.high[pairs]]
    common = index_geometries(polygonal(in_threads(shapely.intersection, low, high)))
    shared = shared_area(shapes.outlines, shape, common.outlines, piece)
    return np.asarray(np.bincount(shape, shared, minlength=len(shapes.geometry)), np.float64)
