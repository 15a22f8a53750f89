"""What tells one question, one input and one version of the software from another."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flexruimte import Study, batch
from flexruimte.batch.reuse.fingerprint import check_digest, stamps_of
from flexruimte.evidence.sources import open_source
from flexruimte.study.checks import CheckReport, check
from toy_town import (
    parcels,
    toy_study,
)


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


def test_sources_that_were_found_right_are_not_looked_at_again(
    towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def noted(plan: Any, codes: Any) -> CheckReport:
        looks.append(plan.name)
        return check(plan, codes)

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
    held = open_source(stops.name, stops.settings, stops.folder, stops.read([]))
    assert check_digest(replace(plan, sources={**plan.sources, "haltes": held}), {}) is None


def test_tables_in_memory_count_by_content(tmp_path: Path) -> None:
    one, same = toy_study(tmp_path), toy_study(tmp_path)
    other = toy_study(
        tmp_path, parcels=parcels().assign(parcel_id=lambda rows: rows["parcel_id"] + "x")
    )
    assert batch.stamps_of(one.question) == batch.stamps_of(same.question)
    assert {
        name
        for name, stamp in batch.stamps_of(other.question).items()
        if stamp != batch.stamps_of(one.question)[name]
    } == {"parcels"}
    assert batch.fingerprints(other.question) == batch.fingerprints(one.question)
