"""Days of leases and reservations: in numbers, and where one lies after the other."""

from __future__ import annotations

import pandas as pd

from flexruimte.study.agreement_checks import agreements_in_numbers, crossed_agreements


def days(free_from: list[str | None], free_until: list[str | None]) -> pd.DataFrame:
    ids = [f"p{number}" for number in range(len(free_from))]
    return pd.DataFrame(
        {
            "free_from": pd.to_datetime(pd.Series(free_from, index=ids)),
            "free_until": pd.to_datetime(pd.Series(free_until, index=ids)),
        }
    )


def test_in_numbers() -> None:
    found = days(["2030-11-01", "2026-07-01", None], [None, None, "2043-01-01"])
    assert agreements_in_numbers(found) == (
        "free_from of 2 parcels (2026-07-01 to 2030-11-01), "
        "free_until of 1 parcel (2043-01-01 to 2043-01-01)"
    )
    assert agreements_in_numbers(days([None], [None])) == "free_from of none, free_until of none"


def test_a_first_day_after_the_last_one_is_told() -> None:
    crossed = days(["2031-01-01", "2026-01-01", None], ["2026-01-01", "2026-01-01", "2020-01-01"])
    (said,) = crossed_agreements(crossed, "pacht.csv")
    assert said.startswith(
        "pacht.csv: 'free_from' lies after 'free_until' for 1 parcel, such as p0"
    )
    assert list(crossed_agreements(crossed.iloc[1:], "pacht.csv")) == []
