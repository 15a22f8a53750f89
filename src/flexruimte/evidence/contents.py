"""What was read of a source around parcels: what two blocks of parcels both read counts once.

Rows are told apart by content and not by number: services and databases number the rows of each
answer anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from flexruimte.evidence.search_area import CELL_M, SearchArea
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries

__all__ = [
    "Contents",
    "RowKeys",
    "Tally",
    "contents_of_cells",
    "contents_of_rows",
    "merge_contents",
    "row_keys",
]

RowKeys: TypeAlias = NDArray[np.uint64]
"""Hashes of rows: equal for the same content, else different but for one chance in 2**64."""


@dataclass(frozen=True)
class Tally:
    """The different rows of a source, and how often each is there."""

    keys: RowKeys
    """Rising. (k,) uint64"""
    numbers: NDArray[np.int64]
    """(k,) int64"""

    @property
    def total(self) -> int:
        """Number of rows; a row that is there twice counts twice."""
        return int(self.numbers.sum())


@dataclass(frozen=True)
class Contents:
    """The rows of a source, or the cells of a raster, that were read around some parcels."""

    rows: Tally
    """Of a raster: the cells in one cell of the search area count as one row."""
    repairs: dict[str, Tally] = field(default_factory=dict)
    """The rows that were repaired, by what was wrong with them."""
    coverage: shapely.Geometry | None = None
    """The area that the source speaks of, where that is not what was read."""

    def repair_counts(self) -> dict[str, int]:
        """Return how many rows were repaired, by what was wrong with them."""
        return {what: tally.total for what, tally in self.repairs.items() if tally.total}


def row_keys(geometries: Geometries | None, table: pd.DataFrame) -> RowKeys:
    """Return a hash of the content of each row: its geometry and the values of its columns.

    (n,) uint64.
    """
    parts = [] if geometries is None else [in_threads(_shape_keys, geometries)]
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


def _shape_keys(geometries: Geometries) -> RowKeys:
    return pd.util.hash_array(shapely.to_wkb(geometries), categorize=False)


def _mixed(numbers: RowKeys) -> RowKeys:
    """Return hashes of numbers: the finaliser of MurmurHash3 with 64 bits (Appleby 2011)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    for factor in (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)):
        numbers ^= numbers >> np.uint64(33)
        numbers *= factor
    numbers ^= numbers >> np.uint64(33)
    return numbers


def contents_of_rows(keys: RowKeys, repaired: Mapping[str, Booleans], near: Booleans) -> Contents:
    """Return the contents of rows.

    Parameters
    ----------
    keys
        Of each row, by `row_keys`. (n,) uint64
    repaired
        Which rows were repaired, by what was wrong with them. (n,) bool
    near
        Which rows lie near the parcels, and count. (n,) bool
    """
    repairs = {what: _tally(keys[near & rows]) for what, rows in repaired.items()}
    return Contents(_tally(keys[near]), repairs)


def _tally(keys: RowKeys) -> Tally:
    found, numbers = np.unique(keys, return_counts=True)
    return Tally(found, numbers.astype(np.int64))


def contents_of_cells(
    values: Floats, left: float, top: float, cell_m: tuple[float, float], near: SearchArea
) -> Contents:
    """Return the contents of a raster: its cells with their middle in the search area.

    Parameters
    ----------
    values
        Rows from north to south; NaN is missing. (rows, columns) float64
    left, top
        Corner of the first cell. [m]
    cell_m
        Width and height of a cell. [m]
    near
        The search area; all cells with their middle in it must be among `values`.
    """
    if not values.size:
        return Contents(_tally(np.empty(0, dtype=np.uint64)))
    x = left + (np.arange(values.shape[1]) + 0.5) * cell_m[0]
    y = top - (np.arange(values.shape[0]) + 0.5) * cell_m[1]
    # In millimetres, as the corner of a window is not exact.
    place = [
        _mixed(np.round(1000 * middles).astype(np.int64).view(np.uint64)) for middles in (x, y)
    ]
    column, row = (np.floor(middles / CELL_M).astype(np.int64) for middles in (x, y))
    firsts = [np.flatnonzero(np.diff(index, prepend=index[0] - 1)) for index in (row, column)]

    def summed(rows: slice) -> RowKeys:
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
    return Contents(Tally(sums[inside][order], numbers[inside][order]))


def merge_contents(parts: Sequence[Contents]) -> Contents:
    """Return the contents around several blocks of parcels; what two of them read counts once."""
    repairs = dict.fromkeys(what for part in parts for what in part.repairs)
    return Contents(
        _merge([part.rows for part in parts]),
        {
            what: _merge([part.repairs[what] for part in parts if what in part.repairs])
            for what in repairs
        },
        parts[0].coverage,
    )


def _merge(tallies: Sequence[Tally]) -> Tally:
    found, first = np.unique(np.concatenate([tally.keys for tally in tallies]), return_index=True)
    return Tally(found, np.concatenate([tally.numbers for tally in tallies])[first])
