"""Measures that are looked up: a field of a table that is joined on the parcel id."""

from __future__ import annotations

from typing import Any

import numpy as np

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.evidence.layers import Layer, Table
from flexruimte.rules.conditions import strange_values
from flexruimte.rules.measures import AttributeMeasure

__all__ = ["attribute", "values_of_parcels"]


def attribute(measure: AttributeMeasure, inputs: MeasureInputs) -> np.ndarray[Any, Any]:
    """Return the value of a field for each parcel.

    None where the table does not list it, has no value, or has one that nobody knows. (n,) object.
    """
    return values_of_parcels(inputs.layers[measure.layer], measure.field, inputs.ids)


def values_of_parcels(layer: Layer, field: str, ids: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the value of a field of a table for each of some parcels, as `attribute` does.

    Parameters
    ----------
    layer
        The table.
    field
        Of the table.
    ids
        Of the parcels. (n,) object of str
    """
    if not isinstance(layer, Table):
        raise TypeError(f"layer '{layer.key}' is no table")  # the ruleset was checked for this
    values = layer.rows[field].reindex(ids).astype(object)
    values[strange_values(values, layer.spec.field(field))] = None
    return values.where(values.notna(), None).to_numpy(dtype=object)
