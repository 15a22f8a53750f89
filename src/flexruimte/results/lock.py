"""Keeping other runs out of a folder: a lock that is open as soon as its holder ends."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from flexruimte.errors import OutputError

__all__ = ["lock_file", "refuse_link", "this_run"]


def this_run() -> str:
    """Return how other runs know this one: its process, machine and beginning."""
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return f"process {os.getpid()} on {platform.node()}, since {since}"


def refuse_link(path: Path, option: str = "--out") -> None:
    """Refuse a symbolic link where a run makes a file or folder of its own: it leads elsewhere.

    Parameters
    ----------
    option
        With which another folder is chosen.

    Raises
    ------
    OutputError
        When there is one.
    """
    if path.is_symlink():
        raise OutputError(
            f"{path} is a symbolic link, and a run does not write through it; "
            f"remove it, or choose another folder with {option}"
        )


@contextmanager
def lock_file(path: Path, option: str = "--out") -> Iterator[None]:
    """Keep other runs out for as long as the `with` block, or this process, lasts.

    Parameters
    ----------
    path
        Of a file that all runs lock; it is made, and stays. Beside it, in a file of that name with
        `.holder` behind it, stands who has the lock: what is locked cannot be read on Windows.
    option
        With which another folder is chosen.

    Raises
    ------
    OutputError
        When another run holds the lock, or the file cannot be written.
    """
    lock, holder = FileLock(path, timeout=0), path.with_name(f"{path.name}.holder")
    for own in (path, holder):
        refuse_link(own, option)
    try:
        lock.acquire()
        holder.write_text(this_run(), encoding="utf-8")
    except Timeout:
        raise OutputError(
            f"another run writes to {path.parent}: {_content(holder) or 'somebody'}; "
            f"wait until it has ended, or choose another folder with {option}"
        ) from None
    except OSError as error:
        lock.release()
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}; check your rights on the folder"
        ) from None
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:  # it was locked or opened at this very moment
        return ""
