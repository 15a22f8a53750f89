"""The skeleton of the landscape: borders, water, roads and zones, drawn by hand.

All coordinates are metres in a straight *design plane*; `to_rd` bends that plane
and lays it in RD New, so that nothing in the result is parallel to the axes.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

Coordinates = list[tuple[float, float]]
Geometry = TypeVar("Geometry", bound=BaseGeometry)

SEED = 20260101
RD_ORIGIN = (132_700.0, 453_300.0)
ROTATION_DEG = -7.0
PIVOT = (4_900.0, 2_000.0)

NAMES = {"GM9001": "Oudermeer", "GM9002": "Veldrecht", "GM9003": "Zandhoven"}
PROVINCE = ("PV26", "Utrecht")

# half the width of the parcel in which a road of this class lies [m]
HALF_CORRIDOR = {
    "motorway": 34.0,
    "ramp": 9.0,
    "regional": 12.0,
    "local": 7.5,
    "street": 5.0,
    "track": 4.0,
}
# half the width of the carriageway itself [m]
HALF_CARRIAGEWAY = {
    "motorway": 6.0,
    "ramp": 2.8,
    "regional": 3.7,
    "local": 2.9,
    "street": 2.5,
    "track": 1.5,
    "cycle": 1.6,
    "foot": 0.8,
}


@dataclass(frozen=True)
class Road:
    """A centre line with its class and its name."""

    line: LineString
    kind: str
    name: str


@dataclass(frozen=True)
class Zone:
    """An area with one way of dividing it into parcels."""

    name: str
    style: str
    area: BaseGeometry
    angle: float = 0.0


def chaikin(points: Coordinates, rounds: int = 2) -> Coordinates:
    """Round the corners of a line, keeping its end points."""
    for _ in range(rounds):
        rounded = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            rounded += [
                (0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by),
                (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by),
            ]
        points = [*rounded, points[-1]]
    return points


def smooth(*points: tuple[float, float]) -> LineString:
    """Line through rounded corners."""
    return LineString(chaikin(list(points)))


def _bent(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Design coordinates to RD New: a smooth displacement, then a rotation. [m]"""
    x, y = xy[:, 0], xy[:, 1]
    dx = 38 * np.sin(y / 520 + 0.6) + 9 * np.sin(y / 130 + x / 410) + 6 * np.sin(x / 170 + 1.1)
    dy = 42 * np.sin(x / 610 + 0.3) + 9 * np.sin(x / 150 - y / 380) + 6 * np.sin(y / 160 + 2.0)
    angle = np.radians(ROTATION_DEG)
    px, py = x + dx - PIVOT[0], y + dy - PIVOT[1]
    rd_x = RD_ORIGIN[0] + PIVOT[0] + px * np.cos(angle) - py * np.sin(angle)
    rd_y = RD_ORIGIN[1] + PIVOT[1] + px * np.sin(angle) + py * np.cos(angle)
    return np.round(np.column_stack([rd_x, rd_y]), 3)


def to_rd(geometry: Geometry, step: float = 60.0) -> Geometry:
    """Lay a design geometry in RD New, with a vertex at least every ``step`` metres."""
    bent: Geometry = shapely.transform(shapely.segmentize(geometry, step), _bent)
    return bent


# --- borders -----------------------------------------------------------------------------------
RIVER_WEST = chaikin([(0, 400), (550, 330), (1150, 470), (1800, 400), (2500, 260), (3300, 350)])
RIVER_EAST = chaikin([(3300, 350), (4100, 300), (4800, 130), (5600, 60), (6450, -60)])
RIVER = LineString([(-200, 430), *RIVER_WEST, *RIVER_EAST[1:], (6800, -160)])
BORDER_WEST = chaikin(
    [(3300, 350), (3340, 900), (3420, 1400), (3380, 2050), (3470, 2750), (3420, 3300), (3480, 4000)]
)
BORDER_EAST = chaikin(
    [(6450, -60), (6480, 700), (6420, 1300), (6500, 2000), (6430, 2600), (6520, 3300), (6480, 4050)]
)


