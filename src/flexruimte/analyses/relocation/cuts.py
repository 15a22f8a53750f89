"""What groups of fixed sizes cannot do in a site: 37 places hold two groups of 15 and one of 7, never 2.46 groups of 15.

A linear program fills the last places with parts of groups. A cut is an inequality over the numbers
of groups by size that every real filling of a site satisfies; adding those that the linear program
breaks makes its bound sharp. The numbers by which a cut counts depend on the size of a group alone,
so that a cut is one more price per size and the routes are priced as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize

from flexruimte.vocabulary import Floats, Integers

__all__ = ["Cuts", "broken_cut", "whole_group_cuts"]

_LARGEST_ROOM: Final = 1200
"""In a larger site the last places hardly matter. [homes]"""
_BROKEN: Final = 1e-3
_SAFE: Final = 1e-9


@dataclass(frozen=True)
class Cuts:
    """Sum over sizes of weight x groups of that size that stand there <= limit."""

    row: Integers
    """Capacity row. (cuts,)"""
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
    """Return for every capacity row that no more whole groups stand there than fit."""
    rows = np.flatnonzero(spare % whole)
    weight = np.zeros((len(rows), whole + 1))
    weight[:, whole] = 1.0
    return Cuts(rows, weight, (spare[rows] // whole).astype(np.float64))


def broken_cut(room: int, standing: Floats) -> Floats | None:
    """Find weights by size, such that every filling of a room weighs at most 1 but the given numbers of groups weigh more.

    Parameters
    ----------
    room
        Places. [homes]
    standing
        Numbers of groups by size, perhaps broken. (sizes + 1,) float64

    Returns
    -------
    numpy.ndarray or None
        The most telling weights; None where no weights tell, so that the numbers are a mix of real
        fillings. (sizes + 1,) float64

    Examples
    --------
    >>> numbers = np.zeros(16)
    >>> numbers[15] = 2.4
    >>> broken_cut(37, numbers)[15].item()
    0.5
    >>> numbers[15] = 2.0
    >>> broken_cut(37, numbers) is None
    True
    """
    sizes = np.flatnonzero(standing > _SAFE)
    sizes = sizes[sizes <= room]
    whole = np.abs(standing[sizes] - np.round(standing[sizes])) < _SAFE
    if (
        room > _LARGEST_ROOM
        or not len(sizes)
        or (whole.all() and float(standing[sizes] @ sizes) <= room)
    ):
        return None
    rounded = _rounded_cut(room, standing)
    if rounded is not None:
        return rounded
    fillings = _some_fillings(room, sizes)
    numbers = standing[sizes]
    for _ in range(60):
        found = optimize.linprog(
            -numbers,
            A_ub=np.array(fillings, dtype=np.float64),
            b_ub=np.ones(len(fillings)),
            bounds=(0, 1),
            method="highs",
        )
        weights = np.asarray(found.x, dtype=np.float64)
        if float(numbers @ weights) <= 1 + _BROKEN:
            return None
        heaviest, filling = _heaviest_filling(room, sizes, weights)
        if heaviest <= 1 + _SAFE:
            break
        fillings.append(filling)
    weights = weights / max(heaviest, 1.0)
    return (
        _lifted(room, sizes, weights, len(standing))
        if float(numbers @ weights) > 1 + _BROKEN
        else None
    )


def _rounded_cut(room: int, standing: Floats) -> Floats | None:
    """Return the most telling cut that comes from counting in other units and rounding down (Chvatal and Gomory), if any tells."""
    sizes = np.arange(len(standing))
    units = np.unique([number / size for size in sizes[1:] for number in range(1, size + 1)])
    weight = np.floor(units[:, None] * sizes + _SAFE)
    limit = np.floor(units * room + _SAFE)
    held = limit >= 1
    share = (weight[held] @ standing) / limit[held]
    best = int(share.argmax())
    return np.asarray(weight[held][best] / limit[held][best]) if share[best] > 1 + _BROKEN else None


def _some_fillings(room: int, sizes: Integers) -> list[Integers]:
    """Return fillings to start with: for each size and number of it, what remains filled from large to small."""
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
    """Return the largest weight that fits in 0 to `room` places, and the size that is taken last; -1 is none."""
    best, last = [0.0] * (room + 1), [-1] * (room + 1)
    pairs = [
        (int(size), float(weight))
        for size, weight in zip(sizes, weights, strict=True)
        if weight > 0 and size <= room
    ]
    for places in range(min((size for size, _ in pairs), default=room + 1), room + 1):
        heaviest, taken = best[places - 1], -1
        for size, weight in pairs:
            if size <= places and best[places - size] + weight > heaviest + _SAFE:
                heaviest, taken = best[places - size] + weight, size
        best[places], last[places] = heaviest, taken
    return best, last


def _heaviest_filling(room: int, sizes: Integers, weights: Floats) -> tuple[float, Integers]:
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
    """Give the other sizes the largest weight that keeps every filling at 1, the largest size first."""
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
    return np.asarray(result * (1 - _SAFE))
