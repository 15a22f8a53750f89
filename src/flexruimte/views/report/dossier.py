"""The dossier of a location: everything that whoever goes on with it wants at hand, on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.results.finding_text import topic_of
from flexruimte.results.summary_model import Summary
from flexruimte.views.report.follow_ups import FollowUps
from flexruimte.views.report.sites import Site
from flexruimte.vocabulary import RULE, Condition
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message

__all__ = ["Dossier", "Passage", "dossiers_of"]

_DECISIVE: Final = ("objection", "overruled", "attention", "missing")
_REST: Final = ("note", "taken")
"""Parts of an explanation that are told in full: what decides or is open first."""
_VERDICTS: Final = {
    "no": "report-way-in-no",
    "unknown": "report-way-in-unknown",
    "yes": "report-way-in-yes",
}
"""Message by verdict."""
_WITH_ADVICE: Final = (*_DECISIVE, "note")


@dataclass(frozen=True)
class Passage:
    """Findings of one kind."""

    title: str
    findings: list[str]


@dataclass(frozen=True)
class Dossier:
    """A location with what is known of it."""

    site: Site
    facts: dict[str, str]
    """By label."""
    way_in: list[Passage]
    """What was found about the way there, by verdict."""
    decisive: list[Passage]
    """What was found that decides, or is open."""
    rest: list[Passage]
    """What else was found."""
    fine: list[str]
    """What was asked and is in order, but for the way there."""
    whom: list[str]
    """Whom to speak to, and about what; sentences."""
    next_place: list[str]
    """Where the homes go when the term ends; sentences."""


def dossiers_of(
    sites: Sequence[Site], summary: Summary, follow_ups: FollowUps, language: Language
) -> list[Dossier]:
    """Return the dossiers of locations.

    Parameters
    ----------
    sites
        The shortlist.
    summary
        Of the municipality.
    follow_ups
        What was worked out after the run.
    language
        nl or en.
    """
    topics = {facts.id: topic_of(facts, language) for facts in summary.rules}
    return [
        Dossier(
            site=site,
            facts=_facts(site, language),
            way_in=_way_in(site.rules, topics, language),
            decisive=_passages(site.rules, _DECISIVE, language),
            rest=_passages(site.rules, _REST, language),
            fine=_unique(
                topics[row[RULE]]
                for row in site.rules
                if row["part"] == "fine" and row["condition"] != str(Condition.ACCESS)
            ),
            whom=_whom(site, summary, language),
            next_place=_next_place(site, follow_ups, language),
        )
        for site in sites
    ]


def _facts(site: Site, language: Language) -> dict[str, str]:
    """Return the facts of the location, with its owner, and its parcels where it has several."""
    facts = {**site.about, message("report-owner", language): site.owner}
    if site.group:
        facts[message("report-best-group", language)] = site.group
    if len(site.parcels) > 1:
        facts[label("column", "parcels", language)] = ", ".join(site.parcels)
    return facts


def _way_in(
    table: Sequence[dict[str, Any]], topics: dict[str, str], language: Language
) -> list[Passage]:
    """Return what was found about the way there: first what is not in order."""
    found: dict[str, list[str]] = {verdict: [] for verdict in _VERDICTS}
    for row in table:
        if row["condition"] == str(Condition.ACCESS) and row["verdict"] in found:
            asked = {"asked": topics[row[RULE]], "found": row["found"]}
            found[row["verdict"]].append(message("report-way-in-found", language, **asked))
    return [
        Passage(message(_VERDICTS[verdict], language), texts)
        for verdict, texts in found.items()
        if texts
    ]


def _passages(
    table: Sequence[dict[str, Any]], parts: Sequence[str], language: Language
) -> list[Passage]:
    found = {
        part: _unique(row["sentence"] for row in table if row["part"] == part) for part in parts
    }
    return [
        Passage(label("part", part, language), sentences)
        for part, sentences in found.items()
        if sentences
    ]


def _whom(site: Site, summary: Summary, language: Language) -> list[str]:
    """Return the owner, the advice of rules on what is open, and whom to ask for what is absent."""
    advice = _unique(
        row["advice"]
        for part in _WITH_ADVICE
        for row in site.rules
        if row["part"] == part and row["advice"]
    )
    open_rules = {row[RULE] for row in site.rules if row["part"] == "missing"}
    absent = {
        layer.id: in_language(layer.title, language)
        for facts in summary.rules
        if facts.id in open_rules
        for layer in facts.layers
        if not layer.present
    }
    datasets = read_catalogue().datasets if absent else {}
    asked = [
        message("report-ask", language, layer=title, ask=in_language(datasets[key].ask, language))
        for key, title in absent.items()
        if key in datasets and datasets[key].ask is not None
    ]
    return [message("report-owner-is", language, owner=site.owner), *advice, *asked]


def _next_place(site: Site, follow_ups: FollowUps, language: Language) -> list[str]:
    if not follow_ups.is_planned:
        return [message("report-next-not-planned", language)]
    if site.location not in follow_ups.standing:
        return [message("report-next-not-in-plan", language)]
    return list(follow_ups.moves.get(site.location, [])) or [message("report-next-stays", language)]


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
