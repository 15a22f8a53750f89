"""Layouts: by hand, on a zoo of shapes, and by property."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from flexruimte.kernels.layout import LayoutParameters, Layouts, lay_out
from kernels.layouts import PACKED, SITES, SPACIOUS, UGLY, one
from shapes import random_polygons


def check(shapes: np.ndarray, parameters: LayoutParameters, layouts: Layouts) -> None:
    """Every rule that a layout must observe."""
    near = 1e-4
    assert layouts.homes.shape == layouts.stacks.shape == layouts.removed.shape == (len(shapes),)
    np.testing.assert_array_equal(np.bincount(layouts.part, minlength=len(shapes)), layouts.stacks)
    assert (np.diff(layouts.part) >= 0).all()
    np.testing.assert_allclose(
        shapely.area(layouts.module),
        parameters.module_length_m * parameters.module_width_m,
        rtol=1e-6,
    )
    assert (layouts.storeys == parameters.storeys).all()
    assert ((layouts.degrees >= 0) & (layouts.degrees < 180)).all()
    # inside, and the setback kept
    assert shapely.covers(shapes[layouts.part], layouts.module).all()
    edge = shapely.distance(layouts.module, shapely.boundary(shapes)[layouts.part])
    assert (edge >= parameters.setback_m - near).all()
    for position, shape in enumerate(shapes):
        module = layouts.module[layouts.part == position]
        row = layouts.row[layouts.part == position]
        road = layouts.roads[position]
        assert (
            layouts.homes[position]
            <= len(module) * parameters.storeys // parameters.modules_per_home
        )
        if not len(module):
            assert road.is_empty
            continue
        sites = [
            site for site in shapely.get_parts(shape) if shapely.intersects(site, module).any()
        ]
        homes = [
            int(shapely.intersects(site, module).sum())
            * parameters.storeys
            // parameters.modules_per_home
            for site in sites
        ]
        assert layouts.homes[position] == sum(homes)
        # apart: in a row by the gap, between rows by the smaller of the two distances
        a, b = shapely.STRtree(module).query(module, predicate="dwithin", distance=30.0)
        a, b = a[a < b], b[a < b]
        distance = shapely.distance(module[a], module[b])
        least = np.where(
            row[a] == row[b],
            parameters.gap_m,
            min(parameters.front_distance_m, parameters.back_distance_m),
        )
        assert (distance >= least - near).all()
        assert sorted(set(row.tolist())) == list(range(row.max() + 1))
        # roads and paths inside; modules clear of roads; each site's road in one piece; every entrance in reach
        land = shapely.buffer(shape, 1e-6)
        assert land.covers(road)
        assert layouts.paths[position].is_empty or land.covers(layouts.paths[position])
        assert land.covers(layouts.paved[position])
        assert (shapely.distance(module, road) >= parameters.path_width_m - near).all()
        assert (
            len(shapely.get_parts(road))
            == len(shapely.get_parts(layouts.paved[position]))
            == len(sites)
        )
        entrance = layouts.entrance[layouts.part == position]
        assert (shapely.distance(entrance, road) <= parameters.reach_m + near).all()
        assert (shapely.distance(entrance, shapely.boundary(module)) < near).all()
        if parameters.path_width_m > 0:
            assert (shapely.distance(entrance, layouts.paths[position]) < near).all()
            for path in shapely.get_parts(layouts.paths[position]):
                assert path.distance(road) < near
    # land adds up
    taken = [
        layouts.stacks * parameters.module_length_m * parameters.module_width_m,
        shapely.area(layouts.roads),
        shapely.area(layouts.paths),
    ]
    area = np.nan_to_num(shapely.area(shapes))
    np.testing.assert_allclose(
        sum(taken) + layouts.parking_m2 + layouts.green_m2 + layouts.unused_m2, area, atol=1e-6
    )
    np.testing.assert_allclose(layouts.parking_m2, layouts.homes * parameters.parking_per_home_m2)
    np.testing.assert_allclose(layouts.green_m2, layouts.homes * parameters.green_per_home_m2)
    assert (layouts.unused_m2 >= -1e-3).all()


def test_a_rectangle_by_hand() -> None:
    # 40 x 60 m, setback 5 m: 30 x 50 m for modules.
    # Rows along the long side: a street with a row on both sides takes 9 + 10 + 9 = 28 m of the 30 m; a second street does not fit.
    #   A row: n modules take 4 n - 0.5 m of 50 m, so n = 12; two rows: 24 stacks.
    # Rows along the short side: 4 n - 0.5 <= 30, so n = 7 a row. Across, of 50 m: 28 m for two rows, 8 m between backs, 9 m for a third
    #   row, that ends at 45 m; its front of 2.75 m and its road of 4.5 m end at 52.25 m, inside the setback. Three rows: 21 stacks.
    # So 24 stacks, and of two storeys 48 homes.
    layouts = one(SITES["rectangle"])
    check(np.array([SITES["rectangle"]], dtype=object), PACKED, layouts)
    assert layouts.stacks.tolist() == [24]
    assert layouts.homes.tolist() == [48]
    assert layouts.removed.tolist() == [0]
    assert np.bincount(layouts.row).tolist() == [12, 12]
    assert set(layouts.degrees.round(6)) == {90.0}
    # Fronts face each other: the entrances of the rows lie 10 m apart, at x = 16 and x = 26 (or a metre to the left, or to the right).
    across = np.unique(shapely.get_x(layouts.entrance).round(3))
    assert len(across) == 2
    assert across[1] - across[0] == pytest.approx(10.0, abs=1e-3)
    # The road: entrances from 1.75 to 4 * 11 + 1.75 = 45.75 m along the rows. It may end sqrt(10^2 - 2.75^2) = 9.6145 m before the last
    # and comes in at the edge, 5 m before the rows begin: 5 + 45.75 - 9.6145 = 41.1355 m, at 4.5 m wide 185.11 m2.
    assert shapely.area(layouts.roads)[0] == pytest.approx(4.5 * 41.1355, abs=0.01)
    # Two paths along 47.5 m of fronts, 1.5 m wide, each with 1.25 m to the road: 2 * (71.25 + 1.875) = 146.25 m2.
    assert shapely.area(layouts.paths)[0] == pytest.approx(146.25, abs=0.02)
    # 2400 - 24 * 31.5 - 185.11 - 146.25 = 1312.64 m2
    assert layouts.unused_m2[0] == pytest.approx(1312.64, abs=0.03)


def test_land_for_parking_and_green_by_hand() -> None:
    # Two homes a stack, each with 100 m2 for parking and green: 31.5 + 200 m2 a stack.
    # 10 stacks: 2315 m2; the 85 m2 left of 2400 m2 must hold 10 * 3.5 * 1.5 = 52.5 m2 of paths at least, and no more than 7.2 m of road;
    #   from the edge to the first module is 5 m already, and half of five modules 9.75 m. They do not fit.
    # 9 stacks, 5 and 4 in a row: 283.5 m2 and 1800 m2; from the edge to the middle of the row of five, 5 + 9.75 m, and half of the 4.5 m
    #   that a road is long at least: 17 m of road, 76.5 m2; paths (19.5 + 15.5) * 1.5 + 2 * 1.875 = 56.25 m2. In all 2216.25 m2.
    layouts = one(SITES["rectangle"], SPACIOUS)
    check(np.array([SITES["rectangle"]], dtype=object), SPACIOUS, layouts)
    assert layouts.stacks.tolist() == [9]
    assert layouts.homes.tolist() == [18]
    assert layouts.parking_m2.tolist() == [450.0]
    assert layouts.green_m2.tolist() == [1350.0]
    assert layouts.unused_m2[0] == pytest.approx(2400 - 2216.25, abs=0.05)


def test_an_l_by_hand() -> None:
    # Arms of 40 m: 30 m inside the setback, one street with two rows in each direction of rows. Rows along the arm of 120 m; the arm of
    # 110 m holds further streets, square to it.
    layouts = one(SITES["L"])
    # the long arm alone: 110 m hold 27 modules a row ((110 + 0.5) / 4 = 27.6), two rows 54
    assert layouts.stacks[0] > 54


def test_storeys_and_modules_per_home() -> None:
    rectangle = SITES["rectangle"]
    assert one(rectangle, replace(PACKED, storeys=1)).homes.tolist() == [24]
    assert one(rectangle, replace(PACKED, storeys=3)).homes.tolist() == [72]
    # 24 stacks of 3 modules are 72 modules: 14 homes of 5 modules, and 2 modules left
    assert one(rectangle, replace(PACKED, storeys=3, modules_per_home=5)).homes.tolist() == [14]


def test_what_fits_exactly_fits() -> None:
    # inside the setback 28 x 15.5 m: two rows of four
    exact = shapely.box(0, 0, 38, 25.5)
    for angle in (0.0, 17.3, 90.0, 211.0):
        turned = shapely.transform(
            affinity.rotate(exact, angle), lambda xy: xy + np.array([155_000.0, 463_000.0])
        )
        assert one(turned).stacks.tolist() == [8]
    assert one(shapely.box(0, 0, 37.99, 25.5)).stacks[0] < 8


@pytest.mark.parametrize("name", UGLY)
@pytest.mark.parametrize(
    "parameters",
    [
        PACKED,
        SPACIOUS,
        replace(PACKED, setback_m=0.0, gap_m=0.0, path_width_m=0.0, modules_per_home=3),
    ],
)
def test_rules_hold_on_ugly_shapes(name: str, parameters: LayoutParameters) -> None:
    shapes = np.array([UGLY[name]], dtype=object)
    check(shapes, parameters, lay_out(shapes, parameters))


def test_what_cannot_hold_a_module_holds_none() -> None:
    for name in ("empty", "none", "sliver", "sliver of a site", "square", "multi"):
        layouts = one(UGLY[name])
        assert layouts.homes.tolist() == [0], name
        assert len(layouts.module) == len(layouts.entrance) == 0
    nothing = lay_out(np.empty(0, dtype=object), PACKED)
    assert nothing.homes.shape == nothing.unused_m2.shape == nothing.module.shape == (0,)


def test_islands_are_sites_of_their_own() -> None:
    islands = UGLY["two islands"]
    layouts, apart = one(islands, SPACIOUS), lay_out(shapely.get_parts(islands), SPACIOUS)
    assert layouts.homes[0] == apart.homes.sum()
    assert len(shapely.get_parts(layouts.roads[0])) == 2


def test_where_no_road_gets_through_one_side_counts() -> None:
    right = one(shapely.box(80, 0, 170, 60))
    layouts = one(UGLY["collapsed neck"])
    assert layouts.homes[0] <= right.homes[0] * 1.05
    assert (shapely.get_x(layouts.entrance) > 70).all()
    # a neck that a road gets through joins both sides
    joined = one(SITES["neck"])
    assert (shapely.get_x(joined.entrance) > 80).any()
    assert (shapely.get_x(joined.entrance) < 60).any()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(40.0, 130.0),
    st.sampled_from([PACKED, SPACIOUS, replace(SPACIOUS, reach_m=40.0, setback_m=2.0)]),
)
def test_rules_hold_on_random_shapes(seed: int, size: float, parameters: LayoutParameters) -> None:
    shapes = random_polygons(seed, 6, size)
    check(shapes, parameters, lay_out(shapes, parameters))


def test_found_by_chance() -> None:
    # a spike between two stretches of a row that is narrower than the gap; a road of no more than its own width, at a link
    for seed, size in ((513, 94.0), (512, 95.0)):
        shapes = random_polygons(seed, 6, size)
        check(shapes, PACKED, lay_out(shapes, PACKED))


def test_moving_and_turning_the_map_changes_little() -> None:
    """Where directions or places are nearly as good, rounding chooses: not the same modules, but as many on the whole.

    Of 4,800 shapes one in 300 changed by more than a tenth, a single one from 18 modules to 35; all together by 0.02 %.
    """
    random = np.random.default_rng(1)
    shapes = np.concatenate(
        [random_polygons(int(seed), 4, 80.0) for seed in random.integers(0, 10_000, 100)]
    )
    turned = [
        affinity.rotate(shape, angle, origin=(100_000, 400_000))
        for shape, angle in zip(shapes, random.uniform(0, 360, 400), strict=True)
    ]
    moved = np.array(
        [
            affinity.translate(shape, *by)
            for shape, by in zip(turned, random.uniform(-90_000, 90_000, (400, 2)), strict=True)
        ],
        dtype=object,
    )
    before, after = (lay_out(each, PACKED).stacks for each in (shapes, moved))
    change = np.abs(after - before)
    assert abs(after.sum() - before.sum()) <= 0.005 * before.sum()
    assert change.sum() <= 0.02 * before.sum()
    assert np.mean(change > np.maximum(0.1 * before, 3)) <= 0.01


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_order_and_splits_change_nothing(seed: int) -> None:
    shapes = random_polygons(seed, 9, 90.0)
    whole = lay_out(shapes, SPACIOUS)
    order = np.random.default_rng(seed).permutation(len(shapes))
    shuffled = lay_out(shapes[order], SPACIOUS)
    for position, place in enumerate(order):
        alone = lay_out(shapes[place : place + 1], SPACIOUS)
        ours = shapely.to_wkb(whole.module[whole.part == place]).tolist()
        assert shapely.to_wkb(shuffled.module[shuffled.part == position]).tolist() == ours
        assert shapely.to_wkb(alone.module).tolist() == ours
        assert whole.roads[place] == shuffled.roads[position] == alone.roads[0]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_asking_more_never_gives_more(seed: int) -> None:
    # more land per home, on the same layouts: never more homes
    shapes = random_polygons(seed, 5, 80.0)
    homes = [
        lay_out(shapes, replace(SPACIOUS, green_per_home_m2=green)).homes
        for green in (0.0, 75.0, 200.0)
    ]
    assert (homes[0] >= homes[1]).all()
    assert (homes[1] >= homes[2]).all()
    packed = lay_out(shapes, PACKED)
    assert (packed.removed == 0).all()
