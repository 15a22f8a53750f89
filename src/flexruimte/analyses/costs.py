"""What it costs: per location the investment, the move bill, the re-placement guarantee, the subsidy and the exploitation over two terms.

An option: nothing is computed unless `assess_costs` is called. It is no business case: amounts are
in euros, not indexed, not discounted and not split by VAT. Every figure is dated and comes with its
source from one TOML file, `costs-nl` or the user's own; what has no sourced figure is a parameter
without default. What is not known is null, never zero, and `not_known` says why.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Self, TypeAlias

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from flexruimte.errors import LayerError, RulesetError, StudyError, did_you_mean, enumerate_some
from flexruimte.rules.files import describe_validation_error
from flexruimte.rules.parts import Model, Sourced, Text
from flexruimte.vocabulary import HOMES_MID, MUNICIPALITY_CODE, PARCEL_ID, TERM_YEARS, Floats

__all__ = [
    "CostFigures",
    "CostParameters",
    "DatedFigure",
    "Figure",
    "assess_costs",
    "built_in_cost_figures",
    "figures_at",
    "load_cost_figures",
]

_PREFIX: Final = "costs-"
_MONTHS_PER_YEAR: Final = 12
_UNITS: Final = {
    "build_cost_per_home": "EUR per home",
    "depreciation_years": "year",
    "move_share": "share",
    "move_transport_share": "share",
    "move_connections_share": "share",
    "move_site_share": "share",
    "move_rest_share": "share",
    "guarantee_fee_per_home": "EUR per home",
    "guarantee_state_share": "share",
    "guarantee_municipality_share": "share",
    "guarantee_investor_share": "share",
    "sft_per_home": "EUR per home",
    "sft_least_years": "year",
}
"""The figures that a file must have, with their units."""
_WHOLES: Final = (
    ("move_transport_share", "move_connections_share", "move_site_share", "move_rest_share"),
    ("guarantee_state_share", "guarantee_municipality_share", "guarantee_investor_share"),
)
"""Shares that add up to one."""


def _as_date(value: Any) -> Any:
    """Refuse what pydantic would make a date of: a number of seconds, a moment."""
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise ValueError(f"{value!r} is no date; write it as 2030-12-31")
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is no date; write it as 2030-12-31") from None
    return value


Day: TypeAlias = Annotated[dt.date, BeforeValidator(_as_date)]


class DatedFigure(Sourced):
    """A value that holds from a first up to and including a last day; without one, that side is open."""

    value: float = Field(ge=0)
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise ValueError(
                f"the figure holds until {self.until}, before it starts on {self.from_}"
            )
        return self

    def holds(self, date: dt.date) -> bool:
        """Whether the figure holds on a date."""
        return (self.from_ is None or self.from_ <= date) and (
            self.until is None or date <= self.until
        )

    @property
    def period(self) -> str:
        """When the figure holds, in words."""
        words = [f"from {self.from_}"] if self.from_ else []
        return " ".join([*words, *([f"until {self.until}"] if self.until else [])]) or "always"


class Figure(Model):
    """A figure with its values over time."""

    title: Text
    unit: str
    rows: list[DatedFigure] = Field(min_length=1)

    @model_validator(mode="after")
    def _rows_do_not_overlap(self) -> Self:
        by_start = sorted(self.rows, key=lambda row: row.from_ or dt.date.min)
        for row, later in pairwise(by_start):
            if row.until is None or (later.from_ or dt.date.min) <= row.until:
                raise ValueError(
                    f"two rows hold at once ({row.period}, {later.period}); end one before the other starts"
                )
        if self.unit == "share" and any(row.value > 1 for row in self.rows):
            raise ValueError("a share lies between 0 and 1")
        return self

    def at(self, date: dt.date) -> DatedFigure | None:
        """Return the row that holds on a date, or None."""
        return next((row for row in self.rows if row.holds(date)), None)


class CostFigures(Model):
    """The figures of a costs file."""

    name: str
    title: Text
    figures: dict[str, Figure]

    @model_validator(mode="after")
    def _complete_and_whole(self) -> Self:
        for key in self.figures:
            if key not in _UNITS:
                raise ValueError(f"[figures.{key}] does not exist; {did_you_mean(key, _UNITS)}")
        for key, unit in _UNITS.items():
            if key not in self.figures:
                raise ValueError(f"[figures.{key}] is missing; give it in {unit}")
            if self.figures[key].unit != unit:
                raise ValueError(
                    f"[figures.{key}] is in '{self.figures[key].unit}'; convert it to {unit}"
                )
        if any(row.value == 0 for row in self.figures["depreciation_years"].rows):
            raise ValueError(
                "[figures.depreciation_years] is 0; homes are written off over more than 0 years"
            )
        for shares in _WHOLES:
            self._check_whole(shares)
        return self

    def _check_whole(self, shares: tuple[str, ...]) -> None:
        starts = {row.from_ or dt.date.min for key in shares for row in self.figures[key].rows}
        for date in sorted(starts):
            rows = [self.figures[key].at(date) for key in shares]
            total = sum(row.value for row in rows if row is not None)
            if None not in rows and abs(total - 1) > 1e-9:
                raise ValueError(
                    f"{', '.join(shares)} add up to {total:g} on {date}; shares of a whole add up to 1"
                )


class CostParameters(Model):
    """What has no sourced figure, and is therefore the user's to give. None is not known."""

    build_cost_per_home_eur: float | None = Field(default=None, ge=0)
    """Takes the place of the file's figure. [EUR per home]"""
    rent_per_home_month_eur: float | None = Field(default=None, ge=0)
    """Rent that comes in, so after vacancy. [EUR per home per month]"""
    running_cost_per_home_year_eur: float | None = Field(default=None, ge=0)
    """Upkeep, management, taxes, ground; no depreciation and no interest. [EUR per home per year]
    """
    second_term_years: float | None = Field(default=None, ge=0)
    """Term at the next location. [year]"""
    sale_share: float | None = Field(default=None, ge=0)
    """What the homes bring in after term 1 if there is no next location, of the investment.

    Up to 0.85, depending on the next use, says
    Fakton for the ministry of VRO (https://flexwonen.nl/?p=42652): a ceiling, and no default.
    [share]"""


