"""municipalities.csv: the funnel of each municipality of a run, one below another.

It is made of the rows that lie beside the results of each. What has no results is in it by name,
with its state and without numbers: nobody knows them, and they are not zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from flexruimte.errors import OutputError
from flexruimte.results.csv_table import write_csv
from flexruimte.results.funnel import ALL, FUNNEL_COLUMNS, write_funnel
from flexruimte.results.outputs import FUNNEL
from flexruimte.results.read import read_summary
from flexruimte.vocabulary import MUNICIPALITY_CODE, MUNICIPALITY_NAME

__all__ = [
    "STATE",
    "FunnelOf",
    "read_municipality_table",
    "write_municipality_table",
]

STATE: Final = "state"
"""How the run of the municipality ended: `done`, `empty`, `failed`, `outdated` or `running`."""
_NAMES: Final = (MUNICIPALITY_CODE, MUNICIPALITY_NAME, STATE, "target_group", "owner_class")
_TEXTS: Final = (*_NAMES, "not_assessed", "conditions_not_assessed")


@dataclass(frozen=True)
class FunnelOf:
    """A municipality of a run, and where its results are."""

    code: str
    name: str
    state: str
    folder: Path | None
    """With its results; None where there are none that count."""


def write_municipality_table(municipalities: Iterable[FunnelOf], path: Path) -> None:
    """Write the funnel of municipalities, in the order given.

    Parameters
    ----------
    municipalities
        Of one study. Where what `write_funnel` writes is not there, it is made of the summary.
    path
        The file to write.

    Raises
    ------
    OutputError
        When results cannot be read or the file cannot be written.
    """
    parts = [_rows_of(each) for each in municipalities]
    of_parts = (str(name) for part in parts for name in part)
    columns = list(dict.fromkeys([*_NAMES, *FUNNEL_COLUMNS, *of_parts]))
    # A class of priority that one municipality alone has gives the others an empty cell.
    alike = [part.reindex(columns=columns, fill_value="") for part in parts]
    write_csv(pd.concat(alike) if alike else pd.DataFrame(columns=columns), path)


def _rows_of(municipality: FunnelOf) -> pd.DataFrame:
    """Return the rows of a municipality, all cells as text."""
    if municipality.folder is None:
        row = {
            MUNICIPALITY_CODE: municipality.code,
            MUNICIPALITY_NAME: municipality.name,
            STATE: municipality.state,
            "target_group": ALL,
            "owner_class": ALL,
        }
        return pd.DataFrame([row])
    path = municipality.folder / FUNNEL
    if not path.is_file():
        write_funnel(read_summary(municipality.folder), path)
    rows = _read(path)
    return rows.assign(**{STATE: municipality.state})


def read_municipality_table(path: Path) -> pd.DataFrame:
    """Read the table that `write_municipality_table` writes; numbers that are not there are NaN.

    Raises
    ------
    OutputError
        When it is not there, or is another table.
    """
    rows = _read(path)
    return rows.assign(
        **{name: pd.to_numeric(rows[name]) for name in rows.columns if name not in _TEXTS}
    )


def _read(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{path} cannot be read: {error}; remove it, and give the same command again"
        ) from None
    if not {MUNICIPALITY_CODE, MUNICIPALITY_NAME, "hectares"} <= set(rows.columns):
        raise OutputError(
            f"{path} is no table of hectares; remove it, and give the same command again"
        )
    return rows
