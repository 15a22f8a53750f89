"""The command that says what rules take, and puts variants of a study side by side."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from flexruimte.batch.map import refresh_map
from flexruimte.batch.what_if import tables_made, what_if, write_what_if
from flexruimte.cli.arguments import GemeenteOption
from flexruimte.cli.completion import completed_rules
from flexruimte.cli.next_steps import Step, first_locations, tell_next, view_step
from flexruimte.cli.terminal import print_files, print_line, stderr, stdout, working
from flexruimte.cli.what_if_report import (
    moves_of,
    order_of,
    rules_legend,
    rules_table,
    variant_tables,
    variants_legend,
)
from flexruimte.errors import StudyError
from flexruimte.results.outputs import WHAT_IF, WHAT_IF_MOVES, WHAT_IF_VARIANTS
from flexruimte.results.store import Store, store_of
from flexruimte.study import Study
from flexruimte.study.what_if import WhatIf
from flexruimte.wording.messages import message

__all__ = ["whatif"]

_STUDY_SUFFIX = ".toml"
_FILES = (WHAT_IF, WHAT_IF_VARIANTS, WHAT_IF_MOVES)


def whatif(
    where: Annotated[
        str,
        typer.Argument(
            metavar="OUT|STUDY.toml",
            help="Folder, or s3://bucket/prefix, that a run wrote to; or a study file, of which "
            "each municipality is then surveyed.",
        ),
    ],
    variant: Annotated[
        list[Path] | None,
        typer.Option(
            "--variant",
            metavar="FILE",
            help="TOML with other choices: [rules.NAME], [placement], [score], [study] ...; may be "
            "given more than once.",
        ),
    ] = None,
    gemeente: GemeenteOption = None,
    rules: Annotated[
        list[str] | None,
        typer.Option(
            "--rules",
            metavar="ID",
            help="Only this excluding rule; may be given more than once.",
            autocompletion=completed_rules,
        ),
    ] = None,
    no_rules: Annotated[
        bool, typer.Option("--no-rules", help="Only the variants, not what each rule takes.")
    ] = False,
    study: Annotated[
        Path | None,
        typer.Option(metavar="STUDY.toml", help="The study of the run, where it has moved."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Of a study file: folder for the tables; none if not given.",
        ),
    ] = None,
    new_surveys: Annotated[
        bool,
        typer.Option("--new-surveys", help="Open the layers for variants that need that."),
    ] = False,
) -> None:
    """Say what each excluding rule takes, and put variants of the study side by side."""
    if no_rules and rules:
        raise StudyError("--rules and --no-rules exclude each other; give one of them")
    if no_rules and not variant:
        raise StudyError("--no-rules leaves nothing to say; give a --variant too")
    of_study = where.endswith(_STUDY_SUFFIX)
    if of_study and study is not None:
        raise StudyError("--study goes with the folder of a run; leave one of the two studies out")
    if out is not None and not of_study:
        raise StudyError("--out goes with a study file; tables of a run come beside its results")
    with working("what if") as progress:
        asked = Study.load(where).what_if if of_study else partial(what_if, where, study=study)
        found = asked(
            variant or (),
            municipalities=gemeente or None,
            rules=[] if no_rules else rules or None,
            new_surveys=new_surveys,
            progress=progress,
        )
    _print(found)
    if of_study and out is not None:
        with store_of(out).writing() as folder:
            write_what_if(found, folder)
    if not of_study:
        refresh_map(where, found.language)
    if not of_study or out is not None:
        _print_files(found, store_of(out or where))
    if of_study:
        tell_next(found.language, ("next-run", ["run", where]))
    else:
        first = first_locations(where, 1)
        explained: list[Step] = [("next-explain", ["explain", where, each]) for each in first]
        tell_next(found.language, *view_step(where), ("next-report", ["report", where]), *explained)
    if found.not_done:
        raise typer.Exit(1)


def _print(found: WhatIf) -> None:
    if len(found.rules):
        stdout.print(rules_table(found))
        print_line(rules_legend(found))
    tables = list(variant_tables(found))
    for number, table in enumerate(tables):
        if number or len(found.rules):
            stdout.print()
        stdout.print(table)
    if tables:
        print_line(variants_legend(found.language))
    for line in (*order_of(found), *moves_of(found)):
        print_line(line)
    for code, state in found.not_done.items():
        said = {"code": code, "state": state}
        print_line(message("what-if-not-done", found.language, **said), "red", stderr)


def _print_files(found: WhatIf, store: Store) -> None:
    """Print which files were written, and which are those of an earlier call."""
    made = tables_made(found)
    kept = [name for name in _FILES if name not in made and store.has(name)]
    for message_id, names in (("more-in", made), ("what-if-kept", kept)):
        if names:
            paths = [store.named(name) for name in names]
            said = message(message_id, found.language, names=", ".join(paths))
            print_files(said, *(paths if names is made else []))
