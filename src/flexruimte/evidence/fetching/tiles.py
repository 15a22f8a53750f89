"""The windows that are asked for: merged where they overlap, and cut into tiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from flexruimte.vocabulary import CRS

__all__ = ["TILE_M", "Tile", "bounds_as_text", "covered", "merged", "tiles_of", "window_of"]

Window: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top, in RD New. [m]"""

TILE_M: Final = 4000.0
"""Side of a tile; its corners lie at whole multiples of it. [m]"""
_SMALLEST_M: Final = 50.0
"""A tile with a smaller side is not divided. [m]"""
_LITTLE_MORE: Final = 1.25
"""Windows become one where that asks for no more than this many times their own area."""


@dataclass(frozen=True)
class Tile:
    """A part of the windows; its name is its place in the plan, and `-0` to `-3` per division."""

    name: str
    window: Window

    @property
    def quarters(self) -> list[Tile]:
        """The four tiles that it is divided into; none where it is too small for that."""
        left, bottom, right, top = self.window
        if max(right - left, top - bottom) < _SMALLEST_M:
            return []
        x, y = round((left + right) / 2, 3), round((bottom + top) / 2, 3)
        parts = [(left, bottom, x, y), (x, bottom, right, y), (left, y, x, top), (x, y, right, top)]
        return [Tile(f"{self.name}-{number}", part) for number, part in enumerate(parts)]


def window_of(name: str) -> int:
    """Return the number of the window that a tile is of.

    Examples
    --------
    >>> window_of("12"), window_of("3-0-2")
    (12, 3)
    """
    return int(name.partition("-")[0])


def merged(windows: Sequence[Window]) -> list[Window]:
    """Return windows, of which those that overlap, or all but touch, are taken together.

    Examples
    --------
    >>> merged([(0, 0, 10, 10), (9, 0, 20, 10), (90, 90, 99, 99)])
    [(0, 0, 20, 10), (90, 90, 99, 99)]
    """
    left = sorted(set(windows))
    done: list[Window] = []
    while left:
        one = left.pop(0)
        for other in left:
            both = _around(one, other)
            if _area(both) <= _LITTLE_MORE * (_area(one) + _area(other)):
                left.remove(other)
                left.insert(0, both)
                break
        else:
            done.append(one)
    return sorted(done)


def _around(one: Window, other: Window) -> Window:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _area(window: Window) -> float:
    return (window[2] - window[0]) * (window[3] - window[1])


def bounds_as_text(window: Window, crs: str) -> list[str]:
    """Return the sides of a window as they are asked for, to a millimetre.

    Examples
    --------
    >>> bounds_as_text((85000.0, 445000.0, 86000.12345, 446000.0), "EPSG:28992")
    ['85000.000', '445000.000', '86000.123', '446000.000']
    >>> bounds_as_text((4.3712345, 52.0, 4.4, 52.1), "OGC:CRS84")[0]
    '4.37123450'
    """
    decimals = 3 if crs == CRS else 8  # degrees
    return [f"{value:.{decimals}f}" for value in window]


def covered(window: Window, by: Sequence[Window]) -> bool:
    """Return whether one of some windows holds a window.

    Examples
    --------
    >>> covered((1, 1, 2, 2), [(0, 0, 3, 3)]), covered((1, 1, 4, 2), [(0, 0, 3, 3)])
    (True, False)
    """
    left, bottom, right, top = window
    return any(
        other[0] <= left and other[1] <= bottom and right <= other[2] and top <= other[3]
        for other in by
    )


def tiles_of(window: Window, side_m: float = TILE_M) -> list[tuple[float, float, float, float]]:
    """Return the tiles of a grid that meet a window, as far as they lie in it, row by row.

    Examples
    --------
    >>> tiles_of((3000, 100, 5000, 200))
    [(3000, 100, 4000.0, 200), (4000.0, 100, 5000, 200)]
    """
    left, bottom, right, top = window
    return [
        (max(left, x), max(bottom, y), min(right, x + side_m), min(top, y + side_m))
        for y in _starts(bottom, top, side_m)
        for x in _starts(left, right, side_m)
    ]


def _starts(low: float, high: float, side_m: float) -> list[float]:
    first, last = math.floor(low / side_m), math.ceil(high / side_m)
    return [number * side_m for number in range(first, max(last, first + 1))]
