"""Ways of dividing land: rows of house plots, strips, fields, roadside plots.

Every function works in the design plane and returns pieces that tile the land it was given.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.random import Generator
from shapely import LineString, Point, Polygon, affinity
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Piece:
    """A piece of land in the design plane, with what stands on it."""

    area: Polygon
    use: str
    zone: str
    buildings: tuple[Polygon, ...] = field(default=())


@dataclass(frozen=True)
class Plot:
    """How the house plots of a row are measured out. [m]"""

    use: str
    width: tuple[float, float]
    house_depth: float
    setback: float
    side_gap: float
    shed: bool = False


def polygons(geometry: BaseGeometry, smallest: float = 0.5) -> list[Polygon]:
    """Give the polygons of a geometry that are larger than ``smallest``. [m2]"""
    return [
        p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon" and p.area > smallest
    ]


def long_axis(area: Polygon) -> float:
    """Direction of the longest side of the smallest rectangle around an area. [degrees]"""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area))[:3]
    if len(corners) < 3:
        return 0.0
    sides = np.diff(corners, axis=0)
    x, y = sides[np.argmax(np.hypot(sides[:, 0], sides[:, 1]))]
    return float(np.degrees(np.arctan2(y, x)))


def turned(area: BaseGeometry, angle: float, back: bool = False) -> BaseGeometry:
    """Turn an area about the zero point, so that ``angle`` becomes the x direction."""
    return affinity.rotate(area, angle if back else -angle, origin=(0, 0))


def guillotine(area: Polygon, target: float, rng: Generator, jitter: float = 6.0) -> list[Polygon]:
    """Halve an area across its long axis until the parts are about ``target``. [m2]"""
    if area.area < 1.6 * target:
        return [area]
    angle = long_axis(area) + rng.normal(0, jitter)
    flat = turned(area, angle).buffer(0)
    left, bottom, right, top = flat.bounds
    cut = left + (right - left) * rng.uniform(0.38, 0.62)
    halves = [
        shapely.box(left - 1, bottom - 1, cut, top + 1),
        shapely.box(cut, bottom - 1, right + 1, top + 1),
    ]
    parts = [
        p for half in halves for p in polygons(turned(flat.intersection(half), angle, back=True))
    ]
    return [leaf for part in parts for leaf in guillotine(part, target, rng, jitter)]


def strips(
    area: Polygon, angle: float, width: tuple[float, float], rng: Generator
) -> list[Polygon]:
    """Cut an area in parallel strips across ``angle``, as in a peat polder."""
    flat = turned(area, angle).buffer(0)
    left, bottom, right, top = flat.bounds
    edges = [left]
    while edges[-1] < right:
        edges.append(edges[-1] + rng.uniform(*width))
    if len(edges) > 2 and right - edges[-2] < 0.5 * width[0]:
        edges.pop(-2)
    lean = rng.normal(0, 4, len(edges))
    lean[[0, -1]] = 0
    found = []
    for i in range(len(edges) - 1):
        sheet = Polygon(
            [
                (edges[i] - lean[i], bottom - 1),
                (edges[i + 1] - lean[i + 1], bottom - 1),
                (edges[i + 1] + lean[i + 1], top + 1),
                (edges[i] + lean[i], top + 1),
            ]
        )
        found += polygons(turned(flat.intersection(sheet), angle, back=True))
    return found


def _row_edges(left: float, right: float, plot: Plot, rng: Generator) -> list[float]:
    """Where the plots of a row begin and end: in groups of equal width, as a terrace is."""
    edges = [left]
    width = rng.uniform(*plot.width)
    while right - edges[-1] > 1.45 * width:
        edges.append(edges[-1] + width)
        if rng.random() < 0.15 or plot.use == "oldhouse":
            width = rng.uniform(*plot.width)
    return [*edges, right]


def rows(block: Polygon, angle: float, zone: str, plot: Plot, rng: Generator) -> list[Piece]:
    """Divide a block in one row of plots, or in two rows back to back."""
    flat = turned(block, angle)
    left, bottom, right, top = flat.bounds
    middle = (bottom + top) / 2
    bands = [(bottom, top, 1)] if top - bottom < 34 else [(bottom, middle, 1), (middle, top, -1)]
    inner = flat.buffer(-0.4)
    pieces: list[Piece] = []
    for low, high, way in bands:
        band = flat.intersection(shapely.box(left - 1, low, right + 1, high))
        for part in polygons(band):
            pieces += _row(part, inner, (low, high, way), angle, zone, plot, rng)
    return pieces


def _row(
    part: Polygon,
    inner: BaseGeometry,
    band: tuple[float, float, int],
    angle: float,
    zone: str,
    plot: Plot,
    rng: Generator,
) -> Iterator[Piece]:
    """One row of plots in a frame where the street runs along x."""
    low, high, way = band
    edges = _row_edges(part.bounds[0], part.bounds[2], plot, rng)
    nominal = np.mean(plot.width) * (high - low)
    left = edges[0]
    for right in edges[1:]:
        area = part.intersection(shapely.box(left, low - 1, right, high + 1))
        rest = part.intersection(shapely.box(right, low - 1, part.bounds[2] + 1, high + 1))
        if (area.area < 0.55 * nominal or rest.area < 0.3 * nominal) and right != edges[-1]:
            continue
        start = low + plot.setback if way > 0 else high - plot.setback - plot.house_depth
        start += rng.uniform(-0.5, 0.5) if plot.use == "oldhouse" else 0.0
        depth = plot.house_depth * (rng.uniform(0.8, 1.5) if plot.use == "oldhouse" else 1.0)
        house = shapely.box(
            left + plot.side_gap * rng.uniform(0.3, 1),
            start,
            right - plot.side_gap * rng.uniform(0.7, 1.6),
            start + depth,
        )
        houses = (
            polygons(house.intersection(inner).intersection(area), 18) if area.area > 60 else []
        )
        if plot.shed and houses and rng.random() < 0.07:
            back = high - 3.4 if way > 0 else low + 0.6
            houses += polygons(
                shapely.box(left + 0.4, back, left + 3.2, back + 2.8)
                .intersection(inner)
                .intersection(area),
                6,
            )
        footprints = tuple(polygons(turned(h, angle, back=True))[0] for h in houses)
        for i, p in enumerate(polygons(turned(area, angle, back=True))):
            yield Piece(p, plot.use, zone, footprints if i == 0 else ())
        left = right


def slabs(
    area: Polygon, angle: float, depth: float, gap: float, margin: float
) -> tuple[Polygon, ...]:
    """Parallel buildings on a lot, ``margin`` from its edge and ``gap`` apart. [m]"""
    flat = turned(area.buffer(-margin), angle)
    if flat.is_empty:
        return ()
    left, bottom, right, top = flat.bounds
    found: list[Polygon] = []
    low = bottom
    while low + depth <= top + 0.1:
        found += polygons(
            turned(flat.intersection(shapely.box(left, low, right, low + depth)), angle, back=True),
            120,
        )
        low += depth + gap
    return tuple(found)


def hall(area: Polygon, share: float, rng: Generator) -> tuple[Polygon, ...]:
    """One rectangular building that covers about ``share`` of a lot."""
    angle = long_axis(area)
    core = area.buffer(-5)
    if core.is_empty:
        return ()
    point = (
        core.representative_point()
        if rng.random() < 0.5 or not core.contains(core.centroid)
        else core.centroid
    )
    left, bottom, right, top = turned(area, angle).bounds
    ratio = np.sqrt(share)
    at = Point(turned(point, angle).coords[0])
    half_x, half_y = (right - left) / 2 * ratio, (top - bottom) / 2 * ratio
    shape = shapely.box(at.x - half_x, at.y - half_y, at.x + half_x, at.y + half_y)
    return tuple(polygons(turned(shape, angle, back=True).intersection(core), 30)[:1])


def street_grid(
    zone: BaseGeometry, angle: float, depth: float, length: float, rng: Generator
) -> list[LineString]:
    """Parallel streets with staggered cross streets, clipped to a zone."""
    flat = turned(zone, angle)
    left, bottom, right, top = flat.bounds
    levels = [bottom - rng.uniform(0.2, 0.5) * depth]
    while levels[-1] < top:
        levels.append(levels[-1] + depth * rng.uniform(0.94, 1.1))
    lines = [LineString([(left - 5, level), (right + 5, level)]) for level in levels[1:-1]]
    for low, high in pairwise(levels):
        at = left + length * rng.uniform(0.25, 0.8)
        while at < right:
            lines.append(LineString([(at, low), (at, high)]))
            at += length * rng.uniform(0.8, 1.35)
    clipped = shapely.intersection(np.array(lines), flat)
    parts = [p for p in shapely.get_parts(clipped) if p.geom_type == "LineString" and p.length > 20]
    return [affinity.rotate(p, angle, origin=(0, 0)) for p in parts]


def roadside(
    road: LineString,
    stations: tuple[float, float],
    side: int,
    plot: Callable[[], tuple[float, float, float]],
    offset: float,
) -> Iterator[Polygon]:
    """Give plots along a road: ``plot`` gives the width, the depth and the gap after it. [m]"""
    at, stop = stations
    while at < stop:
        width, depth, gap = plot()
        a, b = road.interpolate(at), road.interpolate(min(at + width, road.length))
        length = a.distance(b)
        if length < 1:
            return
        nx, ny = -(b.y - a.y) / length * side, (b.x - a.x) / length * side
        yield Polygon(
            [
                (p.x + nx * d, p.y + ny * d)
                for p, d in ((a, offset), (b, offset), (b, offset + depth), (a, offset + depth))
            ]
        )
        at += width + gap
