"""A GeoTIFF on the web, of which only the parts that are asked for are read, by ranges of bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import numpy as np

from flexruimte.errors import SourceError
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.fetching.rasters import Cells, Lattice, cells_in_rd
from flexruimte.evidence.fetching.tiles import Window
from flexruimte.evidence.sources.gdal_options import data_of_rasterio

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GeoTiff", "is_geotiff"]

_POLITE: Final = {
    "GDAL_HTTP_MAX_RETRY": "4",
    "GDAL_HTTP_RETRY_DELAY": "1",
    "GDAL_HTTP_TIMEOUT": "300",
    "GDAL_HTTP_LOW_SPEED_TIME": "60",
    "GDAL_HTTP_LOW_SPEED_LIMIT": "1",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".tif,.tiff",
}


def is_geotiff(address: str) -> bool:
    """Return whether an address is that of a GeoTIFF, by its name."""
    return urlsplit(address).path.lower().endswith((".tif", ".tiff"))


class GeoTiff:
    """A GeoTIFF behind a web address or on this machine.

    Parameters
    ----------
    service
        Says the size of the cells, where other ones than those of the file are asked for.
    path
        What GDAL opens.
    label
        How messages call what is fetched.
    """

    def __init__(self, service: Service, path: str, label: str) -> None:
        self._service, self._path, self._label = service, path, label

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        data_of_rasterio()
        import rasterio
        from rasterio.session import DummySession

        is_web = self._path.startswith(("http://", "https://"))
        try:
            with (
                rasterio.Env(session=DummySession(), **_POLITE),
                rasterio.open(f"/vsicurl/{self._path}" if is_web else self._path) as dataset,
            ):
                yield dataset
        except rasterio.errors.RasterioError as error:
            raise SourceError(
                f"{self._label}: {self._service.address} cannot be read as a raster "
                f"({str(error).splitlines()[0] if str(error) else 'no answer'}); "
                "see whether it is there, and give the command again"
            ) from error

    def query(self, window: Window) -> str:
        """Return the address of the file."""
        del window
        return self._service.address

    def lattice(self) -> Lattice:
        """Return the cells of the file; of the size that is asked for where that differs."""
        with self._opened() as dataset:
            transform = dataset.transform
            if transform.b or transform.d or abs(transform.a + transform.e) > 1e-9 * transform.a:
                raise SourceError(
                    f"{self._label}: the cells of {self._service.address} are no upright squares; "
                    "take another service of the dataset"
                )
            cells_in_rd(dataset, self._label, None)
            cell_m = self._service.resolution_m or transform.a
            return Lattice(cell_m, transform.c, transform.f, tuple(dataset.bounds))

    def read(self, window: Window, shape: tuple[int, int]) -> tuple[NDArray[Any], Cells]:
        """Return the cells of a window; of another size than the file's, those nearest by."""
        from rasterio.windows import Window as RasterWindow

        with self._opened() as dataset:
            cells = cells_in_rd(dataset, self._label, self._service.nodata)
            fill = cells.nodata if cells.nodata is not None else self._fill(cells)
            values = dataset.read(
                1,
                window=RasterWindow(
                    (window[0] - dataset.transform.c) / dataset.transform.a,
                    (dataset.transform.f - window[3]) / dataset.transform.a,
                    (window[2] - window[0]) / dataset.transform.a,
                    (window[3] - window[1]) / dataset.transform.a,
                ),
                out_shape=shape,
                boundless=self._reaches_beyond(window, tuple(dataset.bounds)),
                fill_value=fill,
            )
        return np.asarray(values), cells

    @staticmethod
    def _fill(cells: Cells) -> float:
        return math.nan if np.dtype(cells.kind).kind == "f" else 0.0

    @staticmethod
    def _reaches_beyond(window: Window, bounds: tuple[float, ...]) -> bool:
        return (
            window[0] < bounds[0] - 1e-6
            or window[1] < bounds[1] - 1e-6
            or window[2] > bounds[2] + 1e-6
            or window[3] > bounds[3] + 1e-6
        )
