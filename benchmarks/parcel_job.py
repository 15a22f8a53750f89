"""One town through the public interface, beside other tools in turn.

A job that any tool can do, timed as a whole process with start-up.

Subtract buildings, water, nature and road strips; distances to the nearest stop, shop and school;
means of two rasters; score; GeoJSON.

    python benchmarks/parcel_job.py                 # a town that town.py makes
    python benchmarks/parcel_job.py --data DIR [DIR ...] --peers DIR
                                                    # other towns, beside other tools
    python benchmarks/parcel_job.py --agreement     # every buildable area against an exact one

A DIR of data holds parcels, buildings, water, nature, roads and pois (.gpkg), noise and elevation
(.tif). The towns that the goals were set on, and the scripts of the other tools, are not part of
this repository.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from timing import FOLDER, MEASURED, Report, Run, machine, measure, median, paired_ratio, table

RULESET: dict[str, Any] = {
    "name": "parcel-job",
    "version": "1",
    "title": {"nl": "Perceeltaak", "en": "Parcel job"},
    "levels": {"excluding": ["hard"]},
    "placement": {
        "required_years": 15,
        "lead_time_years": 1,
        "clearing_years": 1,
        "longest_term_years": 30,
        "plan_horizon_years": 10,
        "homes_per_ha_low": 30,
        "homes_per_ha_mid": 60,
        "homes_per_ha_high": 100,
        "gross_net_factor": 1.13,
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
            f"{kind}_distance_m": {
                "family": "nearest",
                "layer": "pois",
                "where": {"kind": kind},
                "limit_m": 5000,
                "of": "parcel",
            }
            for kind in ("stop", "shop", "school")
        },
        **{
            name: {
                "family": "raster",
                "layer": layer,
                "statistic": "mean",
                "of": "parcel",
                "known_from_share": 0.01,
            }
            for name, layer in (("noise_db", "noise"), ("elevation_m", "elevation"))
        },
    },
    "rules": {
        **{name: {"layer": name} for name in ("buildings", "water", "nature")},
        "roads": {
            "layer": "roads",
            "distance_m": {
                "field": "buffer_m",
                "pattern": r"^(\d+(?:\.\d+)?)",
                "otherwise_m": 40,
            },
        },
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
}
SOURCED = {"source": "benchmark", "basis": "assumption"}
TITLE = {"title": {"nl": "x", "en": "x"}}
VECTORS = ("parcels", "buildings", "roads", "water", "nature", "pois")
AREAS = "areas.json"
OURS, FLOOR = "flexruimte", "floor: start, read, write"
GEOPANDAS, POSTGIS, DUCKDB, GLAES = (
    "geopandas as usually written",
    "PostGIS, tuned, two sessions",
    "DuckDB spatial, two threads",
    "GLAES, cells of 2 m",
)


@dataclass(frozen=True)
class Peer:
    """Another tool: its script, and what that imports besides what flexruimte does."""

    script: str
    options: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


PEERS = {
    GEOPANDAS: Peer("run_naive.py", ("--zonal", "array"), ("rasterstats",)),
    "shapely and numpy, a prototype, two threads": Peer(
        "run_opt.py", ("--zonal", "green", "--threads", "2")
    ),
    POSTGIS: Peer("run_postgis.py", ("--style", "tuned", "--workers", "2"), ("psycopg2",)),
    DUCKDB: Peer("run_duckdb.py", ("--threads", "2"), ("duckdb",)),
    "atlite, cells of 2 m": Peer("run_atlite.py", ("--res", "2"), ("atlite",)),
    GLAES: Peer("run_glaes.py", ("--res", "2"), ("glaes",)),
}
"""DuckDB does the job without the rasters, atlite and GLAES its exclusion alone."""


@dataclass(frozen=True)
class Wanted:
    """What was to be reached for a number of parcels."""

    seconds: float
    peak_mb: float | None = None
    times: dict[str, float] = field(default_factory=dict)
    """How many times as long as ours another tool takes, at least."""
    times_floor: float | None = None
    """How many times as long as the floor ours takes, at most."""


WANTED = {
    20_000: Wanted(3, times={GEOPANDAS: 8, POSTGIS: 4}),
    200_000: Wanted(
        16, 2000, times={GEOPANDAS: 18, POSTGIS: 6, DUCKDB: 13, GLAES: 1}, times_floor=2.5
    ),
}


def ruleset() -> Any:
    from flexruimte.rules.ruleset import Ruleset

    document = {
        **RULESET,
        "levels": {**RULESET["levels"], **SOURCED},
        "score": {**RULESET["score"], **SOURCED},
    }
    document["placement"] = {
        name: {**TITLE, **SOURCED, "value": value} for name, value in RULESET["placement"].items()
    }
    document["rules"] = {
        name: {"condition": "use", "level": "hard", **rule}
        for name, rule in RULESET["rules"].items()
    }
    for kind in ("layers", "rules", "criteria", "groups"):
        document[kind] = {
            name: {**TITLE, **SOURCED, **entry} for name, entry in document[kind].items()
        }
    document["measures"] = {
        name: {**TITLE, **measure} for name, measure in RULESET["measures"].items()
    }
    return Ruleset.model_validate(document)


def job(data: Path, out: Path, *, keep_areas: bool = False) -> None:
    """Do the job; what is printed is read by the process that asked for it.

    On request the area left of every parcel is kept too.
    """
    started = time.perf_counter()
    import geopandas as gpd
    import shapely

    import flexruimte as fr

    steps = [("import", started)]

    def step(name: str) -> None:
        steps.append((name, time.perf_counter()))

    step("read parcels")
    parcels = gpd.read_file(data / "parcels.gpkg", use_arrow=True)
    town = gpd.GeoDataFrame(
        {"code": ["T"], "naam": ["Town"]},
        geometry=[shapely.box(*parcels.total_bounds).buffer(10)],
        crs=parcels.crs,
    )
    files = {
        name: data / (f"{name}.tif" if name in ("noise", "elevation") else f"{name}.gpkg")
        for name in RULESET["layers"]
    }
    study = fr.Study(
        parcels=parcels.assign(parcel_id=parcels["id"].astype(str)),
        municipalities=town,
        layers={
            name: {"source": str(path), "coverage": "complete"} if path.suffix == ".gpkg" else path
            for name, path in files.items()
        },
        as_of="2026-01-01",
        ruleset=ruleset(),
        parcel_id="parcel_id",
    )
    ranking = study.rank("T", step)
    step("tables")
    ranked = int(ranking.locations["rank"].notna().sum())
    step("GeoJSON")
    ranking.to_geojson(out / "flexruimte.geojson")
    ends = [*(at for _, at in steps[1:]), time.perf_counter()]
    seconds: dict[str, float] = {}
    for (name, at), end in zip(steps, ends, strict=True):
        of_all_blocks = name.split(",", maxsplit=1)[
            0
        ]  # blocks are taken at the same time: together they take as long as this
        seconds[of_all_blocks] = round(seconds.get(of_all_blocks, 0.0) + end - at, 2)
    if keep_areas:
        left = dict(
            zip(
                ranking.parcels["parcel_id"],
                ranking.parcels["buildable"].area.fillna(0.0),
                strict=True,
            )
        )
        (out / AREAS).write_text(json.dumps(left))
    print(json.dumps({"ranked": ranked, "parcels": len(parcels), "steps": seconds}))


def floor(data: Path, out: Path) -> None:
    """Start, read what the job reads, and write the parcels with ten columns: the least to do."""
    import numpy as np
    import pyogrio
    import rasterio

    layers = {
        name: pyogrio.read_dataframe(data / f"{name}.gpkg", use_arrow=True) for name in VECTORS
    }
    for name in ("noise", "elevation"):
        with rasterio.open(data / f"{name}.tif") as raster:
            raster.read(1)
    parcels = layers["parcels"]
    numbers = np.random.default_rng(0).random((len(parcels), 9)).round(3)
    rows = parcels[["id", "geometry"]].assign(
        **{f"number_{column}": numbers[:, column] for column in range(9)}
    )
    pyogrio.write_dataframe(
        rows, out / "floor.geojson", driver="GeoJSON", use_arrow=True, COORDINATE_PRECISION=3
    )


def exact_areas(data: Path) -> dict[str, tuple[float, float]]:
    """Return the area of each parcel and of what is left of it, by a loop over parcels. [m2]"""
    import geopandas as gpd
    import numpy as np
    import shapely

    from flexruimte.kernels.overlap import BUFFER_QUADRANT_SEGMENTS

    parcels, roads = gpd.read_file(data / "parcels.gpkg"), gpd.read_file(data / "roads.gpkg")
    strips = roads.buffer(roads["buffer_m"], quad_segs=BUFFER_QUADRANT_SEGMENTS)
    names = ("buildings", "water", "nature")
    others = [gpd.read_file(data / f"{name}.gpkg").geometry for name in names]
    excluded = np.concatenate([strips, *others])
    tree = shapely.STRtree(excluded)
    areas = {}
    for number, parcel in zip(parcels["id"].astype(str), parcels.geometry, strict=True):
        meeting = excluded[tree.query(parcel, predicate="intersects")]
        areas[number] = (parcel.area, parcel.difference(shapely.union_all(meeting)).area)
    return areas


def largest_difference(data: Path, out: Path) -> float:
    """Return the largest error of the area that the job leaves of a parcel, per m2 of parcel."""
    measure(command(data, out, "areas"))
    ours, exact = json.loads((out / AREAS).read_text()), exact_areas(data)
    if sorted(ours) != sorted(exact):
        raise SystemExit(f"the job on {data} has other parcels than its input")
    return max(abs(ours[number] - left) / whole for number, (whole, left) in exact.items())


def command(data: Path, out: Path, what: str = "job") -> list[str | Path]:
    """Return the command that does the job, or another part of this script, by itself."""
    return [sys.executable, __file__, "--part", what, "--data", data, "--out", out]


def runnable_peers(folder: Path, data: Path, out: Path, python: str) -> dict[str, list[str | Path]]:
    """Return the commands of the peers that can run here; tell why others cannot."""
    commands: dict[str, list[str | Path]] = {}
    for name, peer in PEERS.items():
        missing = [
            module
            for module in peer.needs
            if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode
        ]
        if not (folder / peer.script).is_file():
            print(f"skipped {name}: {folder} has no {peer.script}", file=sys.stderr)
        elif missing:
            print(f"skipped {name}: {python} has no {', '.join(missing)}", file=sys.stderr)
        else:
            commands[name] = [
                python,
                folder / peer.script,
                "--data",
                data,
                "--out",
                out,
                *peer.options,
            ]
    return commands


def timed(commands: dict[str, list[str | Path]], repeat: int) -> dict[str, list[Run]]:
    """Run all commands once, then all again; a peer that fails is told of and left out."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name in list(runs):
            try:
                runs[name].append(measure(commands[name]))
            except SystemExit as failure:
                if name in (OURS, FLOOR):
                    raise
                print(f"skipped {name}: {failure}", file=sys.stderr)
                del runs[name]
    return runs


