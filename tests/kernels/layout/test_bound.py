"""The homes that land can hold at most: by hand, one by one, and beside layouts in every direction."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.kernels.layout.bound import most_homes
from flexruimte.kernels.layout.candidates import Candidates, arrangements
from flexruimte.kernels.rectangles import Frames, row_directions
from kernels.layouts import PACKED, SPACIOUS
from shapes import random_polygons


def test_homes_that_land_can_hold_at_most_by_hand() -> None:
    # 9 stacks on 2400 m2, as above: 283.5 m2, 1800 m2 of parking and green, and paths along (9 * 4 - 2 * 0.5) * 1.5 = 52.5 m2. The fifth
    # stack in a row has its entrance 4 * 4 + 1.75 m from the edge; the road ends 9.6145 m before it: 8.1355 m, 36.61 m2. In all 2172.61 m2.
    # 10 stacks: 315 + 2000 + 58.5 + 36.61 = 2410.11 m2.
    area = np.array([0.0, 2172.6, 2172.62, 2400.0, 2410.1, 2410.12])
    assert most_homes(area, SPACIOUS).tolist() == [0, 16, 18, 18, 18, 20]
    # With a reach of 40 m a second street could save road: 4.5 * 4.5 m is all that is counted, 315 + 2000 + 58.5 + 20.25 = 2393.75 m2.
    assert most_homes(area[3:4], replace(SPACIOUS, reach_m=40.0)).tolist() == [20]
    # A stack makes one home, with 1000 m2 less for ten: 1410.11 m2.
    assert most_homes(
        np.array([1410.1, 1410.12]), replace(SPACIOUS, modules_per_home=2)
    ).tolist() == [9, 10]


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(30.0, 110.0),
    st.sampled_from([4.0, 10.0, 14.0, 16.0, 40.0]),
    st.floats(0.0, 100.0),
)
def test_no_direction_holds_more_than_land_can_hold_at_most(
    seed: int, size: float, reach: float, green: float
) -> None:
    parameters = replace(SPACIOUS, reach_m=reach, setback_m=2.0, green_per_home_m2=green)
    sites = random_polygons(seed, 4, size)
    inner = np.asarray(shapely.buffer(sites, -2.0, join_style="mitre"), dtype=object)
    site, degrees = row_directions(inner)
    candidates = Candidates(
        sites, inner, site, Frames(shapely.get_coordinates(shapely.centroid(sites))[site], degrees)
    )
    most = most_homes(shapely.area(sites), parameters)
    for each, arrangement in zip(site, arrangements(candidates, parameters), strict=True):
        assert arrangement.homes <= most[each]


@given(
    st.floats(0, 30_000),
    st.integers(1, 4),
    st.integers(1, 5),
    st.floats(6.0, 20.0),
    st.floats(0.0, 200.0),
)
def test_homes_that_land_can_hold_at_most_one_by_one(
    area: float, storeys: int, modules: int, reach: float, green: float
) -> None:
    parameters = replace(
        PACKED, storeys=storeys, modules_per_home=modules, reach_m=reach, green_per_home_m2=green
    )
    stacks = 0
    while True:
        row = math.ceil((stacks + 1) / 2)
        along = 4.0 * (row - 1) + 1.75 - math.sqrt(reach**2 - 2.75**2)
        # A further street takes a link of 2 * (9 + 4) + 10 - 4.5 = 31.5 m.
        if 4.0 + 2 * math.sqrt(reach**2 - 2.75**2) > 31.5:
            along = 0.0
        paths = 1.5 * (4.0 * (stacks + 1) - 2 * 0.5)
        homes = (stacks + 1) * storeys // modules
        if (stacks + 1) * 9.0 * 3.5 + homes * green + paths + 4.5 * max(along, 4.5) > area:
            break
        stacks += 1
    assert most_homes(np.array([area, area / 2]), parameters)[0] == stacks * storeys // modules
