"""The commands rules and schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import run
from flexruimte import load_ruleset


def test_rules_of_the_built_in_ruleset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "--format", "markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "## Use of the land"
    assert lines[lines.index("### `natura2000`") + 2] == "**Natura 2000**"


@pytest.mark.parametrize(("language", "width"), [("nl", "80"), ("en", "80"), ("nl", "120")])
def test_rules_are_a_list_by_theme_and_level(
    language: str, width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert run("rules", "--language", language) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= int(width)
    ids = [line.split()[0] for line in lines if line.startswith("  ") and line.strip()]
    every = load_ruleset("flexwonen-nl").rules
    assert [name for name in every if name not in ids] == []
    heading = lines.index({"nl": "Beperkingen", "en": "Restrictions"}[language])
    assert lines[heading + 1] == {"nl": " zeer hard", "en": " very hard"}[language]
    assert lines[heading + 2].startswith("  natura2000 ")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_rule_can_be_shown_in_full(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("noise_road_limit", "term_long_enough", "shortlist", "bopa"):
        assert run("rules", "flexwonen-nl", name, "--language", language) == 0
        lines = capsys.readouterr().out.splitlines()
        assert name in lines[0]
        assert lines[-1].endswith("flexruimte rules flexwonen-nl")
        assert max(map(len, lines[:-4])) <= 80


def test_a_rule_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "flexwonen-nl", "natura200") == 2
    said = capsys.readouterr().err
    assert "ruleset 'flexwonen-nl' has no rule 'natura200'; did you mean 'natura2000'?" in said
    assert run("rules", "natura2000") == 2
    said = capsys.readouterr().err
    assert said.endswith("; give both, as in flexruimte rules flexwonen-nl natura2000\n")


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
