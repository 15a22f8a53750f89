"""What is said of every location, in the language of the study, to whoever clicks on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import geopandas as gpd
import pandas as pd

from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import listed_ids
from flexruimte.vocabulary import (
    BUILDABLE_AREA,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    KEPT_OUT_BY,
    MOST_REACHED,
    MUNICIPALITY_NAME,
    PRIORITY,
    RANK,
    STATUS,
    TERM_START,
    TERM_YEARS,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import date_text, listed, number_text, quantity_text

__all__ = ["known_or_none", "readable_properties", "with_explanations"]

_MOST_NAMED = 6


def with_explanations(locations: gpd.GeoDataFrame, summary: Summary) -> gpd.GeoDataFrame:
    """Return locations with labels of priority, status and type, and an explanation.

    Parameters
    ----------
    locations
        As `flexruimte.results.tables.location_table` makes it. (n, ...)
    summary
        As `flexruimte.results.summary.summarise` makes it.

    Returns
    -------
    geopandas.GeoDataFrame
        With the columns `priority_label`, `status_label`, `site_type_label` and `explanation`.
        (n, ... + 4)
    """
    said = readable_properties(locations, int(locations[RANK].notna().sum()), summary)
    return locations.assign(
        **{
            name: pd.Series(texts, index=locations.index, dtype="string")
            for name, texts in said.items()
        }
    )


def readable_properties(
    locations: pd.DataFrame, ranked: int, summary: Summary
) -> dict[str, list[str | None]]:
    """Return what is said of locations in the language of the study.

    Parameters
    ----------
    locations
        As `flexruimte.results.tables.location_table` makes it, or some rows of it. (n, ...)
    ranked
        How many locations are ranked in all.
    summary
        As `flexruimte.results.summary.summarise` makes it: titles and language.

    Returns
    -------
    dict of list
        `priority_label`, None for what is not ranked; `status_label`; `site_type_label`, None where
        the type is not known; `explanation`: a few sentences that can be read out. (n,) each
    """
    language: Language = summary.study.language
    site_types = {name: in_language(title, language) for name, title in summary.site_types.items()}
    titles = {rule.id: in_language(rule.title, language) for rule in summary.rules}
    classes = {name: in_language(it.title, language) for name, it in summary.priorities.items()}
    wording = _Wording(language, ranked, titles, classes)
    parts = [
        _each(wording.place, locations, RANK, MUNICIPALITY_NAME, STATUS),
        _each(wording.priority, locations, PRIORITY, KEPT_OUT_BY),
        _each(wording.score, locations, "score", "score_low", "score_high"),
        _each(wording.term, locations, TERM_YEARS, TERM_START),
        _each(wording.homes, locations, HOMES_MID, HOMES_LOW, HOMES_HIGH, BUILDABLE_AREA),
        _each(wording.reasons, locations, "reasons", "decision"),
        _each(wording.attention, locations, "attention"),
        _each(wording.missing, locations, "missing"),
    ]
    return {
        "priority_label": _each(lambda name: classes.get(name, name), locations, PRIORITY),
        "status_label": _each(lambda status: label("status", status, language), locations, STATUS),
        "site_type_label": _each(lambda name: site_types.get(name, name), locations, "site_type"),
        "explanation": [" ".join(filter(None, said)) for said in zip(*parts, strict=True)],
    }


def _each(function: Callable[..., Any], table: pd.DataFrame, *names: str) -> list[Any]:
    """Return what a function says of each row, given some columns; equal rows are asked once.

    The function gets None for what is not known.
    """
    return list(map(cache(function), *(known_or_none(table[name]) for name in names)))


def known_or_none(values: pd.Series[Any]) -> list[Any]:
    """Return the values of a column, None being what is not known."""
    known = values.to_numpy(dtype=object, copy=True)
    known[values.isna().to_numpy()] = None
    return list(known)


class _Wording:
    """The sentences about a location. Nothing is said of what is not known, but for a score."""

    def __init__(
        self,
        language: Language,
        ranked: int,
        titles: Mapping[str, str],
        classes: Mapping[str, str],
    ) -> None:
        self._language, self._ranked = language, ranked
        self._titles, self._classes = titles, classes
        self._say = partial(message, language=language)

    def place(self, rank: int | None, municipality: str, status: str) -> str:
        said = {"municipality": municipality, "status": label("status", status, self._language)}
        if rank is None:
            return self._say("location-no-rank", **said)
        return self._say("location-rank", rank=str(rank), ranked=str(self._ranked), **said)

    def priority(self, name: str | None, kept_out_by: str | None) -> str:
        if name is None:
            return ""
        said = self._say("location-priority", priority=self._classes.get(name, name))
        names = list(self._classes)
        if not kept_out_by or name not in names:
            return said
        above = self._classes[names[names.index(name) - 1]]
        if kept_out_by == MOST_REACHED:
            return f"{said} {self._say('location-class-full', above=above)}"
        why = self._about_rules("location-kept-out", kept_out_by, above=above)
        return f"{said} {why}"

    def score(self, score: float | None, low: float | None, high: float | None) -> str:
        if score is None:
            return self._say("location-no-score")
        if low is None or high is None or high - low < 0.1:
            return self._say("location-score", score=self._number(score, 1))
        score_text, low_text, high_text = (self._number(part, 1) for part in (score, low, high))
        return self._say("location-score-between", score=score_text, low=low_text, high=high_text)

    def term(self, years: float | None, start: dt.date | None) -> str:
        if years is None or start is None:
            return ""
        duration = quantity_text(years, "year", self._language)
        return self._say("location-term", years=duration, start=date_text(start, self._language))

    def homes(self, middle: int | None, low: int | None, high: int | None, area: float) -> str:
        if middle is None:
            return ""
        return self._say(
            "location-homes",
            homes=self._number(middle),
            count=middle,
            low=self._number(low),
            high=self._number(high),
            area=quantity_text(area, "m2", self._language),
        )

    def reasons(self, rule_ids: str | None, decision: str | None) -> str:
        overruled = decision is not None
        message_id = "location-objections-overruled" if overruled else "location-objections"
        return self._about_rules(message_id, rule_ids)

    def attention(self, rule_ids: str | None) -> str:
        return self._about_rules("location-attention", rule_ids)

    def missing(self, rule_ids: str | None) -> str:
        return self._about_rules("location-missing", rule_ids)

    def _number(self, number: float | None, decimals: int = 0) -> str:
        return number_text(number, decimals, self._language)

    def _about_rules(self, message_id: str, rule_ids: str | None, **said: str) -> str:
        names = [self._titles.get(rule_id, rule_id) for rule_id in listed_ids(rule_ids)]
        if not names:
            return ""
        more = len(names) - _MOST_NAMED
        if more > 0:
            first = ", ".join(names[:_MOST_NAMED])
            return self._say(
                message_id,
                rules=self._say("rules-and-more", rules=first, more=str(more)),
                **said,
            )
        return self._say(message_id, rules=listed(names, self._language), **said)
