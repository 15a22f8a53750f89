"""The command that writes the reports of a run again."""

from __future__ import annotations

from flexruimte.batch.report import write_reports
from flexruimte.cli.arguments import GemeenteOption, ResultsArgument
from flexruimte.cli.next_steps import tell_next, view_step
from flexruimte.cli.terminal import language_of, print_files, working

__all__ = ["report"]


def report(out: ResultsArgument, gemeente: GemeenteOption = None) -> None:
    """Write the report and the dossiers of each municipality again.

    With what was worked out since the run by whatif and relocate. Open report.html in a browser,
    and print it to paper or PDF.
    """
    with working("writing the reports"):
        names = write_reports(out, gemeente or [])
    for name in names:
        print_files(name, name)
    tell_next(language_of(out), *view_step(out))
