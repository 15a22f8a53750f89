"""What was found before is used again as long as the land and the question about it are the same, and never longer."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import flexruimte.assessment.pipeline
from batch.test_run import TWO_TOWNS, contents
from flexruimte import Study, batch
from flexruimte.assessment.pipeline import assess
from flexruimte.assessment.survey import Survey, survey, survey_question
from flexruimte.batch.reuse.fingerprint import check_digest, stamps_of
from flexruimte.batch.reuse.memory import FolderMemory
from flexruimte.errors import StudyError
from flexruimte.kernels.layout import Layouts, lay_out
from flexruimte.kernels.layout_memory import LayoutMemory
from flexruimte.results.geopackage import write_geopackage
from flexruimte.results.survey_file import (
    SURVEY_FILE,
    Shapes,
    read_layouts,
    read_survey,
    write_layouts,
    write_survey,
)
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.study.checks import CheckReport, check
from toy_files import write_toy_study
from toy_town import RULESET, box, frame, layers, point, toy_study, write_raster


@pytest.fixture
def surveyed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The municipalities whose layers were looked at, in order."""
    codes: list[str] = []

    def noted(plan: Any, code: str, *arguments: Any) -> Survey:
        codes.append(code)
        return survey(plan, code, *arguments)

    monkeypatch.setattr(flexruimte.assessment.pipeline, "survey", noted)
    return codes


# ------------------------------------------------------------------------------------------------------------------- another question

NOT_OF_THE_LAND: dict[str, dict[str, Any]] = {
    "a group's weight": {"groups": {"students": {"weights": {"stop": 1, "grid": 5}}}},
    "a theme's weight": {"themes": {"term": {"weights": {"long": 2}}}},
    "the score's weights": {"score": {"weights": {"suitability": 1, "term": 1}}},
    "a curve": {"criteria": {"stop": {"curve": [[0, 100], [900, 0]]}}},
    "a threshold": {"rules": {"unbuilt": {"at_most": 0.05}}},
    "a threshold of the placement": {"placement": {"min_buildable_m2": 9_000}},
    "the level of a rule on a measure": {"rules": {"public_owner": {"level": "hard"}}},
    "a rule on a measure switched off": {"rules": {"term": {"enabled": False}}},
    "a density": {"placement": {"homes_per_ha_mid": 30}},
    "a title": {"rules": {"nature": {"title": {"nl": "Groen", "en": "Green"}}}},
    "a site type": {
        "site_types": {"field": {"when": [{"measure": "building_count", "at_most": 3}]}}
    },
    "a size class": {"size_classes": {"small": {"up_to_homes": 20}}},
    "the name": {"name": "Anders"},
    "the language": {"language": "en"},
    "the groups": {"target_groups": ["starters"]},
    "a rule that is not assessed": {"not_assessed": ["nature"]},
}
OF_THE_LAND: dict[str, dict[str, Any]] = {
    "the date": {"as_of": "2026-03-01"},
    "a distance": {"rules": {"near_nature": {"distance_m": 30}}},
    "which features": {"rules": {"nature": {"where": {"naam": "Heide"}}}},
    "where a rule on a layer applies": {
        "rules": {"near_nature": {"when": [{"measure": "land_use_class", "in": [40]}]}}
    },
    "the level of a rule on a layer": {"rules": {"near_nature": {"level": "hard"}}},
    "which levels exclude": {"levels": {"excluding": ["very_hard"]}},
    "a rule on a layer switched off": {"rules": {"buildings": {"enabled": False}}},
    "a rule's precision": {"rules": {"nature": {"precision_m": 0}}},
    "a layer's precision": {"layers": {"natuur": {"precision_m": 3}}},
    "which rows count": {"layers": {"pand": {"rows": {"status": {"not_in": ["Bouw gestart"]}}}}},
    "a measure's limit": {"measures": {"stop_distance_m": {"limit_m": 700}}},
    "a measure's field": {"measures": {"loud_share": {"at_least": 45}}},
    "a parameter that a measure takes": {"placement": {"detour_factor": 1.2}},
    "a parameter of the term": {"placement": {"lead_time_years": 2.0}},
    "how plans are read": {"plans": {"hard": ["1A"], "soft": ["2A", "3"]}},
    "a regime": {"regimes": {"ten": {"longest_years": 12, "end": "2029-01-01"}}},
    "a layer that is not assessed": {"not_assessed": ["net"]},
}


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


