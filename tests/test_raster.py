"""Statistics of cells by exact coverage, against sums on paper and a plain loop over cells."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.geometry import polygonal
from flexruimte.raster import cell_statistics, covered_cells, slope_percent
from shapes import boxes, random_polygons


def test_by_hand() -> None:
    cells = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, np.nan]])
    # three rows of 10 m from y = 30 down; the shape covers a quarter of 1, a quarter of 2, a quarter of 4 and of 5
    shapes = boxes((5, 15, 15, 25), (20, 0, 30, 10), (20, 0, 30, 20), (100, 100, 110, 110))
    found = cell_statistics(shapes, cells, 0.0, 30.0, (10.0, 10.0))
    np.testing.assert_allclose(found.mean, [3.0, np.nan, 6.0, np.nan])
    np.testing.assert_allclose(found.max, [5.0, np.nan, 6.0, np.nan])
    np.testing.assert_allclose(found.min, [1.0, np.nan, 6.0, np.nan])
    np.testing.assert_allclose(found.covered_m2, [100.0, 0.0, 100.0, 0.0])


def test_empty_shape_and_empty_grid() -> None:
    found = cell_statistics(np.array([shapely.Polygon()]), np.ones((2, 2)), 0.0, 20.0, (10.0, 10.0))
    assert np.isnan(found.mean[0])
    assert found.covered_m2[0] == 0
    assert np.isnan(cell_statistics(boxes((0, 0, 1, 1)), np.empty((0, 0)), 0.0, 0.0, (10.0, 10.0)).mean).all()


@given(st.integers(0, 10_000))
def test_against_a_plain_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = random.uniform(0, 50, (8, 9))
    cells[random.random(cells.shape) < 0.2] = np.nan
    shapes = random_polygons(seed, 5, 40.0)
    left, top, size = 100_000.0, 400_200.0, 25.0
    found = cell_statistics(shapes, cells, left, top, (size, size))
    for position, shape in enumerate(shapes):
        total = area = 0.0
        for row in range(8):
            for column in range(9):
                cell = shapely.box(left + column * size, top - (row + 1) * size, left + (column + 1) * size, top - row * size)
                part = shape.intersection(cell).area
                if not np.isnan(cells[row, column]):
                    total, area = total + part * cells[row, column], area + part
        assert found.covered_m2[position] == pytest.approx(area, rel=1e-4, abs=1e-2)
        if area > 1:
            assert found.mean[position] == pytest.approx(total / area, rel=1e-4)


def exactextract_statistics(shapes: np.ndarray, cells: np.ndarray, left: float, top: float, cell_m: tuple[float, float]) -> pd.DataFrame:
    height, width = cells.shape[0] * cell_m[1], cells.shape[1] * cell_m[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of coordinate reference systems, which neither has
        return exact_extract(
            NumPyRasterSource(cells, left, top - height, left + width, top, nodata=np.nan),
            gpd.GeoDataFrame(geometry=shapes, crs=28992),
            ["mean", "min", "max", "count"],
            output="pandas",
        ).astype("float64")


@given(st.integers(0, 10_000))
def test_against_exactextract(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = random.uniform(-5, 50, (21, 30))
    cells[random.random(cells.shape) < 0.1] = np.nan
    # some shapes reach over the border of the raster, some have holes or several parts
    shapes = random_polygons(seed, 10, 60.0)
    shapes[::3] = polygonal(shapely.difference(shapes[::3], shapely.buffer(shapely.centroid(shapes[::3]), 9)))
    shapes[::4] = polygonal(shapely.difference(shapes[::4], shapely.box(100_080, 0, 100_090, 500_000)))
    left, bottom, _, _ = shapely.total_bounds(shapes)
    place = (left + 20.0, bottom + 130.0, (7.5, 5.0))
    found, oracle = cell_statistics(shapes, cells, *place), exactextract_statistics(shapes, cells, *place)
    # exactextract keeps the shares of cells in single precision
    np.testing.assert_allclose(found.covered_m2 / 37.5, oracle["count"], rtol=1e-5, atol=1e-4)
    some = oracle["count"] > 0.05
    np.testing.assert_allclose(found.mean[some], oracle["mean"][some], rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(found.min[some], oracle["min"][some])
    np.testing.assert_array_equal(found.max[some], oracle["max"][some])


@given(st.integers(0, 10_000))
def test_windows_and_splits_change_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = random.uniform(0, 60, (60, 50))
    shapes = random_polygons(seed, 12, 40.0)
    whole = cell_statistics(shapes, cells, 99_950.0, 400_250.0, (5.0, 5.0))
    window = cell_statistics(shapes, cells[3:, 7:], 99_985.0, 400_235.0, (5.0, 5.0))
    same = whole.covered_m2 == window.covered_m2
    assert same.mean() > 0.4  # those that lie within the window
    np.testing.assert_array_equal(whole.mean[same], window.mean[same])
    parts = [cell_statistics(part, cells, 99_950.0, 400_250.0, (5.0, 5.0)).mean for part in np.array_split(shapes, 5)]
    np.testing.assert_array_equal(np.concatenate(parts), whole.mean)


def test_covered_cells_add_up_to_the_area() -> None:
    shapes = random_polygons(5, 40, 90.0)
    found = covered_cells(shapes, 100_000.0, 400_000.0, (4.0, 3.0))
    np.testing.assert_allclose(12 * np.bincount(found.shape, found.share), shapely.area(shapes), rtol=1e-9)
    one_cell = covered_cells(boxes((10, 0, 20, 10)), 0.0, 10.0, (10.0, 10.0))
    assert [one_cell.row.tolist(), one_cell.column.tolist(), one_cell.share.tolist()] == [[0], [1], [1.0]]


def test_slope() -> None:
    x, y = np.meshgrid(np.arange(6) * 5.0, np.arange(4) * 5.0)
    # a plane that rises 3 in 100 to the east and 4 in 100 to the south: 5 %
    np.testing.assert_allclose(slope_percent(0.03 * x + 0.04 * y, (5.0, 5.0)), 5.0)
    assert np.isnan(slope_percent(np.ones((1, 5)), (5.0, 5.0))).all()
