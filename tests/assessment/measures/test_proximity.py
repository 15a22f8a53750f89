"""Distances to stops, straight and along roads, from two parcels: x 0-100 and x 300-400, both y 0-100."""

from __future__ import annotations

import geopandas as gpd
import pytest

from flexruimte.evidence.layers import Layer
from toy_layers import features, measured
from toy_town import changed_ruleset, frame, line, point

NAN = float("nan")


def stops(*places: tuple[float, float], kinds: tuple[str | None, ...] = ()) -> gpd.GeoDataFrame:
    codes = [f"h{number}" for number in range(len(places))]
    return frame([point(*place) for place in places], code=codes, soort=kinds or "bus")


def layers(rows: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None = None) -> dict[str, Layer]:
    toy = changed_ruleset()
    found: dict[str, Layer] = {"haltes": features(toy, "haltes", rows)}
    return found if roads is None else {**found, "wegen": features(toy, "wegen", roads)}


@pytest.mark.parametrize(("rows", "expected"), [
    pytest.param(stops((650, 50)), [550, 250], id="along y = 50"),
    pytest.param(stops((650, 50), (130, 140)), [50, 174.64], id="the nearest: 30, 40 and 170, 40 off a corner"),
    pytest.param(stops((350, 50)), [250, 0], id="on the second parcel"),
    pytest.param(stops((1_350, 50)), [1_000, 950], id="no farther than the limit"),
    pytest.param(stops((650, 50), (200, 50), kinds=("bus", "tram")), [550, 250], id="a tram is no bus"),
    pytest.param(stops((650, 50), (200, 50), kinds=("bus", None)), [NAN, NAN], id="what may be a bus is nearer"),
    pytest.param(stops((650, 50), (-600, 50), kinds=("bus", None)), [550, 250], id="what may be a bus is farther"),
])  # fmt: skip
def test_straight_distances(rows: gpd.GeoDataFrame, expected: list[float]) -> None:
    found = measured(layers(rows), "stop_distance_m")
    assert found == pytest.approx(expected, abs=0.01, nan_ok=True)


def test_to_the_edge_of_what_is_drawn_by_its_axis() -> None:
    # a road of 20 m wide whose axis is 30 m right of the first parcel, and one that runs through the
    # second
    roads = stops((130, 50), (350, 50))
    assert measured(layers(roads), "stop_distance_m", half_width_m=10) == pytest.approx([20, 0])
    # 550 and 250 m to the axis, 510 and 210 to the edge: no farther than the limit of 500
    far = layers(stops((650, 50)))
    found = measured(far, "stop_distance_m", half_width_m=40, limit_m=500)
    assert found == pytest.approx([500, 210])


def test_without_the_layer_nothing_is_known() -> None:
    assert measured({}, "stop_distance_m") == pytest.approx([NAN] * 2, nan_ok=True)


STREET = frame(
    [line((450, 50), (850, 50)), line((0, -20), (400, -20))], soort=["straat", "snelweg"]
)


def test_along_roads() -> None:
    # To the street's end at x 450: 350 m and 50 m; then 200 m along it. The motorway below is no way to walk.
    assert measured(layers(stops((650, 50)), STREET), "stop_walk_m") == pytest.approx([550, 250])


def test_along_roads_no_farther_than_the_limit() -> None:
    stop = layers(stops((650, 50)), STREET)
    assert measured(stop, "stop_walk_m", limit_m=400) == pytest.approx([400, 250])
    # the first parcel has no road within 300 m
    found = measured(stop, "stop_walk_m", limit_m=300)
    assert found == pytest.approx([NAN, 250], nan_ok=True)


def test_without_roads_a_walk_is_a_straight_line_with_detours() -> None:
    # 1.5 x 550 and 1.5 x 250, and no more than the limit
    assert measured(layers(stops((650, 50))), "stop_walk_m") == pytest.approx([825, 375])
    found = measured(layers(stops((650, 50))), "stop_walk_m", limit_m=600)
    assert found == pytest.approx([600, 375])


def test_a_walk_is_unknown_where_the_straight_line_is() -> None:
    rows = stops((650, 50), (420, 50), kinds=("bus", None))
    assert measured(layers(rows, STREET), "stop_walk_m") == pytest.approx([NAN] * 2, nan_ok=True)
