"""Targets against secured capacity: sums worked out by hand, bad input, and what must always hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.analyses.targets import compare
from flexruimte.analyses.targets.target_file import OwnerRule
from target_cases import AS_OF, COLUMNS, LATER, LOCATIONS, SOURCED, first, targets


def test_a_region_is_covered_in_merged_rank_order() -> None:
    comparison = compare(targets(t={"region": "both", "homes": 100}), LOCATIONS, AS_OF)
    # secured, by score, then homes, then id: A1 90 -> 20; B2 80, 50 homes -> 70; B1 -> 100; B3 -> 130; A2 70 -> 170
    outcome = first(comparison)
    assert outcome["status"] == "covered"
    assert (outcome["secured_homes"], outcome["secured_locations"]) == (170, 5)
    # low 10 + 25 + 15 + 15 + 20; high 30 + 75 + 45 + 45 + 60
    assert (outcome["secured_homes_low"], outcome["secured_homes_high"]) == (85, 255)
    assert (outcome["covered_homes"], outcome["short_homes"]) == (100, 0)
    # what does not count: A3; nothing late, for the target has no date; B5; A4; A5
    assert (
        outcome["too_short_homes"],
        outcome["too_late_homes"],
        outcome["term_unknown_homes"],
    ) == (99, 0, 7)
    assert (outcome["unranked_homes"], outcome["locations_without_homes"]) == (60, 1)
    # B3 is not needed any more
    assert comparison.filling["parcel_id"].tolist() == ["A1", "B2", "B1"]
    assert comparison.filling["order"].tolist() == [1, 2, 3]
    assert comparison.filling["cumulative_homes"].tolist() == [20, 70, 100]
    assert comparison.unknown == {}


def test_only_the_class_that_is_asked_counts() -> None:
    # of the five that are secured (A1 20, B2 50, B1 30, B3 30, A2 40) A2 and B2 are to be talked about first
    later = LOCATIONS["parcel_id"].isin(["A2", "B2"])
    locations = LOCATIONS.assign(priority=LOCATIONS["priority"].mask(later, "talk"))
    asked = targets(t={"region": "both", "homes": 100})
    outcome = first(compare(asked, locations, AS_OF, priority="shortlist"))
    assert (outcome["secured_homes"], outcome["lower_priority_homes"]) == (80, 90)
    assert (outcome["status"], outcome["short_homes"]) == ("short", 20)
    everything = first(compare(asked, locations, AS_OF))
    assert (everything["secured_homes"], everything["lower_priority_homes"]) == (170, 0)


def test_secured_asks_for_an_owner_who_can_say_yes() -> None:
    # A1 is private (a soft rule says no), the owner of B1 is not known; B2 50, B3 30 and A2 40 remain
    locations = LOCATIONS.assign(
        notes=LOCATIONS["notes"].mask(LOCATIONS["parcel_id"] == "A1", "noise;owner_public"),
        missing=LOCATIONS["missing"].mask(LOCATIONS["parcel_id"] == "B1", "owner_public"),
        # a rule of another name says nothing of the owner
        attention=LOCATIONS["attention"].mask(LOCATIONS["parcel_id"] == "A2", "owner_public_green"),
    )
    asked = targets(t={"region": "both", "homes": 100}).model_copy(
        update={"owner_rule": OwnerRule(rule="owner_public", **SOURCED)}
    )
    outcome = first(compare(asked, locations, AS_OF, rules_assessed=["owner_public", "noise"]))
    assert outcome["secured_homes"] == 120
    assert (outcome["other_owner_homes"], outcome["owner_unknown_homes"]) == (20, 30)
    # where the rule was left out nothing is known of any owner; A3, too short, and B5, of an unknown term, are among them
    nobody = first(compare(asked, locations, AS_OF, rules_assessed=["noise"]))
    assert nobody["secured_homes"] == 0
    assert nobody["owner_unknown_homes"] == 20 + 40 + 99 + 30 + 50 + 30 + 7


def test_lists_are_read_as_text_and_as_lists() -> None:
    as_lists = LOCATIONS.assign(
        **{
            name: LOCATIONS[name].str.split(";").map(lambda ids: [each for each in ids if each])
            for name in ("reasons", "attention", "notes", "missing")
        }
    )
    asked = targets(t={"region": "both", "homes": 100})
    pd.testing.assert_frame_equal(
        compare(asked, as_lists, AS_OF).targets, compare(asked, LOCATIONS, AS_OF).targets
    )


def test_a_target_of_the_country_says_which_municipalities_it_was_held_against() -> None:
    country = {
        "title": {"nl": "N", "en": "N"},
        "everywhere": True,
        "municipality_count": 342,
        **SOURCED,
    }
    asked = targets(regions={"nl": country}, few={"region": "nl", "homes": 100})
    comparison = compare(asked, LOCATIONS, AS_OF)
    assert first(comparison)["status"] == "covered"
    assert comparison.held_against == {"few": "2 of 342 municipalities of N, those of this run"}
    whole = compare(targets(t={"region": "both", "homes": 100}), LOCATIONS, AS_OF)
    assert whole.held_against == {}


def test_a_date_leaves_out_what_starts_later() -> None:
    comparison = compare(
        targets(t={"region": "both", "homes": 150, "by": "2030-12-31"}), LOCATIONS, AS_OF
    )
    outcome = first(comparison)
    # 170 - 50 of B2
    assert (outcome["secured_homes"], outcome["too_late_homes"]) == (120, 50)
    assert (outcome["status"], outcome["covered_homes"], outcome["short_homes"]) == (
        "short",
        120,
        30,
    )
    assert comparison.filling["cumulative_homes"].tolist() == [20, 50, 80, 120]
    assert not outcome["by_passed"]


def test_the_last_day_is_in_time_and_a_date_that_is_past_leaves_nothing() -> None:
    asked = targets(
        on={"region": "both", "homes": 1000, "by": LATER},
        past={"region": "both", "homes": 1000, "by": "2025-12-31"},
    )
    table = compare(asked, LOCATIONS, AS_OF).targets.set_index("target")
    assert table["secured_homes"].tolist() == [170, 0]
    assert table["by_passed"].tolist() == [False, True]
    assert table["short_homes"].tolist() == [830, 1000]


def test_required_years_come_from_the_target_then_the_call_then_the_file() -> None:
    asked = targets(
        own={"region": "both", "homes": 1000, "required_years": 20},
        general={"region": "both", "homes": 1000},
    )
    assert compare(asked, LOCATIONS, AS_OF).targets["secured_homes"].tolist() == [40, 170]
    # with 10 years A3 counts as well
    assert compare(asked, LOCATIONS, AS_OF, required_years=10).targets[
        "secured_homes"
    ].tolist() == [40, 269]


def test_a_term_that_has_begun_counts_from_as_of() -> None:
    # on 2028-01-01 the terms of A1, B1 and B3 last 14 more years, that of A2 19; B2 starts in 2031
    outcome = first(
        compare(targets(t={"region": "both", "homes": 1000}), LOCATIONS, dt.date(2028, 1, 1))
    )
    assert outcome["secured_homes"] == 40 + 50
    assert outcome["too_short_homes"] == 20 + 30 + 30 + 99


def test_a_yearly_target_for_the_country() -> None:
    asked = targets(
        t={"region": "land", "homes": 100, "per": "year"}, production=[PRODUCTION, HALF_YEAR]
    )
    comparison = compare(asked, LOCATIONS, AS_OF)
    outcome = first(comparison)
    assert (outcome["status"], outcome["years_of_target"]) == ("covered", 1.7)
    # 85 of the 100 asked; a half year has no yearly target beside it
    production = comparison.production.set_index("from")
    assert production["share_of_target"].tolist()[0] == 0.85
    assert production["yearly_target_homes"].isna().tolist() == [False, True]
    assert production["plus_minus"].tolist() == [3, pd.NA]


PRODUCTION = {
    "what": "delivered",
    "from": "2024-01-01",
    "until": "2024-12-31",
    "homes": 85,
    "plus_minus": 3,
    "publisher": "P",
    **SOURCED,
}
HALF_YEAR = {
    "what": "permitted",
    "from": "2025-01-01",
    "until": "2025-06-30",
    "homes": 10,
    "publisher": "P",
    **SOURCED,
}


def test_a_location_counts_once_per_target_and_for_several_targets() -> None:
    asked = targets(
        a={"municipality": "Aadorp", "homes": 1000},
        both={"region": "both", "homes": 1000},
        land={"region": "land", "homes": 1000},
    )
    comparison = compare(asked, pd.concat([LOCATIONS, LOCATIONS]), AS_OF)
    assert comparison.targets["secured_homes"].tolist() == [60, 170, 170]
    assert comparison.repeated == len(LOCATIONS)


def test_a_place_without_locations_is_unknown_and_named() -> None:
    comparison = compare(
        targets(
            here={"municipality": "Beek", "homes": 1}, there={"municipality": "Verweg", "homes": 5}
        ),
        LOCATIONS,
        AS_OF,
    )
    table = comparison.targets.set_index("target")
    assert table["status"].to_dict() == {"here": "covered", "there": "unknown"}
    assert (
        table.loc["there", ["secured_homes", "covered_homes", "short_homes", "unranked_homes"]]
        .isna()
        .all()
    )
    assert comparison.unknown == {
        "there": "Verweg: 1 of 1 municipalities were not assessed: Verweg"
    }


def test_a_region_assessed_in_part_is_covered_or_unknown_never_short() -> None:
    part = LOCATIONS[LOCATIONS["gemeente"] == "Aadorp"]
    comparison = compare(
        targets(little={"region": "both", "homes": 60}, much={"region": "both", "homes": 61}),
        part,
        AS_OF,
    )
    table = comparison.targets.set_index("target")
    assert table["status"].to_dict() == {"little": "covered", "much": "unknown"}
    assert table.loc["much", "covered_homes"] == 60
    assert pd.isna(table.loc["much", "short_homes"])
    assert table["not_assessed"].tolist() == ["Beek", "Beek"]
    assert comparison.unknown == {"much": "T: 1 of 2 municipalities were not assessed: Beek"}


def test_no_locations_at_all() -> None:
    asked = targets(t={"region": "both", "homes": 10}, land={"region": "land", "homes": 10})
    empty = LOCATIONS.iloc[:0]
    comparison = compare(asked, empty, AS_OF)
    assert comparison.targets["status"].tolist() == ["unknown", "unknown"]
    assert list(comparison.unknown) == ["t", "land"]
    assert comparison.filling.empty
    assert compare(asked, empty, AS_OF, assessed=["Aadorp", "Beek"]).targets[
        "short_homes"
    ].tolist() == [10, 10]


def test_a_low_estimate_that_is_not_known_makes_the_sum_unknown() -> None:
    locations = LOCATIONS.assign(
        homes_low=LOCATIONS["homes_low"].where(LOCATIONS["parcel_id"] != "A1")
    )
    outcome = first(compare(targets(t={"region": "both", "homes": 100}), locations, AS_OF))
    assert pd.isna(outcome["secured_homes_low"])
    assert outcome["secured_homes"] == 170


TARGETS = targets(
    a={"municipality": "Aadorp", "homes": 60},
    both={"region": "both", "homes": 100, "by": "2030-12-31"},
    land={"region": "land", "homes": 90},
)
PLACES = [("GM0001", "Aadorp"), ("GM0002", "Beek"), ("GM0003", "Cuijk")]


@st.composite
def location(draw: st.DrawFn) -> tuple[Any, ...]:
    code, name = draw(st.sampled_from(PLACES))
    homes = draw(st.none() | st.integers(0, 80))
    start = draw(st.none() | st.sampled_from([2025, 2027, 2031]))
    years = draw(st.sampled_from([5, 15, 20]))
    score = draw(st.none() | st.sampled_from([0.0, 50.0, 100.0]))
    status = draw(st.sampled_from(["available", "attention", "unknown", "excluded"]))
    term = (
        (None, None, None)
        if start is None
        else (f"{start}-01-01", f"{start + years}-01-01", float(years))
    )
    return (code, name, status, score, homes, homes, homes, *term)


def table_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame([(f"P{number}", *row) for number, row in enumerate(rows)], columns=COLUMNS)
    return table.assign(priority="shortlist", reasons="", attention="", notes="", missing="")


@settings(max_examples=50, deadline=None)
@given(st.lists(location(), max_size=8), location())
def test_another_location_never_lowers_what_is_covered(
    rows: list[tuple[Any, ...]], another: tuple[Any, ...]
) -> None:
    before = compare(TARGETS, table_of(rows), AS_OF).targets["covered_homes"].fillna(0)
    after = compare(TARGETS, table_of([*rows, another]), AS_OF).targets["covered_homes"].fillna(0)
    assert (after >= before).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(location(), max_size=8).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(range(len(rows))))
    )
)
def test_the_order_of_rows_does_not_matter(drawn: tuple[list[tuple[Any, ...]], list[int]]) -> None:
    rows, order = drawn
    usual = compare(TARGETS, table_of(rows), AS_OF)
    other = compare(TARGETS, table_of(rows).iloc[order], AS_OF)
    pd.testing.assert_frame_equal(usual.targets, other.targets, check_exact=True)
    pd.testing.assert_frame_equal(usual.filling, other.filling, check_exact=True)


@settings(max_examples=50, deadline=None)
@given(st.lists(location(), max_size=8))
def test_what_fills_a_target_adds_up_to_what_is_covered(rows: list[tuple[Any, ...]]) -> None:
    comparison = compare(TARGETS, table_of(rows), AS_OF)
    for outcome in comparison.targets.dropna(subset=["covered_homes"]).itertuples():
        filled = comparison.filling[comparison.filling["target"] == outcome.target]
        assert outcome.covered_homes == min(int(filled["homes"].sum()), outcome.homes)
        assert (
            outcome.status == "unknown"
            or outcome.covered_homes + outcome.short_homes == outcome.homes
        )
        assert not filled.duplicated(["gemeente_code", "parcel_id"]).any()
