"""Checks of what rules say that they found: a sentence that can be filled in, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from flexruimte.rules.measures import SignMarginMeasure
from flexruimte.rules.parts import Text
from flexruimte.rules.rules import DistanceByField, LandRule, MeasureRule, Rule
from flexruimte.rules.tables import RulesetTables
from flexruimte.vocabulary import unit_of
from flexruimte.wording.messages import LOCALES
from flexruimte.wording.patterns import problem_of, shown_in

__all__ = ["placeholders_of", "problems_of_findings"]

_OF_LAND: Final = {
    "area": "the covered land, as in '500 m² (5%) of the parcel'",
    "distance": "the rule's distance",
    "limit": "the value above which cells of a raster are covered",
    "features": "names of the features that cover it",
    "count": "how many features there are",
}
_OF_A_MEASURE: Final = {
    "value": "the value with its unit, or the title of a class",
    "limit": "the threshold of the rule",
    "allowed": "the limit on the sign",
    "needed": "what has to pass the sign",
}
_ALWAYS_KNOWN: Final = ("distance", "limit", "needed")
"""Placeholders that a rule can fill in where it found nothing."""


def placeholders_of(ruleset: RulesetTables, rule: Rule) -> dict[str, str]:
    """Return the placeholders that the finding of a rule can use, and what each stands for."""
    if isinstance(rule, LandRule):
        spec = ruleset.layers.get(rule.layer)
        able = {
            "area": True,
            "distance": bool(rule.distance_m) and not isinstance(rule.distance_m, DistanceByField),
            "limit": rule.above is not None,
            "features": spec is not None and (spec.id is not None or spec.name is not None),
            "count": rule.above is None,
        }
        return {name: meaning for name, meaning in _OF_LAND.items() if able[name]}
    signs = isinstance(ruleset.measures.get(rule.measure), SignMarginMeasure)
    able = {
        "value": not signs,
        "limit": not signs and (rule.at_least is None) != (rule.at_most is None),
        "allowed": signs,
        "needed": signs,
    }
    return {name: meaning for name, meaning in _OF_A_MEASURE.items() if able[name]}


def problems_of_findings(ruleset: RulesetTables) -> Iterator[str]:
    """Yield what is wrong with the findings of rules, each as one line with its table."""
    for rule_id, rule in ruleset.rules.items():
        if rule.finding is None:
            continue
        where, known = f"rules.{rule_id}.finding", placeholders_of(ruleset, rule)
        yield from _problems_of_text(where, rule.finding, known, _numbers(rule, known))
        yield from _problems_of_need(where, rule, rule.finding, known)
        if rule.finding.unknown is not None:
            always = {name: meaning for name, meaning in known.items() if name in _ALWAYS_KNOWN}
            yield from _problems_of_text(f"{where}.unknown", rule.finding.unknown, always, {})


def _numbers(rule: Rule, known: Mapping[str, str]) -> dict[str, str]:
    """Return the placeholders that a choice can go by."""
    is_number = isinstance(rule, LandRule) or unit_of(rule.measure) != "class"
    return {name: known[name] for name in ("value", "count") if name in known and is_number}


def _problems_of_text(
    where: str, text: Text, known: Mapping[str, str], numbers: Mapping[str, str]
) -> Iterator[str]:
    for language in LOCALES:
        said = str(getattr(text, language))
        problem = problem_of(said, known, numbers) if said.strip() else "the text is empty"
        if problem is not None:
            yield f"[{where}.{language}] {problem}"
    dutch, english = set(shown_in(text.nl)), set(shown_in(text.en))
    for name in sorted(dutch ^ english):
        has, lacks = ("nl", "en") if name in dutch else ("en", "nl")
        yield f"[{where}.{lacks}] lacks placeholder '{{{name}}}', which the text in {has} has"


def _problems_of_need(
    where: str, rule: Rule, text: Text, known: Mapping[str, str]
) -> Iterator[str]:
    """Yield that a rule on a number does not say which number it found."""
    tests_a_number = isinstance(rule, MeasureRule) and not (
        rule.at_least is None and rule.at_most is None
    )
    needed = "value" if "value" in known else "allowed"
    if tests_a_number and needed in known and needed not in {*shown_in(text.nl)}:
        yield f"[{where}.nl] lacks placeholder '{{{needed}}}': a finding says the value"
