"""Buildings and addresses (BAG) on the parcels."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.random import Generator
from shapely import Point, Polygon

from .parcels import Parcel

YEARS = {
    "Oude stad": (1615, 1900),
    "Singelkwartier": (1904, 1939),
    "Westwijk": (1955, 1968),
    "Oosterhof": (1970, 1982),
    "Dijkzicht": (1990, 2004),
    "Stationskwartier": (1985, 2016),
    "Havenkwartier": (1975, 2015),
    "Handelspark": (1992, 2023),
    "Bosrand": (1928, 1988),
    "Buitengebied": (1880, 1998),
    "Veldrecht west": (1962, 1985),
    "Veldrecht oost": (1974, 1996),
    "Zandhoven west": (1935, 1975),
    "Zandhoven oost": (1972, 1999),
}
PURPOSE = {
    "business": "industriefunctie",
    "office": "kantoorfunctie",
    "school": "onderwijsfunctie",
    "shops": "winkelfunctie",
    "church": "bijeenkomstfunctie",
    "sport": "sportfunctie",
    "estate": "gezondheidszorgfunctie",
    "greenhouse": "industriefunctie",
    "cemetery": "bijeenkomstfunctie",
    "allotment": "overige gebruiksfunctie",
}
DWELLINGS = ("house", "oldhouse", "villa", "ribbon", "corporation", "flat", "farmyard")
IN_USE = "Pand in gebruik"
RARE_STATUS = {
    "Pand in gebruik (niet ingemeten)": 9,
    "Verbouwing pand": 7,
    "Sloopvergunning verleend": 4,
    "Pand buiten gebruik": 3,
    "Bouw gestart": 5,
    "Bouwvergunning verleend": 4,
}


def _homes(use: str, footprint: Polygon) -> int:
    """Count the dwellings in a building."""
    if use == "corporation":
        return max(2, int(footprint.area / 150))
    if use == "flat":
        return int(np.clip(footprint.area / 70, 8, 12))
    return 1


def _purpose(use: str, area: float, first: bool, rng: Generator) -> str | None:
    """Purpose of a building; sheds and barns have none, as in the register."""
    if use in DWELLINGS and (area < 16 or (use == "farmyard" and not first)):
        return None
    if use == "oldhouse" and rng.random() < 0.2:
        return "winkelfunctie,woonfunctie"
    return "woonfunctie" if use in DWELLINGS else PURPOSE.get(use)


def bag(parcels: list[Parcel], rng: Generator) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Make the layers bag_pand and bag_verblijfsobject."""
    panden, objects = [], []
    counts = dict.fromkeys(("GM9001", "GM9002", "GM9003"), 0)
    addresses = dict(counts)
    block_year: dict[tuple[str, int], int] = {}
    for parcel in parcels:
        block = (
            parcel.zone,
            int(parcel.area.centroid.x // 90) * 1000 + int(parcel.area.centroid.y // 90),
        )
        year = block_year.setdefault(
            block, int(rng.integers(*YEARS.get(parcel.zone, (1965, 2005))))
        )
        for i, footprint in enumerate(parcel.buildings):
            counts[parcel.code] += 1
            purpose = _purpose(parcel.use, footprint.area, i == 0, rng)
            built = (
                int(rng.integers(*YEARS["Oude stad"]))
                if parcel.use in ("oldhouse", "farmyard", "ribbon")
                else year
            )
            panden.append(
                (
                    f"{parcel.code[2:]}10{counts[parcel.code]:010d}",
                    built,
                    IN_USE,
                    purpose,
                    footprint,
                )
            )
            if purpose is None:
                continue
            number = _homes(parcel.use, footprint)
            spine = shapely.get_coordinates(shapely.minimum_rotated_rectangle(footprint))
            long_side = np.hypot(*(spine[1] - spine[0])) > np.hypot(*(spine[2] - spine[1]))
            a, b = (
                ((spine[0] + spine[3]) / 2, (spine[1] + spine[2]) / 2)
                if long_side
                else ((spine[0] + spine[1]) / 2, (spine[2] + spine[3]) / 2)
            )
            for k in range(number):
                addresses[parcel.code] += 1
                at = np.round(a + (b - a) * (k + 0.5) / number, 1)
                size = (
                    int(
                        footprint.area
                        / number
                        * (2 if parcel.use not in ("business", "greenhouse") else 1)
                    )
                    if number == 1
                    else int(rng.integers(55, 95))
                )
                objects.append(
                    (
                        f"{parcel.code[2:]}01{addresses[parcel.code]:010d}",
                        "Verblijfsobject in gebruik",
                        purpose,
                        size,
                        Point(at),
                    )
                )
    pand = gpd.GeoDataFrame(
        panden,
        columns=["identificatie", "bouwjaar", "status", "gebruiksdoel", "geometry"],
        geometry="geometry",
        crs=28992,
    )
    places = iter(rng.permutation(len(pand)))
    for status, number in RARE_STATUS.items():
        for _ in range(number):
            pand.loc[next(places), "status"] = status
    address = gpd.GeoDataFrame(
        objects,
        columns=["identificatie", "status", "gebruiksdoel", "oppervlakte", "geometry"],
        geometry="geometry",
        crs=28992,
    )
    address.loc[rng.choice(len(address), 6, replace=False), "status"] = "Verblijfsobject gevormd"
    return pand, address
