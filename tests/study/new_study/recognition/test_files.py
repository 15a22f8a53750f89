"""Files of a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from flexruimte.study.new_study.recognition import files
from flexruimte.study.new_study.recognition.files import FoundFile, files_in


def found(folder: Path) -> dict[str, FoundFile]:
    return {each.shown: each for each in files_in(folder, folder / "study")}


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_what_lies_beside_data_is_passed_over(tmp_path: Path) -> None:
    put(
        tmp_path,
        "a.shp",
        "a.shx",
        "a.dbf",
        "a.prj",
        "A.SHP.XML",
        "b.dbf",
        "c.tif",
        "c.tif.aux.xml",
        ".hidden.csv",
        "README.md",
    )
    assert {name: each.kind for name, each in found(tmp_path).items()} == {
        "a.shp": "features",
        "b.dbf": "table",
        "c.tif": "raster",
    }


def test_sources_are_relative_to_the_study(tmp_path: Path) -> None:
    put(tmp_path, "sub/a.csv", "s:x.csv")
    by_name = found(tmp_path)
    assert by_name["sub/a.csv"].source == "../sub/a.csv"
    # a colon would make an address of it
    (single,) = files_in(tmp_path / "sub", tmp_path / "sub")
    assert single.source == "a.csv"
    assert (
        next(each for each in files_in(tmp_path, tmp_path) if ":" in each.shown).source
        == "./s:x.csv"
    )


def test_archives_are_looked_into(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in (
            "map/b.shp",
            "map/b.dbf",
            "__MACOSX/map/._b.shp",
            "c.zip",
            "d.pdf",
            "e.gdb/a00000001.gdbtable",
        ):
            archive.writestr(name, "x")
    by_name = found(tmp_path)
    assert set(by_name) == {"a.zip/map/b.shp", "a.zip/c.zip", "a.zip/d.pdf", "a.zip/e.gdb"}
    assert by_name["a.zip/map/b.shp"].source == "/vsizip/../a.zip/map/b.shp"
    assert by_name["a.zip/map/b.shp"].address == f"/vsizip/{tmp_path}/a.zip/map/b.shp"
    assert "archive in an archive" in by_name["a.zip/c.zip"].why
    assert by_name["a.zip/d.pdf"].why == "it is of a kind that holds no layer or table"


def test_an_archive_that_is_none(tmp_path: Path) -> None:
    put(tmp_path, "a.zip")
    assert "cannot be opened" in found(tmp_path)["a.zip"].why


def test_an_extract_of_the_bag_is_read_as_a_whole(tmp_path: Path) -> None:
    put(tmp_path, "0503PND08112025.zip")
    (single,) = found(tmp_path).values()
    assert (single.kind, single.source) == ("features", "/vsizip/../0503PND08112025.zip")


def test_the_results_of_a_run_are_no_data(tmp_path: Path) -> None:
    put(tmp_path, "out/run.json", "out/GM0363/locations.gpkg", "a.csv")
    by_name = found(tmp_path)
    assert set(by_name) == {"out", "a.csv"}
    assert "results of a run" in by_name["out"].why


def test_what_can_be_converted_is_told(tmp_path: Path) -> None:
    put(tmp_path, "kaart.qgz", "oud.mdb", "rapport.pdf")
    by_name = found(tmp_path)
    assert "export the layer" in by_name["kaart.qgz"].why
    assert "Access" in by_name["oud.mdb"].why


def test_a_folder_with_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_MOST_FILES", 3)
    put(tmp_path, *(f"{number}.csv" for number in range(5)))
    assert [each.why != "" for each in files_in(tmp_path, tmp_path)] == [False, False, False, True]


def test_a_loop_of_folders_ends(tmp_path: Path) -> None:
    put(tmp_path, "a.csv")
    (tmp_path / "again").symlink_to(tmp_path)
    assert set(found(tmp_path)) == {"a.csv"}
