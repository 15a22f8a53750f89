"""What homes on each location cost and bring in, over the location's term and the next one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from pydantic import Field

from flexruimte.analyses.costs.figures import CostFigures
from flexruimte.errors import LayerError, StudyError, enumerate_some
from flexruimte.rules.documents import validate
from flexruimte.rules.parts import Model
from flexruimte.vocabulary import HOMES, MUNICIPALITY_CODE, PARCEL_ID, TERM_YEARS, Floats

__all__ = ["COUNTED_YEARS", "CostParameters", "assess_costs"]

COUNTED_YEARS: Final = "counted_years"
"""Years that count at a location. [year]"""

_MONTHS_PER_YEAR: Final = 12


class CostParameters(Model):
    """What has no sourced figure, and is therefore the user's to give. None is not known.

    Examples
    --------
    >>> CostParameters(rent_per_home_month_eur=600).rent_per_home_month_eur
    600.0
    """

    build_cost_per_home_eur: float | None = Field(default=None, ge=0)
    """Replaces the figure of the file. [EUR per home]"""
    rent_per_home_month_eur: float | None = Field(default=None, ge=0, le=1e5)
    """Rent that comes in, so after vacancy. [EUR per home per month]"""
    running_cost_per_home_year_eur: float | None = Field(default=None, ge=0, le=1e6)
    """Upkeep, management, taxes, ground; no depreciation, no interest. [EUR per home per year]"""
    second_term_years: float | None = Field(default=None, ge=0, le=100)
    """Term at the next location. [year]"""
    sale_share: float | None = Field(default=None, ge=0, le=1)
    """What the homes bring in after the first term if there is no next location, as a share of the
    investment. Fakton says for the ministry of VRO (https://flexwonen.nl/?p=42652): up to 0.85,
    depending on the next use. That is a ceiling, and no default. [share]"""


def assess_costs(
    figures: CostFigures,
    locations: pd.DataFrame,
    as_of: dt.date,
    parameters: CostParameters | Mapping[str, Any] | None = None,
    *,
    required_years: float | None = None,
    longest_years: float | None = None,
) -> pd.DataFrame:
    """Return what homes on each location cost and bring in.

    With *build* the build cost per home, *T1* the years that count at the location
    (`counted_years`) and *T2* the second term, in euros:

    - `investment_eur` = homes x build.
    - `move_eur` = investment x share of a move; split into `move_transport_eur`,
      `move_connections_eur`, `move_site_eur` and `move_rest_eur`.
    - `book_value_eur` = investment x (1 - T1 / depreciation years), at least 0: straight-line
      depreciation.
    - `guarantee_fee_eur` = homes x fee.
    - `shortfall_eur` = book value - investment x sale share, at least 0: what is lost after the
      first term if there is no next location; split into `shortfall_state_eur`,
      `shortfall_municipality_eur` and `shortfall_investor_eur`. The book value stands in for the
      amount that is guaranteed.
    - `sft_eur` = homes x subsidy, 0 where T1 is shorter than the subsidy asks: an upper limit, as
      its other conditions are not judged.
    - `exploitation_1_eur` = homes x T1 x (12 x rent - running cost) - investment.
    - `exploitation_2_eur` = homes x T2 x (12 x rent - running cost) - move.
    - `exploitation_eur` = both terms, without the subsidy, the fee and what the homes are worth in
      the end, which stand beside it.

    Parameters
    ----------
    figures
        As `load_cost_figures` reads them.
    locations
        With parcel id, municipality code, `homes` of a project and term years. (n, ...)
    as_of
        The date that picks the figures; today's date is never read.
    parameters
        What has no sourced figure.
    required_years
        Years that the study asks for. They count where a term has no end that is known, as for a
        plan of moves; None: the term as it is. [year]
    longest_years
        A term so long, and as long as is asked, has no end that is known; None: every term has.
        [year]

    Returns
    -------
    pandas.DataFrame
        Parcel id, municipality code, homes, term, `counted_years`, the columns above (float64; NaN
        where something they need is not known) and `not_known`: what that is, and why. The index is
        that of `locations`. (n, 24)

    Raises
    ------
    LayerError
        When the locations lack a column or have negative homes or years.
    StudyError
        When a parameter does not exist or is below zero.

    Examples
    --------
    >>> from flexruimte.analyses.costs import load_cost_figures
    >>> rows = {"parcel_id": ["P1"], "gemeente_code": ["GM0503"], "homes": [10]}
    >>> locations = pd.DataFrame(rows | {"term_years": [15.0]})
    >>> costs = assess_costs(load_cost_figures(), locations, dt.date(2026, 1, 1))
    >>> costs["move_eur"].tolist(), costs["exploitation_1_eur"].tolist()
    ([225000.0], [nan])
    >>> costs["not_known"].item().split(";")[0]
    'rent_per_home_month_eur: not given, and no sourced figure is at hand'
    """
    homes, term = _numbers(locations, HOMES), _numbers(locations, TERM_YEARS)
    counted = _counted_years(term, required_years, longest_years)
    value, reasons = _values(figures, as_of, _parameters(parameters))
    columns = {
        PARCEL_ID: locations[PARCEL_ID],
        MUNICIPALITY_CODE: locations[MUNICIPALITY_CODE],
        HOMES: homes,
        TERM_YEARS: term,
        COUNTED_YEARS: counted,
        **_amounts(homes, counted, value),
        "not_known": _not_known(homes, term, reasons),
    }
    return pd.DataFrame(columns, index=locations.index)


def _counted_years(
    term: Floats, required_years: float | None, longest_years: float | None
) -> Floats:
    """Return the years that count at each location: what is asked where no end is known. (n,)"""
    if required_years is None or longest_years is None:
        return term
    return np.where(term >= max(required_years, longest_years), required_years, term)


def _amounts(homes: Floats, term: Floats, value: Mapping[str, float]) -> dict[str, Floats]:
    """Return the columns in euros, as `assess_costs` defines them. (n,) each."""
    investment = homes * value["build_cost_per_home"]
    move = investment * value["move_share"]
    book_value = investment * np.maximum(1 - term / value["depreciation_years"], 0.0)
    shortfall = np.maximum(book_value - investment * value["sale_share"], 0.0)
    yearly_rent = _MONTHS_PER_YEAR * value["rent_per_home_month_eur"]
    net_rent = homes * (yearly_rent - value["running_cost_per_home_year_eur"])
    least_years = value["sft_least_years"]
    long_enough = np.where(np.isnan(term + least_years), np.nan, term >= least_years)
    first, second = net_rent * term - investment, net_rent * value["second_term_years"] - move
    return {
        "investment_eur": investment,
        "move_eur": move,
        **{
            f"move_{part}_eur": move * value[f"move_{part}_share"]
            for part in ("transport", "connections", "site", "rest")
        },
        "book_value_eur": book_value,
        "guarantee_fee_eur": homes * value["guarantee_fee_per_home"],
        "shortfall_eur": shortfall,
        # The shares are those of the guarantee, so on a date without one only the split is unknown.
        **{
            f"shortfall_{who}_eur": shortfall * value[f"guarantee_{who}_share"]
            for who in ("state", "municipality", "investor")
        },
        "sft_eur": homes * value["sft_per_home"] * long_enough,
        "exploitation_1_eur": first,
        "exploitation_2_eur": second,
        "exploitation_eur": first + second,
    }


def _parameters(parameters: CostParameters | Mapping[str, Any] | None) -> CostParameters:
    if isinstance(parameters, CostParameters):
        return parameters
    return validate(CostParameters, dict(parameters or {}), "costs, parameters", StudyError)


def _numbers(locations: pd.DataFrame, name: str) -> Floats:
    """Return a column of the locations as numbers; NaN is not known. (n,)."""
    absent = [
        column for column in (PARCEL_ID, MUNICIPALITY_CODE, name) if column not in locations.columns
    ]
    if absent:
        raise LayerError(
            f"locations have no column {enumerate_some(absent)}; "
            "give Ranking.locations or the rows of ranking.csv"
        )
    numbers = pd.to_numeric(locations[name], errors="coerce").astype("float64")
    wrong = locations.loc[(numbers.isna() & locations[name].notna()) | numbers.lt(0), PARCEL_ID]
    if len(wrong):
        raise LayerError(
            f"locations: {name} of parcel {enumerate_some(wrong)} is no number of 0 or more; "
            "leave it empty if it is not known"
        )
    return np.asarray(numbers, dtype=np.float64)


def _values(
    figures: CostFigures, as_of: dt.date, given: CostParameters
) -> tuple[dict[str, float], list[str]]:
    """Return every input, NaN where it is not known, and why those are not."""
    values: dict[str, float] = {}
    reasons = []
    for key, figure in figures.figures.items():
        row = figure.at(as_of)
        values[key] = np.nan if row is None else row.value
        if key == "build_cost_per_home" and given.build_cost_per_home_eur is not None:
            values[key] = given.build_cost_per_home_eur
        elif row is None:
            periods = ", ".join(row.period for row in figure.rows)
            reasons.append(f"{key}: no figure holds on {as_of} (there is {periods})")
    for key, parameter in given:
        if key == "build_cost_per_home_eur":
            continue
        values[key] = np.nan if parameter is None else parameter
        if parameter is None:
            reasons.append(f"{key}: not given, and no sourced figure is at hand")
    return values, reasons


def _not_known(homes: Floats, term: Floats, reasons: list[str]) -> list[str]:
    """Return per location what is not known, and why, as "a: why; b: why"."""
    texts = []
    for row_homes, row_term in zip(homes, term, strict=True):
        own = [
            f"{name}: not known of this location"
            for name, number in ((HOMES, row_homes), (TERM_YEARS, row_term))
            if np.isnan(number)
        ]
        texts.append("; ".join([*own, *reasons]))
    return texts
