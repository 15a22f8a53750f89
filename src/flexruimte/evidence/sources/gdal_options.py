"""The only place where evidence changes how the GDAL in pyogrio and in rasterio behaves."""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import pyogrio

from flexruimte.errors import printable, redacted

__all__ = ["data_of_rasterio", "gdal_options", "open_options_of", "opened_by_gdal"]


_LOGGERS: Final = {
    "pyogrio": ("", "_env", "_err", "_io", "_vsi"),
    "rasterio": ("", "_base", "_env", "_err", "_filepath", "_io", "_warp", "env", "io", "session"),
}


@cache
def data_of_rasterio() -> None:
    """Let rasterio find the data of its own GDAL and PROJ, before it is imported.

    Other programs, such as QGIS or a database, set these variables for theirs, of another version;
    then rasterio knows no coordinate reference system. Where its package brings no data of its own,
    as in conda, the variables are meant for it and stay.
    """
    package = importlib.util.find_spec("rasterio")
    folder = Path(package.origin).parent if package and package.origin else Path()
    for own, names in (("proj_data", ("PROJ_DATA", "PROJ_LIB")), ("gdal_data", ("GDAL_DATA",))):
        if package and (folder / own).is_dir():
            for name in names:
                os.environ.pop(name, None)


def opened_by_gdal(path: str) -> str:
    """Return what GDAL is told to open for a path: of a text file that it is a table.

    GDAL takes a table for one by its name alone, and by `.txt` it does not.

    Examples
    --------
    >>> opened_by_gdal("/vsizip/gtfs.zip/stops.txt"), opened_by_gdal("stops.csv")
    ('CSV:/vsizip/gtfs.zip/stops.txt', 'stops.csv')
    """
    return f"CSV:{path}" if path.lower().endswith(".txt") else path


def open_options_of(path: str) -> dict[str, str]:
    """Return what GDAL is told where it opens a path, and a study says nothing else.

    The first row of a spreadsheet is its header: of a sheet in which all is text GDAL takes it for
    a row like the others.

    Examples
    --------
    >>> open_options_of("owners.xlsx"), open_options_of("owners.csv")
    ({'HEADERS': 'FORCE'}, {})
    """
    return {"HEADERS": "FORCE"} if path.lower().endswith((".xlsx", ".ods")) else {}


class _WithoutSecrets(logging.Filter):
    """Lets records pass without passwords, keys, and what a terminal would obey."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = printable(redacted(record.getMessage())), ()
        return True


def _keep_secrets() -> None:
    """Let no address with a key in it reach a log or a terminal by way of GDAL.

    Loggers pass on what others log below them without asking their own filters, so each has its
    own. Of warnings Python knows no such filter: those of pyogrio that name an address are silent.
    They say of files that are read all the same that their name ends unusually.
    """
    without = _WithoutSecrets()
    for package, modules in _LOGGERS.items():
        for module in modules:
            logging.getLogger(f"{package}.{module}".rstrip(".")).addFilter(without)
    # Shapes are made flat anyhow; that measures along a line are dropped first is nobody's trouble.
    warnings.filterwarnings("ignore", message="Measured .M. geometry types", module=r"pyogrio\b")
    # What has no place is refused, by the one who opens it.
    warnings.filterwarnings("ignore", message="Dataset has no geotransform", module=r"rasterio\b")
    warnings.filterwarnings(
        "ignore", message=r"(?s).*(?:://|/vsi|password|token)", module=r"pyogrio\b"
    )


_keep_secrets()

# A GML file names where its schema is, and GDAL would ask there: the study names what is read.
pyogrio.set_gdal_config_options({"GML_DOWNLOAD_SCHEMA": "NO"})

_changed = threading.Condition()
_in_force: dict[str, str] = {}
_before: dict[str, str | bool | int | None] = {}
_readers = 0


@contextmanager
def gdal_options(options: Mapping[str, str]) -> Iterator[None]:
    """Set options of GDAL for as long as something is read.

    pyogrio can set options for the whole process only: neither GDAL's options of one thread nor
    those of one path are within its reach. So the first reader sets them and the last one takes
    them back; readers that ask for the same share them, and one that asks for others waits.

    Parameters
    ----------
    options
        By name; without any nothing is set and nobody waits.

    Examples
    --------
    >>> with gdal_options({"AWS_S3_ENDPOINT": "localhost:9000"}):
    ...     pyogrio.get_gdal_config_option("AWS_S3_ENDPOINT")
    'localhost:9000'
    """
    global _readers
    if not options:
        yield
        return
    with _changed:
        _changed.wait_for(lambda: _readers == 0 or _in_force == options)
        if _readers == 0:
            _in_force.update(options)
            # What the environment says is in force by itself, once the option is taken back.
            _before.update(
                {
                    name: None if name in os.environ else pyogrio.get_gdal_config_option(name)
                    for name in options
                }
            )
            pyogrio.set_gdal_config_options(dict(options))
        _readers += 1
    try:
        yield
    finally:
        with _changed:
            _readers -= 1
            if _readers == 0:
                pyogrio.set_gdal_config_options(dict(_before))
                _in_force.clear()
                _before.clear()
                _changed.notify_all()
