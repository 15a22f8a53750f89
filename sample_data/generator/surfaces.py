"""Land use: CBS, TOP10NL terrain, zoning, crops and the large-scale map (BGT)."""

from collections.abc import Callable, Iterable

import geopandas as gpd
import numpy as np
import shapely
from numpy.random import Generator
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from . import landscape as land
from .classes import BARE, CLASSES, GREEN, WATER
from .landscape import Road
from .parcels import Parcel
from .subdivision import polygons

Layers = dict[str, gpd.GeoDataFrame]


def frame(rows: Iterable[tuple[object, ...]], *columns: str) -> gpd.GeoDataFrame:
    """Give a layer in RD New from rows that end with their geometry."""
    return gpd.GeoDataFrame(
        list(rows), columns=[*columns, "geometry"], geometry="geometry", crs=28992
    )


def _merged(
    parcels: list[Parcel], key: Callable[[Parcel], object], tolerance: float
) -> list[tuple[object, Polygon]]:
    """Parcels of one class merged, with fewer vertices and still without gaps."""
    groups: dict[object, list[Polygon]] = {}
    for parcel in parcels:
        groups.setdefault(key(parcel), []).append(parcel.area)
    merged = [
        (k, part)
        for k in sorted(groups, key=str)
        for part in polygons(shapely.union_all(groups[k], grid_size=0.001), 1.0)
    ]
    simple = shapely.coverage_simplify([part for _, part in merged], tolerance)
    return [
        (k, part) for (k, _), area in zip(merged, simple, strict=True) for part in _rounded(area)
    ]


def _rounded(area: BaseGeometry) -> list[Polygon]:
    """Give valid polygons with coordinates in centimetres."""
    return polygons(
        shapely.make_valid(
            shapely.transform(area, lambda xy: np.round(xy, 2)),
            method="structure",
            keep_collapsed=False,
        ),
        1.0,
    )


