"""The ruleset: which layers, measures, rules, curves and weights there are. Rules are data; this module only says what they may say.

A ruleset is a TOML document (see `flexruimte.rules.files` for reading it). The models below are its schema: unknown keys are refused, and
what one part says about another (a rule on a measure, a measure on a layer) is checked when the ruleset is made.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flexruimte.errors import RulesetError, did_you_mean
from flexruimte.kernels.roads import FARTHEST_FROM_ROAD_M
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    BUILT_IN_MEASURES,
    LARGEST_PART_AREA,
    SCORED_THEMES,
    SITE_TYPE,
    SIZE_CLASS,
    THEMES,
    WIDTH,
    Basis,
    Condition,
    Level,
    unit_of,
)

Language: TypeAlias = Literal["nl", "en"]
Scalar: TypeAlias = bool | int | float | str


class Model(BaseModel):
    """Base of every part of a ruleset: immutable, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Text(Model):
    """A text in Dutch and in English."""

    nl: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in one language."""
        return self.nl if language == "nl" else self.en


class Sourced(Model):
    """Something that says where it comes from and how well founded it is."""

    source: str = Field(min_length=1)
    basis: Basis


class Parameter(Sourced):
    """A placement parameter with its default; a study may override the value."""

    title: Text
    value: int | float | str | list[str]
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: list[str] | None = None


class PlacementReference(Model):
    """A threshold or list that is taken from a placement parameter."""

    placement: str


Number: TypeAlias = float | PlacementReference
NumberOf: TypeAlias = "Callable[[Number], float]"
"""Looks a number up in the placement where it refers to it."""


@dataclass(frozen=True)
class Reading:
    """What is read of one layer, and from how far around a parcel."""

    layer: str
    fields: tuple[str, ...] = ()
    reach_m: float = 0.0
    """A feature that lies farther from the parcel changes nothing. [m]"""
    optional: bool = False
    """Whether there is an answer without the layer, found another way."""


def references(part: BaseModel) -> Iterator[str]:
    """Yield the placement parameters that a part of a ruleset refers to."""
    for _, value in part:
        for inner in value if isinstance(value, list | tuple) else value.values() if isinstance(value, dict) else [value]:
            if isinstance(inner, PlacementReference):
                yield inner.placement
            elif isinstance(inner, BaseModel):
                yield from references(inner)


def _as_condition(value: Any) -> Any:
    """Accept a bare value or list for ``{in = [...]}``."""
    if isinstance(value, Mapping | BaseModel):
        return value
    return {"in": value if isinstance(value, list) else [value]}


class FieldCondition(Model):
    """A test of one field of a layer. What is set must all hold; a null field answers `when_null`."""

    in_: list[Scalar] | None = Field(default=None, alias="in")
    not_in: list[Scalar] | None = None
    contains: str | None = None
    starts_with: list[str] | None = None
    at_least: float | None = None
    at_most: float | None = None
    is_null: bool | None = None
    when_null: Literal["yes", "no", "unknown"] = "unknown"

    @model_validator(mode="after")
    def _tests_something(self) -> Self:
        if not self.model_fields_set - {"when_null"}:
            raise ValueError("a condition needs in, not_in, contains, starts_with, at_least, at_most or is_null")
        return self


Where: TypeAlias = dict[str, Annotated[FieldCondition, BeforeValidator(_as_condition)]]
"""Conditions per field; a feature counts where all of them hold."""


class LayerSpec(Sourced):
    """A layer that the ruleset can use: what must be in it and how its values are to be read.

    `source` and `basis` speak of the nominal precision.
    """

    title: Text
    geometry: Literal["polygon", "line", "point", "raster", "table"]
    id: str | None = None
    """Field whose value names a feature in reasons."""
    name: str | None = None
    """Field with a name people know the feature by."""
    fields: list[str] = []
    precision_m: float = Field(default=0.0, ge=0)
    """Nominal precision: an overlap that stays this close to a parcel's boundary is an edge. [m]"""
    fills: bool = False
    """Whether the layer fills the plane, so that land it does not cover is unknown."""
    rows: Where = {}
    """Which rows count at all (current objects, existing buildings)."""
    missing_below: float | None = None
    """Numbers below this stand for a missing value."""
    unit: str = ""
    nodata: float | None = None
    valid: tuple[float, float] | None = None
    """Raster values outside this range are missing."""
    recode: dict[str, float] = {}
    """Raster values that stand for another value, such as 0 for 'below the mapped floor'."""


