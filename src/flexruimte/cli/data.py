"""Commands that lead to data: the catalogue, and a new study."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer
from rich.table import Table
from rich.text import Text

from flexruimte.cli.arguments import (
    DEFAULT_RULESET,
    GemeenteOption,
    Language,
    LanguageOfText,
    RulesetOption,
)
from flexruimte.cli.completion import completed_datasets
from flexruimte.cli.next_steps import Step, tell_next
from flexruimte.cli.terminal import print_files, print_line, stdout, working
from flexruimte.errors import CatalogueError, StudyError, did_you_mean
from flexruimte.evidence.catalogue.municipalities import find_municipality
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.study_file import check_as_of
from flexruimte.study.new_study.draft import StudyDraft
from flexruimte.study.new_study.from_catalogue import draft_from_catalogue
from flexruimte.study.new_study.from_folder import FolderFindings, draft_from_folder
from flexruimte.study.new_study.writing import STUDY_FILE, write_study
from flexruimte.views.catalogue_table import catalogue_rows, dataset_lines

__all__ = ["catalogue", "new"]

CatalogueOption: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalogue",
        metavar="FILE",
        help="A catalogue of your own, which adds to the built-in one or replaces parts of it.",
    ),
]


_NEW: Final[Step] = ("next-new", ["new", "delft", "--gemeente", "Delft"])
_MOST_UNKNOWN: Final = 20
"""So many sources that are not recognised are named, and no more."""
_LONGEST_KEY: Final = 26
"""Of a dataset, as `liwo_overstromingsgevoelig`. [character]"""


class CatalogueFormat(StrEnum):
    """How the catalogue is printed."""

    TABLE = "table"
    JSON = "json"


def catalogue(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="KEY",
            help="A dataset, in full; without: all.",
            autocompletion=completed_datasets,
        ),
    ] = None,
    own: CatalogueOption = None,
    ruleset: RulesetOption = DEFAULT_RULESET,
    form: Annotated[
        CatalogueFormat,
        typer.Option("--format", metavar="table|json", help="For a terminal, or for a program."),
    ] = CatalogueFormat.TABLE,
    language: LanguageOfText = Language.EN,
) -> None:
    """Show what can be fetched: from where, under which licence, and how that was confirmed."""
    known = read_catalogue(*(own or []))
    if key is not None and key not in known.datasets:
        raise CatalogueError(
            f"the catalogue has no dataset '{key}'; {did_you_mean(key, known.datasets)}"
        )
    if form == CatalogueFormat.JSON:
        shown = known.model_dump(mode="json", exclude_defaults=True)["datasets"]
        text = json.dumps(shown if key is None else shown[key], ensure_ascii=False, indent=2)
        sys.stdout.write(text + "\n")
        return
    asked = load_ruleset(ruleset)
    if key is not None:
        for line in dataset_lines(known, asked, key, language):
            print_line(line)
        tell_next(language.value, _NEW)
        return
    (name, what, how, terms), rows = catalogue_rows(known, asked, language)
    table = Table(expand=True)
    table.add_column(f"{name}: {what}", overflow="fold", width=_LONGEST_KEY)
    table.add_column(how, overflow="fold", ratio=6)
    table.add_column(terms, overflow="fold", ratio=4)
    for row in rows:
        table.add_row(Text.assemble((row[0], "bold"), f"\n{row[1]}"), Text(row[2]), Text(row[3]))
    stdout.print(table)
    tell_next(language.value, ("next-dataset", ["catalogue", rows[-1][0]]), _NEW)


def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder for the study; it is made if need be.")
    ],
    gemeente: GemeenteOption = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FOLDER",
            help="Files that are there already: what they are is recognised, or asked.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="The day from which terms and dates count, as 2026-01-31; today if not given.",
        ),
    ] = None,
    own: Annotated[
        Path | None,
        typer.Option(
            "--catalogue",
            metavar="FILE",
            help="A catalogue of your own, which adds to the built-in one; the study names it.",
        ),
    ] = None,
    ruleset: RulesetOption = DEFAULT_RULESET,
    language: Annotated[
        Language,
        typer.Option(metavar="nl|en", help="Language of the study and of all that follows."),
    ] = Language.NL,
) -> None:
    """Write a study file: with every layer that can be fetched, or of the files in a folder."""
    if not gemeente and source is None:
        raise StudyError(
            "there is nothing to make a study of; say which municipality with --gemeente, or give "
            "a folder with files with --from"
        )
    known = read_catalogue(*([own] if own else []))
    found = [find_municipality(known, name) for name in gemeente or []]
    if source is not None:
        is_asking = _is_with_a_person()
        # Nothing may turn in the line where a question waits for its answer.
        with nullcontext() if is_asking else working(f"looking through {source}"):
            draft, seen = draft_from_folder(
                source,
                study_folder=folder,
                ruleset=load_ruleset(ruleset),
                catalogue=known,
                as_of=_day(as_of),
                ruleset_name=_as_seen_from(folder, ruleset),
                language=language.value,
                gemeenten=[one.code for one in found],
                catalogue_path=None if own is None else _as_seen_from(folder, str(own)),
                choose=_chosen_by_a_person if is_asking else None,
            )
        write_study(draft, folder)
        _tell_folder(draft, seen, folder / STUDY_FILE)
        return
    draft = draft_from_catalogue(
        known,
        load_ruleset(ruleset),
        found,
        as_of=_day(as_of),
        ruleset_name=_as_seen_from(folder, ruleset),
        language=language.value,
        catalogue_path=None if own is None else _as_seen_from(folder, str(own)),
    )
    written = write_study(draft, folder)
    for one in found:
        if one.told:
            print_line(one.told, "yellow")
    fetched = sum("dataset" in table.settings for table in draft.layers.values())
    print_files(
        f"{folder / STUDY_FILE}: {draft.name}, with {fetched} layers to fetch; "
        f"{len(draft.not_assessed)} are left out, and the file says why and whom to ask",
        str(folder / STUDY_FILE),
    )
    for table in written[:-1]:
        print_line(f"{table}: to fill in, if you know it")
    study = folder / STUDY_FILE
    tell_next("en", ("next-fetch", ["fetch", study]), ("next-check", ["check", study]))


def _is_with_a_person() -> bool:
    """Return whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _chosen_by_a_person(dataset: str, sources: Sequence[str]) -> int | None:
    """Ask which source a dataset is; Enter leaves it a question in the study."""
    print_line(f"{dataset}: is it one of these?", "yellow")
    for number, source in enumerate(sources, 1):
        print_line(f"  {number}. {source}")
    chosen = -1
    while not 0 <= chosen <= len(sources):
        chosen = typer.prompt("its number, or 0 to answer it in the study", default=0, type=int)
    return chosen - 1 if chosen else None


