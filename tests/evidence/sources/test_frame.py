"""Rows in memory: a window has what touches it, and no rows without a shape."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from evidence.squares import HERE, in_memory, squares
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.frame import FrameSource
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y, box, frame


@given(squares, st.tuples(st.integers(-2, 12), st.integers(-2, 12), st.integers(0, 6)))
def test_a_window_of_what_is_in_memory_has_what_touches_it(
    rows: list[tuple[int, int, int, int]], window: tuple[int, int, int]
) -> None:
    left, bottom, side = window
    source = in_memory(rows)
    found = source.read(["nr"], (X + left, Y + bottom, X + left + side, Y + bottom + side))
    touches = source.data.intersects(box(left, bottom, left + side, bottom + side))
    assert found.index.tolist() == source.data.index[touches].tolist()


def test_a_window_has_no_rows_without_a_shape() -> None:
    rows = frame([box(0, 0, 1, 1), None, shapely.Polygon()], nr=[1, 2, 3])
    source = open_source("natuur", LayerSettings(source="in memory"), HERE, rows)
    assert source.read(["nr"], (X, Y, X + 5, Y + 5))["nr"].tolist() == [1]


def test_rows_in_memory_are_stamped_by_content(tmp_path: Path) -> None:
    def stamp(data: pd.DataFrame) -> object:
        return open_source("x", LayerSettings(source="in memory"), tmp_path, data).stamp()

    data = frame([box(0, 0, 1, 1), None], nr=[1, 2])
    assert stamp(data) == stamp(data.copy())
    assert stamp(data) != stamp(data.assign(nr=[1, 3]))
    assert stamp(data) != stamp(data.set_geometry(data.translate(1)))
    without_active = pd.DataFrame(data).pipe(gpd.GeoDataFrame)
    assert stamp(without_active) == stamp(without_active.copy())
    assert not FrameSource("x", LayerSettings(source="a"), tmp_path, data).rests_on_files
