"""Roads as a graph, public transport, amenities and the 100 m squares of CBS."""

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.random import Generator
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Point
from shapely.ops import substring

from . import landscape as land
from .landscape import Road
from .parcels import Parcel
from .surfaces import Layers, frame, line_parts

AUTHORITY = {
    "motorway": "R",
    "ramp": "R",
    "regional": "P",
    "local": "G",
    "street": "G",
    "track": "W",
    "cycle": "G",
    "foot": "T",
}
SURFACE_TYPE = {"motorway": "HR", "ramp": "OPR", "cycle": "FP", "foot": "VP"}
TOP10_TYPE = {
    "motorway": ("autosnelweg", "snelverkeer", "> 7 meter"),
    "ramp": ("autosnelweg", "snelverkeer", "4 - 7 meter"),
    "regional": ("regionale weg", "gemengd verkeer", "> 7 meter"),
    "local": ("lokale weg", "gemengd verkeer", "4 - 7 meter"),
    "street": ("straat", "gemengd verkeer", "4 - 7 meter"),
    "track": ("overig", "gemengd verkeer", "2 - 4 meter"),
    "cycle": ("overig", "fietsers, bromfietsers", "2 - 4 meter"),
    "foot": ("overig", "voetgangers", "< 2 meter"),
}

NODE_GRID = 0.5  # line ends nearer to each other than this are one node [m]


@dataclass(frozen=True)
class Edge:
    """A stretch of road between two nodes, in the design plane."""

    line: LineString
    road: Road
    start: int
    end: int


def _carriageways() -> list[Road]:
    """Give the two carriageways of the motorway, cut where the ramps begin."""
    tops = [
        Point(np.round(np.array(r.line.coords[0]) / NODE_GRID) * NODE_GRID) for r in land.ramps()
    ]
    inside = shapely.union_all(list(land.municipalities().values()))
    roads = []
    for side in (15, -15):
        line = line_parts(land.MOTORWAY.offset_curve(side).intersection(inside))[0]
        cuts = sorted({0.0, line.length, *(line.project(t) for t in tops if line.distance(t) < 2)})
        for a, b in pairwise(cuts):
            coords = shapely.get_coordinates(substring(line, a, b))
            for end, at in ((0, a), (-1, b)):
                near = [t for t in tops if t.distance(line.interpolate(at)) < 2]
                if near:
                    coords[end] = near[0].coords[0]
            roads.append(Road(LineString(coords), "motorway", "A90"))
    return roads


def network(roads: list[Road]) -> list[Edge]:
    """Give the connected graph of all roads and paths.

    Lines are split where they meet; dead stubs shorter than 16 m and parts that hang
    loose are left out. Nodes are numbered from west to east.
    """
    inside = shapely.union_all(list(land.municipalities().values()))
    lines = [r.line for r in roads]
    noded = shapely.union_all([line.intersection(inside) for line in lines], grid_size=NODE_GRID)
    parts = line_parts(noded)
    sources = shapely.STRtree(lines).nearest([p.interpolate(0.5, normalized=True) for p in parts])
    pieces = [(p, roads[i]) for p, i in zip(parts, sources, strict=True)]
    pieces += [(r.line, r) for r in _carriageways()]
    for _ in range(2):
        ends = [tuple(np.round(p.coords[k], 1)) for p, _ in pieces for k in (0, -1)]
        degree = pd.Series(ends).value_counts()
        loose = [
            p.length < 16 and min(degree[ends[2 * i]], degree[ends[2 * i + 1]]) == 1
            for i, (p, _) in enumerate(pieces)
        ]
        pieces = [piece for piece, out in zip(pieces, loose, strict=True) if not out]
    return _largest_part(pieces)


def _largest_part(pieces: list[tuple[LineString, Road]]) -> list[Edge]:
    """Give the nodes numbers and keep the largest connected part."""
    ends = [
        [(round(p.coords[k][0], 1), round(p.coords[k][1], 1)) for k in (0, -1)] for p, _ in pieces
    ]
    number = {at: i for i, at in enumerate(sorted({e for pair in ends for e in pair}))}
    pairs = np.array([[number[a], number[b]] for a, b in ends])
    graph = coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(number), len(number))
    )
    _, part = connected_components(graph, directed=False)
    biggest = np.bincount(part).argmax()
    places = {i: at for at, i in number.items()}
    edges = []
    for (line, road), (a, b) in zip(pieces, pairs, strict=True):
        if part[a] == biggest:
            coords = [places[a], *line.coords[1:-1], places[b]]
            edges.append(Edge(LineString(coords), road, 300_001 + int(a), 300_001 + int(b)))
    return edges


