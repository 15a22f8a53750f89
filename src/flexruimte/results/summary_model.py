"""The model of summary.json: what was asked, what was found, on what evidence, and what is missing.

Titles are in Dutch and English, so that a file can be read in either language whatever the language
of the run. `flexruimte schema summary` prints the JSON Schema of this model.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, field_serializer

from flexruimte.rules.parts import Model, Scalar, Sourced, Text, Where
from flexruimte.rules.rules import FindingText
from flexruimte.vocabulary import Condition, Level, Status

__all__ = [
    "FORMAT",
    "CriterionFacts",
    "FunnelRow",
    "LandLeft",
    "LandRuleFacts",
    "LayerOfRule",
    "MeasureRuleFacts",
    "MeasureTest",
    "PriorityFacts",
    "RuleFacts",
    "SitesAndHomes",
    "Spread",
    "Summary",
]

FORMAT: Final = 3
"""Raised when files that an earlier version wrote can no longer be read as they are."""

Language: TypeAlias = Literal["nl", "en"]


class StudyFacts(Model):
    """What was asked."""

    name: str
    as_of: dt.date
    """The date that every rule with a date counts from."""
    language: Language
    """Of labels and sentences in the other files."""
    target_groups: list[str]
    """Groups that count in the suitability."""
    suitability_of: Literal["best_group", "mean"]
    """Of the group that each place suits best, or the mean of the groups that the study names."""


class MunicipalityFacts(Model):
    """Which municipality this is."""

    code: str
    name: str


class PlacementFacts(Sourced):
    """A placement parameter with the value that the study uses."""

    title: Text
    value: int | float | str | list[str]
    unit: str


class RulesetFacts(Model):
    """Which ruleset judged the parcels."""

    name: str
    version: str
    title: Text
    excluding_levels: list[Level]
    """Rules of these levels exclude a parcel; the others call for attention."""
    placement: dict[str, PlacementFacts]


class RegimeFacts(Sourced):
    """A row of law that decides how long homes may stand."""

    id: str
    title: Text
    note: Text | None = None
    """What follows from it, or has to be verified."""
    longest_years: float | None
    """Longest term that a permit can have; null where there is no limit. [year]"""
    lifts: list[str] = Field(default_factory=list)
    """Rules that are no more than a note, as the study chose this row."""
    parcels: int
    """On how many parcels it decides."""


class Homes(Model):
    """Locations, and the homes on those where homes were counted: the same in every sum."""

    locations: int
    homes: int
    """Of projects, each at most the project size: what is counted where homes are added up."""
    homes_low: int
    """What the land can hold, low estimate; so are the next two."""
    homes_mid: int
    homes_high: int


class Counts(Homes):
    """Parcels, their land, and the locations that they make."""

    parcels: int
    hectares: float
    buildable_hectares: float


class PriorityFacts(Homes, Sourced):
    """A class of priority: what it asks, and the ranked locations in it."""

    title: Text
    passes: list[str]
    """Rules that must say yes."""
    refuses: list[str]
    """Rules whose "no" keeps out, whether named or by their level."""
    most: int | None
    """So many locations at most; null where there is no limit."""
    hectares: float
    buildable_hectares: float


class LandLeft(Model):
    """Land that is left after a condition, and those before it."""

    hectares: float
    """Surely left. [ha]"""
    unknown_hectares: float
    """Left if what is not known says yes; not in `hectares`. [ha]"""


class SitesAndHomes(Model):
    """Ranked locations, and the homes of a project on each."""

    sites: int
    homes: int


class FunnelRow(Model):
    """A row of the funnel: the land of one kind of owner, or all, for a target group, or any.

    Land is counted by parcel, and rows of a target group are about the same land: rows of owners
    add up to the row of all, rows of target groups do not.
    """

    target_group: str | None
    """Null for whichever."""
    owner_class: str | None
    """Whose the land is: "unknown" where that is not known, null for whoever's."""
    assessed_share: float | None
    """Share of rules and criteria that has an answer, on average over the land. 0 to 1"""
    hectares: float
    """All land. [ha]"""
    use: LandLeft | None
    """In extensive use: no excluding rule on the use of land says no. Null, as the next two, where
    the study leaves out all excluding rules of the condition: then nobody looked."""
    restriction: LandLeft | None
    """And without a hard restriction."""
    plan: LandLeft | None
    """And without a hard housing plan within the horizon."""
    available: LandLeft
    """And of the size and term that are asked, as far as they are assessed; decisions of people
    count here too. The buildable parts of what may be ranked, parcels of a site of several among
    them."""
    conditions_not_assessed: list[Condition]
    """Conditions of which the study leaves out all excluding rules: land is left as if it met
    them."""
    suitable: LandLeft | None
    """And suitable for the target group, or for any that counts. Unknown: available, and not known
    to be suitable or not. Null where the ruleset does not say from which score land is suitable."""
    priorities: dict[str, SitesAndHomes]
    """Ranked locations per class; of a target group those that are suitable."""
    ranked: SitesAndHomes
    """The same of all classes, by the owner of the location."""


