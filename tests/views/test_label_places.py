"""Labels on a map: none lies over another, the first have the best places."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from flexruimte.views.label_places import label_places

BOUNDS = np.array([0.0, 0.0, 100.0, 100.0])


def boxes(points: np.ndarray, sizes: np.ndarray, places: np.ndarray) -> list[np.ndarray]:
    middles = points + places
    return [
        np.concatenate([middle - size / 2, middle + size / 2])
        for middle, size in zip(middles, sizes, strict=True)
        if not np.isnan(middle).any()
    ]


@pytest.mark.parametrize("seed", range(5))
def test_no_label_lies_over_another_or_outside(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.uniform(10, 90, (60, 2))
    sizes = random.uniform(4, 14, (60, 2))
    placed = boxes(points, sizes, label_places(points, sizes, BOUNDS))
    assert len(placed) > 20
    for box in placed:
        assert (box[:2] >= 0).all()
        assert (box[2:] <= 100).all()
    for one, other in combinations(placed, 2):
        assert (one[:2] >= other[2:]).any() or (one[2:] <= other[:2]).any()


def test_the_first_stands_on_its_point_and_those_beside_it_move() -> None:
    points, sizes = np.full((3, 2), 50.0), np.full((3, 2), 10.0)
    places = label_places(points, sizes, BOUNDS)
    assert places[0].tolist() == [0, 0]
    assert (np.abs(places[1:]).max(axis=1) >= 10).all()


def test_what_has_no_room_is_left_out() -> None:
    points, sizes = np.full((40, 2), 50.0), np.full((40, 2), 40.0)
    places = label_places(points, sizes, BOUNDS)
    assert not np.isnan(places[0]).any()
    assert np.isnan(places[1:]).any()
    assert np.isnan(label_places(points[:1], np.array([[200.0, 5.0]]), BOUNDS)).all()


def test_none_is_none() -> None:
    assert label_places(np.empty((0, 2)), np.empty((0, 2)), BOUNDS).shape == (0, 2)
