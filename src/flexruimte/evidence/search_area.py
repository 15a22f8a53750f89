"""The search area around parcels, as cells of one grid for the whole country.

Whichever parcels are taken together, each has the same cells around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from flexruimte.vocabulary import Booleans, Floats, Geometries

__all__ = ["CELL_M", "SearchArea", "search_area"]

CELL_M = 100.0
"""Side of a cell; its corners lie at whole multiples of it. [m]"""


@dataclass(frozen=True)
class SearchArea:
    """The cells of a grid within some distance of the bounds of parcels."""

    cells: Booleans
    """Which cells of a rectangle they are; rows from south to north. (rows, columns) bool"""
    first: tuple[int, int]
    """Row and column of the first cell of the rectangle, counted from the origin."""

    @property
    def window(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the rectangle. [m]"""
        (row, column), (rows, columns) = self.first, self.cells.shape
        return column * CELL_M, row * CELL_M, (column + columns) * CELL_M, (row + rows) * CELL_M

    def meet(self, shapes: Geometries) -> Booleans:
        """Return which shapes meet the cells; what is empty or missing does not.

        (n,) object -> (n,) bool.
        """
        cells_met, cells_spanned = self._count(shapely.bounds(shapes))
        meets = cells_met > 0
        unsure = np.flatnonzero(meets & (cells_met < cells_spanned))
        if len(unsure):
            strips = shapely.STRtree(self._strips())
            meets[unsure] = False
            meets[unsure[strips.query(shapes[unsure], predicate="intersects")[0]]] = True
        return meets

    def _strips(self) -> Geometries:
        """Return the cells as boxes, those that follow each other in a row as one."""
        change = np.diff(np.pad(self.cells.astype(np.int8), ((0, 0), (1, 1))), axis=1)
        row, start = np.nonzero(change == 1)
        end = np.nonzero(change == -1)[1]
        left, right, bottom = (
            (index + first) * CELL_M
            for index, first in ((start, self.first[1]), (end, self.first[1]), (row, self.first[0]))
        )
        return np.asarray(shapely.box(left, bottom, right, bottom + CELL_M), dtype=object)

    def _count(self, bounds: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many of the cells bounds span, and how many cells they span at all."""
        known = ~np.isnan(bounds[:, 0])
        # What only touches a cell from the right or from above meets it too.
        cell = np.where(known[:, None], bounds, 0.0) / CELL_M
        index = np.hstack([np.ceil(cell[:, :2]) - 1, np.floor(cell[:, 2:])]).astype(np.int64)
        spanned = (index[:, 2] - index[:, 0] + 1) * (index[:, 3] - index[:, 1] + 1)
        before = np.zeros((self.cells.shape[0] + 1, self.cells.shape[1] + 1), dtype=np.int64)
        before[1:, 1:] = self.cells.cumsum(axis=0).cumsum(axis=1)
        (left, right), (bottom, top) = (
            (
                np.clip(index[:, low] - self.first[axis], 0, self.cells.shape[axis]),
                np.clip(index[:, high] + 1 - self.first[axis], 0, self.cells.shape[axis]),
            )
            for low, high, axis in ((0, 2, 1), (1, 3, 0))
        )
        met = before[top, right] - before[bottom, right] - before[top, left] + before[bottom, left]
        return np.where(known, met, 0), spanned


def search_area(bounds: Floats, reach_m: float) -> SearchArea:
    """Return the cells within a distance, in each direction, of the bounds of parcels.

    Parameters
    ----------
    bounds
        Left, bottom, right, top of each parcel. (n, 4) float64 [m]
    reach_m
        The distance. [m]

    Examples
    --------
    >>> import numpy as np
    >>> bounds = np.array([[110.0, 110.0, 120.0, 290.0], [350.0, 110.0, 360.0, 120.0]])
    >>> near = search_area(bounds, 5.0)
    >>> near.cells.astype(int)
    array([[1, 0, 1],
           [1, 0, 0]])
    >>> near.window
    (100.0, 100.0, 400.0, 300.0)
    """
    grown = bounds + np.array([-reach_m, -reach_m, reach_m, reach_m])
    left, bottom, right, top = np.floor(grown / CELL_M).astype(np.int64).T
    row, column = int(bottom.min()), int(left.min())
    # Each parcel adds 1 from its first corner on and takes it off behind its last, in both
    # directions.
    edges = np.zeros((int(top.max()) - row + 2, int(right.max()) - column + 2), dtype=np.int64)
    for rows, columns, step in (
        (bottom, left, 1),
        (bottom, right + 1, -1),
        (top + 1, left, -1),
        (top + 1, right + 1, 1),
    ):
        np.add.at(edges, (rows - row, columns - column), step)
    return SearchArea((edges.cumsum(axis=0).cumsum(axis=1) > 0)[:-1, :-1], (row, column))
