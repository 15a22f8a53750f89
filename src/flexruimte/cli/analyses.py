"""Commands that work out what follows from the results of a run: relocate, targets and costs."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, TypeAlias

import pandas as pd
import typer
from rich.table import Table
from rich.text import Text

from flexruimte.analyses.costs import write_costs
from flexruimte.analyses.targets import compare_with_targets
from flexruimte.batch.map import refresh_map
from flexruimte.cli.terminal import Language, ResultsArgument, print_line, stderr, stdout
from flexruimte.errors import printable
from flexruimte.results.outputs import (
    COST_FIGURES,
    COSTS,
    RELOCATION_FOLDER,
    RELOCATION_GEOJSON,
    TARGETS,
)
from flexruimte.results.store import store_of
from flexruimte.wording.messages import message

__all__ = ["costs", "relocate", "targets"]

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
    refresh_map(out, "nl")
    table = Table("target", "place", "homes", "status", "secured", "short")
    columns = ["target", "place", "homes", "status", "secured_homes", "short_homes"]
    for row in found.targets.to_dict("records"):
        values = (row[column] for column in columns)
        table.add_row(*(Text("" if pd.isna(value) else printable(str(value))) for value in values))
    stdout.print(table)
    for target, why in found.unknown.items():
        print_line(f"{target} is unknown: {why}")
    for target, what in found.held_against.items():
        if target not in found.unknown:
            print_line(f"{target} is held against {what}")
    print_line(f"more in {store_of(out).named(TARGETS)}")


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
    print_line(f"costs of {len(table)} locations in {written}, the figures in {used}")
