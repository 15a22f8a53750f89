"""Targets against secured capacity: sums worked out by hand, bad input, and what must always hold."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.analyses.targets import Targets, built_in_targets, compare, load_targets
from flexruimte.errors import LayerError, RulesetError
from flexruimte.vocabulary import Basis

AS_OF = dt.date(2026, 1, 1)
COLUMNS = [
    "parcel_id",
    "gemeente_code",
    "gemeente",
    "status",
    "score",
    "homes_low",
    "homes_mid",
    "homes_high",
    "term_start",
    "term_end",
    "term_years",
]

NEXT_YEAR, LATER = "2027-01-01", "2031-01-01"
LOCATIONS = pd.DataFrame(
    [
        #  id    code      name      status       score  homes          term
        ("A1", "GM0001", "Aadorp", "available", 90.0, 10, 20, 30, NEXT_YEAR, "2042-01-01", 15.0),
        ("A2", "GM0001", "Aadorp", "attention", 70.0, 20, 40, 60, NEXT_YEAR, "2047-01-01", 20.0),
        (
            "A3",
            "GM0001",
            "Aadorp",
            "available",
            80.0,
            50,
            99,
            150,
            NEXT_YEAR,
            "2037-01-01",
            10.0,
        ),  # too short
        (
            "A4",
            "GM0001",
            "Aadorp",
            "unknown",
            85.0,
            30,
            60,
            90,
            NEXT_YEAR,
            "2042-01-01",
            15.0,
        ),  # not ranked
        (
            "A5",
            "GM0001",
            "Aadorp",
            "available",
            60.0,
            None,
            None,
            None,
            NEXT_YEAR,
            "2042-01-01",
            15.0,
        ),  # homes not known
        ("B1", "GM0002", "Beek", "available", 80.0, 15, 30, 45, NEXT_YEAR, "2042-01-01", 15.0),
        (
            "B2",
            "GM0002",
            "Beek",
            "available",
            80.0,
            25,
            50,
            75,
            LATER,
            "2046-01-01",
            15.0,
        ),  # starts in 2031
        (
            "B3",
            "GM0002",
            "Beek",
            "available",
            80.0,
            15,
            30,
            45,
            NEXT_YEAR,
            "2042-01-01",
            15.0,
        ),  # a tie with B1
        ("B4", "GM0002", "Beek", "excluded", 99.0, 500, 500, 500, NEXT_YEAR, "2042-01-01", 15.0),
        ("B5", "GM0002", "Beek", "attention", 75.0, 3, 7, 9, None, None, None),  # term not known
    ],
    columns=COLUMNS,
)

SOURCED = {"source": "made up", "basis": "assumption"}
TITLE = {"nl": "T", "en": "T"}


def targets(
    production: list[dict[str, Any]] | None = None,
    regions: dict[str, Any] | None = None,
    **tables: dict[str, Any],
) -> Targets:
    return Targets.model_validate(
        {
            "name": "test",
            "title": TITLE,
            "required_years": {"value": 15, **SOURCED},
            "regions": {
                "both": {
                    "title": TITLE,
                    "members": {"GM0001": "Aadorp", "GM0002": "Beek"},
                    **SOURCED,
                },
                "land": {"title": TITLE, "everywhere": True, "municipality_count": 2, **SOURCED},
                **(regions or {}),
            },
            "targets": {key: {**SOURCED, **table} for key, table in tables.items()},
            "production": production or [],
        }
    )


def first(comparison: Any) -> dict[str, Any]:
    return comparison.targets.iloc[0].to_dict()


# ------------------------------------------------------------------------------------------------------------------------ worked by hand


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


# ----------------------------------------------------------------------------------------------------------------------------- unknown


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
    assert comparison.unknown == {"much": "both: 1 of 2 municipalities were not assessed: Beek"}


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


def test_a_low_estimate_that_is_not_known_makes_the_sum_unknown() -> None:
    locations = LOCATIONS.assign(
        homes_low=LOCATIONS["homes_low"].where(LOCATIONS["parcel_id"] != "A1")
    )
    outcome = first(compare(targets(t={"region": "both", "homes": 100}), locations, AS_OF))
    assert pd.isna(outcome["secured_homes_low"])
    assert outcome["secured_homes"] == 170


# --------------------------------------------------------------------------------------------------------------------------- bad input

BAD_TABLES = {
    "negative homes": ({"region": "both", "homes": -1}, r"\[targets\.t\.homes\].*greater than 0"),
    "homes in pieces": ({"region": "both", "homes": 10.5}, r"\[targets\.t\.homes\].*valid integer"),
    "no date": (
        {"region": "both", "homes": 1, "by": "volgend jaar"},
        r"\[targets\.t\.by\] 'volgend jaar' is no date; write it as 2030-12-31",
    ),
    "a year is no date": (
        {"region": "both", "homes": 1, "by": 2030},
        r"\[targets\.t\.by\] 2030 is no date",
    ),
    "a day that does not exist": ({"region": "both", "homes": 1, "by": "2030-02-30"}, "is no date"),
    "no place": ({"homes": 1}, "needs either a region or a municipality"),
    "two places": (
        {"homes": 1, "region": "both", "municipality": "Beek"},
        "needs either a region or a municipality",
    ),
    "no source": ({"homes": 1, "region": "both", "source": ""}, r"\[targets\.t\.source\]"),
    "no basis": ({"homes": 1, "region": "both", "basis": "rumour"}, r"\[targets\.t\.basis\]"),
    "unknown key": (
        {"homes": 1, "region": "both", "homse": 1},
        r"\[targets\.t\.homse\] unknown key",
    ),
    "unknown region": (
        {"homes": 1, "region": "bothe"},
        r"\[targets\.t\] region 'bothe' does not exist; did you mean 'both'\?",
    ),
}


def written(folder: Path, table: dict[str, Any], region: str = "") -> Path:
    """A targets file with one target; region: what stands in [regions.both]."""
    members = region or 'members = { GM0001 = "Aadorp" }'
    values = {**SOURCED, **table}
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    path = folder / "targets.toml"
    path.write_text(
        "name = 'test'\ntitle = { nl = 'T', en = 'T' }\n[required_years]\nvalue = 15\nsource = 's'\nbasis = 'pbl'\n"
        f"[regions.both]\ntitle = {{ nl = 'T', en = 'T' }}\nsource = 's'\nbasis = 'assumption'\n{members}\n[targets.t]\n"
        + "\n".join(lines),
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_target_is_refused_by_file_and_key(tmp_path: Path, case: str) -> None:
    table, message = BAD_TABLES[case]
    with pytest.raises(RulesetError, match=message):
        load_targets(written(tmp_path, table))


@pytest.mark.parametrize(
    "region",
    ["members = {}", "members = []", "everywhere = false", 'everywhere = true\nmembers = ["Beek"]'],
)
def test_a_region_needs_members(tmp_path: Path, region: str) -> None:
    with pytest.raises(RulesetError, match=r"\[regions\.both\] a region needs members"):
        load_targets(written(tmp_path, {"region": "both", "homes": 1}, region))


def test_a_good_file_is_read_relative_to_its_folder_and_members_may_be_a_list(
    tmp_path: Path,
) -> None:
    written(tmp_path, {"region": "both", "homes": 1}, 'members = ["Beek", "GM0001"]')
    asked = load_targets("targets.toml", tmp_path)
    assert first(compare(asked, LOCATIONS, AS_OF))["secured_homes"] == 170


def test_a_file_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="targets-minister-2021"):
        load_targets("nowhere.toml", tmp_path)
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(RulesetError, match="not valid TOML"):
        load_targets("broken.toml", tmp_path)


BAD_LOCATIONS = {
    "below zero": (
        LOCATIONS.assign(homes_low=-1),
        "parcel A1, A2, A3, A4, A5 and 5 more has homes below zero",
    ),
    "no number": (LOCATIONS.assign(homes_mid="veel"), "homes_mid of parcel A1, .* is no number"),
    "no date": (
        LOCATIONS.assign(term_start="straks"),
        "term_start of parcel A1, .* is no date; write it as 2030-12-31",
    ),
    "no column": (LOCATIONS.drop(columns=["score", "term_end"]), "no column score, term_end"),
    "two answers": (
        pd.concat([LOCATIONS, LOCATIONS.assign(score=1.0)]),
        "parcel A1, .* stands there twice",
    ),
}


@pytest.mark.parametrize("case", BAD_LOCATIONS)
def test_bad_locations_are_refused_by_column_and_parcel(case: str) -> None:
    locations, message = BAD_LOCATIONS[case]
    with pytest.raises(LayerError, match=message):
        compare(targets(t={"region": "both", "homes": 1}), locations, AS_OF)


# ------------------------------------------------------------------------------------------------------------------ what always holds

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
    return pd.DataFrame([(f"P{number}", *row) for number, row in enumerate(rows)], columns=COLUMNS)


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
        assert outcome.covered_homes == min(int(filled["homes_mid"].sum()), outcome.homes)
        assert (
            outcome.status == "unknown"
            or outcome.covered_homes + outcome.short_homes == outcome.homes
        )
        assert not filled.duplicated(["gemeente_code", "parcel_id"]).any()


# --------------------------------------------------------------------------------------------------------------------- what is shipped


@pytest.mark.parametrize("name", built_in_targets())
def test_every_shipped_figure_has_a_source_and_a_basis(name: str) -> None:
    shipped = load_targets(name)
    assert shipped.name == name
    for figure in [
        shipped.required_years,
        *shipped.regions.values(),
        *shipped.targets.values(),
        *shipped.production,
    ]:
        assert len(figure.source) > 20
        assert isinstance(figure.basis, Basis)


def test_the_minister_s_figures() -> None:
    shipped = load_targets("targets-minister-2021")
    asked = {
        key: (target.homes, target.at_least, target.per) for key, target in shipped.targets.items()
    }
    assert asked == {
        "mra": (3000, False, "total"),
        "arnhem_nijmegen": (500, True, "total"),
        "eindhoven": (1000, False, "total"),
        "nederland": (15000, False, "year"),
    }
    # the Amsterdam figure was found in no other source
    assert shipped.targets["mra"].basis == Basis.ASSUMPTION
    assert {key: len(region.members) for key, region in shipped.regions.items()} == {
        "mra": 30,
        "arnhem_nijmegen": 18,
        "eindhoven": 9,
        "nederland": 0,
    }
    everyone = [
        *shipped.regions["mra"].members,
        *shipped.regions["arnhem_nijmegen"].members,
        *shipped.regions["eindhoven"].members,
    ]
    assert len(everyone) == len(set(everyone))


def test_production_stands_beside_the_yearly_target() -> None:
    production = compare(load_targets("targets-minister-2021"), LOCATIONS, AS_OF).production
    delivered = production[
        (production["what"] == "delivered") & production["year"].notna()
    ].set_index("year")
    assert delivered["homes"].to_dict() == {
        2017: 1200,
        2021: 1840,
        2022: 3400,
        2023: 5140,
        2024: 6478,
    }
    assert delivered["share_of_target"].round(3).to_dict() == {
        2017: 0.08,
        2021: 0.123,
        2022: 0.227,
        2023: 0.343,
        2024: 0.432,
    }
    permitted = production[production["what"] == "permitted"]
    assert permitted[["homes", "plus_minus"]].to_numpy().tolist() == [
        [2726, 81],
        [2168, 68],
        [1372, 56],
    ]
