"""What people call the columns of locations, and the groups that a form shows them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flexruimte.assessment.sites import OWNER
from flexruimte.results.summary_model import Summary
from flexruimte.results.summary_rules import MeasureRuleFacts
from flexruimte.rules.parts import Text
from flexruimte.vocabulary import (
    BEST_GROUP,
    BUILT_IN_MEASURES,
    DECISION,
    FINDINGS_OF_LOCATION,
    KEPT_OUT_BY,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    NOTES,
    PARCEL_ID,
    PARCEL_IDS,
    PRIORITY,
    RANK,
    SCORE_KNOWN_SHARE,
    SITE_ID,
    STATUS,
    TERM_END,
    TERM_START,
    THEMES,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message

__all__ = ["column_title", "grouped_columns", "owner_title", "owner_titles"]

_LABEL: Final = "_label"
_SUITABILITY: Final = "suitability"
_OF_IDS: Final = (STATUS, PRIORITY, "site_type", "attention", NOTES, "missing", "reasons")
"""Columns with ids, for who computes with them; beside them stand words."""
_GROUPS: Final = {
    "group-first": (
        RANK, PARCEL_ID, "priority_label", "status_label", "score", "homes", "owner_class",
        "explanation", FINDINGS_OF_LOCATION, DECISION, "decision_reason", "decision_date",
    ),
    "group-score": (
        "score_low", "score_high", SCORE_KNOWN_SHARE, "feasibility", "relocatability", "term",
        "environment",
    ),
    "group-suitability": (_SUITABILITY, BEST_GROUP, "suitability_"),
    "group-term": ("term_years", TERM_START, TERM_END),
    "group-land": (
        "area_m2", "buildable_m2", "largest_part_m2", "homes_low", "homes_mid", "homes_high",
        "site_type_label", "size_class",
    ),
    "group-unknown": ("known_share", "missing"),
}  # fmt: skip
"""Columns by the message that is the title of their group; `suitability_` stands for each group."""
_REST: Final = "group-rest"
_OWN_WORDS: Final = (
    BEST_GROUP, DECISION, "decision_date", "decision_reason", "explanation", FINDINGS_OF_LOCATION,
    KEPT_OUT_BY, "known_share", MUNICIPALITY_CODE, MUNICIPALITY_NAME, "owner_class", PARCEL_ID,
    PARCEL_IDS, RANK, "score", SCORE_KNOWN_SHARE, "score_high", "score_low", SITE_ID, TERM_END,
    TERM_START,
)  # fmt: skip
"""Columns with a label of their own, "column" and the name."""


def column_title(name: str, summary: Summary) -> str:
    """Return what people call a column of the locations; the name where there is no word for it.

    Parameters
    ----------
    name
        Of the column.
    summary
        Of the municipality: titles of themes and groups, and the language.
    """
    language = summary.study.language
    if name.endswith(_LABEL):
        return label("column", name.removesuffix(_LABEL), language)
    if name in _OF_IDS:
        return message("column-of-ids", language, title=label("column", name, language))
    if name in summary.themes:
        title = in_language(summary.themes[name].title, language)
        return message("column-of-score", language, title=title)
    group = summary.groups.get(name.removeprefix(f"{_SUITABILITY}_"))
    if name in THEMES:
        return label("column", _SUITABILITY, language) if name == _SUITABILITY else name
    if group is not None:
        return message("funnel-suitable", language, group=in_language(group.title, language))
    if name in BUILT_IN_MEASURES:
        return label("measure", name, language)
    return label("column", name, language) if name in _OWN_WORDS else name


def grouped_columns(columns: Sequence[str], summary: Summary) -> dict[str, list[str]]:
    """Return columns by the title of the group that a form shows them in, each once.

    Parameters
    ----------
    columns
        That there are; groups without any are left out.
    summary
        Of the municipality.
    """
    left, groups = list(columns), {}
    for message_id, wanted in _GROUPS.items():
        here = [
            name for each in wanted for name in left
            if name == each or (each.endswith("_") and name.startswith(each))
        ]  # fmt: skip
        left = [name for name in left if name not in here]
        groups[message_id] = here
    groups[_REST] = left
    language = summary.study.language
    return {message(name, language): found for name, found in groups.items() if found}


def owner_titles(summary: Summary, language: Language) -> dict[str, str]:
    """Return what kinds of owner are called, as far as a rule or criterion knows them."""
    titles: dict[str, Text] = {}
    for rule in summary.rules:
        if isinstance(rule, MeasureRuleFacts) and rule.test.measure == OWNER:
            titles |= rule.test.classes
    for criterion in summary.criteria:
        if criterion.measure == OWNER:
            titles |= criterion.class_titles
    return {name: in_language(title, language) for name, title in titles.items()}


def owner_title(name: str | None, summary: Summary) -> str:
    """Return what a kind of owner is called; "unknown" where it is None."""
    language = summary.study.language
    if name is None:
        return message("unknown", language)
    return owner_titles(summary, language).get(name, name)
