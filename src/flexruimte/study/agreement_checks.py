"""What a table of leases and reservations says, in numbers: whether its days were swapped."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from flexruimte.errors import number_of

__all__ = ["agreements_in_numbers", "crossed_agreements"]


def agreements_in_numbers(dates: pd.DataFrame) -> str:
    """Return how many parcels are free from a day on, and how many until one, and which days.

    Where every row has one of the two days, nothing in them tells that the columns were swapped: a
    reader sees it, who knows that leases end and reservations begin.

    Parameters
    ----------
    dates
        From when and until when parcels are free, as `term.agreement_dates` gives them; NaT where
        nothing is agreed.

    Examples
    --------
    >>> days = pd.to_datetime(["2030-11-01", "2026-07-01", None])
    >>> agreements_in_numbers(pd.DataFrame({"free_from": days, "free_until": pd.NaT}))
    'free_from of 2 parcels (2026-07-01 to 2030-11-01), free_until of none'
    """
    return ", ".join(_of_column(dates, str(name)) for name in dates)


def _of_column(dates: pd.DataFrame, name: str) -> str:
    days = pd.to_datetime(dates[name]).dropna()
    if not len(days):
        return f"{name} of none"
    between = f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
    return f"{name} of {number_of(len(days), 'parcel', 'parcels')} ({between})"


def crossed_agreements(dates: pd.DataFrame, label: str) -> Iterator[str]:
    """Yield a warning where parcels are free from a day after the one until which they are."""
    first, last = (str(name) for name in dates)
    crossed = dates.index[dates[first] > dates[last]]
    if len(crossed):
        count = number_of(len(crossed), "parcel", "parcels")
        yield (
            f"{label}: '{first}' lies after '{last}' for {count}, such as {crossed[0]}, "
            "which is never free then; were the columns swapped?"
        )