class Titled(Model):
    """Something with a title that people read."""

    title: Text


class MeasureSpec(Titled):
    """A measure: what it reads, and where its values end."""

    geometries: ClassVar[tuple[str, ...]] = ("polygon", "line", "point")
    """Kinds of layers that the family can measure."""

    @abstractmethod
    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer; windows, fields, checks and what is kept go by this alone."""

    @property
    def cut_off(self) -> float | None:
        """The value that stands for itself or more; None where there is no such value."""
        return None


class ShareMeasure(MeasureSpec):
    """Share of the shape that features cover; where they overlap they count once."""

    family: Literal["share"]
    layer: str
    where: Where = {}
    of: Literal["parcel", "buildable"] = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, tuple(self.where)),)


class MainClassMeasure(MeasureSpec):
    """Class (value of a field) that covers the largest part of the shape; equal parts: the lowest value."""

    family: Literal["main_class"]
    layer: str
    field: str
    where: Where = {}
    of: Literal["parcel", "buildable"] = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field)),)


class CountMeasure(MeasureSpec):
    """Number of features that meet the shape: points inside it, lines and polygons that share more than a boundary."""

    family: Literal["count"]
    layer: str
    where: Where = {}
    of: Literal["parcel", "buildable"] = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, tuple(self.where)),)


class ExtremeMeasure(MeasureSpec):
    """Highest or lowest value of a numeric field among the features that meet the shape."""

    family: Literal["extreme"]
    layer: str
    field: str
    pick: Literal["highest", "lowest"]
    where: Where = {}
    of: Literal["parcel", "buildable"] = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field)),)


class FieldMeanMeasure(MeasureSpec):
    """Mean of a numeric field over the features that meet the shape, weighted by covered area."""

    family: Literal["field_mean"]
    layer: str
    field: str
    nearest_within_m: float = Field(default=0.0, ge=0)
    """Where no feature with a value meets the shape, the value of the nearest one within this distance stands in. [m]"""
    factor: float = 1.0
    """What a value is multiplied by, to get the measure's unit from the field's."""
    where: Where = {}
    of: Literal["parcel", "buildable"] = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field), self.nearest_within_m),)


class NearestMeasure(MeasureSpec):
    """Straight-line distance to the nearest feature, at most `limit_m`."""

    family: Literal["nearest"]
    layer: str
    where: Where = {}
    limit_m: float = Field(gt=0)
    of: Literal["parcel", "buildable"] = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, tuple(self.where), self.limit_m),)

    @property
    def cut_off(self) -> float:
        """The value that stands for itself or more. [m]"""
        return self.limit_m


class WalkMeasure(MeasureSpec):
    """Distance along the roads to the nearest feature, at most `limit_m`.

    Without the road layer in the study: the straight line times `detour_factor`, and the summary says so.
    """

    family: Literal["walk"]
    layer: str
    where: Where = {}
    roads: str
    roads_where: Where = {}
    limit_m: float = Field(gt=0)
    detour_factor: Number
    of: Literal["buildable"] = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        roads = Reading(self.roads, tuple(self.roads_where), self.limit_m + FARTHEST_FROM_ROAD_M, optional=True)
        return (Reading(self.layer, tuple(self.where), self.limit_m), roads)

    @property
    def cut_off(self) -> float:
        """The value that stands for itself or more. [m]"""
        return self.limit_m


class RasterMeasure(MeasureSpec):
    """Mean, highest or lowest cell value, or share of cells in a range, by exact coverage; or the mean slope in percent."""

    geometries = ("raster",)
    family: Literal["raster"]
    layer: str
    statistic: Literal["mean", "max", "min", "share", "slope"]
    at_least: float | None = None
    at_most: float | None = None
    known_from_share: float = Field(default=0.9, gt=0, le=1)
    """Share of the shape that must have valid cells; with less the value is unknown."""
    of: Literal["parcel", "buildable"] = "buildable"

    @model_validator(mode="after")
    def _range_goes_with_share(self) -> Self:
        if (self.statistic == "share") != (self.at_least is not None or self.at_most is not None):
            raise ValueError("at_least and at_most go with statistic 'share', which needs one of them")
        return self

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer),)


class AttributeMeasure(MeasureSpec):
    """Value of a field of a table that is joined on the parcel id."""

    geometries = ("table",)
    family: Literal["attribute"]
    layer: str
    field: str
    of: Literal["parcel"] = "parcel"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (self.field,)),)


class SignMarginMeasure(MeasureSpec):
    """Lowest limit that traffic signs near the shape state, less what has to pass; at most `most`, which stands for "no such sign"."""

    family: Literal["sign_margin"]
    layer: str
    where: Where = {}
    field: str
    """Field with the text on the sign, such as "2,1" or "3.5t"."""
    plausible: tuple[float, float]
    """A number outside this range is not believed, and counts as a sign that cannot be read."""
    less: list[Number]
    """What passes, added up, in the unit of the signs."""
    within_m: Number
    """Signs farther from the shape do not count. [m]"""
    most: float = Field(gt=0)
    of: Literal["parcel", "buildable"] = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (*self.where, self.field), number(self.within_m)),)


class RectangleMeasure(MeasureSpec):
    """Whether a rectangle fits in the largest part of the shape, on the side of the features that come nearest to it: yes or no."""

    family: Literal["rectangle"]
    layer: str
    where: Where = {}
    length_m: Number
    width_m: Number
    within_m: Number
    """Largest distance from the rectangle to a feature, on top of the distance from the shape to the nearest one. [m]"""
    limit_m: float = Field(gt=0)
    """Features farther from the shape give no access. [m]"""
    of: Literal["parcel", "buildable"] = "buildable"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, tuple(self.where), self.limit_m + number(self.within_m)),)


class TransportTierMeasure(MeasureSpec):
    """The first transport tier of the ruleset that a load fits in, "beyond" where none; the same for all parcels."""

    family: Literal["transport_tier"]
    width_m: list[Number]
    height_m: list[Number]
    length_m: list[Number]
    """What the loaded vehicle measures: numbers that are added up. [m]"""
    of: Literal["other measures"] = "other measures"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return ()


class MixPart(Model):
    """One part of a mix: a value from 0 to 1 by a curve over a measure, and its weight."""

    measure: str
    curve: list[tuple[float, float]] = Field(min_length=2)
    weight: Number

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if any(b[0] <= a[0] for a, b in pairwise(self.curve)):
            raise ValueError("a curve needs two or more points with rising values")
        return self


class MixMeasure(MeasureSpec):
    """Weighted sum or mean of curves over other measures; unknown where one of them is."""

    family: Literal["mix"]
    total: Literal["sum", "mean"]
    parts: list[MixPart] = Field(min_length=1)
    of: Literal["other measures"] = "other measures"

    def reads(self, number: NumberOf) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return ()


Measure: TypeAlias = Annotated[
    ShareMeasure
    | MainClassMeasure
    | CountMeasure
    | ExtremeMeasure
    | FieldMeanMeasure
    | NearestMeasure
    | WalkMeasure
    | RasterMeasure
    | AttributeMeasure
    | SignMarginMeasure
    | RectangleMeasure
    | TransportTierMeasure
    | MixMeasure,
    Field(discriminator="family"),
]
"""A number or class per parcel, computed by one family of measures."""


class Test(Model):
    """A test of one measure. A value equal to a threshold passes: at_least is >=, at_most is <=."""

    measure: str
    unit: str | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    in_: list[Scalar] | PlacementReference | None = Field(default=None, alias="in")
    not_in: list[Scalar] | PlacementReference | None = None

    @model_validator(mode="after")
    def _tests_something(self) -> Self:
        if self.at_least is None and self.at_most is None and self.in_ is None and self.not_in is None:
            raise ValueError("a test needs at_least, at_most, in or not_in")
        return self


class DistanceByField(Model):
    """A distance that each feature carries itself, as a class or in a text, in metres."""

    field: str
    classes: dict[str, float] | None = None
    pattern: str | None = None
    """Regular expression whose first group is the distance."""
    otherwise_m: float = Field(ge=0)
    """Within this distance of a feature whose distance cannot be read, the verdict is unknown."""

    @model_validator(mode="after")
    def _one_way_to_read(self) -> Self:
        if (self.classes is None) == (self.pattern is None):
            raise ValueError("a distance by field needs either classes or pattern")
        return self


class Rule(Sourced):
    """One measure or one layer, one test, one level, one source.

    With `layer`: land within `distance_m` of its features is taken away (excluding levels) or called attention to (other levels).
    With `measure`: the parcel passes or not.
    """

    title: Text
    condition: Condition
    level: Level
    enabled: bool = True
    advice: Text | None = None
    when: list[Test] = []
    """The rule applies only where all of these hold; elsewhere it passes."""
    # on a layer
    layer: str | None = None
    where: Where = {}
    distance_m: float | DistanceByField | None = None
    precision_m: float | None = Field(default=None, ge=0)
    # on a measure
    measure: str | None = None
    unit: str | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    in_: list[Scalar] | PlacementReference | None = Field(default=None, alias="in")
    not_in: list[Scalar] | PlacementReference | None = None

    @model_validator(mode="after")
    def _layer_or_measure(self) -> Self:
        if (self.layer is None) == (self.measure is None):
            raise ValueError("a rule needs either a layer or a measure")
        if self.layer is not None and self.model_fields_set & {"unit", "at_least", "at_most", "in_", "not_in"}:
            raise ValueError("a rule on a layer takes where and distance_m, no test of a value")
        if self.measure is not None:
            if self.model_fields_set & {"where", "distance_m", "precision_m"}:
                raise ValueError("a rule on a measure takes at_least, at_most, in or not_in, no where or distance_m")
            _ = self.test
        if isinstance(self.distance_m, float | int) and self.distance_m < 0:
            raise ValueError("distance_m is below zero")
        return self

    @property
    def test(self) -> Test:
        """The test of a rule on a measure."""
        return Test.model_validate(
            {
                "measure": self.measure,
                "unit": self.unit,
                "at_least": self.at_least,
                "at_most": self.at_most,
                "in": self.in_,
                "not_in": self.not_in,
            }
        )

    def reads(self) -> tuple[Reading, ...]:
        """Return what is read of each layer; a rule on a measure reads none itself."""
        if self.layer is None:
            return ()
        by_field = (self.distance_m.field,) if isinstance(self.distance_m, DistanceByField) else ()
        return (Reading(self.layer, (*self.where, *by_field), self.largest_distance_m),)

    @property
    def largest_distance_m(self) -> float:
        """How far from its features the rule can reach, in metres; what features say themselves in a text apart."""
        if isinstance(self.distance_m, DistanceByField):
            return max([self.distance_m.otherwise_m, *(self.distance_m.classes or {}).values()])
        return self.distance_m or 0.0


class Criterion(Sourced):
    """A value curve from a measure to 0-100: points with straight lines between, or a score per class."""

    title: Text
    measure: str
    unit: str | None = None
    curve: list[tuple[float, float]] | None = None
    classes: dict[str, float] | None = None

    @model_validator(mode="after")
    def _curve_or_classes(self) -> Self:
        if (self.curve is None) == (self.classes is None):
            raise ValueError("a criterion needs either a curve or classes")
        scores = [y for _, y in self.curve] if self.curve is not None else list((self.classes or {}).values())
        if not scores or not all(0 <= score <= 100 for score in scores):
            raise ValueError("scores lie between 0 and 100")
        if self.curve is not None:
            xs = [x for x, _ in self.curve]
            if len(xs) < 2 or any(b <= a for a, b in pairwise(xs)):
                raise ValueError("a curve needs two or more points with rising values")
            steps = [b - a for a, b in pairwise(scores)]
            if min(steps) < 0 < max(steps):
                raise ValueError("a curve goes up or down, not both: a better value may never score lower")
        return self


Weights: TypeAlias = dict[str, Annotated[float, Field(gt=0)]]


class TargetGroup(Sourced):
    """A target group: the weights of its criteria."""

    title: Text
    weights: Weights


class Theme(Sourced):
    """A theme with criteria of its own."""

    title: Text
    weights: Weights


class ScoreWeights(Sourced):
    """What the themes weigh in the score."""

    weights: Weights


class SiteType(Sourced):
    """A kind of location; the first type whose conditions all hold is the parcel's."""

    title: Text
    when: list[Test] = Field(min_length=1)


