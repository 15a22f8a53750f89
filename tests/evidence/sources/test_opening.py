"""Which class reads a source, and what it refuses."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest

from flexruimte import LayerError, SourceError, Study
from flexruimte.evidence.sources import Source, open_source, opened_as
from flexruimte.evidence.sources.addresses import LocalFile, RemoteFile, Service, address_of
from flexruimte.evidence.sources.database import DatabaseSource
from flexruimte.evidence.sources.parquet import ParquetSource
from flexruimte.evidence.sources.postgres import Database
from flexruimte.evidence.sources.raster import RasterSource
from flexruimte.evidence.sources.table import TableSource
from flexruimte.evidence.sources.vector import VectorSource
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y, box, frame, municipalities, parcels, write_raster

CASES = [
    ("a.gpkg", "polygon", VectorSource, LocalFile),
    ("a.csv", "point", VectorSource, LocalFile),
    ("a.gpkg", "table", VectorSource, LocalFile),
    ("a.csv", "table", TableSource, LocalFile),
    ("a.CSV", "table", TableSource, LocalFile),
    ("a.txt", "table", TableSource, LocalFile),
    ("s3://bucket/a.csv", "table", TableSource, RemoteFile),
    ("s3://bucket/a.parquet", "table", ParquetSource, RemoteFile),
    ("https://host/a.parquet?key=1", "polygon", ParquetSource, RemoteFile),
    ("a.geoparquet", "polygon", ParquetSource, LocalFile),
    ("a.tif", "raster", RasterSource, LocalFile),
    ("https://host/a.tif", "raster", RasterSource, RemoteFile),
    ("/vsizip/a.zip/a.shp", "line", VectorSource, LocalFile),
    ("/vsizip/s3://bucket/a.zip", "line", VectorSource, RemoteFile),
    ("/vsicurl/https://host/a.gpkg", "line", VectorSource, RemoteFile),
    ("PG:dbname=flex", "polygon", DatabaseSource, Database),
    ("postgresql://host/flex", "table", DatabaseSource, Database),
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


REAL_CONNECT = sqlite3.connect


def write_ahead(path: Path) -> None:
    """Leave a GeoPackage as programs do that keep a write-ahead log."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA journal_mode = wal").fetchone() == ("wal",)


def test_a_geopackage_with_a_log_is_read_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame([box(0, 0, 1, 1)], nr=["N1"]).to_file(path)
    write_ahead(path)
    source = open_source("x", LayerSettings(source="a.gpkg", layer="a"), tmp_path)
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        # SQLite makes the files of a log and removes them, unless it is told that nobody writes.
        patch.setattr(
            sqlite3, "connect", lambda *a, **k: seen.append(a[0]) or REAL_CONNECT(*a, **k)
        )
        assert source.read(["nr"])["nr"].tolist() == ["N1"]
        assert source.curve_count == 0
    assert seen
    assert all("immutable=1" in address for address in seen)
    assert [file.name for file in tmp_path.iterdir()] == ["a.gpkg"]


def test_what_is_in_a_log_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame([box(0, 0, 1, 1)] * 2, nr=["N1", "N2"]).to_file(path)
    write_ahead(path)
    with closing(sqlite3.connect(path)) as database:
        # They call functions that only GDAL has.
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'a'"
        for (trigger,) in database.execute(named).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE a SET nr = 'new' WHERE nr = 'N2'")
        database.commit()
        assert path.with_name("a.gpkg-wal").stat().st_size
        source = open_source("x", LayerSettings(source="a.gpkg", layer="a"), tmp_path)
        assert source.read_table(["nr"])["nr"].tolist() == ["N1", "new"]


@pytest.mark.parametrize(
    "name", ["C#map", "what?", "100%41", "twee woorden", "Súdwest-Fryslân", "a&b=c"]
)
def test_any_letter_may_be_in_a_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    frame([box(0, 0, 1, 1)], nr=["N1"]).to_file(folder / f"{name}.gpkg")
    write_raster(folder / f"{name}.tif", np.ones((2, 2)), 50.0, 100.0)
    pd.DataFrame({"nr": ["N1"]}).to_csv(folder / f"{name}.csv", index=False)
    before = sorted(tmp_path.rglob("*"))
    features = open_source("x", LayerSettings(source=f"{name}.gpkg"), folder)
    assert features.read(["nr"])["nr"].tolist() == ["N1"]
    assert features.curve_count == 0
    raster = LayerSettings(source=f"{name}.tif")
    assert open_source("x", raster, folder, geometry="raster").read_grid(None, None).cells.all()
    table = LayerSettings(source=f"{name}.csv")
    assert open_source("x", table, folder, geometry="table").columns == ["nr"]
    assert sorted(tmp_path.rglob("*")) == before


def test_data_of_another_gdal_and_proj_is_not_taken(tmp_path: Path) -> None:
    write_raster(tmp_path / "a.tif", np.ones((2, 2)), 50.0, 100.0)
    frame([box(0, 0, 1, 1)], nr=["N1"]).to_file(tmp_path / "a.gpkg")
    read = f"""
from pathlib import Path
from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import LayerSettings
folder = Path({str(tmp_path)!r})
for name, kind in (("a.gpkg", "polygon"), ("a.tif", "raster")):
    source = open_source("x", LayerSettings(source=name), folder, geometry=kind)
    print(source.check_raster() if kind == "raster" else source.extent)
"""
    foreign = dict.fromkeys(("PROJ_DATA", "PROJ_LIB", "GDAL_DATA"), str(tmp_path))
    ended = subprocess.run(
        [sys.executable, "-c", read], capture_output=True, text=True, env={**os.environ, **foreign}
    )
    assert ended.stdout.splitlines() == [
        str((X, Y, X + 1, Y + 1)),
        str((X, Y, X + 100, Y + 100)),
    ], ended.stderr


