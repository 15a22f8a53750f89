"""The buildable part: what each rule on a layer takes from each parcel, and what remains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pandas.api.extensions import ExtensionArray

from flexruimte.assessment.overlay import Overlay
from flexruimte.evidence.layers import Features, Layer
from flexruimte.kernels.overlap import (
    BUFFER_QUADRANT_SEGMENTS,
    Overlaps,
    covered_area,
    leaves_only_boundary,
    remainder,
    stays_at_boundary,
)
from flexruimte.rules.conditions import (
    as_numbers,
    as_text,
    conjunction,
    evaluate_filter,
    evaluate_test,
)
from flexruimte.rules.rules import DistanceByField, LandRule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA_TOLERANCE,
    NO,
    UNKNOWN,
    YES,
    Booleans,
    Floats,
    Geometries,
    Integers,
    Verdicts,
)

__all__ = ["FEATURES_NAMED", "Land", "LandFinding", "assess_land", "read_distances"]

FEATURES_NAMED = 5
"""So many features are named as the cause of a finding; the others are counted."""


@dataclass(frozen=True)
class LandFinding:
    """What one rule on a layer finds, per parcel."""

    covered_m2: Floats
    """Area that the rule covers; NaN where the layer is absent. (n,) float64 [m2]"""
    edge: Booleans
    """Whether the overlap is no more than the edge of the map. (n,) bool"""
    verdict: Verdicts
    """(n,) int8"""
    feature_count: Integers
    """Number of features that cause it. (n,) int"""
    features: ExtensionArray
    """The first features that cause it, the largest overlap first, as "a; b". (n,) str"""


@dataclass(frozen=True)
class Land:
    """The buildable part of each parcel and how it came about."""

    buildable: Geometries
    """(n,) object; empty where nothing is left."""
    taken_m2: Floats
    """Area taken away, overlaps counted once. (n,) float64 [m2]"""
    findings: dict[str, LandFinding]
    """By rule id."""


def assess_land(
    ruleset: Ruleset, layers: Mapping[str, Layer], overlay: Overlay, measures: pd.DataFrame
) -> Land:
    """Apply every rule on a layer, and subtract what the excluding ones cover.

    Parameters
    ----------
    ruleset
        The rules that hold in this municipality.
    layers
        The layers at hand; a rule on a layer that is not there is unknown for all parcels.
    overlay
        The parcels, laid over the layers.
    measures
        Measures of the whole parcel, for the rules' `when`. (n, ...)

    Returns
    -------
    Land
        With a finding for every enabled rule on a layer.
    """
    count = len(overlay.shapes)
    findings, taking = {}, []
    for rule_id, rule in ruleset.land_rules.items():
        features = layers.get(rule.layer)
        if not isinstance(features, Features):
            findings[rule_id] = _absent(count)
            continue
        applies = conjunction(
            (evaluate_test(test, measures[test.measure], ruleset) for test in rule.when), count
        )
        findings[rule_id], found = _assess_rule(
            rule, features, overlay, applies, ruleset.excludes(rule)
        )
        if ruleset.excludes(rule):
            takes = (applies == YES) & ~findings[rule_id].edge
            taking.append(found.where(takes[found.shape]))
    cutters = np.concatenate([np.empty(0, dtype=object), *(found.geometry for found in taking)])
    owner = np.concatenate([np.empty(0, dtype=np.intp), *(found.shape for found in taking)])
    buildable = remainder(overlay.shapes, cutters, owner)
    return Land(buildable, overlay.areas - shapely.area(buildable), findings)


def _absent(count: int) -> LandFinding:
    nothing = pd.array(np.full(count, "", dtype=object), dtype="str")
    return LandFinding(
        np.full(count, np.nan),
        np.zeros(count, bool),
        np.full(count, UNKNOWN),
        np.zeros(count, np.intp),
        nothing,
    )


def _assess_rule(
    rule: LandRule, features: Features, overlay: Overlay, applies: Verdicts, excludes: bool
) -> tuple[LandFinding, Overlaps]:
    """Return what a rule finds, and where the features that surely count share something with the parcels."""
    counts = np.minimum(features.certainty, evaluate_filter(rule.where, features.table))
    distance, readable = _distances(rule, features)
    counts = np.minimum(counts, np.where(readable, YES, UNKNOWN))
    found = _reached(features, overlay, counts, distance)
    sure = found.where(counts[found.feature] == YES)
    count = len(overlay.shapes)
    precision = features.precision_m if rule.precision_m is None else rule.precision_m
    covered = covered_area(overlay.prepared, sure)
    edge = stays_at_boundary(overlay.prepared, sure, covered, precision)
    much = covered > AREA_TOLERANCE * overlay.areas
    against = much & ~edge
    if excludes:
        against = (covered >= (1 - AREA_TOLERANCE) * overlay.areas) | leaves_only_boundary(
            overlay.prepared, sure, covered, precision
        )
    doubtful = ~overlay.known(features, rule.largest_distance_m) | _in_doubt(
        overlay, found.where(counts[found.feature] == UNKNOWN), precision
    )
    verdict = np.where(against, NO, np.where(doubtful, UNKNOWN, YES)).astype(np.int8)
    # Where the rule does not apply it passes; where it may apply, a "no" is not certain.
    verdict = np.where(
        applies == NO, YES, np.where((applies == UNKNOWN) & (verdict == NO), UNKNOWN, verdict)
    ).astype(np.int8)
    partly_unknown = (applies == UNKNOWN) & much & ~edge
    verdict[partly_unknown] = UNKNOWN
    feature_count, names = _causes(found, features, count)
    return LandFinding(covered, edge, verdict, feature_count, names), sure


def _in_doubt(overlay: Overlay, uncertain: Overlaps, precision_m: float) -> Booleans:
    """Return which parcels are met, by more than the edge of the map, by features that may count or not."""
    met = np.zeros(len(overlay.shapes), dtype=bool)
    met[uncertain.shape] = True
    if not len(uncertain.shape) or precision_m <= 0:
        return met
    return met & ~stays_at_boundary(
        overlay.prepared, uncertain, covered_area(overlay.prepared, uncertain), precision_m
    )


def _distances(rule: LandRule, features: Features) -> tuple[Floats, Booleans]:
    """Return the distance of the rule per feature, and whether it could be read."""
    if not isinstance(rule.distance_m, DistanceByField):
        return np.full(len(features.ids), rule.distance_m or 0.0), np.ones(
            len(features.ids), dtype=bool
        )
    distance = read_distances(rule.distance_m, features.table[rule.distance_m.field])
    readable: Booleans = np.isfinite(distance)
    distance[~readable] = rule.distance_m.otherwise_m
    return distance, readable


def read_distances(by_field: DistanceByField, values: pd.Series[Any]) -> Floats:
    """Return the distance that each value of a field stands for; no finite number where it cannot be read. (n,) float64 [m]."""
    if by_field.classes is not None:
        read = as_numbers(as_text(values).map(by_field.classes))
    else:
        text = values.astype("string").str.extract(str(by_field.pattern), expand=True).iloc[:, 0]
        read = as_numbers(text.astype("string").str.replace(",", ".", regex=False))
    return np.array(read, dtype=np.float64)


def _reached(features: Features, overlay: Overlay, counts: Verdicts, distance: Floats) -> Overlaps:
    """Return what the features, widened by their distances, share with the parcels."""
    wanted = counts > NO
    if not distance[wanted].any():
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
