"""Shapes that tests share: a zoo of awkward ones, and seeded random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

SQUARE = shapely.box(0, 0, 10, 10)
ZOO = {
    "square": SQUARE,
    "hole": shapely.Polygon(
        [(0, 0), (10, 0), (10, 10), (0, 10)], [[(2, 2), (2, 6), (6, 6), (6, 2)]]
    ),
    "multi": shapely.MultiPolygon([shapely.box(0, 0, 4, 4), shapely.box(6, 6, 9, 9)]),
    "sliver": shapely.box(0, 0, 100, 0.01),
    "triangle": shapely.Polygon([(0, 0), (10, 0), (0, 10)]),
    "repaired bow-tie": shapely.make_valid(shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])),
    "comb": shapely.union_all(
        [shapely.box(0, 0, 20, 1), *[shapely.box(2 * i, 0, 2 * i + 1, 10) for i in range(10)]]
    ),
    "far away": shapely.box(250_000, 600_000, 250_010, 600_010),
    "empty": shapely.Polygon(),
}


def boxes(*bounds: tuple[float, float, float, float]) -> NDArray[Any]:
    return np.array([shapely.box(*each) for each in bounds], dtype=object)


def random_polygons(seed: int, count: int, size: float) -> NDArray[Any]:
    """Star-shaped polygons of about a size, scattered over 200 x 200 m in RD New; some with a hole."""
    random = np.random.default_rng(seed)
    polygons = []
    for _ in range(count):
        corners = int(random.integers(3, 12))
        angle = np.sort(random.uniform(0, 2 * np.pi, corners)) + np.arange(corners) * 1e-3
        radius = random.uniform(0.3, 1.0, corners) * size
        centre = random.uniform(0, 200, 2) + np.array([100_000, 400_000])
        ring = centre + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        polygon = shapely.make_valid(shapely.Polygon(ring), method="structure")
        if random.random() < 0.3:
            polygon = shapely.difference(polygon, shapely.buffer(shapely.Point(centre), size / 10))
        polygons.append(polygon)
    return np.array([polygon for polygon in polygons if polygon.area > 1.0], dtype=object)
