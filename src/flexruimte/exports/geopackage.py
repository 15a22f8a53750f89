"""locations.gpkg: the listed locations and their layouts in RD New, with styles that QGIS opens by itself."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from flexruimte.errors import OutputError
from flexruimte.exports.geojson import READABLE_PROPERTIES, feature_properties
from flexruimte.exports.qgis_style import style_of_buildable, style_of_layout, style_of_locations
from flexruimte.exports.whole_file import whole_file
from flexruimte.vocabulary import CRS

__all__ = ["write_geopackage"]

_STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""
_GEOMETRY_COLUMN = "geom"


def write_geopackage(locations: gpd.GeoDataFrame, layout: gpd.GeoDataFrame, summary: Mapping[str, Any], path: str | Path) -> None:
    """Write the layers `locations` (the parcels), `buildable` (what remains of them) and `layout` to a GeoPackage in RD New.

    Parameters
    ----------
    locations
        As `flexruimte.exports.tables.location_table` makes it.
    layout
        As `flexruimte.exports.layouts.layout_table` makes it.
    summary
        As `flexruimte.exports.summary.summarise` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    table = _attributes(locations, summary)
    layers = {
        "locations": (table, np.asarray(locations["parcel"])),
        "buildable": (table, np.asarray(locations.geometry)),
        "layout": (pd.DataFrame(layout.drop(columns="geometry")), np.asarray(layout.geometry)),
    }
    language = summary["study"]["language"]
    styles = {"locations": style_of_locations(language), "buildable": style_of_buildable(language), "layout": style_of_layout(language)}
    moment = f"{summary['study']['as_of']}T00:00:00.000Z"
    with whole_file(path) as partial:
        try:
            for name, (attributes, geometries) in layers.items():
                _write_layer(attributes, geometries, partial, name)
            with closing(sqlite3.connect(partial)) as database:
                _add_styles(database, styles, moment)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, sqlite3.Error) as error:
            raise OutputError(f"{path} cannot be written: {error}; check the disk and your rights on the folder") from error


def _attributes(locations: gpd.GeoDataFrame, summary: Mapping[str, Any]) -> pd.DataFrame:
    """Return the properties of the locations as columns of one type each; lists are "a;b"."""
    geometries = [name for name in locations.columns if locations[name].dtype == "geometry"]
    table = pd.DataFrame(locations.drop(columns=geometries))
    properties = feature_properties(locations, summary)
    for name in READABLE_PROPERTIES:
        table[name] = pd.Series([values[name] for values in properties], index=table.index, dtype="string")
    return table


def _write_layer(table: pd.DataFrame, geometries: np.ndarray[Any, Any], path: Path, name: str) -> None:
    frame = gpd.GeoDataFrame(table, geometry=_as_multi(geometries), crs=CRS)
    with warnings.catch_warnings():
        # The temporary name is not the one that GDAL would choose.
        warnings.simplefilter("ignore", RuntimeWarning)
        pyogrio.write_dataframe(
            frame, path, layer=name, driver="GPKG", geometry_type="MultiPolygon", layer_options={"GEOMETRY_NAME": _GEOMETRY_COLUMN}
        )


def _as_multi(geometries: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    parts, index = shapely.get_parts(geometries, return_index=True)
    result = np.full(len(geometries), None, dtype=object)
    return np.asarray(shapely.multipolygons(parts, indices=index, out=result), dtype=object) if len(parts) else result


def _add_styles(database: sqlite3.Connection, styles: Mapping[str, str], moment: str) -> None:
    """Add the styles, and make the file say the same whenever it was written."""
    database.execute(_STYLES_TABLE)
    for name, qml in styles.items():
        database.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, "
            "useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, 'flexruimte', '', NULL, ?)",
            (name, _GEOMETRY_COLUMN, name, qml, moment),
        )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (moment,),
    )
    database.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))
    database.commit()
    database.execute("VACUUM")
