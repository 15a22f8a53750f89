"""What all commands share: arguments of one kind, exit statuses, and printing to the terminal."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.console import Console
from rich.text import Text

from flexruimte.errors import printable
from flexruimte.results.outputs import RUN, SUMMARY
from flexruimte.results.read import read_summaries
from flexruimte.results.store import store_of
from flexruimte.wording.console import PlainConsole
from flexruimte.wording.messages import Language as Written
from flexruimte.wording.messages import message
from flexruimte.wording.quantities import number_text

__all__ = [
    "BAD_INPUT",
    "Language",
    "OutOption",
    "ResultsArgument",
    "StudyArgument",
    "counted",
    "language_of",
    "print_line",
    "stderr",
    "stdout",
]

BAD_INPUT = 2
"""Exit status after bad arguments, a bad study or a bad ruleset."""

stdout, stderr = PlainConsole(), PlainConsole(stderr=True)

OutOption: TypeAlias = Annotated[
    str, typer.Option("--out", help="Folder for the results, or s3://bucket/prefix.")
]
ResultsArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="OUT", help="Folder, or s3://bucket/prefix, that a run wrote to.")
]
StudyArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="STUDY.toml", help="The study file.")
]


class Language(StrEnum):
    """Language of what is printed."""

    NL = "nl"
    EN = "en"


def print_line(text: str, style: str = "", console: Console = stdout) -> None:
    """Print a text as it is: on one line however long, brackets and colons without a meaning."""
    console.print(Text(printable(text), style=style), soft_wrap=True)


def language_of(out: str) -> Written:
    """Return the language of the study of a run.

    Raises
    ------
    OutputError
        When there is no run, or nothing in it is done.
    """
    with store_of(out).reading((RUN, SUMMARY)) as folder:
        return read_summaries(folder)[0].study.language


def counted(message_id: str, count: int, language: Written, **said: str) -> str:
    """Return a message that shows a number, and chooses its form by it."""
    return message(
        message_id, language, number=number_text(count, 0, language), count=count, **said
    )
