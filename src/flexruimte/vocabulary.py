"""Names that all modules share: verdicts, levels, statuses, units and columns.

Stages of the assessment do not import each other; they hand over tables whose columns are declared
here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""An array of float64; NaN where a number is not known."""
Integers: TypeAlias = NDArray[np.intp]
"""An array of integers that can be positions in an array."""
Booleans: TypeAlias = NDArray[np.bool_]
"""An array of bool."""
Geometries: TypeAlias = NDArray[Any]
"""An object array of shapely geometries; None where there is none."""
Verdicts: TypeAlias = NDArray[np.int8]
"""An int8 array of `NO`, `UNKNOWN` and `YES`.

The minimum of several verdicts says whether all tests are met, the maximum whether any is.
"""

CRS: Final = "EPSG:28992"
"""Amersfoort / RD New, in metres: everything is computed in it."""

NO: Final = np.int8(-1)
"""Verdict on a parcel that does not meet a test."""
UNKNOWN: Final = np.int8(0)
"""Verdict on a parcel of which too little is known to test it."""
YES: Final = np.int8(1)
"""Verdict on a parcel that meets a test."""
VERDICT_NAMES: Final = {-1: "no", 0: "unknown", 1: "yes"}
"""Name of each verdict in the outputs."""

FREE_YEARS_LIMIT: Final = 100.0
"""Years without a hard plan are counted up to this; a parcel without such a plan has it. [year]"""

AREA_TOLERANCE: Final = 1e-6
"""Areas that differ by less than this share of the parcel's area count as equal."""


class Level(StrEnum):
    """How hard a rule is, hardest first; the ruleset says which levels exclude a parcel."""

    VERY_HARD = "very_hard"
    HARD = "hard"
    MEDIUM = "medium"
    SOFT = "soft"


class Status(StrEnum):
    """What the verdicts on all rules make of a parcel, from best to worst."""

    AVAILABLE = "available"
    ATTENTION = "attention"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


class EndOfTerm(StrEnum):
    """What is on record of the end of the term."""

    KNOWN = "known"
    """A hard plan or an agreement ends it."""
    NONE_KNOWN = "none_known"
    """Plans and agreements were looked at, and none ends it."""


class Basis(StrEnum):
    """What a default value rests on, from best to least founded."""

    LAW = "law"
    PBL = "pbl"
    PRACTICE = "practice"
    ASSUMPTION = "assumption"


class Condition(StrEnum):
    """The condition, of those that a location has to meet, that a rule is about."""

    DECISION = "decision"
    USE = "use"
    RESTRICTION = "restriction"
    PLAN = "plan"
    TERM = "term"
    SITE = "site"
    ACCESS = "access"
    ENVIRONMENT = "environment"


FUNNEL_CONDITIONS: Final = (Condition.USE, Condition.RESTRICTION, Condition.PLAN)
"""Conditions after each of which the land that is left is counted, in this order; after all others
it is available."""

RANKED_STATUSES: Final = (Status.AVAILABLE, Status.ATTENTION)
"""Statuses that get a rank."""
LISTED_STATUSES: Final = (Status.AVAILABLE, Status.ATTENTION, Status.UNKNOWN)
"""Statuses that the outputs of locations list, ranked or not."""
THEMES: Final = ("suitability", "term", "relocatability", "feasibility", "environment")
"""Themes of which each parcel gets a score of 0 to 100: columns of the outputs."""
SCORED_THEMES: Final = ("suitability", "term", "relocatability", "feasibility")
"""Themes that may weigh in the total score; the living environment is reported next to it."""

UNITS: Final = {
    "_m2": "m2",
    "_m": "m",
    "_km": "km",
    "_t": "t",
    "_share": "share",
    "_percent": "percent",
    "_years": "year",
    "_year": "calendar year",
    "_db": "dB Lden",
    "_cm": "cm",
    "_ug_m3": "ug/m3",
    "_count": "count",
    "_homes": "homes",
    "homes": "homes",
    "homes_low": "homes",
    "homes_mid": "homes",
    "homes_high": "homes",
    "_class": "class",
}
"""Unit by the ending of a measure's name; the counts of homes are whole names."""

