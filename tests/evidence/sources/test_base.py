"""What every source has: its area of coverage, and coordinates that can be what the study says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flexruimte import LayerError
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.base import BaseSource
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame


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


def test_a_template_that_ships_is_found_by_name(tmp_path: Path) -> None:
    settings = LayerSettings(source="x.gml", open_options={"GFS_TEMPLATE": "flexruimte:bgt.gfs"})
    source = BaseSource("bgt", settings, tmp_path)
    assert source.option_files["GFS_TEMPLATE"].is_file()
    assert source.option_files["GFS_TEMPLATE"].name == "bgt.gfs"


def test_a_template_that_does_not_ship_is_refused_with_the_nearest(tmp_path: Path) -> None:
    settings = LayerSettings(source="x.gml", open_options={"GFS_TEMPLATE": "flexruimte:bgd.gfs"})
    with pytest.raises(
        LayerError, match=r"no template 'flexruimte:bgd.gfs' ships; did you mean 'bgt"
    ):
        _ = BaseSource("bgt", settings, tmp_path).option_files
