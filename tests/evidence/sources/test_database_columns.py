"""Columns of a database: what is asked of the server, and what its values become."""

from __future__ import annotations

import pyarrow as pa
import pytest

from flexruimte.evidence.sources.database_columns import (
    expression,
    joined,
    kind_of,
    quoted,
    table_of,
)


@pytest.mark.parametrize(
    ("kind", "digits", "decimals", "becomes"),
    [
        ("numeric", 15, 0, "numeric"),
        ("numeric", 16, 0, "text"),
        ("numeric", 38, 0, "text"),
        ("numeric", 38, 2, "numeric"),
        ("varchar", 38, 0, "varchar"),
    ],
)
def test_whole_numbers_that_a_float_does_not_hold_are_text(
    kind: str, digits: int, decimals: int, becomes: str
) -> None:
    assert kind_of(kind, (digits << 16) + decimals + 4) == becomes
    assert kind_of(kind, -1) == kind  # digits that are not said


def test_names_and_values_of_a_question() -> None:
    assert quoted('a"b%') == '"a""b%%"'
    assert expression("order", "int4") == '"order"'
    assert expression("a", "numeric") == '"a"::float8'
    assert expression("a", "text") == '"a"::text'
    assert expression("a", "_text") == "array_to_string(\"a\", ',')"


def test_no_rows_have_their_columns() -> None:
    types = {"nr": "int4", "naam": "text"}
    assert joined([], ["nr", "naam"], types).schema.types == [pa.int64(), pa.string()]
    some = table_of(["nr", "naam"], [[1, None], ["x", "y"]], types)
    assert joined([some, some], ["nr", "naam"], types).column("nr").to_pylist() == [1, None] * 2