# Columns of the tables that stages hand over, in the order of the outputs.
PARCEL_ID: Final = "parcel_id"
"""Id of a parcel or location; a location of several parcels is "a+1": its first and one more."""
PARCEL_IDS: Final = "parcel_ids"
"""Ids of a location's parcels, as "a;b"."""
SITE_ID: Final = "site_id"
"""Id of the location of several parcels that a parcel is part of; null for other parcels."""
MUNICIPALITY_CODE: Final = "gemeente_code"
"""Code of the municipality, as in the study's source of municipalities."""
MUNICIPALITY_NAME: Final = "gemeente"
"""Name of the municipality."""
STATUS: Final = "status"
"""A `Status`."""
PRIORITY: Final = "priority"
"""Id of the class that a location falls in before its score counts; null for what is not ranked."""
KEPT_OUT_BY: Final = "kept_out_by"
"""What keeps a location out of the class above its own: ids of rules, `MOST_REACHED`,
`TOO_LITTLE_SUITED`, or `NEXT_TO` and the id of a location."""
NEXT_TO: Final = "next_to:"
"""In `kept_out_by`, before the id of a better location of the class above that lies next to it."""
TOO_LITTLE_SUITED: Final = "suitability"
"""In `kept_out_by`: it suits the best target group less than the class above asks."""
MOST_REACHED: Final = "most"
"""In `kept_out_by`: the class above is full, with locations that score better."""
ATTENTION: Final = "attention"
"""Ids of rules that say no and are no reason to exclude, but for those of level soft."""
NOTES: Final = "notes"
"""Ids of rules of level soft that say no."""
DECISION: Final = "decision"
"""What people decided on a parcel: "in" or "out"; null where they did not."""
RANK: Final = "rank"
"""Position in the municipality, 1 being the best; null for what is not ranked."""
BEST_GROUP: Final = "best_group"
"""The target group with the highest suitability, of those that count; null where none is known."""
SCORE_KNOWN_SHARE: Final = "score_known_share"
"""Share of the score's weight that rests on what is known."""
AREA: Final = "area_m2"
"""Area of the parcel. [m2]"""
BUILDABLE_AREA: Final = "buildable_m2"
"""Area of the buildable part: the parcel minus the land that excluding rules take away. [m2]"""
LARGEST_PART_AREA: Final = "largest_part_m2"
"""Area of the largest connected piece of the buildable part. [m2]"""
WIDTH: Final = "width_m"
"""Diameter of the largest circle that fits in that piece. [m]"""
HARD_PLAN_FREE_YEARS: Final = "hard_plan_free_years"
"""Years from the study's date to the first hard housing plan. [year]"""
TERM_YEARS: Final = "term_years"
"""Years from the first to the last moment that homes can stand there. [year]"""
PESSIMISTIC_TERM_YEARS: Final = "pessimistic_term_years"
"""The same when soft plans go ahead. [year]"""
TERM_START: Final = "term_start"
"""Day on which the term starts; NaT where there is no term."""
TERM_END: Final = "term_end"
"""Day on which the term ends; NaT where there is no term."""
START_DELAY_YEARS: Final = "start_delay_years"
"""Years from the end of the lead time to the start of the term: what a lease makes wait. [year]"""
TERM_END_CLASS: Final = "term_end_class"
"""How sure the end of the term is, an `EndOfTerm`; null where that was not looked at."""
TERM_MEASURES: Final = (HARD_PLAN_FREE_YEARS, TERM_YEARS, PESSIMISTIC_TERM_YEARS)
"""Measures that rest on housing plans, and but for the first on leases and reservations."""
HOMES_LOW: Final = "homes_low"
"""Homes that fit, low estimate."""
HOMES_MID: Final = "homes_mid"
"""Homes that fit, middle estimate."""
HOMES_HIGH: Final = "homes_high"
"""Homes that fit, high estimate."""
HOMES: Final = "homes"
"""Homes of a project there: the middle estimate, at most the project size. Totals count these."""
MEDIUM_POINTS: Final = "medium_points_count"
"""Number of rules of level medium that say no.

Made after the verdicts, for criteria alone. Null where none of these rules has an answer. The true
number may be higher by those without one.
"""
SITE_TYPE: Final = "site_type_class"
"""Type of the location, one of the ruleset's site types."""
SIZE_CLASS: Final = "size_class"
"""Class of project by its number of homes, one of the ruleset's size classes."""

