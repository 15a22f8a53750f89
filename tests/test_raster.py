"""Statistics of cells by exact coverage, against sums on paper and a plain loop over cells."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.raster import cell_statistics, slope_percent
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


def test_slope() -> None:
    x, y = np.meshgrid(np.arange(6) * 5.0, np.arange(4) * 5.0)
    # a plane that rises 3 in 100 to the east and 4 in 100 to the south: 5 %
    np.testing.assert_allclose(slope_percent(0.03 * x + 0.04 * y, (5.0, 5.0)), 5.0)
    assert np.isnan(slope_percent(np.ones((1, 5)), (5.0, 5.0))).all()
