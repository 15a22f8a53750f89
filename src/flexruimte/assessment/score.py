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

    scores: pd.DataFrame
    """0 to 100; NaN where not known. (n, criteria) float64"""
    lowest: pd.DataFrame
    """When everything unknown turns out at its worst. (n, criteria) float64"""
    highest: pd.DataFrame
    """When everything unknown turns out at its best. (n, criteria) float64"""
    known_share: pd.DataFrame
    """Part of the criterion that rests on what is known, 0 to 1. (n, criteria) float64"""

    @classmethod
    def of(cls, scores: pd.DataFrame) -> CriterionScores:
        """Return the scores of criteria that are each wholly known, or not at all."""
        known = scores.notna().astype("float64")
        return cls(scores, scores.fillna(0.0), scores.fillna(100.0), known)


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
    found = CriterionScores.of(pd.DataFrame(columns, index=measures.index))
    for name, criterion in ruleset.criteria.items():
        partly = (partly_known or {}).get(criterion.measure)
        if partly is not None and name not in left_out:
            ends = [
                _score(ruleset, criterion, pd.Series(end, index=measures.index))
                for end in (partly.least, partly.most)
            ]
            found.lowest[name], found.highest[name] = np.minimum(*ends), np.maximum(*ends)
            found.known_share[name] = partly.known_share
    return found


def _score(ruleset: Ruleset, criterion: Criterion, values: pd.Series[Any]) -> Floats:
    if criterion.curve is not None:
        numbers, (x, y) = as_numbers(values), _curve(ruleset.points(criterion))
        return np.asarray(
            np.where(numbers.isna(), np.nan, np.interp(numbers.to_numpy(), x, y)), dtype=np.float64
        )
    place, distinct = pd.factorize(values)
    classes = pd.Series(distinct)
    # A class may be written 3, 3.0 or "3".
    numbers = as_numbers(classes)
    whole = numbers.notna() & (numbers % 1 == 0)
    text = classes.astype("string").where(~whole, numbers.map("{:.0f}".format, na_action="ignore"))
    scores = as_numbers(text.map(dict(criterion.classes or {}))).to_numpy()
    return np.append(scores, np.nan)[place]


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


def weighted_mean(values: pd.DataFrame, weights: Mapping[str, float]) -> Floats:
    """Return the weighted mean of what is known; NaN where nothing is. (n,) float64.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"a": [100.0, None], "b": [0.0, 50.0]})
    >>> weighted_mean(scores, {"a": 3, "b": 1}).tolist()
    [75.0, 50.0]
    """
    total, weight = np.zeros(len(values)), np.zeros(len(values))
    # One after the other, in the order of the weights: the map in a browser adds them so too, and
    # gets the same number to the last bit.
    for name, share in weights.items():
        column = values[name].to_numpy(dtype=np.float64)
        known = ~np.isnan(column)
        total += np.where(known, column, 0.0) * share
        weight += known * share
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(weight > 0, total / weight, np.nan))


def theme_scores(
    ruleset: Ruleset, groups: GroupsThatCount, criteria: CriterionScores
) -> pd.DataFrame:
    """Return the scores per target group and theme, and the score with its range.

    The score is over what is known; where that is less than the ruleset's `least_known_share` of
    the weight there is none. `score_low` and `score_high` are the score when everything unknown
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
    scores = _combine(ruleset, groups, criteria.scores)
    best_group = _best_group(scores, groups.ids)
    scores["score_low"] = _combine(ruleset, groups, criteria.lowest)["score"]
    scores["score_high"] = _combine(ruleset, groups, criteria.highest)["score"]
    known = _known_share(ruleset, groups, best_group, criteria.known_share)
    rounded = scores.round(SCORE_DECIMALS)
    rounded.insert(len(groups.ids) + 1, BEST_GROUP, best_group)  # behind the suitability
    rounded[SCORE_KNOWN_SHARE] = known.round(SHARE_DECIMALS)
    rounded["score"] = rounded["score"].where(enough_known(ruleset, rounded[SCORE_KNOWN_SHARE]))
    return rounded


def enough_known(ruleset: Ruleset, known_share: pd.Series[Any]) -> pd.Series[Any]:
    """Return where enough of the weight is known for a score. (n,) bool"""
    return known_share >= round(ruleset.score.least_known_share, SHARE_DECIMALS)


def _combine(ruleset: Ruleset, groups: GroupsThatCount, criteria: pd.DataFrame) -> pd.DataFrame:
    columns = {
        f"{_SUITABILITY}{group}": weighted_mean(criteria, ruleset.groups[group].weights)
        for group in groups.ids
    }
    frame = pd.DataFrame(columns, index=criteria.index)
    if not columns:
        frame["suitability"] = np.nan
    elif groups.best:
        frame["suitability"] = frame.max(axis=1)
    else:
        frame["suitability"] = weighted_mean(frame, dict.fromkeys(columns, 1.0))
    for name, theme in ruleset.themes.items():
        frame[name] = _theme(theme, criteria)
    frame["score"] = weighted_mean(frame, ruleset.score.weights)
    return frame


def _theme(theme: Theme, criteria: pd.DataFrame) -> Floats:
    """Return the weighted mean, or the weakest link where that is lower. (n,) float64."""
    mean = weighted_mean(criteria, theme.weights)
    if theme.lowest is None:
        return mean
    links: Floats = criteria[theme.lowest].min(axis=1).to_numpy()
    return np.asarray(np.fmin(mean, links), dtype=np.float64)


def _best_group(scores: pd.DataFrame, groups: list[str]) -> pd.Series[Any]:
    """Return the group with the highest suitability, of equals the first; None without any."""
    table = scores[[f"{_SUITABILITY}{group}" for group in groups]].round(SCORE_DECIMALS)
    # Behind the last group stands "none", which every suitability that is known beats.
    beaten = np.column_stack([table.fillna(-2.0).to_numpy(), np.full(len(table), -1.0)])
    names = np.array([*groups, None], dtype=object)
    return pd.Series(names[beaten.argmax(axis=1)], index=scores.index, dtype=object)


def _known_share(
    ruleset: Ruleset, groups: GroupsThatCount, best_group: pd.Series[Any], known: pd.DataFrame
) -> pd.Series[Any]:
    """Return the share of the score's weight that rests on what is known. (n,) float64."""
    by_group = pd.DataFrame(
        {group: weighted_mean(known, ruleset.groups[group].weights) for group in groups.ids},
        index=known.index,
    )
    shares = pd.DataFrame(
        {name: weighted_mean(known, theme.weights) for name, theme in ruleset.themes.items()},
        index=known.index,
    )
    if not groups.ids:
        shares["suitability"] = np.nan
    elif groups.best:
        chosen = [best_group == group for group in groups.ids]
        shares["suitability"] = np.select(chosen, by_group.to_numpy().T, 0.0)
    else:
        shares["suitability"] = weighted_mean(by_group, dict.fromkeys(groups.ids, 1.0))
    return pd.Series(weighted_mean(shares, ruleset.score.weights), index=known.index)
