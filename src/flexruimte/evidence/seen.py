"""What was seen of a source around parcels, row by row, so that what is seen from two places still counts once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from flexruimte.evidence.window import CELL_M, Surroundings
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries

__all__ = ["Identities", "Seen", "Tally", "cells_seen", "identities", "rows_seen", "seen_together"]

Identities: TypeAlias = NDArray[np.uint64]
"""Numbers that are equal where the content is, and differ elsewhere but for one chance in 2**64."""


@dataclass(frozen=True)
class Tally:
    """Different contents, and how often each is there."""

    identities: Identities
    """Rising. (k,) uint64"""
    numbers: NDArray[np.int64]
    """(k,) int64"""

    @property
    def total(self) -> int:
        """How many there are, what is there twice counting twice."""
        return int(self.numbers.sum())


@dataclass(frozen=True)
class Seen:
    """What was seen of a source around some parcels."""

    rows: Tally
    """Of a raster: cells, those of one cell of the surroundings together."""
    repairs: dict[str, Tally] = field(default_factory=dict)
    """By what was repaired."""

    @property
    def digest(self) -> str:
        """A text that changes with any of it."""
        return hashlib.sha256(
            self.rows.identities.tobytes() + self.rows.numbers.tobytes()
        ).hexdigest()


def identities(geometries: Geometries | None, table: pd.DataFrame) -> Identities:
    """Return what tells rows from each other by content: their geometries and the values of their columns. (n,) uint64."""
    parts = [] if geometries is None else [in_threads(_shape_identities, geometries)]
    for name in table.columns:
        values = table[name]
        # Whole numbers are read as floats where a null is among them, and which rows are read
        # depends on the window.
        numeric = pd.api.types.is_numeric_dtype(values.dtype)
        plain = (
            values.astype("float64").to_numpy()
            if numeric
            else values.astype("string").fillna("\0").to_numpy(dtype=object)
        )
        parts.append(pd.util.hash_array(plain))
    result = np.zeros(len(table), dtype=np.uint64)
    for part in parts:
        result = _mixed(result ^ part)
    return result


def _shape_identities(geometries: Geometries) -> Identities:
    return pd.util.hash_array(shapely.to_wkb(geometries), categorize=False)


def _mixed(numbers: Identities) -> Identities:
    """Return numbers that have nothing to do with each other any more (the finish of MurmurHash3)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    for factor in (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)):
        numbers ^= numbers >> np.uint64(33)
        numbers *= factor
    numbers ^= numbers >> np.uint64(33)
    return numbers


def rows_seen(rows: Identities, repaired: Mapping[str, Booleans], seen: Booleans) -> Seen:
    """Return what was seen of rows.

    Parameters
    ----------
    rows
        What tells each from others. (n,) uint64
    repaired
        By what was repaired, where. (n,) bool
    seen
        Which rows count. (n,) bool
    """
    return Seen(
        _tally(rows[seen]), {what: _tally(rows[seen & where]) for what, where in repaired.items()}
    )


def _tally(rows: Identities) -> Tally:
    found, numbers = np.unique(rows, return_counts=True)
    return Tally(found, numbers.astype(np.int64))


def cells_seen(
    values: Floats, left: float, top: float, cell_m: tuple[float, float], near: Surroundings
) -> Seen:
    """Return what was seen of the cells of a raster: those with their middle in the surroundings.

    Parameters
    ----------
    values
        Rows from north to south; NaN is missing. (rows, columns) float64
    left, top
        Corner of the first cell. [m]
    cell_m
        Width and height of a cell. [m]
    near
        The surroundings; all cells with their middle in it must be among `values`.
    """
    if not values.size:
        return Seen(_tally(np.empty(0, dtype=np.uint64)))
    x = left + (np.arange(values.shape[1]) + 0.5) * cell_m[0]
    y = top - (np.arange(values.shape[0]) + 0.5) * cell_m[1]
    # In millimetres, as the corner of a window is not exact.
    place = [
        _mixed(np.round(1000 * middles).astype(np.int64).view(np.uint64)) for middles in (x, y)
    ]
    column, row = (np.floor(middles / CELL_M).astype(np.int64) for middles in (x, y))
    firsts = [np.flatnonzero(np.diff(index, prepend=index[0] - 1)) for index in (row, column)]

    def summed(rows: slice) -> Identities:
        cells = _mixed(
            (values[rows] + 0.0).view(np.uint64)
            ^ _mixed(place[1][rows, None] + np.uint64(3) * place[0][None, :])
        )
        return np.add.reduceat(cells.sum(axis=0, dtype=np.uint64), firsts[1])

    # So many rows at a time fit in a processor's own memory.
    sums = np.stack(
        [summed(slice(first, last)) for first, last in pairwise([*firsts[0].tolist(), len(values)])]
    )
    numbers = np.outer(
        *(
            np.diff(first, append=len(index))
            for first, index in zip(firsts, (row, column), strict=True)
        )
    )
    rows, columns = row[firsts[0]] - near.first[0], column[firsts[1]] - near.first[1]
    rows_in, columns_in = (
        (rows >= 0) & (rows < near.cells.shape[0]),
        (columns >= 0) & (columns < near.cells.shape[1]),
    )
    inside = np.zeros(sums.shape, dtype=bool)
    inside[np.ix_(rows_in, columns_in)] = near.cells[np.ix_(rows[rows_in], columns[columns_in])]
    order = np.argsort(sums[inside], kind="stable")
    return Seen(Tally(sums[inside][order], numbers[inside][order]))


def seen_together(parts: Sequence[Seen]) -> Seen:
    """Return what was seen from several places, what two saw once."""
    repairs = dict.fromkeys(what for part in parts for what in part.repairs)
    return Seen(
        _together([part.rows for part in parts]),
        {
            what: _together([part.repairs[what] for part in parts if what in part.repairs])
            for what in repairs
        },
    )


def _together(tallies: Sequence[Tally]) -> Tally:
    found, first = np.unique(
        np.concatenate([tally.identities for tally in tallies]), return_index=True
    )
    return Tally(found, np.concatenate([tally.numbers for tally in tallies])[first])
