"""Priority and rank: the class of each location, what keeps it out of the one above, its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.rules.priorities import Priority
from flexruimte.rules.rules import Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    HOMES,
    KEPT_OUT_BY,
    MOST_REACHED,
    NO,
    PARCEL_ID,
    PRIORITY,
    RANK,
    RANKED_STATUSES,
    STATUS,
    YES,
    Booleans,
    Integers,
    Verdicts,
)

__all__ = ["class_positions", "kept_out_by", "rank"]

_SEPARATOR = ";"


def class_positions(ruleset: Ruleset, verdicts: Mapping[str, Verdicts], count: int) -> Integers:
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

    Returns
    -------
    Integers
        0 for all where the ruleset has no classes. (n,) int
    """
    position = np.zeros(count, dtype=np.intp)
    below, rules = np.ones(count, dtype=bool), ruleset.enabled_rules
    for number, priority in enumerate(ruleset.priorities.values()):
        position[below] = number
        against = _against(rules, priority, verdicts, count)
        below &= np.logical_or.reduce([np.zeros(count, dtype=bool), *against.values()])
    return position


def kept_out_by(ruleset: Ruleset, verdicts: Mapping[str, Verdicts], position: Integers) -> Any:
    """Return which rules keep each location out of the class above its own, as "a;b".

    Parameters
    ----------
    ruleset
        The classes.
    verdicts
        Of the rules that are assessed. (n,) int8
    position
        As `class_positions` returns it. (n,) int

    Returns
    -------
    numpy.ndarray
        Ids of rules in the order of the ruleset; an empty text in the first class. (n,) object
    """
    text, rules = np.full(len(position), "", dtype=object), ruleset.enabled_rules
    for number, priority in enumerate(ruleset.priorities.values(), start=1):
        here = position == number
        for rule_id, against in _against(rules, priority, verdicts, len(position)).items():
            text[here & against] += rule_id + _SEPARATOR
    return np.array([ids.rstrip(_SEPARATOR) for ids in text], dtype=object)


def _against(
    rules: Mapping[str, Rule], priority: Priority, verdicts: Mapping[str, Verdicts], count: int
) -> dict[str, Booleans]:
    """Return where each of some rules keeps locations out of a class, in their order."""
    refusals = set(priority.refusals({rule_id: rule.level for rule_id, rule in rules.items()}))
    nowhere, everywhere = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    against = {}
    for rule_id in rules:
        verdict = verdicts.get(rule_id)
        if rule_id in priority.passes:
            against[rule_id] = everywhere if verdict is None else verdict != YES
        elif rule_id in refusals:
            against[rule_id] = nowhere if verdict is None else verdict == NO
    return against


def rank(ruleset: Ruleset, locations: pd.DataFrame, position: Integers) -> pd.DataFrame:
    """Return the priority of each ranked location, what keeps it out of the class above, its rank.

    By class, then score, homes and parcel id. Of a class that takes so many at most, the best by
    score, homes and id stay; the others fall to the next.

    Parameters
    ----------
    ruleset
        The classes.
    locations
        With `status`, `score`, `homes`, `parcel_id` and `kept_out_by`. (n, ...)
    position
        As `class_positions` returns it. (n,) int

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
    position, full = _with_most(ruleset, position, best_first)
    best_first = best_first[np.argsort(position[best_first], kind="stable")]
    places = np.zeros(len(locations), dtype=np.int64)
    places[best_first] = np.arange(1, len(best_first) + 1)
    names = np.array([*ruleset.priorities, None], dtype=object)
    keeps_out = np.where(full, MOST_REACHED, locations[KEPT_OUT_BY].to_numpy(dtype=object))
    return pd.DataFrame(
        {
            RANK: pd.array(places, dtype="Int64"),
            PRIORITY: np.where(ranked, names[position], names[-1]),
            KEPT_OUT_BY: np.where(ranked, keeps_out, ""),
        },
        index=locations.index,
    ).assign(**{RANK: lambda found: found[RANK].where(ranked)})


def _with_most(
    ruleset: Ruleset, position: Integers, best_first: Integers
) -> tuple[Integers, Booleans]:
    """Return the classes when each takes so many at most, and who fell from a class that is full.

    Parameters
    ----------
    best_first
        Positions of the ranked locations, the best first.
    """
    position, full = position.copy(), np.zeros(len(position), dtype=bool)
    for number, priority in enumerate(ruleset.priorities.values()):
        if priority.most is None:
            continue
        inside = best_first[position[best_first] == number]
        position[inside[priority.most :]] = number + 1
        full[inside[priority.most :]] = True
    return position, full
