"""What is said of each location of the shortlist: in three sentences, and in its dossier."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from flexruimte.assessment.sites import OWNER
from flexruimte.results.column_titles import owner_titles
from flexruimte.results.finding_text import topic_of
from flexruimte.results.outputs import OutputContent
from flexruimte.results.rule_text import known_value
from flexruimte.results.sentences import term_text
from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import BUILDABLE_GEOMETRY, joined_ids, listed_ids
from flexruimte.views.accounts import is_open_term
from flexruimte.views.explanation.explain import (
    decision_text,
    facts_of,
    findings_by_rule,
    rule_rows,
)
from flexruimte.views.explanation.table import in_order
from flexruimte.views.links import dossier_anchor, map_link
from flexruimte.views.report.maps import Drawing, SiteMaps
from flexruimte.views.report.term_line import TermLine, term_line
from flexruimte.views.titles_in_sentences import lowered
from flexruimte.vocabulary import (
    BEST_GROUP,
    BUILDABLE_AREA,
    HOMES,
    PARCEL_ID,
    PARCEL_IDS,
    PRIORITY,
    RANK,
    RULE,
    SITE_TYPE,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    THEMES,
)
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text, quantity_text

__all__ = ["MOST", "Site", "owner_titles", "room_for", "shortlist_of", "sites_of"]

MOST: Final = 25
"""So many locations are in a report at most."""
_ROOMS: Final = {"few": 5, "many": 12, "most": MOST}
"""Up to how many locations there is that much room for each."""
_FIRST: Final = 10
"""Where the ruleset has no classes of priority, so many of the best ranked take their place."""
_LONGEST: Final = {"few": 420, "many": 230, "most": 180}
"""Letters that a text on a location has at most, by room."""
_MOST_SAID: Final = 4
"""So many findings of a kind are told where there is room."""
_HECTARE: Final = 10_000.0
_AT_END: Final = re.compile(r"\s*\([^()]*\)$")
"""A remark at the end of a title."""
_WITH_ADVICE: Final = ("overruled", "attention", "missing", "note")


@dataclass(frozen=True)
class Site:
    """A location of the shortlist."""

    rank: str
    location: str
    """Its id."""
    anchor: str
    """What its dossier is called within the page of dossiers."""
    on_map: str
    """Address of the map with the location chosen, from a page of the run."""
    title: str
    """What it is called: its type, and its id."""
    facts: list[str]
    """What one wants to know at once, each a few words."""
    why: str
    """Why it stands here."""
    open: str
    """What is open."""
    next: str
    """For whom, and what comes first."""
    map: Drawing
    parcels: list[str]
    owner: str
    group: str
    """Whom it suits best, with points; empty where that is not known."""
    about: dict[str, str]
    """What is said of it as a whole, by label."""
    decision: str
    """The decision in force, and what goes before it; empty where there is none."""
    rules: list[dict[str, Any]]
    """What every rule found, hardest first: rows as the table of an explanation has."""
    term: TermLine | None


def shortlist_of(content: OutputContent) -> pd.DataFrame:
    """Return the locations that a report is about, by rank: the best class, at most `MOST`.

    The best ranked where the ruleset has no classes.
    """
    listed = content.locations
    ranked = listed[listed[RANK].notna()]
    first = content.summary.first_priority
    if first is None:
        return ranked.head(_FIRST)
    return ranked[(ranked[PRIORITY] == first).fillna(False).to_numpy(dtype=bool)].head(MOST)


def room_for(locations: int) -> str:
    """Return how much room there is for each of some locations on at most four pages.

    Examples
    --------
    >>> room_for(0), room_for(6), room_for(25)
    ('few', 'many', 'most')
    """
    return next((name for name, most in _ROOMS.items() if locations <= most), "most")


def sites_of(content: OutputContent, shortlist: pd.DataFrame, language: Language) -> list[Site]:
    """Return what is said of each location of the shortlist.

    Parameters
    ----------
    content
        What is known of the municipality.
    shortlist
        As `shortlist_of` returns it.
    language
        nl or en.
    """
    if not len(shortlist):
        return []
    maps = SiteMaps(content)
    ids = shortlist[PARCEL_ID].tolist()
    land = pd.concat(
        [
            pd.DataFrame(rows[rows[PARCEL_ID].isin(ids).to_numpy()])
            for rows in (content.parcels, content.sites)
        ],
        ignore_index=True,
    ).set_index(PARCEL_ID, drop=False)
    land = land.drop(columns=["geometry", BUILDABLE_GEOMETRY]).loc[ids]
    found = content.findings[content.findings[PARCEL_ID].isin(ids).to_numpy()]
    of_location = {str(name): rows for name, rows in found.groupby(PARCEL_ID, sort=False)}
    said = _Said(content.summary, language, room_for(len(shortlist)))
    return [
        said.of(
            {str(name): value for name, value in row.items()},
            of_location.get(str(row[PARCEL_ID]), found.iloc[:0]),
            maps.of(str(row[PARCEL_ID])),
        )
        for row in land.to_dict("records")
    ]


class _Said:
    """Puts one location after the other into words."""

    def __init__(self, summary: Summary, language: Language, room: str) -> None:
        self._summary, self._language = summary, language
        self._short_of_room = room != "few"
        self._longest = _LONGEST[room]
        self._owners = owner_titles(summary, language)
        self._rules = {facts.id: facts for facts in summary.rules}
        first = summary.first_priority
        self._refuses = set() if first is None else set(summary.priorities[first].refuses)

    def of(self, row: dict[str, Any], findings: pd.DataFrame, drawing: Drawing) -> Site:
        row[PARCEL_IDS] = joined_ids(row.get(PARCEL_IDS)) or str(row[PARCEL_ID])
        found = findings_by_rule(row, findings, self._summary)
        table = in_order(rule_rows(found, self._summary, self._language))
        decision = decision_text(row, self._summary, found, self._language)
        owner, parcels = self._owner(row), listed_ids(row[PARCEL_IDS])
        group = self._group(row)
        return Site(
            rank=str(row[RANK]),
            location=str(row[PARCEL_ID]),
            anchor=dossier_anchor(str(row[PARCEL_ID])),
            on_map=map_link(self._summary.municipality.code, str(row[PARCEL_ID])),
            title=self._title(row, len(parcels)),
            facts=self._facts(row, owner),
            why=self._short(f"{decision} {self._why(row)}".strip()),
            open=self._short(self._open(table)),
            next=self._short(self._next(table, group)),
            map=drawing,
            parcels=parcels,
            owner=owner,
            group=group,
            about=facts_of(row, self._summary, self._language),
            decision=decision,
            rules=table,
            term=term_line(row, self._summary, self._language),
        )

    def _say(self, message_id: str, **said: str | float) -> str:
        return message(message_id, self._language, **said)

    def _short(self, text: str) -> str:
        return textwrap.shorten(text, self._longest, placeholder=" …")

    def _title(self, row: dict[str, Any], parcels: int) -> str:
        name = known_value(row, SITE_TYPE)
        kind = in_language(self._summary.site_types.get(name), self._language) if name else ""
        known = kind if kind and name != "other" else self._say("report-location")
        more = self._say("report-parcels", number=str(parcels)) if parcels > 1 else ""
        return self._say(
            "report-site-title", kind=known, location=str(row[PARCEL_ID]), more=more
        ).rstrip()

    def _facts(self, row: dict[str, Any], owner: str) -> list[str]:
        homes, land = known_value(row, HOMES), known_value(row, BUILDABLE_AREA)
        start, end = (known_value(row, name) for name in (TERM_START, TERM_END))
        return [
            text
            for text in (
                "" if homes is None else quantity_text(int(homes), "homes", self._language),
                "" if land is None else self._land(float(land)),
                self._term(known_value(row, TERM_YEARS), start, end),
                self._say("report-owner-of", owner=owner),
            )
            if text
        ]

    def _term(self, years: float | None, start: Any, end: Any) -> str:
        """Return how long the land is free; only the years where there is little room."""
        if start is None or end is None:
            return ""
        first, last = start.date(), end.date()
        said = term_text(years, first, last, self._summary, self._language)
        if not self._short_of_room or not said:
            return said
        if is_open_term(years, self._summary):
            return self._say("report-free-from", year=str(first.year))
        return self._say("report-free", first=str(first.year), last=str(last.year))

    def _land(self, square_metres: float) -> str:
        if square_metres < _HECTARE:
            area = quantity_text(square_metres, "m2", self._language)
        else:
            area = f"{number_text(square_metres / _HECTARE, 1, self._language)} ha"
        return self._say("report-buildable", area=area)

    def _owner(self, row: dict[str, Any]) -> str:
        name = known_value(row, OWNER) if OWNER in row else None
        return self._say("unknown") if name is None else self._owners.get(str(name), str(name))

    def _group(self, row: dict[str, Any]) -> str:
        name = known_value(row, BEST_GROUP)
        points = None if name is None else known_value(row, f"suitability_{name}")
        if name is None or points is None:
            return ""
        facts = self._summary.groups.get(str(name))
        title = in_language(None if facts is None else facts.title, self._language) or str(name)
        title = _AT_END.sub("", title)  # what holds for all groups stands with what is not known
        number = number_text(float(points), 0, self._language)
        return self._say("report-group", group=lowered(title), points=number)

    def _why(self, row: dict[str, Any]) -> str:
        # Where there is little room the rank, which stands before the title, is not said again.
        place = {"rank": str(row[RANK]), "ranked": str(self._summary.ranked)}
        said = {} if self._short_of_room else place
        score = known_value(row, "score")
        points = number_text(score, 0, self._language)
        titles = {
            "suitability": self._say("spread-suitability"),
            **{
                name: in_language(part.title, self._language)
                for name, part in self._summary.themes.items()
            },
        }
        weighed = [name for name in THEMES if self._summary.score.weights.get(name)]
        known = {
            name: float(value)
            for name in weighed
            if name in row and (value := known_value(row, name)) is not None
        }
        if score is None or len(known) < 2:
            return self._say("report-why-rank", **place, score=points)
        best, worst = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
        return self._say(
            "report-why-short" if self._short_of_room else "report-why",
            **said,
            score=points,
            best=lowered(titles.get(best, best)),
            best_points=number_text(known[best], 0, self._language),
            worst=lowered(titles.get(worst, worst)),
            worst_points=number_text(known[worst], 0, self._language),
        )

    def _open(self, table: Sequence[dict[str, Any]]) -> str:
        """Return points of attention and what is not known and decides; else that nothing is.

        Where there is little room the first of these, and how many there are more.
        """
        overruled, attention = (
            [row["sentence"] for row in table if row["part"] == part]
            for part in ("overruled", "attention")
        )
        missing = [
            lowered(topic_of(self._rules[row[RULE]], self._language))
            for row in table
            if row["part"] == "missing" and (row["excludes"] or row[RULE] in self._refuses)
        ]
        parts = [
            (message_id, name, list(dict.fromkeys(texts)), between)
            for message_id, name, texts, between in (
                ("location-objections-overruled", "findings", overruled, " "),
                ("location-attention", "findings", attention, " "),
                ("report-open-unknown", "topics", missing, "; "),
            )
            if texts
        ]
        notes = sum(row["part"] == "note" for row in table)
        if self._short_of_room:
            more = sum(len(texts) for *_, texts, _ in parts[1:]) + notes
            more += len(parts[0][2]) - 1 if parts else 0
            parts = [(part[0], part[1], part[2][:1], part[3]) for part in parts[:1]]
            told = [("report-more-points", more)]
        else:
            told = [("report-notes", notes)]
        said = [
            self._say(message_id, **{name: self._some(texts, between)})
            for message_id, name, texts, between in parts
        ]
        said += [
            self._say(message_id, number=str(count), count=count)
            for message_id, count in told
            if count
        ]
        return " ".join(said) or self._say("report-open-nothing")

    def _some(self, texts: Sequence[str], between: str) -> str:
        shown, more = between.join(texts[:_MOST_SAID]), len(texts) - _MOST_SAID
        if more <= 0:
            return shown
        return self._say("topics-and-more", topics=shown.rstrip("."), more=str(more))

    def _next(self, table: Sequence[dict[str, Any]], group: str) -> str:
        advice = [
            row["advice"]
            for part in _WITH_ADVICE
            for row in table
            if row["part"] == part and row["advice"]
        ]
        if self._short_of_room:
            advice = [each.partition(". ")[0].rstrip(".") + "." for each in advice[:1]]
        first = (
            self._say("report-first-step", advice=advice[0])
            if advice
            else self._say("report-first-step-none")
        )
        suits = self._say("report-suits", group=group) if group else ""
        return f"{suits} {first}".strip()
