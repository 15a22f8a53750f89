"""What no source of a virtual raster covers is missing, and not 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y

NAN = np.nan


def tile(path: Path, cells: list[list[int]], nodata: float | None = None) -> None:
    """Write cells of 10 m."""
    grid = np.array(cells, dtype="uint8")
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": "EPSG:28992"}
    profile |= {"height": grid.shape[0], "width": grid.shape[1], "nodata": nodata}
    with rasterio.open(
        path, "w", transform=rasterio.Affine(10, 0, X, 0, -10, Y + 10), **profile
    ) as raster:
        raster.write(grid, 1)


def mosaic(path: Path, *sources: str, nodata: str = "", width: int = 4) -> Path:
    """Write a virtual raster of one row; each source takes two cells, from west to east."""
    kinds = "".join(
        f'<ComplexSource><SourceFilename relativeToVRT="1">{name}</SourceFilename>'
        f'<SourceBand>1</SourceBand><SrcRect xOff="0" yOff="0" xSize="2" ySize="1"/>'
        f'<DstRect xOff="{2 * position}" yOff="0" xSize="2" ySize="1"/>'
        "<NODATA>9</NODATA></ComplexSource>"
        for position, name in enumerate(sources)
    )
    path.write_text(
        f'<VRTDataset rasterXSize="{width}" rasterYSize="1"><SRS>EPSG:28992</SRS>'
        f"<GeoTransform>{X},10,0,{Y + 10},0,-10</GeoTransform>"
        f'<VRTRasterBand dataType="Byte" band="1">{nodata}{kinds}</VRTRasterBand></VRTDataset>'
    )
    return path


def values(path: Path, default: float | None = None, **settings: float) -> list[list[float]]:
    asked = LayerSettings(source=path.name, **settings)
    source = open_source("depth", asked, path.parent, geometry="raster")
    return source.read_grid(None, default).cells.tolist()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tile(tmp_path / "west.tif", [[0, 50]])
    tile(tmp_path / "hole.tif", [[9, 60]])
    return tmp_path


def test_what_no_source_covers_is_missing(folder: Path) -> None:
    found = values(mosaic(folder / "a.vrt", "west.tif"))
    np.testing.assert_array_equal(found, [[0, 50, NAN, NAN]])


def test_what_a_source_leaves_out_is_missing(folder: Path) -> None:
    found = values(mosaic(folder / "a.vrt", "west.tif", "hole.tif"))
    np.testing.assert_array_equal(found, [[0, 50, NAN, 60]])


def test_a_mosaic_of_mosaics(folder: Path) -> None:
    mosaic(folder / "a.vrt", "hole.tif")
    found = values(mosaic(folder / "b.vrt", "a.vrt", "west.tif", width=6))
    np.testing.assert_array_equal(found, [[NAN, 60, 0, 50, NAN, NAN]])


def test_the_nodata_of_the_mosaic_the_study_and_the_ruleset_hold(folder: Path) -> None:
    named = mosaic(folder / "a.vrt", "west.tif", nodata="<NoDataValue>50</NoDataValue>")
    np.testing.assert_array_equal(values(named), [[0, NAN, NAN, NAN]])
    bare = mosaic(folder / "b.vrt", "west.tif")
    np.testing.assert_array_equal(values(bare, nodata=50.0), [[0, NAN, NAN, NAN]])
    np.testing.assert_array_equal(values(bare, 50), [[0, NAN, NAN, NAN]])


def test_a_mosaic_that_covers_all_is_read_as_it_is(folder: Path) -> None:
    assert values(mosaic(folder / "a.vrt", "west.tif", "west.tif")) == [[0, 50, 0, 50]]
