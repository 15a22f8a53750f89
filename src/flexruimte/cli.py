"""The command line: reads arguments, shows progress and results, and sets the exit status.

It computes nothing itself.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
from contextlib import nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from flexruimte import batch
from flexruimte.analyses.follow_up import compare_with_targets, write_costs
from flexruimte.batch import BatchReport, Event, MunicipalityRun
from flexruimte.errors import FlexruimteError
from flexruimte.results.layouts import write_layouts
from flexruimte.results.outputs import (
    COST_FIGURES,
    COSTS,
    FINDINGS,
    LOCATIONS_GPKG,
    PARCELS,
    RANKING,
    RELOCATION_FOLDER,
    RELOCATION_GEOJSON,
    SUMMARY,
    TARGETS,
)
from flexruimte.results.read import read_parcel
from flexruimte.results.store import place_of
from flexruimte.results.summary_model import Summary
from flexruimte.results.versions import software_versions
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.study_file import StudyFile
from flexruimte.study import Study
from flexruimte.study.checks import check as check_sources
from flexruimte.study.sample import sample_study_path
from flexruimte.views.explanation import explain as explain_parcel
from flexruimte.views.rule_table import markdown_of_rules, rule_rows

__all__ = ["app", "main"]

BAD_INPUT = 2
INTERRUPTED = 130
_DEMO_WORKERS = 3
"""As many as the sample has municipalities."""

app = typer.Typer(
    name="flexruimte",
    help="Rank parcels of Dutch municipalities for relocatable homes that stay about fifteen years.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_stdout, _stderr = Console(), Console(stderr=True)


class TableFormat(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"


class SchemaName(StrEnum):
    """What there is a JSON Schema of."""

    STUDY = "study"
    RULESET = "ruleset"
    SUMMARY = "summary"


class Language(StrEnum):
    """Of what is printed."""

    NL = "nl"
    EN = "en"


OutOption = Annotated[
    str, typer.Option("--out", help="Folder for the results, or s3://bucket/prefix.")
]
ResultsArgument = Annotated[
    str, typer.Argument(metavar="OUT", help="Folder, or s3://bucket/prefix, that a run wrote to.")
]
StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.")]


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Rank parcels of Dutch municipalities for relocatable homes that stay about fifteen years."""
    if version:
        _stdout.print(software_versions()["flexruimte"])
        raise typer.Exit


@app.command()
def demo(
    out: OutOption = "flexruimte-demo",
    fresh: Annotated[bool, typer.Option(help="Compute everything again.")] = False,
) -> None:
    """Run the sample study, end to end."""
    _run(sample_study_path(), [], out, fresh, workers=min(os.cpu_count() or 1, _DEMO_WORKERS))


@app.command()
def run(
    study: StudyArgument,
    gemeente: Annotated[
        list[str] | None,
        typer.Option(
            "--gemeente", metavar="CODE", help="Code or name; more than one may be given."
        ),
    ] = None,
    out: OutOption = "out",
    workers: Annotated[
        int,
        typer.Option(
            min=1, help="Municipalities that are computed at once, each in a process of its own."
        ),
    ] = 1,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Scheduler of a Dask cluster that reaches the data and --out."
        ),
    ] = None,
    block: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Most parcels at once; fewer take less memory and give the same results.",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Compute again what is finished and unchanged.")
    ] = False,
) -> None:
    """Rank municipalities and write their results; what is finished and unchanged is not computed again."""
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
    loaded = Study.load(study).question
    loaded = loaded if block is None else replace(loaded, block=block)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    try:
        with Progress(
            *columns, console=_stderr, transient=True, disable=not _stderr.is_terminal
        ) as bar:
            task = bar.add_task("", total=None)
            report = batch.run(
                loaded,
                codes,
                out,
                fresh=fresh,
                workers=workers,
                dask=dask,
                progress=lambda event: _show(event, bar, task),
            )
    except KeyboardInterrupt:
        _stderr.print(
            "flexruimte: interrupted; give the same command again to go on", soft_wrap=True
        )
        raise typer.Exit(INTERRUPTED) from None
    _stdout.print(_table_of(report))
    for entry in report.failed:
        _stdout.print(Text(f"{_called(entry)} failed: {entry.error}", style="red"), soft_wrap=True)
    empty = sum(entry.state == "empty" for entry in report.municipalities)
    if empty:
        _stdout.print(f"{empty} municipalities have no parcels in this study")
    _stdout.print(
        Text(f"{report.locations} ranked locations in {place_of(report.out).named(RANKING)}")
    )
    raise typer.Exit(report.exit_status)


def _interrupted(_signal: int, _frame: object) -> None:
    """Take a request to end as Ctrl-C."""
    raise KeyboardInterrupt


def _called(municipality: Event | MunicipalityRun) -> str:
    """Return the name of a municipality, with its code where that is not the name."""
    name, code = municipality.name, municipality.code
    return name if name == code else f"{name} ({code})"


