"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flexruimte.errors import OutputError

__all__ = ["atomic_write", "is_partial", "remove_leftovers", "switched_together"]

_PREFIX = ".partial-"


@contextmanager
def atomic_write(path: str | Path, *, durable: bool = True) -> Iterator[Path]:
    """Give a temporary path to write to, which takes the real name when all went well.

    Else it is removed. The temporary file lies in the same folder, so that the last step is one
    rename, and has the same ending, as GDAL goes by it.

    Parameters
    ----------
    path
        What the file is to be called. A file of that name is replaced.
    durable
        Whether the file must outlast a loss of power, which takes some 10 ms for the disk. A file
        that only saves time, and that is known by its content to be whole, need not.

    Raises
    ------
    OutputError
        When the folder does not exist or the file cannot be written.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise OutputError(
            f"{path} cannot be written: there is no folder {path.parent}; make it first"
        )
    partial = path.with_name(f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}-{path.name}")
    try:
        yield partial
        if durable:
            _flush(partial)
        os.replace(partial, path)  # noqa: PTH105 - says what it does: in one step, over what was there
        if durable:
            _flush_folder(path.parent)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}; "
            "check the disk and your rights on the folder"
        ) from error
    finally:
        # SQLite keeps a journal beside the file.
        for leftover in path.parent.glob(f"{partial.name}*"):
            leftover.unlink(missing_ok=True)


@contextmanager
def switched_together(folder: Path) -> Iterator[Path]:
    """Give a folder to write files to, which all go to the real one when all went well.

    Else none does, and what was there stays. The last step is one rename per file, of files that
    are on the disk already; a process that is killed between two renames leaves both kinds, so that
    somebody must note beforehand that the folder is not done.

    Parameters
    ----------
    folder
        Where the files are to be. Files of the same names are replaced.

    Raises
    ------
    OutputError
        When files cannot be written or put in their place.
    """
    staging = folder / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        staging.mkdir()
        yield staging
        for file in sorted(staging.iterdir()):
            os.replace(file, folder / file.name)  # noqa: PTH105 - in one step, over what was there
        _flush_folder(folder)
    except OutputError as error:  # people know the folder, not the temporary one in it
        raise OutputError(str(error).replace(str(staging), str(folder))) from error
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}; "
            "check the disk and your rights on the folder"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def is_partial(file: Path) -> bool:
    """Return whether a file is one that `atomic_write` has not finished."""
    return file.name.startswith(_PREFIX)


def remove_leftovers(folder: Path) -> None:
    """Remove what a run that was killed left half-written in a folder."""
    for leftover in folder.glob(f"{_PREFIX}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
