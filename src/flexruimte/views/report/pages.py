"""The pages themselves: the report for a council, and the dossiers of the shortlist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.outputs import DOSSIERS, REPORT, OutputContent
from flexruimte.results.summary_model import Summary
from flexruimte.views.accounts import method, not_known, signature, sources, why_nothing
from flexruimte.views.html import render
from flexruimte.views.links import map_link
from flexruimte.views.report.dossier import dossiers_of
from flexruimte.views.report.follow_ups import NOTHING, FollowUps
from flexruimte.views.report.land import BAR, excluded_bars, freed_bars, funnel_bars
from flexruimte.views.report.maps import town_map
from flexruimte.views.report.sites import Site, room_for, shortlist_of, sites_of
from flexruimte.views.report.term_line import LINE
from flexruimte.views.report.texts import hectares_text, lead, legend, shortlist_title, text_of
from flexruimte.wording.quantities import date_text, number_text

__all__ = ["write_report", "write_report_alone"]

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
    shortlist = shortlist_of(content)
    sites = sites_of(content, shortlist, content.summary.study.language)
    shared = _shared(content.summary, in_run=True)
    pages = {
        REPORT: _report(content, shared, sites, shortlist, follow_ups),
        DOSSIERS: _dossiers(content, shared, sites, follow_ups),
    }
    for name, page in pages.items():
        _write(page, folder / name)


def write_report_alone(content: OutputContent, path: str | Path) -> None:
    """Write the report of a municipality to a file that leads to no other page.

    Parameters
    ----------
    content
        What is known of the municipality.
    path
        Where; an existing file is replaced.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    shortlist = shortlist_of(content)
    sites = sites_of(content, shortlist, content.summary.study.language)
    shared = _shared(content.summary, in_run=False)
    _write(_report(content, shared, sites, shortlist, NOTHING), Path(path))


def _write(page: str, path: Path) -> None:
    with atomic_write(path) as partial:
        partial.write_text(page, encoding="utf-8")


def _shared(summary: Summary, *, in_run: bool) -> dict[str, Any]:
    """Return what both pages say; in a run they lead to each other and to the map."""
    language = summary.study.language
    return {
        "in_run": in_run,
        "language": language,
        "municipality": summary.municipality.name,
        "study": summary.study.name,
        "date": date_text(summary.study.as_of, language),
        "signature": signature(summary, language),
        "say": text_of(language),
        "hectares": lambda value: hectares_text(value, language),
        "number": lambda value: number_text(value, 0, language),
    }


def _dossiers(
    content: OutputContent, shared: dict[str, Any], sites: list[Site], follow_ups: FollowUps
) -> str:
    summary, language = content.summary, content.summary.study.language
    return render(
        "dossiers",
        **shared,
        dossiers=dossiers_of(sites, summary, follow_ups, language),
        empty="" if sites else why_nothing(summary, language),
        line=LINE,
        report=REPORT,
    )


def _report(
    content: OutputContent,
    shared: dict[str, Any],
    sites: list[Site],
    shortlist: pd.DataFrame,
    follow_ups: FollowUps,
) -> str:
    summary, language = content.summary, content.summary.study.language
    found, usual = sources(summary, language)
    freed = [
        (each.title, each.hectares, each.locations, each.homes, each.best_homes)
        for each in follow_ups.freed
    ]
    values = {
        "lead": lead(summary, len(sites), language),
        "funnel": funnel_bars(summary, language),
        "map": town_map(content, shortlist),
        "on_map": map_link(summary.municipality.code),
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
    return render("report", **shared, **values)
