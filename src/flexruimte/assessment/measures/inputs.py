"""What every family of measures is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flexruimte.assessment.overlay import Overlay
from flexruimte.evidence.layers import Features, Layer, conditions_text
from flexruimte.evidence.parcels import Parcels
from flexruimte.kernels.raster import CellStatistics
from flexruimte.kernels.roads import RoadNetwork, Snap, road_network, snap
from flexruimte.rules.parts import Where
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import YES

__all__ = ["MeasureInputs"]


@dataclass(frozen=True)
class MeasureInputs:
    """Shapes, ids, layers and parameters."""

    overlay: Overlay
    """The shapes, laid over the layers. n shapes"""
    ids: np.ndarray[Any, Any]
    """Parcel ids. (n,) object"""
    parcels: Parcels
    """All parcels of the municipality, these among them."""
    layers: Mapping[str, Layer]
    ruleset: Ruleset
    snaps: dict[str, Snap] = field(default_factory=dict)
    """Where the shapes meet road networks, as far as that was worked out already."""
    cells: dict[str, CellStatistics] = field(default_factory=dict)
    """Statistics of cells under the shapes that were worked out already."""

    def network(self, key: str, where: Where) -> tuple[RoadNetwork, Snap]:
        """Return the network of some roads of a layer, and where the shapes meet it.

        Either is made once for the same conditions, the network for all measurements.
        """
        roads, conditions = self.features(key), conditions_text(where)
        network = roads.once(
            f"network {conditions}",
            lambda: road_network(roads.geometries[roads.counting(where) == YES]),
        )
        name = f"{key} {conditions}"
        if name not in self.snaps:
            self.snaps[name] = snap(self.overlay.shapes, network)
        return network, self.snaps[name]

    def features(self, key: str) -> Features:
        """Return a vector layer."""
        layer = self.layers[key]
        if not isinstance(layer, Features):
            raise TypeError(f"layer '{key}' is no vector layer")  # the ruleset was checked for this
        return layer
