"""Scores: curves with fixed bounds, weights, weakest links and themes.

A score never depends on the other parcels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion, Theme
from flexruimte.vocabulary import (
    BEST_GROUP,
    SCORE_KNOWN_SHARE,
    Booleans,
    Floats,
)

__all__ = [
    "SCORE_DECIMALS",
    "SHARE_DECIMALS",
    "CriterionScores",
    "GroupsThatCount",
    "PartlyKnown",
    "criterion_scores",
    "enough_known",
    "theme_scores",
    "weighted_mean",
]

SCORE_DECIMALS = 2
SHARE_DECIMALS = 4
_SUITABILITY = "suitability_"


class PartlyKnown(Protocol):
    """How far a measure is known that counts what is known."""

    @property
    def least(self) -> Floats:
        """The lowest that its true value may be. (n,) float64"""

    @property
    def most(self) -> Floats:
        """The highest that its true value may be. (n,) float64"""

    @property
    def known_share(self) -> Floats:
        """Which part of what it counts is known. (n,) float64"""


@dataclass(frozen=True)
class CriterionScores:
    """The scores of n parcels by criterion, and what the unknown could do to them."""

    count: int
    """Number of parcels, n."""
    scores: dict[str, Floats]
    """0 to 100; NaN where not known. (n,) float64 each"""
    lowest: dict[str, Floats]
    """When everything unknown turns out at its worst. (n,) float64 each"""
    highest: dict[str, Floats]
    """When everything unknown turns out at its best. (n,) float64 each"""
    known_share: dict[str, Floats]
    """Part of the criterion that rests on what is known, 0 to 1. (n,) float64 each"""

    @classmethod
    def of(cls, count: int, scores: dict[str, Floats]) -> CriterionScores:
        """Return the scores of criteria that are each wholly known, or not at all."""
        unknown = {name: np.isnan(each) for name, each in scores.items()}
        lowest, highest = (
            {name: np.where(unknown[name], end, each) for name, each in scores.items()}
            for end in (0.0, 100.0)
        )
        known = {name: (~each).astype(np.float64) for name, each in unknown.items()}
        return cls(count, scores, lowest, highest, known)


@dataclass(frozen=True)
class GroupsThatCount:
    """The target groups that make the suitability."""

    ids: list[str]
    best: bool = False
    """Whether the group that a place suits best makes it; else it is the mean of all."""


def criterion_scores(
    ruleset: Ruleset,
    left_out: frozenset[str],
    measures: pd.DataFrame,
    may_be_lower: Mapping[str, Booleans],
    partly_known: Mapping[str, PartlyKnown] | None = None,
) -> CriterionScores:
    """Return the score of every criterion.

    Not known where the measure is not, or the criterion is left out.

    Parameters
    ----------
    ruleset
        The criteria.
    left_out
        Criteria that the study leaves out.
    measures
        All measures. (n, ...)
    may_be_lower
        Where a measure's true value may be lower than the one given: its score is not known.
    partly_known
        Measures that count what is known, by name: they score by that, as the score itself is over
        what is known, and the rest makes the lowest score lower.
    """
    columns: dict[str, Floats] = {}
    for name, criterion in ruleset.criteria.items():
        if name in left_out:
            columns[name] = np.full(len(measures), np.nan)
            continue
        score = _score(ruleset, criterion, measures[criterion.measure])
        if criterion.measure in may_be_lower:
            score = np.where(may_be_lower[criterion.measure], np.nan, score)
        columns[name] = score
    found = CriterionScores.of(len(measures), columns)
    for name, criterion in ruleset.criteria.items():
        partly = (partly_known or {}).get(criterion.measure)
        if partly is not None and name not in left_out:
            ends = [
                _score(ruleset, criterion, pd.Series(end)) for end in (partly.least, partly.most)
            ]
            found.lowest[name], found.highest[name] = np.minimum(*ends), np.maximum(*ends)
            found.known_share[name] = partly.known_share
    return found


def _score(ruleset: Ruleset, criterion: Criterion, values: pd.Series[Any]) -> Floats:
    if criterion.curve is not None:
        numbers, (x, y) = as_numbers(values).to_numpy(), _curve(ruleset.points(criterion))
        return np.where(np.isnan(numbers), np.nan, np.interp(numbers, x, y))
    place, distinct = pd.factorize(values)
    # A class may be written 3, 3.0 or "3".
    names = [
        f"{number:.0f}" if number % 1 == 0 else str(written)
        for number, written in zip(as_numbers(pd.Series(distinct)), distinct, strict=True)
    ]
    scores = [(criterion.classes or {}).get(name, np.nan) for name in names]
    return np.array([*scores, np.nan], dtype=np.float64)[place]


def _curve(points: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Return the values and scores of a curve; at a step the better score is that of the value.

    The other point of the step is moved away from it to the next number that there is.
    """
    x, y = np.array(points, dtype=np.float64).T
    step = np.flatnonzero(np.diff(x) == 0)
    rises = y[-1] >= y[0]
    if rises:
        x[step] = np.nextafter(x[step], -np.inf)
    else:
        x[step + 1] = np.nextafter(x[step + 1], np.inf)
    return x, y