def municipalities() -> dict[str, Polygon]:
    """Give the three municipalities in the design plane, sharing their borders."""
    north_west = chaikin([(3480, 4000), (2200, 4120), (1000, 3980), (0, 4060)])
    west = chaikin([(0, 4060), (-50, 2200), (30, 1200), (0, 400)])
    north = chaikin([(6480, 4050), (5500, 3960), (4500, 4090), (3480, 4000)])
    north_east = chaikin([(9800, 4000), (8800, 4120), (7600, 3980), (6480, 4050)])
    east = chaikin([(9800, 80), (9830, 1200), (9740, 2500), (9800, 4000)])
    south_east = chaikin([(6450, -60), (7500, 60), (8600, -50), (9800, 80)])
    return {
        "GM9001": Polygon([*RIVER_EAST, *BORDER_EAST, *north, *BORDER_WEST[::-1]]),
        "GM9002": Polygon([*RIVER_WEST, *BORDER_WEST, *north_west, *west]),
        "GM9003": Polygon([*south_east, *east, *north_east, *BORDER_EAST[::-1]]),
    }


# --- water -------------------------------------------------------------------------------------
CENTRE = (4718.0, 1765.0)
CANAL = smooth(
    (4690, 60),
    (4690, 470),
    (4725, 1150),
    (4705, 1500),
    (4724, 1765),
    (4705, 2050),
    (4745, 2300),
    (4690, 2750),
    (4620, 3400),
    (4650, 4120),
)
WETERINGEN = [
    smooth((-90, 2060), (900, 2010), (1700, 2040), (2700, 2000), (3385, 2050)),
    smooth((-90, 3720), (1200, 3640), (3450, 3600)),
    smooth((3390, 2050), (3740, 1950)),
]


def old_town() -> Polygon:
    """Give the walled town inside its moat: a circle that was never quite one."""
    angles = np.linspace(0, 2 * np.pi, 49)[:-1]
    radius = 205 + 12 * np.sin(3 * angles + 0.5) + 7 * np.sin(5 * angles)
    return Polygon(
        np.column_stack(
            [CENTRE[0] + radius * np.cos(angles), CENTRE[1] + 1.12 * radius * np.sin(angles)]
        )
    )


def river_bed() -> BaseGeometry:
    """Give the river between its summer banks."""
    return RIVER.buffer(46, cap_style="flat")


def waters() -> dict[str, BaseGeometry]:
    """Water by kind, in the design plane."""
    moat = old_town().buffer(17).difference(old_town())
    small = shapely.union_all([w.buffer(5.5) for w in WETERINGEN])
    return {
        "river": river_bed(),
        "canal": shapely.union_all([CANAL.buffer(8.5), moat]),
        "wetering": small,
    }


# --- rail, roads, lines ------------------------------------------------------------------------
RAIL = smooth(
    (-120, 3360),
    (1500, 3250),
    (3440, 3010),
    (4600, 2720),
    (5400, 2570),
    (6450, 2420),
    (7600, 2340),
    (8700, 2300),
    (9900, 2380),
)
STATION = (4905.0, 2640.0)
MOTORWAY = smooth(
    (9050, -120), (8950, 700), (8850, 1400), (8780, 2000), (8750, 2700), (8850, 3400), (8900, 4200)
)
DIKE = smooth(
    (-80, 765),
    (550, 700),
    (1150, 820),
    (1800, 760),
    (2500, 640),
    (3320, 700),
    (4100, 630),
    (4690, 480),
    (5600, 400),
    (6485, 330),
)
PROVINCIAL = smooth(
    (-90, 1560),
    (900, 1500),
    (1750, 1440),
    (2600, 1480),
    (3400, 1350),
    (4000, 1330),
    (4440, 1400),
    (5010, 1410),
    (5500, 1370),
    (6450, 1250),
    (7300, 1100),
    (8100, 1250),
    (8850, 1400),
    (9900, 1500),
)
POWER_LINE = LineString(
    [
        (-120, 3030),
        (1200, 2250),
        (2400, 1750),
        (3380, 1120),
        (4200, 890),
        (5400, 820),
        (6450, 900),
        (7800, 860),
        (8700, 980),
        (9900, 930),
    ]
)
POWER_BRANCH = LineString([(7800, 860), (7900, 330), (7950, -60)])
GAS_PIPE = LineString([(2960, 4200), (2900, 2500), (3010, 1300), (3060, 500), (3120, 100)])
FUEL_PIPE = LineString([(6380, 2250), (7000, 2180), (8200, 2120), (9900, 2160)])


