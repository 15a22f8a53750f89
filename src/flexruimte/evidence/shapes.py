"""Shapes as they are needed: 2-D, valid, of one kind, in an order that is always the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from flexruimte.kernels.overlap import polygonal
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import CRS, Booleans, Floats, Geometries

__all__ = [
    "COUNTRY",
    "EVERYWHERE",
    "NO_NUMBER",
    "OUTSIDE",
    "canonical_order",
    "cleaned_shapes",
    "counted_repairs",
    "doubtful_areas",
    "left_out",
    "places_of",
]

NO_NUMBER = "a vertex that is no number, left out"
OUTSIDE = "a vertex outside the country, left out"


_KINDS = {
    "polygon": (3, 6),
    "line": (1, 2, 5),
    "point": (0, 4),
    "mixed": (0, 1, 2, 3, 4, 5, 6),
}


COUNTRY = (-100_000.0, 250_000.0, 320_000.0, 900_000.0)
"""Left, bottom, right, top of what can be meant: the country and its part of the North Sea, which
reach from -45,000 to 284,000 and from 306,000 to 871,000, with room for what crosses a border; too
narrow for swapped axes, or for another zone of UTM. [m]"""
EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)
"""No limits, for an area that may be drawn around the country."""


def cleaned_shapes(
    geometries: Geometries, kind: str, within: Sequence[float] = COUNTRY
) -> tuple[Geometries, dict[str, Booleans]]:
    """Return geometries that are 2-D, valid and of one kind, else None, and what was repaired.

    A geometry with a vertex that is no number, or that lies where none can be, is left out as a
    whole: what would be left of it after a repair is not what was meant.

    Parameters
    ----------
    geometries
        As they were read, in RD New. (n,) object
    kind
        "polygon", "line", "point", or "mixed" for any of them.
    within
        Left, bottom, right, top of where a vertex can be. [m]

    Returns
    -------
    shapes
        (n,) object
    repairs
        Which were repaired or left out, by what was wrong with them. (n,) bool each
    """
    repairs = {"null geometry": shapely.is_missing(geometries)}
    repairs["empty geometry"] = shapely.is_empty(geometries) & ~shapely.is_missing(geometries)
    deep = shapely.has_z(geometries) | shapely.has_m(geometries)
    repairs["Z or M values dropped"] = deep
    flat = geometries.copy()
    with np.errstate(invalid="ignore"):  # a vertex that is no number is seen to below
        flat[deep] = shapely.force_2d(geometries[deep])
    # GEOS calls what has a vertex that is no number invalid.
    invalid = ~in_threads(_is_valid, flat) & ~shapely.is_missing(flat)
    left_out = _cannot_be(flat, invalid, within)
    repairs |= left_out
    for refused in left_out.values():
        flat[refused] = None
        invalid &= ~refused
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


def _is_valid(geometries: Geometries) -> Booleans:
    # What GEOS works out of a vertex that is no number, or far away, is no news: it is seen to.
    with np.errstate(all="ignore"):
        valid: Booleans = shapely.is_valid(geometries)
    return valid


def _cannot_be(
    shapes: Geometries, invalid: Booleans, within: Sequence[float]
) -> dict[str, Booleans]:
    """Return which shapes have vertices that cannot be meant, by what is wrong with them."""
    bounds = shapely.bounds(shapes)
    outside = (bounds[:, :2] < within[:2]).any(axis=1) | (bounds[:, 2:] > within[2:]).any(axis=1)
    no_number = np.zeros(len(shapes), dtype=bool)
    suspect = np.flatnonzero(invalid)
    vertices, of = shapely.get_coordinates(shapes[suspect], return_index=True)
    no_number[suspect[of[~np.isfinite(vertices).all(axis=1)]]] = True
    return {NO_NUMBER: no_number, OUTSIDE: outside & ~no_number}


def doubtful_areas(geometries: Geometries, within: Sequence[float] = COUNTRY) -> Geometries:
    """Return the bounds of the vertices that can be meant, as polygons; None where there are none.

    Somewhere there lies a geometry that is not known. One of which no vertex can be meant lies,
    where it can, where it would with its axes swapped, or with degrees taken as such.

    Examples
    --------
    >>> import shapely
    >>> far = shapely.Polygon([(155000, 463000), (155010, 463020), (1e300, 463000)])
    >>> area, nothing = doubtful_areas(np.array([far, None]))
    >>> area.bounds, nothing
    ((155000.0, 463000.0, 155010.0, 463020.0), None)
    """
    areas = np.full(len(geometries), None, dtype=object)
    for position, shape in enumerate(geometries):
        vertices = shapely.get_coordinates(shape)
        for meant in _readings(vertices):
            usable = ((meant >= within[:2]) & (meant <= within[2:])).all(axis=1)
            if usable.any():
                low, high = meant[usable].min(axis=0), meant[usable].max(axis=0)
                if (high > low).all():
                    areas[position] = shapely.box(*low, *high)
                break
    return areas


def _readings(vertices: Floats) -> Iterator[Floats]:
    """Yield what coordinates may mean, in RD New: as they are, swapped, and as degrees."""
    for there in (vertices, vertices[:, ::-1]):
        yield there
        if len(there) and (np.abs(there) <= (180.0, 90.0)).all():
            yield _moved(there, 4326, CRS)
    # Degrees of a file that says so, with their axes swapped.
    yield _moved(_moved(vertices, CRS, 4326)[:, ::-1], 4326, CRS)


def _moved(vertices: Floats, start: object, end: object) -> Floats:
    """Return vertices in another coordinate reference system. (n, 2) float64"""
    moved = Transformer.from_crs(start, end, always_xy=True).transform(*vertices.T)
    return np.stack(moved, axis=1)


def left_out(repairs: Mapping[str, Booleans], count: int) -> Booleans:
    """Return which of `count` shapes were left out as a whole. (count,) bool"""
    nothing = np.zeros(count, dtype=bool)
    return repairs.get(NO_NUMBER, nothing) | repairs.get(OUTSIDE, nothing)


def places_of(geometries: Geometries) -> Geometries:
    """Return where features of another kind than their layer may lie: what closed lines enclose.

    Lines that enclose nothing and points stay as they are. None where there is no geometry, or
    something that is not valid in two dimensions.

    Examples
    --------
    >>> import numpy as np
    >>> outline, point = shapely.LinearRing([(0, 0), (9, 0), (9, 9)]), shapely.Point(1, 1)
    >>> places = places_of(np.array([outline, point, None]))
    >>> shapely.area(places).tolist(), places[2]
    ([40.5, 0.0, nan], None)
    """
    places = shapely.force_2d(geometries)
    places[~(_is_valid(places) & ~shapely.is_empty(places))] = None
    lines = np.flatnonzero(np.isin(shapely.get_type_id(places), _KINDS["line"]))
    if len(lines):
        enclosed = polygonal(np.asarray(shapely.polygonize(places[lines][:, None]), dtype=object))
        closed = ~shapely.is_empty(enclosed)
        places[lines[closed]] = shapely.union_all(enclosed[closed][:, None], axis=1)
    return np.asarray(places, dtype=object)


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
