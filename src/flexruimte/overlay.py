"""One set of shapes laid over the layers: each layer is overlaid once, whatever number of rules and measures look at it."""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.geometry import Overlaps, overlaps, union_by_group
from flexruimte.layers import Features
from flexruimte.vocabulary import Booleans, Floats, Geometries

__all__ = ["KNOWN_FROM_SHARE", "Overlay"]

KNOWN_FROM_SHARE = 0.99
"""A shape is known to a vector layer when this share of it lies in the area that the layer speaks of."""


class Overlay:
    """What layers share with one set of shapes.

    Parameters
    ----------
    shapes
        Valid polygons, in RD New. (n,) object

    Notes
    -----
    Remembers what it has worked out per layer, for as long as it lives: one municipality.
    """

    def __init__(self, shapes: Geometries) -> None:
        self.shapes = shapes
        self.areas: Floats = shapely.area(shapes)
        self._overlaps: dict[str, Overlaps] = {}
        self._known: dict[tuple[str, float], Booleans] = {}

    def of(self, features: Features) -> Overlaps:
        """Return what the shapes share with the features of a layer."""
        if features.key not in self._overlaps:
            self._overlaps[features.key] = overlaps(self.shapes, features.geometries)
        return self._overlaps[features.key]

    def known(self, features: Features, reach_m: float = 0.0) -> Booleans:
        """Return which shapes lie in the area that a layer speaks of, with everything within `reach_m` of them. (n,) bool."""
        if (features.key, reach_m) not in self._known:
            self._known[features.key, reach_m] = self._work_out_known(features, np.full(len(self.shapes), reach_m))
        return self._known[features.key, reach_m]

    def known_within(self, features: Features, reach_m: Floats) -> Booleans:
        """Return the same for a distance per shape. (n,) bool."""
        return self._work_out_known(features, reach_m)

    def _work_out_known(self, features: Features, reach_m: Floats) -> Booleans:
        if features.fills and features.coverage is None:
            found = self.of(features)
            covered = shapely.area(union_by_group(found.geometry, found.shape, len(self.shapes)))
            known: Booleans = covered >= KNOWN_FROM_SHARE * self.areas
            return known
        if features.coverage is None:
            return np.ones(len(self.shapes), dtype=bool)
        if shapely.is_empty(features.coverage):
            return np.zeros(len(self.shapes), dtype=bool)
        inside = shapely.area(shapely.intersection(self.shapes, features.coverage)) >= KNOWN_FROM_SHARE * self.areas
        border = shapely.distance(self.shapes, shapely.boundary(features.coverage))
        return np.asarray(inside & ((reach_m <= 0) | (border >= reach_m)))
