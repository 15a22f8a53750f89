"""Per-parcel numbers and classes.

One registry of families; layers and shapes in, one column out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from flexruimte.assessment.measures import (
    access,
    attribute,
    coverage,
    proximity,
    shape,
    surface,
    way_in,
)
from flexruimte.assessment.measures.derived import compute_derived_measures
from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.assessment.overlay import Overlay
from flexruimte.evidence.layers import Layer
from flexruimte.evidence.parcels import Parcels
from flexruimte.rules.measures import Measure
from flexruimte.rules.ruleset import Ruleset

__all__ = ["FAMILIES", "MeasureInputs", "compute_derived_measures", "compute_measures"]

Family: TypeAlias = Callable[[Any, MeasureInputs], np.ndarray[Any, Any]]

FAMILIES: Mapping[str, Family] = {
    "share": coverage.share,
    "main_class": coverage.main_class,
    "count": coverage.count,
    "extreme": coverage.extreme,
    "field_mean": coverage.field_mean,
    "nearest": proximity.nearest,
    "walk": proximity.walk,
    "raster": surface.raster,
    "attribute": attribute.attribute,
    "recorded": attribute.recorded,
    "sign_margin": access.sign_margin,
    "rectangle": access.rectangle,
    "way_in": way_in.way_in,
    "strip_width": shape.strip_width,
}
"""What computes each family of measures.

Floats with NaN, or objects with None, where the answer is not known.
"""


def compute_measures(
    ruleset: Ruleset,
    of: str,
    overlay: Overlay,
    ids: np.ndarray[Any, Any],
    parcels: Parcels,
    layers: Mapping[str, Layer],
) -> pd.DataFrame:
    """Compute the measures of the whole parcel, or those of its buildable part.

    Parameters
    ----------
    ruleset
        Which measures there are.
    of
        "parcel" or "buildable".
    overlay
        The shapes, laid over the layers.
    ids
        Parcel ids. (n,) object
    parcels
        All parcels of the municipality, these among them.
    layers
        The layers at hand.

    Returns
    -------
    pandas.DataFrame
        One column per measure; null where the answer is not known, for all parcels where the layer
        is absent.
    """
    inputs = MeasureInputs(overlay, ids, parcels, layers, ruleset)
    columns: dict[str, Any] = {}
    for name, measure in ruleset.measures.items():
        if measure.of == of:
            columns[name] = _column(measure, inputs)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(ids)))


def _column(measure: Measure, inputs: MeasureInputs) -> np.ndarray[Any, Any]:
    if any(
        reading.layer not in inputs.layers
        for reading in measure.reads(inputs.ruleset.number)
        if not reading.optional
    ):
        return np.full(len(inputs.ids), np.nan)
    return FAMILIES[measure.family](measure, inputs)
