"""The commands rules and schema."""

from __future__ import annotations

import json

import pytest

from command_line import run


def test_rules_of_the_built_in_ruleset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "--format", "markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("| Rule |")
    assert any(line.startswith("| `natura2000` |") for line in lines)
    assert run("rules") == 0
    assert "natura2000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "key"), [("study", "parcels"), ("ruleset", "rules"), ("summary", "timings_s")]
)
def test_schema_is_json_schema(capsys: pytest.CaptureFixture[str], name: str, key: str) -> None:
    assert run("schema", name) == 0
    assert key in json.loads(capsys.readouterr().out)["properties"]
