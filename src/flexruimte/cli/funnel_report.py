"""What a run prints of hectares: per municipality, and per target group and kind of owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pandas as pd

from flexruimte.batch import BatchReport
from flexruimte.cli.run_report import called, some_of
from flexruimte.cli.titles import Titles
from flexruimte.results.funnel import ALL
from flexruimte.results.municipality_table import STATE
from flexruimte.vocabulary import MUNICIPALITY_CODE
from flexruimte.wording.messages import Language, message
from flexruimte.wording.plain_table import PlainTable
from flexruimte.wording.quantities import number_text

__all__ = ["funnel_tables"]

_HEADINGS: Final = {
    "": "hectares-all",
    "use": "hectares-use",
    "restriction": "hectares-restriction",
    "plan": "hectares-plan",
    "available": "hectares-available",
    "suitable": "hectares-suitable",
}
"""Messages by step; each step is a part of the one before it."""
_OF_GROUP: Final = ("available", "suitable")
"""What differs between target groups, and what that is a part of."""
_LEAST_SHOWN: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""


def funnel_tables(report: BatchReport, rows: pd.DataFrame, titles: Titles) -> list[PlainTable]:
    """Return a table per municipality of a run, one per target group and one per kind of owner.

    Parameters
    ----------
    report
        Of the run.
    rows
        As `flexruimte.results.municipality_table.read_municipality_table` returns them.
    titles
        What target groups and kinds of owner are called.
    """
    language = titles.language
    of_run = [entry for entry in report.municipalities if entry.state != "empty"]
    rows = rows[rows[MUNICIPALITY_CODE].isin([entry.code for entry in of_run])]
    done = rows[rows[STATE] == "done"]
    if not len(done):
        return []
    caption = message("hectares-caption", language)
    missing = [called(entry) for entry in of_run if entry.state != "done"]
    if missing:
        names = some_of(missing, language)
        caption = message("hectares-not-counted", language, caption=caption, names=names)
    whole = _of(_of(rows, "target_group", ALL), "owner_class", ALL)
    places = [(called(each), _of(whole, MUNICIPALITY_CODE, each.code)) for each in of_run]
    named = [(name, place) for name, place in places if len(place)]
    several = len(of_run) > 1
    if several:
        together = message("together", language)
        named.append((together, _of(whole, STATE, "done")))
    steps = tuple(_HEADINGS)
    of_groups = _by("target_group", _of(done, "owner_class", ALL))
    of_owners = _by("owner_class", _of(done, "target_group", ALL))
    groups = [(titles.group(name), some) for name, some in of_groups]
    owners = [(titles.owner(name), some) for name, some in of_owners]
    return [
        _table("run-municipality", named, steps, language, caption=caption, total=several),
        *([_table("hectares-group", groups, _OF_GROUP, language)] if groups else []),
        *([_table("hectares-owner", owners, steps, language)] if owners else []),
    ]


def _by(column: str, rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows of all municipalities together by what a column says."""
    for name in dict.fromkeys(rows[column]):
        if name != ALL:
            yield name, _of(rows, column, name)


def _of(rows: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    return rows[rows[column] == value]


def _table(
    first: str,
    named: Iterable[tuple[str, pd.DataFrame]],
    steps: Sequence[str],
    language: Language,
    *,
    caption: str = "",
    total: bool = False,
) -> PlainTable:
    headings = [message(_HEADINGS[step], language) for step in steps]
    return PlainTable(
        [message(first, language), *headings],
        [[name, *(_cell(rows, step, language) for step in steps)] for name, rows in named],
        caption=caption,
        total=total,
    )


def _cell(rows: pd.DataFrame, step: str, language: Language) -> str:
    """Return the hectares of some rows together; an empty text where one is not known."""
    surely = rows[f"{step}_hectares" if step else "hectares"]
    if surely.isna().any():
        left_out = ";".join(rows["conditions_not_assessed"]).split(";")
        return message("hectares-left-out", language) if step in left_out else ""
    perhaps = rows[f"{step}_unknown_hectares"].sum() if step else 0.0
    known, more = (number_text(each, 1, language, aligned=True) for each in (surely.sum(), perhaps))
    return f"{known}\n+{more}" if perhaps >= _LEAST_SHOWN else known
