"""Parameters that make no sense are refused."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from kernels.layouts import PACKED


@pytest.mark.parametrize(
    "name",
    [
        "module_length_m",
        "module_width_m",
        "storeys",
        "modules_per_home",
        "road_width_m",
        "paved_width_m",
        "reach_m",
    ],
)
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_sizes_that_are_not_positive_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must be more than 0"):
        replace(PACKED, **{name: value})


def test_values_that_contradict_each_other_are_refused() -> None:
    for change, message in (
        ({"gap_m": -0.1}, "gap_m must be at least 0"),
        ({"green_per_home_m2": -1.0}, "green_per_home_m2 must be at least 0"),
        ({"storeys": 1.5}, "storeys must be a whole number"),
        ({"paved_width_m": 5.0}, "must not be more than road_width_m"),
        ({"front_distance_m": 7.0}, "room for a road and two paths: at least 7.5"),
        ({"reach_m": 2.0}, "must not be less than the distance from a front to its road"),
    ):
        with pytest.raises(ValueError, match=message):
            replace(PACKED, **change)
