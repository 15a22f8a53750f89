"""ranking.csv: one row per ranked location, over all municipalities; made of the rows that lie beside the results of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from flexruimte.errors import OutputError
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.read import read_locations, read_summary
from flexruimte.results.tables import location_columns
from flexruimte.vocabulary import MUNICIPALITY_CODE, MUNICIPALITY_NAME, PARCEL_ID, RANK

__all__ = ["RANKED_FILE", "write_ranked", "write_ranking_table"]

RANKED_FILE: Final = ".ranked.csv"
"""The ranked locations of one municipality, as they stand in the table of all."""


def write_ranked(locations: pd.DataFrame, groups: Sequence[str], folder: Path) -> None:
    """Write the ranked locations of one municipality beside its results.

    Parameters
    ----------
    locations
        By rank, with the columns of `flexruimte.results.tables.location_columns`.
    groups
        Target groups that count.
    folder
        With the results of the municipality.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    first = [MUNICIPALITY_CODE, MUNICIPALITY_NAME, RANK, PARCEL_ID]
    others = [name for name in location_columns(groups) if name not in first]
    rows = pd.DataFrame(locations[locations[RANK].notna()]).reindex(columns=[*first, *others])
    with atomic_write(folder / RANKED_FILE) as partial:
        rows.to_csv(partial, index=False, lineterminator="\n", date_format="%Y-%m-%d")


def write_ranking_table(folders: Iterable[Path], path: Path) -> int:
    """Write the ranked locations of municipalities, in the order given, and return how many there are.

    Parameters
    ----------
    folders
        Folders with the results of municipalities of one study. Where what `write_ranked` writes is
        not there it is made.
    path
        The file to write.

    Raises
    ------
    OutputError
        When results cannot be read or the file cannot be written.
    """
    number, head = 0, ""
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        for folder in folders:
            ranked = folder / RANKED_FILE
            if not ranked.is_file():
                write_ranked(
                    read_locations(folder), read_summary(folder)["study"]["target_groups"], folder
                )
            try:
                text = ranked.read_bytes().decode("utf-8")
            except (OSError, ValueError) as error:
                raise OutputError(
                    f"{ranked} cannot be read: {error}; remove it, and give the same command again"
                ) from None
            if not head:
                head = text.partition("\n")[0]
                file.write(f"{head}\n")
            file.write(text.partition("\n")[2])
            number += sum(unquoted.count("\n") for unquoted in text.split('"')[::2]) - 1
        if not head:
            file.write(",".join(location_columns([])) + "\n")
    return number
