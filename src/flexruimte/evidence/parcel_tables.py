"""Tables that are joined on the parcel id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.errors import LayerError, did_you_mean, enumerate_some
from flexruimte.evidence.columns import named_columns, source_columns
from flexruimte.evidence.identifiers import (
    Everyone,
    KnownIds,
    ListedIds,
    UnmetIds,
    identifiers,
)
from flexruimte.evidence.judged_rows import WHOLE_SOURCE
from flexruimte.evidence.layers import LayerFacts, Table, layer_settings
from flexruimte.evidence.sources import Source
from flexruimte.evidence.values import words_for_nothing
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings

__all__ = ["ParcelTable", "load_table"]

_WITHOUT_ID = f"rows {WHOLE_SOURCE} without a parcel id, left out"
_kept: dict[str, tuple[tuple[Any, ...], ParcelTable]] = {}
"""Tables in files, with what was asked and the stamp of the file, by layer."""


@dataclass(frozen=True)
class ParcelTable:
    """All rows of a table that is joined on the parcel id."""

    key: str
    spec: LayerSpec
    rows: pd.DataFrame
    """The fields by the vocabulary's names, indexed by the ids that the table lists."""
    facts: LayerFacts
    label: str
    """How messages call the source."""
    speaks_of_unlisted: bool
    """Whether there is nothing about a parcel that it does not list, rather than nothing known."""
    without_id: int = 0
    """Rows without a parcel id, which are left out."""
    nothing: dict[str, dict[str, int]] = field(default_factory=dict)
    """How often each word for no value stands in a field, as in the source; "" is blank or null."""

    @cached_property
    def listed(self) -> ListedIds:
        """The ids, to be found by those of parcels."""
        return ListedIds(self.rows.index, self.label)

    @property
    def everything(self) -> Table:
        """All rows, by the ids that the table lists."""
        return Table(self.key, self.spec, self.rows, self.speaks_of_unlisted, self.facts)

    def of(self, ids: np.ndarray[Any, Any], everyone: Everyone) -> Table:
        """Return the rows of some parcels, by the ids of those parcels.

        Parameters
        ----------
        ids
            Of the parcels, each once. (n,) object of str
        everyone
            Gives the ids of all parcels of the study.

        Raises
        ------
        LayerError
            When a row may be that of one of two parcels.
        """
        found = self.listed.positions(ids, everyone)
        rows = self.rows.iloc[found[found >= 0]]
        named = pd.Index(ids[found >= 0], dtype=object)
        listed = rows.set_axis(named, axis=0)
        return Table(self.key, self.spec, listed, self.speaks_of_unlisted, self.facts)

    def unmet(self, known: KnownIds, source: Source) -> UnmetIds:
        """Return which ids of the table meet no parcel of the study.

        Parameters
        ----------
        known
            The ids of all its parcels.
        source
            Where the table is read from.

        Raises
        ------
        LayerError
            When that is what the study refuses; or when none of them meets one, as the table then
            says nothing, and the study does not say that it may.
        """
        unmet, asked = self.listed.unmet(known), source.settings.unknown_ids
        if not unmet.listed and source.settings.where is not None and asked != "ignore":
            raise LayerError(
                f"{self.label}: where = {source.settings.where!r} keeps no row with a parcel id, "
                'so the table says nothing; correct it, or say unknown_ids = "ignore"'
            )
        if not unmet.count or asked == "ignore":
            return unmet
        if unmet.count == unmet.listed:
            raise LayerError(
                f"{self.label}: {unmet}, so the table says nothing; ids of parcels are such as "
                f"{enumerate_some(known.ids[:3])}; correct 'id', or say unknown_ids = \"ignore\""
            )
        if asked == "error":
            raise LayerError(
                f'{self.label}: {unmet}; correct them, or leave unknown_ids = "error" out'
            )
        return unmet


def load_table(key: str, spec: LayerSpec, source: Source, fields: Sequence[str]) -> ParcelTable:
    """Read a table that is joined on the parcel id.

    One table serves all municipalities, and holds the parcels of all. So what was read last under a
    name is kept, and a file is read again only where it, or what is asked of it, has changed.

    Raises
    ------
    LayerError
        When the study names no id column, or an id is there twice.
    """
    settings = layer_settings(source)
    if settings.id is None:
        raise LayerError(f'{source.label}: say which column holds the parcel id, with id = "..."')
    if settings.id not in source.columns:
        raise LayerError(
            f"{source.label} has no column '{settings.id}' for the parcel id; "
            f"{did_you_mean(settings.id, source.columns)}"
        )
    asked = _asked_of_table(source, spec, fields)
    if asked is not None and key in _kept and _kept[key][0] == asked:
        return _kept[key][1]
    rows, without_id, nothing = _rows_of_table(source, spec, settings, settings.id, fields)
    facts = LayerFacts(
        source.settings.source,
        settings.reference_date,
        settings.licence,
        "the parcels it lists",
        repairs={_WITHOUT_ID: without_id} if without_id else {},
    )
    speaks = _speaks_of_unlisted(spec, settings, has_rows=len(rows) > 0)
    table = ParcelTable(key, spec, rows, facts, source.label, speaks, without_id, nothing)
    if asked is not None:
        _kept[key] = asked, table
    return table


def _speaks_of_unlisted(spec: LayerSpec, settings: LayerSettings, *, has_rows: bool) -> bool:
    """Return whether a table says of a parcel that it does not list that there is nothing.

    One without rows may be one that nobody filled in, so that the study has to say it.
    """
    if settings.silence is not None:
        return settings.silence == "nothing"
    return settings.unknown_ids == "ignore" or (has_rows and spec.silence == "nothing")


def _asked_of_table(
    source: Source, spec: LayerSpec, fields: Sequence[str]
) -> tuple[Any, ...] | None:
    """Return what is asked of a table in a file, and the version of that file.

    None where a file has no version that tells of every change.
    """
    version = source.file_version()
    if version is None:
        return None
    return (*version, source.settings.model_dump_json(), spec.model_dump_json(), tuple(fields))


def _rows_of_table(
    source: Source, spec: LayerSpec, settings: LayerSettings, id_column: str, fields: Sequence[str]
) -> tuple[pd.DataFrame, int, dict[str, dict[str, int]]]:
    """Return the fields of a table by the vocabulary's names, indexed by parcel id.

    And how many rows have no id; those without anything do not count. And the words for no value of
    the others, by field.
    """
    columns = source_columns(source, fields, spec)
    frame = source.read_table(list(dict.fromkeys([id_column, *columns.values()])))
    ids = identifiers(frame[id_column], source.label)
    double = ids[ids.duplicated() & ids.notna()].unique()
    if len(double):
        raise LayerError(
            f"{source.label} has more than one row for parcel {enumerate_some(double)}; "
            "keep one row per parcel"
        )
    without_id = frame[ids.isna().to_numpy()].drop(columns=id_column)
    rows = named_columns(frame, columns, settings, spec)
    named = ids.notna().to_numpy()
    nothing = {
        name: words_for_nothing(frame[column][named], rows[name][named])
        for name, column in columns.items()
    }
    rows = rows.set_axis(pd.Index(ids, dtype=object), axis=0)[named]
    # pandas builds its index at the first question: now, before threads share it.
    _ = rows.index.is_unique
    return rows, int(without_id.notna().any(axis=1).sum()), nothing
