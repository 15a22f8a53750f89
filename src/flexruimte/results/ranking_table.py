"""ranking.csv: one row per ranked location, over all municipalities.

It is made of the rows that lie beside the results of each.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from flexruimte.errors import OutputError
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.outputs import RANKED, RANKING
from flexruimte.results.ranked_rows import NOT_ASSESSED, write_ranked
from flexruimte.results.read import read_locations, read_summary
from flexruimte.results.tables import location_columns
from flexruimte.vocabulary import PARCEL_ID

__all__ = ["ids_in_ranking", "is_of_this_run", "write_ranking_table"]


def write_ranking_table(folders: Iterable[Path], path: Path) -> int:
    """Write the ranked locations of municipalities, in the order given; return how many there are.

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
            ranked = folder / RANKED
            if not ranked.is_file():
                write_ranked(read_locations(folder), read_summary(folder), ranked)
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
            file.write(",".join([*location_columns([]), NOT_ASSESSED]) + "\n")
    return number


def ids_in_ranking(path: Path) -> Iterator[str]:
    """Yield the ids of the locations in the table that `write_ranking_table` writes, in its order.

    None where it is not there.
    """
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row[PARCEL_ID]


def is_of_this_run(out: Path, name: str) -> bool:
    """Return whether a file was written after the ranking that it follows from."""
    path, ranking = out / name, out / RANKING
    return (
        path.is_file()
        and ranking.is_file()
        and path.stat().st_mtime_ns >= ranking.stat().st_mtime_ns
    )