def built_in_cost_figures() -> list[str]:
    """Return the names of the costs files that come with flexruimte.

    Examples
    --------
    >>> built_in_cost_figures()
    ['costs-nl']
    """
    folder = resources.files("flexruimte.analyses") / "figures"
    names = (entry.name for entry in folder.iterdir())
    return sorted(
        name.removesuffix(".toml")
        for name in names
        if name.startswith(_PREFIX) and name.endswith(".toml")
    )


def load_cost_figures(name: str | Path = "costs-nl", folder: Path | None = None) -> CostFigures:
    """Read a costs file.

    Parameters
    ----------
    name
        A built-in name, or the path of a TOML file.
    folder
        What a relative path is relative to; None is the working directory.

    Raises
    ------
    RulesetError
        When the file cannot be read or says something that does not hold: a figure is missing,
        below zero, in another unit, without source or basis, holds twice on a day, or shares do not
        add up.

    Examples
    --------
    >>> load_cost_figures().figures["guarantee_fee_per_home"].rows[0].value
    1000.0
    """
    try:
        if str(name) in built_in_cost_figures():
            text = (resources.files("flexruimte.analyses") / "figures" / f"{name}.toml").read_text(
                encoding="utf-8"
            )
        else:
            text = ((folder or Path.cwd()) / name).read_text(encoding="utf-8")
        return CostFigures.model_validate(tomllib.loads(text))
    except OSError as error:
        known = ", ".join(built_in_cost_figures())
        raise RulesetError(
            f"costs '{name}' cannot be read ({error.strerror or error}); give the path of a TOML file or a built-in name: {known}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesetError(f"costs '{name}' is not valid TOML: {error}") from None
    except ValidationError as error:
        raise RulesetError(
            f"costs '{name}': {describe_validation_error(error, CostFigures)}"
        ) from None


def figures_at(figures: CostFigures, as_of: dt.date) -> pd.DataFrame:
    """Return every figure as it is on a date, to be shown beside what was computed with it.

    Returns
    -------
    pandas.DataFrame
        By figure: `value` (null where no row holds on the date), `unit`, `from`, `until`, `source`,
        `basis`. (figures, 6)
    """
    rows = {}
    for key, figure in figures.figures.items():
        row = figure.at(as_of)
        dated = (
            (None, None, None, None, None)
            if row is None
            else (row.value, row.from_, row.until, row.source, str(row.basis))
        )
        rows[key] = dict(zip(("value", "from", "until", "source", "basis"), dated, strict=True)) | {
            "unit": figure.unit
        }
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["value", "unit", "from", "until", "source", "basis"]
    )
    return table.rename_axis("figure").astype({"value": "float64"})


