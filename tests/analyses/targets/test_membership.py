"""Who is a member of what, by code or by name, and what was assessed."""

from __future__ import annotations

import pytest

from flexruimte.analyses.targets import compare, load_targets
from target_cases import AS_OF, LOCATIONS, SOURCED, TITLE, first, targets


def test_one_municipality_by_code_or_by_name() -> None:
    asked = targets(
        code={"municipality": "GM0001", "homes": 60}, name={"municipality": "Aadorp", "homes": 61}
    )
    table = compare(asked, LOCATIONS, AS_OF).targets
    assert table["secured_homes"].tolist() == [60, 60]
    assert table["status"].tolist() == ["covered", "short"]
    assert table["short_homes"].tolist() == [0, 1]


def test_codes_decide_where_there_are_any() -> None:
    region = {"r": {"title": TITLE, "members": {"GM0002": "Aadorp"}, **SOURCED}}
    asked = targets(regions=region, t={"region": "r", "homes": 1})
    # GM0002 is called Beek in the data, and the Aadorp of the data has another code
    assert first(compare(asked, LOCATIONS, AS_OF))["secured_homes"] == 110
    nameless = LOCATIONS.assign(gemeente_code=LOCATIONS["gemeente"])
    assert first(compare(asked, nameless, AS_OF))["secured_homes"] == 60


@pytest.mark.parametrize("said", ["GM0002", "Beek"])
def test_a_municipality_without_locations_can_have_been_assessed(said: str) -> None:
    part = LOCATIONS[LOCATIONS["gemeente"] == "Aadorp"]
    outcome = first(
        compare(
            targets(much={"region": "both", "homes": 61}), part, AS_OF, assessed=["GM0001", said]
        )
    )
    assert (outcome["status"], outcome["short_homes"], outcome["municipalities_assessed"]) == (
        "short",
        1,
        2,
    )


def test_former_members_count_but_are_not_missed() -> None:
    region = {
        "r": {
            "title": TITLE,
            "members": {"GM0001": "Aadorp"},
            "former_members": {"GM0002": "Beek"},
            **SOURCED,
        }
    }
    asked = targets(regions=region, t={"region": "r", "homes": 1000})
    assert first(compare(asked, LOCATIONS, AS_OF))["secured_homes"] == 170
    assert (
        first(compare(asked, LOCATIONS[LOCATIONS["gemeente"] == "Aadorp"], AS_OF))["short_homes"]
        == 940
    )


def test_a_target_for_the_country_says_what_it_is_held_against() -> None:
    found = compare(load_targets("targets-minister-2021"), LOCATIONS, AS_OF)
    said = found.targets.set_index("target")["held_against"]
    # two municipalities have locations, neither of them in a region
    assert said["nederland"] == "2 of 342 municipalities of The Netherlands, those of this run"
    assert said["agreement_2020"] == said["nederland"]
    assert said["mra"] == (
        "0 of 30 municipalities of Amsterdam Metropolitan Area, those of this run"
    )
    assert found.held_against.keys() == set(said.index)
    whole = compare(targets(all={"region": "both", "homes": 60}), LOCATIONS, AS_OF)
    assert first(whole)["held_against"] == "all 2 municipalities of T"
    assert whole.held_against == {}


def test_targets_and_places_have_titles_in_the_language() -> None:
    found = compare(load_targets("targets-minister-2021"), LOCATIONS, AS_OF, language="nl")
    row = found.targets.set_index("target").loc["eindhoven"]
    assert row["title"] == "Woondeal Stedelijk Gebied Eindhoven"
    assert (row["place"], row["place_title"]) == ("eindhoven", "Stedelijk Gebied Eindhoven")
    assert row["held_against"] == (
        "0 van 9 gemeenten van Stedelijk Gebied Eindhoven, die van deze run"
    )
    # a municipality that is named by its code, and a target without a title
    asked = targets(own={"municipality": LOCATIONS["gemeente_code"].iloc[0], "homes": 60})
    row = compare(asked, LOCATIONS, AS_OF).targets.iloc[0]
    assert row["title"] == "own"
    assert row["place_title"] == LOCATIONS["gemeente"].iloc[0]


def test_the_agreement_of_2020_is_past() -> None:
    found = compare(load_targets("targets-minister-2021"), LOCATIONS, AS_OF)
    agreement = found.targets.set_index("target").loc["agreement_2020"]
    assert agreement["by_passed"]
    assert agreement["covered_homes"] == 0  # nothing starts before October 2022
    assert agreement["status"] == "unknown"
