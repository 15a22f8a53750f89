"""Commands that say what may be asked: rules, layers and schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from flexruimte.cli.terminal import Language, print_line, stdout
from flexruimte.errors import RulesetError, did_you_mean
from flexruimte.evidence.catalogue.reading import catalogue_schema
from flexruimte.results.outputs import RUN, SUMMARY
from flexruimte.results.read import read_summaries
from flexruimte.results.store import store_of
from flexruimte.results.summary_model import Summary
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.schema import described_schema
from flexruimte.rules.study_file import StudyFile
from flexruimte.study import Study
from flexruimte.study.layer_report import layer_report
from flexruimte.views.layer_table import layer_lines, layer_rows
from flexruimte.views.regime_table import regime_rows
from flexruimte.views.rule_table import (
    markdown_of_rules,
    markdown_table,
    priority_rows,
    rule_rows,
)
from flexruimte.views.spread_table import spread_rows
from flexruimte.vocabulary import THEMES

__all__ = ["layers", "rules", "schema"]


class TableFormat(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"


class SchemaName(StrEnum):
    """What there is a JSON Schema of."""

    STUDY = "study"
    RULESET = "ruleset"
    SUMMARY = "summary"
    CATALOGUE = "catalogue"


def rules(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A built-in ruleset, or the path of one.")
    ] = "flexwonen-nl",
    form: Annotated[
        TableFormat, typer.Option("--format", help="table or markdown.")
    ] = TableFormat.TABLE,
    language: Annotated[Language, typer.Option(help="nl or en.")] = Language.EN,
    of_run: Annotated[
        str | None,
        typer.Option("--run", metavar="OUT", help="Show what separates the locations of this run."),
    ] = None,
) -> None:
    """Show the rules of a ruleset, with level, value, source and basis.

    With --run: the themes and criteria that judged a run, with how far their scores differ.
    """
    if of_run is not None:
        with store_of(of_run).reading((RUN, SUMMARY)) as folder:
            head, rows = spread_rows(read_summaries(folder), language)
        if form == TableFormat.MARKDOWN:
            sys.stdout.write(markdown_table(head, rows))
        else:
            stdout.print(_table_of_spread(head, rows))
        return
    ruleset = load_ruleset(name)
    if form == TableFormat.MARKDOWN:
        sys.stdout.write(markdown_of_rules(ruleset, language))
        return
    stdout.print(_table_of_rules(ruleset, language))
    if ruleset.priorities:
        stdout.print(_table_of_priorities(ruleset, language))
    stdout.print(_table_of_law(ruleset, language))


def _table_of_rules(ruleset: Ruleset, language: Language) -> Table:
    """Return a row per rule, its eight columns folded into four that fit a terminal."""
    (rule, title, condition, level, _, asked, basis, source), rows = rule_rows(ruleset, language)
    table = Table(
        title=f"{ruleset.name} {ruleset.version}",
        title_justify="left",
        show_lines=True,
        expand=True,
    )
    table.add_column(f"{rule}: {title}", overflow="fold", ratio=5)
    table.add_column(asked, overflow="fold", ratio=3)
    table.add_column(f"{condition}, {level}", overflow="fold", ratio=3)
    table.add_column(f"{basis}: {source}", overflow="fold", ratio=5)
    for row in rows:
        table.add_row(
            Text.assemble((row[0], "bold"), "\n", row[1]),
            Text(row[5]),
            Text.assemble(f"{row[2]}, {row[3]}", (f"\n{row[4]}" if row[4] else "", "dim")),
            Text(f"{row[6]}: {row[7]}", style="dim"),
        )
    return table


def _table_of_priorities(ruleset: Ruleset, language: Language) -> Table:
    """Return a row per class of priority, its seven columns folded into four."""
    (name, title, passes, refuses, most, basis, source), rows = priority_rows(ruleset, language)
    table = Table(show_lines=True, expand=True)
    table.add_column(f"{name}: {title}, {most}", overflow="fold", ratio=3)
    table.add_column(passes, overflow="fold", ratio=3)
    table.add_column(refuses, overflow="fold", ratio=5)
    table.add_column(f"{basis}: {source}", overflow="fold", ratio=5)
    for row in rows:
        table.add_row(
            Text.assemble((row[0], "bold"), f"\n{row[1]}, {row[4]}"),
            Text(row[2]),
            Text(row[3]),
            Text(f"{row[5]}: {row[6]}", style="dim"),
        )
    return table


def _table_of_spread(head: list[str], rows: list[list[str]]) -> Table:
    """Return a row for the score and for each theme and criterion; themes in bold."""
    table = Table(expand=True)
    for number, heading in enumerate(head):
        table.add_column(heading, overflow="fold", justify="left" if number < 2 else "right")
    for row in rows:
        style = "bold" if row[0] in ("score", *THEMES) else ""
        table.add_row(*(Text(cell, style=style) for cell in row))
    return table


def _table_of_law(ruleset: Ruleset, language: Language) -> Table:
    """Return a row per row of law, its columns folded into four that fit a terminal."""
    (regime, title, period, where, longest, lifts, note, basis, source), rows = regime_rows(
        ruleset, language
    )
    table = Table(show_lines=True, expand=True)
    for heading in (f"{regime}: {title}", f"{period}, {where}", f"{longest}, {lifts}, {note}"):
        table.add_column(heading, overflow="fold", ratio=4)
    table.add_column(f"{basis}: {source}", overflow="fold", ratio=5)
    for row in rows:
        table.add_row(
            Text.assemble((row[0], "bold"), "\n", row[1]),
            Text("\n".join(filter(None, row[2:4]))),
            Text("\n".join(filter(None, row[4:7]))),
            Text(f"{row[7]}: {row[8]}", style="dim"),
        )
    return table


def layers(
    key: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="A layer of the ruleset; without: all.")
    ] = None,
    study: Annotated[
        Path | None,
        typer.Option(metavar="STUDY.toml", help="Hold what this study has against it."),
    ] = None,
    ruleset: Annotated[
        str, typer.Option(help="A built-in ruleset, or the path of one; a study has its own.")
    ] = "flexwonen-nl",
    language: Annotated[Language, typer.Option(help="nl or en.")] = Language.EN,
) -> None:
    """Show the layers of a ruleset: kind, unit, fields, values, who asks; and what a study has."""
    question = None if study is None else Study.load(study).question
    asked = load_ruleset(ruleset) if question is None else question.ruleset
    if key is None and question is None:
        stdout.print(_table_of_layers(asked, language))
        return
    if key is not None and key not in asked.layers:
        raise RulesetError(f"there is no layer '{key}'; {did_you_mean(key, asked.layers)}")
    for name in question.sources if key is None and question is not None else [str(key)]:
        for line in layer_lines(asked, name, language) if key is not None else [name]:
            print_line(line)
        for line in layer_report(question, name) if question is not None else []:
            style = {"warning": "yellow", "problem": "red"}.get(line.partition(":")[0], "")
            print_line(line, style)


def _table_of_layers(ruleset: Ruleset, language: Language) -> Table:
    table = Table(title=f"{ruleset.name} {ruleset.version}", title_justify="left", expand=True)
    head, rows = layer_rows(ruleset, language)
    for heading, ratio in zip(head, (3, 4, 1, 2, 4), strict=True):
        table.add_column(heading, overflow="fold", ratio=ratio)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def schema(
    name: Annotated[SchemaName, typer.Argument(help="study, ruleset, summary or catalogue")],
) -> None:
    """Print the JSON Schema of a study file, a ruleset or a catalogue, or of summary.json.

    For editors that complete and check TOML, and for who reads summaries.
    """
    schemas: dict[SchemaName, Callable[[], dict[str, Any]]] = {
        SchemaName.STUDY: partial(described_schema, StudyFile),
        SchemaName.RULESET: partial(described_schema, Ruleset),
        SchemaName.SUMMARY: partial(described_schema, Summary),
        SchemaName.CATALOGUE: catalogue_schema,
    }
    text = json.dumps(schemas[name](), ensure_ascii=False, indent=2)
    sys.stdout.write(text + "\n")
