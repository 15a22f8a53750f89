"""parcels.parquet: every parcel with everything that is known of it, as GeoParquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.stamp import stamped
from flexruimte.results.tables import with_lists
from flexruimte.vocabulary import MUNICIPALITY_CODE, PARCEL_ID

__all__ = ["write_parquet"]


def write_parquet(parcels: gpd.GeoDataFrame, path: str | Path, stamp: str | None = None) -> None:
    """Write every parcel to a GeoParquet file, in RD New; the same parcels give the same bytes.

    Parameters
    ----------
    parcels
        As `flexruimte.results.tables.parcel_table` makes it; lists are "a;b" there, and
        list<string> in the file.
    path
        The file to write.
    stamp
        Of the results that they are part of, as `stamp_of` makes it; None writes none.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    with atomic_write(path) as partial:
        # All rows lie in one group: statistics tell whether to look into a file at all, for a
        # parcel or for a municipality.
        # An array of text holds text where it is empty too, so that each list is one of texts.
        stamped(with_lists(parcels, _array_of_text), stamp).to_parquet(
            partial,
            index=False,
            compression="zstd",
            write_statistics=[PARCEL_ID, MUNICIPALITY_CODE],
        )


def _array_of_text(ids: list[str]) -> np.ndarray[Any, Any]:
    return np.array(ids, dtype=str)