def compare(
    report: Report, data: Path, out: Path, repeat: int, peers: dict[str, list[str | Path]]
) -> None:
    """Time the job, its floor and the peers, in turn."""
    runs = timed({OURS: command(data, out), FLOOR: command(data, out, "floor"), **peers}, repeat)
    said = json.loads(runs[OURS][-1].output.splitlines()[-1])
    times = {name: paired_ratio(runs[OURS], each) for name, each in runs.items()}
    middles = {name: median(each) for name, each in runs.items()}
    rows = [[name, *each.figures, f"{times[name]:.2f}"] for name, each in middles.items()]
    steps = ", ".join(f"{name} {seconds:g}" for name, seconds in said["steps"].items())
    report.add(
        f"One job, {said['parcels']:,} parcels ({data.name}), {said['ranked']:,} ranked, "
        f"median of {repeat} in turn",
        table(["", *MEASURED, "times ours"], rows),
        f"Steps of the last run of flexruimte, in seconds: {steps}.",
    )
    for size, wanted in WANTED.items():
        if abs(said["parcels"] / size - 1) > 0.1:
            continue
        what, ours = f"job, {size:,} parcels ({data.name})", middles[OURS]
        report.goal(
            what,
            f"at most {wanted.seconds:g} s",
            f"{ours.seconds:.1f} s",
            ours.seconds <= wanted.seconds,
        )
        if wanted.peak_mb:
            report.goal(
                f"{what}, memory",
                f"at most {wanted.peak_mb:g} MB",
                f"{ours.peak_mb:.0f} MB",
                ours.peak_mb <= wanted.peak_mb,
            )
        for name, factor in wanted.times.items():
            if name in times:
                report.goal(
                    f"{what}, {name}",
                    f"{factor:g} times ours",
                    f"{times[name]:.1f}",
                    times[name] >= factor,
                )
        if wanted.times_floor:
            over = 1 / times[FLOOR]
            report.goal(
                f"{what}, times the floor",
                f"under {wanted.times_floor:g}",
                f"{over:.1f}",
                over < wanted.times_floor,
            )


