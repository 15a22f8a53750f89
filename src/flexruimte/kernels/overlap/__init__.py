"""Polygons laid over each other: what overlaps what, what is covered, what remains."""

from flexruimte.kernels.overlap.boundary import (
    BUFFER_QUADRANT_SEGMENTS,
    cover_within_boundary_strip,
    rest_within_boundary_strip,
)
from flexruimte.kernels.overlap.difference import subtract
from flexruimte.kernels.overlap.pairs import (
    IndexedGeometries,
    Overlaps,
    covered_area,
    index_features,
    index_geometries,
    overlaps,
    overlaps_of_own,
)
from flexruimte.kernels.overlap.polygons import (
    isoperimetric_quotient,
    largest_part,
    polygonal,
    strip_width,
    subdivide,
)
from flexruimte.kernels.overlap.unions import union_by_group

__all__ = [
    "BUFFER_QUADRANT_SEGMENTS",
    "IndexedGeometries",
    "Overlaps",
    "cover_within_boundary_strip",
    "covered_area",
    "index_features",
    "index_geometries",
    "isoperimetric_quotient",
    "largest_part",
    "overlaps",
    "overlaps_of_own",
    "polygonal",
    "rest_within_boundary_strip",
    "strip_width",
    "subdivide",
    "subtract",
    "union_by_group",
]
