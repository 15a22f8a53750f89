"""The commands rules and schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import run


def test_rules_of_the_built_in_ruleset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "--format", "markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("| Rule |")
    assert any(line.startswith("| `natura2000` |") for line in lines)
    assert run("rules") == 0
    assert "natura2000" in capsys.readouterr().out


def test_what_separates_the_locations_of_a_run(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("rules", "--run", str(out))
    assert run(*asked, "--format", "markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| Part | Called | Weight | Least spread | Middle | Most |"
    # suitability weighs 3 of 4; the terms of the ranked are 80, and five times 100: their tenth
    # percentile is 90
    assert any(line.startswith("| `suitability` | Suitability | 75% |") for line in lines)
    assert "| `term` | Term | 25% | 10 | 10 | 10 |" in lines
    assert "| `long` | Long | 100% | 10 | 10 | 10 |" in lines
    assert run(*asked, "--language", "nl") == 0
    assert "Geschiktheid" in capsys.readouterr().out
    assert run("rules", "--run", str(tmp_path)) == 2
    assert "holds no run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("study", "parcels"),
        ("ruleset", "rules"),
        ("summary", "timings_s"),
        ("catalogue", "servers"),
    ],
)
def test_schema_is_json_schema(capsys: pytest.CaptureFixture[str], name: str, key: str) -> None:
    assert run("schema", name) == 0
    assert key in json.loads(capsys.readouterr().out)["properties"]
