"""Tables that analyses give: with columns of fixed types, and as CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

__all__ = ["typed_table"]


def typed_table(rows: Iterable[Mapping[str, Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a table whose columns have the same types whatever the rows hold.

    Parameters
    ----------
    rows
        Values by column; None is not known.
    types
        The columns, in order, with their pandas types.

    Examples
    --------
    >>> table = typed_table([{"homes": 3}, {"homes": None}], {"homes": "Int64", "by": "string"})
    >>> table["homes"].tolist(), list(table)
    ([3, <NA>], ['homes', 'by'])
    """
    table = pd.DataFrame(list(rows), columns=list(types))
    return pd.DataFrame({name: _typed(table[name], kind) for name, kind in types.items()})


def _typed(values: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind.startswith("datetime"):
        return pd.to_datetime(values).astype("datetime64[s]")
    named: Any = kind  # which pandas' stubs only take as a literal
    return values.astype(named)
