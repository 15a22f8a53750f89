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
    """What it is called."""
    measure: str
    """The measure that is scored."""
    unit: str | None = None
    """The unit that the writer has in mind; one that is not the measure's is refused."""
    curve: list[tuple[Number, float]] | None = None
    """Points of value and score, with lines between them; beyond the ends the score of the end."""
    classes: dict[str, float] | None = None
    """The score of each class."""

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
    """What the group is called."""
    weights: Weights
    """What each criterion weighs."""


class Theme(Sourced):
    """A theme with criteria of its own.

    With `lowest` it is a chain, as strong as its weakest link: the lower of its weighted mean and
    the lowest of these criteria.
    """

    title: Text
    """What it is called."""
    weights: Weights
    """What each criterion weighs."""
    lowest: Annotated[list[str], Field(min_length=1)] | None = None
    """Criteria of which the lowest is the most that the theme can have."""


class ScoreWeights(Sourced):
    """What the themes weigh in the score."""

    weights: Weights
    """What each theme weighs; one without a weight is reported, and is not in the score."""
    least_known_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the weight that must rest on what is known; below it there is no score."""


class SiteType(Sourced):
    """A kind of location; the first type whose conditions all hold is the parcel's."""

    title: Text
    """What it is called."""
    when: list[Test] = Field(min_length=1)
    """Tests that must all hold."""


class SizeClass(Sourced):
    """A project size: from more than the class before it up to and including `up_to_homes`."""

    title: Text
    """What it is called."""
    up_to_homes: int | None = None
    """The most homes of the class; the last class has none."""
