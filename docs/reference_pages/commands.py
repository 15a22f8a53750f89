"""The command line, as it explains itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from typer.main import get_command
from typer.testing import CliRunner

from flexruimte.cli.app import app

__all__ = ["command_page", "commands"]

_WIDTH: Final = 100


def command_page() -> str:
    """Return a page with the help of every command, word for word."""
    text = (
        "# Command line\n\n"
        "What `flexruimte COMMAND --help` says. Exit status: 0 all done; 1 a part failed, and the "
        "rest is done and written; 2 bad arguments or input; 130 interrupted.\n"
    )
    for words in commands():
        text += f"\n## flexruimte {' '.join(words)}".rstrip() + "\n\n"
        text += f"```text\n{_help_of(words)}\n```\n"
    return text


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, that of the program itself first: none."""
    yield ()
    yield from _below(get_command(app))


def _below(group: Any, *before: str) -> Iterator[tuple[str, ...]]:
    for name, command in getattr(group, "commands", {}).items():
        yield (*before, name)
        yield from _below(command, *before, name)


def _help_of(words: tuple[str, ...]) -> str:
    result = CliRunner().invoke(
        app,
        [*words, "--help"],
        env={"COLUMNS": str(_WIDTH), "TERMINAL_WIDTH": str(_WIDTH), "NO_COLOR": "1"},
        prog_name="flexruimte",
    )
    if result.exit_code:
        raise RuntimeError(f"no help of {' '.join(words)}: {result.output}")
    return result.output.strip()
