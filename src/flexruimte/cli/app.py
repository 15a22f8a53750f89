"""All commands, in the order in which ``--help`` lists them, and what an error becomes."""

from __future__ import annotations

import logging
import os
import sys
import textwrap
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from flexruimte.cli import (
    analyses,
    data,
    fetch,
    report,
    results,
    rules,
    run,
    say_interrupted,
    study,
    view,
    what_if,
)
from flexruimte.cli.terminal import BAD_INPUT, stdout
from flexruimte.errors import FlexruimteError, printable, redacted
from flexruimte.results.versions import software_versions

__all__ = ["app", "run_app"]

app = typer.Typer(
    name="flexruimte",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the program an error arose.")
    ] = False,
) -> None:
    """Rank parcels of Dutch municipalities for relocatable homes that stay about fifteen years."""
    del debug  # taken by `main`, wherever it stands
    if version:
        stdout.print(software_versions()["flexruimte"])
        raise typer.Exit


for _command in (
    run.demo,
    data.new,
    fetch.fetch,
    data.catalogue,
    study.check,
    run.run,
    view.view,
    report.report,
    results.explain,
    results.compare,
    what_if.whatif,
    rules.rules,
    rules.layers,
    analyses.relocate,
    analyses.targets,
    analyses.costs,
    results.layout,
    rules.schema,
):
    app.command()(_command)


def run_app() -> None:
    """Run a command; the only place where errors become exit statuses."""
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    try:
        with _details() if debug else _short_warnings():
            app(arguments)
    except FlexruimteError as error:
        _tell(str(error), debug=debug)
        sys.exit(BAD_INPUT)
    except MemoryError:
        _tell(
            "this needs more memory than there is; run fewer municipalities or workers at once, "
            "with a smaller --block, or on a larger machine",
            debug=debug,
        )
        sys.exit(BAD_INPUT)
    except BrokenPipeError:
        # Whoever read what is printed has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        said = printable(redacted(" ".join(str(error).split()))) or "without a word"
        _tell(
            f"this stopped at something that was not foreseen ({type(error).__name__}: "
            f"{textwrap.shorten(said, 300)}); --debug shows where, for a report of the fault",
            debug=debug,
        )
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        say_interrupted()


@contextmanager
def _details() -> Iterator[None]:
    """Write what is logged: where the errors arose that are told as problems."""
    log, handler = logging.getLogger("flexruimte"), logging.StreamHandler(sys.stderr)
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)


@contextmanager
def _short_warnings() -> Iterator[None]:
    """Write what libraries warn of in one line each."""
    before, warnings.formatwarning = warnings.formatwarning, _as_line
    try:
        yield
    finally:
        warnings.formatwarning = before


def _as_line(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    line: str | None = None,
) -> str:
    """Return what a library warns of as a line, without where in the library that is."""
    del category, filename, lineno, line
    return f"flexruimte: warning: {printable(redacted(' '.join(str(message).split())))}\n"


def _tell(message: str, *, debug: bool) -> None:
    """Write an error in one line, and before it where it arose if that is asked for."""
    if debug:
        traceback.print_exc()
    sys.stderr.write(f"flexruimte: error: {message}\n")