def _show(event: Event, bar: Progress, task: TaskID) -> None:
    """Show what happens: as a bar in a terminal, as lines in a log."""
    line = f"{_called(event)}: {event.text or event.kind}"
    left = (
        ""
        if event.seconds_left is None
        else f", {dt.timedelta(seconds=round(event.seconds_left))} left"
    )
    bar.update(task, total=event.total, completed=event.finished, description=line + left)
    if event.kind == "failed" or (event.kind in ("step", "done") and not bar.console.is_terminal):
        bar.console.print(Text(line, style="red" if event.kind == "failed" else ""), soft_wrap=True)


def _table_of(report: BatchReport) -> Table:
    table = Table()
    table.add_column("municipality", overflow="fold")
    for status in ("available", "attention", "unknown", "excluded", "homes"):
        table.add_column(status, justify="right")
    table.add_column("")
    for entry in report.municipalities:
        if entry.state == "empty":
            continue
        counts = [
            str(entry.counts.get(status, ""))
            for status in ("available", "attention", "unknown", "excluded")
        ]
        unchanged = "" if entry.code in report.computed else "unchanged"
        said = Text(
            "failed" if entry.state == "failed" else unchanged,
            style="red" if entry.state == "failed" else "",
        )
        table.add_row(
            Text(_called(entry)), *counts, str(entry.homes if entry.state == "done" else ""), said
        )
    return table


@app.command()
def check(study: StudyArgument) -> None:
    """Read everything, compute nothing, say what is missing or wrong."""
    report = check_sources(Study.load(study).question)
    for line in report.lines:
        _stdout.print(Text(line), soft_wrap=True)
    for warning in report.warnings:
        _stdout.print(Text(f"warning: {warning}", style="yellow"), soft_wrap=True)
    for problem in report.problems:
        _stdout.print(Text(f"problem: {problem}", style="red"), soft_wrap=True)
    if report.missing_layers:
        _stdout.print(
            "\nWithout these layers their rules are unknown for every parcel. To leave them out knowingly, put under \\[study]:\n"
        )
        _stdout.print(Text(f"not_assessed = {json.dumps(report.missing_layers)}"), soft_wrap=True)
    raise typer.Exit(BAD_INPUT if report.problems else 0)


@app.command()
def explain(
    out: ResultsArgument,
    parcel_id: Annotated[str, typer.Argument(metavar="PARCEL_ID")],
    language: Annotated[
        Language | None, typer.Option(help="nl or en; the study's when not given.")
    ] = None,
) -> None:
    """Say why a parcel is in, out or unknown: every rule with value, test, verdict and source."""
    with place_of(out).reading((PARCELS, FINDINGS, SUMMARY)) as folder:
        found = read_parcel(folder, parcel_id)
    _stdout.print(explain_parcel(found.row, found.findings, found.summary, language))


@app.command()
def rules(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A built-in ruleset, or the path of one.")
    ] = "flexwonen-nl",
    form: Annotated[
        TableFormat, typer.Option("--format", help="table or markdown.")
    ] = TableFormat.TABLE,
    language: Annotated[Language, typer.Option(help="nl or en.")] = Language.EN,
) -> None:
    """Show the rules of a ruleset, with level, value, source and basis."""
    ruleset = load_ruleset(name)
    if form == TableFormat.MARKDOWN:
        sys.stdout.write(markdown_of_rules(ruleset, language))
        return
    _stdout.print(_table_of_rules(ruleset, language))


def _table_of_rules(ruleset: Ruleset, language: Language) -> Table:
    (rule, title, condition, level, asked, basis, source), rows = rule_rows(ruleset, language)
    table = Table(
        title=f"{ruleset.name} {ruleset.version}",
        title_justify="left",
        show_lines=True,
        expand=True,
    )
    table.add_column(f"{rule}: {title}", overflow="fold", ratio=5)
    table.add_column(asked, overflow="fold", ratio=3)
    table.add_column(f"{condition}, {level}", ratio=2)
    table.add_column(f"{basis}: {source}", overflow="fold", ratio=5)
    for row in rows:
        name = Text.assemble((row[0], "bold"), "\n", row[1])
        table.add_row(
            name,
            Text(row[4]),
            Text(f"{row[2]}, {row[3]}"),
            Text(f"{row[5]}: {row[6]}", style="dim"),
        )
    return table


