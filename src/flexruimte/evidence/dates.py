"""Days, however a source writes them: as text, with a time or an offset, or as a moment.

The day that counts is the one that is written: 2026-01-01T23:30:00+01:00 is 1 January, on no other
clock than its own. So a decision holds on its own day wherever the file was made.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

import numpy as np
import pandas as pd

__all__ = ["EARLIEST_YEAR", "LATEST_YEAR", "as_days", "is_meant"]

EARLIEST_YEAR: Final = 1800
"""A date before this year is a mistake: the cadastre began in 1832."""
LATEST_YEAR: Final = 2200
"""A date after this year is a mistake, but for those that stand for "never"."""
_STAND_FOR_NEVER: Final = (1, 2999, 9999)
"""Years that registers use where there is no beginning or no end."""
_WRITTEN: Final = re.compile(
    r"(\d{4})(?:-(\d{2})-(\d{2})|(\d{2})(\d{2}))"
    r"(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?|UTC)?)?"
)


def as_days(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return dates as days; NaT for what is no date.

    Parameters
    ----------
    values
        ISO 8601 text, with or without a time and an offset, `date`, `datetime`, `Timestamp`,
        `datetime64`, or whole numbers such as 20261231. (n,)

    Returns
    -------
    pandas.Series
        With the same index. (n,) datetime64[s]

    Examples
    --------
    >>> written = ["2026-01-01T23:30:00+01:00", "20260101", "1-1-2026", "9999-12-31", None]
    >>> as_days(pd.Series(written)).astype("string").tolist()
    ['2026-01-01', '2026-01-01', <NA>, '9999-12-31', <NA>]
    """
    days = [_day(value) for value in values]
    return pd.Series(
        np.array(days, dtype="datetime64[D]").astype("datetime64[s]"), index=values.index
    )


def is_meant(days: pd.Series[Any], *, or_never: bool = True) -> pd.Series[bool]:
    """Return which days can be meant: not in the year 226 for 2026. NaT can.

    Parameters
    ----------
    days
        As `as_days` returns them. (n,)
    or_never
        Whether dates that stand for "no beginning" or "no end", such as 9999-12-31, can be meant.

    Examples
    --------
    >>> is_meant(as_days(pd.Series(["2026-01-01", "0226-01-01", "9999-12-31"]))).tolist()
    [True, False, True]
    """
    year = days.dt.year
    meant = year.between(EARLIEST_YEAR, LATEST_YEAR) | year.isna()
    never = year.isin(_STAND_FOR_NEVER) & or_never
    return pd.Series(meant | never, index=days.index, dtype=bool)


def _day(value: Any) -> Any:
    """Return one date as datetime64[D]; NaT for what is none."""
    nothing = np.datetime64("NaT", "D")
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return nothing
    if isinstance(value, dt.date):  # a datetime and a Timestamp too
        return np.datetime64(f"{value.year:04d}-{value.month:02d}-{value.day:02d}", "D")
    if isinstance(value, np.datetime64):
        return value.astype("datetime64[D]")
    if isinstance(value, float | np.floating) and value % 1 == 0:
        value = int(value)
    found = _WRITTEN.fullmatch(str(value).strip())
    if found is None or isinstance(value, bool):
        return nothing
    year, month, day = found[1], found[2] or found[4], found[3] or found[5]
    try:
        return np.datetime64(dt.date(int(year), int(month), int(day)), "D")
    except ValueError:
        return nothing
