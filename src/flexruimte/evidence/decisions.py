"""Decisions by people on parcels, whatever the rules say, with a reason and a date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from flexruimte.errors import LayerError, enumerate_some
from flexruimte.evidence.columns import source_columns
from flexruimte.evidence.sources import Source
from flexruimte.vocabulary import Booleans

__all__ = ["Decisions", "DecisionsAt", "load_decisions"]

_FIELDS = ["parcel_id", "decision", "reason", "date"]


@dataclass(frozen=True)
class DecisionsAt:
    """Decisions that are in force, per parcel."""

    into: Booleans
    out: Booleans
    decision: NDArray[Any]
    reason: NDArray[Any]
    date: NDArray[Any]


@dataclass(frozen=True)
class Decisions:
    """All decisions of a study."""

    rows: pd.DataFrame
    """Columns decision, reason, date (datetime64), indexed by parcel id."""

    def at(self, ids: NDArray[Any], as_of: dt.date) -> DecisionsAt:
        """Return the decision in force on a date on each parcel: the last one until then."""
        made = self.rows[self.rows["date"] <= pd.Timestamp(as_of)].sort_values(
            "date", kind="stable"
        )
        last = made[~made.index.duplicated(keep="last")].reindex(ids)
        text = last.assign(date=last["date"].dt.strftime("%Y-%m-%d")).astype(object)
        decision, reason, date = (
            text[name].where(text[name].notna(), None).to_numpy()
            for name in ("decision", "reason", "date")
        )
        return DecisionsAt(
            into=decision == "in",
            out=decision == "out",
            decision=decision,
            reason=reason,
            date=date,
        )

    def later_than(self, as_of: dt.date) -> int:
        """Return how many decisions are not in force yet."""
        return int((self.rows["date"] > pd.Timestamp(as_of)).sum())


def load_decisions(source: Source | None) -> Decisions:
    """Read a table with the columns parcel_id, decision ("in" or "out"), reason and date.

    None is no decisions.

    Raises
    ------
    LayerError
        When a column is missing, or a row has no parcel, no reason, no date, or another word than
        in or out.
    """
    if source is None:
        return Decisions(
            pd.DataFrame(
                {"decision": [], "reason": [], "date": pd.to_datetime([])},
                index=pd.Index([], dtype=object),
            )
        )
    columns = source_columns(source, _FIELDS)
    frame = source.read_table(list(columns.values())).rename(
        columns={column: name for name, column in columns.items()}
    )
    frame["decision"] = frame["decision"].astype("string").str.strip().str.lower()
    dates = pd.to_datetime(frame["date"], errors="coerce", format="ISO8601")
    problems = {
        "has no parcel_id": frame["parcel_id"].isna(),
        'is neither "in" nor "out"': ~frame["decision"].isin(["in", "out"]),
        "has no reason": frame["reason"].isna(),
        "has no date; write it as 2026-03-31": dates.isna(),
    }
    for problem, where in problems.items():
        if where.any():
            parcels = frame.loc[where, "parcel_id"].fillna("(row without parcel)")
            raise LayerError(f"{source.label}: the decision on {enumerate_some(parcels)} {problem}")
    rows = pd.DataFrame(
        {
            "decision": frame["decision"].astype(object),
            "reason": frame["reason"].astype(object),
            "date": dates,
        }
    )
    return Decisions(rows.set_axis(pd.Index(frame["parcel_id"].astype(str), dtype=object), axis=0))