@app.command()
def relocate(
    out: ResultsArgument,
    regions: Annotated[
        Path | None, typer.Option(help="CSV with gemeente_code, region, province.")
    ] = None,
    placements: Annotated[
        Path | None, typer.Option(help="CSV with parcel_id, year, homes: who stands there first.")
    ] = None,
    homes: Annotated[
        int | None,
        typer.Option(
            min=0, help="Homes placed first, by rank; half of the open places when not given."
        ),
    ] = None,
    years: Annotated[
        int | None, typer.Option(help="Length of the plan; 30 when not given.")
    ] = None,
    moves: Annotated[
        int | None, typer.Option(help="Most moves of a home; 2 when not given.")
    ] = None,
    farthest_km: Annotated[float | None, typer.Option(help="No move goes farther.")] = None,
    language: Annotated[Language, typer.Option(help="nl or en.")] = Language.NL,
    until_term_ends: Annotated[
        bool, typer.Option("--until-term-ends", help="Homes stay as long as the site is free.")
    ] = False,
    reuse_sites: Annotated[
        bool,
        typer.Option("--reuse-sites", help="Others may come where the first homes had to leave."),
    ] = False,
) -> None:
    """Plan where the homes of a run go when their term ends."""
    from flexruimte.analyses.next_place import (
        relocate as relocate_run,
    )  # a quarter of a second, for those who plan moves only

    choices = {
        "horizon_years": years,
        "moves": moves,
        "farthest_km": farthest_km,
        "until_term_ends": until_term_ends,
    }
    with _stderr.status("reading the run") if _stderr.is_terminal else nullcontext() as status:
        plan = relocate_run(
            out,
            regions=regions,
            placements=placements,
            homes=homes,
            choices=choices,
            reuse_sites=reuse_sites,
            progress=lambda text: status.update(text) if status else None,
        )
    for line in plan.sentences(language):
        _stdout.print(Text(line), soft_wrap=True)
    _stdout.print(
        Text(
            f"the plan is in {place_of(out).named(RELOCATION_FOLDER)} and {place_of(out).named(RELOCATION_GEOJSON)}"
        ),
        soft_wrap=True,
    )


@app.command()
def targets(
    out: ResultsArgument,
    name: Annotated[
        str,
        typer.Argument(metavar="[TARGETS]", help="A built-in example, or the path of a TOML file."),
    ] = "targets-minister-2021",
) -> None:
    """Hold a run against targets: what is covered, what is short, and which locations fill it."""
    found = compare_with_targets(out, name)
    table = Table("target", "place", "homes", "status", "secured", "short")
    for row in found.targets.to_dict("records"):
        said = [
            row["target"],
            row["place"],
            row["homes"],
            row["status"],
            row["secured_homes"],
            row["short_homes"],
        ]
        table.add_row(*(Text("" if pd.isna(value) else str(value)) for value in said))
    _stdout.print(table)
    for target, why in found.unknown.items():
        _stdout.print(Text(f"{target} is unknown: {why}"), soft_wrap=True)
    _stdout.print(Text(f"more in {place_of(out).named(TARGETS)}"), soft_wrap=True)


@app.command()
def costs(
    out: ResultsArgument,
    figures: Annotated[
        str,
        typer.Argument(
            metavar="[FIGURES]", help="A built-in set of figures, or the path of a TOML file."
        ),
    ] = "costs-nl",
    rent: Annotated[float | None, typer.Option(help="EUR per home per month.")] = None,
    running_cost: Annotated[float | None, typer.Option(help="EUR per home per year.")] = None,
    second_term: Annotated[float | None, typer.Option(help="Years at the next location.")] = None,
    sale_share: Annotated[
        float | None, typer.Option(help="What homes bring in, of the investment.")
    ] = None,
) -> None:
    """Work out what homes on each location cost and bring in.

    Figures with their sources, no business case.
    """
    given = {
        "rent_per_home_month_eur": rent,
        "running_cost_per_home_year_eur": running_cost,
        "second_term_years": second_term,
        "sale_share": sale_share,
    }
    table = write_costs(out, figures, given)
    _stdout.print(
        Text(
            f"costs of {len(table)} locations in {place_of(out).named(COSTS)}, the figures in {place_of(out).named(COST_FIGURES)}"
        ),
        soft_wrap=True,
    )


@app.command()
def layout(out: ResultsArgument) -> None:
    """Write the layouts of all locations as GeoJSON, beside the GeoPackages that hold them."""
    place = place_of(out)
    with place.reading((PARCELS, LOCATIONS_GPKG, SUMMARY)) as folder:
        for path in write_layouts(folder):
            _stdout.print(Text(place.named(path.relative_to(folder).as_posix())), soft_wrap=True)


@app.command()
def schema(name: Annotated[SchemaName, typer.Argument(help="study, ruleset or summary")]) -> None:
    """Print the JSON Schema of a study file or ruleset, for editors, or of summary.json."""
    models: dict[SchemaName, Any] = {
        SchemaName.STUDY: StudyFile,
        SchemaName.RULESET: Ruleset,
        SchemaName.SUMMARY: Summary,
    }
    sys.stdout.write(
        json.dumps(models[name].model_json_schema(by_alias=True), ensure_ascii=False, indent=2)
        + "\n"
    )


def main() -> None:
    """Run the command line; the only place where errors become exit statuses."""
    try:
        app()
    except FlexruimteError as error:
        sys.stderr.write(f"flexruimte: error: {error}\n")
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.stderr.write("flexruimte: interrupted; run the same command again to go on\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
