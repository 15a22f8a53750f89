"""The command that writes the reports of a run again."""

from __future__ import annotations

from typing import Annotated

import typer

from flexruimte.batch.report import write_reports
from flexruimte.cli.terminal import ResultsArgument, print_line

__all__ = ["report"]


def report(
    out: ResultsArgument,
    gemeente: Annotated[
        list[str] | None,
        typer.Option(
            "--gemeente", metavar="CODE", help="Code or name; more than one may be given."
        ),
    ] = None,
) -> None:
    """Write the report and the dossiers of each municipality again.

    With what was worked out since the run by whatif and relocate. Open report.html in a browser,
    and print it to paper or PDF.
    """
    for name in write_reports(out, gemeente or []):
        print_line(name)
