"""How --help looks: options in groups, no sentence cut short, and examples line by line.

Plain text, so that it reads the same on paper, in a log and through a screen reader.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from typing import Any

from typer import BadParameter
from typer.core import TyperCommand, TyperGroup

__all__ = ["Command", "Commands"]

_ARGUMENTS = "Arguments"
_OPTIONS = "Options"
_COMMANDS = "Commands"


class Command(TyperCommand):
    """A command whose help has its options in groups, and its epilog as it is written."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read what was given; of what cannot be meant the user is told what may be."""
        try:
            return super().parse_args(ctx, args)
        except BadParameter as error:
            error.message = _what_may_be(error)
            raise

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what stands behind the command: what may be left out in square brackets."""
        arguments = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        names = [(_called(each), each.required) for each in arguments]
        return ["[OPTIONS]", *(name if required else f"[{name}]" for name, required in names)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write what the command takes: arguments, its own options, and those of all commands."""
        _write_parameters(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write examples, each on a line of its own."""
        _write_epilog(self.epilog, formatter)


class Commands(TyperGroup):
    """All commands, by `rich_help_panel`, each with the whole sentence that says what it does."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; that whoever reads what it prints has seen enough is no failure."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        return result

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, and then the options: these are looked for less often."""
        self.format_commands(ctx, formatter)
        _write_parameters(self, ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands in groups, in the order in which they were added."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            said = inspect.cleandoc(command.help or "").split("\n\n")[0]
            panel = getattr(command, "rich_help_panel", None) or _COMMANDS
            groups.setdefault(panel, []).append((name, " ".join(said.split())))
        widest = max(len(name) for name in self.commands)
        for panel, rows in groups.items():
            with formatter.section(panel):
                # One width for all groups, so that they read as one list.
                formatter.write_dl([(f"{name:<{widest}}", said) for name, said in rows])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write examples, each on a line of its own."""
        _write_epilog(self.epilog, formatter)


def _what_may_be(error: BadParameter) -> str:
    """Return what a parameter takes, in other words than those of the library that refused it."""
    told = error.message.removeprefix("Value error, ")
    if not told.startswith("Input should be "):
        return told
    kind = "a whole number" if "integer" in told else "a number"
    low, high = (getattr(error.param, each, None) for each in ("min", "max"))
    if low is None and high is None:
        return f"it must be {kind}."
    bounds = f"from {low:,} to {high:,}" if high is not None else f"of at least {low:,}"
    return f"it must be {kind} {bounds}."


def _write_parameters(command: Any, ctx: Any, formatter: Any) -> None:
    # In this order; other groups stand behind them.
    groups: dict[str, list[tuple[str, str]]] = {_ARGUMENTS: [], _OPTIONS: []}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is None:
            continue
        name, said = record
        panel = getattr(parameter, "rich_help_panel", None) or _OPTIONS
        if parameter.param_type_name == "argument":
            name, panel = _called(parameter), _ARGUMENTS
        groups.setdefault(panel, []).append((name, _in_words(said)))
    for panel, records in groups.items():
        if records:
            with formatter.section(panel):
                formatter.write_dl(records)


def _called(argument: Any) -> str:
    return str(argument.metavar or argument.name)


def _in_words(said: str) -> str:
    """Return a text in which the bounds of a number are words.

    Examples
    --------
    >>> _in_words("Workers.  [default: 1; x>=1]"), _in_words("Port.  [default: 0; 0<=x<=65535]")
    ('Workers.  [default: 1; at least 1]', 'Port.  [default: 0; 0 to 65535]')
    """
    # Some versions of typer escape the bracket for rich, which does not write this.
    plain = said.replace(r"\[", "[")
    between = re.sub(r"(\d+)<=x<=(\d+)(?=\])", r"\1 to \2", plain)
    return re.sub(r"x>=(\d+)(?=\])", r"at least \1", between)


def _write_epilog(epilog: str | None, formatter: Any) -> None:
    if epilog:
        with formatter.section("Examples"):
            for line in inspect.cleandoc(epilog).splitlines():
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
