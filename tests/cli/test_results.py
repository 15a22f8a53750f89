"""The command explain."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import run


def test_explain_shows_what_decides_and_what_is_open(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", out, "P07") == 0
    printed = capsys.readouterr().out
    assert "Parcel P07 in Aadorp is excluded." in printed
    assert "That excludes (very hard)." in " ".join(printed.split())
    assert "--all" in printed
    assert "Pipeline" not in printed  # it says yes
    assert run("explain", out, "P07", "--language", "nl") == 0
    assert "uitgesloten" in capsys.readouterr().out


def test_explain_shows_every_rule_and_its_source_when_asked(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", out, "P07", "--all") == 0
    printed = capsys.readouterr().out
    for title in ("Unbuilt", "Nature", "Pipeline", "Term", "Ownership"):
        assert title in printed
    assert "law: toy" not in printed
    assert run("explain", out, "P07", "--sources") == 0
    assert "law: toy" in capsys.readouterr().out


def test_explain_hints_at_a_misspelt_id(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", out, "P7") == 2
    assert "did you mean 'P07'?" in capsys.readouterr().err


def test_compare_puts_two_side_by_side(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", out, "P12", "P03") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("P03 comes before P12 by priority")
    assert "Score by theme" in printed
    assert run("compare", out, "P12", "P03", "--language", "nl") == 0
    assert "Wat de regels anders vinden" in capsys.readouterr().out
    assert run("compare", out, "P12", "P12") == 2
    assert "give the ids of two locations" in capsys.readouterr().err
