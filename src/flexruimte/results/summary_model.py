"""The model of summary.json: what was asked, what was found, on what evidence, and what is missing.

Titles are in Dutch and English, so that a file can be read in either language whatever the language
of the run. `flexruimte schema summary` prints the JSON Schema of this model.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from flexruimte.results.summary_rules import CriterionFacts, NamedPart, RuleFacts
from flexruimte.rules.parts import Model, Sourced, Text
from flexruimte.vocabulary import Condition, Level, Status

__all__ = [
    "FORMAT",
    "FunnelRow",
    "LandLeft",
    "PriorityFacts",
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
    """What the study is called."""
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
    """Its code, as the boundaries have it."""
    name: str
    """Its name."""


class PlacementFacts(Sourced):
    """A placement parameter with the value that the study uses."""

    title: Text
    """What it is called."""
    value: int | float | str | list[str]
    """What the study uses: that of the ruleset, or one of its own."""
    unit: str
    """Unit of the value; empty where it has none."""


class RulesetFacts(Model):
    """Which ruleset judged the parcels."""

    name: str
    """Name of the ruleset."""
    version: str
    """Its version."""
    title: Text
    """What it is called."""
    excluding_levels: list[Level]
    """Rules of these levels exclude a parcel; the others call for attention."""
    placement: dict[str, PlacementFacts]
    """Every placement parameter, by id."""


class RegimeFacts(Sourced):
    """A row of law that decides how long homes may stand."""

    id: str
    """Id of the row in the ruleset."""
    title: Text
    """What it is called."""
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
    """Number of locations."""
    homes: int
    """Of projects, each at most the project size: what is counted where homes are added up."""
    homes_low: int
    """What the land can hold, low estimate."""
    homes_mid: int
    """The same, middle estimate."""
    homes_high: int
    """The same, high estimate."""


class Counts(Homes):
    """Parcels, their land, and the locations that they make."""

    parcels: int
    """Number of parcels."""
    hectares: float
    """Area of these parcels. [ha]"""
    buildable_hectares: float
    """Area of their buildable parts. [ha]"""


class PriorityFacts(Homes, Sourced):
    """A class of priority: what it asks, and the ranked locations in it."""

    title: Text
    """What it is called."""
    passes: list[str]
    """Rules that must say yes."""
    refuses: list[str]
    """Rules whose "no" keeps out, whether named or by their level."""
    most: int | None
    """So many locations at most; null where there is no limit."""
    hectares: float
    """Area of the locations in it. [ha]"""
    buildable_hectares: float
    """Area of their buildable parts. [ha]"""


class LandLeft(Model):
    """Land that is left after a condition, and those before it."""

    hectares: float
    """Surely left. [ha]"""
    unknown_hectares: float
    """Left if what is not known says yes; not in `hectares`. [ha]"""


class SitesAndHomes(Model):
    """Ranked locations, and the homes of a project on each."""

    sites: int
    """Number of locations."""
    homes: int
    """Homes of the projects there."""


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


class NotAssessed(NamedPart):
    """A layer or rule that the study leaves out knowingly."""

    leaves_out: list[str]
    """Rules and criteria that need it and are left out with it."""


class Approximation(Model):
    """A measure that was computed another way than the ruleset asks."""

    title: Text
    """What the measure is called."""
    how: str
    """How it was computed instead, in English words."""


class AppliedDecision(Model):
    """A decision by people on one parcel."""

    parcel_id: str
    """Id of the parcel."""
    decision: Literal["in", "out"]
    """Whether it is taken in or left out."""
    decision_reason: str
    """The reason that people gave."""
    decision_date: dt.date
    """The day of the decision."""
    status: Status
    """Of the parcel, with the decision."""


class Decisions(Model):
    """The decisions on parcels of this municipality."""

    applied: list[AppliedDecision]
    """Those in force on the date of the study."""
    not_yet_in_force: int
    """How many are dated after it."""


class InputFacts(Model):
    """What was read of one source."""

    source: str
    """File, layer or address, as the study names it."""
    reference_date: dt.date | None
    """The day that it describes; null where the study does not say."""
    licence: str | None
    """Under which licence it comes; null where the study does not say."""
    coverage: str
    """Where the source can be taken to say something."""
    rows: int
    """Rows, or raster cells, around the parcels."""
    repairs: dict[str, int]
    """How many rows were repaired or left out, by what was wrong with them."""


class TitledPart(Sourced):
    """A target group or a theme."""

    title: Text
    """What it is called."""


class ThemeFacts(TitledPart):
    """A theme."""

    lowest: list[str]
    """Criteria that are its links: it is worth no more than the lowest of those that are known."""


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
    """Weight of each theme, and of `suitability`."""
    least_known_share: float
    """Share of the weight that must rest on what is known; below it there is no score."""


class Transformation(Model):
    """How positions in RD New were turned into WGS 84."""

    name: str
    """What PROJ calls it."""
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
    """What was asked."""
    municipality: MunicipalityFacts
    """Which municipality this is."""
    ruleset: RulesetFacts
    """Which ruleset judged the parcels, with every placement parameter."""
    regimes: list[RegimeFacts]
    """By number of parcels, the most first; without any where none holds on the study's date."""
    total: Counts
    """Of all parcels; homes are those of locations that are available or for attention."""
    status: dict[Status, Counts]
    """The same by status."""
    priorities: dict[str, PriorityFacts]
    """From the best class to the last; empty where the ruleset has none."""
    funnel: list[FunnelRow]
    """All land first."""
    sites_of_several_parcels: int
    """Locations that are made of more than one parcel."""
    ranked: int
    """How many locations have a rank."""
    without_score: int
    """How many could be ranked, but for want of a score: too little is known of them."""
    ranked_known_share: float | None
    """Half of the ranked know no more than this share of rules and criteria; null without any."""
    sharing_a_score: int
    """The most ranked locations that have one and the same score, of which homes and ids decide."""
    not_assessed: list[NotAssessed]
    """Layers and rules that the study leaves out knowingly."""
    absent: list[NamedPart]
    """Layers that rules need and that the study does not have."""
    optional_absent: list[NamedPart] = Field(default_factory=list)
    """Optional layers that the study does not have: their rules do not count."""
    approximated: dict[str, Approximation]
    """By measure."""
    unread_plans: dict[str, int]
    """Housing plans that cannot be used, by what is wrong with them."""
    decisions: Decisions
    """Decisions by people on parcels of this municipality."""
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
    """Target groups of the ruleset, by id; `study.target_groups` says which count."""
    themes: dict[str, ThemeFacts]
    """Themes, by id; suitability is none of them."""
    score: ScoreFacts
    """What the themes weigh, and how much must be known."""
    spread: dict[str, Spread]
    """How far scores differ between the ranked locations, by column: `score`, each theme, each
    `criterion_<id>`; those that are known of none are left out."""
    site_types: dict[str, Text]
    """Titles of the types of site, by id."""
    size_classes: dict[str, Text]
    """Titles of the classes of project, by id."""
    transformation: Transformation
    """How positions were turned into WGS 84, for GeoJSON and the map."""
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
