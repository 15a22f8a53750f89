"""Where a source is: in a file of this machine, on object storage or the web, or with a service.

An address knows what GDAL has to open, whether it is there, what tells its versions apart and what
to do when it cannot be read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyogrio

from flexruimte.errors import SourceError, enumerate_some
from flexruimte.evidence import storage
from flexruimte.evidence.sources.archives import archive_of, how_to_convert, read_from_archive
from flexruimte.evidence.sources.file_parts import files_of, stamped
from flexruimte.evidence.sources.gdal_options import gdal_options
from flexruimte.evidence.sources.inspection import inspect_file
from flexruimte.evidence.sources.not_a_file import NotAFile, OpenedAsItIs
from flexruimte.evidence.sources.postgres import Database, is_database

__all__ = ["Address", "LocalFile", "RemoteFile", "Service", "address_of", "locate"]

_HEAD = 1024
"""So many bytes tell what a file is. [byte]"""
_NOTHING_THERE = "correct 'source', or leave the layer out and name it in not_assessed"
_stamps_seen: dict[str, storage.Stamp] = {}
"""By remote path: the version of which GDAL keeps parts, for as long as this process lives."""


def locate(source: str, folder: Path) -> str:
    """Return what GDAL has to open.

    Paths are relative to a folder, inside an archive too; addresses stay as they are.

    Examples
    --------
    >>> locate("/vsizip/plans.zip", Path("/data")), locate("PG:dbname=flex", Path("/data"))
    ('/vsizip//data/plans.zip', 'PG:dbname=flex')
    >>> locate("s3://bucket/plans.gpkg", Path("/data"))
    '/vsis3/bucket/plans.gpkg'
    >>> locate("/vsizip/s3://bucket/plans.zip", Path("/data"))
    '/vsizip//vsis3/bucket/plans.zip'
    """
    packed, inner = archive_of(source)
    if packed:
        return f"{packed}{locate(inner, folder)}"
    if source.startswith("s3://"):
        return f"/vsis3/{source.removeprefix('s3://')}"
    return source if _is_address(source) else str(folder / source)


def _is_address(source: str) -> bool:
    """Return whether this is for GDAL alone to understand, and not a path in a folder."""
    scheme, colon, _ = source.partition(":")
    return (
        source.startswith("/vsi")
        or "://" in source
        or (bool(colon) and len(scheme) > 1 and scheme.isalnum())
    )


class Address(Protocol):
    """Where a source is."""

    @property
    def path(self) -> str:
        """What GDAL has to open."""

    @property
    def is_files(self) -> bool:
        """Whether it is files of this machine, and they are there."""

    def check_presence(self, label: str, named: str) -> None:
        """Raise a SourceError where there is nothing.

        Parameters
        ----------
        label
            How messages call the source.
        named
            The address as the study has it.
        """

    def stamp(self) -> object:
        """Return what changes when the content may have changed, as values that JSON can hold."""

    def sha256(self) -> str:
        """Return the SHA-256 digest of the content, in hexadecimals; OSError when it has none."""

    def read_bytes(self) -> bytes:
        """Return the content of a file; OSError when it cannot be had."""

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Return a context with the content of the file, or of the archive that holds it.

        It can be sought in; OSError when there is none.
        """

    @property
    def member(self) -> str:
        """The file in an archive; empty where it is none, or any of those in it."""

    def vector_session(self) -> AbstractContextManager[Any]:
        """Return a context in which pyogrio can open the path."""

    def raster_session(self) -> AbstractContextManager[Any]:
        """Return a context in which rasterio can open the path."""

    def remedy(self, tool: str) -> str:
        """Return what to do when a library could not read it.

        Parameters
        ----------
        tool
            The program of GDAL that shows what is in such a file.
        """


def _what_it_is(file: Path) -> str:
    """Return what to do with a file that is something else than its name says; else empty."""
    with suppress(OSError), file.open("rb") as content:
        head = content.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if head.startswith(b"version https://git-lfs"):
            return "it is a pointer of Git LFS and not the file: fetch that with git lfs pull"
        if head.startswith((b"<!doctype html", b"<html")):
            return "it is a web page, as servers give for an error: download the file again"
        if b"exceptionreport" in head:
            return "it is a service's report of an error: read it, and ask again"
        if head.startswith(b"par1") and "parquet" not in file.suffix:
            return "it is Parquet: let its name end in .parquet"
    return ""


def _some_in(folder: Path) -> str:
    names = sorted(entry.name for entry in islice(folder.iterdir(), 1000))
    return enumerate_some(names, 3)


