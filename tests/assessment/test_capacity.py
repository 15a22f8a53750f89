"""Homes by a layout, through the whole pipeline: the rectangle of 40 x 60 m that test_layout works out on paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from flexruimte import Study
from flexruimte.errors import FlexruimteError, StudyError
from flexruimte.ranking import Ranking
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.study.placement import with_placement
from kernels.layouts import SPACIOUS
from toy_town import RULESET, box, frame, parameter


def study(**changes: Any) -> Study:
    values = {**asdict(SPACIOUS), "homes_mid_by": "layout", "min_buildable_m2": 2000, **changes}
    ruleset = with_changes(
        load_ruleset(RULESET),
        {"placement": {name: parameter(value) for name, value in values.items()}},
    )
    return Study(
        # a strip that holds nothing, a rectangle, and one that is too small for the rules
        parcels=frame(
            [box(0, 0, 300, 10), box(0, 100, 40, 160), box(0, 200, 40, 240)],
            parcel_id=["strip", "rectangle", "small"],
        ),
        municipalities=frame([box(-1000, -1000, 1000, 1000)], code=["A"], naam=["Aadorp"]),
        layers={},
        as_of="2026-01-01",
        ruleset=ruleset,
        not_assessed=[
            "pand",
            "natuur",
            "leiding",
            "bodemgebruik",
            "lden",
            "plannen",
            "net",
            "haltes",
            "eigendom",
            "afspraken",
        ],
    )


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return study().rank("A")


def test_the_middle_is_the_layout_and_lies_between(ranking: Ranking) -> None:
    homes = ranking.parcels.set_index("parcel_id")[["homes_low", "homes_mid", "homes_high"]]
    # 0.24 ha / 1.25 at 20 and 100 per ha: 3.84 and 19.2; the layout holds 18
    assert homes.loc["rectangle"].tolist() == [3, 18, 19]
    # 0.3 ha: 4.8 and 24 by density, but no module fits between setbacks of 5 m: the low estimate gives way
    assert homes.loc["strip"].tolist() == [0, 0, 24]


def test_what_is_excluded_is_not_laid_out(ranking: Ranking) -> None:
    small = ranking.parcels.set_index("parcel_id").loc["small"]
    assert small["status"] == "excluded"
    # no estimate of land whose homes nobody counts: sums of low, middle and high are of the same parcels
    homes = ["homes", "homes_low", "homes_mid", "homes_high"]
    assert small[[*homes, "size_class"]].isna().all()
    assert "small" not in set(ranking.layout["parcel_id"])
    assert (
        "geen verkaveling gemaakt, want uitgesloten" in ranking.explain("small", "nl")._repr_html_()
    )


def test_a_project_holds_the_middle_at_most(ranking: Ranking) -> None:
    # the toy ruleset has projects of 30 homes; the rectangle holds 18
    assert ranking.parcels.set_index("parcel_id").loc["rectangle", "homes"] == 18
    capped = study(project_homes=12).rank("A").parcels.set_index("parcel_id").loc["rectangle"]
    assert capped[["homes", "homes_mid"]].tolist() == [12, 18]


def test_land_for_water_is_kept_free_like_green() -> None:
    # whatever it is for, 120 m2 per home gives the layout of 120 m2 of green
    green, water = (
        study(**land).rank("A").parcels.set_index("parcel_id").loc["rectangle", "homes_mid"]
        for land in (
            {"green_per_home_m2": 120},
            {"green_per_home_m2": 75, "water_per_home_m2": 45},
        )
    )
    assert green == water
    # a home takes its part of a stack of modules of 31.5 m2, 25 m2 of parking and these 120
    assert 0 < green <= 2_400 / (120 + 25 + 31.5 / SPACIOUS.storeys)


def test_the_layout_lies_in_the_buildable_part(ranking: Ranking) -> None:
    layout = ranking.layout
    modules = layout[layout["kind"] == "module"]
    assert len(modules) == 9
    assert set(modules["storeys"]) == {2}
    assert layout["kind_label"].unique().tolist() == [
        "weg voor hulpdiensten",
        "verharding",
        "pad",
        "module",
    ]
    assert shapely.within(np.asarray(layout.geometry), box(0, 100, 40, 160).buffer(1e-6)).all()


def test_the_layout_on_disk(ranking: Ranking, tmp_path: Path) -> None:
    ranking.to_geopackage(tmp_path / "l.gpkg")
    stored = gpd.read_file(tmp_path / "l.gpkg", layer="layout")
    assert stored["kind"].value_counts().to_dict() == {
        "module": 9,
        "road": 1,
        "paved": 1,
        "path": 1,
    }
    ranking.to_layout_geojson(tmp_path / "l.geojson")
    document = json.loads((tmp_path / "l.geojson").read_text(encoding="utf-8"))
    assert len(document["features"]) == 12
    assert document["features"][-1]["properties"] | {"row": 0, "degrees": 0} == {
        "parcel_id": "rectangle", "kind": "module", "kind_label": "module", "storeys": 2, "row": 0, "degrees": 0,
    }  # fmt: skip


def test_density_is_a_choice() -> None:
    ranking = study(homes_mid_by="density").rank("A")
    # 0.24 ha / 1.25 at 50 per ha: 9.6
    assert ranking.parcels.set_index("parcel_id").loc["rectangle", "homes_mid"] == 9
    assert len(ranking.layout) == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"module_length_m": 0}, "module_length_m must be more than 0"),
        ({"module_width_m": -3}, "module_width_m must be more than 0"),
        ({"paved_width_m": 9}, "paved_width_m .* must not be more than road_width_m"),
        ({"storeys": 1.5}, "storeys must be a whole number"),
    ],
)
def test_sizes_that_cannot_be_are_refused_before_anything_is_computed(
    changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(FlexruimteError, match=said):
        study(**changes)


@pytest.mark.parametrize("years", [0, 200])
def test_required_years_that_cannot_be(years: int) -> None:
    with pytest.raises(
        FlexruimteError,
        match=f"required_years = {years} is out of bounds; it must be at least 1 and at most 50 \\(year\\)",
    ):
        study().changed(placement={"required_years": years})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"project_homes": 5}, "project_homes = 5 is lower than least_homes = 10; raise"),
        ({"required_years": 40}, "longest_term_years = 30 is lower than required_years = 40"),
        ({"homes_per_ha_low": 61}, "homes_per_ha_mid = 60.* is lower than homes_per_ha_low = 61"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(given: Any, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        with_placement(load_ruleset("flexwonen-nl"), given)
    both = {"required_years": 40, "longest_term_years": 40}
    assert with_placement(load_ruleset("flexwonen-nl"), both).value("required_years") == 40
