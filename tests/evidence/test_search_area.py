"""The cells of 100 m around parcels, against every cell and every box in turn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from evidence.random_bounds import boxes
from flexruimte.evidence.search_area import CELL_M, search_area
from toy_town import point


@given(boxes, st.sampled_from([0.0, 1.0, 99.0, 250.0]))
def test_surroundings_are_the_cells_that_each_parcel_comes_near(
    bounds: np.ndarray, reach: float
) -> None:
    found = search_area(bounds, reach)
    # The slow way: every cell, half-open as positions are, against every box.
    for row, column in np.ndindex(found.cells.shape):
        left, bottom = (found.first[1] + column) * CELL_M, (found.first[0] + row) * CELL_M
        near = (
            (bounds[:, 0] - reach < left + CELL_M)
            & (bounds[:, 2] + reach >= left)
            & (bounds[:, 1] - reach < bottom + CELL_M)
            & (bounds[:, 3] + reach >= bottom)
        )
        assert found.cells[row, column] == near.any()
    left, bottom, right, top = found.window
    assert left <= bounds[:, 0].min() - reach
    assert bottom <= bounds[:, 1].min() - reach
    assert right >= bounds[:, 2].max() + reach
    assert top >= bounds[:, 3].max() + reach


def test_points_on_the_border_of_a_cell_are_met() -> None:
    near = search_area(np.array([[100.0, 100.0, 199.0, 199.0]]), 0.0)
    shapes = gpd.GeoSeries.from_xy([100, 200, 200.001, 150, 99.999], [100, 200, 150, 150, 150])
    assert near.meet(shapes.to_numpy()).tolist() == [True, True, False, True, False]
    assert near.meet(np.array([None, shapely.Point(), point(0, 0)], dtype=object)).tolist() == [
        False,
        False,
        False,
    ]
