"""Polygons by themselves."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from flexruimte.kernels.overlap import (
    isoperimetric_quotient,
    subdivide,
)
from kernels.overlays import EMPTY


def test_isoperimetric_quotient() -> None:
    circle = shapely.buffer(shapely.Point(0, 0), 50, quad_segs=32)
    # square: 4 pi a^2 / (4 a)^2 = pi / 4
    found = isoperimetric_quotient(np.array([circle, shapely.box(0, 0, 9, 9), EMPTY], dtype=object))
    assert found[0] > 0.99
    assert found[1] == pytest.approx(np.pi / 4)
    assert np.isnan(found[2])


@pytest.mark.parametrize("most_points", [8, 32, 256])
def test_subdivide_keeps_everything(most_points: int) -> None:
    circle = shapely.buffer(shapely.Point(500, 500), 400, quad_segs=200)
    ring = shapely.difference(circle, shapely.buffer(shapely.Point(520, 480), 200, quad_segs=100))
    shapes = np.array([ring, shapely.box(0, 0, 5, 5)], dtype=object)
    pieces, source = subdivide(shapes, most_points)
    assert (shapely.get_num_coordinates(pieces) <= most_points).all()
    np.testing.assert_allclose(
        np.bincount(source, shapely.area(pieces)), shapely.area(shapes), rtol=1e-9
    )
    assert (np.diff(source) >= 0).all()