def _cell(parcel: Parcel, size: float) -> tuple[int, int]:
    """Square in which a parcel lies: neighbours of one kind are mapped as one."""
    at = parcel.area.centroid
    return int(at.x // size), int(at.y // size)


def land_use(parcels: list[Parcel]) -> Layers:
    """Make the layers that fill the plane: bbg, top10nl_terrein and rp_enkelbestemming."""
    cbs = _merged(parcels, lambda p: CLASSES[p.use].cbs, 9.0)
    terrain = _merged(parcels, lambda p: CLASSES[p.use].terrain, 7.0)
    zoning = _merged(parcels, lambda p: CLASSES[p.use].zoning, 5.0)
    return {
        "bbg": frame(
            [(f"NBBG-{i:05d}", k, g) for i, (k, g) in enumerate(cbs, 1)], "identificatie", "NBBG22"
        ),
        "top10nl_terrein": frame(
            [(f"NL.TOP10NL.{115000000 + i}", k, g) for i, (k, g) in enumerate(terrain)],
            "lokaal_id",
            "typelandgebruik",
        ),
        "rp_enkelbestemming": frame(
            [(f"NL.IMRO.{i:07d}", k, str(k).capitalize(), g) for i, (k, g) in enumerate(zoning, 1)],
            "identificatie",
            "bestemmingshoofdgroep",
            "naam",
        ),
    }


def built_up_areas() -> gpd.GeoDataFrame:
    """Make the layer top10nl_plaats: the built-up areas in the sense of the road traffic act."""
    urban = [
        z
        for z in land.zones()
        if z.style
        in (
            "old",
            "park",
            "prewar",
            "station",
            "postwar",
            "seventies",
            "nineties",
            "village",
            "villas",
            "greenbelt",
            "meadow",
            "business",
        )
    ]
    whole = shapely.union_all([z.area.buffer(16) for z in urban]).buffer(30).buffer(-30)
    territory = land.municipalities()
    rows: list[tuple[object, ...]] = []
    for part in polygons(whole):
        code = max(territory, key=lambda c: territory[c].intersection(part).area)
        rows.append(
            (
                f"NL.TOP10NL.{128000000 + len(rows)}",
                "woonkern",
                "ja",
                land.NAMES[code],
                land.to_rd(part.simplify(3)),
            )
        )
    hamlet = shapely.Point(1700, 2650).buffer(1, quad_segs=1)
    rows.append(
        (
            f"NL.TOP10NL.{128000000 + len(rows)}",
            "woonkern",
            "nee",
            "Achterveld",
            land.to_rd(shapely.affinity.scale(hamlet, 480, 90)),
        )
    )
    return frame(rows, "lokaal_id", "typegebied", "bebouwdekom", "naamnl")


def crops(parcels: list[Parcel], rng: Generator) -> gpd.GeoDataFrame:
    """Make the layer brp_gewaspercelen: not every field is declared, and some lie fallow."""
    farmed = [
        p for p in parcels if CLASSES[p.use].crop and p.area.area > 500 and rng.random() < 0.92
    ]
    names = {
        "Grasland": [("Grasland, blijvend", 265), ("Grasland, tijdelijk", 266)],
        "Bouwland": [
            ("Mais, snij-", 259),
            ("Tarwe, winter-", 233),
            ("Aardappelen, consumptie", 2014),
        ],
    }
    rows: list[tuple[object, ...]] = []
    for (use, crop, _), area in _merged(
        farmed, lambda p: (p.use, CLASSES[p.use].crop, _cell(p, 320)), 2.0
    ):  # type: ignore[misc]
        gewas, code = (
            ("Appelen, aangeplant lopende seizoen", 1095)
            if use == "orchard"
            else names[crop][
                rng.choice(len(names[crop]), p=[0.75, 0.25] if crop == "Grasland" else None)
            ]
        )
        category = crop
        if rng.random() < 0.02:
            category, gewas, code = "Braakland", "Braak, bouwland onbeteeld", 662
        rows.append((2_400_000 + len(rows), category, gewas, code, 2025, area))
    return frame(rows, "id", "category", "gewas", "gewascode", "jaar")


def ditches(parcels: list[Parcel], rng: Generator) -> list[Polygon]:
    """Ditches along the long borders between grass parcels in the polder."""
    polder = [p.area for p in parcels if p.zone == "Polder" and p.use == "grass"]
    left, right = shapely.STRtree(polder).query(polder, predicate="touches")
    pairs = [(i, j) for i, j in zip(left, right, strict=True) if i < j]
    borders = [shapely.line_merge(polder[i].intersection(polder[j])) for i, j in pairs]
    long = [b for b in borders if b.geom_type == "LineString" and b.length > 120]
    return [
        shapely.transform(
            b.simplify(1.0).buffer(rng.uniform(0.8, 1.6), cap_style="flat", join_style="mitre"),
            lambda xy: np.round(xy, 2),
        )
        for b in long
        if rng.random() < 0.5
    ]


def _registered(rows: list[tuple[object, ...]], prefix: str, *columns: str) -> gpd.GeoDataFrame:
    """Give a BGT layer of current objects."""
    found = frame(rows, *columns)
    found.insert(0, "lokaal_id", [f"G9001.{prefix}{i:06x}" for i in range(len(found))])
    if "relatieve_hoogteligging" not in found and prefix != "f":
        found["relatieve_hoogteligging"] = 0
    found["status"] = "bestaand"
    found["plus_status"] = None
    found["eind_registratie"] = None
    found["termination_date"] = None
    return found


def _yards(parcels: list[Parcel]) -> list[tuple[object, ...]]:
    """Bare ground: house plots together per block, larger lots one by one."""
    bare = [p for p in parcels if CLASSES[p.use].bgt == BARE]
    return [
        (k[0], g)
        for k, g in _merged(
            bare,
            lambda p: (CLASSES[p.use].appearance, _cell(p, 160) if p.area.area < 900 else p.number),
            1.0,
        )
    ]  # type: ignore[index]


def _vegetation(parcels: list[Parcel], water: list[Polygon]) -> list[tuple[object, ...]]:
    """Green: fields per holding, other green per parcel, without the ditches."""
    green = [p for p in parcels if CLASSES[p.use].bgt == GREEN]
    tree = shapely.STRtree(water)
    rows: list[tuple[object, ...]] = []
    for key, area in _merged(
        green,
        lambda p: (
            CLASSES[p.use].appearance,
            _cell(p, 320) if CLASSES[p.use].crop or p.use in ("dike", "verge") else p.number,
        ),
        2.0,
    ):
        wet = [water[i] for i in tree.query(area, predicate="intersects")]
        dry: BaseGeometry = area.difference(shapely.union_all(wet)) if wet else area
        rows += [(key[0], p) for part in polygons(dry, 20) for p in _rounded(part)]  # type: ignore[index]
    return rows


def _road_surfaces(roads: list[Road]) -> list[tuple[object, ...]]:
    """Carriageways and paths, and the track of the railway."""
    names = {
        "regional": "rijbaan regionale weg",
        "cycle": "fietspad",
        "foot": "voetpad",
        "ramp": "rijbaan autosnelweg",
    }
    surface = {
        "cycle": "gesloten verharding",
        "foot": "half verhard",
        "street": "open verharding",
        "track": "half verhard",
    }
    rows: list[tuple[object, ...]] = []
    for road in roads:
        area = land.to_rd(road.line.simplify(0.8), 120).buffer(
            land.HALF_CARRIAGEWAY[road.kind], cap_style="square", join_style="bevel"
        )
        rows.append(
            (
                names.get(road.kind, "rijbaan lokale weg"),
                surface.get(road.kind, "gesloten verharding"),
                0,
                area,
            )
        )
    territory = land.to_rd(shapely.union_all(list(land.municipalities().values())))
    for line, function, half, level in (
        (land.MOTORWAY.offset_curve(13), "rijbaan autosnelweg", 6.0, 1),
        (land.MOTORWAY.offset_curve(-13), "rijbaan autosnelweg", 6.0, 1),
        (land.RAIL, "spoorbaan", 5.0, 0),
    ):
        inside = land.to_rd(line, 80).buffer(half, cap_style="flat").intersection(territory)
        rows += [
            (function, "gesloten verharding" if level else "half verhard", level, p)
            for p in polygons(inside)
        ]
    return [(*row[:-1], shapely.transform(row[-1], lambda xy: np.round(xy, 2))) for row in rows]


def _functional(parcels: list[Parcel]) -> list[tuple[object, ...]]:
    """Functional areas: filled where the owner of the data wanted to."""
    kinds = {
        "sport": "recreatie: sportterrein",
        "allotment": "recreatie: volkstuin",
        "cemetery": "begraafplaats",
        "school": "maatschappelijke en/of publieksvoorziening",
        "estate": "maatschappelijke en/of publieksvoorziening",
    }
    rows: list[tuple[object, ...]] = [(kinds[p.use], p.area) for p in parcels if p.use in kinds]
    rows += [("bedrijvigheid", p.area) for p in parcels if p.use == "business"][::3]
    polder = land.to_rd(shapely.box(-200, 1430, 3450, 2050))
    basin = shapely.union_all(
        [
            p.area
            for p in parcels
            if p.zone == "Polder" and p.area.representative_point().within(polder)
        ]
    )
    rows += [("waterbergingsgebied", p) for p in polygons(basin.simplify(0.3), 500)]
    fuel = land.to_rd(shapely.Point(8700, 1470).buffer(22, quad_segs=2))
    return [*rows, ("benzinestation", fuel)]


def masts() -> list[shapely.Point]:
    """Give the masts of the high-voltage line, in the design plane."""
    inside = np.arange(60, land.POWER_LINE.length, 310)
    return [
        p
        for p in (land.POWER_LINE.interpolate(d) for d in inside)
        if any(t.contains(p) for t in land.municipalities().values())
    ]


def _structures(
    parcels: list[Parcel], rng: Generator
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Rows of bgt_kunstwerkdeel and bgt_overigbouwwerk."""
    works: list[tuple[object, ...]] = [
        ("hoogspanningsmast", land.to_rd(p.buffer(4, quad_segs=1))) for p in masts()
    ]
    spots = {
        "sluis": (4690, 440, 30, 9),
        "gemaal": (3385, 2040, 9, 9),
        "stuw": (1740, 2036, 3, 9),
        "steiger": (4712, 1620, 10, 2),
    }
    works += [
        (kind, land.to_rd(shapely.box(x - a, y - b, x + a, y + b)))
        for kind, (x, y, a, b) in spots.items()
    ]
    platform = land.RAIL.offset_curve(8).intersection(shapely.Point(land.STATION).buffer(120))
    works.append(("perron", land.to_rd(platform).buffer(2.5, cap_style="flat")))
    yards = [p for p in parcels if p.use == "farmyard"]
    other: list[tuple[object, ...]] = []
    for yard in yards[::3]:
        at = yard.area.representative_point()
        other.append(
            (
                str(rng.choice(["open loods", "opslagtank", "schuur"])),
                shapely.box(at.x - 6, at.y - 4, at.x + 6, at.y + 4).intersection(yard.area),
            )
        )
    other.append(("bunker", land.to_rd(shapely.box(9400, 2800, 9412, 2808))))
    other.append(("windturbine", land.to_rd(shapely.Point(9400, 250).buffer(4, quad_segs=3))))
    return (
        [(k, shapely.transform(g, lambda xy: np.round(xy, 2))) for k, g in works],
        [(k, shapely.transform(g, lambda xy: np.round(xy, 2))) for k, g in other],
    )


def large_scale_map(parcels: list[Parcel], roads: list[Road], rng: Generator) -> Layers:
    """Make the BGT layers."""
    water = ditches(parcels, rng)
    courses: list[tuple[object, ...]] = [
        ("waterloop", p.area) for p in parcels if CLASSES[p.use].bgt == WATER
    ]
    courses += [
        (str(rng.choice(["waterloop", "greppel", "droge sloot"], p=[0.7, 0.2, 0.1])), w)
        for w in water
    ]
    courses.append(("watervlakte", land.to_rd(shapely.Point(8070, 3300).buffer(46, quad_segs=4))))
    works, other = _structures(parcels, rng)
    return {
        "bgt_begroeidterreindeel": _registered(
            _vegetation(parcels, water), "b", "fysiek_voorkomen"
        ),
        "bgt_onbegroeidterreindeel": _registered(_yards(parcels), "o", "fysiek_voorkomen"),
        "bgt_wegdeel": _registered(
            _road_surfaces(roads), "w", "functie", "fysiek_voorkomen", "relatieve_hoogteligging"
        ),
        "bgt_waterdeel": _registered(courses, "v", "type"),
        "bgt_functioneelgebied": _registered(_functional(parcels), "f", "plus_type"),
        "bgt_kunstwerkdeel": _registered(works, "k", "type"),
        "bgt_overigbouwwerk": _registered(other, "g", "type"),
    }


def line_parts(geometry: BaseGeometry) -> list[LineString]:
    """Give the lines of a geometry."""
    return [p for p in shapely.get_parts(geometry) if p.geom_type == "LineString"]
