"""Where a source is: what tells its versions apart, and whether it rests on files."""

from __future__ import annotations

import os
from pathlib import Path

import pyogrio

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