def road_layers(edges: list[Edge]) -> Layers:
    """Make the layers nwb_wegvakken and top10nl_wegdeel."""
    nwb, top = [], []
    for i, edge in enumerate(edges):
        kind = edge.road.kind
        line = land.to_rd(edge.line, 60)
        one_way = {"motorway": "H", "ramp": "H"}.get(kind, "B")
        letter = {"motorway": "A", "ramp": "A", "regional": "N"}.get(kind)
        nwb.append(
            (
                500_000_001 + i,
                edge.start,
                edge.end,
                AUTHORITY[kind],
                letter,
                SURFACE_TYPE.get(kind, "RB"),
                one_way,
                edge.road.name,
                line,
            )
        )
        kind_name, traffic, width = TOP10_TYPE[kind]
        narrow = kind == "street" and edge.road.name in (
            "Molensteeg",
            "Kloosterlaan",
            "Achterstraat",
            "Vismarkt",
        )
        surface = "half verhard" if kind in ("track", "foot") else "verhard"
        shape = shapely.transform(line.simplify(0.3), lambda xy: np.round(xy, 1))
        top.append(
            (
                f"NL.TOP10NL.{102000000 + i}",
                kind_name,
                traffic,
                "2 - 4 meter" if narrow else width,
                surface,
                "op vast deel van brug" if kind == "motorway" and i % 5 == 0 else None,
                1 if kind == "motorway" else 0,
                shape,
            )
        )
    return {
        "nwb_wegvakken": frame(
            nwb,
            "wvk_id",
            "jte_id_beg",
            "jte_id_end",
            "wegbehsrt",
            "routeltr",
            "bst_code",
            "rijrichtng",
            "stt_naam",
        ),
        "top10nl_wegdeel": frame(
            top,
            "lokaal_id",
            "typeweg",
            "hoofdverkeersgebruik",
            "verhardingsbreedteklasse",
            "verhardingstype",
            "fysiekvoorkomen",
            "hoogteniveau",
        ),
    }


SIGNS = {
    "Molensteeg": ("C18", "2,1"),
    "Kloosterlaan": ("C21", "3.5t"),
    "Achterstraat": ("C19", "2,6 m"),
    "Vismarkt": ("C07", None),
    "Veerweg": ("C20", "4,8"),
    "Griendweg": ("C17", "10"),
    "Polderpad": ("C21", "zie onderbord"),
    "Dorpsstraat": ("C21", "50"),
}
"""Street = the sign at both of its ends, and what is on it. One cannot be read.

One lets everything pass.
"""


def traffic_signs(edges: list[Edge]) -> Layers:
    """Make the layer ndw_verkeersborden."""
    rows: list[tuple[object, ...]] = []
    for street, (code, text) in SIGNS.items():
        stretches = [edge.line for edge in edges if edge.road.name == street]
        for line in (stretches[0], stretches[-1]):
            at = land.to_rd(line.interpolate(0.5, normalized=True))
            rows.append(
                (
                    f"bord-{9001 + len(rows)}",
                    code,
                    text,
                    street,
                    Point(round(at.x + 3, 1), round(at.y, 1)),
                )
            )
    return {"ndw_verkeersborden": frame(rows, "id", "rvvCode", "blackCode", "roadName")}


