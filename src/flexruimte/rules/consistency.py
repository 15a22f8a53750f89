"""Checks of a ruleset as a whole: what its parts say about each other must hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flexruimte.errors import did_you_mean
from flexruimte.rules.finding_checks import problems_of_findings
from flexruimte.rules.measures import (
    MixMeasure,
    StripWidthMeasure,
    TransportTierMeasure,
    WayInMeasure,
)
from flexruimte.rules.parts import CELLS, PlacementReference, Test, references
from flexruimte.rules.priorities import problems_of_priorities
from flexruimte.rules.regime_checks import problems_of_regimes
from flexruimte.rules.rules import LandRule
from flexruimte.rules.scoring import Criterion, Theme
from flexruimte.rules.tables import RulesetTables, tests_of
from flexruimte.rules.word_checks import problems_of_words
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    BUILT_IN_MEASURES,
    LARGEST_PART_AREA,
    MEDIUM_POINTS,
    SCORED_THEMES,
    SITE_TYPE,
    SIZE_CLASS,
    THEMES,
    WIDTH,
    unit_of,
)


def _unknown(where: str, what: str, name: str, known: Iterable[str]) -> str:
    return f"[{where}] {what} '{name}' does not exist; {did_you_mean(name, known)}"


def _wrong_unit(where: str, unit: str | None, measure: str, convert: str) -> str:
    return (
        f"[{where}] unit '{unit}' does not fit measure '{measure}', "
        f"which is in {unit_of(measure)}; convert the {convert}"
    )


def problems_of_placement(ruleset: RulesetTables) -> Iterator[str]:
    """Yield the placement parameters that contradict each other, each as one line with a remedy."""
    for name, parameter in ruleset.placement.items():
        if parameter.at_least is None:
            continue
        if parameter.at_least not in ruleset.placement:
            where = f"placement.{name}.at_least"
            yield _unknown(where, "placement parameter", parameter.at_least, ruleset.placement)
            continue
        lowest = ruleset.placement[parameter.at_least]
        if not isinstance(parameter.value, int | float) or not isinstance(
            lowest.value, int | float
        ):
            yield (
                f"[placement.{name}.at_least] {name} and {parameter.at_least} must both be numbers "
                "to be compared; leave at_least out"
            )
        elif parameter.value < lowest.value:
            yield (
                f"[placement] {name} = {parameter.value} is lower than {parameter.at_least} = "
                f"{lowest.value}; raise {name} or lower {parameter.at_least}"
            )


def problems(ruleset: RulesetTables) -> Iterator[str]:
    """Yield the contradictions in a ruleset, each as one line with its table and a remedy."""
    measures = [*BUILT_IN_MEASURES, *ruleset.measures]
    yield from _problems_of_measures(ruleset)
    for key, layer in ruleset.layers.items():
        known = [CELLS] if layer.geometry == "raster" else layer.fields
        for name in layer.expected:
            if name not in known:
                yield _unknown(f"layers.{key}.expected", "field", name, known)
    for where, test in tests_of(ruleset):
        yield from _problems_of_test(ruleset, where, test, measures)
    for rule_id, rule in ruleset.rules.items():
        unknown = [name for name in rule.only_for if name not in ruleset.placement]
        if unknown:
            where = f"rules.{rule_id}.only_for"
            yield _unknown(where, "placement parameter", unknown[0], ruleset.placement)
        if isinstance(rule, LandRule):
            yield from _problems_of_land(ruleset, f"rules.{rule_id}", rule)
    yield from problems_of_placement(ruleset)
    yield from _problems_of_optional(ruleset)
    yield from problems_of_regimes(ruleset)
    yield from problems_of_words(ruleset)
    yield from problems_of_findings(ruleset)
    yield from _problems_of_weights(ruleset, measures)
    yield from problems_of_priorities(ruleset.priorities, list(ruleset.rules))
    for where, reader in (("plans", ruleset.plans), ("agreements", ruleset.agreements)):
        if reader is not None and reader.layer not in ruleset.layers:
            yield _unknown(where, "layer", reader.layer, ruleset.layers)
        elif reader is not None:
            yield from _problems_of_fields(
                ruleset,
                where,
                reader.layer,
                [field for reading in reader.reads() for field in reading.fields],
            )


def _problems_of_optional(ruleset: RulesetTables) -> Iterator[str]:
    """Yield what would weigh, or be no term, by whether a study has an optional layer."""
    optional = [key for key, spec in ruleset.layers.items() if spec.optional]
    for where, reader in (("plans", ruleset.plans), ("agreements", ruleset.agreements)):
        if reader is not None and reader.layer in optional:
            yield f"[{where}] layer '{reader.layer}' is optional, and the term rests on it"
    for name, criterion in ruleset.criteria.items():
        rests_on = [key for key in ruleset.layers_of_measure(criterion.measure) if key in optional]
        if rests_on:
            yield (
                f"[criteria.{name}] rests on layer '{rests_on[0]}', which is optional: scores "
                "would weigh other things with it than without; take one of the two back"
            )


def _problems_of_land(ruleset: RulesetTables, where: str, rule: LandRule) -> Iterator[str]:
    for reading in rule.reads():
        yield from _problems_of_layer_use(ruleset, where, reading.layer, reading.fields)
    held = ruleset.layers[rule.layer].geometry if rule.layer in ruleset.layers else "polygon"
    if held in ("line", "point", "mixed") and rule.distance_m is None:
        lacks = "holds features that are no areas" if held == "mixed" else "holds no areas"
        yield f"[{where}] {rule.layer} {lacks}; give a distance_m around its features"
    if held == "raster" and rule.above is None:
        yield (
            f"[{where}] layer '{rule.layer}' has cells and no shapes; "
            "say above which value its land is covered, or make a measure of it and test that"
        )
    if held != "raster" and rule.above is not None and rule.layer in ruleset.layers:
        yield f"[{where}] above is about the cells of a raster, and '{rule.layer}' holds {held}s"
    if held == "table":
        yield (
            f"[{where}] layer '{rule.layer}' has no shapes to subtract; "
            "make a measure of it and test that"
        )
    for key, tests in (("when", rule.when), ("unless", rule.unless)):
        for test in tests:
            measured = getattr(ruleset.measures.get(test.measure), "of", "buildable")
            if test.measure != AREA and measured != "parcel":
                yield (
                    f"[{where}] {key} of a rule on land can only ask for measures of the whole "
                    f"parcel, and '{test.measure}' is not one"
                )


def _problems_of_layer_use(
    ruleset: RulesetTables, where: str, layer: str, fields: Iterable[str]
) -> Iterator[str]:
    if layer not in ruleset.layers:
        yield _unknown(where, "layer", layer, ruleset.layers)
    else:
        yield from _problems_of_fields(ruleset, where, layer, fields)


def _problems_of_fields(
    ruleset: RulesetTables, where: str, layer: str, fields: Iterable[str]
) -> Iterator[str]:
    known = ruleset.layers[layer].fields
    for field in fields:
        if field not in known:
            yield _unknown(where, f"field of layer '{layer}':", field, known)


def _problems_of_measures(ruleset: RulesetTables) -> Iterator[str]:
    for layer_id, layer in ruleset.layers.items():
        yield from _problems_of_fields(
            ruleset,
            f"layers.{layer_id}",
            layer_id,
            [*layer.rows, *filter(None, [layer.id, layer.name])],
        )
    measured = [AREA, BUILDABLE_AREA, LARGEST_PART_AREA, WIDTH, *ruleset.measures]
    for name, spec in ruleset.measures.items():
        where = f"measures.{name}"
        if name in BUILT_IN_MEASURES:
            yield f"[{where}] is computed by flexruimte itself and cannot be redefined"
        if not unit_of(name):
            yield f"[{where}] a measure's name ends in its unit, such as _m, _m2, _share or _class"
        unknown = [name for name in references(spec) if name not in ruleset.placement]
        if unknown:
            yield _unknown(where, "placement parameter", unknown[0], ruleset.placement)
        if isinstance(spec, TransportTierMeasure):
            if not ruleset.transport_tiers:
                yield (
                    f"[{where}] there are no transport tiers; "
                    "add tables [transport_tiers.NAME] with width_m, height_m and length_m"
                )
            continue
        if isinstance(spec, StripWidthMeasure):
            continue
        if isinstance(spec, MixMeasure):
            for part in spec.parts:
                if getattr(ruleset.measures.get(part.measure), "of", "") == spec.of:
                    yield (
                        f"[{where}] mixes '{part.measure}', which rests on other measures itself; "
                        "mix what that rests on"
                    )
                elif part.measure not in measured:
                    yield _unknown(where, "measure", part.measure, measured)
            continue
        for reading in spec.reads(ruleset.number):
            yield from _problems_of_layer_use(ruleset, where, reading.layer, reading.fields)
        held = ruleset.layers[spec.layer].geometry if spec.layer in ruleset.layers else None
        if held is not None and held not in spec.geometries:
            yield (
                f"[{where}] family '{spec.family}' needs a layer of "
                f"{' or '.join(spec.geometries)}s; '{spec.layer}' holds {held}s"
            )
        if isinstance(spec, WayInMeasure):
            for key, needed in (("roads", "line"), ("owners", "table")):
                layer = getattr(spec, key)
                there = ruleset.layers[layer].geometry if layer in ruleset.layers else needed
                if there != needed:
                    yield f"[{where}] {key} needs a layer of {needed}s; '{layer}' holds {there}s"


def _problems_of_number(ruleset: RulesetTables, where: str, value: object) -> Iterator[str]:
    if isinstance(value, PlacementReference) and value.placement not in ruleset.placement:
        yield _unknown(where, "placement parameter", value.placement, ruleset.placement)


def _problems_of_test(
    ruleset: RulesetTables, where: str, test: Test, measures: list[str]
) -> Iterator[str]:
    if test.measure not in measures:
        yield _unknown(where, "measure", test.measure, measures)
        return
    unit = unit_of(test.measure)
    if test.unit not in (None, unit):
        yield _wrong_unit(where, test.unit, test.measure, "threshold")
    is_class = unit == "class"
    if (
        is_class
        and (test.at_least is not None or test.at_most is not None)
        and test.measure in (SITE_TYPE, SIZE_CLASS)
    ):
        yield f"[{where}] measure '{test.measure}' is a class; test it with in or not_in"
    if test.measure == MEDIUM_POINTS:
        yield (
            f"[{where}] '{test.measure}' counts what rules say, so only a criterion can ask for "
            "it; make a criterion of it, or test what those rules test"
        )
    for value in (test.at_least, test.at_most, test.in_, test.not_in):
        yield from _problems_of_number(ruleset, where, value)


def _problems_of_weights(ruleset: RulesetTables, measures: list[str]) -> Iterator[str]:
    for name, criterion in ruleset.criteria.items():
        where = f"criteria.{name}"
        if criterion.measure not in measures:
            yield _unknown(where, "measure", criterion.measure, measures)
            continue
        if criterion.unit not in (None, unit_of(criterion.measure)):
            yield _wrong_unit(where, criterion.unit, criterion.measure, "curve")
        yield from _problems_of_curve(ruleset, where, criterion)
    for kind, table in (("groups", ruleset.groups), ("themes", ruleset.themes)):
        for name, weighted in table.items():
            for criterion_id in weighted.weights:
                if criterion_id not in ruleset.criteria:
                    yield _unknown(
                        f"{kind}.{name}.weights", "criterion", criterion_id, ruleset.criteria
                    )
    for theme, spec in ruleset.themes.items():
        yield from _problems_of_links(ruleset, theme, spec)
        if theme not in THEMES or theme == "suitability":
            yield _unknown(
                "themes", "theme", theme, [name for name in THEMES if name != "suitability"]
            )
    for theme in ruleset.score.weights:
        if theme not in SCORED_THEMES:
            yield _unknown("score.weights", "theme", theme, SCORED_THEMES)
        elif theme == "suitability" and not ruleset.groups:
            yield "[score.weights] 'suitability' needs at least one table [groups.NAME]"
        elif theme != "suitability" and theme not in ruleset.themes:
            yield f"[score.weights] theme '{theme}' has no table [themes.{theme}]"


def _problems_of_curve(ruleset: RulesetTables, where: str, criterion: Criterion) -> Iterator[str]:
    for value, _ in criterion.curve or []:
        if not isinstance(value, PlacementReference):
            continue
        if value.placement not in ruleset.placement:
            yield from _problems_of_number(ruleset, where, value)
            return
        if not isinstance(ruleset.value(value.placement), int | float):
            yield (
                f"[{where}] placement parameter '{value.placement}' is no number; "
                "a point of a curve needs one"
            )
            return
    points, spec = ruleset.points(criterion), ruleset.measures.get(criterion.measure)
    limit = None if spec is None else spec.cut_off
    if limit is not None and points and points[-1][0] > limit:
        yield (
            f"[{where}] the curve goes on to {points[-1][0]:g} but '{criterion.measure}' is cut "
            f"off at {limit:g}; raise that limit of the measure"
        )


def _problems_of_links(ruleset: RulesetTables, name: str, theme: Theme) -> Iterator[str]:
    """Yield what is wrong with the criteria of which the lowest counts."""
    for criterion_id in theme.lowest or []:
        if criterion_id not in ruleset.criteria:
            yield _unknown(f"themes.{name}.lowest", "criterion", criterion_id, ruleset.criteria)
