"""Sites and placements that the tests of relocation share, small enough to check on paper."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.analyses.relocation import (
    RelocationParameters,
    RelocationPlan,
    plan_relocation,
)


def site(name: str, start: int, end: int, homes: int = 15, **named: Any) -> dict[str, Any]:
    row = {
        "parcel_id": name,
        "gemeente_code": "GM01",
        "region": "R1",
        "province": "P1",
        "x": 0.0,
        "y": 0.0,
        "homes": homes,
        "hectares": 0.5,
        "score": 50.0,
    }
    return (
        row | {"term_start": pd.Timestamp(start, 1, 1), "term_end": pd.Timestamp(end, 1, 1)} | named
    )


def placed(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["parcel_id", "year", "homes"])


def three_sites(**of_near: Any) -> pd.DataFrame:
    near = {"x": 10_000.0, "homes": 20} | of_near
    far = {"x": 50_000.0, "gemeente_code": "GM02", "region": "R2", "homes": 40}
    return pd.DataFrame(
        [
            site("A", 2027, 2042, 30),
            site("B", 2040, near.pop("end", 2060), **near),
            site("C", 2042, 2060, **far),
        ]
    )


HOMES_OF_A = placed(("A", 2027, 30))
SEEDS = range(40)


def small_case(seed: int) -> tuple[pd.DataFrame, RelocationParameters, pd.DataFrame]:
    """A few sites, groups of 3, and so much scarcity that sizes, years and places all matter."""
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 6))
    rows = []
    for number in range(count):
        start = 2027 if number < 2 else int(random.integers(2027, 2036))
        area = int(random.integers(0, 4))
        rows.append(
            site(
                f"S{number}",
                start,
                start + int(random.integers(4, 14)),
                int(random.integers(2, 10)),
                x=float(random.integers(0, 90)) * 1000,
                gemeente_code=f"GM{area}",
                region=f"R{area // 2}",
                province="P1" if area < 3 else "P2",
                move_cost_factor=float(random.uniform(1, 2)),
            )
        )
    sites = pd.DataFrame(rows)
    first = [
        (f"S{number}", 2027, int(random.integers(1, sites.loc[number, "homes"] + 1)))
        for number in range(2)
    ]
    parameters = RelocationParameters(
        group_homes=3, required_years=int(random.integers(2, 6)), longest_stay_years=int(random.integers(6, 9)), until_term_ends=bool(random.integers(0, 2)),
        moves=int(random.integers(1, 4)), horizon_years=int(random.integers(8, 18)), time_limit_seconds=60,
    )  # fmt: skip
    return sites, parameters, placed(*first)


@cache
def small_plan(seed: int) -> RelocationPlan:
    sites, parameters, first = small_case(seed)
    return plan_relocation(sites, parameters, first)
