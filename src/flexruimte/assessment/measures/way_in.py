"""Whose land the way in crosses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.measures.attribute import values_of_parcels
from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.kernels.threads import in_threads
from flexruimte.kernels.ways import Stretches, covered_length, pieces_of_lines, stretches_on
from flexruimte.rules.measures import WayInMeasure
from flexruimte.vocabulary import UNKNOWN, YES, Booleans, Floats, Geometries, Integers

__all__ = ["way_in"]

_WIDTH_OF_NOTHING_M = 1.0
"""Where what is certain and what is possible differ no more than this, that is the inaccuracy of
the maps: parcels do not fit closer. [m]"""
_NOBODY = -1
"""Number of an owner who is not known."""


def way_in(measure: WayInMeasure, inputs: MeasureInputs) -> Floats:
    """Return how much of the way into each shape lies on land of others. (n,) float64 [m].

    Of all straight ways to a road that counts, within the limit, it is the one with least of it.

    NaN where no road is within the limit; and where it depends on land whose owner is not known, on
    land of no parcel of the municipality, on a road that counts or not, or on what lies beyond a
    layer.

    Notes
    -----
    A way along the boundary of two parcels may take either. Of kinds of owner of which there are
    many, whether two parcels are of the same one is not known. What else is in the way, such as
    water or a building, is not looked at.
    """
    ends, axes = inputs.features(measure.layer), inputs.features(measure.roads)
    counts, public = ends.counting(measure.where), axes.counting(measure.roads_where)
    shapes, limit_m = inputs.overlay.shapes, inputs.ruleset.number(measure.limit_m)
    found = np.full(len(shapes), np.nan)
    if not (counts == YES).any():
        return found
    land = _land(measure, inputs, axes.geometries, public)
    # Most shapes lie at a road, or have nothing but public land before them.
    index = shapely.STRtree(ends.geometries[counts == YES])
    shape, road = index.query_nearest(shapes, max_distance=limit_m, all_matches=False)
    ways = shapely.shortest_line(shapes[shape], index.geometries[road])
    found[shape] = land.of_others(ways, shape)[1]
    others = np.flatnonzero(found > _WIDTH_OF_NOTHING_M)
    pieces, line = pieces_of_lines(ends.geometries[counts >= UNKNOWN], measure.step_m)
    to_pieces = _Ways(pieces, counts[counts >= UNKNOWN][line] == YES, limit_m, land)
    least = in_threads(lambda some: to_pieces.least(shapes[some], some), others)
    reach_m = np.full(len(shapes), limit_m)
    speaks = inputs.overlay.known_within(ends, reach_m) & inputs.overlay.known_within(
        axes, reach_m + max(measure.half_width_m, measure.road_land_m)
    )
    certain = np.where(speaks[others], least[:, 0], 0.0)
    known = least[:, 1] - certain <= _WIDTH_OF_NOTHING_M
    found[others] = np.where(known, least[:, 1], np.nan)
    return found


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
        perhaps = on.where(crossed | unsure).and_others(roads)
        length = _covered(free, len(ways)), _covered(perhaps, len(ways))
        certain = _covered(on.and_others(roads), len(ways)) - length[1]
        return np.stack([certain, shapely.length(ways) - length[0]])


def _covered(stretches: Stretches, count: int) -> Floats:
    return covered_length(stretches, count)


def _land(
    measure: WayInMeasure, inputs: MeasureInputs, axes: Geometries, public: Integers
) -> _Land:
    """Return the parcels, their owners and the land of public roads."""
    parcels, ruleset = inputs.parcels, inputs.ruleset
    kinds = values_of_parcels(inputs.layers[measure.owners], measure.owner_field, parcels.ids)
    owner = pd.factorize(kinds)[0]
    index = shapely.STRtree(parcels.geometries)
    is_open = np.isin(kinds, measure.open_owners)
    counts = public >= UNKNOWN
    road, sure = _road_land(measure, axes[counts], public[counts] == YES, index)
    return _Land(
        index=index,
        owner=np.asarray(owner, dtype=np.intp),
        is_open=is_open,
        is_one=np.isin(kinds, ruleset.listed(measure.one_owner)),
        own=pd.Index(parcels.ids).get_indexer(inputs.ids),
        road=shapely.STRtree(road),
        road_is_sure=sure,
    )


def _road_land(
    measure: WayInMeasure, axes: Geometries, sure: Booleans, parcels: shapely.STRtree
) -> tuple[Geometries, Booleans]:
    """Return the land of public roads, and whether each piece is that of a road that counts.

    That are the roads themselves, and of a parcel that one runs over what lies beside it.
    """
    axis, parcel = parcels.query(axes, predicate="intersects")
    over = shapely.intersection(axes[axis], parcels.geometries[parcel])
    runs = shapely.length(over) > _WIDTH_OF_NOTHING_M
    beside = shapely.intersection(
        shapely.buffer(over[runs], measure.road_land_m), parcels.geometries[parcel[runs]]
    )
    roads = shapely.buffer(axes, measure.half_width_m)
    return np.concatenate([roads, beside]), np.concatenate([sure, sure[axis[runs]]])


@dataclass(frozen=True)
class _Ways:
    """The straight ways to pieces of road."""

    pieces: Geometries
    """(r,) object"""
    sure: Booleans
    """Whether each is of a road that surely counts. (r,) bool"""
    limit_m: float
    land: _Land

    def least(self, shapes: Geometries, position: Integers) -> Floats:
        """Return the least land of others on any way to shapes, surely and at most. (k, 2) [m].

        Parameters
        ----------
        shapes
            (k,) object
        position
            Of each, in the shapes that the land was made for. (k,) int
        """
        index = shapely.STRtree(self.pieces)
        shape, piece = index.query(shapes, predicate="dwithin", distance=self.limit_m)
        ways = shapely.shortest_line(shapes[shape], self.pieces[piece])
        certain, most = self.land.of_others(ways, position[shape])
        least = np.full((len(shapes), 2), np.inf)
        np.minimum.at(least[:, 0], shape, certain)
        sure = self.sure[piece]
        np.minimum.at(least[:, 1], shape[sure], most[sure])
        return least