class SizeClass(Sourced):
    """A project size: from more than the class before it up to and including `up_to_homes`."""

    title: Text
    up_to_homes: int | None = None


class Regime(Sourced):
    """A legal regime that caps the term, for studies dated from `start` up to and including `end`."""

    title: Text
    start: dt.date | None = None
    end: dt.date | None = None
    longest_years: float | None = Field(default=None, gt=0)
    """Longest stay that the regime allows; absent: the regime sets no maximum. [year]"""
    only_for: dict[str, str] = {}
    """Placement parameters that must have these values for the row to apply."""


class TransportTier(Sourced):
    """What may go by road under one kind of permit."""

    title: Text
    width_m: float = Field(gt=0)
    height_m: float = Field(gt=0)
    length_m: float = Field(gt=0)
    """Of the loaded vehicle or combination. [m]"""


class PlanPhase(Model):
    """A field that holds the homes planned in a period; the plan starts in the first period with any."""

    field: str
    start_year: int
    end_year: int

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_year < self.start_year:
            raise ValueError(f"phase '{self.field}' ends in {self.end_year}, before it starts in {self.start_year}")
        return self


class Plans(Sourced):
    """How a layer of housing plans is read: which status is hard, and when a plan starts."""

    layer: str
    status_field: str
    hard: list[str]
    soft: list[str]
    ignored: list[str] = []
    start_year_field: str | None = None
    phases: list[PlanPhase] = []
    where: Where = {}
    circle_quotient: float = Field(default=0.97, gt=0, le=1)
    """A shape with an isoperimetric quotient above this is a placeholder; where the plan really is, is unknown."""

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.start_year_field is None and not self.phases:
            raise ValueError("plans need start_year_field or phases, to know when they start")
        double = set(self.hard) & set(self.soft) | set(self.hard) & set(self.ignored) | set(self.soft) & set(self.ignored)
        if double:
            raise ValueError(f"plan status {', '.join(sorted(double))} stands in more than one list")
        return self

    def reads(self) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        when = [phase.field for phase in self.phases] + ([self.start_year_field] if self.start_year_field else [])
        return (Reading(self.layer, (self.status_field, *self.where, *when)),)


