"""Shapes as they are needed: 2-D, valid, of one kind, in an order that is always the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from flexruimte.kernels.overlap import polygonal
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import Booleans, Geometries

__all__ = ["canonical_order", "cleaned_shapes", "counted_repairs"]

_KINDS = {"polygon": (3, 6), "line": (1, 2, 5), "point": (0, 4)}


def cleaned_shapes(geometries: Geometries, kind: str) -> tuple[Geometries, dict[str, Booleans]]:
    """Return geometries that are 2-D, valid and of one kind, else None, and what was repaired."""
    repairs = {"null geometry": shapely.is_missing(geometries)}
    repairs["empty geometry"] = shapely.is_empty(geometries) & ~shapely.is_missing(geometries)
    deep = shapely.has_z(geometries) | shapely.has_m(geometries)
    repairs["Z or M values dropped"] = deep
    flat = geometries.copy()
    flat[deep] = shapely.force_2d(geometries[deep])
    invalid = ~in_threads(shapely.is_valid, flat) & ~shapely.is_missing(flat)
    repairs["invalid geometry repaired"] = invalid
    flat[invalid] = shapely.make_valid(flat[invalid], method="structure", keep_collapsed=False)
    present = ~(shapely.is_missing(flat) | shapely.is_empty(flat))
    if kind == "polygon":
        collections = present & (shapely.get_type_id(flat) == 7)
        flat[collections] = polygonal(flat[collections])
        present &= ~shapely.is_empty(flat)
    right = np.isin(shapely.get_type_id(flat), _KINDS[kind])
    repairs[f"not a {kind}, left out"] = present & ~right
    flat[~(present & right)] = None
    return flat, {what: where for what, where in repairs.items() if where.any()}


def counted_repairs(repairs: Mapping[str, Booleans]) -> dict[str, int]:
    """Return how often each repair was made, by what was repaired."""
    return {what: int(where.sum()) for what, where in repairs.items()}


def canonical_order(
    ids: np.ndarray[Any, Any], geometries: Geometries
) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return an order that depends on the rows alone, not on how they were read."""
    texts = np.asarray(ids, dtype=str)
    order = np.argsort(texts, kind="stable")
    if (texts[order[1:]] != texts[order[:-1]]).all():
        return order
    left, bottom, right, top = shapely.bounds(geometries).T
    return np.lexsort((shapely.get_num_coordinates(geometries), top, right, bottom, left, texts))
