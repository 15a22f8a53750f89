"""Pieces of land joined into groups, and what is measured of each group, so that none is twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
import shapely

from flexruimte.kernels.circle import width
from flexruimte.kernels.overlap import largest_part, union_by_group
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["JoinCache", "JoinLand", "JoinedLand", "join_land"]


@dataclass(frozen=True)
class JoinedLand:
    """The land of g groups."""

    shapes: Geometries
    """(g,) object"""
    largest: Geometries
    """The largest connected part of each. (g,) object"""
    area_m2: Floats
    """(g,) float64 [m2]"""
    largest_m2: Floats
    """Of the largest part. (g,) float64 [m2]"""
    width_m: Floats
    """Diameter of the largest circle in the largest part, or the least that it was known to be; NaN
    where it was not asked for. (g,) float64 [m]"""


class JoinLand(Protocol):
    """Joins land, as `join_land` does."""

    def __call__(
        self, parts: Geometries, group: Integers, count: int, *, least_widths: Floats | None
    ) -> JoinedLand:
        """Return the land of groups."""


def join_land(
    parts: Geometries, group: Integers, count: int, *, least_widths: Floats | None
) -> JoinedLand:
    """Return the land of groups.

    Parameters
    ----------
    parts
        Polygons. (k,) object
    group
        Group of each, from 0 to `count` - 1, rising. (k,) int
    count
        Number of groups.
    least_widths
        The width that is known of a piece of each group, where so much is enough to know: measuring
        costs much. NaN measures, and so does land of several parts, of which that piece may not be
        in the largest. None asks for no widths. (g,) float64 [m]

    Examples
    --------
    >>> boxes = np.array([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 1)])
    >>> joined = join_land(boxes, np.array([0, 0]), 1, least_widths=np.array([1.0]))
    >>> joined.area_m2, joined.width_m
    (array([3.]), array([1.]))
    """
    shapes = union_by_group(parts, group, count)
    largest = largest_part(shapes)
    wide = np.full(count, np.nan)
    if least_widths is not None:
        is_one = shapely.get_num_geometries(shapes) == 1
        wide = np.where(is_one, least_widths, np.nan)
        measured = np.isnan(wide)
        wide[measured] = width(largest[measured])
    return JoinedLand(shapes, largest, shapely.area(shapes), shapely.area(largest), wide)


class JoinCache:
    """Keeps the land of groups, by the pieces that they are made of."""

    def __init__(self) -> None:
        self._position: dict[bytes, int] = {}
        self._known: JoinedLand | None = None

    def join(
        self, parts: Geometries, group: Integers, count: int, *, least_widths: Floats | None
    ) -> JoinedLand:
        """Return what `join_land` returns."""
        keys = _keys(parts, group, count, least_widths)
        new = {key: number for number, key in enumerate(keys) if key not in self._position}
        if new or self._known is None:
            numbers = sorted(new.values())
            at = np.full(count, -1, dtype=np.intp)
            at[numbers] = np.arange(len(numbers))
            chosen = at[group] >= 0
            made = join_land(
                parts[chosen],
                at[group[chosen]],
                len(numbers),
                least_widths=None if least_widths is None else least_widths[numbers],
            )
            start = len(self._position)
            self._position |= {keys[number]: start + int(at[number]) for number in numbers}
            self._known = made if self._known is None else _together(self._known, made)
        places = np.array([self._position[key] for key in keys], dtype=np.intp)
        return JoinedLand(*(getattr(self._known, each.name)[places] for each in fields(JoinedLand)))


def _keys(
    parts: Geometries, group: Integers, count: int, least_widths: Floats | None
) -> list[bytes]:
    """Return a digest (BLAKE2b, RFC 7693) of the pieces of each group, and of what is known."""
    known = [b""] * count if least_widths is None else [each.tobytes() for each in least_widths]
    digests = [hashlib.blake2b(each) for each in known]
    for number, binary in zip(group.tolist(), shapely.to_wkb(parts), strict=True):
        digests[number].update(hashlib.blake2b(binary, digest_size=16).digest())
    return [each.digest() for each in digests]


def _together(one: JoinedLand, other: JoinedLand) -> JoinedLand:
    return JoinedLand(
        *(
            np.concatenate([getattr(one, each.name), getattr(other, each.name)])
            for each in fields(JoinedLand)
        )
    )
