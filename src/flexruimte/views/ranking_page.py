"""A ranking as a notebook shows it: what there is by class, and the first locations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.assessment.sites import OWNER
from flexruimte.results.column_titles import owner_title
from flexruimte.results.findings import ToldFinding, findings_told
from flexruimte.results.map_colours import class_numbers, map_classes
from flexruimte.results.sentences import known_or_none
from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import listed_ids
from flexruimte.views.accounts import is_open_term
from flexruimte.views.html import render
from flexruimte.vocabulary import (
    BUILDABLE_AREA,
    FINDINGS_OF_LOCATION,
    HOMES,
    KEPT_OUT_BY,
    LISTED_STATUSES,
    PARCEL_ID,
    PRIORITY,
    RANK,
    RANKED_STATUSES,
    STATUS,
    TERM_YEARS,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import listed, number_text, quantity_text

__all__ = ["ranking_page"]

_OPEN: Final = 10
"""So many locations are seen at once ..."""
_FOLDED: Final = 40
"""... and so many more when they are unfolded."""
_DECIDING: Final = 2
"""So many findings are seen of each; the others are unfolded."""
_HECTARE_M2: Final = 10_000


def ranking_page(
    locations: pd.DataFrame, parcels: pd.DataFrame, findings: pd.DataFrame, summary: Summary
) -> str:
    """Return HTML: what there is by class of priority, the first locations, and folded the rest.

    Parameters
    ----------
    locations
        As `flexruimte.results.tables.location_table` makes it, with `owner_class` where that is
        known. (n, ...)
    parcels
        Every parcel. (m, ...)
    findings
        As `flexruimte.results.findings.with_finding_text` makes it.
    summary
        Of the municipality.
    """
    language = summary.study.language
    ranked = locations[locations[RANK].notna()]
    rows = _rows(ranked.head(_OPEN + _FOLDED), findings, summary)
    empty = "ranking-too-little-known" if summary.without_score else "ranking-empty"
    more = len(ranked) - _OPEN
    return render(
        "ranking",
        name=summary.municipality.name,
        code=summary.municipality.code,
        study=summary.study.name,
        as_of=summary.study.as_of,
        classes=_class_table(summary),
        head=_head(summary),
        first=rows[:_OPEN],
        rest=rows[_OPEN:],
        more=message("ranking-more", language, number=number_text(more, 0, language), count=more)
        if more > 0
        else "",
        elsewhere=message("ranking-elsewhere", language) if more > _FOLDED else "",
        empty=message(empty, language),
        all_parcels=message("ranking-all-parcels", language),
        statuses=_status_table(summary),
        remarks=_remarks(parcels, summary),
        others=message("ranking-other-findings", language),
    )


def _columns(*names: str, summary: Summary) -> list[str]:
    return [label("column", name, summary.study.language) for name in names]


def _head(summary: Summary) -> list[str]:
    numbers = _columns(HOMES, "hectares", "score", TERM_YEARS, summary=summary)
    texts = _columns(PARCEL_ID, PRIORITY, OWNER, summary=summary)
    [rank, finding] = _columns(RANK, FINDINGS_OF_LOCATION, summary=summary)
    if not summary.priorities:
        texts.pop(1)
    return [rank, *texts, *numbers, finding]


def _rows(ranked: pd.DataFrame, findings: pd.DataFrame, summary: Summary) -> list[dict[str, Any]]:
    """Return what the template shows of locations."""
    language = summary.study.language
    classes, numbers = map_classes(summary), class_numbers(ranked, summary)
    told = findings_told(ranked, findings, summary)
    owners = known_or_none(ranked[OWNER]) if OWNER in ranked else [None] * len(ranked)
    columns = [
        known_or_none(ranked[name])
        for name in (RANK, PARCEL_ID, KEPT_OUT_BY, HOMES, BUILDABLE_AREA, "score", TERM_YEARS)
    ]
    required = summary.ruleset.placement.get("required_years")
    asked = [float(required.value)] if required and isinstance(required.value, int | float) else []
    rows = []
    for at, (rank, parcel_id, kept_out_by, homes, area, score, years) in enumerate(
        zip(*columns, strict=True)
    ):
        each = classes[numbers[at]] if numbers[at] >= 0 else None
        hectares = None if area is None else area / _HECTARE_M2
        amounts = ((homes, 0), (hectares, 1), (score, 1))
        numbers_of = [
            "-" if value is None else number_text(float(value), decimals, language, aligned=True)
            for value, decimals in amounts
        ]
        term = "-" if years is None else quantity_text(years, "year", language, asked)
        if is_open_term(years, summary):
            term = message("map-at-least", language, number=term)
        deciding, others = _deciding(told[at], listed_ids(kept_out_by), language)
        rows.append(
            {
                "rank": rank,
                "id": parcel_id,
                "colour": "" if each is None else each.colour,
                "class": each.title if each is not None and summary.priorities else None,
                "owner": owner_title(owners[at], summary),
                "numbers": [*numbers_of, term],
                "deciding": deciding,
                "others": others,
            }
        )
    return rows


def _deciding(
    told: Sequence[ToldFinding], kept_out_by: list[str], language: Language
) -> tuple[list[str], list[str]]:
    """Return the sentences that decide of a location, and the others.

    First what keeps it out of the class above, then what calls for attention, notes, and in short
    what is not known.
    """
    kinds = ("objection", "attention", "note", "missing", "fine")
    order = sorted(told, key=lambda each: (each.rule not in kept_out_by, kinds.index(each.kind)))
    sentences = [
        message("location-topic-unknown", language, topic=each.topic)
        if each.kind == "missing"
        else each.sentence
        for each in order
    ]
    distinct = list(dict.fromkeys(sentences))
    return distinct[:_DECIDING], distinct[_DECIDING:]


def _class_table(summary: Summary) -> tuple[list[str], list[tuple[str, str, list[str]]]] | None:
    """Return head and rows of the table of priorities; None where the ruleset has none."""
    language = summary.study.language
    if not summary.priorities:
        return None
    rows = []
    for each in map_classes(summary):
        facts = summary.priorities[each.value]
        amounts = ((facts.locations, 0), (facts.homes, 0), (facts.buildable_hectares, 1))
        numbers = [
            number_text(amount, decimals, language, aligned=True) for amount, decimals in amounts
        ]
        rows.append((each.colour, each.title, numbers))
    return _columns(PRIORITY, "locations", HOMES, "hectares", summary=summary), rows


def _status_table(summary: Summary) -> tuple[list[str], list[tuple[str, str, list[str]]]]:
    """Return head and rows of the table of statuses: parcels, hectares and homes."""
    language, rows = summary.study.language, []
    for status, counts in summary.status.items():
        numbers = [
            number_text(counts.parcels, 0, language),
            number_text(counts.hectares, 1, language, aligned=True),
            number_text(counts.buildable_hectares, 1, language, aligned=True),
            number_text(counts.homes, 0, language) if status in RANKED_STATUSES else "-",
        ]
        rows.append(("", label("status", status, language), numbers))
    head = _columns(STATUS, "parcels", "hectares", summary=summary)
    buildable, homes = _columns(BUILDABLE_AREA, HOMES, summary=summary)
    return [*head, f"{buildable} (ha)", homes], rows


def _remarks(parcels: pd.DataFrame, summary: Summary) -> list[str]:
    """Return what was left out, is absent or was approximated, and how much is known."""
    language, remarks = summary.study.language, []
    for message_id, parts in (
        ("ranking-left-out", summary.not_assessed),
        ("ranking-absent", summary.absent),
        ("ranking-approximated", summary.approximated.values()),
    ):
        names = [in_language(part.title, language) for part in parts]
        if names:
            remarks.append(message(message_id, language, names=listed(names, language)))
    shown = parcels[STATUS].isin([str(status) for status in LISTED_STATUSES])
    if shown.any():
        share = float(np.mean(parcels.loc[shown, "known_share"]))
        known = number_text(share * 100, 0, language)
        remarks.append(message("ranking-known", language, share=known))
    return remarks
