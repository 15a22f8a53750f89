"""A rule: one measure or one layer, one test, one level, one source."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from flexruimte.rules.parts import Model, Number, PlacementReference, Reading, Scalar, Sourced, Test, Text, Where
from flexruimte.vocabulary import (
    Condition,
    Level,
)


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
