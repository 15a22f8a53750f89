"""Land that may be left free: where that lifts what keeps a location out of a class of priority.

A hard rule takes the land that it covers, and the rest is judged by itself. A rule that does not
exclude refuses the whole location, though a planner would put the homes beside its land. So there
are more ways to use a parcel: without the land of rules that refuse a class of priority. Which ways
there are is known before homes are counted (`ways_to_leave_free`); which is best for each class,
and whether the rest holds a project, when they are (`rows_for_classes`, `merger`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from flexruimte.assessment.site_rules import rules_anew
from flexruimte.assessment.surveyed import RowsLeftFree, Surveyed, land_found
from flexruimte.assessment.verdicts import (
    answers_of_rules,
    assess_status,
    counts_from,
    covers_that_count,
)
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.kernels.left_free import sets_left_free
from flexruimte.rules.priorities import Priority
from flexruimte.rules.rules import LandRule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    NO,
    RANKED_STATUSES,
    YES,
    Booleans,
    Floats,
    Integers,
    Verdicts,
)

__all__ = ["LEAVE_FREE", "rows_for_classes", "settled_rules", "stays_ranked", "ways_to_leave_free"]

LEAVE_FREE: Final = "leave_free"
"""Placement parameter: whether land of rules that do not exclude may be left free, yes or no."""


def ways_to_leave_free(
    ruleset: Ruleset, skipped: frozenset[str], decisions: DecisionsAt, found: Surveyed
) -> RowsLeftFree:
    """Return the ways to use parcels other than with all their land.

    For each class of priority but the last: without the land of some or all rules that refuse the
    class, where one of them says no and may not do so on the rest. Left out are parcels that are
    excluded, or kept out of the class, whatever is left of them, and those of which one such rule
    covers all that is left.

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
    RowsLeftFree
        No rows where the ruleset has none of this, or no classes.
    """
    taken = found.buildable.taken
    classes = list(ruleset.priorities.values())[:-1] if _is_asked(ruleset) else []
    # What covers nothing here refuses nobody.
    land = {
        name: found.findings[name]
        for each in classes
        for name in ruleset.refusals(each)
        if name in found.findings and (found.buildable.covered_m2[name] > 0).any()
    }
    if not land:
        nobody = np.empty(0, dtype=np.intp)
        return RowsLeftFree(nobody, {name: each[:0] for name, each in taken.items()})
    measures = pd.concat(
        [found.of_parcel, found.buildable.measures[[BUILDABLE_AREA]], found.term.columns], axis=1
    )
    land = {name: each for name, each in land_found(found).items() if name in land}
    others = frozenset(ruleset.rules) - land.keys()
    covers = covers_that_count(ruleset, skipped | others, measures, found.term.may_be_lower, land)
    left, rules = measures[BUILDABLE_AREA].to_numpy(dtype=np.float64), ruleset.land_rules
    against = {
        name: (cover.verdicts(ruleset, rules[name]) == NO) & (left > 0)
        for name, cover in covers.items()
    }
    rows = np.flatnonzero(
        np.logical_or.reduce([np.zeros(len(left), dtype=bool), *against.values()])
    )
    if not len(rows):
        return RowsLeftFree(rows, {name: each[rows] for name, each in taken.items()})
    settled = _settled(ruleset, skipped, decisions, found, measures, rows)
    standing = stays_ranked(ruleset, settled, decisions.of(rows))
    ways = []
    for priority in classes:
        names = [name for name in ruleset.refusals(priority) if name in covers]
        reachable = rows[standing & ~_kept_out(ruleset, skipped, priority, settled)]
        refused = [against[name][reachable] for name in names]
        asked = reachable[np.logical_or.reduce([np.zeros(len(reachable), dtype=bool), *refused])]
        if len(asked):
            covered = {name: covers[name].area_m2[asked] for name in names}
            parcel, freed = _ways_without(ruleset, covered, left[asked])
            ways.append((asked[parcel], freed))
    return _each_once(taken, ways)


def _ways_without(
    ruleset: Ruleset, covered: Mapping[str, Floats], left: Floats
) -> tuple[Integers, dict[str, Booleans]]:
    """Return the ways to use parcels without the land of rules, so that none may refuse the rest.

    Parameters
    ----------
    covered
        What each rule covers of the buildable parts of parcels. (k,) float64 [m2]
    left
        Area of these parts. (k,) float64 [m2]

    Returns
    -------
    tuple
        Position of the parcel of each way, (w,) int; and where land of a rule is left free, by
        rule, (w,) bool.
    """
    rules = ruleset.land_rules
    share, floor_m2 = np.array([counts_from(ruleset, rules[name]) for name in covered]).T
    of_rules = np.stack(list(covered.values()), axis=1)
    parcel, sets = sets_left_free(of_rules, left, share, floor_m2)
    return parcel, dict(zip(covered, sets.T, strict=True))


def _each_once(
    taken: Mapping[str, Booleans], ways: Sequence[tuple[Integers, Mapping[str, Booleans]]]
) -> RowsLeftFree:
    """Return ways to use parcels, by parcel, each once: the first of equal ones.

    Parameters
    ----------
    taken
        From which parcels rules take land, by rule. (n,) bool
    ways
        In several parts: the parcel of each way, (w,) int, and where land of rules is left free, by
        rule, (w,) bool.
    """
    names = list(dict.fromkeys(name for _, freed in ways for name in freed))
    of = np.concatenate([np.empty(0, dtype=np.intp), *(parcel for parcel, _ in ways)])
    free = np.zeros((len(of), len(names)), dtype=bool)
    for column, name in enumerate(names):
        parts = [freed.get(name, np.zeros(len(parcel), dtype=bool)) for parcel, freed in ways]
        free[:, column] = np.concatenate(parts)
    _, first = np.unique(np.column_stack([of, free]), axis=0, return_index=True)
    first = np.sort(first)
    first = first[np.argsort(of[first], kind="stable")]
    of, by_rule = of[first], dict(zip(names, free[first].T, strict=True))
    return RowsLeftFree(
        of,
        {
            name: each[of] | by_rule[name] if name in by_rule else each[of]
            for name, each in taken.items()
        },
    )


def _is_asked(ruleset: Ruleset) -> bool:
    return LEAVE_FREE in ruleset.placement and ruleset.value(LEAVE_FREE) == "yes"


def rows_for_classes(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], parcel: Integers, area: Floats, count: int
) -> list[Integers]:
    """Return the row of each parcel for each class of priority: with most land that none refuses.

    Parameters
    ----------
    ruleset
        The classes.
    verdicts
        Of the rules that are assessed, on parcels with all their land and then on those of which
        land is left free. (r,) int8
    parcel
        Position of the parcel of each row. (r,) int
    area
        Of what is left of it. (r,) float64 [m2]
    count
        Number of parcels, n.

    Returns
    -------
    list of Integers
        With all land first, then for each class but the last, without the land of rules that refuse
        it; a parcel of which no way does it is used with all its land. (n,) int each
    """
    ways = [np.arange(count)]
    if len(parcel) == count:
        return ways
    some = np.flatnonzero(np.isin(parcel, parcel[count:]))
    most_land_last, rules = some[np.argsort(area[some], kind="stable")], ruleset.land_rules
    for priority in list(ruleset.priorities.values())[:-1]:
        names = [name for name in ruleset.refusals(priority) if name in rules and name in verdicts]
        against = [verdicts[name][most_land_last] == NO for name in names]
        fits = most_land_last[~np.logical_or.reduce([np.zeros(len(some), dtype=bool), *against])]
        way = np.arange(count)
        way[parcel[fits]] = fits
        ways.append(way)
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
    """Return the verdicts of the settled rules on some parcels, by rule. (k,) int8

    Rules on land that exclude nothing have none, as land may be left free of them.
    """
    asked = {
        name
        for name in settled_rules(ruleset, found)
        if ruleset.excludes(ruleset.rules[name]) or not isinstance(ruleset.rules[name], LandRule)
    }
    others = frozenset(ruleset.rules) - asked
    land = {name: each.of(rows) for name, each in land_found(found).items() if name in asked}
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
    rules, enabled = ruleset.measure_rules, ruleset.enabled_rules
    if any(name in skipped for name in priority.passes if name in enabled):
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
