"""The figures behind the costs: each dated and sourced, from one TOML file.

`costs-nl` comes with flexruimte; a file of the user's own may extend it.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Final, Self

import pandas as pd
from pydantic import Field, model_validator

from flexruimte.errors import did_you_mean
from flexruimte.rules.documents import Library
from flexruimte.rules.overrides import override
from flexruimte.rules.parts import Day, Model, Sourced, Text

__all__ = [
    "CostFigures",
    "DatedFigure",
    "Figure",
    "built_in_cost_figures",
    "figures_at",
    "load_cost_figures",
]

_LIBRARY: Final = Library(
    "costs",
    resources.files("flexruimte.analyses") / "figures",
    partial(override, entries=("figures",)),
    prefix="costs-",
)
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


class DatedFigure(Sourced):
    """A value that holds from one day up to and including another; None leaves that side open."""

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
                    f"two rows hold at once ({row.period}, {later.period}); "
                    "end one before the other starts"
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
                    f"{', '.join(shares)} add up to {total:g} on {date}; "
                    "shares of a whole add up to 1"
                )


def built_in_cost_figures() -> list[str]:
    """Return the names of the costs files that come with flexruimte.

    Examples
    --------
    >>> built_in_cost_figures()
    ['costs-nl']
    """
    return _LIBRARY.names()


def load_cost_figures(name: str | Path = "costs-nl", folder: Path | None = None) -> CostFigures:
    """Read a costs file, with the file that it extends.

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
    return _LIBRARY.load(CostFigures, name, folder)


def figures_at(figures: CostFigures, as_of: dt.date) -> pd.DataFrame:
    """Return every figure as it is on a date, to be shown beside what was computed with it.

    Returns
    -------
    pandas.DataFrame
        By figure: `value` (null where no row holds on the date), `unit`, `from`, `until`, `source`,
        `basis`. (figures, 6)

    Examples
    --------
    >>> table = figures_at(load_cost_figures(), dt.date(2026, 1, 1))
    >>> fee = table.loc["guarantee_fee_per_home"]
    >>> print(fee["value"], fee["unit"])
    1000.0 EUR per home
    """
    rows = {}
    for key, figure in figures.figures.items():
        row = figure.at(as_of)
        rows[key] = (
            (None, figure.unit, None, None, None, None)
            if row is None
            else (row.value, figure.unit, row.from_, row.until, row.source, str(row.basis))
        )
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["value", "unit", "from", "until", "source", "basis"]
    )
    return table.rename_axis("figure").astype({"value": "float64"})
