"""What the outputs say about the rules and criteria themselves: the test with its numbers filled in, the evidence, the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flexruimte.assessment.measures.derived import BEYOND
from flexruimte.assessment.pipeline import Assessment
from flexruimte.assessment.verdicts import OTHER_SITE_TYPE
from flexruimte.evidence.layers import LayerFacts
from flexruimte.rules.measures import RectangleMeasure, TransportTierMeasure
from flexruimte.rules.parts import Test, Text
from flexruimte.rules.rules import DistanceByField, LandRule, MeasureRule, Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion
from flexruimte.vocabulary import (
    FREE_YEARS_LIMIT,
    HARD_PLAN_FREE_YEARS,
    PESSIMISTIC_TERM_YEARS,
    SITE_TYPE,
    SIZE_CLASS,
    TERM_YEARS,
    unit_of,
)
from flexruimte.wording.labels import VERDICTS

__all__ = ["criterion_facts", "layer_facts", "rule_facts", "site_type_titles", "text_of"]


def text_of(text: Text | None) -> dict[str, str] | None:
    """Return a text in both languages."""
    return None if text is None else {"nl": text.nl, "en": text.en}


def layer_facts(facts: LayerFacts) -> dict[str, Any]:
    """Return what was read."""
    return {
        "source": facts.source,
        "reference_date": None
        if facts.reference_date is None
        else facts.reference_date.isoformat(),
        "licence": facts.licence,
        "coverage": facts.coverage,
        "rows": facts.rows,
        "repairs": dict(sorted(facts.repairs.items())),
    }


def rule_facts(assessment: Assessment) -> list[dict[str, Any]]:
    """Return every enabled rule, in the order of the ruleset; those that are left out too."""
    return [
        _rule(rule_id, rule, assessment)
        for rule_id, rule in assessment.ruleset.enabled_rules.items()
    ]


def criterion_facts(assessment: Assessment) -> list[dict[str, Any]]:
    """Return every criterion, in the order of the ruleset."""
    return [
        _criterion(name, criterion, assessment)
        for name, criterion in assessment.ruleset.criteria.items()
    ]


def _rule(rule_id: str, rule: Rule, assessment: Assessment) -> dict[str, Any]:
    ruleset = assessment.ruleset
    return {
        "id": rule_id,
        "title": text_of(rule.title),
        "condition": str(rule.condition),
        "level": str(rule.level),
        "excludes": ruleset.excludes(rule),
        "kind": "layer" if isinstance(rule, LandRule) else "measure",
        "distance_m": _distance(rule) if isinstance(rule, LandRule) else None,
        "where": _where(rule) if isinstance(rule, LandRule) else None,
        "precision_m": _precision(rule, ruleset) if isinstance(rule, LandRule) else None,
        "test": _test(rule, ruleset) if isinstance(rule, MeasureRule) else None,
        "when": [_test(test, ruleset) for test in rule.when],
        "layers": _layers(_evidence(rule, assessment), assessment),
        "source": rule.source,
        "basis": str(rule.basis),
        "advice": text_of(rule.advice),
        "left_out": assessment.left_out.get(rule_id),
    }


def _criterion(name: str, criterion: Criterion, assessment: Assessment) -> dict[str, Any]:
    ruleset = assessment.ruleset
    weighted: dict[str, Mapping[str, float]] = {
        f"groups.{key}": group.weights for key, group in ruleset.groups.items()
    }
    weighted |= {f"themes.{key}": theme.weights for key, theme in ruleset.themes.items()}
    return {
        "id": name,
        "title": text_of(criterion.title),
        "measure": criterion.measure,
        "measure_title": text_of(ruleset.title_of_measure(criterion.measure)),
        "unit": unit_of(criterion.measure),
        "curve": None if criterion.curve is None else [list(point) for point in criterion.curve],
        "classes": criterion.classes,
        "weights": {key: weights[name] for key, weights in weighted.items() if name in weights},
        "layers": _layers(ruleset.layers_of_measure(criterion.measure), assessment),
        "source": criterion.source,
        "basis": str(criterion.basis),
        "left_out": assessment.left_out.get(name),
    }


def _distance(rule: LandRule) -> Any:
    if isinstance(rule.distance_m, DistanceByField):
        return {
            "field": rule.distance_m.field,
            "classes": rule.distance_m.classes,
            "otherwise_m": rule.distance_m.otherwise_m,
        }
    return rule.distance_m or 0.0


def _where(rule: LandRule) -> dict[str, Any]:
    return {
        field: condition.model_dump(mode="json", by_alias=True, exclude_unset=True)
        for field, condition in rule.where.items()
    }


def _precision(rule: LandRule, ruleset: Ruleset) -> float:
    return ruleset.layers[rule.layer].precision_m if rule.precision_m is None else rule.precision_m


def _test(test: Test, ruleset: Ruleset) -> dict[str, Any]:
    """Return a test with the thresholds that it takes from the placement filled in."""
    return {
        "measure": test.measure,
        "title": text_of(ruleset.title_of_measure(test.measure)),
        "unit": unit_of(test.measure),
        "at_least": None if test.at_least is None else ruleset.number(test.at_least),
        "at_most": None if test.at_most is None else ruleset.number(test.at_most),
        "in": None if test.in_ is None else ruleset.listed(test.in_),
        "not_in": None if test.not_in is None else ruleset.listed(test.not_in),
        "limit": _limit(test.measure, ruleset),
        "classes": _class_titles(test.measure, ruleset),
    }


def _limit(measure: str, ruleset: Ruleset) -> float | None:
    """Return the value at which a measure is cut off: it stands for that much or more."""
    if measure == HARD_PLAN_FREE_YEARS:
        return FREE_YEARS_LIMIT
    return ruleset.measures[measure].cut_off if measure in ruleset.measures else None


def _class_titles(measure: str, ruleset: Ruleset) -> dict[str, Any]:
    """Return the titles of the classes that the ruleset itself defines."""
    if measure == SITE_TYPE:
        return site_type_titles(ruleset)
    if measure == SIZE_CLASS:
        return {name: text_of(size.title) for name, size in ruleset.size_classes.items()}
    spec = ruleset.measures.get(measure)
    if isinstance(spec, TransportTierMeasure):
        beyond = {"nl": "alleen met een ontheffing per route", "en": "with a permit per route only"}
        return {
            **{name: text_of(tier.title) for name, tier in ruleset.transport_tiers.items()},
            BEYOND: beyond,
        }
    if isinstance(spec, RectangleMeasure):
        return {
            answer: dict(zip(("nl", "en"), VERDICTS[answer], strict=True))
            for answer in ("yes", "no")
        }
    return {}


def site_type_titles(ruleset: Ruleset) -> dict[str, Any]:
    """Return the titles of the site types, those for "none of them" and "not certain" included."""
    titles = {name: text_of(site_type.title) for name, site_type in ruleset.site_types.items()}
    return {**titles, OTHER_SITE_TYPE: {"nl": "anders", "en": "other"}}


def _evidence(rule: Rule, assessment: Assessment) -> list[str]:
    """Return the layers that a rule needs; for the term those of plans and agreements, as far as they are assessed."""
    layers = assessment.ruleset.layers_of_rule(rule)
    if isinstance(rule, MeasureRule) and rule.measure in (TERM_YEARS, PESSIMISTIC_TERM_YEARS):
        read = (assessment.ruleset.plans, assessment.ruleset.agreements)
        layers += [
            part.layer
            for part in read
            if part is not None and part.layer not in assessment.question.not_assessed
        ]
    return layers


def _layers(names: list[str], assessment: Assessment) -> list[dict[str, Any]]:
    """Return the layers that something needs, with what was read of them."""
    layers = []
    for name in names:
        facts = assessment.inputs.get(name)
        layers.append(
            {
                "id": name,
                "title": text_of(assessment.ruleset.layers[name].title),
                "reference_date": facts.reference_date.isoformat()
                if facts and facts.reference_date
                else None,
                "present": facts is not None,
            }
        )
    return layers
