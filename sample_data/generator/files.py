"""Writing: a few small GeoPackages, tables as CSV, the same bytes every time."""

import sqlite3
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from .surfaces import Layers

FILES = {
    "brk.gpkg": ("perceel", "gemeentegebied"),
    "bag.gpkg": ("bag_pand", "bag_verblijfsobject"),
    "bgt.gpkg": (
        "bgt_begroeidterreindeel",
        "bgt_onbegroeidterreindeel",
        "bgt_wegdeel",
        "bgt_waterdeel",
        "bgt_functioneelgebied",
        "bgt_kunstwerkdeel",
        "bgt_overigbouwwerk",
    ),
    "landgebruik.gpkg": (
        "bbg",
        "top10nl_terrein",
        "top10nl_plaats",
        "brp_gewaspercelen",
        "rp_enkelbestemming",
        "woningbouwplannen",
    ),
    "restricties.gpkg": (
        "natura2000",
        "nnn",
        "militair_terrein",
        "rijksmonumenten",
        "stadsgezichten",
        "amk",
        "rev_pr10_6",
        "rev_brand",
        "rev_explosie",
        "rev_gifwolk",
        "buisleidingen",
        "rivm_netkaart",
        "lib_luchtvaart",
        "waterkering",
        "grondwaterbescherming",
        "ibis",
        "veehouderij",
        "bro_sld",
        "bofek",
        "netcongestie_afname",
    ),
    "bereikbaarheid.gpkg": (
        "nwb_wegvakken",
        "top10nl_wegdeel",
        "ndw_verkeersborden",
        "ns_stations",
        "gtfs_stops",
        "voorzieningen",
        "cbs_vierkant100m",
    ),
}
TYPES = {
    "natura2000": "MultiPolygon Z",
    "gemeentegebied": "MultiPolygon",
    "perceel": "Polygon",
    "lib_luchtvaart": "Polygon",
}


def _compact(path: Path) -> None:
    """Rewrite the file with small pages, so that many short tables stay small."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    connection.close()


def write_layers(folder: Path, layers: Layers) -> None:
    """Write all vector layers; small files are worth more here than a spatial index."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    for name, keys in FILES.items():
        path = folder / name
        path.unlink(missing_ok=True)
        for key in keys:
            _write_layer(path, key, layers[key])
        _compact(path)


def _write_layer(path: Path, key: str, layer: gpd.GeoDataFrame) -> None:
    """Add one layer to a GeoPackage."""
    kind = TYPES.get(key)
    kinds = set(layer.geom_type.dropna())
    if kind is None and kinds == {"Polygon", "MultiPolygon"}:
        kind = "MultiPolygon"
    options = {"SPATIAL_INDEX": "NO"}
    pyogrio.write_dataframe(
        layer,
        path,
        layer=key,
        driver="GPKG",
        geometry_type=kind,
        promote_to_multi=kind == "MultiPolygon",
        **options,
    )


def write_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Write a table as CSV."""
    table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
