"""Arguments and options that several commands take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from flexruimte.cli.completion import completed_municipalities, completed_rulesets

__all__ = [
    "DEFAULT_RULESET",
    "AllOption",
    "GemeenteOption",
    "Language",
    "LanguageOfText",
    "LanguageOption",
    "OutOption",
    "ResultsArgument",
    "RulesetOption",
    "StudyArgument",
]

DEFAULT_RULESET: Final = "flexwonen-nl"


class Language(StrEnum):
    """Language of what is printed."""

    NL = "nl"
    EN = "en"


StudyArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="STUDY.toml", help="The study file.", show_default=False)
]
ResultsArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="OUT", help="Folder, or s3://bucket/prefix, that a run wrote to.")
]
OutOption: TypeAlias = Annotated[
    str,
    typer.Option("--out", metavar="DIR", help="Folder for the results, or s3://bucket/prefix."),
]
GemeenteOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--gemeente",
        metavar="CODE",
        help="Code or name of a municipality, as GM0503 or Delft; may be given more than once.",
        autocompletion=completed_municipalities,
    ),
]
RulesetOption: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="A built-in ruleset, or the path of one.",
        autocompletion=completed_rulesets,
    ),
]
LanguageOption: TypeAlias = Annotated[
    Language | None,
    typer.Option(metavar="nl|en", help="Language of what is said; that of the study if not given."),
]
LanguageOfText: TypeAlias = Annotated[
    Language, typer.Option(metavar="nl|en", help="Language of what is said.")
]
AllOption: TypeAlias = Annotated[
    bool,
    typer.Option("--all", help="Count all ranked locations, not only the best class of priority."),
]
