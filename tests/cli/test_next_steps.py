"""What can be done next: every command that is named runs as it stands."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from command_line import run
from flexruimte.cli.next_steps import command_text, first_locations, tell_next
from toy_files import write_toy_study

NOT_RUN = ("view", "fetch")
"""What waits for Ctrl-C, or for servers."""


def steps(printed: str) -> list[list[str]]:
    """Return the words of the commands that an output names at its end, as a shell reads them."""
    named = [line.partition("  flexruimte ")[2] for line in printed.splitlines()]
    return [shlex.split(command) for command in named if command]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A study and the results of its run, in a folder with a blank in its name."""
    folder = tmp_path_factory.mktemp("next") / "een map"
    folder.mkdir()
    study = write_toy_study(folder / "studie")
    assert run("run", study, "--out", folder / "uit") == 0
    return study, folder / "uit"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["check", "STUDY"], ["run"]),
        (["run", "STUDY", "--out", "OUT"], ["view", "explain", "whatif", "targets", "relocate"]),
        (["explain", "OUT", "P01"], ["explain", "compare"]),
        (["compare", "OUT", "P01", "P02"], ["explain", "explain"]),
        (["whatif", "OUT"], ["view", "report", "explain"]),
        (["targets", "OUT"], ["view", "relocate"]),
        (["relocate", "OUT", "--homes", "1", "--years", "16"], ["view", "report", "costs"]),
        (["costs", "OUT"], ["relocate", "view"]),
        (["layout", "OUT"], ["view"]),
        (["report", "OUT"], ["view"]),
        (["rules"], ["rules"]),
        (["rules", "flexwonen-nl", "natura2000"], ["layers", "rules"]),
        (["rules", "--run", "OUT"], ["explain"]),
        (["layers"], ["layers"]),
        (["catalogue"], ["catalogue", "new"]),
        (["catalogue", "natura2000"], ["new"]),
    ],
)
def test_what_is_named_runs(
    there: tuple[Path, Path],
    arguments: list[str],
    named: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # "new" writes here
    places = {"STUDY": there[0], "OUT": there[1]}
    assert run(*(places.get(each, each) for each in arguments)) == 0
    printed = capsys.readouterr().out
    found = steps(printed)
    assert [words[0] for words in found] == named
    told = [line.split("  flexruimte ")[0] for line in printed.splitlines() if steps(line)]
    assert len(set(told)) == len(told)  # what for, in words of its own
    for words in found:
        if words[0] not in NOT_RUN:
            assert run(*words) == 0, words


def test_nothing_is_named_in_what_a_program_reads(
    there: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (
        ["rules", "--format", "markdown"],
        ["catalogue", "--format", "json"],
        ["schema", "study"],
        ["rules", "--run", there[1], "--format", "markdown"],
    ):
        assert run(*arguments) == 0
        assert steps(capsys.readouterr().out) == []


def test_the_names_stand_in_one_column(capsys: pytest.CaptureFixture[str]) -> None:
    tell_next("nl", ("next-run", ["run", "a b.toml"]), ("next-check", ["check", "a b.toml"]))
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Hierna:",
        "  rangschikken           flexruimte run 'a b.toml'",
        "  kijken of alles er is  flexruimte check 'a b.toml'",
    ]
    tell_next("nl")
    assert capsys.readouterr().out == ""


def test_ids_that_are_no_plain_words_are_passed_over(tmp_path: Path) -> None:
    assert first_locations(str(tmp_path)) == []
    rows = ["gemeente_code,parcel_id", "A,-1", "A,'=1", "A,P 3", "A,P4", "A,P5"]
    (tmp_path / "ranking.csv").write_text("\n".join(rows) + "\n")
    assert first_locations(str(tmp_path)) == ["P 3", "P4"]
    assert command_text(["explain", "out", "P 3"]) == "flexruimte explain out 'P 3'"


def test_a_program_that_no_shell_finds_is_named_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / ".venv" / "bin" / "flexruimte"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [".venv/bin/flexruimte"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command_text(["view", "out"]) == ".venv/bin/flexruimte view out"
    monkeypatch.setenv("PATH", str(program.parent))
    assert command_text(["view", "out"]) == "flexruimte view out"
