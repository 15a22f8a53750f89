"""Decisions by people: the last one that is in force on a date, and tables that are refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.errors import LayerError
from flexruimte.evidence.decisions import Decisions, load_decisions
from toy_files import in_memory

ROWS = {
    "parcel_id": ["P1", "P1", "P2", "P3", "P3", "P5"],
    "decision": ["out", "in", " Out ", "in", "out", "in"],
    "reason": ["park", "the park went elsewhere", "school", "one", "two", "later"],
    "date": ["2024-05-01", "2025-01-01", "2025-03-31", "2025-02-01", "2025-02-01", "2026-01-01"],
}
IDS = np.array(["P5", "P4", "P3", "P2", "P1"], dtype=object)


def decisions(rows: dict[str, Any], **settings: Any) -> Decisions:
    return load_decisions(in_memory("decisions", pd.DataFrame(rows), **settings))


@pytest.mark.parametrize(("as_of", "expected"), [
    # of P5, P4, P3, P2, P1
    ("2024-04-30", [None, None, None, None, None]),
    ("2024-05-01", [None, None, None, None, "out"]),  # the day itself counts
    ("2025-01-01", [None, None, None, None, "in"]),  # the last one counts
    ("2025-02-01", [None, None, "out", None, "in"]),  # of two of one day the lower row
    ("2025-12-31", [None, None, "out", "out", "in"]),
    ("2026-01-01", ["in", None, "out", "out", "in"]),
])  # fmt: skip
def test_the_last_decision_until_a_date_is_in_force(as_of: str, expected: list[str | None]) -> None:
    found = decisions(ROWS).at(IDS, dt.date.fromisoformat(as_of))
    assert found.decision.tolist() == expected
    assert found.into.tolist() == [decision == "in" for decision in expected]
    assert found.out.tolist() == [decision == "out" for decision in expected]


def test_a_decision_keeps_its_reason_and_date() -> None:
    found = decisions(ROWS).at(IDS, dt.date(2025, 12, 31))
    assert found.reason.tolist() == [None, None, "two", "school", "the park went elsewhere"]
    assert found.date.tolist() == [None, None, "2025-02-01", "2025-03-31", "2025-01-01"]


def test_what_is_not_in_force_yet_is_counted() -> None:
    assert decisions(ROWS).later_than(dt.date(2025, 2, 1)) == 2
    assert decisions(ROWS).later_than(dt.date(2026, 1, 1)) == 0


def test_without_a_table_nothing_was_decided() -> None:
    none = load_decisions(None)
    found = none.at(IDS, dt.date(2026, 1, 1))
    assert found.decision.tolist() == found.reason.tolist() == found.date.tolist() == [None] * 5
    assert not found.into.any()
    assert not found.out.any()
    assert none.later_than(dt.date(1, 1, 1) + dt.timedelta(days=700_000)) == 0


def test_columns_may_have_other_names() -> None:
    rows = {"perceel": [12], "decision": ["in"], "reason": ["x"], "date": [dt.date(2025, 1, 1)]}
    found = decisions(rows, fields={"parcel_id": "perceel"})
    assert found.rows.index.tolist() == ["12"]
    assert found.at(np.array(["12"], dtype=object), dt.date(2025, 1, 1)).into.tolist() == [True]


@pytest.mark.parametrize(("column", "value", "message"), [
    ("parcel_id", None, r"the decision on \(row without parcel\) has no parcel_id"),
    ("decision", "perhaps", 'the decision on P1 is neither "in" nor "out"'),
    ("decision", None, 'the decision on P1 is neither "in" nor "out"'),
    ("reason", None, "the decision on P1 has no reason"),
    ("date", None, "the decision on P1 has no date; write it as 2026-03-31"),
    ("date", "31-03-2026", "the decision on P1 has no date; write it as 2026-03-31"),
])  # fmt: skip
def test_a_row_that_says_too_little_is_refused(
    column: str, value: str | None, message: str
) -> None:
    rows = {name: list(values) for name, values in ROWS.items()}
    rows[column][0] = value
    with pytest.raises(LayerError, match=f"^decisions .*: {message}$"):
        decisions(rows)


@pytest.mark.parametrize("column", ROWS)
def test_a_table_without_a_column_is_refused(column: str) -> None:
    with pytest.raises(LayerError, match=f"has no column '{column}'"):
        decisions({name: values for name, values in ROWS.items() if name != column})
