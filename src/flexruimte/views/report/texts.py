"""Short texts of a report: its first lines, its legend, and messages for the templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from flexruimte.results.outputs import OutputContent
from flexruimte.results.summary_model import Summary
from flexruimte.views.report.sites import Site
from flexruimte.views.titles_in_sentences import lowered
from flexruimte.vocabulary import PRIORITY, RANK, Condition
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import listed, number_text

__all__ = ["MESSAGES", "Entry", "hectares_text", "lead", "legend", "shortlist_title", "text_of"]


MESSAGES: Final = (
    "report-back",
    "report-best-class",
    "report-dossiers-list",
    "report-dossiers-title",
    "report-excluded",
    "report-excluded-more",
    "report-excluded-none",
    "report-excluded-note",
    "report-facts",
    "report-fine",
    "report-found",
    "report-freed",
    "report-funnel",
    "report-funnel-condition",
    "report-funnel-hectares",
    "report-funnel-note",
    "report-heading-next",
    "report-heading-open",
    "report-heading-why",
    "report-homes",
    "report-locations",
    "report-map",
    "report-map-title",
    "report-method",
    "report-next-place",
    "report-north",
    "report-not-known",
    "report-rule",
    "report-site-map-note",
    "report-site-map-title",
    "report-sources",
    "report-sources-note",
    "report-subtitle",
    "report-term",
    "report-term-title",
    "report-term-unknown",
    "report-title",
    "report-to-dossiers",
    "report-unknown-more",
    "report-variant",
    "report-variants",
    "report-way-in",
    "report-way-in-none",
    "report-what-if",
    "report-whom",
)
"""Messages that the templates use."""


_LEAST_SAID: Final = 0.5
"""Less land of which it is not known is not told in the first lines. [ha]"""
_LARGE: Final = 100.0
"""From here on hectares are said without decimals. [ha]"""


@dataclass(frozen=True)
class Entry:
    """A line of the legend of the map."""

    style: str
    """Class of style, as the layers of the map have."""
    text: str


def text_of(language: Language) -> Callable[..., str]:
    """Return what writes a message for the templates, which may use those of `MESSAGES` alone.

    Examples
    --------
    >>> text_of("nl")("report-locations")
    'Locaties'
    """

    def say(message_id: str, **values: str | float) -> str:
        if message_id not in MESSAGES:
            raise LookupError(f"'{message_id}' is no message of a template")
        return message(message_id, language, **values)

    return say


def shortlist_title(summary: Summary, language: Language) -> str:
    """Return what the shortlist is called: the best class, or the best ranked without classes."""
    first = summary.first_priority
    if first is None:
        return message("report-best-ranked", language)
    return in_language(summary.priorities[first].title, language)


def lead(summary: Summary, shown: int, language: Language) -> list[str]:
    """Return the outcome in a few sentences.

    Parameters
    ----------
    summary
        Of the municipality.
    shown
        How many locations the report is about.
    language
        nl or en.
    """
    whole, first = summary.funnel[0], summary.first_priority
    number = partial(number_text, decimals=0, language=language)
    hectares = partial(hectares_text, language=language)
    said = [
        message(
            "report-lead-land",
            language,
            municipality=summary.municipality.name,
            hectares=hectares(whole.hectares),
            available=hectares(whole.available.hectares),
        )
    ]
    if whole.conditions_not_assessed:
        conditions = _topics(whole.conditions_not_assessed, language)
        said.append(message("report-lead-not-assessed", language, conditions=conditions))
    unknown = whole.available.unknown_hectares
    if unknown >= _LEAST_SAID:
        said.append(message("report-lead-unknown", language, hectares=hectares(unknown)))
    if summary.ranked:
        ranked = number(summary.ranked)
        said.append(message("report-lead-ranked", language, number=ranked, count=summary.ranked))
    if first is not None and shown:
        facts = summary.priorities[first]
        said.append(
            message(
                "report-lead-shortlist",
                language,
                title=in_language(facts.title, language),
                number=number(facts.locations),
                count=facts.locations,
                homes=number(facts.homes),
            )
        )
        if facts.locations > shown:
            said.append(message("report-lead-first", language, number=str(shown)))
    return said


def _topics(conditions: Sequence[Condition], language: Language) -> str:
    return listed([lowered(label("condition", each, language)) for each in conditions], language)


def hectares_text(hectares: float, language: Language) -> str:
    """Return hectares, with a decimal where that matters.

    Examples
    --------
    >>> hectares_text(1188.4, "nl"), hectares_text(19.94, "nl")
    ('1.188', '19,9')
    """
    return number_text(hectares, 0 if hectares >= _LARGE else 1, language)


def legend(content: OutputContent, sites: list[Site], language: Language) -> list[Entry]:
    """Return the legend of the map of a municipality: what is on it, and no more."""
    listed, summary = content.locations, content.summary
    ranked = listed[RANK].notna().to_numpy()
    of_class = listed[PRIORITY][ranked].fillna("").astype(object)
    entries = []
    if sites:
        number = str(len(sites))
        title = shortlist_title(summary, language)
        text = message("report-legend", language, title=title, number=number)
        entries.append(Entry("shortlist", text))
    titles = {
        name: in_language(facts.title, language) for name, facts in summary.priorities.items()
    }
    names = titles or {"": message("report-legend-ranked", language)}
    for at, (name, title) in enumerate(names.items()):
        others = int((of_class == name).sum()) - (len(sites) if at == 0 else 0)
        if others > 0:
            shown = number_text(others, 0, language)
            text = message("report-legend", language, title=title, number=shown)
            entries.append(Entry(f"class-{at}", text))
    unknown = int(np.count_nonzero(~ranked))
    if unknown:
        text = message(
            "report-legend",
            language,
            title=message("report-legend-unknown", language),
            number=number_text(unknown, 0, language),
        )
        entries.append(Entry("unknown", text))
    return [*entries, Entry("other", message("report-legend-other", language))]
