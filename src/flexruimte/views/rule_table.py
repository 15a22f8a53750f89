"""What a rule asks and how hard it is, in words, and the table of classes of priority."""

from __future__ import annotations

from flexruimte.results.rule_text import conditions_text, layer_value_text
from flexruimte.rules.parts import Number, PlacementReference, Test
from flexruimte.rules.rules import DistanceByField, LandRule, Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import unit_of
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import listed, quantity_text

__all__ = [
    "asked_of_rule",
    "level_of_rule",
    "markdown_table",
    "priority_rows",
]


def priority_rows(ruleset: Ruleset, language: Language) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of the table of classes of priority, from the best.

    The columns are id, title, rules that must say yes, rules that may not say no (those of a level
    too), how many locations it takes, basis and source.
    """
    names = ("priority", "title", "passes", "refuses", "most", "basis", "source")
    rows = [
        [
            name,
            in_language(priority.title, language),
            ", ".join(priority.passes) or "-",
            ", ".join(ruleset.refusals(priority)) or "-",
            "-" if priority.most is None else str(priority.most),
            label("basis", priority.basis, language),
            priority.source,
        ]
        for name, priority in ruleset.priorities.items()
    ]
    return [label("column", name, language) for name in names], rows


def markdown_table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, of which the first column holds ids."""
    lines = [_line(head), _line(["---"] * len(head))]
    lines += [_line([f"`{row[0]}`", *row[1:]]) for row in rows]
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def level_of_rule(rule_id: str, ruleset: Ruleset, language: Language) -> str:
    """Return the level of a rule; one that is off says so."""
    level = label("level", ruleset.rules[rule_id].level, language)
    counts = rule_id in ruleset.enabled_rules
    return level if counts else message("rule-level-off", language, level=level)


def asked_of_rule(rule: Rule, ruleset: Ruleset, language: Language) -> str:
    """Return what a rule asks, and where it asks that."""
    text = (
        _asked_of_land(rule, ruleset, language)
        if isinstance(rule, LandRule)
        else _tested(rule, ruleset, language)
    )
    for message_id, tests in (("test-only-where", rule.when), ("test-unless", rule.unless)):
        if tests:
            said = listed([_tested(test, ruleset, language) for test in tests], language)
            text = message(message_id, language, test=text, conditions=said)
    return text


def _tested(rule: Test, ruleset: Ruleset, language: Language) -> str:
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


def _asked_of_land(rule: LandRule, ruleset: Ruleset, language: Language) -> str:
    """Return what a rule on land asks, with the features that it asks for."""
    if rule.above is not None:
        unit = ruleset.layers[rule.layer].unit
        value = layer_value_text(rule.above, unit, language)
        return message("rule-not-above", language, layer=rule.layer, value=value)
    layer = f"{rule.layer}{conditions_text(rule.where, language)}"
    if isinstance(rule.distance_m, DistanceByField):
        field = rule.distance_m.field
        return message("rule-distance-of-feature", language, layer=layer, field=field)
    if not rule.distance_m:
        return message("rule-not-on", language, layer=layer)
    metres = quantity_text(float(rule.distance_m), "m", language)
    return message("rule-not-within", language, layer=layer, distance=metres)
