"""All commands, in the order in which ``--help`` lists them, and what an error becomes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flexruimte.cli import analyses, results, rules, run, study
from flexruimte.cli.terminal import BAD_INPUT, INTERRUPTED, stdout
from flexruimte.errors import FlexruimteError
from flexruimte.results.versions import software_versions

__all__ = ["app", "main"]

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
) -> None:
    """Rank parcels of Dutch municipalities for relocatable homes that stay about fifteen years."""
    if version:
        stdout.print(software_versions()["flexruimte"])
        raise typer.Exit


for _command in (
    run.demo,
    run.run,
    study.check,
    results.explain,
    rules.rules,
    analyses.relocate,
    analyses.targets,
    analyses.costs,
    results.layout,
    rules.schema,
):
    app.command()(_command)


def main() -> None:
    """Run the command line; the only place where errors become exit statuses."""
    try:
        app()
    except FlexruimteError as error:
        sys.stderr.write(f"flexruimte: error: {error}\n")
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.stderr.write("flexruimte: interrupted; run the same command again to go on\n")
        sys.exit(INTERRUPTED)
