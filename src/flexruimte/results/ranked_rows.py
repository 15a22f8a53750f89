""".ranked.csv: the ranked locations of one municipality, as they stand in the table of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from flexruimte.results.csv_table import write_csv
from flexruimte.results.tables import location_columns
from flexruimte.vocabulary import MUNICIPALITY_CODE, MUNICIPALITY_NAME, PARCEL_ID, RANK

__all__ = ["write_ranked"]


def write_ranked(locations: pd.DataFrame, groups: Sequence[str], path: Path) -> None:
    """Write the ranked locations of one municipality beside its results.

    Parameters
    ----------
    locations
        By rank, with the columns of `flexruimte.results.tables.location_columns`.
    groups
        Target groups that count.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    first = [MUNICIPALITY_CODE, MUNICIPALITY_NAME, RANK, PARCEL_ID]
    others = [name for name in location_columns(groups) if name not in first]
    rows = pd.DataFrame(locations[locations[RANK].notna()]).reindex(columns=[*first, *others])
    write_csv(rows, path)
