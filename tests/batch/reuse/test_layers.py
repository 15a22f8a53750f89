"""Where another rule takes land, buildable parts are measured again from the layers that were kept, and no layer is opened."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flexruimte import batch
from flexruimte.batch.reuse.kept import INPUTS_FILE
from flexruimte.batch.reuse.layers import LAYERS_FOLDER
from flexruimte.batch.reuse.survey_file import SURVEY_FILE
from flexruimte.rules.files import load_ruleset, with_changes
from toy_town import RULESET, parameter, toy_study
from written_files import contents

HARDER: dict[str, dict[str, Any]] = {
    "a rule that starts to exclude": {"rules": {"near_nature": {"level": "hard"}}},
    "a rule that excludes no more": {"rules": {"nature": {"level": "soft"}}},
    "a rule switched off": {"rules": {"buildings": {"enabled": False}}},
    "another level excludes": {"levels": {"excluding": ["very_hard"]}},
    "an exception": {"rules": {"nature": {"unless": [{"measure": "area_m2", "at_least": 1}]}}},
    "where a rule applies": {
        "rules": {
            "near_nature": {"level": "hard", "when": [{"measure": "land_use_class", "in": [40]}]}
        }
    },
}


@pytest.mark.parametrize("block", [1, 5, 12])
@pytest.mark.parametrize("changes", HARDER.values(), ids=HARDER)
def test_what_takes_land_is_changed_and_no_layer_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, changes: dict[str, Any]
) -> None:
    study = toy_study(tmp_path)
    before = replace(study.question, block=block, threads=1)
    after = replace(study.changed(**changes).question, block=block, threads=1)
    batch.run(after, ["A"], tmp_path / "fresh")
    batch.run(before, ["A"], tmp_path / "reused")
    assert contents(tmp_path / "reused") != contents(tmp_path / "fresh")
    usual = contents(tmp_path / "reused")

    def fail(*_: object) -> None:
        raise AssertionError("a layer was opened")

    monkeypatch.setattr("flexruimte.evidence.around.LayersAround.__init__", fail)
    batch.run(after, ["A"], tmp_path / "reused")
    assert contents(tmp_path / "reused") == contents(tmp_path / "fresh")
    batch.run(before, ["A"], tmp_path / "reused")  # and back
    assert contents(tmp_path / "reused") == usual


FREER: dict[str, dict[str, Any]] = {
    "a rule that refuses no more": {"rules": {"pipeline": {"level": "soft"}}},
    "a rule that takes its land": {"rules": {"pipeline": {"level": "hard"}}},
    "a class that excepts a rule": {
        "priorities": {"talk": {"but_for": ["pessimistic_term", "pipeline"]}}
    },
    "another least project": {"placement": {"least_homes": {"value": 19}}},
    "what kept parcels out": {"rules": {"hard_plan": {"enabled": False}}},
    "nothing is left free": {"placement": {"leave_free": {"value": "no"}}},
}


@pytest.mark.parametrize("block", [5, 12])
@pytest.mark.parametrize("changes", FREER.values(), ids=FREER)
def test_what_is_left_free_is_changed_and_no_layer_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, changes: dict[str, Any]
) -> None:
    placement = {"leave_free": parameter("yes"), "least_homes": parameter(18)}
    free = {"rules": {"pipeline": {"level": "medium"}}, "placement": placement}
    ruleset = with_changes(load_ruleset(RULESET), free)
    before, after = (
        replace(toy_study(tmp_path, ruleset=each).question, block=block, threads=1)
        for each in (ruleset, with_changes(ruleset, changes))
    )
    batch.run(after, ["A"], tmp_path / "fresh")
    batch.run(before, ["A"], tmp_path / "reused")
    usual = contents(tmp_path / "reused")
    assert usual != contents(tmp_path / "fresh")

    def fail(*_: object) -> None:
        raise AssertionError("a layer was opened")

    monkeypatch.setattr("flexruimte.evidence.around.LayersAround.__init__", fail)
    batch.run(after, ["A"], tmp_path / "reused")
    assert contents(tmp_path / "reused") == contents(tmp_path / "fresh")
    batch.run(before, ["A"], tmp_path / "reused")  # and back
    assert contents(tmp_path / "reused") == usual


def test_a_decision_gives_land_back_and_no_layer_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = pd.DataFrame(
        {"parcel_id": ["P02"], "decision": ["in"], "reason": ["raad"], "date": ["2025-06-01"]}
    )
    before, after = toy_study(tmp_path), toy_study(tmp_path, decisions=decided)
    batch.run(after, ["A"], tmp_path / "fresh")
    batch.run(before, ["A"], tmp_path / "reused")
    usual = contents(tmp_path / "reused")

    def fail(*_: object) -> None:
        raise AssertionError("a layer was opened")

    monkeypatch.setattr("flexruimte.evidence.around.LayersAround.__init__", fail)
    batch.run(after, ["A"], tmp_path / "reused")
    assert contents(tmp_path / "reused") == contents(tmp_path / "fresh")
    buildable = pd.read_parquet(tmp_path / "reused" / "A" / "parcels.parquet")["buildable_m2"]
    assert buildable[1] == pytest.approx(10_000)  # P02 without its decision: 6,300
    batch.run(before, ["A"], tmp_path / "reused")  # and back
    assert contents(tmp_path / "reused") == usual


def test_layers_that_were_removed_are_read_again(tmp_path: Path, surveyed: list[str]) -> None:
    study = toy_study(tmp_path)
    batch.run(study, ["A"], tmp_path / "reused")
    shutil.rmtree(tmp_path / "reused" / "A" / LAYERS_FOLDER)
    harder = study.changed(rules={"near_nature": {"level": "hard"}})
    batch.run(harder, ["A"], tmp_path / "reused")
    assert surveyed == ["A", "A"]
    batch.run(harder, ["A"], tmp_path / "fresh")
    assert contents(tmp_path / "reused") == contents(tmp_path / "fresh")


def test_layers_of_a_survey_that_was_broken_off_are_not_believed(
    tmp_path: Path, surveyed: list[str]
) -> None:
    study = toy_study(tmp_path)
    out = tmp_path / "reused" / "A"
    batch.run(study, ["A"], tmp_path / "reused")
    inputs = (out / INPUTS_FILE).read_bytes()
    kept = {name: (out / name).read_bytes() for name in (SURVEY_FILE, INPUTS_FILE)}
    # Of another question, whose layers were written and whose survey was not.
    other = study.changed(layers={"pand": {"rows": {"status": {"in": ["Bouw gestart"]}}}})
    batch.run(other, ["A"], tmp_path / "reused")
    assert (out / INPUTS_FILE).read_bytes() != inputs
    for name, content in kept.items():
        (out / name).write_bytes(content)
    harder = study.changed(rules={"near_nature": {"level": "hard"}})
    batch.run(harder, ["A"], tmp_path / "reused")
    assert surveyed == ["A", "A", "A"]
    batch.run(harder, ["A"], tmp_path / "fresh")
    assert contents(tmp_path / "reused") == contents(tmp_path / "fresh")
