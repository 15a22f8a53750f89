"""All benchmarks of speed, one after the other: `make bench` runs the short ones, `make bench-full` all of them.

python benchmarks/run.py [--full] [--markdown docs/benchmarks.md]
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import country_run
import map_page
import national
import parcel_job
from timing import FOLDER, Report, machine

SHORT, FULL = (500_000, 20_000), (2_000_000, 20_000)
"""Parcels of a national file, and of the window that is read from it."""
PREFACE = """# Benchmarks

What it costs to rank a country, measured as a user meets it: whole processes, with start-up, reading and writing. This page is written
by

```bash make
make bench         # some towns, about ten minutes on two processors
make bench-full    # up to 1,000,000 parcels; writes this page
```

`CPU s` sums the processor time of all processes, `peak MB` is the largest sum of their memory at one moment, what they share counted
once (PSS). What is compared runs in turn (A B A B), and a ratio is the median of the ratios of the turns. All other work on the machine
slows these runs; CPU seconds suffer least from it. One worker by itself uses a thread per processor; two workers are compared with one that
may use one processor, which is what each of the two has.

**The country** (`benchmarks/country.py`) is the sample study's three fictional towns, 5,359 parcels with every layer of the built-in
ruleset, again and again on a grid, in one spatially indexed GeoPackage or tiled GeoTIFF per layer for the whole country. Each copy has
its own ids; towns together make municipalities of about 25,000 parcels. A real country has more small built-up lots, which cost little,
and larger files of some layers, such as elevation in cells of 0.5 m; the shares of each status are reported so that the mix can be
judged. The run is `flexruimte run study.toml`, with the ruleset `flexwonen-nl` as it is.

**One job** (`benchmarks/parcel_job.py`) is what other tools can do as well: parcels minus buildings, water, nature and strips along
roads, three distances, means over two rasters, a score, and a GeoJSON file. Towns named `town_N` are cut from the country; the goals
were set on generated towns of another shape, which are not in this repository, nor are the scripts of the other tools. Distances, areas
and means are exact; areas are compared, parcel by parcel, with a plain loop over `parcel.difference(union)`.

**A national file** (`benchmarks/national.py`) is a register of parcels as GeoPackage, FlatGeobuf and GeoParquet, of which a run of one
municipality reads a window, against a file that holds only that window.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="up to 1,000,000 parcels")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="for what the benchmarks make: some gigabytes with --full",
    )
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        default=[],
        help="towns for the job besides those that are made here",
    )
    parser.add_argument("--peers", type=Path, help="folder with the scripts of other tools")
    parser.add_argument(
        "--peers-python", default=sys.executable, help="the Python that has those tools"
    )
    parser.add_argument("--markdown", type=Path, help="write all that is measured to this page")
    arguments = parser.parse_args()
    report = Report(
        f"{date.today()}, {'all of it' if arguments.full else 'the short run'}: {machine()}"
    )
    places = [
        *parcel_job.towns(arguments.folder, [20_000, 200_000] if arguments.full else [20_000]),
        *arguments.data,
    ]
    peers, python = arguments.peers, arguments.peers_python
    parcel_job.add_measurements(
        report, places, arguments.folder, arguments.repeat, peers, python, agreement=True
    )
    countries = [
        country_run.country_of(parcels)
        for parcels in (country_run.FULL if arguments.full else country_run.SHORT)
    ]
    country_run.add_measurements(
        report, arguments.folder, countries, arguments.repeat if arguments.full else 1
    )
    national.add_measurements(report, arguments.folder, *(FULL if arguments.full else SHORT))
    map_page.add_measurements(report, map_page.sample(arguments.folder), arguments.repeat)
    report.end()
    if arguments.markdown:
        arguments.markdown.write_text(
            "\n\n".join([PREFACE + "\n## The last run", *report.parts]) + "\n"
        )


if __name__ == "__main__":
    main()
