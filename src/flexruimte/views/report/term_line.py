"""The term of a location as a line of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flexruimte.results.rule_text import known_value
from flexruimte.results.sentences import term_text
from flexruimte.results.summary_model import Summary
from flexruimte.views.accounts import is_open_term, placement_number
from flexruimte.vocabulary import PESSIMISTIC_TERM_YEARS, TERM_END, TERM_START, TERM_YEARS
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import quantity_text

__all__ = ["LINE", "Mark", "TermLine", "term_line"]

LINE: Final = 1600
"""Length of the line. [step]"""
_DAYS_A_YEAR: Final = 365.2425
_LEAST_YEARS: Final = 20
_BEYOND_YEARS: Final = 2
_TICK_YEARS: Final = 5


@dataclass(frozen=True)
class Mark:
    """A place on the line with a text."""

    at: int
    """[step]"""
    text: str


@dataclass(frozen=True)
class TermLine:
    """What is drawn of a term."""

    words: str
    """The same in words."""
    start: int
    """Of the term. [step]"""
    end: int
    """[step]"""
    pessimistic: int | None
    """Its end when soft plans go ahead; None where that is no sooner, or is not known. [step]"""
    pessimistic_words: str
    is_open: bool
    """Whether no end is known."""
    asked: Mark | None
    """Until when homes must be able to stand."""
    ticks: list[Mark]
    """Years."""


def term_line(row: Mapping[str, Any], summary: Summary, language: Language) -> TermLine | None:
    """Return the line of time of a location; None where its term is not known.

    Parameters
    ----------
    row
        What is known of the location, by column.
    summary
        Of the municipality.
    language
        nl or en.
    """
    years, start, end = (known_value(row, name) for name in (TERM_YEARS, TERM_START, TERM_END))
    if years is None or start is None or end is None:
        return None
    first, last = start.date(), end.date()
    asked = placement_number(summary, "required_years")
    until = max(_year(last), _year(first) + (asked or 0)) + _BEYOND_YEARS
    origin = summary.study.as_of.year
    span = max(until - origin, _LEAST_YEARS)

    def at(year: float) -> int:
        return round((year - origin) / span * LINE)

    pessimistic = (
        known_value(row, PESSIMISTIC_TERM_YEARS) if PESSIMISTIC_TERM_YEARS in row else None
    )
    if pessimistic is not None and pessimistic >= years:
        pessimistic = None
    ticks = range(origin, int(origin + span) + 1)
    return TermLine(
        words=term_text(years, first, last, summary, language),
        start=at(_year(first)),
        end=at(_year(last)),
        pessimistic=None if pessimistic is None else at(_year(first) + float(pessimistic)),
        pessimistic_words=""
        if pessimistic is None
        else message(
            "report-term-pessimistic", language, years=quantity_text(pessimistic, "year", language)
        ),
        is_open=is_open_term(years, summary),
        asked=None
        if asked is None
        else Mark(
            at(_year(first) + asked),
            message("report-term-asked", language, years=quantity_text(asked, "year", language)),
        ),
        ticks=[Mark(at(year), str(year)) for year in ticks if (year - origin) % _TICK_YEARS == 0],
    )


def _year(day: dt.date) -> float:
    """Return a day as a year with decimals."""
    return day.year + (day - dt.date(day.year, 1, 1)).days / _DAYS_A_YEAR
