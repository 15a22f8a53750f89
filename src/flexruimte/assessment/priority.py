"""Priority and rank: the class of each location, what keeps it out of the one above, its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from flexruimte.rules.priorities import Priority
from flexruimte.rules.rules import Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    HOMES,
    KEPT_OUT_BY,
    MOST_REACHED,
    NEXT_TO,
    NO,
    PARCEL_ID,
    PRIORITY,
    RANK,
    RANKED_STATUSES,
    STATUS,
    TOO_LITTLE_SUITED,
    YES,
    Booleans,
    Floats,
    Geometries,
    Integers,
    Verdicts,
)

__all__ = ["best_suitability", "class_positions", "kept_out_by", "rank"]

_SEPARATOR = ";"


def class_positions(
    ruleset: Ruleset,
    verdicts: Mapping[str, Verdicts],
    count: int,
    suitability: Floats | None = None,
    decided_in: Booleans | None = None,
) -> Integers:
    """Return the position of the class of each location: the first whose conditions it meets.

    How many locations a class takes at most does not count here.

    Parameters
    ----------
    ruleset
        The classes.
    verdicts
        Of the rules that are assessed. (n,) int8
    count
        Number of locations, n.
    suitability
        For the best target group that counts, as `best_suitability` gives it; None keeps nothing
        out. (n,) float64
    decided_in
        Where people decided that a location is in: no rule keeps it out by its level there, as the
        decision lifts harder rules too. None is nowhere. (n,) bool

    Returns
    -------
    Integers
        0 for all where the ruleset has no classes. (n,) int
    """
    position = np.zeros(count, dtype=np.intp)
    below, rules = np.ones(count, dtype=bool), ruleset.enabled_rules
    for number, priority in enumerate(ruleset.priorities.values()):
        position[below] = number
        against = _against(ruleset, rules, priority, verdicts, count, suitability, decided_in)
        below &= np.logical_or.reduce([np.zeros(count, dtype=bool), *against.values()])
    return position


def kept_out_by(
    ruleset: Ruleset,
    verdicts: Mapping[str, Verdicts],
    position: Integers,
    suitability: Floats | None = None,
    decided_in: Booleans | None = None,
) -> Any:
    """Return which rules keep each location out of the class above its own, as "a;b".

    Parameters
    ----------
    ruleset
        The classes.
    verdicts
        Of the rules that are assessed. (n,) int8
    position
        As `class_positions` returns it. (n,) int
    suitability, decided_in
        As `class_positions` takes them.

    Returns
    -------
    numpy.ndarray
        Ids of rules in the order of the ruleset, then `TOO_LITTLE_SUITED`; an empty text in the
        first class. (n,) object
    """
    count, rules = len(position), ruleset.enabled_rules
    text = np.full(count, "", dtype=object)
    for number, priority in enumerate(ruleset.priorities.values(), start=1):
        here = position == number
        refusals = _against(ruleset, rules, priority, verdicts, count, suitability, decided_in)
        for rule_id, against in refusals.items():
            text[here & against] += rule_id + _SEPARATOR
    return np.array([ids.rstrip(_SEPARATOR) for ids in text], dtype=object)


def _against(
    ruleset: Ruleset,
    rules: Mapping[str, Rule],
    priority: Priority,
    verdicts: Mapping[str, Verdicts],
    count: int,
    suitability: Floats | None,
    decided_in: Booleans | None,
) -> dict[str, Booleans]:
    """Return where each of some rules keeps locations out of a class, in their order."""
    refusals = set(priority.refusals({rule_id: rule.level for rule_id, rule in rules.items()}))
    nowhere, everywhere = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    lifted = nowhere if decided_in is None else decided_in
    against = {}
    for rule_id in rules:
        verdict = verdicts.get(rule_id)
        if rule_id in priority.passes:
            against[rule_id] = everywhere if verdict is None else verdict != YES
        elif rule_id in refusals:
            refused = nowhere if verdict is None else verdict == NO
            against[rule_id] = refused if rule_id in priority.refuses else refused & ~lifted
    if priority.suitable_from is not None and suitability is not None:
        against[TOO_LITTLE_SUITED] = suitability < ruleset.number(priority.suitable_from)
    return against


def best_suitability(groups: Sequence[str], locations: pd.DataFrame) -> Floats:
    """Return the suitability for the best of some target groups, as far as known. (n,) float64

    NaN where it is known for none. A group of which it is not known may be better, but nobody can
    say so: what is left out of a study lifts no bound.

    Parameters
    ----------
    groups
        Those that count.
    locations
        With `suitability_<group>`. (n, ...)
    """
    if not groups:
        return np.full(len(locations), np.nan)
    columns = [f"suitability_{group}" for group in groups]
    return np.asarray(np.fmax.reduce(locations[columns].to_numpy(dtype=np.float64), axis=1))


def rank(
    ruleset: Ruleset, locations: pd.DataFrame, position: Integers, shapes: Geometries
) -> pd.DataFrame:
    """Return the priority of each ranked location, what keeps it out of the class above, its rank.

    By class, then score, homes and parcel id. Of a class that takes so many at most, or none that
    lie next to each other, the best by score, homes and id stay; the others fall to the next.

    Parameters
    ----------
    ruleset
        The classes.
    locations
        With `status`, `score`, `homes`, `parcel_id` and `kept_out_by`. (n, ...)
    position
        As `class_positions` returns it. (n,) int
    shapes
        Of the locations. (n,) object

    Returns
    -------
    pandas.DataFrame
        `rank` (Int64, from 1), `priority` and `kept_out_by`; null, and an empty text, for what is
        not ranked: another status, or no score, as what cannot be compared has no place.
        `priority` is null where the ruleset has no classes. (n, 3)
    """
    ranked = (locations[STATUS].isin(RANKED_STATUSES) & locations["score"].notna()).to_numpy()
    order = locations.reset_index(drop=True).sort_values(
        ["score", HOMES, PARCEL_ID], ascending=[False, False, True], kind="stable"
    )
    best_first = order.index.to_numpy()[ranked[order.index]]
    position, fell_by = _passed_on(ruleset, position, best_first, shapes, locations[PARCEL_ID])
    best_first = best_first[np.argsort(position[best_first], kind="stable")]
    places = np.zeros(len(locations), dtype=np.int64)
    places[best_first] = np.arange(1, len(best_first) + 1)
    names = np.array([*ruleset.priorities, None], dtype=object)
    fell = fell_by != ""
    keeps_out = np.where(fell, fell_by, locations[KEPT_OUT_BY].to_numpy(dtype=object))
    return pd.DataFrame(
        {
            RANK: pd.array(places, dtype="Int64"),
            PRIORITY: np.where(ranked, names[position], names[-1]),
            KEPT_OUT_BY: np.where(ranked, keeps_out, ""),
        },
        index=locations.index,
    ).assign(**{RANK: lambda found: found[RANK].where(ranked)})


def _passed_on(
    ruleset: Ruleset,
    position: Integers,
    best_first: Integers,
    shapes: Geometries,
    ids: pd.Series[Any],
) -> tuple[Integers, np.ndarray[Any, np.dtype[np.object_]]]:
    """Return the classes when each passes on what it has no place for, and why, else "".

    Parameters
    ----------
    best_first
        Positions of the ranked locations, the best first.
    """
    position, why = position.copy(), np.full(len(position), "", dtype=object)
    names = ids.to_numpy(dtype=object)
    for number, priority in enumerate(ruleset.priorities.values()):
        inside = best_first[position[best_first] == number]
        if priority.apart_m is not None:
            beside = _better_beside(shapes[inside], priority.apart_m)
            falls = beside >= 0
            why[inside[falls]] = [NEXT_TO + str(names[inside[at]]) for at in beside[falls]]
            position[inside[falls]] = number + 1
            inside = inside[~falls]
        if priority.most is not None:
            position[inside[priority.most :]] = number + 1
            why[inside[priority.most :]] = MOST_REACHED
    return position, why


def _better_beside(shapes: Geometries, apart_m: float) -> Integers:
    """Return which better one each location falls away to, -1 where it stays. (k,) int

    One falls away when a better one that stays itself lies within the distance; of several the
    best.

    Parameters
    ----------
    shapes
        Of the locations, the best first. (k,) object
    """
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=apart_m)
    beside = np.full(len(shapes), -1, dtype=np.intp)
    order = np.lexsort((other, one))
    for worse, better in zip(one[order].tolist(), other[order].tolist(), strict=True):
        if better < worse and beside[better] < 0 and beside[worse] < 0:
            beside[worse] = better
    return beside
