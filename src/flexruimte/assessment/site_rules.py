"""Which rules a site of several parcels answers anew, and from which width on it is wide enough."""

from __future__ import annotations

from typing import Final

import numpy as np

from flexruimte.assessment.capacity import CAPACITY_MEASURES
from flexruimte.rules.measures import (
    MainClassMeasure,
    MixMeasure,
    NearestMeasure,
    RectangleMeasure,
    WayInMeasure,
)
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    HARD_PLAN_FREE_YEARS,
    LARGEST_PART_AREA,
    PESSIMISTIC_TERM_YEARS,
    TERM_YEARS,
    WIDTH,
)

__all__ = [
    "OF_SIZE",
    "OF_TERM",
    "rules_anew",
    "rules_by_homes",
    "width_that_is_enough",
    "with_measures",
]

OF_SIZE: Final = (AREA, BUILDABLE_AREA, LARGEST_PART_AREA, WIDTH, *CAPACITY_MEASURES)
"""Measures of the size of a location."""
OF_TERM: Final = (TERM_YEARS, PESSIMISTIC_TERM_YEARS, HARD_PLAN_FREE_YEARS)
"""Measures of its term that rules ask about."""


def width_that_is_enough(ruleset: Ruleset) -> float | None:
    """Return from which width on it is all the same how wide land is; None where nobody asks. [m]

    Infinite where more than a least width is asked.
    """
    if not ruleset.asks_for(WIDTH):
        return None
    least = {
        name: rule
        for name, rule in ruleset.measure_rules.items()
        if rule.measure == WIDTH
        and rule.at_least is not None
        and rule.at_most is None
        and WIDTH not in rule.measures_asked[1:]
    }
    others = {name: rule for name, rule in ruleset.rules.items() if name not in least}
    if ruleset.model_copy(update={"rules": others}).asks_for(WIDTH):
        return np.inf
    return max(
        ruleset.number(rule.at_least) for rule in least.values() if rule.at_least is not None
    )


def rules_anew(ruleset: Ruleset) -> frozenset[str]:
    """Return the rules on a measure that are judged anew on a site: size, term, nearest, class."""
    nearest = [
        name
        for name, measure in ruleset.measures.items()
        if isinstance(measure, NearestMeasure | RectangleMeasure | MainClassMeasure | WayInMeasure)
    ]
    asked = (*OF_SIZE, *OF_TERM, *nearest)
    return frozenset(name for name, rule in ruleset.measure_rules.items() if rule.measure in asked)


def rules_by_homes(ruleset: Ruleset) -> frozenset[str]:
    """Return the rules on a measure that ask for homes, of which a site has more."""
    return frozenset(
        name
        for name, rule in ruleset.measure_rules.items()
        if {*CAPACITY_MEASURES} & {*rule.measures_asked}
    )


def with_measures(ruleset: Ruleset, asked: frozenset[str]) -> Ruleset:
    """Return a ruleset with some of its measures alone, and what those rest on.

    Parameters
    ----------
    asked
        Names of measures, built in or of the ruleset.
    """
    wanted, new = set[str](), set(asked)
    while new:
        wanted |= new
        mixes = (ruleset.measures.get(name) for name in new)
        parts = (each.parts for each in mixes if isinstance(each, MixMeasure))
        new = {part.measure for each in parts for part in each} - wanted
    some = {name: each for name, each in ruleset.measures.items() if name in wanted}
    return ruleset.model_copy(update={"measures": some})
