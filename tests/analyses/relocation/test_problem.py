"""Sites and placements: whole years, regions, first placements by rank, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.analyses.relocation import (
    RelocationError,
    RelocationParameters,
    add_regions,
    place_by_rank,
    plan_relocation,
)
from relocation_cases import placed, site, three_sites


@pytest.mark.parametrize(
    ("start", "end", "first", "until"),
    [
        ("2027-01-01", "2042-01-01", 2027, 2042),
        ("2027-01-02", "2042-06-30", 2028, 2042),
        ("2027-07-01", "2041-12-31", 2028, 2042),
        ("2027-07-01", "2041-12-30", 2028, 2041),
        ("2027-07-01", "2027-09-01", 2028, 2028),
        (None, None, 0, 0),
    ],
)
def test_terms_count_in_whole_years(
    start: str | None, end: str | None, first: int, until: int
) -> None:
    plan = plan_relocation(
        pd.DataFrame(
            [site("A", 2027, 2042), site("B", 2027, 2042) | {"term_start": start, "term_end": end}]
        ),
        placements=placed(),
    )
    assert plan.sites.loc[1, ["from_year", "until_year"]].tolist() == [first, until]


RANKED = pd.DataFrame(
    [
        site("A", 2027, 2057, 30, score=90.0),
        site("B", 2027, 2057, 20, score=80.0, gemeente_code="GM02"),
        site("C", 2027, 2057, 10, score=70.0),
        site("D", 2030, 2060, 99, score=99.0),
        site("E", 2027, 2033, 99, score=98.0),
    ]
)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [["A", 2027, 30]]),  # half of 60: D is not open, E not for 15 years
        ({"homes": 35}, [["A", 2027, 30], ["B", 2027, 5]]),
        ({"homes": 999}, [["A", 2027, 30], ["B", 2027, 20], ["C", 2027, 10]]),
        ({"homes": {"GM02": 5, "GM01": 40}}, [["A", 2027, 30], ["B", 2027, 5], ["C", 2027, 10]]),
        ({"homes": 12, "kept_free": ["A"]}, [["B", 2027, 12]]),
        ({"homes": 100, "year": 2030}, [["D", 2030, 99], ["A", 2030, 1]]),
        ({"homes": 0}, []),
    ],
)
def test_homes_are_placed_by_rank(arguments: dict[str, Any], expected: list[Any]) -> None:
    assert place_by_rank(RANKED, **arguments).values.tolist() == expected
    by_rank = RANKED.assign(rank=[3, 4, 5, 1, 2]).drop(columns="score")
    assert place_by_rank(by_rank, **arguments).values.tolist() == expected


def test_regions_are_looked_up() -> None:
    regions = pd.DataFrame(
        {"gemeente_code": ["GM01", "GM02"], "region": ["Noord", "Zuid"], "province": ["P", "P"]}
    )
    assert add_regions(RANKED, regions)["region"].tolist() == [
        "Noord",
        "Zuid",
        "Noord",
        "Noord",
        "Noord",
    ]
    with pytest.raises(RelocationError, match="no region is known of municipality GM02"):
        add_regions(RANKED, regions.iloc[:1])
    with pytest.raises(RelocationError, match="GM01 is in more than one region"):
        add_regions(RANKED, pd.concat([regions, regions.assign(region="Oost").iloc[:1]]))


BAD_SITES: dict[str, tuple[dict[str, Any], str]] = {
    "negative capacity": (
        {"homes": [30, -1, 40]},
        "B has in column homes no number from 0",
    ),
    "broken capacity": (
        {"homes": [30, 1.5, 40]},
        "B has in column homes a number that is not whole",
    ),
    "no capacity": ({"homes": [30, None, 40]}, "B has in column homes"),
    "capacity in words": ({"homes": ["30", "many", "40"]}, "B has in column homes"),
    "negative area": ({"hectares": -1.0}, "A, B, C has in column hectares"),
    "ends before it starts": (
        {"term_end": pd.Timestamp(2020, 1, 1)},
        "A, B, C has a term that ends before it starts",
    ),
    "half a term": (
        {"term_end": [pd.NaT, *[pd.Timestamp(2060, 1, 1)] * 2]},
        "A has only one of term_start and term_end",
    ),
    "no date": (
        {"term_end": ["soon", "2060-01-01", "2060-01-01"]},
        "A has a term_end that is no date",
    ),
    "unknown region": ({"region": ["R1", None, " "]}, "B, C has no region"),
    "unknown province": ({"province": [np.nan, "P1", "P1"]}, "A has no province"),
    "nowhere": ({"x": [0.0, np.inf, np.nan]}, "B, C has in column x"),
    "negative factor": ({"move_cost_factor": -0.1}, "move_cost_factor"),
    "serviced twice": ({"serviced_share": 2.0}, "serviced_share"),
    "same id": ({"parcel_id": ["A", "B", "B"]}, "B, B stands twice|B stands twice"),
}


@pytest.mark.parametrize("case", BAD_SITES)
def test_bad_sites(case: str) -> None:
    columns, message = BAD_SITES[case]
    with pytest.raises(RelocationError, match=message):
        plan_relocation(three_sites().assign(**columns), placements=placed())


def test_a_missing_column() -> None:
    with pytest.raises(RelocationError, match="column region is missing"):
        plan_relocation(three_sites().drop(columns="region"))
    with pytest.raises(RelocationError, match="'score' or 'rank' is needed"):
        plan_relocation(three_sites().drop(columns="score"))
    with pytest.raises(RelocationError, match="column homes is missing"):
        plan_relocation(three_sites(), placements=placed().drop(columns="homes"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A", 2027, 31)], "A gets more homes than it holds"),
        ([("A", 2027, 20), ("A", 2030, 11)], "A gets more homes than it holds"),
        ([("A", 2026, 1)], "A is not open"),
        ([("A", 2042, 1)], "A is not open"),
        ([("A", 2027, -1)], "A has a 'homes'"),
        ([("A", 2027, 1.5)], "A has a 'homes'"),
        ([("A", None, 1)], "A has a 'year'"),
        ([("X", 2027, 1)], "placements: X is not among the sites"),
        ([("A", 2027, 1), ("C", 2058, 1)], "C gets its homes after the plan"),
    ],
)
def test_bad_placements(rows: list[Any], message: str) -> None:
    with pytest.raises(RelocationError, match=message):
        plan_relocation(three_sites(), placements=placed(*rows))


def test_a_penalty_that_is_less_than_a_route_is_refused() -> None:
    with pytest.raises(RelocationError, match="stranded_eur is 100, less than"):
        plan_relocation(three_sites(), RelocationParameters(stranded_eur=100))


def test_unknown_names_in_a_programme() -> None:
    with pytest.raises(
        RelocationError, match="homes: GM99 is not among the sites; known are: GM01, GM02"
    ):
        place_by_rank(RANKED, {"GM99": 5})
    with pytest.raises(RelocationError, match="homes to place is -1"):
        place_by_rank(RANKED, -1)
    with pytest.raises(RelocationError, match="kept_free: Z is not"):
        place_by_rank(RANKED, kept_free=["Z"])
