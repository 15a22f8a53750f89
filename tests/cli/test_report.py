"""`flexruimte report`: which files it names, and what it says of what is not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command_line import run


def test_it_names_the_reports(
    four_towns_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(four_towns_results, tmp_path / "out")
    assert run("report", out, "--gemeente", "B") == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{out}/B/report.html"
    assert run("report", out) == 0
    assert capsys.readouterr().out.count("report.html\n") == 4


def test_what_is_not_there_is_told(
    four_towns_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("report", tmp_path) == 2
    assert "holds no run" in capsys.readouterr().err
    assert run("report", four_towns_results, "--gemeente", "Nergens") == 2
    assert "'Nergens' is not in the run" in capsys.readouterr().err
