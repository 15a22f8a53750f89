"""Rows of whole numbers one after the other, against Python's own ranges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels.ranges import ranges


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 4)), max_size=6))
def test_against_plain_ranges(rows: list[tuple[int, int]]) -> None:
    start, number = (np.array([row[axis] for row in rows], dtype=np.intp) for axis in (0, 1))
    expected = [value for first, count in rows for value in range(first, first + count)]
    assert ranges(start, number).tolist() == expected


def test_one_start_for_all_rows() -> None:
    assert ranges(np.array(5), np.array([2, 0, 1])).tolist() == [5, 6, 5]
