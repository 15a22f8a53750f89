"""What is printed of what-if: a table of rules, a table of variants per municipality, moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from flexruimte.errors import enumerate_some, printable
from flexruimte.study.what_if import WhatIf

__all__ = ["VARIANTS_LEGEND", "moves_of", "rules_legend", "rules_table", "variant_tables"]

_MOST_RULES: Final = 25
_MOST_NAMED: Final = 5
_LEAST_SHOWN: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""
_OF_RULES: Final = {
    "alone_hectares": "takes",
    "alone_unknown_hectares": "unknown",
    "only_hectares": "frees",
    "only_locations": "sites",
    "only_homes": "homes",
    "only_best_homes": "best",
    "softer_hectares": "softer",
    "half_distance_hectares": "half",
}
_RULES_SAY: Final = (
    "takes: hectares that a rule takes, whatever others take; unknown: of which it has no answer; "
    "frees: what comes free when it alone is off, with locations, homes and how many of these in "
    "the best class; softer, half: hectares when it is one level softer, or has half its distance"
)
_OF_VARIANTS: Final = {
    "hectares": "ha",
    "locations": "sites",
    "homes": "homes",
    "entering": "in",
    "leaving": "out",
    "best_locations": "best",
    "best_homes": "homes",
    "best_entering": "in",
    "best_leaving": "out",
}
VARIANTS_LEGEND: Final = (
    "in, out: locations that enter or leave the list; best: those in the best class of priority"
)


def rules_table(found: WhatIf) -> Table:
    """Return what each rule takes in all municipalities, what frees most land first."""
    rows = found.rules_everywhere
    amounts = rows[["alone_hectares", "only_hectares"]].abs().fillna(1.0).max(axis=1)
    shown = rows[(amounts >= _LEAST_SHOWN).to_numpy(dtype=bool)].head(_MOST_RULES)
    table = _table("rule", _OF_RULES)
    for row in shown.to_dict("records"):
        table.add_row(Text(printable(row["rule"])), *_cells(row, _OF_RULES))
    return table


def rules_legend(found: WhatIf) -> str:
    """Return what the columns of the table of rules say, and how many rules it leaves out."""
    others = len(found.rules_everywhere) - rules_table(found).row_count
    more = f"; {others} more rules take less, or nothing" if others else ""
    return f"{_RULES_SAY}{more}"


def _table(first: str, columns: dict[str, str]) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column(Text(printable(first)), overflow="fold")
    for heading in columns.values():
        table.add_column(heading, justify="right")
    return table


def variant_tables(found: WhatIf) -> Iterator[Table]:
    """Yield for each municipality, and for all, the study as it is and its variants."""
    if found.variants["variant"].nunique() < 2:
        return
    parts = [(str(name), rows) for name, rows in found.variants.groupby("gemeente", sort=False)]
    if len(parts) > 1:
        parts.append(("together", found.variants_everywhere))
    for name, rows in parts:
        table = _table(name, _OF_VARIANTS)
        for row in rows.to_dict("records"):
            cells = _cells(row, _OF_VARIANTS)
            if row["note"]:
                cells = [Text(row["note"]), *(Text("") for _ in cells[1:])]
            table.add_row(Text(printable(row["variant"])), *cells)
        yield table


def moves_of(found: WhatIf) -> Iterator[str]:
    """Yield which locations enter and leave a list of a municipality in a variant, a line each."""
    keys = ["gemeente_code", "variant", "list"]
    for (code, variant, name), rows in found.moves.groupby(keys, sort=False):
        told = [
            f"{change}: {enumerate_some(_ids(rows[rows['change'] == change]), _MOST_NAMED)}"
            for change in ("enters", "leaves")
            if (rows["change"] == change).any()
        ]
        yield f"{code}, {variant}, list '{name}': {'; '.join(told)}"


def _ids(rows: pd.DataFrame) -> Sequence[str]:
    return [str(each) for each in rows["parcel_id"]]


def _cells(row: dict[Any, Any], columns: dict[str, str]) -> list[Text]:
    return [Text(_cell(name, row[name])) for name in columns]


def _cell(name: str, value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:,.1f}" if name.endswith("hectares") else printable(f"{value}")
