"""What every family of measures is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from flexruimte.layers import Features, Layer
from flexruimte.overlay import Overlay
from flexruimte.ruleset import Ruleset

__all__ = ["MeasureInputs"]


@dataclass(frozen=True)
class MeasureInputs:
    """Shapes, ids, layers and parameters."""

    overlay: Overlay
    """The shapes, laid over the layers. n shapes"""
    ids: np.ndarray[Any, Any]
    """Parcel ids. (n,) object"""
    layers: Mapping[str, Layer]
    ruleset: Ruleset

    def features(self, key: str) -> Features:
        """Return a vector layer."""
        layer = self.layers[key]
        if not isinstance(layer, Features):
            raise TypeError(f"layer '{key}' is no vector layer")  # the ruleset was checked for this
        return layer
