"""The rules of a ruleset in a list, one of them in full, and a page with all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from flexruimte.errors import RulesetError, did_you_mean
from flexruimte.rules.parts import Reading, references
from flexruimte.rules.rules import Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.views.regime_table import regime_rows
from flexruimte.views.rule_table import asked_of_rule, level_of_rule, priority_rows
from flexruimte.vocabulary import Level
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import quantity_text

__all__ = ["Fact", "facts_of", "markdown_of_rules", "rules_by_condition"]

Fact: TypeAlias = tuple[str, str]
"""What is told, and the text."""
_ADDRESS: Final = re.compile(r"https?://[^\s,;)]+[^\s,;).]")
_FILLED_IN: Final = re.compile(r"\{ *\w+ *\}")
"""What a finding has of the place that it is told of."""
_PLURAL: Final = re.compile(r"\{[^{}]*->[^{}]*\*\[\w+\] *(?P<usual>[^{}\[\]]*?) *\}")
"""The forms that a finding takes with a number."""


def rules_by_condition(
    ruleset: Ruleset, language: Language
) -> dict[str, dict[str, list[list[str]]]]:
    """Return id and title of each rule, by what its condition and its level are called.

    Levels are the hardest first; rules that are off stand behind the others of their level.
    """
    levels, counting = list(Level), ruleset.enabled_rules
    ordered = sorted(
        ruleset.rules,
        key=lambda name: (levels.index(ruleset.rules[name].level), name not in counting),
    )
    found: dict[str, dict[str, list[list[str]]]] = {
        label("condition", rule.condition, language): {} for rule in ruleset.rules.values()
    }
    for name in ordered:
        rule = ruleset.rules[name]
        of_condition = found[label("condition", rule.condition, language)]
        level = level_of_rule(name, ruleset, language)
        of_condition.setdefault(level, []).append([name, in_language(rule.title, language)])
    return found


def facts_of(ruleset: Ruleset, name: str, language: Language) -> list[Fact]:
    """Return all that a ruleset says of a rule, a class of priority or a row of law.

    Parameters
    ----------
    name
        Its id. A rule goes before a class, and a class before a row of law.

    Raises
    ------
    RulesetError
        When the ruleset has none of that id.
    """
    if name in ruleset.rules:
        facts = _facts_of_rule(ruleset, name, language)
    else:
        tables = (priority_rows(ruleset, language), regime_rows(ruleset, language))
        rows = {row[0]: list(zip(head, row, strict=True)) for head, each in tables for row in each}
        if name not in rows:
            raise RulesetError(
                f"ruleset '{ruleset.name}' has no rule '{name}'; "
                f"{did_you_mean(name, [*ruleset.rules, *rows])}"
            )
        facts = rows[name]
    return [(said, text) for said, text in facts if text not in ("", "-")]


def markdown_of_rules(ruleset: Ruleset, language: Language) -> str:
    """Return a page in Markdown: each rule, class of priority and row of law in full.

    Each has a heading, so that a contents list, a search and a link lead to it.
    """
    condition = label("column", "condition", language)
    chapters = {
        condition: [row[0] for of_level in levels.values() for row in of_level]
        for condition, levels in rules_by_condition(ruleset, language).items()
    }
    chapters[label("column", "priority", language)] = list(ruleset.priorities)
    chapters[message("regime-title", language)] = list(ruleset.regimes)
    title = in_language(ruleset.title, language)
    text = f"# {title} ({ruleset.name} {ruleset.version})\n"
    for chapter, names in chapters.items():
        if names:
            text += f"\n## {chapter}\n"
        for name in names:
            facts = [fact for fact in facts_of(ruleset, name, language) if fact[0] != condition]
            text += f"\n### `{name}`\n\n{_markdown_of_facts(facts)}"
    return text


def _markdown_of_facts(facts: Sequence[Fact]) -> str:
    """Return the title of what is told, and the rest as a list; its id and theme stand above it."""
    _, (_, title), *others = facts
    in_markdown = str.maketrans({"\n": "; ", "[": "\\[", "<": "&lt;"})
    told = [(said, _ADDRESS.sub(r"<\g<0>>", text.translate(in_markdown))) for said, text in others]
    lines = [f"- {said}: {text}" for said, text in told]
    return "\n".join([f"**{title}**", "", *lines]) + "\n"


def _facts_of_rule(ruleset: Ruleset, rule_id: str, language: Language) -> list[Fact]:
    rule = ruleset.rules[rule_id]
    finding = rule.finding

    def said(name: str, text: str) -> Fact:
        return label("column", name, language), text

    return [
        said("rule", rule_id),
        said("title", in_language(rule.title, language)),
        said("finding", _to_read(in_language(finding, language))),
        said("when_unknown", _to_read(in_language(finding.unknown if finding else None, language))),
        said("condition", label("condition", rule.condition, language)),
        said("level", level_of_rule(rule_id, ruleset, language)),
        said("level_reason", in_language(rule.level_reason, language)),
        said("test", asked_of_rule(rule, ruleset, language)),
        said("measure", "\n".join(_measures(ruleset, rule, language))),
        said("layer", "\n".join(_layers(ruleset, rule, language))),
        said("parameters", "\n".join(_parameters(ruleset, rule, language))),
        said("regimes", "\n".join(_regimes(ruleset, rule_id, language))),
        said("priorities", "\n".join(_priorities(ruleset, rule_id, language))),
        said("advice", in_language(rule.advice, language)),
        said("basis", label("basis", rule.basis, language)),
        said("source", rule.source),
    ]


def _to_read(finding: str) -> str:
    """Return a finding with dots for what is filled in, and the plural where a number chooses.

    Examples
    --------
    >>> _to_read("There {value -> [one] is *[other] are} {value} on {area}")
    'There are ... on ...'
    """
    return _PLURAL.sub(lambda match: match["usual"], _FILLED_IN.sub("...", finding))


def _measures(ruleset: Ruleset, rule: Rule, language: Language) -> Iterator[str]:
    """Yield the measures that a rule asks for, and what they are called."""
    for name in dict.fromkeys(rule.measures_asked):
        yield f"{name}: {in_language(ruleset.title_of_measure(name), language)}"


def _layers(ruleset: Ruleset, rule: Rule, language: Language) -> Iterator[str]:
    """Yield the layers that a rule needs, with the fields that it reads of them."""
    readings: Sequence[Reading] = [
        *rule.reads(),
        *(
            reading
            for name in rule.measures_asked
            if name in ruleset.measures
            for reading in ruleset.measures[name].reads(ruleset.number)
        ),
    ]
    for key in dict.fromkeys([*ruleset.layers_of_rule(rule), *(each.layer for each in readings)]):
        title = in_language(ruleset.layers[key].title, language)
        of_layer = [name for each in readings if each.layer == key for name in each.fields]
        fields = ", ".join(dict.fromkeys(of_layer))
        yield f"{key}: {title}" + (f" ({fields})" if fields else "")


def _parameters(ruleset: Ruleset, rule: Rule, language: Language) -> Iterator[str]:
    """Yield the choices of the placement that a rule rests on, with their values."""
    asked = [
        rule,
        *(ruleset.measures[each] for each in rule.measures_asked if each in ruleset.measures),
    ]
    named = [name for part in asked for name in references(part)]
    for name in dict.fromkeys([*named, *rule.only_for]):
        parameter = ruleset.placement[name]
        value = parameter.value
        text = (
            quantity_text(float(value), parameter.unit, language, [float(value)])
            if isinstance(value, int | float)
            else ", ".join(value)
            if isinstance(value, list)
            else value
        )
        yield f"{name} = {text}: {in_language(parameter.title, language)}"


def _regimes(ruleset: Ruleset, rule_id: str, language: Language) -> Iterator[str]:
    """Yield the rows of law that make a rule a note."""
    for name, regime in ruleset.regimes.items():
        if rule_id in regime.lifts:
            yield f"{name}: {in_language(regime.title, language)}"


def _priorities(ruleset: Ruleset, rule_id: str, language: Language) -> Iterator[str]:
    """Yield the classes of priority that a rule has a say in."""
    for priority in ruleset.priorities.values():
        title = in_language(priority.title, language)
        if rule_id in priority.passes:
            yield message("rule-must-pass", language, name=title)
        elif rule_id in ruleset.refusals(priority):
            yield message("rule-may-refuse", language, name=title)
