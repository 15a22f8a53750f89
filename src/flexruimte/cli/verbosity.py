"""How much is told: --quiet, --verbose and --debug, before the command or after it.

This is the one place where logging is set up. The library logs under `flexruimte`; here that is
shown on stderr, from the level that was asked for, without passwords and keys.
"""

from __future__ import annotations

import functools
import inspect
import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, Any, Final, TypeAlias

import typer

from flexruimte.cli.terminal import print_line, stderr, stdout
from flexruimte.errors import StudyError, printable, redacted

__all__ = [
    "DebugOption",
    "QuietOption",
    "VerboseOption",
    "Verbosity",
    "choose",
    "shown_in_terminal",
    "verbosity",
    "with_verbosity",
]

PANEL: Final = "How much is told, before the command or after it"

QuietOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="Only errors, and the paths of results.", rich_help_panel=PANEL
    ),
]
VerboseOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Also what is read, and how long each step takes.",
        rich_help_panel=PANEL,
    ),
]
DebugOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--debug", help="Also where in the program an error arose.", rich_help_panel=PANEL
    ),
]


class Verbosity(IntEnum):
    """How much is told, by the level from which logging is shown."""

    QUIET = logging.ERROR
    NORMAL = logging.WARNING
    VERBOSE = logging.INFO
    DEBUG = logging.DEBUG


class _TerminalHandler(logging.Handler):
    """Shows what is logged on stderr, above a progress bar if there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record; where an error arose only with --debug."""
        try:
            said = record.getMessage()
            if record.exc_info and self.level <= Verbosity.DEBUG:
                said += "\n" + "".join(traceback.format_exception(*record.exc_info))
            warned = record.levelno == logging.WARNING
            style = "red" if record.levelno >= logging.ERROR else "yellow" if warned else "dim"
            for line in redacted(said).splitlines():
                text = f"warning: {line}" if warned else line
                print_line(text, style, stderr, always=True)
        except Exception:
            self.handleError(record)


_handler: Final = _TerminalHandler()


def verbosity() -> Verbosity:
    """Return how much is told."""
    return Verbosity(_handler.level or Verbosity.NORMAL)


def choose(*, quiet: bool, verbose: bool, debug: bool, is_answer: bool = False) -> None:
    """Take how much is to be told; what was chosen before holds where nothing is chosen now.

    Parameters
    ----------
    is_answer
        Whether the command prints what was asked for, which --quiet leaves.

    Raises
    ------
    StudyError
        For --quiet beside one of the others.
    """
    before = verbosity()
    asked = [
        level
        for level, is_asked in (
            (Verbosity.QUIET, quiet or before == Verbosity.QUIET),
            (Verbosity.VERBOSE, verbose or before == Verbosity.VERBOSE),
            (Verbosity.DEBUG, debug or before == Verbosity.DEBUG),
        )
        if is_asked
    ]
    if Verbosity.QUIET in asked and len(asked) > 1:
        raise StudyError("--quiet tells less and --verbose and --debug tell more; give one of them")
    level = min(asked, default=Verbosity.NORMAL)
    _handler.setLevel(level)
    # Handlers choose for themselves; a logger that knows that nobody listens is quicker.
    logging.getLogger("flexruimte").setLevel(level)
    stdout.quiet = level == Verbosity.QUIET and not is_answer
    stderr.quiet = level == Verbosity.QUIET


@contextmanager
def shown_in_terminal() -> Iterator[None]:
    """Show what is logged, and what libraries warn of in a line each, until the command ends."""
    log = logging.getLogger("flexruimte")
    before, level = warnings.formatwarning, log.level
    _handler.setLevel(Verbosity.NORMAL)
    log.addHandler(_handler)

    def as_line(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        if verbosity() == Verbosity.DEBUG:
            return before(message, category, filename, lineno, line)
        if verbosity() == Verbosity.QUIET:
            return ""
        said = printable(redacted(" ".join(str(message).split())))
        return f"flexruimte: warning: {said}\n"

    warnings.formatwarning = as_line
    try:
        yield
    finally:
        warnings.formatwarning = before
        log.removeHandler(_handler)
        log.setLevel(level)
        _handler.setLevel(Verbosity.NORMAL)
        stdout.quiet = stderr.quiet = False


def with_verbosity(command: Callable[..., None], *, is_answer: bool) -> Callable[..., None]:
    """Return a command that takes --quiet, --verbose and --debug besides its own options.

    Parameters
    ----------
    is_answer
        As `choose` takes it.
    """

    @functools.wraps(command)
    def telling(*, quiet: bool, verbose: bool, debug: bool, **given: Any) -> None:
        choose(quiet=quiet, verbose=verbose, debug=debug, is_answer=is_answer)
        command(**given)

    own = inspect.signature(command, eval_str=True)
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
        for name, kind in (
            ("quiet", QuietOption),
            ("verbose", VerboseOption),
            ("debug", DebugOption),
        )
    ]
    signature = own.replace(parameters=[*own.parameters.values(), *shared])
    # What typer reads a command's options from; mypy does not know that functions may have one.
    telling.__signature__ = signature  # type: ignore[attr-defined]
    telling.__annotations__ = {
        name: parameter.annotation for name, parameter in signature.parameters.items()
    }
    return telling
