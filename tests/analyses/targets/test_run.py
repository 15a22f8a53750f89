"""Targets against a run on disk, on the toy town."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from command_line import run

SOURCED = 'source = "toy"\nbasis = "assumption"\n'


def test_targets_against_a_run(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "asked.toml"
    title = 'title = { nl = "x", en = "x" }\n'
    path.write_text(
        f'name = "asked"\n{title}[required_years]\nvalue = 15\n{SOURCED}[regions.all]\n{title}members = ["A", "B"]\n{SOURCED}'
        f'[targets.enough]\nregion = "all"\nhomes = 100\n{SOURCED}[targets.much]\nmunicipality = "A"\nhomes = 200\n{SOURCED}',
        encoding="utf-8",
    )
    assert run("targets", out, path) == 0
    assert "covered" in capsys.readouterr().out
    found = pd.read_csv(out / "targets.csv").set_index("target")
    assert found["status"].to_dict() == {"enough": "covered", "much": "short"}
    assert found.loc["much", ["secured_homes", "short_homes"]].tolist() == [172, 28]
    filling = pd.read_csv(out / "targets_filling.csv")
    assert filling.loc[filling["target"] == "much", "cumulative_homes"].iloc[-1] == 172


def test_a_target_for_an_unknown_region(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "asked.toml"
    title = 'title = { nl = "x", en = "x" }\n'
    path.write_text(
        f'name = "a"\n{title}[required_years]\nvalue = 15\n{SOURCED}[targets.t]\nregion = "al"\nhomes = 1\n{SOURCED}',
        encoding="utf-8",
    )
    assert run("targets", out, path) == 2
    assert "region 'al' does not exist" in capsys.readouterr().err
