"""What it costs: sums worked out by hand, dates that pick the figures, and nothing unknown that becomes zero."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.analyses.costs import (
    CostParameters,
    assess_costs,
    load_cost_figures,
)
from flexruimte.errors import LayerError, StudyError

AS_OF = dt.date(2026, 1, 1)
FIGURES = load_cost_figures()
PARAMETERS = {
    "rent_per_home_month_eur": 600,
    "running_cost_per_home_year_eur": 3200,
    "second_term_years": 10,
    "sale_share": 0.25,
}
LOCATIONS = pd.DataFrame(
    {
        "parcel_id": ["P1", "P2", "P3", "P4"],
        "gemeente_code": ["GM0503"] * 4,
        "homes": [16, 10, 0, None],
        "term_years": [15.0, 5.0, 15.0, 15.0],
    },
    index=[7, 8, 9, 10],
)


def costs(
    as_of: dt.date = AS_OF, parameters: Any = PARAMETERS, locations: pd.DataFrame = LOCATIONS
) -> pd.DataFrame:
    return assess_costs(FIGURES, locations, as_of, parameters)


def amounts(table: pd.DataFrame, *names: str) -> list[list[float]]:
    return [table[name].round(6).tolist() for name in names]


def test_the_move_bill_of_leiden() -> None:
    # 16 homes of 75,000 = 1,200,000; 30% of it = 360,000, that is 22,500 per home; of that 30%, 15%, 50% and 5%
    table = costs(locations=LOCATIONS.iloc[:1])
    names = [
        "investment_eur",
        "move_eur",
        "move_transport_eur",
        "move_connections_eur",
        "move_site_eur",
        "move_rest_eur",
    ]
    assert amounts(table, *names) == [
        [1_200_000],
        [360_000],
        [108_000],
        [54_000],
        [180_000],
        [18_000],
    ]


def test_guarantee_and_shortfall() -> None:
    table = costs(locations=LOCATIONS.iloc[:2])
    # P1 16 x 1,000; P2 10 x 1,000
    assert amounts(table, "guarantee_fee_eur") == [[16_000, 10_000]]
    # P1 1,200,000 x (1 - 15/25) = 480,000; P2 750,000 x (1 - 5/25) = 600,000
    assert amounts(table, "book_value_eur") == [[480_000, 600_000]]
    # P1 480,000 - 25% x 1,200,000 = 180,000; P2 600,000 - 25% x 750,000 = 412,500; of that 60%, 25%, 15%
    assert amounts(table, "shortfall_eur") == [[180_000, 412_500]]
    parts = amounts(
        table, "shortfall_state_eur", "shortfall_municipality_eur", "shortfall_investor_eur"
    )
    assert parts == [[108_000, 247_500], [45_000, 103_125], [27_000, 61_875]]


def test_no_shortfall_where_the_sale_brings_more_and_no_book_value_after_depreciation() -> None:
    table = costs(parameters={**PARAMETERS, "sale_share": 0.85})
    assert amounts(table.iloc[:1], "shortfall_eur", "shortfall_state_eur") == [[0], [0]]
    assert costs(locations=LOCATIONS.assign(term_years=30.0))["book_value_eur"].iloc[0] == 0


def test_exploitation_over_both_terms() -> None:
    table = costs(locations=LOCATIONS.iloc[:2])
    # net rent per home and year 12 x 600 - 3,200 = 4,000
    # P1 16 x 15 x 4,000 = 960,000 - 1,200,000; P2 10 x 5 x 4,000 = 200,000 - 750,000
    assert amounts(table, "exploitation_1_eur") == [[-240_000, -550_000]]
    # P1 16 x 10 x 4,000 = 640,000 - 360,000; P2 10 x 10 x 4,000 = 400,000 - 225,000
    assert amounts(table, "exploitation_2_eur") == [[280_000, 175_000]]
    assert amounts(table, "exploitation_eur") == [[40_000, -375_000]]


def test_the_subsidy_asks_ten_years() -> None:
    # P1 16 x 14,000; P2 stays 5 years: none; P3 has no homes; P4's are not known
    assert costs()["sft_eur"].tolist()[:3] == [224_000, 0, 0]
    assert np.isnan(costs()["sft_eur"].iloc[3])


def test_the_user_s_build_cost_takes_the_place_of_the_file_s() -> None:
    table = costs(parameters=CostParameters(build_cost_per_home_eur=100_000))
    assert table["investment_eur"].tolist()[:3] == [1_600_000, 1_000_000, 0]
    # also on a date on which the file has none
    early = costs(dt.date(2010, 1, 1), {"build_cost_per_home_eur": 1})
    assert early["investment_eur"].iloc[0] == 16
    assert "build_cost_per_home" not in early["not_known"].iloc[0]


def test_rows_keep_their_labels() -> None:
    assert costs().index.tolist() == [7, 8, 9, 10]
    assert costs()["parcel_id"].tolist() == ["P1", "P2", "P3", "P4"]


@pytest.mark.parametrize(
    ("as_of", "per_home"),
    [
        ("2023-09-27", None),
        ("2023-09-28", 7_800),
        ("2025-02-02", 7_800),
        ("2025-02-03", 14_000),
        ("2026-12-31", 14_000),
        ("2027-01-01", None),
    ],
)
def test_the_date_picks_the_subsidy(as_of: str, per_home: float | None) -> None:
    row = costs(dt.date.fromisoformat(as_of)).iloc[0]
    if per_home is None:
        assert np.isnan(row["sft_eur"])
        assert (
            f"sft_per_home: no figure holds on {as_of} (there is from 2023-09-28 until 2025-02-02, "
            in row["not_known"]
        )
    else:
        assert row["sft_eur"] == 16 * per_home
        assert "sft" not in row["not_known"]


@pytest.mark.parametrize(
    ("as_of", "known"),
    [("2023-10-31", False), ("2023-11-01", True), ("2028-12-31", True), ("2029-01-01", False)],
)
def test_the_date_picks_the_guarantee(as_of: str, known: bool) -> None:
    row = costs(dt.date.fromisoformat(as_of)).iloc[0]
    assert (
        row[
            [
                "guarantee_fee_eur",
                "shortfall_state_eur",
                "shortfall_municipality_eur",
                "shortfall_investor_eur",
            ]
        ]
        .notna()
        .all()
        == known
    )
    assert ("guarantee_state_share: no figure holds" in row["not_known"]) != known
    # what is lost is there all the same, and the exploitation does not lean on either scheme
    assert row["shortfall_eur"] == 180_000
    assert row["exploitation_eur"] == 40_000


def test_without_parameters_nothing_is_made_up() -> None:
    row = costs(parameters=None).iloc[0]
    unknown = [name for name in row.index if str(name).endswith("_eur") and np.isnan(row[name])]
    assert unknown == [
        "shortfall_eur",
        "shortfall_state_eur",
        "shortfall_municipality_eur",
        "shortfall_investor_eur",
        "exploitation_1_eur",
        "exploitation_2_eur",
        "exploitation_eur",
    ]
    for name in (
        "rent_per_home_month_eur",
        "running_cost_per_home_year_eur",
        "second_term_years",
        "sale_share",
    ):
        assert f"{name}: not given, and no sourced figure is at hand" in row["not_known"]


def test_a_location_without_homes_or_term_is_unknown_by_name() -> None:
    table = costs(locations=LOCATIONS.assign(term_years=[15.0, None, 15.0, 15.0]))
    money = [name for name in table.columns if name.endswith("_eur")]
    assert table.iloc[3][money].isna().all()
    assert table["not_known"].tolist() == [
        "",
        "term_years: not known of this location",
        "",
        "homes: not known of this location",
    ]
    # what does not need the term is known
    assert (
        table.iloc[1][["investment_eur", "move_eur", "guarantee_fee_eur", "exploitation_2_eur"]]
        .notna()
        .all()
    )
    assert (
        table.iloc[1][
            ["book_value_eur", "shortfall_eur", "sft_eur", "exploitation_1_eur", "exploitation_eur"]
        ]
        .isna()
        .all()
    )


def test_no_locations() -> None:
    assert len(costs(locations=LOCATIONS.iloc[:0])) == 0


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(
        StudyError, match=r"rent_per_home_mont.*did you mean 'rent_per_home_month_eur'"
    ):
        costs(parameters={"rent_per_home_mont": 1})
    with pytest.raises(StudyError, match=r"sale_share.*a number of at least 0"):
        costs(parameters={"sale_share": -0.1})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"homes": -1}, "homes of parcel P1, P2, P3, P4 is no number of 0 or more"),
        ({"term_years": "lang"}, "term_years of parcel P1, P2, P3, P4 is no number of 0 or more"),
    ],
)
def test_bad_locations_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(LayerError, match=message):
        costs(locations=LOCATIONS.assign(**change))


def test_locations_without_a_column_are_refused() -> None:
    with pytest.raises(LayerError, match="no column term_years"):
        costs(locations=LOCATIONS.drop(columns="term_years"))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.none() | st.integers(0, 500), st.none() | st.floats(0, 50)), max_size=6),
    st.dates(dt.date(2015, 1, 1), dt.date(2032, 1, 1)),
    st.floats(0, 1),
)
def test_parts_add_up_and_no_amount_hides_what_is_unknown(
    rows: list[tuple[int | None, float | None]], as_of: dt.date, sale_share: float
) -> None:
    locations = pd.DataFrame(rows, columns=["homes", "term_years"]).assign(
        parcel_id="P", gemeente_code="G"
    )
    table = costs(as_of, {**PARAMETERS, "sale_share": sale_share}, locations)
    parts = table[
        ["move_transport_eur", "move_connections_eur", "move_site_eur", "move_rest_eur"]
    ].sum(axis=1, skipna=False)
    np.testing.assert_allclose(parts, table["move_eur"], atol=1e-6)
    shares = table[
        ["shortfall_state_eur", "shortfall_municipality_eur", "shortfall_investor_eur"]
    ].sum(axis=1, skipna=False)
    np.testing.assert_allclose(shares, table["shortfall_eur"].where(shares.notna()), atol=1e-6)
    money = table[[name for name in table.columns if name.endswith("_eur")]]
    assert (money.isna().any(axis=1) == (table["not_known"] != "")).all()
    assert (
        money.drop(columns=["exploitation_1_eur", "exploitation_2_eur", "exploitation_eur"]).fillna(
            0
        )
        >= 0
    ).all(axis=None)


@pytest.mark.parametrize(
    ("term", "asked", "longest", "counted"),
    [
        (30.0, 15, 30, 15.0),  # as long as any that counts: no end is known
        (22.5, 15, 30, 22.5),  # an end that is known
        (15.0, 15, 15, 15.0),  # by a regime no term is longer
        (30.0, 40, 30, 30.0),  # shorter than is asked has an end
        (30.0, None, None, 30.0),
    ],
)
def test_where_no_end_is_known_what_is_asked_counts(
    term: float, asked: float | None, longest: float | None, counted: float
) -> None:
    rows = pd.DataFrame(
        {"parcel_id": ["P"], "gemeente_code": ["A"], "homes": [10], "term_years": [term]}
    )
    found = assess_costs(
        FIGURES, rows, dt.date(2026, 1, 1), required_years=asked, longest_years=longest
    )
    assert found[["term_years", "counted_years"]].to_numpy().tolist() == [[term, counted]]
    # straight-line depreciation over the years that count
    years = FIGURES.figures["depreciation_years"].at(dt.date(2026, 1, 1))
    assert years is not None
    expected = found["investment_eur"] * max(1 - counted / years.value, 0)
    assert found["book_value_eur"].tolist() == pytest.approx(expected.tolist())
