"""Columns of a database: how the server is asked for each, and what its values become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

__all__ = ["expression", "joined", "kind_of", "literal", "quoted", "table_of"]

_DIGITS: Final = 15
"""Digits of a whole number that a float holds for certain."""
_AS: Final[dict[str, tuple[str, pa.DataType]]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), ("{}", pa.int64())),
    **dict.fromkeys(("float4", "float8"), ("{}", pa.float64())),
    "numeric": ("{}::float8", pa.float64()),
    "bool": ("{}", pa.bool_()),
    # A day that never comes is no day.
    **dict.fromkeys(
        ("date", "timestamp", "timestamptz"),
        ("CASE WHEN isfinite({0}) THEN {0}::text END", pa.string()),
    ),
}
"""By type of a column: how the server is asked for it, and what it becomes. Others are text."""


def kind_of(kind: str, modifier: int) -> str:
    """Return the type of a column; whole numbers of more digits than a float has are text.

    Parameters
    ----------
    kind
        As the server calls it.
    modifier
        What the server says besides, of numbers how many digits there are; -1 is nothing.

    Examples
    --------
    >>> kind_of("numeric", (16 << 16) + 4), kind_of("numeric", (12 << 16) + 2 + 4)
    ('text', 'numeric')
    """
    digits, decimals = (modifier - 4) >> 16, (modifier - 4) & 0xFFFF
    is_long = kind == "numeric" and modifier >= 4 and digits > _DIGITS and not decimals
    return "text" if is_long else kind


def quoted(name: str | None) -> str:
    """Return a name as it stands in SQL."""
    doubled = literal(name or "").replace('"', '""')
    return f'"{doubled}"'


def literal(text: str) -> str:
    """Return SQL in which no per cent stands for a value."""
    return text.replace("%", "%%")


def expression(column: str, kind: str) -> str:
    """Return how the server is asked for a column, so that it is sent as what it becomes."""
    if kind.startswith("_"):
        return f"array_to_string({quoted(column)}, ',')"
    return _AS.get(kind, ("{}::text", pa.string()))[0].format(quoted(column))


def table_of(names: Sequence[str], values: Sequence[Any], types: dict[str, str]) -> pa.Table:
    """Return a table of columns that the server sent, by the types of all columns."""
    arrays = [
        pa.array(column, _type(types[name])) for name, column in zip(names, values, strict=True)
    ]
    return pa.table(arrays, names=list(names))


def joined(tables: list[pa.Table], names: Sequence[str], types: dict[str, str]) -> pa.Table:
    """Return tables as one, which has its columns where there is none."""
    empty = pa.schema([(name, _type(types[name])) for name in names]).empty_table()
    return pa.concat_tables([empty, *tables]) if names else empty


def _type(kind: str) -> pa.DataType:
    return _AS.get(kind, ("", pa.string()))[1]
