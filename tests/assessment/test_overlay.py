"""What an overlay takes over from the overlay around it is what it would have worked out itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from flexruimte.assessment import overlay
from flexruimte.assessment.overlay import Overlay
from flexruimte.kernels.overlap import IndexedGeometries, Overlaps
from shapes import boxes, random_polygons


def filling(*geometries: Any, key: str = "soil") -> Any:
    """A layer whose features are the area that it speaks of."""
    return SimpleNamespace(
        key=key,
        geometries=np.array(geometries, dtype=object),
        speaks_where_it_lies=True,
        coverage=None,
    )


def parts_of(shapes: NDArray[np.object_], seed: int) -> NDArray[np.object_]:
    """A third of the shapes as they are, of a third a part, and of a third very little."""
    random = np.random.default_rng(seed)
    west, south, east, north = shapely.bounds(shapes).T
    share = random.choice([1.0, random.uniform(0.2, 0.9), 0.01], len(shapes))
    part = shapely.intersection(
        shapes, shapely.box(west, south, west + share * (east - west), north)
    )
    return np.where((share == 1.0) | shapely.is_empty(part), shapes, part)


@given(st.integers(0, 10_000), st.booleans())
def test_the_same_as_without(seed: int, laid_over: bool) -> None:
    shapes = random_polygons(seed, 12, 30.0)
    features = filling(
        *random_polygons(seed + 1, 8, 60.0),
        *boxes((100_000, 400_000, 100_090, 400_200), (100_090, 400_000, 100_150, 400_200)),
    )
    outer = Overlay(shapes)
    if laid_over:
        outer.of(features)
    inner = parts_of(shapes, seed)
    plain = Overlay(inner)
    # What is known, before and after the layer is laid over the inner shapes; each with an overlay of its own.
    np.testing.assert_array_equal(
        Overlay(inner, around=outer).known(features), plain.known(features)
    )
    with_around = Overlay(inner, around=outer)
    one, other = with_around.of(features), plain.of(features)
    for name in ("shape", "feature", "area"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    np.testing.assert_array_equal(shapely.to_wkb(one.geometry), shapely.to_wkb(other.geometry))
    np.testing.assert_array_equal(with_around.known(features), plain.known(features))


def test_known_where_the_parcel_is_bare_but_its_part_is_not() -> None:
    # half of each parcel lies on the soil map; of the parts the first lies on it, the second beside it, the third is the parcel
    parcels = boxes((0, 0, 10, 10), (0, 20, 10, 30), (0, 40, 10, 50))
    features = filling(shapely.box(0, 0, 5, 100))
    outer = Overlay(parcels)
    assert not outer.known(features).any()
    inner = Overlay(boxes((1, 1, 4, 4), (6, 21, 9, 24), (0, 40, 10, 50)), around=outer)
    assert inner.known(features).tolist() == [True, False, False]


def test_nothing_is_laid_over_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    parcels = boxes((0, 0, 10, 10), (0, 20, 10, 30), (0, 40, 10, 50))
    features = filling(shapely.box(-1, -1, 11, 100))
    outer = Overlay(parcels)
    outer.of(features)
    asked: list[int] = []
    overlaps = overlay.overlaps

    def noted(shapes: IndexedGeometries, features: IndexedGeometries) -> Overlaps:
        asked.append(len(shapes.geometry))
        return overlaps(shapes, features)

    monkeypatch.setattr(overlay, "overlaps", noted)
    inner = Overlay(boxes((0, 0, 10, 10), (0, 20, 5, 30), (0, 40, 10, 50)), around=outer)
    assert inner.known(features).all()
    assert sum(asked) == 0
    assert inner.of(features).area.tolist() == [100.0, 50.0, 100.0]
    assert sum(asked) == 1
