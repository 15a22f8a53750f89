"""Land that carries no homes is no part of a site: it changes nothing that is said of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assessment.row_of_parcels import study
from flexruimte import Study
from flexruimte.assessment.site_rules import rules_anew
from flexruimte.kernels.layout import LayoutParameters
from flexruimte.rules.files import load_ruleset, with_changes

FIELD = {"A": (0.0, 0.0, 100.0, 60.0)}
OWNERS = pd.DataFrame({"parcel_id": ["A", "S", "F"], "soort": ["gemeente"] * 3})


def located(boxes: dict[str, tuple[float, ...]], by_layout: bool = False) -> pd.DataFrame:
    asked: Study = study("touching_same_owner", boxes, owners=OWNERS)
    if by_layout:
        placement = load_ruleset("flexwonen-nl").placement
        names = ["homes_mid_by", *LayoutParameters.__dataclass_fields__]
        ruleset = with_changes(
            asked.question.ruleset,
            {"placement": {name: placement[name].model_dump() for name in names}},
        )
        asked = asked.changed(ruleset=ruleset)
    return pd.DataFrame(asked.rank("A").locations).set_index("parcel_id")


def same_but_for_rank(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("wide", [0.01, 1.0, 4.0])
def test_a_strip_with_less_land_than_a_home_takes_is_left_out(wide: float) -> None:
    # 50 homes per net ha by 1.25: a home takes 250 m2; the strip has 60, 240 m2 and less
    same_but_for_rank(located(FIELD | {"S": (100, 0, 100 + wide, 60)}), located(FIELD))


def test_a_strip_with_room_for_a_home_is_part_of_the_site() -> None:
    # 5 m by 60 m is 300 m2
    found = located(FIELD | {"S": (100, 0, 105, 60)})
    assert found.index.tolist() == ["A+1"]
    assert found["area_m2"].tolist() == [6300]


def test_a_street_on_which_no_module_fits_is_left_out() -> None:
    # 3 m wide, along the field, and 450 m2: by density a home, but all modules stand 3 m from the edge
    strip = {"S": (0.0, -3.0, 150.0, 0.0)}
    assert located(FIELD | strip).index.tolist() == ["A+1"]
    same_but_for_rank(located(FIELD | strip, by_layout=True), located(FIELD, by_layout=True))


def test_two_fields_with_a_street_between_them_are_two_locations() -> None:
    # the street would be a way from one to the other, and carries nothing
    other = {"F": (200.0, 0.0, 300.0, 60.0)}
    found = located(FIELD | other | {"S": (100.0, 0.0, 200.0, 3.0)}, by_layout=True)
    apart: Any = located(FIELD | other, by_layout=True)
    assert sorted(found.index) == ["A", "F"]
    same_but_for_rank(found, apart)


def test_a_site_has_the_verdict_of_the_class_that_most_of_its_land_has() -> None:
    # the zoning is that of most land, and its rule is asked of that; whose it is says each part
    ruleset = load_ruleset("flexwonen-nl")
    assert "zoning_public_space" in rules_anew(ruleset)
    assert "owner_public" not in rules_anew(ruleset)
