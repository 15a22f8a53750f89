"""Threads change the time it takes and nothing else."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte.assessment.pipeline import assess
from flexruimte.kernels import threads as threads_module
from flexruimte.kernels.circle import width
from flexruimte.kernels.overlap import (
    index_features,
    index_geometries,
    overlaps,
    subtract,
    union_by_group,
)
from flexruimte.kernels.raster import Grid, cell_statistics
from flexruimte.kernels.threads import each_in_threads, in_threads, threads_in_use, use_threads
from shapes import random_polygons
from toy_town import toy_study


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_module, "_SMALLEST_CHUNK", 3)


def outcomes(shapes: np.ndarray, features: np.ndarray) -> list[object]:
    found = overlaps(index_geometries(shapes), index_features(features))
    covers = union_by_group(
        shapely.intersection(shapes[found.shape], found.geometry), found.shape, len(shapes)
    )
    rest = subtract(shapes, covers)
    (cells,) = cell_statistics(
        rest,
        [Grid(np.random.default_rng(1).uniform(0, 60, (50, 50)), 99_980.0, 400_220.0, (5.0, 5.0))],
    )
    return [
        found.area,
        shapely.to_wkb(covers),
        shapely.to_wkb(rest),
        width(rest),
        cells.mean,
        cells.min,
        cells.covered_m2,
    ]


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(("threads", "largest"), [(1, 4), (2, 20_000), (7, 5)])
def test_threads_and_chunks_change_nothing(
    threads: int, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes, features = random_polygons(3, 150, 20.0), random_polygons(4, 90, 15.0)
    with use_threads(1):
        expected = outcomes(shapes, features)
    monkeypatch.setattr(threads_module, "_LARGEST_CHUNK", largest)
    with use_threads(threads):
        for one, other in zip(outcomes(shapes, features), expected, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("small_chunks")
def test_a_study_with_threads(tmp_path: Path) -> None:
    plan = toy_study(tmp_path).question
    one = assess(replace(plan, threads=1), plan.municipalities.codes[0])
    for block in (25_000, 8):  # threads over chunks of one block, and over blocks of two parcels
        many = assess(replace(plan, threads=4, block=block), plan.municipalities.codes[0])
        pd.testing.assert_frame_equal(
            pd.DataFrame(one.parcels), pd.DataFrame(many.parcels), check_exact=True
        )
        assert shapely.to_wkb(one.buildable).tolist() == shapely.to_wkb(many.buildable).tolist()
        assert one.inputs == many.inputs


def test_each_item_has_one_thread_where_there_are_several() -> None:
    with use_threads(3):
        assert each_in_threads(lambda item: (item, threads_in_use(), threading.get_ident()), [7])[
            0
        ][:2] == (7, 3)
        found = each_in_threads(lambda item: (item, threads_in_use()), list(range(5)))
        with pytest.raises(ZeroDivisionError):
            each_in_threads(lambda item: 1 / item, [1, 0])
    assert found == [(item, 1) for item in range(5)]
    assert each_in_threads(str, []) == []


def test_chunks_by_work() -> None:
    seen: list[list[int]] = []

    def noted(values: np.ndarray) -> np.ndarray:
        seen.append(values.tolist())
        return values

    work = np.array([3, 3, 4, 1, 20, 9, 1, 1])
    np.testing.assert_array_equal(in_threads(noted, work, work=work, most_work=10), work)
    assert seen == [[3, 3, 4], [1], [20], [9, 1], [1]]
    assert in_threads(noted, work[:0], work=work[:0], most_work=10).shape == (0,)


@pytest.mark.usefixtures("small_chunks")
def test_elements_of_one_group_stay_in_one_chunk() -> None:
    keys = np.repeat(np.arange(9), [1, 7, 1, 1, 4, 2, 12, 1, 1])
    seen: list[list[int]] = []

    def noted(chunk: np.ndarray) -> np.ndarray:
        seen.append(np.unique(chunk).tolist())
        return chunk

    with use_threads(2):
        np.testing.assert_array_equal(in_threads(noted, keys, group=keys), keys)
    assert len(seen) > 2
    assert sorted(key for chunk in seen for key in chunk) == list(range(9))


@pytest.mark.usefixtures("small_chunks")
def test_chunks_and_errors() -> None:
    seen: list[int] = []

    def noted(values: np.ndarray) -> np.ndarray:
        seen.append(threading.get_ident())
        return values + 1

    np.testing.assert_array_equal(in_threads(noted, np.arange(100)), np.arange(1, 101))
    assert set(seen) == {threading.get_ident()}  # outside use_threads there are none
    with use_threads(2):
        assert in_threads(noted, np.arange(0)).shape == (0,)
        with pytest.raises(ZeroDivisionError):
            in_threads(lambda values: 1 // 0, np.arange(100))
    with use_threads(None):
        np.testing.assert_array_equal(in_threads(noted, np.arange(100)), np.arange(1, 101))