def main_roads() -> list[Road]:
    """Give the roads that everything else hangs on."""
    rows = [
        ("regional", "Provincialeweg N901", PROVINCIAL),
        ("local", "Lekdijk", DIKE),
        ("local", "Kerkstraat", smooth((1795, 760), (1770, 1100), (1750, 1442))),
        (
            "local",
            "Veldweg",
            smooth((1750, 1438), (1740, 2050), (1700, 2640), (1640, 3240), (1660, 4200)),
        ),
        (
            "local",
            "Achterweg",
            smooth(
                (-90, 2700), (1000, 2620), (2200, 2670), (3430, 2560), (3900, 2330), (4450, 2150)
            ),
        ),
        (
            "local",
            "Noorderweg",
            smooth(
                (4450, 2150),
                (4730, 2170),
                (5000, 2150),
                (5650, 2090),
                (6470, 2000),
                (6900, 1910),
                (7220, 1900),
            ),
        ),
        (
            "local",
            "Westsingel",
            smooth(
                (4440, 1380), (4420, 1760), (4450, 2150), (4410, 2760), (4340, 3400), (4300, 4200)
            ),
        ),
        (
            "local",
            "Oostsingel",
            smooth(
                (5010, 1380),
                (5020, 1760),
                (5000, 2150),
                (4990, 2620),
                (5020, 2720),
                (5080, 3300),
                (5000, 4200),
            ),
        ),
        ("local", "Rondweg", smooth((5700, 1320), (5740, 1750), (5720, 2110))),
        ("local", "Veerweg", smooth((5560, 380), (5620, 800), (5640, 1370))),
        (
            "local",
            "Dorpsstraat",
            smooth(
                (7350, -80),
                (7300, 600),
                (7310, 1120),
                (7250, 1500),
                (7200, 1900),
                (7310, 2360),
                (7450, 3000),
                (7400, 4200),
            ),
        ),
        (
            "local",
            "Zandweg",
            smooth((6440, 340), (7300, 600), (8200, 520), (9000, 560), (9900, 610)),
        ),
        ("local", "Handelsweg", smooth((8230, 1260), (8270, 1650), (8280, 2010))),
        ("street", "Nijverheid", smooth((8270, 1700), (8500, 1730), (8700, 1700))),
        ("street", "Ambacht", smooth((8010, 1900), (8280, 1880))),
        ("street", "Havenweg", smooth((4700, 2960), (4860, 2990), (5055, 2960))),
        ("street", "Griendweg", smooth((2690, 1475), (2680, 1200), (2710, 960))),
        ("street", "Stationsplein", smooth((4740, 2500), (4900, 2530), (4995, 2490))),
        ("track", "Bosweg", smooth((6480, 3300), (7430, 3190), (8700, 3250), (9850, 3200))),
        ("track", "Kade", smooth((3500, 1348), (3560, 900), (3700, 655))),
        ("track", "Heideweg", smooth((7440, 2700), (8200, 2680), (8560, 3246))),
        ("track", "Kampweg", smooth((6900, 480), (6850, 900), (6900, 1180))),
        ("track", "Broekweg", smooth((600, 2640), (640, 3000), (600, 3300), (640, 3690))),
        ("track", "Polderpad", smooth((5500, 3980), (5600, 3300), (5560, 2800), (5030, 2830))),
    ]
    return [Road(line, kind, name) for kind, name, line in rows]


def paths() -> list[Road]:
    """Cycle paths and footpaths: in the network, not in the parcels."""
    rows = [
        ("cycle", "Weteringpad", smooth((1738, 2028), (2700, 1990), (3385, 2040), (3760, 1965))),
        ("cycle", "Vaartpad", smooth((4722, 480), (4745, 1150), (4735, 1405))),
        ("cycle", "Boskade", smooth((7310, 2360), (6900, 2700), (6700, 3285))),
        ("foot", "Boslaan", smooth((7450, 3000), (7900, 2950), (8300, 3100), (8330, 3232))),
        ("foot", "Uiterwaardpad", smooth((1795, 760), (2000, 560), (2500, 420), (2900, 665))),
    ]
    return [Road(line, kind, name) for kind, name, line in rows]


