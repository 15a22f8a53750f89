"""The results of a municipality as a whole: from its files the same as from memory."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from flexruimte import Ranking
from flexruimte.errors import OutputError
from flexruimte.results.outputs import BOUNDARY, FINDINGS, OUTPUTS, SITES, SUMMARY, OutputContent
from flexruimte.results.read_content import FILES_OF_CONTENT, read_content
from flexruimte.views.report import write_report
from toy_town import toy_study
from two_neighbours import two_neighbours


def written(content: OutputContent, folder: Path) -> Path:
    folder.mkdir()
    for output in OUTPUTS:
        output.write(content, folder / output.name)
    return folder


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


@pytest.fixture
def folder(ranking: Ranking, tmp_path: Path) -> Path:
    return written(ranking.content(), tmp_path / "A")


@pytest.mark.parametrize("town", ["toy", "neighbours"])
def test_files_say_the_same_as_memory(ranking: Ranking, tmp_path: Path, town: str) -> None:
    content = (ranking if town == "toy" else two_neighbours().rank("A")).content()
    read = read_content(written(content, tmp_path / "A"))
    for name in ("parcels", "sites"):
        before, after = getattr(content, name), getattr(read, name)
        assert list(after) == list(before)
        assert after.geometry.geom_equals(before.geometry, align=False).all()
        plain = [column for column in before if column not in ("geometry", "buildable")]
        pd.testing.assert_frame_equal(
            pd.DataFrame(after[plain]), pd.DataFrame(before[plain]), check_dtype=False
        )
    shared = [name for name in read.locations if name not in ("geometry", "parcel")]
    pd.testing.assert_frame_equal(
        pd.DataFrame(read.locations[shared]),
        pd.DataFrame(content.locations[shared]),
        check_dtype=False,
    )
    pd.testing.assert_frame_equal(read.findings, content.findings, check_dtype=False)
    assert read.summary == content.summary
    assert read.boundary is not None
    assert read.boundary.equals(content.boundary)
    assert read.layout.geometry.geom_equals(content.layout.geometry, align=False).all()
    assert isinstance(read.layout, gpd.GeoDataFrame)


def test_a_report_of_files_is_that_of_memory(
    ranking: Ranking, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "memory").mkdir()
    write_report(ranking.content(), tmp_path / "memory")
    write_report(read_content(folder), folder)
    for name in ("report.html", "dossiers.html"):
        assert (folder / name).read_bytes() == (tmp_path / "memory" / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in FILES_OF_CONTENT if name != BOUNDARY])
def test_half_a_folder_is_told(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(OutputError, match=rf"{name}.*--fresh"):
        read_content(folder)
    (folder / name).write_text("{")
    with pytest.raises(OutputError, match=name):
        read_content(folder)


def test_without_a_boundary_it_can_be_read(folder: Path) -> None:
    (folder / BOUNDARY).unlink()
    assert read_content(folder).boundary is None


def test_an_earlier_version_is_told(folder: Path) -> None:
    text = (folder / SUMMARY).read_text(encoding="utf-8")
    (folder / SUMMARY).write_text(text.replace('"format": 3', '"format": 2'), encoding="utf-8")
    with pytest.raises(OutputError, match="earlier version; run again"):
        read_content(folder)


@pytest.mark.parametrize("name", [FINDINGS, SITES])
def test_files_of_two_runs_are_told(folder: Path, tmp_path: Path, name: str) -> None:
    other = toy_study(tmp_path, placement={"lead_time_years": 2}).rank("A")
    shutil.copy(written(other.content(), tmp_path / "other") / name, folder / name)
    with pytest.raises(OutputError, match=f"{name} is of another run"):
        read_content(folder)