# Columns of the table of findings, after the parcel's id.
RULE: Final = "rule"
LEVEL: Final = "level"
VERDICT: Final = "verdict"
COVERED_AREA: Final = "covered_m2"
COVERED_BUILDABLE: Final = "covered_buildable_m2"
"""What a rule on land covers of the buildable part; none where it takes that."""
LEFT_FREE: Final = "left_free_m2"
"""Land of the buildable part that is left free, as a rule that does not exclude covers it."""
APPLIES: Final = "applies"
"""Whether a rule on land applies where it would cover something."""
EDGE: Final = "edge"
FEATURE_COUNT: Final = "feature_count"
FEATURES: Final = "features"
FINDING: Final = "finding"

FINDINGS_OF_LOCATION: Final = "findings"
"""What rules that say no or do not know found on a location: a list of sentences, hardest first."""

BUILT_IN_MEASURES: Final = (
    AREA,
    BUILDABLE_AREA,
    LARGEST_PART_AREA,
    WIDTH,
    HARD_PLAN_FREE_YEARS,
    TERM_YEARS,
    PESSIMISTIC_TERM_YEARS,
    START_DELAY_YEARS,
    TERM_END_CLASS,
    HOMES_LOW,
    HOMES_MID,
    HOMES_HIGH,
    HOMES,
    SITE_TYPE,
    SIZE_CLASS,
    MEDIUM_POINTS,
)
"""Measures that every ruleset has; all other measures are declared in the ruleset."""
LAYOUT_KINDS: Final = ("module", "road", "paved", "path")
"""Kinds of shapes that a layout is made of."""

OWN_COLUMNS: Final = (
    PARCEL_ID,
    PARCEL_IDS,
    SITE_ID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    STATUS,
    RANK,
    PRIORITY,
    KEPT_OUT_BY,
    *THEMES,
    BEST_GROUP,
    "score",
    "score_low",
    "score_high",
    SCORE_KNOWN_SHARE,
    TERM_START,
    TERM_END,
    *BUILT_IN_MEASURES,
    "taken_m2",
    LEFT_FREE,
    "known_share",
    "reasons",
    ATTENTION,
    NOTES,
    "missing",
    DECISION,
    "decision_reason",
    "decision_date",
    "plans",
    "buildable",
    "geometry",
)
"""Columns of the parcels' table that flexruimte itself makes.

Those per criterion, measure and target group come besides.
"""
CRITERION_PREFIX: Final = "criterion_"
"""What the name of the column with the score of a criterion begins with."""
OWN_COLUMN_PREFIXES: Final = (
    CRITERION_PREFIX,
    "suitability_",
)
"""What the names of columns per rule, criterion and target group begin with."""


def unit_of(measure: str) -> str:
    """Return the unit that a measure's name ends in, or an empty text if it ends in none.

    Examples
    --------
    >>> unit_of("rail_stop_walk_m"), unit_of("built_share"), unit_of("strange")
    ('m', 'share', '')
    """
    endings = [ending for ending in UNITS if measure.endswith(ending) or measure == ending[1:]]
    return UNITS[max(endings, key=len)] if endings else ""