def weighted_mean(values: Mapping[str, Floats], weights: Mapping[str, float], count: int) -> Floats:
    """Return the weighted mean of what is known; NaN where nothing is. (count,) float64.

    Examples
    --------
    >>> scores = {"a": np.array([100.0, np.nan]), "b": np.array([0.0, 50.0])}
    >>> weighted_mean(scores, {"a": 3, "b": 1}, 2).tolist()
    [75.0, 50.0]
    """
    total, weight = np.zeros(count), np.zeros(count)
    # One after the other, in the order of the weights: the map in a browser adds them so too, and
    # gets the same number to the last bit.
    for name, share in weights.items():
        known = ~np.isnan(values[name])
        total += np.where(known, values[name], 0.0) * share
        weight += known * share
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(weight > 0, total / weight, np.nan))


def theme_scores(
    ruleset: Ruleset, groups: GroupsThatCount, criteria: CriterionScores
) -> pd.DataFrame:
    """Return the scores per target group and theme, and the score with its range.

    The score is over what is known; where that is less than the ruleset's `least_known_share` of
    the weight there is none, and so it is with the suitability for a group.
    `score_low` and `score_high` are the score when everything unknown
    turns out at its worst and at its best.

    Parameters
    ----------
    ruleset
        Groups, themes and weights.
    groups
        The target groups that count; suitability is their mean, or that of the best.
    criteria
        Scores per criterion.

    Returns
    -------
    pandas.DataFrame
        `suitability_<group>`, `suitability`, `best_group`, the other themes, `score`, `score_low`,
        `score_high` and `score_known_share`: the share of the weight that rests on what is known.
        A weakest link changes no share. (n, ...)
    """
    enough_of = {
        group: enough_known(ruleset, _known_of(ruleset, group, criteria)) for group in groups.ids
    }
    scores = _combine(ruleset, groups, criteria.count, criteria.scores, enough_of)
    for end, of_criteria in (("low", criteria.lowest), ("high", criteria.highest)):
        scores[f"score_{end}"] = _combine(ruleset, groups, criteria.count, of_criteria)["score"]
    rounded = {name: each.round(SCORE_DECIMALS) for name, each in scores.items()}
    best_group = _best_group(rounded, groups.ids, criteria.count)
    known = _known_share(ruleset, groups, best_group, criteria, enough_of)
    rounded[SCORE_KNOWN_SHARE] = known.round(SHARE_DECIMALS)
    enough = enough_known(ruleset, rounded[SCORE_KNOWN_SHARE])
    rounded["score"] = np.where(enough, rounded["score"], np.nan)
    table = pd.DataFrame(rounded)
    named = pd.Series(best_group, dtype=object)
    table.insert(len(groups.ids) + 1, BEST_GROUP, named)  # behind the suitability
    return table


