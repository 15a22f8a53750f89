"""Homes permitted, delivered or expected in past years, beside the target of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pandas as pd

from flexruimte.analyses.tables import typed_table
from flexruimte.analyses.targets.target_file import Production, Targets

__all__ = ["production_table"]
_TYPES: Final = {
    "year": "Int64",
    "from": "datetime64[s]",
    "until": "datetime64[s]",
    "what": "string",
    "homes": "Int64",
    "plus_minus": "Int64",
    "precision": "string",
    "yearly_target_homes": "Int64",
    "share_of_target": "float64",
    "publisher": "string",
    "source": "string",
    "basis": "string",
}


def production_table(targets: Targets) -> pd.DataFrame:
    """Return past production by period.

    Beside each full calendar year stands the yearly target for the whole country, where the file
    has exactly one such target. (periods, 12)
    """
    yearly = [
        target.homes
        for target in targets.targets.values()
        if target.per == "year"
        and target.region is not None
        and targets.regions[target.region].everywhere
    ]
    rows = _production_rows(targets.production, yearly[0] if len(yearly) == 1 else None)
    return typed_table(rows, _TYPES).sort_values(
        ["from", "until", "what"], kind="stable", ignore_index=True
    )


def _production_rows(
    production: Iterable[Production], yearly: int | None
) -> Iterator[dict[str, Any]]:
    for figure in production:
        year = figure.from_.year
        full_year = (figure.from_, figure.until) == (dt.date(year, 1, 1), dt.date(year, 12, 31))
        yield {
            "year": year if full_year else None,
            "from": figure.from_,
            "until": figure.until,
            "what": figure.what,
            "homes": figure.homes,
            "plus_minus": figure.plus_minus,
            "precision": figure.precision,
            "yearly_target_homes": yearly if full_year else None,
            "share_of_target": figure.homes / yearly if full_year and yearly else None,
            "publisher": figure.publisher,
            "source": figure.source,
            "basis": str(figure.basis),
        }
