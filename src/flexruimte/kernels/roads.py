"""Distances along roads: a graph of line vertices, searched from all facilities of a kind at once.

Dijkstra's algorithm (1959), from a virtual node that is joined to every facility.

References
----------
E. W. Dijkstra (1959). A note on two problems in connexion with graphs. Numerische Mathematik 1,
269-271.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from flexruimte.kernels.ranges import ranges
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = [
    "FARTHEST_FROM_ROAD_M",
    "RoadNetwork",
    "Snap",
    "distance_along_roads",
    "distance_to_nodes",
    "road_network",
    "snap",
]

FARTHEST_FROM_ROAD_M = 500.0
"""A facility that is farther than this from all roads cannot be reached along them. [m]

Which road is nearest must not depend on how far around the roads are known. An assumption, without
a source.
"""
_NODE_GRID_M = 0.001
"""Vertices are rounded to this: lines that meet in a rounded vertex are connected. [m]"""
_NODE_CAPACITY = 2
"""Members per node of the index of segments, as in `flexruimte.kernels.distance`."""


@dataclass(frozen=True)
class RoadNetwork:
    """A road network as straight segments between nodes."""

    segments: Geometries
    """(s,) object, two-point lines"""
    nodes: Integers
    """Start and end node of each segment. (s, 2) int"""
    lengths: Floats
    """Length of each segment. (s,) float64 [m]"""
    node_count: int

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the segments."""
        return shapely.STRtree(self.segments, _NODE_CAPACITY)


def road_network(lines: Geometries) -> RoadNetwork:
    """Return the network of lines, which are connected where they share a vertex.

    Parameters
    ----------
    lines
        Lines and multilines. (n,) object

    Returns
    -------
    RoadNetwork
        With a segment between each two successive vertices, passable both ways.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> lines = shapely.linestrings([[(0, 0), (30, 0)], [(30, 0), (30, 40)]])
    >>> network = road_network(lines)
    >>> network.lengths, network.node_count
    (array([30., 40.]), 3)
    """
    parts = shapely.get_parts(lines)
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    x, y = np.round(coordinates / _NODE_GRID_M).T
    # One complex number per place sorts far faster than rows of two.
    _, node = np.unique(x + 1j * y, return_inverse=True)
    start = np.flatnonzero((owner[1:] == owner[:-1]) & (node[1:] != node[:-1]))
    ends = np.stack([coordinates[start], coordinates[start + 1]], axis=1)
    segments = np.asarray(shapely.linestrings(ends) if len(start) else [], dtype=object)
    nodes = np.stack([node[start], node[start + 1]], axis=1)
    node_count = int(node.max(initial=-1)) + 1
    return RoadNetwork(segments, nodes, np.asarray(shapely.length(segments)), node_count)


@dataclass(frozen=True)
class Snap:
    """Where features meet a network: each at every segment that is nearest to it."""

    feature: Integers
    """Position of the feature. (k,) int"""
    segment: Integers
    """Position of the segment. (k,) int"""
    position: Floats
    """How far along the segment the nearest point lies. (k,) float64 [m]"""
    distance: Floats
    """How far the feature is from it. (k,) float64 [m]"""
    count: int
    """Number of features, those that are empty included."""

    def within(self, distance_m: float) -> Snap:
        """Return the same without the features that are farther from all segments. [m]"""
        near = self.distance <= distance_m
        return Snap(
            self.feature[near],
            self.segment[near],
            self.position[near],
            self.distance[near],
            self.count,
        )


def snap(features: Geometries, network: RoadNetwork) -> Snap:
    """Return where features meet a network.

    Parameters
    ----------
    features
        Points, lines or polygons; None and empty meet it nowhere. (n,) object
    network
        The roads.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> network = road_network(np.array([shapely.LineString([(0, 0), (30, 0)])]))
    >>> found = snap(np.array([shapely.Point(10, 5), None]), network)
    >>> found.feature, found.position, found.distance
    (array([0]), array([10.]), array([5.]))
    """
    present = np.flatnonzero(~(shapely.is_missing(features) | shapely.is_empty(features)))
    if not len(network.segments):
        present = present[:0]
    network.tree.query(features[:1])  # the first query builds the index, before threads share it

    def nearest_to(position: Integers) -> Floats:
        (found, segment), distance = network.tree.query_nearest(
            features[position], return_distance=True, all_matches=True
        )
        line, feature = network.segments[segment], position[found]
        nearest = shapely.get_point(shapely.shortest_line(line, features[feature]), 0)
        at = shapely.line_locate_point(line, nearest)
        return np.stack([feature, segment, at, distance], axis=1)

    feature, segment, position, distance = in_threads(nearest_to, present).T
    return Snap(feature.astype(np.intp), segment.astype(np.intp), position, distance, len(features))


