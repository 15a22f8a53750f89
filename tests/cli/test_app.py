"""The command line as a whole: bad arguments, errors and the version."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import flexruimte
from command_line import run
from flexruimte.analyses.relocation.parameters import BOUNDS as RELOCATION_BOUNDS
from flexruimte.cli.app import COMMANDS, run_app


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


NUMBERS = {
    ("relocate", "homes"): (0, None),
    ("relocate", "years"): RELOCATION_BOUNDS["horizon_years"],
    ("relocate", "moves"): RELOCATION_BOUNDS["moves"],
    ("relocate", "farthest_km"): (0, 10_000),
    ("costs", "rent"): (0, 100_000),
    ("costs", "running_cost"): (0, 1_000_000),
    ("costs", "second_term"): (0, 100),
    ("costs", "sale_share"): (0, 1),
    ("run", "workers"): (1, None),
    ("run", "block"): (1, None),
    ("view", "port"): (0, 65_535),
}


def numeric_options() -> dict[tuple[str, str], Any]:
    """Every option that asks for a number, by its command, as the signatures say it."""
    found = {}
    for listed in COMMANDS:
        for name, hint in get_type_hints(listed.command, include_extras=True).items():
            kind, *about = get_args(hint)[:1], *getattr(hint, "__metadata__", ())
            if {int, float} & {*kind, *get_args(kind[0] if kind else None)}:
                found[listed.command.__name__, name] = about[0]
    return found


def test_every_number_that_may_be_given_has_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    options = numeric_options()
    assert {key: (option.min, option.max) for key, option in options.items()} == NUMBERS
    places = {"relocate": ["out"], "costs": ["out"], "run": ["study.toml"], "view": ["out"]}
    for (command, name), (low, high) in NUMBERS.items():
        flag = f"--{name.replace('_', '-')}"
        bounds = f"of at least {low:,}." if high is None else f"from {low:,} to {high:,}."
        for wrong in (low - 1, *([] if high is None else [high + 1]), "ten", "nan"):
            assert run(command, *places[command], f"{flag}={wrong}") == 2
            told = capsys.readouterr().err.strip().splitlines()[-1]
            assert told.startswith(f"Error: Invalid value for '{flag}': it must be a ")
            assert told.endswith(f"number {bounds}")


def test_what_a_program_s_library_says_of_a_choice_is_not_passed_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("schema", "bogus") == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("Error: Invalid value for 'NAME': 'bogus' is not one of 'study'")


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


def test_a_run_goes_on_when_nobody_reads_its_progress(study: Path) -> None:
    """As behind ``2>&1 | head -1``: both are one pipe, which is closed after the first line."""
    out = study.with_name("out")
    command = [sys.executable, "-m", "flexruimte.cli", "run", str(study), "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
    assert running.returncode == 0
    entries = json.loads((out / "run.json").read_text())["municipalities"]
    assert {entry["state"] for entry in entries.values()} <= {"done", "empty"}
    assert (out / "map" / "index.html").is_file()


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
