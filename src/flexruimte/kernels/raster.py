"""Statistics of raster cells per polygon, weighted by the share that it covers; and slope.

Coverage is worked out as font rasterisers do (Levien 2016): each edge, cut where it leaves a row or
a column, adds a signed area to the cell it lies in and a signed height to the cells behind it; a
running sum along the row then gives the covered share of every cell. The result is that of
exactextract (Baston 2018), which the tests compare it with.

References
----------
R. Levien (2016). Inside the fastest font renderer in the world.
https://medium.com/@raphlinus/inside-the-fastest-font-renderer-in-the-world-75ae5270c445
D. Baston (2018). exactextract: fast and accurate raster zonal statistics.
https://github.com/isciences/exactextract
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import shapely

from flexruimte.kernels.outlines import directed_edges
from flexruimte.kernels.overlap import union_by_group
from flexruimte.kernels.ranges import ranges
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = ["CellStatistics", "Grid", "cell_statistics", "polygons_of_cells", "slope_percent"]

_GRAIN = 2.0**-46
"""Shares of cells are whole multiples of this share: sums of them are exact in any order."""
_TOUCHED_M = 1e-9
"""What reaches no farther into a cell does not cover it: ten roundings of a coordinate. [m]"""
_MOST_CELLS = 2**17
"""Cells that are worked on together, at most: large shapes are cut in bands of rows."""


@dataclass(frozen=True)
class Grid:
    """Cells of a raster in RD New or of a window of it; NaN is missing."""

    cells: Floats
    """From north to south and from west to east. (rows, columns) float64"""
    left: float
    """West side of the first column of the whole raster. [m]"""
    top: float
    """North side of the first row of the whole raster. [m]"""
    cell_m: tuple[float, float]
    """Width and height of a cell. [m]"""
    row: int = 0
    """Row of the raster that `cells` starts with."""
    column: int = 0
    """Column of the raster that `cells` starts with."""

    @property
    def corner(self) -> tuple[float, float]:
        """West side of the first column of `cells` and north side of their first row. [m]"""
        return self.left + self.column * self.cell_m[0], self.top - self.row * self.cell_m[1]


@dataclass(frozen=True)
class CellStatistics:
    """Statistics of the valid cells under each of n polygons, NaN where there are none."""

    mean: Floats
    """Mean, weighted by the share of each cell that is covered. (n,) float64"""
    min: Floats
    """(n,) float64"""
    max: Floats
    """(n,) float64"""
    covered_m2: Floats
    """Area of the polygon over valid cells. (n,) float64 [m2]"""


def cell_statistics(shapes: Geometries, grids: Sequence[Grid]) -> list[CellStatistics]:
    """Return statistics of raster cells per polygon and raster.

    Parameters
    ----------
    shapes
        Valid polygons; an empty one covers nothing. (n,) object
    grids
        Rasters. Which cells a polygon covers is worked out once for all rasters that have their
        cells in the same places.

    Returns
    -------
    list of CellStatistics
        One per raster. What it says of a polygon depends on the cells under it alone: neither on
        the window of the raster that was read nor on other polygons.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> grid = Grid(np.array([[1.0, 3.0], [5.0, np.nan]]), 0.0, 20.0, (10.0, 10.0))
    >>> (found,) = cell_statistics(np.array([shapely.box(0, 10, 20, 20)]), [grid])
    >>> float(found.mean[0]), float(found.max[0]), float(found.covered_m2[0])
    (2.0, 3.0, 200.0)
    """
    aligned: dict[tuple[float, ...], list[int]] = {}
    for position, grid in enumerate(grids):
        place = (grid.left, grid.top, *grid.cell_m) if grid.cells.size else (position,)
        aligned.setdefault(place, []).append(position)
    found: dict[int, CellStatistics] = {}
    for positions in aligned.values():
        statistics = _aligned_statistics(shapes, [grids[position] for position in positions])
        found.update(zip(positions, statistics, strict=True))
    return [found[position] for position in range(len(grids))]


def _aligned_statistics(shapes: Geometries, grids: Sequence[Grid]) -> list[CellStatistics]:
    """Return the statistics of rasters that have their cells in the same places."""
    grids = _in_one_window(grids)
    shape, bands = _bands(shapes, grids[0])
    width, height = (bands[:, 2] - bands[:, 0]), (bands[:, 3] - bands[:, 1])
    work = width * height + shapely.get_num_coordinates(shapes)[shape]
    summed = in_threads(
        partial(_band_statistics, grids=grids),
        shapes[shape],
        bands,
        work=work,
        most_work=_MOST_CELLS,
    )
    result = []
    for total, covered, low, high in np.moveaxis(summed, 0, 2):
        covered_cells = np.bincount(shape, covered, minlength=len(shapes)).astype(np.float64)
        lowest, highest = np.full(len(shapes), np.inf), np.full(len(shapes), -np.inf)
        np.minimum.at(lowest, shape, low)
        np.maximum.at(highest, shape, high)
        lowest[covered_cells == 0] = highest[covered_cells == 0] = np.nan
        with np.errstate(invalid="ignore"):
            mean = np.bincount(shape, total, minlength=len(shapes)) / covered_cells
        # Rounding does not carry the mean of equal cells across a threshold.
        mean = np.clip(mean, lowest, highest)
        result.append(
            CellStatistics(
                mean, lowest, highest, covered_cells * grids[0].cell_m[0] * grids[0].cell_m[1]
            )
        )
    return result


def _in_one_window(grids: Sequence[Grid]) -> list[Grid]:
    """Return windows of rasters, each widened with missing cells to the window around all."""
    first_row, first_column = min(grid.row for grid in grids), min(grid.column for grid in grids)
    rows = max(grid.row + grid.cells.shape[0] for grid in grids) - first_row
    columns = max(grid.column + grid.cells.shape[1] for grid in grids) - first_column
    result = []
    for grid in grids:
        cells = np.ascontiguousarray(grid.cells)
        if cells.shape != (rows, columns):
            cells = np.full((rows, columns), np.nan)
            inside = cells[grid.row - first_row :, grid.column - first_column :]
            inside[: grid.cells.shape[0], : grid.cells.shape[1]] = grid.cells
        result.append(replace(grid, cells=cells, row=first_row, column=first_column))
    return result


def _bands(shapes: Geometries, grid: Grid) -> tuple[Integers, Integers]:
    """Return the bands of rows that shapes have cells in.

    Most shapes have one; a shape that lies beside the cells has none.

    Returns
    -------
    shape : Integers
        Position of the shape. (k,) int
    bands : Integers
        First column and row, and the column and row behind the last, of the raster. (k, 4) int
    """
    shape, box = _boxes(shapes, grid)
    rows_per_band = np.maximum(_MOST_CELLS // (box[:, 2] - box[:, 0]), 1)
    number = -(-(box[:, 3] - box[:, 1]) // rows_per_band)
    source = np.repeat(np.arange(len(box)), number)
    bands = box[source]
    bands[:, 1] += ranges(0, number) * rows_per_band[source]
    bands[:, 3] = np.minimum(bands[:, 1] + rows_per_band[source], bands[:, 3])
    return shape[source], bands


def _boxes(shapes: Geometries, grid: Grid) -> tuple[Integers, Integers]:
    """Return the cells that the bounds of shapes meet, without shapes that lie beside the cells.

    Returns
    -------
    shape : Integers
        Position of the shape, rising. (k,) int
    boxes : Integers
        First column and row, and the column and row behind the last, of the raster. (k, 4) int
    """
    present = np.flatnonzero(~shapely.is_empty(shapes))
    left, bottom, right, top = shapely.bounds(shapes[present]).T
    (width, height), (rows, columns) = grid.cell_m, grid.cells.shape
    first_column = np.maximum(np.floor((left - grid.left) / width), grid.column)
    last_column = np.minimum(np.floor((right - grid.left) / width) + 1, grid.column + columns)
    first_row = np.maximum(np.floor((grid.top - top) / height), grid.row)
    last_row = np.minimum(np.floor((grid.top - bottom) / height) + 1, grid.row + rows)
    over = np.flatnonzero((last_column > first_column) & (last_row > first_row))
    box = np.stack([first_column, first_row, last_column, last_row], axis=1)[over]
    return present[over], box.astype(np.intp)


def _band_statistics(shapes: Geometries, bands: Integers, grids: Sequence[Grid]) -> Floats:
    """Return sum, covered part, lowest and highest of the valid cells in each band, per raster.

    (k, rasters, 4) float64.
    """
    cell, share = _covered_cells(shapes, bands, grids[0])
    columns, rows = bands[:, 2] - bands[:, 0], bands[:, 3] - bands[:, 1]
    # From the position among the cells of all bands to that among the cells of the raster: the
    # difference is the same along a row of a band.
    length = np.repeat(columns, rows)
    row = np.repeat(bands[:, 1] - grids[0].row, rows) + ranges(0, rows)
    start = row * grids[0].cells.shape[1] + np.repeat(bands[:, 0] - grids[0].column, rows)
    raster_cell = cell + np.repeat(start - (np.cumsum(length) - length), length)[cell]
    first_cell = np.searchsorted(cell, np.cumsum(columns * rows) - columns * rows)
    result = np.tile([0.0, 0.0, np.inf, -np.inf], (len(shapes), len(grids), 1))
    for position, grid in enumerate(grids):
        values = grid.cells.ravel()[raster_cell]
        valid = np.flatnonzero(~np.isnan(values))
        values, weight, first = values[valid], share[valid], np.searchsorted(valid, first_cell)
        some = np.flatnonzero(np.diff(first, append=len(valid)))
        first = first[some]
        result[some, position, 0] = np.add.reduceat(weight * values, first)
        result[some, position, 1] = np.add.reduceat(weight, first)
        result[some, position, 2] = np.minimum.reduceat(values, first)
        result[some, position, 3] = np.maximum.reduceat(values, first)
    return result


def _covered_cells(shapes: Geometries, bands: Integers, grid: Grid) -> tuple[Integers, Floats]:
    """Return the cells of bands that are covered.

    Returns
    -------
    cell : Integers
        Position among the cells of all bands, band by band and row by row, rising. (c,) int
    share : Floats
        Share of it that is covered, up to 1. (c,) float64

    Notes
    -----
    Edges are cut where they leave a row or a column. A piece lies in one cell, and covers what is
    to the right of it in its row: part of its own cell, and as much of every cell behind that as
    it is high. Edges that go down add this, edges that go up take it away again. As heights are
    multiples of one grain, nothing is left behind the last edge in a row of cells.
    """
    across, down, band, sign = _edges(shapes, bands, grid)
    columns, rows = bands[:, 2] - bands[:, 0], bands[:, 3] - bands[:, 1]
    edge, down, across = _cut(down, across)
    low, high = np.minimum(*down), np.maximum(*down)
    inside = np.flatnonzero((low < high) & (low >= 0) & (high <= rows[band[edge]]))
    piece, across, down = _cut(across.take(inside, axis=1), down.take(inside, axis=1))
    edge = edge[inside[piece]]
    band = band[edge]
    band_columns = columns[band]
    down = np.rint(down / _GRAIN)
    height = (down[1] - down[0]) * sign[edge]
    row, column = np.floor(np.minimum(*down) * _GRAIN), np.floor(np.minimum(*across))
    in_own_cell = np.rint(height * (column + 1 - (across[0] + across[1]) / 2))
    # What lies to the left of the cells covers all of the first, what lies to the right covers
    # none.
    beside = np.flatnonzero((column < 0) | (column >= band_columns))
    in_own_cell[beside] = height[beside]
    column[beside] = np.clip(column[beside], 0, band_columns[beside])
    size = columns * rows
    cell = (np.cumsum(size) - size)[band] + (row * band_columns + column).astype(np.intp)
    count = int(size.sum())
    in_cell: Floats = np.bincount(cell, in_own_cell, minlength=count)[:count].astype(
        np.float64, copy=False
    )
    behind = np.bincount(cell, height, minlength=count)[:count]
    share = (np.cumsum(behind) - behind + in_cell) * _GRAIN
    covered = np.flatnonzero(share > _TOUCHED_M / min(grid.cell_m))
    return covered, share[covered]


def _edges(
    shapes: Geometries, bands: Integers, grid: Grid
) -> tuple[Floats, Floats, Integers, Floats]:
    """Return the edges of polygons, in cells to the right of and below the corner of their band.

    Returns
    -------
    across, down : Floats
        Where each edge starts and ends; down in whole grains. (2, m) float64
    band : Integers
        Position of the band. (m,) int
    sign : Floats
        1 where the polygon lies to the left, seen from start to end, else -1. (m,) float64
    """
    start, end, band, inside_left = directed_edges(shapes)
    (width, height), corner = grid.cell_m, bands[band, :2].T
    left, top = grid.left + corner[0] * width, grid.top - corner[1] * height
    across = np.stack([start[:, 0] - left, end[:, 0] - left]) / width
    grains = np.stack([top - start[:, 1], top - end[:, 1]]) / (height * _GRAIN)
    down = np.rint(grains) * _GRAIN
    return across, down, band, np.where(inside_left, 1.0, -1.0)


def _cut(along: Floats, beside: Floats) -> tuple[Integers, Floats, Floats]:
    """Cut lines where their first coordinate is a whole number.

    Parameters
    ----------
    along, beside
        First and second coordinate of the start and the end of each line. (2, n) float64

    Returns
    -------
    line : Integers
        Position of the line that each piece is of. (k,) int
    along, beside : Floats
        Coordinates of the start and the end of each piece. (2, k) float64
    """
    low, high = np.minimum(*along), np.maximum(*along)
    number = np.maximum(np.ceil(high) - np.floor(low) - 1, 0).astype(np.intp)
    every = np.arange(len(number))
    line, cut = np.repeat(every, number + 1), np.repeat(every, number)
    start, way = along[0][cut], (along[1] - along[0])[cut]
    step = ranges(0, number)
    at = np.where(way > 0, np.floor(start) + 1 + step, np.ceil(start) - 1 - step)
    other = beside[0][cut] + (beside[1] - beside[0])[cut] * ((at - start) / way)
    # Each cut ends one piece and starts the next.
    next_piece = np.arange(1, len(cut) + 1) + cut
    along, beside = along.take(line, axis=1), beside.take(line, axis=1)
    along[0][next_piece] = along[1][next_piece - 1] = at
    beside[0][next_piece] = beside[1][next_piece - 1] = other
    return line, along, beside


def polygons_of_cells(
    shapes: Geometries, grid: Grid, chosen: Booleans
) -> tuple[Geometries, Integers]:
    """Return the chosen cells around each shape as one polygon.

    Parameters
    ----------
    shapes
        Valid polygons; an empty one has no cells. (n,) object
    grid
        Where the cells lie.
    chosen
        Which cells are taken. (rows, columns) bool

    Returns
    -------
    polygons : Geometries
        The chosen cells that the bounds of a shape meet, dissolved. It depends on the shape and
        these cells alone, not on the window of the raster that was read. (m,) object
    shape : Integers
        Position of the shape of each, rising; a shape without such cells has none. (m,) int

    Examples
    --------
    >>> import numpy as np, shapely
    >>> grid = Grid(np.array([[1.0, 3.0], [5.0, 7.0]]), 0.0, 20.0, (10.0, 10.0))
    >>> polygons, shape = polygons_of_cells(
    ...     np.array([shapely.box(5, 5, 15, 15)]), grid, grid.cells > 2
    ... )
    >>> shapely.area(polygons), shape
    (array([300.]), array([0]))
    """
    shape, box = _boxes(shapes, grid)
    change = np.diff(np.pad(chosen, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    columns = chosen.shape[1]
    # Runs of chosen cells, by the position of their first cell and of the one behind their last.
    starts, ends = (row * columns + at for row, at in map(np.nonzero, (change > 0, change < 0)))
    number = box[:, 3] - box[:, 1]
    row = ranges(box[:, 1] - grid.row, number)
    first, behind = (
        row * columns + np.repeat(box[:, side] - grid.column, number) for side in (0, 2)
    )
    lowest = np.searchsorted(ends, first, side="right")
    runs = np.maximum(np.searchsorted(starts, behind, side="left") - lowest, 0)
    run, at = ranges(lowest, runs), np.repeat(np.arange(len(row)), runs)
    left, right = np.maximum(starts[run], first[at]), np.minimum(ends[run], behind[at])
    (width, height), top = grid.cell_m, row[at] + grid.row
    x = [grid.left + (side - row[at] * columns + grid.column) * width for side in (left, right)]
    rectangles = shapely.box(x[0], grid.top - (top + 1) * height, x[1], grid.top - top * height)
    owner = np.repeat(shape, number)[at]
    found, group = np.unique(owner, return_inverse=True)
    return union_by_group(rectangles, group, len(found)), found


def slope_percent(heights: Floats, cell_m: tuple[float, float]) -> Floats:
    """Return the slope of each cell, by central differences (Zevenbergen and Thorne 1987).

    Cells at the edge have a neighbour on one side only, and take the difference with that.

    Parameters
    ----------
    heights
        Heights, NaN where missing. (rows, columns) float64 [m]
    cell_m
        Width and height of a cell. [m]

    Returns
    -------
    Floats
        NaN where a height that is needed is missing, and everywhere for fewer than two rows or
        columns. (rows, columns) float64 [%]

    References
    ----------
    L. W. Zevenbergen and C. R. Thorne (1987). Quantitative analysis of land surface topography.
    Earth Surface Processes and Landforms 12(1), 47-56.

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
