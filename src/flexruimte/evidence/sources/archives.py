"""Files inside zip archives, and what to do with files of kinds that cannot be read.

Of what is packed every part rests on all before it, so that a window of a large GeoPackage in an
archive would cost as much as all of it, time and again. Such an archive is unpacked once by each
process that reads it, to a folder that goes when the process does.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from itertools import takewhile
from multiprocessing.util import Finalize
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

__all__ = [
    "how_to_convert",
    "is_in",
    "only_file_in",
    "only_folder_in",
    "read_from_archive",
    "unpacked",
]

_ARCHIVE: Final = re.compile(r"(.*?\.zip)/(.+)", re.IGNORECASE)
_LARGEST_BYTES: Final = 4 * 2**30
"""A file in an archive that is larger when unpacked is refused."""
_READ_IN_PLACE: Final = 8 * 2**20
"""What unpacks to no more than this is read in the archive. [bytes]"""
_READ_FROM_THE_START: Final = (".gml", ".xml", ".json", ".geojson", ".csv", ".xlsx", ".ods", ".kml")
"""Files of which all is read whatever is asked for."""
_UNPACK: Final = "it is an archive that cannot be read in place: unpack it, or make a .zip of it"
_EXPORT: Final = "it holds no data but refers to them: export the layer itself as a GeoPackage"
_HOW_TO_CONVERT: Final = {
    **dict.fromkeys((".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"), _UNPACK),
    **dict.fromkeys((".qgs", ".qgz", ".mxd", ".aprx", ".lyr", ".lyrx", ".qlr", ".mpk"), _EXPORT),
    **dict.fromkeys(
        (".mdb", ".accdb"),
        "it is a database of Access, which needs a driver that is not here: "
        "export the layer as a GeoPackage, or the table as CSV",
    ),
    **dict.fromkeys(
        (".xls", ".xlsb"), "it is an old kind of spreadsheet: save it as .xlsx or as CSV"
    ),
    ".dwg": "it is a drawing of AutoCAD: save it as .dxf, or export the layer as a GeoPackage",
    **dict.fromkeys(
        (".shx", ".prj", ".cpg", ".sbn", ".sbx"), "it is a part of a shapefile: name the .shp"
    ),
}


def how_to_convert(path: str) -> str:
    """Return what to do with a file of a kind that cannot be read; empty for other kinds.

    Examples
    --------
    >>> how_to_convert("/data/Owners.XLS")
    'it is an old kind of spreadsheet: save it as .xlsx or as CSV'
    >>> how_to_convert("/data/owners.csv")
    ''
    """
    return _HOW_TO_CONVERT.get(PurePosixPath(path).suffix.lower(), "")


def only_file_in(archive: str) -> str | None:
    """Return the name of the file in an archive, where there is exactly one; else None."""
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [each.filename for each in opened.infolist() if not each.is_dir()]
    except (OSError, zipfile.BadZipFile):
        return None
    visible = [name for name in names if not name.startswith("__MACOSX/")]
    return visible[0] if len(visible) == 1 else None


def is_in(name: str, member: str) -> bool:
    """Return whether a file in an archive is one that is read, or lies in a folder that is.

    Examples
    --------
    >>> is_in("a/b.shp", "a"), is_in("ab.shp", "a"), is_in("b.shp", "")
    (True, False, True)
    """
    return member in ("", name) or name.startswith(f"{member}/")


def only_folder_in(archive: str) -> str | None:
    """Return the folder in an archive that holds all its files; None where they lie in its root.

    Of a file geodatabase that is the folder with the data.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [each.filename for each in opened.infolist() if not each.is_dir()]
    except (OSError, zipfile.BadZipFile):
        return None
    folders = [PurePosixPath(name).parent for name in names if not name.startswith("__MACOSX/")]
    if len(folders) <= 1:
        return None  # GDAL finds a single file by itself
    shared = PurePosixPath(*_shared([folder.parts for folder in folders]))
    return str(shared) if shared.parts else None


