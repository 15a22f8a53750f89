"""Cutting planes for groups of fixed sizes: 37 places hold two groups of 15, never 2.46.

A linear program fills the last places of a site with fractions of groups. A cut is an inequality
over the numbers of groups by size that every filling with whole groups satisfies; adding those that
the linear program violates tightens its bound. The weights of a cut depend on the size of a group
alone, so that a cut is one more price per size and routes are priced as before.

Two kinds are sought: Chvatal-Gomory cuts (V. Chvatal, "Edmonds polytopes and a hierarchy of
combinatorial problems", Discrete Mathematics 4, 1973) and, where none of those is violated, Fenchel
cuts of the knapsack polytope (E. A. Boyd, "Fenchel cutting planes for integer programs", Operations
Research 42, 1994), lifted in sequence to the sizes that do not stand there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize

from flexruimte.vocabulary import Floats, Integers

__all__ = ["Cuts", "violated_cut", "whole_group_cuts"]

_LARGEST_ROOM: Final = 1200
"""In a larger site the last places hardly matter. [homes]"""
_LEAST_VIOLATION: Final = 1e-3
"""A cut that the numbers violate by less is of no use."""
_MOST_ROUNDS: Final = 60
"""Fillings that join while a Fenchel cut is sought."""
_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Cuts:
    """Inequalities: the sum over sizes of weight x groups of that size is at most the limit."""

    row: Integers
    """Capacity row that each cut is about. (cuts,)"""
    weight: Floats
    """By size. (cuts, sizes + 1)"""
    limit: Floats
    """(cuts,)"""

    @classmethod
    def none(cls, largest: int) -> Cuts:
        """Return no cuts, for sizes up to the largest."""
        return cls(np.empty(0, dtype=np.intp), np.empty((0, largest + 1)), np.empty(0))

    def joined(self, other: Cuts) -> Cuts:
        """Return these cuts and others."""
        return Cuts(
            np.concatenate([self.row, other.row]),
            np.concatenate([self.weight, other.weight]),
            np.concatenate([self.limit, other.limit]),
        )


def whole_group_cuts(spare: Integers, whole: int) -> Cuts:
    """Return for every capacity row the cut that no more whole groups stand there than fit.

    Examples
    --------
    >>> cuts = whole_group_cuts(np.array([37, 30]), 15)
    >>> cuts.row.tolist(), cuts.limit.tolist()
    ([0], [2.0])
    """
    rows = np.flatnonzero(spare % whole)
    weight = np.zeros((len(rows), whole + 1))
    weight[:, whole] = 1.0
    return Cuts(rows, weight, (spare[rows] // whole).astype(np.float64))


def violated_cut(room: int, numbers: Floats) -> Floats | None:
    """Return a cut that every filling of a room satisfies and given numbers of groups violate.

    Parameters
    ----------
    room
        Places. [homes]
    numbers
        Numbers of groups by size, perhaps fractions. (sizes + 1,) float64

    Returns
    -------
    numpy.ndarray or None
        Weights by size, such that no filling with whole groups weighs more than 1, and the numbers
        do; None where there is no such cut, as the numbers are a mix of fillings, or where the room
        is so large that it hardly matters. (sizes + 1,) float64

    Examples
    --------
    >>> numbers = np.zeros(16)
    >>> numbers[15] = 2.4
    >>> violated_cut(37, numbers)[15].item()
    0.5
    >>> numbers[15] = 2.0
    >>> violated_cut(37, numbers) is None
    True
    """
    sizes = np.flatnonzero(numbers > _TOLERANCE)
    sizes = sizes[sizes <= room]
    if room > _LARGEST_ROOM or not len(sizes):
        return None
    whole = np.abs(numbers[sizes] - np.round(numbers[sizes])) < _TOLERANCE
    if whole.all() and float(numbers[sizes] @ sizes) <= room:
        return None
    rounded = _chvatal_gomory_cut(room, numbers)
    return _fenchel_cut(room, sizes, numbers) if rounded is None else rounded


def _fenchel_cut(room: int, sizes: Integers, numbers: Floats) -> Floats | None:
    """Return the most violated cut over given sizes, lifted to all; None where none is violated.

    The weights are found by a linear program over some fillings; the heaviest filling at these
    weights, a knapsack problem, joins until none weighs more than 1.
    """
    fillings = _first_fillings(room, sizes)
    held = numbers[sizes]
    for _ in range(_MOST_ROUNDS):
        found = optimize.linprog(
            -held,
            A_ub=np.array(fillings, dtype=np.float64),
            b_ub=np.ones(len(fillings)),
            bounds=(0, 1),
            method="highs",
        )
        weights = np.asarray(found.x, dtype=np.float64)
        if float(held @ weights) <= 1 + _LEAST_VIOLATION:
            return None
        heaviest, filling = _heaviest_filling(room, sizes, weights)
        if heaviest <= 1 + _TOLERANCE:
            break
        fillings.append(filling)
    weights = weights / max(heaviest, 1.0)
    if float(held @ weights) <= 1 + _LEAST_VIOLATION:
        return None
    return _lifted(room, sizes, weights, len(numbers))


def _chvatal_gomory_cut(room: int, numbers: Floats) -> Floats | None:
    """Return the most violated cut that comes from counting places in another unit and rounding.

    None where the numbers violate no such cut.
    """
    sizes = np.arange(len(numbers))
    units = np.unique([part / size for size in sizes[1:] for part in range(1, size + 1)])
    weight = np.floor(units[:, None] * sizes + _TOLERANCE)
    limit = np.floor(units * room + _TOLERANCE)
    held = limit >= 1
    share = (weight[held] @ numbers) / limit[held]
    best = int(share.argmax())
    return (
        np.asarray(weight[held][best] / limit[held][best])
        if share[best] > 1 + _LEAST_VIOLATION
        else None
    )


def _first_fillings(room: int, sizes: Integers) -> list[Integers]:
    """Return some fillings: a number of one size, then the other sizes from large to small."""
    fillings = {}
    for first in range(len(sizes)):
        for number in range(room // int(sizes[first]), -1, -1):
            filling, left = np.zeros(len(sizes), dtype=np.intp), room - number * int(sizes[first])
            filling[first] = number
            for other in range(len(sizes) - 1, -1, -1):
                if other != first:
                    filling[other], left = divmod(left, int(sizes[other]))
            fillings[filling.tobytes()] = filling
    return list(fillings.values())


def _heaviest(room: int, sizes: Integers, weights: Floats) -> tuple[list[float], list[int]]:
    """Return the largest weight that fits in 0 to `room` places, and the size taken last.

    This is the unbounded knapsack problem by dynamic programming; -1 is no size. (room + 1,) each.
    """
    best, last = [0.0] * (room + 1), [-1] * (room + 1)
    pairs = [
        (int(size), float(weight))
        for size, weight in zip(sizes, weights, strict=True)
        if weight > 0 and size <= room
    ]
    for places in range(min((size for size, _ in pairs), default=room + 1), room + 1):
        heaviest, taken = best[places - 1], -1
        for size, weight in pairs:
            if size <= places and best[places - size] + weight > heaviest + _TOLERANCE:
                heaviest, taken = best[places - size] + weight, size
        best[places], last[places] = heaviest, taken
    return best, last


def _heaviest_filling(room: int, sizes: Integers, weights: Floats) -> tuple[float, Integers]:
    """Return the largest weight of a filling, and that filling: numbers by size. (sizes,)."""
    best, last = _heaviest(room, sizes, weights)
    filling, places = np.zeros(len(sizes), dtype=np.intp), room
    while places > 0:
        if last[places] < 0:
            places -= 1
            continue
        filling[np.flatnonzero(sizes == last[places])[0]] += 1
        places -= last[places]
    return best[room], filling


def _lifted(room: int, sizes: Integers, weights: Floats, length: int) -> Floats:
    """Give each other size the largest weight that keeps every filling at 1, the largest first."""
    result = np.zeros(length)
    result[sizes] = weights
    for size in range(min(length - 1, room), 0, -1):
        if size in sizes:
            continue
        best, _ = _heaviest(room, np.arange(length), result)
        # One of this size leaves room - size; several of them weigh several times.
        most = room // size
        left = [(1 - best[room - number * size]) / number for number in range(1, most + 1)]
        result[size] = max(min(left), 0.0)
    return np.asarray(result * (1 - _TOLERANCE))
