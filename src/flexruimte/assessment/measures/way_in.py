"""Whose land the way in crosses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.measures.attribute import values_of_parcels
from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.kernels.threads import in_threads
from flexruimte.kernels.ways import covered_length, pieces_of_lines, stretches_on
from flexruimte.rules.measures import WayInMeasure
from flexruimte.vocabulary import UNKNOWN, YES, Booleans, Floats, Geometries, Integers

__all__ = ["way_in"]

_WIDTH_OF_NOTHING_M = 1.0
"""Where what is certain and what is possible differ no more than this, that is the inaccuracy of
the maps: parcels do not fit closer. [m]"""
_PIECE_OF_AXIS_M = 25.0
"""Axes of public roads are cut into pieces of this length: small shapes are soon compared. [m]"""
_ROUNDNESS = 4
"""Segments in a quarter of the circle around the end of a piece, where the next one goes on."""
_SHORT_OF_ROAD_M = 1.0
"""A way that meets another road before it is so near to its end, ends there. [m]"""
_NOBODY = -1
"""Number of an owner who is not known."""


def way_in(measure: WayInMeasure, inputs: MeasureInputs) -> Floats:
    """Return how much of the way into each shape lies on land of others. (n,) float64 [m].

    Of all straight ways to a road that counts, within the limit, it is the one with least of it.

    NaN where no road is within the limit; and where it depends on land whose owner is not known, on
    land of no parcel of the municipality, on a road that may count, or on what lies beyond a layer.

    Notes
    -----
    A way along the boundary of two parcels may take either. Of kinds of owner of which there are
    many, whether two parcels are of the same one is not known. What else is in the way, such as
    water or a building, is not looked at.
    """
    ends, axes = inputs.features(measure.layer), inputs.features(measure.roads)
    counts, public = ends.counting(measure.where), axes.counting(measure.roads_where)
    shapes, limit_m = inputs.overlay.shapes, inputs.ruleset.number(measure.limit_m)
    roads, found = ends.geometries[counts == YES], np.full(len(shapes), np.nan)
    if not len(roads):
        return found
    parcels = _land(measure, inputs)
    everyone = np.arange(len(shapes))
    shape, road = shapely.STRtree(roads).query_nearest(shapes, max_distance=limit_m)
    least = parcels.least_of_others(shapes, shape, roads[road], everyone)
    # Most shapes lie at a road, or have nothing but public land before them.
    asked = np.flatnonzero(np.isfinite(least[:, 1]) & _is_something(least))
    beside_m = max(measure.half_width_m, measure.road_land_m)
    near = _within(axes.geometries, shapes[asked], limit_m + beside_m) & (public >= UNKNOWN)
    land = _with_roads(measure, parcels, axes.geometries[near], public[near] == YES)
    again = np.isin(shape, asked)
    with_roads = land.least_of_others(shapes, shape[again], roads[road[again]], everyone)
    least[asked] = with_roads[asked]
    large = asked[
        _is_something(least[asked]) & (inputs.overlay.areas[asked] >= measure.search_from_m2)
    ]
    pieces, _ = pieces_of_lines(roads, measure.step_m)
    least[large] = in_threads(
        lambda some: _least_on_any_way(land, shapes[some], pieces, limit_m, some), large
    )
    reach_m = np.full(len(shapes), limit_m)
    speaks = inputs.overlay.known_within(ends, reach_m)
    speaks &= inputs.overlay.known_within(axes, reach_m + beside_m)
    speaks &= ~_within(shapes, ends.geometries[counts == UNKNOWN], limit_m)
    has_way = np.flatnonzero(np.isfinite(least[:, 1]))
    certain, most = np.where(speaks, least[:, 0], 0.0)[has_way], least[has_way, 1]
    known = most - certain <= _WIDTH_OF_NOTHING_M
    found[has_way[known]] = np.maximum(certain[known], 0.0)
    return found


def _is_something(least: Floats) -> Booleans:
    """Return whether land of others is, or may be, on the best way of each shape. (k,) bool"""
    return np.asarray((least[:, 0] > 0) | (least[:, 1] > _WIDTH_OF_NOTHING_M))


def _within(shapes: Geometries, others: Geometries, distance_m: float) -> Booleans:
    """Return which shapes lie within a distance of any of others. (n,) bool"""
    near = np.zeros(len(shapes), dtype=bool)
    near[shapely.STRtree(others).query(shapes, predicate="dwithin", distance=distance_m)[0]] = True
    return near


@dataclass(frozen=True)
class _Land:
    """The parcels of a municipality, and who may cross them."""

    index: shapely.STRtree
    """Of the parcels."""
    owner: Integers
    """Number of each parcel's kind of owner, or `_NOBODY`. (p,) int"""
    is_open: Booleans
    """Whether the kind of owner lets anybody cross. (p,) bool"""
    is_one: Booleans
    """Whether there is one of the kind of owner. (p,) bool"""
    own: Integers
    """Position of the parcel of each shape. (n,) int"""
    road: shapely.STRtree
    """Of the land of public roads."""
    road_is_sure: Booleans
    """Whether each piece of that is land of a road that surely counts. (r,) bool"""

    def least_of_others(
        self, shapes: Geometries, shape: Integers, ends: Geometries, position: Integers
    ) -> Floats:
        """Return the least land of others on the ways of each shape, surely and at most. (k, 2) [m]

        Infinite where a shape has no way.

        Parameters
        ----------
        shapes
            (k,) object
        shape, ends
            Of each way the shape, by position, and what it leads to. (w,)
        position
            Of each shape among all that the land was made for. (k,) int
        """
        ways = shapely.shortest_line(shapes[shape], ends)
        least = np.full((2, len(shapes)), np.inf)
        for bound, lengths in zip(least, self.of_others(ways, position[shape]), strict=True):
            np.minimum.at(bound, shape, lengths)
        return least.T

    def of_others(self, ways: Geometries, shape: Integers) -> Floats:
        """Return how much of ways lies on land of others, surely and at most. (2, w) float64 [m].

        Parameters
        ----------
        ways
            Two-point lines. (w,) object
        shape
            The shape that each way belongs to. (w,) int
        """
        on = stretches_on(ways, self.index.geometries, self.index)
        roads = stretches_on(ways, self.road.geometries, self.road)
        mine = self.own[shape[on.way]]
        owner, its = self.owner[mine], self.owner[on.land]
        same = (owner == its) & (its != _NOBODY)
        crossed = (on.land == mine) | self.is_open[on.land] | (same & self.is_one[on.land])
        unsure = (owner == _NOBODY) | (its == _NOBODY) | same
        free = on.where(crossed).and_others(roads.where(self.road_is_sure[roads.land]))
        perhaps, known = on.where(crossed | unsure).and_others(roads), on.and_others(roads)
        free_m, perhaps_m, known_m = (
            covered_length(stretches, len(ways)) for stretches in (free, perhaps, known)
        )
        return np.stack([known_m - perhaps_m, shapely.length(ways) - free_m])


