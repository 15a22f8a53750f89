"""A chart of terms: from when until when the first locations are free."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import geopandas as gpd

from flexruimte.results.map_colours import class_numbers, map_classes
from flexruimte.results.sentences import known_or_none
from flexruimte.results.summary_model import Summary
from flexruimte.views.drawing import INK, axes_for, plain
from flexruimte.vocabulary import PARCEL_ID, RANK, TERM_END, TERM_START
from flexruimte.wording.messages import message
from flexruimte.wording.quantities import quantity_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_terms"]

_MOST: Final = 20
_AFTER: Final = 5.0
"""So long after the years that are asked, counted from the last start, is drawn. [year]"""
_DAYS: Final = 365.25


def draw_terms(locations: gpd.GeoDataFrame, summary: Summary, ax: Axes | None = None) -> Axes:
    """Draw the term of the first twenty ranked locations on a line of time.

    A mark says where the years that are asked are over; an arrow that the term goes on after what
    is drawn.

    Parameters
    ----------
    locations
        As `flexruimte.results.tables.location_table` makes it.
    summary
        Of the municipality.
    ax
        Where to draw; None makes a new figure.

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    language = summary.study.language
    ranked = locations[locations[RANK].notna()].head(_MOST)
    ax = axes_for(ax, 9, 1.6 + 0.3 * max(len(ranked), 1))
    colours = [each.colour for each in map_classes(summary)]
    placement = summary.ruleset.placement.get("required_years")
    asked = (
        float(placement.value) if placement and isinstance(placement.value, int | float) else 0.0
    )
    today = _year_of(summary.study.as_of)
    columns = [known_or_none(ranked[name]) for name in (TERM_START, TERM_END)]
    terms = [
        None if start is None or end is None else (_year_of(start), _year_of(end))
        for start, end in zip(*columns, strict=True)
    ]
    last = max([today, *(term[0] for term in terms if term)]) + max(asked, 1.0) + _AFTER
    for place, (term, number) in enumerate(
        zip(terms, class_numbers(ranked, summary).tolist(), strict=True)
    ):
        if term is None:
            ax.annotate(message("unknown", language), (today, place), (4, 0),
                        textcoords="offset points", va="center", fontsize=8, color=INK)  # fmt: skip
            continue
        start, end = term
        colour = colours[number] if number >= 0 else INK
        ax.barh(place, min(end, last) - start, 0.6, left=start, color=colour)
        if end > last:
            ax.plot([last], [place], ">", color=colour, markersize=9, clip_on=False)
        if asked and end >= start + asked:
            ax.plot([start + asked] * 2, [place - 0.3, place + 0.3], color="white", linewidth=2)
    _finish(ranked, (today, last), summary, ax)
    if asked:
        words = message("term-asked", language, years=quantity_text(asked, "year", language))
        ax.set_xlabel(words, fontsize=8, color=INK)
    return ax


def _finish(
    ranked: gpd.GeoDataFrame, span: tuple[float, float], summary: Summary, ax: Axes
) -> None:
    from matplotlib.ticker import MaxNLocator

    names = [
        plain(f"{rank}   {parcel}", 40)
        for rank, parcel in zip(ranked[RANK], ranked[PARCEL_ID], strict=True)
    ]
    ax.set_yticks(range(len(names)), names, fontsize=8, color=INK)
    ax.set_ylim(max(len(names), 1) - 0.4, -0.6)
    ax.axvline(span[0], color=INK, linewidth=0.8, linestyle=":")
    ax.set_xlim(span[0] - 0.3, span[1] + 0.6)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.ticklabel_format(axis="x", useOffset=False, style="plain")
    title = message("term-title", summary.study.language, municipality=summary.municipality.name)
    ax.set_title(plain(title, 90), loc="left", fontweight="bold", fontsize=11, color=INK)
    ax.grid(axis="x", color="#e4e4e4", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(left=False)
    ax.spines[["top", "right", "left"]].set_visible(False)
    if not names:
        ax.text(0.5, 0.5, message("ranking-empty", summary.study.language), ha="center",
                transform=ax.transAxes, color=INK)  # fmt: skip


def _year_of(moment: dt.date) -> float:
    """Return a day as a number of years, as in 2027.5. [calendar year]"""
    first = dt.date(moment.year, 1, 1)
    day = moment.date() if isinstance(moment, dt.datetime) else moment
    return moment.year + (day - first).days / _DAYS
