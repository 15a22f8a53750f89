"""From RD New to what RFC 7946 asks: WGS 84, longitude first, 7 decimals, exteriors counterclockwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.polynomial import polynomial
from pyproj import Transformer
from pyproj.transformer import TransformerGroup

from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import CRS, Booleans, Floats, Geometries

__all__ = ["DECIMALS", "Transformation", "best_transformation", "fitted", "to_wgs84"]

DECIMALS = 7
"""Of degrees: about a centimetre."""

_MOST_REPAIRS = 4
_DEGREE = 6
"""Of the polynomial that stands for PROJ."""
_DOUBT = 1e-11
"""So near to the middle between two rounded numbers the polynomial does not decide. [degree]"""
_MANY_POINTS = 5_000
"""Fewer are not worth a polynomial."""
_AT_ONCE = 10_000
"""Points whose powers fit in a processor's own memory."""
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
    found = min(group.transformers, key=lambda one: one.accuracy if one.accuracy >= 0 else np.inf)
    # One out of a group must not be used by two threads; this one is made anew for each.
    transformer = Transformer.from_pipeline(found.definition)
    accuracy = float(found.accuracy) if found.accuracy >= 0 else None
    return Transformation(transformer, str(found.description), accuracy, bool(group.best_available))


def to_wgs84(geometries: Geometries) -> Geometries:
    """Return polygons in WGS 84, rounded, valid, wound by the right-hand rule.

    Parameters
    ----------
    geometries
        (n,) object, polygons or multipolygons in RD New.

    Returns
    -------
    numpy.ndarray
        Polygons and multipolygons; parts and holes that collapse by rounding are dropped, None
        where nothing remains. (n,) object
    """
    degrees = _degrees_for(geometries)

    def turn(some: Geometries) -> Geometries:
        rounded: Any = shapely.transform(some, degrees)
        return _wound(_valid(rounded))

    return in_threads(turn, geometries)


def _degrees_for(geometries: Geometries) -> Callable[[Floats], Floats]:
    """Return what turns the points of geometries in RD New into longitudes and latitudes, rounded.

    (m, 2) to (m, 2)

    PROJ would take a third of the time of writing a GeoJSON file. A projection and a change of
    datum are smooth: within a municipality a polynomial says the same to 1e-13 degrees, ten times
    faster. Where a hundred times that might round to another number PROJ is asked after all, so
    that the outcome is that of PROJ, digit by digit. Correction grids are not smooth: with those
    PROJ is asked for every point.
    """
    transformer = best_transformation().transformer

    def exact(points: Floats) -> Floats:
        return np.stack(transformer.transform(points[:, 0], points[:, 1]), axis=1)

    many = shapely.get_num_coordinates(geometries).sum() > _MANY_POINTS
    said = (
        fitted(exact, shapely.total_bounds(geometries))
        if many and "grid" not in transformer.definition
        else exact
    )

    def rounded(points: Floats) -> Floats:
        degrees = said(points)
        if said is not exact:
            steps = degrees * 10**DECIMALS
            doubtful = (np.abs(steps - np.floor(steps) - 0.5) < _DOUBT * 10**DECIMALS).any(axis=1)
            degrees[doubtful] = exact(points[doubtful])
        return np.round(degrees, DECIMALS) + 0.0  # no -0.0

    return rounded


def fitted(exact: Callable[[Floats], Floats], bounds: Floats) -> Callable[[Floats], Floats]:
    """Return a polynomial that says what a function of points says within bounds, to 1e-12; where there is none, the function itself.

    Parameters
    ----------
    exact
        Takes points and returns two values for each, (m, 2) to (m, 2). It has to be smooth: not
        every point is looked at.
    bounds
        The least x and y, the largest x and y. (4,)
    """
    centre, half = (bounds[:2] + bounds[2:]) / 2, (bounds[2:] - bounds[:2]) / 2 + 1.0
    nodes = np.polynomial.chebyshev.chebpts1(2 * _DEGREE)
    u, v = (axis.ravel() for axis in np.meshgrid(nodes, nodes))
    monomials = polynomial.polyvander2d(u, v, (_DEGREE, _DEGREE))
    coefficients = np.linalg.lstsq(
        monomials, exact(np.stack([u, v], axis=1) * half + centre), rcond=None
    )[0]
    table = coefficients.reshape(_DEGREE + 1, _DEGREE + 1, 2)

    def value(points: Floats) -> Floats:
        result = np.empty_like(points)
        for first in range(0, len(points), _AT_ONCE):
            u, v = np.ascontiguousarray(((points[first : first + _AT_ONCE] - centre) / half).T)
            result[first : first + _AT_ONCE] = polynomial.polyval2d(u, v, table).T
        return result

    between = np.stack(
        np.meshgrid(*(np.linspace(centre - half, centre + half, 4 * _DEGREE).T)), axis=-1
    ).reshape(-1, 2)
    return value if np.abs(value(between) - exact(between)).max() < _DOUBT / 10 else exact


def _valid(rounded: Geometries) -> Geometries:
    """Return polygons repaired where rounding broke them; None where nothing remains."""
    # A repair may put a point between two steps of 1e-7 degrees; after rounding that may need a
    # repair in turn.
    broken = np.flatnonzero(_broken(rounded))
    for _ in range(_MOST_REPAIRS):
        rounded[broken] = _rounded(_repaired(rounded[broken]))
        broken = broken[_broken(rounded[broken])]
    rounded[broken] = _repaired(rounded[broken])
    rounded[shapely.is_empty(rounded) | (shapely.area(rounded) == 0)] = None
    return rounded


def _wound(geometries: Geometries) -> Geometries:
    """Return polygons without repeated points, exteriors counterclockwise, each from the same point on whatever it was before."""
    without_repeats = shapely.remove_repeated_points(geometries, 0.0)
    wound: Geometries = shapely.orient_polygons(
        shapely.normalize(without_repeats), exterior_cw=False
    )
    return wound


def _rounded(geometries: Geometries) -> Geometries:
    rounded: Any = shapely.transform(geometries, lambda xy: np.round(xy, DECIMALS) + 0.0)  # no -0.0
    return np.asarray(rounded, dtype=object)


def _repaired(geometries: Geometries) -> Geometries:
    return np.asarray(
        shapely.make_valid(geometries, method="structure", keep_collapsed=False), dtype=object
    )


def _broken(geometries: Geometries) -> Booleans:
    broken: Booleans = ~shapely.is_missing(geometries) & ~shapely.is_valid(geometries)
    return broken
