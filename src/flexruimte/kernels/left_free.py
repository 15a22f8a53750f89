"""Land that may be left free, so that what covers it does not count against the rest."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from flexruimte.vocabulary import AREA_TOLERANCE, Booleans, Floats, Integers

__all__ = ["least_that_counts", "sets_left_free"]

_MOST_COMBINED = 4
"""Of so many all combinations are tried; of more, the largest first."""


def least_that_counts(share: Floats | float, floor_m2: Floats | float, of_m2: Floats) -> Floats:
    """Return from which area on what is covered counts. float64 [m2]

    Parameters
    ----------
    share
        Of the land from which on it counts, 0 to 1.
    floor_m2
        No less than this counts, unless it is the whole. [m2]
    of_m2
        The land. [m2]

    Examples
    --------
    >>> least_that_counts(0.1, 50.0, np.array([1000.0, 200.0, 20.0])).round(3)
    array([100.,  50.,  20.])
    """
    # Within rounding of the share it counts; no floor is higher than the whole.
    return np.minimum(np.maximum(share * of_m2, floor_m2), of_m2) * (1 - AREA_TOLERANCE)


def sets_left_free(
    covered_m2: Floats, left_m2: Floats, share: Floats, floor_m2: Floats
) -> tuple[Integers, Booleans]:
    """Return which land may be left free together, so that nothing may count against the rest.

    What covers no more than rounding is not looked at. Where something covers all, nothing would be
    left, so that there is no way.

    Parameters
    ----------
    covered_m2
        What each of c things covers of n pieces of land. (n, c) float64 [m2]
    left_m2
        Area of the land. (n,) float64 [m2]
    share, floor_m2
        From when on each thing counts, as `least_that_counts` takes it. (c,) float64

    Returns
    -------
    tuple
        Position of the land of each way, rising, (w,) int; and which things are left free, (w, c)
        bool. Of one piece first one by one, the largest first, then by two, and so on; of more than
        four things the largest, the two largest, and so on.

    Notes
    -----
    How things lie to each other is not known: of what is left free the largest is gone for certain,
    and at most all of it from what another covers.

    Examples
    --------
    Of 100 m2 two things cover 20 and 10, and count from a tenth on. Without the larger nothing of
    the smaller need be left; without the smaller at least 10 of the larger are, of 90.

    >>> covered, count_from = np.array([[20.0, 10.0]]), np.array([0.1, 0.1])
    >>> sets_left_free(covered, np.array([100.0]), count_from, np.zeros(2))
    (array([0, 0]), array([[ True, False],
           [ True,  True]]))
    """
    some = covered_m2 > AREA_TOLERANCE * left_m2[:, None]
    is_left = ~(covered_m2 >= (1 - AREA_TOLERANCE) * left_m2[:, None]).any(axis=1)
    largest_first = np.argsort(np.where(some, -covered_m2, np.inf), axis=1, kind="stable")
    counts = some.sum(axis=1)
    of, free = [np.empty(0, dtype=np.intp)], [np.empty((0, len(share)), dtype=bool)]
    for count in np.unique(counts[is_left & (counts > 0)]).tolist():
        land = np.flatnonzero(is_left & (counts == count))
        thing = largest_first[land, :count]
        covered = np.take_along_axis(covered_m2[land], thing, axis=1)
        sets = _sets(count)
        fits = _nothing_counts(sets, covered, left_m2[land], share[thing], floor_m2[thing])
        at, number = np.nonzero(fits)
        chosen = np.zeros((len(at), len(share)), dtype=bool)
        np.put_along_axis(chosen, thing[at], sets[number], axis=1)
        of.append(land[at])
        free.append(chosen)
    every = np.concatenate(of)
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate(free)[order]


@cache
def _sets(count: int) -> Booleans:
    """Return which of some things, the largest first, are left free together. (s, count) bool"""
    if count > _MOST_COMBINED:
        return np.tri(count, dtype=bool)
    chosen = [each for size in range(1, count + 1) for each in combinations(range(count), size)]
    return np.array([[thing in each for thing in range(count)] for each in chosen], dtype=bool)


def _nothing_counts(
    sets: Booleans, covered: Floats, left: Floats, share: Floats, floor_m2: Floats
) -> Booleans:
    """Return of each piece of land which sets leave nothing that may count. (n, s) bool

    Parameters
    ----------
    sets
        Which things each set leaves free. (s, c) bool
    covered, share, floor_m2
        By land, the largest first. (n, c) float64
    left
        (n,) float64 [m2]
    """
    rest = left[:, None] - covered[:, sets.argmax(axis=1)]
    gone = np.zeros_like(rest)
    for thing in range(covered.shape[1]):  # one by one, as sums in another order round another way
        gone += np.where(sets[:, thing], covered[:, thing, None], 0.0)
    counts = np.zeros(rest.shape, dtype=bool)
    for thing in range(covered.shape[1]):
        at_least = covered[:, thing, None] - gone
        least = least_that_counts(share[:, thing, None], floor_m2[:, thing, None], rest)
        counts |= ~sets[:, thing] & (at_least > 0) & (at_least >= least)
    return ~counts
