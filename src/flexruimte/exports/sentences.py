"""A readable sentence for every location, for whoever clicks on it in a viewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from flexruimte.exports.tables import listed_ids
from flexruimte.labels import STATUSES as STATUS_LABELS
from flexruimte.labels import Language, date_text, label, listed, number_text, quantity_text
from flexruimte.vocabulary import BUILDABLE_AREA, HOMES_HIGH, HOMES_LOW, HOMES_MID, MUNICIPALITY_NAME, RANK, STATUS, TERM_START, TERM_YEARS

__all__ = ["location_sentence"]

_MOST_NAMED = 6


def location_sentence(row: Mapping[str, Any], titles: Mapping[str, str], ranked: int, language: Language) -> str:
    """Return what a location is, in a few sentences that can be read out.

    Parameters
    ----------
    row
        One location, by column; null where not known.
    titles
        Titles of the rules.
    ranked
        How many locations are ranked.
    language
        nl or en.
    """
    dutch = language == "nl"
    sentences = []
    if pd.notna(row[RANK]):
        place = f"Plaats {row[RANK]} van {ranked} in" if dutch else f"Rank {row[RANK]} of {ranked} in"
        sentences.append(f"{place} {row[MUNICIPALITY_NAME]}: {label(STATUS_LABELS, row[STATUS], language)}.")
    else:
        place = "Niet gerangschikt in" if dutch else "Not ranked in"
        sentences.append(f"{place} {row[MUNICIPALITY_NAME]}: {label(STATUS_LABELS, row[STATUS], language)}.")
    sentences += [_score(row, dutch), _term(row, dutch), _homes(row, dutch)]
    words = {
        "reasons": ("Bezwaren waar een besluit overheen stapt" if pd.notna(row["decision"]) else "Bezwaren", "Objections"),
        "attention": ("Let op", "Mind"),
        "missing": ("Niet bekend", "Not known"),
    }
    for column, (in_dutch, in_english) in words.items():
        named = [titles.get(rule_id, rule_id) for rule_id in listed_ids(row[column])]
        if named:
            sentences.append(f"{in_dutch if dutch else in_english}: {_some(named, language)}.")
    return " ".join(filter(None, sentences))


def _score(row: Mapping[str, Any], dutch: bool) -> str:
    language = "nl" if dutch else "en"
    if pd.isna(row["score"]):
        return "Er is te weinig bekend voor een score." if dutch else "Too little is known for a score."
    text = f"Score {number_text(row['score'], 1, language)} {'van' if dutch else 'of'} 100"
    low, high = row["score_low"], row["score_high"]
    if pd.notna(low) and pd.notna(high) and high - low >= 0.1:
        between = "tussen {} en {}, naar wat nog onbekend is uitpakt" if dutch else "between {} and {}, depending on what is still unknown"
        text += f" ({between.format(number_text(low, 1, language), number_text(high, 1, language))})"
    return text + "."


def _term(row: Mapping[str, Any], dutch: bool) -> str:
    if pd.isna(row[TERM_YEARS]) or pd.isna(row[TERM_START]):
        return ""
    language = "nl" if dutch else "en"
    years = quantity_text(float(row[TERM_YEARS]), "year", language)
    start = date_text(row[TERM_START].date() if hasattr(row[TERM_START], "date") else row[TERM_START], language)
    return f"Vrij voor {years} vanaf {start}." if dutch else f"Free for {years} from {start}."


def _homes(row: Mapping[str, Any], dutch: bool) -> str:
    if pd.isna(row[HOMES_MID]):
        return ""
    language = "nl" if dutch else "en"
    area = quantity_text(float(row[BUILDABLE_AREA]), "m2", language)
    text = "Ruimte voor ongeveer {} woningen ({} tot {}) op {}." if dutch else "Room for about {} homes ({} to {}) on {}."
    return text.format(*(number_text(float(row[name]), 0, language) for name in (HOMES_MID, HOMES_LOW, HOMES_HIGH)), area)


def _some(names: list[str], language: Language) -> str:
    if len(names) <= _MOST_NAMED:
        return listed(names, language)
    more = len(names) - _MOST_NAMED
    return f"{', '.join(names[:_MOST_NAMED])} {f'en nog {more}' if language == 'nl' else f'and {more} more'}"
