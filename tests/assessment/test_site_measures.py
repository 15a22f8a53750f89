"""Measures of several parcels as one: what follows from the parts, against the same land as one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessment.row_of_parcels import study
from flexruimte.assessment.site_measures import (
    largest_of_groups,
    measure_columns,
    measures_of_groups,
)
from flexruimte.rules.files import load_ruleset
from toy_town import RULESET, changed_ruleset, parameter

TOY = load_ruleset(RULESET)
NAN = float("nan")
# Two groups: a and b of 1 and 3 ha, of which 1 and 1 are buildable; c alone.
GROUP = np.array([0, 0, 1])
AREAS = {"area_m2": [10_000.0, 30_000.0, 5_000.0], "buildable_m2": [10_000.0, 9_000.0, 5_000.0]}


def joined(ruleset: Any = TOY, **measures: list[Any]) -> dict[str, list[Any]]:
    parts = measure_columns(ruleset, pd.DataFrame({**AREAS, **measures}))
    return {name: list(each) for name, each in measures_of_groups(ruleset, parts, GROUP).items()}


def test_each_family_by_hand() -> None:
    found = joined(
        built_share=[0.2, 0.4, 0.1],  # of the parcel: (0.2 x 1 + 0.4 x 3) / 4
        building_count=[1.0, 2.0, 4.0],
        grid_class=[1.0, 3.0, 0.0],  # the highest
        stop_distance_m=[300.0, 200.0, 100.0],  # the nearest
        stop_walk_m=[NAN, 200.0, 100.0],  # perhaps nearer
        noise_db=[50.0, 69.0, 40.0],  # of the buildable part: (50 x 10 + 69 x 9) / 19
        loudest_db=[60.0, 70.0, 40.0],
        owner_class=["gemeente", "particulier", None],  # that of the larger buildable part
        land_use_class=[51.0, 40.0, 40.0],  # a class is no number
    )
    assert found["built_share"] == pytest.approx([0.35, 0.1])
    assert found["building_count"] == [3, 4]
    assert found["grid_class"] == [3, 0]
    assert found["stop_distance_m"] == [200, 100]
    np.testing.assert_array_equal(found["stop_walk_m"], [NAN, 100])
    assert found["noise_db"] == pytest.approx([59, 40])
    assert found["loudest_db"] == [70, 40]
    assert found["owner_class"] == ["gemeente", None]
    assert found["land_use_class"] == [51, 40]
    assert "slope_percent" not in found  # nobody measured it


@pytest.mark.parametrize(("parts", "together"), [
    (["yes", "no"], "yes"),
    (["yes", None], "yes"),
    (["no", "no"], "no"),
    (["no", None], None),
])  # fmt: skip
def test_room_in_one_part_is_room(parts: list[str | None], together: str | None) -> None:
    title = {"nl": "x", "en": "x"}
    sign = {"field": "afstand", "plausible": [1, 9], "less": [1], "within_m": 10, "most": 9}
    room = {"length_m": 9, "width_m": 9, "within_m": 9, "limit_m": 99}
    ruleset = changed_ruleset(
        measures={
            "room_class": {"title": title, "family": "rectangle", "layer": "wegen", **room},
            "sign_m": {"title": title, "family": "sign_margin", "layer": "leiding", **sign},
        }
    )
    found = joined(ruleset, room_class=[*parts, "yes"], sign_m=[2.0, -1.0, 9.0])
    assert found["room_class"] == [together, "yes"]
    assert found["sign_m"] == [-1, 9]  # a sign that stops it at one part stops it


@pytest.mark.parametrize(("parts", "together"), [
    ([0.0, 40.0], 0.0),
    ([0.0, NAN], 0.0),  # one way in is enough
    ([12.0, 40.0], 12.0),
    ([12.0, NAN], NAN),
])  # fmt: skip
def test_the_best_way_in_of_the_parts_is_that_of_the_site(
    parts: list[float], together: float
) -> None:
    way = {"title": {"nl": "x", "en": "x"}, "family": "way_in", "layer": "wegen", "limit_m": 99}
    way |= {"roads": "wegen", "half_width_m": 2, "road_land_m": 9, "one_owner": []}
    way |= {"owners": "eigendom", "owner_field": "soort", "open_owners": ["gemeente"]}
    found = joined(changed_ruleset(measures={"others_m": way}), others_m=[*parts, 7.0])
    np.testing.assert_array_equal(found["others_m"], [together, 7])


def test_a_site_scores_as_one_parcel_of_the_same_land() -> None:
    # a stop at (50, -100): 100 m from the lower parcel, 140 m from the upper
    two = {"A1": (0.0, 0.0, 100.0, 40.0), "A2": (0.0, 40.0, 100.0, 70.0)}
    of_two = study("touching", two).rank("A").locations
    of_one = study("touching", {"A1": (0.0, 0.0, 100.0, 70.0)}).rank("A").locations
    assert of_two["parcel_ids"].tolist() == [["A1", "A2"]]
    same = ["suitability", "best_group", "term", "score", "score_low", "score_high"]
    same += ["score_known_share", "known_share", "term_years", "homes_mid"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(of_two[same]), pd.DataFrame(of_one[same]), check_like=True
    )


def test_a_weakest_link_of_one_part_is_not_averaged_away() -> None:
    # the stop within 120 m is a link that only the lower parcel meets by itself; together they do
    link = {"criteria": {"stop": {"curve": [[120, 100], [120, 0]]}}}
    link["themes"] = {"term": {"weights": {"long": 1}, "lowest": ["stop"]}}
    asked = study("touching")
    ruleset = changed_ruleset(
        placement={"merge": parameter("touching"), "merge_most_m2": parameter(20_000)}, **link
    )
    ranking = asked.changed(ruleset=ruleset).rank("A")
    parcels = ranking.parcels.set_index("parcel_id")["term"]
    # A is free for 30 years (100) at 100 m; B lies at 140 m
    assert (parcels["A"], parcels["B"]) == (100, 0)
    sites = ranking.sites
    assert sites is not None
    site = sites.set_index("parcel_id").loc["A+1"]
    assert (site["criterion_stop"], site["term"]) == (100, 100)


def test_the_largest_part_of_each_group() -> None:
    area, group = np.array([2.0, 3.0, 3.0, 1.0, 5.0, 4.0]), np.array([0, 0, 0, 1, 2, 2])
    # of two that are as large the first
    assert largest_of_groups(area, group).tolist() == [1, 3, 4]


def test_columns_of_numbers_and_of_classes() -> None:
    table = pd.DataFrame(
        {**AREAS, "building_count": [1, 2, None], "land_use_class": [51.0, NAN, 40.0]}
    )
    found = measure_columns(TOY, table)
    assert list(found) == ["area_m2", "buildable_m2", "building_count", "land_use_class"]
    np.testing.assert_array_equal(found["building_count"], [1, 2, NAN])
    assert found["land_use_class"].tolist() == [51, None, 40]
