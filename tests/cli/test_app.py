"""The command line as a whole: bad arguments, errors and the version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import flexruimte
from command_line import run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.toml"], "study file nowhere.toml cannot be read"),
        (["run", "STUDY", "--gemeente", "Z"], "municipality 'Z' is not in"),
        (["explain", "nowhere", "P01"], "nowhere holds no results"),
        (["rules", "nowhere.toml"], "ruleset 'nowhere.toml' cannot be read"),
    ],
)
def test_an_error_is_one_line_and_exit_status_2(
    study: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(*[study if argument == "STUDY" else argument for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(f"flexruimte: error: {said}")
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    "arguments", [["bogus"], ["run"], ["schema", "bogus"], ["run", "x.toml", "--bogus"]]
)
def test_bad_arguments_are_exit_status_2(arguments: list[str]) -> None:
    assert run(*arguments) == 2


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"{flexruimte.__version__}\n"


@pytest.mark.parametrize("module", ["flexruimte.cli"])
def test_it_runs_as_a_module(module: str) -> None:
    command = [sys.executable, "-m", module, "--version"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout == f"{flexruimte.__version__}\n"
