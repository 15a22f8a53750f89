"""Where a source is: what tells its versions apart, and whether it rests on files."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyogrio
import pytest

from flexruimte import SourceError
from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame


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


def test_what_is_not_there_or_is_a_service_rests_on_no_file(tmp_path: Path) -> None:
    for named in ("a.gpkg", "PG:dbname=flex", "https://host/a.gpkg"):
        assert not open_source("x", LayerSettings(source=named), tmp_path).rests_on_files


def test_a_folder_that_gdal_reads_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "maps.gdb"
    pyogrio.write_dataframe(frame([box(0, 0, 1, 1)], nr=["N1"]), folder, driver="OpenFileGDB")
    source = open_source("x", LayerSettings(source="maps.gdb"), tmp_path)
    assert len(source.read(["nr"])) == 1
    assert source.rests_on_files


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("a.geojson", b"<html>403 Forbidden", "it is a web page, as servers give for an error"),
        ("a.gpkg", b"version https://git-lfs.github.com/spec/v1\n", "fetch that with git lfs pull"),
        ("a.gml", b"<?xml?><ows:ExceptionReport/>", "it is a service's report of an error"),
        ("a.data", b"PAR1 and so on", "it is Parquet: let its name end in .parquet"),
    ],
)
def test_what_is_something_else_than_its_name_says(
    tmp_path: Path, name: str, content: bytes, remedy: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match="cannot be read") as told:
        _ = open_source("plans", LayerSettings(source=name), tmp_path).feature_count
    assert remedy in str(told.value)
    assert "<DRIVER>" not in str(told.value)
    assert "duckdb" not in str(told.value)


def test_a_folder_without_a_layer(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(SourceError, match=r"it is an empty folder: put the data in it"):
        _ = open_source("plans", LayerSettings(source="data"), tmp_path).feature_count


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.gpkg")
    with pytest.raises(SourceError, match=r"a.gpkg is a pipe or a device and no file; correct"):
        _ = open_source("plans", LayerSettings(source="a.gpkg"), tmp_path).feature_count


def test_what_is_compressed_and_ends_too_early_is_damaged(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"type": "FeatureCollection", "features": [' + bytes(range(32, 99)) * 9)
    (tmp_path / "a.geojson.gz").write_bytes(whole[:60])
    with pytest.raises(SourceError, match="the file may be damaged") as told:
        _ = open_source("a", LayerSettings(source="/vsigzip/a.geojson.gz"), tmp_path).feature_count
    assert "cpl_vsil" not in str(told.value)
