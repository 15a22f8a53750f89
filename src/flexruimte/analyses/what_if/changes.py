"""What is tried on an excluding rule: to switch it off, one level softer, half its distance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flexruimte.rules.measures import NearestMeasure, WalkMeasure
from flexruimte.rules.rules import DistanceByField, LandRule, MeasureRule, Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import Level

__all__ = ["Change", "ChangedRule", "changes_of", "distance_of", "with_rule"]

_SOFTER: Final = dict(zip(list(Level)[:-1], list(Level)[1:], strict=True))


class Change(StrEnum):
    """What is tried on a rule."""

    OFF = "off"
    SOFTER = "softer"
    HALF_DISTANCE = "half_distance"
    OTHER = "other"
    """What a variant makes of it."""


@dataclass(frozen=True)
class ChangedRule:
    """An excluding rule as it is tried."""

    rule_id: str
    change: Change
    rule: Rule
    """As it would be."""


def changes_of(ruleset: Ruleset, rule_id: str) -> list[ChangedRule]:
    """Return what is tried on an excluding rule.

    Parameters
    ----------
    ruleset
        As it holds in the municipality.
    rule_id
        Of the rule.

    Returns
    -------
    list of ChangedRule
        Switched off; one level softer, unless it is soft; with half its distance, where it has one
        that does not stand in a text.

    Examples
    --------
    >>> from flexruimte.rules.files import load_ruleset
    >>> ruleset = load_ruleset("flexwonen-nl")
    >>> tried = changes_of(ruleset, "primary_flood_defence")
    >>> [(str(each.change), each.rule.level.value, each.rule.distance_m) for each in tried]
    [('off', 'hard', 20.0), ('softer', 'medium', 20.0), ('half_distance', 'hard', 10.0)]
    """
    rule = ruleset.rules[rule_id]
    tried: dict[Change, Rule | None] = {
        Change.OFF: rule.model_copy(update={"enabled": False}),
        Change.SOFTER: rule.model_copy(update={"level": _SOFTER[rule.level]})
        if rule.level in _SOFTER
        else None,
        Change.HALF_DISTANCE: _at_half_distance(ruleset, rule),
    }
    return [
        ChangedRule(rule_id, change, changed)
        for change, changed in tried.items()
        if changed is not None
    ]


def with_rule(ruleset: Ruleset, rule_id: str, rule: Rule) -> Ruleset:
    """Return a ruleset in which a rule is another, or that has one more."""
    return ruleset.model_copy(update={"rules": {**ruleset.rules, rule_id: rule}})


def distance_of(ruleset: Ruleset, rule: Rule) -> float | None:
    """Return the distance that a rule asks for; None where it asks for none. [m]

    Of distances by class that is the largest; one that stands in a text is not known here.
    """
    if isinstance(rule, LandRule):
        if isinstance(rule.distance_m, DistanceByField) and rule.distance_m.classes is None:
            return None
        return rule.largest_distance_m or None
    measure = ruleset.measures.get(rule.measure)
    if isinstance(measure, NearestMeasure | WalkMeasure) and rule.at_least is not None:
        return ruleset.number(rule.at_least) or None
    return None


def _at_half_distance(ruleset: Ruleset, rule: Rule) -> Rule | None:
    """Return a rule with half its distance; None where it has none, or reads it from a text."""
    distance = distance_of(ruleset, rule)
    if distance is None:
        return None
    if isinstance(rule, MeasureRule):
        return rule.model_copy(update={"at_least": distance / 2})
    if not isinstance(rule.distance_m, DistanceByField):
        return rule.model_copy(update={"distance_m": distance / 2})
    halved = {
        "classes": {name: each / 2 for name, each in (rule.distance_m.classes or {}).items()},
        "otherwise_m": rule.distance_m.otherwise_m / 2,
    }
    return rule.model_copy(update={"distance_m": rule.distance_m.model_copy(update=halved)})
