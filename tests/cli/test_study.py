"""The command check."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import run


def test_check_prints_a_list_to_paste(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", study) == 0
    assert "not_assessed" not in capsys.readouterr().out
    poorer = study.with_name("poorer.toml")
    text = study.read_text()
    start = text.index("[layers.natuur]")
    poorer.write_text(text[:start] + text[text.index("[layers.leiding]") :])
    assert run("check", poorer) == 0
    printed = capsys.readouterr().out
    assert "under [study]" in printed
    assert 'not_assessed = ["natuur"]' in printed
    assert "\\n" not in printed


def test_problems_come_first_then_warnings_and_what_is_there(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = study.with_name("broken.toml")
    text = study.read_text().replace('source = "lden.tif"', 'source = "gone.tif"')
    broken.write_text(text.replace("[study]", '[study]\nnot_assessed = ["natuur"]'))
    assert run("check", broken) == 2
    lines = capsys.readouterr().out.splitlines()
    kinds = [line.split(":")[0] for line in lines]
    parcels = next(n for n, line in enumerate(lines) if line.startswith("parcels (kaart.gpkg"))
    assert kinds.index("problem") == 0
    assert 0 < kinds.index("warning") < parcels
    assert any(line.startswith("warning: natuur is in the study but not") for line in lines)
    assert max(n for n, kind in enumerate(kinds) if kind == "warning") < parcels
    # the toy has eight layers, and nothing is missing
    counts = next(line for line in lines if line.startswith("1 problem, "))
    assert counts.endswith(f"0 layers missing and {text.count('[layers.')} layers looked at")
    assert lines[-1] == f"  look again, when that is mended  flexruimte check {broken}"
    assert run("check", broken, "--quiet") == 2
    only = capsys.readouterr()
    assert [line.split(":")[0] for line in only.out.splitlines()] == ["problem"]
    assert only.err == ""


def test_check_with_a_problem_is_exit_status_2(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = study.with_name("broken.toml")
    broken.write_text(study.read_text().replace('source = "lden.tif"', 'source = "gone.tif"'))
    assert run("check", broken) == 2
    assert "problem: lden (gone.tif)" in capsys.readouterr().out


def test_check_says_that_no_location_can_have_a_score(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The toy's score is for 3/4 suitability, of which the stops are 5/8."""
    rules = study.with_name("rules.toml")
    rules.write_text(rules.read_text().replace("[score]", "[score]\nleast_known_share = 0.8"))
    assert run("check", study) == 0
    assert "no location gets a score" not in capsys.readouterr().out
    text = study.read_text()
    start = text.index("[layers.plannen]")
    end = text.find("\n[", start + 1)
    poorer = study.with_name("poorer.toml")
    poorer.write_text(text[:start] + (text[end + 1 :] if end > 0 else ""))
    assert run("check", poorer) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "no location gets a score and a rank: at most 75% of what the score weighs" in said
    assert "least_known_share asks for 80%" in said
