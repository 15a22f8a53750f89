"""Cells of rasters: which of them stand for a missing value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y


@pytest.mark.parametrize("missing", [-3.4028234663852886e38, -9999.0, 0.0, np.inf, np.nan])
def test_cells_that_stand_for_missing_are_those_that_numpy_calls_close(
    tmp_path: Path, missing: float
) -> None:
    values = np.array(
        [
            [
                missing,
                missing * (1 + 5e-7),
                missing * 1.001,
                0.0,
                -0.0,
                12.5,
                np.inf,
                -np.inf,
                np.nan,
                -9998.0,
            ]
        ]
    )
    path = tmp_path / "values.tif"
    place = rasterio.transform.Affine(1.0, 0.0, X, 0.0, -1.0, Y)
    shape = {"width": values.shape[1], "height": 1, "count": 1}
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float64", crs="EPSG:28992", transform=place, **shape
    ) as file:
        file.write(values, 1)
    found = (
        open_source("values", LayerSettings(source=str(path)), tmp_path, geometry="raster")
        .read_grid(None, missing)
        .cells
    )
    expected = np.where(np.isclose(values, missing, rtol=1e-6, atol=0), np.nan, values)
    np.testing.assert_array_equal(found, expected)
