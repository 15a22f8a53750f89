"""The map of a run in the folder of the run, beside what else is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flexruimte import Study, batch
from flexruimte.batch.map import map_folder, refresh_map
from flexruimte.errors import OutputError
from web_page import told


def run_of(out: Path) -> list[str]:
    run = told((out / "map" / "data" / "run.js").read_text(encoding="utf-8"))
    return [head["code"] for head in run["municipalities"]]


def test_a_run_writes_a_map_of_all_that_is_done(four_towns_results: Path) -> None:
    out = four_towns_results
    assert run_of(out) == ["A", "B", "C", "D"]
    assert map_folder(out) == out / "map"
    for code in "ABCD":
        for ending in (".js", ".json", "-parcels.js", "-layout.js", "-land.js"):
            assert (out / "map" / "data" / f"{code}{ending}").is_file()


def test_a_map_that_was_removed_comes_back_and_a_later_municipality_joins(
    four_towns: Path, tmp_path: Path
) -> None:
    study, out = Study.load(four_towns), tmp_path / "out"
    batch.run(study, ["A"], out)
    assert run_of(out) == ["A"]
    (out / "map" / "index.html").unlink()
    report = batch.run(study, ["A"], out)
    assert report.computed == []
    assert (out / "map" / "index.html").is_file()
    batch.run(study, ["B"], out)
    assert run_of(out) == ["A", "B"]
    # as of an earlier version, which had no map
    shutil.rmtree(out / "map")
    assert batch.run(study, ["A"], out).computed == ["A"]
    assert run_of(out) == ["A"]
    assert batch.run(study, ["A", "B"], out).computed == ["B"]
    assert run_of(out) == ["A", "B"]
    assert not [path for path in (out / "map").rglob("*") if path.name.startswith(".")]


def test_what_follows_is_on_the_map_until_the_ranking_changes(
    four_towns: Path, tmp_path: Path
) -> None:
    study, out = Study.load(four_towns), tmp_path / "out"
    batch.run(study, ["A"], out)
    header = (
        "gemeente_code,gemeente,rule,only_hectares,only_locations,only_homes,only_best_homes,"
        "softer_level,softer_hectares,softer_locations,softer_homes\n"
    )
    (out / "whatif.csv").write_text(f"{header}A,Aadorp,nature,1.5,2,30,10,soft,1.0,1,20\n")
    refresh_map(out, "en")
    follow = out / "map" / "data" / "follow_ups.js"
    assert told(follow.read_text())["what_if"][0]["homes"] == 30
    batch.run(study, ["B"], out)
    assert told(follow.read_text())["what_if"] == []


def test_a_folder_without_a_map_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"holds no run: there is no run\.json"):
        map_folder(tmp_path)
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(OutputError, match=r"has no map, .* run the study again"):
        map_folder(tmp_path)
    refresh_map(tmp_path, "nl")  # there is nothing to refresh
    with pytest.raises(OutputError, match=r"is no folder; copy s3://bucket/out/map to one"):
        map_folder("s3://bucket/out")
