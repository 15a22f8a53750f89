"""What pages say of a run as a whole: what is not known, its sources, how the ranking was made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from flexruimte.results.finding_text import topic_of
from flexruimte.results.summary_model import Summary
from flexruimte.results.summary_rules import RuleFacts
from flexruimte.rules.parts import Text
from flexruimte.views.titles_in_sentences import lowered, objection
from flexruimte.vocabulary import Basis, Condition
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import date_text, listed, number_text, quantity_text

__all__ = [
    "Source",
    "is_open_term",
    "method",
    "not_known",
    "placement_number",
    "signature",
    "sources",
    "why_nothing",
]

_MOST_NAMED: Final = 10
_MOST_UNKNOWN: Final = 5
_MOST_RULES: Final = 3
_NOT_LAYERS: Final = {
    "parcels": "report-source-parcels",
    "municipalities": "report-source-municipalities",
    "decisions": "report-source-decisions",
}
"""Message on what an input is that no rule names."""


@dataclass(frozen=True)
class Source:
    """A source of the results."""

    title: str
    date: str
    licence: str
    """Empty where it is the usual one."""


def why_nothing(summary: Summary, language: Language) -> str:
    """Return why the shortlist is empty: the rules that take most, or what is asked of it."""
    first = summary.first_priority
    if summary.ranked and first is not None:
        title = in_language(summary.priorities[first].title, language)
        silent = summary.unreachable().get(first, [])
        if silent:
            asked = _topics(summary, silent, language)
            return message(
                "report-none-silent", language, title=title, rules=listed(asked, language)
            )
        number = number_text(summary.ranked, 0, language)
        return message(
            "report-none-in-class", language, title=title, number=number, count=summary.ranked
        )
    if summary.without_score:
        return message("ranking-too-little-known", language)
    refusing = sorted(
        (facts for facts in summary.rules if facts.excludes and facts.counts.no),
        key=lambda facts: -facts.counts.no,
    )
    unknown = sorted(
        (facts for facts in summary.rules if facts.excludes and facts.counts.unknown),
        key=lambda facts: -facts.counts.unknown,
    )
    told = [message("report-none-ranked", language)]
    if refusing:
        objections = [
            _of_parcels(lowered(objection(facts, language)), facts.counts.no, language)
            for facts in refusing[:_MOST_RULES]
        ]
        told.append(message("report-none-excluded", language, rules="; ".join(objections)))
    if unknown:
        topics = dict.fromkeys(
            _of_parcels(lowered(topic_of(facts, language)), facts.counts.unknown, language)
            for facts in unknown[:_MOST_RULES]
        )
        told.append(message("report-none-unknown", language, rules="; ".join(topics)))
    return " ".join(told)


def _of_parcels(topic: str, parcels: int, language: Language) -> str:
    """Return a topic with the number of parcels that it is about."""
    return message(
        "report-unknown-topic",
        language,
        topic=topic,
        parcels=number_text(parcels, 0, language),
        count=parcels,
    )


def not_known(summary: Summary, language: Language) -> list[str]:
    """Return what is not known, or was not looked at, a sentence each.

    Parameters
    ----------
    summary
        Of the municipality.
    language
        nl or en.
    """
    said = []
    share = summary.funnel[0].assessed_share
    if share is not None:
        said.append(
            message("report-known", language, share=quantity_text(share, "share", language))
        )
    for message_id, parts in (
        ("report-left-out", [part.title for part in summary.not_assessed]),
        ("report-absent", [part.title for part in summary.absent]),
        ("report-optional", [part.title for part in summary.optional_absent]),
        ("report-approximated", [part.title for part in summary.approximated.values()]),
    ):
        if parts:
            said.append(message(message_id, language, names=_some(parts, language)))
    unknown = sorted(
        (facts for facts in summary.rules if facts.counts.unknown and _has_layers(facts)),
        key=lambda facts: -facts.counts.unknown,
    )
    if unknown:
        topics = dict.fromkeys(
            _of_parcels(lowered(topic_of(facts, language)), facts.counts.unknown, language)
            for facts in unknown[:_MOST_UNKNOWN]
        )
        said.append(message("report-unknown", language, topics="; ".join(topics)))
    unread = sum(summary.unread_plans.values())
    if unread:
        number = number_text(unread, 0, language)
        said.append(message("report-unread-plans", language, number=number, count=unread))
    if any(facts.basis == Basis.ASSUMPTION for facts in summary.groups.values()):
        said.append(message("report-groups-assumed", language))
    said.append(message("report-not-said", language))
    return said


def sources(summary: Summary, language: Language) -> tuple[list[Source], str]:
    """Return the sources by title, with dates and licences, and the licence that most of them have.

    That one is said once.
    """
    titles: dict[str, Text] = {
        layer.id: layer.title
        for judged in (*summary.rules, *summary.criteria)
        for layer in judged.layers
    }
    none = message("report-no-licence", language)
    found = []
    licences = Counter(facts.licence or none for facts in summary.inputs.values())
    usual = licences.most_common(1)[0][0] if licences else none
    for name, facts in summary.inputs.items():
        title = (
            message(_NOT_LAYERS[name], language)
            if name in _NOT_LAYERS
            else in_language(titles.get(name), language) or name
        )
        date = date_text(facts.reference_date, language, short=True) or message(
            "map-no-date", language
        )
        licence = facts.licence or none
        found.append(Source(title, date, "" if licence == usual else licence))
    return sorted(found, key=lambda source: source.title.lower()), usual


def method(summary: Summary, language: Language) -> list[str]:
    """Return how the ranking was made, in ten sentences; nine where there are no classes."""
    rules = [facts for facts in summary.rules if facts.left_out is None]
    conditions = [each for each in Condition if any(facts.condition == each for facts in rules)]
    topics = ", ".join(lowered(label("condition", each, language)) for each in conditions)
    placement = summary.ruleset.placement
    years, most = (
        quantity_text(facts.value, unit, language) if facts is not None else "?"
        for facts, unit in (
            (placement.get("required_years"), "year"),
            (placement.get("project_homes"), "homes"),
        )
    )
    weights = {name: weight for name, weight in summary.score.weights.items() if weight}
    total = sum(weights.values()) or 1.0
    themes = [
        message(
            "report-theme-weight",
            language,
            theme=lowered(_theme(summary, name, language)),
            share=number_text(weight / total * 100, 0, language),
        )
        for name, weight in sorted(weights.items(), key=lambda each: -each[1])
    ]
    classes = [in_language(facts.title, language) for facts in summary.priorities.values()]
    said: list[tuple[str, dict[str, str]]] = [
        ("report-method-parcels", {"number": number_text(summary.total.parcels, 0, language)}),
        ("report-method-rules", {"number": str(len(rules)), "conditions": topics}),
        ("report-method-source", {}),
        ("report-method-land", {}),
        ("report-method-sites", {}),
        ("report-method-term", {"years": years}),
        ("report-method-unknown", {}),
        *([("report-method-classes", {"classes": _quoted(classes, language)})] if classes else []),
        ("report-method-score", {"themes": listed(themes, language)}),
        ("report-method-homes", {"homes": most}),
    ]
    return [message(message_id, language, **values) for message_id, values in said]


def signature(summary: Summary, language: Language) -> str:
    """Return on which study, rules, software and date the report rests."""
    return message(
        "report-signature",
        language,
        study=summary.study.name,
        date=date_text(summary.study.as_of, language),
        ruleset=in_language(summary.ruleset.title, language) or summary.ruleset.name,
        version=summary.ruleset.version,
        software=summary.versions.get("flexruimte", "?"),
    )


def _has_layers(facts: RuleFacts) -> bool:
    """Return whether a rule has the layers that it needs, and needs some."""
    return bool(facts.layers) and all(layer.present for layer in facts.layers)


def _topics(summary: Summary, ids: list[str], language: Language) -> list[str]:
    rules = {facts.id: facts for facts in summary.rules}
    return [lowered(topic_of(rules[name], language)) for name in ids if name in rules]


def _theme(summary: Summary, name: str, language: Language) -> str:
    if name == "suitability":
        return message("spread-suitability", language)
    facts = summary.themes.get(name)
    return in_language(None if facts is None else facts.title, language) or name


def _some(titles: list[Text], language: Language) -> str:
    names = list(dict.fromkeys(in_language(title, language) for title in titles))
    shown, more = "; ".join(names[:_MOST_NAMED]), len(names) - _MOST_NAMED
    return (
        shown if more <= 0 else message("topics-and-more", language, topics=shown, more=str(more))
    )


def _quoted(names: list[str], language: Language) -> str:
    return listed([message("report-quoted", language, name=name) for name in names], language)


def is_open_term(years: float | None, summary: Summary) -> bool:
    """Return whether a term lasts as long as any that counts: no end of it is known."""
    asked, longest = (
        placement_number(summary, name) for name in ("required_years", "longest_term_years")
    )
    return years is not None and longest is not None and years >= max(longest, asked or 0.0)


def placement_number(summary: Summary, name: str) -> float | None:
    """Return a placement parameter of a run; None where it has none, or it is no number."""
    facts = summary.ruleset.placement.get(name)
    return float(facts.value) if facts and isinstance(facts.value, int | float) else None
