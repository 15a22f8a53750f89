""".ranked.csv: the ranked locations of one municipality, as they stand in the table of all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from flexruimte.results.csv_table import write_csv
from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import joined_ids, location_columns
from flexruimte.vocabulary import MUNICIPALITY_CODE, MUNICIPALITY_NAME, PARCEL_ID, RANK

__all__ = ["NOT_ASSESSED", "write_ranked"]

NOT_ASSESSED: Final = "not_assessed"
"""Layers and rules that the study leaves out knowingly, as "a;b"."""


def write_ranked(locations: pd.DataFrame, summary: Summary, path: Path) -> None:
    """Write the ranked locations of one municipality beside its results.

    Parameters
    ----------
    locations
        By rank, with the columns of `flexruimte.results.tables.location_columns`.
    summary
        Of the municipality: which target groups count, and what the study leaves out, which the
        last column says of every location (`not_assessed`).
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    first = [MUNICIPALITY_CODE, MUNICIPALITY_NAME, RANK, PARCEL_ID]
    columns = location_columns(summary.study.target_groups)
    others = [name for name in columns if name not in first]
    rows = pd.DataFrame(locations[locations[RANK].notna()]).reindex(columns=[*first, *others])
    left_out = joined_ids([part.id for part in summary.not_assessed])
    write_csv(rows.assign(**{NOT_ASSESSED: left_out}), path)