def add_measurements(
    report: Report,
    places: list[Path],
    folder: Path,
    repeat: int,
    peers: Path | None,
    peers_python: str,
    *,
    agreement: bool,
) -> None:
    """Time the job on each town and, on request, compare its areas with exact ones."""
    out = folder / "job"
    out.mkdir(parents=True, exist_ok=True)
    for data in places:
        compare(
            report,
            data,
            out,
            repeat,
            runnable_peers(peers, data, out, peers_python) if peers else {},
        )
        if agreement:
            worst = largest_difference(data, out)
            what = f"area left of every parcel against an exact computation ({data.name})"
            report.goal(what, "within 1e-6 of the parcel", f"{worst:.1e}", worst <= 1e-6)


def towns(folder: Path, sizes: list[int]) -> list[Path]:
    """Return the folders of towns, made where they are not there yet."""
    from town import write_town

    for parcels in sizes:
        write_town(parcels, folder / f"town_{parcels}")
    return [folder / f"town_{parcels}" for parcels in sizes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        help="folders with the layers; without it, towns of --parcels are made",
    )
    parser.add_argument("--parcels", type=int, nargs="+", default=[20_000])
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="for the towns that are made, and for results"
    )
    parser.add_argument("--peers", type=Path, help="folder with the scripts of other tools")
    parser.add_argument(
        "--peers-python", default=sys.executable, help="the Python that has those tools"
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--agreement",
        action="store_true",
        help="compare every buildable area with one computed parcel by parcel",
    )
    parser.add_argument("--part", choices=["job", "areas", "floor"], help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part == "floor":
        floor(arguments.data[0], arguments.out)
        return
    if arguments.part:
        job(arguments.data[0], arguments.out, keep_areas=arguments.part == "areas")
        return
    report = Report(machine())
    places = arguments.data or towns(arguments.folder, arguments.parcels)
    peers, python = arguments.peers, arguments.peers_python
    add_measurements(
        report,
        places,
        arguments.folder,
        arguments.repeat,
        peers,
        python,
        agreement=arguments.agreement,
    )
    report.end()


if __name__ == "__main__":
    main()