def ramps() -> list[Road]:
    """Give the four ramps of the junction, from the carriageway to the provincial road."""
    crossing = Point(shapely.get_coordinates(PROVINCIAL.intersection(MOTORWAY))[0])
    on_road, on_motorway = PROVINCIAL.project(crossing), MOTORWAY.project(crossing)
    roads = []
    for side in (-1, 1):
        carriageway = MOTORWAY.offset_curve(-15 * side)
        foot = PROVINCIAL.interpolate(on_road + 105 * side)
        for way in (-1, 1):
            top = carriageway.interpolate(
                carriageway.project(MOTORWAY.interpolate(on_motorway + 430 * way))
            )
            knee = MOTORWAY.offset_curve(-75 * side).interpolate(on_motorway + 130 * way)
            roads.append(
                Road(
                    smooth(top.coords[0], knee.coords[0], foot.coords[0]),
                    "ramp",
                    "A90 toe- en afrit",
                )
            )
    return roads


def old_streets() -> list[Road]:
    """Give the streets inside the moat: two quays, a ring and a few crooked lanes."""
    town = old_town()
    lanes = [
        CANAL.offset_curve(13),
        CANAL.offset_curve(-13),
        smooth((4590, 1500), (4608, 1700), (4596, 1840), (4615, 2050)),
        smooth((4850, 1500), (4835, 1690), (4846, 1850), (4828, 2050)),
        smooth((4400, 1672), (4600, 1690), (4720, 1668), (4850, 1684), (5030, 1664)),
        smooth((4400, 1762), (4600, 1752), (4720, 1768), (4850, 1756), (5030, 1774)),
        smooth((4480, 1866), (4600, 1850), (4720, 1870), (4850, 1846), (4960, 1862)),
    ]
    inside = shapely.intersection(np.array(lanes), town.buffer(-9))
    through = shapely.intersection(
        lanes[5], Polygon([(4418, 1600), (5021, 1600), (5021, 1900), (4418, 1900)])
    )
    ring = LineString(town.buffer(-9).exterior.coords)
    parts = [
        p
        for line in [*inside, through, ring]
        for p in shapely.get_parts(line)
        if p.geom_type == "LineString"
    ]
    names = [
        "Westkade",
        "Oostkade",
        "Achterstraat",
        "Kloosterlaan",
        "Vismarkt",
        "Brugstraat",
        "Molensteeg",
    ]
    return [Road(p, "street", names[i % len(names)]) for i, p in enumerate(parts)]


