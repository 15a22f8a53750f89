"""What a report says of the land: what is left after each condition, and what each rule takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.results.funnel import SUITABLE_FROM
from flexruimte.results.outputs import OutputContent
from flexruimte.results.rule_facts import SQUARE_METRES_PER_HECTARE
from flexruimte.results.summary_model import LandLeft, Summary
from flexruimte.results.summary_rules import LandRuleFacts
from flexruimte.views.titles_in_sentences import objection
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    COVERED_AREA,
    EDGE,
    FUNNEL_CONDITIONS,
    PARCEL_ID,
    RULE,
    SITE_ID,
    VERDICT,
    Condition,
)
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

__all__ = ["BAR", "Bar", "Bars", "excluded_bars", "freed_bars", "funnel_bars"]

BAR: Final = 600
"""Length of the longest bar of a chart. [step]"""
_MOST_RULES: Final = 8


@dataclass(frozen=True)
class Bar:
    """A row of a chart that is a table too."""

    title: str
    words: str
    """The number, as people read it."""
    unknown_words: str
    """What may come on top, if what is not known says yes; empty for nothing."""
    steps: int
    """How long the bar is. [step]"""
    unknown_steps: int
    """How much longer with what is not known. [step]"""
    more: tuple[str, ...] = ()
    """Other numbers in the row."""


@dataclass(frozen=True)
class Bars:
    """A chart."""

    bars: list[Bar]
    left_out: int = 0
    """How many rows more there are, with less."""


def funnel_bars(summary: Summary, language: Language) -> Bars:
    """Return the hectares that are left after each condition, and what is suitable of them.

    Parameters
    ----------
    summary
        Of the municipality.
    language
        nl or en.
    """
    whole = summary.funnel[0]
    rows: list[tuple[str, LandLeft | None]] = [
        ("funnel-all", LandLeft(hectares=whole.hectares, unknown_hectares=0.0)),
        *((f"funnel-{name}", getattr(whole, name)) for name in map(str, FUNNEL_CONDITIONS)),
        ("funnel-available", whole.available),
    ]
    titled = [(message(name, language), left) for name, left in rows]
    if whole.suitable is not None:
        bound = summary.ruleset.placement.get(SUITABLE_FROM)
        points = "?" if bound is None else number_text(float(str(bound.value)), 0, language)
        titled.append((message("report-funnel-suitable", language, points=points), whole.suitable))
    return Bars(
        [
            Bar(title, message("funnel-left-out", language), "", 0, 0)
            if left is None
            else _bar(title, left.hectares, whole.hectares, language, left.unknown_hectares)
            for title, left in titled
        ]
    )


def excluded_bars(content: OutputContent, language: Language) -> Bars:
    """Return how much land each excluding rule takes, the rule that takes most first.

    Of a rule on land that is what it covers, but for edges; of a rule on a measure the parcels that
    it refuses, as a whole. Land that several rules take counts for each of them. Of rules on the
    site itself, such as its size, only what is left of parcels counts that no other rule refuses:
    what is built on is small too.

    Parameters
    ----------
    content
        What is known of the municipality.
    language
        nl or en.
    """
    area, refused = _refused(content)
    rows = _of_rules(content, area, refused, language)
    rows += _too_small(content, refused, language)
    rows.sort(key=lambda row: -row[1])
    most = rows[0][1] if rows else 0.0
    bars = [_bar(title, hectares, most, language) for title, hectares in rows[:_MOST_RULES]]
    return Bars(bars, len(rows) - len(bars))


def _of_rules(
    content: OutputContent, area: pd.Series[Any], refused: pd.DataFrame, language: Language
) -> list[tuple[str, float]]:
    """Return title and hectares of each rule that takes land, but for those on the site."""
    by_measure, by_land = area.groupby(refused[RULE].to_numpy()).sum(), _covered(content)
    rows = []
    for facts in content.summary.rules:
        if not facts.excludes or facts.condition == Condition.SITE:
            continue
        of_rules = by_land if isinstance(facts, LandRuleFacts) else by_measure
        hectares = float(of_rules.get(facts.id, 0.0)) / SQUARE_METRES_PER_HECTARE
        rows.append((objection(facts, language), hectares))
    return [row for row in rows if row[1] > 0]


def _covered(content: OutputContent) -> pd.Series[Any]:
    """Return what each rule on land covers of parcels, more than an edge. [m2]"""
    findings = content.findings
    taken = findings[VERDICT].isin(["no", "yes"]) & ~findings[EDGE] & (findings[COVERED_AREA] > 0)
    rows = findings.loc[taken.fillna(False).to_numpy(dtype=bool), [PARCEL_ID, RULE, COVERED_AREA]]
    of_parcels = pd.Index(content.parcels[PARCEL_ID]).get_indexer(pd.Index(rows[PARCEL_ID])) >= 0
    covered: pd.Series[Any] = rows[of_parcels].groupby(RULE)[COVERED_AREA].sum()
    return covered


def _too_small(
    content: OutputContent, refused: pd.DataFrame, language: Language
) -> list[tuple[str, float]]:
    """Return the hectares that are left of parcels that rules on the site refuse, and no other.

    What other rules take of them counts there. What is part of a location is not too small.
    """
    conditions = {
        facts.id: facts.condition == Condition.SITE
        for facts in content.summary.rules
        if facts.excludes
    }
    excluding = refused[RULE].isin(list(conditions)).to_numpy()
    of_site = refused[RULE][excluding].map(conditions).to_numpy(dtype=bool)
    parcel = refused[PARCEL_ID][excluding].to_numpy(dtype=object)
    only = pd.Series(of_site).groupby(parcel).all()
    parcels = content.parcels.set_index(PARCEL_ID)
    left = parcels.loc[parcels[SITE_ID].isna(), BUILDABLE_AREA]
    hectares = float(left.reindex(only.index[only]).sum()) / SQUARE_METRES_PER_HECTARE
    return [(message("report-too-small", language), hectares)] if hectares > 0 else []


def _refused(content: OutputContent) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Return the findings that say no of a parcel, and before them its area. [m2] (m,), (m, 2)"""
    parcels = content.parcels
    no = (content.findings[VERDICT] == "no").fillna(False).to_numpy(dtype=bool)
    refused = content.findings.loc[no, [PARCEL_ID, RULE]]
    at = pd.Index(parcels[PARCEL_ID]).get_indexer(pd.Index(refused[PARCEL_ID]))
    of_parcels = at >= 0  # the others are of locations of several parcels
    return pd.Series(parcels[AREA].to_numpy()[at[of_parcels]]), refused[of_parcels]


