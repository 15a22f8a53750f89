"""Commands on a study file, before anything is computed: check."""

from __future__ import annotations

import json

import typer

from flexruimte.cli.terminal import BAD_INPUT, StudyArgument, print_line
from flexruimte.study import Study
from flexruimte.study.checks import check as check_sources
from flexruimte.wording.messages import message

__all__ = ["check"]


def check(study: StudyArgument) -> None:
    """Read everything, compute nothing, say what is missing or wrong."""
    question = Study.load(study).question
    report = check_sources(question)
    for line in report.lines:
        print_line(line)
    for warning in report.warnings:
        print_line(f"warning: {warning}", "yellow")
    for problem in report.problems:
        print_line(f"problem: {problem}", "red")
    if report.missing_layers:
        print_line(message("check-missing", question.language))
        print_line(f"not_assessed = {json.dumps(report.missing_layers)}")
    raise typer.Exit(BAD_INPUT if report.problems else 0)
