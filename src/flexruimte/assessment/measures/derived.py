"""Measures that rest on other measures, or on the placement alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.measures import MixMeasure, TransportTierMeasure
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import Floats

__all__ = ["BEYOND", "compute_derived_measures", "mix", "transport_tier"]

BEYOND = "beyond"
"""Class of a load that fits in no transport tier."""


def compute_derived_measures(ruleset: Ruleset, measures: pd.DataFrame) -> pd.DataFrame:
    """Compute the measures that rest on others.

    Parameters
    ----------
    ruleset
        Which measures there are.
    measures
        What they rest on. (n, ...)

    Returns
    -------
    pandas.DataFrame
        One column per measure. (n, ...)
    """
    columns: dict[str, Any] = {}
    for name, measure in ruleset.measures.items():
        if isinstance(measure, MixMeasure):
            columns[name] = mix(measure, ruleset, measures)
        elif isinstance(measure, TransportTierMeasure):
            columns[name] = np.full(len(measures), transport_tier(measure, ruleset), dtype=object)
    return pd.DataFrame(columns, index=measures.index)


def mix(measure: MixMeasure, ruleset: Ruleset, measures: pd.DataFrame) -> Floats:
    """Return the weighted sum or mean of the parts; NaN where one is not known. (n,) float64."""
    total, weights = np.zeros(len(measures)), 0.0
    for part in measure.parts:
        weight = ruleset.number(part.weight)
        values = as_numbers(measures[part.measure]).to_numpy(dtype=np.float64)
        x, y = np.array(part.curve, dtype=np.float64).T
        total += weight * np.where(np.isnan(values), np.nan, np.interp(values, x, y))
        weights += weight
    return total / weights if measure.total == "mean" else total


def transport_tier(measure: TransportTierMeasure, ruleset: Ruleset) -> str:
    """Return the first tier that the load fits in.

    What measures exactly as much as a tier allows fits.
    """
    width, height, length = (
        round(sum(ruleset.number(number) for number in numbers), 6)
        for numbers in (measure.width_m, measure.height_m, measure.length_m)
    )
    for name, tier in ruleset.transport_tiers.items():
        if width <= tier.width_m and height <= tier.height_m and length <= tier.length_m:
            return name
    return BEYOND
