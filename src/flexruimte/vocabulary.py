"""The words of flexruimte, once: verdicts, levels, statuses, units and the columns that stages share.

Stages do not import each other; they hand over tables whose columns are declared here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.intp]
Booleans: TypeAlias = NDArray[np.bool_]
Geometries: TypeAlias = NDArray[Any]
"""An object array of shapely geometries."""
Verdicts: TypeAlias = NDArray[np.int8]
"""An int8 array of NO, UNKNOWN and YES. All-of is the minimum, any-of the maximum."""

CRS: Final = "EPSG:28992"
"""Amersfoort / RD New, in metres: everything is computed in it."""

NO: Final = np.int8(-1)
UNKNOWN: Final = np.int8(0)
YES: Final = np.int8(1)
VERDICT_NAMES: Final = {-1: "no", 0: "unknown", 1: "yes"}

FREE_YEARS_LIMIT: Final = 100.0
"""Free years are counted up to this; it stands for "no hard plan". [year]"""

AREA_TOLERANCE: Final = 1e-6
"""Areas that differ by less than this share of the parcel are the same area."""


class Level(StrEnum):
    """Hardness of a rule; the ruleset says which levels exclude."""

    VERY_HARD = "very_hard"
    HARD = "hard"
    MEDIUM = "medium"
    SOFT = "soft"


class Status(StrEnum):
    """What the verdicts make of a parcel, from best to worst."""

    AVAILABLE = "available"
    ATTENTION = "attention"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


class Basis(StrEnum):
    """How well founded a default is."""

    LAW = "law"
    PBL = "pbl"
    PRACTICE = "practice"
    ASSUMPTION = "assumption"


class Condition(StrEnum):
    """The question that a rule helps to answer."""

    DECISION = "decision"
    USE = "use"
    RESTRICTION = "restriction"
    PLAN = "plan"
    TERM = "term"
    SITE = "site"
    ACCESS = "access"
    ENVIRONMENT = "environment"


RANKED_STATUSES: Final = (Status.AVAILABLE, Status.ATTENTION)
LISTED_STATUSES: Final = (Status.AVAILABLE, Status.ATTENTION, Status.UNKNOWN)
THEMES: Final = ("suitability", "term", "relocatability", "environment")
SCORED_THEMES: Final = ("suitability", "term", "relocatability")
"""The themes that may weigh in the score; the living environment is reported next to it."""

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
    "_depth_m": "m",
    "_cm": "cm",
    "_ug_m3": "ug/m3",
    "_count": "count",
    "_homes": "homes",
    "homes_low": "homes",
    "homes_mid": "homes",
    "homes_high": "homes",
    "_class": "class",
}
"""A measure's name ends in its unit; the homes, whose names are contracts, are the exception."""

# Columns that the stages declare to each other. The order is the order of the outputs.
PARCEL_ID: Final = "parcel_id"
PARCEL_IDS: Final = "parcel_ids"
"""Parcels of a location, as "a;b"."""
SITE_ID: Final = "site_id"
"""Location that a parcel is part of; null where it is one by itself, or none."""
MUNICIPALITY_CODE: Final = "gemeente_code"
MUNICIPALITY_NAME: Final = "gemeente"
STATUS: Final = "status"
RANK: Final = "rank"
AREA: Final = "area_m2"
BUILDABLE_AREA: Final = "buildable_m2"
LARGEST_PART_AREA: Final = "largest_part_m2"
WIDTH: Final = "width_m"
HARD_PLAN_FREE_YEARS: Final = "hard_plan_free_years"
TERM_YEARS: Final = "term_years"
PESSIMISTIC_TERM_YEARS: Final = "pessimistic_term_years"
TERM_START: Final = "term_start"
TERM_END: Final = "term_end"
HOMES_LOW: Final = "homes_low"
HOMES_MID: Final = "homes_mid"
HOMES_HIGH: Final = "homes_high"
SITE_TYPE: Final = "site_type_class"
SIZE_CLASS: Final = "size_class"

# Columns of the table of findings, after the parcel's id.
RULE: Final = "rule"
LEVEL: Final = "level"
VERDICT: Final = "verdict"
COVERED_AREA: Final = "covered_m2"
EDGE: Final = "edge"
FEATURE_COUNT: Final = "feature_count"
FEATURES: Final = "features"
FINDING: Final = "finding"

BUILT_IN_MEASURES: Final = {
    AREA: ("Oppervlakte van het perceel", "Area of the parcel"),
    BUILDABLE_AREA: ("Bruikbaar deel", "Buildable part"),
    LARGEST_PART_AREA: (
        "Grootste aaneengesloten bruikbare deel",
        "Largest connected buildable part",
    ),
    WIDTH: ("Breedte van het bruikbare deel", "Width of the buildable part"),
    HARD_PLAN_FREE_YEARS: (
        "Jaren tot het eerste harde woningbouwplan",
        "Years until the first hard housing plan",
    ),
    TERM_YEARS: ("Termijn", "Term"),
    PESSIMISTIC_TERM_YEARS: ("Termijn als zachte plannen doorgaan", "Term if soft plans go ahead"),
    HOMES_LOW: ("Woningen, lage schatting", "Homes, low estimate"),
    HOMES_MID: ("Woningen, middenschatting", "Homes, middle estimate"),
    HOMES_HIGH: ("Woningen, hoge schatting", "Homes, high estimate"),
    SITE_TYPE: ("Type locatie", "Site type"),
    SIZE_CLASS: ("Projectgrootte", "Project size"),
}
"""Measures that every ruleset has, with their Dutch and English titles; the others are declared in the ruleset."""


OWN_COLUMNS: Final = (
    PARCEL_ID,
    PARCEL_IDS,
    SITE_ID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    STATUS,
    RANK,
    *THEMES,
    "score",
    "score_low",
    "score_high",
    TERM_START,
    TERM_END,
    *BUILT_IN_MEASURES,
    "taken_m2",
    "known_share",
    "reasons",
    "attention",
    "missing",
    "decision",
    "decision_reason",
    "decision_date",
    "plans",
    "buildable",
    "geometry",
)
"""Columns of the parcels' table that flexruimte itself makes.

Those per criterion, measure and target group come besides.
"""
OWN_COLUMN_PREFIXES: Final = (
    "criterion_",
    "suitability_",
)


def unit_of(measure: str) -> str:
    """Return the unit that a measure's name ends in, or an empty text.

    Examples
    --------
    >>> unit_of("rail_stop_walk_m"), unit_of("built_share"), unit_of("strange")
    ('m', 'share', '')
    """
    endings = [ending for ending in UNITS if measure.endswith(ending) or measure == ending[1:]]
    return UNITS[max(endings, key=len)] if endings else ""
