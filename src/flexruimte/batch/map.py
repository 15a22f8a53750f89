"""The map of a run, written after it and after what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flexruimte.assessment.pipeline import Question
from flexruimte.errors import OutputError
from flexruimte.results.outputs import MAP, MAP_PAGE, RUN
from flexruimte.results.store import Store, store_of
from flexruimte.views.web import (
    HEAD,
    follow_ups,
    heads_of,
    write_follow_ups,
    write_page,
)
from flexruimte.wording.messages import Language

__all__ = ["map_folder", "refresh_map", "write_map"]


def write_map(
    store: Store, question: Question, folders: Mapping[str, str], *, new_ranking: bool
) -> None:
    """Write the page of a run, with the municipalities that are done.

    Parameters
    ----------
    store
        Where the run is.
    question
        What the study asks.
    folders
        Names of the folders of the municipalities, by code.
    new_ranking
        Whether the ranking is another than before: what followed from that one is then left out.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    known = question.municipalities
    boundaries = {code: known.geometries[known.position(code)] for code in folders}
    names = list(folders.values())
    # On storage the page is made of these files, and what is not written stays.
    with store.writing(MAP, [f"{name}{HEAD}" for name in names]) as folder:
        heads = heads_of(folder / "data", names, boundaries)
        write_page(folder, question.name, question.language, heads)
        if new_ranking:
            write_follow_ups(folder, {})


def refresh_map(out: str | Path, language: Language) -> None:
    """Write what follows from a run, such as its relocation, to its map; if there is one.

    Results on object storage have no times by which to tell whether they follow from the ranking,
    and are not shown.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, of the run.
    language
        Of words in it.

    Raises
    ------
    OutputError
        When a file cannot be read or written.
    """
    store = store_of(out)
    if not store.is_folder or not store.has(MAP_PAGE):
        return
    found = follow_ups(Path(str(store)), language)
    with store.writing(MAP) as folder:
        write_follow_ups(folder, found)


def map_folder(out: str | Path) -> Path:
    """Return the folder with the page of a run.

    Raises
    ------
    OutputError
        When there is no run, it has no map, or it is not in a folder.
    """
    store = store_of(out)
    if not store.is_folder:
        raise OutputError(
            f"{store} is no folder; copy {store.named(MAP)} to one and open its index.html, "
            "or give that to any web server"
        )
    if not store.has(RUN):
        raise OutputError(
            f"{store} holds no run: there is no {RUN} in it; "
            "give the folder that flexruimte run wrote to"
        )
    if not store.has(MAP_PAGE):
        raise OutputError(
            f"{store} has no map, as an earlier version wrote it or the run did not end; "
            "run the study again, with --fresh if it says that all is unchanged"
        )
    return Path(str(store)) / MAP
