"""Measures that are looked up in a table that is joined on the parcel id."""

from __future__ import annotations

from typing import Any

import numpy as np

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.evidence.layers import Layer, Table
from flexruimte.rules.conditions import strange_values
from flexruimte.rules.measures import AttributeMeasure, RecordedMeasure

__all__ = ["attribute", "recorded", "values_of_parcels"]


def attribute(measure: AttributeMeasure, inputs: MeasureInputs) -> np.ndarray[Any, Any]:
    """Return the value of a field for each parcel.

    None where the table does not list it, has no value, or has one that nobody knows. (n,) object.
    """
    return values_of_parcels(inputs.layers[measure.layer], measure.field, inputs.ids)


def recorded(measure: RecordedMeasure, inputs: MeasureInputs) -> np.ndarray[Any, Any]:
    """Return "yes" for each parcel of which the table has a value in a field, else "no".

    None where the table does not list the parcel, and does not list all there is. (n,) object
    """
    table = _table(inputs.layers[measure.layer])
    rows = table.rows[measure.field].reindex(inputs.ids)
    texts = rows.astype("string").str.strip()
    found = np.where(texts.isna() | texts.eq("").fillna(True), "no", "yes").astype(object)
    listed = np.isin(inputs.ids, table.rows.index.to_numpy(dtype=object))
    found[~listed & (not table.speaks_of_unlisted)] = None
    return found


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
    table = _table(layer)
    values = table.rows[field].reindex(ids).astype(object)
    values[strange_values(values, table.spec.field(field))] = None
    return values.where(values.notna(), None).to_numpy(dtype=object)


def _table(layer: Layer) -> Table:
    if not isinstance(layer, Table):
        raise TypeError(f"layer '{layer.key}' is no table")  # the ruleset was checked for this
    return layer
