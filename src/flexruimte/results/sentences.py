"""What is said of every location, in the language of the study, to whoever clicks on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.results.finding_text import topic_of
from flexruimte.results.findings import Kind, ToldFinding, findings_told
from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import listed_ids
from flexruimte.vocabulary import (
    BUILDABLE_AREA,
    FINDINGS_OF_LOCATION,
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    KEPT_OUT_BY,
    MOST_REACHED,
    MUNICIPALITY_NAME,
    NEXT_TO,
    PRIORITY,
    RANK,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    TOO_LITTLE_SUITED,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import date_text, number_text, quantity_text

__all__ = [
    "known_or_none",
    "priority_text",
    "readable_properties",
    "term_text",
    "with_explanations",
    "with_sentences",
]

_MOST_TOLD: Final = 6
"""So many findings, or names of what is not known, are told; more where all are as hard."""


def with_explanations(
    locations: gpd.GeoDataFrame, findings: pd.DataFrame, summary: Summary
) -> gpd.GeoDataFrame:
    """Return all locations of a municipality with what people read of them.

    Parameters
    ----------
    locations
        As `flexruimte.results.tables.location_table` makes it. (n, ...)
    findings
        As `flexruimte.results.findings.with_finding_text` makes it.
    summary
        As `flexruimte.results.summary.summarise` makes it.

    Returns
    -------
    geopandas.GeoDataFrame
        With the columns `priority_label`, `status_label`, `site_type_label`, `findings` (a list of
        sentences, hardest first) and `explanation`. (n, ... + 5)
    """
    told = findings_told(locations, findings, summary)
    said = readable_properties(locations, told, int(locations[RANK].notna().sum()), summary)
    explanation = said.pop("explanation")
    columns: dict[str, Any] = {name: _texts(values, locations) for name, values in said.items()}
    columns[FINDINGS_OF_LOCATION] = _sentences(told)
    columns["explanation"] = _texts(explanation, locations)
    return locations.assign(**columns)


def with_sentences(
    locations: gpd.GeoDataFrame, findings: pd.DataFrame, summary: Summary
) -> gpd.GeoDataFrame:
    """Return locations with `findings` alone of what people read. (n, ... + 1)

    Parameters
    ----------
    locations, findings, summary
        As `with_explanations` takes them.
    """
    told = findings_told(locations, findings, summary)
    return locations.assign(**{FINDINGS_OF_LOCATION: _sentences(told)})


def _sentences(told: Sequence[Sequence[ToldFinding]]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Return what was found on each location as a list of sentences. (n,) object"""
    sentences = np.empty(len(told), dtype=object)
    sentences[:] = [[finding.sentence for finding in each] for each in told]
    return sentences


