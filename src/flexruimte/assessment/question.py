"""What a study asks, read and checked, and what follows from that before any municipality is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from flexruimte.evidence.decisions import Decisions
from flexruimte.evidence.parcels import Municipalities
from flexruimte.evidence.sources import Source
from flexruimte.rules.parts import Language
from flexruimte.rules.ruleset import Ruleset

__all__ = ["Question", "layers_in_use", "left_out_by"]


@dataclass(frozen=True)
class Question:
    """Everything a study asks, read and checked, before any municipality is computed."""

    name: str
    as_of: dt.date
    language: Language
    ruleset: Ruleset
    groups: list[str]
    """Target groups that count."""
    not_assessed: frozenset[str]
    """Layers and rules that are knowingly left out."""
    parcels: Source
    municipalities: Municipalities
    sources: Mapping[str, Source]
    """By layer."""
    decisions: Decisions
    threads: int | None = None
    """Threads that work on one municipality; None is one per processor.

    Results do not depend on it.
    """
    block: int = 25_000
    """Most parcels whose layers are in memory at once. Results do not depend on it."""


def left_out_by(ruleset: Ruleset, not_assessed: frozenset[str]) -> dict[str, str]:
    """Return the rules and criteria that are left out when some layers and rules are not assessed, and why."""
    reasons: dict[str, str] = {}
    for rule_id, rule in ruleset.enabled_rules.items():
        causes = [name for name in (rule_id, *ruleset.layers_of_rule(rule)) if name in not_assessed]
        if causes:
            reasons[rule_id] = causes[0]
    for name, criterion in ruleset.criteria.items():
        causes = [
            layer for layer in ruleset.layers_of_measure(criterion.measure) if layer in not_assessed
        ]
        if causes:
            reasons[name] = causes[0]
    return reasons


def layers_in_use(ruleset: Ruleset, not_assessed: frozenset[str]) -> list[str]:
    """Return the layers that assessed rules and criteria need, in the order of the ruleset."""
    left_out = left_out_by(ruleset, not_assessed)
    needed = {
        layer
        for rule_id, rule in ruleset.enabled_rules.items()
        if rule_id not in left_out
        for layer in ruleset.layers_of_rule(rule)
    }
    needed |= {
        layer
        for name, c in ruleset.criteria.items()
        if name not in left_out
        for layer in ruleset.layers_of_measure(c.measure)
    }
    for optional in (ruleset.plans, ruleset.agreements):
        if optional:
            needed.add(optional.layer)
    return [layer for layer in ruleset.layers if layer in needed - not_assessed]
