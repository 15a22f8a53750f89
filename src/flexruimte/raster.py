"""Array kernels on rasters: statistics per polygon by exact coverage of cells, and slope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely

from flexruimte.parallel import in_threads
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["CellStatistics", "CoveredCells", "cell_statistics", "covered_cells", "slope_percent"]

_CELLS_AT_ONCE = 2_000_000
"""Keeps the memory for shapes with many cells in bounds."""
_CARRY_STEPS = 2.0**40
"""Heights of edges are added up in this part of a cell."""
_SMALLEST_SHARE = 1e-9
"""A cell of which less than this is covered is only touched."""


@dataclass(frozen=True)
class CellStatistics:
    """Statistics of the valid cells that a polygon covers, each cell weighing the part of it that is covered."""

    mean: Floats
    min: Floats
    max: Floats
    covered_m2: Floats
    """Area of the polygon over valid cells. (n,) float64 [m2]"""


def cell_statistics(shapes: Geometries, values: Floats, left: float, top: float, cell_m: tuple[float, float]) -> CellStatistics:
    """Return statistics of raster cells per polygon.

    Parameters
    ----------
    shapes
        Valid polygons; an empty one covers nothing. (n,) object
    values
        Cells, rows from north to south; NaN is missing. (rows, columns) float64
    left, top
        Corner of the first cell. [m]
    cell_m
        Width and height of a cell. [m]

    Returns
    -------
    CellStatistics
        NaN where a polygon covers no valid cell.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> cells = np.array([[1.0, 3.0], [5.0, np.nan]])
    >>> found = cell_statistics(np.array([shapely.box(0, 10, 20, 20)]), cells, 0.0, 20.0, (10.0, 10.0))
    >>> float(found.mean[0]), float(found.max[0]), float(found.covered_m2[0])
    (2.0, 3.0, 200.0)
    """
    count = len(shapes)
    if not values.size:
        return CellStatistics(np.full(count, np.nan), np.full(count, np.nan), np.full(count, np.nan), np.zeros(count))
    columns = in_threads(partial(_statistics, values=values, left=left, top=top, cell_m=cell_m), shapes)
    mean, lowest, highest, covered = columns.T
    return CellStatistics(mean, lowest, highest, covered * cell_m[0] * cell_m[1])


def _statistics(shapes: Geometries, *, values: Floats, left: float, top: float, cell_m: tuple[float, float]) -> Floats:
    """Return mean, lowest and highest value and the number of cells covered, per shape. (n, 4) float64."""
    result = np.tile([np.nan, np.inf, -np.inf, 0.0], (len(shapes), 1))
    # Shapes with many cells go in few at a time.
    work = np.cumsum(1 + shapely.area(shapes) / (cell_m[0] * cell_m[1])) // _CELLS_AT_ONCE
    for part in np.split(np.arange(len(shapes)), np.flatnonzero(np.diff(work)) + 1):
        found = covered_cells(shapes[part], left, top, cell_m)
        inside = (found.row >= 0) & (found.row < values.shape[0]) & (found.column >= 0) & (found.column < values.shape[1])
        value = np.full(len(inside), np.nan)
        value[inside] = values[found.row[inside], found.column[inside]]
        valid = ~np.isnan(value)
        shape, share, value = found.shape[valid], found.share[valid], value[valid]
        weight = np.bincount(shape, share, minlength=len(part))
        with np.errstate(invalid="ignore"):
            result[part, 0] = np.bincount(shape, share * value, minlength=len(part)) / weight
        lowest, highest = np.full(len(part), np.inf), np.full(len(part), -np.inf)
        np.minimum.at(lowest, shape, value)
        np.maximum.at(highest, shape, value)
        result[part, 1:] = np.stack([lowest, highest, weight], axis=1)
    result[np.isinf(result)] = np.nan
    return result


@dataclass(frozen=True)
class CoveredCells:
    """Cells that shapes cover, one row per shape and cell."""

    shape: Integers
    """Position of the shape. (k,) int"""
    row: Integers
    """Row of the cell, counted southwards; below 0 and beyond the last where a shape reaches over the raster. (k,) int"""
    column: Integers
    """Column of the cell, counted eastwards. (k,) int"""
    share: Floats
    """Share of the cell that the shape covers, above 0 and at most 1. (k,) float64"""


def covered_cells(shapes: Geometries, left: float, top: float, cell_m: tuple[float, float]) -> CoveredCells:
    """Return the cells of a grid that polygons cover, with the exact share of each.

    Parameters
    ----------
    shapes
        Valid polygons; an empty one covers nothing. (n,) object
    left, top
        Corner of the first cell. [m]
    cell_m
        Width and height of a cell. [m]

    Notes
    -----
    As fonts are drawn: edges are cut at the lines of the grid, each piece covers what lies right of it in its own cell and, to its full
    height, all further cells of the row; downward edges count as positive and upward ones as negative. Coordinates count from each
    shape's own first cell, so that no other shape and no window of the grid changes a bit of the result.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> found = covered_cells(np.array([shapely.box(5, 0, 20, 10)]), 0.0, 10.0, (10.0, 10.0))
    >>> found.column, found.share
    (array([0, 1]), array([0.5, 1. ]))
    """
    start, end, shape = _edges(shapes)
    west, _, _, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        first_cell = np.floor(np.stack([(west - left) / cell_m[0], (top - north) / cell_m[1]]))
    pace = np.array([[cell_m[0]], [-cell_m[1]]])
    corner = (np.array([[left], [top]]) + first_cell * pace)[:, shape]
    start, end = (start - corner) / pace, (end - corner) / pace
    for axis in (1, 0):
        start, end, shape = _cut_at_integers(start, end, shape, axis)
    middle_x, middle_y = (start + end) / 2
    column, row = np.maximum(middle_x, 0).astype(np.intp), np.maximum(middle_y, 0).astype(np.intp)
    fall = end[1] - start[1]
    # One row per cell on a boundary, ordered by shape, row and column.
    width, height = column.max(initial=0) + 1, row.max(initial=0) + 1
    cell, piece = np.unique((shape * height + row) * width + column, return_inverse=True)
    share = np.zeros(len(cell))
    np.add.at(share, piece, fall * (column + 1 - middle_x))
    line, column = np.divmod(cell, width)
    shape, row = np.divmod(line, height)
    # Summed as whole numbers, what earlier rows and shapes add is taken off again without a trace.
    carried = np.zeros(len(cell), dtype=np.int64)
    np.add.at(carried, piece, np.rint(fall * _CARRY_STEPS).astype(np.int64))
    before = np.cumsum(carried) - carried
    first_of_line = np.flatnonzero(np.diff(line, prepend=-1))
    before -= np.repeat(before[first_of_line], np.diff(first_of_line, append=len(line)))
    share += before / _CARRY_STEPS
    # Between two boundary cells of a row, all cells are covered alike.
    gap = np.where(np.diff(line, append=-1) == 0, np.diff(column, append=0) - 1, 0)
    edge = np.repeat(np.arange(len(cell)), gap)
    between = column[edge] + 1 + np.arange(len(edge)) - np.repeat(np.cumsum(gap) - gap, gap)
    share = np.concatenate([share, (before + carried)[edge] / _CARRY_STEPS])
    shape, row, column = np.concatenate([shape, shape[edge]]), np.concatenate([row, row[edge]]), np.concatenate([column, between])
    keep = share > _SMALLEST_SHARE
    shape = shape[keep]
    first_column, first_row = first_cell[:, shape].astype(np.intp)
    return CoveredCells(shape, row[keep] + first_row, column[keep] + first_column, np.minimum(share[keep], 1.0))


def _edges(shapes: Geometries) -> tuple[Floats, Floats, Integers]:
    """Return where the edges of polygons start and end, with the shape on their left, and whose they are. (2, k), (2, k), (k,)."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    points = np.ascontiguousarray(points.T)
    return points[:, first], points[:, first + 1], owner[part[ring[first]]]


