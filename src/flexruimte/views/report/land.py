"""What a report says of the land: what is left after each condition, and what each rule takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from flexruimte.results.funnel import SUITABLE_FROM
from flexruimte.results.outputs import OutputContent
from flexruimte.results.rule_facts import SQUARE_METRES_PER_HECTARE
from flexruimte.results.summary_model import LandLeft, LandRuleFacts, Summary
from flexruimte.vocabulary import AREA, FUNNEL_CONDITIONS, PARCEL_ID, RULE, VERDICT
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

__all__ = ["BAR", "Bar", "Bars", "excluded_bars", "freed_bars", "funnel_bars"]

BAR: Final = 600
"""Length of the longest bar of a chart. [step]"""
_MOST_RULES: Final = 10


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

    Of a rule on land that is what it covers; of a rule on a measure the parcels that it refuses, as
    a whole. Land that several rules take counts for each of them.

    Parameters
    ----------
    content
        What is known of the municipality.
    language
        nl or en.
    """
    area = content.parcels.set_index(PARCEL_ID)[AREA]
    refused = content.findings[content.findings[VERDICT] == "no"]
    square_metres = area.reindex(refused[PARCEL_ID].to_numpy(dtype=object)).fillna(0.0).to_numpy()
    by_rule = pd.Series(square_metres).groupby(refused[RULE].to_numpy(dtype=object)).sum()
    rows = [
        (in_language(facts.title, language), hectares)
        for facts in content.summary.rules
        if facts.excludes
        and facts.left_out is None
        and (
            hectares := (facts.counts.covered_hectares or 0.0)
            if isinstance(facts, LandRuleFacts)
            else float(by_rule.get(facts.id, 0.0)) / SQUARE_METRES_PER_HECTARE
        )
        > 0
    ]
    rows.sort(key=lambda row: -row[1])
    most = rows[0][1] if rows else 0.0
    bars = [_bar(title, hectares, most, language) for title, hectares in rows[:_MOST_RULES]]
    return Bars(bars, len(rows) - len(bars))


def freed_bars(
    rows: list[tuple[str, float, int, int]], most_rows: int, language: Language
) -> Bars:
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
