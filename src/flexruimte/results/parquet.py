"""parcels.parquet: every parcel with everything that is known of it, as GeoParquet."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from flexruimte.results.atomic_write import atomic_write
from flexruimte.vocabulary import MUNICIPALITY_CODE, PARCEL_ID

__all__ = ["write_parquet"]


def write_parquet(parcels: gpd.GeoDataFrame, path: str | Path) -> None:
    """Write every parcel to a GeoParquet file, in RD New; the same parcels give the same bytes.

    Parameters
    ----------
    parcels
        As `flexruimte.results.tables.parcel_table` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    with atomic_write(path) as partial:
        # All rows lie in one group: statistics tell whether to look into a file at all, for a
        # parcel or for a municipality.
        parcels.to_parquet(
            partial,
            index=False,
            compression="zstd",
            write_statistics=[PARCEL_ID, MUNICIPALITY_CODE],
        )