def _cut_at_integers(start: Floats, end: Floats, owner: Integers, axis: int) -> tuple[Floats, Floats, Integers]:
    """Cut edges where one of their coordinates is a whole number, so that none crosses one."""
    low = np.floor(np.minimum(start[axis], end[axis]))
    high = np.ceil(np.maximum(start[axis], end[axis]))
    number = np.maximum(high - low, 1).astype(np.intp)
    along = end - start
    # The share of the edge at which the first whole number is met, counted from one before it, and the share from one to the next.
    pace = 1 / np.where(number > 1, along[axis], 1.0)
    first_share = (np.where(pace > 0, low, high) - start[axis]) * pace
    pace = np.abs(pace)
    last = np.cumsum(number) - 1
    first = last + 1 - number
    edge = np.repeat(np.arange(len(number)), number)
    share = first_share[edge] + pace[edge] * (np.arange(len(edge)) - first[edge])
    cut_start = start[:, edge] + share * along[:, edge]
    cut_start[:, first] = start
    cut_end = np.roll(cut_start, -1, axis=1)
    cut_end[:, last] = end
    return cut_start, cut_end, owner[edge]


def slope_percent(heights: Floats, cell_m: tuple[float, float]) -> Floats:
    """Return the slope of each cell, by central differences. (rows, columns) float64 [%].

    NaN where the cell or a neighbour that is needed is missing.

    Examples
    --------
    >>> import numpy as np
    >>> float(slope_percent(np.tile(np.arange(3.0), (3, 1)), (10.0, 10.0))[1, 1])
    10.0
    """
    if min(heights.shape, default=0) < 2:
        return np.full(heights.shape, np.nan)
    down, across = np.gradient(heights, cell_m[1], cell_m[0])
    return np.asarray(100 * np.hypot(down, across), dtype=np.float64)
