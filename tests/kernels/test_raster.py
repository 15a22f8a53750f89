"""Statistics of cells by exact coverage: sums on paper, what must always hold, a plain loop over cells, and exactextract."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from geopandas import GeoDataFrame
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from flexruimte.evidence.sources import open_source
from flexruimte.kernels import raster
from flexruimte.kernels.raster import (
    CellStatistics,
    Grid,
    cell_statistics,
    polygons_of_cells,
    slope_percent,
)
from flexruimte.rules.study_file import LayerSettings
from shapes import ZOO, boxes, random_polygons

STATISTICS = ("mean", "min", "max", "covered_m2")
SEEDS = st.integers(0, 10_000)


def of_one(shapes: object, cells: object, left: float, top: float, size: float) -> CellStatistics:
    return cell_statistics(
        np.asarray(shapes, dtype=object),
        [Grid(np.asarray(cells, dtype=float), left, top, (size, size))],
    )[0]


def random_grid(seed: int) -> Grid:
    """Eight rows and nine columns of 25 m around where random polygons are; a fifth of the cells is missing."""
    random = np.random.default_rng(seed)
    cells = random.uniform(0, 50, (8, 9))
    cells[random.random(cells.shape) < 0.2] = np.nan
    return Grid(cells, 100_000.0, 400_200.0, (25.0, 25.0))


def several_parts(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The shapes, and all of them as one."""
    return np.append(shapes, shapely.union_all(shapes))


def assert_same_bits(one: CellStatistics, other: CellStatistics) -> None:
    for name in STATISTICS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


# By hand


def test_by_hand() -> None:
    cells = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, np.nan]]
    # three rows of 10 m from y = 30 down; the shape covers a quarter of 1, a quarter of 2, a quarter of 4 and of 5
    shapes = boxes((5, 15, 15, 25), (20, 0, 30, 10), (20, 0, 30, 20), (100, 100, 110, 110))
    found = of_one(shapes, cells, 0.0, 30.0, 10.0)
    np.testing.assert_array_equal(found.mean, [3.0, np.nan, 6.0, np.nan])
    np.testing.assert_array_equal(found.max, [5.0, np.nan, 6.0, np.nan])
    np.testing.assert_array_equal(found.min, [1.0, np.nan, 6.0, np.nan])
    np.testing.assert_array_equal(found.covered_m2, [100.0, 0.0, 100.0, 0.0])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        # cells of 10 m: 1 2 3 in the upper row, 4 5 6 in the lower
        # the long side y = 20 - 2x/3 is at y = 40/3 where x = 10, leaves the upper row at x = 15, and is at y = 20/3 where x = 20
        (
            shapely.Polygon([(0, 0), (30, 0), (0, 20)]),
            (300.0, (1 * 200 + 2 * 25 + 4 * 300 + 5 * 275 + 6 * 100) / 3),
        ),
        (
            shapely.Polygon(
                [(0, 0), (20, 0), (20, 20), (0, 20)], [[(5, 5), (15, 5), (15, 15), (5, 15)]]
            ),
            (300.0, 75.0 * (1 + 2 + 4 + 5)),
        ),
        (
            shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.box(25, 15, 30, 20)]),
            (50.0, 25.0 * (4 + 3)),
        ),
        (shapely.Polygon([(10, 0), (20, 10), (10, 20), (0, 10)]), (200.0, 50.0 * (1 + 2 + 4 + 5))),
        (shapely.box(-10, -10, 40, 30), (600.0, 100.0 * (1 + 2 + 3 + 4 + 5 + 6))),
        (shapely.box(-5, 5, 5, 15), (50.0, 25.0 * (1 + 4))),
        (shapely.box(25, -100, 100, 5), (25.0, 25.0 * 6)),
    ],
    ids=[
        "triangle",
        "hole",
        "two parts",
        "through corners",
        "around the raster",
        "over its west side",
        "over its corner",
    ],
)
def test_weights_by_hand(shape: shapely.Polygon, expected: tuple[float, float]) -> None:
    for turned in (shape, shapely.reverse(shape)):
        found = of_one([turned], [[1, 2, 3], [4, 5, 6]], 0.0, 20.0, 10.0)
        assert found.covered_m2[0] == pytest.approx(expected[0], rel=1e-12)
        assert found.mean[0] == pytest.approx(expected[1] / expected[0], rel=1e-12)


