"""A look into a file before GDAL opens it: it may not lead elsewhere, nor swell without bound.

GDAL goes by content: a file called ``plans.gpkg`` may be a VRT that fetches an address, and the
study names files and addresses so that it is known what is read.
"""

from __future__ import annotations

import codecs
import gzip
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO, Final
from xml.etree import ElementTree

from flexruimte.errors import SourceError
from flexruimte.evidence.sources.archives import archive_of, is_in

__all__ = ["inspect_file"]

_HEAD: Final = 1 << 16
_MOST_XML: Final = 1 << 24
"""A VRT of more than this many bytes is refused. [byte]"""
_MOST_UNPACKED: Final = 1 << 37
"""An archive that unpacks to more than this is refused: 128 GiB, more than any delivery of a
national registry. [byte]"""
_MUCH_UNPACKED: Final = 1 << 30
_MOST_SWELLING: Final = 200
"""What unpacks to more than `_MUCH_UNPACKED` and to so many times its size is no data: text packs
10 to 30 times, and deflate at most 1,032 times. [1]"""
_AT_ONCE: Final = 1 << 20
_MOST_DEEP: Final = 5
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_VIRTUAL: Final = ("VRTDATASET", "OGRVRTDATASOURCE", "GDALTILEINDEXDATASET")
_SERVICES: Final = (
    *("GDAL_WMS", "GDAL_WMTS", "WCS_GDAL", "OGRWFSDATASOURCE", "OGRCSWDATASOURCE"),
    *("OGCAPIDATASET", "GDAL_OGCAPI", "WMT_MS_CAPABILITIES", "WMS_CAPABILITIES", "WMSCAPABILITIES"),
)
_NAMES_SOURCE: Final = re.compile(r"source(filename|dataset)?$|srcdatasource$|dataset$|url$", re.I)
_PYTHON: Final = "pixelfunctioncode"


@lru_cache(maxsize=256)
def _inspect(path: str, member: str, version: tuple[int, int], deep: int) -> str | None:
    """Return why a file is refused; None where nothing is wrong. Kept per version of the file."""
    del version
    file = Path(path)
    with file.open("rb") as content:
        start = content.read(4)
        content.seek(0)
        if start == b"PK\x03\x04":
            return _in_archive(file, member)
        if start[:2] == b"\x1f\x8b":
            return _of_gzip(file)
        return _of_content(content, file.parent, deep)


def inspect_file(path: Path, label: str, member: str = "") -> None:
    """Refuse a file that leads GDAL to an address, declares XML entities, or unpacks to too much.

    A VRT may be made of files on this machine; those are looked into as well. A file that cannot
    be read passes: whoever opens it says so.

    Parameters
    ----------
    path
        Of the file, or the archive.
    label
        How messages call the source.
    member
        The file or folder in the archive that is read; empty is all of it.

    Raises
    ------
    SourceError
        When it is refused, with the reason and the remedy.
    """
    if not path.is_file():  # a folder, or what would keep a reader waiting
        return
    why = _inspected(path, member, _MOST_DEEP)
    if why is not None:
        raise SourceError(f"{label} {why}")


def _inspected(path: Path, member: str, deep: int) -> str | None:
    try:
        stat = path.stat()
        return _inspect(str(path), member, (stat.st_size, stat.st_mtime_ns), deep)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        return None


def _in_archive(file: Path, member: str) -> str | None:
    """Return why a zip archive, or one file in it, is refused."""
    with zipfile.ZipFile(file) as archive:
        inside = archive.infolist()
        why = _swelling(sum(each.file_size for each in inside), file.stat().st_size)
        for each in inside:
            why = why or _swelling(each.file_size, each.compress_size)
            if why or each.is_dir() or not is_in(each.filename, member):
                continue
            with archive.open(each) as content:
                head = _decoded(content.read(_HEAD))
                # Paths inside an archive are its own, and stay in it.
                why = _of_head(head) or (
                    _of_virtual(head + _decoded(content.read(_MOST_XML)), None, 0)
                    if _root(head) in _VIRTUAL
                    else None
                )
    return why


def _of_gzip(file: Path) -> str | None:
    with file.open("rb") as content:
        content.seek(-4, os.SEEK_END)
        why = _swelling(int.from_bytes(content.read(4), "little"), file.stat().st_size)
        content.seek(0)
        # Of what ends too early the last bytes are no size: whoever reads it says that it ends.
        if why is not None and _unpacks_to_much(content):
            return why
        content.seek(0)
        with gzip.open(content) as unpacked:
            # What it names lies in a file system of its own, and is not looked into.
            return _of_content(unpacked, None, 0)