def assess_costs(
    figures: CostFigures,
    locations: pd.DataFrame,
    as_of: dt.date,
    parameters: CostParameters | Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Return what homes on each location cost and bring in.

    With ``build`` the build cost per home, ``T1`` the location's term and ``T2`` the second term:

    ============================
    =========================================================================================
    ``investment_eur``            homes x build ``move_eur``                  investment x move
    share; split into ``move_transport_eur``, ``move_connections_eur``,
                                  ``move_site_eur`` and ``move_rest_eur``
    ``book_value_eur``            investment x (1 - T1 / depreciation years), at least 0: straight
    line ``guarantee_fee_eur``         homes x fee ``shortfall_eur``             book value -
    investment x sale share, at least 0: what is lost after term 1 if there is no next
                                  location; split into ``shortfall_state_eur``,
                                  ``shortfall_municipality_eur`` and ``shortfall_investor_eur``. The
                                  book value stands in for the amount that is guaranteed
    ``sft_eur``                   homes x subsidy; 0 where T1 is shorter than the subsidy asks. At
    most: its other conditions are not
                                  judged
    ``exploitation_1_eur``        homes x T1 x (12 x rent - running cost) - investment
    ``exploitation_2_eur``        homes x T2 x (12 x rent - running cost) - move bill
    ``exploitation_eur``          both terms; without subsidy, fee and what the homes are worth in
    the end, which stand beside it ============================
    =========================================================================================

    Parameters
    ----------
    figures
        As `load_cost_figures` reads them.
    locations
        With parcel id, municipality code, homes (middle) and term years. (n, ...)
    as_of
        The date that picks the figures; today's date is never read.
    parameters
        What has no sourced figure.

    Returns
    -------
    pandas.DataFrame
        Parcel id, municipality code, homes, term, the columns above (float64; NaN where something
        they need is not known) and `not_known`: what that is, and why. The index is that of
        `locations`. (n, 23)

    Raises
    ------
    LayerError
        When the locations lack a column or have negative homes or years.
    StudyError
        When a parameter does not exist or is below zero.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"parcel_id": ["P1"], "gemeente_code": ["GM0503"], "homes_mid": [10], "term_years": [15.0]})
    >>> costs = assess_costs(load_cost_figures(), rows, dt.date(2026, 1, 1))
    >>> costs["move_eur"].tolist(), costs["exploitation_1_eur"].tolist()
    ([225000.0], [nan])
    """
    given = _parameters(parameters)
    homes, term = _numbers(locations, HOMES_MID), _numbers(locations, TERM_YEARS)
    value, reasons = _values(figures, as_of, given)
    investment = homes * value["build_cost_per_home"]
    move = investment * value["move_share"]
    book_value = investment * np.maximum(1 - term / value["depreciation_years"], 0.0)
    shortfall = np.maximum(book_value - investment * value["sale_share"], 0.0)
    net_rent = homes * (
        _MONTHS_PER_YEAR * value["rent_per_home_month_eur"]
        - value["running_cost_per_home_year_eur"]
    )
    long_enough = np.where(
        np.isnan(term + value["sft_least_years"]), np.nan, term >= value["sft_least_years"]
    )
    first, second = net_rent * term - investment, net_rent * value["second_term_years"] - move
    columns: dict[str, Any] = {
        PARCEL_ID: locations[PARCEL_ID],
        MUNICIPALITY_CODE: locations[MUNICIPALITY_CODE],
        HOMES_MID: homes,
        TERM_YEARS: term,
        "investment_eur": investment,
        "move_eur": move,
        **{
            f"move_{part}_eur": move * value[f"move_{part}_share"]
            for part in ("transport", "connections", "site", "rest")
        },
        "book_value_eur": book_value,
        "guarantee_fee_eur": homes * value["guarantee_fee_per_home"],
        # What is guaranteed is only there while the guarantee is: its split is then unknown, the
        # shortfall is not.
        "shortfall_eur": shortfall,
        **{
            f"shortfall_{who}_eur": shortfall * value[f"guarantee_{who}_share"]
            for who in ("state", "municipality", "investor")
        },
        "sft_eur": homes * value["sft_per_home"] * long_enough,
        "exploitation_1_eur": first,
        "exploitation_2_eur": second,
        "exploitation_eur": first + second,
        "not_known": _not_known(homes, term, reasons),
    }
    return pd.DataFrame(columns, index=locations.index)


def _parameters(parameters: CostParameters | Mapping[str, Any] | None) -> CostParameters:
    if isinstance(parameters, CostParameters):
        return parameters
    try:
        return CostParameters.model_validate(dict(parameters or {}))
    except ValidationError as error:
        raise StudyError(
            f"costs, parameters: {describe_validation_error(error, CostParameters)}"
        ) from None


def _numbers(locations: pd.DataFrame, name: str) -> Floats:
    absent = [
        column for column in (PARCEL_ID, MUNICIPALITY_CODE, name) if column not in locations.columns
    ]
    if absent:
        raise LayerError(
            f"locations have no column {enumerate_some(absent)}; give Ranking.locations or the rows of ranking.csv"
        )
    numbers = pd.to_numeric(locations[name], errors="coerce").astype("float64")
    wrong = locations.loc[(numbers.isna() & locations[name].notna()) | numbers.lt(0), PARCEL_ID]
    if len(wrong):
        raise LayerError(
            f"locations: {name} of parcel {enumerate_some(wrong)} is no number of 0 or more; leave it empty if it is not known"
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
            reasons.append(
                f"{key}: no figure holds on {as_of} (there is {', '.join(row.period for row in figure.rows)})"
            )
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
            for name, number in ((HOMES_MID, row_homes), (TERM_YEARS, row_term))
            if np.isnan(number)
        ]
        texts.append("; ".join([*own, *reasons]))
    return texts
