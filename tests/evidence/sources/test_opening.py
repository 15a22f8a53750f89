"""Which class reads a source, what it refuses, and what identifies its state."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from flexruimte import LayerError, SourceError, Study
from flexruimte.evidence.sources import Source, open_source, opened_as
from flexruimte.evidence.sources.addresses import LocalFile, RemoteFile, Service, address_of
from flexruimte.evidence.sources.frame import FrameSource
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


# ------------------------------------------------------------------------------------------ stamps


def test_a_stamp_changes_with_the_file_and_what_is_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a.shp"
    frame([box(0, 0, 1, 1)], nr=[1]).to_file(file)
    source = open_source("x", LayerSettings(source="a.shp"), tmp_path)
    stamps = [source.stamp(), source.stamp()]
    assert stamps[0] == stamps[1]
    os.utime(tmp_path / "a.dbf", ns=(0, 0))
    assert source.stamp() != stamps[0]
    assert source.rests_on_files
    (tmp_path / "b.shp").touch()
    os.utime(tmp_path / "a.shp", ns=(1, 1))
    changed = source.stamp()
    os.utime(tmp_path / "b.shp", ns=(1, 1))
    assert source.stamp() == changed


def test_an_area_of_coverage_counts(tmp_path: Path) -> None:
    data = frame([box(0, 0, 1, 1)], nr=[1])
    data.to_file(tmp_path / "a.gpkg")
    data.to_file(tmp_path / "area.gpkg")
    settings = LayerSettings(source="a.gpkg", coverage="area.gpkg")
    for source in (
        open_source("x", settings, tmp_path),
        open_source("x", settings, tmp_path, data),
    ):
        before = source.stamp()
        stat = (tmp_path / "area.gpkg").stat()
        os.utime(tmp_path / "area.gpkg", ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
        assert source.stamp() != before


def test_rows_in_memory_are_stamped_by_content(tmp_path: Path) -> None:
    def stamp(data: pd.DataFrame) -> object:
        return open_source("x", LayerSettings(source="in memory"), tmp_path, data).stamp()

    data = frame([box(0, 0, 1, 1), None], nr=[1, 2])
    assert stamp(data) == stamp(data.copy())
    assert stamp(data) != stamp(data.assign(nr=[1, 3]))
    assert stamp(data) != stamp(data.set_geometry(data.translate(1)))
    without_active = pd.DataFrame(data).pipe(gpd.GeoDataFrame)
    assert stamp(without_active) == stamp(without_active.copy())
    assert not FrameSource("x", LayerSettings(source="a"), tmp_path, data).rests_on_files


def test_what_is_not_there_or_is_a_service_rests_on_no_file(tmp_path: Path) -> None:
    for named in ("a.gpkg", "PG:dbname=flex", "https://host/a.gpkg"):
        assert not open_source("x", LayerSettings(source=named), tmp_path).rests_on_files


# --------------------------------------------------------------------------------------- addresses


def test_a_folder_that_gdal_reads_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "maps.gdb"
    pyogrio.write_dataframe(frame([box(0, 0, 1, 1)], nr=["N1"]), folder, driver="OpenFileGDB")
    source = open_source("x", LayerSettings(source="maps.gdb"), tmp_path)
    assert len(source.read(["nr"])) == 1
    assert source.rests_on_files


def test_a_table_in_an_archive_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    settings = LayerSettings(source="/vsizip/a.zip/a.csv")
    with pytest.raises(SourceError, match=r"x \(/vsizip/a.zip/a.csv\) cannot be read.*unpack it"):
        _ = open_source("x", settings, tmp_path, geometry="table").columns


def test_coordinates_that_cannot_be_what_the_study_says(tmp_path: Path) -> None:
    rows = frame([box(0, 0, 1, 1)], nr=[1])
    settings = LayerSettings(source="a.gpkg", crs="EPSG:4326")
    rows.to_file(tmp_path / "a.gpkg")
    for source in (
        open_source("x", settings, tmp_path),
        open_source("x", settings, tmp_path, rows),
    ):
        with pytest.raises(LayerError, match=r"x \(a.gpkg\) has coordinates .*EPSG:4326; correct"):
            _ = source.extent
