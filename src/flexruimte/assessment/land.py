"""What each rule on land finds on parcels, and what is left of a parcel that land is taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from pandas.api.extensions import ExtensionArray

from flexruimte.assessment.findings import FEATURES_NAMED, NOT_COUNTED, LandFinding
from flexruimte.assessment.overlay import Overlay
from flexruimte.evidence.around import read_distances
from flexruimte.evidence.layers import Features, Layer, Raster
from flexruimte.kernels.overlap import (
    BUFFER_QUADRANT_SEGMENTS,
    Overlaps,
    cover_within_boundary_strip,
    covered_area,
    polygonal,
    rest_within_boundary_strip,
    subtract,
)
from flexruimte.kernels.overlap.unions import union_groups
from flexruimte.rules.rules import DistanceByField, LandRule
from flexruimte.vocabulary import (
    AREA_TOLERANCE,
    FUNNEL_CONDITIONS,
    NO,
    UNKNOWN,
    YES,
    Booleans,
    Condition,
    Floats,
    Geometries,
    Integers,
    Verdicts,
)

__all__ = [
    "covered_of_rest",
    "find_on_land",
    "land_of_rule",
    "subtract_land",
    "what_is_left",
]


def find_on_land(
    rules: Mapping[str, LandRule], layers: Mapping[str, Layer], overlay: Overlay
) -> Iterator[tuple[str, LandFinding, Overlaps | None]]:
    """Lay rules on land over the parcels.

    Parameters
    ----------
    rules
        By id.
    layers
        The layers at hand; where a rule's layer is absent, everything is doubtful.
    overlay
        The parcels, laid over the layers.

    Yields
    ------
    rule id, LandFinding, Overlaps or None
        What the rule finds, and what the features that surely count share with the parcels; None
        where the layer is absent.
    """
    for rule_id, rule in rules.items():
        layer = layers.get(rule.layer)
        if isinstance(layer, Features):
            yield rule_id, *_find(rule, layer, overlay)
        elif isinstance(layer, Raster) and rule.above is not None:
            yield rule_id, *_find_on_cells(rule, layer, rule.above, overlay)
        else:
            yield rule_id, LandFinding.unknown(len(overlay.shapes)), None


def land_of_rule(rule: LandRule, layer: Layer | None, overlay: Overlay) -> Overlaps | None:
    """Return the land of a rule: what surely counts of its layer, as far as parcels share it.

    None where the layer is absent.
    """
    if isinstance(layer, Raster) and rule.above is not None:
        return overlay.of_cells(layer, rule.above)
    if not isinstance(layer, Features):
        return None
    counts, distance = _counting(rule, layer)
    return _reached(layer, overlay, np.where(counts == YES, YES, NO), distance)


def subtract_land(shapes: Geometries, covered: list[Overlaps]) -> Geometries:
    """Return what is left of parcels when land is taken from them; empty where nothing is.

    Parameters
    ----------
    shapes
        The parcels. (n,) object
    covered
        What is taken, of one rule after another.
    """
    cutters = np.concatenate([np.empty(0, dtype=object), *(found.geometry for found in covered)])
    owner = np.concatenate([np.empty(0, dtype=np.intp), *(found.shape for found in covered)])
    return subtract(shapes, cutters, owner)


def what_is_left(
    rules: Mapping[str, LandRule], overlay: Overlay, covered: Mapping[str, Overlaps]
) -> tuple[Geometries, dict[Condition, Floats]]:
    """Return what is left of parcels when rules have taken their land, and how that came about.

    Parameters
    ----------
    rules
        By id.
    overlay
        The parcels.
    covered
        What is taken, by rule.

    Returns
    -------
    Geometries
        Empty where nothing is left. (n,) object
    dict of Floats
        Area left when the rules on one of `FUNNEL_CONDITIONS` and on those before it have taken
        theirs; no less than that of what is left in the end. (n,) float64 [m2]
    """
    shapes = subtract_land(overlay.shapes, list(covered.values()))
    left = {}
    for number, condition in enumerate(FUNNEL_CONDITIONS, start=1):
        now: list[Overlaps] = []
        later: list[Overlaps] = []
        for rule_id, land in covered.items():
            is_now = rules[rule_id].condition in FUNNEL_CONDITIONS[:number]
            (now if is_now else later).append(land)
        left[condition] = _area_left(overlay, shapes, now, later)
    return shapes, left


def covered_of_rest(
    rest: Geometries,
    areas: Floats,
    covered_m2: Floats,
    taken: Booleans,
    land: Callable[[], Overlaps | None],
) -> Floats:
    """Return how much of what is left of parcels a rule covers: none where it takes that land.

    Parameters
    ----------
    rest
        What is left of the parcels. (n,) object
    areas
        Of the whole parcels. (n,) float64 [m2]
    covered_m2
        What the rule covers of the whole parcels; NaN where its layer is absent. (n,) float64 [m2]
    taken
        From which parcels it takes that. (n,) bool
    land
        Gives that land, where it is asked for; None where the layer is absent.

    Returns
    -------
    Floats
        Of a parcel of which nothing is left it is of the whole; NaN where the layer is absent.
        (n,) float64 [m2]
    """
    left = shapely.area(rest)
    covered = np.where((left > 0) & taken & (covered_m2 > 0), 0.0, covered_m2)
    some = (left > 0) & ~taken & (covered_m2 > 0) & (left < (1 - AREA_TOLERANCE) * areas)
    found = land() if some.any() else None
    if found is None:
        return covered
    found = found.where(some[found.shape])
    inside = polygonal(shapely.intersection(rest[found.shape], found.geometry))
    unions, owner = union_groups(inside, found.shape)
    covered[some] = 0.0
    covered[owner] = shapely.area(unions)
    return covered


def _area_left(
    overlay: Overlay, left: Geometries, now: list[Overlaps], later: list[Overlaps]
) -> Floats:
    """Return the area left of parcels when some rules have taken their land, and others not yet.

    Only where both take land is anything laid over: elsewhere it is the area of the parcel, or of
    what is left in the end. (n,) float64 [m2]
    """
    meets_now, meets_later = (_met(covered, len(left)) for covered in (now, later))
    in_the_end = shapely.area(left)
    area = np.where(meets_now, in_the_end, overlay.areas)
    both = meets_now & meets_later & (in_the_end < overlay.areas)
    position = np.cumsum(both) - 1
    some = [found.where(both[found.shape]) for found in now]
    moved = [replace(found, shape=position[found.shape]) for found in some]
    area[both] = shapely.area(subtract_land(overlay.shapes[both], moved))
    return np.maximum(area, in_the_end)  # rounding makes it no less


def _met(covered: list[Overlaps], count: int) -> Booleans:
    """Return which parcels share land with some rules. (n,) bool"""
    met = np.zeros(count, dtype=bool)
    for found in covered:
        met[found.shape[found.area > 0]] = True
    return met


def _find(rule: LandRule, features: Features, overlay: Overlay) -> tuple[LandFinding, Overlaps]:
    counts, distance = _counting(rule, features)
    found = _reached(features, overlay, counts, distance)
    sure = found.where(counts[found.feature] == YES)
    unsure = found.where(counts[found.feature] == UNKNOWN)
    precision = features.precision_m if rule.precision_m is None else rule.precision_m
    known = overlay.known(features, rule.largest_distance_m)
    doubtful = ~known | _in_doubt(overlay, unsure, precision)
    causes = _causes(found, features, len(overlay.shapes))
    return _covering(overlay, sure, precision, doubtful, *causes), sure


def _find_on_cells(
    rule: LandRule, raster: Raster, above: float, overlay: Overlay
) -> tuple[LandFinding, Overlaps]:
    """Return what the cells above a value cover; a parcel with missing cells is in doubt."""
    count, found = len(overlay.shapes), overlay.of_cells(raster, above)
    precision = raster.spec.precision_m if rule.precision_m is None else rule.precision_m
    causes = np.full(count, NOT_COUNTED), pd.array(np.full(count, "", dtype=object), dtype="str")
    doubtful = ~overlay.known_cells(raster)
    return _covering(overlay, found, precision, doubtful, *causes), found


def _covering(
    overlay: Overlay,
    sure: Overlaps,
    precision_m: float,
    doubtful: Booleans,
    feature_count: Integers,
    names: ExtensionArray,
) -> LandFinding:
    covered = covered_area(overlay.indexed, sure)
    return LandFinding(
        covered_m2=covered,
        buildable_m2=covered,
        applies=np.ones(len(covered), dtype=bool),
        edge=cover_within_boundary_strip(overlay.indexed, sure, covered, precision_m),
        nothing_left=(covered >= (1 - AREA_TOLERANCE) * overlay.areas)
        | rest_within_boundary_strip(overlay.indexed, sure, covered, precision_m),
        doubtful=doubtful,
        feature_count=feature_count,
        features=names,
    )


def _counting(rule: LandRule, features: Features) -> tuple[Verdicts, Floats]:
    """Return whether each feature counts for a rule, and how far around it the rule reaches."""
    counts = features.counting(rule.where)
    distance, readable = _distances(rule, features)
    return np.minimum(counts, np.where(readable, YES, UNKNOWN)), distance


def _in_doubt(overlay: Overlay, uncertain: Overlaps, precision_m: float) -> Booleans:
    """Return which parcels features that may count or not meet by more than the edge of the map."""
    met = np.zeros(len(overlay.shapes), dtype=bool)
    met[uncertain.shape] = True
    if not len(uncertain.shape) or precision_m <= 0:
        return met
    return met & ~cover_within_boundary_strip(
        overlay.indexed, uncertain, covered_area(overlay.indexed, uncertain), precision_m
    )


def _distances(rule: LandRule, features: Features) -> tuple[Floats, Booleans]:
    """Return the distance of the rule per feature, and whether it could be read."""
    if not isinstance(rule.distance_m, DistanceByField):
        return np.full(len(features.ids), rule.distance_m or 0.0), np.ones(
            len(features.ids), dtype=bool
        )
    by_field = rule.distance_m
    stated = features.table[by_field.field]
    distance = read_distances(by_field, stated)
    if by_field.when_null_m is not None:
        is_area = shapely.get_dimensions(features.geometries) == 2
        distance[is_area & stated.isna().to_numpy()] = 0.0
        distance[~is_area & (stated.isna().to_numpy() | (distance == 0))] = by_field.when_null_m
    readable: Booleans = np.isfinite(distance)
    distance[~readable] = by_field.otherwise_m
    return distance, readable


def _reached(features: Features, overlay: Overlay, counts: Verdicts, distance: Floats) -> Overlaps:
    """Return what the features, widened by their distances, share with the parcels."""
    wanted = counts > NO
    if not distance[wanted].any() and features.spec.geometry != "mixed":
        found = overlay.of(features)
        return found.where(wanted[found.feature])
    chosen = np.flatnonzero(wanted)
    widened = shapely.buffer(
        features.geometries[chosen], distance[chosen], quad_segs=BUFFER_QUADRANT_SEGMENTS
    )
    found = overlay.of_geometries(widened)
    return replace(found, feature=chosen[found.feature])


def _causes(found: Overlaps, features: Features, count: int) -> tuple[Integers, ExtensionArray]:
    """Return per parcel how many features reach it and the names of the first, by shared area."""
    another = (np.diff(found.shape, prepend=-1) != 0) | (np.diff(found.feature, prepend=-1) != 0)
    first = np.flatnonzero(another)
    shape, feature = found.shape[first], found.feature[first]
    area = np.add.reduceat(found.area, first).round(2) if len(first) else found.area
    order = np.lexsort((feature, -area, shape))
    shape, label = shape[order], features.names[feature[order]]
    place = np.arange(len(shape)) - np.searchsorted(shape, shape)
    names = np.full(count, "", dtype=object)
    names[shape[place == 0]] = label[place == 0]
    for later in range(1, FEATURES_NAMED):
        names[shape[place == later]] += "; " + label[place == later]
    return np.bincount(shape, minlength=count), pd.array(names, dtype="str")
