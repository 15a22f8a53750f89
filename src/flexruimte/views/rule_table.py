"""The rules of a ruleset as a table: for the terminal, and for the documentation."""

from __future__ import annotations

from flexruimte.rules.parts import Number, PlacementReference
from flexruimte.rules.rules import DistanceByField, LandRule, Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import unit_of
from flexruimte.wording.labels import (
    BASES,
    COLUMNS,
    CONDITIONS,
    LEVELS,
    Language,
    label,
    quantity_text,
)

__all__ = ["markdown_of_rules", "rule_rows"]


def rule_rows(ruleset: Ruleset, language: Language) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of the table of rules; rules that are off say so.

    The columns are id, title, condition, level, what is asked, basis and source.
    """
    head = [
        label(COLUMNS, name, language)
        for name in ("rule", "title", "condition", "level", "test", "basis", "source")
    ]
    rows = [
        [
            rule_id,
            rule.title.nl if language == "nl" else rule.title.en,
            label(CONDITIONS, rule.condition, language),
            label(LEVELS, rule.level, language)
            + ("" if rule.enabled else " (uit)" if language == "nl" else " (off)"),
            _asked(rule, ruleset, language),
            label(BASES, rule.basis, language),
            rule.source,
        ]
        for rule_id, rule in ruleset.rules.items()
    ]
    return head, rows


def markdown_of_rules(ruleset: Ruleset, language: Language) -> str:
    """Return the rules as a Markdown table."""
    head, rows = rule_rows(ruleset, language)
    title = ruleset.title.nl if language == "nl" else ruleset.title.en
    lines = [
        f"# {title} ({ruleset.name} {ruleset.version})",
        "",
        _line(head),
        _line(["---"] * len(head)),
    ]
    lines += [_line([f"`{row[0]}`", *row[1:]]) for row in rows]
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _asked(rule: Rule, ruleset: Ruleset, language: Language) -> str:
    if isinstance(rule, LandRule):
        return _distance(rule, language)
    unit, parts = unit_of(rule.measure), []
    for sign, value in ((">=", rule.at_least), ("<=", rule.at_most)):
        if value is not None:
            parts.append(f"{sign} {_threshold(value, unit, ruleset, language)}")
    for words, listing in (
        (("een van", "one of"), rule.in_),
        (("geen van", "none of"), rule.not_in),
    ):
        if listing is not None:
            named = f" ({listing.placement})" if isinstance(listing, PlacementReference) else ""
            values = ", ".join(map(str, ruleset.listed(listing))) or "-"
            parts.append(f"{words[language != 'nl']}: {values}{named}")
    return f"{rule.measure} {(' en ' if language == 'nl' else ' and ').join(parts)}"


def _threshold(value: Number, unit: str, ruleset: Ruleset, language: Language) -> str:
    text = quantity_text(ruleset.number(value), unit, language)
    return f"{text} ({value.placement})" if isinstance(value, PlacementReference) else text


def _distance(rule: LandRule, language: Language) -> str:
    dutch = language == "nl"
    if isinstance(rule.distance_m, DistanceByField):
        return (
            f"{rule.layer}: {'afstand uit' if dutch else 'distance from'} {rule.distance_m.field}"
        )
    if not rule.distance_m:
        return f"{rule.layer}: {'niet erop' if dutch else 'not on it'}"
    metres = quantity_text(float(rule.distance_m), "m", language)
    return f"{rule.layer}: {'niet binnen' if dutch else 'not within'} {metres}"
