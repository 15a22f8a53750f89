"""How far scores differ between locations: what gives all the same separates none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flexruimte.results.summary_model import Spread
from flexruimte.rules.conditions import as_numbers
from flexruimte.vocabulary import CRITERION_PREFIX, THEMES

__all__ = ["is_spread_column", "spread_of"]

_LOW, _HIGH = 10, 90
"""The percentiles between which a spread lies: a few odd locations make none. [percent]"""
_DECIMALS = 2


def is_spread_column(name: str) -> bool:
    """Whether a column holds a score of which the spread says something."""
    return name in ("score", *THEMES) or name.startswith(CRITERION_PREFIX)


def spread_of(ranked: pd.DataFrame) -> dict[str, Spread]:
    """Return how far the score, each theme and each criterion differ between ranked locations.

    Parameters
    ----------
    ranked
        Locations, with their scores of 0 to 100. (n, ...)

    Returns
    -------
    dict of Spread
        By column; what is known of none is left out.

    Examples
    --------
    >>> import pandas as pd
    >>> spread_of(pd.DataFrame({"term": [80.0, 80.0, 90.0, None]}))["term"].points
    8.0
    """
    found = {}
    for name in filter(is_spread_column, map(str, ranked.columns)):
        scores = as_numbers(ranked[name]).dropna().to_numpy(dtype=np.float64)
        if len(scores):
            low, high = np.percentile(scores, [_LOW, _HIGH]).round(_DECIMALS).tolist()
            found[name] = Spread(low=low, high=high, known=len(scores))
    return found
