"""locations.gpkg: the listed locations and their layouts in RD New, with styles that QGIS opens by itself."""

from __future__ import annotations

import shutil
import sqlite3
import warnings
from collections.abc import Iterable, Iterator, Mapping
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
from flexruimte.results.qgis_style import style_of_buildable, style_of_layout, style_of_locations
from flexruimte.results.summary_model import Summary
from flexruimte.results.whole_file import whole_file
from flexruimte.vocabulary import CRS, Geometries

__all__ = ["multipolygons", "write_geopackage"]

_STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""
_GEOMETRY_COLUMN = "geom"
_ONE_PART: Final = pa.scalar(b"\x01\x06\x00\x00\x00\x01\x00\x00\x00", pa.large_binary())
"""What comes before the WKB of a polygon to make it a multipolygon: little-endian, type 6, one part."""
_GDAL: Final = Lock()
"""GDAL's settings hold for the process."""


def write_geopackage(
    locations: gpd.GeoDataFrame,
    layout: gpd.GeoDataFrame | None,
    summary: Summary,
    path: str | Path,
) -> None:
    """Write the layers `locations` (the parcels), `buildable` (what remains of them) and `layout` to a GeoPackage in RD New.

    Parameters
    ----------
    locations
        As `flexruimte.results.sentences.with_explanations` makes it; lists are "a;b".
    layout
        As `flexruimte.results.layouts.layout_table` makes it. None leaves layouts and styles as
        they are in the file, which must be there as this function wrote it, with the same columns:
        with a hundred modules for each location they are most of the work.
    summary
        As `flexruimte.results.summary.summarise` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    table = pd.DataFrame(
        {name: column for name, column in locations.items() if column.dtype != "geometry"}
    )
    layers = {
        "locations": (table, np.asarray(locations["parcel"])),
        "buildable": (table, np.asarray(locations.geometry)),
    }
    if layout is not None:
        layers["layout"] = (
            pd.DataFrame(layout.drop(columns="geometry")),
            np.asarray(layout.geometry),
        )
    language = summary.study.language
    styles = {
        "locations": style_of_locations(language),
        "buildable": style_of_buildable(language),
        "layout": style_of_layout(language),
    }
    moment = f"{summary.study.as_of}T00:00:00.000Z"
    with whole_file(path) as partial:
        try:
            if layout is None:
                shutil.copyfile(path, partial)
                _remove_rows(layers, partial)
            with _gdal_that_writes_the_same(moment):
                for name, (attributes, geometries) in layers.items():
                    _write_layer(attributes, geometries, partial, name, append=layout is None)
            if layout is not None:
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


def _remove_rows(layers: Iterable[str], path: Path) -> None:
    """Leave layers as if nothing had ever been in them."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        for name in layers:
            # Row by row, the triggers that see to index and count would take as long as writing all
            # rows anew.
            triggers = database.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
                (name,),
            ).fetchall()
            index = f"rtree_{name}_{_GEOMETRY_COLUMN}"
            (made_by,) = database.execute(
                "SELECT sql FROM sqlite_master WHERE name = ?", (index,)
            ).fetchone()
            for trigger, _ in triggers:
                database.execute(f'DROP TRIGGER "{trigger}"')
            for statement in (
                f'DELETE FROM "{name}"',
                f'DROP TABLE "{index}"',
                made_by,
                *(sql for _, sql in triggers),
            ):
                database.execute(statement)
            database.execute(
                "UPDATE gpkg_ogr_contents SET feature_count = 0 WHERE table_name = ?", (name,)
            )
            database.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = ?", (name,))
            database.execute(
                "UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) = (NULL, NULL, NULL, NULL) WHERE table_name = ?",
                (name,),
            )
        database.commit()


def _write_layer(
    table: pd.DataFrame, geometries: Geometries, path: Path, name: str, *, append: bool
) -> None:
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
            append=append,
            layer_options={"GEOMETRY_NAME": _GEOMETRY_COLUMN},
        )


def multipolygons(geometries: Geometries) -> pa.Array:
    """Return the WKB of polygons and multipolygons, as multipolygons all; null where there is none."""
    wkb = pa.array(shapely.to_wkb(geometries, byte_order=1), pa.large_binary())
    alone = pa.array(shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON)
    return pc.if_else(
        alone, pc.binary_join_element_wise(_ONE_PART, wkb, pa.scalar(b"", pa.large_binary())), wkb
    )


@contextmanager
def _gdal_that_writes_the_same(moment: str) -> Iterator[None]:
    """Let GDAL write the study's date for the present, and leave it to `whole_file` to see to it that all is on disk."""
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
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, "
            "useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, 'flexruimte', '', NULL, ?)",
            (name, _GEOMETRY_COLUMN, name, qml, moment),
        )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (moment,),
    )
    database.commit()
