"""Commands that rank municipalities and write their results: demo and run."""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from flexruimte import batch
from flexruimte.assessment.pipeline import Question
from flexruimte.batch import BatchReport, Event
from flexruimte.cli import INTERRUPTED
from flexruimte.cli.arguments import GemeenteOption, OutOption, StudyArgument
from flexruimte.cli.funnel_report import funnel_tables
from flexruimte.cli.next_steps import Step, first_locations, tell_next, view_step
from flexruimte.cli.run_report import called, doubts, left_out_line, table_of
from flexruimte.cli.terminal import counted, print_files, print_line, stderr, stdout, working
from flexruimte.cli.titles import Titles
from flexruimte.cli.verbosity import Verbosity, verbosity
from flexruimte.evidence.judged_rows import WHOLE_SOURCE
from flexruimte.results.municipality_table import read_municipality_table
from flexruimte.results.outputs import (
    MUNICIPALITIES,
    RANKING,
    RANKING_SHEET,
    REPORT,
    RUN_LOG,
)
from flexruimte.results.store import store_of
from flexruimte.study import Study
from flexruimte.study.sample import sample_study_path
from flexruimte.views.web import MAP_PAGE
from flexruimte.wording.messages import Language as Written
from flexruimte.wording.messages import message

__all__ = ["demo", "run"]

FreshOption: TypeAlias = Annotated[
    bool, typer.Option("--fresh", help="Compute again what is finished and unchanged too.")
]
_MACHINE: Final = "How it is computed"
_DEMO_WORKERS: Final = 3
"""As many as the sample has municipalities."""


def demo(
    out: OutOption = "flexruimte-demo",
    fresh: FreshOption = False,
) -> None:
    """Rank the sample study of three fictional municipalities, end to end."""
    _run(sample_study_path(), [], out, fresh, workers=min(os.cpu_count() or 1, _DEMO_WORKERS))


def run(
    study: StudyArgument,
    gemeente: GemeenteOption = None,
    out: OutOption = "out",
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="N",
            help="Municipalities that are computed at once, each in a process of its own.",
            rich_help_panel=_MACHINE,
        ),
    ] = 1,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Scheduler of a Dask cluster that reaches the data and --out, as tcp://host:8786.",
            rich_help_panel=_MACHINE,
        ),
    ] = None,
    block: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Most parcels at once; fewer take less memory and give the same results.",
            rich_help_panel=_MACHINE,
        ),
    ] = None,
    fresh: FreshOption = False,
) -> None:
    """Rank municipalities and write their results.

    What is finished and unchanged is not computed again: a run that was stopped goes on with the
    same command. Exit status 0 when all are done, 1 when some failed, 2 when the study cannot be
    used, 130 when interrupted.
    """
    _run(study, gemeente or [], out, fresh, workers, dask, block)


def _run(
    study: Path,
    codes: list[str],
    out: str,
    fresh: bool,
    workers: int = 1,
    dask: str | None = None,
    block: int | None = None,
) -> None:
    signal.signal(signal.SIGTERM, _interrupted)
    if dask is not None:
        # What happens to the cluster is told in one line; Dask would log its own tracebacks too.
        for name in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    with working(f"reading {study}"):
        asked = Study.load(study)
    question, codes = asked.question, codes or asked.gemeenten
    if block is not None:
        question = replace(question, block=block)
    try:
        with _progress_bar() as bar:
            task = bar.add_task("", total=None)
            report = batch.run(
                question,
                codes,
                out,
                fresh=fresh,
                workers=workers,
                dask=dask,
                progress=lambda event: _show(event, bar, task),
            )
    except KeyboardInterrupt:
        print_line("flexruimte: interrupted; give the same command again to go on", console=stderr)
        raise typer.Exit(INTERRUPTED) from None
    _print_report(report, question)
    _tell_next(report, study, question.language)
    raise typer.Exit(report.exit_status)


def _interrupted(_signal: int, _frame: object) -> None:
    """Take a request to end as Ctrl-C."""
    raise KeyboardInterrupt


