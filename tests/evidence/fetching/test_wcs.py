"""WCS 2.0 and GeoTIFF by ranges: the cells of the file that is served, on its own lattice."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from flexruimte import OutputError, SourceError
from flexruimte.evidence.fetching import geotiff as geotiff_module
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.geotiff import GeoTiff
from flexruimte.evidence.fetching.parts import Parts
from flexruimte.evidence.fetching.rasters import RasterService, fetch_raster
from flexruimte.evidence.fetching.wcs import Wcs
from open_data_server import Server, serving
from sample_services import service

EXTENT = (1000.0, 2000.0, 1600.0, 2400.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """60 by 40 cells of 10 m, each with its own number."""
    path = tmp_path / "hoogte.tif"
    profile = {
        "driver": "GTiff", "width": 60, "height": 40, "count": 1, "dtype": "int32", "crs": "EPSG:28992", "nodata": -1, "tiled": True, "blockxsize": 16,
        "blockysize": 16, "transform": rasterio.Affine(10, 0, 1000, 0, -10, 2400),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as written:
        written.write(np.arange(2400, dtype="int32").reshape(40, 60), 1)
    return path


@pytest.fixture
def server(file: Path) -> Iterator[Server]:
    with serving(
        Server(coverages={"hoogte": file}, files={"hoogte.tif": file.read_bytes()})
    ) as running:
        yield running


def wcs(server: Server, **settings: Any) -> Wcs:
    made = service(
        **{"protocol": "wcs", "address": f"{server.address}/wcs", "layer": "hoogte", **settings}
    )
    return Wcs(made, Client(pause_s=0.01, tries=3, seconds=30), "ahn_dtm")


def geotiff(server: Server, **settings: Any) -> GeoTiff:
    address = f"{server.address}/files/hoogte.tif"
    return GeoTiff(service(protocol="download", address=address, **settings), address, "ahn_dtm")


def fetched(
    raster: RasterService, folder: Path, *windows: tuple[float, float, float, float]
) -> Any:
    parts = Parts(folder / "parts", "q")
    fetch_raster(raster, windows, parts, 2, lambda _: None, "ahn_dtm", None, "whole.tif")
    with rasterio.open(parts.folder / "whole.tif") as found:
        return found.read(1), found.bounds, found.nodata, found.profile


@pytest.mark.parametrize("make", [wcs, geotiff])
def test_the_cells_that_meet_a_window(
    server: Server, tmp_path: Path, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In tiles of 7 cells, so that there are several.
    monkeypatch.setattr("flexruimte.evidence.fetching.rasters._MOST_CELLS", 7)
    values, bounds, nodata, profile = fetched(
        make(server), tmp_path, (1105.0, 2105.0, 1255.0, 2200.0)
    )
    # columns 10 to 25 (1,100 to 1,260), rows from the top: (2,400 - 2,200) / 10 = 20 to 30 (2,100)
    assert tuple(bounds) == (1100.0, 2100.0, 1260.0, 2200.0)
    assert (values == np.arange(2400).reshape(40, 60)[20:30, 10:26]).all()
    assert nodata == -1
    assert profile["dtype"] == "int32"


@pytest.mark.parametrize("make", [wcs, geotiff])
def test_a_window_reaches_no_farther_than_the_raster(
    server: Server, tmp_path: Path, make: Any
) -> None:
    values, bounds, _, _ = fetched(make(server), tmp_path, (0.0, 2350.0, 1050.0, 9000.0))
    assert tuple(bounds) == (1000.0, 2350.0, 1050.0, 2400.0)
    assert values.shape == (5, 5)
    with pytest.raises(SourceError, match="does not reach the municipality"):
        fetched(make(server), tmp_path / "elsewhere", (0.0, 0.0, 10.0, 10.0))


def test_between_windows_cells_are_missing(server: Server, tmp_path: Path) -> None:
    values, _, nodata, _ = fetched(
        wcs(server), tmp_path, (1000.0, 2000.0, 1010.0, 2010.0), (1040.0, 2000.0, 1050.0, 2010.0)
    )
    assert values.tolist() == [[2340, nodata, nodata, nodata, 2344]]


def test_larger_cells(server: Server, tmp_path: Path) -> None:
    values, bounds, _, profile = fetched(
        wcs(server, resolution_m=20), tmp_path, (1000.0, 2300.0, 1100.0, 2400.0)
    )
    assert tuple(bounds) == (1000.0, 2300.0, 1100.0, 2400.0)
    assert values.shape == (5, 5)
    assert profile["transform"].a == 20


def test_the_file_has_the_same_bytes_whenever_it_is_fetched(server: Server, tmp_path: Path) -> None:
    for name in ("one", "other"):
        fetched(wcs(server), tmp_path / name, EXTENT)
    assert (tmp_path / "one/parts/whole.tif").read_bytes() == (
        tmp_path / "other/parts/whole.tif"
    ).read_bytes()


@pytest.mark.parametrize("fault", ["drop", "429", "500", "truncate", "html", "other", "slow"])
def test_a_tile_that_fails_once_is_asked_again(server: Server, tmp_path: Path, fault: str) -> None:
    server.faults = [("GetCoverage", fault)]
    values, _, _, _ = fetched(wcs(server), tmp_path, EXTENT)
    assert (values == np.arange(2400).reshape(40, 60)).all()


@pytest.mark.parametrize(
    ("fault", "why"), [("html", "answers with html and not with a raster"), ("500", "status 500")]
)
def test_a_tile_that_keeps_failing_is_an_error(
    server: Server, tmp_path: Path, fault: str, why: str
) -> None:
    server.always = {"GetCoverage": fault}
    with pytest.raises(SourceError, match=why):
        fetched(wcs(server), tmp_path, EXTENT)
    assert not (tmp_path / "parts" / "whole.tif").exists()


def test_other_cells_than_were_asked_for_are_no_answer(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = server.answer
    monkeypatch.setattr(
        server, "answer", lambda path: answer(path.replace("y(2000.0000", "y(2010.0000"))
    )
    with pytest.raises(
        SourceError,
        match=r"answers with 60 x 39 cells at 1000.00, 2010.00 where 60 x 40 at 1000.00, 2000.00 were asked for",
    ):
        fetched(wcs(server), tmp_path, EXTENT)


def test_a_coverage_that_is_not_there(server: Server) -> None:
    with pytest.raises(SourceError, match="coverageId is wrong"):
        wcs(server, layer="diepte").lattice()


def test_a_file_that_is_not_there(server: Server) -> None:
    made = service(protocol="download", address=f"{server.address}/files/none.tif")
    with pytest.raises(SourceError, match=r"none.tif cannot be read as a raster"):
        GeoTiff(made, made.address, "ahn_dtm").lattice()


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let writing fail where a file would become larger, as it does where a disk is full. [byte]"""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_is_told_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flexruimte.evidence.fetching.rasters._MOST_CELLS", 100)
    path = tmp_path / "noise.tif"
    profile = {
        "driver": "GTiff", "width": 400, "height": 400, "count": 1, "dtype": "float64", "crs": "EPSG:28992",
        "transform": rasterio.Affine(1, 0, 1000, 0, -1, 2400),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as written:
        written.write(np.random.default_rng(1).random((400, 400)), 1)
    # Sixteen tiles of 80 kB each fit; the 1.2 MB that they make together do not.
    with (
        serving(Server(coverages={"hoogte": path})) as running,
        no_file_larger_than(200_000),
        pytest.raises(OutputError, match=r"cannot be written: .*; check the disk"),
    ):
        fetched(wcs(running), tmp_path, (1000.0, 2000.0, 1400.0, 2400.0))
    assert len(list((tmp_path / "parts").glob("*.npy"))) == 16
    assert not list((tmp_path / "parts").glob("*whole*"))
    assert capfd.readouterr().err == ""


def test_a_disk_that_is_full_says_why(server: Server, tmp_path: Path) -> None:
    with (
        no_file_larger_than(5_000),  # 2,400 cells of 4 bytes
        pytest.raises(
            OutputError, match=r"\.npy cannot be written: File too large; check the disk"
        ),
    ):
        fetched(wcs(server), tmp_path, EXTENT)


def test_tiles_that_are_there_are_not_asked_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flexruimte.evidence.fetching.rasters._MOST_CELLS", 20)
    server.always = {"y(2000.0000,2200.0000)": "500"}  # of six tiles the lower three
    with pytest.raises(SourceError):
        fetched(wcs(server), tmp_path, EXTENT)
    whole = {path.name for path in (tmp_path / "parts").glob("*.npy")}
    assert whole
    server.always = {}
    server.asked.clear()
    values, _, _, _ = fetched(wcs(server), tmp_path, EXTENT)
    assert (values == np.arange(2400).reshape(40, 60)).all()
    assert sum("GetCoverage" in asked for asked in server.asked) == 6 - len(whole)


@pytest.mark.parametrize("fault", ["429", "503", "drop"])
def test_a_range_that_fails_once_is_asked_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setitem(geotiff_module._POLITE, "GDAL_HTTP_RETRY_DELAY", "0.05")
    server.faults = [("hoogte.tif", fault)]
    values, _, _, _ = fetched(geotiff(server), tmp_path, EXTENT)
    assert server.faults == []
    assert (values == np.arange(2400).reshape(40, 60)).all()