class Agreements(Sourced):
    """How a table of leases and reservations is read."""

    layer: str
    free_from_field: str
    free_until_field: str

    def reads(self) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        return (Reading(self.layer, (self.free_from_field, self.free_until_field)),)


class Levels(Sourced):
    """Which levels exclude."""

    excluding: list[Level]


class Ruleset(Model):
    """Everything that decides about a parcel, as data."""

    name: str
    version: str
    title: Text
    levels: Levels
    placement: dict[str, Parameter]
    layers: dict[str, LayerSpec]
    measures: dict[str, Measure]
    rules: dict[str, Rule]
    plans: Plans | None = None
    agreements: Agreements | None = None
    regimes: dict[str, Regime] = {}
    transport_tiers: dict[str, TransportTier] = {}
    """From the lightest permit to the heaviest."""
    site_types: dict[str, SiteType] = {}
    size_classes: dict[str, SizeClass] = {}
    criteria: dict[str, Criterion] = {}
    groups: dict[str, TargetGroup] = {}
    themes: dict[str, Theme] = {}
    score: ScoreWeights
    municipalities: dict[str, dict[str, Any]] = {}
    """Overrides for named municipalities: the same tables as above, by code."""

    @model_validator(mode="after")
    def _everything_named_exists(self) -> Self:
        for problem in _problems(self):
            raise RulesetError(f"ruleset '{self.name}': {problem}")
        return self

    def excludes(self, rule: Rule) -> bool:
        """Whether a "no" of this rule excludes a parcel."""
        return rule.level in self.levels.excluding

    @property
    def enabled_rules(self) -> dict[str, Rule]:
        """The rules that count, in the order of the ruleset."""
        return {rule_id: rule for rule_id, rule in self.rules.items() if rule.enabled}

    def value(self, parameter: str) -> Any:
        """Return the value of a placement parameter."""
        return self.placement[parameter].value

    def number(self, value: Number) -> float:
        """Return a threshold, looked up in the placement where it refers to it."""
        return float(self.value(value.placement)) if isinstance(value, PlacementReference) else float(value)

    def listed(self, value: list[Scalar] | PlacementReference) -> list[Scalar]:
        """Return a list, looked up in the placement where it refers to it."""
        return list(self.value(value.placement)) if isinstance(value, PlacementReference) else value

    def asks_for(self, measure: str) -> bool:
        """Whether a rule, a site type, a criterion or another measure looks at a measure."""
        parts = [part.measure for spec in self.measures.values() if isinstance(spec, MixMeasure) for part in spec.parts]
        return measure in [
            *(test.measure for _, test in _tests(self)),
            *(criterion.measure for criterion in self.criteria.values()),
            *parts,
        ]

    def title_of_measure(self, measure: str) -> Text:
        """Return the title of a measure, built in or declared."""
        if measure in BUILT_IN_MEASURES:
            dutch, english = BUILT_IN_MEASURES[measure]
            return Text(nl=dutch, en=english)
        return self.measures[measure].title

    def layers_of_measure(self, measure: str) -> list[str]:
        """Return the layers that a measure cannot do without."""
        if measure in self.measures:
            spec = self.measures[measure]
            if isinstance(spec, MixMeasure):
                return list(dict.fromkeys(layer for part in spec.parts for layer in self.layers_of_measure(part.measure)))
            return [reading.layer for reading in spec.reads(self.number) if not reading.optional]
        if measure == "hard_plan_free_years":
            return [self.plans.layer] if self.plans else []
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
        return list(dict.fromkeys(field for reading in self.readings(layer) for field in reading.fields))

    def reach_m(self, layer: str) -> float:
        """Return the largest distance from a parcel at which a layer still matters; what features say themselves in a text apart. [m]"""
        return max((reading.reach_m for reading in self.readings(layer)), default=0.0)

    def layers_of_rule(self, rule: Rule) -> list[str]:
        """Return the layers that a rule needs for an answer."""
        named = [rule.layer] if rule.layer else self.layers_of_measure(str(rule.measure))
        for test in rule.when:
            named += self.layers_of_measure(test.measure)
        return list(dict.fromkeys(named))


