"""CSV files that a spreadsheet opens as they are meant: no cell of them can run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from flexruimte.errors import printable
from flexruimte.results.atomic_write import atomic_write

__all__ = ["inert", "write_csv"]

_RUNS: Final = re.compile(
    r"(?:^|(?<=[;\t\r\n|]))(?=[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\x00-\x08\x0b-\x1f\x7f])"
    r"|^(?=[\t\r\n])"
)
"""Where a cell may begin that a spreadsheet takes as a formula: at the start, and behind what
another language's settings take as the border between two cells."""
_NUMBER: Final = re.compile(r"-\d+([.,]\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def inert(text: str) -> str:
    """Return a text that a spreadsheet shows and does not run: with an apostrophe before it.

    A number below zero stays a number.

    Notes
    -----
    OWASP, "CSV Injection": cells that begin with = + - @, a tab or a carriage return.

    Examples
    --------
    >>> inert("=1+1"), inert("-12.5"), inert("P01"), inert("a;=1+1")
    ("'=1+1", '-12.5', 'P01', "a;'=1+1")
    """
    return text if _NUMBER.fullmatch(text) else _RUNS.sub("'", text)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, without its index; the file appears whole or not at all.

    Texts are written as `inert` makes them, and what a terminal would obey is shown (`printable`);
    numbers and dates (as 2030-12-31) are as they are.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    safe = pd.DataFrame(
        {_safe(str(name)): _inert_column(table[name]) for name in table.columns}, index=table.index
    )
    with atomic_write(path) as partial:
        safe.to_csv(
            partial, index=False, lineterminator="\n", date_format="%Y-%m-%d", encoding="utf-8"
        )


def _safe(text: str) -> str:
    return inert(printable(text))


def _inert_column(values: pd.Series[Any]) -> pd.Series[Any]:
    kind = values.dtype
    if pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind):
        return values
    return values.map(lambda value: _safe(value) if isinstance(value, str) else value)
