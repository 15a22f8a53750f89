"""The only place where evidence changes the options of the GDAL in pyogrio."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pyogrio

__all__ = ["gdal_options"]

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
