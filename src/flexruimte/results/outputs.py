"""The files of a run: every name, and for each file of a municipality the function that writes it.

A new file of a municipality is a name and a row in `OUTPUTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from flexruimte.results.boundary import write_boundary
from flexruimte.results.findings import write_findings
from flexruimte.results.funnel import write_funnel
from flexruimte.results.geojson import write_geojson
from flexruimte.results.geopackage import write_geopackage
from flexruimte.results.other_parcels import other_parcels
from flexruimte.results.parquet import write_parquet
from flexruimte.results.qgis_project import write_qgis_project
from flexruimte.results.ranked_rows import write_ranked
from flexruimte.results.stamp import stamp_of
from flexruimte.results.summary import write_summary
from flexruimte.results.summary_model import Summary

__all__ = [
    "BOUNDARY",
    "DOSSIERS",
    "FILES",
    "FILES_FOR_RANKING",
    "FINDINGS",
    "FUNNEL",
    "LAYOUT_GEOJSON",
    "LOCATIONS_GEOJSON",
    "LOCATIONS_GPKG",
    "LOCATIONS_QGS",
    "MAP",
    "MAP_PAGE",
    "MUNICIPALITIES",
    "OUTPUTS",
    "PAGES",
    "PARCELS",
    "RANKED",
    "RANKING",
    "RANKING_SHEET",
    "REPORT",
    "RUN",
    "RUN_LOG",
    "SITES",
    "SUMMARY",
    "Output",
    "OutputContent",
]

# Of a municipality.
LOCATIONS_GEOJSON: Final = "locations.geojson"
LOCATIONS_GPKG: Final = "locations.gpkg"
LOCATIONS_QGS: Final = "locations.qgs"
PARCELS: Final = "parcels.parquet"
SITES: Final = "sites.parquet"
FINDINGS: Final = "findings.parquet"
SUMMARY: Final = "summary.json"
REPORT: Final = "report.html"
DOSSIERS: Final = "dossiers.html"
MAP: Final = "map"
"""Folder of the map in that of a run."""
MAP_PAGE: Final = f"{MAP}/index.html"
BOUNDARY: Final = ".boundary.wkb"
RANKED: Final = ".ranked.csv"
FUNNEL: Final = ".funnel.csv"
LAYOUT_GEOJSON: Final = "layout.geojson"

# Of the run.
RUN: Final = "run.json"
RUN_LOG: Final = "run.log"
RANKING: Final = "ranking.csv"
RANKING_SHEET: Final = "ranking.xlsx"
MUNICIPALITIES: Final = "municipalities.csv"

# Of what follows from a run.
TARGETS: Final = "targets.csv"
TARGETS_FILLING: Final = "targets_filling.csv"
TARGETS_PRODUCTION: Final = "targets_production.csv"
COSTS: Final = "costs.csv"
COST_FIGURES: Final = "costs_figures.csv"
WHAT_IF: Final = "whatif.csv"
WHAT_IF_VARIANTS: Final = "whatif_variants.csv"
WHAT_IF_MOVES: Final = "whatif_moves.csv"
RELOCATION_FOLDER: Final = "relocation"
RELOCATION_GEOJSON: Final = "relocation.geojson"


@dataclass(frozen=True)
class OutputContent:
    """What the files of a municipality are made of."""

    parcels: gpd.GeoDataFrame
    """Every parcel by id, in RD New, with measures and scores; `buildable` is a second geometry."""
    sites: gpd.GeoDataFrame
    """The locations of several parcels, in the same columns and `parcel_ids`; no rows for none."""
    findings: pd.DataFrame
    """A row per parcel or site and rule that says no or unknown, or covers something."""
    locations: gpd.GeoDataFrame
    """The ranked by rank, then the unknown; the geometry is the buildable part, of the whole
    parcel where nothing is left, and `parcel` the parcel. In RD New, with sentences."""
    layout: gpd.GeoDataFrame
    """Modules, roads and paths of the locations, in RD New."""
    summary: Summary
    boundary: shapely.Geometry | None
    """Of the municipality, in RD New, as it is drawn; None where it is not at hand."""

    @cached_property
    def others(self) -> gpd.GeoDataFrame:
        """The parcels that are no location and part of none, with what excludes them in words."""
        return other_parcels(self.parcels, self.findings, self.summary)

    @cached_property
    def stamp(self) -> str:
        """What tells that two files hold the same results."""
        return stamp_of(self.parcels, self.findings)


@dataclass(frozen=True)
class Output:
    """One file of a municipality."""

    name: str
    write: Callable[[OutputContent, Path], None]
    """Writes the content to a path."""
    needed_for_ranking: bool = False
    """Whether ranking.csv is made of it, where the rows of the municipality are not kept."""


OUTPUTS: Final = (
    Output(
        LOCATIONS_GEOJSON,
        lambda content, path: write_geojson(content.locations, content.summary, path),
    ),
    Output(
        LOCATIONS_GPKG,
        lambda content, path: write_geopackage(
            content.locations, content.others, content.layout, content.summary, path
        ),
        needed_for_ranking=True,
    ),
    Output(
        LOCATIONS_QGS,
        lambda content, path: write_qgis_project(
            content.locations, content.others, content.layout, content.summary, path
        ),
    ),
    Output(PARCELS, lambda content, path: write_parquet(content.parcels, path, content.stamp)),
    Output(SITES, lambda content, path: write_parquet(content.sites, path, content.stamp)),
    Output(FINDINGS, lambda content, path: write_findings(content.findings, path, content.stamp)),
    Output(
        SUMMARY,
        lambda content, path: write_summary(content.summary, path),
        needed_for_ranking=True,
    ),
    Output(
        RANKED,
        lambda content, path: write_ranked(content.locations, content.summary, path),
    ),
    Output(FUNNEL, lambda content, path: write_funnel(content.summary, path)),
    Output(BOUNDARY, lambda content, path: write_boundary(content.boundary, path)),
)
"""The files of a municipality, in the order in which they are written."""

PAGES: Final = (REPORT, DOSSIERS)
"""What `flexruimte.views.report` makes of the content, as results know no views."""

FILES: Final = (
    *(output.name for output in OUTPUTS if not output.name.startswith(".")),
    *PAGES,
)
"""What there is of every municipality that is done."""
FILES_FOR_RANKING: Final = tuple(output.name for output in OUTPUTS if output.needed_for_ranking)
"""What the rows of a municipality in ranking.csv can be made of."""
