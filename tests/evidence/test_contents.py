"""What layers hold around parcels: seen in parts it is what is seen as a whole, and it tells of every change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from evidence.random_bounds import boxes, shapes
from flexruimte.evidence.contents import (
    Contents,
    contents_of_cells,
    contents_of_rows,
    merge_contents,
    row_keys,
)
from flexruimte.evidence.search_area import CELL_M, search_area


def mixed(number: int) -> int:
    """MurmurHash3's finish, after adding the golden ratio: by whole numbers of Python, which do not overflow."""
    number = (number + 0x9E3779B97F4A7C15) % 2**64
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        number = (number ^ (number >> 33)) * factor % 2**64
    return number ^ (number >> 33)


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(-3, 3),
    st.sampled_from([25.0, 40.0, 100.0, 250.0]),
)
def test_what_is_seen_of_cells_is_what_a_plain_loop_says(
    rows: int, columns: int, corner: int, cell_m: float
) -> None:
    left, top = corner * 30.0, corner * -70.0
    values = np.random.default_rng(rows * columns).random((rows, columns))
    values[0, 0] = -0.0
    near = search_area(np.array([[left, top - 100.0, left + 90.0, top - 20.0]]), 5.0)
    sums: dict[tuple[int, int], list[int]] = {}
    for row in range(rows):
        for column in range(columns):
            x, y = left + (column + 0.5) * cell_m, top - (row + 0.5) * cell_m
            place = int(np.floor(y / CELL_M)), int(np.floor(x / CELL_M))
            inside = [place[axis] - near.first[axis] for axis in (0, 1)]
            if (
                all(
                    0 <= index < count
                    for index, count in zip(inside, near.cells.shape, strict=True)
                )
                and near.cells[tuple(inside)]
            ):
                east, north = (mixed(round(1000 * middle) % 2**64) for middle in (x, y))
                bits = int(np.array(values[row, column] + 0.0).view(np.uint64))
                sums.setdefault(place, []).append(mixed(bits ^ mixed((north + 3 * east) % 2**64)))
    expected = sorted((sum(cells) % 2**64, len(cells)) for cells in sums.values())
    found = contents_of_cells(values, left, top, (cell_m, cell_m), near).rows
    assert list(zip(found.keys.tolist(), found.numbers.tolist(), strict=True)) == expected


def said(contents: Contents) -> tuple[list[int], list[int]]:
    """The rows of contents, and how often each is there."""
    return contents.rows.keys.tolist(), contents.rows.numbers.tolist()


@given(boxes, shapes, st.integers(1, 7))
def test_what_parts_see_is_what_the_whole_sees(
    bounds: np.ndarray, lines: np.ndarray, cut: int
) -> None:
    rows = row_keys(lines, pd.DataFrame({"long": shapely.length(lines)}))
    repaired = {"long": shapely.length(lines) > 500}

    def seen(some: np.ndarray) -> Contents:
        return contents_of_rows(rows, repaired, search_area(some, 10.0).meet(lines))

    whole, parts = seen(bounds), [seen(part) for part in (bounds[:cut], bounds[cut:]) if len(part)]
    together = merge_contents(parts)
    assert said(together) == said(whole)
    assert together.repairs["long"].total == whole.repairs["long"].total


@given(boxes, st.integers(1, 7), st.sampled_from([(10.0, 10.0), (100.0, 40.0), (400.0, 400.0)]))
def test_what_parts_see_of_a_raster_is_what_the_whole_sees(
    bounds: np.ndarray, cut: int, cell_m: tuple[float, float]
) -> None:
    left, top, count = -2_000.0, 2_000.0, 4_000
    values = np.random.default_rng(1).random((round(count / cell_m[1]), round(count / cell_m[0])))

    def seen(some: np.ndarray) -> Contents:
        near = search_area(some, 2 * max(cell_m))
        # As a reader would: only the cells that touch the window.
        column, row = (
            max(int((near.window[0] - left) // cell_m[0]), 0),
            max(int((top - near.window[3]) // cell_m[1]), 0),
        )
        last = (
            int(-((near.window[2] - left) // -cell_m[0])),
            int(-((top - near.window[1]) // -cell_m[1])),
        )
        return contents_of_cells(
            values[row : last[1], column : last[0]],
            left + column * cell_m[0],
            top - row * cell_m[1],
            cell_m,
            near,
        )

    parts = [seen(part) for part in (bounds[:cut], bounds[cut:]) if len(part)]
    assert said(merge_contents(parts)) == said(seen(bounds))


def test_what_is_seen_changes_with_a_value_a_shape_and_a_cell() -> None:
    squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    here = np.ones(2, dtype=bool)

    def digest(geometries: np.ndarray, values: list[object]) -> object:
        keys = row_keys(geometries, pd.DataFrame({"a": values}))
        return said(contents_of_rows(keys, {}, here))

    usual = digest(squares, [1, 2])
    assert digest(squares[::-1], [2, 1]) == usual  # the order of rows does not matter
    assert digest(squares, [1.0, 2.0]) == usual
    assert digest(squares, [2, 1]) != usual
    assert digest(squares, [1, None]) != usual
    assert digest(shapely.transform(squares, lambda xy: xy + 0.001), [1, 2]) != usual
    near = search_area(np.array([[0.0, 0.0, 50.0, 50.0]]), 0.0)
    cells = np.zeros((20, 20))
    changed, elsewhere = cells.copy(), cells.copy()
    changed[15, 3] = 1.0  # its middle is at x 35, y 45
    elsewhere[3, 15] = 1.0  # x 155, y 165: in no cell of the surroundings
    found = [
        contents_of_cells(values, 0.0, 200.0, (10.0, 10.0), near)
        for values in (cells, changed, elsewhere)
    ]
    assert said(found[0]) == said(found[2]) != said(found[1])
    assert found[0].rows.total == 100
