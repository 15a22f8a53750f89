"""Where the errors of GDAL, GEOS, PROJ, SQLite, Arrow and pandas become errors of this library."""

from __future__ import annotations

import sqlite3
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyogrio.errors
import shapely
from pyproj import CRS as ProjCRS
from pyproj.exceptions import ProjError

from flexruimte.errors import LayerError, SourceError
from flexruimte.evidence.sources.addresses import Address

__all__ = ["crs_of", "reading"]


def _faults() -> tuple[type[Exception], ...]:
    """Return what libraries raise when a source cannot be read."""
    import rasterio.errors  # only when something is wrong, as rasterio takes long to load

    return (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        rasterio.errors.RasterioError,
        shapely.errors.ShapelyError,
        ProjError,
        sqlite3.Error,
        pa.ArrowException,
        OSError,
        # Readers of text and of numbers raise these: pandas, rasterio's CRS, UnicodeDecodeError.
        ValueError,
        OverflowError,
    )


@contextmanager
def reading(label: str, address: Address, tool: str = "ogrinfo") -> Iterator[None]:
    """Turn what a library raises while a source is read into a SourceError.

    The message names the layer and the file, what the library said, and what to do. Lack of memory
    is no fault of the source and passes unchanged, as do errors of this library.

    Parameters
    ----------
    label
        How messages call the source.
    address
        Where the source is; it knows the remedy.
    tool
        The program of GDAL that shows what is in such a file.

    Raises
    ------
    SourceError
        When the source cannot be read.
    """
    try:
        yield
    except _faults() as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        short = textwrap.shorten(said.rstrip(" ."), 300, placeholder=" ...")
        raise SourceError(f"{label} cannot be read: {short}; {address.remedy(tool)}") from None


def crs_of(label: str, named: object) -> ProjCRS:
    """Return the coordinate reference system of a source.

    Parameters
    ----------
    label
        How messages call the source.
    named
        What the study or the source says it is, in any form that PROJ knows; None is nothing said.

    Raises
    ------
    LayerError
        When nothing is said, or PROJ does not know it.
    """
    remedy = 'crs = "EPSG:28992"'
    if named is None:
        raise LayerError(
            f"{label} has no coordinate reference system; say which in the study: {remedy}"
        )
    try:
        return ProjCRS.from_user_input(named)
    except ProjError:
        raise LayerError(
            f"{label}: '{named}' is not a coordinate reference system; write it as in {remedy}"
        ) from None
