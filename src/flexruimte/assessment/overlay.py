"""One set of shapes laid over the layers: each layer once, for all rules and measures."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import shapely

from flexruimte.evidence.layers import Features, Raster
from flexruimte.kernels.overlap import (
    IndexedGeometries,
    Overlaps,
    covered_area,
    index_features,
    index_geometries,
    overlaps,
    overlaps_of_own,
)
from flexruimte.kernels.raster import cell_statistics, polygons_of_cells
from flexruimte.vocabulary import Booleans, Floats, Geometries

__all__ = ["KNOWN_FROM_SHARE", "Overlay"]

KNOWN_FROM_SHARE = 0.99
"""A layer knows a shape when it speaks of this share of its area."""


class Overlay:
    """What layers share with one set of shapes.

    Parameters
    ----------
    shapes
        Valid polygons, in RD New. (n,) object
    around
        The overlay of n larger shapes, each of which contains the shape at the same position, such
        as the parcels around their buildable parts. What it has worked out is used here too.

    Notes
    -----
    Remembers what it has worked out per layer, for as long as it lives: one municipality.
    """

    def __init__(self, shapes: Geometries, around: Overlay | None = None) -> None:
        self.shapes = shapes
        self.indexed = index_geometries(shapes)
        self.areas: Floats = shapely.area(shapes)
        self._around = around
        self._same = (
            np.zeros(len(shapes), dtype=bool)
            if around is None
            else shapely.equals_identical(shapes, around.shapes)
        )
        self._overlaps: dict[str, Overlaps] = {}
        self._covered_m2: dict[str, Floats] = {}
        self._known: dict[tuple[str, float], Booleans] = {}

    @cached_property
    def _others(self) -> IndexedGeometries:
        """The shapes that are not those around them."""
        return index_geometries(self.shapes[~self._same])

    def of_geometries(self, geometries: Geometries) -> Overlaps:
        """Return what the shapes share with geometries, which are not remembered."""
        return overlaps(self.indexed, index_features(geometries))

    def of(self, features: Features) -> Overlaps:
        """Return what the shapes share with the features of a layer."""
        if features.key not in self._overlaps:
            self._overlaps[features.key] = self._work_out_overlaps(features)
        return self._overlaps[features.key]

    def _work_out_overlaps(self, features: Features) -> Overlaps:
        if self._around is None or features.key not in self._around._overlaps:
            return self.of_geometries(features.geometries)
        there = self._around.of(features)
        here = overlaps(self._others, there.pieces)
        there, here = (
            there.where(self._same[there.shape]),
            replace(here, shape=np.flatnonzero(~self._same)[here.shape]),
        )
        order = np.argsort(np.concatenate([there.shape, here.shape]), kind="stable")
        shape, feature, area, piece = (
            np.concatenate([getattr(there, name), getattr(here, name)])[order]
            for name in ("shape", "feature", "area", "piece")
        )
        return Overlaps(shape, feature, area, piece, there.pieces)

    def of_cells(self, raster: Raster, above: float) -> Overlaps:
        """Return what the shapes share with the cells of a raster that have more than a value.

        What it says of a shape depends on the cells under it alone.
        """
        chosen = raster.grid.cells > above
        polygons, owner = polygons_of_cells(self.shapes, raster.grid, chosen)
        return overlaps_of_own(self.indexed, index_features(polygons), owner)

    def known_cells(self, raster: Raster) -> Booleans:
        """Return of which shapes a raster has valid cells. (n,) bool"""
        (found,) = cell_statistics(self.shapes, [raster.grid])
        return np.asarray(found.covered_m2 >= KNOWN_FROM_SHARE * self.areas)

    def known(self, features: Features, reach_m: float = 0.0) -> Booleans:
        """Return of which shapes, and everything within `reach_m` of them, a layer speaks.

        (n,) bool.
        """
        if (features.key, reach_m) not in self._known:
            self._known[features.key, reach_m] = self._work_out_known(
                features, np.full(len(self.shapes), reach_m)
            )
        return self._known[features.key, reach_m]

    def known_within(self, features: Features, reach_m: Floats) -> Booleans:
        """Return the same for a distance per shape. (n,) bool."""
        return self._work_out_known(features, reach_m)

    def _work_out_known(self, features: Features, reach_m: Floats) -> Booleans:
        if features.speaks_where_it_lies:
            return self._work_out_filled(features)
        if features.coverage is None:
            return np.ones(len(self.shapes), dtype=bool)
        if shapely.is_empty(features.coverage):
            return np.zeros(len(self.shapes), dtype=bool)
        inside = (
            covered_area(self.indexed, self.of_geometries(np.array([features.coverage])))
            >= KNOWN_FROM_SHARE * self.areas
        )
        border = shapely.distance(self.shapes, shapely.boundary(features.coverage))
        return np.asarray(inside & ((reach_m <= 0) | (border >= reach_m)))

    def _work_out_filled(self, features: Features) -> Booleans:
        """Return which shapes a layer's features cover, but for the share that may be missing."""
        around = self._around
        if around is None or features.key in self._overlaps or features.key not in around._overlaps:
            return np.asarray(self._covered(features) >= KNOWN_FROM_SHARE * self.areas)
        # No more is bare than in the shape around it; where that decides, with room for rounding,
        # nothing need be laid over.
        filled = around.areas - around._covered(features) <= (1 - KNOWN_FROM_SHARE) / 2 * self.areas
        rest = np.flatnonzero(~filled)
        shapes = index_geometries(self.shapes[rest])
        filled[rest] = (
            covered_area(shapes, overlaps(shapes, around.of(features).pieces))
            >= KNOWN_FROM_SHARE * self.areas[rest]
        )
        return np.asarray(filled)

    def _covered(self, features: Features) -> Floats:
        """Return the area of each shape that the features of a layer cover. [m2]."""
        if features.key not in self._covered_m2:
            self._covered_m2[features.key] = covered_area(self.indexed, self.of(features))
        return self._covered_m2[features.key]
