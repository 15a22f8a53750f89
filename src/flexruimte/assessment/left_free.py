"""Land that may be left free: where that lifts what keeps a location out of a class of priority.

A hard rule takes the land that it covers, and the rest is judged by itself. A rule that does not
exclude refuses the whole location, though a planner would put the homes beside its land. So there
are more ways to use a parcel: without the land of rules that refuse a class of priority. Which ways
there are is known before homes are counted (`ways_to_leave_free`); which is best for each class,
and whether the rest holds a project, when they are (`rows_for_classes`, `merger`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations
from typing import Final

import numpy as np
import pandas as pd

from flexruimte.assessment.site_rules import rules_anew
from flexruimte.assessment.surveyed import RowsLeftFree, Surveyed, land_found
from flexruimte.assessment.verdicts import (
    answers_of_rules,
    assess_status,
    covers_that_count,
    least_cover_m2,
)
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.rules.priorities import Priority
from flexruimte.rules.rules import LandRule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    AREA_TOLERANCE,
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
_MOST_COMBINED: Final = 4
"""Of so many rules all combinations are tried; of more, the largest first."""


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
    ways: dict[tuple[int, frozenset[str]], None] = {}
    for priority in classes:
        names = [name for name in ruleset.refusals(priority) if name in covers]
        can_refuse = {name: rules[name] for name in names}
        reachable = standing & ~_kept_out(ruleset, skipped, priority, settled)
        for parcel in rows[reachable].tolist():
            if any(against[name][parcel] for name in names):
                square_metres = {name: float(covers[name].area_m2[parcel]) for name in names}
                for freed in _choices(ruleset, can_refuse, square_metres, float(left[parcel])):
                    ways[parcel, freed] = None
    listed = sorted(ways, key=lambda way: way[0])
    of = np.array([parcel for parcel, _ in listed], dtype=np.intp)
    return RowsLeftFree(
        of,
        {
            name: each[of] | np.array([name in freed for _, freed in listed], dtype=bool)
            for name, each in taken.items()
        },
    )


def _is_asked(ruleset: Ruleset) -> bool:
    return LEAVE_FREE in ruleset.placement and ruleset.value(LEAVE_FREE) == "yes"


def _choices(
    ruleset: Ruleset, rules: Mapping[str, LandRule], covered: Mapping[str, float], left: float
) -> Iterator[frozenset[str]]:
    """Yield the rules whose land may be left free together, so that no rule may refuse the rest.

    Parameters
    ----------
    rules
        That refuse a class of priority.
    covered
        What each rule covers of the buildable part of a parcel. [m2]
    left
        Area of that part. [m2]
    """
    some = {name: area for name, area in covered.items() if area > AREA_TOLERANCE * left}
    if any(area >= (1 - AREA_TOLERANCE) * left for area in some.values()):
        return  # nothing would be left, or a rule covers all of the rest
    largest_first = sorted(some, key=lambda name: -some[name])
    sizes = range(1, len(some) + 1)
    chosen: Iterable[tuple[str, ...]] = (
        chain.from_iterable(combinations(largest_first, size) for size in sizes)
        if len(some) <= _MOST_COMBINED
        else (tuple(largest_first[:size]) for size in sizes)
    )
    for freed in chosen:
        rest = np.array([left - max(some[name] for name in freed)])
        least_covered = {
            name: area - sum(some[each] for each in freed)
            for name, area in some.items()
            if name not in freed
        }
        refused = (
            area > 0 and area >= least_cover_m2(ruleset, rules[name], rest)[0]
            for name, area in least_covered.items()
        )
        if not any(refused):
            yield frozenset(freed)


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