def _unpacks_to_much(content: BinaryIO) -> bool:
    """Return whether what is compressed goes on for long; EOFError where it is cut off before."""
    unpacked = 0
    with gzip.open(content) as stream:
        while part := stream.read(_AT_ONCE):
            unpacked += len(part)
            if unpacked > _MUCH_UNPACKED:
                return True
    return False


def _swelling(unpacked: int, packed: int) -> str | None:
    much = unpacked > _MUCH_UNPACKED and unpacked > _MOST_SWELLING * max(packed, 1)
    if unpacked <= _MOST_UNPACKED and not much:
        return None
    return (
        f"unpacks to {unpacked / 1e9:.0f} GB out of {packed / 1e9:.3f} GB, more than is taken from "
        "an archive; unpack it yourself, look at what it holds, and name the file in it"
    )


def _of_content(content: IO[bytes] | gzip.GzipFile, folder: Path | None, deep: int) -> str | None:
    head = _decoded(content.read(_HEAD))
    why = _of_head(head)
    if why is None and _root(head) in _VIRTUAL:
        rest = content.read(_MOST_XML)
        if len(rest) == _MOST_XML:
            return "is a VRT of more than 16 MB; make a single file of it, with gdal_translate"
        return _of_virtual(head + _decoded(rest), folder, deep)
    return why


def _decoded(text: bytes) -> bytes:
    """Return XML in UTF-16, which hides what it says from a search for bytes, as UTF-8."""
    for mark, coding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if text.startswith(mark):
            return text.decode(coding, "replace").encode()
    if text[:2] == b"<\x00":
        return text.decode("utf-16-le", "replace").encode()
    if text[:2] == b"\x00<":
        return text.decode("utf-16-be", "replace").encode()
    return text.removeprefix(codecs.BOM_UTF8)


def _is_xml(head: bytes) -> bool:
    return head.lstrip()[:1] == b"<"


def _root(head: bytes) -> str:
    """Return the name of an XML document's root in capitals, without its prefix; else empty."""
    found = _ROOT.search(_without_comments(head)) if _is_xml(head) else None
    return "" if found is None else found[1].decode().rpartition(":")[2].upper()


def _without_comments(head: bytes) -> bytes:
    return re.sub(rb"<!--.*?(-->|$)", b"", head, flags=re.DOTALL)


def _of_head(head: bytes) -> str | None:
    """Return why a file is refused by its first bytes: XML entities, or a service in disguise."""
    if head.lstrip()[:1] == b"{" and b'"stac_version"' in head:
        return "is no data but a catalogue of addresses (STAC); name what it lists, in the study"
    if not _is_xml(head):
        return None
    plain = _without_comments(head)
    root = _ROOT.search(plain)
    prolog = plain if root is None else plain[: root.start()]
    if b"<!DOCTYPE" in prolog.upper() or b"<!ENTITY" in prolog.upper():
        return (
            "declares XML entities, which can stand for other files and for text without end; "
            "remove the <!DOCTYPE ...> from it"
        )
    if _root(head) in _SERVICES:
        return (
            f"is no data but the description of a service ({_root(head)}); name the address of "
            "the service itself in the study"
        )
    return None


def _of_virtual(text: bytes, folder: Path | None, deep: int) -> str | None:
    """Return why a VRT is refused: for an address or a program in it, or a file it is made of."""
    try:
        document = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None  # GDAL says what is wrong with it
    if any(_tag(each).lower() == _PYTHON for each in document.iter()):
        return "is a VRT with a program in it, which is not run; make a single file of it"
    for named, is_relative in _named_in(document):
        if _leads_out(named):
            return (
                f"is a VRT that reads {named}, which the study does not name; "
                "name that as the source, or make a single file of it"
            )
        if folder is not None and deep:
            inner = Path(named) if not is_relative else folder / named
            why = _inspected(inner, "", deep - 1) if inner.is_file() else None
            if why is not None:
                return f"is a VRT of {named}, which {why}"
    return None


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _named_in(document: ElementTree.Element) -> Iterator[tuple[str, bool]]:
    """Yield what a VRT names as its sources, and whether that is relative to the VRT."""
    for each in document.iter():
        if _NAMES_SOURCE.search(_tag(each)) and (each.text or "").strip():
            marks = {name.lower(): value for name, value in each.attrib.items()}
            relative = "1" in (marks.get("relativetovrt"), marks.get("relativetovrtfile"))
            yield (each.text or "").strip(), relative


def _leads_out(named: str) -> bool:
    """Return whether what a VRT names is no file on this machine."""
    plain = archive_of(named)[1]
    scheme, colon, _ = plain.partition(":")
    drive = len(scheme) == 1  # of Windows
    return (
        plain.lower().startswith("/vsi")
        or plain.startswith(("<", "{", "[", "\\\\"))
        or "://" in plain
        or (bool(colon) and not drive and re.fullmatch(r"[\w.+-]+", scheme) is not None)
    )
