"""Measures of what is near: straight lines, and ways along the roads."""

from __future__ import annotations

import numpy as np

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.evidence.layers import Features, conditions_text
from flexruimte.kernels.distance import distance_to_nearest
from flexruimte.kernels.roads import (
    FARTHEST_FROM_ROAD_M,
    Snap,
    distance_along_roads,
    distance_to_nodes,
    snap,
)
from flexruimte.rules.measures import NearestMeasure, WalkMeasure
from flexruimte.rules.parts import Where
from flexruimte.vocabulary import UNKNOWN, YES, Floats, Verdicts

__all__ = ["nearest", "walk"]


def _counts(features: Features, where: Where) -> Verdicts:
    return features.counting(where)


def _straight(
    features: Features, counts: Verdicts, inputs: MeasureInputs, limit_m: float
) -> Floats:
    """Return straight distances, at most the limit.

    NaN where something that may count is nearer, or the layer does not reach.
    """
    shapes = inputs.overlay.shapes
    distance = distance_to_nearest(shapes, features.geometries[counts == YES], limit_m)
    doubtful = (
        distance_to_nearest(shapes, features.geometries[counts == UNKNOWN], limit_m) < distance
    )
    doubtful |= ~inputs.overlay.known_within(features, distance)
    return np.where(doubtful, np.nan, distance)


def nearest(measure: NearestMeasure, inputs: MeasureInputs) -> Floats:
    """Return the straight distance from each shape to the nearest feature, at most the limit.

    (n,) float64 [m].

    NaN where a feature that may count or not is nearer, or where the layer does not reach far
    enough.
    """
    features, half_m = inputs.features(measure.layer), inputs.ruleset.number(measure.half_width_m)
    counts = _counts(features, measure.where)
    to_axis = _straight(features, counts, inputs, measure.limit_m + half_m)
    return np.maximum(to_axis - half_m, 0.0)


def walk(measure: WalkMeasure, inputs: MeasureInputs) -> Floats:
    """Return the distance along roads from each shape to the nearest feature, at most the limit.

    (n,) float64 [m].

    Without the road layer: the straight distance times the detour factor. NaN as for `nearest`, and
    where no road is near.
    """
    features = inputs.features(measure.layer)
    counts = _counts(features, measure.where)
    straight = _straight(features, counts, inputs, measure.limit_m)
    if measure.roads not in inputs.layers:
        return np.minimum(straight * inputs.ruleset.number(measure.detour_factor), measure.limit_m)
    network, start = inputs.network(measure.roads, measure.roads_where)

    def worked_out() -> tuple[Snap, Floats]:
        facilities = snap(features.geometries[counts == YES], network).within(FARTHEST_FROM_ROAD_M)
        return facilities, distance_to_nodes(network, facilities, measure.limit_m)

    way = (measure.roads, conditions_text(measure.roads_where), measure.limit_m)
    facilities, to_node = features.once(f"walk {conditions_text(measure.where)} {way}", worked_out)
    along = distance_along_roads(start, facilities, network, measure.limit_m, to_node)
    return np.where(np.isnan(straight), np.nan, along)
