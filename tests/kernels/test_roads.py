"""Distances along roads: by hand, and against networkx-free plain searches."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels.roads import (
    RoadNetwork,
    distance_along_roads,
    distance_to_nodes,
    road_network,
    snap,
)
from shapes import boxes


def lines(*wkt: str) -> np.ndarray:
    return shapely.from_wkt(list(wkt))


def points(*xy: tuple[float, float]) -> np.ndarray:
    return shapely.points(list(xy)) if xy else np.empty(0, dtype=object)


def walks(
    shapes: np.ndarray, facilities: np.ndarray, network: RoadNetwork, limit_m: float
) -> np.ndarray:
    start, end = snap(shapes, network), snap(facilities, network)
    found = distance_along_roads(start, end, network, limit_m)
    # those to the nodes may be known
    to_node = distance_to_nodes(network, end, limit_m)
    again = distance_along_roads(start, end, network, limit_m, to_node)
    assert np.array_equal(found, again, equal_nan=True)
    return found


def test_by_hand() -> None:
    # A cross: a street from west to east and one to the north that share the vertex (50, 0).
    network = road_network(lines("LINESTRING (0 0, 50 0, 100 0)", "LINESTRING (50 0, 50 80)"))
    shapes = boxes((-20, -5, -10, 5), (60, 10, 70, 20), (45, 82, 55, 90))
    found = walks(shapes, points((50, 60), (100, 0)), network, 500)
    # first: 10 m to (0, 0), 50 to the crossing, then 50 east (110), not 60 north (120)
    # second: both streets are 10 m away; from (60, 0) or (70, 0) it is 40 or 30 to (100, 0): any point of the nearest edge is as near as another
    # third: 2 m to (50, 80), 20 m back
    assert found[[0, 2]].tolist() == pytest.approx([110, 22])
    assert 10 + 30 <= found[1] <= 10 + 40


def test_from_each_node_to_the_nearest_facility() -> None:
    network = road_network(lines("LINESTRING (0 0, 50 0, 100 0)", "LINESTRING (50 0, 50 80)"))
    facilities = snap(points((60, 7)), network)
    # 7 m off the road at x = 60: 10 m from the crossing, 40 m from the eastern end; the northern end lies 97 m away
    assert sorted(distance_to_nodes(network, facilities, 90).tolist()) == [17, 47, 67, np.inf]


def test_same_segment_and_access() -> None:
    network = road_network(lines("LINESTRING (0 0, 100 0)"))
    # the facility stands 7 m off the road at x = 80, the parcel 5 m off at its corner x = 30
    shape = shapely.Polygon([(30, 5), (35, 20), (25, 20)])
    assert walks(np.array([shape]), points((80, 7)), network, 500).tolist() == pytest.approx(
        [5 + 50 + 7]
    )


def test_limit_and_unreachable() -> None:
    network = road_network(lines("LINESTRING (0 0, 100 0)", "LINESTRING (0 50, 100 50)"))
    shapes = boxes((-1, -1, 0, 0), (5_000, 0, 5_001, 1))
    # the facility is on the other, unconnected street; the second shape has no road within the limit
    found = walks(shapes, points((100, 50)), network, 300)
    assert found[0] == 300
    assert np.isnan(found[1])
    assert np.isnan(walks(shapes, points((0, 0)), road_network(lines()), 300)).all()
    assert walks(shapes[:1], points(), network, 300).tolist() == [300]


def test_parallel_roads_take_the_shortest() -> None:
    network = road_network(lines("LINESTRING (0 0, 50 40, 100 0)", "LINESTRING (0 0, 100 0)"))
    assert walks(boxes((-10, -1, 0, 0)), points((100, 0)), network, 500).tolist() == pytest.approx(
        [100]
    )


def plain_search(
    segments: list[tuple[tuple[float, float], tuple[float, float]]],
    start: tuple[float, float],
    end: tuple[float, float],
) -> float:
    graph: dict[tuple[float, float], list[tuple[float, tuple[float, float]]]] = {}
    for a, b in segments:
        length = float(np.hypot(a[0] - b[0], a[1] - b[1]))
        graph.setdefault(a, []).append((length, b))
        graph.setdefault(b, []).append((length, a))
    best, queue = {start: 0.0}, [(0.0, start)]
    while queue:
        distance, node = heapq.heappop(queue)
        if node == end:
            return distance
        for length, other in graph.get(node, []):
            if distance + length < best.get(other, np.inf):
                best[other] = distance + length
                heapq.heappush(queue, (distance + length, other))
    return np.inf


@given(st.integers(0, 10_000))
def test_against_a_plain_search(seed: int) -> None:
    random = np.random.default_rng(seed)
    nodes = [(float(x), float(y)) for x, y in random.uniform(0, 1000, (25, 2)).round(1)]
    segments = [(nodes[a], nodes[b]) for a, b in random.integers(0, 25, (45, 2)) if a != b]
    network = road_network(shapely.linestrings(np.array(segments)))
    start, facilities = nodes[0], [nodes[5], nodes[9]]
    if not any(start in segment for segment in segments) or not all(
        any(f in segment for segment in segments) for f in facilities
    ):
        return
    # a tiny triangle that touches the network in the start node only
    shape = shapely.buffer(shapely.Point(start), 1e-4)
    found = walks(np.array([shape]), points(*facilities), network, 5_000)
    expected = min(plain_search(segments, start, facility) for facility in facilities)
    assert found[0] == pytest.approx(min(expected, 5_000), abs=0.01)


def test_no_way_leads_to_a_facility_far_from_all_roads() -> None:
    # A road of 1 km along x; facilities 499 m and 501 m beside its end.
    network = road_network(np.array([shapely.LineString([(0, 0), (1_000, 0)])]))
    start = snap(np.array([shapely.Point(0, 0)]), network)
    for off_road, distance in ((499, 1_499.0), (501, 4_000.0)):
        facility = snap(np.array([shapely.Point(1_000, off_road)]), network).within(500.0)
        assert distance_along_roads(start, facility, network, 4_000.0).tolist() == [distance]
