"""The command line as a whole: bad arguments, errors and the version."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import flexruimte
from command_line import run
from flexruimte.cli.app import run_app


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


def test_what_was_not_foreseen_is_one_line_and_debug_shows_where(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(_question: object, **_others: object) -> None:
        raise KeyError("a\nb")

    monkeypatch.setattr("flexruimte.cli.study.check_sources", fault)
    assert run("check", study) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("flexruimte: error: ")
    assert "KeyError" in printed
    assert printed.count("\n") == 1
    for arguments in (["--debug", "check", study], ["check", study, "--debug"]):
        assert run(*arguments) == 2
        assert "in fault" in capsys.readouterr().err


def test_debug_shows_what_a_library_said(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = study.with_name("no_geopackage.toml")
    study.with_name("broken.gpkg").write_bytes(b"no")
    broken.write_text(study.read_text().replace('"kaart.gpkg"', '"broken.gpkg"', 1))
    assert run("check", broken, "--debug") == 2
    printed = capsys.readouterr().err
    assert "Traceback" in printed
    assert "pyogrio" in printed
    assert "Logging error" not in printed


def test_what_nobody_foresaw_is_one_line_too(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_question: object, **_others: object) -> None:
        raise ZeroDivisionError("token=hunter2 \x1b[31m\nsecond line")

    monkeypatch.setattr("flexruimte.cli.study.check_sources", fail)
    assert run("check", study) == 2
    said = capsys.readouterr().err
    assert said.startswith("flexruimte: error: ")
    assert r"(ZeroDivisionError: token=*** \x1b[31m second line)" in said
    assert "hunter2" not in said
    assert said.count("\n") == 1


def test_an_interruption_while_it_loads_is_one_line() -> None:
    """Loading takes half a second, in which people press Ctrl-C as well."""
    code = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from flexruimte.cli import main\n"
        "main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 130
    assert ended.stderr == "flexruimte: interrupted; run the same command again to go on\n"


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_reader_that_has_seen_enough_is_no_error(form: str) -> None:
    command = [sys.executable, "-m", "flexruimte.cli", "rules", "--format", form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stderr is not None
        reader.stdout.read(1)
        reader.stdout.close()
        said = reader.stderr.read().decode()
    assert (reader.returncode, said) == (0, "")


def test_what_libraries_warn_of_is_a_line_without_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def warn(*_: object) -> None:
        text = "File https://host/a?token=GEHEIM\n has \x1b[31m"
        sys.stderr.write(warnings.formatwarning(text, RuntimeWarning, "raw.py", 733))

    monkeypatch.setattr("flexruimte.cli.app.app", warn)
    monkeypatch.setattr("sys.argv", ["flexruimte", "check"])
    run_app()
    said = capsys.readouterr().err
    assert said == "flexruimte: warning: File https://host/a?token=*** has \\x1b[31m\n"
