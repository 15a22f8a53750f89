"""Commands that work out what follows from the results of a run: relocate, targets and costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import pandas as pd
import typer

from flexruimte.analyses.costs import write_costs
from flexruimte.analyses.costs.assessment import COUNTED_YEARS
from flexruimte.analyses.targets import TargetComparison, compare_with_targets
from flexruimte.batch.map import refresh_map
from flexruimte.cli.arguments import AllOption, Language, LanguageOption, ResultsArgument
from flexruimte.cli.next_steps import tell_next, view_step
from flexruimte.cli.run_report import some_of
from flexruimte.cli.terminal import counted, language_of, print_files, print_line, stdout, working
from flexruimte.errors import printable
from flexruimte.results.outputs import (
    COST_FIGURES,
    COSTS,
    RELOCATION_FOLDER,
    RELOCATION_GEOJSON,
    TARGETS,
)
from flexruimte.results.store import store_of
from flexruimte.vocabulary import TERM_YEARS
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language as Written
from flexruimte.wording.messages import message
from flexruimte.wording.plain_table import PlainTable
from flexruimte.wording.quantities import number_text, quantity_text

__all__ = ["costs", "relocate", "targets"]

_TARGET_HEADINGS: Final = (
    "targets-target",
    "targets-place",
    "targets-outcome",
    "targets-homes",
    "targets-secured",
    "targets-short",
)

_MOST_NAMED: Final = 5


def relocate(
    out: ResultsArgument,
    regions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="CSV with gemeente_code, region, province: what is near."
        ),
    ] = None,
    placements: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="CSV with parcel_id, year, homes: who stands there first."
        ),
    ] = None,
    homes: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Homes placed first, by rank; half of the open places if not given.",
        ),
    ] = None,
    years: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100,
            metavar="YEARS",
            help="Length of the plan, in years; 30 if not given.",
        ),
    ] = None,
    moves: Annotated[
        int | None,
        typer.Option(min=0, max=10, metavar="N", help="Most moves of a home; 2 if not given."),
    ] = None,
    farthest_km: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=10_000,
            metavar="KM",
            help="No move goes farther, in kilometres; no limit if not given.",
        ),
    ] = None,
    language: LanguageOption = None,
    until_term_ends: Annotated[
        bool, typer.Option("--until-term-ends", help="Homes stay as long as the site is free.")
    ] = False,
    reuse_sites: Annotated[
        bool,
        typer.Option("--reuse-sites", help="Others may come where the first homes had to leave."),
    ] = False,
    of_all: AllOption = False,
) -> None:
    """Plan where the homes of a run go when their term ends."""
    choices = {
        "horizon_years": years,
        "moves": moves,
        "farthest_km": farthest_km,
        "until_term_ends": until_term_ends,
    }
    _relocate(out, regions, placements, homes, choices, reuse_sites, of_all, language)


def _relocate(
    out: str,
    regions: Path | None,
    placements: Path | None,
    homes: int | None,
    choices: dict[str, int | float | bool | None],
    reuse_sites: bool,
    of_all: bool,
    language: Language | None,
) -> None:
    # Scipy's optimisation loads with it: a quarter of a second, for those who plan moves only.
    from flexruimte.analyses.relocation.run import relocate as relocate_run

    with working("reading the run") as progress:
        plan = relocate_run(
            out,
            regions=regions,
            placements=placements,
            homes=homes,
            choices=choices,
            reuse_sites=reuse_sites,
            of_all=of_all,
            progress=progress,
        )
    said_in = language or language_of(out)
    refresh_map(out, said_in)
    for line in plan.describe(said_in):
        print_line(line)
    folder, geojson = map(store_of(out).named, (RELOCATION_FOLDER, RELOCATION_GEOJSON))
    said = message("relocation-written", said_in, folder=folder, geojson=geojson)
    print_files(said, folder, geojson)
    tell_next(
        said_in,
        *view_step(out),
        ("next-report", ["report", out]),
        ("next-costs", ["costs", out]),
    )


def targets(
    out: ResultsArgument,
    name: Annotated[
        str,
        typer.Argument(
            metavar="TARGETS", help="Built-in targets, or the path of a TOML file with yours."
        ),
    ] = "targets-minister-2021",
    of_all: AllOption = False,
) -> None:
    """Hold a run against targets: what is covered, what is short, and which locations fill it."""
    with working(f"holding {out} against {name}"):
        found = compare_with_targets(out, name, of_all=of_all)
        language = language_of(out)
        refresh_map(out, language)
    stdout.print(_targets_table(found, language))
    for line in _held_against(found, language):
        print_line(line)
    written = store_of(out).named(TARGETS)
    print_files(message("more-in", language, names=written), written)
    tell_next(language, *view_step(out), ("next-relocate", ["relocate", out]))


def _held_against(found: TargetComparison, language: Written) -> Iterator[str]:
    """Yield of how many municipalities a target is held against, where these are not all."""
    for row in found.targets.to_dict("records"):
        if row["target"] not in found.held_against:
            continue
        unknown, every = row["target"] in found.unknown, row["municipalities"]
        said = {
            "target": printable(row["title"]),
            "number": number_text(row["municipalities_assessed"], 0, language),
            "all": "?" if pd.isna(every) else number_text(every, 0, language),
        }
        names = [printable(name) for name in row["not_assessed"].split(";") if name]
        message_id = "targets-unknown" if unknown else "targets-held-against"
        line = message(message_id, language, **said)
        without = some_of(names, language, _MOST_NAMED)
        yield f"{line} {message('targets-without', language, names=without)}" if names else line


def _targets_table(found: TargetComparison, language: Written) -> PlainTable:
    """Return a row per target: what is asked, how it stands, and what is short."""
    homes = ("homes", "secured_homes", "short_homes")
    rows = []
    for row in found.targets.to_dict("records"):
        asked, secured, short = (
            "" if pd.isna(row[name]) else number_text(row[name], 0, language) for name in homes
        )
        outcome = label("outcome", row["status"], language)
        target, place = (printable(row[name]) for name in ("title", "place_title"))
        rows.append([target, place, outcome, asked, secured, short])
    headings = [message(heading, language) for heading in _TARGET_HEADINGS]
    return PlainTable(headings, rows, texts=3)


def costs(
    out: ResultsArgument,
    figures: Annotated[
        str,
        typer.Argument(
            metavar="FIGURES", help="Built-in figures, or the path of a TOML file with yours."
        ),
    ] = "costs-nl",
    rent: Annotated[
        float | None,
        typer.Option(min=0, max=100_000, metavar="EUR", help="Rent, in EUR per home per month."),
    ] = None,
    running_cost: Annotated[
        float | None,
        typer.Option(
            min=0, max=1_000_000, metavar="EUR", help="Running costs, in EUR per home per year."
        ),
    ] = None,
    second_term: Annotated[
        float | None,
        typer.Option(min=0, max=100, metavar="YEARS", help="Years at the next location."),
    ] = None,
    sale_share: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="SHARE",
            help="What homes bring in afterwards, as a share of the investment.",
        ),
    ] = None,
    of_all: AllOption = False,
) -> None:
    """Work out what homes on each location cost and bring in.

    Figures with their sources, no business case. What rests on an amount that is not given stays
    unknown.
    """
    given = {
        "rent_per_home_month_eur": rent,
        "running_cost_per_home_year_eur": running_cost,
        "second_term_years": second_term,
        "sale_share": sale_share,
    }
    with working(f"working out the costs of {out}"):
        table = write_costs(out, figures, given, of_all=of_all)
    written, used = map(store_of(out).named, (COSTS, COST_FIGURES))
    said = {"written": written, "used": used}
    language = language_of(out)
    print_files(counted("costs-written", len(table), language, **said), written, used)
    open_ended = table[table[TERM_YEARS] != table[COUNTED_YEARS]].dropna(subset=[COUNTED_YEARS])
    if len(open_ended):
        years = quantity_text(float(open_ended[COUNTED_YEARS].iloc[0]), "year", language)
        print_line(counted("costs-no-end", len(open_ended), language, years=years))
    tell_next(language, ("next-relocate", ["relocate", out]), *view_step(out))