# --- zones: first come, first served -----------------------------------------------------------
def zones() -> list[Zone]:
    """Where which way of dividing the land applies, in order of precedence."""
    town = old_town()
    dike_body = DIKE.buffer(19, cap_style="flat")
    foreland = Polygon([(-200, -400), *DIKE.coords, (7000, 300), (7000, -500)])
    rows: list[tuple[str, str, BaseGeometry | Coordinates, float]] = [
        ("Oude stad", "old", town, 0),
        ("Dijk", "dike", dike_body, 0),
        ("Uiterwaard", "foreland", foreland, 10),
        ("Singelpark", "park", town.buffer(34).difference(town), 0),
        # Oudermeer
        (
            "Singelkwartier",
            "prewar",
            [
                (4430, 1390),
                (5015, 1400),
                (5020, 1760),
                (5000, 2155),
                (4730, 2175),
                (4450, 2155),
                (4420, 1760),
            ],
            4,
        ),
        (
            "Stationskwartier",
            "station",
            [(4450, 2150), (4730, 2170), (5000, 2150), (4990, 2650), (4400, 2800)],
            -8,
        ),
        (
            "Westwijk groen",
            "greenbelt",
            [(3690, 1336), (3790, 1336), (3790, 2390), (3690, 2440)],
            85,
        ),
        (
            "Westwijk",
            "postwar",
            [(3785, 1330), (4440, 1400), (4420, 1760), (4450, 2152), (3900, 2335), (3785, 2400)],
            12,
        ),
        (
            "Oosterhof groen",
            "greenbelt",
            [(5630, 1330), (5720, 1330), (5750, 1750), (5720, 2112), (5640, 2112)],
            85,
        ),
        (
            "Oosterhof",
            "seventies",
            [(5012, 1405), (5640, 1355), (5640, 2098), (5000, 2152), (5020, 1760)],
            -9,
        ),
        ("Spoorzone", "meadow", [(5005, 2480), (6300, 2250), (6300, 2480), (5005, 2680)], -9),
        (
            "Havenkwartier",
            "business",
            [(4400, 2760), (5020, 2600), (5085, 3300), (5075, 3380), (4360, 3420)],
            -12,
        ),
        ("Gasfabriek", "gasworks", [(4560, 1020), (4695, 1020), (4705, 1150), (4560, 1160)], 0),
        ("Oudermeer-Zuid", "expansion", [(4030, 950), (4555, 950), (4555, 1400), (4030, 1340)], 3),
        ("Sportpark", "sport", [(5790, 1760), (6180, 1720), (6200, 1980), (5790, 2030)], 0),
        ("Begraafplaats", "cemetery", [(5800, 1370), (5990, 1345), (5990, 1560), (5800, 1580)], 0),
        ("Volkstuinen", "allotment", [(6010, 1345), (6200, 1310), (6210, 1540), (6010, 1560)], 0),
        (
            "Dijkzicht",
            "nineties",
            [(4740, 1120), (5300, 1080), (5300, 1395), (5010, 1420), (4740, 1410)],
            2,
        ),
        # Veldrecht
        ("Veldrecht west", "village", [(1290, 930), (1770, 905), (1756, 1290), (1300, 1310)], -3),
        ("Veldrecht oost", "village", [(1775, 900), (2330, 850), (2320, 1270), (1756, 1300)], -5),
        ("Dorpsrand", "meadow", [(1300, 1320), (2330, 1280), (2330, 1460), (1300, 1480)], -3),
        ("Boomgaard", "orchard", [(2740, 720), (3000, 700), (3000, 1130), (2740, 1180)], 0),
        ("Griend", "smallbusiness", [(2380, 1180), (2680, 1180), (2690, 1480), (2380, 1460)], 0),
        ("Sportveld", "sport", [(2380, 900), (2690, 880), (2680, 1140), (2380, 1140)], 0),
        # Zandhoven
        (
            "Zandhoven west",
            "village",
            [(6880, 1200), (7310, 1105), (7250, 1500), (7205, 1895), (6880, 1905)],
            6,
        ),
        (
            "Zandhoven oost",
            "seventies",
            [(7310, 1105), (7790, 1180), (7800, 1890), (7202, 1900), (7250, 1500)],
            9,
        ),
        ("Bosrand", "villas", [(7215, 1930), (7850, 1930), (7870, 2290), (7310, 2330)], 5),
        (
            "Dorpsgroen",
            "meadow",
            [(7800, 1190), (7960, 1215), (7960, 2080), (7860, 2080), (7800, 1900)],
            85,
        ),
        ("Handelspark", "business", [(8000, 1220), (8830, 1395), (8740, 2120), (8000, 2120)], 8),
        ("Zorglandgoed", "estate", [(6560, 2010), (6880, 1940), (6890, 2330), (6560, 2390)], 0),
        ("Stort", "depot", [(8010, 590), (8360, 580), (8370, 800), (8020, 820)], 0),
        ("Kassen", "greenhouse", [(8480, 610), (8860, 610), (8860, 840), (8480, 830)], 0),
        ("Sportpark Zand", "sport", [(6560, 1260), (6860, 1215), (6860, 1460), (6560, 1480)], 0),
        (
            "Heide",
            "heath",
            [(7700, 2760), (8420, 2780), (8470, 3170), (8300, 3560), (7760, 3520)],
            20,
        ),
        ("Oefenterrein", "military", [(9010, 2520), (9760, 2480), (9760, 3120), (9010, 3180)], 0),
        ("Bos", "wood", [(6300, 2500), (7250, 2330), (9900, 2290), (9900, 4300), (6300, 4300)], 15),
    ]
    return [
        Zone(name, style, Polygon(area) if isinstance(area, list) else area, angle)
        for name, style, area, angle in rows
    ]
