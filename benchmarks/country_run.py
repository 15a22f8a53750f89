"""The whole built-in ruleset over a synthetic country, through the command line: whole processes, from national files.

    python benchmarks/country_run.py            # a few towns: minutes
    python benchmarks/country_run.py --full     # up to 1,000,000 parcels in 40 municipalities

The countries are made by `country.py` where they are not there yet.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import json
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from country import CHANGED_STUDY, STUDY, Country, write_country, write_study
from timing import (
    FLEXRUIMTE,
    FOLDER,
    MEASURED,
    ON_ONE_PROCESSOR,
    Report,
    Run,
    in_turn,
    machine,
    measure,
    median,
    megabytes,
    paired_ratio,
    table,
)

SHORT, FULL = (1_000, 10_000, 50_000), (1_000, 10_000, 100_000, 1_000_000)
"""Parcels of the countries."""
PARCELS_PER_MUNICIPALITY = 25_000
LAYERS = (5, 10, 20, 30, None)
STATUSES = ("available", "attention", "unknown", "excluded")


def country_of(parcels: int) -> Country:
    """Return a country in municipalities of the usual size."""
    return Country(parcels, max(1, round(parcels / PARCELS_PER_MUNICIPALITY)))


def prepared(folder: Path, country: Country) -> Path:
    """Return the folder of a country, made where it is not there yet."""
    place = folder / f"country_{country.parcels}_{country.municipalities}"
    write_country(country, place)
    return place


def run(
    study: Path,
    out: Path,
    *options: str,
    program: list[str] = FLEXRUIMTE,
    also: list[psutil.Process] | None = None,
) -> Run:
    """Run a study with the command line."""
    return measure([*program, "run", study, "--out", out, *options], also or [])


def counts(out: Path) -> Counter[str]:
    """Return how many parcels have which status, over all municipalities of a run."""
    total: Counter[str] = Counter()
    for entry in json.loads((out / "run.json").read_text())["municipalities"].values():
        total.update(entry["counts"])
    return total


@dataclass(frozen=True)
class Timings:
    """What run.json and the summaries of a run tell of time."""

    stages: dict[str, float]
    """Seconds of each stage, summed over the municipalities; writing is what remains of the time of each."""
    per_parcel: list[float]
    """Of each municipality, seconds of its stages per parcel."""


def timings(out: Path) -> Timings:
    """Return what a run took."""
    total: Counter[str] = Counter()
    per_parcel = []
    for entry in json.loads((out / "run.json").read_text())["municipalities"].values():
        steps = json.loads((out / entry["folder"] / "summary.json").read_text())["timings_s"]
        total.update(steps)
        took = dt.datetime.fromisoformat(entry["finished"]) - dt.datetime.fromisoformat(
            entry["started"]
        )
        total["writing"] += took.total_seconds() - sum(steps.values())
        per_parcel.append(sum(steps.values()) / sum(entry["counts"].values()))
    return Timings(dict(total), per_parcel)


def digest(out: Path) -> str:
    """Return a text that is the same for the same results."""
    results = sorted(
        [*out.glob("*/locations.geojson"), *out.glob("*/parcels.parquet"), out / "ranking.csv"]
    )
    whole = hashlib.sha256()
    for file in results:
        whole.update(
            f"{file.relative_to(out)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode()
        )
    return whole.hexdigest()


@contextlib.contextmanager
def dask_cluster(workers: int) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Start a scheduler and workers with one thread each, as processes of their own; give the address and the processes."""
    from distributed import Client

    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{place.getsockname()[1]}"
    options = ["--nthreads", "1", "--no-dashboard", "--no-nanny", "--memory-limit", "0"]
    commands = [["distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]]
    commands += [["distributed.cli.dask_worker", address, *options]] * workers
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in commands
    ]
    try:
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address, [psutil.Process(process.pid) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def start(report: Report, repeat: int) -> None:
    """What it costs to import the library."""
    imports = {
        "Python alone": "pass",
        "import geopandas": "import geopandas",
        "import flexruimte": "import flexruimte",
    }
    runs = in_turn(
        {
            name: lambda code=code: measure([sys.executable, "-c", code])
            for name, code in imports.items()
        },
        repeat,
    )
    report.add(
        f"Start, median of {repeat}",
        table(["", *MEASURED], [[name, *median(each).figures] for name, each in runs.items()]),
    )


def scaling(report: Report, folder: Path, countries: Sequence[Country]) -> None:
    """More and more parcels; the largest country again, with nothing changed and with one weight changed."""
    rows, mix, steps, cost = [], [], {}, {}
    for country in countries:
        parcels, municipalities = country.parcels, country.municipalities
        place, out = prepared(folder, country), folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        workers = min(2, municipalities)
        first = run(place / STUDY, out, "--workers", str(workers))
        cost[parcels] = first.processor_seconds / parcels
        sizes_mb = [f"{megabytes(place):.0f}", f"{megabytes(out):.0f}"]
        each_ms = [f"{1000 * first.seconds / parcels:.2f}", f"{1000 * cost[parcels]:.2f}"]
        took = timings(out)
        spread_ms = f"{1000 * min(took.per_parcel):.2f}-{1000 * max(took.per_parcel):.2f}"
        rows.append(
            [
                f"{parcels:,}",
                municipalities,
                workers,
                *first.figures,
                *sizes_mb,
                *each_ms,
                spread_ms,
            ]
        )
        found = counts(out)
        mix.append([f"{parcels:,}", *(f"{found[status] / parcels:.1%}" for status in STATUSES)])
        steps[parcels] = took.stages
    header = [
        "parcels",
        "municipalities",
        "workers",
        *MEASURED,
        "input MB",
        "output MB",
        "ms a parcel",
        "CPU ms a parcel",
    ]
    header += ["stages, ms a parcel, by municipality"]
    report.add(
        "Parcels", table(header, rows), "What was found:", table(["parcels", *STATUSES], mix)
    )
    names = list(steps[parcels])
    report.add(
        "Stages, seconds summed over the municipalities",
        table(
            ["parcels", *names],
            [
                [f"{size:,}", *(f"{times[name]:.1f}" for name in names)]
                for size, times in steps.items()
            ],
        ),
    )
    compared = [each for size, each in cost.items() if size >= 10_000]
    if parcels == 1_000_000:
        report.goal(
            "1,000,000 parcels in 40 municipalities",
            "under 10 minutes",
            f"{first.seconds / 60:.1f} minutes",
            first.seconds < 600,
        )
        report.goal(
            "the same, memory of all processes",
            "under 5 GB",
            f"{first.peak_mb / 1000:.1f} GB",
            first.peak_mb < 5000,
        )
    if len(compared) > 1:
        spread = max(compared) / min(compared) - 1
        report.goal(
            f"CPU time per parcel from 10,000 to {parcels:,}",
            "within 20 %",
            f"{spread:.0%}",
            spread <= 0.2,
        )
    _again(report, place, out, first, workers, municipalities)
    shutil.rmtree(out)


def _again(
    report: Report, place: Path, out: Path, first: Run, workers: int, municipalities: int
) -> None:
    """Runs on results that are there already."""
    check = measure([*FLEXRUIMTE, "check", place / STUDY])
    unchanged = run(place / STUDY, out, "--workers", str(workers))
    # There, back and there again: each changes the weights.
    weights = median(
        [
            run(place / study, out, "--workers", str(workers))
            for study in (CHANGED_STUDY, STUDY, CHANGED_STUDY)
        ]
    )
    named = {
        "first run": first,
        "check": check,
        "again, nothing changed": unchanged,
        "again, one weight changed, median of 3": weights,
    }
    rows = [
        [name, *each.figures, f"{each.seconds / first.seconds:.1%}"] for name, each in named.items()
    ]
    report.add(
        f"Again, {municipalities} municipalities", table(["", *MEASURED, "of the first run"], rows)
    )
    allowed = 2 + 0.02 * municipalities
    report.goal(
        "nothing changed",
        f"under 2 s + 20 ms a municipality: {allowed:.2f} s",
        f"{unchanged.seconds:.2f} s",
        unchanged.seconds < allowed,
    )
    share = weights.seconds / first.seconds
    report.goal("one weight changed", "under 5 % of the first run", f"{share:.1%}", share < 0.05)


def layers(report: Report, folder: Path, country: Country) -> None:
    """More and more layers, over the same parcels."""
    place, out, parcels = prepared(folder, country), folder / "out", country.parcels
    rows = []
    for number in LAYERS:
        study = place / f"study_{number or 'all'}.toml"
        there = write_study(study, number)
        shutil.rmtree(out, ignore_errors=True)
        each = run(study, out)
        each_ms = 1000 * each.processor_seconds / parcels
        found = counts(out)
        locations = f"{found['available'] + found['attention']:,}"
        rows.append([there, locations, *each.figures, f"{each_ms:.2f}", f"{each_ms / there:.3f}"])
    header = ["layers", "locations", *MEASURED, "CPU ms a parcel", "CPU ms a parcel and layer"]
    why = "Fewer layers exclude fewer parcels, and each location that is left is laid out with homes: that is why few layers are not cheap."
    report.add(f"Layers, {parcels:,} parcels", table(header, rows), why)
    shutil.rmtree(out)


def workers(report: Report, folder: Path, country: Country, repeat: int) -> None:
    """One worker against two, and two of a Dask cluster, in turn; all must give the same bytes."""
    place = prepared(folder, country)
    digests = set()
    with dask_cluster(2) as (address, cluster):
        variants = {
            "one worker, one processor": ([], ON_ONE_PROCESSOR, []),
            "one worker, a thread per processor": ([], FLEXRUIMTE, []),
            "two workers": (["--workers", "2"], FLEXRUIMTE, []),
            "two Dask workers": (["--dask", address], FLEXRUIMTE, cluster),
        }

        def job(name: str) -> Run:
            options, program, also = variants[name]
            out = folder / "out"
            shutil.rmtree(out, ignore_errors=True)
            done = run(place / STUDY, out, *options, program=program, also=also)
            digests.add(digest(out))
            shutil.rmtree(out)
            return done

        runs = in_turn({name: lambda name=name: job(name) for name in variants}, repeat)
    one, _, two, dask = runs.values()
    rows = [
        [name, *median(each).figures, f"{paired_ratio(each, one):.2f}"]
        for name, each in runs.items()
    ]
    title = f"Workers, {country.parcels:,} parcels in {country.municipalities} municipalities, median of {repeat} in turn"
    report.add(title, table(["", *MEASURED, "times as fast as one processor"], rows))
    gain = paired_ratio(two, one)
    report.goal(
        "two workers against one, a processor each",
        "at least 1.7 times as fast",
        f"{gain:.2f}",
        gain >= 1.7,
    )
    dask_share = paired_ratio(two, dask)
    report.goal(
        "two Dask workers against two workers",
        "within 15 %",
        f"{dask_share - 1:+.0%}",
        dask_share <= 1.15,
    )
    told = "the same" if len(digests) == 1 else f"{len(digests)} different results"
    report.goal("1 and 2 workers, 1 and 2 threads, Dask", "the same bytes", told, len(digests) == 1)


PARTS = ("start", "layers", "workers", "scaling")


def add_measurements(
    report: Report,
    folder: Path,
    countries: Sequence[Country],
    repeat: int,
    only: Sequence[str] = PARTS,
) -> None:
    """Measure the parts named: each country once, layers on one of at most 10,000 parcels, workers on one of at most 100,000."""

    def largest(limit: int) -> Country:
        return max(
            (each for each in countries if each.parcels <= limit), key=lambda each: each.parcels
        )

    for name in only:
        started = time.perf_counter()
        if name == "start":
            start(report, max(repeat, 5))
        elif name == "layers":
            layers(report, folder, largest(10_000))
        elif name == "workers":
            workers(report, folder, largest(100_000), repeat)
        else:
            scaling(report, folder, countries)
        print(f"({name}: {time.perf_counter() - started:.0f} s)", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="up to 1,000,000 parcels")
    parser.add_argument(
        "--parcels", type=int, nargs="+", help="countries of so many parcels instead"
    )
    parser.add_argument(
        "--municipalities", type=int, nargs="+", help="in how many municipalities each of them is"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--repeat", type=int, default=1, help="turns of what is compared")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="for the countries and the results"
    )
    arguments = parser.parse_args()
    countries = [
        country_of(parcels) for parcels in arguments.parcels or (FULL if arguments.full else SHORT)
    ]
    if arguments.municipalities:
        countries = [
            Country(each.parcels, number)
            for each, number in zip(countries, arguments.municipalities, strict=True)
        ]
    report = Report(machine())
    add_measurements(report, arguments.folder, countries, arguments.repeat, arguments.only)
    report.end()


if __name__ == "__main__":
    main()
