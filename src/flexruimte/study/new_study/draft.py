"""A study that is to be written: what is certain, what is asked, and the text of its file."""

from __future__ import annotations

import datetime as dt
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from flexruimte.errors import printable
from flexruimte.wording.messages import Language, message

__all__ = ["StudyDraft", "TableDraft", "study_text", "toml_value"]

Settings: TypeAlias = Mapping[str, Any]
"""Keys and values of one table of a study file, such as `{"source": "data/bag.gpkg"}`."""

_WIDTH = 98
"""Columns that comments are wrapped at. [character]"""
_INDENT = "    "
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class TableDraft:
    """One table of the study file."""

    settings: Settings = field(default_factory=dict)
    """What is certain; empty where nothing is, and then only the candidates are written."""
    comments: Sequence[str] = ()
    """Paragraphs that stand above the table."""
    candidates: Sequence[Settings] = ()
    """What may be meant: written below it, commented out, each to be chosen by a person who takes
    the `#` away."""


@dataclass(frozen=True)
class StudyDraft:
    """A study file before it is written."""

    name: str
    as_of: dt.date
    parcels: TableDraft
    municipalities: TableDraft
    layers: Mapping[str, TableDraft]
    """By the key of the layer, in the order in which they are written."""
    ruleset: str = "flexwonen-nl"
    language: Language = "nl"
    gemeenten: Sequence[str] = ()
    """Codes of the municipalities that are asked for; empty is all that have parcels."""
    catalogue: str | None = None
    """A catalogue of the user's own, relative to the study file."""
    not_assessed: Mapping[str, str] = field(default_factory=dict)
    """By the layer or rule that is left out knowingly the reason, which is written beside it."""
    decisions: TableDraft | None = None
    to_fill: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By layer the columns of the table that is written for people to fill in."""
    head: Sequence[str] = ()
    """Paragraphs that the file starts with."""


def study_text(draft: StudyDraft) -> str:
    """Return the text of the study file; `read_study_file` reads back what is certain.

    A table that is only asked for (`candidates` without `settings`) is written with `#` before
    each of its lines, without a space; explanations have a space behind it. So whoever answers a
    question takes single characters away, and nothing that was not asked becomes part of the study.

    Examples
    --------
    >>> parcels = TableDraft({"source": "data/brk.gpkg", "id": "perceel"})
    >>> towns = TableDraft({"source": "data/brk.gpkg", "code": "code", "name": "naam"})
    >>> owners = TableDraft(comments=["Who owns what?"], candidates=[{"source": "owners.csv"}])
    >>> day = dt.date(2026, 1, 1)
    >>> draft = StudyDraft("Delft", day, parcels, towns, {"eigendom": owners})
    >>> print(study_text(draft))
    [study]
    name = "Delft"
    as_of = 2026-01-01
    ruleset = "flexwonen-nl"
    language = "nl"
    <BLANKLINE>
    [parcels]
    source = "data/brk.gpkg"
    id = "perceel"
    <BLANKLINE>
    [municipalities]
    source = "data/brk.gpkg"
    code = "code"
    name = "naam"
    <BLANKLINE>
    # Who owns what?
    #[layers.eigendom]
    #source = "owners.csv"
    <BLANKLINE>
    """
    parts = [
        [line for paragraph in draft.head for line in _comment(paragraph)],
        list(_study_lines(draft)),
        list(_table_lines("parcels", draft.parcels)),
        list(_table_lines("municipalities", draft.municipalities)),
        *([list(_table_lines("decisions", draft.decisions))] if draft.decisions else []),
        *(list(_table_lines(f"layers.{_key(key)}", table)) for key, table in draft.layers.items()),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _study_lines(draft: StudyDraft) -> Iterator[str]:
    settings: dict[str, Any] = {
        "name": draft.name,
        "as_of": draft.as_of,
        "ruleset": draft.ruleset,
        "language": draft.language,
    }
    if draft.gemeenten:
        settings["gemeenten"] = list(draft.gemeenten)
    if draft.catalogue is not None:
        settings["catalogue"] = draft.catalogue
    yield "[study]"
    yield from _pairs(settings)
    if draft.not_assessed:
        yield from _comment(message("study-file-left-out", draft.language))
        yield "not_assessed = ["
        for key, reason in draft.not_assessed.items():
            yield from (f"{_INDENT}{line}" for line in _comment(reason, _INDENT))
            yield f"{_INDENT}{toml_value(key)},"
        yield "]"


def _table_lines(name: str, table: TableDraft) -> Iterator[str]:
    for paragraph in table.comments:
        yield from _comment(paragraph)
    if table.settings:
        yield f"[{name}]"
        yield from _pairs(table.settings)
    for number, candidate in enumerate(table.candidates):
        if number or table.settings:
            yield ""
        yield f"#[{name}]"
        yield from (f"#{line}" for line in _pairs(candidate))


def _comment(paragraph: str, indent: str = "") -> list[str]:
    lines = textwrap.wrap(printable(paragraph), _WIDTH - len(indent), break_long_words=False)
    return [f"# {line}" for line in lines]


def _pairs(settings: Settings) -> Iterable[str]:
    return [f"{_key(name)} = {toml_value(value)}" for name, value in settings.items()]


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else toml_value(name)


def toml_value(value: object) -> str:
    r"""Return a value as TOML: text, a number, a truth, a date, a list or an inline table.

    Examples
    --------
    >>> print(toml_value({"a b": [True, 1.5, 'say "no"\n'], "day": dt.date(2026, 1, 1)}))
    { "a b" = [true, 1.5, "say \"no\"\n"], day = 2026-01-01 }
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case dt.date():
            return value.isoformat()
        case str():
            # JSON escapes what TOML does, but for the character DEL.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Mapping():
            return "{ " + ", ".join(_pairs(value)) + " }" if value else "{}"
        case list() | tuple():
            return "[" + ", ".join(toml_value(part) for part in value) + "]"
        case _:
            raise TypeError(f"a study file cannot hold {type(value).__name__}")
