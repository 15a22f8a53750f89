"""locations.geojson by RFC 7946, as others read it: a validator, GDAL, and the text of the standard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geojson_validator
import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from flexruimte.vocabulary import CRS


@pytest.fixture(scope="module")
def collection(sample_geojson: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(sample_geojson.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def by_gdal(sample_geojson: Path) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(sample_geojson)


def rings(collection: dict[str, Any]) -> list[tuple[bool, list[list[float]]]]:
    """All rings as they stand in the text, each with whether it is an outer one."""
    found = []
    for feature in collection["features"]:
        geometry = feature["geometry"]
        polygons = (
            [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        )
        found += [
            (number == 0, ring) for polygon in polygons for number, ring in enumerate(polygon)
        ]
    return found


def test_a_validator_has_nothing_to_say(collection: dict[str, Any]) -> None:
    geojson_validator.configure_logging(enabled=False)
    assert geojson_validator.validate_structure(collection, check_crs=True) == {}
    # Holes, many vertices and the seventh decimal are no fault: they are what is left of a parcel, and our contract.
    problems = (
        "inner_and_exterior_ring_intersect",
        "self_intersection",
        "duplicate_nodes",
        "3d_coordinates",
        "outside_lat_lon_boundaries",
        "crosses_antimeridian",
    )
    result = geojson_validator.validate_geometries(collection, criteria_problematic=problems)
    assert result["invalid"] == {}
    assert result["problematic"] == {}


def test_there_is_no_crs_member_and_the_sample_has_something_to_check(
    collection: dict[str, Any],
) -> None:
    assert "crs" not in collection
    assert len(collection["features"]) > 10
    assert not all(outer for outer, _ in rings(collection))


def test_outer_rings_turn_left_and_inner_ones_right(collection: dict[str, Any]) -> None:
    for outer, ring in rings(collection):
        x, y = (np.array(ring) - np.mean(ring, axis=0)).T
        twice_the_area = np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])
        assert (twice_the_area > 0) == outer
        assert ring[0] == ring[-1]
        assert len(ring) >= 4


def test_coordinates_are_longitude_and_latitude_in_the_netherlands(
    collection: dict[str, Any],
) -> None:
    points = np.concatenate([np.array(ring) for _, ring in rings(collection)])
    assert points.shape[1] == 2
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    assert 3.2 < west < east < 7.3
    assert 50.7 < south < north < 53.6
    assert collection["bbox"] == [west, south, east, north]


def test_gdal_reads_all_of_it(by_gdal: gpd.GeoDataFrame, collection: dict[str, Any]) -> None:
    assert by_gdal.crs.to_epsg() == 4326
    assert by_gdal["parcel_id"].tolist() == [feature["id"] for feature in collection["features"]]
    assert by_gdal.total_bounds.tolist() == collection["bbox"]
    assert by_gdal.is_valid.all()
    assert set(by_gdal.geom_type) <= {"Polygon", "MultiPolygon"}


def test_what_gdal_reads_has_the_area_that_is_stated(by_gdal: gpd.GeoDataFrame) -> None:
    """There and back again costs no more than the seventh decimal, about a centimetre along the boundary."""
    back = by_gdal.to_crs(CRS).geometry
    slack = 0.01 * shapely.length(back.to_numpy()) + 0.01
    assert (np.abs(back.area - by_gdal["buildable_m2"]) <= slack).all()
