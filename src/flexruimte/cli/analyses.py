"""Commands that work out what follows from the results of a run: relocate, targets and costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import pandas as pd
import typer

from flexruimte.analyses.costs import write_costs
from flexruimte.analyses.costs.assessment import COUNTED_YEARS
from flexruimte.analyses.targets import TargetComparison, compare_with_targets
from flexruimte.batch.map import refresh_map
from flexruimte.cli.run_report import some_of
from flexruimte.cli.terminal import (
    Language,
    ResultsArgument,
    counted,
    language_of,
    print_line,
    stderr,
    stdout,
)
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

AllOption: TypeAlias = Annotated[
    bool,
    typer.Option("--all", help="Count all ranked locations, not only the best class of priority."),
]


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
    language: Language,
) -> None:
    # Scipy's optimisation loads with it: a quarter of a second, for those who plan moves only.
    from flexruimte.analyses.relocation.run import relocate as relocate_run

    with stderr.status("reading the run") if stderr.is_terminal else nullcontext() as status:
        plan = relocate_run(
            out,
            regions=regions,
            placements=placements,
            homes=homes,
            choices=choices,
            reuse_sites=reuse_sites,
            of_all=of_all,
            progress=lambda text: status.update(text) if status else None,
        )
    refresh_map(out, language.value)
    for line in plan.describe(language):
        print_line(line)
    folder, geojson = map(store_of(out).named, (RELOCATION_FOLDER, RELOCATION_GEOJSON))
    print_line(message("relocation-written", language, folder=folder, geojson=geojson))


def targets(
    out: ResultsArgument,
    name: Annotated[
        str,
        typer.Argument(metavar="[TARGETS]", help="A built-in example, or the path of a TOML file."),
    ] = "targets-minister-2021",
    of_all: AllOption = False,
) -> None:
    """Hold a run against targets: what is covered, what is short, and which locations fill it."""
    found = compare_with_targets(out, name, of_all=of_all)
    language = language_of(out)
    refresh_map(out, language)
    stdout.print(_targets_table(found, language))
    for line in _held_against(found, language):
        print_line(line)
    print_line(message("more-in", language, names=store_of(out).named(TARGETS)))


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
            metavar="[FIGURES]", help="A built-in set of figures, or the path of a TOML file."
        ),
    ] = "costs-nl",
    rent: Annotated[float | None, typer.Option(help="EUR per home per month.")] = None,
    running_cost: Annotated[float | None, typer.Option(help="EUR per home per year.")] = None,
    second_term: Annotated[float | None, typer.Option(help="Years at the next location.")] = None,
    sale_share: Annotated[
        float | None, typer.Option(help="What homes bring in, of the investment.")
    ] = None,
    of_all: AllOption = False,
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
    table = write_costs(out, figures, given, of_all=of_all)
    written, used = map(store_of(out).named, (COSTS, COST_FIGURES))
    said = {"written": written, "used": used}
    language = language_of(out)
    print_line(counted("costs-written", len(table), language, **said))
    open_ended = table[table[TERM_YEARS] != table[COUNTED_YEARS]].dropna(subset=[COUNTED_YEARS])
    if len(open_ended):
        years = quantity_text(float(open_ended[COUNTED_YEARS].iloc[0]), "year", language)
        print_line(counted("costs-no-end", len(open_ended), language, years=years))
