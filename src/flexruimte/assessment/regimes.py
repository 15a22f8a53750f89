"""For how long the law lets homes stand on each parcel."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flexruimte.rules.conditions import conjunction, evaluate_test
from flexruimte.rules.regulations import Regime
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import NO, UNKNOWN, YES, Booleans, Floats, Verdicts

__all__ = ["LegalMaximum", "legal_maximum"]


@dataclass(frozen=True)
class LegalMaximum:
    """The longest stay that the law allows on n parcels."""

    years: Floats
    """Infinite where no row sets a maximum. [year] (n,)"""
    may_be_lower: Booleans
    """Where a row may hold that allows less, or one may not hold that allows this. (n,) bool"""
    regime: NDArray[Any]
    """Id of the row that decides, "" where none holds. (n,) object of str"""


def legal_maximum(
    ruleset: Ruleset,
    measures: pd.DataFrame,
    as_of: dt.date,
    start: NDArray[np.datetime64],
) -> LegalMaximum:
    """Return the longest stay on each parcel: of the longest open route, and under every limit.

    Of rows that allow the same the first in the ruleset is named.

    Parameters
    ----------
    ruleset
        Rows of law, and the placement that chooses among them.
    measures
        Of the whole parcel. (n, ...)
    as_of
        The study's date.
    start
        First day on which homes can stand on each parcel. (n,) datetime64[D]
    """
    count = len(measures)
    chosen = {
        name: regime
        for name, regime in ruleset.regimes.items()
        if all(ruleset.value(key) == value for key, value in regime.only_for.items())
    }
    open_to = {name: _holds(ruleset, chosen[name], measures, as_of, start) for name in chosen}
    sure, possible = np.full(count, -np.inf), np.full(count, -np.inf)
    regime = np.full(count, "", dtype=object)
    for name, row in chosen.items():
        if row.kind == "route":
            longest = np.inf if row.longest_years is None else row.longest_years
            better = (open_to[name] == YES) & (longest > sure)
            sure[better], regime[better] = longest, name
            possible[(open_to[name] == UNKNOWN) & (longest > possible)] = longest
    years = np.maximum(sure, possible)
    may_be_lower = possible > sure
    years[np.isneginf(years)] = np.inf
    for name, row in chosen.items():
        if row.kind == "limit" and row.longest_years is not None:
            shorter = row.longest_years < years
            may_be_lower |= (open_to[name] == UNKNOWN) & shorter
            holds = (open_to[name] == YES) & shorter
            years[holds], regime[holds] = row.longest_years, name
    return LegalMaximum(years, may_be_lower, regime)


def _holds(
    ruleset: Ruleset,
    regime: Regime,
    measures: pd.DataFrame,
    as_of: dt.date,
    start: NDArray[np.datetime64],
) -> Verdicts:
    """Return on which parcels a row holds, by its dates and its tests. (n,) int8"""
    today = np.full(len(measures), np.datetime64(as_of, "D"))
    counted = start if regime.counted_from == "realisation" else today
    within = np.ones(len(measures), dtype=bool)
    if regime.start is not None:
        within &= counted >= np.datetime64(regime.start, "D")
    if regime.end is not None:
        within &= counted <= np.datetime64(regime.end, "D")
    tests = (evaluate_test(test, measures[test.measure], ruleset) for test in regime.when)
    return np.where(within, conjunction(tests, len(measures)), NO).astype(np.int8)
