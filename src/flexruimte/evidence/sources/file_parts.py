"""Which files a source rests on: the one that is named, those beside it, and those it refers to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

__all__ = ["files_of", "has_unused_journal", "named_in_virtual", "stamped"]

_VIRTUAL = (b"<VRTDataset", b"<OGRVRTDataSource", b"<GDALTileIndexDataset")
_HEAD = 4096
"""Bytes at the start of a file that tell whether it is virtual."""
_LARGEST_VIRTUAL = 64 * 2**20
"""A larger file is not looked into. [bytes]"""
_MOST_IN_FOLDER = 10_000
"""Files of a folder that are looked at: a folder with more is no source."""
_REFERENCE = re.compile(
    r"<(?:SourceFilename|SourceDataset|SrcDataSource|IndexDataset)\b([^>]*)>([^<]+)<", re.IGNORECASE
)


def files_of(path: Path) -> list[Path]:
    """Return the files that a file stands for, sorted; a folder stands for all in it.

    A shapefile is several files of one name, a GeoPackage may have a journal and a raster a mask or
    a file of georeference beside it. A virtual file names others, which may be virtual too.

    Parameters
    ----------
    path
        Of a file or folder that is there.
    """
    found: dict[Path, None] = {}
    pending = [path]
    while pending:
        for file in _whole(pending.pop()):
            if file not in found:
                found[file] = None
                pending.extend(_referred_to(file))
    return sorted(found)


def named_in_virtual(path: Path) -> list[Path]:
    """Return the files that a virtual file is made of in the end, sorted; of others nothing."""
    found: set[Path] = set()
    pending = [path]
    while pending:
        new = [file for file in _referred_to(pending.pop()) if file not in found]
        found.update(new)
        pending.extend(new)
    return sorted(found)


def _whole(path: Path) -> list[Path]:
    """Return the files of one source: those in a folder, or a file with what is beside it."""
    if path.is_dir():
        # What goes away while it is walked is no part of a source.
        inside = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
        return [file for file in islice(inside, _MOST_IN_FOLDER) if file.is_file()]
    stem, name = path.stem.casefold(), path.name.casefold()
    return [
        beside
        for beside in path.parent.iterdir()
        if (beside.stem.casefold() == stem or beside.name.casefold().startswith(f"{name}."))
        and beside.is_file()
    ]


def _referred_to(file: Path) -> Iterator[Path]:
    """Yield the files that a virtual file names, where they are on this machine."""
    try:
        with file.open("rb") as content:
            head = content.read(_HEAD)
    except OSError:
        return  # reading it as a source says what is wrong
    if not any(mark in head for mark in _VIRTUAL) or file.stat().st_size > _LARGEST_VIRTUAL:
        return
    for attributes, named in _REFERENCE.findall(file.read_text("utf-8", errors="replace")):
        relative = re.search(r"relativeToVRT\s*=\s*[\"']1", attributes, re.IGNORECASE)
        inner = named.strip().removeprefix("/vsizip/")
        place = (file.parent if relative else Path.cwd()) / inner
        there = next((part for part in (place, *place.parents) if part.exists()), None)
        # What is not there leads up to a folder that has nothing to do with it.
        if there is not None and (there == place or there.is_file()):
            yield there


def has_unused_journal(path: Path) -> bool:
    """Return whether a GeoPackage keeps a write-ahead log, of which nothing is left to be read.

    SQLite makes the files of such a log even to read, so that it cannot read where it may not
    write, and leaves them where a reader is ended. It is then opened as one that nobody changes.
    https://www.sqlite.org/fileformat.html (offset 18 of the header), https://www.sqlite.org/wal.html
    """
    log = path.with_name(f"{path.name}-wal")
    try:
        with path.open("rb") as content:
            header = content.read(20)
        return header[18:20] == b"\x02\x02" and not (log.is_file() and log.stat().st_size)
    except OSError:
        return False


def stamped(files: list[Path]) -> list[tuple[str, int, int, int]]:
    """Return name, size, and times of change of files, their content's and their entry's. [ns]

    A file can be overwritten with as many bytes and given its former time of change; the time of
    change of its entry cannot be set. A file that is gone has none.
    """
    known = []
    for file in files:
        with suppress(FileNotFoundError):
            of = file.stat()
            known.append((str(file), of.st_size, of.st_mtime_ns, of.st_ctime_ns))
    return known
