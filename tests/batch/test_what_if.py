"""What if, of a run: from what is kept, without a source that is opened."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import Study, Variant, batch, what_if
from flexruimte.errors import OutputError, StudyError
from flexruimte.results.store import store_of
from toy_files import write_toy_study
from toy_town import toy_study
from written_files import contents

SOFT = Variant("soft", {"rules": {"nature": {"level": "soft"}}})
YEARS = Variant("years", {"placement": {"required_years": 10}})


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a study and, in out/, its run."""
    folder = tmp_path_factory.mktemp("finished")
    batch.run(Study.load(write_toy_study(folder / "study")), None, folder / "out")
    return folder


def copy_of(finished: Path, folder: Path) -> tuple[Path, Path]:
    """A copy of the run, to change, and the study that stays where it is."""
    shutil.copytree(finished / "out", folder / "out")
    return folder / "out", finished / "study" / "study.toml"


def test_a_run_knows_its_study(finished: Path) -> None:
    run = json.loads((finished / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["study_file"] == "../study/study.toml"
    assert what_if(finished / "out", rules=["term"]).rules["only_homes"].tolist() == [18]


def test_nothing_is_opened_and_nothing_that_is_kept_changes(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, path = copy_of(finished, tmp_path)
    study = Study.load(path)
    before = {path: path.read_bytes() for path in out.rglob("[!w]*") if path.is_file()}

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("something was read")

    for kind in ("vector.VectorSource", "raster.RasterSource", "table.TableSource"):
        monkeypatch.setattr(f"flexruimte.evidence.sources.{kind}.read", fail)
    found = what_if(out, [SOFT, YEARS], study=study)
    assert {path: path.read_bytes() for path in before} == before
    # tests/analyses/what_if: the numbers on paper
    of_rules = found.rules.set_index("rule")
    assert of_rules["only_homes"].to_dict() == {
        "unbuilt": 25,
        "buildings": 0,
        "nature": 40,
        "pipeline": 24,
        "large_enough": 0,
        "type_asked": 0,
        "hard_plan": 0,
        "term": 18,
    }
    # P11 is free for 10 years
    assert found.variants["homes"].tolist() == [146, 186, 164]
    assert not found.not_done


def test_the_same_as_of_a_study_in_memory(finished: Path) -> None:
    of_run = what_if(finished / "out", [SOFT, YEARS])
    in_memory = Study.load(finished / "study" / "study.toml").what_if(
        [SOFT, YEARS], municipalities=["A"]
    )
    for name in ("rules", "variants", "moves"):
        pd.testing.assert_frame_equal(getattr(of_run, name), getattr(in_memory, name))


def test_tables_beside_the_results(finished: Path) -> None:
    found = what_if(finished / "out", [SOFT])
    rules = pd.read_csv(finished / "out" / "whatif.csv")
    assert rules["gemeente_code"].tolist() == ["*"] * 8 + ["A"] * 8
    assert rules["rule"].iloc[0] == "nature"  # frees most
    assert rules["only_hectares"].iloc[8:].tolist() == pytest.approx(
        found.rules["only_hectares"].tolist()
    )
    variants = pd.read_csv(finished / "out" / "whatif_variants.csv")
    assert variants["variant"].tolist() == ["as it is", "soft"] * 2
    moves = pd.read_csv(finished / "out" / "whatif_moves.csv")
    assert moves["parcel_id"].tolist() == ["P07"]


def test_a_study_that_is_not_where_it_was(finished: Path, tmp_path: Path) -> None:
    out, study = copy_of(finished, tmp_path)
    with pytest.raises(OutputError, match=r"is not at .* any more; give where it is: --study"):
        what_if(out)
    found = what_if(out, study=study, rules=["term"])
    assert found.rules["only_homes"].tolist() == [18]


def test_a_run_of_a_study_in_memory(tmp_path: Path) -> None:
    study = toy_study(tmp_path)
    batch.run(study, ["A"], tmp_path / "out")
    with pytest.raises(OutputError, match="was not made with a study file"):
        what_if(tmp_path / "out")
    assert len(what_if(tmp_path / "out", study=study, rules=["term"]).rules) == 1


def test_a_folder_without_a_run(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds no run"):
        what_if(tmp_path)


def test_results_of_another_study(finished: Path) -> None:
    other = Study.load(finished / "study" / "study.toml").changed(
        rules={"nature": {"level": "soft"}}
    )
    with pytest.raises(
        OutputError, match=r"no results of this very study, in this very folder, for A \(outdated\)"
    ):
        what_if(finished / "out", study=other)


def test_municipalities_that_are_not_done_are_named(tmp_path: Path) -> None:
    path = write_toy_study(tmp_path)
    TWO_TOWNS.to_file(path.parent / "kaart.gpkg", layer="gemeente")
    batch.run(Study.load(path), ["A"], tmp_path / "out")
    assert what_if(tmp_path / "out", rules=["term"]).not_done == {}
    run = tmp_path / "out" / "run.json"
    log = json.loads(run.read_text(encoding="utf-8"))
    log["municipalities"]["B"] = {**log["municipalities"]["A"], "code": "B", "state": "failed"}
    run.write_text(json.dumps(log), encoding="utf-8")
    assert what_if(tmp_path / "out", rules=["term"]).not_done == {"B": "failed"}
    with pytest.raises(OutputError, match=r"for B \(failed\); run the study again"):
        what_if(tmp_path / "out", municipalities=["B"])
    with pytest.raises(StudyError, match="municipality 'C'"):
        what_if(tmp_path / "out", municipalities=["C"])


def test_what_is_kept_was_removed(finished: Path, tmp_path: Path) -> None:
    out, study = copy_of(finished, tmp_path)
    shutil.rmtree(out / "A" / ".layers")
    found = what_if(out, [SOFT, YEARS], study=study, rules=["nature", "term"])
    assert found.rules["note"].tolist() == ["needs a new survey", ""]
    assert found.variants["note"].tolist() == ["", "needs a new survey", ""]
    again = what_if(out, [SOFT], study=study, rules=[], new_surveys=True)
    assert again.variants["homes"].tolist() == [146, 186]
    (out / "A" / ".survey.arrow").unlink()
    with pytest.raises(OutputError, match=r"is not kept in .* any more; run the study again"):
        what_if(out, study=study)


def test_a_run_after_it_gives_the_same_bytes(finished: Path, tmp_path: Path) -> None:
    out, study = copy_of(finished, tmp_path)
    before = contents(out / "A")
    what_if(out, [SOFT], study=study)
    batch.run(Study.load(study), None, out)
    assert contents(out / "A") == before


@pytest.mark.usefixtures("within_reach")
def test_on_storage_there_are_no_layers(finished: Path, prefix: str) -> None:
    study = finished / "study" / "study.toml"
    out = f"s3://{prefix}"
    batch.run(Study.load(study), ["A"], out)
    found = what_if(out, [SOFT, YEARS], rules=["nature", "term"])
    # what gives no land back needs none
    assert found.rules["note"].tolist() == ["needs a new survey", ""]
    assert found.variants["note"].tolist() == ["", "needs a new survey", ""]
    assert store_of(out).has("whatif.csv")
