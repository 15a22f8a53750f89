"""One town through the public interface, whole process with start-up: the job that other tools were timed on.

Subtract buildings, water, nature and road strips; distances to the nearest stop, shop and school; means of two rasters; score; GeoJSON.

    python benchmarks/parcel_job.py --data DIR [DIR ...] [--repeat 3]

DIR holds parcels, buildings, water, nature, roads and pois (.gpkg), noise and elevation (.tif), as the generator of that comparison makes
them; it is not part of this repository.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

RULESET: dict[str, Any] = {
    "name": "parcel-job",
    "version": "1",
    "title": {"nl": "Perceeltaak", "en": "Parcel job"},
    "levels": {"excluding": ["hard"]},
    "placement": {
        "required_years": 15, "lead_time_years": 1, "clearing_years": 1, "longest_term_years": 30, "plan_horizon_years": 10,
        "homes_per_ha_low": 30, "homes_per_ha_mid": 60, "homes_per_ha_high": 100, "gross_net_factor": 1.13,
    },
    "layers": {
        "buildings": {"geometry": "polygon"},
        "water": {"geometry": "polygon"},
        "nature": {"geometry": "polygon"},
        "roads": {"geometry": "line", "fields": ["buffer_m"]},
        "pois": {"geometry": "point", "fields": ["kind"]},
        "noise": {"geometry": "raster"},
        "elevation": {"geometry": "raster"},
    },
    "measures": {
        **{
            f"{kind}_distance_m": {"family": "nearest", "layer": "pois", "where": {"kind": kind}, "limit_m": 5000, "of": "parcel"}
            for kind in ("stop", "shop", "school")
        },
        "noise_db": {"family": "raster", "layer": "noise", "statistic": "mean", "of": "parcel", "known_from_share": 0.01},
        "elevation_m": {"family": "raster", "layer": "elevation", "statistic": "mean", "of": "parcel", "known_from_share": 0.01},
    },
    "rules": {
        **{name: {"layer": name} for name in ("buildings", "water", "nature")},
        "roads": {"layer": "roads", "distance_m": {"field": "buffer_m", "pattern": r"^(\d+(?:\.\d+)?)", "otherwise_m": 40}},
        "large_enough": {"measure": "buildable_m2", "at_least": 200},
    },
    "criteria": {
        "stop": {"measure": "stop_distance_m", "curve": [[200, 100], [1500, 0]]},
        "shop": {"measure": "shop_distance_m", "curve": [[300, 100], [3000, 0]]},
        "school": {"measure": "school_distance_m", "curve": [[300, 100], [3000, 0]]},
        "quiet": {"measure": "noise_db", "curve": [[48, 100], [65, 0]]},
        "high": {"measure": "elevation_m", "curve": [[-1, 0], [3, 100]]},
    },
    "groups": {"all": {"weights": {"stop": 25, "shop": 20, "school": 15, "quiet": 25, "high": 15}}},
    "score": {"weights": {"suitability": 1}},
}  # fmt: skip
SOURCED = {"source": "benchmark", "basis": "assumption"}
TITLE = {"title": {"nl": "x", "en": "x"}}
PEERS = {
    20_000: {"geopandas, overlay and rasterstats on arrays": 24.0, "PostGIS 15, tuned, two sessions": 12.0, "DuckDB spatial": 10.6},
    200_000: {"geopandas, overlay and rasterstats on arrays": 294.0, "PostGIS 15, tuned, two sessions": 94.0, "DuckDB spatial": 210.0},
}
"""Seconds of other tools for the same job on two cores, whole process, medians; DuckDB without the rasters."""


def ruleset() -> Any:
    from flexruimte.ruleset import Ruleset

    document = {**RULESET, "levels": {**RULESET["levels"], **SOURCED}, "score": {**RULESET["score"], **SOURCED}}
    document["placement"] = {name: {**TITLE, **SOURCED, "value": value} for name, value in RULESET["placement"].items()}
    document["rules"] = {name: {"condition": "use", "level": "hard", **rule} for name, rule in RULESET["rules"].items()}
    for table in ("layers", "rules", "criteria", "groups"):
        document[table] = {name: {**TITLE, **SOURCED, **entry} for name, entry in document[table].items()}
    document["measures"] = {name: {**TITLE, **measure} for name, measure in RULESET["measures"].items()}
    return Ruleset.model_validate(document)


def job(data: Path) -> None:
    """Do the job; what is printed is read by the process that asked for it."""
    started = time.perf_counter()
    import geopandas as gpd
    import shapely

    import flexruimte as fr

    steps = [("import", started)]

    def step(name: str) -> None:
        steps.append((name, time.perf_counter()))

    step("read parcels")
    parcels = gpd.read_file(data / "parcels.gpkg")
    town = gpd.GeoDataFrame({"code": ["T"], "naam": ["Town"]}, geometry=[shapely.box(*parcels.total_bounds).buffer(10)], crs=parcels.crs)
    files = {name: data / (f"{name}.tif" if name in ("noise", "elevation") else f"{name}.gpkg") for name in RULESET["layers"]}
    study = fr.Study(
        parcels=parcels.assign(parcel_id=parcels["id"].astype(str)),
        municipalities=town,
        layers={name: {"source": str(path), "coverage": "complete"} if path.suffix == ".gpkg" else path for name, path in files.items()},
        as_of="2026-01-01",
        ruleset=ruleset(),
        parcel_id="parcel_id",
    )
    ranking = study.rank("T", step)
    step("tables")
    ranked = int(ranking.locations["rank"].notna().sum())
    step("GeoJSON")
    ranking.to_geojson(data / "flexruimte.geojson")
    ends = [*(at for _, at in steps[1:]), time.perf_counter()]
    print(
        json.dumps(
            {
                "ranked": ranked,
                "parcels": len(parcels),
                "steps": {name: round(end - at, 2) for (name, at), end in zip(steps, ends, strict=True)},
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--job", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        job(arguments.data[0])
        return
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; medians of {arguments.repeat}\n")
    for data in arguments.data:
        seconds, memory, said = [], [], {}
        for _ in range(arguments.repeat):
            started = time.perf_counter()
            process = subprocess.Popen([sys.executable, __file__, "--job", "--data", str(data)], stdout=subprocess.PIPE, text=True)
            output = process.stdout.read() if process.stdout else ""
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                raise SystemExit(f"the job on {data} failed")
            seconds.append(time.perf_counter() - started)
            memory.append(usage.ru_maxrss / 1024)
            said = json.loads(output.splitlines()[-1])
        ours = statistics.median(seconds)
        print(f"{said['parcels']} parcels, {said['ranked']} ranked: {ours:.1f} s, {statistics.median(memory):.0f} MB")
        print(f"  steps of the last: {said['steps']}")
        for size, peers in PEERS.items():
            if abs(said["parcels"] / size - 1) < 0.1:
                for name, other in peers.items():
                    print(f"  {name}: {other:g} s, {other / ours:.1f} times ours")


if __name__ == "__main__":
    main()
