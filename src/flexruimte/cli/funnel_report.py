"""What a run prints of hectares: per municipality, and per target group and kind of owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd
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
_LEAST_SHOWN: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""
_CAPTION: Final = "hectares left after each condition; +: left if what is not known says yes"


def funnel_tables(report: BatchReport, rows: pd.DataFrame) -> list[Table]:
    """Return a table per municipality of a run, and one per target group and kind of owner.

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
    whole = rows[(rows["target_group"] == ALL) & (rows["owner_class"] == ALL)]
    by_code = whole.set_index(MUNICIPALITY_CODE)
    of_each = _table("municipality")
    for entry in of_run:
        if entry.code in by_code.index:
            of_each.add_row(Text(called(entry)), *_cells(by_code.loc[[entry.code]]))
    if len(of_run) > 1:
        of_each.add_section()
        of_each.add_row(Text("together"), *_cells(whole[whole[STATE] == "done"]))
    missing = [called(entry) for entry in of_run if entry.state != "done"]
    of_each.caption = _CAPTION
    if missing:
        of_each.caption = f"{_CAPTION}; not counted: {printable(enumerate_some(missing))}"
    return [of_each, *_by_group_and_owner(done)]


def _by_group_and_owner(done: pd.DataFrame) -> Iterable[Table]:
    """Yield the table of target groups and kinds of owner, where there are any."""
    table = _table("of which")
    for column, other in (("target_group", "owner_class"), ("owner_class", "target_group")):
        parts = done[(done[column] != ALL) & (done[other] == ALL)]
        for name in dict.fromkeys(parts[column]):
            of_name = parts[parts[column] == name]
            title = f"owner {name}" if column == "owner_class" else f"for {name}"
            table.add_row(Text(printable(title)), *_cells(of_name))
        table.add_section()
    if table.row_count:
        yield table


def _table(first: str) -> Table:
    table = Table()
    table.add_column(first, overflow="fold")
    for heading in _HEADINGS.values():
        table.add_column(heading, justify="right")
    return table


def _cells(rows: pd.DataFrame) -> list[str]:
    """Return the hectares of some rows together; an empty text where one is not known."""
    return [_cell(rows, step) for step in _HEADINGS]


def _cell(rows: pd.DataFrame, step: str) -> str:
    surely = rows[f"{step}_hectares" if step else "hectares"]
    if surely.isna().any():
        return ""
    perhaps = rows[f"{step}_unknown_hectares"].sum() if step else 0.0
    more = f"\n+ {perhaps:.1f}" if perhaps >= _LEAST_SHOWN else ""
    return f"{surely.sum():.1f}{more}"
