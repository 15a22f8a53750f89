"""How long a relocation plan takes, and how near to the best possible it ends: invented sites, more and more of them.

python benchmarks/relocation.py --sites 50 400 5000
"""

from __future__ import annotations

import argparse
import platform
import resource
import time

import numpy as np
import pandas as pd

from flexruimte.analyses.relocation import (
    RelocationParameters,
    place_by_rank,
    plan_relocation,
    replay,
)


def sites(count: int, seed: int) -> pd.DataFrame:
    """Return sites in clusters over the country: ten a municipality, ten municipalities a region, three regions a province."""
    random = np.random.default_rng(seed)
    municipality = np.arange(count) // 10
    regions = municipality // 10
    centre = np.stack(
        [
            random.uniform(20_000, 270_000, regions.max() + 1),
            random.uniform(320_000, 610_000, regions.max() + 1),
        ],
        axis=1,
    )
    town = centre[np.arange(municipality.max() + 1) // 10] + random.normal(
        0, 12_000, (municipality.max() + 1, 2)
    )
    at = town[municipality] + random.normal(0, 2_000, (count, 2))
    start = random.integers(2027, 2041, count)
    homes = np.clip(random.lognormal(3.3, 0.8, count), 5, 200).astype(int)
    return pd.DataFrame(
        {
            "parcel_id": [f"S{number:05d}" for number in range(count)],
            "gemeente_code": [f"GM{number:04d}" for number in municipality],
            "region": [f"R{number}" for number in regions],
            "province": [f"P{number // 3}" for number in regions],
            "x": at[:, 0],
            "y": at[:, 1],
            "homes_mid": homes,
            "hectares": homes / 50,
            "term_start": [f"{year}-01-01" for year in start],
            "term_end": [
                f"{year + term}-01-01"
                for year, term in zip(start, random.integers(5, 31, count), strict=True)
            ],
            "score": random.uniform(0, 100, count),
            "move_cost_factor": random.uniform(1, 2, count),
            "serviced_share": random.choice([0.0, 0.25, 0.5], count),
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="+", default=[50, 400])
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, 30 years, groups of 15\n")
    print(
        "| sites | homes | groups | seconds | CPU seconds | peak MB | secured | gap | status |\n|---|---|---|---|---|---|---|---|---|"
    )
    for count in arguments.sites:
        table = sites(count, arguments.seed)
        # Homes are placed in every year that sites open: half of the places that open then.
        years = pd.to_datetime(table["term_start"]).dt.year
        placed = pd.concat(
            [place_by_rank(table[years == year], year=int(year)) for year in sorted(years.unique())]
        )
        started, processor = time.perf_counter(), time.process_time()
        plan = plan_relocation(table, RelocationParameters(first_year=2027), placed)
        seconds, worked = time.perf_counter() - started, time.process_time() - processor
        if replay(plan):
            raise SystemExit(f"the plan for {count} sites does not hold")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        homes = int(plan.groups["homes"].sum())
        print(
            f"| {count} | {homes} | {len(plan.groups)} | {seconds:.1f} | {worked:.1f} | {peak:.0f} | {plan.secured_share:.1%} "
            f"| {plan.gap:.4%} | {plan.status} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
