"""Days: the one that is written, however it is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.evidence.dates import as_days, is_meant

NEW_YEAR = "2026-01-01"
WRITTEN = [
    NEW_YEAR,
    " 2026-01-01 ",
    "20260101",
    20260101,
    20260101.0,
    "2026-01-01T00:00:00",
    "2026-01-01 23:59:59.999",
    "2026-01-01T00:30:00+01:00",  # still 31 December in Greenwich
    "2026-01-01T23:30:00-05:00",
    "2026-01-01T12:00Z",
    "2026-01-01 12:00:00 UTC",
    dt.date(2026, 1, 1),
    dt.datetime(2026, 1, 1, 23, 59),
    dt.datetime(2026, 1, 1, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    pd.Timestamp("2026-01-01 12:00"),
    pd.Timestamp("2026-01-01 00:30", tz="Europe/Amsterdam"),
    np.datetime64("2026-01-01T23:00"),
]


@pytest.mark.parametrize("written", WRITTEN, ids=repr)
def test_new_year(written: Any) -> None:
    (day,) = as_days(pd.Series([written], dtype=object))
    assert day == pd.Timestamp(NEW_YEAR)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.to_datetime([NEW_YEAR, None])),
        pd.Series(pd.to_datetime(["2026-01-01T00:30+01:00", None])),  # of one offset
        pd.Series(pd.to_datetime([NEW_YEAR, None])).astype("datetime64[ms]"),
        pd.Series([20260101, None], dtype="Int64"),
        pd.Series([NEW_YEAR, None], dtype="string"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_columns_of_dates(column: pd.Series[Any]) -> None:
    days = as_days(column)
    assert days.dtype == "datetime64[s]"
    assert days.astype("string").fillna("none").tolist() == [NEW_YEAR, "none"]


@pytest.mark.parametrize(
    "written",
    [
        "1-1-2026",
        "01/02/2026",
        "2026-13-01",
        "2026-02-30",
        "2026",
        "2026-01",
        46023,
        True,
        "x",
        "",
        None,
        np.nan,
        pd.NaT,
    ],
)
def test_what_is_no_day(written: Any) -> None:
    assert as_days(pd.Series([written], dtype=object)).isna().all()


@pytest.mark.parametrize(
    ("day", "meant", "meant_as_never"),
    [
        (NEW_YEAR, True, True),
        ("1832-10-01", True, True),
        ("0226-01-01", False, False),
        ("2300-01-01", False, False),
        ("0001-01-01", False, True),
        ("2999-12-31", False, True),
        ("9999-12-31", False, True),
        (None, True, True),
    ],
)
def test_days_that_cannot_be_meant(day: str | None, meant: bool, meant_as_never: bool) -> None:
    days = as_days(pd.Series([day], dtype=object))
    assert is_meant(days, or_never=False).tolist() == [meant]
    assert is_meant(days).tolist() == [meant_as_never]