def _tests(ruleset: Ruleset) -> Iterator[tuple[str, Test]]:
    for rule_id, rule in ruleset.rules.items():
        if rule.measure is not None:
            yield f"rules.{rule_id}", rule.test
        for test in rule.when:
            yield f"rules.{rule_id}.when", test
    for type_id, site_type in ruleset.site_types.items():
        for test in site_type.when:
            yield f"site_types.{type_id}.when", test


def _unknown(where: str, what: str, name: str, known: Iterable[str]) -> str:
    return f"[{where}] {what} '{name}' does not exist; {did_you_mean(name, known)}"


def _problems(ruleset: Ruleset) -> Iterator[str]:
    """Yield what parts of a ruleset say about each other that is not true."""
    measures = [*BUILT_IN_MEASURES, *ruleset.measures]
    yield from _problems_of_measures(ruleset)
    for where, test in _tests(ruleset):
        yield from _problems_of_test(ruleset, where, test, measures)
    for rule_id, rule in ruleset.rules.items():
        if rule.layer is not None:
            for reading in rule.reads():
                yield from _problems_of_layer_use(ruleset, f"rules.{rule_id}", reading.layer, reading.fields)
            if rule.distance_m is None and getattr(ruleset.layers.get(rule.layer), "geometry", "polygon") in ("line", "point"):
                yield f"[rules.{rule_id}] {rule.layer} holds no areas; give a distance_m around its features"
            if rule.layer in ruleset.layers and ruleset.layers[rule.layer].geometry in ("raster", "table"):
                yield f"[rules.{rule_id}] layer '{rule.layer}' has no shapes to subtract; make a measure of it and test that"
        for test in rule.when:
            if test.measure != AREA and getattr(ruleset.measures.get(test.measure), "of", "buildable") != "parcel":
                yield f"[rules.{rule_id}] when can only ask for measures of the whole parcel, and '{test.measure}' is not one"
    yield from _problems_of_weights(ruleset, measures)
    for where, reader in (("plans", ruleset.plans), ("agreements", ruleset.agreements)):
        if reader is not None and reader.layer not in ruleset.layers:
            yield _unknown(where, "layer", reader.layer, ruleset.layers)
        elif reader is not None:
            yield from _problems_of_fields(ruleset, where, reader.layer, [field for reading in reader.reads() for field in reading.fields])


