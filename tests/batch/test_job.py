"""One municipality of a run: whatever happens is in its entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import OutputError, Study, batch
from flexruimte.batch.job import compute
from flexruimte.batch.log import Log
from flexruimte.batch.municipality_run import MunicipalityRun
from flexruimte.batch.reuse.kept import INPUTS_FILE
from flexruimte.errors import EmptyMunicipalityError
from flexruimte.results import outputs
from flexruimte.results.outputs import FILES
from flexruimte.results.read import read_summary
from flexruimte.results.store import store_of
from toy_town import municipalities, toy_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return toy_study(tmp_path, municipalities=TWO_TOWNS)


def test_a_fault_in_flexruimte_is_logged_with_its_traceback(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(outputs, "write_geojson", fail)
    (entry, _) = batch.run(study, None, tmp_path / "out").failed
    assert "unexpected ZeroDivisionError: oops" in str(entry.error)
    assert "Traceback" in str(entry.traceback)


STEPS = ["recalling", "parcels", "layers", "land", "measures", "homes", "verdicts"]


def computed(
    study: Study, code: str, out: Path, steps: list[str] | None = None, *, fresh: bool = False
) -> MunicipalityRun:
    """Compute one municipality as a worker does, and log it."""
    log = Log(store_of(out), study.question)
    job = log.job(code, "some town", fresh=fresh)
    log.start(job.entry)
    steps = [] if steps is None else steps
    entry = compute(study.question, job, log.store, steps.append)
    log.finish(entry)
    return entry


def test_what_was_computed_is_written_and_counted(study: Study, tmp_path: Path) -> None:
    steps: list[str] = []
    entry = computed(study, "A", tmp_path, steps)
    assert (entry.state, entry.error, entry.unchanged) == ("done", None, False)
    assert all((tmp_path / "A" / name).exists() for name in FILES)
    ranking = study.rank("A")
    counted = {status: count for status, count in entry.counts.items() if count}
    assert counted == ranking.parcels["status"].value_counts().to_dict()
    assert (
        entry.homes
        == ranking.locations.loc[ranking.locations["priority"] == "shortlist", "homes"].sum()
    )
    assert steps == [*STEPS, "writing"]
    assert list(read_summary(tmp_path / "A").timings_s) == STEPS


def test_results_that_stand_are_left_as_they_are(study: Study, tmp_path: Path) -> None:
    first = computed(study, "A", tmp_path)
    before = {
        path: path.stat().st_mtime_ns
        for path in (tmp_path / "A").iterdir()
        if path.name != INPUTS_FILE
    }
    steps: list[str] = []
    again = computed(study, "A", tmp_path, steps)
    assert (again.state, again.unchanged, steps) == ("done", True, [])
    assert (again.counts, again.homes) == (first.counts, first.homes)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert not computed(study, "A", tmp_path, fresh=True).unchanged


def test_a_municipality_without_parcels_is_empty(tmp_path: Path) -> None:
    entry = computed(toy_study(tmp_path, municipalities=municipalities()), "B", tmp_path)
    assert entry.state == "empty"
    assert "'B' has no parcels" in str(entry.error)


@pytest.mark.parametrize(("fault", "state", "message"), [
    (OutputError("the disk is full"), "failed", "the disk is full"),
    (EmptyMunicipalityError("nothing here"), "empty", "nothing here"),
    (MemoryError(), "failed", "it needs more memory than there is; run it alone"),
    (RuntimeError("std::bad_alloc"), "failed", "it needs more memory than there is; run it alone"),
    (KeyError("x"), "failed", "unexpected KeyError: 'x'; please report this"),
])  # fmt: skip
def test_whatever_goes_wrong_is_in_the_entry(
    study: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    state: str,
    message: str,
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr("flexruimte.batch.job.judge", fail)
    entry = computed(study, "A", tmp_path)
    assert entry.state == state
    assert str(entry.error).startswith(message)
    # A traceback is for what is a fault of flexruimte, and for nothing else.
    assert (entry.traceback is not None) == isinstance(fault, KeyError)
    assert not any((tmp_path / "A" / name).exists() for name in FILES)


def test_an_interrupt_is_no_fault(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flexruimte.batch.job.judge", stop)
    with pytest.raises(KeyboardInterrupt):
        computed(study, "A", tmp_path)
