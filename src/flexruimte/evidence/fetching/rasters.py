"""Rasters in tiles: from a WCS 2.0 or out of a GeoTIFF on the web, put together as one file."""

from __future__ import annotations

import io
import json
import math
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from flexruimte.errors import OutputError, SourceError
from flexruimte.evidence.fetching.parts import Parts
from flexruimte.evidence.fetching.tiled import Progress, Told, in_tiles
from flexruimte.evidence.fetching.tiles import Tile, Window
from flexruimte.evidence.sources.gdal_errors import without_lines_of_libtiff
from flexruimte.evidence.sources.gdal_options import data_of_rasterio
from flexruimte.vocabulary import CRS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cells", "Lattice", "RasterService", "cells_in_rd", "fetch_raster"]

_MOST_CELLS: Final = 2000
"""Cells along a side of a tile, at most."""


@dataclass(frozen=True)
class Lattice:
    """Where the cells of a raster are: of which size, from which corner on, and how far."""

    cell_m: float
    left: float
    """A side of a column of cells, from which columns are counted. [m]"""
    top: float
    extent: Window
    """What the raster speaks of. [m]"""

    def span(self, window: Window) -> tuple[int, int, int, int]:
        """Return the first column and row that meet a window, and those behind the last."""
        left, bottom, right, top = (
            max(window[0], self.extent[0]),
            max(window[1], self.extent[1]),
            min(window[2], self.extent[2]),
            min(window[3], self.extent[3]),
        )
        nearly = 1e-6
        return (
            math.floor((left - self.left) / self.cell_m + nearly),
            math.floor((self.top - top) / self.cell_m + nearly),
            math.ceil((right - self.left) / self.cell_m - nearly),
            math.ceil((self.top - bottom) / self.cell_m - nearly),
        )

    def window(self, columns: tuple[int, int], rows: tuple[int, int]) -> Window:
        """Return the window of some columns and rows. [m]"""
        return (
            self.left + columns[0] * self.cell_m,
            self.top - rows[1] * self.cell_m,
            self.left + columns[1] * self.cell_m,
            self.top - rows[0] * self.cell_m,
        )


@dataclass(frozen=True)
class Cells:
    """What cells hold, apart from their values."""

    kind: str
    """As numpy names it."""
    nodata: float | None
    scale: float = 1.0
    offset: float = 0.0


class RasterService(Protocol):
    """A service or file that is asked for the cells in a window."""

    def query(self, window: Window) -> str:
        """Return the address that a window is asked for with, for the record."""

    def lattice(self) -> Lattice:
        """Return where its cells are; SourceError where that cannot be told."""

    def read(self, window: Window, shape: tuple[int, int]) -> tuple[NDArray[Any], Cells]:
        """Return the cells of a window of whole cells, as rows and columns.

        Raises
        ------
        SourceError
            When the service does not give just these.
        """


def fetch_raster(
    service: RasterService,
    windows: Sequence[Window],
    parts: Parts,
    at_once: int,
    told: Told,
    label: str,
    nodata: float | None,
    name: str,
) -> None:
    """Fetch the cells in some windows and write them as one cloud-optimised GeoTIFF.

    Parameters
    ----------
    windows
        In RD New. [m]
    nodata
        The cell that stands for missing, where the service does not say it.
    name
        Of the part that is the file.

    Raises
    ------
    SourceError
        When the service does not give all of it.
    OutputError
        When the file cannot be written.
    """
    lattice = service.lattice()
    spans = [span for span in map(lattice.span, windows) if span[0] < span[2] and span[1] < span[3]]
    if not spans:
        raise SourceError(f"{label}: the raster of the service does not reach the municipality")
    tiles = {
        f"{number}-{row}-{column}.npy": (
            (column, min(column + _MOST_CELLS, last_column)),
            (row, min(row + _MOST_CELLS, last_row)),
        )
        for number, (first_column, first_row, last_column, last_row) in enumerate(spans)
        for row in range(first_row, last_row, _MOST_CELLS)
        for column in range(first_column, last_column, _MOST_CELLS)
    }
    came_in: dict[str, int] = {}

    def fetch(tile: Tile) -> list[Tile]:
        if not parts.has(tile.name):
            columns, rows = tiles[tile.name]
            shape = rows[1] - rows[0], columns[1] - columns[0]
            values, cells = service.read(tile.window, shape)
            with parts.file(f"{tile.name}.json") as file:
                file.write_text(json.dumps(asdict(cells)), encoding="utf-8")
            packed = io.BytesIO()
            np.save(packed, values)
            with parts.file(tile.name) as file:
                # numpy itself would not say why a file cannot be written.
                file.write_bytes(packed.getbuffer())
            came_in[tile.name] = values.size
        return []

    def tell(done: int, total: int) -> None:
        told(Progress(done, total, sum(came_in.values())))

    asked = [Tile(key, lattice.window(*place)) for key, place in tiles.items()]
    in_tiles(asked, fetch, at_once, tell)
    cells = Cells(**json.loads((parts.folder / f"{min(tiles)}.json").read_text("utf-8")))
    with parts.file(name) as path:
        _write(parts, tiles, spans, lattice, cells, nodata, path)


