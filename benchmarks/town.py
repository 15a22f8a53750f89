"""One town in few layers, for a job that any tool can do: cut from the synthetic country, so that anyone can make it.

    python benchmarks/town.py --parcels 20000 --out DIR

Writes parcels, buildings, water, nature, roads (with `buffer_m`) and pois (with `kind`: stop, shop,
school) as GeoPackages, and noise (25 m) and elevation (10 m) as GeoTIFFs.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from country import CRS, SAMPLE, Country, recipe

MADE = "town.json"
STRIPS_M = {"R": 40.0, "P": 10.0, "W": 10.0}
"""Ground to keep free along a road, by who keeps it: state, province, water board. [m]"""
OTHER_STRIP_M = 8.0


def write_town(parcels: int, folder: Path) -> None:
    """Write a town, or nothing where it is there already."""
    known = folder / MADE
    asked = {"parcels": parcels, "recipe": recipe(Path(__file__))}
    if known.is_file() and json.loads(known.read_text()) == asked:
        return
    folder.mkdir(parents=True, exist_ok=True)
    country = Country(parcels, 1)
    settings = country.document["layers"]

    def layer(key: str) -> gpd.GeoDataFrame:
        return country.layer(settings[key], []).to_crs(CRS)

    def write(name: str, shapes: gpd.GeoSeries, **columns: Any) -> None:
        frame = gpd.GeoDataFrame(
            geometry=shapes.force_2d().make_valid().to_numpy(), crs=CRS
        ).assign(id=np.arange(len(shapes)), **columns)
        frame.to_file(folder / f"{name}.gpkg")

    write("parcels", country.parcel_layer().geometry, kind="parcel")
    write("buildings", layer("bag_pand").geometry)
    write("water", layer("bgt_waterdeel").geometry)
    write("nature", pd.concat([layer("natura2000"), layer("nnn")]).geometry)
    roads = layer("nwb_wegvakken")
    write(
        "roads",
        roads.geometry,
        buffer_m=roads["wegbehsrt"].map(STRIPS_M).fillna(OTHER_STRIP_M).to_numpy(),
    )
    stops, places = layer("gtfs_stops"), layer("voorzieningen")
    of_kind = {
        "stop": stops,
        "shop": places[places["shop"].notna()],
        "school": places[places["amenity"] == "school"],
    }
    write(
        "pois",
        pd.concat(of_kind.values()).geometry,
        kind=np.repeat(list(of_kind), [len(rows) for rows in of_kind.values()]),
    )
    for name, key in (("noise", "rivm_lden_alle"), ("elevation", "ahn_dtm")):
        cells, profile = country.grid(SAMPLE.parent / settings[key]["source"])
        with rasterio.open(folder / f"{name}.tif", "w", **profile) as raster:
            raster.write(cells, 1)
    known.write_text(json.dumps(asked))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parcels", type=int, default=20_000)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write_town(arguments.parcels, arguments.out)


if __name__ == "__main__":
    main()
