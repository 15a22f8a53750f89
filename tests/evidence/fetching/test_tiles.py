"""Windows and tiles: nothing is left out, and little is asked twice."""

from __future__ import annotations

import shapely
from hypothesis import given
from hypothesis import strategies as some

from flexruimte.evidence.fetching.tiles import (
    Tile,
    bounds_as_text,
    covered,
    merged,
    tiles_of,
    window_of,
)

NUMBERS = some.integers(0, 300_000)
WINDOWS = some.tuples(NUMBERS, NUMBERS, some.integers(1, 30_000), some.integers(1, 30_000)).map(
    lambda given: (
        float(given[0]),
        float(given[1]),
        float(given[0] + given[2]),
        float(given[1] + given[3]),
    )
)


@given(WINDOWS)
def test_tiles_fill_a_window(window: tuple[float, float, float, float]) -> None:
    tiles = [shapely.box(*tile) for tile in tiles_of(window)]
    assert shapely.union_all(tiles).equals(shapely.box(*window))
    assert sum(tile.area for tile in tiles) == shapely.box(*window).area


@given(some.lists(WINDOWS, min_size=1, max_size=6))
def test_merged_windows_hold_all_windows(windows: list[tuple[float, float, float, float]]) -> None:
    found = merged(windows)
    assert all(covered(window, found) for window in windows)
    assert found == merged(list(reversed(windows)))
    assert len(found) <= len(windows)


def test_tiles_lie_on_one_grid() -> None:
    # 3,000 to 9,000 and 1,000 to 2,000 in tiles of 4,000: three columns, one row
    assert tiles_of((3000.0, 1000.0, 9000.0, 2000.0)) == [
        (3000.0, 1000.0, 4000.0, 2000.0),
        (4000.0, 1000.0, 8000.0, 2000.0),
        (8000.0, 1000.0, 9000.0, 2000.0),
    ]


def test_quarters() -> None:
    tile = Tile("3", (0.0, 0.0, 100.0, 60.0))
    assert [(part.name, part.window) for part in tile.quarters] == [
        ("3-0", (0.0, 0.0, 50.0, 30.0)),
        ("3-1", (50.0, 0.0, 100.0, 30.0)),
        ("3-2", (0.0, 30.0, 50.0, 60.0)),
        ("3-3", (50.0, 30.0, 100.0, 60.0)),
    ]
    assert Tile("3", (0.0, 0.0, 40.0, 40.0)).quarters == []


def test_degrees_have_more_decimals_than_metres() -> None:
    """A degree is 111 km, so that a millimetre is its eighth decimal."""
    assert bounds_as_text((1.0, -2.5, 3.0004, 4.0), "EPSG:28992") == [
        "1.000",
        "-2.500",
        "3.000",
        "4.000",
    ]
    assert bounds_as_text((4.3712345, 52.0, 5.0, 53.0), "OGC:CRS84")[:2] == [
        "4.37123450",
        "52.00000000",
    ]


def test_a_part_is_of_its_window() -> None:
    (tile,) = [Tile("12-3", (0, 0, 100, 100))]
    assert [window_of(part.name) for part in tile.quarters] == [12] * 4
