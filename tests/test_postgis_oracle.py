"""The land kernels against two others that know nothing of them, on the cadastral map of Delft: PostGIS, and a plain loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from numpy.typing import NDArray

from flexruimte.kernels.overlap import (
    Overlaps,
    index_features,
    index_geometries,
    overlaps,
    polygonal,
    subtract,
)
from postgis import load, private_database
from real_data import REAL_DATA, needs_real_data

pytestmark = needs_real_data

# Overlapping layers on purpose: two maps of the same buildings, monuments among them, water and parks below.
RESTRICTIONS = {
    "bag_pand_2019": None,
    "osm_gebouwen_2013": None,
    "monumenten": None,
    "osm_landgebruik_2013": "\"natural\" = 'water' OR leisure = 'park' OR landuse IN ('reservoir', 'basin', 'cemetery')",
}


def read(layer: str, where: str | None = None) -> NDArray[Any]:
    frame = pyogrio.read_dataframe(
        REAL_DATA / "delft" / "delft_rd.gpkg", layer=layer, where=where, columns=[]
    )
    return polygonal(shapely.force_2d(shapely.make_valid(frame.geometry.to_numpy())))


@pytest.fixture(scope="module")
def parcels() -> NDArray[Any]:
    return read("percelen_1832")


@pytest.fixture(scope="module")
def restrictions() -> NDArray[Any]:
    return np.concatenate([read(layer, where) for layer, where in RESTRICTIONS.items()])


@pytest.fixture(scope="module")
def found(parcels: NDArray[Any], restrictions: NDArray[Any]) -> Overlaps:
    return overlaps(index_geometries(parcels), index_features(restrictions))


@pytest.fixture(scope="module")
def remaining(parcels: NDArray[Any], found: Overlaps) -> NDArray[np.float64]:
    """Area that is left of each parcel, by the kernels. (n,) [m2]"""
    return shapely.area(subtract(parcels, found.geometry, found.shape))


@pytest.fixture(scope="module")
def database(
    parcels: NDArray[Any], restrictions: NDArray[Any]
) -> Iterator[psycopg.Connection[Any]]:
    with private_database() as connection:
        load(connection, "parcel", parcels)
        load(connection, "restriction", restrictions)
        yield connection


def assert_same_areas(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], parcels: NDArray[Any]
) -> None:
    """Within a millionth of the parcel, and a square millimetre."""
    difference = np.abs(ours - theirs)
    worst = int(np.argmax(difference))
    assert (difference <= 1e-6 * shapely.area(parcels) + 1e-6).all(), (
        f"parcel {worst}: {ours[worst]} and {theirs[worst]} m2"
    )


def test_the_case_is_hard_enough(
    parcels: NDArray[Any], found: Overlaps, remaining: NDArray[np.float64]
) -> None:
    area = shapely.area(parcels)
    summed = np.bincount(found.shape, weights=found.area, minlength=len(parcels))
    assert len(parcels) == 5_433
    assert (summed > area * 1.001).sum() > 1_000  # overlapping restrictions: who sums counts double
    assert ((remaining > 0.01 * area) & (remaining < 0.99 * area)).sum() > 1_000
    assert (remaining == 0).any()
    assert (remaining == area).any()


def test_remaining_area_equals_postgis(
    parcels: NDArray[Any], remaining: NDArray[np.float64], database: psycopg.Connection[Any]
) -> None:
    rows = database.execute("""
        SELECT ST_Area(CASE WHEN taken.shape IS NULL THEN parcel.shape ELSE ST_Difference(parcel.shape, taken.shape) END)
        FROM parcel LEFT JOIN LATERAL (
            SELECT ST_Union(restriction.shape) AS shape FROM restriction WHERE ST_Intersects(restriction.shape, parcel.shape)
        ) AS taken ON true
        ORDER BY parcel.position
    """).fetchall()
    assert_same_areas(remaining, np.array(rows, dtype=float)[:, 0], parcels)


def test_area_of_every_pair_equals_postgis(
    parcels: NDArray[Any], found: Overlaps, database: psycopg.Connection[Any]
) -> None:
    rows = database.execute("""
        SELECT parcel.position, restriction.position, ST_Area(ST_Intersection(parcel.shape, restriction.shape))
        FROM parcel JOIN restriction ON ST_Intersects(parcel.shape, restriction.shape)
    """).fetchall()
    theirs = {(parcel, restriction): area for parcel, restriction, area in rows}
    ours = dict.fromkeys(theirs, 0.0)
    for parcel, restriction, area in zip(
        found.shape.tolist(), found.feature.tolist(), found.area.tolist(), strict=True
    ):
        ours[parcel, restriction] += area  # a KeyError is an overlap that PostGIS does not see
    position = np.array([parcel for parcel, _ in theirs])
    assert_same_areas(
        np.array(list(ours.values())), np.array(list(theirs.values())), parcels[position]
    )


def test_remaining_area_equals_a_plain_loop(
    parcels: NDArray[Any], restrictions: NDArray[Any], remaining: NDArray[np.float64]
) -> None:
    tree = shapely.STRtree(restrictions)
    plain = [
        parcel.difference(
            shapely.union_all(restrictions[tree.query(parcel, predicate="intersects")])
        ).area
        for parcel in parcels
    ]
    assert_same_areas(remaining, np.array(plain), parcels)
