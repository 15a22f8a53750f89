"""The toy town: 12 parcels of 1 ha whose every number was worked out on paper.

::

    300 +------+------+------+------+      y
        | P09  | P10  | P11  | P12  |      ^   All coordinates are metres from the corner (100000, 400000) in RD New.
    200 +------+------+------+------+      |   Municipality A is x 0-360, municipality B x 360-400: the parcels of the
        | P05  | P06  | P07  | P08  |      +-> x   last column lie 60 % in A and belong to it.
    100 +------+------+------+------+
        | P01  | P02  | P03  | P04  |
      0 +------+------+------+------+
        0     100    200    300    400

What lies where is said beside each layer below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely

from flexruimte import Study
from flexruimte.rules.files import for_municipality, load_ruleset
from flexruimte.rules.ruleset import Ruleset

X, Y = 100_000.0, 400_000.0
RULESET = Path(__file__).parent / "toy_ruleset.toml"
IDS = [f"P{number:02d}" for number in range(1, 13)]


def box(left: float, bottom: float, right: float, top: float) -> shapely.Polygon:
    return shapely.box(X + left, Y + bottom, X + right, Y + top)


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X + x, Y + y) for x, y in points])


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(X + x, Y + y)


def frame(geometry: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:28992")


def parameter(value: Any) -> dict[str, Any]:
    """Return a placement parameter of a ruleset."""
    return {"title": {"nl": "x", "en": "x"}, "value": value, "source": "toy", "basis": "assumption"}


def parcels() -> gpd.GeoDataFrame:
    boxes = [
        box(100 * column, 100 * row, 100 * column + 100, 100 * row + 100)
        for row in range(3)
        for column in range(4)
    ]
    return frame(boxes, parcel_id=IDS)


def municipalities() -> gpd.GeoDataFrame:
    return frame(
        [box(-50, -50, 360, 350), box(360, -50, 450, 350)],
        code=["A", "B"],
        naam=["Aadorp", "Beedorp"],
    )


def layers(folder: Path) -> dict[str, Any]:
    return {
        "pand": frame(
            [
                box(10, 10, 40, 40),  # P01: 30 x 30 = 900
                box(110, 10, 160, 60),  # P02: 50 x 50 = 2,500
                box(
                    140, 40, 180, 80
                ),  # P02: 40 x 40 = 1,600, of which 20 x 20 = 400 over the first: 3,700 together
                box(210, 10, 290, 90),  # P03: demolished
                box(310, 10, 320, 20),  # P04: status unknown
            ],
            identificatie=["b1", "b2", "b3", "b4", "b5"],
            status=["Pand in gebruik", "Pand in gebruik", "Bouw gestart", "Pand gesloopt", None],
        ),
        "natuur": frame(
            [
                box(0, 100, 50, 200),  # P05: the western half, 5,000
                box(
                    100, 100, 104, 200
                ),  # P06: a strip of 4 m along the border, less than the 5 m the map is precise to: an edge
                box(200, 100, 300, 200),  # P07: all of it
            ],
            nr=[1, 2, 3],
            naam=["Bos", "Rand", "Heide"],
        ),
        # Along y = 250 through P09-P12, "2 x 5 meter": a strip of 10 x 100 = 1,000 in each, which cuts it in two parts of 45 x 100 = 4,500.
        "leiding": frame([line((-20, 250), (420, 250))], id=["l1"], afstand=["2 x 5 meter"]),
        "bodemgebruik": frame(
            [
                box(0, 0, 400, 160),  # class 51: P01-P04 wholly, 60 % of P05-P08
                box(
                    0, 160, 350, 300
                ),  # class 40: 40 % of P05-P07, P09-P11 wholly; P08 is covered for 60 + 20 = 80 %, P12 for 50 %
            ],
            klasse=[51, 40],
        ),
        "vierkant": frame(
            [box(0, 0, 100, 300), box(100, 0, 200, 150), box(100, 150, 200, 300)],
            afstand_km=[2.0, 1.0, -99997.0],
        ),
        "net": frame(
            [box(0, 0, 150, 300), box(150, 0, 400, 300)], afname=[1, 3]
        ),  # P02, P06 and P10 meet both: the highest is 3
        # The bus stops 250 m east of the town, 200 m along a street that starts 50 m east of P04; the tram does not count.
        "haltes": frame([point(650, 50), point(50, 50)], code=["h1", "h2"], soort=["bus", "tram"]),
        "wegen": frame(
            [line((450, 50), (850, 50)), line((0, -20), (400, -20))], soort=["straat", "snelweg"]
        ),
        "lden": noise(folder / "lden.tif"),
        "hoogte": height(folder / "hoogte.tif"),
        "eigendom": pd.DataFrame(
            {"parcel_id": IDS[:8], "soort": ["gemeente"] * 4 + ["particulier"] * 3 + [None]}
        ),
        "plannen": frame(
            [
                box(300, 100, 400, 200),  # P08: hard, without a year
                box(100, 200, 200, 300),  # P10: hard, in 3 years
                box(200, 200, 300, 300),  # P11: hard, in 12 years
                box(300, 200, 400, 300),  # P12: soft, in 4 years
            ],
            plan=["zonder jaar", "snel", "later", "misschien"],
            status=["1A", "2A", "1A", "3"],
            start=[None, 2029, 2038, 2030],
        ),
        # P04 is let until 1 July 2028: its term starts then.
        "afspraken": pd.DataFrame(
            {
                "parcel_id": ["P04", "P06"],
                "vrij_vanaf": ["2028-07-01", None],
                "vrij_tot": [None, "2042-12-31"],
            }
        ),
    }


def noise(path: Path) -> Path:
    """50 m cells over x 0-300 (it stops short of the last column)."""
    cells = np.zeros((6, 6))
    cells[4:] = 40  # y 0-100
    cells[5, 0] = 0  # P01, the south-west cell: "below the floor", 45
    cells[2:4] = 50  # y 100-200
    cells[3, 2] = 70  # P06, the south-west cell
    cells[:2] = 60  # y 200-300
    cells[1, 0] = 128  # P09, the south-west cell: nodata
    return write_raster(path, cells, 50.0, 300.0)


def height(path: Path) -> Path:
    """50 m cells over everything and 100 m around: a plane that rises 1 m in 50 to the east: a slope of 2 %."""
    cells = np.tile(np.arange(12.0), (10, 1))
    return write_raster(path, cells, 50.0, 400.0, left=-100.0)


def write_raster(
    path: Path, cells: np.ndarray[Any, Any], cell_m: float, top: float, left: float = 0.0
) -> Path:
    profile = {
        "driver": "GTiff",
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:28992",
        "height": cells.shape[0],
        "width": cells.shape[1],
    }
    with rasterio.open(
        path, "w", **profile, transform=rasterio.Affine(cell_m, 0, X + left, 0, -cell_m, Y + top)
    ) as raster:
        raster.write(cells.astype("float32"), 1)
    return path


def toy_study(folder: Path, **changes: Any) -> Study:
    """The study of the toy town as of 1 January 2026, with changes to any argument; `layers` are merged."""
    arguments: dict[str, Any] = {
        "parcels": parcels(),
        "municipalities": municipalities(),
        "ruleset": load_ruleset(RULESET),
        "as_of": "2026-01-01",
        "name": "Toy town",
        # named, so that suitability is their mean; tests/test_toy_scores.py names none
        "target_groups": ["students", "starters"],
    }
    evidence = {**layers(folder), **changes.pop("layers", {})}
    arguments.update(changes)
    return Study(
        layers={key: data for key, data in evidence.items() if data is not None}, **arguments
    )


def changed_ruleset(**changes: dict[str, Any]) -> Ruleset:
    """The toy ruleset with tables laid over it, the way an override for a municipality is."""
    ruleset = load_ruleset(RULESET).model_copy(update={"municipalities": {"A": changes}})
    return for_municipality(ruleset, "A")
