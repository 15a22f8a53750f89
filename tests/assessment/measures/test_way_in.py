"""The way in over land of others: by hand, by a plain loop, and never better for another's land.

::

    110 +--------+-+---+--------+------+-----+      B1-B6 ask for a way to the street along y = 0.
        |  B1    | | B2|  B4    |  B3  | B5  |      R is the street's own land, of the municipality; the provincial road
     50 +--------+ +---+--------+------+-----+      along y = -200 lies on land of its own, of the province.
        |  F1    |A|     F3     |  F4  | F5  |
     10 +--------+-+------------+------+-----+      A  an alley of 10 m, of the municipality
        |  R  - - - - - - - - - - - - - - - -|      F1, F3  private;  F4  unknown;  F5, B5  of the water board
    -10 +------------------------------------+      B1, B2, B3, G1  of the municipality;  B4  private
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.assessment.measures import compute_measures
from flexruimte.assessment.overlay import Overlay
from flexruimte.errors import FlexruimteError
from flexruimte.rules.ruleset import Ruleset
from toy_layers import features, parcels_of, table
from toy_town import X, Y, box, changed_ruleset, frame, line, parameter

TITLE = {"title": {"nl": "x", "en": "x"}}
MEASURE: dict[str, Any] = {
    **TITLE,
    "family": "way_in",
    "layer": "wegen",
    "where": {"soort": "straat"},
    "limit_m": {"placement": "longest_m"},
    "step_m": 10,
    "roads": "wegen",
    "roads_where": {"soort": {"in": ["straat", "pad"]}},
    "half_width_m": 2,
    "road_land_m": 15,
    "owners": "eigendom",
    "owner_field": "soort",
    "open_owners": ["gemeente"],
    "one_owner": {"placement": "one_owner"},
}
ONE = ["gemeente", "waterschap", "provincie"]
TOWN: dict[str, tuple[Any, str | None]] = {
    "R": (box(-50, -10, 500, 10), "gemeente"),
    "A": (box(100, 10, 110, 110), "gemeente"),
    "F1": (box(0, 10, 100, 50), "particulier"),
    "F3": (box(110, 10, 300, 50), "particulier"),
    "F4": (box(300, 10, 400, 50), None),
    "F5": (box(400, 10, 500, 50), "waterschap"),
    "B1": (box(0, 50, 100, 110), "gemeente"),
    "B2": (box(130, 50, 200, 110), "gemeente"),
    "B4": (box(200, 50, 290, 110), "particulier"),
    "B3": (box(310, 50, 390, 110), "gemeente"),
    "B5": (box(400, 50, 500, 110), "waterschap"),
    "C1": (box(0, 110, 100, 150), "gemeente"),
    "R2": (box(-50, -212, 500, -188), "provincie"),
    "G1": (box(0, -188, 100, -150), "gemeente"),
}
STREETS = frame([line((-50, 0), (500, 0)), line((-50, -200), (500, -200))], soort=["straat"] * 2)


def ruleset(**changes: Any) -> Ruleset:
    return changed_ruleset(
        measures={"others_m": {**MEASURE, **changes}},
        placement={"longest_m": parameter(100), "one_owner": parameter(ONE)},
    )


def measured(
    town: dict[str, tuple[Any, str | None]] = TOWN, roads: Any = STREETS, **changes: Any
) -> pd.Series[Any]:
    """Metres over land of others, by parcel."""
    rules = ruleset(**changes)
    ids, shapes = np.array(list(town), dtype=object), np.array([s for s, _ in town.values()])
    owners = pd.DataFrame({"parcel_id": ids, "soort": [owner for _, owner in town.values()]})
    layers = {
        "wegen": features(rules, "wegen", roads, coverage="complete"),
        "eigendom": table(rules, "eigendom", owners),
    }
    found = compute_measures(
        rules, "buildable", Overlay(shapes), ids, parcels_of(ids, shapes), layers
    )
    return pd.Series(found["others_m"].to_numpy(), index=list(town))


def test_every_way_of_the_town_by_hand() -> None:
    found = measured()
    # B1: along the edge of the alley, from (100, 50) to the street at (100, 0).
    assert found["B1"] == 0
    # B2: straight down 40 m of F3. From (130, 50) to (90, 0) is 64.03 m; it leaves F3 for the alley
    # half way, at (110, 25), and lies on F1 from (100, 12.5) to (98, 10), 1/20 of it: 0.55 in all.
    # To (100, 0) it is 2/3 of 58.31 m = 38.9; to (80, 0) 0.6 of 70.71 m = 42.4.
    assert found["B2"] == pytest.approx(0.55 * np.hypot(40, 50))
    # B3: nobody knows whose F4 is. B4: F3 may be of the same private person.
    assert found[["B3", "B4"]].isna().all()
    # B5: there is one water board.
    assert found["B5"] == 0
    # C1: 110 m from the street.
    assert np.isnan(found["C1"])
    # At the street, whoever owns it; the province's road is open to all.
    assert found[["F1", "F3", "F4", "F5", "A", "R", "G1"]].tolist() == [0] * 7


def test_land_beside_a_road_on_its_own_parcel_is_the_roads() -> None:
    # of the 12 m from G1 to the axis, the road itself is the last 2
    assert measured(road_land_m=4)["G1"] == pytest.approx(8)
    # the road is no public one: its land is the province's
    assert measured(roads_where={"soort": "pad"})["G1"] == pytest.approx(12)
    # a path beside it is public, and takes what lies within 15 m of it on that parcel
    beside = frame(
        [*STREETS.geometry, line((-50, -190), (500, -190))], soort=["straat"] * 2 + ["pad"]
    )
    assert measured(roads=beside, roads_where={"soort": "pad"})["G1"] == 0


def test_a_road_over_a_field_takes_no_more_than_its_own_strip() -> None:
    # The street runs over a private field, 60 m deep to the north: 15 m of it are the road's.
    town = {"R": (box(-50, -20, 500, 60), "particulier"), "S": (box(0, 60, 100, 90), "gemeente")}
    assert measured(town)["S"] == pytest.approx(60 - 15)


def test_longer_ways_do_not_count() -> None:
    assert np.isnan(measured(limit_m=45)["B2"])
    # 60 m reach no farther to the left than (97, 0)
    assert measured(limit_m=60)["B2"] == pytest.approx(2 / 3 * np.hypot(30, 50))


def test_a_small_shape_has_the_shortest_way() -> None:
    assert measured(search_from_m2=70 * 60)["B2"] == pytest.approx(0.55 * np.hypot(40, 50))
    assert measured(search_from_m2=70 * 60 + 1)["B2"] == pytest.approx(40)


def test_a_way_ends_at_the_first_road() -> None:
    # 15 m of N is the street's; to the other street there is as much, beyond this one.
    town = {
        "S": (box(0, 50, 100, 110), "gemeente"),
        "N": (box(0, 10, 100, 50), "particulier"),
        "M": (box(0, -50, 100, 10), "gemeente"),
    }
    roads = frame([line((0, 20), (100, 20)), line((0, -40), (100, -40))], soort=["straat"] * 2)
    assert measured(town, roads, limit_m=100)["S"] == pytest.approx(50 - 20 - 15)


def test_land_of_no_parcel_is_not_known() -> None:
    town = {name: each for name, each in TOWN.items() if name not in ("F3", "F4")}
    found = measured(town)
    assert found[["B2", "B3"]].isna().all()
    # a slit of 0.5 m between parcels is nobody's
    slit = {**TOWN, "F3": (box(110, 10, 300, 49.5), "gemeente")}
    assert measured(slit)["B2"] == 0


def test_a_street_that_may_count_makes_it_unknown() -> None:
    maybe = frame([*STREETS.geometry, line((0, 115), (500, 115))], soort=["straat", "straat", None])
    assert measured()["B2"] > 0
    assert np.isnan(measured(roads=maybe)["B2"])
    # what is certain without it stays so
    assert measured(roads=maybe)["B1"] == 0


def test_beyond_the_layer_nothing_is_known() -> None:
    rules = ruleset()
    ids, shapes = np.array(list(TOWN), dtype=object), np.array([s for s, _ in TOWN.values()])
    owners = pd.DataFrame({"parcel_id": ids, "soort": [owner for _, owner in TOWN.values()]})
    layers = {
        "wegen": features(rules, "wegen", STREETS, coverage="extent"),
        "eigendom": table(rules, "eigendom", owners),
    }
    parcels = parcels_of(ids, shapes)
    found = compute_measures(rules, "buildable", Overlay(shapes), ids, parcels, layers)["others_m"]
    # the extent of the streets ends at y = 0: a better way may lie beyond
    assert np.isnan(found[list(TOWN).index("B2")])
    del layers["eigendom"]
    found = compute_measures(rules, "buildable", Overlay(shapes), ids, parcels, layers)["others_m"]
    assert found.isna().all()


def test_no_street_no_way() -> None:
    paths = STREETS.assign(soort="pad")
    assert measured(roads=paths).isna().all()


def test_an_owner_that_the_table_cannot_hold_is_refused() -> None:
    listed = {"eigendom": {"fields": {"soort": {"values": ["gemeente", "provincie"]}}}}
    with pytest.raises(FlexruimteError, match=r"others_m.open_owners.*'gemeent' is no value"):
        changed_ruleset(
            measures={"others_m": {**MEASURE, "open_owners": ["gemeent"]}},
            placement={"longest_m": parameter(100), "one_owner": parameter(ONE)},
            layers=listed,
        )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"owners": "pand", "owner_field": "status"},
            "owners needs a layer of tables; 'pand' holds polygons",
        ),
        (
            {"roads": "lden", "roads_where": {}},
            "roads needs a layer of lines; 'lden' holds rasters",
        ),
    ],
)
def test_layers_of_another_kind_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(FlexruimteError, match=said):
        ruleset(**changes)


KINDS = ["gemeente", "waterschap", "particulier", "bedrijf", None]
SHARES = [0.3, 0.1, 0.3, 0.25, 0.05]


def random_town(seed: int) -> tuple[dict[str, tuple[Any, str | None]], Any]:
    """Parcels of all owners that fill a square but for some, two streets and a path."""
    random = np.random.default_rng(seed)
    square = box(0, 0, 240, 240)
    corners = shapely.MultiPoint(random.uniform((X, Y), (X + 240, Y + 240), (50, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(corners, extend_to=square))
    town = {
        f"P{number}": (shapely.intersection(cell, square), random.choice(KINDS, p=SHARES))
        for number, cell in enumerate(cells)
        if random.random() < 0.95
    }
    ends = random.uniform(0, 240, (3, 2, 2))
    roads = frame([line(*map(tuple, each)) for each in ends], soort=["straat", "straat", "pad"])
    return town, roads


def plain_loop(town: dict[str, tuple[Any, str | None]], roads: Any) -> dict[str, float]:
    """The same, parcel by parcel and way by way, with the library's differences of shapes."""
    streets = [
        shape for shape, kind in zip(roads.geometry, roads.soort, strict=True) if kind == "straat"
    ]
    ends = []
    for street in streets:
        count = max(int(np.ceil(street.length / 10)), 1)
        at = [street.interpolate(step / count, normalized=True) for step in range(count + 1)]
        ends += [shapely.LineString(pair) for pair in itertools.pairwise(at)]
    of_roads = [road.buffer(2, quad_segs=4) for road in roads.geometry]
    for road in roads.geometry:
        of_roads += [
            shapely.intersection(road, shape).buffer(15, quad_segs=4).intersection(shape)
            for shape, _ in town.values()
            if road.intersection(shape).length > 0
        ]
    found = {}
    for name, (shape, owner) in town.items():
        crossed, unsure, others = [shape, *of_roads], [], []
        for other, (its_shape, its) in town.items():
            if other == name or its == "gemeente" or (its == owner == "waterschap"):
                crossed.append(its_shape)
            elif its is None or owner is None or its == owner:
                unsure.append(its_shape)
            else:
                others.append(its_shape)
        free, perhaps = shapely.union_all(crossed), shapely.union_all([*crossed, *unsure])
        taken = shapely.union_all(others)

        def bounds(
            way: Any, taken: Any = taken, perhaps: Any = perhaps, free: Any = free
        ) -> tuple[float, float]:
            return way.intersection(taken).difference(perhaps).length, way.difference(free).length

        nearest = min(streets, key=shape.distance)
        if nearest.distance(shape) > 100:
            found[name] = np.nan
            continue
        best = bounds(shapely.shortest_line(shape, nearest))
        if best[1] > 1:
            ways = [shapely.shortest_line(shape, end) for end in ends if end.distance(shape) <= 100]
            ways = [
                way
                for way in ways
                if not any(
                    way.length > 1
                    and shapely.LineString(
                        [way.coords[0], way.interpolate(way.length - 1)]
                    ).intersects(end)
                    for end in ends
                )
            ]
            told = [bounds(way) for way in ways]
            best = min(low for low, _ in told), min(high for _, high in told)
        found[name] = best[0] if best[1] - best[0] <= 1 else np.nan
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_plain_loop_finds_the_same(seed: int) -> None:
    town, roads = random_town(seed)
    found, expected = measured(town, roads), plain_loop(town, roads)
    assert found[found > 1].size > 0
    np.testing.assert_allclose(found.to_numpy(), list(expected.values()), atol=0.05)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 29), st.booleans())
def test_land_of_another_on_the_way_never_makes_it_better(seed: int, at: int, whole: bool) -> None:
    town, roads = random_town(seed)
    name = list(town)[at % len(town)]
    # a parcel of a third party where nothing was, or where another owner was
    before = {key: each for key, each in town.items() if whole or key != name}
    after = {**before, name: (town[name][0], "derde")}
    first, then = measured(before, roads), measured(after, roads)
    others = [key for key in before if key != name]
    known = first[others].notna() & then[others].notna()
    worse = then[others][known] - first[others][known]
    assert (worse >= -1e-9).all()
