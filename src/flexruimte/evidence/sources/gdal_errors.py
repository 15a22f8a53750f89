"""What GDAL says went wrong where pyogrio does not ask, as when it counts features.

GDAL prints such an error and goes on, with the features before it. Its own count of errors, one per
thread, tells; what it would print is kept from the screen.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final

import pyogrio._io

__all__ = ["GdalError", "errors_of_gdal", "without_lines_of_libtiff"]

_FAILURE: Final = 3
"""`CE_Failure` of GDAL's CPLErr; a warning is 2. https://gdal.org/api/cpl.html"""


class GdalError(Exception):
    """An error that GDAL printed."""


def _loaded() -> Any | None:
    """Return the library of GDAL in pyogrio, with its errors off the screen; None without it.

    The functions of a library are found through the module that is linked to it, but on Windows.
    """
    try:
        library = ctypes.CDLL(pyogrio._io.__file__)
        library.CPLSetErrorHandler(library.CPLQuietErrorHandler)
        library.CPLGetErrorCounter.restype = ctypes.c_uint32
        library.CPLGetLastErrorMsg.restype = ctypes.c_char_p
    except (OSError, AttributeError):
        return None
    return library


_gdal: Final = _loaded()


@contextmanager
def errors_of_gdal() -> Iterator[None]:
    """Raise what GDAL said went wrong in this thread, though what was called returned.

    Raises
    ------
    GdalError
        With the last of what it said.

    Examples
    --------
    >>> with errors_of_gdal():
    ...     pass
    """
    if _gdal is None:
        yield
        return
    _gdal.CPLErrorReset()
    yield
    if _gdal.CPLGetErrorCounter() and _gdal.CPLGetLastErrorType() >= _FAILURE:
        said = _gdal.CPLGetLastErrorMsg().decode("utf-8", "replace")
        _gdal.CPLErrorReset()
        raise GdalError(said)


@cache
def without_lines_of_libtiff() -> None:
    """Let libtiff in rasterio print nothing of what it could not write: rasterio raises it.

    On a disk that is full it would print a line for each block that does not fit.
    """
    import rasterio._io  # where it is used, as it takes long to load

    with suppress(OSError, AttributeError):  # another build, whose functions cannot be found
        ctypes.CDLL(rasterio._io.__file__).TIFFSetErrorHandler(None)
