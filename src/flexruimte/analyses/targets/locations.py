"""The locations that are compared with targets: checked, and in one rank order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.errors import LayerError, enumerate_some
from flexruimte.results.tables import joined_ids
from flexruimte.vocabulary import (
    ATTENTION,
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    NO,
    NOTES,
    PARCEL_ID,
    PRIORITY,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    UNKNOWN,
    YES,
    Booleans,
    Verdicts,
)

__all__ = ["SCORE", "check_locations", "verdicts_of"]

SCORE: Final = "score"
_HOMES: Final = (HOMES, HOMES_LOW, HOMES_HIGH)
_SAY_NO: Final = ("reasons", ATTENTION, NOTES)
_RULES: Final = (*_SAY_NO, "missing")
"""Columns with the rules that do not say yes."""
_COLUMNS: Final = (
    PARCEL_ID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    STATUS,
    PRIORITY,
    *_RULES,
    SCORE,
    *_HOMES,
    TERM_START,
    TERM_END,
    TERM_YEARS,
)


def check_locations(locations: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the columns that are compared, in one rank order, and how many rows were repetitions.

    The order is by score, then homes, then parcel id, over all municipalities.

    Raises
    ------
    LayerError
        When a column is missing, a number or date cannot be read, homes are negative, or a parcel
        has two rows with different values.
    """
    absent = [name for name in _COLUMNS if name not in locations.columns]
    if absent:
        raise LayerError(
            f"locations have no column {enumerate_some(absent)}; "
            "give Ranking.locations or the rows of ranking.csv"
        )
    rows = pd.DataFrame(locations[list(_COLUMNS)]).reset_index(drop=True)
    for name in _RULES:
        rows[name] = rows[name].map(joined_ids)
    for name in (PARCEL_ID, MUNICIPALITY_CODE, MUNICIPALITY_NAME, STATUS, PRIORITY):
        rows[name] = rows[name].astype("string").fillna("").astype(object)
    for name in (SCORE, TERM_YEARS, *_HOMES):
        rows[name] = _read(rows, name, pd.to_numeric(rows[name], errors="coerce"), "number").astype(
            "float64"
        )
    for name in (TERM_START, TERM_END):
        rows[name] = _read(
            rows, name, pd.to_datetime(rows[name], errors="coerce", format="ISO8601"), "date"
        ).astype("datetime64[s]")
    negative = rows.loc[(rows[list(_HOMES)] < 0).any(axis=1), PARCEL_ID]
    if len(negative):
        raise LayerError(
            f"locations: parcel {enumerate_some(negative)} has homes below zero; "
            "homes are 0 or more, or empty if not known"
        )
    distinct = rows.drop_duplicates()
    double = distinct.loc[distinct.duplicated([MUNICIPALITY_CODE, PARCEL_ID]), PARCEL_ID]
    if len(double):
        raise LayerError(
            f"locations: parcel {enumerate_some(sorted(double))} stands there twice, "
            "with different values; give one run"
        )
    order = distinct.assign(score=distinct[SCORE].fillna(-1.0)).sort_values(
        [SCORE, HOMES, PARCEL_ID, MUNICIPALITY_CODE],
        ascending=[False, False, True, True],
        kind="stable",
    )
    return distinct.loc[order.index].reset_index(drop=True), len(rows) - len(distinct)


def verdicts_of(rule_id: str, rows: pd.DataFrame) -> Verdicts:
    """Return what a rule that was assessed says of locations: yes where no list names it. (n,) int8

    Parameters
    ----------
    rule_id
        Of the rule.
    rows
        As `check_locations` returns them. (n, ...)
    """

    def listed(name: str) -> Booleans:
        inside = (";" + rows[name] + ";").str.contains(f";{rule_id};", regex=False)
        return inside.to_numpy(dtype=bool)

    says_no = np.logical_or.reduce([listed(name) for name in _SAY_NO])
    return np.where(says_no, NO, np.where(listed("missing"), UNKNOWN, YES)).astype(np.int8)


def _read(rows: pd.DataFrame, name: str, values: pd.Series[Any], what: str) -> pd.Series[Any]:
    """Return values that were read, or refuse what is not empty and could not be read."""
    wrong = rows.loc[values.isna() & rows[name].notna(), PARCEL_ID]
    if len(wrong):
        example = "2030-12-31" if what == "date" else "12.5"
        raise LayerError(
            f"locations: {name} of parcel {enumerate_some(wrong)} is no {what}; "
            f"write it as {example}, or leave it empty"
        )
    return values