def test_empty_shape_and_empty_grid() -> None:
    found = of_one([shapely.Polygon(), shapely.MultiPolygon()], np.ones((2, 2)), 0.0, 20.0, 10.0)
    assert np.isnan([found.mean, found.min, found.max]).all()
    assert not found.covered_m2.any()
    assert len(of_one([], np.ones((2, 2)), 0.0, 20.0, 10.0).mean) == 0
    nothing, something = cell_statistics(
        boxes((0, 0, 1, 1)),
        [
            Grid(np.empty((0, 0)), 0.0, 20.0, (10.0, 10.0), 900_000, 0),
            Grid(np.ones((2, 2)), 0.0, 20.0, (10.0, 10.0)),
        ],
    )
    assert np.isnan(nothing.mean).all()
    assert something.mean.tolist() == [1.0]
    assert cell_statistics(boxes((0, 0, 1, 1)), []) == []


def test_missing_is_never_zero() -> None:
    cells = [[np.nan, np.nan, -7.0]]
    found = of_one(boxes((0, 0, 20, 10), (10, 0, 21, 10), (20, 0, 30, 10)), cells, 0.0, 10.0, 10.0)
    for statistic in (found.mean, found.min, found.max):
        np.testing.assert_array_equal(statistic, [np.nan, -7.0, -7.0])
    np.testing.assert_allclose(found.covered_m2, [0.0, 10.0, 100.0], rtol=1e-12)


def test_a_cell_that_is_only_touched_does_not_count() -> None:
    cells = [[1.0, 2.0, 9.0], [3.0, 4.0, 9.0], [9.0, 9.0, 9.0]]
    nearly = 20 + 1e-10, 10 - 1e-10  # some roundings of a coordinate in RD New
    for right, bottom in ((20.0, 10.0), nearly):
        found = of_one([shapely.box(0, bottom, right, 30)], cells, 0.0, 30.0, 10.0)
        assert (found.min[0], found.max[0]) == (1.0, 4.0)
    for farther in (
        shapely.box(0, 10, 20 + 1e-6, 30),
        shapely.Polygon([(0, 10), (20, 10), (20.002, 10.001), (20, 11), (20, 30), (0, 30)]),
    ):
        assert of_one([farther], cells, 0.0, 30.0, 10.0).max[0] == 9.0


@given(SEEDS, st.sampled_from([61.0, 0.1, -1 / 3]))
def test_the_mean_of_equal_cells_is_their_value(seed: int, value: float) -> None:
    grid = random_grid(seed)
    (found,) = cell_statistics(
        random_polygons(seed, 6, 60.0),
        [replace(grid, cells=np.where(np.isnan(grid.cells), np.nan, value))],
    )
    assert set(found.mean[found.covered_m2 > 0]) == {value}


