"""Keeping other runs out: a lock on a file, which the operating system opens when its holder ends."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flexruimte.errors import OutputError

__all__ = ["lock_file", "this_run"]


def this_run() -> str:
    """Return how other runs know this one: its process, machine and beginning."""
    return f"process {os.getpid()} on {platform.node()}, since {dt.datetime.now(dt.UTC).isoformat(timespec='seconds')}"


@contextmanager
def lock_file(path: Path) -> Iterator[None]:
    """Keep other runs out; the operating system opens the lock when this process ends, however it ends.

    Parameters
    ----------
    path
        Of a file that all runs lock; it is made, and stays.

    Raises
    ------
    OutputError
        When another run holds the lock, or the file cannot be written.
    """
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}; check your rights on the folder"
        ) from None
    with file:
        if not _lock(file):
            file.seek(0)
            holder = file.read().strip() or "somebody"
            raise OutputError(
                f"another run writes to {path.parent}: {holder}; wait until it has ended, or choose another folder with --out"
            )
        file.truncate(0)
        file.write(f"{this_run()}\n")
        file.flush()
        yield


def _lock(file: IO[str]) -> bool:
    """Lock a file if nobody else has."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        file.seek(1_000_000)  # what is locked there cannot be read: not the name of who has it
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # there only
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
