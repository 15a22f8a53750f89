"""How many decimals a number is shown with: as many as it takes to show on which side it lies."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

__all__ = ["decimals_of", "decimals_that_show"]

_MOST: Final = 9
"""More decimals than this are no measurement; numbers that are still alike count as equal."""


def decimals_that_show(value: float, against: Iterable[float] = (), usual: int = 0) -> int:
    """Return with how many decimals to write a number, so that what it is held against shows.

    A threshold is written with as many decimals as it has; a value with as many as it takes to lie
    on the same side of every threshold when it is read as when it was tested. So 11.96 against at
    least 12 is not written as 12, and a share of 0.9996 not as the whole.

    Parameters
    ----------
    value
        The number that is written. NaN and infinity need no decimals.
    against
        What it is tested against, such as a threshold, or 0 and 1 for a share. NaN is passed over.
    usual
        Decimals when nothing asks for more. [1]

    Returns
    -------
    int
        From `usual` to nine.

    Examples
    --------
    >>> decimals_that_show(11.96, [12]), decimals_that_show(11.2, [12])
    (2, 0)
    >>> decimals_that_show(1.5, [1.5]), decimals_that_show(0.4, [0.4])
    (1, 1)
    >>> f"{11.9996:.{decimals_that_show(11.9996, [12.0], 1)}f}"
    '11.9996'
    """
    if not math.isfinite(value):
        return usual
    sides = [(each, _side(value, each)) for each in against if math.isfinite(each)]
    if not sides:
        return usual
    for decimals in range(usual, _MOST):
        shown = round(value, decimals)
        # Written out: a large town has tens of thousands of numbers.
        for each, side in sides:
            if _side(shown, each) != side:
                break
        else:
            return decimals
    return _MOST


@lru_cache(maxsize=1024)
def decimals_of(number: float) -> int:
    """Return how many decimals a number has, up to nine.

    Examples
    --------
    >>> decimals_of(1.5), decimals_of(12.0), decimals_of(0.1 + 0.2)
    (1, 0, 1)
    """
    return decimals_that_show(number, [number])


def _side(value: float, threshold: float) -> int:
    """Return -1, 0 or 1: below a threshold, equal to it or above, as far as decimals tell."""
    difference = round(value - threshold, _MOST)
    return (difference > 0) - (difference < 0)
