"""Distances along roads: a graph of line vertices, one search per kind of facility, however many places ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["RoadNetwork", "distance_along_roads", "road_network"]

_NODE_GRID_M = 0.001
"""Vertices closer than this are the same node: lines that meet there are connected."""


@dataclass(frozen=True)
class RoadNetwork:
    """A road network as straight segments between nodes."""

    segments: Geometries
    """(s,) object, two-point lines"""
    nodes: Integers
    """Start and end node of each segment. (s, 2) int"""
    lengths: Floats
    """(s,) float64 [m]"""
    node_count: int


def road_network(lines: Geometries) -> RoadNetwork:
    """Return the network of lines; lines are connected where they share a vertex, and walked both ways.

    Parameters
    ----------
    lines
        Lines and multilines. (n,) object

    Returns
    -------
    RoadNetwork
        With a segment between each two successive vertices.
    """
    parts = shapely.get_parts(lines)
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    snapped = np.round(coordinates / _NODE_GRID_M).astype(np.int64)
    _, node = np.unique(snapped, axis=0, return_inverse=True)
    node = node.ravel()
    start = np.flatnonzero((owner[1:] == owner[:-1]) & (node[1:] != node[:-1])) if len(owner) else np.empty(0, np.intp)
    ends = np.stack([coordinates[start], coordinates[start + 1]], axis=1)
    segments = np.asarray(shapely.linestrings(ends) if len(start) else [], dtype=object)
    nodes = np.stack([node[start], node[start + 1]], axis=1)
    return RoadNetwork(segments, nodes, np.asarray(shapely.length(segments)), int(node.max()) + 1 if len(node) else 0)


def distance_along_roads(shapes: Geometries, facilities: Geometries, network: RoadNetwork, limit_m: float) -> Floats:
    """Return the distance from each shape along the roads to the nearest facility, at most `limit_m`.

    The way leads straight to the nearest road, along the roads, and straight from the road to the facility.

    Parameters
    ----------
    shapes
        Where the way starts; polygons. (n,) object
    facilities
        Points, or anything with a nearest point. (m,) object
    network
        The roads.
    limit_m
        Facilities farther away are as good as absent. [m]

    Returns
    -------
    Floats
        (n,) float64 [m]; `limit_m` where there is no facility within it; NaN where there is no road within it.

    Notes
    -----
    Facilities become nodes on the segment they are nearest to, and one Dijkstra search starts from all of them at once.
    """
    result = np.full(len(shapes), np.nan)
    if not len(network.segments):
        return result
    tree = shapely.STRtree(network.segments)
    where, shape_segment, to_road = _snap(shapes, network.segments, tree, limit_m)
    # Positions of facilities on their segments, each with the way from the road to the facility.
    facility, facility_segment, access = _snap(facilities, network.segments, tree, limit_m)
    facility_position = _position(facilities[facility], network.segments[facility_segment])
    position = _position(shapes[where], network.segments[shape_segment])
    to_node, direct = _search(network, facility_segment, facility_position, access, limit_m, shape_segment, position)
    start, end = network.nodes[shape_segment].T
    total = to_road + np.minimum(
        direct, np.minimum(to_node[start] + position, to_node[end] + network.lengths[shape_segment] - position)
    )
    nearest = np.full(len(shapes), np.inf)
    np.minimum.at(nearest, where, total)
    reached = np.zeros(len(shapes), dtype=bool)
    reached[where] = True
    result[reached] = np.minimum(nearest[reached], limit_m)
    return result


def _snap(things: Geometries, segments: Geometries, tree: shapely.STRtree, limit_m: float) -> tuple[Integers, Integers, Floats]:
    """Return each thing with every segment that is nearest to it, and how far that is; things beyond the limit are left out."""
    present = np.flatnonzero(~(shapely.is_missing(things) | shapely.is_empty(things)))
    (thing, segment), distance = tree.query_nearest(things[present], max_distance=limit_m, return_distance=True, all_matches=True)
    return present[thing], segment, distance


def _position(things: Geometries, segments: Geometries) -> Floats:
    """Return how far along its segment the point nearest to each thing lies. [m]"""
    nearest = shapely.get_point(shapely.shortest_line(segments, things), 0)
    return np.asarray(shapely.line_locate_point(segments, nearest), dtype=np.float64)


def _search(
    network: RoadNetwork,
    facility_segment: Integers,
    facility_position: Floats,
    access: Floats,
    limit_m: float,
    shape_segment: Integers,
    position: Floats,
) -> tuple[Floats, Floats]:
    """Return the distance from each node to a facility, and from each place straight along its own segment."""
    origin = network.node_count
    count = len(facility_segment)
    start, end = network.nodes[facility_segment].T
    # A facility reaches both ends of its segment; the origin stands for all facilities at once.
    tails = np.concatenate([network.nodes[:, 0], np.full(2 * count, origin)])
    heads = np.concatenate([network.nodes[:, 1], start, end])
    lengths = np.concatenate([network.lengths, access + facility_position, access + network.lengths[facility_segment] - facility_position])
    graph = _shortest_edges(tails, heads, lengths, origin + 1)
    to_node = np.asarray(csgraph.dijkstra(graph, directed=False, indices=np.array([origin]), limit=limit_m))[0, :origin]
    direct = np.full(len(shape_segment), np.inf)
    if count:
        order = np.argsort(facility_segment, kind="stable")
        first = np.searchsorted(facility_segment[order], shape_segment, "left")
        last = np.searchsorted(facility_segment[order], shape_segment, "right")
        place = np.repeat(np.arange(len(shape_segment)), last - first)
        offset = np.arange(len(place)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
        other = order[np.repeat(first, last - first) + offset]
        np.minimum.at(direct, place, np.abs(position[place] - facility_position[other]) + access[other])
    return to_node, direct


def _shortest_edges(tails: Integers, heads: Integers, lengths: Floats, count: int) -> Any:
    """Return the graph with, of parallel edges, only the shortest (a sparse matrix would add them up)."""
    low, high = np.minimum(tails, heads), np.maximum(tails, heads)
    order = np.lexsort((lengths, high, low))
    low, high, lengths = low[order], high[order], lengths[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    # A stored zero is no edge to the search, and an edge of no length must stay one.
    return sparse.csr_array((np.maximum(lengths[first], 1e-9), (low[first], high[first])), shape=(count, count))
