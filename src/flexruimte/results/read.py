"""Reading results back: where a municipality's files are, and what they say."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors
import shapely
from pydantic import ValidationError

from flexruimte.errors import OutputError, did_you_mean, enumerate_some, nearest_name
from flexruimte.evidence.identifiers import identifier
from flexruimte.results.findings import FINDING_COLUMNS
from flexruimte.results.outputs import FINDINGS, LOCATIONS_GPKG, PARCELS, RUN, SITES, SUMMARY
from flexruimte.results.rule_text import known_value
from flexruimte.results.stamp import read_stamp
from flexruimte.results.summary_model import FORMAT, Summary
from flexruimte.results.tables import LIST_COLUMNS, joined_ids
from flexruimte.rules.documents import describe_validation_error
from flexruimte.vocabulary import (
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    PARCEL_ID,
    PRIORITY,
    RANK,
    SITE_ID,
    TERM_END,
    TERM_START,
)

__all__ = [
    "FILES_OF_RUN",
    "ParcelResults",
    "RunResults",
    "folder_name",
    "parcel_files",
    "read_entries",
    "read_findings",
    "read_locations",
    "read_measure",
    "read_parcel",
    "read_run",
    "read_summaries",
    "read_summary",
    "states_not_done",
]

FILES_OF_RUN: Final = (RUN, LOCATIONS_GPKG, SUMMARY)
"""What `read_run` reads."""

_EARLIER_COLUMNS = "verdict_"
"""The parcels' table had a column per rule that starts so, up to format 1."""
_GEOMETRIES = ("geometry", "buildable")
_FEW_IDS = 20
_MOST_IDS = 20_000
"""So many ids are looked through for one that resembles a misspelt one."""


def folder_name(code: str) -> str:
    """Return a folder name for a municipality: its code, made fit for any file system, and unique.

    Examples
    --------
    >>> folder_name("GM0363"), folder_name("'s-Gravenhage")
    ('GM0363', 's-Gravenhage-85978de4')
    """
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", code).strip("-")
    if safe and safe == code and safe.upper() not in ("CON", "PRN", "AUX", "NUL"):
        return code
    return f"{safe}-{hashlib.sha256(code.encode()).hexdigest()[:8]}".strip("-")


def read_summary(folder: Path) -> Summary:
    """Read the summary of a municipality.

    Raises
    ------
    OutputError
        When it is not there, is no summary, or an earlier version wrote it.
    """
    path = folder / SUMMARY
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _of_an_earlier_version(path)
    try:
        return Summary.model_validate(document)
    except ValidationError as error:
        raise _unreadable(path, describe_validation_error(error, Summary)) from None


def _unreadable(path: Path, why: object) -> OutputError:
    if isinstance(why, FileNotFoundError):
        why = "it is not there"
    return OutputError(f"{path} cannot be read: {why}; run this municipality again with --fresh")


def _of_an_earlier_version(path: Path) -> OutputError:
    return OutputError(f"{path} was written by an earlier version; run again")


