"""Faults planted on purpose: what real data does to a program sooner or later."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.random import Generator
from shapely import Polygon

from .agreements import Special
from .parcels import Parcel
from .surfaces import Layers

NULL_GEOMETRY_ID = "90019990070000"
SLIVER_ID = "90019990170000"


def _bow_tie(area: Polygon) -> Polygon:
    """Four corners of an area in the wrong order."""
    a, b, c, d = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area.buffer(-4)))[:4]
    return shapely.transform(Polygon([a, c, b, d]), lambda xy: np.round(xy, 3))


def parcel_layer(parcels: list[Parcel], special: Special, rng: Generator) -> gpd.GeoDataFrame:
    """Make the layer perceel: a bow tie, a duplicate, a null geometry, a sliver and good ones."""
    wrong = {special["bow_tie"]: _bow_tie}
    rows = [
        (
            p.number,
            p.code,
            int(p.number[4:9]),
            wrong[p.number](p.area) if p.number in wrong else p.area,
        )
        for p in parcels
    ]
    mother = next(i for i, row in enumerate(rows) if row[0] == special["sliver_mother"])
    number, code, n, area = rows[mother]
    ring = shapely.get_coordinates(area)
    longest = int(np.argmax(np.hypot(*np.diff(ring, axis=0).T)))
    edge = shapely.LineString(ring[longest : longest + 2]).buffer(0.7, cap_style="flat")
    rows[mother] = (
        number,
        code,
        n,
        max(shapely.get_parts(area.difference(edge)), key=shapely.area),
    )
    rows.append((SLIVER_ID, code, 99901, shapely.get_parts(area.intersection(edge))[0]))
    rows.append(next(row for row in rows if row[0] == special["duplicate"]))
    rows.append((NULL_GEOMETRY_ID, "GM9001", 99900, None))
    areas = np.array([0.0 if g is None else shapely.area(g) for *_, g in rows])
    return gpd.GeoDataFrame(
        {
            "identificatie_lokaal_id": [r[0] for r in rows],
            "kadastrale_gemeente_code": [
                {"GM9001": "ODM00", "GM9002": "VDR00", "GM9003": "ZHV00"}[r[1]] for r in rows
            ],
            "sectie": [chr(65 + r[2] // 700) for r in rows],
            "perceelnummer": [r[2] for r in rows],
            "kadastrale_grootte_waarde": np.maximum(
                1, np.round(areas * rng.normal(1, 0.006, len(rows)))
            ),
        },
        geometry=[r[3] for r in rows],
        crs=28992,
    )


def demolished(
    panden: gpd.GeoDataFrame, parcels: list[Parcel], special: Special
) -> gpd.GeoDataFrame:
    """Give buildings that are gone, never came, or were entered by mistake, on empty plots."""
    by_number = {p.number: p for p in parcels}
    lots = [
        p
        for p in parcels
        if p.use == "vacantlot" and p.area.area > 2500 and p.number != special["decided_out_2"]
    ][:4]
    plots = [by_number[special["useless_in_year_8"]], *lots, by_number[special["gasworks"]]]
    states = [
        "Pand gesloopt",
        "Pand gesloopt",
        "Pand gesloopt",
        "Niet gerealiseerd pand",
        "Pand ten onrechte opgevoerd",
        "Pand gesloopt",
    ]
    rows = []
    for i, (plot, status) in enumerate(zip(plots, states, strict=True)):
        at = plot.area.representative_point()
        shape = shapely.box(at.x - 12, at.y - 8, at.x + 12, at.y + 8).intersection(plot.area)
        rows.append(
            (f"{plot.code[2:]}10{9_000_000 + i:010d}", 1961 + i, status, "industriefunctie", shape)
        )
    extra = gpd.GeoDataFrame(
        rows, columns=list(panden.columns), geometry="geometry", crs=panden.crs
    )
    return pd.concat([panden, extra], ignore_index=True)


def crooked_buildings(panden: gpd.GeoDataFrame, rng: Generator) -> gpd.GeoDataFrame:
    """Give some buildings without a year, some 15 cm over the neighbour's border."""
    panden = panden.copy()
    panden.loc[rng.choice(len(panden), 25, replace=False), "bouwjaar"] = 9999
    for i in rng.choice(len(panden), 60, replace=False):
        shift = rng.uniform(0.1, 0.2, 2) * rng.choice([-1, 1], 2)
        panden.loc[i, "geometry"] = shapely.transform(
            panden.geometry[i], lambda xy, shift=shift: np.round(xy + shift, 3)
        )
    return panden


def history(layers: Layers, rng: Generator) -> None:
    """Rows in the BGT that ended, some still saying "bestaand"; one viaduct above the ground."""
    for key in (
        "bgt_wegdeel",
        "bgt_begroeidterreindeel",
        "bgt_onbegroeidterreindeel",
        "bgt_waterdeel",
    ):
        layer = layers[key]
        old = layer.iloc[rng.choice(len(layer), 8, replace=False)].copy()
        old["lokaal_id"] = [f"{i}h" for i in old["lokaal_id"]]
        old["eind_registratie"] = "2021-03-04T10:00:00Z"
        old.loc[old.index[:4], "termination_date"] = "2021-03-01"
        old.loc[old.index[-2:], "status"] = "historie"
        if key == "bgt_wegdeel":
            old["geometry"] = shapely.transform(
                old.geometry.to_numpy(), lambda xy: xy + np.array([40.0, 25.0])
            )
        plan = layer.iloc[[int(rng.integers(len(layer)))]].copy()
        plan["lokaal_id"], plan["plus_status"] = "G9001.plan01" + key[4], "plan"
        layers[key] = gpd.GeoDataFrame(
            pd.concat([layer.astype({"eind_registratie": object}), old, plan], ignore_index=True),
            crs=layer.crs,
        )


def grazing_nature(layers: Layers, parcels: list[Parcel], special: Special) -> None:
    """Give a Natura 2000 area whose edge grazes a parcel by a metre and a half."""
    area = next(p.area for p in parcels if p.number == special["grazed"])
    left, bottom, _, top = area.bounds
    touch = area.intersection(shapely.box(left, bottom, left + 1.5, top))
    wet = shapely.box(left - 25, bottom - 5, left + 1.5, top + 5)
    part = shapely.force_3d(shapely.MultiPolygon([wet]), 3.0)
    extra = gpd.GeoDataFrame(
        [(91, "Oude Strang", "HR", "NL9000091", part)],
        columns=list(layers["natura2000"].columns),
        geometry="geometry",
        crs=28992,
    )
    assert not touch.is_empty
    layers["natura2000"] = gpd.GeoDataFrame(
        pd.concat([layers["natura2000"], extra], ignore_index=True), crs=28992
    )
