"""Cells of rasters: which of them stand for a missing value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.errors import LayerError
from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y

NAN = np.nan


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


def written(path: Path, *bands: list[list[float]], dtype: str = "uint8", **said: Any) -> Path:
    """Write bands of 10 m cells, with what the file says of them."""
    cells = np.array(bands, dtype=dtype)
    profile = {"driver": "GTiff", "count": len(cells), "dtype": dtype, "crs": "EPSG:28992"}
    profile |= {"height": cells.shape[1], "width": cells.shape[2], "nodata": said.get("nodata")}
    place = rasterio.Affine(10, 0, X, 0, -10, Y + 100)
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(path, "w", transform=place, **profile) as raster,
    ):
        for name in ("scales", "offsets", "colorinterp"):
            if name in said:
                setattr(raster, name, said[name])
        raster.write(cells)
        if "mask" in said:
            raster.write_mask(np.array(said["mask"], dtype=bool))
    return path


def values(path: Path, default: float | None = None, **settings: Any) -> list[list[float]]:
    asked = LayerSettings(source=str(path), **settings)
    source = open_source("lden", asked, path.parent, geometry="raster")
    return source.read_grid(None, default).cells.tolist()


def test_nodata_is_that_of_the_study_then_of_the_file_then_of_the_ruleset(tmp_path: Path) -> None:
    plain = written(tmp_path / "plain.tif", [[0, 50, 128, 255]])
    with_nodata = written(tmp_path / "with.tif", [[0, 50, 128, 255]], nodata=0)
    for path, default, study, right in (
        (plain, None, None, [0, 50, 128, 255]),
        (plain, 128, None, [0, 50, NAN, 255]),
        (plain, 128, 255, [0, 50, 128, NAN]),
        (with_nodata, None, None, [NAN, 50, 128, 255]),
        (with_nodata, 128, None, [NAN, 50, 128, 255]),
        (with_nodata, 128, 255, [0, 50, 128, NAN]),
    ):
        np.testing.assert_array_equal(values(path, default, nodata=study), [right])


def test_what_a_mask_or_an_alpha_band_hides_is_missing(tmp_path: Path) -> None:
    masked = written(tmp_path / "mask.tif", [[50, 60, 70]], mask=[[1, 0, 1]])
    np.testing.assert_array_equal(values(masked), [[50, NAN, 70]])
    np.testing.assert_array_equal(values(masked, nodata=70), [[50, NAN, NAN]])
    kinds = [rasterio.enums.ColorInterp.gray, rasterio.enums.ColorInterp.alpha]
    alpha = written(tmp_path / "alpha.tif", [[50, 60, 70]], [[255, 255, 0]], colorinterp=kinds)
    np.testing.assert_array_equal(values(alpha), [[50, 60, NAN]])
    with pytest.raises(LayerError, match="band 2 says which cells are transparent"):
        values(alpha, band=2)


def test_a_value_is_the_cell_times_scale_plus_offset(tmp_path: Path) -> None:
    """Tenths of a dB above 20: 300 is 50 dB. The file's nodata is a cell, the default a value."""
    said = {"scales": (0.1,), "offsets": (20.0,), "dtype": "int16"}
    tenths = written(tmp_path / "tenths.tif", [[300, 405, -32768, 1080]], nodata=-32768, **said)
    np.testing.assert_allclose(values(tenths), [[50, 60.5, NAN, 128]])
    np.testing.assert_allclose(values(tenths, offset=0), [[30, 40.5, NAN, 108]])
    np.testing.assert_allclose(values(tenths, nodata=405), [[50, NAN, -3256.8, 128]])
    bare = written(tmp_path / "bare.tif", [[300, 405, 1080]], **said)
    np.testing.assert_allclose(values(bare, 128), [[50, 60.5, NAN]])
    plain = written(tmp_path / "plain.tif", [[500, 605]], dtype="int16")
    np.testing.assert_allclose(values(plain, scale=0.1), [[50, 60.5]])
    with pytest.raises(LayerError, match=r"times 0\.0 plus 0\.0, which is no value"):
        values(plain, scale=0)


@given(
    st.lists(st.integers(-3000, 3000), min_size=1, max_size=20),
    st.sampled_from([0.5, 0.25, 2.0]),
    st.integers(-8, 8),
)
def test_a_scaled_file_is_the_file_of_its_values(
    tmp_path_factory: pytest.TempPathFactory, cells: list[int], scale: float, offset: int
) -> None:
    folder = tmp_path_factory.mktemp("scaled")
    said = {"scales": (scale,), "offsets": (float(offset),), "dtype": "int16", "nodata": cells[0]}
    scaled = written(folder / "scaled.tif", [cells], **said)
    meant = [cell * scale + offset for cell in cells]
    plain = written(folder / "plain.tif", [meant], dtype="float32", nodata=meant[0])
    np.testing.assert_array_equal(values(scaled), values(plain))


@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")
def test_a_raster_without_a_place_is_refused(tmp_path: Path) -> None:
    kind = {"driver": "GTiff", "width": 2, "height": 2, "count": 1, "dtype": "float32"}
    with rasterio.open(tmp_path / "a.tif", "w", crs="EPSG:28992", **kind) as written:
        written.write(np.ones((1, 2, 2), dtype="float32"))
    source = open_source("noise", LayerSettings(source="a.tif"), tmp_path, geometry="raster")
    with pytest.raises(LayerError, match=r"noise \(a.tif\) does not say where it lies: its geore"):
        source.check_raster()


def test_of_several_bands_the_study_names_one(tmp_path: Path) -> None:
    bands = written(tmp_path / "a.tif", [[1, 2]], [[50, 60]])
    with pytest.raises(LayerError, match=r"holds several bands; .* band = ...: 1 \(gray\), 2 \("):
        values(bands)
    assert values(bands, band=2) == [[50, 60]]
    assert values(bands, band=1) == [[1, 2]]
    kinds = [rasterio.enums.ColorInterp.alpha, rasterio.enums.ColorInterp.gray]
    alpha = written(tmp_path / "b.tif", [[255, 0]], [[50, 60]], colorinterp=kinds)
    np.testing.assert_array_equal(values(alpha), [[50, NAN]])