@pytest.mark.parametrize(
    ("named", "said"),
    [("/vsizip/a.zip/a.csv", "not a zip file"), ("/vsizip/b.zip/a.csv", "no 'a.csv'")],
)
def test_a_table_that_cannot_be_taken_from_an_archive(
    tmp_path: Path, named: str, said: str
) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("b.csv", "id\nP\n")
    with pytest.raises(SourceError, match=rf"(?i)x \({named}\) cannot be read: .*{said}"):
        _ = open_source("x", LayerSettings(source=named), tmp_path, geometry="table").columns


@pytest.mark.parametrize("named", ["b.zip", "/vsizip/b.zip", "/vsizip/b.zip/deep/b.csv"])
def test_a_table_in_an_archive_is_read_as_beside_it(tmp_path: Path, named: str) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("deep/b.csv", "id;share\n007;0,5\n")
    source = open_source("x", LayerSettings(source=named), tmp_path, geometry="table")
    assert source.read_table(["id", "share"]).to_numpy().tolist() == [["007", "0.5"]]
    assert source.rests_on_files


@pytest.mark.parametrize("folder", ["delivery 2025", "a/b", "towns.gdb"])
def test_a_folder_in_an_archive(tmp_path: Path, folder: str) -> None:
    rows = frame([box(0, 0, 9, 9), box(9, 0, 18, 9)], nr=[1, 2])
    inside = tmp_path / "in" / folder
    if folder.endswith(".gdb"):
        inside.parent.mkdir()
        rows.astype({"nr": "int32"}).to_file(inside, layer="one", driver="OpenFileGDB")
    else:
        inside.mkdir(parents=True)
        rows.to_file(inside / "one.shp")
        rows.to_file(inside / "two.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in sorted((tmp_path / "in").rglob("*")):
            archive.write(file, file.relative_to(tmp_path / "in"))
    settings = LayerSettings(source="a.zip", layer="one")
    source = open_source("towns", settings, tmp_path)
    assert source.feature_count == 2
    assert len(source.read(["nr"], (X, Y, X + 5, Y + 5))) == 1


def test_a_folder_in_an_archive_is_looked_into(tmp_path: Path) -> None:
    vrt = "<OGRVRTDataSource><SrcDataSource>/vsicurl/http://host/a.gpkg</SrcDataSource>"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a/one.gpkg", f"{vrt}</OGRVRTDataSource>")
        archive.writestr("a/two.txt", "two")
    source = open_source("towns", LayerSettings(source="a.zip"), tmp_path)
    with pytest.raises(SourceError, match=r"is a VRT that reads /vsicurl/http://host/a\.gpkg"):
        source.check_presence()


def _zipped(folder: Path, kind: str) -> str:
    """Write some squares in a zip archive, and return what a study calls them."""
    shapes = frame(
        [box(10 * i, 0, 10 * i + 5, 5) for i in range(50)], nr=np.arange(50, dtype="int32")
    )
    inside = folder / "inside"
    inside.mkdir()
    if kind == "gdb":
        pyogrio.write_dataframe(shapes, inside / "a.gdb", driver="OpenFileGDB")
    else:
        shapes.to_file(inside / f"a.{kind}")
    (inside / "lees mij.txt").write_text("squares")
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(inside.rglob("*")):
            archive.write(file, f"kaart/{file.relative_to(inside)}")
    return f"/vsizip/a.zip/kaart/a.{kind}"


@pytest.mark.parametrize("kind", ["gpkg", "fgb", "shp", "gdb"])
def test_a_large_archive_is_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    named = _zipped(tmp_path, kind)
    window = (X + 21.0, Y, X + 44.0, Y + 1.0)
    expected = open_source("x", LayerSettings(source=named), tmp_path).read(["nr"], window)
    assert expected["nr"].tolist() == [2, 3, 4]
    monkeypatch.setattr("flexruimte.evidence.sources.archives._READ_IN_PLACE", 0)
    times, folders = [], []
    extract = zipfile.ZipFile.extract

    def noted(archive: zipfile.ZipFile, name: str, folder: str) -> str:
        times.append(name)
        folders.append(folder)
        return extract(archive, name, folder)

    monkeypatch.setattr(zipfile.ZipFile, "extract", noted)
    source = open_source("x", LayerSettings(source=named), tmp_path)
    found = source.read(["nr"], window)
    pd.testing.assert_frame_equal(found, expected)
    assert source.feature_count == 50
    assert times
    (kept,) = {Path(place) for place in folders}
    assert kept.is_dir()
    assert len(set(times)) == len(times)
    assert "kaart/lees mij.txt" not in times
    first = list(times)
    os.utime(tmp_path / "a.zip", ns=(1, 1))
    assert len(open_source("x", LayerSettings(source=named), tmp_path).read(["nr"], window)) == 3
    assert times == first * 2  # another version is unpacked again
    assert not kept.exists()


def test_an_archive_for_which_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = _zipped(tmp_path, "gpkg")
    monkeypatch.setattr("flexruimte.evidence.sources.archives._READ_IN_PLACE", 0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extract", full)
    with pytest.raises(
        SourceError,
        match=r"x \(/vsizip/a.zip/kaart/a.gpkg\) is in an archive that cannot be unpacked: .*No space left on device; unpack it yourself",
    ):
        open_source("x", LayerSettings(source=named), tmp_path).read(["nr"])


def test_what_was_not_fetched_yet_says_how_to_get_it(tmp_path: Path) -> None:
    settings = LayerSettings(source="data/nnn.gpkg", dataset="nnn")
    with pytest.raises(SourceError, match=r"dataset 'nnn' is not there yet; .* flexruimte fetch"):
        open_source("nnn", settings, tmp_path).check_presence()
