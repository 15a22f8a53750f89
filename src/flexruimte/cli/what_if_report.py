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

__all__ = ["moves_of", "rules_table", "variant_tables"]

_MOST_RULES: Final = 25
_MOST_NAMED: Final = 5
_LEAST_SHOWN: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""
_OF_RULES: Final = {
    "level": "level",
    "alone_hectares": "takes\nha",
    "alone_parcels": "\nparcels",
    "alone_unknown_hectares": "no answer\nha",
    "only_hectares": "only obstacle\nha",
    "only_locations": "\nlocations",
    "only_homes": "\nhomes",
    "only_best_homes": "\nof these best",
    "softer_hectares": "one level softer\nha",
    "half_distance_hectares": "half the distance\nha",
}
_OF_VARIANTS: Final = {
    "hectares": "ha",
    "locations": "locations",
    "homes": "homes",
    "best_locations": "in the best class",
    "best_homes": "homes there",
    "entering": "entering",
    "leaving": "leaving",
    "best_entering": "entering the best class",
    "best_leaving": "leaving it",
}


def rules_table(found: WhatIf) -> Table:
    """Return what each rule takes in all municipalities, what frees most land first."""
    rows = found.rules_everywhere
    amounts = rows[["alone_hectares", "only_hectares"]].abs().fillna(1.0).max(axis=1)
    shown = rows[(amounts >= _LEAST_SHOWN).to_numpy(dtype=bool)]
    table = Table("rule", box=SIMPLE)
    for heading in _OF_RULES.values():
        table.add_column(heading, justify="right")
    for row in shown.head(_MOST_RULES).to_dict("records"):
        table.add_row(Text(printable(row["rule"])), *_cells(row, _OF_RULES))
    others = len(rows) - min(len(shown), _MOST_RULES)
    table.caption = "what comes free when a rule alone is another; homes of projects" + (
        f"; {others} more rules take less, or nothing" if others else ""
    )
    return table


def variant_tables(found: WhatIf) -> Iterator[Table]:
    """Yield for each municipality, and for all, the study as it is and its variants."""
    if found.variants["variant"].nunique() < 2:
        return
    parts = [(str(name), rows) for name, rows in found.variants.groupby("gemeente", sort=False)]
    if len(parts) > 1:
        parts.append(("together", found.variants_everywhere))
    for name, rows in parts:
        table = Table(box=SIMPLE)
        table.add_column(Text(printable(name)))
        for heading in _OF_VARIANTS.values():
            table.add_column(heading, justify="right")
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