class NamedPart(Model):
    """A layer or rule, by id and title."""

    id: str
    title: Text


class NotAssessed(NamedPart):
    """A layer or rule that the study leaves out knowingly."""

    leaves_out: list[str]
    """Rules and criteria that need it and are left out with it."""


class Approximation(Model):
    """A measure that was computed another way than the ruleset asks."""

    title: Text
    how: str


class AppliedDecision(Model):
    """A decision by people on one parcel."""

    parcel_id: str
    decision: Literal["in", "out"]
    decision_reason: str
    decision_date: dt.date
    status: Status
    """Of the parcel, with the decision."""


class Decisions(Model):
    """The decisions on parcels of this municipality."""

    applied: list[AppliedDecision]
    not_yet_in_force: int


class InputFacts(Model):
    """What was read of one source."""

    source: str
    reference_date: dt.date | None
    licence: str | None
    coverage: str
    """Where the source can be taken to say something."""
    rows: int
    """Rows, or raster cells, around the parcels."""
    repairs: dict[str, int]
    """How many rows were repaired or left out, by what was wrong with them."""


class LayerOfRule(NamedPart):
    """A layer that a rule or criterion needs."""

    reference_date: dt.date | None
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
    title: Text
    """Of the measure."""
    unit: str
    at_least: float | None
    at_most: float | None
    in_: list[Scalar] | None = Field(alias="in")
    not_in: list[Scalar] | None
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
    classes: dict[str, float] | None
    """Distance by value of the field; null where it is read from a text. [m]"""
    otherwise_m: float
    """So near a feature whose own distance cannot be read, the verdict is unknown. [m]"""


class RuleCounts(Model):
    """How many parcels a rule gives each verdict."""

    yes: int
    no: int
    unknown: int
    left_out: int


class LandRuleCounts(RuleCounts):
    """How many parcels a rule on land gives each verdict, and how much land it covers."""

    covered_hectares: float | None
    """Null where the layer says nothing of any parcel, or the rule is left out."""
    edges: int
    """Parcels of which it covers no more than the edge."""


class _Judged(Sourced):
    """What the facts of both kinds of rule and of criteria have in common."""

    id: str
    title: Text
    layers: list[LayerOfRule]
    """Layers that it needs."""
    left_out: str | None
    """What in the study's `not_assessed` leaves it out; null where it is assessed."""


class _RuleFacts(_Judged):
    """What the facts of both kinds of rule have in common."""

    finding: FindingText | None = None
    """What a "no" is told as; null where the value and the test are told."""
    condition: Condition
    level: Level
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
    test: MeasureTest
    counts: RuleCounts


RuleFacts: TypeAlias = LandRuleFacts | MeasureRuleFacts


class CriterionFacts(_Judged):
    """A criterion: a curve, or a table of classes, from a measure to a score of 0-100."""

    measure: str
    measure_title: Text
    unit: str
    curve: list[tuple[float, float]] | None
    """Value and score of each point; straight lines between."""
    classes: dict[str, float] | None
    """Score by class."""
    class_titles: dict[str, Text] = Field(default_factory=dict)
    """Titles of the classes."""
    weights: dict[str, float]
    """Weight in `groups.<id>` and `themes.<id>`."""


