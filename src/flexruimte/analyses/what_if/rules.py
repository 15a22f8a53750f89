"""What each excluding rule of a municipality takes: alone, and as the only obstacle.

As the only obstacle is exact: the municipality is judged anew without the rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from flexruimte.analyses.what_if.case import Case
from flexruimte.analyses.what_if.changes import Change, changes_of
from flexruimte.analyses.what_if.locations import (
    SQUARE_METRES_PER_HECTARE,
    Totals,
    totals,
)
from flexruimte.analyses.what_if.scenarios import (
    Again,
    Scenario,
    land_given_back,
    locations_in,
    takes,
)
from flexruimte.assessment.site_rules import OF_SIZE
from flexruimte.errors import StudyError, did_you_mean
from flexruimte.rules.rules import MeasureRule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import AREA, NO, UNKNOWN, Level

__all__ = ["Taken", "excluding_rules", "gains", "taken_alone"]

_PER_HECTARE: Final = "homes_per_ha_mid"
_GROSS_NET: Final = "gross_net_factor"
_PROJECT: Final = "project_homes"
_OF_THE_REST: Final = frozenset(OF_SIZE) - {AREA}
"""Measures of the size of what is left of a parcel."""


def excluding_rules(ruleset: Ruleset, assessed: Sequence[str], named: Sequence[str]) -> list[str]:
    """Return the ids of the excluding rules that are assessed, in the order of the ruleset.

    Parameters
    ----------
    ruleset
        As it holds in the municipality.
    assessed
        Ids of the rules that are assessed.
    named
        The rules that are asked for; none is all.

    Raises
    ------
    StudyError
        When a rule does not exist, or takes nothing because it does not exclude.
    """
    for rule_id in named:
        if rule_id not in ruleset.rules:
            raise StudyError(
                f"rule '{rule_id}' does not exist; {did_you_mean(rule_id, ruleset.rules)}"
            )
        if not ruleset.excludes(ruleset.rules[rule_id]):
            level = ruleset.rules[rule_id].level
            raise StudyError(
                f"rule '{rule_id}' is {level}, which excludes nothing here; name one of level "
                f"{' or '.join(ruleset.levels.excluding)}"
            )
    return [
        rule_id
        for rule_id, rule in ruleset.enabled_rules.items()
        if ruleset.excludes(rule) and rule_id in assessed and (not named or rule_id in named)
    ]


@dataclass(frozen=True)
class Taken:
    """What a rule takes, whatever other rules take."""

    hectares: float
    """Land that it covers and takes, and whole parcels to which it says no; of a rule on the size
    of what is left that rest. [ha]"""
    parcels: int
    """To which it says no."""
    homes: int
    """By density on that land, at most a project per parcel; nothing is laid out there."""
    unknown_hectares: float
    """Parcels of which it has no answer. [ha]"""


def taken_alone(case: Case, rule_id: str) -> Taken:
    """Return what an excluding rule takes by itself.

    A measure of the buildable part is of what the other rules leave, and a rule on its size takes
    no more than that.

    Parameters
    ----------
    case
        The municipality as it is.
    rule_id
        Of the rule.
    """
    rule, refused = case.ruleset.rules[rule_id], case.verdicts[rule_id] == NO
    if rule.level != Level.VERY_HARD:
        refused &= ~case.decisions.into
    of_the_rest = isinstance(rule, MeasureRule) and rule.measure in _OF_THE_REST
    square_metres = np.where(refused, case.left if of_the_rest else case.areas, 0.0)
    covers = takes(case, rule_id) & ~refused
    if covers.any():
        square_metres[covers] = case.found.findings[rule_id].covered_m2[covers]
    hectares = square_metres / SQUARE_METRES_PER_HECTARE
    per_hectare = case.ruleset.value(_PER_HECTARE) / case.ruleset.value(_GROSS_NET)
    homes = np.floor(np.round(hectares * per_hectare, 6))
    if _PROJECT in case.ruleset.placement:
        homes = np.minimum(homes, case.ruleset.value(_PROJECT))
    unknown = case.areas[case.verdicts[rule_id] == UNKNOWN].sum() / SQUARE_METRES_PER_HECTARE
    return Taken(float(hectares.sum()), int(refused.sum()), int(homes.sum()), float(unknown))


def gains(case: Case, rule_ids: Sequence[str]) -> dict[tuple[str, Change], Totals | None]:
    """Return how much more there is where one rule is another.

    Parameters
    ----------
    case
        The municipality as it is.
    rule_ids
        Of excluding rules.

    Returns
    -------
    dict of Totals
        By rule and what is tried on it. None where the layers would have to be read again.

    Notes
    -----
    Land of which a rule has no answer comes free without it too. Two rules may each free the same
    land, where a third asks for the size of what is left; and homes may be fewer where two
    locations become one, of which a project takes so many.
    """
    tried = [each for rule_id in rule_ids for each in changes_of(case.ruleset, rule_id)]
    wanted = [Scenario.of(case, each) for each in tried]
    parts = land_given_back(case, wanted)
    found: dict[tuple[str, Change], Totals | None] = {}
    for number, each in enumerate(wanted):
        rule_id, change = each.changed.rule_id, each.changed.change
        if each.is_as_good_as_off(case, parts.get(number)):
            found[rule_id, change] = found[rule_id, Change.OFF]
        else:
            found[rule_id, change] = _gain(case, each, parts.get(number))
    return found


def _gain(case: Case, scenario: Scenario, again: Again | None) -> Totals | None:
    """Return how much more there is in a scenario."""
    if not len(scenario.affected):
        return Totals.nothing(case.ruleset)
    if scenario.is_on_land and again is None:
        return None
    return totals(case.ruleset, locations_in(case, scenario, again)) - case.totals
