"""Who owns the land, what is planned on it, what is agreed, what people decided."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from numpy.random import Generator
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from . import landscape as land
from .classes import UNBUILT
from .parcels import Parcel
from .surfaces import frame

OWNERS = {
    "farm": (
        ["particulier", "commercieel", "gemeente", "natuurorganisatie", "rijk"],
        [0.66, 0.12, 0.14, 0.05, 0.03],
    ),
    "town": (["gemeente", "corporatie", "commercieel", "provincie"], [0.8, 0.08, 0.09, 0.03]),
    "home": (["particulier", "corporatie"], [0.93, 0.07]),
    "water": (["waterschap", "gemeente", "rijk"], [0.75, 0.15, 0.1]),
    "lots": (["gemeente", "commercieel"], [0.55, 0.45]),
}
OWNER_GROUP = {
    "grass": "farm",
    "arable": "farm",
    "farmyard": "farm",
    "orchard": "farm",
    "greenhouse": "farm",
    "house": "home",
    "oldhouse": "home",
    "villa": "home",
    "ribbon": "home",
    "wetering": "water",
    "dike": "water",
    "canal": "water",
    "vacantlot": "lots",
    "business": "lots",
    "office": "lots",
}
FIXED_OWNER = {
    "corporation": "corporatie",
    "flat": "corporatie",
    "motorway": "rijk",
    "ramp": "rijk",
    "river": "rijk",
    "rail": "rijk",
    "military": "rijk",
    "regional": "provincie",
    "heath": "natuurorganisatie",
    "wood": "natuurorganisatie",
}


@dataclass(frozen=True)
class Special:
    """The parcels with a story, by role."""

    numbers: dict[str, str]

    def __getitem__(self, role: str) -> str:
        """Parcel id of a role."""
        return self.numbers[role]


# role: (use, design x, design y, smallest and largest area [m2])
ROLES: dict[str, tuple[str, float, float, float, float]] = {
    "useless_in_year_8": ("grass", 5180, 2330, 9_000, 40_000),
    "bridges": ("grass", 5480, 2250, 9_000, 40_000),
    "soft_plan": ("grass", 5850, 2200, 8_000, 40_000),
    "hard_2041": ("grass", 4250, 2480, 8_000, 40_000),
    "hard_no_date": ("grass", 3980, 1230, 8_000, 40_000),
    "flexwoningen": ("meadow", 7880, 1500, 2_000, 12_000),
    "lease": ("grass", 5900, 1150, 8_000, 40_000),
    "decided_out_1": ("meadow", 5600, 2380, 1_500, 12_000),
    "decided_out_2": ("vacantlot", 8400, 1500, 1_500, 20_000),
    "decided_in": ("belt", 5680, 1600, 1_500, 12_000),
    "gasworks": ("gasworks", 4630, 1080, 500, 60_000),
    "decided_later": ("grass", 6900, 1000, 5_000, 40_000),
    "bow_tie": ("grass", 5900, 3100, 8_000, 40_000),
    "duplicate": ("meadow", 7880, 1800, 1_500, 12_000),
    "sliver_mother": ("grass", 5300, 3400, 8_000, 40_000),
    "grazed": ("grass", 500, 1350, 4_000, 60_000),
}


def special_parcels(parcels: list[Parcel]) -> Special:
    """For each role the parcel of the right kind that is nearest to its place."""
    chosen: dict[str, str] = {}
    for role, (use, x, y, low, high) in ROLES.items():
        at = land.to_rd(Point(x, y))
        fit = [
            p
            for p in parcels
            if p.use == use and low <= p.area.area <= high and p.number not in chosen.values()
        ]
        chosen[role] = min(fit, key=lambda p: (p.area.distance(at), p.number)).number
    return Special(chosen)


def owners(parcels: list[Parcel], rng: Generator) -> pd.DataFrame:
    """Make the table eigendom: about four parcels in five, the rest is unknown."""
    rows = []
    for parcel in parcels:
        names, weights = OWNERS[OWNER_GROUP.get(parcel.use, "town")]
        owner = FIXED_OWNER.get(parcel.use) or str(rng.choice(names, p=weights))
        if rng.random() < 0.8:
            rows.append((parcel.number, owner))
    return pd.DataFrame(rows, columns=["parcel_id", "owner_class"])


def agreements(parcels: list[Parcel], special: Special, rng: Generator) -> pd.DataFrame:
    """Make the table gebruiksafspraken: leases, rents and reservations."""
    taken = set(special.numbers.values())
    farmed = [
        p
        for p in parcels
        if p.use in ("grass", "arable") and p.area.area > 1500 and p.number not in taken
    ]
    lots = [
        p
        for p in parcels
        if p.use in ("vacantlot", "fallow", "parking", "meadow")
        and p.area.area > 1500
        and p.number not in taken
    ]
    rows: list[tuple[str, str, str, str]] = [(special["lease"], "pacht", "2029-01-01", "")]
    for i in rng.choice(len(farmed), 44, replace=False):
        rows.append(
            (
                farmed[i].number,
                "pacht",
                f"{rng.integers(2027, 2035)}-{'01' if rng.random() < 0.6 else '11'}-01",
                "",
            )
        )
    for i in rng.choice(len(lots), 26, replace=False):
        kind = str(rng.choice(["huur", "reservering", "reservering"]))
        free_from = f"{rng.integers(2026, 2030)}-07-01" if kind == "huur" else ""
        rows.append(
            (
                lots[i].number,
                kind,
                free_from,
                f"{rng.integers(2029, 2045)}-01-01" if kind == "reservering" else "",
            )
        )
    return pd.DataFrame(sorted(rows), columns=["parcel_id", "kind", "free_from", "free_until"])


def decisions(special: Special) -> pd.DataFrame:
    """Make the table beslissingen: what people decided, whatever the rules say."""
    rows = [
        (special["decided_out_1"], "out", "Speelbos, toegezegd aan de buurt", "2025-06-12"),
        (special["decided_out_2"], "out", "Optie verleend aan een bedrijf", "2025-11-03"),
        (
            special["decided_in"],
            "in",
            "Plantsoen vervalt, college wil dit terrein benutten",
            "2025-09-30",
        ),
        (special["decided_later"], "out", "Besluit van na de peildatum", "2027-03-01"),
    ]
    return pd.DataFrame(rows, columns=["parcel_id", "decision", "reason", "date"])


def housing_plans(parcels: list[Parcel], special: Special) -> gpd.GeoDataFrame:
    """Make the layer woningbouwplannen: hard and soft, dated and undated."""
    area = {p.number: p.area for p in parcels}
    expansion = sorted(
        (p.area for p in parcels if p.zone == "Oudermeer-Zuid" and p.use == "grass"),
        key=lambda a: (a.centroid.x, a.centroid.y),
    )
    half = len(expansion) // 2
    site = next(p.area for p in parcels if p.use == "buildingsite" and p.area.area > 400)
    circle = land.to_rd(Point(6150, 880)).buffer(150, quad_segs=32)
    village = [p.area for p in parcels if p.zone == "Dorpsrand" and p.area.area > 2500]

    def joined(parts: list[Polygon]) -> BaseGeometry:
        return shapely.union_all(parts)

    rows = [
        ("PM-9001-01", "Oudermeer-Zuid fase 1", "1A", 2028, 2031, 240, joined(expansion[:half])),
        ("PM-9001-02", "Oudermeer-Zuid fase 2", "2A", 2036, 2040, 310, joined(expansion[half:])),
        ("PM-9001-03", "Stationsweide", "1B", 2034, 2037, 180, area[special["useless_in_year_8"]]),
        ("PM-9001-04", "Noorderweide", "1B", 2043, 2046, 120, area[special["bridges"]]),
        ("PM-9001-05", "Achterwegzoom", "1B", 2041, 2044, 90, area[special["hard_2041"]]),
        ("PM-9001-06", "Dijkzicht laatste fase", "1A", 2027, 2028, 24, site),
        ("PM-9001-07", "Polderrand", "3", 2032, 2035, 75, area[special["soft_plan"]]),
        ("PM-9001-08", "Westrand", "1C", None, None, 60, area[special["hard_no_date"]]),
        ("PM-9001-09", "Zoekgebied oost (indicatief)", "4A", 2038, 2042, 150, circle),
        ("PM-9002-01", "Dorpsrand Veldrecht", "4B", None, None, 30, joined(village[:2])),
        ("PM-9002-02", "Griend wonen", "2C", 2029, 2031, 18, joined(village[2:3])),
        ("PM-9003-01", "Dorpsgroen flex", "2A", 2027, 2027, 60, area[special["flexwoningen"]]),
        (
            "PM-9003-02",
            "Kampen",
            "4A",
            2035,
            2039,
            110,
            land.to_rd(shapely.box(7000, 760, 7220, 960)),
        ),
    ]
    found = frame(
        rows,
        "identificatie",
        "plannaam",
        "status_planologisch",
        "start_jaar",
        "oplevering_jaar",
        "aantal_woningen",
    )
    found["start_jaar"] = found["start_jaar"].astype("Int32")
    found["oplevering_jaar"] = found["oplevering_jaar"].astype("Int32")
    found["flexwoningen"] = [
        "Flexwoningen" if n == "Dorpsgroen flex" else "Regulier permanent"
        for n in found["plannaam"]
    ]
    return found


def unbuilt(parcels: list[Parcel]) -> list[Parcel]:
    """Parcels of 0.15 to 6 ha without a building: the pool of candidates."""
    return [
        p
        for p in parcels
        if p.use in UNBUILT and not p.buildings and 1_500 <= p.area.area <= 60_000
    ]
