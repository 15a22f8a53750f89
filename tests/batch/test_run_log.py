"""run.log: what it tells of a run, what it hides, and how it stays small."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import OutputError, SourceError, batch
from flexruimte.batch import run_log as run_log_module
from flexruimte.batch.run_log import OLDER_RUN_LOG, RunLog
from flexruimte.results.store import store_of
from toy_town import toy_study


def lines(folder: Path, name: str = "run.log") -> list[str]:
    """Return the lines of a log without their moments."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.endswith("\n")
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 "
    return [re.fullmatch(f"{moment}(.*)", line)[1] for line in text.splitlines()]


def test_a_run_tells_what_it_did_and_the_next_goes_on_below(tmp_path: Path) -> None:
    study, out = toy_study(tmp_path, municipalities=TWO_TOWNS), tmp_path / "out"
    batch.run(study, None, out)
    first = lines(out)
    assert re.match(
        r"INFO    flexruimte \S+: study .*, as of 2026-01-01; 2 municipalities", first[0]
    )
    assert first[0].endswith("2 municipalities, of which 2 to compute; 1 worker")
    for code in ("A", "B"):
        of_town = [line for line in first if f"{code})" in line]
        assert of_town[0].endswith(f"({code}): begins")
        assert of_town[1].endswith(f"({code}): done")
        assert re.search(r"time per step: .*layers \d+\.\d s, land ", of_town[2])
        # the toy town has three areas of nature, and rows are counted around the parcels of each
        assert re.search(r", natuur [123],", of_town[3])
    assert re.fullmatch(r"INFO    ended after \d+\.\d s", first[-1])
    batch.run(study, None, out)
    assert lines(out)[: len(first)] == first
    assert "of which 0 to compute" in lines(out)[len(first)]
    assert len(lines(out)) == len(first) + 2


def test_what_failed_and_what_stopped_a_run_stand_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, out = toy_study(tmp_path, municipalities=TWO_TOWNS), tmp_path / "out"

    def broken(*_arguments: object) -> None:
        raise SourceError("no answer of https://me:GEHEIM@host/a?token=GEHEIM\nnor of another")

    monkeypatch.setattr("flexruimte.batch.job.judge", broken)
    batch.run(study, ["A"], out)
    said = [line for line in lines(out) if line.startswith("ERROR")]
    assert said == [
        r"ERROR   Aadorp (A) failed: no answer of https://***@host/a?token=***\nnor of another"
    ]
    assert "GEHEIM" not in (out / "run.log").read_text()

    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flexruimte.batch.job.judge", interrupted)
    with pytest.raises(KeyboardInterrupt):
        batch.run(study, ["A"], out)
    assert lines(out)[-1].startswith("INFO    interrupted after ")


def test_a_run_that_is_refused_writes_none(tmp_path: Path) -> None:
    study = toy_study(tmp_path, municipalities=TWO_TOWNS)
    with store_of(tmp_path / "out").locked(), pytest.raises(OutputError, match="another run"):
        batch.run(study, None, tmp_path / "out")
    assert not (tmp_path / "out" / "run.log").exists()


def test_a_long_log_becomes_the_older_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log_module, "MOST_CHARACTERS", 200)
    for what in ("first", "second", "third"):
        log = RunLog(store_of(tmp_path))
        with log.during(what):
            log.note(logging.INFO, "x" * 200)
    assert [sum(each in line for line in lines(tmp_path)) for each in ("second", "third")] == [0, 1]
    assert ["second" in line for line in lines(tmp_path, OLDER_RUN_LOG)] == [True, False, False]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.log", "run.log.1"]


def test_a_log_that_cannot_be_written_stops_no_run_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = tmp_path / "out"
    (out / "run.log").mkdir(parents=True)
    report = batch.run(toy_study(tmp_path, municipalities=TWO_TOWNS), ["A"], out)
    assert report.exit_status == 0
    messages = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    told = [each for each in messages if each.startswith("run.log holds nothing of this run: ")]
    assert len(told) == 1


def test_it_is_never_written_through_a_link(tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "mine.txt"
    out.mkdir()
    other.write_text("mine")
    (out / "run.log").symlink_to(other)
    log = RunLog(store_of(out))
    with log.during("a run"):
        pass
    assert other.read_text() == "mine"


def test_the_library_logs_the_same_and_shows_nothing_by_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO, logger="flexruimte"):
        batch.run(toy_study(tmp_path, municipalities=TWO_TOWNS), ["A"], tmp_path / "out")
    logged = [
        f"{each.levelname:<7} {each.getMessage()}"
        for each in caplog.records
        if each.name == "flexruimte.batch.run_log"
    ]
    assert sorted(logged) == sorted(lines(tmp_path / "out"))
    assert capfd.readouterr() == ("", "")