def read_locations(folder: Path, *, with_positions: bool = False) -> pd.DataFrame:
    """Read the ranked locations of a municipality, by rank.

    Parameters
    ----------
    folder
        With the results of the municipality.
    with_positions
        Whether to add `x` and `y`: a point in the buildable part, in RD New. [m]

    Returns
    -------
    pandas.DataFrame
        The columns of `flexruimte.results.tables.location_columns`, and those for readers. (n, ...)

    Raises
    ------
    OutputError
        When the file cannot be read.
    """
    path = folder / LOCATIONS_GPKG
    try:
        layer = "buildable" if with_positions else "locations"
        read = pyogrio.read_dataframe(
            path, layer=layer, read_geometry=with_positions, use_arrow=True
        )
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _unreadable(path, error) from None
    rows = read.drop(columns="geometry", errors="ignore")
    if with_positions:
        points = shapely.point_on_surface(np.asarray(read.geometry))
        rows = rows.assign(x=shapely.get_x(points), y=shapely.get_y(points))
    rows = pd.DataFrame(rows[rows[RANK].notna()])
    counts = (RANK, HOMES, HOMES_LOW, HOMES_MID, HOMES_HIGH)
    whole = {name: rows[name].astype("Int64") for name in counts}
    dates = {name: rows[name].astype("datetime64[ms]") for name in (TERM_START, TERM_END)}
    return rows.assign(**whole, **dates).sort_values(RANK, kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class RunResults:
    """What a run found, over all its municipalities."""

    summary: Summary
    """Of the first municipality: what it says of study and ruleset holds for all."""
    locations: pd.DataFrame
    """The ranked locations by municipality and rank, with `x` and `y`. (n, ...)"""
    done: dict[str, str]
    """Name by code of the municipalities that are done; those without parcels too."""
    not_done: dict[str, str]
    """State by code of the others: running, failed or outdated."""

    @property
    def as_of(self) -> dt.date:
        """The study's date."""
        return self.summary.study.as_of

    @property
    def language(self) -> str:
        """The study's language."""
        return self.summary.study.language

    def counted(self, *, of_all: bool) -> pd.DataFrame:
        """Return the locations that totals count: those of the best class of priority, or all.

        Also all where the ruleset has no classes. (n, ...)
        """
        first = self.summary.first_priority
        if of_all or first is None:
            return self.locations
        return self.locations[self.locations[PRIORITY] == first].reset_index(drop=True)

    def placement(self, name: str) -> Any:
        """Return the value of a placement parameter of the study; None where there is none."""
        parameter = self.summary.ruleset.placement.get(name)
        return None if parameter is None else parameter.value

    @property
    def longest_years(self) -> float:
        """The term that no location exceeds, by ruleset or regime. [year]

        A term as long as this has no end that is known.
        """
        of_regimes = [
            np.inf if regime.longest_years is None else regime.longest_years
            for regime in self.summary.regimes
        ]
        limits = (self.placement("longest_term_years"), max(of_regimes, default=np.inf))
        return min(float(limit) for limit in limits if limit is not None)


def read_run(out: Path) -> RunResults:
    """Read the ranked locations of all municipalities of a run that are done.

    Raises
    ------
    OutputError
        When there is no run in the folder, nothing in it is done, or a file cannot be read.
    """
    entries = read_entries(out)
    summaries = read_summaries(out)  # all, as any may be an earlier one
    return RunResults(
        summary=summaries[0],
        locations=pd.concat(
            [read_locations(folder, with_positions=True) for folder in _done(out, entries)],
            ignore_index=True,
        ),
        done={
            code: entry["name"]
            for code, entry in sorted(entries.items())
            if entry["state"] in ("done", "empty")
        },
        not_done={
            code: entry["state"]
            for code, entry in sorted(entries.items())
            if entry["state"] not in ("done", "empty")
        },
    )


def read_summaries(out: Path) -> list[Summary]:
    """Read the summaries of all municipalities of a run that are done, by code.

    Raises
    ------
    OutputError
        As `read_run`.
    """
    return [read_summary(folder) for folder in _done(out, read_entries(out))]


def read_entries(out: Path) -> dict[str, dict[str, Any]]:
    """Return what the log of a run says of each municipality, by code.

    Raises
    ------
    OutputError
        When there is no run in the folder, or its log cannot be read.
    """
    path = out / RUN
    try:
        entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[
            "municipalities"
        ]
    except OSError:
        raise OutputError(
            f"{out} holds no run: there is no {RUN} in it; "
            "give the folder that flexruimte run wrote to"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            f"{path} is not the log of a run; run the study again with --fresh"
        ) from None
    return entries


def _done(out: Path, entries: dict[str, dict[str, Any]]) -> list[Path]:
    """Return the folders of the municipalities that are done, by code."""
    folders = [
        out / entry["folder"] for _, entry in sorted(entries.items()) if entry["state"] == "done"
    ]
    if not folders:
        raise OutputError(
            f"no municipality in {out} is done; run the study first, "
            f"and see {RUN} for what went wrong"
        )
    return folders


def read_measure(out: Path, measure: str) -> pd.Series[Any]:
    """Return a measure of every parcel of a run, by parcel id.

    Empty where the ruleset has no such measure.

    Raises
    ------
    OutputError
        When a file cannot be read, or an earlier version wrote it.
    """
    found = []
    for path in parcel_files(out):
        if measure in _columns(path):
            table = _read_table(path, [PARCEL_ID, measure])
            found.append(table.set_index(PARCEL_ID)[measure])
    return pd.concat(found) if found else pd.Series(dtype="float64")


@dataclass(frozen=True)
class ParcelResults:
    """What the results say of one parcel, or of one location of several."""

    row: dict[str, Any]
    """Its row of the parcels' table, by column, without geometries; lists are "a;b"."""
    findings: pd.DataFrame
    """Its rows of the table of findings, in the order of the ruleset."""
    summary: Summary
    """Of its municipality."""
    site: dict[str, Any] | None = None
    """The row of the location that the parcel is part of; None where it is part of none."""


def read_parcel(out: Path, parcel_id: str) -> ParcelResults:
    """Return everything that the results say of one parcel, or of one location of several.

    Parameters
    ----------
    out
        Folder with the results of a run, or of one municipality.
    parcel_id
        Which parcel or location.

    Raises
    ------
    OutputError
        When there are no results, the parcel is in none of them, or an earlier version wrote them.
    """
    files = list(parcel_files(out))
    parcel_id = identifier(parcel_id)
    for path in [*files, *(path.with_name(SITES) for path in files)]:
        row = _row_of(path, parcel_id)
        if row is not None:
            summary = read_summary(path.parent)
            _refuse_other_findings(path)
            site_id = known_value(row, SITE_ID)
            site = None if site_id is None else _row_of(path.with_name(SITES), site_id)
            return ParcelResults(row, read_findings(path.parent, parcel_id), summary, site)
    known: list[str] = []
    for path in files:
        if len(known) < _MOST_IDS:
            known += _read_table(path, [PARCEL_ID])[PARCEL_ID].tolist()
    few = len(known) <= _FEW_IDS or nearest_name(parcel_id, known) is not None
    remedy = did_you_mean(parcel_id, known) if few else "copy its id from the results"
    not_done = states_not_done(out)
    where = f"what is done of {out}" if not_done else str(out)
    remedy = _said_of(not_done) if not_done else remedy
    raise OutputError(f"parcel '{parcel_id}' is not in {where}; {remedy}")


def _row_of(path: Path, parcel_id: str) -> dict[str, Any] | None:
    """Return the row of a parcel or location in a file, without geometries; None without one."""
    columns = [name for name in _columns(path) if name not in _GEOMETRIES]
    found = _read_table(path, columns, [(PARCEL_ID, "==", parcel_id)])
    if not len(found):
        return None
    return {
        str(name): joined_ids(value) if name in LIST_COLUMNS else value
        for name, value in found.iloc[0].items()
    }


def _refuse_other_findings(parcels: Path) -> None:
    """Refuse findings that are not those of the parcels beside them, but of another run."""
    findings = parcels.with_name(FINDINGS)
    try:
        stamps = [read_stamp(path) for path in (parcels, findings)]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _unreadable(findings, error) from None
    if stamps[0] != stamps[1]:
        raise OutputError(
            f"{findings} is of another run than {parcels.name} beside it; put the right file "
            "there, or run this municipality again with --fresh"
        )


def read_findings(folder: Path, parcel_id: str | None = None) -> pd.DataFrame:
    """Read what rules found in a municipality.

    Parameters
    ----------
    folder
        With the results of the municipality.
    parcel_id
        Of the parcel or site whose findings are wanted; None reads all.

    Returns
    -------
    pandas.DataFrame
        The columns of `flexruimte.results.findings.FINDING_COLUMNS`. (m, 9)

    Raises
    ------
    OutputError
        When the file cannot be read.
    """
    only = None if parcel_id is None else [(PARCEL_ID, "==", parcel_id)]
    return _read_table(folder / FINDINGS, list(FINDING_COLUMNS), only)


def parcel_files(out: Path) -> list[Path]:
    """Return the files with parcels in a folder of a run, or of one municipality, that are done.

    What stands in a folder whose state in run.json is not "done" may be of two runs, and is left
    out. A folder that no run.json knows counts as done.

    Raises
    ------
    OutputError
        When none is done, with the state of those that are not; when one that is done is gone.
    """
    files = sorted([*out.glob(PARCELS), *out.glob(f"*/{PARCELS}")])
    states = _states(out)
    not_done = _of_not_done(states)
    done = [path for path in files if path.parent.resolve().name not in not_done]
    there = {path.parent.resolve().name for path in done}
    gone = sorted(
        folder for folder, state in states.items() if state == "done" and folder not in there
    )
    if done and gone:
        raise OutputError(
            f"{out / gone[0] / PARCELS} is not there, and {RUN} says that it is done; "
            "run this municipality again with --fresh"
        )
    if not done and not_done:
        raise OutputError(f"{out} holds no results that are done: {_said_of(not_done)}")
    if not done:
        raise OutputError(
            f"{out} holds no results: there is no {PARCELS} in it or one folder down; "
            "give the folder that a run wrote to"
        )
    return done


def states_not_done(out: Path) -> dict[str, str]:
    """Return the state of municipalities that are not done, by the name of their folder.

    Parameters
    ----------
    out
        Folder of a run, or of one municipality in it: then of that one alone.

    Raises
    ------
    OutputError
        When run.json cannot be read.
    """
    return _of_not_done(_states(out))


def _of_not_done(states: dict[str, str]) -> dict[str, str]:
    return {name: state for name, state in states.items() if state not in ("done", "empty")}


def _states(out: Path) -> dict[str, str]:
    """Return the state of the municipalities of a folder, by the name of theirs."""
    whole = (out / RUN).is_file()
    path = out / RUN if whole else out.resolve().parent / RUN
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["municipalities"].values()
        states = {str(entry["folder"]): str(entry["state"]) for entry in entries}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = error if isinstance(error, OSError | ValueError) else "it is no log of a run"
        raise OutputError(f"{path} cannot be read: {why}; run again with --fresh") from None
    name = out.resolve().name
    return {folder: state for folder, state in states.items() if whole or folder == name}


def _said_of(not_done: dict[str, str]) -> str:
    named = enumerate_some(f"{folder} is {state}" for folder, state in sorted(not_done.items()))
    return f"{named}; see {RUN} for what went wrong, and run the study again"


def _columns(path: Path) -> list[str]:
    """Return the columns of a file with parcels, which must be as this version writes them."""
    try:
        names: list[str] = pq.read_schema(path).names
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from None
    if any(name.startswith(_EARLIER_COLUMNS) for name in names):
        raise _of_an_earlier_version(path)
    return names


def _read_table(
    path: Path, columns: list[str], filters: list[tuple[str, str, str]] | None = None
) -> pd.DataFrame:
    try:
        table: pd.DataFrame = pd.read_parquet(path, columns=columns, filters=filters)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _unreadable(path, error) from None
    return table
