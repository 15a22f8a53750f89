"""Measures of the features that meet a parcel: shares, classes, counts and field values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.evidence.layers import Features
from flexruimte.kernels.distance import NODE_CAPACITY
from flexruimte.kernels.overlap import Overlaps, covered_area
from flexruimte.rules.conditions import as_numbers, strange_values
from flexruimte.rules.measures import (
    CountMeasure,
    ExtremeMeasure,
    FieldMeanMeasure,
    MainClassMeasure,
    ShareMeasure,
)
from flexruimte.rules.parts import Where
from flexruimte.vocabulary import UNKNOWN, YES, Booleans, Floats

__all__ = ["count", "extreme", "field_mean", "main_class", "share"]


def _meeting(features: Features, where: Where, inputs: MeasureInputs) -> tuple[Overlaps, Booleans]:
    """Return the overlaps with features that surely count, and which shapes are in doubt.

    A shape is in doubt where a feature on it may count or not, or where the layer does not reach.
    """
    counts = features.counting(where)
    found = inputs.overlay.of(features)
    doubtful = ~inputs.overlay.known(features)
    doubtful[found.shape[counts[found.feature] == UNKNOWN]] = True
    return found.where(counts[found.feature] == YES), doubtful


def share(measure: ShareMeasure, inputs: MeasureInputs) -> Floats:
    """Return the covered share of each shape, 0 to 1; NaN where in doubt. (n,) float64."""
    found, doubtful = _meeting(inputs.features(measure.layer), measure.where, inputs)
    return np.where(
        doubtful,
        np.nan,
        np.clip(covered_area(inputs.overlay.indexed, found) / inputs.overlay.areas, 0, 1),
    )


def main_class(measure: MainClassMeasure, inputs: MeasureInputs) -> np.ndarray[Any, Any]:
    """Return the value of a field that covers most of each shape.

    None where in doubt or nothing covers it. (n,) object. It is in doubt where features without a
    value, or with one that the field cannot hold, might make another class the largest.

    Overlapping features of one class count twice here: what is asked is which class is largest, not
    how large it is.
    """
    features = inputs.features(measure.layer)
    found, doubtful = _meeting(features, measure.where, inputs)
    values = features.table[measure.field].astype(object)
    strange = strange_values(values, features.spec.field(measure.field))
    unclear = (strange | values.isna().to_numpy())[found.feature]
    count = len(inputs.ids)
    unclear_m2 = np.bincount(found.shape[unclear], found.area[unclear], minlength=count)
    found = found.where(~unclear)
    # Classes are numbered by the order of their names, which decides between classes of equal size.
    number, names = pd.factorize(values.astype(str), sort=True)
    pair, first, of = np.unique(
        found.shape * len(names) + number[found.feature], return_index=True, return_inverse=True
    )
    # In whole square millimetres, so that the order in which areas are added does not matter.
    area = np.bincount(of, np.rint(found.area * 1e6), minlength=len(pair))
    shape = found.shape[first]
    order = np.lexsort((-area, shape))
    is_best = np.diff(shape[order], prepend=-1) > 0
    best = order[is_best]
    second = order[np.append(False, is_best[:-1]) & ~is_best]
    largest, next_largest = np.zeros(count), np.zeros(count)
    largest[shape[best]], next_largest[shape[second]] = area[best], area[second]
    result = np.full(count, None, dtype=object)
    result[shape[best]] = values.to_numpy()[found.feature[first[best]]]
    # What is not clear may be of the second class, or of one class that is larger than all.
    doubtful |= (unclear_m2 > 0) & (next_largest + unclear_m2 * 1e6 >= largest)
    result[doubtful] = None
    return result


def count(measure: CountMeasure, inputs: MeasureInputs) -> Floats:
    """Return the number of features that meet each shape; NaN where in doubt. (n,) float64."""
    found, doubtful = _meeting(inputs.features(measure.layer), measure.where, inputs)
    pairs = np.unique(np.stack([found.shape, found.feature], axis=1), axis=0)
    number = np.bincount(pairs[:, 0], minlength=len(inputs.ids)).astype(np.float64)
    return np.where(doubtful, np.nan, number)


def extreme(measure: ExtremeMeasure, inputs: MeasureInputs) -> Floats:
    """Return the highest or lowest value of a field among the features that meet each shape.

    (n,) float64.

    NaN where no feature meets it, where in doubt, and where a feature that meets it has no value.
    """
    features = inputs.features(measure.layer)
    found, doubtful = _meeting(features, measure.where, inputs)
    values = as_numbers(features.table[measure.field]).to_numpy()[found.feature]
    doubtful[found.shape[np.isnan(values)]] = True
    sign = 1 if measure.pick == "highest" else -1
    best = np.full(len(inputs.ids), -np.inf)
    np.maximum.at(best, found.shape, np.where(np.isnan(values), -np.inf, sign * values))
    return np.where(doubtful | np.isinf(best), np.nan, sign * best)


def field_mean(measure: FieldMeanMeasure, inputs: MeasureInputs) -> Floats:
    """Return the mean of a field over what covers each shape, by area. (n,) float64.

    Where nothing with a value covers it: the value of the nearest feature that has one, within
    `nearest_within_m`; NaN beyond that.
    """
    features = inputs.features(measure.layer)
    found, _ = _meeting(features, measure.where, inputs)
    of_feature = as_numbers(features.table[measure.field]).to_numpy() * measure.factor
    values = of_feature[found.feature]
    valued = ~np.isnan(values)
    weight = np.bincount(found.shape[valued], found.area[valued], minlength=len(inputs.ids))
    total = np.bincount(
        found.shape[valued], found.area[valued] * values[valued], minlength=len(inputs.ids)
    )
    with np.errstate(invalid="ignore"):
        mean = np.where(weight > 0, total / weight, np.nan)
    counts = features.counting(measure.where)
    usable = np.flatnonzero((counts == YES) & ~np.isnan(of_feature))
    bare = np.flatnonzero(np.isnan(mean))
    if measure.nearest_within_m > 0 and len(usable) and len(bare):
        (shape, near), _ = shapely.STRtree(
            features.geometries[usable], NODE_CAPACITY
        ).query_nearest(
            inputs.overlay.shapes[bare],
            max_distance=measure.nearest_within_m,
            return_distance=True,
            all_matches=True,
        )
        # Of features that are equally near the lowest value, so that the order of rows does not
        # matter.
        lowest = np.full(len(inputs.ids), np.inf)
        np.minimum.at(lowest, bare[shape], of_feature[usable[near]])
        mean[bare] = np.where(np.isinf(lowest[bare]), np.nan, lowest[bare])
    return mean