def _known_of(ruleset: Ruleset, group: str, criteria: CriterionScores) -> Floats:
    """Return the share of the weight of a target group that rests on what is known. (n,)"""
    known = weighted_mean(criteria.known_share, ruleset.groups[group].weights, criteria.count)
    return np.round(known, SHARE_DECIMALS)


def enough_known(ruleset: Ruleset, known_share: Floats) -> Booleans:
    """Return where enough of the weight is known for a score. (n,) bool"""
    return known_share >= round(ruleset.score.least_known_share, SHARE_DECIMALS)


def _combine(
    ruleset: Ruleset,
    groups: GroupsThatCount,
    count: int,
    criteria: Mapping[str, Floats],
    enough_of: Mapping[str, Booleans] | None = None,
) -> dict[str, Floats]:
    """Return suitability, themes and score, where enough of each group's weight is known."""
    columns = {
        f"{_SUITABILITY}{group}": weighted_mean(criteria, ruleset.groups[group].weights, count)
        for group in groups.ids
    }
    for group, enough in (enough_of or {}).items():
        name = f"{_SUITABILITY}{group}"
        columns[name] = np.where(enough, columns[name], np.nan)
    if not columns:
        suitability = np.full(count, np.nan)
    elif groups.best:
        suitability = np.fmax.reduce(list(columns.values()))
    else:
        suitability = weighted_mean(columns, dict.fromkeys(columns, 1.0), count)
    columns["suitability"] = suitability
    for name, theme in ruleset.themes.items():
        columns[name] = _theme(theme, criteria, count)
    columns["score"] = weighted_mean(columns, ruleset.score.weights, count)
    return columns


def _theme(theme: Theme, criteria: Mapping[str, Floats], count: int) -> Floats:
    """Return the weighted mean, or the weakest link where that is lower. (n,) float64."""
    mean = weighted_mean(criteria, theme.weights, count)
    if theme.lowest is None:
        return mean
    return np.asarray(np.fmin.reduce([mean, *(criteria[name] for name in theme.lowest)]))


def _best_group(
    scores: Mapping[str, Floats], groups: list[str], count: int
) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Return the group with the highest suitability, of equals the first; None without any."""
    # Behind the last group stands "none", which every suitability that is known beats.
    beaten = [np.nan_to_num(scores[f"{_SUITABILITY}{group}"], nan=-2.0) for group in groups]
    names = np.array([*groups, None], dtype=object)
    return np.asarray(names[np.argmax([*beaten, np.full(count, -1.0)], axis=0)])


def _known_share(
    ruleset: Ruleset,
    groups: GroupsThatCount,
    best_group: np.ndarray[Any, np.dtype[np.object_]],
    criteria: CriterionScores,
    enough_of: Mapping[str, Booleans],
) -> Floats:
    """Return the share of the score's weight that rests on what is known. (n,) float64."""

    def known(weights: Mapping[str, float]) -> Floats:
        return weighted_mean(criteria.known_share, weights, criteria.count)

    by_group = {
        group: np.where(enough_of[group], known(ruleset.groups[group].weights), 0.0)
        for group in groups.ids
    }
    shares = {name: known(theme.weights) for name, theme in ruleset.themes.items()}
    if not groups.ids:
        shares["suitability"] = np.full(criteria.count, np.nan)
    elif groups.best:
        chosen = [best_group == group for group in groups.ids]
        shares["suitability"] = np.select(chosen, list(by_group.values()), 0.0)
    else:
        each_one = dict.fromkeys(by_group, 1.0)
        shares["suitability"] = weighted_mean(by_group, each_one, criteria.count)
    return weighted_mean(shares, ruleset.score.weights, criteria.count)