def _progress_bar() -> Progress:
    """Return a bar that shows in a terminal only, and is wiped out when the run ends."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    )


def _show(event: Event, bar: Progress, task: TaskID) -> None:
    """Show what happens: as a bar in a terminal, as lines in a log."""
    if event.kind in ("warning", "failed"):  # which is logged
        return
    line = f"{called(event)}: {event.text or event.kind}"
    left = (
        ""
        if event.seconds_left is None
        else f", {dt.timedelta(seconds=round(event.seconds_left))} left"
    )
    bar.update(task, total=event.total, completed=event.finished, description=line + left)
    told_by_log = event.kind == "done" and verbosity() <= Verbosity.VERBOSE
    if event.kind in ("step", "done") and not (bar.console.is_terminal or told_by_log):
        print_line(line, console=bar.console)


def _print_report(report: BatchReport, question: Question) -> None:
    """Print what to beware of, what became of each municipality, and where the ranking is."""
    titles, language = Titles.of(question), question.language
    for line in filter(None, [left_out_line(question), *doubts(report, titles)]):
        print_line(line, "yellow")
    stdout.print(table_of(report, titles))
    _print_funnel(report, titles)
    for entry in report.failed:
        said = {"municipality": called(entry), "error": entry.error or ""}
        print_line(message("run-failure", language, **said), "red")
    for what, count in sorted(_told(report).items()):
        print_line(f"warning: {what}: {count}", "yellow", stderr)
    empty = sum(entry.state == "empty" for entry in report.municipalities)
    unscored = sum(entry.without_score for entry in report.municipalities)
    for message_id, count in (("run-empty", empty), ("run-without-score", unscored)):
        if count:
            print_line(counted(message_id, count, language))
    for name, unmet in report.unmet_ids.items():
        print_line(f"warning: {name}: {unmet}", "yellow", stderr)
    store = store_of(report.out)
    files = {"table": store.named(RANKING), "sheet": store.named(RANKING_SHEET)}
    print_files(counted("run-ranking", report.locations, language, **files), *files.values())
    for message_id, name in (
        ("run-hectares", MUNICIPALITIES),
        ("run-map", MAP_PAGE),
        ("run-log", RUN_LOG),
    ):
        if store.has(name):
            path = store.named(name)
            print_files(message(message_id, language, file=path), path)
    reports = [f"{each.folder}/{REPORT}" for each in report.municipalities if each.state == "done"]
    there = [store.named(name) for name in reports if store.has(name)]
    if there:
        said = {"file": there[0], "more": f"{len(there) - 1}"}
        print_files(counted("run-reports", len(there), language, **said), *there)


def _tell_next(report: BatchReport, study: Path, language: Written) -> None:
    """Print what can be done now: again what failed, and a look at what is there."""
    out = str(report.out)
    again: list[Step] = [("next-again", ["run", study, "--out", out])] if report.failed else []
    if not report.locations:
        tell_next(language, *again, ("next-check", ["check", study]))
        return
    tell_next(
        language,
        *again,
        *view_step(out),
        *(("next-explain", ["explain", out, each]) for each in first_locations(out, 1)),
        ("next-whatif", ["whatif", out]),
        ("next-targets", ["targets", out]),
        ("next-relocate", ["relocate", out]),
    )


def _told(report: BatchReport) -> dict[str, int]:
    """Return what could not be judged in all municipalities, by layer and what is wrong."""
    told: dict[str, int] = {}
    for entry in report.municipalities:
        for what, count in entry.told.items():
            known = told.get(what, 0)
            told[what] = max(known, count) if WHOLE_SOURCE in what else known + count
    return told


def _print_funnel(report: BatchReport, titles: Titles) -> None:
    """Print the hectares of the municipalities of the run, as municipalities.csv has them."""
    store = store_of(report.out)
    if not store.has(MUNICIPALITIES):
        return
    with store.reading((MUNICIPALITIES,)) as folder:
        rows = read_municipality_table(folder / MUNICIPALITIES)
    for table in funnel_tables(report, rows, titles):
        stdout.print()
        stdout.print(table)
