"""Which class reads a source, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from flexruimte import LayerError, Study
from flexruimte.evidence.sources import Source, open_source, opened_as
from flexruimte.evidence.sources.addresses import LocalFile, RemoteFile, Service, address_of
from flexruimte.evidence.sources.raster import RasterSource
from flexruimte.evidence.sources.table import TableSource
from flexruimte.evidence.sources.vector import VectorSource
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame, municipalities, parcels

CASES = [
    ("a.gpkg", "polygon", VectorSource, LocalFile),
    ("a.csv", "point", VectorSource, LocalFile),
    ("a.gpkg", "table", VectorSource, LocalFile),
    ("a.csv", "table", TableSource, LocalFile),
    ("s3://bucket/a.parquet", "table", TableSource, RemoteFile),
    ("a.tif", "raster", RasterSource, LocalFile),
    ("https://host/a.tif", "raster", RasterSource, RemoteFile),
    ("/vsizip/a.zip/a.shp", "line", VectorSource, LocalFile),
    ("/vsizip/s3://bucket/a.zip", "line", VectorSource, RemoteFile),
    ("/vsicurl/https://host/a.gpkg", "line", VectorSource, RemoteFile),
    ("PG:dbname=flex", "polygon", VectorSource, Service),
    ("OAPIF:https://host/api", "polygon", VectorSource, Service),
    ("WFS:https://host/wfs", "polygon", VectorSource, Service),
    ("/vsigs/bucket/a.gpkg", "polygon", VectorSource, Service),
]


@pytest.mark.parametrize(("named", "geometry", "kind", "place"), CASES)
def test_the_class_that_reads_it(
    tmp_path: Path, named: str, geometry: str, kind: type, place: type
) -> None:
    source = open_source("x", LayerSettings(source=named), tmp_path, geometry=geometry)
    assert type(source) is kind
    assert type(address_of(named, tmp_path)) is place


def test_a_source_that_is_right_already_stays_the_same(tmp_path: Path) -> None:
    source = open_source("x", LayerSettings(source="a.tif"), tmp_path)
    assert opened_as(source, "line") is source
    raster = opened_as(source, "raster")
    assert isinstance(raster, RasterSource)
    assert opened_as(raster, "raster") is raster
    rows = open_source("x", LayerSettings(source="in memory"), tmp_path, frame([]))
    assert opened_as(rows, "raster") is rows


def table_file(folder: Path) -> Source:
    (folder / "a.csv").write_text("id\nP\n")
    return open_source("x", LayerSettings(source="a.csv"), folder, geometry="table")


def rows_in_memory(folder: Path) -> Source:
    return open_source("x", LayerSettings(source="a.csv"), folder, pd.DataFrame({"id": ["P"]}))


def raster_file(folder: Path) -> Source:
    return open_source("x", LayerSettings(source="a.csv"), folder, geometry="raster")


@pytest.mark.parametrize(
    ("made", "asked", "missing"),
    [
        (table_file, lambda source: source.read([]), "geometry column"),
        (table_file, lambda source: source.extent, "geometry column"),
        (table_file, lambda source: source.read_grid(None, None), "raster cells"),
        (rows_in_memory, lambda source: source.read([]), "geometry column"),
        (rows_in_memory, lambda source: source.crs, "geometry column"),
        (rows_in_memory, lambda source: source.check_raster(), "raster cells"),
        (rows_in_memory, lambda source: source.has_valid_cell(None, 0, 1), "raster cells"),
        (raster_file, lambda source: source.columns, "columns"),
        (raster_file, lambda source: source.read_table([]), "rows"),
        (raster_file, lambda source: source.feature_count, "features"),
    ],
)
def test_what_a_kind_cannot_answer_is_refused(
    tmp_path: Path, made: Callable[[Path], Source], asked: Callable[[Source], object], missing: str
) -> None:
    with pytest.raises(LayerError, match=rf"^x \(a.csv\) has no {missing}"):
        asked(made(tmp_path))


def test_a_raster_from_memory_is_refused_by_name(tmp_path: Path) -> None:
    rows = frame([box(0, 0, 1, 1)])
    with pytest.raises(LayerError, match=r"rivm_lden_alle \(in memory\) has no raster cells"):
        study_of(tmp_path, {"rivm_lden_alle": rows}).question.sources[
            "rivm_lden_alle"
        ].check_raster()


def study_of(folder: Path, layers: dict[str, object]) -> Study:
    return Study(
        parcels=parcels(), municipalities=municipalities(), layers=layers, as_of="2026-01-01"
    )
