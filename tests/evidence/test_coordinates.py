"""Coordinates of the middle of the country are known in each system that people use."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from flexruimte.evidence.coordinates import kind_of_coordinates

AMERSFOORT = (155_000.0, 463_000.0)


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:25831", "EPSG:25832", "EPSG:3857"])
def test_another_system_is_named(code: str) -> None:
    there = Transformer.from_crs("EPSG:28992", code, always_xy=True).transform(*AMERSFOORT)
    assert f'say crs = "{code}"' in str(kind_of_coordinates(np.array([there])))
    swapped = str(kind_of_coordinates(np.array([there[::-1]])))
    assert f"({code}) with the axes swapped" in swapped


def test_what_is_like_nothing_has_no_name() -> None:
    assert kind_of_coordinates(np.array([[1e300, 5.0]])) is None
    assert kind_of_coordinates(np.array([[5.1, 52.1], [463_000.0, 155_000.0]])) is None
