"""What was found before is used again as long as the land and the question about it are the same, and never longer."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest

from assessment.row_of_parcels import study as row_of_parcels
from batch.reuse.changed_inputs import ran, rewritten
from batch.two_towns import TWO_TOWNS
from changed_questions import NOT_OF_THE_LAND, OF_THE_LAND
from flexruimte import Study, batch
from flexruimte.batch.reuse.kept import KeptEvidence
from flexruimte.rules.files import load_ruleset, with_changes
from kernels.layouts import SPACIOUS
from toy_town import RULESET, box, frame, layers, parameter, point, toy_study, write_raster
from written_files import contents


@pytest.mark.parametrize(("changes", "again"), [
    *[pytest.param(changes, [], id=name) for name, changes in NOT_OF_THE_LAND.items()],
    *[pytest.param(changes, ["A"], id=name) for name, changes in OF_THE_LAND.items()],
])  # fmt: skip
def test_the_layers_are_looked_at_again_for_what_is_asked_of_them(
    tmp_path: Path, surveyed: list[str], changes: dict[str, Any], again: list[str]
) -> None:
    study = toy_study(tmp_path)
    batch.run(study, ["A"], tmp_path / "reused")
    surveyed.clear()
    changed = study.changed(**changes)
    report = batch.run(changed, ["A"], tmp_path / "reused")
    assert report.computed == ["A"]
    assert surveyed == again
    batch.run(changed, ["A"], tmp_path / "fresh")
    assert contents(tmp_path / "reused") == contents(tmp_path / "fresh")


def test_decisions_are_not_of_the_land(tmp_path: Path, surveyed: list[str]) -> None:
    batch.run(toy_study(tmp_path), ["A"], tmp_path / "out")
    decided = pd.DataFrame(
        {"parcel_id": ["P12"], "decision": ["out"], "reason": ["park"], "date": ["2025-01-01"]}
    )
    report = batch.run(toy_study(tmp_path, decisions=decided), ["A"], tmp_path / "out")
    assert (report.computed, surveyed) == (["A"], ["A"])


def test_fresh_forgets(tmp_path: Path, surveyed: list[str]) -> None:
    for _ in range(2):
        batch.run(toy_study(tmp_path), ["A"], tmp_path / "out", fresh=True)
    assert surveyed == ["A", "A"]


def test_blocks_and_threads_are_not_of_the_land(
    four_towns: Path, four_towns_results: Path, tmp_path: Path, surveyed: list[str]
) -> None:
    plan = Study.load(four_towns).question
    batch.run(replace(plan, block=1, threads=1), None, tmp_path)
    for code in "ABCD":
        (tmp_path / code / "parcels.parquet").unlink()
    batch.run(replace(plan, block=100, threads=3), None, tmp_path)
    assert surveyed == ["A", "B", "C", "D"]
    assert contents(tmp_path) == contents(four_towns_results)


def test_a_survey_is_kept_in_its_folder(tmp_path: Path, surveyed: list[str]) -> None:
    question = toy_study(tmp_path).question
    for _ in range(2):
        kept = KeptEvidence(tmp_path, batch.stamps_of(question))
        found = kept.survey(question, "A")
        assert found.buildable.taken_m2.sum() > 0
    assert surveyed == ["A"]


@pytest.mark.parametrize("workers", [1, 2])
def test_only_who_sees_a_change_is_computed_again(
    towns: Path, tmp_path: Path, workers: int
) -> None:
    out = tmp_path / "out"
    assert ran(towns, out) == ["A", "B"]
    nature = layers(tmp_path)["natuur"]
    rewritten(towns, "natuur", nature)
    assert ran(towns, out, workers=workers) == []
    # P05 lies in A, at x 0-100: what changes there is not within 20 m of B's parcels, from x 200 on
    rewritten(towns, "natuur", nature.assign(geometry=[box(0, 100, 40, 200), *nature.geometry[1:]]))
    assert ran(towns, out, workers=workers) == ["A"]
    # far from both
    far = pd.concat(
        [nature, frame([box(9_000, 0, 9_100, 100)], nr=[9], naam=["Ver"])], ignore_index=True
    )
    rewritten(towns, "natuur", far.assign(geometry=[box(0, 100, 40, 200), *far.geometry[1:]]))
    assert ran(towns, out, workers=workers) == []
    # a bus stop is looked for within 1 km of all
    stops = layers(tmp_path)["haltes"]
    rewritten(towns, "haltes", stops.assign(geometry=[point(600, 60), stops.geometry[1]]))
    assert ran(towns, out, workers=workers) == ["A", "B"]
    # a field that nobody reads, and one that decides
    rewritten(
        towns,
        "haltes",
        stops.assign(geometry=[point(600, 60), stops.geometry[1]], perron=["x", "y"]),
    )
    assert ran(towns, out, workers=workers) == []
    rewritten(
        towns,
        "haltes",
        stops.assign(geometry=[point(600, 60), stops.geometry[1]], soort=["bus", "bus"]),
    )
    assert ran(towns, out, workers=workers) == ["A", "B"]
    # once noted, a stamp is not looked at again
    assert ran(towns, out, workers=workers) == []


def test_only_who_sees_another_cell_or_row_is_computed_again(towns: Path, tmp_path: Path) -> None:
    out, rows = tmp_path / "out", layers(tmp_path)["eigendom"]
    assert ran(towns, out) == ["A", "B"]
    cells = np.full((6, 6), 50.0)
    write_raster(towns.parent / "lden.tif", cells, 50.0, 300.0)
    assert ran(towns, out) == ["A", "B"]
    cells[0, 0] = 51.0  # x 0-50
    write_raster(towns.parent / "lden.tif", cells, 50.0, 300.0)
    assert ran(towns, out) == ["A"]
    rows.assign(soort=["gemeente"] * 3 + ["particulier"] * 5).to_csv(
        towns.parent / "eigendom.csv", index=False
    )  # P04 and P08: x 300-400
    assert ran(towns, out) == ["B"]


def test_only_whose_parcels_change_is_computed_again(towns: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert ran(towns, out) == ["A", "B"]
    moved = TWO_TOWNS.assign(geometry=[box(-50, -60, 200, 350), TWO_TOWNS.geometry[1]])
    moved.to_file(towns.parent / "kaart.gpkg", layer="gemeente")
    assert ran(towns, out) == []  # the border moved, and no parcel with it
    moved.assign(naam=["Nieuwdorp", "Beedorp"]).to_file(
        towns.parent / "kaart.gpkg", layer="gemeente"
    )
    assert ran(towns, out) == ["A"]
    wider = moved.assign(
        geometry=[box(-50, -60, 300, 350), box(300, -50, 450, 350)], naam=["Nieuwdorp", "Beedorp"]
    )
    wider.to_file(towns.parent / "kaart.gpkg", layer="gemeente")
    assert ran(towns, out) == ["A", "B"]


def test_an_input_that_cannot_be_read_any_more_fails_and_says_so(
    towns: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran(towns, out)
    (towns.parent / "haltes.gpkg").write_bytes(b"no map")
    with pytest.raises(Exception, match="haltes"):
        batch.run(Study.load(towns), None, out)


def test_with_nothing_changed_nothing_is_read_or_written(
    towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    batch.run(Study.load(towns), None, out)
    study = Study.load(towns)
    before = {
        path: path.stat().st_mtime_ns
        for path in out.rglob("*")
        # That there was a run is told.
        if path.is_file() and path.name not in (".run.lock", "run.log")
    }

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("something was read")

    monkeypatch.setattr("flexruimte.evidence.sources.vector.VectorSource.read", fail)
    monkeypatch.setattr(sys.modules["flexruimte.batch.run"], "check", fail)
    monkeypatch.setattr(sys.modules["flexruimte.batch.run"], "write_ranking_table", fail)
    report = batch.run(study, None, out)
    assert (report.computed, report.exit_status) == ([], 0)
    assert report.locations == len((out / "ranking.csv").read_text().splitlines()) - 1
    assert {path: path.stat().st_mtime_ns for path in before} == before


def rows_of(path: Path) -> dict[str, Any]:
    """Everything that a reader of a GeoPackage sees: layers in their order, fields, rows, index, styles, counts and extents."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = dict(
            database.execute(
                "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')"
            )
        )
        pages = ("_node", "_parent", "_rowid")  # how an index is laid out is the same for nobody
        wanted = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.endswith(pages)
        ]
        rows = {
            name: sorted(database.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in wanted
        }
    return {"layers": pyogrio.list_layers(path).tolist(), "tables": tables, "rows": rows}


def study_with_layouts() -> Study:
    values = {
        **asdict(SPACIOUS),
        "homes_mid_by": "layout",
        "merge": "touching",
        "merge_most_m2": 20_000,
    }
    ruleset = with_changes(
        load_ruleset(RULESET),
        {"placement": {name: parameter(value) for name, value in values.items()}},
    )
    return row_of_parcels("touching").changed(ruleset=ruleset)


@pytest.mark.parametrize("changes", [
    pytest.param({"score": {"weights": {"suitability": 1, "term": 3}}}, id="a weight"),
    pytest.param({"groups": {"students": {"weights": {"stop": 1}}}}, id="another order"),
    pytest.param({"language": "en"}, id="the language"),
    pytest.param({"target_groups": ["starters"]}, id="the columns of the locations"),
    pytest.param({"as_of": "2026-03-01"}, id="the date"),
    pytest.param({"placement": {"storeys": 1}}, id="the layouts"),
    pytest.param({"placement": {"merge": "none"}}, id="which parcels are one location"),
    pytest.param({"placement": {"homes_mid_by": "density"}}, id="no layouts"),
])  # fmt: skip
def test_a_geopackage_from_what_was_kept_is_that_of_a_fresh_run(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    before = study_with_layouts()
    batch.run(before, ["A"], tmp_path / "reused")
    after = before.changed(**changes)
    for out in ("reused", "fresh"):
        batch.run(after, ["A"], tmp_path / out)
    reused, fresh = (tmp_path / out / "A" / "locations.gpkg" for out in ("reused", "fresh"))
    assert rows_of(reused) == rows_of(fresh)


def test_a_geopackage_that_somebody_touched_is_written_again(tmp_path: Path) -> None:
    study = study_with_layouts()
    batch.run(study, ["A"], tmp_path / "out")
    path = tmp_path / "out" / "A" / "locations.gpkg"
    found = rows_of(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM layout")
        database.commit()
    weights = {"score": {"weights": {"suitability": 1, "term": 3}}}
    batch.run(study.changed(**weights), ["A"], tmp_path / "out")
    batch.run(study, ["A"], tmp_path / "out")
    assert rows_of(path) == found
    path.unlink()
    batch.run(study, ["A"], tmp_path / "out")
    assert rows_of(path) == found