@pytest.mark.parametrize("harm", ["cut", "empty", "other", "gone"])
def test_what_cannot_be_read_is_made_again(tmp_path: Path, surveyed: list[str], harm: str) -> None:
    study = toy_study(tmp_path)
    batch.run(study, ["A"], tmp_path / "out")
    file = tmp_path / "out" / "A" / SURVEY_FILE
    if harm == "gone":
        file.unlink()
    else:
        whole = file.read_bytes()
        file.write_bytes(
            {"cut": whole[: len(whole) // 2], "empty": b"", "other": b"P" * 5_000}[harm]
        )
    softer = study.changed(groups={"students": {"weights": {"stop": 1}}})
    batch.run(softer, ["A"], tmp_path / "out")
    assert surveyed == ["A", "A"]
    batch.run(softer, ["A"], tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


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


# ------------------------------------------------------------------------------------------------------------------- other inputs


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """The study file of two towns side by side, A in the west and B in the east, with one national file per layer; bus stops far in the east too."""
    path = write_toy_study(tmp_path / "study")
    TWO_TOWNS.to_file(path.parent / "kaart.gpkg", layer="gemeente")
    text = path.read_text()
    for key, data in layers(tmp_path).items():
        if isinstance(data, gpd.GeoDataFrame):
            data.to_file(path.parent / f"{key}.gpkg")
            text = text.replace(f'source = "kaart.gpkg"\nlayer = "{key}"', f'source = "{key}.gpkg"')
    path.write_text(text)
    return path


def rewritten(towns: Path, key: str, data: gpd.GeoDataFrame) -> None:
    (towns.parent / f"{key}.gpkg").unlink()
    data.to_file(towns.parent / f"{key}.gpkg")


def ran(towns: Path, out: Path, **choices: Any) -> list[str]:
    """Run, and hold the results against those of a new folder."""
    report = batch.run(Study.load(towns), None, out, **choices)
    fresh = out.with_name("fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    batch.run(Study.load(towns), None, fresh)
    assert contents(out) == contents(fresh)
    return report.computed


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
        if path.is_file() and path.name != ".run.lock"
    }

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("something was read")

    monkeypatch.setattr("flexruimte.evidence.sources.Source.read", fail)
    monkeypatch.setattr(sys.modules["flexruimte.batch.run"], "check", fail)
    monkeypatch.setattr(sys.modules["flexruimte.batch.run"], "write_ranking_table", fail)
    report = batch.run(study, None, out)
    assert (report.computed, report.exit_status) == ([], 0)
    assert report.locations == len((out / "ranking.csv").read_text().splitlines()) - 1
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_ranking_table_that_is_gone_is_written_again(towns: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch.run(Study.load(towns), None, out)
    table = (out / "ranking.csv").read_bytes()
    (out / "ranking.csv").unlink()
    assert batch.run(Study.load(towns), None, out).computed == []
    assert (out / "ranking.csv").read_bytes() == table


# ------------------------------------------------------------------------------------------------------------------- the files


def test_a_survey_comes_back_as_it_was(tmp_path: Path) -> None:
    odd = pd.DataFrame(
        {
            "mixed": [
                1,
                2.5,
                "a",
                None,
                True,
                np.int64(3),
                np.nan,
                dt.date(2026, 1, 2),
                pd.Timestamp("2026-01-02 03:04:05"),
                0.1 + 0.2,
                -0.0,
                "",
            ],
            "text": [*"abcdefghijk", None],
            "whole": pd.array([*range(11), None], dtype="Int64"),
            "moment": pd.to_datetime(["2026-01-01"] * 11 + [None]),
            "float": [0.1 + 0.2, np.nan, np.inf, *range(9)],
        }
    )
    plan = survey_question(toy_study(tmp_path).question, "A")
    found = survey(plan, "A")
    found = replace(found, parcels=replace(found.parcels, table=odd))
    write_survey(found, "key", tmp_path / "x.arrow")
    back = read_survey(tmp_path / "x.arrow", "key")
    assert back is not None
    pd.testing.assert_frame_equal(back.measures, found.measures, check_exact=True)
    pd.testing.assert_frame_equal(back.term.columns, found.term.columns, check_exact=True)
    pd.testing.assert_frame_equal(
        back.parcels.table.drop(columns="mixed"), odd.drop(columns="mixed"), check_exact=True
    )
    for one, other in zip(back.parcels.table["mixed"], odd["mixed"], strict=True):
        assert (one == other and isinstance(other, type(one) | np.generic)) or (
            pd.isna(one) and pd.isna(other)
        )
    assert (shapely.to_wkb(back.land.buildable) == shapely.to_wkb(found.land.buildable)).all()
    for rule_id, finding in found.land.findings.items():
        for each in fields(finding):
            one, other = (
                getattr(back.land.findings[rule_id], each.name),
                getattr(finding, each.name),
            )
            assert type(one) is type(other)
            assert (
                one == other
                if isinstance(one, list)
                else np.array_equal(one, other, equal_nan=other.dtype == float)
            )
    assert (back.layers, back.parcels.facts, back.term.plans.tolist()) == (
        found.layers,
        found.parcels.facts,
        found.term.plans.tolist(),
    )
    assert read_survey(tmp_path / "x.arrow", "another key") is None


def same(one: Layouts, other: Layouts) -> bool:
    def plain(values: np.ndarray) -> np.ndarray:
        return np.asarray(shapely.to_wkb(values)) if values.dtype == object else values

    return all(
        np.array_equal(plain(getattr(one, each.name)), plain(getattr(other, each.name)))
        for each in fields(one)
    )


def test_layouts_that_are_known_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kernels.test_layout import PACKED

    parts = np.array(
        [
            shapely.box(0, 0, 40, 60),
            None,
            shapely.box(0, 0, 10, 10),
            shapely.box(5, 5, 95, 85),
            shapely.box(0, 0, 40, 60),
        ]
    )
    memory = LayoutMemory()
    assert same(memory.lay_out(parts[:3], PACKED), lay_out(parts[:3], PACKED))
    write_layouts(memory, "key", tmp_path / "x.arrow")
    memory = read_layouts(tmp_path / "x.arrow", "key")
    made: list[int] = []

    def counted(some: np.ndarray, parameters: object) -> Layouts:
        made.append(len(some))
        return lay_out(some, parameters)

    monkeypatch.setattr("flexruimte.kernels.layout_memory.lay_out", counted)
    assert same(memory.lay_out(parts[::-1], PACKED), lay_out(parts[::-1], PACKED))
    assert made == [1]  # the one that is new; what is there twice is one
    other = replace(PACKED, storeys=PACKED.storeys + 1)
    assert same(memory.lay_out(parts, other), lay_out(parts, other))
    assert made == [1, 4]
    assert read_layouts(tmp_path / "x.arrow", "another key").keys == []


def test_a_memory_of_other_software_is_not_believed(
    tmp_path: Path, surveyed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    study = toy_study(tmp_path)
    batch.run(study, ["A"], tmp_path / "out")
    monkeypatch.setattr(
        "flexruimte.batch.reuse.fingerprint.software_versions", lambda: {"flexruimte": "99"}
    )
    batch.run(study, ["A"], tmp_path / "out")
    assert surveyed == ["A", "A"]


def test_a_question_leaves_nothing_out_that_decides(tmp_path: Path) -> None:
    # The survey is made with the question alone; held against one made with everything that the study says.
    plan = toy_study(tmp_path).question
    alone, whole = survey(survey_question(plan, "A"), "A"), survey(plan, "A")
    pd.testing.assert_frame_equal(alone.measures, whole.measures, check_exact=True)
    assert (shapely.to_wkb(alone.land.buildable) == shapely.to_wkb(whole.land.buildable)).all()
    assert alone.layers == whole.layers


def test_without_a_folder_nothing_is_kept(tmp_path: Path, surveyed: list[str]) -> None:
    plan = toy_study(tmp_path).question
    for _ in range(2):
        assess(plan, "A")
    assert surveyed == ["A", "A"]
    memory = FolderMemory(tmp_path, batch.stamps_of(plan))
    for _ in range(2):
        assess(plan, "A", memory=memory)
    assert surveyed == ["A", "A", "A"]


# ------------------------------------------------------------------------------------------------------------------- the look at sources


def test_sources_that_were_found_right_are_not_looked_at_again(
    towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def noted(plan: Any) -> CheckReport:
        looks.append(plan.name)
        return check(plan)

    monkeypatch.setattr(sys.modules["flexruimte.batch.run"], "check", noted)

    def run(*, fresh: bool = False, **changes: Any) -> int:
        looks.clear()
        assert not batch.run(
            Study.load(towns).changed(**changes), None, tmp_path / "out", fresh=fresh
        ).failed
        return len(looks)

    weight, where = (
        {"groups": {"students": {"weights": {"stop": 1}}}},
        {"rules": {"nature": {"where": {"naam": "Heide"}}}},
    )
    assert run() == 1
    assert run() == run(**weight) == run() == 0
    assert run(fresh=True) == 1
    assert run(**where) == 1  # another field is read
    assert run(not_assessed=["natuur"]) == 1
    assert run() == 1
    (towns.parent / "haltes.gpkg").touch()
    assert run(**weight) == 1
    assert run() == 0
    log = tmp_path / "out" / "run.json"
    log.write_text(
        json.dumps(
            {
                name: value
                for name, value in json.loads(log.read_text()).items()
                if name != "checked"
            }
        )
    )
    assert run(**weight) == 1


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


def test_what_is_no_file_is_looked_at_every_time(towns: Path, tmp_path: Path) -> None:
    plan = Study.load(towns).question
    assert check_digest(plan, stamps_of(plan)) is not None
    stops = plan.sources["haltes"]
    for source in (
        "PG:dbname=flex",
        "s3://bucket/haltes.gpkg",
        "https://example.org/haltes.gpkg",
        "gone.gpkg",
    ):
        other = replace(stops, settings=stops.settings.model_copy(update={"source": source}))
        assert check_digest(replace(plan, sources={**plan.sources, "haltes": other}), {}) is None
    held = replace(stops, data=stops.read([]))
    assert check_digest(replace(plan, sources={**plan.sources, "haltes": held}), {}) is None


# ------------------------------------------------------------------------------------------------------------------- layouts on disk


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


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the layouts of what was written were written too, by municipality."""
    written: list[bool] = []

    def noted(
        locations: gpd.GeoDataFrame, layout: gpd.GeoDataFrame | None, *arguments: Any
    ) -> None:
        written.append(layout is not None)
        write_geopackage(locations, layout, *arguments)

    monkeypatch.setattr("flexruimte.results.outputs.write_geopackage", noted)
    return written


@pytest.mark.parametrize(("changes", "again"), [
    pytest.param({"score": {"weights": {"suitability": 1, "term": 3}}}, False, id="a weight"),
    pytest.param({"groups": {"students": {"weights": {"stop": 1}}}}, False, id="another order"),
    pytest.param({"language": "en"}, True, id="the language"),
    pytest.param({"target_groups": ["starters"]}, True, id="the columns of the locations"),
    pytest.param({"as_of": "2026-03-01"}, True, id="the date"),
    pytest.param({"placement": {"storeys": 1}}, True, id="the layouts"),
    pytest.param({"placement": {"merge": "none"}}, True, id="which parcels are one location"),
    pytest.param({"placement": {"homes_mid_by": "density"}}, True, id="no layouts"),
])  # fmt: skip
def test_layouts_are_written_again_where_they_differ(
    tmp_path: Path, laid_out: list[bool], changes: dict[str, Any], again: bool
) -> None:
    before = study_with_layouts()
    batch.run(before, ["A"], tmp_path / "reused")
    after = before.changed(**changes)
    for out in ("reused", "fresh"):
        batch.run(after, ["A"], tmp_path / out)
    assert laid_out == [True, again, True]
    reused, fresh = (tmp_path / out / "A" / "locations.gpkg" for out in ("reused", "fresh"))
    assert rows_of(reused) == rows_of(fresh)


def test_layouts_that_somebody_touched_are_written_again(
    tmp_path: Path, laid_out: list[bool]
) -> None:
    study = study_with_layouts()
    batch.run(study, ["A"], tmp_path / "out")
    path = tmp_path / "out" / "A" / "locations.gpkg"
    found = rows_of(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM layout")
        database.commit()
    weights = {"score": {"weights": {"suitability": 1, "term": 3}}}
    batch.run(study.changed(**weights), ["A"], tmp_path / "out")
    assert laid_out == [True, True]
    batch.run(study, ["A"], tmp_path / "out")
    assert laid_out == [True, True, False]
    assert rows_of(path) == found
    path.unlink()
    batch.run(study, ["A"], tmp_path / "out")
    batch.run(study, ["A"], tmp_path / "out", fresh=True)
    assert laid_out == [True, True, False, True, True]
    assert rows_of(path) == found


def study_with_layouts() -> Study:
    from assessment.test_sites import parameter, study
    from kernels.test_layout import SPACIOUS

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
    return study("touching").changed(ruleset=ruleset)


@given(
    st.lists(
        st.none() | st.sampled_from([point(1, 2), box(0, 0, 3, 4), shapely.Polygon()]), min_size=1
    ),
    st.data(),
)
def test_kept_shapes_are_the_shapes(shapes: list[Any], data: st.DataObject) -> None:
    geometries = np.array([*shapes, None], dtype=object)[:-1]
    chosen = np.array(data.draw(st.lists(st.integers(0, len(shapes) - 1))), dtype=np.intp)
    kept = Shapes.of(geometries)
    assert Shapes.of(kept) is kept
    assert len(kept[chosen]) == len(chosen)
    assert [shape and shape.wkb for shape in np.asarray(kept[chosen])] == [
        shape and shape.wkb for shape in geometries[chosen]
    ]
    assert (shapely.is_missing(kept) == shapely.is_missing(geometries)).all()
    assert kept[chosen].joined().to_pybytes() == b"".join(
        b"-" if shape is None else shape.wkb for shape in geometries[chosen]
    )