def _problems_of_layer_use(ruleset: Ruleset, where: str, layer: str, fields: Iterable[str]) -> Iterator[str]:
    if layer not in ruleset.layers:
        yield _unknown(where, "layer", layer, ruleset.layers)
    else:
        yield from _problems_of_fields(ruleset, where, layer, fields)


def _problems_of_fields(ruleset: Ruleset, where: str, layer: str, fields: Iterable[str]) -> Iterator[str]:
    known = ruleset.layers[layer].fields
    for field in fields:
        if field not in known:
            yield _unknown(where, f"field of layer '{layer}':", field, known)


def _problems_of_measures(ruleset: Ruleset) -> Iterator[str]:
    for layer_id, layer in ruleset.layers.items():
        yield from _problems_of_fields(ruleset, f"layers.{layer_id}", layer_id, [*layer.rows, *filter(None, [layer.id, layer.name])])
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
                yield f"[{where}] there are no transport tiers; add tables [transport_tiers.NAME] with width_m, height_m and length_m"
            continue
        if isinstance(spec, MixMeasure):
            for part in spec.parts:
                if getattr(ruleset.measures.get(part.measure), "of", "") == spec.of:
                    yield f"[{where}] mixes '{part.measure}', which rests on other measures itself; mix what that rests on"
                elif part.measure not in measured:
                    yield _unknown(where, "measure", part.measure, measured)
            continue
        for reading in spec.reads(ruleset.number):
            yield from _problems_of_layer_use(ruleset, where, reading.layer, reading.fields)
        held = ruleset.layers[spec.layer].geometry if spec.layer in ruleset.layers else None
        if held is not None and held not in spec.geometries:
            yield f"[{where}] family '{spec.family}' needs a layer of {' or '.join(spec.geometries)}s; '{spec.layer}' holds {held}s"


