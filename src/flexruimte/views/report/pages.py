"""The pages themselves: the report for a council, and the dossiers of the shortlist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.outputs import DOSSIERS, REPORT, OutputContent
from flexruimte.results.summary_model import Summary
from flexruimte.views.accounts import method, not_known, signature, sources, why_nothing
from flexruimte.views.html import render
from flexruimte.views.report.dossier import dossiers_of
from flexruimte.views.report.follow_ups import NOTHING, FollowUps
from flexruimte.views.report.land import BAR, excluded_bars, freed_bars, funnel_bars
from flexruimte.views.report.maps import town_map
from flexruimte.views.report.sites import Site, room_for, shortlist_of, sites_of
from flexruimte.views.report.term_line import LINE
from flexruimte.views.report.texts import hectares_text, lead, legend, shortlist_title, text_of
from flexruimte.wording.quantities import date_text, number_text

__all__ = ["write_report"]

_MOST_FREED = 5
_MOST_VARIANTS = 6


def write_report(content: OutputContent, folder: Path, follow_ups: FollowUps = NOTHING) -> None:
    """Write the report of a municipality, and the dossiers of its shortlist.

    Both are one file that holds everything, without a script. The same results give the same bytes.

    Parameters
    ----------
    content
        What is known of the municipality.
    folder
        Where they go, beside its other files.
    follow_ups
        What was worked out after the run.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    language = content.summary.study.language
    shortlist = shortlist_of(content)
    sites = sites_of(content, shortlist, language)
    shared = _shared(content.summary)
    pages = {
        REPORT: render(
            "report", **shared, **_report(content, sites, follow_ups, town_map(content, shortlist))
        ),
        DOSSIERS: render(
            "dossiers",
            **shared,
            dossiers=dossiers_of(sites, content.summary, follow_ups, language),
            empty="" if sites else why_nothing(content.summary, language),
            line=LINE,
            report=REPORT,
        ),
    }
    for name, page in pages.items():
        with atomic_write(folder / name) as partial:
            partial.write_text(page, encoding="utf-8")


def _shared(summary: Summary) -> dict[str, Any]:
    """Return what both pages say."""
    language = summary.study.language
    return {
        "language": language,
        "municipality": summary.municipality.name,
        "study": summary.study.name,
        "date": date_text(summary.study.as_of, language),
        "signature": signature(summary, language),
        "say": text_of(language),
        "hectares": lambda value: hectares_text(value, language),
        "number": lambda value: number_text(value, 0, language),
    }


def _report(
    content: OutputContent, sites: list[Site], follow_ups: FollowUps, drawing: Any
) -> dict[str, Any]:
    summary, language = content.summary, content.summary.study.language
    found, usual = sources(summary, language)
    freed = [
        (each.title, each.hectares, each.locations, each.homes, each.best_homes)
        for each in follow_ups.freed
    ]
    return {
        "lead": lead(summary, len(sites), language),
        "funnel": funnel_bars(summary, language),
        "map": drawing,
        "legend": legend(content, sites, language),
        "shortlist_title": shortlist_title(summary, language),
        "sites": sites,
        "room": room_for(len(sites)),
        "empty": "" if sites else why_nothing(summary, language),
        "excluded": excluded_bars(content, language),
        "freed": freed_bars(freed, _MOST_FREED, language),
        "variants": follow_ups.variants[:_MOST_VARIANTS],
        "not_known": not_known(summary, language),
        "sources": found,
        "licence": usual,
        "method": method(summary, language),
        "bar": BAR,
        "dossiers": DOSSIERS,
    }
