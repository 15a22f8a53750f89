"""What summary.json says of rules and criteria: what each asks, on what evidence, and counts."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypeAlias

from pydantic import Field, field_serializer

from flexruimte.rules.parts import Model, Scalar, Sourced, Text, Where
from flexruimte.rules.rules import FindingText
from flexruimte.vocabulary import Condition, Level

__all__ = [
    "CriterionFacts",
    "LandRuleFacts",
    "LayerOfRule",
    "MeasureRuleFacts",
    "MeasureTest",
    "NamedPart",
    "RuleFacts",
]


class NamedPart(Model):
    """A layer or rule, by id and title."""

    id: str
    """Its id in the ruleset."""
    title: Text
    """What it is called."""


class LayerOfRule(NamedPart):
    """A layer that a rule or criterion needs."""

    reference_date: dt.date | None
    """The day that it describes; null where the study does not say."""
    present: bool
    """Whether the study has it."""
    holds: Literal["cells", "rows", "areas", "features"] = "features"
    """What it speaks with: cells of a raster, a row for each parcel, areas outside which nothing is
    known, or features that are nowhere else."""
    strange: list[str] = Field(default_factory=list)
    """Values around the parcels that are not in the list of their field, as in "level 'rood'"."""


class MeasureTest(Model):
    """The test of a measure, with thresholds that come from the placement filled in."""

    measure: str
    """Id of the measure."""
    title: Text
    """Of the measure."""
    unit: str
    """Unit of the value; empty where it has none."""
    at_least: float | None
    """It holds from this value on; null where that is not asked."""
    at_most: float | None
    """It holds up to this value; null where that is not asked."""
    in_: list[Scalar] | None = Field(alias="in")
    """It holds for these values; null where that is not asked."""
    not_in: list[Scalar] | None
    """It holds for all but these values; null where that is not asked."""
    limit: float | None
    """Value at which the measure is cut off: it stands for that much or more."""
    classes: dict[str, Text]
    """Titles of the classes."""
    needed: float = 0.0
    """What has to pass a traffic sign, which is less of what the sign says than the value tells."""
    beyond: Text | None = None
    """What the limit stands for, where that is not "so much or more"."""


class DistanceOfFeature(Model):
    """A distance that the features of a layer carry themselves."""

    field: str
    """Name of the field that holds it."""
    classes: dict[str, float] | None
    """Distance by value of the field; null where it is read from a text. [m]"""
    otherwise_m: float
    """So near a feature whose own distance cannot be read, the verdict is unknown. [m]"""


class RuleCounts(Model):
    """How many parcels a rule gives each verdict."""

    yes: int
    """Parcels of which it says yes."""
    no: int
    """Parcels of which it says no."""
    unknown: int
    """Parcels of which it has no answer."""
    left_out: int
    """Parcels of which it was not asked, as the study leaves it out."""


class LandRuleCounts(RuleCounts):
    """How many parcels a rule on land gives each verdict, and how much land it covers."""

    covered_hectares: float | None
    """Null where the layer says nothing of any parcel, or the rule is left out."""
    edges: int
    """Parcels of which it covers no more than the edge."""


class _Judged(Sourced):
    """What the facts of both kinds of rule and of criteria have in common."""

    id: str
    """Its id in the ruleset."""
    title: Text
    """What it is called."""
    layers: list[LayerOfRule]
    """Layers that it needs."""
    left_out: str | None
    """What in the study's `not_assessed` leaves it out; null where it is assessed."""


class _RuleFacts(_Judged):
    """What the facts of both kinds of rule have in common."""

    finding: FindingText | None = None
    """What a "no" is told as; null where the value and the test are told."""
    condition: Condition
    """The condition that it belongs to."""
    level: Level
    """How hard it is."""
    level_reason: Text | None
    """Why it has this level."""
    excludes: bool
    """Whether a "no" excludes a parcel."""
    when: list[MeasureTest]
    """The rule applies only where all of these hold; elsewhere it says yes."""
    unless: list[MeasureTest]
    """Where all of these hold it says yes."""
    advice: Text | None
    """What to do about a "no" or an "unknown"."""


class LandRuleFacts(_RuleFacts):
    """A rule on land: a layer covers ground, which is taken away or called attention to."""

    kind: Literal["land"] = "land"
    """Tells the two kinds of rule apart."""
    distance_m: float | DistanceOfFeature
    """Within this distance of a feature the rule covers land."""
    above: float | None
    """Cells of the layer with more than this are covered; null where it is no raster."""
    unit: str
    """Of the cells; empty where it is no raster."""
    where: Where
    """Which features of the layer count."""
    precision_m: float
    """Nominal precision of the map: a narrower overlap is the edge of the map."""
    least_share: float = 0.0
    """Where it takes no land it counts from this share of the buildable part on, and ..."""
    least_m2: float = 0.0
    """... from this area on."""
    counts: LandRuleCounts
    """How many parcels it gives each verdict, and the land it covers."""

    @field_serializer("where")
    def _as_in_the_ruleset(self, where: Where) -> dict[str, Any]:
        """Write conditions with the keys that the ruleset gives, and no others."""
        return {
            field: condition.model_dump(mode="json", by_alias=True, exclude_unset=True)
            for field, condition in where.items()
        }


class MeasureRuleFacts(_RuleFacts):
    """A rule on a measure: its value is tested."""

    kind: Literal["measure"] = "measure"
    """Tells the two kinds of rule apart."""
    test: MeasureTest
    """What it asks of the measure."""
    counts: RuleCounts
    """How many parcels it gives each verdict."""


RuleFacts: TypeAlias = LandRuleFacts | MeasureRuleFacts


class CriterionFacts(_Judged):
    """A criterion: a curve, or a table of classes, from a measure to a score of 0-100."""

    measure: str
    """Id of the measure."""
    measure_title: Text
    """What the measure is called."""
    unit: str
    """Unit of the measure; empty where it has none."""
    curve: list[tuple[float, float]] | None
    """Value and score of each point; straight lines between."""
    classes: dict[str, float] | None
    """Score by class."""
    class_titles: dict[str, Text] = Field(default_factory=dict)
    """Titles of the classes."""
    weights: dict[str, float]
    """Weight in `groups.<id>` and `themes.<id>`."""
