"""Polygons as the paths of an SVG drawing: whole numbers, drawn all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from flexruimte.vocabulary import Booleans, Floats, Geometries, Integers

__all__ = ["Frame", "frame_around", "path_of", "scale_bar"]

_LENGTHS_M: Final = tuple(
    factor * 10**power for power in range(5) for factor in (1, 2, 5)
)  # 1 m to 50 km
_MOST_OF_WIDTH: Final = 0.3
"""A scale bar takes this share of the width at most."""


@dataclass(frozen=True)
class Frame:
    """What a drawing shows: a rectangle of land, and how large it is drawn."""

    left: float
    """In RD New. [m]"""
    top: float
    """In RD New. [m]"""
    steps_per_m: float
    width: int
    """Of the drawing. [step]"""
    height: int
    """Of the drawing. [step]"""

    def steps(self, points: Floats) -> Integers:
        """Return points in RD New as whole steps from the upper left corner. (n, 2)"""
        moved = (points - (self.left, self.top)) * (self.steps_per_m, -self.steps_per_m)
        return np.round(moved).astype(np.intp)

    @property
    def land(self) -> tuple[float, float, float, float]:
        """West, south, east and north of what is shown, in RD New. [m]"""
        return (
            self.left,
            self.top - self.height / self.steps_per_m,
            self.left + self.width / self.steps_per_m,
            self.top,
        )


def frame_around(
    bounds: tuple[float, float, float, float],
    width: int,
    height: int,
    *,
    margin: float = 0.04,
    least_m: float = 0.0,
    fitted: bool = False,
) -> Frame:
    """Return a frame with some land in its middle.

    Parameters
    ----------
    bounds
        West, south, east and north of what must be in it, in RD New. [m]
    width, height
        Of the drawing. [step]
    margin
        Share of the drawing that stays free on each side.
    least_m
        The drawing shows no less than this from side to side. [m]
    fitted
        Whether a drawing of land that is wider or higher than the drawing is made less high.

    Examples
    --------
    >>> frame = frame_around((0, 0, 100, 50), 1000, 1000, margin=0)
    >>> frame.steps(np.array([[0.0, 50.0], [100.0, 0.0]])).tolist()
    [[0, 250], [1000, 750]]
    >>> frame_around((0, 0, 100, 50), 1000, 1000, margin=0, fitted=True).height
    500
    """
    west, south, east, north = bounds
    across, up = max(east - west, least_m, 1.0), max(north - south, least_m, 1.0)
    free = 1 - 2 * margin
    steps_per_m = min(width * free / across, height * free / up)
    if fitted:
        height = min(height, int(np.ceil(up * steps_per_m / free)))
    return Frame(
        left=(west + east) / 2 - width / steps_per_m / 2,
        top=(south + north) / 2 + height / steps_per_m / 2,
        steps_per_m=steps_per_m,
        width=width,
        height=height,
    )


def path_of(shapes: Geometries, frame: Frame) -> str:
    """Return all polygons of some shapes as one path; empty where there is none.

    Parameters
    ----------
    shapes
        In RD New; what is None, empty or no polygon is passed over. (n,) object
    frame
        What the drawing shows.

    Examples
    --------
    >>> frame = frame_around((0, 0, 10, 10), 100, 100, margin=0)
    >>> path_of(np.array([shapely.box(0, 0, 5, 10), None], dtype=object), frame)
    'M50 100v-100h-50v100z'
    """
    parts = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    rings = shapely.get_rings(polygons)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(coordinates):
        return ""
    points = frame.steps(coordinates)
    # The last point of a ring is its first; `z` closes it. A step of nothing is no step.
    is_new = np.append(ring[1:] != ring[:-1], True)
    moved = np.diff(points, axis=0, prepend=points[:1])
    first = np.append(True, ring[1:] != ring[:-1])
    keep = first | (~is_new & (moved != 0).any(axis=1))
    return "".join(_written(points[keep], moved[keep], first[keep]))


def _written(points: Integers, moved: Integers, first: Booleans) -> list[str]:
    """Return the start of each ring and the steps from there, as SVG writes them."""
    written: list[str] = []
    for (x, y), (across, down), starts in zip(
        points.tolist(), moved.tolist(), first.tolist(), strict=True
    ):
        if starts:
            written.append(f"zM{x} {y}" if written else f"M{x} {y}")
        elif not down:
            written.append(f"h{across}")
        elif not across:
            written.append(f"v{down}")
        else:
            written.append(f"l{across} {down}")
    return [*written, "z"]


def scale_bar(frame: Frame) -> tuple[int, int]:
    """Return a round length in metres and how long it is in the drawing. [m], [step]

    Examples
    --------
    >>> scale_bar(frame_around((0, 0, 1000, 1000), 1000, 1000, margin=0))
    (200, 200)
    """
    most = frame.width / frame.steps_per_m * _MOST_OF_WIDTH
    metres = max((length for length in _LENGTHS_M if length <= most), default=_LENGTHS_M[0])
    return metres, round(metres * frame.steps_per_m)
