"""What a run prints of hectares: per municipality, and per target group and kind of owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pandas as pd
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from flexruimte.batch import BatchReport
from flexruimte.cli.run_report import called
from flexruimte.errors import enumerate_some, printable
from flexruimte.results.funnel import ALL
from flexruimte.results.municipality_table import STATE
from flexruimte.vocabulary import MUNICIPALITY_CODE

__all__ = ["funnel_tables"]

_HEADINGS: Final = {
    "": "all land",
    "use": "extensive use",
    "restriction": "no restriction",
    "plan": "no hard plan",
    "available": "available",
    "suitable": "suitable",
}
"""By step; each is a part of the one before it."""
_OF_GROUP: Final = {step: _HEADINGS[step] for step in ("available", "suitable")}
"""What differs between target groups, and what that is a part of."""
_LEFT_OUT: Final = "left out"
"""Stands where the study leaves out all rules that decide of a step."""
_LEAST_SHOWN: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""
_CAPTION: Final = "hectares left after each condition; +: left if what is not known says yes"


def funnel_tables(report: BatchReport, rows: pd.DataFrame) -> list[Table]:
    """Return a table per municipality of a run, one per target group and one per kind of owner.

    Parameters
    ----------
    report
        Of the run.
    rows
        As `flexruimte.results.municipality_table.read_municipality_table` returns them.
    """
    of_run = [entry for entry in report.municipalities if entry.state != "empty"]
    rows = rows[rows[MUNICIPALITY_CODE].isin([entry.code for entry in of_run])]
    done = rows[rows[STATE] == "done"]
    if not len(done):
        return []
    missing = [called(entry) for entry in of_run if entry.state != "done"]
    caption = f"{_CAPTION}; not counted: {enumerate_some(missing)}" if missing else _CAPTION
    of_each = _table("municipality", _HEADINGS)
    of_each.caption = printable(caption)
    whole = _of(_of(rows, "target_group", ALL), "owner_class", ALL)
    for entry in of_run:
        place = _of(whole, MUNICIPALITY_CODE, entry.code)
        if len(place):
            of_each.add_row(Text(called(entry)), *_cells(place, _HEADINGS))
    if len(of_run) > 1:
        of_each.add_section()
        of_each.add_row(Text("together"), *_cells(_of(whole, STATE, "done"), _HEADINGS))
    return [
        of_each,
        *_by("target_group", _of(done, "owner_class", ALL), _OF_GROUP),
        *_by("owner_class", _of(done, "target_group", ALL), _HEADINGS),
    ]


def _by(column: str, rows: pd.DataFrame, steps: Mapping[str, str]) -> Iterator[Table]:
    """Yield the table of all municipalities together by what a column says, if it says anything."""
    names = [name for name in dict.fromkeys(rows[column]) if name != ALL]
    if not names:
        return
    table = _table(column.split("_")[0].replace("target", "target group"), steps)
    for name in names:
        table.add_row(Text(printable(name)), *_cells(_of(rows, column, name), steps))
    yield table


def _of(rows: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    return rows[rows[column] == value]


def _table(first: str, steps: Mapping[str, str]) -> Table:
    table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, overflow="fold")
    for heading in steps.values():
        table.add_column(heading, justify="right", min_width=max(map(len, heading.split())))
    return table


def _cells(rows: pd.DataFrame, steps: Iterable[str]) -> list[str]:
    """Return the hectares of some rows together; an empty text where one is not known."""
    return [_cell(rows, step) for step in steps]


def _cell(rows: pd.DataFrame, step: str) -> str:
    surely = rows[f"{step}_hectares" if step else "hectares"]
    if surely.isna().any():
        return _LEFT_OUT if step in set(";".join(rows["not_assessed"]).split(";")) else ""
    perhaps = rows[f"{step}_unknown_hectares"].sum() if step else 0.0
    more = f"\n+ {perhaps:.1f}" if perhaps >= _LEAST_SHOWN else ""
    return f"{surely.sum():.1f}{more}"
