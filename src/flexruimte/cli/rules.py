"""Commands that say what may be asked: rules, layers and schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from flexruimte.cli.arguments import DEFAULT_RULESET, Language, LanguageOfText, RulesetOption
from flexruimte.cli.completion import completed_layers, completed_rules, completed_rulesets
from flexruimte.cli.next_steps import Step, command_text, first_locations, tell_next
from flexruimte.cli.terminal import counted, print_line, stdout
from flexruimte.errors import RulesetError, did_you_mean, printable
from flexruimte.evidence.catalogue.reading import catalogue_schema
from flexruimte.results.outputs import RUN, SUMMARY
from flexruimte.results.read import read_summaries
from flexruimte.results.store import store_of
from flexruimte.results.summary_model import Summary
from flexruimte.rules.files import built_in_names, load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.schema import described_schema
from flexruimte.rules.study_file import StudyFile
from flexruimte.study import Study
from flexruimte.study.layer_report import layer_report
from flexruimte.views.layer_table import layer_lines, layer_rows
from flexruimte.views.regime_table import regime_rows
from flexruimte.views.rule_in_full import facts_of, markdown_of_rules, rules_by_condition
from flexruimte.views.rule_table import markdown_table, priority_rows
from flexruimte.views.spread_table import spread_rows
from flexruimte.vocabulary import THEMES
from flexruimte.wording.messages import message
from flexruimte.wording.plain_table import PlainTable

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
        str,
        typer.Argument(
            metavar="RULESET",
            help="A built-in ruleset, or the path of one.",
            autocompletion=completed_rulesets,
        ),
    ] = DEFAULT_RULESET,
    rule: Annotated[
        str | None,
        typer.Argument(
            metavar="RULE_ID",
            help="A rule, a class of priority or a row of law, in full; without: all rules.",
            autocompletion=completed_rules,
        ),
    ] = None,
    form: Annotated[
        TableFormat,
        typer.Option("--format", metavar="table|markdown", help="For a terminal, or for a page."),
    ] = TableFormat.TABLE,
    language: LanguageOfText = Language.EN,
    of_run: Annotated[
        str | None,
        typer.Option("--run", metavar="OUT", help="Show what separates the locations of this run."),
    ] = None,
) -> None:
    """Show the rules of a ruleset by theme and level, or one rule in full.

    With --run: the themes and criteria that judged a run, with how far their scores differ.
    """
    if of_run is not None:
        _show_spread(of_run, form, language)
        return
    if (
        rule is None
        and name not in built_in_names()
        and name in load_ruleset(DEFAULT_RULESET).rules
    ):
        raise RulesetError(
            f"'{name}' is a rule and no ruleset; give both, as in "
            f"{command_text(['rules', DEFAULT_RULESET, name])}"
        )
    ruleset = load_ruleset(name)
    if rule is not None:
        facts = facts_of(ruleset, rule, language)
        if form == TableFormat.MARKDOWN:
            sys.stdout.write(markdown_table(["", ""], [list(fact) for fact in facts]))
            return
        stdout.print(_list_of(facts, indent=0))
        tell_next(language.value, *_next_of_rule(ruleset, name, rule))
        return
    if form == TableFormat.MARKDOWN:
        sys.stdout.write(markdown_of_rules(ruleset, language))
        return
    _show_rules(ruleset, language)
    tell_next(language.value, ("next-rule", ["rules", name, next(iter(ruleset.rules))]))


def _show_spread(out: str, form: TableFormat, language: Language) -> None:
    with store_of(out).reading((RUN, SUMMARY)) as folder:
        head, rows = spread_rows(read_summaries(folder), language)
    if form == TableFormat.MARKDOWN:
        sys.stdout.write(markdown_table(head, rows))
        return
    stdout.print(_table_of_spread(head, rows))
    first = first_locations(out, 1)
    tell_next(language.value, *(("next-explain", ["explain", out, each]) for each in first))


def _show_rules(ruleset: Ruleset, language: Language) -> None:
    """Print a line per rule under its theme, then the classes of priority and the rows of law."""
    said = {"name": printable(ruleset.name), "version": printable(ruleset.version)}
    print_line(counted("rules-count", len(ruleset.rules), language.value, **said))
    of_classes = [[row[0], row[1]] for row in priority_rows(ruleset, language)[1]]
    of_law = [[row[0], f"{row[1]}: {row[2]}"] for row in regime_rows(ruleset, language)[1]]
    groups = {
        **rules_by_condition(ruleset, language),
        message("rules-priorities", language.value): {"": of_classes},
        message("regime-title", language.value): {"": of_law},
    }
    for heading, by_level in groups.items():
        if any(by_level.values()):
            print_line("")
            print_line(heading, "bold")
        for level, rows in by_level.items():
            if level:
                print_line(f" {level}", "italic")
            stdout.print(_list_of(rows))


def _list_of(rows: Sequence[Sequence[str]], indent: int = 2) -> Table:
    """Return a name and a text per row, without a frame; the text wraps beside the name."""
    table = Table.grid(padding=(0, 2, 0, 0))
    if indent:
        table.add_column(width=indent - 2)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*([""] if indent else []), *map(Text, row))
    return table


def _next_of_rule(ruleset: Ruleset, name: str, rule: str) -> list[Step]:
    """Return how the first layer of a rule is shown in full, and all rules."""
    layers = ruleset.layers_of_rule(ruleset.rules[rule]) if rule in ruleset.rules else []
    of_ruleset = [] if name == DEFAULT_RULESET else ["--ruleset", name]
    steps: list[Step] = [("next-layer", ["layers", each, *of_ruleset]) for each in layers[:1]]
    return [*steps, ("next-rules", ["rules", name])]


def _table_of_spread(head: list[str], rows: list[list[str]]) -> PlainTable:
    """Return a row for the score and for each theme and criterion; themes in bold."""
    themes = ("score", *THEMES)
    cells = [[Text(cell, style="bold" if row[0] in themes else "") for cell in row] for row in rows]
    return PlainTable(head, cells, texts=2)


def layers(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="KEY",
            help="A layer of the ruleset, in full; without: all.",
            autocompletion=completed_layers,
        ),
    ] = None,
    study: Annotated[
        Path | None,
        typer.Option(metavar="STUDY.toml", help="Hold what this study has against it."),
    ] = None,
    ruleset: RulesetOption = DEFAULT_RULESET,
    language: LanguageOfText = Language.EN,
) -> None:
    """Show the layers of a ruleset: kind, unit, fields, values, who asks; and what a study has."""
    question = None if study is None else Study.load(study).question
    asked = load_ruleset(ruleset) if question is None else question.ruleset
    if key is None and question is None:
        _show_layers(asked, language)
        of_ruleset = [] if ruleset == DEFAULT_RULESET else ["--ruleset", ruleset]
        first = next(iter(asked.layers))
        tell_next(language.value, ("next-layer", ["layers", first, *of_ruleset]))
        return
    if key is not None and key not in asked.layers:
        raise RulesetError(f"there is no layer '{key}'; {did_you_mean(key, asked.layers)}")
    for name in question.sources if key is None and question is not None else [str(key)]:
        for line in layer_lines(asked, name, language) if key is not None else [name]:
            print_line(line)
        for line in layer_report(question, name) if question is not None else []:
            style = {"warning": "yellow", "problem": "red"}.get(line.partition(":")[0], "")
            print_line(line, style)


def _show_layers(ruleset: Ruleset, language: Language) -> None:
    """Print a line per layer: key, kind with unit, and what it is; fields stand in one in full."""
    print_line(f"{ruleset.name} {ruleset.version}", "bold")
    rows = []
    for key, title, kind, unit, _fields in layer_rows(ruleset, language)[1]:
        rows.append([key, f"{title} ({kind if unit == '-' else f'{kind}, {unit}'})"])
    stdout.print(_list_of(rows, indent=0))


def schema(
    name: Annotated[
        SchemaName, typer.Argument(metavar="NAME", help="study, ruleset, summary or catalogue.")
    ],
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
