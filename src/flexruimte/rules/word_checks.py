"""Checks of the words in a ruleset: what rules ask for is what a field can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flexruimte.errors import did_you_mean
from flexruimte.rules.measures import AttributeMeasure, MainClassMeasure, WayInMeasure
from flexruimte.rules.parts import FieldCondition, FieldSpec, Scalar
from flexruimte.rules.rules import DistanceByField, LandRule
from flexruimte.rules.tables import RulesetTables, tests_of
from flexruimte.rules.words import looked_up, plain

__all__ = ["problems_of_words"]


def problems_of_words(ruleset: RulesetTables) -> Iterator[str]:
    """Yield the words that a ruleset asks for and that their field cannot hold.

    A list of values of which two are the same, and aliases that stand for nothing, are told too.
    """
    for key, spec in ruleset.layers.items():
        for name, field in spec.fields.items():
            yield from _problems_of_list(f"layers.{key}.fields.{name}", field)
    for where, layer, name, words in _asked(ruleset):
        field = ruleset.layers[layer].field(name) if layer in ruleset.layers else FieldSpec()
        if field.values is None:
            continue
        known = {plain(value): value for value in field.values}
        for word in words:
            if looked_up(word, known) is None:
                yield (
                    f"[{where}] '{word}' is no value of '{name}' of layer '{layer}'; "
                    f"{did_you_mean(str(word), map(str, field.values))}; "
                    f"a new one goes into its list of values"
                )


def _problems_of_list(where: str, field: FieldSpec) -> Iterator[str]:
    for titled in field.titles:
        if field.values is not None and looked_up(titled, field.by_form) is None:
            yield (
                f"[{where}.titles] '{titled}' is no value of the field; "
                f"{did_you_mean(titled, map(str, field.values))}"
            )
    forms: dict[str, Scalar] = {}
    for value in field.values or []:
        if plain(value) in forms:
            yield f"[{where}] '{forms[plain(value)]}' and '{value}' are the same value; keep one"
        forms[plain(value)] = value
    for alias, value in field.aliases.items():
        if plain(value) not in forms:
            yield (
                f"[{where}] alias '{alias}' stands for '{value}', which is no value of the field; "
                f"{did_you_mean(str(value), map(str, field.values or []))}"
            )


def _asked(ruleset: RulesetTables) -> Iterator[tuple[str, str, str, Iterable[Scalar]]]:
    """Yield table, layer and field, and the words that are asked for there."""
    conditions = [
        *((f"layers.{key}.rows", key, spec.rows) for key, spec in ruleset.layers.items()),
        *(
            (f"rules.{key}.where", rule.layer, rule.where)
            for key, rule in ruleset.rules.items()
            if isinstance(rule, LandRule)
        ),
        *(
            (f"measures.{key}.{name}", getattr(spec, layer), getattr(spec, name))
            for key, spec in ruleset.measures.items()
            for name, layer in (("where", "layer"), ("roads_where", "roads"))
            if hasattr(spec, name)
        ),
    ]
    plans = ruleset.plans
    if plans is not None:
        conditions.append(("plans.where", plans.layer, plans.where))
        statuses = [*plans.hard, *plans.soft, *plans.ignored]
        yield "plans", plans.layer, plans.status_field, statuses
    for where, layer, asked in conditions:
        for name, condition in asked.items():
            yield f"{where}.{name}", layer, name, _words_of(condition)
    for key, rule in ruleset.rules.items():
        if isinstance(rule, LandRule) and isinstance(rule.distance_m, DistanceByField):
            by_field = rule.distance_m
            yield f"rules.{key}.distance_m", rule.layer, by_field.field, by_field.classes or {}
    yield from _asked_of_measures(ruleset)


def _asked_of_measures(
    ruleset: RulesetTables,
) -> Iterator[tuple[str, str, str, Iterable[Scalar]]]:
    """Yield the same of tests and criteria of measures that are the value of a field."""
    of_field = {
        name: spec
        for name, spec in ruleset.measures.items()
        if isinstance(spec, MainClassMeasure | AttributeMeasure)
    }
    for where, test in tests_of(ruleset):
        if test.measure in of_field:
            spec = of_field[test.measure]
            for listed in (test.in_, test.not_in):
                if isinstance(listed, list):
                    yield where, spec.layer, spec.field, listed
    for name, way in ruleset.measures.items():
        if isinstance(way, WayInMeasure):
            yield f"measures.{name}.open_owners", way.owners, way.owner_field, way.open_owners
    for name, criterion in ruleset.criteria.items():
        if criterion.measure in of_field and criterion.classes:
            spec = of_field[criterion.measure]
            yield f"criteria.{name}.classes", spec.layer, spec.field, criterion.classes


def _words_of(condition: FieldCondition) -> list[Scalar]:
    several = [condition.contains] if condition.contains is not None else []
    return [*(condition.in_ or []), *(condition.not_in or []), *several]
