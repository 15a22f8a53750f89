"""Reading results back: where a municipality's files are, and what they say."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
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

from flexruimte.errors import OutputError, did_you_mean
from flexruimte.vocabulary import (
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    PARCEL_ID,
    RANK,
    TERM_END,
    TERM_START,
)

__all__ = [
    "FILES",
    "FILES_OF_RUN",
    "LOCATIONS_GEOJSON",
    "LOCATIONS_GPKG",
    "PARCELS",
    "RUN",
    "SUMMARY",
    "RunResults",
    "folder_name",
    "parcel_files",
    "read_locations",
    "read_measure",
    "read_parcel",
    "read_run",
    "read_summary",
]

RUN: Final = "run.json"
LOCATIONS_GEOJSON: Final = "locations.geojson"
LOCATIONS_GPKG: Final = "locations.gpkg"
PARCELS: Final = "parcels.parquet"
SUMMARY: Final = "summary.json"
FILES: Final = (LOCATIONS_GEOJSON, LOCATIONS_GPKG, PARCELS, SUMMARY)
"""What there is of every municipality."""
FILES_OF_RUN: Final = (RUN, LOCATIONS_GPKG, SUMMARY)
"""What `read_run` reads."""

_FEW_IDS = 20
_MOST_IDS = 20_000
"""So many ids are looked through for one that resembles a misspelt one."""


def folder_name(code: str) -> str:
    """Return a folder name for a municipality: its code, made fit for any file system, and still unique.

    Examples
    --------
    >>> folder_name("GM0363"), folder_name("'s-Gravenhage")
    ('GM0363', 's-Gravenhage-85978de4')
    """
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", code).strip("-")
    if safe and safe == code and safe.upper() not in ("CON", "PRN", "AUX", "NUL"):
        return code
    return f"{safe}-{hashlib.sha256(code.encode()).hexdigest()[:8]}".strip("-")


def read_summary(folder: Path) -> dict[str, Any]:
    """Read the summary of a municipality.

    Raises
    ------
    OutputError
        When it is not there or is no summary.
    """
    path = folder / SUMMARY
    try:
        summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{path} cannot be read: {error}; run this municipality again with --fresh"
        ) from None
    return summary


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
        raise OutputError(
            f"{path} cannot be read: {error}; run this municipality again with --fresh"
        ) from None
    rows = read.drop(columns="geometry", errors="ignore")
    if with_positions:
        points = shapely.point_on_surface(np.asarray(read.geometry))
        rows = rows.assign(x=shapely.get_x(points), y=shapely.get_y(points))
    rows = pd.DataFrame(rows[rows[RANK].notna()])
    whole = {name: rows[name].astype("Int64") for name in (RANK, HOMES_LOW, HOMES_MID, HOMES_HIGH)}
    dates = {name: rows[name].astype("datetime64[ms]") for name in (TERM_START, TERM_END)}
    return rows.assign(**whole, **dates).sort_values(RANK, kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class RunResults:
    """What a run found, over all its municipalities."""

    summary: dict[str, Any]
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
        return dt.date.fromisoformat(self.summary["study"]["as_of"])

    @property
    def language(self) -> str:
        """The study's language."""
        return str(self.summary["study"]["language"])

    def placement(self, name: str) -> Any:
        """Return the value of a placement parameter of the study; None where its ruleset has none of that name."""
        return self.summary["ruleset"]["placement"].get(name, {}).get("value")


def read_run(out: Path) -> RunResults:
    """Read the ranked locations of all municipalities of a run that are done.

    Raises
    ------
    OutputError
        When there is no run in the folder, nothing in it is done, or a file cannot be read.
    """
    path = out / RUN
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["municipalities"]
    except OSError:
        raise OutputError(
            f"{out} holds no run: there is no {RUN} in it; give the folder that flexruimte run wrote to"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            f"{path} is not the log of a run; run the study again with --fresh"
        ) from None
    folders = [
        out / entry["folder"] for _, entry in sorted(entries.items()) if entry["state"] == "done"
    ]
    if not folders:
        raise OutputError(
            f"no municipality in {out} is done; run the study first, and see {RUN} for what went wrong"
        )
    return RunResults(
        summary=read_summary(folders[0]),
        locations=pd.concat(
            [read_locations(folder, with_positions=True) for folder in folders], ignore_index=True
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


def read_measure(out: Path, measure: str) -> pd.Series[Any]:
    """Return a measure of every parcel of a run, by parcel id; empty where the ruleset has no such measure.

    Raises
    ------
    OutputError
        When a file cannot be read.
    """
    found = []
    for path in parcel_files(out):
        try:
            if measure in pq.read_schema(path).names:
                found.append(
                    pq.read_table(path, columns=[PARCEL_ID, measure])
                    .to_pandas()
                    .set_index(PARCEL_ID)[measure]
                )
        except (OSError, pa.ArrowException) as error:
            raise OutputError(
                f"{path} cannot be read: {error}; run this municipality again with --fresh"
            ) from None
    return pd.concat(found) if found else pd.Series(dtype="float64")


def read_parcel(out: Path, parcel_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return everything that the results say of one parcel, and the summary of its municipality.

    Parameters
    ----------
    out
        Folder with the results of a run, or of one municipality.
    parcel_id
        Which parcel.

    Raises
    ------
    OutputError
        When there are no results, or the parcel is in none of them.
    """
    files = list(parcel_files(out))
    for path in files:
        found = _rows(path, parcel_id)
        if len(found):
            row = {str(name): value for name, value in found.iloc[0].items()}
            return row, read_summary(path.parent)
    known: list[str] = []
    for path in files:
        known += (
            pq.read_table(path, columns=[PARCEL_ID])[PARCEL_ID].to_pylist()
            if len(known) < _MOST_IDS
            else []
        )
    near = did_you_mean(parcel_id, known)
    remedy = (
        near if near.startswith("did") or len(known) <= _FEW_IDS else "copy its id from the results"
    )
    raise OutputError(f"parcel '{parcel_id}' is not in {out}; {remedy}")


def parcel_files(out: Path) -> Iterator[Path]:
    """Yield the files with parcels in a folder of a run, or of one municipality."""
    files = sorted([*out.glob(PARCELS), *out.glob(f"*/{PARCELS}")])
    if not files:
        raise OutputError(
            f"{out} holds no results: there is no {PARCELS} in it or one folder down; give the folder that a run wrote to"
        )
    yield from files


def _rows(path: Path, parcel_id: str) -> pd.DataFrame:
    try:
        columns = [
            name for name in pq.read_schema(path).names if name not in ("geometry", "buildable")
        ]
        table: pd.DataFrame = pd.read_parquet(
            path, columns=columns, filters=[(PARCEL_ID, "==", parcel_id)]
        )
    except (OSError, pa.ArrowException) as error:
        raise OutputError(
            f"{path} cannot be read: {error}; run this municipality again with --fresh"
        ) from None
    return table
