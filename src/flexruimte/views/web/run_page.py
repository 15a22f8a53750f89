"""The page of a run: the folder ``map``, which works where it is and on any web server."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import numpy as np
import shapely

from flexruimte.errors import OutputError
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.outputs import MAP
from flexruimte.views.web.municipality import HEAD, script
from flexruimte.views.web.shapes import bounds_of, encoded_shapes
from flexruimte.views.web.texts import texts
from flexruimte.wording.messages import Language

__all__ = [
    "DATA",
    "MAP_FOLLOW_UPS",
    "follow_up_script",
    "heads_of",
    "page_files",
    "run_script",
    "with_boundary",
    "write_follow_ups",
    "write_page",
]

DATA: Final = f"{MAP}/data"
"""Folder of the data of municipalities."""
MAP_FOLLOW_UPS: Final = f"{DATA}/follow_ups.js"
_PAGE: Final = "index.html"
_ASSETS: Final = "assets"
_BOUNDARY_M: Final = 20.0
"""A boundary is drawn with this tolerance. [m]"""
_LIBRARY: Final = ("maplibre-gl.js", "maplibre-gl.css")

Head: TypeAlias = Mapping[str, Any]
"""What the page shows of a municipality before it is chosen."""


def heads_of(
    data: Path, folders: Sequence[str], boundaries: Mapping[str, shapely.Geometry]
) -> list[Head]:
    """Return what the page shows of municipalities before one is chosen.

    Parameters
    ----------
    data
        The folder with their data.
    boundaries
        Of municipalities by code, in RD New. They are no part of the data of one, which stand where
        a boundary moves and no parcel with it.
    folders
        Names of the folders of the municipalities that are done; those of which there are no data
        for the map, as an earlier version wrote them, are left out.
    """
    found: list[Head] = []
    for folder in folders:
        path = data / f"{folder}{HEAD}"
        if path.is_file():
            head = json.loads(path.read_text(encoding="utf-8"))
            found.append(with_boundary(head, boundaries[head["code"]]))
    return found


def with_boundary(head: Head, boundary: shapely.Geometry) -> Head:
    """Return what the page shows of a municipality, with its boundary, in RD New."""
    shape = np.array([boundary], dtype=object)
    simple = shapely.simplify(shape, _BOUNDARY_M)
    drawn = np.where(shapely.is_empty(simple), shape, simple)
    return {**head, "bounds": bounds_of(drawn), "boundary": encoded_shapes(drawn)}


def write_page(folder: Path, study: str, language: Language, heads: Sequence[Head]) -> None:
    """Write the page and its scripts beside the data of municipalities.

    Parameters
    ----------
    folder
        The folder ``map``.
    study
        Name of the study.
    language
        Of the texts.
    heads
        As `heads_of` returns them.

    Raises
    ------
    OutputError
        When the package with MapLibre is not whole, or a file cannot be written.
    """
    for name in (_ASSETS, "data"):
        (folder / name).mkdir(exist_ok=True)
    for name, content in page_files().items():
        _write(folder / name, content)
    _write(folder / "data" / "run.js", run_script(study, language, heads).encode())


def run_script(study: str, language: Language, heads: Sequence[Head]) -> str:
    """Return the script that tells the page of a run.

    Parameters
    ----------
    study, language, heads
        As `write_page` takes them.
    """
    told = {
        "study": study,
        "language": language,
        "texts": texts(language),
        "backgrounds": _backgrounds(language),
        "municipalities": list(heads),
    }
    return script("describe", told)


def write_follow_ups(folder: Path, found: Mapping[str, Any]) -> None:
    """Write what was worked out after the run.

    Parameters
    ----------
    folder
        The folder ``map``.
    found
        As `flexruimte.views.web.follow_ups.follow_ups` returns it.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    _write(folder / "data" / "follow_ups.js", follow_up_script(found).encode())


def follow_up_script(found: Mapping[str, Any]) -> str:
    """Return the script that tells the page what was worked out after the run.

    Parameters
    ----------
    found
        As `write_follow_ups` takes it.
    """
    names = ("what_if", "moves", "said", "years", "stranded", "targets", "filling")
    return script("follow", {name: found.get(name, []) for name in names})


def page_files() -> dict[str, bytes]:
    """Return the files of the page, and of MapLibre, by their path in its folder.

    Raises
    ------
    OutputError
        When the package with MapLibre is not whole.
    """
    own = resources.files("flexruimte.views.web") / "page"
    files = {
        file.name if file.name == _PAGE else f"{_ASSETS}/{file.name}": file.read_bytes()
        for file in sorted(own.iterdir(), key=lambda each: each.name)
    }
    files[_PAGE] = _asking_no_others(files[_PAGE])
    return files | {f"{_ASSETS}/{path.name}": path.read_bytes() for path in _library()}


def _write(path: Path, content: bytes) -> None:
    with atomic_write(path, durable=False) as partial:
        partial.write_bytes(content)


def _library() -> list[Path]:
    """Return the files of MapLibre, which the package `maplibre` carries; it is not imported."""
    found = importlib.util.find_spec("maplibre")
    places = [] if found is None else list(found.submodule_search_locations or [])
    paths = [Path(place) / "srcjs" / name for place in places[:1] for name in _LIBRARY]
    if not paths or not all(path.is_file() for path in paths):
        raise OutputError(
            "the map needs MapLibre, of which the package maplibre holds the script, and that is "
            "not here; pip install 'maplibre>=0.3.6'"
        )
    return paths


def _asking_no_others(page: bytes) -> bytes:
    """Return the page with the hosts of the backgrounds, the only ones that it may ever ask."""
    hosts = {
        "{0.scheme}://{0.netloc}".format(urlsplit(each["tiles"])) for each in _backgrounds("nl")
    }
    return page.replace(b"https:", " ".join(sorted(hosts)).encode())


def _backgrounds(language: Language) -> list[dict[str, Any]]:
    text = (resources.files("flexruimte.views.web") / "backgrounds.toml").read_text("utf-8")
    return [
        {**facts, "id": name, "title": facts["title"][language]}
        for name, facts in tomllib.loads(text).items()
    ]