class TitledPart(Sourced):
    """A target group or a theme."""

    title: Text


class Spread(Model):
    """How far a score differs between the ranked locations."""

    low: float
    """Its 10th percentile."""
    high: float
    """Its 90th percentile."""
    known: int
    """Ranked locations of which it is known."""

    @property
    def points(self) -> float:
        """From the 10th to the 90th percentile: what separates the locations. 0 to 100"""
        return self.high - self.low


class ScoreFacts(Sourced):
    """What the themes weigh in the score."""

    weights: dict[str, float]
    least_known_share: float
    """Share of the weight that must rest on what is known; below it there is no score."""


class Transformation(Model):
    """How positions in RD New were turned into WGS 84."""

    name: str
    accuracy_m: float | None
    """Null where it is not known."""


class Summary(Model):
    """Everything that the outputs say of a municipality as a whole and of the rules.

    Examples
    --------
    >>> Summary.model_json_schema()["properties"]["format"]["const"]
    3
    """

    format: Literal[3] = FORMAT
    """Of all files of the municipality."""
    study: StudyFacts
    municipality: MunicipalityFacts
    ruleset: RulesetFacts
    regimes: list[RegimeFacts]
    """By number of parcels, the most first; without any where none holds on the study's date."""
    total: Counts
    """Of all parcels; homes are those of locations that are available or for attention."""
    status: dict[Status, Counts]
    priorities: dict[str, PriorityFacts]
    """From the best class to the last; empty where the ruleset has none."""
    funnel: list[FunnelRow]
    """All land first."""
    sites_of_several_parcels: int
    ranked: int
    """How many locations have a rank."""
    without_score: int
    """How many could be ranked, but for want of a score: too little is known of them."""
    ranked_known_share: float | None
    """Half of the ranked know no more than this share of rules and criteria; null without any."""
    sharing_a_score: int
    """The most ranked locations that have one and the same score, of which homes and ids decide."""
    not_assessed: list[NotAssessed]
    absent: list[NamedPart]
    """Layers that rules need and that the study does not have."""
    optional_absent: list[NamedPart] = Field(default_factory=list)
    """Optional layers that the study does not have: their rules do not count."""
    approximated: dict[str, Approximation]
    """By measure."""
    unread_plans: dict[str, int]
    """Housing plans that cannot be used, by what is wrong with them."""
    decisions: Decisions
    unmet_ids: dict[str, int] = Field(default_factory=dict)
    """How many ids in a table meet no parcel of the whole study, by layer; `decisions` is among
    them. Tables whose ids all meet one are left out."""
    inputs: dict[str, InputFacts]
    """By layer; `parcels` and `municipalities` are among them."""
    rules: list[Annotated[RuleFacts, Field(discriminator="kind")]]
    """Every enabled rule, in the order of the ruleset; those that are left out too."""
    criteria: list[CriterionFacts]
    """Every criterion, in the order of the ruleset."""
    groups: dict[str, TitledPart]
    themes: dict[str, TitledPart]
    score: ScoreFacts
    spread: dict[str, Spread]
    """How far scores differ between the ranked locations, by column: `score`, each theme, each
    `criterion_<id>`; those that are known of none are left out."""
    site_types: dict[str, Text]
    size_classes: dict[str, Text]
    transformation: Transformation
    versions: dict[str, str]
    """Of flexruimte and of what it computes with."""
    timings_s: dict[str, float]
    """Seconds per step."""

    @property
    def first_priority(self) -> str | None:
        """Id of the best class of priority; None where the ruleset has none."""
        return next(iter(self.priorities), None)

    def unreachable(self) -> dict[str, list[str]]:
        """Return the classes of priority that nothing can be in, from the best, and why.

        By class the rules that it asks a "yes" of and that have no answer anywhere.
        """
        silent = {rule.id for rule in self.rules if not rule.counts.yes and not rule.counts.no}
        never = {
            name: [rule_id for rule_id in facts.passes if rule_id in silent]
            for name, facts in self.priorities.items()
        }
        return {name: rules for name, rules in never.items() if rules}
