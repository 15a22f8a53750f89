"""Decisions by people on parcels, whatever the rules say, with a reason and a date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flexruimte.errors import LayerError, enumerate_some
from flexruimte.evidence.columns import named_columns, source_columns
from flexruimte.evidence.dates import as_days, is_meant
from flexruimte.evidence.identifiers import Everyone, KnownIds, ListedIds, UnmetIds, identifiers
from flexruimte.evidence.sources import Source
from flexruimte.vocabulary import Booleans, Integers

__all__ = ["NO_TABLE", "Decisions", "DecisionsAt", "load_decisions"]

NO_TABLE: Final = "decisions"
"""How messages call decisions of a study that has no table of them."""
_FIELDS: Final = ["parcel_id", "decision", "reason", "date"]
_MOST_COMPARED: Final = 100_000
"""So many parcels, and no more, are looked through for an id that resembles an unknown one."""


@dataclass(frozen=True)
class DecisionsAt:
    """Decisions that are in force, per parcel."""

    into: Booleans
    out: Booleans
    decision: NDArray[Any]
    reason: NDArray[Any]
    date: NDArray[Any]

    def of(self, members: Integers) -> DecisionsAt:
        """Return those on some of the parcels, by position. (k,) int"""
        return DecisionsAt(**{name: values[members] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Decisions:
    """All decisions of a study."""

    rows: pd.DataFrame
    """Columns decision, reason, date (datetime64), indexed by parcel id, in the order of dates."""
    label: str = NO_TABLE
    """How messages call the source."""
    refuses_unknown: bool = True
    """Whether a decision on an id that is nowhere is an error."""

    @cached_property
    def _listed(self) -> ListedIds:
        return ListedIds(self.rows.index.unique(), self.label)

    def on(self, ids: NDArray[Any], everyone: Everyone) -> Decisions:
        """Return the decisions on some parcels, by the ids of those parcels.

        Parameters
        ----------
        ids
            Of the parcels, each once. (n,) object of str
        everyone
            Gives the ids of all parcels of the study.

        Raises
        ------
        LayerError
            When a decision may be on one of two parcels.
        """
        found = self._listed.positions(ids, everyone)
        named = dict(zip(self._listed.ids[found[found >= 0]], ids[found >= 0], strict=True))
        rows = self.rows[self.rows.index.isin(list(named))]
        return replace(self, rows=rows.set_axis(rows.index.map(named).astype(object), axis=0))

    def at(self, ids: NDArray[Any], as_of: dt.date) -> DecisionsAt:
        """Return the decision in force on a date on each parcel: the last one until then."""
        made = self.rows[self.rows["date"] <= pd.Timestamp(as_of)]
        last = made[~made.index.duplicated(keep="last")]
        text = last.assign(date=last["date"].dt.strftime("%Y-%m-%d")).astype(object)
        place = last.index.get_indexer(pd.Index(ids, dtype=object))
        decision, reason, date = (
            np.array([*text[name].where(text[name].notna(), None), None], dtype=object)[place]
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

    def unmet(self, known: KnownIds) -> UnmetIds:
        """Return which decisions are on no parcel of the study.

        Parameters
        ----------
        known
            The ids of all its parcels.

        Raises
        ------
        LayerError
            When there are any, and the study does not say that they may be ignored.
        """
        unmet = self._listed.unmet(known)
        if not unmet.count or not self.refuses_unknown:
            return unmet
        raise LayerError(
            f"{self.label}: {unmet.count} decisions are on a parcel that the study does not have: "
            f"{enumerate_some(unmet.some)}{' ...' if unmet.count > len(unmet.some) else ''}; "
            f"{_resembling(unmet.some[0], known)}; correct them, or, where the table is of more "
            'than this study, say unknown_ids = "ignore"'
        )


def load_decisions(source: Source | None) -> Decisions:
    """Read a table with the columns parcel_id, decision ("in" or "out"), reason and date.

    None is no decisions.

    Raises
    ------
    LayerError
        When a column is missing, a row has no parcel, no reason, no date, or another word than in
        or out, or when two decisions on a parcel contradict each other on one day.
    """
    if source is None:
        return Decisions(
            pd.DataFrame(
                {"decision": [], "reason": [], "date": pd.to_datetime([])},
                index=pd.Index([], dtype=object),
            )
        )
    columns = source_columns(source, _FIELDS)
    read = source.read_table(list(dict.fromkeys(columns.values())))
    read = read[read.notna().any(axis=1)]  # a spreadsheet leaves empty rows at the end
    frame = named_columns(read, columns, source.settings)
    rows = pd.DataFrame(
        {
            "parcel_id": identifiers(frame["parcel_id"], source.label),
            "decision": frame["decision"].astype("string").str.strip().str.lower(),
            "reason": frame["reason"].astype("string").str.strip(),
            "date": as_days(frame["date"]),
        }
    )
    if rows.empty and source.settings.where is not None:
        raise LayerError(
            f"{source.label}: where = {source.settings.where!r} keeps no decision; correct it, "
            "or leave [decisions] out"
        )
    _refuse_incomplete(rows, frame, source)
    _refuse_contradictions(rows, source)
    # One order whatever the order of the rows, as of two on one day the last is told.
    rows = rows.astype(dict.fromkeys(["parcel_id", "decision", "reason"], object)).sort_values(
        ["date", "parcel_id", "reason"]
    )
    indexed = rows.set_axis(pd.Index(rows["parcel_id"], dtype=object, name=None), axis=0)
    ignored = source.settings.unknown_ids == "ignore"
    return Decisions(indexed.drop(columns="parcel_id"), source.label, refuses_unknown=not ignored)


def _refuse_incomplete(rows: pd.DataFrame, written: pd.DataFrame, source: Source) -> None:
    """Refuse rows of which a part is missing or cannot be meant, with what is written there.

    All that is wrong is told at once, with the rows, counted from the first below the header.
    """
    ids, dates = rows["parcel_id"], rows["date"]
    unmeant = ~is_meant(dates, or_never=False)
    problems = {
        "has no parcel_id": ids.isna(),
        'is neither "in" nor "out"{decision}': ~rows["decision"].isin(["in", "out"]),
        "has no reason": rows["reason"].fillna("").eq(""),
        "has no date{date}; write it as 2026-03-31": dates.isna(),
        "has a date that cannot be meant{date}; write it as 2026-03-31": unmeant,
    }
    told = []
    for problem, where in problems.items():
        if where.any():
            parcels = ids[where].fillna("(row without parcel)")
            there = {name: _in_words(written[name][where]) for name in ("decision", "date")}
            told.append(f"the decision on {enumerate_some(parcels)} {problem.format(**there)}")
    if told:
        wrong = np.flatnonzero(np.any([where.to_numpy() for where in problems.values()], axis=0))
        numbers = enumerate_some([str(number + 1) for number in wrong])
        raise LayerError(
            f"{source.label}: {'; '.join(told)}; correct row {numbers} below the header, or remove "
            "what is no decision, such as a total or a note"
        )


def _in_words(written: pd.Series[Any]) -> str:
    """Return what stands in some rows, between brackets; nothing where they are empty."""
    words = [f"'{word}'" for word in written.dropna().astype(str).unique() if word.strip()]
    return f" (there is {enumerate_some(words)})" if words else ""


def _refuse_contradictions(rows: pd.DataFrame, source: Source) -> None:
    """Refuse in and out on one parcel on one day: the order of rows must not decide."""
    words = rows.groupby(["parcel_id", "date"])["decision"].nunique()
    contradicting = words[words > 1].index
    if len(contradicting):
        parcels = [f"{parcel} on {date:%Y-%m-%d}" for parcel, date in contradicting]
        raise LayerError(
            f'{source.label}: both "in" and "out" is decided on parcel {enumerate_some(parcels)}; '
            "keep the one that holds"
        )


def _resembling(unknown: str, known: KnownIds) -> str:
    """Return the parcel that an unknown id may mean, or what the ids of parcels look like."""
    near = get_close_matches(unknown, known.ids, n=1) if len(known.ids) <= _MOST_COMPARED else []
    if near:
        return f"did you mean '{near[0]}'?"
    return f"ids of parcels are such as {enumerate_some(known.ids[:3])}"
