"""Distances along roads: a graph of line vertices, one search per kind of facility, however many places ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = [
    "FARTHEST_FROM_ROAD_M",
    "RoadNetwork",
    "Snap",
    "distance_along_roads",
    "road_network",
    "snap",
]

FARTHEST_FROM_ROAD_M = 500.0
"""No way along roads leads to a facility that is farther than this from all of them: which road is nearest must not depend on how far
around the roads are known. An assumption, without a source: such a facility counts as none within
the limit of the walk. [m]"""
_NODE_GRID_M = 0.001
"""Vertices closer than this are the same node: lines that meet there are connected."""
_NODE_CAPACITY = 2
"""Of the index of segments, for the same reason as in `flexruimte.kernels.distance`."""


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

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the segments."""
        return shapely.STRtree(self.segments, _NODE_CAPACITY)


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
    x, y = np.round(coordinates / _NODE_GRID_M).T
    # One complex number per place sorts far faster than rows of two.
    _, node = np.unique(x + 1j * y, return_inverse=True)
    start = (
        np.flatnonzero((owner[1:] == owner[:-1]) & (node[1:] != node[:-1]))
        if len(owner)
        else np.empty(0, np.intp)
    )
    ends = np.stack([coordinates[start], coordinates[start + 1]], axis=1)
    segments = np.asarray(shapely.linestrings(ends) if len(start) else [], dtype=object)
    nodes = np.stack([node[start], node[start + 1]], axis=1)
    return RoadNetwork(
        segments,
        nodes,
        np.asarray(shapely.length(segments)),
        int(node.max()) + 1 if len(node) else 0,
    )


@dataclass(frozen=True)
class Snap:
    """Where things meet a network: each with every segment that is nearest to it."""

    thing: Integers
    """Position of the thing. (k,) int"""
    segment: Integers
    """Position of the segment. (k,) int"""
    position: Floats
    """How far along the segment the nearest point lies. (k,) float64 [m]"""
    distance: Floats
    """How far the thing is from it. (k,) float64 [m]"""
    count: int
    """Number of things, those that are empty included."""

    def within(self, distance_m: float) -> Snap:
        """Return the same without the things that are farther than a distance from all segments."""
        near = self.distance <= distance_m
        return Snap(
            self.thing[near],
            self.segment[near],
            self.position[near],
            self.distance[near],
            self.count,
        )


def snap(things: Geometries, network: RoadNetwork) -> Snap:
    """Return where things meet a network; empty things meet it nowhere.

    Parameters
    ----------
    things
        Points, polygons, or anything with a nearest point. (n,) object
    network
        The roads.
    """
    present = np.flatnonzero(~(shapely.is_missing(things) | shapely.is_empty(things)))
    if not len(network.segments):
        present = present[:0]
    network.tree.query(things[:1])  # the first question builds the index, before threads share it

    def nearest_to(position: Integers) -> Floats:
        (found, segment), distance = network.tree.query_nearest(
            things[position], return_distance=True, all_matches=True
        )
        line, thing = network.segments[segment], position[found]
        at = shapely.line_locate_point(
            line, shapely.get_point(shapely.shortest_line(line, things[thing]), 0)
        )
        return np.stack([thing, segment, at, distance], axis=1)

    thing, segment, position, distance = in_threads(nearest_to, present).T
    return Snap(thing.astype(np.intp), segment.astype(np.intp), position, distance, len(things))


def distance_along_roads(
    start: Snap, facilities: Snap, network: RoadNetwork, limit_m: float
) -> Floats:
    """Return the distance along the roads from each starting place to the nearest facility, at most `limit_m`.

    The way leads straight to the nearest road, along the roads, and straight from the road to the
    facility.

    Parameters
    ----------
    start, facilities
        Where n starting places and the facilities meet the network.
    network
        The roads.
    limit_m
        Facilities farther away are as good as absent. [m]

    Returns
    -------
    Floats
        (n,) float64 [m]; `limit_m` where there is no facility within it; NaN where there is no road
        within it.

    Notes
    -----
    Facilities become nodes on the segment they are nearest to, and one Dijkstra search starts from
    all of them at once.
    """
    to_node, direct = _search(network, facilities, limit_m, start)
    first, last = network.nodes[start.segment].T
    by_nodes = np.minimum(
        to_node[first] + start.position,
        to_node[last] + network.lengths[start.segment] - start.position,
    )
    nearest, to_road = np.full(start.count, np.inf), np.full(start.count, np.inf)
    np.minimum.at(nearest, start.thing, start.distance + np.minimum(direct, by_nodes))
    np.minimum.at(to_road, start.thing, start.distance)
    return np.where(to_road <= limit_m, np.minimum(nearest, limit_m), np.nan)


def _search(
    network: RoadNetwork, facilities: Snap, limit_m: float, start: Snap
) -> tuple[Floats, Floats]:
    """Return the distance from each node to a facility, and from each place straight along its own segment."""
    from scipy.sparse import csgraph  # a third of a second, for those who walk only

    origin, segment, access = network.node_count, facilities.segment, facilities.distance
    first, last = network.nodes[segment].T
    # A facility reaches both ends of its segment; the origin stands for all facilities at once.
    tails = np.concatenate([network.nodes[:, 0], np.full(2 * len(segment), origin)])
    heads = np.concatenate([network.nodes[:, 1], first, last])
    to_first, to_last = (
        access + facilities.position,
        access + network.lengths[segment] - facilities.position,
    )
    graph = _shortest_edges(
        tails, heads, np.concatenate([network.lengths, to_first, to_last]), origin + 1
    )
    to_node = np.asarray(
        csgraph.dijkstra(graph, directed=False, indices=np.array([origin]), limit=limit_m)
    )[0, :origin]
    direct = np.full(len(start.segment), np.inf)
    order = np.argsort(segment, kind="stable")
    low, high = (np.searchsorted(segment[order], start.segment, side) for side in ("left", "right"))
    place = np.repeat(np.arange(len(start.segment)), high - low)
    offset = np.arange(len(place)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    other = order[np.repeat(low, high - low) + offset]
    np.minimum.at(
        direct, place, np.abs(start.position[place] - facilities.position[other]) + access[other]
    )
    return to_node, direct


def _shortest_edges(tails: Integers, heads: Integers, lengths: Floats, count: int) -> Any:
    """Return the graph with, of parallel edges, only the shortest (a sparse matrix would add them up)."""
    from scipy import sparse

    low, high = np.minimum(tails, heads), np.maximum(tails, heads)
    order = np.lexsort((lengths, high, low))
    low, high, lengths = low[order], high[order], lengths[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    # A stored zero is no edge to the search, and an edge of no length must stay one.
    return sparse.csr_array(
        (np.maximum(lengths[first], 1e-9), (low[first], high[first])), shape=(count, count)
    )