def _texts(values: Sequence[str | None], locations: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series(values, index=locations.index, dtype="string")


def readable_properties(
    locations: pd.DataFrame,
    told: Sequence[Sequence[ToldFinding]],
    ranked: int,
    summary: Summary,
) -> dict[str, list[str | None]]:
    """Return what is said of locations in the language of the study.

    Parameters
    ----------
    locations
        As `flexruimte.results.tables.location_table` makes it, or some rows of it. (n, ...)
    told
        As `flexruimte.results.findings.findings_told` makes it, of the same rows. (n,)
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
    classes = {name: in_language(it.title, language) for name, it in summary.priorities.items()}
    wording = _Wording(summary, ranked, classes, language)
    priorities, kept_out, decisions = (
        known_or_none(locations[name]) for name in (PRIORITY, KEPT_OUT_BY, "decision")
    )
    classed = list(map(wording.priority, priorities, kept_out, told))
    parts = [
        _each(wording.place, locations, RANK, MUNICIPALITY_NAME, STATUS),
        [said for said, _ in classed],
        _each(wording.score, locations, "score", "score_low", "score_high"),
        _each(wording.term, locations, TERM_YEARS, TERM_START, TERM_END),
        _each(wording.homes, locations, HOMES, HOMES_MID, HOMES_LOW, HOMES_HIGH, BUILDABLE_AREA),
        [
            wording.findings(left, decided)
            for (_, left), decided in zip(classed, decisions, strict=True)
        ],
        [wording.missing(left) for _, left in classed],
        [wording.left_out()] * len(locations),
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
    return list(map(cache(function), *_columns(table, *names)))


def _columns(table: pd.DataFrame, *names: str) -> list[list[Any]]:
    return [known_or_none(table[name]) for name in names]


def known_or_none(values: pd.Series[Any]) -> list[Any]:
    """Return the values of a column, None being what is not known."""
    known = values.to_numpy(dtype=object, copy=True)
    known[values.isna().to_numpy()] = None
    return list(known)


def term_text(
    years: float | None,
    start: dt.date | None,
    end: dt.date | None,
    summary: Summary,
    language: Language,
) -> str:
    """Return how long the land is free, without a full stop; empty where there is no term.

    A term that lasts as long as any that counts has no end that is known.
    """
    if years is None or start is None or end is None:
        return ""
    asked, longest = (
        _number_of_placement(summary, name) for name in ("required_years", "longest_term_years")
    )
    first = date_text(start, language)
    if asked is not None and longest is not None and years >= max(asked, longest):
        duration = quantity_text(asked, "year", language)
        return message("location-term-open", language, years=duration, start=first)
    bounds = [] if asked is None else [asked]
    return message(
        "location-term",
        language,
        years=quantity_text(years, "year", language, bounds),
        start=first,
        end=date_text(end, language),
    )


def priority_text(
    name: str | None,
    kept_out_by: Any,
    told: Sequence[ToldFinding],
    summary: Summary,
    language: Language,
) -> str:
    """Return the class of a location, and what keeps it out of the one above; empty without one.

    Parameters
    ----------
    name
        Id of its class; None where it is not ranked.
    kept_out_by
        Ids of what keeps it out of the class above.
    told
        What rules that say no or do not know found.
    summary
        Of the municipality.
    language
        nl or en.
    """
    classes = {key: in_language(it.title, language) for key, it in summary.priorities.items()}
    said, _ = _Wording(summary, summary.ranked, classes, language).priority(name, kept_out_by, told)
    return said


def _number_of_placement(summary: Summary, name: str) -> float | None:
    facts = summary.ruleset.placement.get(name)
    return float(facts.value) if facts and isinstance(facts.value, int | float) else None


class _Wording:
    """The sentences about a location. Nothing is said of what is not known, but for a score."""

    def __init__(
        self, summary: Summary, ranked: int, classes: Mapping[str, str], language: Language
    ) -> None:
        self._summary, self._ranked, self._classes = summary, ranked, classes
        self._topics = {rule.id: topic_of(rule, language) for rule in summary.rules}
        self._language = language
        self._say = partial(message, language=self._language)

    def place(self, rank: int | None, municipality: str, status: str) -> str:
        said = {"municipality": municipality, "status": label("status", status, self._language)}
        if rank is None:
            return self._say("location-no-rank", **said)
        return self._say("location-rank", rank=str(rank), ranked=str(self._ranked), **said)

    def priority(
        self, name: str | None, kept_out_by: Any, told: Sequence[ToldFinding]
    ) -> tuple[str, Sequence[ToldFinding]]:
        """Return the class and what keeps out of the one above, and what is left to be told."""
        if name is None:
            return "", told
        said = self._say("location-priority", priority=self._classes.get(name, name))
        names, ids = list(self._classes), listed_ids(kept_out_by)
        if not ids or name not in names:
            return self._unanswered(name, said, told)
        above = self._classes[names[names.index(name) - 1]]
        for each in ids:
            if each.startswith(NEXT_TO):
                better = each.removeprefix(NEXT_TO)
                beside = self._say("location-next-to", above=above, location=better)
                return f"{said} {beside}", told
        if MOST_REACHED in ids:
            return f"{said} {self._say('location-class-full', above=above)}", told
        why = [each for each in told if each.rule in ids]
        # What the study leaves out, no rule found anything of.
        known_rules = {TOO_LITTLE_SUITED, *(each.rule for each in why)}
        silent = [rule_id for rule_id in ids if rule_id not in known_rules]
        known = {each.sentence for each in why}
        left = [each for each in told if each.sentence not in known]
        topics = [self._say("location-topic-unknown", topic=self._topics[name]) for name in silent]
        if TOO_LITTLE_SUITED in ids:
            topics.append(self._say("location-too-little-suited"))
        sentences = " ".join(dict.fromkeys([*map(self._in_short, why), *topics]))
        return f"{said} {self._say('location-kept-out', above=above, findings=sentences)}", left

    def _unanswered(
        self, name: str, said: str, told: Sequence[ToldFinding]
    ) -> tuple[str, Sequence[ToldFinding]]:
        """Return the class and what would keep out of it and is not known, and what is left."""
        facts = self._summary.priorities.get(name)
        refuses = [] if facts is None else facts.refuses
        open_questions = [each for each in told if each.kind == "missing" and each.rule in refuses]
        if not open_questions:
            return said, told
        topics = "; ".join(dict.fromkeys(each.topic for each in open_questions))
        left = [each for each in told if each not in open_questions]
        return f"{said} {self._say('location-class-unanswered', topics=topics)}", left

    def _in_short(self, finding: ToldFinding) -> str:
        """Return a finding; of what is not known only that it is not."""
        if finding.kind != "missing":
            return finding.sentence
        return self._say("location-topic-unknown", topic=finding.topic)

    def score(self, score: float | None, low: float | None, high: float | None) -> str:
        if score is None:
            return self._say("location-no-score")
        if low is None or high is None or high - low < 0.1:
            return self._say("location-score", score=self._number(score, 1))
        score_text, low_text, high_text = (self._number(part, 1) for part in (score, low, high))
        return self._say("location-score-between", score=score_text, low=low_text, high=high_text)

    def term(self, years: float | None, start: dt.date | None, end: dt.date | None) -> str:
        text = term_text(years, start, end, self._summary, self._language)
        return f"{text}." if text else ""

    def homes(
        self,
        project: int | None,
        middle: int | None,
        low: int | None,
        high: int | None,
        area: float,
    ) -> str:
        if middle is None:
            return ""
        smaller = project is not None and project < middle
        return self._say(
            "location-homes-project" if smaller else "location-homes",
            project=self._number(project),
            homes=self._number(middle),
            count=project if smaller and project is not None else middle,
            low=self._number(low),
            high=self._number(high),
            area=quantity_text(area, "m2", self._language),
        )

    def findings(self, told: Sequence[ToldFinding], decision: str | None) -> str:
        """Return what was found, hardest first; of notes as many as there is room for."""
        parts, room = [], _MOST_TOLD
        objections = "location-objections" if decision is None else "location-objections-overruled"
        kinds: dict[str, Kind] = {objections: "objection", "location-attention": "attention"}
        for message_id, kind in kinds.items():
            sentences = _of_kind(told, kind)
            room -= len(sentences)
            if sentences:
                parts.append(self._say(message_id, findings=" ".join(sentences)))
        notes = _of_kind(told, "note")
        shown, more = notes[: max(room, 0)], len(notes) - max(room, 0)
        if shown:
            parts.append(self._say("location-notes", findings=" ".join(shown)))
        if more > 0:
            parts.append(self._say("location-more-notes", more=str(more), count=more))
        return " ".join(parts)

    def missing(self, told: Sequence[ToldFinding]) -> str:
        """Return what is not known, hardest first."""
        topics = list(dict.fromkeys(each.topic for each in told if each.kind == "missing"))
        return self._say("location-missing", topics=self._some(topics)) if topics else ""

    def left_out(self) -> str:
        """Return what the study leaves out knowingly; empty where it leaves out nothing."""
        topics = [in_language(part.title, self._language) for part in self._summary.not_assessed]
        return self._say("location-left-out", topics=self._some(topics)) if topics else ""

    def _some(self, topics: Sequence[str]) -> str:
        """Return the first of some topics, and how many more there are."""
        more, first = len(topics) - _MOST_TOLD, "; ".join(topics[:_MOST_TOLD])
        if more <= 0:
            return first
        return self._say("topics-and-more", topics=first, more=str(more))

    def _number(self, number: float | None, decimals: int = 0) -> str:
        return number_text(number, decimals, self._language)


def _of_kind(told: Sequence[ToldFinding], kind: Kind) -> list[str]:
    """Return the sentences of one kind, each once."""
    return list(dict.fromkeys(each.sentence for each in told if each.kind == kind))