def freed_bars(rows: list[tuple[str, float, int, int]], most_rows: int, language: Language) -> Bars:
    """Return what comes free without each rule: hectares as a bar, locations and homes beside it.

    Parameters
    ----------
    rows
        Title, hectares, locations and homes; what frees most comes first.
    most_rows
        So many rows at most.
    language
        nl or en.
    """
    most = max((hectares for _, hectares, *_ in rows), default=0.0)
    bars = [
        _bar(title, hectares, most, language, more=(locations, homes))
        for title, hectares, locations, homes in rows[:most_rows]
    ]
    return Bars(bars, len(rows) - len(bars))


def _bar(
    title: str,
    hectares: float,
    most: float,
    language: Language,
    unknown: float = 0.0,
    more: tuple[int, ...] = (),
) -> Bar:
    lengths = np.array([hectares, unknown]) / most * BAR if most > 0 else np.zeros(2)
    steps, unknown_steps = np.ceil(lengths).astype(int).tolist()
    return Bar(
        title,
        number_text(hectares, 1, language, aligned=True),
        f"+ {number_text(unknown, 1, language, aligned=True)}" if round(unknown, 1) else "",
        steps,
        unknown_steps if round(unknown, 1) else 0,
        tuple(number_text(number, 0, language) for number in more),
    )
