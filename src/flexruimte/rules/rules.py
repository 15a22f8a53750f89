"""The two kinds of rule: on land that a layer covers, and on a measure whose value is tested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from flexruimte.rules.parts import Model, Number, Reading, Sourced, Test, Text, Where
from flexruimte.vocabulary import Condition, Level


class DistanceByField(Model):
    """A distance that each feature carries itself, as a class or in a text, in metres."""

    field: str
    """The field that says how far a feature reaches."""
    classes: dict[str, float] | None = None
    """The distance of each class that the field can hold. [m]"""
    pattern: str | None = None
    """Regular expression whose first group is the distance."""
    otherwise_m: float = Field(ge=0)
    """Within this distance of a feature whose distance cannot be read, the verdict is unknown."""
    when_null_m: float | None = Field(default=None, ge=0)
    """Distance of a line or point that states none, or 0, which would cover nothing; an area that
    states none is itself. Without this, a feature that states none is one whose distance cannot be
    read."""

    @model_validator(mode="after")
    def _one_way_to_read(self) -> Self:
        if (self.classes is None) == (self.pattern is None):
            raise ValueError("a distance by field needs either classes or pattern")
        return self


class FindingText(Text):
    """What a rule found, as a sentence without its full stop, in Dutch and in English.

    It is said of a "no", and of land that the rule covers; never the wish that was not met, which
    is the title. `flexruimte.rules.finding_checks` says which placeholders a rule can fill in.

    Examples
    --------
    >>> FindingText(nl="De weg ligt op {value}", en="The road lies at {value}").unknown is None
    True
    """

    unknown: Text | None = None
    """What is said where the answer is not known, though the study has the layers."""


class RuleParts(Sourced):
    """What every rule has: a title, a level, and where it applies."""

    title: Text
    """What is asked for, or the land that is asked about."""
    finding: FindingText | None = None
    """What was found; without it the value is told, and what is asked."""
    condition: Condition
    """Which of the conditions it is a part of; the funnel counts land after each."""
    level: Level
    """How hard it is; `[levels]` says which levels exclude."""
    level_reason: Text | None = None
    """Why it has this level, in one line."""
    enabled: bool = True
    """Whether it counts."""
    only_for: dict[str, str] = {}
    """Placement parameters that must have these values for the rule to count."""
    advice: Text | None = None
    """What to do about a "no"."""
    when: list[Test] = []
    """The rule applies only where all of these hold; elsewhere it passes."""
    unless: list[Test] = []
    """The rule passes where all of these hold."""

    @property
    def measures_asked(self) -> list[str]:
        """Measures that say where the rule applies."""
        return [test.measure for test in (*self.when, *self.unless)]

    def reads(self) -> tuple[Reading, ...]:
        """Return what is read of each layer; measures say themselves what they read."""
        return ()


class LandRule(RuleParts):
    """A rule on land: what lies within `distance_m` of a layer's features is covered by it.

    Of a raster the cells that are over `above` are covered. Covered land is taken away at an
    excluding level, and called attention to at others.
    """

    layer: str
    """The layer whose features cover land."""
    where: Where = {}
    """Which features of the layer count: conditions by field, all of which must hold."""
    distance_m: float | DistanceByField | None = None
    """How far around a feature land is covered too; the feature alone without it. [m]"""
    above: float | None = None
    """Cells with more than this are covered, in the unit of the raster; a cell that has exactly
    this is not."""
    precision_m: float | None = Field(default=None, ge=0)
    """An overlap that stays this near a parcel's boundary is an edge; without it, the layer's
    precision. [m]"""
    least_share: Number | None = None
    """Share of the buildable part from which on it counts, where it takes no land; without, that of
    the placement parameter `counts_from_share`, if there is one."""

    @model_validator(mode="before")
    @classmethod
    def _tests_no_value(cls, given: Any) -> Any:
        return _refuse_keys(
            given,
            ("unit", "at_least", "at_most", "in", "in_", "not_in"),
            "a rule on a layer takes where and distance_m, no test of a value; of a raster, above",
        )

    @model_validator(mode="after")
    def _distance_is_one(self) -> Self:
        if isinstance(self.distance_m, float | int) and self.distance_m < 0:
            raise ValueError("distance_m is below zero")
        if self.above is not None and (self.where or self.distance_m is not None):
            raise ValueError(
                "above is about the cells of a raster, which take no where or distance_m"
            )
        return self

    def reads(self) -> tuple[Reading, ...]:
        """Return what is read of each layer."""
        by_field = (self.distance_m.field,) if isinstance(self.distance_m, DistanceByField) else ()
        return (Reading(self.layer, (*self.where, *by_field), self.largest_distance_m),)

    @property
    def largest_distance_m(self) -> float:
        """Largest distance from a feature at which the rule applies. [m]

        A distance that a feature states itself in a text is not known here.
        """
        if isinstance(self.distance_m, DistanceByField):
            by_field = self.distance_m
            known = [by_field.otherwise_m, by_field.when_null_m or 0.0]
            return max([*known, *(by_field.classes or {}).values()])
        return self.distance_m or 0.0


class MeasureRule(RuleParts, Test):
    """A rule on a measure: the parcel passes its test or not."""

    @model_validator(mode="before")
    @classmethod
    def _covers_no_land(cls, given: Any) -> Any:
        message = (
            "a rule on a measure takes at_least, at_most, in or not_in, "
            "no where or distance_m, nor above"
        )
        return _refuse_keys(
            given, ("where", "distance_m", "above", "precision_m", "least_share"), message
        )

    @property
    def measures_asked(self) -> list[str]:
        """The measure that is tested, and those that say where the rule applies."""
        return [self.measure, *super().measures_asked]


def _refuse_keys(given: Any, keys: tuple[str, ...], message: str) -> Any:
    if isinstance(given, Mapping) and any(key in given for key in keys):
        raise ValueError(message)
    return given


RULE_KINDS: Mapping[str, type[RuleParts]] = {
    "rule on land": LandRule,
    "rule on a measure": MeasureRule,
}
"""The two kinds of rule, by how errors tell them apart."""


def _kind(given: Any) -> str | None:
    """Return the kind of a rule: by its layer or its measure; None with both or with neither."""
    on_land, on_measure = (
        name in given if isinstance(given, Mapping) else hasattr(given, name)
        for name in ("layer", "measure")
    )
    if on_land == on_measure:
        return None
    return "rule on land" if on_land else "rule on a measure"


Rule: TypeAlias = Annotated[
    Annotated[LandRule, Tag("rule on land")] | Annotated[MeasureRule, Tag("rule on a measure")],
    Discriminator(
        _kind,
        custom_error_type="kind_of_rule",
        custom_error_message="a rule needs either a layer or a measure",
    ),
]
"""One measure or one layer, one test, one level, one source."""
