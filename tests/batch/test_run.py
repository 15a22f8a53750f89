"""Batches: results of many municipalities, failures that stay where they are, and resuming."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import OutputError, Study, StudyError, batch
from flexruimte.batch.reuse.kept import INPUTS_FILE
from flexruimte.batch.reuse.layers import LAYERS_FOLDER
from flexruimte.batch.reuse.survey_file import SURVEY_FILE
from flexruimte.errors import EmptyMunicipalityError
from flexruimte.results import outputs
from flexruimte.results.layouts import write_layouts
from flexruimte.results.outputs import BOUNDARY, FILES, FUNNEL, OUTPUTS, RANKED, Output
from flexruimte.results.read import read_parcel
from toy_files import write_toy_study
from toy_town import municipalities, toy_study, write_raster
from written_files import contents


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return toy_study(tmp_path, municipalities=TWO_TOWNS)


def test_everything_is_written(study: Study, tmp_path: Path) -> None:
    report = batch.run(study, None, tmp_path / "out")
    assert report.exit_status == 0
    assert report.computed == ["A", "B"]
    for code in ("A", "B"):
        assert sorted(path.name for path in (tmp_path / "out" / code).iterdir()) == sorted(
            [*FILES, INPUTS_FILE, SURVEY_FILE, RANKED, FUNNEL, BOUNDARY, LAYERS_FOLDER]
        )
    log = json.loads((tmp_path / "out" / "run.json").read_text())
    assert {code: entry["state"] for code, entry in log["municipalities"].items()} == {
        "A": "done",
        "B": "done",
    }
    rows = (tmp_path / "out" / "ranking.csv").read_text().splitlines()
    assert len(rows) == 1 + report.locations
    assert [row.split(",")[0] for row in rows[1:]] == sorted(row.split(",")[0] for row in rows[1:])


def test_one_by_one_gives_the_same_bytes_as_all_at_once(study: Study, tmp_path: Path) -> None:
    batch.run(study, None, tmp_path / "all")
    for code in ("B", "A"):
        batch.run(study, [code], tmp_path / "one")
    assert contents(tmp_path / "all") == contents(tmp_path / "one")


def test_what_is_finished_is_not_computed_again(study: Study, tmp_path: Path) -> None:
    batch.run(study, ["A"], tmp_path / "out")
    events: list[batch.Event] = []
    report = batch.run(study, ["A", "B"], tmp_path / "out", progress=events.append)
    assert report.computed == ["B"]
    assert [event.kind for event in events if event.code == "A"] == ["unchanged"]
    assert batch.run(study, None, tmp_path / "out", fresh=True).computed == ["A", "B"]


def test_a_missing_file_is_made_again(study: Study, tmp_path: Path) -> None:
    batch.run(study, None, tmp_path / "out")
    (tmp_path / "out" / "A" / "locations.gpkg").unlink()
    assert batch.run(study, None, tmp_path / "out").computed == ["A"]


@pytest.mark.parametrize("change", ["as_of", "ruleset", "input", "decisions"])
def test_a_change_computes_again(tmp_path: Path, change: str) -> None:
    path = write_toy_study(tmp_path / "study")
    out = tmp_path / "out"
    assert batch.run(Study.load(path), ["A"], out).computed == ["A"]
    assert batch.run(Study.load(path), ["A"], out).computed == []
    if change == "as_of":
        path.write_text(path.read_text().replace("2026-01-01", "2026-02-01"))
    elif change == "ruleset":
        rules = path.parent / "rules.toml"
        rules.write_text(rules.read_text().replace("value = 5000", "value = 4000"))
    elif change == "input":
        write_raster(path.parent / "lden.tif", np.full((6, 6), 42.0), 50.0, 300.0)
    else:
        (path.parent / "besluiten.csv").write_text(
            "parcel_id,decision,reason,date\nP03,out,park,2025-01-01\n"
        )
        path.write_text(path.read_text() + '\n[decisions]\nsource = "besluiten.csv"\n')
    assert batch.run(Study.load(path), ["A"], out).computed == ["A"]


def test_one_that_fails_does_not_stop_the_rest(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = outputs.write_parquet

    def fail(parcels: gpd.GeoDataFrame, path: Path, stamp: str | None) -> None:
        if set(parcels["gemeente_code"]) == {"A"}:
            raise OutputError("the disk is full")
        write(parcels, path, stamp)

    monkeypatch.setattr(outputs, "write_parquet", fail)
    report = batch.run(study, None, tmp_path / "out")
    assert report.exit_status == 1
    assert [(entry.code, entry.error) for entry in report.failed] == [("A", "the disk is full")]
    codes = {
        row.split(",")[0] for row in (tmp_path / "out" / "ranking.csv").read_text().splitlines()[1:]
    }
    assert codes == {"B"}
    monkeypatch.undo()
    again = batch.run(study, None, tmp_path / "out")
    assert again.computed == ["A"]
    assert again.exit_status == 0


def test_interrupted_and_taken_up_again(study: Study, tmp_path: Path) -> None:
    def stop(event: batch.Event) -> None:
        if event.code == "B" and event.text == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.run(study, None, tmp_path / "out", progress=stop)
    log = json.loads((tmp_path / "out" / "run.json").read_text())
    assert {code: entry["state"] for code, entry in log["municipalities"].items()} == {
        "A": "done",
        "B": "running",
    }
    assert batch.run(study, None, tmp_path / "out").computed == ["B"]


def test_a_town_without_parcels_is_refused_only_when_it_is_asked_for(tmp_path: Path) -> None:
    study = toy_study(tmp_path, municipalities=municipalities())
    whole = batch.run(study, None, tmp_path / "out")
    assert whole.exit_status == 0
    assert [entry.state for entry in whole.municipalities] == ["done", "empty"]
    assert batch.run(study, None, tmp_path / "out").computed == []
    with pytest.raises(EmptyMunicipalityError, match="'B' has no parcels"):
        batch.run(study, ["B"], tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_an_unknown_municipality_stops_before_anything_is_computed(
    study: Study, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match="'C' is not in"):
        batch.run(study, ["A", "C"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_ranking_table_that_is_gone_is_written_again(towns: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch.run(Study.load(towns), None, out)
    table = (out / "ranking.csv").read_bytes()
    (out / "ranking.csv").unlink()
    assert batch.run(Study.load(towns), None, out).computed == []
    assert (out / "ranking.csv").read_bytes() == table


def test_what_changed_for_the_worse_is_refused_before_anything_is_computed(
    towns: Path, tmp_path: Path
) -> None:
    batch.run(Study.load(towns), None, tmp_path / "out")
    before = contents(tmp_path / "out")
    double = gpd.read_file(towns.parent / "kaart.gpkg", layer="perceel")
    pd.concat([double, double.iloc[:1]]).to_file(towns.parent / "kaart.gpkg", layer="perceel")
    for _ in range(2):
        with pytest.raises(StudyError, match="parcel ids that are there more than once"):
            batch.run(Study.load(towns), None, tmp_path / "out")
    assert contents(tmp_path / "out") == before


OUTPUT_NAMES = [output.name for output in OUTPUTS]
SAME = (".ranked.csv", "sites.parquet")
"""The same bytes on another date: the ranked are told by the study, and there are no sites."""


def written(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OUTPUT_NAMES}


@pytest.mark.parametrize("failing", OUTPUT_NAMES)
def test_results_switch_as_one(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    out = tmp_path / "out"
    batch.run(study, ["A", "B"], out)
    (out / "A" / "layout.geojson").write_text("of the results that were there")
    before = written(out / "A")

    def refuse(_content: object, path: Path) -> None:
        raise OutputError(f"{path} cannot be written: disk full")

    def spoiled(output: Output) -> Output:
        return replace(output, write=refuse) if output.name == failing else output

    later = toy_study(tmp_path, municipalities=TWO_TOWNS, as_of="2027-06-01")
    with monkeypatch.context() as patch:
        patch.setattr("flexruimte.batch.job.OUTPUTS", tuple(map(spoiled, OUTPUTS)))
        report = batch.run(later, ["A"], out)
    assert report.failed[0].error == f"{out / 'A' / failing} cannot be written: disk full"
    # no file of the new question stands beside one of the old, and no reader answers from them
    assert written(out / "A") == before
    assert not list((out / "A").glob(".partial*"))
    for folder in (out, out / "A"):
        with pytest.raises(OutputError, match=r"A is failed.*run the study again"):
            read_parcel(folder, "P01")
    with pytest.raises(OutputError, match="A is failed"):
        write_layouts(out / "A")
    batch.run(later, ["A"], out)
    after = written(out / "A")
    told = [name for name in OUTPUT_NAMES if not name.startswith(".") and name not in SAME]
    assert all(after[name] != before[name] for name in told)
    assert not (out / "A" / "layout.geojson").exists()
    assert read_parcel(out, "P01").summary.study.as_of.isoformat() == "2027-06-01"


@pytest.mark.parametrize("state", ["running", "failed", "outdated"])
def test_readers_answer_from_what_is_done_alone(study: Study, tmp_path: Path, state: str) -> None:
    out = tmp_path / "out"
    batch.run(study, ["A", "B"], out)
    log = json.loads((out / "run.json").read_text())
    log["municipalities"]["A"]["state"] = state
    (out / "run.json").write_text(json.dumps(log))
    with pytest.raises(OutputError, match=f"A is {state}"):
        read_parcel(out, "P01")
    assert read_parcel(out, "P04").row["gemeente_code"] == "B"
    assert [path.parent.name for path in write_layouts(out)] == ["B"]
    # a folder by itself, without the log of a run, is what it says it is
    shutil.move(out / "A", tmp_path / "alone")
    assert read_parcel(tmp_path / "alone", "P01").row["gemeente_code"] == "A"


def test_a_town_without_parcels_leaves_no_folder(tmp_path: Path) -> None:
    study = toy_study(tmp_path, municipalities=municipalities())
    batch.run(study, None, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir()) == [
        "A",
        "map",
    ]
