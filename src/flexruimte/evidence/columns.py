"""Columns of a source under the names of the vocabulary, fixed values included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from flexruimte.errors import LayerError, did_you_mean
from flexruimte.evidence.sources import Source
from flexruimte.rules.study_file import TableSettings

__all__ = ["named_columns", "optional_columns", "source_columns", "values_of_field"]

NULL_VALUE = "none"
"""In `constants`: the field is null in all rows."""


def source_columns(source: Source, wanted: Sequence[str]) -> dict[str, str]:
    """Return which column of the source holds each wanted field.

    Fields given as fixed values are left out.

    A field is found by the study's `fields`, else by its name, else by its name in another spelling
    (`relatieve_hoogteligging`, `relatieveHoogteligging`).

    Raises
    ------
    LayerError
        When a field is nowhere.
    """
    columns, settings = source.columns, source.settings
    found = {}
    for name in wanted:
        if name in settings.constants:
            continue
        column = settings.fields.get(name, name)
        spellings = [known for known in columns if _plain(known) == _plain(column)]
        if column in columns:
            found[name] = column
        elif len(spellings) == 1 and name not in settings.fields:
            found[name] = spellings[0]
        else:
            raise LayerError(
                f"{source.label} has no column '{column}'; {did_you_mean(column, columns)}; "
                f'map it with fields = {{ {name} = "..." }} or give one value for all rows with '
                f'constants = {{ {name} = "..." }}'
            )
    return found


def optional_columns(source: Source, names: Sequence[str | None]) -> list[str]:
    """Return which of some fields the source or the study has, in one spelling or another."""
    known = {_plain(column) for column in [*source.columns, *source.settings.fields]}
    return [name for name in names if name and _plain(name) in known]


def _plain(name: str) -> str:
    """Return a column name without what differs between services: case, underscores and hyphens."""
    return name.lower().replace("_", "").replace("-", "")


def named_columns(
    frame: pd.DataFrame, columns: dict[str, str], settings: TableSettings
) -> pd.DataFrame:
    """Return the wanted fields under the vocabulary's names, fixed values included."""
    table = pd.DataFrame(
        {name: frame[column].to_numpy() for name, column in columns.items()}, index=frame.index
    )
    for name, value in settings.constants.items():
        table[name] = None if value == NULL_VALUE else value
    return table


def values_of_field(source: Source, field: str) -> pd.Series[Any]:
    """Return the different values of a field in all of a source, or its constant."""
    if field in source.settings.constants:
        return pd.Series([source.settings.constants[field]])
    column = source_columns(source, [field])[field]
    return pd.Series(source.read_table([column])[column].unique())
