"""Twelve pairs of sites that are copies but for one thing, by the built-in rules: the better first.

Each site lies by itself on a grid of 12 km, farther from the others than any rule or measure looks.
All have the same parcel, road, stops and shops around them, but for what makes the pair.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from flexruimte import Ranking, Study
from flexruimte.rules.files import load_ruleset

SPACING_M, COLUMNS = 12_000.0, 5
LEFT, BOTTOM = 100_000.0, 400_000.0
WIDE, DEEP = 160.0, 120.0
CELL_M = 100.0
"""The sites lie on the corners of cells."""

WORSE = {
    "a private owner": {"owner": "particulier"},
    "a nature organisation as owner": {"owner": "natuurorganisatie"},
    "a home on it": {"home": True},
    "public green": {"green": True},
    "a tenant until 2031": {"free_from": "2031-01-01"},
    "a width sign at 100 m": {"sign": ("C18", "2,1")},
    "a truck ban at 100 m": {"sign": ("C07", None)},
    "66 dB of road noise": {"noise_db": 66.0},
    "no truck road": {"road_width": "2 - 4 meter"},
    "far from everything": {"near": False},
    "a quarter of the size": {"scale": 0.5},
    "in the protection zone of a dike": {"dike": True},
}
"""What the second of each pair has; the first is one and the same, as all are copies of it."""
NAMES = ["the better one", *WORSE]


def corner(number: int) -> tuple[float, float]:
    row, column = divmod(number, COLUMNS)
    return LEFT + column * SPACING_M, BOTTOM + row * SPACING_M


def rectangle(x: float, y: float, wide: float, deep: float) -> shapely.Polygon:
    return shapely.box(x, y, x + wide, y + deep)


def around(x: float, y: float, name: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Add what lies around the site with its corner at x, y to the rows of each layer."""
    differs = WORSE.get(name, {})

    def add(layer: str, geometry: Any = None, **fields: Any) -> None:
        number = len(rows[layer])
        rows[layer].append({"geometry": geometry, "id": f"{layer}-{number}", **fields})

    scale = differs.get("scale", 1.0)
    wide, deep = WIDE * scale, DEEP * scale
    # ids in an order that puts the worse one of a pair first where nothing else decides
    add(
        "parcels",
        rectangle(x, y, wide, deep),
        parcel_id=f"{'z' if name == NAMES[0] else 'a'} {name}",
    )
    add(
        "eigendom",
        owner_class=differs.get("owner", "gemeente"),
        parcel_id=rows["parcels"][-1]["parcel_id"],
    )
    road = shapely.LineString([(x - 600, y - 8), (x + 600, y - 8)])
    add(
        "nwb_wegvakken",
        road,
        wvk_id=len(rows["nwb_wegvakken"]),
        routeltr=None,
        bst_code="HR",
        stt_naam="Weg",
    )
    add(
        "top10nl_wegdeel",
        road,
        typeweg="lokale weg",
        hoofdverkeersgebruik="gemengd verkeer",
        verhardingsbreedteklasse=differs.get("road_width", "> 7 meter"),
        verhardingstype="verhard",
    )
    if differs.get("near", True):
        add("gtfs_stops", shapely.Point(x - 150, y - 8), stop_name="Halte", location_type=0)
        add("ns_stations", shapely.Point(x - 500, y - 8), name_long="Station", country="NL")
        for at, amenity, shop in ((-300, None, "supermarket"), (-250, "school", None)):
            add("voorzieningen", shapely.Point(x + at, y - 8), name="x", amenity=amenity, shop=shop)
    if "sign" in differs:
        sign, text = differs["sign"]
        add("ndw_verkeersborden", shapely.Point(x + wide + 100, y), rvvCode=sign, blackCode=text)
    if "home" in differs:
        add("bag_pand", rectangle(x + 2, y + 2, 10, 10), status="Pand in gebruik")
        add(
            "bag_verblijfsobject",
            shapely.Point(x + 7, y + 7),
            status="Verblijfsobject in gebruik",
            gebruiksdoel="woonfunctie",
        )
    if "green" in differs:
        add(
            "bgt_begroeidterreindeel",
            rectangle(x, y, wide, deep),
            fysiek_voorkomen="groenvoorziening",
        )
    if "dike" in differs:
        dike = shapely.LineString([(x - 600, y + deep + 60), (x + 600, y + deep + 60)])
        add("waterkering", dike, naam="Dijk", categorie="primair")
    if "free_from" in differs:
        add(
            "gebruiksafspraken",
            free_from=differs["free_from"],
            parcel_id=rows["parcels"][-1]["parcel_id"],
        )


