"""Make the sample data of flexruimte: three fictional municipalities, every layer.

Usage: ``python sample_data/make_sample.py``. The result is the same on every run.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
from generator import (
    access,
    agreements,
    buildings,
    files,
    landscape,
    rasters,
    restrictions,
    surfaces,
    traps,
)
from generator import parcels as land_division
from shapely import MultiPolygon

FOLDER = Path(__file__).parent / "data"


def municipality_layer() -> gpd.GeoDataFrame:
    """Make the layer gemeentegebied."""
    borders = landscape.municipalities()
    rows = [
        (code, name, *landscape.PROVINCE, MultiPolygon([landscape.to_rd(borders[code])]))
        for code, name in landscape.NAMES.items()
    ]
    return surfaces.frame(rows, "code", "naam", "ligt_in_provincie_code", "ligt_in_provincie_naam")


def make(folder: Path = FOLDER) -> None:
    """Make everything, from the skeleton of the landscape to the files."""
    folder.mkdir(exist_ok=True)
    streams = iter(np.random.default_rng(landscape.SEED).spawn(12))
    roads = (
        landscape.main_roads()
        + landscape.ramps()
        + landscape.old_streets()
        + land_division.district_streets(next(streams))
    )
    parcels = land_division.parcels(roads, next(streams))
    special = agreements.special_parcels(parcels)
    edges = access.network(roads + landscape.paths())

    layers = surfaces.land_use(parcels)
    layers |= {
        "top10nl_plaats": surfaces.built_up_areas(),
        "brp_gewaspercelen": surfaces.crops(parcels, next(streams)),
    }
    layers |= surfaces.large_scale_map(parcels, roads + landscape.paths(), next(streams))
    layers |= restrictions.restrictions(parcels)
    layers |= access.road_layers(edges) | access.traffic_signs(edges) | access.public_transport()
    panden, layers["bag_verblijfsobject"] = buildings.bag(parcels, next(streams))
    layers["voorzieningen"] = access.amenities(parcels, next(streams))
    layers["cbs_vierkant100m"] = access.squares(
        layers["bag_verblijfsobject"], layers["voorzieningen"]
    )
    layers["woningbouwplannen"] = agreements.housing_plans(parcels, special)
    layers["gemeentegebied"] = municipality_layer()

    layers["perceel"] = traps.parcel_layer(parcels, special, next(streams))
    layers["bag_pand"] = traps.demolished(
        traps.crooked_buildings(panden, next(streams)), parcels, special
    )
    traps.history(layers, next(streams))
    traps.grazing_nature(layers, parcels, special)

    files.write_layers(folder, layers)
    files.write_table(folder, "eigendom", agreements.owners(parcels, next(streams)))
    files.write_table(
        folder, "gebruiksafspraken", agreements.agreements(parcels, special, next(streams))
    )
    files.write_table(folder, "beslissingen", agreements.decisions(special))
    rasters.rasters(folder, parcels, edges)


if __name__ == "__main__":
    make()
