"""The land that rules take, as the page gets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from flexruimte.assessment.land_shapes import LandShapes
from flexruimte.views.web.municipality import municipality_scripts
from flexruimte.views.web.shapes import STEPS_PER_DEGREE
from flexruimte.views.web.taken_land import rules_with_land, taken_land
from toy_town import box, toy_study
from web_page import told

METRES = np.array([69_307.0, 111_259.0])
"""A degree of longitude and of latitude where the toy town lies."""


def square_metres(encoded: dict[str, Any]) -> list[float]:
    """The area of each shape, from the steps that the page draws."""
    steps = np.stack([encoded["x"], encoded["y"]], axis=1) if encoded["x"] else np.empty((0, 2))
    metres = np.cumsum(steps, axis=0) / STEPS_PER_DEGREE * METRES
    rings = np.split(metres, np.cumsum(encoded["rings"])[:-1]) if encoded["rings"] else []
    polygons, at = [], 0
    for count in encoded["polygons"]:
        polygons.append(shapely.Polygon(rings[at], rings[at + 1 : at + count]))
        at += count
    found, at = [], 0
    for count in encoded["shapes"]:
        found.append(sum(each.area for each in polygons[at : at + count]))
        at += count
    return found


def test_the_page_draws_the_land_of_each_rule(tmp_path: Path) -> None:
    """The sums are those of `tests/assessment/test_land_shapes.py`; a step is a decimetre."""
    ranking = toy_study(tmp_path).rank("A")
    files = municipality_scripts(ranking.content(), ranking.assessment)
    land, others = told(files["-land.js"]), told(files["-parcels.js"])["id"]
    assert told(files[".js"])["land"] == ["buildings", "nature", "pipeline"] == list(land)
    # No need to draw what is drawn: of P07 nothing is left.
    assert [others[at] for at in land["nature"]["whole"]] == ["P07"]
    assert land["buildings"]["whole"] == land["pipeline"]["whole"] == []
    assert square_metres(land["buildings"]["shapes"]) == pytest.approx([900, 3_700], rel=0.01)
    assert square_metres(land["nature"]["shapes"]) == pytest.approx([5_000], rel=0.01)
    assert square_metres(land["pipeline"]["shapes"]) == pytest.approx([1_000] * 4, rel=0.02)


def test_without_other_parcels_the_land_is_of_locations(tmp_path: Path) -> None:
    ranking = toy_study(tmp_path).rank("A")
    files = municipality_scripts(ranking.content(), ranking.assessment, others=False)
    land = told(files["-land.js"])
    parts = ranking.parcels[ranking.parcels["status"] != "excluded"]["parcel_id"].tolist()
    taken = {"P01": "buildings", "P02": "buildings", "P05": "nature", "P07": "nature"}
    taken |= dict.fromkeys(("P09", "P10", "P11", "P12"), "pipeline")
    expected = sorted({taken[parcel] for parcel in parts if parcel in taken})
    assert expected
    assert list(land) == expected == told(files[".js"])["land"]
    assert all(each["whole"] == [] for each in land.values())


def test_no_shape_folds_over_itself_when_it_is_rounded() -> None:
    """A spike of 10 cm along a boundary, as where a building sticks out, is not drawn."""
    spike = shapely.Polygon(
        [
            (100_000, 400_000),
            (100_010, 400_000),
            (100_010, 400_010),
            (100_010.1, 400_030),
            (100_009.95, 400_010),
            (100_000, 400_010),
        ]
    )
    thin = shapely.box(100_050, 400_000, 100_050.1, 400_100)
    shapes = np.array([spike, thin], dtype=object)
    land = LandShapes(np.array([0, 0]), np.array(["a", "a"], dtype=object), shapes)
    found = taken_land(land, np.array([box(0, 0, 100, 100)], dtype=object), np.array([-1]))
    assert found["a"]["shapes"]["shapes"] == [1, 0]
    assert found["a"]["shapes"]["rings"] == [5]
    assert square_metres(found["a"]["shapes"]) == pytest.approx([100, 0], rel=0.03)


def test_a_parcel_that_is_not_among_the_others_is_drawn() -> None:
    parcels = np.array([box(0, 0, 100, 100), box(100, 0, 200, 100)], dtype=object)
    land = LandShapes(np.array([0, 1]), np.array(["a", "a"], dtype=object), np.array([None, None]))
    found = taken_land(land, parcels, np.array([3, -1]))
    assert found["a"]["whole"] == [3]
    assert square_metres(found["a"]["shapes"]) == pytest.approx([10_000], rel=0.01)
    assert rules_with_land(LandShapes.none()) == []
    assert taken_land(LandShapes.none(), parcels, np.array([3, -1])) == {}
