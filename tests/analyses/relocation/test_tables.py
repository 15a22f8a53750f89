"""The tables of a plan add up, by year and by area."""

from __future__ import annotations

import pandas as pd
import pytest

from flexruimte.analyses.relocation import (
    plan_relocation,
)
from relocation_cases import HOMES_OF_A, SEEDS, small_plan, three_sites


def test_tables_by_year_on_paper() -> None:
    plan = plan_relocation(three_sites(), placements=HOMES_OF_A)
    flows = ["standing", "placed", "moved_in", "moved_out", "stranded"]
    own = plan.municipalities.query("gemeente_code == 'GM01'").set_index("year")[flows]
    assert own.loc[2027].tolist() == [30, 30, 0, 0, 0]
    assert own.loc[2041].tolist() == [30, 0, 0, 0, 0]
    assert own.loc[2042].tolist() == [15, 0, 15, 30, 0]
    assert plan.regions.query("region == 'R2'").set_index("year").loc[2042, flows].tolist() == [
        15,
        0,
        15,
        0,
        0,
    ]
    assert plan.successors[["from_id", "year", "to_id", "groups", "homes"]].values.tolist() == [
        ["A", 2042, "B", 1, 15],
        ["A", 2042, "C", 1, 15],
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_add_up(seed: int) -> None:
    plan = small_plan(seed)
    table = plan.regions.groupby("year")[
        ["standing", "placed", "moved_in", "moved_out", "stranded"]
    ].sum()
    assert (table["moved_in"] == table["moved_out"]).all()
    before = table["standing"].shift(fill_value=0)
    assert (
        table["standing"]
        == before + table["placed"] + table["moved_in"] - table["moved_out"] - table["stranded"]
    ).all()
    assert table["stranded"].sum() == plan.stranded["homes"].sum()
    assert table["standing"].iloc[-1] + table["stranded"].sum() == plan.groups["homes"].sum()
    assert (plan.locations["left"] == plan.locations["secured"] + plan.locations["stranded"]).all()
    assert plan.locations["fullest_share"].le(1).all()
    penalties = sum(
        homes
        * (
            (plan.parameters.stranded_eur or 0)
            + (plan.parameters.stranded_eur_per_year or 0)
            * (2027 + plan.parameters.horizon_years - year)
        )
        for year, homes in plan.stranded_by_year.items()
    )
    assert plan.moves["cost_eur"].sum() + plan.moves["step_eur"].sum() + penalties == pytest.approx(
        plan.objective_eur
    )
    pd.testing.assert_frame_equal(
        plan.municipalities.groupby("year")["standing"].sum().to_frame(),
        plan.regions.groupby("year")["standing"].sum().to_frame(),
    )
