"""The tables that all exports share: every parcel, the findings of rules, and the listed locations.

Other people's scripts depend on the columns of the locations. Numbers are rounded here and nowhere
else, so that all outputs say the same:

========================================  ========
scores (0-100)                            2
areas in m2, lengths in m                 3
shares                                    6
years                                     4
other units                               3
========================================  ========
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.api.extensions import ExtensionArray

from flexruimte.assessment.pipeline import Assessment
from flexruimte.evidence.identifiers import in_natural_order
from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    ATTENTION,
    BEST_GROUP,
    BUILDABLE_AREA,
    BUILT_IN_MEASURES,
    COVERED_AREA,
    COVERED_BUILDABLE,
    CRS,
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    KEPT_OUT_BY,
    LARGEST_PART_AREA,
    LEFT_FREE,
    LISTED_STATUSES,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    NOTES,
    PARCEL_ID,
    PARCEL_IDS,
    PRIORITY,
    RANK,
    SCORE_KNOWN_SHARE,
    SITE_ID,
    SITE_TYPE,
    SIZE_CLASS,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    THEMES,
    Floats,
    Geometries,
    unit_of,
)

__all__ = [
    "BUILDABLE_GEOMETRY",
    "LIST_COLUMNS",
    "finding_table",
    "joined_ids",
    "listed_ids",
    "location_columns",
    "location_table",
    "locations_of",
    "parcel_table",
    "site_table",
    "with_lists",
    "without_lists",
]

BUILDABLE_GEOMETRY: Final = "buildable"
"""Second geometry column of the parcels: what remains; null where nothing does."""
LIST_COLUMNS: Final = (KEPT_OUT_BY, "reasons", ATTENTION, NOTES, "missing", PARCEL_IDS)
"""Columns that hold ids of rules or parcels: as "a;b", and as lists in what can hold lists."""

_DECIMALS: Final = {"m2": 3, "m": 3, "share": 6, "year": 4}
_OTHER_DECIMALS: Final = 3
_SCORE_DECIMALS: Final = 2
_TEXT: Final = (
    PARCEL_ID,
    PARCEL_IDS,
    SITE_ID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    STATUS,
    PRIORITY,
    *LIST_COLUMNS,
    "decision",
    "decision_reason",
    "decision_date",
    "plans",
    SITE_TYPE,
    SIZE_CLASS,
    BEST_GROUP,
)
_SEPARATOR: Final = ";"

_Rows = TypeVar("_Rows", bound=pd.DataFrame)
_Column: TypeAlias = ExtensionArray | np.ndarray[Any, Any]


def listed_ids(value: object) -> list[str]:
    """Return the ids in a list column, be it text or a list; none where it is not known.

    Examples
    --------
    >>> listed_ids("a;b"), listed_ids(["a", "b"]), listed_ids("")
    (['a', 'b'], ['a', 'b'], [])
    """
    if isinstance(value, list | tuple | np.ndarray):
        return [str(part) for part in value]
    return [part for part in value.split(_SEPARATOR) if part] if isinstance(value, str) else []


def joined_ids(value: object) -> str:
    """Return the ids in a list column as "a;b".

    Examples
    --------
    >>> joined_ids(["a", "b"]), joined_ids("a;b"), joined_ids([])
    ('a;b', 'a;b', '')
    """
    return _SEPARATOR.join(listed_ids(value))


def with_lists(rows: _Rows, made: Callable[[list[str]], Any] = list) -> _Rows:
    """Return rows with lists in the list columns, for what can hold lists; an empty one for none.

    Parameters
    ----------
    rows
        With text such as "a;b" in the list columns that there are. (n, ...)
    made
        Makes what a cell holds of a list of ids.
    """
    lists = {
        name: _as_lists(rows[name].astype("string"), made) for name in LIST_COLUMNS if name in rows
    }
    return rows.assign(**lists)


def without_lists(rows: _Rows) -> _Rows:
    """Return rows with text such as "a;b" in the list columns, for what can hold no lists."""
    texts = {
        name: pd.array(rows[name].map(joined_ids).to_numpy(dtype=object), dtype="string")
        for name in LIST_COLUMNS
        if name in rows and rows[name].dtype == object
    }
    return rows.assign(**texts) if texts else rows


def _as_lists(texts: pd.Series[Any], made: Callable[[list[str]], Any]) -> np.ndarray[Any, Any]:
    """Return the lists that are written as "a;b"; each distinct text is taken apart once."""
    codes, distinct = pd.factorize(texts)
    lists = np.empty(len(distinct) + 1, dtype=object)  # the last is what is not known
    for place, text in enumerate([*distinct.tolist(), None]):
        lists[place] = made(listed_ids(text))
    return lists[codes]


def parcel_table(assessment: Assessment) -> gpd.GeoDataFrame:
    """Return every parcel, by id: rounded, and with the same types in every municipality.

    Returns
    -------
    geopandas.GeoDataFrame
        The columns of `Assessment.parcels`, and `buildable` as a second geometry. (n, ...)
    """
    return _as_written(assessment.parcels, assessment.buildable, assessment.ruleset)


def finding_table(assessment: Assessment) -> pd.DataFrame:
    """Return what every rule found, by parcel id and then in the order of the ruleset, rounded.

    Returns
    -------
    pandas.DataFrame
        The columns of `flexruimte.assessment.parcel_table.findings_of_rules`, of the parcels and of
        the sites of several parcels. (m, 11)
    """
    findings = assessment.findings.assign(
        **{
            name: _rounded(assessment.findings[name], _DECIMALS["m2"])
            for name in (COVERED_AREA, COVERED_BUILDABLE, LEFT_FREE)
        }
    )
    return _by_id(findings)


def site_table(assessment: Assessment) -> gpd.GeoDataFrame | None:
    """Return every location of several parcels, by id; None where there are none.

    (s, ...), in the columns of `parcel_table`.
    """
    sites = assessment.sites
    return (
        None
        if sites is None or not len(sites.table)
        else _as_written(sites.table, sites.buildable, assessment.ruleset)
    )


def _as_written(
    rows: gpd.GeoDataFrame, buildable: Geometries, ruleset: Ruleset
) -> gpd.GeoDataFrame:
    """Return rows by id, rounded and typed, with the buildable part as a second geometry."""
    shapes = rows.geometry
    columns = {
        str(name): _plain(str(name), values, ruleset)
        for name, values in pd.DataFrame(rows).items()
        if name != shapes.name
    }
    frame = gpd.GeoDataFrame(columns, geometry=np.asarray(shapes), crs=CRS)
    left = buildable.copy()
    left[shapely.is_empty(left)] = None
    frame[BUILDABLE_GEOMETRY] = gpd.GeoSeries(left, index=frame.index, crs=CRS)
    return _by_id(frame)


def _by_id(frame: _Rows) -> _Rows:
    """Return rows by parcel id, 2 before 10; those of one id stay in their order."""
    keys = pd.Series(in_natural_order(frame[PARCEL_ID].to_numpy(dtype=object)), index=frame.index)
    if keys.is_monotonic_increasing:
        return frame
    return frame.loc[keys.sort_values(kind="stable").index].reset_index(drop=True)


def _plain(name: str, values: pd.Series[Any], ruleset: Ruleset) -> _Column:
    """Return the values of a column in the type that they have in every municipality, rounded."""
    is_measure = name in BUILT_IN_MEASURES or name in ruleset.measures
    if name == RANK:
        return values.astype("Int64").array
    if name in (TERM_START, TERM_END):
        return values.astype("datetime64[ms]").array
    if name in (HOMES, HOMES_LOW, HOMES_MID, HOMES_HIGH):
        return values.astype("float64").round().astype("Int64").array
    if name in _TEXT or (is_measure and unit_of(name) == "class"):
        return _as_text(values)
    if is_measure or name in ("taken_m2", LEFT_FREE, "known_share", SCORE_KNOWN_SHARE):
        return _rounded(values, _DECIMALS.get(unit_of(name), _OTHER_DECIMALS))
    if name in ("score", "score_low", "score_high", *THEMES) or name.startswith(
        ("suitability_", "criterion_")
    ):
        return _rounded(values, _SCORE_DECIMALS)
    return _as_text(values) if values.dtype == object else values.array


def _rounded(values: pd.Series[Any], decimals: int) -> Floats:
    return np.asarray(
        np.round(as_numbers(values).to_numpy(), decimals) + 0.0, dtype=np.float64
    )  # no -0.0


def _as_text(values: pd.Series[Any]) -> ExtensionArray:
    """Return text; a class that is a whole number is written 3, never 3.0."""
    if values.dtype != object and not pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype("string").array
    codes, distinct = pd.factorize(values)
    return pd.array([_text(value) for value in distinct], dtype="string").take(
        codes, allow_fill=True
    )


def _text(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def location_columns(groups: Sequence[str]) -> list[str]:
    """Return the columns of a location, in the order that other people's scripts depend on."""
    return [
        PARCEL_ID,
        MUNICIPALITY_CODE,
        MUNICIPALITY_NAME,
        RANK,
        PRIORITY,
        STATUS,
        "score",
        "suitability",
        *(f"suitability_{group}" for group in groups),
        BEST_GROUP,
        "term",
        "relocatability",
        "feasibility",
        "environment",
        TERM_YEARS,
        TERM_START,
        TERM_END,
        AREA,
        BUILDABLE_AREA,
        LARGEST_PART_AREA,
        HOMES,
        HOMES_LOW,
        HOMES_MID,
        HOMES_HIGH,
        ATTENTION,
        NOTES,
        "missing",
        "known_share",
        SCORE_KNOWN_SHARE,
        "score_low",
        "score_high",
        KEPT_OUT_BY,
        "site_type",
        SIZE_CLASS,
        "reasons",
        "decision",
        "decision_reason",
        "decision_date",
        PARCEL_IDS,
    ]


