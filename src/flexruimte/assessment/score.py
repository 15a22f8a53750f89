"""Scores: curves with fixed bounds, weights and themes.

A score never depends on the other parcels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion
from flexruimte.vocabulary import (
    SCORE_KNOWN_SHARE,
    Booleans,
    Floats,
)

__all__ = [
    "SCORE_DECIMALS",
    "SHARE_DECIMALS",
    "criterion_scores",
    "enough_known",
    "theme_scores",
    "weighted_mean",
]

SCORE_DECIMALS = 2
SHARE_DECIMALS = 4


def criterion_scores(
    ruleset: Ruleset,
    left_out: frozenset[str],
    measures: pd.DataFrame,
    may_be_lower: Mapping[str, Booleans],
) -> pd.DataFrame:
    """Return the score of every criterion, 0 to 100.

    NaN where the measure is not known or the criterion is left out.

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

    Returns
    -------
    pandas.DataFrame
        A column per criterion. (n, criteria) float64
    """
    columns = {}
    for name, criterion in ruleset.criteria.items():
        if name in left_out:
            columns[name] = np.full(len(measures), np.nan)
            continue
        score = _score(criterion, measures[criterion.measure])
        if criterion.measure in may_be_lower:
            score = np.where(may_be_lower[criterion.measure], np.nan, score)
        columns[name] = score
    return pd.DataFrame(columns, index=measures.index)


def _score(criterion: Criterion, values: pd.Series[Any]) -> Floats:
    if criterion.curve is not None:
        numbers, (x, y) = as_numbers(values), np.array(criterion.curve, dtype=np.float64).T
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


def weighted_mean(values: pd.DataFrame, weights: Mapping[str, float]) -> Floats:
    """Return the weighted mean of what is known; NaN where nothing is. (n,) float64.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"a": [100.0, None], "b": [0.0, 50.0]})
    >>> weighted_mean(scores, {"a": 3, "b": 1}).tolist()
    [75.0, 50.0]
    """
    table = values[list(weights)].to_numpy(dtype=np.float64)
    weight = np.array(list(weights.values()))
    known = ~np.isnan(table)
    total = (known * weight).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(
            np.where(total > 0, (np.where(known, table, 0) * weight).sum(axis=1) / total, np.nan)
        )


def theme_scores(ruleset: Ruleset, groups: list[str], criteria: pd.DataFrame) -> pd.DataFrame:
    """Return the scores per target group and theme, and the score with its range.

    The score is over what is known; where that is less than the ruleset's `least_known_share` of
    the weight there is none. `score_low` and `score_high` are the score when everything unknown
    turns out at its worst and at its best.

    Parameters
    ----------
    ruleset
        Groups, themes and weights.
    groups
        The target groups that count; suitability is their mean.
    criteria
        Scores per criterion. (n, criteria)

    Returns
    -------
    pandas.DataFrame
        `suitability_<group>`, `suitability`, the other themes, `score`, `score_low`, `score_high`
        and `score_known_share`: the share of the weight that rests on what is known. (n, ...)
    """
    scores = _combine(ruleset, groups, criteria)
    scores["score_low"] = _combine(ruleset, groups, criteria.fillna(0.0))["score"]
    scores["score_high"] = _combine(ruleset, groups, criteria.fillna(100.0))["score"]
    # What is known scores 100 and what is not 0: the score is then the share of the weight.
    known = _combine(ruleset, groups, criteria.notna() * 100.0)["score"] / 100
    rounded = scores.round(SCORE_DECIMALS)
    rounded[SCORE_KNOWN_SHARE] = known.round(SHARE_DECIMALS)
    rounded["score"] = rounded["score"].where(enough_known(ruleset, rounded[SCORE_KNOWN_SHARE]))
    return rounded


def enough_known(ruleset: Ruleset, known_share: pd.Series[Any]) -> pd.Series[Any]:
    """Return where enough of the weight is known for a score. (n,) bool"""
    return known_share >= round(ruleset.score.least_known_share, SHARE_DECIMALS)


def _combine(ruleset: Ruleset, groups: list[str], criteria: pd.DataFrame) -> pd.DataFrame:
    columns = {
        f"suitability_{group}": weighted_mean(criteria, ruleset.groups[group].weights)
        for group in groups
    }
    frame = pd.DataFrame(columns, index=criteria.index)
    frame["suitability"] = weighted_mean(frame, dict.fromkeys(columns, 1.0)) if columns else np.nan
    for name, theme in ruleset.themes.items():
        frame[name] = weighted_mean(criteria, theme.weights)
    frame["score"] = weighted_mean(frame, ruleset.score.weights)
    return frame
