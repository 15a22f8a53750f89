"""A number is written so that one sees on which side of a threshold it lies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.wording.rounding import decimals_that_show


@pytest.mark.parametrize(
    ("value", "against", "usual", "written"),
    [
        (1.5, [1.5], 0, "1.5"),  # flood depth at most 1.5 m: a threshold shows itself
        (0.4, [0.4], 0, "0.4"),
        (11.5, [12], 0, "11.5"),  # 12, found 12?
        (11.2, [12], 0, "11"),
        (12.4, [12], 0, "12.4"),
        (11.9996, [12], 1, "11.9996"),
        (0.95, [0, 1], 0, "0.9"),  # not the whole parcel (0.95 is a little less in binary)
        (0.0004, [0, 1], 2, "0.0004"),  # not nothing
        (1.0, [0, 1], 0, "1"),
        (0.0, [0, 1], 0, "0"),
        (3.0, [], 1, "3.0"),
        (-0.04, [0], 1, "-0.04"),
    ],
)
def test_as_many_decimals_as_it_takes(
    value: float, against: list[float], usual: int, written: str
) -> None:
    assert f"{value:.{decimals_that_show(value, against, usual)}f}" == written


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_the_written_value_is_on_the_same_side(value: int, threshold: int, usual: int) -> None:
    """Of all numbers with six decimals."""
    number, limit = value / 10**6, threshold / 10**6
    decimals = decimals_that_show(number, [limit], usual)
    shown = float(f"{number:.{decimals}f}")
    assert (shown > limit, shown < limit) == (number > limit, number < limit)
    assert usual <= decimals <= 6


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_needs_none(value: float) -> None:
    assert decimals_that_show(value, [1.0], 2) == 2
