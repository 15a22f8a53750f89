"""From RD New to what GeoJSON (RFC 7946) asks: WGS 84, longitude first, exteriors counterclockwise.

The transformation is PROJ's, through pyproj: the most accurate one at hand. Without the grid of
RDNAPTRANS that is the transformation of 7 parameters, good to about a metre; the accuracy is in
every file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.transformer import TransformerGroup

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import CRS, Booleans, Floats, Geometries

__all__ = ["DECIMALS", "Transformation", "best_transformation", "degrees", "to_wgs84"]

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
    """False where a better one exists that needs a grid that is not installed."""


@cache
def best_transformation() -> Transformation:
    """Return the most accurate transformation at hand."""
    group = TransformerGroup(CRS, _WGS84, always_xy=True)
    # PROJ lists the most fitting first; where it says how accurate they are, that decides.
    found = min(group.transformers, key=lambda one: one.accuracy if one.accuracy >= 0 else np.inf)
    # One out of a group must not be used by two threads; this one is made anew for each.
    transformer = Transformer.from_pipeline(found.definition)
    accuracy = float(found.accuracy) if found.accuracy >= 0 else None
    return Transformation(transformer, str(found.description), accuracy, bool(group.best_available))


def degrees(points: Floats) -> Floats:
    """Return longitudes and latitudes, rounded to `DECIMALS`.

    Parameters
    ----------
    points
        x and y in RD New. (n, 2) [m]

    Returns
    -------
    numpy.ndarray
        (n, 2) [degree]

    Examples
    --------
    The tower of Amersfoort, from which RD New is measured (a metre is 0.00001 degrees):

    >>> degrees(np.array([[155_000.0, 463_000.0]])).round(4)
    array([[ 5.3872, 52.1552]])
    """
    x, y = best_transformation().transformer.transform(points[:, 0], points[:, 1])
    return _rounded(np.stack([x, y], axis=1))


def to_wgs84(geometries: Geometries) -> Geometries:
    """Return polygons in WGS 84, rounded to `DECIMALS`, valid, wound by the right-hand rule.

    Parameters
    ----------
    geometries
        Polygons and multipolygons in RD New, or None. (n,) object

    Returns
    -------
    numpy.ndarray
        Polygons and multipolygons; parts and holes that collapse by rounding are dropped, None
        where nothing remains. (n,) object

    Examples
    --------
    >>> square = shapely.box(155_000, 463_000, 155_100, 463_100)
    >>> to_wgs84(np.array([square, None])).tolist()[1] is None
    True
    """

    def turned(some: Geometries) -> Geometries:
        return _wound(_valid(np.asarray(shapely.transform(some, degrees), dtype=object)))

    return in_threads(turned, geometries)


def _valid(rounded: Geometries) -> Geometries:
    """Return polygons repaired where rounding broke them; None where nothing remains."""
    # A repair may put a point between two steps of 1e-7 degrees; after rounding that may need a
    # repair in turn.
    broken = np.flatnonzero(_broken(rounded))
    for _ in range(_MOST_REPAIRS):
        repaired: Any = shapely.transform(_repaired(rounded[broken]), _rounded)
        rounded[broken] = repaired
        broken = broken[_broken(rounded[broken])]
    rounded[broken] = _repaired(rounded[broken])
    rounded[shapely.is_empty(rounded) | (shapely.area(rounded) == 0)] = None
    return rounded


def _wound(geometries: Geometries) -> Geometries:
    """Return polygons without repeated points, exteriors counterclockwise.

    Rings start at the same point whatever they were before, so that the same shape gives the same
    bytes.
    """
    without_repeats = shapely.remove_repeated_points(geometries, 0.0)
    wound: Geometries = shapely.orient_polygons(
        shapely.normalize(without_repeats), exterior_cw=False
    )
    return wound


def _rounded(points: Floats) -> Floats:
    rounded: Floats = np.round(points, DECIMALS) + 0.0  # no -0.0
    return rounded


def _repaired(geometries: Geometries) -> Geometries:
    return np.asarray(
        shapely.make_valid(geometries, method="structure", keep_collapsed=False), dtype=object
    )


def _broken(geometries: Geometries) -> Booleans:
    broken: Booleans = ~shapely.is_missing(geometries) & ~shapely.is_valid(geometries)
    return broken
