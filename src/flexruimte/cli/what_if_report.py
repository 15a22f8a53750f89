"""What is printed of what-if: a table of rules, a table of variants per municipality, moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from flexruimte.analyses.what_if import AS_IT_IS
from flexruimte.cli.run_report import some_of
from flexruimte.cli.terminal import counted
from flexruimte.errors import printable
from flexruimte.study.what_if import WhatIf
from flexruimte.wording.messages import Language, message
from flexruimte.wording.plain_table import PlainTable
from flexruimte.wording.quantities import number_text

__all__ = [
    "moves_of",
    "order_of",
    "rules_legend",
    "rules_table",
    "variant_tables",
    "variants_legend",
]

_MOST_RULES: Final = 25
_MOST_NAMED: Final = 5
_LEAST_SHOWN: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""
_OF_RULES: Final = {
    "alone_hectares": "what-if-takes",
    "only_hectares": "what-if-frees",
    "only_locations": "what-if-locations",
    "only_homes": "what-if-homes",
    "only_best_homes": "what-if-best",
    "softer_hectares": "what-if-softer",
    "half_distance_hectares": "what-if-half",
}
"""Messages that are the headings, by column. What a rule has no answer of is in the CSV alone."""
_OF_VARIANTS: Final = {
    "hectares": "what-if-hectares",
    "locations": "what-if-locations",
    "homes": "what-if-homes",
    "best_locations": "what-if-best",
    "best_homes": "what-if-best-homes",
}
_CHANGES: Final = {
    "locations": ("entering", "leaving"),
    "best_locations": ("best_entering", "best_leaving"),
}
"""What enters and leaves a list, before how many are on it."""


def rules_table(found: WhatIf) -> PlainTable:
    """Return what each rule takes in all municipalities, what frees most land first."""
    language, rows = found.language, _shown_rules(found)
    cells = [
        [printable(row["title"]), *_cells(row, _OF_RULES, language)]
        for row in rows.to_dict("records")
    ]
    return PlainTable([message("what-if-rule", language), *_headings(_OF_RULES, language)], cells)


def _shown_rules(found: WhatIf) -> pd.DataFrame:
    rows = found.rules_everywhere
    amounts = rows[["alone_hectares", "only_hectares"]].abs().fillna(1.0).max(axis=1)
    return rows[(amounts >= _LEAST_SHOWN).to_numpy(dtype=bool)].head(_MOST_RULES)


def rules_legend(found: WhatIf) -> str:
    """Return what the columns of the table of rules say, and how many rules it leaves out."""
    legend = message("what-if-rules-say", found.language)
    others = len(found.rules_everywhere) - len(_shown_rules(found))
    if not others:
        return legend
    return f"{legend}; {counted('what-if-other-rules', others, found.language)}"


def variant_tables(found: WhatIf) -> Iterator[PlainTable]:
    """Yield for each municipality, and for all, the study as it is and its variants."""
    if found.variants["variant"].nunique() < 2:
        return
    language = found.language
    parts = [(str(name), rows) for name, rows in found.variants.groupby("gemeente", sort=False)]
    if len(parts) > 1:
        parts.append((message("together", language), found.variants_everywhere))
    for name, rows in parts:
        cells = [
            [_named(row, language), *_cells_with_changes(row, language)]
            for row in rows.to_dict("records")
        ]
        yield PlainTable([printable(name), *_headings(_OF_VARIANTS, language)], cells)


def _named(row: Mapping[Any, Any], language: Language) -> str:
    """Return what a variant is called, and why it has no numbers."""
    title = printable(row["title"])
    return f"{title}: {message('what-if-new-survey', language)}" if row["note"] else title


def variants_legend(language: Language) -> str:
    """Return what the columns of the tables of variants say."""
    return message("what-if-variants-say", language)


def moves_of(found: WhatIf) -> Iterator[str]:
    """Yield which locations enter and leave a list of a municipality in a variant, a line each."""
    keys = ["gemeente", "variant", "list"]
    titles = dict(zip(found.variants["variant"], found.variants["title"], strict=True))
    for (place, variant, name), rows in found.moves.groupby(keys, sort=False):
        told = [
            message(message_id, found.language, names=_some(rows[rows["change"] == change], found))
            for change, message_id in (("enters", "what-if-enters"), ("leaves", "what-if-leaves"))
            if (rows["change"] == change).any()
        ]
        yield message(
            "what-if-moves",
            found.language,
            place=printable(str(place)),
            variant=printable(titles.get(variant, str(variant))),
            list=_list_title(str(name), found),
            changes="; ".join(told),
        )


def order_of(found: WhatIf) -> Iterator[str]:
    """Yield how the order differs in each municipality and variant, a line each."""
    for row in found.variants.to_dict("records"):
        if row["variant"] == AS_IT_IS or pd.isna(row["ranks_changed"]):
            continue
        said = {"place": printable(row["gemeente"]), "variant": printable(row["title"])}
        changed, before = int(row["ranks_changed"]), row["first_before"]
        if not changed:
            yield message("what-if-order-same", found.language, **said)
            continue
        said |= {"places": str(row["largest_move"]), "first": printable(str(row["first"]))}
        if pd.isna(before):
            yield counted("what-if-order-new", changed, found.language, **said)
        else:
            yield counted("what-if-order", changed, found.language, before=str(before), **said)


def _some(rows: pd.DataFrame, found: WhatIf) -> str:
    ids = [printable(str(each)) for each in rows["parcel_id"]]
    return some_of(ids, found.language, _MOST_NAMED)


def _list_title(name: str, found: WhatIf) -> str:
    """Return what a list is called: all that is ranked, or the best class of priority."""
    best = found.best_title
    return message("what-if-ranked", found.language) if name == "ranked" or not best else best


def _headings(columns: Mapping[str, str], language: Language) -> list[str]:
    return [message(heading, language) for heading in columns.values()]


def _cells(row: Mapping[Any, Any], columns: Mapping[str, str], language: Language) -> list[str]:
    return [_cell(name, row[name], language) for name in columns]


def _cells_with_changes(row: Mapping[Any, Any], language: Language) -> Iterator[str]:
    """Yield the numbers of a variant; of a list also how many enter and leave it."""
    for name in _OF_VARIANTS:
        cell = _cell(name, row[name], language)
        changes = [_cell(each, row[each], language) for each in _CHANGES.get(name, ())]
        yield f"(+{changes[0]} -{changes[1]}) {cell}" if any(changes) else cell


def _cell(name: str, value: Any, language: Language) -> str:
    if pd.isna(value):
        return ""
    hectares = name.endswith("hectares")
    return number_text(float(value), 1 if hectares else 0, language, aligned=True)
