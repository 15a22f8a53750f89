"""The attribute filter of a study, `where`, on rows that GDAL does not read.

SQLite evaluates it, as it does for a GeoPackage: the same words mean the same whatever the format.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.errors import LayerError, did_you_mean
from flexruimte.vocabulary import Booleans

__all__ = ["columns_of_filter", "rows_that_pass"]

_TEXT: Final = re.compile(r"'(?:[^']|'')*'")
_QUOTED: Final = re.compile(r'"([^"]+)"')
_NUMBER: Final = r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?"


def columns_of_filter(where: str | None, columns: Sequence[str]) -> list[str]:
    """Return which columns a filter may name.

    Examples
    --------
    >>> columns_of_filter("soort = 'jaar' AND Prijs > 3", ["soort", "prijs", "jaar"])
    ['soort', 'prijs']
    """
    named = _TEXT.sub(" ", where or "").lower()
    return [column for column in columns if column.lower() in named]


def rows_that_pass(frame: pd.DataFrame, where: str, label: str) -> Booleans:
    """Return which rows a filter keeps.

    Parameters
    ----------
    frame
        With the columns that `columns_of_filter` returns. A column of text in which all values are
        numbers compares as numbers. (n, ...)
    where
        What follows WHERE in SQL.
    label
        How messages call the source.

    Raises
    ------
    LayerError
        When it is not SQL, or names a column that is not there.

    Examples
    --------
    >>> rows = pd.DataFrame({"soort": ["huur", "pacht", None], "jaar": ["9", "10", "11"]})
    >>> rows_that_pass(rows, "soort = 'pacht' OR jaar > 10", "leases")
    array([False,  True,  True])
    """
    columns = [str(column) for column in frame.columns]
    known = {column.lower() for column in columns}
    for named in _QUOTED.findall(_TEXT.sub(" ", where)):
        if named.lower() not in known:  # SQLite would take it for a text
            raise _unusable(where, f"there is no column '{named}'", label, named, columns)
    typed = [_of_sqlite(frame.iloc[:, at]) for at in range(len(columns))]
    kept = np.zeros(len(frame), dtype=bool)
    with closing(sqlite3.connect(":memory:")) as database:
        declared = [
            f"{_quoted(name)} {kind}" for name, (kind, _) in zip(columns, typed, strict=True)
        ]
        try:
            database.execute(
                f"CREATE TABLE rows_ ({', '.join(['row_ INTEGER PRIMARY KEY', *declared])})"
            )
            rows = zip(range(len(frame)), *(values for _, values in typed), strict=True)
            marks = ", ".join("?" * (len(columns) + 1))
            database.executemany(f"INSERT INTO rows_ VALUES ({marks})", rows)
            found = database.execute(f"SELECT row_ FROM rows_ WHERE ({where})").fetchall()
        except sqlite3.Error as error:
            said = str(error)
            named = said.rpartition(": ")[2] if said.startswith("no such column") else ""
            raise _unusable(where, said, label, named, columns) from None
    kept[[row for (row,) in found]] = True
    return kept


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _unusable(where: str, said: str, label: str, named: str, columns: Sequence[str]) -> LayerError:
    """Return the error for a filter that cannot be evaluated."""
    remedy = did_you_mean(named, columns) if named else "write it as in \"status = 'in use'\""
    return LayerError(f"{label}: where = {where!r} cannot be used: {said}; {remedy}")


def _of_sqlite(values: pd.Series[Any]) -> tuple[str, list[Any]]:
    """Return a column as SQLite stores it, with its type."""
    null = values.isna().to_numpy()
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_integer_dtype(values.dtype):
        return "INTEGER", [
            None if gone else int(value) for value, gone in zip(values, null, strict=True)
        ]
    if pd.api.types.is_numeric_dtype(values.dtype):
        return "REAL", [
            None if gone else float(value) for value, gone in zip(values, null, strict=True)
        ]
    text = values.astype("string")
    if text.dropna().str.fullmatch(_NUMBER).all() and not null.all():
        return "NUMERIC", text.astype(object).where(~null, None).tolist()
    return "TEXT", text.astype(object).where(~null, None).tolist()
