"""The help of all commands: it fits a terminal, says what everything is, and its examples are commands."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer

from command_line import run
from flexruimte.cli.app import COMMANDS, app

GROUP: Any = typer.main.get_command(app)
NAMES = sorted(GROUP.commands)


def shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> str:
    """Return a help page in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    assert run(*arguments) == 0
    return capsys.readouterr().out


def words(text: str) -> list[str]:
    return text.split()


def test_every_command_is_in_the_help_with_its_whole_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = " ".join(words(shown(capsys, monkeypatch, "-h")))
    assert len(COMMANDS) == len(NAMES)
    for name in NAMES:
        sentence = " ".join(words(GROUP.commands[name].help.split("\n\n")[0]))
        assert f"{name} {sentence}" in page
    assert "..." not in page.partition("Options:")[0].partition("ARGS]...")[2]


@pytest.mark.parametrize("name", [None, *NAMES])
def test_help_fits_80_columns_and_cuts_no_word(
    name: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [name] if name else []
    page = shown(capsys, monkeypatch, *asked, "-h")
    assert page == shown(capsys, monkeypatch, *asked, "--help")
    text, _, examples = page.partition("\nExamples:\n")
    assert max(map(len, text.splitlines())) <= 80
    assert examples.strip()
    command = GROUP.commands[name] if name else GROUP
    there = words(text)
    for said in [command.help, *(each.help or "" for each in command.params)]:
        assert [word for word in words(said) if word not in there] == []


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_a_command_takes_is_explained(name: str) -> None:
    for parameter in GROUP.commands[name].params:
        assert parameter.help, parameter.name
        assert parameter.help.endswith("."), parameter.help
        # what takes a value says what kind: a word in capitals, or the words that may stand there
        if not getattr(parameter, "is_flag", False):
            assert parameter.metavar, parameter.name
    shared = {option for each in GROUP.commands[name].params for option in each.opts}
    assert {"--quiet", "-q", "--verbose", "-v", "--debug"} <= shared


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_commands_that_can_be_given(name: str) -> None:
    lines = [line.strip() for line in GROUP.commands[name].epilog.strip().splitlines()]
    assert lines
    for line in lines:
        program, command, *rest = shlex.split(line.partition(" > ")[0])
        assert (program, command) == ("flexruimte", name)
        GROUP.commands[name].make_context(name, rest)
        assert len(line) <= 78


def test_a_usage_line_says_what_may_be_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "rules [OPTIONS] [RULESET] [RULE_ID]\n" in shown(capsys, monkeypatch, "rules", "-h")
    assert "explain [OPTIONS] OUT PARCEL_ID\n" in shown(capsys, monkeypatch, "explain", "-h")
    page = shown(capsys, monkeypatch, "run", "-h")
    assert "[default: 1; at least 1]" in page
    assert page.index("How it is computed:") < page.index("--workers")