@dataclass(frozen=True)
class LocalFile(OpenedAsItIs):
    """A file, a folder that GDAL reads as one, or a file in an archive, on this machine."""

    path: str

    @property
    def _plain(self) -> Path:
        return Path(archive_of(self.path)[1])

    @property
    def _file(self) -> Path | None:
        """The file itself, or the archive that holds it."""
        candidates = (self._plain, *self._plain.parents)
        return next((path for path in candidates if path.is_file()), None)

    @property
    def is_files(self) -> bool:
        """Whether the file is there."""
        return bool(self.stamp())

    def check_presence(self, label: str, named: str) -> None:
        """Raise a SourceError where there is nothing."""
        del named  # a path says more
        if self._file is None and not self._plain.is_dir():
            if self._plain.exists():
                raise SourceError(
                    f"{label}: {self._plain} is a pipe or a device and no file; {_NOTHING_THERE}"
                )
            raise SourceError(f"{label}: there is no file {self._plain}; {_NOTHING_THERE}")
        if self._file is not None:
            inspect_file(self._file, label, self.member)

    @property
    def member(self) -> str:
        """The file in an archive."""
        file = self._file
        inside = file is not None and file != self._plain
        return str(self._plain.relative_to(file)) if inside and file else ""

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Return a context with the content of the file, or of the archive that holds it."""
        if self._file is None:
            raise IsADirectoryError(self.path)
        return self._file.open("rb")

    def stamp(self) -> list[tuple[str, int, int, int]]:
        """Return name, size and times of change of each file that belongs to it."""
        file, folder = self._file, self._plain
        if file is not None:
            return stamped(files_of(file))
        return stamped(files_of(folder)) if folder.is_dir() and folder.is_absolute() else []

    def sha256(self) -> str:
        """Return the digest of the file, or of the archive that holds it."""
        if self._file is None:
            raise OSError("a folder has no digest: put it in a zip archive")
        with self._file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    def read_bytes(self) -> bytes:
        """Return the content."""
        if self.path.startswith("/vsizip/"):
            return read_from_archive(self.path, lambda archive: Path(archive).read_bytes())
        return Path(self.path).read_bytes()

    def remedy(self, tool: str) -> str:
        """Return what to do, by what can be seen of the file."""
        file = self._file
        if file is not None and not os.access(file, os.R_OK):
            return f"this account may not read it: change that with chmod +r {file}"
        if file is not None and file.stat().st_size == 0:
            return "the file is empty: make it or download it again"
        if how_to_convert(self.path) and not archive_of(self.path)[0]:
            return how_to_convert(self.path)
        if file is not None and (what := _what_it_is(file)):
            return what
        if file is None and self._plain.is_dir() and not any(self._plain.iterdir()):
            return "it is an empty folder: put the data in it, or name where they are"
        if file is None and self._plain.is_dir():
            return (
                "it is a folder, and none of what is in it makes a layer: name a file in it, such "
                f"as {_some_in(self._plain)}"
            )
        return (
            "the file may be damaged or of another kind: make it or download it again, "
            f"or see what GDAL finds in it with {tool} {self.path}"
        )


@dataclass(frozen=True)
class RemoteFile:
    """An object on storage or a file behind a web address, of which GDAL reads ranges of bytes."""

    path: str
    is_files = False

    def check_presence(self, label: str, named: str) -> None:
        """Raise a SourceError where there is nothing, or no answer.

        GDAL keeps what it read of an address. Where that has changed meanwhile, it is dropped here.
        """
        try:
            stamp = storage.stamp(self.path)
        except OSError as error:
            raise SourceError(
                f"{label} cannot be reached: {storage.explained(error, self.path)}"
            ) from None
        if stamp is None:
            raise SourceError(f"{label}: there is nothing at {named}; {_NOTHING_THERE}")
        if _stamps_seen.setdefault(self.path, stamp) != stamp:
            pyogrio.vsi_curl_clear_cache()
            _stamps_seen[self.path] = stamp

    def stamp(self) -> object:
        """Return the path with size, entity tag and time of change, as far as they are told."""
        try:
            return [self.path, storage.stamp(self.path)]
        except OSError as error:
            raise SourceError(
                f"{self.path} cannot be reached: {storage.explained(error, self.path)}"
            ) from None

    def sha256(self) -> str:
        """Return the digest of the object, or of the archive that holds it; all of it is read."""
        end = self.path.find(".zip/")
        path = self.path if end < 0 else self.path[: end + 4]
        return hashlib.sha256(storage.read_bytes(path.removeprefix("/vsizip/"))).hexdigest()

    def read_bytes(self) -> bytes:
        """Return the content."""
        if self.path.startswith("/vsizip/"):
            return read_from_archive(self.path, storage.read_bytes)
        return storage.read_bytes(self.path)

    @property
    def member(self) -> str:
        """The file in an archive."""
        end = self.path.find(".zip/")
        return "" if end < 0 else self.path[end + 5 :]

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Return a context with the content of the object, or of the archive that holds it."""
        return storage.opened(self.path)

    def vector_session(self) -> AbstractContextManager[Any]:
        """Return a context in which GDAL knows where the objects are."""
        return gdal_options(storage.gdal_options())

    @contextmanager
    def raster_session(self) -> Iterator[None]:
        """Open a context in which GDAL knows where the objects are, and keeps nothing of them.

        GDAL finds out itself who asks, whether the package boto3 is there or not. It keeps nothing,
        as the raster may change. rasterio takes the options back at the end; on the main thread
        they count for all threads meanwhile, on another thread for that one alone.
        """
        from rasterio import Env  # where it is used, as it takes long to load
        from rasterio.session import DummySession

        options = {**storage.gdal_options(), "CPL_VSIL_CURL_NON_CACHED": self.path}
        with Env(session=DummySession(), **options):
            yield

    def remedy(self, tool: str) -> str:
        """Return what to do."""
        del tool  # not everybody's has the same settings for storage
        if not self.path.startswith(("/vsis3/", "/vsizip/")) and not storage.gives_parts(self.path):
            return "the server only gives files as a whole: download it, and name the file"
        return f"the file may be damaged: put it there again; or {storage.advice(self.path)}"


@dataclass(frozen=True)
class Service(NotAFile):
    """A service or database that GDAL speaks with, or a file system that only GDAL knows."""

    path: str

    def stamp(self) -> object:
        """Return nothing: its changes cannot be seen from here."""
        return []

    def remedy(self, tool: str) -> str:
        """Return what to do."""
        return f"check the address, and that the service answers and lets this account in: {tool}"


def address_of(source: str, folder: Path) -> Address:
    """Return where a source is.

    Parameters
    ----------
    source
        As the study has it.
    folder
        What a relative path is relative to.
    """
    if is_database(source):
        return Database(source)
    path = locate(source, folder)
    if storage.is_elsewhere(path):
        return RemoteFile(path)
    return Service(path) if _is_address(archive_of(path)[1]) else LocalFile(path)