def public_transport() -> Layers:
    """Give the station and the bus stops."""
    stations = [("ODM", "Oudermeer", "stoptreinstation", "NL", land.to_rd(Point(land.STATION)))]
    spots = {
        "Station": (4940, 2560),
        "Brugstraat": (5012, 1760),
        "Markt": (4445, 1762),
        "Westwijk": (4110, 1372),
        "Noorderweg": (4730, 2178),
        "Oosterhof": (5500, 1385),
        "Rondweg": (5722, 1760),
        "Havenkwartier": (5040, 2960),
        "Dijkzicht": (5050, 1400),
        "Kerkstraat": (1770, 1100),
        "Veldrecht N901": (1752, 1450),
        "Achterveld": (1705, 2640),
        "Zandhoven Dorp": (7255, 1500),
        "Bosrand": (7235, 2050),
        "Kruispunt": (7310, 1112),
        "Handelspark": (8235, 1280),
    }
    stops: list[tuple[object, ...]] = []
    for i, (name, (x, y)) in enumerate(spots.items()):
        parent = f"stoparea:{9000 + i}"
        stops.append((parent, f"{name}", 1, None, land.to_rd(Point(x, y))))
        stops += [
            (
                f"{2_900_000 + 2 * i + k}",
                name,
                0,
                parent,
                land.to_rd(Point(x + 14 * (k - 0.5), y + 9 * (k - 0.5))),
            )
            for k in (0, 1)
        ]
    return {
        "ns_stations": frame(stations, "code", "name_long", "type", "country"),
        "gtfs_stops": frame(stops, "stop_id", "stop_name", "location_type", "parent_station"),
    }


def amenities(parcels: list[Parcel], rng: Generator) -> gpd.GeoDataFrame:
    """Make the layer voorzieningen, with the tags of OpenStreetMap."""
    rows: list[tuple[object, ...]] = []

    def add(amenity: str | None, shop: str | None, name: str, at: Point) -> None:
        rows.append((f"node/{7_000_000 + len(rows)}", amenity, shop, name, at))

    for i, p in enumerate([p for p in parcels if p.use == "school"]):
        add(
            "school" if i % 4 else "kindergarten",
            None,
            f"School {i + 1}",
            p.area.representative_point(),
        )
    for i, p in enumerate([p for p in parcels if p.use == "shops"]):
        at = p.area.representative_point()
        add(None, "supermarket" if i % 3 == 0 else "bakery", f"Winkel {i + 1}", at)
        if i % 4 == 0:
            add("pharmacy", None, f"Apotheek {i + 1}", Point(at.x + 9, at.y))
        if i % 4 in (0, 2):
            add("doctors", None, f"Huisartsenpraktijk {i + 1}", Point(at.x, at.y + 9))
    for name, shop, x, y in (
        ("Buurtsuper Veldrecht", "supermarket", 1800, 1060),
        ("Supermarkt Zandhoven", "supermarket", 7275, 1420),
        ("Supermarkt Brugstraat", "supermarket", 4790, 1775),
    ):
        add(None, shop, name, land.to_rd(Point(x, y)))
    for name, kind, x, y in (
        ("Huisarts Veldrecht", "doctors", 1730, 1120),
        ("Huisarts Zandhoven", "doctors", 7290, 1490),
        ("Bibliotheek", "library", 4650, 1700),
        ("Gemeentehuis", "townhall", 4790, 1830),
        ("Gasthuis", "hospital", 4560, 2400),
    ):
        add(kind, None, name, land.to_rd(Point(x, y)))
    return frame(rows, "osm_id", "amenity", "shop", "name")


def squares(addresses: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Make the layer cbs_vierkant100m: inhabited squares only, small numbers suppressed."""
    homes = addresses[addresses["gebruiksdoel"].str.contains("woonfunctie")]
    cells = pd.DataFrame(
        {"x": (homes.geometry.x // 100).astype(int), "y": (homes.geometry.y // 100).astype(int)}
    )
    counts = cells.groupby(["x", "y"]).size()
    targets = {
        "doctors": places[places["amenity"] == "doctors"],
        "supermarket": places[places["shop"] == "supermarket"],
    }
    rows: list[tuple[object, ...]] = []
    for (x, y), number in counts.items():  # type: ignore[misc]
        cell = shapely.box(x * 100, y * 100, x * 100 + 100, y * 100 + 100)
        people = int(round(number * 2.15 / 5) * 5)
        km = [
            round(float(t.distance(cell.centroid).min()) * 1.3 / 1000, 1) for t in targets.values()
        ]
        hidden = people < 10
        rows.append(
            (
                f"E{x * 100}N{y * 100}",
                -99997 if hidden else people,
                *([-99997.0, -99997.0] if hidden and number < 2 else km),
                cell,
            )
        )
    return frame(
        rows,
        "crs28992res100m",
        "aantalInwoners",
        "dichtstbijzijndeHuisartsenpraktijkAfstandInKm",
        "dichtstbijzijndeGroteSupermarktAfstandInKm",
    )
