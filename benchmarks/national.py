"""What a window of a national file costs, against a file that holds only that window.

    python benchmarks/national.py [--parcels 2000000] [--window 20000] [--zipped]

Prints for each format the time of a read from the national file, of the same rows from a file that
holds only those, and their ratio; and what else is asked of a source in a run and in `check`.
"""

from __future__ import annotations

import argparse
import statistics
import time
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from timing import FOLDER, Report, machine, table

from flexruimte.evidence.sources import Source, Window, open_source
from flexruimte.rules.study_file import LayerSettings

LEFT, BOTTOM, SIDE_M = 10_000.0, 310_000.0, 32.0
"""Corner of the country, and the side of the square that a parcel stands in. [m]"""
PARQUET: dict[str, Any] = {"write_covering_bbox": True, "row_group_size": 10_000}
TOWN = 70
"""So many parcels by so many make a cadastral municipality; a register writes one after the other."""
COLUMNS = ["identificatie_lokaal_id", "kadastrale_grootte_waarde"]
FILES = (".gpkg", ".fgb", ".parquet", "_sorted.parquet", "_random.parquet")
ZIPPED = ("_gpkg.zip", "_fgb.zip", "_parquet.zip")
GOALS = (".gpkg", ".parquet")
"""What is to be reached holds for these."""


def parcels(first: int, count: int, columns: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Return parcels with some corners each and a register's usual columns, one cadastral municipality after the other."""
    number = np.arange(first, first + count)
    random = np.random.default_rng(seed + first)
    town, within = number // TOWN**2, number % TOWN**2
    across = columns // TOWN
    x = LEFT + SIDE_M * (town % across * TOWN + within % TOWN)
    y = BOTTOM + SIDE_M * (town // across * TOWN + within // TOWN)
    corners = np.array(
        [(1, 1), (12, 2), (24, 1), (31, 4), (30, 28), (16, 30), (3, 29)], dtype=float
    )
    rings = corners[None] + random.uniform(-1, 1, (count, len(corners), 2))
    rings += np.stack([x, y], axis=1)[:, None, :]
    shapes = shapely.polygons(np.round(rings, 3))
    columns_of = {
        "identificatie_lokaal_id": [f"NL.KAD.{one:014d}" for one in number],
        "kadastrale_gemeente_code": [f"G{one:04d}" for one in town],
        "sectie": np.array(list("ABCDEFGH"))[number % 8],
        "perceelnummer": number % 9999,
        "kadastrale_grootte_waarde": random.uniform(50, 5000, count).round(),
        "begin_geldigheid": "2019-04-01T00:00:00Z",
        "status_historie_waarde": "Geldig",
    }
    return gpd.GeoDataFrame(columns_of, geometry=shapes, crs="EPSG:28992")


def make(folder: Path, count: int, window: int) -> Window:
    """Write the national files, and those of the window alone, unless they are there."""
    columns = int(np.sqrt(count))
    side = int(np.sqrt(window))
    first = (columns - side) // 2
    left, bottom = LEFT + SIDE_M * first, BOTTOM + SIDE_M * first
    asked = (left, bottom, left + SIDE_M * side - 1.0, bottom + SIDE_M * side - 1.0)
    done = folder / "made"
    if done.is_file():
        return asked
    folder.mkdir(parents=True, exist_ok=True)
    parts = [parcels(at, min(250_000, count - at), columns) for at in range(0, count, 250_000)]
    whole = pd.concat(parts, ignore_index=True)
    inside = whole.cx[asked[0] : asked[2], asked[1] : asked[3]].reset_index(drop=True)
    for name, rows in (("national", whole), ("window", inside)):
        rows.to_file(folder / f"{name}.gpkg")
        rows.to_file(folder / f"{name}.fgb")
        rows.to_parquet(folder / f"{name}.parquet", **PARQUET)
        # As the makers of GeoParquet advise: what lies together stands together.
        near = rows.iloc[np.argsort(rows.hilbert_distance())]
        near.to_parquet(folder / f"{name}_sorted.parquet", **PARQUET)
        # The worst order: what lies together stands anywhere, so that all shapes have to be unpacked.
        anywhere = rows.iloc[np.random.default_rng(2).permutation(len(rows))]
        anywhere.to_parquet(folder / f"{name}_random.parquet", **PARQUET)
        for ending in ("gpkg", "fgb", "parquet"):
            with zipfile.ZipFile(
                folder / f"{name}_{ending}.zip", "w", zipfile.ZIP_DEFLATED
            ) as archive:
                archive.write(folder / f"{name}.{ending}", f"{name}.{ending}")
    done.touch()
    return asked


def seconds(action: Callable[[], object], repeat: int = 5) -> float:
    """Return the median time of an action, after one that warms up. [s]"""
    action()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def source(folder: Path, name: str) -> Source:
    return open_source("parcels", LayerSettings(source=name), folder)


def read(folder: Path, name: str, window: Window) -> int:
    """Read a window, as a run does for one municipality; return the number of rows."""
    return len(source(folder, name).read(COLUMNS, window))


ASKED: dict[str, Callable[[Source], Any]] = {
    "opening": lambda one: (one.columns, one.crs),
    "number": lambda one: one.feature_count,
    "extent": lambda one: one.extent,
    "without shape": lambda one: one.count_without_geometry(),
    "curves": lambda one: one.curve_count,
    "stamp": lambda one: one.stamp(),
}
"""What else a run or `check` asks of a source."""


def add_measurements(
    report: Report, folder: Path, count: int, window: int, names: Sequence[str] = FILES
) -> None:
    """Add what a window of so many parcels costs, out of files of so many."""
    folder = folder / "national" / f"{count}_{window}"
    asked = make(folder, count, window)
    rows = []
    for name in names:
        repeat = 1 if name.endswith(".zip") else 5
        whole, alone = f"national{name}", f"window{name}"
        assert read(folder, whole, asked) == read(folder, alone, asked)
        took, least = (seconds(partial(read, folder, one, asked), repeat) for one in (whole, alone))
        others = [
            seconds(lambda ask=ask, of=whole: ask(source(folder, of)), 1) for ask in ASKED.values()
        ]
        ratio = took / least
        figures = [f"{figure:.3f}" for figure in (took, least)]
        rows.append([whole, *figures, f"{ratio:.2f}", *(f"{other:.3f}" for other in others)])
        if name in GOALS:
            what = f"{window:,} parcels out of a national file of {count:,} ({name.strip('_.')})"
            report.goal(what, "under 3 x a file of those alone", f"{ratio:.2f} x", ratio < 3)
    report.add(
        f"A window of {window:,} parcels out of {count:,}",
        table(["file", "window [s]", "those alone [s]", "ratio", *ASKED], rows),
        "The columns at the right are what else a run or `check` asks of the national file. [s]",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parcels", type=int, default=2_000_000)
    parser.add_argument("--window", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--zipped", action="store_true")
    arguments = parser.parse_args()
    names = [*FILES, *(ZIPPED if arguments.zipped else ())]
    report = Report(machine())
    add_measurements(report, arguments.folder, arguments.parcels, arguments.window, names)
    report.end()


if __name__ == "__main__":
    main()
