"""The tables of what-if, over all municipalities: columns of fixed types, and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import pandas as pd

from flexruimte.analyses.tables import typed_table
from flexruimte.analyses.what_if.comparison import MunicipalityRows

__all__ = ["EVERYWHERE", "MOVE_COLUMNS", "RULE_COLUMNS", "VARIANT_COLUMNS", "WhatIfTables"]

EVERYWHERE: Final = "*"
"""Code of the rows that add up all municipalities."""

_PLACE: Final = {"gemeente_code": "string", "gemeente": "string"}
_GAIN: Final = {"hectares": "Float64", "locations": "Int64", "homes": "Int64"}
_BEST: Final = {"best_locations": "Int64", "best_homes": "Int64"}

RULE_COLUMNS: Final = {
    **_PLACE,
    "rule": "string",
    "title": "string",
    "condition": "string",
    "level": "string",
    "alone_hectares": "Float64",
    "alone_parcels": "Int64",
    "alone_homes": "Int64",
    "alone_unknown_hectares": "Float64",
    **{f"only_{name}": kind for name, kind in {**_GAIN, **_BEST}.items()},
    "softer_level": "string",
    **{f"softer_{name}": kind for name, kind in _GAIN.items()},
    "distance_m": "Float64",
    **{f"half_distance_{name}": kind for name, kind in _GAIN.items()},
    "note": "string",
}
VARIANT_COLUMNS: Final = {
    **_PLACE,
    "variant": "string",
    "title": "string",
    **_GAIN,
    **_BEST,
    "entering": "Int64",
    "leaving": "Int64",
    "best_entering": "Int64",
    "best_leaving": "Int64",
    "ranks_changed": "Int64",
    "largest_move": "Int64",
    "first": "string",
    "first_before": "Int64",
    "note": "string",
}
MOVE_COLUMNS: Final = {
    **_PLACE,
    "variant": "string",
    "list": "string",
    "change": "string",
    "parcel_id": "string",
    "parcel_ids": "string",
    "rank": "Int64",
    "priority": "string",
    "hectares": "Float64",
    "homes": "Int64",
}
_OF_ONE_PLACE: Final = {"first", "first_before"}
"""Columns that say nothing of several municipalities together."""
_LARGEST: Final = {"largest_move"}
"""Columns of which the largest counts, and not the sum."""
_DECIMALS: Final = 4
"""Of hectares: a square metre."""


@dataclass(frozen=True, kw_only=True)
class WhatIfTables:
    """What rules take and what variants make of it, in all municipalities that were asked for."""

    rules: pd.DataFrame
    """A row per municipality and excluding rule, in the order of the ruleset (`RULE_COLUMNS`).

    `alone_`: what it takes, whatever others take; `only_`: what comes free when it alone is
    switched off; `softer_` and `half_distance_`: when it alone is one level softer, or has half its
    distance. Hectares are buildable land of locations that are available or for attention, homes
    those of projects there; `best_` those in the best class of priority. Null is not known, and
    `note` says why."""
    variants: pd.DataFrame
    """A row per municipality and variant, the study as it is first (`VARIANT_COLUMNS`).

    `ranks_changed`: locations with a rank in both, and another one; `largest_move`: the most places
    that one of them moved; `first`: the location with rank 1, and `first_before` its rank in the
    study as it is, null where it had none."""
    moves: pd.DataFrame
    """Locations that enter or leave a list in a variant (`MOVE_COLUMNS`)."""
    not_done: dict[str, str] = field(default_factory=dict)
    """State of the municipalities of a run that are not in it, by code."""

    @classmethod
    def of(
        cls,
        municipalities: Sequence[MunicipalityRows],
        not_done: dict[str, str] | None = None,
        **others: Any,
    ) -> Self:
        """Return the tables of municipalities, in their order."""
        rules = [row for each in municipalities for row in each.rules]
        variants = [row for each in municipalities for row in each.variants]
        moved = [each.moves for each in municipalities if len(each.moves)]
        every = pd.concat(moved, ignore_index=True) if moved else pd.DataFrame()
        return cls(
            rules=_typed(pd.DataFrame(rules), RULE_COLUMNS),
            variants=_typed(pd.DataFrame(variants), VARIANT_COLUMNS),
            moves=_typed(every, MOVE_COLUMNS),
            not_done=not_done or {},
            **others,
        )

    @property
    def rules_everywhere(self) -> pd.DataFrame:
        """A row per rule that adds up all municipalities, what frees most land first.

        Null where a municipality has null.
        """
        found = _added_up(self.rules, "rule", RULE_COLUMNS)
        return found.sort_values(
            ["only_hectares", "alone_hectares"], ascending=False, kind="stable", ignore_index=True
        )

    @property
    def variants_everywhere(self) -> pd.DataFrame:
        """A row per variant that adds up all municipalities."""
        return _added_up(self.variants, "variant", VARIANT_COLUMNS)


def _added_up(rows: pd.DataFrame, by: str, columns: dict[str, str]) -> pd.DataFrame:
    """Return rows added up over municipalities; no sum is better known than its parts."""
    counted = [
        name
        for name, kind in columns.items()
        if kind in ("Int64", "Float64") and name not in {"distance_m", *_OF_ONE_PLACE}
    ]
    groups = rows.groupby(by, sort=False)
    found = groups[[name for name in columns if name not in (*counted, by)]].first()
    found["note"] = groups["note"].max()
    known = rows[counted].notna().groupby(rows[by], sort=False).all()
    sums = groups[counted].sum().where(known)
    for name in _OF_ONE_PLACE & set(columns):
        found[name] = None
    for name in _LARGEST & set(columns):
        sums[name] = groups[name].max().where(known[name])
    whole = found.join(sums).reset_index()
    whole["gemeente_code"], whole["gemeente"] = EVERYWHERE, ""
    return _typed(whole, columns)


def _typed(rows: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    records: Any = rows.to_dict("records")
    table = typed_table(records, columns)
    hectares = [name for name in columns if name.endswith("hectares")]
    return table.assign(**{name: table[name].round(_DECIMALS) + 0.0 for name in hectares})
