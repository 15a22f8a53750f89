"""Tables that are joined on the parcel id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from flexruimte.errors import LayerError, did_you_mean, enumerate_some
from flexruimte.evidence.columns import named_columns, source_columns
from flexruimte.evidence.layers import LayerFacts, Table, layer_settings
from flexruimte.evidence.sources import Source
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings

__all__ = ["load_table"]

_rows_kept: dict[str, tuple[tuple[Any, ...], pd.DataFrame]] = {}
"""Rows of tables in files, with what was asked and the stamp of the file, by layer."""


def load_table(key: str, spec: LayerSpec, source: Source, fields: Sequence[str]) -> Table:
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
    facts = LayerFacts(
        source.settings.source, settings.reference_date, settings.licence, "the parcels it lists"
    )
    asked = _asked_of_table(source, fields)
    kept, rows = _rows_kept.get(key, (None, None))
    if asked is None or asked != kept or rows is None:
        rows = _rows_of_table(source, settings, settings.id, fields)
        if asked is not None:
            _rows_kept[key] = asked, rows
    return Table(key, spec, rows, facts)


def _asked_of_table(source: Source, fields: Sequence[str]) -> tuple[Any, ...] | None:
    """Return what is asked of a table in a file, and the version of that file.

    None where a file has no version that tells of every change.
    """
    version = source.file_version()
    if version is None:
        return None
    return (*version, source.settings.model_dump_json(), tuple(fields))


def _rows_of_table(
    source: Source, settings: LayerSettings, id_column: str, fields: Sequence[str]
) -> pd.DataFrame:
    """Return the fields of a table by the vocabulary's names, indexed by parcel id."""
    columns = source_columns(source, fields)
    frame = source.read_table(list(dict.fromkeys([id_column, *columns.values()])))
    ids = frame[id_column].astype("string")
    double = ids[ids.duplicated() & ids.notna()].unique()
    if len(double):
        raise LayerError(
            f"{source.label} has more than one row for parcel {enumerate_some(double)}; "
            "keep one row per parcel"
        )
    rows = named_columns(frame, columns, settings).set_axis(pd.Index(ids, dtype=object), axis=0)[
        ids.notna().to_numpy()
    ]
    _ = (
        rows.index.is_unique
    )  # pandas builds its index at the first question: now, before threads share it
    return rows