@pytest.mark.parametrize("name", ZOO)
def test_zoo(name: str) -> None:
    shape = ZOO[name]
    left, bottom, right, top = (0.0, 0.0, 10.0, 10.0) if shape.is_empty else shape.bounds
    for size in (0.7, 3.0, 100.0):
        grid = Grid(
            np.ones((int((top - bottom) // size) + 2, int((right - left) // size) + 2)),
            left - 0.3,
            top + 0.1,
            (size, size),
        )
        found = cell_statistics(np.array([shape]), [grid])[0]
        assert found.covered_m2[0] == pytest.approx(shape.area, rel=1e-9)
        np.testing.assert_array_equal(found.mean, 1.0 if shape.area else np.nan)


# What must always hold


@given(SEEDS, st.sampled_from([0.5, 2.0, 10.0, 25.0, 300.0]))
def test_area_is_conserved(seed: int, size: float) -> None:
    shapes = several_parts(random_polygons(seed, 6, 40.0))
    cells = np.ones((int(300 / size) + 2, int(300 / size) + 2))
    found = of_one(shapes, cells, 100_000 - 50.0, 400_000 + 250.0, size)
    np.testing.assert_allclose(found.covered_m2, shapely.area(shapes), rtol=1e-9)
    np.testing.assert_array_equal(found.mean, 1.0)
    part = shapely.area(
        shapely.intersection(
            shapes,
            shapely.box(100_000 - 50, 400_250 - 100 * size, 100_000 - 50 + 100 * size, 400_250),
        )
    )
    np.testing.assert_allclose(
        of_one(shapes, cells[:100, :100], 100_000 - 50.0, 400_000 + 250.0, size).covered_m2,
        part,
        rtol=1e-9,
        atol=1e-9,
    )


@given(SEEDS)
def test_a_shift_by_whole_cells_changes_nothing(seed: int) -> None:
    grid = random_grid(seed)
    # Coordinates on a grid of 2^-20 m are exact both here and there.
    shapes = shapely.set_precision(random_polygons(seed, 6, 40.0), 2.0**-20)
    there = shapely.transform(shapes, lambda points: points + np.array([25.0 * 40, -25.0 * 8]))
    moved = replace(grid, left=grid.left + 25.0 * 40, top=grid.top - 25.0 * 8)
    assert_same_bits(*cell_statistics(shapes, [grid]), *cell_statistics(there, [moved]))


@given(SEEDS, st.floats(0, np.pi))
def test_parts_add_up(seed: int, angle: float) -> None:
    grid, shapes = random_grid(seed), random_polygons(seed, 6, 40.0)
    middle = shapely.centroid(shapes)
    far = 1000 * np.array([np.cos(angle), np.sin(angle)])
    halves = []
    for sign in (1, -1):
        corners = np.array(
            [far, -far, -far + sign * far[::-1] * [-2, 2], far + sign * far[::-1] * [-2, 2]]
        )
        sides = np.array(
            [shapely.Polygon(corners + shapely.get_coordinates(point)) for point in middle]
        )
        halves.append(cell_statistics(shapely.intersection(shapes, sides), [grid])[0])
    (whole,), (one, other) = cell_statistics(shapes, [grid]), halves
    np.testing.assert_allclose(
        one.covered_m2 + other.covered_m2, whole.covered_m2, rtol=1e-9, atol=1e-9
    )
    total = sum(np.nan_to_num(half.mean) * half.covered_m2 for half in halves)
    np.testing.assert_allclose(
        total, np.nan_to_num(whole.mean) * whole.covered_m2, rtol=1e-9, atol=1e-7
    )
    known = whole.covered_m2 > 1e-3
    np.testing.assert_array_equal(np.fmin(one.min, other.min)[known], whole.min[known])
    np.testing.assert_array_equal(np.fmax(one.max, other.max)[known], whole.max[known])


@given(SEEDS, st.sampled_from([25.0, 0.1, 1 / 3]), st.integers(0, 3))
def test_neither_the_window_nor_the_others_matter(seed: int, size: float, margin: int) -> None:
    random = np.random.default_rng(seed)
    # Neither the corner of the raster nor its cells are whole numbers of anything.
    left, top = 99_900.1 + random.random(), 400_300.7 + random.random()
    whole = Grid(
        random.uniform(0, 50, (round(400 / size), round(400 / size)) if size > 1 else (1200, 1200)),
        left,
        top,
        (size, size),
    )
    shapes = shapely.transform(
        random_polygons(seed, 5, 40.0),
        lambda points: points if size > 1 else points * [size, size] / 2,
    )
    if size < 1:
        corner = shapely.bounds(shapes)[:, :2].min(axis=0)
        shapes = shapely.transform(
            shapes, lambda points: points - corner + [left + 7.77, top - 380 * size]
        )
    together = cell_statistics(shapes, [whole])[0]
    for position, shape in enumerate(shapes):
        west, south, east, north = shape.bounds
        first_column, last_column = (
            int((west - left) / size) - margin,
            int((east - left) / size) + 1 + margin,
        )
        first_row, last_row = (
            int((top - north) / size) - margin,
            int((top - south) / size) + 1 + margin,
        )
        first_row, first_column = max(first_row, 0), max(first_column, 0)
        window = replace(
            whole,
            cells=whole.cells[first_row:last_row, first_column:last_column],
            row=first_row,
            column=first_column,
        )
        other = replace(
            whole, cells=whole.cells[: last_row + 5, first_column // 2 :], column=first_column // 2
        )
        for found in cell_statistics(np.array([shape]), [window, other]):
            assert_same_bits(
                found, CellStatistics(*(getattr(together, name)[[position]] for name in STATISTICS))
            )


def test_a_shape_over_many_cells_is_looked_at_in_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, columns, most = 3000, 40, 2000
    monkeypatch.setattr(raster, "_MOST_CELLS", most)
    largest = 0
    covered_cells = raster._covered_cells

    def noted(*arguments: object) -> object:
        nonlocal largest
        cells, shares = covered_cells(*arguments)
        largest = max(largest, len(cells))
        return cells, shares

    monkeypatch.setattr(raster, "_covered_cells", noted)
    # Row r, column c holds 100 r + c; a shape over all of it but for a hole of one cell and half a column.
    cells = np.add.outer(100.0 * np.arange(rows), np.arange(columns))
    hole = shapely.box(5, rows - 2001, 6, rows - 2000)
    shape = shapely.difference(shapely.box(0.5, 0, columns, rows), hole)
    found = of_one([shape], cells, 0.0, float(rows), 1.0)
    total = cells.sum() - cells[:, 0].sum() / 2 - cells[2000, 5]
    assert found.covered_m2[0] == rows * columns - rows / 2 - 1
    assert found.mean[0] == pytest.approx(total / found.covered_m2[0], rel=1e-12)
    assert (found.min[0], found.max[0]) == (0.0, cells[-1, -1])
    assert 0 < largest <= most


# Independent ways


@given(SEEDS)
def test_against_a_plain_loop(seed: int) -> None:
    grid, shapes = random_grid(seed), several_parts(random_polygons(seed, 5, 40.0))
    (found,) = cell_statistics(shapes, [grid])
    rows, columns = np.indices(grid.cells.shape)
    west, north = grid.left + columns * 25.0, grid.top - rows * 25.0
    squares = shapely.box(west, north - 25.0, west + 25.0, north)
    for position, shape in enumerate(shapes):
        parts = shapely.area(shapely.intersection(squares, shape))
        parts[np.isnan(grid.cells)] = 0
        assert found.covered_m2[position] == pytest.approx(parts.sum(), rel=1e-9, abs=1e-6)
        if parts.sum() > 1:
            assert found.mean[position] == pytest.approx(
                np.nansum(parts * grid.cells) / parts.sum(), rel=1e-9
            )
            assert found.min[position] == grid.cells[parts > 25e-9].min()
            assert found.max[position] == grid.cells[parts > 25e-9].max()


@given(SEEDS)
def test_against_exactextract(seed: int) -> None:
    grid, shapes = random_grid(seed), several_parts(random_polygons(seed, 8, 40.0))
    (found,) = cell_statistics(shapes, [grid])
    source = NumPyRasterSource(
        grid.cells, grid.left, grid.top - 200.0, grid.left + 225.0, grid.top, nodata=np.nan
    )
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # it is not told the coordinate system of either side, and says so
        table: pd.DataFrame = exact_extract(
            source,
            GeoDataFrame(geometry=shapes, crs="EPSG:28992"),
            ["mean", "min", "max", "count"],
            output="pandas",
        )
    # It keeps the share of a cell in single precision.
    np.testing.assert_allclose(
        found.covered_m2, table["count"].astype(float) * 625.0, rtol=1e-6, atol=1e-4
    )
    known = found.covered_m2 > 1
    for name in ("mean", "min", "max"):
        np.testing.assert_allclose(
            getattr(found, name)[known], table[name].astype(float)[known], rtol=1e-6, err_msg=name
        )


# Slope, and windows of a file


def test_slope() -> None:
    x, y = np.meshgrid(np.arange(6) * 5.0, np.arange(4) * 5.0)
    # a plane that rises 3 in 100 to the east and 4 in 100 to the south: 5 %
    np.testing.assert_allclose(slope_percent(0.03 * x + 0.04 * y, (5.0, 5.0)), 5.0)
    assert np.isnan(slope_percent(np.ones((1, 5)), (5.0, 5.0))).all()


def test_a_window_of_a_file_says_the_same_as_all_of_it(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    path = tmp_path / "height.tif"
    transform = rasterio.transform.Affine(0.1, 0.0, 100_000.3, 0.0, -0.1, 400_000.7)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=70,
        height=50,
        count=1,
        dtype="float64",
        crs="EPSG:28992",
        transform=transform,
    ) as file:
        file.write(random.uniform(0, 2, (50, 70)), 1)
    source = open_source("height", LayerSettings(source=str(path)), tmp_path, geometry="raster")
    for left, bottom, right, top in (
        (2.0, 1.0, 3.04, 2.5),
        (-1.0, 3.0, 0.55, 9.0),
        (6.0, -1.0, 9.0, 0.2),
    ):
        bounds = 100_000.3 + left, 399_995.7 + bottom, 100_000.3 + right, 399_995.7 + top
        found = []
        for window in (None, bounds):
            grid = source.read_grid(window, None)
            found.append(
                cell_statistics(
                    boxes(bounds),
                    [grid, replace(grid, cells=slope_percent(grid.cells, grid.cell_m))],
                )
            )
        assert source.read_grid(bounds, None).cells.size < 700
        for whole, window in zip(*found, strict=True):
            assert whole.covered_m2[0] > 0
            assert_same_bits(whole, window)
    assert source.read_grid((0.0, 0.0, 1.0, 1.0), None).cells.size == 0


# Polygons of cells


def test_polygons_of_cells_by_hand() -> None:
    # rows of 10 m from y 30 down; chosen: a 1 x 2 block, and one cell that meets it in a corner only
    chosen = np.array([[1, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)
    grid = Grid(np.zeros((3, 3)), 0.0, 30.0, (10.0, 10.0))
    shapes = np.array(
        [
            shapely.box(12, 12, 18, 28),
            shapely.box(1, 1, 9, 9),
            shapely.Polygon(),
            shapely.box(0, 0, 30, 30),
        ]
    )
    polygons, shape = polygons_of_cells(shapes, grid, chosen)
    # the first meets columns 1 and rows 0-1, and so one chosen cell; the second and the empty one none
    assert shape.tolist() == [0, 3]
    assert polygons[0].equals(shapely.box(10, 20, 20, 30))
    assert polygons[1].equals(
        shapely.union_all([shapely.box(0, 20, 20, 30), shapely.box(20, 10, 30, 20)])
    )


@given(SEEDS, st.integers(0, 3))
def test_polygons_of_cells_against_a_plain_loop(seed: int, margin: int) -> None:
    grid, shapes = random_grid(seed), random_polygons(seed, 6, 40.0)
    chosen = grid.cells > 25
    polygons, shape = polygons_of_cells(shapes, grid, chosen)
    by_shape = dict(zip(shape.tolist(), polygons, strict=True))
    for position, each in enumerate(shapes):
        expected = 0.0
        for row, column in np.argwhere(chosen):
            west, north = grid.left + 25.0 * column, grid.top - 25.0 * row
            expected += shapely.box(west, north - 25.0, west + 25.0, north).intersection(each).area
        covered = by_shape.get(position, shapely.Polygon()).intersection(each)
        assert covered.area == pytest.approx(expected, rel=1e-9, abs=1e-6)
        # Area is conserved.
        assert covered.area + each.difference(covered).area == pytest.approx(each.area, rel=1e-9)
    # Neither the window nor the other shapes matter: the same bytes.
    rows, columns = min(margin, 2), margin
    window = replace(grid, cells=grid.cells[rows:, columns:], row=rows, column=columns)
    inside = [
        position
        for position, each in enumerate(shapes)
        if each.bounds[0] >= grid.left + 25.0 * columns and each.bounds[3] <= grid.top - 25.0 * rows
    ]
    again, of = polygons_of_cells(shapes[inside], window, window.cells > 25)
    assert {inside[position]: each.wkb for position, each in zip(of, again, strict=True)} == {
        position: by_shape[position].wkb for position in inside if position in by_shape
    }