def distance_along_roads(
    start: Snap,
    facilities: Snap,
    network: RoadNetwork,
    limit_m: float,
    to_node: Floats | None = None,
) -> Floats:
    """Return the distance along roads from each starting place to the nearest facility.

    The way leads straight to the nearest road, along the roads, and straight from the road to the
    facility.

    Parameters
    ----------
    start, facilities
        Where n starting places and the facilities meet the network.
    network
        The roads.
    limit_m
        Facilities farther away count as absent. [m]
    to_node
        What `distance_to_nodes` returns, where that is known. (nodes,) float64 [m]

    Returns
    -------
    Floats
        `limit_m` where there is no facility within it; NaN where there is no road within it.
        (n,) float64 [m]

    Examples
    --------
    >>> import numpy as np, shapely
    >>> network = road_network(np.array([shapely.LineString([(0, 0), (30, 0), (30, 40)])]))
    >>> homes = snap(np.array([shapely.Point(10, 5), shapely.Point(0, 900)]), network)
    >>> shops = snap(np.array([shapely.Point(33, 20)]), network)
    >>> distance_along_roads(homes, shops, network, limit_m=500.0)
    array([48., nan])
    """
    if to_node is None:
        to_node = distance_to_nodes(network, facilities, limit_m)
    direct = _distance_on_segment(start, facilities)
    first, last = network.nodes[start.segment].T
    by_nodes = np.minimum(
        to_node[first] + start.position,
        to_node[last] + network.lengths[start.segment] - start.position,
    )
    nearest, to_road = np.full(start.count, np.inf), np.full(start.count, np.inf)
    np.minimum.at(nearest, start.feature, start.distance + np.minimum(direct, by_nodes))
    np.minimum.at(to_road, start.feature, start.distance)
    return np.where(to_road <= limit_m, np.minimum(nearest, limit_m), np.nan)


def distance_to_nodes(network: RoadNetwork, facilities: Snap, limit_m: float) -> Floats:
    """Return the distance from each node to the nearest facility. (nodes,) float64 [m]

    Infinite where it is farther than the limit.

    Parameters
    ----------
    network
        The roads.
    facilities
        Where they meet the network.
    limit_m
        Facilities farther away count as absent. [m]
    """
    from scipy.sparse import csgraph  # takes a third of a second, which other uses need not wait

    origin, segment, access = network.node_count, facilities.segment, facilities.distance
    first, last = network.nodes[segment].T
    # A facility reaches both ends of its segment; the origin is the virtual node.
    tails = np.concatenate([network.nodes[:, 0], np.full(2 * len(segment), origin)])
    heads = np.concatenate([network.nodes[:, 1], first, last])
    to_first = access + facilities.position
    to_last = access + network.lengths[segment] - facilities.position
    lengths = np.concatenate([network.lengths, to_first, to_last])
    graph = _shortest_edges(tails, heads, lengths, origin + 1)
    found = csgraph.dijkstra(graph, directed=False, indices=np.array([origin]), limit=limit_m)
    return np.asarray(found)[0, :origin]


def _distance_on_segment(start: Snap, facilities: Snap) -> Floats:
    """Return the distance from each place on a segment to the nearest facility on it.

    Infinite where there is none. (k,) float64 [m].
    """
    direct = np.full(len(start.segment), np.inf)
    order = np.argsort(facilities.segment, kind="stable")
    segment = facilities.segment[order]
    low, high = (np.searchsorted(segment, start.segment, side) for side in ("left", "right"))
    place = np.repeat(np.arange(len(start.segment)), high - low)
    other = order[ranges(low, high - low)]
    along = np.abs(start.position[place] - facilities.position[other])
    np.minimum.at(direct, place, along + facilities.distance[other])
    return direct


def _shortest_edges(tails: Integers, heads: Integers, lengths: Floats, count: int) -> Any:
    """Return a sparse matrix of edges, of parallel ones the shortest: it would add them up."""
    from scipy import sparse

    low, high = np.minimum(tails, heads), np.maximum(tails, heads)
    order = np.lexsort((lengths, high, low))
    low, high, lengths = low[order], high[order], lengths[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    # A stored zero is no edge to the search, and an edge of no length must stay one.
    weights = np.maximum(lengths[first], 1e-9)
    return sparse.csr_array((weights, (low[first], high[first])), shape=(count, count))
