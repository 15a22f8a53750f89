"""Measures of several parcels as one, from those of the parcels.

They are what would be measured of the same land as one parcel, as far as that follows from the
parts: the nearest of distances and the lowest of limits, sums of counts, means of shares by area.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.measures import (
    CountMeasure,
    ExtremeMeasure,
    MainClassMeasure,
    Measure,
    NearestMeasure,
    RasterMeasure,
    RectangleMeasure,
    SignMarginMeasure,
    WalkMeasure,
)
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import AREA, BUILDABLE_AREA, Floats, Integers

__all__ = ["measures_of_groups"]


def measures_of_groups(ruleset: Ruleset, parts: pd.DataFrame, group: Integers) -> dict[str, Any]:
    """Return the measures of groups of parcels, by name; those that rest on others are left out.

    Parameters
    ----------
    ruleset
        Its measures.
    parts
        The parcels with their measures, those of one group together. (k, ...)
    group
        Number of each parcel's group, rising from 0 without gaps. (k,) int

    Returns
    -------
    dict
        (g,) each: float64, null where a part is not known; or object. Of classes it is that of the
        part with most buildable land, and there is room for a rectangle where one part has it.

    Notes
    -----
    Simplified: a feature that lies in two parts counts twice; a mean over the features of each part
    is taken by area; a rectangle that only fits across a boundary is not seen.
    """
    first = np.flatnonzero(np.diff(group, prepend=-1))
    area: dict[str, Floats] = {
        of: parts[name].to_numpy(dtype=np.float64)
        for of, name in (("parcel", AREA), ("buildable", BUILDABLE_AREA))
    }
    heaviest = pd.Series(area["buildable"]).groupby(group).idxmax().to_numpy()
    columns: dict[str, Any] = {}
    for name, measure in ruleset.measures.items():
        if name not in parts or measure.of == "other measures":
            continue
        values = parts[name]
        if isinstance(measure, RectangleMeasure):
            columns[name] = _room(values, first)
        elif isinstance(measure, MainClassMeasure) or not is_numeric_dtype(values):
            classes = values.to_numpy(dtype=object)
            columns[name] = np.where(values.isna(), np.array(None), classes)[heaviest]
        else:
            numbers = np.asarray(as_numbers(values), dtype=np.float64)
            columns[name] = _joined(measure, numbers, area[measure.of], first)
    return columns


def _joined(measure: Measure, numbers: Floats, area: Floats, first: Integers) -> Floats:
    """Return numbers of groups; NaN where one of a part is not known. (g,) float64."""
    if isinstance(measure, NearestMeasure | WalkMeasure | SignMarginMeasure):
        return np.asarray(np.minimum.reduceat(numbers, first))
    if isinstance(measure, CountMeasure):
        return np.asarray(np.add.reduceat(numbers, first))
    if isinstance(measure, ExtremeMeasure):
        highest = measure.pick == "highest"
        return np.asarray((np.maximum if highest else np.minimum).reduceat(numbers, first))
    if isinstance(measure, RasterMeasure) and measure.statistic in ("max", "min"):
        highest = measure.statistic == "max"
        return np.asarray((np.maximum if highest else np.minimum).reduceat(numbers, first))
    return np.asarray(np.add.reduceat(numbers * area, first) / np.add.reduceat(area, first))


def _room(values: pd.Series[Any], first: Integers) -> np.ndarray[Any, Any]:
    """Return "yes" where one part has room, "no" where none has, else None. (g,) object."""
    classes = values.to_numpy(dtype=object)
    some = np.logical_or.reduceat(classes == "yes", first)
    none = np.logical_and.reduceat(classes == "no", first)
    room = np.full(len(first), None, dtype=object)
    room[some], room[none] = "yes", "no"
    return room
