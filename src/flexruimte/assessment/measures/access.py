"""Measures of the way in: what signs let pass, and room to work near the road."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.kernels.distance import NODE_CAPACITY
from flexruimte.kernels.overlap import largest_part
from flexruimte.kernels.rectangles import has_room_for_rectangle
from flexruimte.rules.measures import RectangleMeasure, SignMarginMeasure
from flexruimte.vocabulary import UNKNOWN, YES, Floats

__all__ = ["numbers_on_signs", "rectangle", "sign_margin"]

_NUMBER = r"^\D*(\d+(?:[.,]\d+)?)\D*$"
"""One number, with whatever letters around it."""


def numbers_on_signs(texts: pd.Series[Any]) -> Floats:
    """Return the number on each traffic sign; NaN where there is none, or more than one.

    (n,) float64.

    Examples
    --------
    >>> import pandas as pd
    >>> numbers_on_signs(pd.Series(["2,1", "3.5t", "T 30", "2,1 - 2,3", "", None])).tolist()
    [2.1, 3.5, 30.0, nan, nan, nan]
    """
    found = (
        texts.astype("string").str.extract(_NUMBER, expand=False).str.replace(",", ".", regex=False)
    )
    return np.asarray(pd.to_numeric(found, errors="coerce").astype("float64"), dtype=np.float64)


def sign_margin(measure: SignMarginMeasure, inputs: MeasureInputs) -> Floats:
    """Return the lowest limit on signs near each shape, less what passes, at most `most`.

    (n,) float64.

    NaN where a sign near that counts, or may count, cannot be read, or where the layer does not
    reach.
    """
    features, ruleset = inputs.features(measure.layer), inputs.ruleset
    counts = features.counting(measure.where)
    limit = numbers_on_signs(features.table[measure.field])
    low, high = measure.plausible
    limit = np.where((limit >= low) & (limit <= high), limit, np.nan)
    within = ruleset.number(measure.within_m)
    shapes = inputs.overlay.shapes
    shape, sign = shapely.STRtree(features.geometries).query(
        shapes, predicate="dwithin", distance=within
    )
    doubtful = ~inputs.overlay.known_within(features, np.full(len(shapes), within))
    doubtful[shape[(counts[sign] == UNKNOWN) | ((counts[sign] == YES) & np.isnan(limit[sign]))]] = (
        True
    )
    lowest = np.full(len(shapes), np.inf)
    read = (counts[sign] == YES) & ~np.isnan(limit[sign])
    np.minimum.at(lowest, shape[read], limit[sign[read]])
    passing = sum(ruleset.number(number) for number in measure.less)
    return np.where(doubtful, np.nan, np.minimum(lowest - passing, measure.most))


def rectangle(measure: RectangleMeasure, inputs: MeasureInputs) -> np.ndarray[Any, Any]:
    """Return "yes" or "no" for each shape, None where that depends on what is not known.

    (n,) object.

    Without a feature within the limit there is no access, and the answer is no.
    """
    features, ruleset = inputs.features(measure.layer), inputs.ruleset
    counts = features.counting(measure.where)
    shapes = largest_part(inputs.overlay.shapes)
    size = {
        "length_m": ruleset.number(measure.length_m),
        "width_m": ruleset.number(measure.width_m),
    }
    roads = features.geometries[counts == YES]
    access = np.full(len(shapes), None, dtype=object)
    distance = np.full(len(shapes), measure.limit_m)
    within = np.zeros(len(shapes))
    if len(roads):
        tree = shapely.STRtree(roads, NODE_CAPACITY)
        (near, _), away = tree.query_nearest(
            shapes, max_distance=measure.limit_m, return_distance=True, all_matches=False
        )
        distance[near] = away
        within[near] = away + ruleset.number(measure.within_m)
        # Shapes without room anywhere need no access to say so.
        near = near[shapely.area(shapes[near]) >= size["length_m"] * size["width_m"]]
        shape, road = tree.query(shapes[near], predicate="dwithin", distance=within[near])
        access[near] = shapely.geometrycollections(
            roads[road], indices=shape, out=np.full(len(near), None, dtype=object)
        )
    fits = has_room_for_rectangle(shapes, access, **size, within_m=within)
    doubtful = ~inputs.overlay.known_within(features, distance)
    maybe = features.geometries[counts == UNKNOWN]
    if len(maybe):
        doubtful[
            np.unique(
                shapely.STRtree(maybe).query(shapes, predicate="dwithin", distance=measure.limit_m)[
                    0
                ]
            )
        ] = True
    result = np.where(fits, "yes", "no").astype(object)
    result[doubtful & ~fits] = None
    return result
