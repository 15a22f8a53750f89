"""Fetching the sample over loopback, against ogr2ogr for the same layers one by one; and a million features.

    python benchmarks/fetch.py [--features 1000000]

The server is a process of its own: the stand-in of the tests. ogr2ogr (Debian's gdal-bin) reads OGC API Features, a layer at a time,
and gdal_translate the coverages; without them only our own time is printed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from flexruimte.batch.fetch import fetch
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.fetch import Wanted, fetch_dataset
from flexruimte.evidence.fetching.provenance import read_provenance
from open_data_server import Collection, Server, serving
from sample_services import dataset, sample_server, service, write_study


def many(count: int) -> Server:
    """Squares of 5 m, in rows of a thousand."""
    number = np.arange(count)
    x, y = number % 1000 * 10.0, number // 1000 * 10.0
    table = pd.DataFrame(
        {
            "identificatie": [f"0363100{at:09d}" for at in number],
            "bouwjaar": 1900 + number % 120,
            "status": "Pand in gebruik",
        }
    )
    return Server(
        collections={
            "pand": Collection(
                gpd.GeoDataFrame(table, geometry=shapely.box(x, y, x + 5, y + 5), crs="EPSG:28992")
            )
        }
    )


def _serve(what: int, ready: multiprocessing.connection.Connection) -> None:
    server = many(what) if what else sample_server()
    for collection in server.collections.values():
        collection.texts("http://www.opengis.net/def/crs/EPSG/0/28992")
    with serving(server):
        ready.send(server.port)
        ready.recv()


@contextmanager
def served(what: int) -> Iterator[int]:
    """Serve in another process, and give the port."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(what, there))
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("enough")
        process.join()


def the_sample(folder: Path) -> None:
    with served(0) as port:
        described = sample_server()  # what is served is described here, and served there
        described.port = port
        study = write_study(folder / "study", described)
        times = []
        for _ in range(3):
            shutil.rmtree(folder / "study" / "data", ignore_errors=True)
            began = time.perf_counter()
            report = fetch(study, ["GM9001"], cache=folder / "cache")
            times.append(time.perf_counter() - began)
            assert report.exit_status == 0
        ours = min(times)
        print(f"{'fetch, 55 layers of one municipality':50} {ours:8.2f} s")
        if shutil.which("ogr2ogr") is None:
            return
        tables = tomllib.loads((folder / "study" / "catalogue.toml").read_text("utf-8"))["datasets"]
        began = time.perf_counter()
        for entry in report.entries:
            record = read_provenance(entry.target)
            assert record is not None
            left, bottom, right, top = record.windows[0]
            named = tables[entry.dataset]["services"][0]
            output = folder / f"gdal-{entry.table}{entry.target.suffix}"
            if entry.target.suffix == ".gpkg":
                command = [
                    "ogr2ogr", "-q", "-f", "GPKG", output, f"OAPIF:http://127.0.0.1:{port}/ogc/collections/{named['layer']}",
                    "-oo", "CRS=http://www.opengis.net/def/crs/EPSG/0/28992", "-oo", "PAGE_SIZE=1000", "-oo", "INITIAL_REQUEST_PAGE_SIZE=1000",
                    "-spat", left, bottom, right, top, "-spat_srs", "EPSG:28992",
                ]  # fmt: skip
            else:  # the file itself: its driver for WCS asks for what the stand-in does not have
                source = described.coverages[named["layer"]]
                command = ["gdal_translate", "-q", "-of", "COG", source, output]
            subprocess.run([str(word) for word in command], check=True, capture_output=True)
        theirs = time.perf_counter() - began
        for entry in report.entries:  # both are to have the same
            output = folder / f"gdal-{entry.table}{entry.target.suffix}"
            if (
                entry.target.suffix == ".gpkg"
                and entry.record is not None
                and entry.record.features
            ):
                count = pyogrio.read_info(output)["features"]
                if count != entry.record.features:
                    print(f"{entry.table}: {entry.record.features} features, of ogr2ogr {count}")
        print(f"{'ogr2ogr and gdal_translate, one by one':50} {theirs:8.2f} s")
        print(f"{'ratio (to stay under 3)':50} {ours / theirs:8.2f}")


def many_features(folder: Path, count: int) -> None:
    with served(count) as port:
        window = (0.0, 0.0, 10_000.0, 10_000.0)
        one = service(
            protocol="ogcapi", address=f"http://127.0.0.1:{port}/ogc", layer="pand", id="identificatie",
            fields={"identificatie": "identificatie", "bouwjaar": "bouwjaar", "status": "status"},
        )  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        wanted = Wanted("bag_pand", dataset(one), folder / "pand.gpkg", [window], ["GM0363"])
        found = fetch_dataset(wanted, Client(), folder / ".fetch", folder / "cache", lambda _: None)
        seconds = time.perf_counter() - began
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{'features':50} {found.record.features:8d}")
        print(f"{'fetch':50} {seconds:8.1f} s")
        print(
            f"{'most memory of this process (before: ' + str(before // 1024) + ' MB)':50} {most // 1024:8d} MB"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if asked.features:
            many_features(Path(temporary), asked.features)
        else:
            the_sample(Path(temporary))
