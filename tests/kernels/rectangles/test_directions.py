"""Directions turn with the shape."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from flexruimte.kernels.rectangles import (
    long_side_degrees,
    row_directions,
)


def test_directions_turn_with_the_shape() -> None:
    shape = shapely.box(0, 0, 40, 60)
    turned = affinity.rotate(shape, 10)
    position, degrees = row_directions(np.array([shape, shapely.Polygon(), turned], dtype=object))
    assert degrees[position == 0].tolist() == pytest.approx(np.arange(0, 180, 15).tolist())
    assert not (position == 1).any()
    np.testing.assert_allclose(degrees[position == 2], np.arange(10, 180, 15), atol=1e-9)


@settings(deadline=None)
@given(st.floats(1, 100), st.floats(1.01, 5), st.floats(0, 180), st.floats(-90_000, 90_000))
def test_long_side_of_a_turned_rectangle(
    width: float, ratio: float, degrees: float, shift: float
) -> None:
    turned = affinity.translate(
        affinity.rotate(shapely.box(0, 0, width * ratio, width), degrees), shift, -shift
    )
    found = long_side_degrees(np.array([shapely.Polygon(), turned], dtype=object))
    assert np.isnan(found[0])
    assert abs((found[1] - degrees + 90) % 180 - 90) < 1e-3
