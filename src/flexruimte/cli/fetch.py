"""The command that fetches the open data of a study: fetch."""

from __future__ import annotations

import datetime as dt
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from flexruimte.cli import INTERRUPTED
from flexruimte.cli.arguments import GemeenteOption, StudyArgument
from flexruimte.cli.data import CatalogueOption
from flexruimte.cli.next_steps import tell_next
from flexruimte.cli.terminal import print_files, print_line, stderr, stdout
from flexruimte.errors import enumerate_some, printable
from flexruimte.study.wanted_data import MUNICIPALITIES, PARCELS

if TYPE_CHECKING:
    from flexruimte.batch.fetch import FetchEntry, FetchEvent, FetchReport

__all__ = ["fetch"]


def fetch(
    study: StudyArgument,
    gemeente: GemeenteOption = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="DIR", help="Folder for the files; that of the study if not given."
        ),
    ] = None,
    catalogue: CatalogueOption = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder for files that are fetched as a whole, for the next study; one of your "
            "account if not given.",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Fetch again what is there already.")
    ] = False,
) -> None:
    """Fetch the open data that a study names, around its municipalities.

    What is there already is not fetched again; a fetch that was ended goes on where it was.
    """
    # What speaks to services is not loaded for other commands: it takes time.
    from flexruimte.batch.fetch import fetch as fetch_study

    signal.signal(signal.SIGTERM, _interrupted)
    tasks: dict[str, TaskID] = {}
    try:
        with _progress_bars() as bars:
            report = fetch_study(
                study,
                gemeente,
                target=to,
                catalogues=catalogue or (),
                cache=cache,
                fresh=fresh,
                progress=lambda event: _show(event, bars, tasks),
            )
    except KeyboardInterrupt:
        print_line("flexruimte: interrupted; give the same command again to go on", console=stderr)
        raise typer.Exit(INTERRUPTED) from None
    _print_report(report, study)
    raise typer.Exit(report.exit_status)


def _interrupted(_signal: int, _frame: object) -> None:
    """Take a request to end as Ctrl-C."""
    raise KeyboardInterrupt


def _progress_bars() -> Progress:
    """Return a bar for each file that is being fetched, which show in a terminal only."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        TimeElapsedColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    )


def _show(event: FetchEvent, bars: Progress, tasks: dict[str, TaskID]) -> None:
    """Show what happens: as bars in a terminal, as lines in a log."""
    name = printable(event.table)
    if event.kind == "progress":
        if event.table not in tasks:
            tasks[event.table] = bars.add_task(name, total=1.0, said="")
        left = event.seconds_left
        estimate = "" if left is None else f", {dt.timedelta(seconds=round(left))} left"
        bars.update(
            tasks[event.table], completed=event.part, said=f"{printable(event.text)}{estimate}"
        )
        return
    if event.kind == "note":
        print_line(f"{event.table}: {event.text}", "yellow", bars.console)
        return
    if event.table in tasks:
        bars.remove_task(tasks.pop(event.table))
    if event.kind == "missing":
        print_line(f"[{event.done}/{event.total}] {event.table}: missing", "red", bars.console)
    elif not bars.console.is_terminal or event.kind == "fetched":
        said = f", {event.text}" if event.text else ""
        line = f"[{event.done}/{event.total}] {event.table}: {event.kind}{said}"
        print_line(line, console=bars.console)


def _print_report(report: FetchReport, study: Path) -> None:
    """Print how much is there, what is missing, and what that means."""
    counted = {
        state: sum(entry.state == state for entry in report.entries)
        for state in ("fetched", "unchanged", "missing")
    }
    said = ", ".join(f"{count} {state}" for state, count in counted.items() if count)
    there = [str(entry.target) for entry in report.entries if entry.state != "missing"]
    print_files(f"{', '.join(report.municipalities)}: {said}", *there)
    if report.missing:
        _print_missing(report)
    tell_next("en", ("next-check", ["check", study]))


def _print_missing(report: FetchReport) -> None:
    """Print what could not be had, why, and what to do about it."""
    stdout.print(_table_of(report.missing))
    tables_by_reason: dict[str, list[str]] = {}
    for entry in report.missing:
        reason = entry.error.removeprefix(f"{entry.dataset}: ")
        tables_by_reason.setdefault(reason, []).append(entry.table)
    for reason, tables in tables_by_reason.items():
        print_line(f"{enumerate_some(tables)}: {reason}", "red", always=True)
    missing = [entry.table for entry in report.missing]
    needed = [name for name in missing if name in (MUNICIPALITIES, PARCELS)]
    if needed:
        print_line(f"without {' and '.join(needed)} there is nothing to rank")
    else:
        print_line(
            "Without these layers their rules are left out or unknown. To rank without them "
            "knowingly, take their tables out of the study and put under [study]:"
        )
        print_line(f"not_assessed = {json.dumps(missing)}", as_it_is=True)


def _table_of(missing: list[FetchEntry]) -> Table:
    """Return a row per file that is missing: what the ranking will not know without it."""
    table = Table(caption="missing, and what the ranking will therefore not know")
    for heading in ("missing", "rules and criteria without an answer"):
        table.add_column(heading, overflow="fold")
    for entry in missing:
        unknown = enumerate_some(entry.unanswered, 6) if entry.unanswered else "-"
        table.add_row(Text(printable(entry.table)), Text(printable(unknown)))
    return table