def _problems_of_number(ruleset: Ruleset, where: str, value: object) -> Iterator[str]:
    if isinstance(value, PlacementReference) and value.placement not in ruleset.placement:
        yield _unknown(where, "placement parameter", value.placement, ruleset.placement)


def _problems_of_test(ruleset: Ruleset, where: str, test: Test, measures: list[str]) -> Iterator[str]:
    if test.measure not in measures:
        yield _unknown(where, "measure", test.measure, measures)
        return
    unit = unit_of(test.measure)
    if test.unit is not None and test.unit != unit:
        yield f"[{where}] unit '{test.unit}' does not fit measure '{test.measure}', which is in {unit}; convert the threshold"
    is_class = unit == "class"
    if is_class and (test.at_least is not None or test.at_most is not None) and test.measure in (SITE_TYPE, SIZE_CLASS):
        yield f"[{where}] measure '{test.measure}' is a class; test it with in or not_in"
    for value in (test.at_least, test.at_most, test.in_, test.not_in):
        yield from _problems_of_number(ruleset, where, value)


def _problems_of_weights(ruleset: Ruleset, measures: list[str]) -> Iterator[str]:
    for name, criterion in ruleset.criteria.items():
        where = f"criteria.{name}"
        if criterion.measure not in measures:
            yield _unknown(where, "measure", criterion.measure, measures)
            continue
        unit = unit_of(criterion.measure)
        if criterion.unit is not None and criterion.unit != unit:
            yield f"[{where}] unit '{criterion.unit}' does not fit measure '{criterion.measure}', which is in {unit}; convert the curve"
        limit = ruleset.measures[criterion.measure].cut_off if criterion.measure in ruleset.measures else None
        if limit is not None and criterion.curve is not None and criterion.curve[-1][0] > limit:
            end = criterion.curve[-1][0]
            yield f"[{where}] the curve goes on to {end:g} but '{criterion.measure}' is cut off at limit_m = {limit:g}; raise the limit"
    for place, table in (("groups", ruleset.groups), ("themes", ruleset.themes)):
        for name, weighted in table.items():
            for criterion_id in weighted.weights:
                if criterion_id not in ruleset.criteria:
                    yield _unknown(f"{place}.{name}.weights", "criterion", criterion_id, ruleset.criteria)
    for theme in ruleset.themes:
        if theme not in THEMES or theme == "suitability":
            yield _unknown("themes", "theme", theme, [name for name in THEMES if name != "suitability"])
    for theme in ruleset.score.weights:
        if theme not in SCORED_THEMES:
            yield _unknown("score.weights", "theme", theme, SCORED_THEMES)
        elif theme == "suitability" and not ruleset.groups:
            yield "[score.weights] 'suitability' needs at least one table [groups.NAME]"
        elif theme != "suitability" and theme not in ruleset.themes:
            yield f"[score.weights] theme '{theme}' has no table [themes.{theme}]"
