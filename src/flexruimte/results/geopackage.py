"""locations.gpkg: the listed locations, their layouts and every other parcel, in RD New.

Styles lie in it, in the table `layer_styles`, where QGIS finds them by itself.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.errors
import shapely

from flexruimte.errors import OutputError
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.qgis_style import (
    BUILDABLE,
    LAYOUT,
    LOCATIONS,
    OTHER_PARCELS,
    qgis_file,
    qgis_style,
)
from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import without_lists
from flexruimte.vocabulary import CRS, FINDINGS_OF_LOCATION, Geometries

__all__ = ["layer_tables", "multipolygons", "write_geopackage"]

_STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""
_GEOMETRY_COLUMN = "geom"
_ONE_PART: Final = pa.scalar(b"\x01\x06\x00\x00\x00\x01\x00\x00\x00", pa.large_binary())
"""Comes before the WKB of a polygon to make it a multipolygon: little-endian, type 6, one part."""
_GDAL: Final = Lock()
"""GDAL's settings hold for the process."""


def layer_tables(
    locations: gpd.GeoDataFrame, others: gpd.GeoDataFrame, layout: gpd.GeoDataFrame
) -> dict[str, tuple[pd.DataFrame, Geometries]]:
    """Return what the layers of the GeoPackage hold, by name: their fields, and their shapes.

    Parameters
    ----------
    locations, others, layout
        As `write_geopackage` takes them.
    """
    columns = locations.loc[:, locations.dtypes != "geometry"]
    attributes = pd.DataFrame(without_lists(columns))
    if FINDINGS_OF_LOCATION in attributes:
        sentences = attributes[FINDINGS_OF_LOCATION].map(" ".join).astype("string")
        attributes = attributes.assign(**{FINDINGS_OF_LOCATION: sentences})
    shapes = {
        LOCATIONS: (attributes, locations["parcel"]),
        BUILDABLE: (attributes, locations.geometry),
        LAYOUT: (pd.DataFrame(layout.drop(columns="geometry")), layout.geometry),
        OTHER_PARCELS: (pd.DataFrame(others.drop(columns="geometry")), others.geometry),
    }
    return {name: (table, np.asarray(geometry)) for name, (table, geometry) in shapes.items()}


def write_geopackage(
    locations: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame,
    layout: gpd.GeoDataFrame,
    summary: Summary,
    path: str | Path,
) -> None:
    """Write locations, their layouts and all other parcels to a GeoPackage in RD New.

    Its layers are `locations` (the parcels), `buildable` (what remains of them), `layout`, and
    `other_parcels`, which QGIS shows last and `locations.qgs` has off.

    Parameters
    ----------
    locations
        As `flexruimte.results.sentences.with_explanations` makes it; lists are "a;b".
    others
        As `flexruimte.results.other_parcels.other_parcels` makes it.
    layout
        As `flexruimte.results.layouts.layout_table` makes it.
    summary
        As `flexruimte.results.summary.summarise` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    layers = layer_tables(locations, others, layout)
    styles = {
        name: qgis_file(qgis_style(name, list(table.columns), summary))
        for name, (table, _) in layers.items()
    }
    moment = f"{summary.study.as_of}T00:00:00.000Z"
    with atomic_write(path) as partial:
        try:
            with _gdal_that_writes_the_same(moment):
                for name, (table, geometries) in layers.items():
                    _write_layer(table, geometries, partial, name)
            with closing(sqlite3.connect(partial)) as database:
                _add_styles(database, styles, moment)
        except (
            pyogrio.errors.DataSourceError,
            pyogrio.errors.DataLayerError,
            sqlite3.Error,
        ) as error:
            raise OutputError(
                f"{path} cannot be written: {error}; check the disk and your rights on the folder"
            ) from error


def _write_layer(table: pd.DataFrame, geometries: Geometries, path: Path, name: str) -> None:
    columns = pa.Table.from_pandas(table, preserve_index=False).append_column(
        _GEOMETRY_COLUMN, multipolygons(geometries)
    )
    with warnings.catch_warnings():
        # The temporary name is not the one that GDAL would choose.
        warnings.simplefilter("ignore", RuntimeWarning)
        pyogrio.write_arrow(
            columns,
            path,
            layer=name,
            driver="GPKG",
            geometry_name=_GEOMETRY_COLUMN,
            geometry_type="MultiPolygon",
            crs=CRS,
            layer_options={"GEOMETRY_NAME": _GEOMETRY_COLUMN},
        )


def multipolygons(geometries: Geometries) -> pa.Array:
    """Return the WKB of polygons and multipolygons, all as multipolygons; null where None is."""
    wkb = pa.array(shapely.to_wkb(geometries, byte_order=1), pa.large_binary())
    alone = pa.array(shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON)
    return pc.if_else(
        alone, pc.binary_join_element_wise(_ONE_PART, wkb, pa.scalar(b"", pa.large_binary())), wkb
    )


@contextmanager
def _gdal_that_writes_the_same(moment: str) -> Iterator[None]:
    """Let GDAL write the study's date as the moment of change, so that bytes do not depend on it.

    GDAL need not wait for the disk either: `atomic_write` does so once, for the whole file.
    """
    options = {"OGR_CURRENT_DATE": moment, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    with _GDAL:
        before = {name: pyogrio.get_gdal_config_option(name) for name in options}
        pyogrio.set_gdal_config_options(options)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(before)


def _add_styles(database: sqlite3.Connection, styles: Mapping[str, str], moment: str) -> None:
    database.execute(_STYLES_TABLE)
    for name, qml in styles.items():
        database.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
            "ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, 'flexruimte', '', NULL, ?)",
            (name, _GEOMETRY_COLUMN, name, qml, moment),
        )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (moment,),
    )
    database.commit()