def _land(measure: WayInMeasure, inputs: MeasureInputs) -> _Land:
    """Return the parcels and their owners, without public roads."""
    parcels, ruleset = inputs.parcels, inputs.ruleset
    kinds = values_of_parcels(inputs.layers[measure.owners], measure.owner_field, parcels.ids)
    return _Land(
        index=shapely.STRtree(parcels.geometries),
        owner=np.asarray(pd.factorize(kinds)[0], dtype=np.intp),
        is_open=np.isin(kinds, measure.open_owners),
        is_one=np.isin(kinds, ruleset.listed(measure.one_owner)),
        own=pd.Index(parcels.ids).get_indexer(inputs.ids),
        road=shapely.STRtree([]),
        road_is_sure=np.empty(0, dtype=bool),
    )


def _with_roads(measure: WayInMeasure, land: _Land, axes: Geometries, sure: Booleans) -> _Land:
    """Return parcels and the land of public roads.

    That are the roads themselves, and of a parcel that one runs over what lies beside it; where
    anybody may cross the parcel, nothing.

    Parameters
    ----------
    measure
        How wide roads and their land are.
    land
        The parcels.
    axes
        Of roads that count, or may count. (r,) object
    sure
        Whether each surely counts. (r,) bool
    """
    pieces, line = pieces_of_lines(axes, _PIECE_OF_AXIS_M)
    roads = shapely.buffer(pieces, measure.half_width_m, quad_segs=_ROUNDNESS)
    within, parcel = land.index.query(roads, predicate="within")
    asked = np.setdiff1d(np.arange(len(roads)), within[land.is_open[parcel]])
    piece, parcel = land.index.query(pieces[asked], predicate="intersects")
    closed = ~land.is_open[parcel]
    piece, parcel = asked[piece[closed]], parcel[closed]
    over = shapely.intersection(pieces[piece], land.index.geometries[parcel])
    runs = ~shapely.is_empty(over) & (shapely.get_dimensions(over) == 1)
    beside = shapely.intersection(
        shapely.buffer(over[runs], measure.road_land_m, quad_segs=_ROUNDNESS),
        land.index.geometries[parcel[runs]],
    )
    of = np.concatenate([line[asked], line[piece[runs]]])
    return replace(
        land, road=shapely.STRtree(np.concatenate([roads[asked], beside])), road_is_sure=sure[of]
    )


def _least_on_any_way(
    land: _Land, shapes: Geometries, pieces: Geometries, limit_m: float, position: Integers
) -> Floats:
    """Return the least land of others on any way to shapes, surely and at most. (k, 2) [m].

    Parameters
    ----------
    land
        Of all shapes.
    shapes
        Some of those. (k,) object
    pieces
        Of the roads where ways may end. (r,) object
    limit_m
        Longest way. [m]
    position
        Of each of the shapes among all. (k,) int
    """
    index = shapely.STRtree(pieces)
    shape, piece = index.query(shapes, predicate="dwithin", distance=limit_m)
    ways = shapely.shortest_line(shapes[shape], pieces[piece])
    meets = index.query(_without_end(ways), predicate="intersects")[0]
    alone = np.setdiff1d(np.arange(len(ways)), meets)
    return land.least_of_others(shapes, shape[alone], pieces[piece[alone]], position)


def _without_end(ways: Geometries) -> Geometries:
    """Return straight ways without the last part of them."""
    length = shapely.length(ways)
    kept = np.maximum(length - _SHORT_OF_ROAD_M, 0.0) / np.maximum(length, _SHORT_OF_ROAD_M)
    coordinates = shapely.get_coordinates(ways)
    start, end = coordinates[::2], coordinates[1::2]
    ends = np.stack([start, start + (end - start) * kept[:, None]], axis=1)
    return np.asarray(shapely.linestrings(ends) if len(ends) else [], dtype=object)
