"""Shapes laid over each other, for the tests of kernels."""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.overlap import (
    Overlaps,
    index_features,
    index_geometries,
    overlaps,
    polygonal,
    union_by_group,
)

EMPTY = shapely.Polygon()


def laid_over(shapes: np.ndarray, features: np.ndarray) -> Overlaps:
    return overlaps(index_geometries(shapes), index_features(features))


def each_under_its_own(covers: np.ndarray) -> Overlaps:
    positions = np.arange(len(covers))
    return Overlaps(positions, positions, shapely.area(covers), positions, index_geometries(covers))


def covers_of(shapes: np.ndarray, features: np.ndarray) -> np.ndarray:
    found = laid_over(shapes, features)
    shared = polygonal(shapely.intersection(shapes[found.shape], found.geometry))
    np.testing.assert_allclose(found.area, shapely.area(shared), rtol=1e-9, atol=1e-9)
    return union_by_group(shared, found.shape, len(shapes))