def _shared(paths: list[tuple[str, ...]]) -> list[str]:
    """Return the parts that all paths begin with."""
    levels = zip(*paths, strict=False)
    return [names[0] for names in takewhile(lambda names: len(set(names)) == 1, levels)]


def read_from_archive(path: str, read: Callable[[str], bytes]) -> bytes:
    """Return the content of a file in a zip archive.

    Parameters
    ----------
    path
        As GDAL opens it: ``/vsizip/`` with the path of the archive and the name in it.
    read
        Reads the archive.

    Raises
    ------
    OSError
        When the archive or the file in it cannot be read.
    """
    found = _ARCHIVE.fullmatch(path.removeprefix("/vsizip/"))
    if found is None:
        raise OSError("the path names no file inside the archive")
    try:
        with zipfile.ZipFile(io.BytesIO(read(found[1]))) as opened:
            member = opened.getinfo(found[2])
            if member.file_size > _LARGEST_BYTES:
                raise OSError(f"'{found[2]}' is too large to unpack: unpack it yourself")
            return opened.read(member)
    except KeyError:
        raise OSError(f"there is no '{found[2]}' in the archive") from None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise OSError(f"the archive cannot be unpacked: {error}") from None


_unpacked: dict[str, tuple[object, str, Callable[[], object]]] = {}
"""By path: the version of the archive, where its content is, and what removes that."""
_unpacking = threading.Lock()


def unpacked(
    path: str,
    member: str,
    version: object,
    opened: Callable[[], AbstractContextManager[BinaryIO]],
) -> str:
    """Return where the content of a large archive is, unpacked; else the path itself.

    Parameters
    ----------
    path
        As GDAL opens it.
    member
        The file or folder in the archive that is read; empty is all of it.
    version
        Changes when the archive does.
    opened
        Opens the archive.

    Raises
    ------
    OSError
        When there is no room for it.
    """
    if ".zip" not in path.lower():
        return path
    with _unpacking:
        known = _unpacked.get(path)
        if known is None or known[0] != version:
            place = _unpack(member, opened)
            if known is not None:
                known[2]()
            _unpacked.pop(path, None)
            if place is None:
                return path
            _unpacked[path] = version, *place
        return _unpacked[path][1]


def _unpack(
    member: str, opened: Callable[[], AbstractContextManager[BinaryIO]]
) -> tuple[str, Callable[[], object]] | None:
    """Unpack what is read of an archive; None where it is read as well in the archive."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(opened())))
        except (OSError, zipfile.BadZipFile):
            return None  # whoever opens it says what is wrong
        wanted = _worth_unpacking(archive, member)
        if not wanted:
            return None
        folder = Path(tempfile.mkdtemp(prefix="flexruimte-"))
        # At the end of a process that another one started too.
        remove = Finalize(None, shutil.rmtree, (folder, True), exitpriority=0)
        try:
            for name in wanted:
                archive.extract(name, str(folder))
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
            remove()
            return None
        except OSError:
            remove()
            raise
    inside = member or (wanted[0] if len(wanted) == 1 else "")
    return str(folder / inside), remove


def _worth_unpacking(archive: zipfile.ZipFile, member: str) -> list[str]:
    """Return the files of an archive that are read; none where that is done as well in place."""
    names = [each.filename for each in archive.infolist() if not each.is_dir()]
    if any(name.endswith(".sozip.idx") for name in names):
        return []  # it has an index of its parts, by which GDAL finds them
    stem = f"{PurePosixPath(member).with_suffix('')}." if member else ""
    wanted = [name for name in names if is_in(name, member) or (stem and name.startswith(stem))]
    size = sum(archive.getinfo(name).file_size for name in wanted)
    kinds = {PurePosixPath(name).suffix.lower() for name in wanted}
    return [] if size <= _READ_IN_PLACE or kinds & {*_READ_FROM_THE_START} else wanted
