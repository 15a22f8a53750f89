"""Reading results back: where a municipality's files are, and what they say."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
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
from flexruimte.vocabulary import HOMES_HIGH, HOMES_LOW, HOMES_MID, PARCEL_ID, RANK, TERM_END, TERM_START

__all__ = [
    "FILES",
    "LOCATIONS_GEOJSON",
    "LOCATIONS_GPKG",
    "PARCELS",
    "SUMMARY",
    "folder_name",
    "read_locations",
    "read_parcel",
    "read_summary",
]

LOCATIONS_GEOJSON: Final = "locations.geojson"
LOCATIONS_GPKG: Final = "locations.gpkg"
PARCELS: Final = "parcels.parquet"
SUMMARY: Final = "summary.json"
FILES: Final = (LOCATIONS_GEOJSON, LOCATIONS_GPKG, PARCELS, SUMMARY)
"""What there is of every municipality."""

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
        raise OutputError(f"{path} cannot be read: {error}; run this municipality again with --fresh") from None
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
        The columns of `flexruimte.exports.tables.location_columns`, and those for readers. (n, ...)

    Raises
    ------
    OutputError
        When the file cannot be read.
    """
    path = folder / LOCATIONS_GPKG
    try:
        read = pyogrio.read_dataframe(path, layer="buildable" if with_positions else "locations", read_geometry=with_positions)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise OutputError(f"{path} cannot be read: {error}; run this municipality again with --fresh") from None
    rows = read.drop(columns="geometry", errors="ignore")
    if with_positions:
        points = shapely.point_on_surface(np.asarray(read.geometry))
        rows = rows.assign(x=shapely.get_x(points), y=shapely.get_y(points))
    rows = pd.DataFrame(rows[rows[RANK].notna()])
    whole = {name: rows[name].astype("Int64") for name in (RANK, HOMES_LOW, HOMES_MID, HOMES_HIGH)}
    dates = {name: rows[name].astype("datetime64[ms]") for name in (TERM_START, TERM_END)}
    return rows.assign(**whole, **dates).sort_values(RANK, kind="stable").reset_index(drop=True)


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
    files = list(_parcel_files(out))
    for path in files:
        found = _rows(path, parcel_id)
        if len(found):
            row = {str(name): value for name, value in found.iloc[0].items()}
            return row, read_summary(path.parent)
    known: list[str] = []
    for path in files:
        known += pq.read_table(path, columns=[PARCEL_ID])[PARCEL_ID].to_pylist() if len(known) < _MOST_IDS else []
    near = did_you_mean(parcel_id, known)
    remedy = near if near.startswith("did") or len(known) <= _FEW_IDS else "copy its id from the results"
    raise OutputError(f"parcel '{parcel_id}' is not in {out}; {remedy}")


def _parcel_files(out: Path) -> Iterator[Path]:
    files = sorted([*out.glob(PARCELS), *out.glob(f"*/{PARCELS}")])
    if not files:
        raise OutputError(f"{out} holds no results: there is no {PARCELS} in it or one folder down; give the folder that a run wrote to")
    yield from files


def _rows(path: Path, parcel_id: str) -> pd.DataFrame:
    try:
        columns = [name for name in pq.read_schema(path).names if name not in ("geometry", "buildable")]
        table: pd.DataFrame = pd.read_parquet(path, columns=columns, filters=[(PARCEL_ID, "==", parcel_id)])
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{path} cannot be read: {error}; run this municipality again with --fresh") from None
    return table
