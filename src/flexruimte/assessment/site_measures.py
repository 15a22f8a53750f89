"""Measures of several parcels as one, from those of the parcels.

They are what would be measured of the same land as one parcel, as far as that follows from the
parts: the nearest of distances and the lowest of limits, sums of counts, means of shares by area.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from flexruimte.assessment.term import years_between
from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.measures import (
    CountMeasure,
    ExtremeMeasure,
    MainClassMeasure,
    Measure,
    NearestMeasure,
    RasterMeasure,
    RecordedMeasure,
    RectangleMeasure,
    SignMarginMeasure,
    WalkMeasure,
    WayInMeasure,
)
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    HARD_PLAN_FREE_YEARS,
    PESSIMISTIC_TERM_YEARS,
    START_DELAY_YEARS,
    TERM_END,
    TERM_END_CLASS,
    TERM_START,
    TERM_YEARS,
    EndOfTerm,
    Floats,
    Integers,
)

__all__ = ["largest_of_groups", "measure_columns", "measures_of_groups", "term_of_groups"]

_OF_CLASSES: Final = (MainClassMeasure, RectangleMeasure, RecordedMeasure)
"""Measures that are no numbers, however they are written."""


def measure_columns(ruleset: Ruleset, table: pd.DataFrame) -> dict[str, np.ndarray[Any, Any]]:
    """Return the measures of parcels as `measures_of_groups` takes them.

    Parameters
    ----------
    ruleset
        Its measures; those that rest on others are left out.
    table
        The parcels with their measures. (n, ...)

    Returns
    -------
    dict
        (n,) each: float64 with NaN, or for classes objects with None, where it is not known.
    """
    columns: dict[str, np.ndarray[Any, Any]] = {
        name: table[name].to_numpy(dtype=np.float64) for name in (AREA, BUILDABLE_AREA)
    }
    for name, measure in ruleset.measures.items():
        if name not in table or measure.of == "other measures":
            continue
        values = table[name]
        if isinstance(measure, _OF_CLASSES) or not is_numeric_dtype(values):
            columns[name] = np.where(values.isna(), np.array(None), values.to_numpy(dtype=object))
        else:
            columns[name] = as_numbers(values).to_numpy()
    return columns


def measures_of_groups(
    ruleset: Ruleset, parts: Mapping[str, np.ndarray[Any, Any]], group: Integers
) -> dict[str, Any]:
    """Return the measures of groups of parcels, by name; those that rest on others are left out.

    Parameters
    ----------
    ruleset
        Its measures.
    parts
        The parcels' measures, as `measure_columns` gives them, those of one group together. (k,)
        each
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
    area: dict[str, Floats] = {"parcel": parts[AREA], "buildable": parts[BUILDABLE_AREA]}
    heaviest = largest_of_groups(area["buildable"], group)
    columns: dict[str, Any] = {}
    for name, measure in ruleset.measures.items():
        if name not in parts:
            continue
        values = parts[name]
        if isinstance(measure, RectangleMeasure):
            columns[name] = _room(values, first)
        elif values.dtype == object:
            columns[name] = values[heaviest]
        else:
            columns[name] = _joined(measure, values, area[measure.of], first)
    return columns


def largest_of_groups(area: Floats, group: Integers) -> Integers:
    """Return the position of the largest part of each group, of equals the first. (g,) int"""
    order = np.lexsort((-area, group))
    return np.asarray(order[np.flatnonzero(np.diff(group, prepend=-1))])


def _joined(measure: Measure, numbers: Floats, area: Floats, first: Integers) -> Floats:
    """Return numbers of groups; NaN where one of a part is not known. (g,) float64."""
    if isinstance(measure, NearestMeasure | WalkMeasure | SignMarginMeasure):
        return np.asarray(np.minimum.reduceat(numbers, first))
    if isinstance(measure, WayInMeasure):
        # One way in is enough, and of one that crosses nobody's land there is no better.
        free = np.minimum.reduceat(np.nan_to_num(numbers, nan=np.inf), first) <= 0
        return np.where(free, 0.0, np.minimum.reduceat(numbers, first))
    if isinstance(measure, CountMeasure):
        return np.asarray(np.add.reduceat(numbers, first))
    if isinstance(measure, ExtremeMeasure):
        highest = measure.pick == "highest"
        return np.asarray((np.maximum if highest else np.minimum).reduceat(numbers, first))
    if isinstance(measure, RasterMeasure) and measure.statistic in ("max", "min"):
        highest = measure.statistic == "max"
        return np.asarray((np.maximum if highest else np.minimum).reduceat(numbers, first))
    return np.asarray(np.add.reduceat(numbers * area, first) / np.add.reduceat(area, first))


def _room(classes: np.ndarray[Any, Any], first: Integers) -> np.ndarray[Any, Any]:
    """Return "yes" where one part has room, "no" where none has, else None. (g,) object."""
    some = np.logical_or.reduceat(classes == "yes", first)
    none = np.logical_and.reduceat(classes == "no", first)
    room = np.full(len(first), None, dtype=object)
    room[some], room[none] = "yes", "no"
    return room


def term_of_groups(parts: Mapping[str, np.ndarray[Any, Any]], group: Integers) -> dict[str, Any]:
    """Return the term of groups: from when all parts are free until the first is not."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    # The latest, the first and the shortest of several are only known where each is.
    start = np.maximum.reduceat(parts[TERM_START].astype("datetime64[D]"), first)
    end = np.minimum.reduceat(parts[TERM_END].astype("datetime64[D]"), first)
    part_unknown = np.logical_or.reduceat(np.isnan(parts[TERM_YEARS]), first)
    none = np.isnat(start) | (end <= start)
    years = np.where(
        none,
        np.where(part_unknown, np.nan, 0.0),
        years_between(
            np.where(none, np.datetime64(0, "D"), start),
            np.where(none, np.datetime64(0, "D"), end),
        ),
    )
    shortest = {
        name: np.minimum.reduceat(parts[name], first)
        for name in (PESSIMISTIC_TERM_YEARS, HARD_PLAN_FREE_YEARS)
    }
    ends = parts[TERM_END_CLASS]
    what_ends_it = np.full(len(first), None, dtype=object)
    for kind, reduce in (
        (EndOfTerm.NONE_KNOWN, np.logical_and),
        (EndOfTerm.KNOWN, np.logical_or),
    ):
        what_ends_it[reduce.reduceat(ends == kind, first)] = str(kind)
    delay = np.maximum.reduceat(parts[START_DELAY_YEARS], first)
    return {
        START_DELAY_YEARS: delay,
        TERM_END_CLASS: what_ends_it,
        TERM_START: np.where(none, np.datetime64("NaT"), start),
        TERM_END: np.where(none, np.datetime64("NaT"), end),
        TERM_YEARS: years,
        PESSIMISTIC_TERM_YEARS: np.minimum(shortest[PESSIMISTIC_TERM_YEARS], years),
        HARD_PLAN_FREE_YEARS: shortest[HARD_PLAN_FREE_YEARS],
    }