def _tell_folder(draft: StudyDraft, seen: FolderFindings, path: Path) -> None:
    """Say what was recognised in a folder, what is asked, and what to do next."""
    for line in seen.certain:
        print_line(line)
    for line in seen.asked:
        print_line(f"asked: {line}", "yellow")
    for line in seen.unknown[:_MOST_UNKNOWN]:
        print_line(f"not recognised: {line}")
    if len(seen.unknown) > _MOST_UNKNOWN:
        print_line(f"not recognised: {len(seen.unknown) - _MOST_UNKNOWN} more")
    for line in seen.unread:
        print_line(f"not read: {line}")
    print_files(
        f"{path}: {len(seen.certain)} recognised for certain; {len(draft.not_assessed)} layers are "
        "not there, and the file says where they are to be had",
        str(path),
    )
    if seen.asked:
        print_line("answer first what is asked there, behind #", "yellow")
    tell_next("en", ("next-check", ["check", path]))


def _day(text: str | None) -> dt.date:
    """Return the date of a study; today is read here and nowhere else, and stands in the file."""
    try:
        return check_as_of(dt.date.today() if text is None else dt.date.fromisoformat(text))
    except ValueError as error:
        raise StudyError(f"--as-of '{text}': {error}") from None


def _as_seen_from(folder: Path, name: str) -> str:
    """Return a path as a study in the folder names it; what is no path stays as it is."""
    path = Path(name)
    if not path.is_file():
        return name
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