ID_FIELDS = {
    "gtfs_stops": "stop_id",
    "ns_stations": "code",
    "voorzieningen": "osm_id",
    "top10nl_wegdeel": "lokaal_id",
    "bgt_begroeidterreindeel": "lokaal_id",
    "bag_pand": "identificatie",
    "bag_verblijfsobject": "identificatie",
}


def noise(path: Path) -> Path:
    """Road noise: 50 dB, but around the site where it differs."""
    rows = -(-len(NAMES) // COLUMNS)
    left, top = LEFT - SPACING_M / 2, BOTTOM + (rows - 0.5) * SPACING_M
    x = left + CELL_M * (np.arange(COLUMNS * SPACING_M / CELL_M) + 0.5)
    y = top - CELL_M * (np.arange(rows * SPACING_M / CELL_M) + 0.5)
    cells = np.full((len(y), len(x)), 50.0, dtype="float32")
    for number, name in enumerate(NAMES):
        at_x, at_y = corner(number)
        near = (np.abs(y - at_y) < 1_000)[:, None] & (np.abs(x - at_x) < 1_000)[None, :]
        cells[near] = WORSE.get(name, {}).get("noise_db", 50.0)
    profile = {"driver": "GTiff", "count": 1, "dtype": "float32", "crs": "EPSG:28992"}
    size = {"height": len(y), "width": len(x)}
    transform = rasterio.Affine(CELL_M, 0, left, 0, -CELL_M, top)
    with rasterio.open(path, "w", **profile, **size, transform=transform) as raster:
        raster.write(cells, 1)
    return path


def study(folder: Path) -> Study:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, name in enumerate(NAMES):
        around(*corner(number), name, rows)
    rows["woningbouwplannen"] = []
    rows["gebruiksafspraken"] = rows["gebruiksafspraken"] or []
    ruleset = load_ruleset("flexwonen-nl")
    layers: dict[str, Any] = {"rivm_lden_weg": noise(folder / "weg.tif")}
    for key, of_layer in rows.items():
        if key == "parcels":
            continue
        table = pd.DataFrame(of_layer).rename(columns={"id": ID_FIELDS.get(key, "id")})
        wanted = ruleset.layers[key].fields
        table = table.assign(**{name: None for name in wanted if name not in table})
        if ruleset.layers[key].geometry == "table":
            layers[key] = {"source": table.drop(columns="geometry"), "id": "parcel_id"}
            continue
        shapes = table.pop("geometry") if len(table) else []
        frame = gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:28992")
        layers[key] = {"source": frame, "coverage": "complete"}
    everywhere = rectangle(LEFT - SPACING_M, BOTTOM - SPACING_M, 8 * SPACING_M, 8 * SPACING_M)
    parcels = gpd.GeoDataFrame(rows["parcels"], crs="EPSG:28992").drop(columns="id")
    return Study(
        parcels=parcels,
        municipalities=gpd.GeoDataFrame(
            {"code": ["A"], "naam": ["Aadorp"]}, geometry=[everywhere], crs="EPSG:28992"
        ),
        layers=layers,
        ruleset=ruleset,
        as_of="2026-01-01",
        not_assessed=[key for key in ruleset.layers if key not in layers],
    )


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return study(tmp_path_factory.mktemp("pairs")).rank("A")


def place(ranking: Ranking, name: str) -> pd.Series:
    parcels = pd.DataFrame(ranking.parcels)
    return parcels[parcels["parcel_id"].str[2:] == name].iloc[0]


@pytest.mark.parametrize("name", WORSE)
def test_the_better_of_two_copies_comes_first(ranking: Ranking, name: str) -> None:
    better, worse = place(ranking, NAMES[0]), place(ranking, name)
    assert better["rank"] == 1
    assert pd.isna(worse["rank"]) or worse["rank"] > 1
    # and that for a reason, not by the order of ids
    said = ["status", "priority", "score", "homes"]
    assert better[said].tolist() != worse[said].tolist()


def test_the_better_one_could_go_before_the_council(ranking: Ranking) -> None:
    better = place(ranking, NAMES[0])
    assert (better["status"], better["priority"]) == ("available", "shortlist")
    assert len(ranking.parcels) == len(NAMES) == 13
