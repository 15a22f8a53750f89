"""What the cache of layouts gives, and what it makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from flexruimte.kernels.layout import LayoutCache, LayoutParameters, Layouts, lay_out
from kernels.layouts import PACKED, SITES


def test_each_polygon_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counting(parts: np.ndarray, parameters: LayoutParameters) -> Layouts:
        made.append(len(parts))
        return lay_out(parts, parameters)

    monkeypatch.setattr("flexruimte.kernels.layout.cache.lay_out", counting)
    cache = LayoutCache()
    parts = np.array([SITES["rectangle"], None, SITES["rectangle"], SITES["strip"]], dtype=object)
    first = cache.lay_out(parts, PACKED)
    again = cache.lay_out(parts[::-1], PACKED)
    assert made == [3]
    assert (
        first.homes.tolist() == again.homes[::-1].tolist() == lay_out(parts, PACKED).homes.tolist()
    )
    assert shapely.to_wkb(again.roads).tolist() == shapely.to_wkb(first.roads[::-1]).tolist()
    # Other parameters empty it.
    cache.lay_out(parts, replace(PACKED, storeys=1))
    cache.lay_out(parts[:1], PACKED)
    assert made == [3, 3, 1]


def test_nothing_is_laid_out_of_nothing() -> None:
    assert LayoutCache().lay_out(np.empty(0, dtype=object), PACKED).homes.shape == (0,)
