"""Ranges of integers of different lengths in one array."""

from __future__ import annotations

import numpy as np

from flexruimte.vocabulary import Integers

__all__ = ["ranges"]


def ranges(start: Integers | int, number: Integers) -> Integers:
    """Return start, start + 1, ... of each row, `number` of them, one row after the other.

    Parameters
    ----------
    start
        First value of each row, or of all rows. (n,) int
    number
        How many values each row has. (n,) int

    Returns
    -------
    Integers
        (sum of number,) int

    Examples
    --------
    >>> import numpy as np
    >>> ranges(np.array([0, 7]), np.array([3, 2]))
    array([0, 1, 2, 7, 8])
    """
    end = np.cumsum(number)
    total = int(end[-1]) if len(end) else 0
    result: Integers = np.arange(total) + np.repeat(start - (end - number), number)
    return result
