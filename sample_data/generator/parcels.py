"""From the skeleton to parcels: a coverage of the three municipalities."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from . import landscape as land
from .landscape import Road, Zone
from .subdivision import (
    Piece,
    Plot,
    guillotine,
    hall,
    polygons,
    roadside,
    rows,
    slabs,
    street_grid,
    strips,
)

PLOTS = {
    "oldhouse": Plot("oldhouse", (5.8, 11), 11.0, 0.6, 0.0),
    "terraced": Plot("house", (6.4, 8.4), 9.0, 4.5, 0.0, shed=True),
    "semi": Plot("house", (12, 15.5), 9.5, 5.5, 1.6, shed=True),
    "detached": Plot("house", (19, 27), 10.5, 6.0, 2.6, shed=True),
    "villa": Plot("villa", (26, 38), 12.0, 11.0, 6.5),
}


@dataclass(frozen=True)
class District:
    """Street pattern of a kind of district and the chance of each kind of block."""

    depth: float
    length: float
    blocks: dict[str, float]


DISTRICTS = {
    "prewar": District(
        66,
        120,
        {
            "terraced": 0.14,
            "semi": 0.26,
            "corporation": 0.36,
            "green": 0.12,
            "school": 0.08,
            "shops": 0.04,
        },
    ),
    "postwar": District(
        72,
        135,
        {
            "corporation": 0.52,
            "terraced": 0.1,
            "flat": 0.14,
            "green": 0.16,
            "school": 0.05,
            "shops": 0.03,
        },
    ),
    "seventies": District(
        70,
        120,
        {
            "terraced": 0.14,
            "semi": 0.24,
            "corporation": 0.32,
            "green": 0.2,
            "school": 0.06,
            "shops": 0.04,
        },
    ),
    "nineties": District(
        70, 115, {"terraced": 0.24, "semi": 0.36, "flat": 0.14, "green": 0.16, "buildingsite": 0.1}
    ),
    "village": District(
        78,
        120,
        {
            "semi": 0.38,
            "detached": 0.2,
            "terraced": 0.16,
            "corporation": 0.06,
            "green": 0.1,
            "school": 0.06,
            "shops": 0.04,
        },
    ),
    "villas": District(118, 230, {"villa": 0.9, "green": 0.1}),
    "station": District(
        84, 130, {"flat": 0.36, "office": 0.3, "parking": 0.16, "green": 0.12, "fallow": 0.06}
    ),
}
SINGLE = {
    "sport",
    "cemetery",
    "allotment",
    "orchard",
    "greenhouse",
    "depot",
    "heath",
    "military",
    "gasworks",
    "estate",
    "park",
}
TARGET_M2 = {
    "greenbelt": 5200,
    "meadow": 6200,
    "business": 5600,
    "smallbusiness": 3600,
    "expansion": 24000,
    "wood": 52000,
    "foreland": 38000,
    "dike": 2600,
}


def district_streets(rng: Generator) -> list[Road]:
    """Give the streets of all districts, laid out before any land is divided."""
    roads = []
    for zone in land.zones():
        if zone.style in DISTRICTS:
            style = DISTRICTS[zone.style]
            inside = zone.area.difference(land.old_town().buffer(36))
            for line in (
                line
                for part in polygons(inside)
                for line in street_grid(part, zone.angle, style.depth, style.length, rng)
            ):
                roads.append(Road(line, "street", f"{zone.name}laan"))
    return roads


def corridors(roads: list[Road]) -> dict[str, BaseGeometry]:
    """Give the land of roads and rail, by kind; each takes precedence over the next."""
    found: dict[str, BaseGeometry] = {
        "motorway": shapely.union_all(
            [land.MOTORWAY.buffer(land.HALF_CORRIDOR["motorway"], cap_style="flat")]
        ),
        "rail": shapely.union_all(
            [
                land.RAIL.buffer(11, cap_style="flat"),
                shapely.Point(land.STATION).buffer(34).intersection(land.RAIL.buffer(30)),
            ]
        ),
    }
    for kind in ("ramp", "regional", "local", "street", "track"):
        found[kind] = shapely.union_all(
            [
                r.line.buffer(
                    land.HALF_CORRIDOR[kind], cap_style="flat" if kind != "ramp" else "round"
                )
                for r in roads
                if r.kind == kind
            ]
        )
    return found


def _linear_pieces(area: BaseGeometry, use: str, cell: float, rng: Generator) -> list[Piece]:
    """Cut the land of roads, rail or water in lengths, along a slanting grid."""
    if area.is_empty:
        return []
    left, bottom, right, top = area.bounds
    shift = rng.uniform(0, cell, 2)
    found = []
    for x in np.arange(left - 0.2 * (top + cell) - shift[0], right - 0.2 * (bottom - cell), cell):
        for y in np.arange(bottom - shift[1], top, cell):
            sheet = Polygon(
                [
                    (x + y * 0.2, y),
                    (x + cell + y * 0.2, y),
                    (x + cell + (y + cell) * 0.2, y + cell),
                    (x + (y + cell) * 0.2, y + cell),
                ]
            )
            if sheet.intersects(area):
                found += [Piece(p, use, use) for p in polygons(area.intersection(sheet))]
    return found


def _block(block: Polygon, kind: str, zone: Zone, rng: Generator) -> list[Piece]:
    """Divide a block between streets according to its kind."""
    if block.area < 420:
        return [Piece(block, "green", zone.name)]
    if kind in PLOTS:
        return rows(block, zone.angle, zone.name, PLOTS[kind], rng)
    if kind == "corporation":
        return [Piece(block, "corporation", zone.name, slabs(block, zone.angle, 9.5, 26, 7))]
    if kind == "flat":
        return [Piece(block, "flat", zone.name, slabs(block, zone.angle, 13, 60, 14))]
    if kind in ("green", "parking", "fallow", "buildingsite"):
        return [Piece(p, kind, zone.name) for p in guillotine(block, 6500, rng)]
    share = {"school": 0.28, "shops": 0.5, "office": 0.42}[kind]
    return [Piece(p, kind, zone.name, hall(p, share, rng)) for p in guillotine(block, 5200, rng)]


def _district(area: BaseGeometry, zone: Zone, rng: Generator) -> list[Piece]:
    """Divide the blocks of a district."""
    style = DISTRICTS[zone.style]
    kinds, weights = list(style.blocks), list(style.blocks.values())
    pieces = []
    for block in polygons(area):
        kind = str(rng.choice(kinds, p=weights))
        if zone.style == "villas" and block.area < 2500:
            kind = "green"
        pieces += _block(block, kind, zone, rng)
    return pieces


def _old(area: BaseGeometry, zone: Zone, rng: Generator) -> list[Piece]:
    """Narrow plots on the quays; one block for the church, one for the market."""
    blocks = sorted(polygons(area), key=lambda b: b.centroid.distance(shapely.Point(4650, 1810)))
    pieces = []
    for i, block in enumerate(blocks):
        if i == 0:
            pieces.append(Piece(block, "church", zone.name, hall(block, 0.3, rng)))
        elif i == 3:
            halves = guillotine(block, block.area / 2.2, rng)
            pieces.append(Piece(halves[0], "market", zone.name))
            pieces += [
                p for half in halves[1:] for p in rows(half, 90, zone.name, PLOTS["oldhouse"], rng)
            ]
        elif block.area < 300:
            pieces.append(Piece(block, "market", zone.name))
        else:
            pieces += rows(
                block, 90.0 if rng.random() < 0.75 else 0.0, zone.name, PLOTS["oldhouse"], rng
            )
    return pieces


def _business(area: BaseGeometry, zone: Zone, rng: Generator) -> list[Piece]:
    """Lots with halls, and lots that have not been issued yet."""
    pieces = []
    for part in polygons(area):
        for lot in guillotine(part, TARGET_M2[zone.style] * rng.uniform(0.7, 1.3), rng, 2):
            vacant = lot.area > 900 and rng.random() < 0.24
            if lot.area < 500:
                pieces.append(Piece(lot, "green", zone.name))
            else:
                pieces.append(
                    Piece(
                        lot,
                        "vacantlot" if vacant else "business",
                        zone.name,
                        () if vacant else hall(lot, rng.uniform(0.35, 0.6), rng),
                    )
                )
    return pieces


def _single(area: BaseGeometry, zone: Zone, rng: Generator) -> list[Piece]:
    """Give a zone that is one parcel, or a few where a road cuts it."""
    pieces = []
    for part in polygons(area):
        standing: tuple[Polygon, ...] = ()
        if part.area > 4000:
            if zone.style in ("sport", "cemetery", "allotment"):
                standing = hall(part, 0.015, rng)
            elif zone.style == "estate":
                standing = (*hall(part, 0.02, rng), *hall(part.buffer(-30), 0.02, rng))
            elif zone.style == "greenhouse":
                standing = hall(part, 0.75, rng)
        pieces.append(Piece(part, zone.style, zone.name, standing))
    return pieces


def divided(area: BaseGeometry, zone: Zone, rng: Generator) -> list[Piece]:
    """Divide the land of a zone according to its style."""
    if zone.style in DISTRICTS:
        return _district(area, zone, rng)
    if zone.style == "old":
        return _old(area, zone, rng)
    if zone.style in ("business", "smallbusiness"):
        return _business(area, zone, rng)
    if zone.style in SINGLE:
        return _single(area, zone, rng)
    use = {"greenbelt": "belt", "expansion": "grass", "foreland": "floodplain"}.get(
        zone.style, zone.style
    )
    return [
        Piece(p, use, zone.name)
        for part in polygons(area)
        for p in guillotine(part, TARGET_M2[zone.style], rng)
    ]


def _ribbons(rng: Generator) -> list[tuple[str, Polygon]]:
    """Houses and farmyards along the country roads, as (use, plot)."""
    roads = {r.name: r.line for r in land.main_roads()}

    def houses() -> tuple[float, float, float]:
        return (
            rng.uniform(15, 26),
            rng.uniform(38, 55),
            0.0 if rng.random() < 0.8 else rng.uniform(15, 60),
        )

    def farms() -> tuple[float, float, float]:
        return rng.uniform(48, 70), rng.uniform(75, 110), rng.uniform(110, 330)

    def hamlet() -> tuple[float, float, float]:
        return (
            rng.uniform(20, 34),
            rng.uniform(45, 70),
            0.0 if rng.random() < 0.6 else rng.uniform(30, 150),
        )

    specs = [
        ("ribbon", "Lekdijk", (1000, 2760), 1, houses, 19.0),
        ("farmyard", "Lekdijk", (150, 950), 1, farms, 19.0),
        ("farmyard", "Lekdijk", (3500, 6300), 1, farms, 19.0),
        ("ribbon", "Kerkstraat", (30, 640), 1, houses, 7.6),
        ("ribbon", "Kerkstraat", (30, 640), -1, houses, 7.6),
        ("ribbon", "Achterweg", (1150, 2600), 1, hamlet, 7.6),
        ("ribbon", "Achterweg", (1150, 2600), -1, hamlet, 7.6),
        ("farmyard", "Achterweg", (100, 1140), 1, farms, 7.6),
        ("farmyard", "Achterweg", (150, 1140), -1, farms, 7.6),
        ("farmyard", "Achterweg", (2650, 3900), 1, farms, 7.6),
        ("farmyard", "Achterweg", (2650, 3900), -1, farms, 7.6),
        ("farmyard", "Veldweg", (1300, 2700), 1, farms, 7.6),
        ("farmyard", "Provincialeweg N901", (150, 1200), 1, farms, 12.1),
        ("ribbon", "Veerweg", (120, 900), -1, hamlet, 7.6),
        ("farmyard", "Noorderweg", (1400, 2000), 1, farms, 7.6),
        ("farmyard", "Westsingel", (1400, 2700), 1, farms, 7.6),
        ("farmyard", "Oostsingel", (2000, 2700), -1, farms, 7.6),
        ("ribbon", "Dorpsstraat", (760, 1180), 1, houses, 7.6),
        ("ribbon", "Dorpsstraat", (680, 1180), -1, houses, 7.6),
        ("farmyard", "Dorpsstraat", (100, 640), 1, farms, 7.6),
        ("farmyard", "Zandweg", (60, 3400), 1, farms, 7.6),
        ("farmyard", "Zandweg", (100, 3400), -1, farms, 7.6),
        ("farmyard", "Kampweg", (80, 600), 1, farms, 4.1),
    ]
    return [
        (use, plot)
        for use, name, span, side, size, offset in specs
        for plot in roadside(roads[name], span, side, size, offset)
    ]


def _yard_buildings(plot: Polygon, use: str, rng: Generator) -> tuple[Polygon, ...]:
    """Give a house, or a farmhouse with barns."""
    if use == "ribbon":
        return hall(plot, 0.13, rng)
    halves = guillotine(plot, plot.area / 2.4, rng, 2)
    return tuple(
        b
        for half, share in zip(halves, (0.18, 0.3, 0.25), strict=False)
        for b in hall(half, share, rng)
    )


def _fields(
    area: Polygon, town: BaseGeometry, sizes: tuple[float, float], rng: Generator
) -> list[Polygon]:
    """Fields: small at the edge of the town, large farther out. ``sizes`` in [m2]"""
    small, large = sizes
    return [
        leaf
        for p in guillotine(area, large, rng)
        for leaf in (guillotine(p, small, rng) if p.distance(town) < 130 else [p])
    ]


def _farmland(area: BaseGeometry, code: str, rng: Generator) -> list[Piece]:
    """Give the open land of a municipality: strips in the polder, fields elsewhere."""
    town = shapely.union_all([z.area for z in land.zones() if z.style in DISTRICTS])
    pieces = []
    for part in polygons(area):
        if part.area < 700:
            pieces.append(Piece(part, "verge", "Buitengebied"))
        elif code == "GM9002":
            pieces += [
                Piece(p, "grass" if p.area > 400 else "verge", "Polder")
                for p in strips(part, rng.normal(1, 2), (30, 49), rng)
            ]
        else:
            for p in _fields(
                part, town, (21_000, 62_000) if code == "GM9001" else (13_500, 48_000), rng
            ):
                arable = code == "GM9003" and rng.random() < 0.4
                pieces.append(Piece(p, "arable" if arable else "grass", "Buitengebied"))
    return pieces


def tiling(roads: list[Road], rng: Generator) -> list[tuple[str, Piece]]:
    """All pieces of the three municipalities, as (municipality code, piece)."""
    taken = corridors(roads)
    waters = land.waters()
    ribbons = _ribbons(rng)
    order = [("motorway", taken["motorway"], 420.0), ("river", waters["river"], 700.0)]
    order += [
        (k, taken[k], c)
        for k, c in (
            ("ramp", 900.0),
            ("rail", 380.0),
            ("regional", 420.0),
            ("local", 330.0),
            ("street", 260.0),
            ("track", 400.0),
        )
    ]
    order += [(k, waters[k], c) for k, c in (("canal", 420.0), ("wetering", 500.0))]
    found = []
    for code, territory in land.municipalities().items():
        free: BaseGeometry = territory
        pieces: list[Piece] = []
        for use, area, cell in order:
            pieces += _linear_pieces(free.intersection(area), use, cell, rng)
            free = free.difference(area)
        for zone in land.zones():
            pieces += divided(free.intersection(zone.area), zone, rng)
            free = free.difference(zone.area)
        for use, plot in ribbons:
            for part in polygons(free.intersection(plot)):
                if part.area > 0.7 * plot.area:
                    pieces.append(Piece(part, use, "Buitengebied", _yard_buildings(part, use, rng)))
                    free = free.difference(part)
        pieces += _farmland(free, code, rng)
        found += [(code, piece) for piece in pieces]
    return found


@dataclass
class Parcel:
    """A parcel in RD New with its history."""

    number: str
    code: str
    use: str
    zone: str
    area: Polygon
    buildings: list[Polygon]


def _cleaned(areas: list[Polygon], gap: float, snap: float) -> list[BaseGeometry]:
    """Close hairline gaps, and give every shared border the same vertices. [m]"""
    clean = shapely.coverage_clean(
        shapely.make_valid(areas, method="structure", keep_collapsed=False),
        gap_width=gap,
        snapping_distance=snap,
    )
    return list(shapely.transform(clean, lambda xy: np.round(xy, 3)))


def _in_rd(pieces: list[tuple[str, Piece]]) -> list[tuple[str, Piece, Polygon]]:
    """Give a valid coverage in RD New without needless vertices, as (code, piece, area)."""
    straight = _cleaned([piece.area for _, piece in pieces], 1.5, 0.03)
    split = [
        (code, piece, part)
        for (code, piece), area in zip(pieces, straight, strict=True)
        for part in polygons(area, 4.0)
    ]
    bent = shapely.coverage_simplify(
        _cleaned([land.to_rd(area, 90) for *_, area in split], 0.3, 0.02), 0.5
    )
    return [
        (code, piece, part)
        for (code, piece, _), area in zip(split, bent, strict=True)
        for part in polygons(area, 1.0)
    ]


def parcels(roads: list[Road], rng: Generator) -> list[Parcel]:
    """Give the parcels in RD New, numbered from north to south per municipality."""
    found = []
    for code, piece, area in _in_rd(tiling(roads, rng)):
        footprints = [land.to_rd(b) for b in piece.buildings]
        found.append(
            Parcel(
                "",
                code,
                piece.use,
                piece.zone,
                area,
                [b for b in footprints if area.contains(b.representative_point())],
            )
        )
    for code in land.NAMES:
        own = sorted(
            (p for p in found if p.code == code),
            key=lambda p: (-round(p.area.centroid.y / 120), p.area.centroid.x),
        )
        for n, parcel in enumerate(own, start=1):
            parcel.number = f"{code[2:]}{n:05d}70000"
    return sorted(found, key=lambda p: p.number)
