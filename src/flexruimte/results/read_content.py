"""The results of a municipality as a whole, read back from its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pyarrow as pa

from flexruimte.errors import OutputError
from flexruimte.results.boundary import read_boundary
from flexruimte.results.layouts import read_layout
from flexruimte.results.outputs import (
    BOUNDARY,
    FINDINGS,
    LOCATIONS_GPKG,
    PARCELS,
    SITES,
    SUMMARY,
    OutputContent,
)
from flexruimte.results.read import read_findings, read_summary
from flexruimte.results.stamp import read_stamp
from flexruimte.results.tables import location_table, locations_of, without_lists

__all__ = ["FILES_OF_CONTENT", "read_content"]

FILES_OF_CONTENT: Final = (PARCELS, SITES, FINDINGS, LOCATIONS_GPKG, SUMMARY, BOUNDARY)
"""What `read_content` reads."""


def read_content(folder: Path) -> OutputContent:
    """Return what the files of a municipality say, as `flexruimte.ranking.Ranking.content` does.

    Parameters
    ----------
    folder
        With the results of the municipality.

    Returns
    -------
    OutputContent
        Of which `locations` has no sentences.

    Raises
    ------
    OutputError
        When a file is not there or cannot be read, an earlier version wrote it, or the files are
        not of one run.
    """
    summary = read_summary(folder)
    parcels, sites = (_read_parcels(folder / name) for name in (PARCELS, SITES))
    findings = read_findings(folder)
    _refuse_other_run(folder)
    return OutputContent(
        parcels=parcels,
        sites=sites,
        findings=findings,
        locations=location_table(
            locations_of(parcels, sites if len(sites) else None), summary.study.target_groups
        ),
        layout=read_layout(folder),
        summary=summary,
        boundary=read_boundary(folder / BOUNDARY),
    )


def _read_parcels(path: Path) -> gpd.GeoDataFrame:
    try:
        return without_lists(gpd.read_parquet(path))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _unreadable(path, error) from None


def _refuse_other_run(folder: Path) -> None:
    """Refuse files that lie together and are of two runs."""
    stamps = {name: read_stamp(folder / name) for name in (PARCELS, SITES, FINDINGS)}
    for name, stamp in stamps.items():
        if stamp != stamps[PARCELS]:
            raise OutputError(
                f"{folder / name} is of another run than {PARCELS} beside it; put the right file "
                "there, or run this municipality again with --fresh"
            )


def _unreadable(path: Path, error: Exception) -> OutputError:
    why = "it is not there" if isinstance(error, FileNotFoundError) else error
    return OutputError(f"{path} cannot be read: {why}; run this municipality again with --fresh")
