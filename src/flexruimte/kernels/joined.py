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
    """Diameter of the largest circle in the largest part; NaN where it was not asked for. (g,)
    float64 [m]"""


class JoinLand(Protocol):
    """Joins land, as `join_land` does."""

    def __call__(
        self, parts: Geometries, group: Integers, count: int, *, widths: bool
    ) -> JoinedLand:
        """Return the land of groups."""


def join_land(parts: Geometries, group: Integers, count: int, *, widths: bool) -> JoinedLand:
    """Return the land of groups.

    Parameters
    ----------
    parts
        Polygons. (k,) object
    group
        Group of each, from 0 to `count` - 1, rising. (k,) int
    count
        Number of groups.
    widths
        Whether to measure widths, which costs much.

    Examples
    --------
    >>> boxes = np.array([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 1)])
    >>> join_land(boxes, np.array([0, 0]), 1, widths=True).area_m2
    array([3.])
    """
    shapes = union_by_group(parts, group, count)
    largest = largest_part(shapes)
    wide = width(largest) if widths else np.full(count, np.nan)
    return JoinedLand(shapes, largest, shapely.area(shapes), shapely.area(largest), wide)


class JoinCache:
    """Keeps the land of groups, by the pieces that they are made of."""

    def __init__(self) -> None:
        self._position: dict[bytes, int] = {}
        self._known: JoinedLand | None = None

    def join(self, parts: Geometries, group: Integers, count: int, *, widths: bool) -> JoinedLand:
        """Return what `join_land` returns."""
        keys = _keys(parts, group, count, widths)
        new = {key: number for number, key in enumerate(keys) if key not in self._position}
        if new or self._known is None:
            numbers = sorted(new.values())
            at = np.full(count, -1, dtype=np.intp)
            at[numbers] = np.arange(len(numbers))
            chosen = at[group] >= 0
            made = join_land(parts[chosen], at[group[chosen]], len(numbers), widths=widths)
            start = len(self._position)
            self._position |= {keys[number]: start + int(at[number]) for number in numbers}
            self._known = made if self._known is None else _together(self._known, made)
        places = np.array([self._position[key] for key in keys], dtype=np.intp)
        return JoinedLand(*(getattr(self._known, each.name)[places] for each in fields(JoinedLand)))


def _keys(parts: Geometries, group: Integers, count: int, widths: bool) -> list[bytes]:
    """Return a digest (BLAKE2b, RFC 7693) of the pieces of each group."""
    digests = [hashlib.blake2b(bytes([widths])) for _ in range(count)]
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
