"""All commands, in the order in which ``--help`` lists them, and what an error becomes."""

from __future__ import annotations

import sys
import textwrap
import traceback
from collections.abc import Callable
from typing import Annotated, Final, NamedTuple

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
from flexruimte.cli.help_pages import Command, Commands
from flexruimte.cli.terminal import BAD_INPUT, print_line, stderr, stdout
from flexruimte.cli.verbosity import (
    DebugOption,
    QuietOption,
    VerboseOption,
    Verbosity,
    choose,
    shown_in_terminal,
    verbosity,
    with_verbosity,
)
from flexruimte.errors import FlexruimteError, printable, redacted
from flexruimte.results.versions import software_versions

__all__ = ["COMMANDS", "app", "run_app"]

app = typer.Typer(
    name="flexruimte",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""
    flexruimte demo
    flexruimte new delft --gemeente Delft
    flexruimte run delft/study.toml --verbose
    """,
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Rank parcels of Dutch municipalities for relocatable homes that stay about fifteen years."""
    if version:
        stdout.print(software_versions()["flexruimte"])
        raise typer.Exit
    choose(quiet=quiet, verbose=verbose, debug=debug)


class _Listed(NamedTuple):
    """A command, and how the help shows it."""

    command: Callable[..., None]
    panel: str
    examples: str
    is_answer: bool = False
    """Whether what it prints is what was asked for, which --quiet leaves."""


_DATA: Final = "From a municipality to a study"
_RUN: Final = "From a study to a ranking"
_QUESTIONS: Final = "Questions about a ranking"
_AFTERWARDS: Final = "What follows from a ranking"
_RULES: Final = "What is asked, and of which data"

COMMANDS: Final = (
    _Listed(
        run.demo,
        _RUN,
        """
        flexruimte demo
        flexruimte demo --out /tmp/demo
        """,
    ),
    _Listed(
        data.new,
        _DATA,
        """
        flexruimte new delft --gemeente Delft
        flexruimte new haaglanden --gemeente GM0503 --gemeente GM0518
        flexruimte new ours --from ~/geodata --as-of 2026-01-01
        """,
    ),
    _Listed(
        fetch.fetch,
        _DATA,
        """
        flexruimte fetch delft/study.toml
        flexruimte fetch country.toml --gemeente Delft --cache ~/downloads
        """,
    ),
    _Listed(
        data.catalogue,
        _DATA,
        """
        flexruimte catalogue --language nl
        flexruimte catalogue natura2000
        """,
        is_answer=True,
    ),
    _Listed(study.check, _RUN, "flexruimte check study.toml"),
    _Listed(
        run.run,
        _RUN,
        """
        flexruimte run study.toml
        flexruimte run study.toml --gemeente GM0363 --out amsterdam
        flexruimte run study.toml --workers 4 --quiet
        flexruimte run study.toml --out s3://results/flex --dask tcp://scheduler:8786
        """,
    ),
    _Listed(
        view.view,
        _QUESTIONS,
        """
        flexruimte view out
        flexruimte view out --port 8000 --no-browser
        """,
        is_answer=True,
    ),
    _Listed(
        report.report,
        _QUESTIONS,
        """
        flexruimte report out
        flexruimte report out --gemeente GM0363
        """,
    ),
    _Listed(
        results.explain,
        _QUESTIONS,
        """
        flexruimte explain out 90010044970000
        flexruimte explain out 90010044970000 --all --language nl
        """,
        is_answer=True,
    ),
    _Listed(
        results.compare,
        _QUESTIONS,
        "flexruimte compare out 90010044970000 90010205770000",
        is_answer=True,
    ),
    _Listed(
        what_if.whatif,
        _QUESTIONS,
        """
        flexruimte whatif out
        flexruimte whatif out --variant soft.toml --variant ten.toml
        flexruimte whatif study.toml --gemeente GM0363 --rules nnn --out tables
        """,
    ),
    _Listed(
        rules.rules,
        _RULES,
        """
        flexruimte rules
        flexruimte rules flexwonen-nl natura2000
        flexruimte rules flexwonen-nl --language nl --format markdown
        flexruimte rules --run out
        """,
        is_answer=True,
    ),
    _Listed(
        rules.layers,
        _RULES,
        """
        flexruimte layers
        flexruimte layers natura2000 --study study.toml
        """,
        is_answer=True,
    ),
    _Listed(
        analyses.relocate,
        _AFTERWARDS,
        """
        flexruimte relocate out
        flexruimte relocate out --regions regions.csv --homes 200 --years 45
        """,
    ),
    _Listed(
        analyses.targets,
        _AFTERWARDS,
        """
        flexruimte targets out
        flexruimte targets out ours.toml --all
        """,
    ),
    _Listed(
        analyses.costs,
        _AFTERWARDS,
        """
        flexruimte costs out
        flexruimte costs out --rent 650 --running-cost 1500 --second-term 15
        """,
    ),
    _Listed(results.layout, _AFTERWARDS, "flexruimte layout out"),
    _Listed(
        rules.schema,
        _RULES,
        "flexruimte schema study > study.schema.json",
        is_answer=True,
    ),
)
"""All commands, in the order of the groups in which ``--help`` lists them."""

for _panel in (_DATA, _RUN, _QUESTIONS, _AFTERWARDS, _RULES):
    for _each in COMMANDS:
        if _each.panel == _panel:
            app.command(cls=Command, rich_help_panel=_panel, epilog=_each.examples)(
                with_verbosity(_each.command, is_answer=_each.is_answer)
            )


def run_app() -> None:
    """Run a command; the only place where errors become exit statuses."""
    with shown_in_terminal():
        try:
            app(sys.argv[1:])
        except FlexruimteError as error:
            _fail(str(error))
        except MemoryError:
            _fail(
                "this needs more memory than there is; run fewer municipalities or workers at "
                "once, with a smaller --block, or on a larger machine"
            )
        except Exception as error:
            said = printable(redacted(" ".join(str(error).split()))) or "without a word"
            _fail(
                f"this stopped at something that was not foreseen ({type(error).__name__}: "
                f"{textwrap.shorten(said, 300)}); --debug shows where, for a report of the fault"
            )
        except KeyboardInterrupt:
            say_interrupted()


def _fail(message: str) -> None:
    """Write an error in one line, with --debug before it where it arose; and end."""
    if verbosity() == Verbosity.DEBUG:
        sys.stderr.write(redacted(traceback.format_exc()))
    print_line(f"flexruimte: error: {message}", "red", stderr, always=True)
    sys.exit(BAD_INPUT)
