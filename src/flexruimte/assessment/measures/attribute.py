"""Measures that are looked up: a field of a table that is joined on the parcel id."""

from __future__ import annotations

from typing import Any

import numpy as np

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.evidence.layers import Table
from flexruimte.rules.conditions import strange_values
from flexruimte.rules.measures import AttributeMeasure

__all__ = ["attribute"]


def attribute(measure: AttributeMeasure, inputs: MeasureInputs) -> np.ndarray[Any, Any]:
    """Return the value of a field for each parcel.

    None where the table does not list it, has no value, or has one that nobody knows. (n,) object.
    """
    layer = inputs.layers[measure.layer]
    if not isinstance(layer, Table):
        raise TypeError(f"layer '{measure.layer}' is no table")  # the ruleset was checked for this
    values = layer.rows[measure.field].reindex(inputs.ids).astype(object)
    values[strange_values(values, layer.spec.field(measure.field))] = None
    return values.where(values.notna(), None).to_numpy(dtype=object)
