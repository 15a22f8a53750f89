"""Many municipalities: progress, results on disk, and resuming where a run stopped.

What is finished stays finished: a municipality is computed again only when the study, the ruleset,
an input or the software has changed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

import shapely

from flexruimte.assessment.pipeline import Question
from flexruimte.batch.executors import Listener, executor_for
from flexruimte.batch.log import Log, refuse_another_study
from flexruimte.batch.map import write_map
from flexruimte.batch.municipality_run import MunicipalityRun, State
from flexruimte.batch.report import redraw_boundaries, refresh_reports
from flexruimte.batch.run_log import RunLog
from flexruimte.errors import StudyError
from flexruimte.evidence.identifiers import UnmetIds
from flexruimte.evidence.parcels import load_parcels
from flexruimte.results.municipality_table import FunnelOf, write_municipality_table
from flexruimte.results.outputs import (
    FILES_FOR_RANKING,
    FUNNEL,
    MUNICIPALITIES,
    RANKED,
    RANKING,
    RANKING_SHEET,
    SUMMARY,
)
from flexruimte.results.ranking_sheet import write_ranking_sheet
from flexruimte.results.ranking_table import write_ranking_table
from flexruimte.results.store import store_of
from flexruimte.study import Study
from flexruimte.study.checks import CheckReport, check
from flexruimte.views.web import DATA, MAP, MAP_FOLLOW_UPS, MAP_PAGE

__all__ = ["BatchReport", "Event", "run"]

_TABLES = (RANKING, RANKING_SHEET, MUNICIPALITIES)


EventKind: TypeAlias = Literal["step", "done", "empty", "failed", "unchanged", "warning"]


@dataclass(frozen=True)
class Event:
    """Something that happened in a run.

    A warning is about the inputs of all municipalities: its code and name are empty.
    """

    code: str
    name: str
    position: int
    """Of the municipality in the run, from 0."""
    total: int
    kind: EventKind
    text: str = ""
    """The step that starts, what went wrong, or what to beware of."""
    finished: int = 0
    """Municipalities of the run that are done, empty, failed or unchanged by now."""
    seconds_left: float | None = None
    """What is left of the run at the pace so far, by area; None before the first is done. [s]"""


Report: TypeAlias = Callable[[Event], None]


@dataclass(frozen=True)
class BatchReport:
    """How a run ended."""

    out: str | Path
    """As it was given."""
    municipalities: list[MunicipalityRun]
    """Of this run, in the order of the run."""
    computed: list[str]
    """Codes of those that were computed; the others were finished already."""
    locations: int
    """Rows in ranking.csv."""
    unmet_ids: dict[str, UnmetIds] = field(default_factory=dict)
    """Ids in tables, and in decisions, that meet no parcel of the study, by layer."""

    @property
    def failed(self) -> list[MunicipalityRun]:
        """The municipalities that failed."""
        return [entry for entry in self.municipalities if entry.state == "failed"]

    @property
    def exit_status(self) -> int:
        """0 when all are done, 1 when some failed."""
        return 1 if self.failed else 0


def run(
    study: Study | Question,
    codes: Sequence[str] | None,
    out: str | Path,
    *,
    fresh: bool = False,
    workers: int = 1,
    dask: str | None = None,
    progress: Report = lambda _event: None,
) -> BatchReport:
    """Rank municipalities and write their results, the largest first.

    A municipality that fails does not stop the others; what went wrong is in run.json. ranking.csv
    and municipalities.csv hold all municipalities in the folder that are done for this very study,
    those of earlier runs too; the second names those that are not done. run.log tells what happened
    when, and so does Python's logging, under ``flexruimte.batch``: warnings and failures by their
    levels, steps with their times as INFO.

    Parameters
    ----------
    study
        What is asked.
    codes
        Codes or names of municipalities; None is those that the study file asks for, and all where
        it names none.
    out
        Folder for the results, which is made when it is not there; or ``s3://bucket/prefix``, with
        the usual AWS_* variables.
    fresh
        Whether to compute again what is finished and unchanged.
    workers
        Processes that compute at once; results do not depend on it. With 1 all happens in this
        process.
    dask
        Address of a Dask scheduler whose workers compute, and write the results to `out`, which
        they must reach; None computes here.
    progress
        Told what happens.

    Raises
    ------
    StudyError, EmptyMunicipalityError
        When a municipality does not exist, one asked for by name has no parcels, or a source cannot
        be used; nothing is computed or written then.
    OutputError
        When `out` cannot be written to, another run does, or it holds what another study found.
    """
    if workers < 1:
        raise StudyError(f"workers is {workers}; give 1 or more")
    question = study.question if isinstance(study, Study) else study
    if isinstance(study, Study):
        codes = codes or study.gemeenten
    wanted = _codes(question, codes)
    store = store_of(out)
    if not fresh:
        refuse_another_study(store, question)
    log, run_log = Log(store, question, wanted if codes else None), RunLog(store)
    pending = _pending(log, wanted, fresh=fresh, named=bool(codes))
    unmet = log.unmet_ids
    if pending:
        if not store.is_folder:
            store.check()  # a bucket that is not there is told before the sources are looked at
        checked = log.is_checked and not fresh
        named = wanted if codes else None
        report = _refuse_bad_input(question, named, pending, unmet if checked else None)
        unmet = report.unmet_ids
        for warning in report.warnings:
            run_log.note(logging.WARNING, warning)
            progress(Event("", "", 0, len(wanted), "warning", warning))
    question = replace(question, unmet_ids=unmet)
    with store.locked(), run_log.during(_said_of(question, wanted, pending, workers, dask)):
        log.read()  # again: another run may have ended in between
        if pending:
            log.note_checked(unmet or {})
        _tidy(log)
        pending = _pending(log, wanted, fresh=fresh, named=bool(codes))
        try:
            computing = _Run(question, log, run_log, wanted, pending, progress)
            computing.compute(workers, dask, fresh=fresh)
        # When run.json itself cannot be written, workers are ended in the middle of a file.
        finally:
            _tidy(log)
        unchanged = {code: log.entries[code] for code in pending if log.entries[code].unchanged}
        redraw_boundaries(
            store, question.municipalities, {code: each.folder for code, each in unchanged.items()}
        )
        if not (log.is_ranked and all(map(store.has, _TABLES))):
            with store.writing() as folder:
                locations = write_ranking_table(_folders(log), folder / RANKING)
                write_ranking_sheet(folder / RANKING, folder / RANKING_SHEET)
                write_municipality_table(_funnels(log), folder / MUNICIPALITIES)
            write_map(store, question, _folder_names(log), new_ranking=True)
            refresh_reports(store, _standing(log, pending))
            log.note_ranking(locations)
        elif pending or not store.has(MAP_PAGE):
            write_map(
                store, question, _folder_names(log), new_ranking=not store.has(MAP_FOLLOW_UPS)
            )
    computed = [code for code in pending if code not in unchanged]
    return BatchReport(
        out,
        [log.entries[code] for code in wanted],
        computed,
        int((log.ranking or {})["locations"]),
        unmet or {},
    )


def _said_of(
    question: Question, wanted: list[str], pending: list[str], workers: int, dask: str | None
) -> str:
    """Return what run.log says of a run at its beginning."""
    where = f"Dask at {dask}" if dask else f"{workers} worker{'s' if workers > 1 else ''}"
    return (
        f"study '{question.name}' ({question.file or 'in memory'}), ruleset "
        f"{question.ruleset.name} {question.ruleset.version}, as of {question.as_of}; "
        f"{len(wanted)} municipalities, of which {len(pending)} to compute; {where}"
    )


def _tidy(log: Log) -> None:
    """Remove what was left half-written.

    No job does so: it might be beside a worker that was thought lost and still writes the same.
    """
    for folder in ("", MAP, DATA, *(entry.folder for entry in log.entries.values())):
        log.store.tidy(folder)


def _folder_names(log: Log) -> dict[str, str]:
    """Return the names of the folders of what is done, by the code of the municipality."""
    return {entry.code: entry.folder for entry in log.done}


def _standing(log: Log, pending: list[str]) -> dict[str, str]:
    """Return the folders of what is done and was not computed in this run, by code."""
    return {
        entry.code: entry.folder
        for entry in log.done
        if entry.unchanged or entry.code not in pending
    }


def _folders(log: Log) -> Iterator[Path]:
    """Yield folders to read the results of what is done from, one at a time."""
    for entry in log.done:
        there = log.store.has(f"{entry.folder}/{RANKED}")
        with log.store.reading((RANKED,) if there else FILES_FOR_RANKING, entry.folder) as folder:
            yield folder


def _funnels(log: Log) -> Iterator[FunnelOf]:
    """Yield every municipality in the folder with its results, if they count, one at a time."""
    for code, entry in sorted(log.entries.items()):
        if not log.is_finished(code):
            yield FunnelOf(code, entry.name, entry.state, None)
            continue
        there = log.store.has(f"{entry.folder}/{FUNNEL}")
        with log.store.reading((FUNNEL if there else SUMMARY,), entry.folder) as folder:
            yield FunnelOf(code, entry.name, entry.state, folder)


def _pending(log: Log, wanted: list[str], *, fresh: bool, named: bool) -> list[str]:
    """Return the municipalities that have to be computed."""
    return [
        code
        for code in wanted
        if fresh or not (log.is_finished(code) or (not named and log.is_empty(code)))
    ]


class _Run(Listener):
    """Computes what is pending and tells of it."""

    def __init__(
        self,
        question: Question,
        log: Log,
        run_log: RunLog,
        wanted: list[str],
        pending: list[str],
        progress: Report,
    ) -> None:
        self._question, self._log, self._run_log = question, log, run_log
        self._wanted, self._pending, self._progress = wanted, pending, progress
        self._finished = len(wanted) - len(pending)
        self._started = time.monotonic()
        known = question.municipalities
        # Before anything is read of them, area is what is known of the work.
        self._work = {
            code: float(shapely.area(known.geometries[known.position(code)])) for code in pending
        }
        self._done = 0.0

    def compute(self, workers: int, dask: str | None, *, fresh: bool) -> None:
        for code in self._wanted:
            if code not in self._pending:
                self._tell(code, "unchanged")
        order = sorted(self._pending, key=lambda code: (-self._work[code], code))
        jobs = [self._log.job(code, self._name(code), fresh=fresh) for code in order]
        if not jobs:
            return
        # Processes are started for several municipalities; for one this process is enough.
        workers = min(workers, len(jobs))
        with executor_for(self._question, self._log.store, workers, dask) as executor:
            executor.compute(jobs, self)

    def _name(self, code: str) -> str:
        return self._question.municipalities.names[self._question.municipalities.position(code)]

    def started(self, entry: MunicipalityRun) -> None:
        self._log.start(entry)
        self._run_log.note(logging.INFO, f"{self._called(entry)}: begins")

    def stepped(self, entry: MunicipalityRun, step: str) -> None:
        self._tell(entry.code, "step", step)

    def finished(self, entry: MunicipalityRun) -> None:
        self._log.finish(entry)
        self._run_log.note_end(entry, self._called(entry))
        self._finished += 1
        self._done += self._work[entry.code]
        kinds: dict[State, Literal["done", "empty", "failed"]] = {
            "empty": "empty",
            "failed": "failed",
        }
        self._tell(
            entry.code,
            "unchanged" if entry.unchanged else kinds.get(entry.state, "done"),
            entry.error or "",
        )

    def _called(self, entry: MunicipalityRun) -> str:
        return entry.name if entry.name == entry.code else f"{entry.name} ({entry.code})"

    def _tell(self, code: str, kind: EventKind, text: str = "") -> None:
        left = None
        if self._done:
            left = (time.monotonic() - self._started) * max(
                sum(self._work.values()) / self._done - 1, 0.0
            )
        event = Event(
            code, self._name(code), self._wanted.index(code), len(self._wanted), kind, text
        )
        self._progress(replace(event, finished=self._finished, seconds_left=left))


def _codes(question: Question, codes: Sequence[str] | None) -> list[str]:
    """Return the codes of the municipalities asked for, each once, in the order of the codes."""
    known = question.municipalities
    if codes is None or not len(codes):
        return list(known.codes)
    return [known.codes[position] for position in sorted({known.position(code) for code in codes})]


def _refuse_bad_input(
    question: Question,
    named: list[str] | None,
    pending: list[str],
    unmet: dict[str, UnmetIds] | None,
) -> CheckReport:
    """Refuse sources, and municipalities asked for by name, that cannot be used.

    Before anything is computed or written. Returns what to warn of, and which ids meet no parcel;
    sources of which an earlier run found that are not looked at again. Where municipalities are
    asked for by name, sources are looked at there, and nowhere else.
    """
    report = CheckReport(unmet_ids=unmet) if unmet is not None else check(question, named)
    problems = report.problems
    if problems:
        more = (
            f" (and {len(problems) - 1} more; flexruimte check lists them)"
            if len(problems) > 1
            else ""
        )
        raise StudyError(f"{problems[0]}{more}")
    for code in pending if named is not None else []:
        load_parcels(question.parcels, question.municipalities, code)
    return report
