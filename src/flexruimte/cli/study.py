"""Commands on a study file, before anything is computed: check."""

from __future__ import annotations

import json
from collections.abc import Sequence

import typer

from flexruimte.cli.arguments import StudyArgument
from flexruimte.cli.next_steps import tell_next
from flexruimte.cli.terminal import BAD_INPUT, print_line, working
from flexruimte.errors import number_of
from flexruimte.study import Study
from flexruimte.study.checks import CheckReport
from flexruimte.study.checks import check as check_sources

__all__ = ["check"]


def check(study: StudyArgument) -> None:
    """Read everything, compute nothing, say what is missing or wrong.

    First what stops a run, then what may surprise, then what is there, all in English: the same
    sentences are errors, and stand in run.log. Exit status 2 where a run would be refused, and 0
    where it can begin.
    """
    with working(f"reading {study}") as progress:
        question = Study.load(study).question
        report = check_sources(question, progress=progress)
    _print("problem", report.problems, "red", always=True)
    _print("warning", report.warnings, "yellow")
    if report.missing_layers:
        print_line(
            "Without these layers their rules are unknown for every parcel. To leave them out "
            "knowingly, say under [study]:"
        )
        print_line(f"not_assessed = {json.dumps(report.missing_layers)}", as_it_is=True)
        print_line("")
    _print("", report.lines, "")
    print_line(_counts(report))
    tell_next(
        "en",
        ("next-check-again", ["check", study]) if report.problems else ("next-run", ["run", study]),
    )
    raise typer.Exit(BAD_INPUT if report.problems else 0)


def _print(kind: str, lines: Sequence[str], style: str, *, always: bool = False) -> None:
    """Print lines of one kind, and an empty one behind them."""
    for line in lines:
        print_line(f"{kind}: {line}" if kind else line, style, always=always)
    if lines:
        print_line("")


def _counts(report: CheckReport) -> str:
    """Return how many problems, warnings and missing layers there are, and how much is there."""
    counts = [
        number_of(len(report.problems), "problem", "problems"),
        number_of(len(report.warnings), "warning", "warnings"),
        number_of(len(report.missing_layers), "layer missing", "layers missing"),
    ]
    layers = number_of(report.sources, "layer", "layers")
    return f"{', '.join(counts)} and {layers} looked at"
