"""What the summary says of rules, criteria and layers.

A rule is named with its title, its test with the numbers filled in, the layers that it needs, its
source, and how many parcels get which verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

import pandas as pd

from flexruimte.assessment.capacity import NO_HOMES
from flexruimte.assessment.measures.derived import BEYOND
from flexruimte.assessment.pipeline import Assessment
from flexruimte.assessment.verdicts import OTHER_SITE_TYPE, counts_from
from flexruimte.evidence.layers import LayerFacts
from flexruimte.evidence.values import NOT_LISTED, STRANGE
from flexruimte.results.summary_model import InputFacts, Summary
from flexruimte.results.summary_rules import (
    CriterionFacts,
    DistanceOfFeature,
    LandRuleCounts,
    LandRuleFacts,
    LayerOfRule,
    MeasureRuleFacts,
    MeasureTest,
    RuleCounts,
    RuleFacts,
)
from flexruimte.rules.measures import (
    AttributeMeasure,
    MainClassMeasure,
    RecordedMeasure,
    RectangleMeasure,
    SignMarginMeasure,
    TransportTierMeasure,
)
from flexruimte.rules.parts import LayerSpec, Test, Text
from flexruimte.rules.rules import DistanceByField, LandRule, MeasureRule, Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion
from flexruimte.vocabulary import (
    COVERED_AREA,
    EDGE,
    FREE_YEARS_LIMIT,
    HARD_PLAN_FREE_YEARS,
    PESSIMISTIC_TERM_YEARS,
    RULE,
    SITE_TYPE,
    SIZE_CLASS,
    TERM_YEARS,
    VERDICT_NAMES,
    unit_of,
)
from flexruimte.wording.messages import in_each_language

__all__ = [
    "SQUARE_METRES_PER_HECTARE",
    "criterion_facts",
    "input_facts",
    "not_judged",
    "rule_facts",
    "site_type_titles",
]

SQUARE_METRES_PER_HECTARE = 10_000


def input_facts(facts: LayerFacts) -> InputFacts:
    """Return what was read of a source."""
    return InputFacts(**{**asdict(facts), "repairs": dict(sorted(facts.repairs.items()))})


def not_judged(summary: Summary) -> dict[str, int]:
    """Return how many features of layers could not be judged, by layer and what is wrong."""
    return {
        f"{key}: {what}": count
        for key, facts in sorted(summary.inputs.items())
        for what, count in facts.repairs.items()
        if any(strange in what for strange in STRANGE)
        or what.endswith("left out")
        or what == "null geometry"
    }


def rule_facts(assessment: Assessment, findings: pd.DataFrame) -> list[RuleFacts]:
    """Return every enabled rule, in the order of the ruleset; those that are left out too.

    Parameters
    ----------
    assessment
        What was computed.
    findings
        Of the parcels, as `flexruimte.results.tables.finding_table` makes it.
    """
    by_rule = findings[[RULE, COVERED_AREA, EDGE]].groupby(RULE, sort=False)
    found = pd.DataFrame(
        {
            COVERED_AREA: by_rule[COVERED_AREA].sum(),
            EDGE: by_rule[EDGE].sum(),
            "known": by_rule[COVERED_AREA].count(),
            "rows": by_rule.size(),
        }
    ).reindex(list(assessment.ruleset.enabled_rules), fill_value=0)
    rows: dict[Any, Any] = found.to_dict("index")
    return [
        _land_rule(rule_id, rule, assessment, rows[rule_id])
        if isinstance(rule, LandRule)
        else _measure_rule(rule_id, rule, assessment)
        for rule_id, rule in assessment.ruleset.enabled_rules.items()
    ]


def criterion_facts(assessment: Assessment) -> list[CriterionFacts]:
    """Return every criterion, in the order of the ruleset."""
    return [
        _criterion(name, criterion, assessment)
        for name, criterion in assessment.ruleset.criteria.items()
    ]


def _land_rule(
    rule_id: str, rule: LandRule, assessment: Assessment, found: Mapping[str, Any]
) -> LandRuleFacts:
    ruleset = assessment.ruleset
    precision, least = rule.precision_m, counts_from(ruleset, rule)
    return LandRuleFacts(
        **_parts_of_rule(rule_id, rule, assessment),
        distance_m=_distance(rule),
        above=rule.above,
        unit=ruleset.layers[rule.layer].unit,
        where=rule.where,
        precision_m=ruleset.layers[rule.layer].precision_m if precision is None else precision,
        least_share=least[0],
        least_m2=least[1],
        counts=LandRuleCounts(
            **_verdict_counts(rule_id, assessment).model_dump(),
            covered_hectares=_covered_hectares(rule_id, assessment, found),
            edges=int(found[EDGE]),
        ),
    )


def _measure_rule(rule_id: str, rule: MeasureRule, assessment: Assessment) -> MeasureRuleFacts:
    return MeasureRuleFacts(
        **_parts_of_rule(rule_id, rule, assessment),
        test=_test(rule, assessment.ruleset),
        counts=_verdict_counts(rule_id, assessment),
    )


def _parts_of_rule(rule_id: str, rule: Rule, assessment: Assessment) -> dict[str, Any]:
    """Return the fields that the facts of both kinds of rule have."""
    ruleset = assessment.ruleset
    return {
        "id": rule_id,
        "title": rule.title,
        "finding": rule.finding,
        "condition": rule.condition,
        "level": rule.level,
        "level_reason": rule.level_reason,
        "excludes": ruleset.excludes(rule),
        "when": [_test(test, ruleset) for test in rule.when],
        "unless": [_test(test, ruleset) for test in rule.unless],
        "layers": _layers(_layers_of_rule(rule, assessment), assessment),
        "source": rule.source,
        "basis": rule.basis,
        "advice": rule.advice,
        "left_out": assessment.left_out.get(rule_id),
    }


def _verdict_counts(rule_id: str, assessment: Assessment) -> RuleCounts:
    """Return how many parcels a rule gives each verdict."""
    verdicts, count = assessment.verdicts, len(assessment.parcels)
    if rule_id not in verdicts:
        return RuleCounts(yes=0, no=0, unknown=0, left_out=count)
    answers = verdicts[rule_id].to_numpy()
    said = {name: int((answers == answer).sum()) for answer, name in VERDICT_NAMES.items()}
    return RuleCounts(**said, left_out=0)


def _covered_hectares(
    rule_id: str, assessment: Assessment, found: Mapping[str, Any]
) -> float | None:
    """Return the land that a rule covers; None where that is known of no parcel."""
    unknown = found["rows"] - found["known"]
    if rule_id not in assessment.verdicts or unknown == len(assessment.parcels):
        return None
    return round(float(found[COVERED_AREA]) / SQUARE_METRES_PER_HECTARE, 4)


def _criterion(name: str, criterion: Criterion, assessment: Assessment) -> CriterionFacts:
    ruleset = assessment.ruleset
    weighted: dict[str, Mapping[str, float]] = {
        f"groups.{key}": group.weights for key, group in ruleset.groups.items()
    }
    weighted |= {f"themes.{key}": theme.weights for key, theme in ruleset.themes.items()}
    return CriterionFacts(
        id=name,
        title=criterion.title,
        measure=criterion.measure,
        measure_title=ruleset.title_of_measure(criterion.measure),
        unit=unit_of(criterion.measure),
        curve=None if criterion.curve is None else ruleset.points(criterion),
        classes=criterion.classes,
        class_titles=_class_titles(criterion.measure, ruleset),
        weights={key: weights[name] for key, weights in weighted.items() if name in weights},
        layers=_layers(ruleset.layers_of_measure(criterion.measure), assessment),
        source=criterion.source,
        basis=criterion.basis,
        left_out=assessment.left_out.get(name),
    )


def _distance(rule: LandRule) -> float | DistanceOfFeature:
    if isinstance(rule.distance_m, DistanceByField):
        by_field = rule.distance_m
        return DistanceOfFeature(
            field=by_field.field, classes=by_field.classes, otherwise_m=by_field.otherwise_m
        )
    return rule.distance_m or 0.0


def _test(test: Test, ruleset: Ruleset) -> MeasureTest:
    """Return a test with the thresholds that it takes from the placement filled in."""
    spec = ruleset.measures.get(test.measure)
    passes = spec.less if isinstance(spec, SignMarginMeasure) else None
    return MeasureTest(
        measure=test.measure,
        title=ruleset.title_of_measure(test.measure),
        unit=unit_of(test.measure),
        at_least=None if test.at_least is None else ruleset.number(test.at_least),
        at_most=None if test.at_most is None else ruleset.number(test.at_most),
        in_=None if test.in_ is None else ruleset.listed(test.in_),
        not_in=None if test.not_in is None else ruleset.listed(test.not_in),
        limit=_limit(test.measure, ruleset),
        classes=_class_titles(test.measure, ruleset),
        needed=sum(map(ruleset.number, passes or [])),
        beyond=None if passes is None else Text(**in_each_language("no-sign")),
    )


def _limit(measure: str, ruleset: Ruleset) -> float | None:
    """Return the value at which a measure is cut off: it stands for that much or more."""
    if measure == HARD_PLAN_FREE_YEARS:
        return FREE_YEARS_LIMIT
    spec = ruleset.measures.get(measure)
    if isinstance(spec, SignMarginMeasure):
        return spec.most
    return None if spec is None else spec.cut_off


def _class_titles(measure: str, ruleset: Ruleset) -> dict[str, Text]:
    """Return the titles of the classes of a measure."""
    if measure == SITE_TYPE:
        return site_type_titles(ruleset)
    if measure == SIZE_CLASS:
        titles = {name: size.title for name, size in ruleset.size_classes.items()}
        return {**titles, NO_HOMES: Text(**in_each_language("no-homes"))}
    spec = ruleset.measures.get(measure)
    if isinstance(spec, TransportTierMeasure):
        titles = {name: tier.title for name, tier in ruleset.transport_tiers.items()}
        return {**titles, BEYOND: Text(**in_each_language("beyond-transport-tiers"))}
    if isinstance(spec, MainClassMeasure | AttributeMeasure):
        return ruleset.layers[spec.layer].field(spec.field).titles
    if isinstance(spec, RectangleMeasure | RecordedMeasure):
        return {
            "yes": Text(**in_each_language("verdict-yes")),
            "no": Text(**in_each_language("verdict-no")),
        }
    return {}


def site_type_titles(ruleset: Ruleset) -> dict[str, Text]:
    """Return the titles of the site types, and of "none of them"."""
    titles = {name: site_type.title for name, site_type in ruleset.site_types.items()}
    return {**titles, OTHER_SITE_TYPE: Text(**in_each_language("other-site-type"))}


def _layers_of_rule(rule: Rule, assessment: Assessment) -> list[str]:
    """Return the layers that a rule needs; for the term that of agreements too."""
    layers = assessment.ruleset.layers_of_rule(rule)
    if isinstance(rule, MeasureRule) and rule.measure in (TERM_YEARS, PESSIMISTIC_TERM_YEARS):
        agreements = assessment.ruleset.agreements
        if agreements is not None and agreements.layer not in assessment.question.not_assessed:
            layers.append(agreements.layer)
    return layers


def _layers(names: list[str], assessment: Assessment) -> list[LayerOfRule]:
    """Return the layers that something needs, and whether the study has them."""
    layers = []
    for name in names:
        facts = assessment.inputs.get(name)
        layers.append(
            LayerOfRule(
                id=name,
                title=assessment.ruleset.layers[name].title,
                reference_date=None if facts is None else facts.reference_date,
                present=facts is not None,
                holds=_holds(assessment.ruleset.layers[name]),
                strange=[] if facts is None else _strange(facts),
            )
        )
    return layers


def _holds(spec: LayerSpec) -> Literal["cells", "rows", "areas", "features"]:
    """Return what a layer speaks with."""
    if spec.geometry == "raster":
        return "cells"
    if spec.geometry == "table":
        return "rows"
    return "areas" if spec.fills or spec.silence == "unknown" else "features"


def _strange(facts: LayerFacts) -> list[str]:
    """Return which values of a layer are not in the list of their field."""
    return [
        what.partition(f" {NOT_LISTED}")[0].rstrip(":")
        for what in sorted(facts.repairs)
        if f" {NOT_LISTED}" in what
    ]
