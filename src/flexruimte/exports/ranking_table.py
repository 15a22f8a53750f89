"""ranking.csv: one row per ranked location, over all municipalities."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from flexruimte.exports.results import read_locations, read_summary
from flexruimte.exports.tables import location_columns
from flexruimte.exports.whole_file import whole_file
from flexruimte.vocabulary import MUNICIPALITY_CODE, MUNICIPALITY_NAME, PARCEL_ID, RANK

__all__ = ["write_ranking_table"]


def write_ranking_table(folders: Iterable[Path], path: Path) -> int:
    """Write the ranked locations of municipalities, in the order given, and return how many there are.

    The rows of a municipality are read back from its results, one municipality at a time.

    Parameters
    ----------
    folders
        Folders with the results of municipalities of one study.
    path
        The file to write.

    Raises
    ------
    OutputError
        When results cannot be read or the file cannot be written.
    """
    number = 0
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        wanted: list[str] | None = None
        for folder in folders:
            if wanted is None:
                wanted = _columns(folder)
                pd.DataFrame(columns=wanted).to_csv(file, index=False, lineterminator="\n")
            rows = read_locations(folder).reindex(columns=wanted)
            rows.to_csv(file, index=False, header=False, lineterminator="\n", date_format="%Y-%m-%d")
            number += len(rows)
        if wanted is None:
            pd.DataFrame(columns=location_columns([])).to_csv(file, index=False, lineterminator="\n")
    return number


def _columns(folder: Path) -> list[str]:
    wanted = location_columns(read_summary(folder)["study"]["target_groups"])
    first = [MUNICIPALITY_CODE, MUNICIPALITY_NAME, RANK, PARCEL_ID]
    return [*first, *(name for name in wanted if name not in first)]
