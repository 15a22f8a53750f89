"""Costs of a run on disk, on the toy town."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from command_line import run


def test_costs_of_a_run(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("costs", out) == 0
    # alone on the shortlist, with a project of 30 homes
    costs = pd.read_csv(out / "costs.csv").set_index("parcel_id")
    assert costs["move_eur"].to_dict() == {"P03": 30 * 75_000 * 0.3}
    # no end is known: the 15 years count that are asked, and not the 30 that count at most
    assert costs[["term_years", "counted_years"]].to_numpy().tolist() == [[30, 15]]
    printed = capsys.readouterr().out
    assert "1 location has no known end of the term: the 15 years that are asked" in printed
    assert run("costs", out, "--all") == 0
    costs = pd.read_csv(out / "costs.csv").set_index("parcel_id")
    assert len(costs) == 6
    assert costs.loc["P05", "move_eur"] == 20 * 75_000 * 0.3
    figures = pd.read_csv(out / "costs_figures.csv").set_index("figure")
    assert figures.loc["build_cost_per_home", "value"] == 75_000
    assert figures["source"].notna().sum() == figures["value"].notna().sum()
