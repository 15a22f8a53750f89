"""Commands that show what a run wrote, or write it otherwise: explain, compare and layout."""

from __future__ import annotations

from typing import Annotated

import typer

from flexruimte.cli.arguments import LanguageOption, ResultsArgument
from flexruimte.cli.completion import completed_locations
from flexruimte.cli.next_steps import Step, first_locations, tell_next, view_step
from flexruimte.cli.terminal import language_of, print_files, print_line, stderr, stdout, working
from flexruimte.results.layouts import write_layouts
from flexruimte.results.outputs import FINDINGS, LOCATIONS_GPKG, PARCELS, RUN, SITES, SUMMARY
from flexruimte.results.read import read_parcel, states_not_done
from flexruimte.results.store import store_of
from flexruimte.views.comparison import compare as compare_locations
from flexruimte.views.explanation import explain as explain_parcel

__all__ = ["compare", "explain", "layout"]


def explain(
    out: ResultsArgument,
    parcel_id: Annotated[
        str,
        typer.Argument(
            metavar="PARCEL_ID",
            help="Id of a parcel or a location, as in ranking.csv.",
            autocompletion=completed_locations,
        ),
    ],
    language: LanguageOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every rule and criterion, with value, test and layer.")
    ] = False,
    sources: Annotated[
        bool,
        typer.Option("--sources", help="As --all, with the sources as the ruleset writes them."),
    ] = False,
) -> None:
    """Say why a parcel is in, out or unknown: what decides, and what is open."""
    with (
        working(f"reading {out}"),
        store_of(out).reading((RUN, PARCELS, SITES, FINDINGS, SUMMARY)) as folder,
    ):
        found = read_parcel(folder, parcel_id)
    explanation = explain_parcel(found.row, found.findings, found.summary, language, found.site)
    stdout.print(explanation.in_terminal(every=every, sources=sources))
    others = [each for each in first_locations(out) if each != parcel_id]
    in_full: list[Step] = [("next-all-rules", ["explain", out, parcel_id, "--all"])]
    beside: list[Step] = [("next-compare", ["compare", out, parcel_id, other]) for other in others]
    tell_next(
        language or found.summary.study.language,
        *([] if every or sources else in_full),
        *beside[:1],
    )


def compare(
    out: ResultsArgument,
    first_id: Annotated[
        str,
        typer.Argument(
            metavar="PARCEL_ID",
            help="Id of a parcel or a location, as in ranking.csv.",
            autocompletion=completed_locations,
        ),
    ],
    second_id: Annotated[
        str,
        typer.Argument(
            metavar="PARCEL_ID", help="Id of another.", autocompletion=completed_locations
        ),
    ],
    language: LanguageOption = None,
) -> None:
    """Put two locations side by side: class, score by theme, homes, term, and what decides."""
    with (
        working(f"reading {out}"),
        store_of(out).reading((RUN, PARCELS, SITES, FINDINGS, SUMMARY)) as folder,
    ):
        first, second = read_parcel(folder, first_id), read_parcel(folder, second_id)
    stdout.print(compare_locations(first, second, language))
    tell_next(
        language or first.summary.study.language,
        ("next-explain-first", ["explain", out, first_id]),
        ("next-explain-second", ["explain", out, second_id]),
    )


def layout(out: ResultsArgument) -> None:
    """Write the layouts of all locations as GeoJSON, beside the GeoPackages that hold them."""
    store = store_of(out)
    with (
        working(f"writing the layouts of {out}"),
        store.reading((RUN, PARCELS, LOCATIONS_GPKG, SUMMARY)) as folder,
    ):
        for path in write_layouts(folder):
            written = store.named(path.relative_to(folder).as_posix())
            print_files(written, written)
        for name, state in sorted(states_not_done(folder).items()):
            print_line(f"not of {name}, which is {state}: run the study again", "red", stderr)
    tell_next(language_of(out), *view_step(out))
