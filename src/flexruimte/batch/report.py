"""The reports of a run, written again from its results and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely

from flexruimte.errors import OutputError, did_you_mean, enumerate_some
from flexruimte.evidence.parcels import Municipalities
from flexruimte.results.boundary import drawn_boundary, read_boundary, write_boundary
from flexruimte.results.outputs import BOUNDARY, REPORT, RUN
from flexruimte.results.read import read_entries
from flexruimte.results.read_content import FILES_OF_CONTENT, read_content
from flexruimte.results.store import Store, store_of
from flexruimte.views.report import FILES_FOLLOWING, FollowUps, follow_ups_by_code, write_report

__all__ = ["redraw_boundaries", "refresh_reports", "write_reports"]


def write_reports(out: str | Path, municipalities: Sequence[str] = ()) -> list[str]:
    """Write the reports of a run again, with what was worked out since.

    Results on object storage have no times by which to tell whether what follows is of the ranking,
    and their reports are without.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, of a run.
    municipalities
        Codes or names; none is all that are done.

    Returns
    -------
    list of str
        What people call the reports.

    Raises
    ------
    OutputError
        When there is no run, a municipality is not in it or not done, or a file cannot be read or
        written.
    """
    store = store_of(out)
    folders = _folders(store, municipalities)
    _write(store, folders)
    return [store.named(f"{folder}/{REPORT}") for folder in folders.values()]


def refresh_reports(store: Store, folders: Mapping[str, str]) -> None:
    """Write reports again that may tell of what followed from an earlier ranking.

    Parameters
    ----------
    store
        Where a run is, whose ranking is a new one.
    folders
        Names of the folders of the municipalities whose results stand, by code.

    Raises
    ------
    OutputError
        When a file cannot be read or written.
    """
    if store.is_folder and any(map(store.has, FILES_FOLLOWING)):
        _write(store, folders)


def redraw_boundaries(
    store: Store, municipalities: Municipalities, folders: Mapping[str, str]
) -> None:
    """Write the reports again of municipalities whose boundary moved, and no parcel with it.

    Parameters
    ----------
    store
        Where a run is.
    municipalities
        With their boundaries as they are now.
    folders
        Names of the folders of municipalities whose results stand, by code.

    Raises
    ------
    OutputError
        When a file cannot be read or written.
    """
    moved = {}
    for code, folder in folders.items():
        now = drawn_boundary(municipalities.geometries[municipalities.position(code)])
        with store.reading((BOUNDARY,), folder) as where:
            before = read_boundary(where / BOUNDARY)
        if before is None or not shapely.equals_identical(before, now):
            with store.writing(folder) as where:
                write_boundary(now, where / BOUNDARY)
            moved[code] = folder
    _write(store, moved)


def _write(store: Store, folders: Mapping[str, str]) -> None:
    followed: dict[str, FollowUps] | None = None
    for code, folder in folders.items():
        with store.writing(folder, FILES_OF_CONTENT) as where:
            content = read_content(where)
            if followed is None:  # all municipalities of a run have one language
                language = content.summary.study.language
                followed = follow_ups_by_code(Path(str(store)), language) if store.is_folder else {}
            write_report(content, where, followed.get(code, FollowUps()))


def _folders(store: Store, municipalities: Sequence[str]) -> dict[str, str]:
    """Return the names of the folders of municipalities that are asked for, by code."""
    with store.reading((RUN,)) as out:
        entries = read_entries(out)
    wanted = {}
    for asked in municipalities:
        code = _code_of(asked, {code: entry["name"] for code, entry in entries.items()}, store)
        state = entries[code]["state"]
        if state != "done":
            why = "it has no parcels" if state == "empty" else "run the study again"
            raise OutputError(f"{code} in {store} has no results, as it is {state}; {why}")
        wanted[code] = entries[code]["folder"]
    if wanted:
        return wanted
    done = {code: entry["folder"] for code, entry in entries.items() if entry["state"] == "done"}
    if not done:
        raise OutputError(
            f"no municipality in {store} is done; run the study first, "
            f"and see {RUN} for what went wrong"
        )
    return done


def _code_of(asked: str, names: Mapping[str, str], store: Store) -> str:
    """Return the code of a municipality that is asked for by code or by name."""
    codes = [asked] if asked in names else [code for code, name in names.items() if name == asked]
    if not codes:
        raise OutputError(
            f"municipality '{asked}' is not in the run in {store}; "
            f"{did_you_mean(asked, [*names, *names.values()])}"
        )
    if len(codes) > 1:
        raise OutputError(
            f"the run in {store} has {len(codes)} municipalities called '{asked}'; "
            f"give the code: {enumerate_some(codes)}"
        )
    return codes[0]
