"""From RD New to what RFC 7946 asks: WGS 84, longitude first, 7 decimals, exteriors counterclockwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.transformer import TransformerGroup

from flexruimte.vocabulary import CRS, Booleans, Geometries

__all__ = ["DECIMALS", "Transformation", "best_transformation", "to_wgs84"]

DECIMALS = 7
"""Of degrees: about a centimetre."""

_MOST_REPAIRS = 4
_WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class Transformation:
    """How RD New becomes WGS 84 on this computer."""

    transformer: Transformer
    name: str
    accuracy_m: float | None
    """What PROJ says of it; None where it says nothing. [m]"""
    best: bool
    """Whether a better one exists that needs a grid that is not installed."""


@cache
def best_transformation() -> Transformation:
    """Return the most accurate transformation at hand."""
    group = TransformerGroup(CRS, _WGS84, always_xy=True)
    # PROJ lists the most fitting first; where it says how accurate they are, that decides.
    transformer = min(group.transformers, key=lambda found: found.accuracy if found.accuracy >= 0 else np.inf)
    accuracy = float(transformer.accuracy) if transformer.accuracy >= 0 else None
    return Transformation(transformer, str(transformer.description), accuracy, bool(group.best_available))


def to_wgs84(geometries: Geometries) -> Geometries:
    """Return polygons in WGS 84, rounded, valid, wound by the right-hand rule.

    Parameters
    ----------
    geometries
        (n,) object, polygons or multipolygons in RD New.

    Returns
    -------
    numpy.ndarray
        Polygons and multipolygons; parts and holes that collapse by rounding are dropped, None where nothing remains. (n,) object
    """
    transform = best_transformation().transformer.transform
    turned = shapely.transform(geometries, lambda xy: np.stack(transform(xy[:, 0], xy[:, 1]), axis=1))
    rounded = _rounded(turned)
    # A repair may put a point between two steps of 1e-7 degrees; after rounding that may need a repair in turn.
    for _ in range(_MOST_REPAIRS):
        broken = _broken(rounded)
        rounded[broken] = _rounded(_repaired(rounded[broken]))
    broken = _broken(rounded)
    rounded[broken] = _repaired(rounded[broken])
    rounded[shapely.is_empty(rounded) | (shapely.area(rounded) == 0)] = None
    without_repeats = shapely.remove_repeated_points(rounded, 0.0)
    wound: Geometries = shapely.orient_polygons(shapely.normalize(without_repeats), exterior_cw=False)
    return wound


def _rounded(geometries: Geometries) -> Geometries:
    rounded: Any = shapely.transform(geometries, lambda xy: np.round(xy, DECIMALS) + 0.0)  # no -0.0
    return np.asarray(rounded, dtype=object)


def _repaired(geometries: Geometries) -> Geometries:
    return np.asarray(shapely.make_valid(geometries, method="structure", keep_collapsed=False), dtype=object)


def _broken(geometries: Geometries) -> Booleans:
    broken: Booleans = ~shapely.is_missing(geometries) & ~shapely.is_valid(geometries)
    return broken
