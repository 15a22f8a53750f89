"""run.json: what is done, of which study, and what is no log at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import OutputError, Study, batch
from flexruimte.batch.log import Log
from flexruimte.results.outputs import FILES
from flexruimte.results.store import store_of
from flexruimte.views.web import DATA, HEAD
from toy_files import write_toy_study
from toy_town import toy_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return toy_study(tmp_path, municipalities=TWO_TOWNS)


def test_results_of_another_study_are_not_mixed_in(study: Study, tmp_path: Path) -> None:
    batch.run(study, None, tmp_path / "out")
    later = toy_study(tmp_path, municipalities=TWO_TOWNS, as_of="2026-06-01")
    batch.run(later, ["B"], tmp_path / "out")
    log = json.loads((tmp_path / "out" / "run.json").read_text())
    assert log["municipalities"]["A"]["state"] == "outdated"
    codes = {
        row.split(",")[0] for row in (tmp_path / "out" / "ranking.csv").read_text().splitlines()[1:]
    }
    assert codes == {"B"}


def test_what_another_study_found_is_not_outdated_unasked(tmp_path: Path) -> None:
    """Another name and another file; a study that was only moved, or renamed, is the same."""
    first, out = write_toy_study(tmp_path / "first"), tmp_path / "out"
    batch.run(Study.load(first), ["A"], out)
    text = first.read_text()
    assert 'name = "Toy town"' in text
    moved = Path(shutil.copytree(first.parent, tmp_path / "moved")) / first.name
    named = moved.with_name("named.toml")
    named.write_text(text.replace('name = "Toy town"', 'name = "Elders"'))
    before = (out / "run.json").read_bytes()
    with pytest.raises(OutputError, match=r"of another study, 'Toy town' \(\.\./first/.*--out, or"):
        batch.run(Study.load(named), ["A"], out)
    assert (out / "run.json").read_bytes() == before
    batch.run(Study.load(moved), ["A"], out)
    moved.write_text(text.replace('name = "Toy town"', 'name = "Hernoemd"'))
    batch.run(Study.load(moved), ["A"], out)
    batch.run(Study.load(named), ["A"], out, fresh=True)
    assert json.loads((out / "run.json").read_text())["study"] == "Elders"


def test_a_log_that_is_none_is_refused(study: Study, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(OutputError, match="not the log of an earlier run"):
        batch.run(study, ["A"], tmp_path)


def log_of(study: Study, out: Path) -> Log:
    return Log(store_of(out), study.question)


def done(log: Log, code: str, out: Path, state: Any = "done") -> None:
    """Log a municipality as a run does, with empty files for its results."""
    job = log.job(code, f"town {code}", fresh=False)
    log.start(job.entry)
    (out / job.entry.folder).mkdir(exist_ok=True)
    (out / DATA).mkdir(parents=True, exist_ok=True)
    for path in (*(f"{job.entry.folder}/{name}" for name in FILES), on_the_map(job.entry.folder)):
        (out / path).touch()
    job.entry.state = state
    log.finish(job.entry)


def on_the_map(folder: str) -> str:
    return f"{DATA}/{folder}{HEAD}"


def said(out: Path) -> dict[str, Any]:
    return json.loads((out / "run.json").read_text())


def test_without_a_log_nothing_is_done(study: Study, tmp_path: Path) -> None:
    log = log_of(study, tmp_path)
    assert (log.entries, log.done, log.is_ranked, log.is_checked) == ({}, [], False, False)
    assert not log.is_finished("A")
    assert not log.is_empty("A")
    assert not (tmp_path / "run.json").exists()


def test_what_was_logged_is_there_for_the_next_run(study: Study, tmp_path: Path) -> None:
    log = log_of(study, tmp_path)
    done(log, "B", tmp_path)
    done(log, "A", tmp_path)
    again = log_of(study, tmp_path)
    assert again.entries == log.entries
    assert [entry.code for entry in again.done] == ["A", "B"]
    document = said(tmp_path)
    assert list(document["municipalities"]) == ["A", "B"]
    assert (document["study"], document["to_finish"]) == ("Toy town", None)
    assert document["municipalities"]["A"]["started"] <= document["municipalities"]["A"]["finished"]


def test_what_runs_or_failed_is_to_be_finished(study: Study, tmp_path: Path) -> None:
    log = log_of(study, tmp_path)
    log.start(log.job("A", "Aadorp", fresh=False).entry)
    assert said(tmp_path)["to_finish"].startswith("not done: A; ")
    assert said(tmp_path)["municipalities"]["A"]["finished"] is None
    done(log, "A", tmp_path, "failed")
    done(log, "B", tmp_path)
    assert said(tmp_path)["to_finish"].startswith("not done: A; ")
    assert not log.is_finished("A")
    done(log, "A", tmp_path)
    assert said(tmp_path)["to_finish"] is None


@pytest.mark.parametrize("missing", [f"A/{FILES[-1]}", f"{DATA}/A{HEAD}"])
def test_without_one_of_its_files_a_municipality_is_not_done(
    study: Study, tmp_path: Path, missing: str
) -> None:
    log = log_of(study, tmp_path)
    done(log, "A", tmp_path)
    assert log.is_finished("A")
    assert log.job("A", "Aadorp", fresh=False).stands
    (tmp_path / missing).unlink()
    assert not log.is_finished("A")
    assert not log.job("A", "Aadorp", fresh=False).stands


def test_who_asks_for_fresh_results_gets_them(study: Study, tmp_path: Path) -> None:
    log = log_of(study, tmp_path)
    done(log, "A", tmp_path)
    job = log.job("A", "Aadorp", fresh=True)
    assert (job.stands, job.fresh) == (False, True)


def test_another_question_outdates_and_another_input_is_to_be_looked_at(
    study: Study, tmp_path: Path
) -> None:
    done(log_of(study, tmp_path), "A", tmp_path)
    later = log_of(study.changed(as_of="2026-06-01"), tmp_path)
    assert later.entries["A"].state == "outdated"
    assert not later.job("A", "Aadorp", fresh=False).stands
    owners = {"eigendom": study.question.sources["eigendom"].read_table(["parcel_id", "soort"])[:1]}
    other = log_of(toy_study(tmp_path, municipalities=TWO_TOWNS, layers=owners), tmp_path)
    assert other.entries["A"].state == "done"
    assert not other.is_finished("A")
    # The results may stand: that is for the job to find out.
    assert other.job("A", "Aadorp", fresh=False).stands


def test_a_municipality_without_parcels_is_empty_for_these_inputs(
    study: Study, tmp_path: Path
) -> None:
    log = log_of(study, tmp_path)
    done(log, "B", tmp_path, "empty")
    assert log.is_empty("B")
    assert not log.is_finished("B")
    assert not log_of(study.changed(as_of="2026-06-01"), tmp_path).is_empty("B")


def test_results_that_stand_keep_their_counts_and_moment(study: Study, tmp_path: Path) -> None:
    log = log_of(study, tmp_path)
    done(log, "A", tmp_path)
    before = log.entries["A"]
    before.counts, before.homes, before.finished = {"available": 3}, 40, "2026-01-01T00:00:00+00:00"
    again = log.job("A", "Aadorp", fresh=False).entry
    assert (again.counts, again.homes, again.finished) == ({"available": 3}, 40, before.finished)
    log.start(again)
    again.state, again.unchanged = "done", True
    log.finish(again)
    assert again.finished == before.finished


def test_a_ranking_is_of_what_is_done(study: Study, tmp_path: Path) -> None:
    log = log_of(study, tmp_path)
    done(log, "A", tmp_path)
    assert not log.is_ranked
    log.note_ranking(12)
    assert log.is_ranked
    assert log_of(study, tmp_path).is_ranked
    assert said(tmp_path)["ranking"]["locations"] == 12
    done(log, "B", tmp_path)
    assert not log.is_ranked


def test_rows_in_memory_are_looked_at_every_time(study: Study, tmp_path: Path) -> None:
    log = log_of(study, tmp_path)
    log.note_checked({})
    done(log, "A", tmp_path)
    assert not log_of(study, tmp_path).is_checked


def test_files_that_were_found_right_are_noted(towns: Path, tmp_path: Path) -> None:
    study, out = Study.load(towns), tmp_path / "out"
    out.mkdir()
    log = log_of(study, out)
    log.note_checked({})
    assert log.is_checked
    assert not log_of(study, out).is_checked  # it is written with the next entry
    done(log, "A", out)
    assert log_of(study, out).is_checked
    assert not log_of(study.changed(not_assessed=["natuur"]), out).is_checked


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"municipalities": {"A": {"place": 1}}}'])
def test_what_is_no_log_is_refused(study: Study, tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(
        OutputError, match=r"run\.json is not the log of an earlier run; move it away"
    ):
        log_of(study, tmp_path)
    assert (tmp_path / "run.json").read_text() == text
