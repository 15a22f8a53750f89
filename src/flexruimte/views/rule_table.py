"""The rules of a ruleset as a table: for the terminal, and for the documentation."""

from __future__ import annotations

from flexruimte.results.rule_text import conditions_text
from flexruimte.rules.parts import Number, PlacementReference
from flexruimte.rules.rules import DistanceByField, LandRule, Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import unit_of
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import listed, quantity_text

__all__ = ["markdown_of_rules", "rule_rows"]


def rule_rows(ruleset: Ruleset, language: Language) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of the table of rules; rules that are off say so.

    The columns are id, title, condition, level, what is asked, basis and source.
    """
    head = [
        label("column", name, language)
        for name in ("rule", "title", "condition", "level", "test", "basis", "source")
    ]
    rows = [
        [
            rule_id,
            in_language(rule.title, language),
            label("condition", rule.condition, language),
            _level(rule, language),
            _asked(rule, ruleset, language),
            label("basis", rule.basis, language),
            rule.source,
        ]
        for rule_id, rule in ruleset.rules.items()
    ]
    return head, rows


def markdown_of_rules(ruleset: Ruleset, language: Language) -> str:
    """Return the rules as a Markdown table."""
    head, rows = rule_rows(ruleset, language)
    title = in_language(ruleset.title, language)
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


def _level(rule: Rule, language: Language) -> str:
    level = label("level", rule.level, language)
    return level if rule.enabled else message("rule-level-off", language, level=level)


def _asked(rule: Rule, ruleset: Ruleset, language: Language) -> str:
    if isinstance(rule, LandRule):
        return _distance(rule, language)
    unit, parts = unit_of(rule.measure), []
    for message_id, value in (("test-at-least", rule.at_least), ("test-at-most", rule.at_most)):
        if value is not None:
            bound = _threshold(value, unit, ruleset, language)
            parts.append(message(message_id, language, value=bound))
    for message_id, listing in (("test-in", rule.in_), ("test-not-in", rule.not_in)):
        if listing is not None:
            named = f" ({listing.placement})" if isinstance(listing, PlacementReference) else ""
            values = ", ".join(map(str, ruleset.listed(listing))) or "-"
            parts.append(message(message_id, language, classes=values + named))
    return f"{rule.measure} {listed(parts, language)}"


def _threshold(value: Number, unit: str, ruleset: Ruleset, language: Language) -> str:
    number = ruleset.number(value)
    text = quantity_text(number, unit, language, [number])
    return f"{text} ({value.placement})" if isinstance(value, PlacementReference) else text


def _distance(rule: LandRule, language: Language) -> str:
    """Return what a rule on land asks, with the features that it asks for."""
    layer = f"{rule.layer}{conditions_text(rule.where, language)}"
    if isinstance(rule.distance_m, DistanceByField):
        field = rule.distance_m.field
        return message("rule-distance-of-feature", language, layer=layer, field=field)
    if not rule.distance_m:
        return message("rule-not-on", language, layer=layer)
    metres = quantity_text(float(rule.distance_m), "m", language)
    return message("rule-not-within", language, layer=layer, distance=metres)
