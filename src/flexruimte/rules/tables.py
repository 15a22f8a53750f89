"""The tables of a ruleset, and looking things up in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Self

from pydantic import Field, model_validator

from flexruimte.errors import RulesetError, did_you_mean
from flexruimte.rules.measures import AttributeMeasure, Measure, MixMeasure, WayInMeasure
from flexruimte.rules.parts import (
    CodeList,
    FieldSpec,
    LayerSpec,
    Model,
    Number,
    Parameter,
    PlacementReference,
    Reading,
    Scalar,
    Sourced,
    Test,
    Text,
    Where,
)
from flexruimte.rules.priorities import Priority
from flexruimte.rules.regulations import Agreements, Levels, Plans, Regime, TransportTier
from flexruimte.rules.rules import LandRule, MeasureRule, Rule
from flexruimte.rules.scoring import (
    Criterion,
    ScoreWeights,
    SiteType,
    SizeClass,
    TargetGroup,
    Theme,
)
from flexruimte.vocabulary import (
    BUILT_IN_MEASURES,
    START_DELAY_YEARS,
    TERM_END_CLASS,
    TERM_MEASURES,
)
from flexruimte.wording.messages import in_each_language


class NoValue(Sourced):
    """Words that say, in any field of any layer, that there is no value; blank text says so too."""

    words: list[Scalar]
    """The words; blanks, underscores and case do not count."""


class Losses(Sourced):
    """How much of a layer may be left out before it is no longer that layer."""

    most_share: float = Field(gt=0, le=1)
    """From this share of the features on, of another kind or without a shape, it is a problem."""


class RulesetTables(Model):
    """The tables of a ruleset, with look-ups; `Ruleset` is these, checked against each other."""

    name: str
    """What the ruleset is called, in the outputs too."""
    version: str
    """Its version, in the outputs too."""
    title: Text
    """What it is called by people."""
    levels: Levels
    """Which levels exclude."""
    placement: dict[str, Parameter]
    """What is placed and for how long: parameters that a study may change."""
    code_lists: dict[str, CodeList] = {}
    """What fields can hold, by the name that `code_list` of a field gives."""
    no_value: NoValue | None = None
    """Words that say in any field of any layer that there is no value."""
    losses: Losses | None = None
    """How much of a layer may be unusable."""
    layers: dict[str, LayerSpec]
    """The layers that a study can have."""
    measures: dict[str, Measure]
    """The numbers and classes that are computed of each parcel."""
    rules: dict[str, Rule]
    """The rules, in the order in which findings are told."""
    plans: Plans | None = None
    """How housing plans are read."""
    agreements: Agreements | None = None
    """How leases and reservations are read."""
    regimes: dict[str, Regime] = {}
    """The law on temporary homes, a row per period; the study's date picks the rows."""
    transport_tiers: dict[str, TransportTier] = {}
    """From the lightest permit to the heaviest."""
    site_types: dict[str, SiteType] = {}
    """Kinds of location; the first whose tests all hold is the parcel's."""
    size_classes: dict[str, SizeClass] = {}
    """Sizes of project, from small to large."""
    criteria: dict[str, Criterion] = {}
    """Curves from a measure to a score of 0-100."""
    groups: dict[str, TargetGroup] = {}
    """Target groups, with what each criterion weighs for them."""
    themes: dict[str, Theme] = {}
    """Parts of the score beside suitability, with what each criterion weighs."""
    score: ScoreWeights
    """What the themes weigh in the score."""
    priorities: dict[str, Priority] = {}
    """From the best class to the last, which takes what is left; without any, only scores rank."""
    municipalities: dict[str, dict[str, Any]] = {}
    """Overrides for named municipalities: the same tables as above, by code."""

    @model_validator(mode="after")
    def _fields_have_their_lists(self) -> Self:
        """Give every field the values of its code list, and every layer the no-value words."""
        for name, spec in self.layers.items():
            fields = {
                key: self._listed(f"layers.{name}.fields.{key}", field)
                for key, field in spec.fields.items()
            }
            words = self.no_value.words if self.no_value else []
            missing = list(dict.fromkeys([*words, *spec.missing]))
            self.layers[name] = spec.model_copy(update={"fields": fields, "missing": missing})
        return self

    def _listed(self, where: str, field: FieldSpec) -> FieldSpec:
        if field.code_list is None:
            return field
        if field.code_list not in self.code_lists:
            raise RulesetError(
                f"ruleset '{self.name}': [{where}] code_list '{field.code_list}' does not exist; "
                f"{did_you_mean(field.code_list, self.code_lists)}"
            )
        listed = self.code_lists[field.code_list]
        given = {
            "values": listed.values,
            "aliases": {**listed.aliases, **field.aliases},
            "titles": {**listed.titles, **field.titles},
            "detail_after": listed.detail_after,
        }
        return field.model_copy(update=given)

    def __copy__(self) -> Self:
        """Return a copy, which works out anew what follows from its fields."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    def excludes(self, rule: Rule) -> bool:
        """Whether a "no" of this rule excludes a parcel."""
        return rule.level in self.levels.excluding

    @cached_property
    def enabled_rules(self) -> dict[str, Rule]:
        """The rules that count, in the order of the ruleset."""
        return {rule_id: rule for rule_id, rule in self.rules.items() if self.counts(rule)}

    def counts(self, rule: Rule) -> bool:
        """Whether a rule is switched on, and there for what the placement chooses."""
        return rule.enabled and all(
            self.value(name) == value for name, value in rule.only_for.items()
        )

    def refusals(self, priority: Priority) -> list[str]:
        """Return the ids of the rules that count whose "no" keeps out of a class of priority."""
        return priority.refusals({name: rule.level for name, rule in self.enabled_rules.items()})

    @cached_property
    def land_rules(self) -> dict[str, LandRule]:
        """The rules on land that count."""
        return {
            rule_id: rule
            for rule_id, rule in self.enabled_rules.items()
            if isinstance(rule, LandRule)
        }

    @cached_property
    def measure_rules(self) -> dict[str, MeasureRule]:
        """The rules on a measure that count."""
        return {
            rule_id: rule
            for rule_id, rule in self.enabled_rules.items()
            if isinstance(rule, MeasureRule)
        }

    def value(self, parameter: str) -> Any:
        """Return the value of a placement parameter."""
        return self.placement[parameter].value

    def number(self, value: Number) -> float:
        """Return a threshold, looked up in the placement where it refers to it."""
        return (
            float(self.value(value.placement))
            if isinstance(value, PlacementReference)
            else float(value)
        )

    def points(self, criterion: Criterion) -> list[tuple[float, float]]:
        """Return the points of a criterion's curve, with what they take from the placement.

        A point that would lie before the one ahead of it lies at the same value: with
        `[0, 0], [required_years, 100]` and a parameter below 0 there is a step at 0. Empty where
        the criterion has classes.
        """
        points: list[tuple[float, float]] = []
        for value, score in criterion.curve or []:
            least = points[-1][0] if points else -math.inf
            points.append((max(self.number(value), least), score))
        return points

    def listed(self, value: list[Scalar] | PlacementReference) -> list[Scalar]:
        """Return a list, looked up in the placement where it refers to it."""
        return list(self.value(value.placement)) if isinstance(value, PlacementReference) else value

    def asks_for(self, measure: str) -> bool:
        """Whether a rule, a site type, a criterion or another measure looks at a measure."""
        parts = [
            part.measure
            for spec in self.measures.values()
            if isinstance(spec, MixMeasure)
            for part in spec.parts
        ]
        return measure in [
            *(test.measure for _, test in tests_of(self)),
            *(criterion.measure for criterion in self.criteria.values()),
            *parts,
        ]

    def title_of_measure(self, measure: str) -> Text:
        """Return the title of a measure, built in or declared."""
        if measure in BUILT_IN_MEASURES:
            return Text(**in_each_language(f"measure-{measure}"))
        return self.measures[measure].title

    def layers_of_measure(self, measure: str) -> list[str]:
        """Return the layers that a measure cannot do without."""
        if measure in self.measures:
            spec = self.measures[measure]
            if isinstance(spec, MixMeasure):
                return list(
                    dict.fromkeys(
                        layer
                        for part in spec.parts
                        for layer in self.layers_of_measure(part.measure)
                    )
                )
            return [reading.layer for reading in spec.reads(self.number) if not reading.optional]
        if measure in (*TERM_MEASURES, TERM_END_CLASS):
            return [self.plans.layer] if self.plans else []
        if measure == START_DELAY_YEARS:
            return [self.agreements.layer] if self.agreements else []
        return []

    def readings(self, layer: str) -> list[Reading]:
        """Return what enabled rules, measures, plans and agreements read of a layer."""
        readers = [
            *(rule.reads() for rule in self.enabled_rules.values()),
            *(measure.reads(self.number) for measure in self.measures.values()),
            *(reader.reads() for reader in (self.plans, self.agreements) if reader is not None),
        ]
        return [reading for readings in readers for reading in readings if reading.layer == layer]

    def fields_in_use(self, layer: str) -> list[str]:
        """Return the fields of a layer that are read."""
        return list(
            dict.fromkeys(field for reading in self.readings(layer) for field in reading.fields)
        )

    def fields_unknown_when_null(self, layer: str) -> list[str]:
        """Return the fields of a layer of which a null makes something unknown.

        Those that decide whether a row counts, or whether a rule, a measure or a plan is about it,
        and those that a measure looks up for a parcel.
        """
        spec = self.layers[layer]
        asked = list(_unknown_when_null(spec.rows))
        parts = [*self.enabled_rules.values(), *self.measures.values(), self.plans]
        for part in parts:
            if getattr(part, "layer", None) == layer:
                asked += _unknown_when_null(getattr(part, "where", {}))
            if getattr(part, "roads", None) == layer:
                asked += _unknown_when_null(getattr(part, "roads_where", {}))
            if isinstance(part, AttributeMeasure) and part.layer == layer:
                asked.append(part.field)
            if isinstance(part, WayInMeasure) and part.owners == layer:
                asked.append(part.owner_field)
        if self.plans is not None and self.plans.layer == layer:
            asked.append(self.plans.status_field)
        return list(dict.fromkeys(asked))

    def reach_m(self, layer: str) -> float:
        """Return the largest distance from a parcel at which a feature of a layer matters. [m]

        A distance that a feature states itself in a text is not known here.
        """
        return max((reading.reach_m for reading in self.readings(layer)), default=0.0)

    def layers_of_rule(self, rule: Rule) -> list[str]:
        """Return the layers that a rule needs for an answer."""
        named = [rule.layer] if isinstance(rule, LandRule) else []
        for measure in rule.measures_asked:
            named += self.layers_of_measure(measure)
        return list(dict.fromkeys(named))


def _unknown_when_null(where: Where) -> Iterator[str]:
    for name, condition in where.items():
        if condition.is_null is None and condition.when_null == "unknown":
            yield name


def tests_of(ruleset: RulesetTables) -> Iterator[tuple[str, Test]]:
    """Yield every test of a measure, with the table that it stands in."""
    for rule_id, rule in ruleset.rules.items():
        if isinstance(rule, MeasureRule):
            yield f"rules.{rule_id}", rule
        for test in rule.when:
            yield f"rules.{rule_id}.when", test
        for test in rule.unless:
            yield f"rules.{rule_id}.unless", test
    for regime_id, regime in ruleset.regimes.items():
        for test in regime.when:
            yield f"regimes.{regime_id}.when", test
    for type_id, site_type in ruleset.site_types.items():
        for test in site_type.when:
            yield f"site_types.{type_id}.when", test
