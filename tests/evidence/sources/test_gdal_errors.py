"""What GDAL says went wrong is an error, though what was called returned, and not on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pyogrio
import pytest

from flexruimte import SourceError
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.gdal_errors import GdalError, errors_of_gdal
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame

TOWN = frame([box(10 * i, 0, 10 * i + 5, 5) for i in range(4)], nr=[1, 2, 3, 4])


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """Features, a line each, of which the last is not whole."""
    rows = json.loads(TOWN.to_crs(4326).to_json())["features"]
    path = tmp_path / "cut.geojsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows)[:-40])
    return path


@pytest.fixture
def virtual(tmp_path: Path) -> Path:
    """Two layers as one, of which one is not there."""
    TOWN.to_file(tmp_path / "east.gpkg", layer="town")
    parts = "".join(
        f'<OGRVRTLayer name="{name}"><SrcDataSource relativeToVRT="1">{name}.gpkg</SrcDataSource>'
        "<SrcLayer>town</SrcLayer></OGRVRTLayer>"
        for name in ("east", "west")
    )
    path = tmp_path / "all.vrt"
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTUnionLayer name="all">{parts}</OGRVRTUnionLayer>'
        "</OGRVRTDataSource>"
    )
    return path


def test_counting_what_is_cut_off_is_an_error(cut: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = open_source("plans", LayerSettings(source=str(cut)), cut.parent)
    with pytest.raises(SourceError, match=r"^plans \(.*cut.geojsonl\) cannot be read: JSON pars"):
        _ = source.feature_count
    assert capfd.readouterr().err == ""


def test_a_part_that_is_not_there_is_an_error(
    virtual: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = open_source("plans", LayerSettings(source=str(virtual)), virtual.parent)
    with pytest.raises(SourceError, match=r"cannot be read: Failed to open .*west.gpkg"):
        _ = source.feature_count
    assert capfd.readouterr().err == ""


def test_what_happened_before_is_no_error(cut: Path) -> None:
    pyogrio.read_info(cut, force_total_bounds=True)
    with errors_of_gdal():
        pass
    with pytest.raises(GdalError, match="JSON parsing error"), errors_of_gdal():
        pyogrio.read_info(cut, force_total_bounds=True)
    with errors_of_gdal():
        pass