def locations_of(parcels: gpd.GeoDataFrame, sites: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return parcels that are a location by themselves, and sites of several: all land once.

    Parameters
    ----------
    parcels
        As `parcel_table` makes it.
    sites
        As `site_table` makes it.
    """
    alone = parcels[parcels[SITE_ID].isna()]
    alone = alone.assign(**{PARCEL_IDS: alone[PARCEL_ID]})
    return (
        alone
        if sites is None
        else gpd.GeoDataFrame(pd.concat([alone, sites], ignore_index=True), crs=CRS)
    )


def location_table(parcels: gpd.GeoDataFrame, groups: Sequence[str]) -> gpd.GeoDataFrame:
    """Return the listed locations: the ranked by rank, then the unknown by parcel id.

    Parameters
    ----------
    parcels
        As `locations_of` makes it.
    groups
        Target groups that count.

    Returns
    -------
    geopandas.GeoDataFrame
        The columns of `location_columns`, null where the ruleset has no such theme; the geometry is
        the buildable part, or the parcel where nothing is left; the parcel itself is a second
        geometry, `parcel`. (n, ...)
    """
    wanted = location_columns(groups)
    every = pd.DataFrame(parcels).rename(columns={SITE_TYPE: "site_type"})
    shown = every.loc[:, every.columns.isin([*wanted, parcels.geometry.name, BUILDABLE_GEOMETRY])]
    listed = shown[shown[STATUS].isin([str(status) for status in LISTED_STATUSES])]
    listed = listed.sort_values(
        [RANK, PARCEL_ID], kind="stable", na_position="last", ignore_index=True
    )
    rows = listed.reindex(columns=wanted)
    absent = [name for name in wanted if name not in listed.columns]
    rows[absent] = rows[absent].astype("float64")
    whole, left = np.asarray(listed[parcels.geometry.name]), np.asarray(listed[BUILDABLE_GEOMETRY])
    frame = gpd.GeoDataFrame(
        rows, geometry=np.where(shapely.is_missing(left), whole, left), crs=CRS
    )
    frame["parcel"] = gpd.GeoSeries(whole, index=frame.index, crs=CRS)
    return frame
