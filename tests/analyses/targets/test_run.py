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
    # a project takes 30 homes: P01, P03 and P06; P05 20, P09 and P12 18
    assert run("targets", out, path, "--all") == 0
    assert "covered" in capsys.readouterr().out
    found = pd.read_csv(out / "targets.csv").set_index("target")
    assert found["status"].to_dict() == {"enough": "covered", "much": "short"}
    assert found.loc["much", ["secured_homes", "short_homes"]].tolist() == [146, 54]
    filling = pd.read_csv(out / "targets_filling.csv")
    assert filling.loc[filling["target"] == "much", "cumulative_homes"].iloc[-1] == 146


def test_only_the_shortlist_counts_unless_all_is_asked(out: Path, tmp_path: Path) -> None:
    path = tmp_path / "asked.toml"
    title = 'title = { nl = "x", en = "x" }\n'
    path.write_text(
        f'name = "asked"\n{title}[required_years]\nvalue = 15\n{SOURCED}[owner_rule]\nrule = "public_owner"\n{SOURCED}'
        f'[targets.t]\nmunicipality = "A"\nhomes = 100\n{SOURCED}',
        encoding="utf-8",
    )
    assert run("targets", out, path) == 0
    found = pd.read_csv(out / "targets.csv").set_index("target").loc["t"]
    # P03 is the municipality's, and alone on the shortlist; the others hold 30 + 20 + 30 + 18 + 18
    assert found[["secured_homes", "lower_priority_homes"]].tolist() == [30, 116]
    assert run("targets", out, path, "--all") == 0
    found = pd.read_csv(out / "targets.csv").set_index("target").loc["t"]
    # P01 too is the municipality's; P05 and P06 are private; of P09 and P12 the owner is not known
    assert found[["secured_homes", "other_owner_homes", "owner_unknown_homes"]].tolist() == [
        60,
        50,
        36,
    ]


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
