"""Value curves, what they weigh for whom, and the classes of sites."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self, TypeAlias

from pydantic import Field, model_validator

from flexruimte.rules.parts import Number, Sourced, Test, Text


class Criterion(Sourced):
    """A value curve from a measure to 0-100: points with lines between, or a score per class.

    A point may lie at a placement parameter. Two points at one value make a step: there the better
    score counts, as a value that is equal to a threshold passes.
    """

    title: Text
    measure: str
    unit: str | None = None
    curve: list[tuple[Number, float]] | None = None
    classes: dict[str, float] | None = None

    @model_validator(mode="after")
    def _curve_or_classes(self) -> Self:
        if (self.curve is None) == (self.classes is None):
            raise ValueError("a criterion needs either a curve or classes")
        scores = (
            [y for _, y in self.curve]
            if self.curve is not None
            else list((self.classes or {}).values())
        )
        if not scores or not all(0 <= score <= 100 for score in scores):
            raise ValueError("scores lie between 0 and 100")
        if self.curve is not None:
            xs = [x for x, _ in self.curve if isinstance(x, float)]
            if len(self.curve) < 2 or any(b < a for a, b in pairwise(xs)):
                raise ValueError("a curve needs two or more points with rising values")
            steps = [b - a for a, b in pairwise(scores)]
            if min(steps) < 0 < max(steps):
                raise ValueError(
                    "a curve goes up or down, not both: a better value may never score lower"
                )
        return self


Weights: TypeAlias = dict[str, Annotated[float, Field(gt=0)]]


class TargetGroup(Sourced):
    """A target group: the weights of its criteria."""

    title: Text
    weights: Weights


class Theme(Sourced):
    """A theme with criteria of its own.

    With `lowest` it is a chain, as strong as its weakest link: the lower of its weighted mean and
    the lowest of these criteria.
    """

    title: Text
    weights: Weights
    lowest: Annotated[list[str], Field(min_length=1)] | None = None


class ScoreWeights(Sourced):
    """What the themes weigh in the score."""

    weights: Weights
    least_known_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the weight that must rest on what is known; below it there is no score."""


class SiteType(Sourced):
    """A kind of location; the first type whose conditions all hold is the parcel's."""

    title: Text
    when: list[Test] = Field(min_length=1)


class SizeClass(Sourced):
    """A project size: from more than the class before it up to and including `up_to_homes`."""

    title: Text
    up_to_homes: int | None = None
