"""Land that may be left free: where that lifts what keeps a location out of a class of priority.

A hard rule takes the land that it covers, and the rest is judged by itself. A rule that does not
exclude refuses the whole location, though a planner would put the homes beside its land. So each
class of priority is one more way to use a parcel: without the land of the rules on land that refuse
the class. Which way is best is decided where homes are counted (`merger`); here is which ways there
are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from flexruimte.assessment.merger import rules_anew
from flexruimte.assessment.surveyed import Surveyed, land_found
from flexruimte.assessment.verdicts import answers_of_rules, assess_status, covers_that_count
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.rules.priorities import Priority
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    AREA_TOLERANCE,
    BUILDABLE_AREA,
    NO,
    RANKED_STATUSES,
    YES,
    Booleans,
    Integers,
    Verdicts,
)

__all__ = ["LEAVE_FREE", "settled_rules", "stays_ranked", "ways_to_leave_free"]

LEAVE_FREE: Final = "leave_free"
"""Placement parameter: whether land of rules that do not exclude may be left free, yes or no."""


def ways_to_leave_free(
    ruleset: Ruleset, skipped: frozenset[str], decisions: DecisionsAt, found: Surveyed
) -> list[dict[str, Booleans]]:
    """Return the ways to use parcels other than with all their land.

    One for each class of priority but the last, the best first: without the land of all rules that
    refuse the class, where one of them says no. Left out are parcels that are excluded, or kept out
    of the class, whatever is left of them, and those of which one rule covers all that is left.

    Parameters
    ----------
    ruleset
        As it holds in the municipality.
    skipped
        Rules that the study leaves out.
    decisions
        By people.
    found
        What the layers say of the parcels.

    Returns
    -------
    list of dict
        By rule: of which parcels its land is left free. (n,) bool. No ways where the ruleset has
        none of this, or no classes.
    """
    if LEAVE_FREE not in ruleset.placement or ruleset.value(LEAVE_FREE) != "yes":
        return []
    classes = list(ruleset.priorities.values())[:-1]
    others = frozenset(ruleset.rules) - {
        name for each in classes for name in ruleset.refusals(each)
    }
    measures = pd.concat(
        [found.of_parcel, found.buildable.measures[[BUILDABLE_AREA]], found.term.columns], axis=1
    )
    may_be_lower, land = found.term.may_be_lower, land_found(found)
    covers = covers_that_count(ruleset, skipped | others, measures, may_be_lower, land)
    left = measures[BUILDABLE_AREA].to_numpy(dtype=np.float64)
    free = {
        name: (each.area_m2 > AREA_TOLERANCE * left) & (each.area_m2 < (1 - AREA_TOLERANCE) * left)
        for name, each in covers.items()
    }
    refuses = {
        name: (each.verdicts(ruleset, ruleset.land_rules[name]) == NO) & (left > 0)
        for name, each in covers.items()
    }
    whole = {name: refuses[name] & ~free[name] for name in covers}
    rows = np.flatnonzero(np.logical_or.reduce([np.zeros(len(left), bool), *refuses.values()]))
    if not len(rows):
        return []
    settled = _settled(ruleset, skipped, decisions, found, measures, rows)
    standing = stays_ranked(ruleset, settled, decisions.of(rows))
    ways = []
    for priority in classes:
        names = [name for name in ruleset.refusals(priority) if name in covers]
        nobody = np.zeros(len(rows), dtype=bool)
        refused, not_left = (
            np.logical_or.reduce([nobody, *(by_rule[name][rows] for name in names)])
            for by_rule in (refuses, whole)
        )
        here = np.zeros(len(left), dtype=bool)
        here[rows] = refused & ~not_left & standing & ~_kept_out(ruleset, skipped, priority, settled)
        ways.append({name: free[name] & here for name in names})
    return ways


def settled_rules(ruleset: Ruleset, found: Surveyed) -> frozenset[str]:
    """Return the ids of rules whose answer rests on the whole parcel or the term alone.

    The area of a parcel is not such a thing: a site has another.
    """
    known = {*found.of_parcel.columns, *found.term.columns} - {AREA}
    return frozenset(
        rule_id
        for rule_id, rule in ruleset.enabled_rules.items()
        if known.issuperset(rule.measures_asked)
    )


def stays_ranked(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], decisions: DecisionsAt
) -> Booleans:
    """Return which parcels no rule keeps from being ranked, of those that are given. (n,) bool"""
    status = assess_status(ruleset, verdicts, decisions.into, decisions.out)
    return np.isin(status, RANKED_STATUSES)


def _settled(
    ruleset: Ruleset,
    skipped: frozenset[str],
    decisions: DecisionsAt,
    found: Surveyed,
    measures: pd.DataFrame,
    rows: Integers,
) -> dict[str, Verdicts]:
    """Return the verdicts of the settled rules on some parcels, by rule. (k,) int8"""
    others = frozenset(ruleset.rules) - settled_rules(ruleset, found)
    land = {name: finding.of(rows) for name, finding in land_found(found).items()}
    return answers_of_rules(
        ruleset,
        skipped | others,
        measures.iloc[rows].reset_index(drop=True),
        {name: flags[rows] for name, flags in found.term.may_be_lower.items()},
        land,
        decisions.into[rows],
    )


def _kept_out(
    ruleset: Ruleset,
    skipped: frozenset[str],
    priority: Priority,
    settled: Mapping[str, Verdicts],
) -> Booleans:
    """Return which parcels are kept out of a class, as part of a site too. (k,) bool

    By settled rules on a measure, but for those that a site answers anew.
    """
    count = len(next(iter(settled.values()), ()))
    rules = ruleset.measure_rules
    if any(name in skipped for name in priority.passes if name in ruleset.enabled_rules):
        return np.ones(count, dtype=bool)
    refusals, anew = ruleset.refusals(priority), rules_anew(ruleset)
    against = np.zeros(count, dtype=bool)
    for name, verdict in settled.items():
        if name not in rules or name in anew:
            continue
        if name in priority.passes:
            against |= verdict != YES
        elif name in refusals:
            against |= verdict == NO
    return against