def _write(
    parts: Parts,
    tiles: dict[str, tuple[tuple[int, int], tuple[int, int]]],
    spans: Sequence[tuple[int, int, int, int]],
    lattice: Lattice,
    cells: Cells,
    nodata: float | None,
    path: Path,
) -> None:
    data_of_rasterio()
    import rasterio  # where it is used, as it takes long to load
    from rasterio._err import CPLE_BaseError  # what a copy raises is no error of rasterio's own
    from rasterio.shutil import copy
    from rasterio.windows import Window as RasterWindow

    without_lines_of_libtiff()
    first_column, first_row = (min(span[at] for span in spans) for at in (0, 1))
    width = max(span[2] for span in spans) - first_column
    height = max(span[3] for span in spans) - first_row
    filled = sum((span[2] - span[0]) * (span[3] - span[1]) for span in spans)
    kind, missing = _with_missing(cells, nodata, has_gaps=filled < width * height)
    mosaic = path.with_name(f"{path.name}-mosaic.tif")
    left, _, _, top = lattice.window((first_column, first_column), (first_row, first_row))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            with rasterio.open(
                mosaic,
                "w",
                driver="GTiff",
                width=width,
                height=height,
                count=1,
                dtype=kind,
                crs=CRS,
                nodata=missing,
                transform=rasterio.Affine(lattice.cell_m, 0, left, 0, -lattice.cell_m, top),
                tiled=True,
                compress="DEFLATE",
                BIGTIFF="IF_SAFER",
            ) as file:
                if (cells.scale, cells.offset) != (1.0, 0.0):
                    file.scales, file.offsets = (cells.scale,), (cells.offset,)
                for name, (columns, rows) in tiles.items():
                    values = np.load(parts.folder / name)
                    place = RasterWindow(
                        columns[0] - first_column, rows[0] - first_row, *values.shape[::-1]
                    )
                    file.write(values.astype(kind, copy=False), 1, window=place)
            copy(mosaic, path, driver="COG", compress="DEFLATE", overviews="NONE")
    except (rasterio.errors.RasterioError, CPLE_BaseError) as error:
        raise OutputError(
            f"{path} cannot be written: {error}; check the disk and your rights on the folder"
        ) from error
    finally:
        mosaic.unlink(missing_ok=True)


def _with_missing(
    cells: Cells, nodata: float | None, *, has_gaps: bool
) -> tuple[str, float | None]:
    """Return the kind of cells that can hold what is missing, and the value that says so.

    Between windows that are apart cells are missing, and something must say so.
    """
    missing = cells.nodata if cells.nodata is not None else nodata
    kind = np.dtype(cells.kind)
    if missing is not None or (kind.kind != "f" and not has_gaps):
        return cells.kind, missing
    if kind.kind == "f":
        return cells.kind, math.nan
    return ("float32" if kind.itemsize <= 2 else "float64"), math.nan


def cells_in_rd(dataset: Any, label: str, nodata: float | None) -> Cells:
    """Return what the cells of an open raster hold.

    Raises
    ------
    SourceError
        When it is not in RD New.
    """
    crs = dataset.crs
    if crs is not None and crs.to_epsg() not in (28992, 7415) and "RD" not in crs.to_wkt():
        raise SourceError(
            f"{label}: the raster is in {crs.to_string()} and not in RD New; "
            "take another service of the dataset"
        )
    said = dataset.nodata
    return Cells(
        dataset.dtypes[0],
        float(said) if said is not None else nodata,
        float(dataset.scales[0]),
        float(dataset.offsets[0]),
    )
