"""The words of flexruimte as people read them, in Dutch and in English.

Titles of rules, measures and layers come from the ruleset.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeAlias

from flexruimte.vocabulary import BUILT_IN_MEASURES

__all__ = [
    "BASES",
    "COLUMNS",
    "CONDITIONS",
    "LAYOUT_KINDS",
    "LEVELS",
    "SEARCH_ORDER",
    "STATUSES",
    "STRANDED_REASONS",
    "THEMES",
    "UNIT_NAMES",
    "VERDICTS",
    "Labels",
    "Language",
    "date_text",
    "in_language",
    "label",
    "listed",
    "number_text",
    "quantity_text",
]

Language: TypeAlias = str
"""nl or en."""
Labels: TypeAlias = Mapping[str, tuple[str, str]]
"""A word of the vocabulary = what it is called in Dutch and in English."""

STATUSES: Final[Labels] = {
    "available": ("beschikbaar", "available"),
    "attention": ("beschikbaar met aandachtspunten", "available, with points of attention"),
    "unknown": ("niet te beoordelen: gegevens ontbreken", "cannot be judged: evidence is missing"),
    "excluded": ("uitgesloten", "excluded"),
}
VERDICTS: Final[Labels] = {
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
    "unknown": ("onbekend", "unknown"),
    "left_out": ("niet beoordeeld", "not assessed"),
    "scored": ("score", "score"),
}
LEVELS: Final[Labels] = {
    "very_hard": ("zeer hard", "very hard"),
    "hard": ("hard", "hard"),
    "medium": ("middelhard", "medium"),
    "soft": ("zacht", "soft"),
}
SEARCH_ORDER: Final[Labels] = {
    "municipality": ("in de eigen gemeente", "in the own municipality"),
    "region": ("in de regio", "in the region"),
    "province": ("in de provincie", "in the province"),
    "country": ("elders in het land", "elsewhere in the country"),
}
STRANDED_REASONS: Final[Labels] = {
    "moves_used": ("het grootste aantal verhuizingen is bereikt", "the most moves have been made"),
    "no_open_site": (
        "geen locatie is dan lang genoeg vrij",
        "no site is free then for long enough",
    ),
    "no_room": (
        "de locaties die dan vrij zijn, zijn vol of te klein",
        "the sites that are free then are full or too small",
    ),
}
LAYOUT_KINDS: Final[Labels] = {
    "module": ("module", "module"),
    "road": ("weg voor hulpdiensten", "road for emergency services"),
    "paved": ("verharding", "paving"),
    "path": ("pad", "path"),
}
CONDITIONS: Final[Labels] = {
    "decision": ("Besluit", "Decision"),
    "use": ("Gebruik van de grond", "Use of the land"),
    "restriction": ("Beperkingen", "Restrictions"),
    "plan": ("Woningbouwplannen", "Housing plans"),
    "term": ("Termijn", "Term"),
    "site": ("De plek zelf", "The site itself"),
    "access": ("Bereikbaarheid en aansluiting", "Access and connections"),
    "environment": ("Leefomgeving", "Living environment"),
    "criterion": ("Waardering", "Scores"),
}
BASES: Final[Labels] = {
    "law": ("wet", "law"),
    "pbl": ("PBL", "PBL"),
    "practice": ("praktijk", "practice"),
    "assumption": ("aanname", "assumption"),
}
THEMES: Final[Labels] = {
    "suitability": ("Geschiktheid", "Suitability"),
    "term": ("Termijn", "Term"),
    "relocatability": ("Verplaatsbaarheid", "Relocatability"),
    "environment": ("Leefomgeving", "Living environment"),
}
UNIT_NAMES: Final[Labels] = {
    "m2": ("m²", "m²"),
    "share": ("%", "%"),
    "percent": ("%", "%"),
    "year": ("jaar", "years"),
    "calendar year": ("", ""),
    "dB Lden": ("dB Lden", "dB Lden"),
    "ug/m3": ("µg/m³", "µg/m³"),
    "count": ("", ""),
    "homes": ("woningen", "homes"),
    "class": ("", ""),
}
"""Units that people read otherwise than the vocabulary writes them."""
COLUMNS: Final[Labels] = {
    "parcel_id": ("Perceel", "Parcel"),
    "gemeente_code": ("Gemeentecode", "Municipality code"),
    "gemeente": ("Gemeente", "Municipality"),
    "rank": ("Plaats", "Rank"),
    "status": ("Status", "Status"),
    "score": ("Score", "Score"),
    "score_low": ("Score, ondergrens", "Score, low"),
    "score_high": ("Score, bovengrens", "Score, high"),
    **THEMES,
    **BUILT_IN_MEASURES,
    "term_start": ("Vanaf", "From"),
    "term_end": ("Tot", "Until"),
    "site_type": ("Type locatie", "Site type"),
    "taken_m2": ("Afgevallen oppervlakte", "Area taken away"),
    "known_share": ("Deel van de vragen met antwoord", "Share of questions answered"),
    "reasons": ("Uitsluitende bezwaren", "Excluding objections"),
    "attention": ("Aandachtspunten", "Points of attention"),
    "missing": ("Onbekend", "Unknown"),
    "decision": ("Besluit", "Decision"),
    "decision_reason": ("Reden van het besluit", "Reason for the decision"),
    "decision_date": ("Datum van het besluit", "Date of the decision"),
    "plans": ("Woningbouwplannen", "Housing plans"),
    "rule": ("Regel", "Rule"),
    "title": ("Vraag", "Question"),
    "condition": ("Voorwaarde", "Condition"),
    "level": ("Hardheid", "Level"),
    "verdict": ("Oordeel", "Verdict"),
    "found": ("Gevonden", "Found"),
    "test": ("Gevraagd", "Asked"),
    "features": ("Door", "Because of"),
    "layer": ("Kaartlaag", "Layer"),
    "reference_date": ("Stand van", "As of"),
    "source": ("Bron van de regel", "Source of the rule"),
    "basis": ("Grondslag", "Basis"),
    "advice": ("Wat te doen", "What to do"),
    "homes": ("Woningen", "Homes"),
    "parcels": ("Percelen", "Parcels"),
    "hectares": ("Hectare", "Hectares"),
}

_MONTHS: Final = {
    "nl": (
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


def label(labels: Labels, word: str, language: Language) -> str:
    """Return what a word of the vocabulary is called; a word without a label stands for itself.

    Examples
    --------
    >>> label(STATUSES, "excluded", "nl"), label(STATUSES, "other", "en")
    ('uitgesloten', 'other')
    """
    names = labels.get(word)
    return word if names is None else names[0 if language == "nl" else 1]


class Bilingual(Protocol):
    """A text in Dutch and in English, as rulesets have them."""

    @property
    def nl(self) -> str:
        """The Dutch text."""

    @property
    def en(self) -> str:
        """The English text."""


def in_language(text: Bilingual | None, language: Language) -> str:
    """Return a text in one language; empty where there is none."""
    if text is None:
        return ""
    return text.nl if language == "nl" else text.en


_DUTCH: Final = str.maketrans(",.", ".,")


def number_text(value: float | None, decimals: int, language: Language) -> str:
    """Return a number as people write it; superfluous zeros are left off, None and NaN are a question mark.

    Examples
    --------
    >>> number_text(12345.50, 1, "nl"), number_text(12345.50, 1, "en"), number_text(3.0, 1, "nl")
    ('12.345,5', '12,345.5', '3')
    """
    if value is None or math.isnan(value):
        return "?"
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.translate(_DUTCH) if language == "nl" else text


_DECIMALS: Final = {
    "m": 0,
    "m2": 0,
    "share": 1,
    "homes": 0,
    "count": 0,
    "year": 1,
    "calendar year": 0,
    "km": 2,
}


def quantity_text(value: Any, unit: str, language: Language) -> str:
    """Return a value of a measure with its unit; a share as a percentage, a class as it is.

    Examples
    --------
    >>> quantity_text(0.125, "share", "nl"), quantity_text(15.0, "year", "nl"), quantity_text("2", "class", "en")
    ('12,5%', '15 jaar', '2')
    """
    if not isinstance(value, int | float) or unit in ("class", "calendar year"):
        return f"{value:g}" if isinstance(value, float) else str(value)
    name = label(UNIT_NAMES, unit, language)
    number = number_text(
        value * 100 if unit == "share" else value, _DECIMALS.get(unit, 1), language
    )
    if unit == "share" and number == "0" and value > 0:
        number = f"< {number_text(0.1, 1, language)}"
    if name == "%":
        return f"{number}%"
    return f"{number} {name}".rstrip()


def date_text(date: dt.date | str | None, language: Language) -> str:
    """Return a date in words.

    Examples
    --------
    >>> date_text("2026-03-01", "nl")
    '1 maart 2026'
    """
    if not date:
        return ""
    day = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return f"{day.day} {_MONTHS['nl' if language == 'nl' else 'en'][day.month - 1]} {day.year}"


def listed(words: list[str], language: Language) -> str:
    """Return words as people list them.

    Examples
    --------
    >>> listed(["a", "b", "c"], "nl")
    'a, b en c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {'en' if language == 'nl' else 'and'} {words[-1]}"
