"""Rasters that GDAL reads, through rasterio: in RD New and north up, a window at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError
from flexruimte.evidence.sources.base import BaseSource
from flexruimte.evidence.sources.errors import crs_of, reading
from flexruimte.evidence.sources.gdal_options import data_of_rasterio
from flexruimte.evidence.sources.protocol import Window
from flexruimte.kernels.raster import Grid
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import CRS, Booleans, Floats

__all__ = ["RasterSource"]


@dataclass(frozen=True)
class RasterSource(BaseSource):
    """One band of a raster."""

    holds = "read as a raster"
    ignores = (
        "query",
        "layer",
        "where",
        "fields",
        "constants",
        "values",
        "open_options",
        "id",
        "encoding",
        "decimal",
        "unknown_ids",
    )

    @property
    def _layer(self) -> LayerSettings:
        """What the study says, with defaults for what it does not say."""
        settings = self.settings
        return settings if isinstance(settings, LayerSettings) else LayerSettings(source="")

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Open the raster and check that it can be used."""
        data_of_rasterio()
        import rasterio  # where it is used, as it takes long to load

        self.check_presence()
        with (
            reading(self.label, self.address, tool="gdalinfo"),
            self.address.raster_session(),
            rasterio.open(self.address.path) as raster,
        ):
            self._check(raster)
            yield raster

    def _check(self, raster: Any) -> None:
        crs = crs_of(self.label, self.settings.crs or raster.crs)
        if not ProjCRS(CRS).equals(crs, ignore_axis_order=True):
            # A file that other programs wrote may describe RD New without its name or number.
            nameless = crs.is_projected and crs.to_epsg() is None
            known = f'if that is RD New, say so in the study with crs = "{CRS}"; else '
            raise LayerError(
                f"{self.label} is in {crs.to_string()}; rasters are not resampled silently: "
                f"{known if nameless else ''}warp it first, with gdalwarp -t_srs {CRS}"
            )
        band = self._layer.band
        if band > raster.count:
            raise LayerError(f"{self.label} has no band {band}; it has {raster.count}")
        if band in _alpha_bands(raster):
            raise LayerError(
                f"{self.label}: band {band} says which cells are transparent and holds no values; "
                "name the band with the values, with band = ..."
            )
        scale, offset = self._scale(raster)
        if not (np.isfinite([scale, offset]).all() and scale):
            raise LayerError(
                f"{self.label} says that a value is the cell times {scale} plus {offset}, which "
                "is no value; say what holds with scale = ... and offset = ... in the study"
            )
        if raster.transform.is_identity:
            raise LayerError(
                f"{self.label} does not say where it lies: its georeference is missing, which may "
                "stand in a file beside it (.tfw, .aux.xml); put that there, or write it in with "
                "gdal_edit.py -a_ullr"
            )
        if raster.transform.b or raster.transform.d or raster.transform.e >= 0:
            raise LayerError(
                f"{self.label} is rotated or upside down; warp it first, with gdalwarp -t_srs {CRS}"
            )

    def check_raster(self) -> Window:
        """Check that the raster can be used, and return its bounds in RD New.

        Raises
        ------
        SourceError
            When it cannot be read.
        LayerError
            When it is not in RD New, not north up, or has no such band.
        """
        with self._opened() as raster:
            left, bottom, right, top = raster.bounds
        return (float(left), float(bottom), float(right), float(top))

    @cached_property
    def cell_m(self) -> tuple[float, float]:
        """Width and height of a cell. [m]"""
        with self._opened() as raster:
            left, bottom, right, top = raster.bounds
            return float(right - left) / raster.width, float(top - bottom) / raster.height

    def read_grid(self, window: Window | None, nodata: float | None) -> Grid:
        """Read the values of the cells that touch a window, with NaN where one is missing.

        A value is the cell times the scale plus the offset of the study, else of the file. A cell
        is missing where the file's mask or alpha band says so, or where it holds the study's
        nodata, else the file's, else `nodata`.

        Parameters
        ----------
        window
            None reads the whole raster. A window beside the raster gives a grid without cells.
        nodata
            The value that stands for missing where neither the study nor the file names one, in
            the unit of the layer; None is none.

        Raises
        ------
        SourceError
            When the raster cannot be read.
        LayerError
            When the raster is not in RD New or is not north up.
        """
        with self._opened() as raster:
            rows, columns = _cells_touched(raster, window)
            if rows[1] <= rows[0] or columns[1] <= columns[0]:
                values = np.empty((0, 0))
            else:
                values = self._values(raster, (rows, columns), nodata)
            place = raster.transform
            return Grid(values, place.c, place.f, (place.a, -place.e), rows[0], columns[0])

    def has_valid_cell(self, nodata: float | None, low: float, high: float) -> bool:
        """Return whether any cell has a value between two bounds.

        Reads block by block and stops at the first such cell.
        """
        with self._opened() as raster:
            for _, block in raster.block_windows(self._layer.band):
                values = self._values(raster, block, nodata)
                if ((values >= low) & (values <= high)).any():
                    return True
        return False

    def _scale(self, raster: Any) -> tuple[float, float]:
        """Return by what a cell is multiplied, and what is added then."""
        settings, position = self._layer, self._layer.band - 1
        scale = raster.scales[position] if settings.scale is None else settings.scale
        offset = raster.offsets[position] if settings.offset is None else settings.offset
        return float(scale), float(offset)

    def _values(self, raster: Any, window: Any, nodata: float | None) -> Floats:
        """Return the values of a window, NaN where they are missing. (rows, columns) float64"""
        settings = self._layer
        cells: Floats = raster.read(settings.band, window=window, out_dtype="float64")
        named = raster.nodatavals[settings.band - 1] if settings.nodata is None else settings.nodata
        missing = np.zeros(cells.shape, bool) if named is None else _stand_for(named, cells)
        if "per_dataset" in {flag.name for flag in raster.mask_flag_enums[settings.band - 1]}:
            missing |= raster.read_masks(settings.band, window=window) == 0
        for alpha in _alpha_bands(raster):
            missing |= raster.read(alpha, window=window) == 0
        scale, offset = self._scale(raster)
        values = cells if (scale, offset) == (1.0, 0.0) else cells * scale + offset
        if named is None and nodata is not None:
            missing |= _stand_for(nodata, values)
        values[missing] = np.nan
        return values


def _alpha_bands(raster: Any) -> list[int]:
    """Return the numbers of the bands that say which cells are transparent."""
    return [band for band, kind in enumerate(raster.colorinterp, 1) if kind.name == "alpha"]


def _cells_touched(raster: Any, window: Window | None) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first row and column that touch a window, and those behind the last.

    One cell more is taken on each side: what is said of a cell may depend on the cells around it.
    """
    if window is None:
        return (0, raster.height), (0, raster.width)
    from rasterio.windows import from_bounds

    wanted = from_bounds(*window, transform=raster.transform)
    rows = (
        max(int(np.floor(wanted.row_off)) - 1, 0),
        min(int(np.ceil(wanted.row_off + wanted.height)) + 1, raster.height),
    )
    columns = (
        max(int(np.floor(wanted.col_off)) - 1, 0),
        min(int(np.ceil(wanted.col_off + wanted.width)) + 1, raster.width),
    )
    return rows, columns


def _stand_for(missing: float, values: Floats) -> Booleans:
    """Return which cells have the value that stands for missing, which may be rounded.

    Takes half the time of numpy's own `isclose`.
    """
    return (
        np.abs(values - missing) <= 1e-6 * abs(missing)
        if np.isfinite(missing)
        else values == missing
    )
