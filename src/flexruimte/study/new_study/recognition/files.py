"""Files of a folder that may hold data, in archives too, and what to do with those that do not."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from flexruimte.evidence.sources.archives import how_to_convert
from flexruimte.study.new_study.recognition.known import known

__all__ = ["FoundFile", "files_in"]

_FEATURES: Final = frozenset(
    (
        ".gpkg",
        ".shp",
        ".geojson",
        ".geojsonl",
        ".json",
        ".jsonl",
        ".fgb",
        ".gdb",
        ".gml",
        ".kml",
        ".tab",
        ".mif",
        ".sqlite",
    )
)
_PARQUET: Final = frozenset((".parquet", ".geoparquet"))
_RASTERS: Final = frozenset((".tif", ".tiff", ".asc", ".img", ".vrt"))
_TABLES: Final = frozenset((".csv", ".tsv", ".txt", ".xlsx", ".ods", ".dbf"))
_BESIDE: Final = frozenset(
    (
        ".shx",
        ".prj",
        ".cpg",
        ".qix",
        ".sbn",
        ".sbx",
        ".qml",
        ".qmd",
        ".sld",
        ".tfw",
        ".ovr",
        ".gfs",
        ".xsd",
        ".aux",
        ".gpkg-wal",
        ".gpkg-shm",
        ".gpkg-journal",
        ".md",
        ".toml",
        ".lock",
        ".id",
        ".map",
        ".dat",
        ".ind",
        ".mid",
        ".license",
    )
)
"""What lies beside data and is none."""
_MOST_FILES: Final = 20_000
_MOST_MEMBERS: Final = 5_000

_NESTED: Final = "it is an archive in an archive, which is not looked into: unpack the outer one"
_RESULTS: Final = "it holds the results of a run, which are no data for another one"
_TOO_MANY: Final = f"there are more than {_MOST_FILES} files; name a folder with less in it"

Kind = Literal["features", "parquet", "raster", "table", "nothing"]
"""What a file may hold."""


@dataclass(frozen=True)
class FoundFile:
    """A file, or a file in an archive."""

    source: str
    """As a study names it: relative to the study's folder."""
    path: Path
    """The file itself, or the archive that holds it."""
    member: str = ""
    """The file in an archive; empty where there is none, or the archive is read as a whole."""
    shown: str = ""
    """How people find it: its path in the folder."""
    kind: Kind = "nothing"
    why: str = ""
    """Of what cannot be read: why, and what to do."""

    alias: str = ""
    """What it is called where its own name is a code."""

    @property
    def address(self) -> str:
        """What opens it now, wherever the study is going to be."""
        if not self.source.startswith("/vsizip/"):
            return str(self.path)
        return f"/vsizip/{self.path}" + (f"/{self.member}" if self.member else "")

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.alias or PurePosixPath(self.member or self.path.name).stem


def files_in(folder: Path, study_folder: Path) -> Iterator[FoundFile]:
    """Yield the files in a folder and the folders in it, in the order of their names.

    Hidden files and what lies beside data (an index, a style) are passed over. So are the results
    of a run, of which one line is told.

    Parameters
    ----------
    folder
        Where to look.
    study_folder
        What the sources of the study are relative to.
    """
    count = 0
    for place, folders, names in os.walk(folder):
        here = Path(place)
        if "run.json" in names:
            folders[:] = []
            yield _passed_over(here, study_folder, folder, _RESULTS)
            continue
        databases = sorted(name for name in folders if name.lower().endswith(".gdb"))
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__MACOSX")) and name not in databases
        )
        for name in sorted([*databases, *names]):
            if name.startswith("."):
                continue
            count += 1
            if count > _MOST_FILES:
                yield _passed_over(here, study_folder, folder, _TOO_MANY)
                return
            for found in _looked_at(here / name, study_folder, {other.lower() for other in names}):
                shown = _shown(here / name, folder)
                yield replace(found, shown=f"{shown}/{found.member}" if found.member else shown)


def _looked_at(path: Path, study_folder: Path, beside: set[str]) -> Iterator[FoundFile]:
    source = _relative(path, study_folder)
    if path.suffix.lower() == ".zip":
        if any(re.fullmatch(each.file, path.name) for each in known().extracts.values()):
            yield FoundFile(f"/vsizip/{source}", path, kind="features")
        else:
            yield from _members(path, source)
        return
    kind = _kind(path.name, beside)
    if kind is not None:
        why = "" if kind != "nothing" else _why_not(path.name)
        yield FoundFile(source, path, kind=kind, why=why)


def _kind(name: str, beside: set[str]) -> Kind | None:
    """Return what a file may hold; None for what lies beside data and need not be told."""
    lower = name.lower()
    ending = PurePosixPath(lower).suffix
    if ending in _BESIDE or lower.endswith((".aux.xml", ".shp.xml", ".provenance.json")):
        return None
    if ending == ".dbf" and f"{PurePosixPath(lower).stem}.shp" in beside:
        return None
    kinds: list[tuple[frozenset[str], Kind]] = [
        (_FEATURES, "features"),
        (_PARQUET, "parquet"),
        (_RASTERS, "raster"),
        (_TABLES, "table"),
    ]
    return next((kind for endings, kind in kinds if ending in endings), "nothing")


def _why_not(name: str) -> str:
    return how_to_convert(name) or "it is of a kind that holds no layer or table"


def _members(path: Path, source: str) -> Iterator[FoundFile]:
    """Yield the files in an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        yield FoundFile(
            source, path, why=f"the archive cannot be opened ({error}); make or download it again"
        )
        return
    entries = [entry for entry in entries if not _is_hidden(entry.filename)]
    if any(entry.flag_bits & 1 for entry in entries):
        yield FoundFile(source, path, why="the archive has a password: unpack it")
        return
    names = {PurePosixPath(entry.filename).name.lower() for entry in entries}
    databases = {inside for entry in entries if (inside := _database(entry.filename))}
    plain = [entry.filename for entry in entries if not _database(entry.filename)]
    for member in sorted([*databases, *plain])[:_MOST_MEMBERS]:
        whole = f"/vsizip/{source}/{member}"
        if member.lower().endswith(".zip"):
            yield FoundFile(whole, path, member, why=_NESTED)
            continue
        kind = _kind(PurePosixPath(member).name, names)
        if kind is not None:
            why = _why_not(member) if kind == "nothing" else ""
            yield FoundFile(whole, path, member, kind=kind, why=why)


def _is_hidden(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return any(part.startswith((".", "__MACOSX")) for part in parts)


def _database(member: str) -> str:
    """Return the folder of a file geodatabase that a member lies in; empty where it does not."""
    parts = PurePosixPath(member).parts
    for number, part in enumerate(parts[:-1]):
        if part.lower().endswith(".gdb"):
            return "/".join(parts[: number + 1])
    return ""


def _relative(path: Path, folder: Path) -> str:
    """Return a path as a study in a folder names it, so that it is not taken for an address."""
    named = os.path.relpath(path, folder)
    return f"./{named}" if ":" in named else named


def _passed_over(here: Path, study_folder: Path, folder: Path, why: str) -> FoundFile:
    return FoundFile(_relative(here, study_folder), here, shown=_shown(here, folder), why=why)


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
