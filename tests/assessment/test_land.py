"""What rules on land find on two parcels of 1 ha, by areas on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.land import (
    covered_of_rest,
    find_on_land,
    land_of_rule,
    subtract_land,
    what_is_left,
)
from flexruimte.assessment.overlay import Overlay
from flexruimte.kernels.overlap import covered_area, index_features, index_geometries, overlaps
from flexruimte.vocabulary import FUNNEL_CONDITIONS, Condition
from toy_layers import PARCELS, features, raster
from toy_town import box, changed_ruleset, frame, line, write_raster


def found(rule: str, rows: gpd.GeoDataFrame, settings: Any = None, **changes: Any) -> LandFinding:
    """What one rule finds in its layer."""
    ruleset = changed_ruleset(rules={rule: changes})
    layer = ruleset.land_rules[rule].layer
    layers = {layer: features(ruleset, layer, rows, **(settings or {}))}
    ((name, finding, overlaps),) = find_on_land(
        {rule: ruleset.land_rules[rule]}, layers, Overlay(PARCELS)
    )
    assert name == rule
    assert overlaps is not None
    return finding


def nature(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    names = ["Bos", "Rand", "Heide"][: len(boxes)]
    return frame([box(*each) for each in boxes], nr=range(1, len(boxes) + 1), naam=names)


def test_area_is_covered_once_and_causes_are_named_by_area() -> None:
    # Rand 20 x 100 on x 40-60, Bos 50 x 100 on x 0-50: 60 x 100 together
    finding = found("nature", nature((0, 0, 50, 100), (40, 0, 60, 100)))
    assert finding.covered_m2.tolist() == pytest.approx([6_000, 0])
    assert finding.feature_count.tolist() == [2, 0]
    assert list(finding.features) == ["Bos (1); Rand (2)", ""]
    for said in (finding.edge, finding.nothing_left, finding.doubtful):
        assert said.tolist() == [False, False]


def test_no_more_than_five_causes_are_named_and_all_are_counted() -> None:
    strips = frame(
        [box(10 * n, 0, 10 * n + n, 100) for n in range(1, 8)], nr=range(1, 8), naam=None
    )
    finding = found("nature", strips)
    assert finding.feature_count.tolist() == [7, 0]
    assert finding.features[0] == "7; 6; 5; 4; 3"


@pytest.mark.parametrize(("wide", "changes", "edge"), [
    (4, {}, True),  # the layer is precise to 5 m
    (6, {}, False),
    (4, {"precision_m": 3}, False),  # the rule says otherwise
    (4, {"precision_m": 0}, False),
])  # fmt: skip
def test_a_strip_within_the_precision_of_the_map_is_an_edge(
    wide: float, changes: dict[str, Any], edge: bool
) -> None:
    finding = found("nature", nature((0, 0, wide, 100)), **changes)
    assert finding.edge.tolist() == [edge, False]
    assert finding.covered_m2.tolist() == pytest.approx([100 * wide, 0])


def test_what_leaves_no_more_than_an_edge_leaves_nothing() -> None:
    assert found("nature", nature((0, 0, 96, 100))).nothing_left.tolist() == [True, False]
    assert found("nature", nature((0, 0, 94, 100))).nothing_left.tolist() == [False, False]


def test_a_feature_that_may_count_or_not_is_a_doubt() -> None:
    # whether the building on the first parcel was demolished is not known; that on the second was
    rows = frame(
        [box(10, 10, 40, 40), box(310, 10, 340, 40)],
        identificatie=["b1", "b2"],
        status=[None, "Pand gesloopt"],
    )
    finding = found("buildings", rows)
    assert finding.doubtful.tolist() == [True, False]
    assert finding.covered_m2.tolist() == [0, 0]
    assert finding.feature_count.tolist() == [1, 0]


def test_an_uncertain_feature_within_the_precision_of_the_map_is_no_doubt() -> None:
    unnamed = nature((0, 0, 4, 100), (300, 0, 306, 100)).assign(naam=None)
    assert found("nature", unnamed, where={"naam": "Bos"}).doubtful.tolist() == [False, True]


def test_only_the_features_that_a_rule_asks_for_count() -> None:
    finding = found("nature", nature((0, 0, 50, 100), (300, 0, 320, 100)), where={"naam": "Rand"})
    assert finding.covered_m2.tolist() == pytest.approx([0, 2_000])
    assert list(finding.features) == ["", "Rand (2)"]


def test_a_distance_that_each_feature_states_itself() -> None:
    # along y = 50: 5 m to both sides; the second line says nothing and is 40 m from the second parcel, within the 50 m that is then possible
    lines = frame(
        [line((-20, 50), (120, 50)), line((300, 140), (400, 140))],
        id=["l1", "l2"],
        afstand=["2 x 5 meter", None],
    )
    finding = found("pipeline", lines)
    assert finding.covered_m2.tolist() == pytest.approx([1_000, 0])
    assert finding.doubtful.tolist() == [False, True]


def test_a_distance_widens_the_feature() -> None:
    # 10 m beside the parcel: of 20 m around it a strip of 10 x 100 lies on the parcel
    finding = found("near_nature", nature((110, -50, 200, 150)))
    assert finding.covered_m2.tolist() == pytest.approx([1_000, 0])


def test_beyond_what_the_layer_speaks_of_all_is_doubtful() -> None:
    # the features reach from x 0 to 320, as does what the layer speaks of: the second parcel lies in it for a fifth
    rows = nature((0, 0, 1, 100), (319, 0, 320, 100))
    assert found("nature", rows, {"coverage": "extent"}).doubtful.tolist() == [False, True]
    assert found("nature", rows, {"coverage": "complete"}).doubtful.tolist() == [False, False]


def test_without_its_layer_a_rule_finds_that_nothing_is_known() -> None:
    rules = changed_ruleset().land_rules
    ((_, finding, overlaps),) = find_on_land({"nature": rules["nature"]}, {}, Overlay(PARCELS))
    assert overlaps is None
    assert np.isnan(finding.covered_m2).all()
    assert finding.doubtful.tolist() == [True, True]
    assert not finding.edge.any()
    assert not finding.nothing_left.any()


def test_what_is_left_when_the_land_of_two_rules_is_taken() -> None:
    ruleset, overlay = changed_ruleset(), Overlay(PARCELS)
    forest = features(ruleset, "natuur", nature((0, 0, 50, 100), (300, 0, 400, 100)))
    houses = frame(
        [box(40, 0, 60, 100), box(70, 0, 80, 100)],
        identificatie=["b1", "b2"],
        status=["Pand in gebruik", None],
    )
    taken = [
        land_of_rule(ruleset.land_rules["nature"], forest, overlay),
        land_of_rule(ruleset.land_rules["buildings"], features(ruleset, "pand", houses), overlay),
    ]
    # x 0-50 and 40-60 are taken; the house that may be gone takes nothing. Of the second parcel nothing is left.
    left = subtract_land(PARCELS, taken)
    assert left[0].equals(box(60, 0, 100, 100))
    assert left[1].is_empty
    assert [shape.wkb for shape in subtract_land(PARCELS, [])] == [shape.wkb for shape in PARCELS]


LOUD = {
    "title": {"nl": "Luid", "en": "Loud"},
    "condition": "restriction",
    "level": "hard",
    "layer": "lden",
    "above": 50,
    "source": "toy",
    "basis": "assumption",
}


def loud(folder: Path, cells: list[list[float]], **changes: Any) -> LandFinding:
    """What is above 50 on the two parcels, by cells of 50 m from x 0 and below y 100."""
    ruleset = changed_ruleset(rules={"loud": {**LOUD, **changes}})
    path = write_raster(folder / "lden.tif", np.array(cells), 50.0, 100.0)
    layers = {"lden": raster(ruleset, "lden", path)}
    rules = {"loud": ruleset.land_rules["loud"]}
    ((_, finding, overlaps),) = find_on_land(rules, layers, Overlay(PARCELS))
    again = land_of_rule(rules["loud"], layers["lden"], Overlay(PARCELS))
    assert overlaps is not None
    assert again is not None
    assert [list(each.area) for each in (overlaps, again)] == [list(overlaps.area)] * 2
    return finding


def test_the_cells_above_a_value_are_covered_land(tmp_path: Path) -> None:
    # the first parcel has the cells at x 0-100, the second those at x 300-400
    quiet = [40.0] * 4
    finding = loud(tmp_path, [[60, 51, *quiet, 50, 50], [50, 49, *quiet, 0, 55]])
    # 60 and 51: two cells of 2,500; 50 is not above 50. Of the second one cell; 0 stands for 45.
    assert finding.covered_m2.tolist() == pytest.approx([5_000, 2_500])
    assert finding.feature_count.tolist() == [-1, -1]  # cells are no features
    assert list(finding.features) == ["", ""]
    for said in (finding.edge, finding.nothing_left, finding.doubtful):
        assert said.tolist() == [False, False]


def test_cells_without_a_value_are_a_doubt_and_no_land(tmp_path: Path) -> None:
    # 128 is missing; the raster ends at x 350, in the middle of the second parcel
    finding = loud(tmp_path, [[60, 60, 40, 40, 40, 40, 60], [60, 128, 40, 40, 40, 40, 60]])
    assert finding.covered_m2.tolist() == pytest.approx([7_500, 5_000])
    assert finding.doubtful.tolist() == [True, True]
    assert finding.nothing_left.tolist() == [False, False]


def test_cells_over_all_of_a_parcel_leave_nothing(tmp_path: Path) -> None:
    finding = loud(tmp_path, [[60] * 8, [60] * 7 + [50]])
    assert finding.nothing_left.tolist() == [True, False]


def test_cells_within_the_precision_of_the_map_are_an_edge(tmp_path: Path) -> None:
    # a column of cells is 50 m wide, which is half of the parcel: never an edge; of 80 m cells in the north 20 m lie on it
    path = write_raster(tmp_path / "coarse.tif", np.array([[60.0] * 8, [40.0] * 8]), 80.0, 160.0)
    # at 41 m only 18 x 18 of 100 x 100 m lie deeper inside: so narrow a parcel counts the share, which is a fifth
    for precision, edge in ((19, False), (21, True), (41, False)):
        ruleset = changed_ruleset(rules={"loud": {**LOUD, "precision_m": precision}})
        layers = {"lden": raster(ruleset, "lden", path)}
        ((_, finding, _),) = find_on_land(
            {"loud": ruleset.land_rules["loud"]}, layers, Overlay(PARCELS)
        )
        assert finding.covered_m2.tolist() == pytest.approx([2_000, 2_000])
        assert finding.edge.tolist() == [edge, edge]


RULES = changed_ruleset().land_rules


def test_what_is_left_after_each_condition() -> None:
    overlay = Overlay(PARCELS)
    # buildings (use) on x 0-50, nature (restriction) on x 25-75 of the first parcel
    use, restriction = (
        overlay.of_geometries(np.array([box(left, 0, left + 50, 100)])) for left in (0, 25)
    )
    shapes, left = what_is_left(RULES, overlay, {"buildings": use, "nature": restriction})
    assert shapely.area(shapes).tolist() == pytest.approx([2_500, 10_000])
    assert left[Condition.USE].tolist() == pytest.approx([5_000, 10_000])
    assert left[Condition.RESTRICTION].tolist() == pytest.approx([2_500, 10_000])
    assert left[Condition.PLAN].tolist() == pytest.approx([2_500, 10_000])


SIDE = st.integers(-20, 220)
TAKEN = st.lists(st.tuples(st.sampled_from(sorted(RULES)), SIDE, SIDE, SIDE, SIDE), max_size=8)


@given(TAKEN, st.sampled_from([Condition.USE, Condition.RESTRICTION, Condition.PLAN]))
def test_what_is_left_is_what_a_plain_difference_leaves(
    taken: list[tuple[str, int, int, int, int]], of_nature: Condition
) -> None:
    rules = {
        **RULES,
        "nature": RULES["nature"].model_copy(update={"condition": of_nature}),
        # of a condition that is not counted by itself: it takes its land in the end
        "near_nature": RULES["near_nature"].model_copy(update={"condition": Condition.SITE}),
    }
    overlay, boxes = Overlay(PARCELS), {rule: [] for rule in rules}
    for rule, *sides in taken:
        (left, right), (bottom, top) = sorted(sides[:2]), sorted(sides[2:])
        boxes[rule].append(box(left, bottom, right + 1, top + 1))
    covered = {
        rule: overlay.of_geometries(np.array(shapes, dtype=object))
        for rule, shapes in boxes.items()
        if shapes
    }
    shapes, area = what_is_left(rules, overlay, covered)
    before = shapely.area(PARCELS)
    for number, condition in enumerate(FUNNEL_CONDITIONS, start=1):
        cut = [
            shape
            for rule, each in boxes.items()
            if rules[rule].condition in FUNNEL_CONDITIONS[:number]
            for shape in each
        ]
        plain = shapely.area(shapely.difference(PARCELS, shapely.union_all(cut)))
        np.testing.assert_allclose(area[condition], plain, atol=0.02)  # a millionth of a hectare
        assert (area[condition] <= before + 1e-6).all()
        before = area[condition]
    assert (shapely.area(shapes) <= before).all()


def test_what_is_covered_of_the_rest_by_hand() -> None:
    # Three fields of 100 x 100 m; of the first the left 40 m are taken, of the third all is.
    rest = np.array(
        [shapely.box(40, 0, 100, 100), shapely.box(200, 0, 300, 100), shapely.Polygon()]
    )
    fields = np.array([shapely.box(200 * i, 0, 200 * i + 100, 100) for i in range(3)])
    shapes = index_geometries(fields)
    # Two features over each other cover x 0-50 of the first; one covers a tenth of the others.
    features = [
        shapely.box(0, 0, 45, 100),
        shapely.box(30, 0, 50, 100),
        shapely.box(200, 0, 210, 100),
        shapely.box(400, 0, 410, 100),
    ]
    found = overlaps(shapes, index_features(np.array(features)))
    covered = covered_area(shapes, found)
    assert covered.tolist() == [5000, 1000, 1000]
    nobody, areas = np.zeros(3, dtype=bool), shapely.area(fields)
    asked = covered_of_rest(rest, areas, covered, nobody, lambda: found)
    assert asked == pytest.approx([1000, 1000, 1000])
    # Where the rule takes the land, none of the rest is covered; of nothing left it is the whole.
    taken = covered_of_rest(rest, areas, covered, ~nobody, lambda: found)
    assert taken.tolist() == [0, 0, 1000]
    absent = covered_of_rest(rest, areas, np.full(3, np.nan), nobody, lambda: None)
    assert np.isnan(absent).all()
