"""The layouts behind the homes, as features: modules, roads, their paving and paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from flexruimte.errors import OutputError
from flexruimte.kernels.layout import Layouts
from flexruimte.results.geojson import features, write_features
from flexruimte.results.json_text import json_values
from flexruimte.results.outputs import LAYOUT_GEOJSON, LOCATIONS_GPKG
from flexruimte.results.read import parcel_files, read_summary
from flexruimte.results.summary_model import Summary
from flexruimte.results.wgs84 import to_wgs84
from flexruimte.vocabulary import CRS, PARCEL_ID, Floats, Geometries
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language

__all__ = [
    "LAYOUT_COLUMNS",
    "layout_table",
    "read_layout",
    "write_layout_geojson",
    "write_layouts",
]

LAYOUT_COLUMNS: Final = [PARCEL_ID, "kind", "kind_label", "storeys", "row", "degrees"]
"""What is said of a feature of a layout; the last three of modules only."""


def layout_table(
    ids: np.ndarray[Any, Any], layouts: Layouts | None, language: Language
) -> gpd.GeoDataFrame:
    """Return the features of layouts: roads first, so that modules are drawn on top.

    Parameters
    ----------
    ids
        Id of the location of each part. (n,) object
    layouts
        Of n parts; None holds nothing.
    language
        Of `kind_label`.

    Returns
    -------
    geopandas.GeoDataFrame
        In RD New: `LAYOUT_COLUMNS`, of which `storeys`, `row` and `degrees` are null but for
        modules. (m, ...)
    """
    if layouts is None:
        empty = pd.DataFrame({name: pd.Series(dtype="string") for name in LAYOUT_COLUMNS})
        return _typed(empty, np.empty(0, dtype=object))
    ground = {
        "road": np.asarray(layouts.roads),
        "paved": np.asarray(layouts.paved),
        "path": np.asarray(layouts.paths),
    }
    there = [
        np.flatnonzero(~shapely.is_empty(shapes) & ~shapely.is_missing(shapes))
        for shapes in ground.values()
    ]
    part = np.concatenate([*there, layouts.part])
    kinds = [*ground, "module"]
    kind = np.repeat(np.arange(len(kinds)), [*map(len, there), len(layouts.part)])
    labels = [label("layout", name, language) for name in kinds]
    table = pd.DataFrame(
        {
            PARCEL_ID: pd.array(ids, dtype="string").take(part),
            "kind": pd.array(kinds, dtype="string").take(kind),
            "kind_label": pd.array(labels, dtype="string").take(kind),
            "storeys": _of_modules(layouts.storeys, len(part)),
            "row": _of_modules(layouts.row, len(part)),
            "degrees": _of_modules(np.round(layouts.degrees, 3), len(part)),
        }
    )
    shapes = [geometries[where] for geometries, where in zip(ground.values(), there, strict=True)]
    return _typed(table, np.concatenate([*shapes, layouts.module]))


def _of_modules(values: np.ndarray[Any, Any], features: int) -> Floats:
    """Return what is known of modules, which come last, with null for the features before them."""
    unknown = (features - len(values), 0)
    return np.pad(values.astype(np.float64), unknown, constant_values=np.nan)


def _typed(table: pd.DataFrame, geometries: Geometries) -> gpd.GeoDataFrame:
    texts = {name: table[name].astype("string") for name in (PARCEL_ID, "kind", "kind_label")}
    numbers = {name: table[name].astype("Float64").astype("Int64") for name in ("storeys", "row")}
    return gpd.GeoDataFrame(
        table.assign(**texts, **numbers, degrees=table["degrees"].astype("Float64")),
        geometry=geometries,
        crs=CRS,
    )


def write_layout_geojson(layout: gpd.GeoDataFrame, summary: Summary, path: str | Path) -> None:
    """Write layouts to a GeoJSON file, in WGS 84 by RFC 7946.

    Parameters
    ----------
    layout
        As `layout_table` makes it.
    summary
        As `flexruimte.results.summary.summarise` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    geometries = to_wgs84(np.asarray(layout.geometry))
    drawn = ~shapely.is_missing(geometries)
    rows = layout.loc[drawn, LAYOUT_COLUMNS]
    properties = {name: json_values(rows[name]) for name in LAYOUT_COLUMNS}
    members = {
        "name": f"{summary.study.name}: {summary.municipality.name}",
        "as_of": summary.study.as_of.isoformat(),
    }
    write_features(features(geometries[drawn], properties), members, path)


def read_layout(folder: Path) -> gpd.GeoDataFrame:
    """Return the layouts in the GeoPackage of a municipality, as `layout_table` makes them.

    Raises
    ------
    OutputError
        When the file cannot be read.
    """
    try:
        layout = pyogrio.read_dataframe(folder / LOCATIONS_GPKG, layer="layout")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise OutputError(
            f"{folder / LOCATIONS_GPKG} cannot be read: {error}; "
            "run this municipality again with --fresh"
        ) from None
    return _typed(pd.DataFrame(layout.drop(columns="geometry")), np.asarray(layout.geometry))


def write_layouts(out: Path) -> list[Path]:
    """Write the layouts in the GeoPackages of a run as GeoJSON, and return the files.

    Raises
    ------
    OutputError
        When there are no results, or a file cannot be read or written.
    """
    written = []
    for path in parcel_files(out):
        folder = path.parent
        summary = read_summary(folder)
        write_layout_geojson(read_layout(folder), summary, folder / LAYOUT_GEOJSON)
        written.append(folder / LAYOUT_GEOJSON)
    return written
