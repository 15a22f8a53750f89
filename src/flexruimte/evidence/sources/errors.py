"""Where the errors of GDAL, GEOS, PROJ, SQLite, Arrow and pandas become errors of this library."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pyproj import CRS as ProjCRS
from pyproj.exceptions import ProjError

from flexruimte.errors import FlexruimteError, LayerError, SourceError
from flexruimte.evidence.sources.addresses import Address
from flexruimte.evidence.sources.protocol import Source

__all__ = ["crs_of", "reading", "reading_of"]

_ADVICE: Final = tuple(
    map(
        re.compile,
        (
            r"[.;]?\s*It might help to specify the correct driver.*",
            r"\.?\s*Set SHAPE_RESTORE_SHX config option.*",
            r"; In file \S+, at line \d+",
            r"^libduckdb\S*:.*?(?=;|$)",
        ),
    )
)
"""What libraries advise that cannot be done in a study, or that is beside the point."""


@contextmanager
def reading(label: str, address: Address, tool: str = "ogrinfo") -> Iterator[None]:
    """Turn whatever is raised while a source is read into a SourceError.

    The message names the layer and the file, what the library said, and what to do. Of damaged
    input libraries raise what they did not foresee either, an IndexError or a KeyError, so no list
    of classes would be complete; the first error stays the cause, which `--debug` shows. Lack of
    memory is no fault of the source and passes unchanged, as do errors of this library.

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
    except (FlexruimteError, MemoryError):
        raise
    except Exception as error:
        raise SourceError(
            f"{label} cannot be read: {_said(error)}; {address.remedy(tool)}"
        ) from error


def _said(error: Exception) -> str:
    """Return what an error says, in one line; rasterio says what happened in the cause alone."""
    first = error.__cause__ if "previous exception" in str(error) and error.__cause__ else error
    said = (str(first).strip().splitlines() or [""])[0]
    for advice in _ADVICE:
        said = advice.sub("", said)
    said = said.rstrip(" .;")
    if not said or isinstance(first, LookupError | TypeError | AttributeError | AssertionError):
        said = f"{type(first).__name__} {said}".strip()
    return textwrap.shorten(said, 300, placeholder=" ...")


@contextmanager
def reading_of(source: Source) -> Iterator[None]:
    """Turn whatever is raised while a source is read and its rows are made usable, as `reading`.

    Raises
    ------
    SourceError
        When the source cannot be read.
    """
    if not source.in_memory:
        with reading(source.label, source.address):
            yield
        return
    try:
        yield
    except (FlexruimteError, MemoryError):
        raise
    except Exception as error:
        raise LayerError(
            f"{source.label} cannot be used: {_said(error)}; correct the rows before they are given"
        ) from error


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
        crs = ProjCRS.from_user_input(named)
    except ProjError:
        raise LayerError(
            f"{label}: '{named}' is not a coordinate reference system; write it as in {remedy}"
        ) from None
    if crs.geodetic_crs is None:  # of a building site, or of heights alone
        raise LayerError(
            f"{label}: coordinate reference system '{crs.name}' says nothing of where on earth; "
            f"if the coordinates are in RD New, say so in the study: {remedy}"
        )
    return crs
