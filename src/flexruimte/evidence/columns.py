"""Columns of a source under the names of the vocabulary, fixed values included."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from typing import Any

import pandas as pd

from flexruimte.errors import FlexruimteError, LayerError
from flexruimte.evidence.sources import Source
from flexruimte.evidence.sources.base import plain_name
from flexruimte.evidence.values import clean_values
from flexruimte.rules.conditions import strange_values
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import TableSettings

__all__ = ["named_columns", "optional_columns", "source_columns", "values_of_field"]

NULL_VALUE = "none"
"""In `constants`: the field is null in all rows."""


def source_columns(
    source: Source, wanted: Sequence[str], layer: LayerSpec | None = None
) -> dict[str, str]:
    """Return which column of the source holds each wanted field.

    Fields given as fixed values are left out, and optional ones that are not there.

    A field is found by the study's `fields`, else by its name, else by its name in another spelling
    (`relatieve_hoogteligging`, `relatieveHoogteligging`).

    Parameters
    ----------
    source
        Where the columns are.
    wanted
        The fields, by the vocabulary's names.
    layer
        What they can hold, to propose no column that holds something else, and which of them are
        optional.

    Raises
    ------
    LayerError
        When fields are nowhere; all of them are named, with what to put in the study.
    """
    columns, settings = source.columns, source.settings
    found, lost = {}, []
    for name in dict.fromkeys(wanted):
        if name in settings.constants:
            continue
        column = settings.fields.get(name, name)
        spellings = [known for known in columns if plain_name(known) == plain_name(column)]
        if column in columns:
            found[name] = column
        elif len(spellings) == 1 and name not in settings.fields:
            found[name] = spellings[0]
        elif name in settings.fields or layer is None or not layer.field(name).optional:
            lost.append(name)
    if lost:
        raise LayerError(_lost_columns(source, lost, set(found.values()), layer))
    return found


def _lost_columns(source: Source, lost: list[str], taken: set[str], layer: LayerSpec | None) -> str:
    """Return what is told of fields that no column holds, with what to put in the study."""
    settings, columns = source.settings, source.columns
    row = _row_of_names(source, [settings.fields.get(name, name) for name in lost])
    if row is not None:
        return (
            f"{source.label} has the names of its columns in row {row}, and something else in the "
            "first; remove the rows above it"
        )
    named = [f"'{settings.fields.get(name, name)}'" for name in lost]
    free = [column for column in columns if column not in taken]
    proposed = {name: _proposal(source, name, free, layer) for name in lost}
    pasted = ", ".join(f"{name} = {json.dumps(proposed[name] or '...')}" for name in lost)
    likely = [f"{name} may be '{column}'" for name, column in proposed.items() if column]
    return (
        f"{source.label} has no column {', '.join(named)}; "
        + (f"{', '.join(likely)}; " if likely else _there_are(source))
        + f"say under its table in the study which column holds each, fields = {{ {pasted} }}, "
        f'or give one value for all rows, constants = {{ {lost[0]} = "..." }} ("" is no value)'
    )


def _row_of_names(source: Source, columns: Sequence[str]) -> int | None:
    """Return which of the first rows of a table holds the names of columns, as below a title."""
    if source.in_memory:
        return None
    try:
        rows = source.first_rows()
    except FlexruimteError:  # what it holds is told when it is read
        return None
    wanted = {plain_name(column) for column in columns}
    return next(
        (row for row, cells in rows if wanted <= {plain_name(cell) for cell in cells}), None
    )


def _there_are(source: Source) -> str:
    if source.columns:
        return f"there are: {', '.join(source.columns)}; "
    part = source.settings.source.lower().endswith(".shp")
    return "there are none at all" + (", as its .dbf is not beside it; " if part else "; ")


_ROWS_LOOKED_AT = 1000
_SAME_NAME, _LIKE_NAME = 0.85, 0.6
"""How alike names are (`difflib`'s ratio) that are spellings of one, and that have much in common.
"""
_FEW_WORDS = 2
"""So many words of a list, such as yes and no, may stand in a column about something else."""


def _proposal(source: Source, name: str, free: list[str], layer: LayerSpec | None) -> str | None:
    """Return the column that may hold a field: of a name like it, or that holds what it can hold.

    A column is only proposed where what it holds is what the field can hold.
    """
    field = layer.field(name) if layer else None
    if field is None or not field.is_coded:
        near = get_close_matches(name, [column for column in free if column not in ("fid",)], n=1)
        return near[0] if near else None
    if not free:
        return None
    rows = source.read_table(free, _ROWS_LOOKED_AT)
    fit = {}
    for column in free:
        values = clean_values(rows[column], field, layer).dropna()
        if len(values) and not strange_values(values, field).any():
            alike = SequenceMatcher(None, plain_name(name), plain_name(column)).ratio()
            # Dates, numbers and a few words stand in many columns: then the name must say it.
            says_much = field.values is not None and values.nunique() > _FEW_WORDS
            if says_much or alike >= (_LIKE_NAME if field.values else _SAME_NAME):
                fit[column] = alike
    return max(fit, key=lambda column: fit[column], default=None)


def optional_columns(source: Source, names: Sequence[str | None]) -> list[str]:
    """Return which of some fields the source or the study has, in one spelling or another."""
    known = {plain_name(column) for column in [*source.columns, *source.settings.fields]}
    return [name for name in names if name and plain_name(name) in known]


def named_columns(
    frame: pd.DataFrame,
    columns: dict[str, str],
    settings: TableSettings,
    layer: LayerSpec | None = None,
) -> pd.DataFrame:
    """Return the wanted fields under the vocabulary's names, fixed values included.

    Values are clean: what says nothing is null, and spellings that the layer's lists know are one
    word (see `flexruimte.evidence.values`).
    """
    table = pd.DataFrame(
        {name: frame[column].to_numpy() for name, column in columns.items()}, index=frame.index
    )
    for name, value in settings.constants.items():
        table[name] = None if value == NULL_VALUE else value
    for name, field in layer.fields.items() if layer else ():
        if field.optional and name not in table:
            table[name] = None
    clean = {name: _clean(table[name], str(name), settings, layer) for name in table}
    return pd.DataFrame(clean, index=table.index)


def _clean(
    values: pd.Series[Any], name: str, settings: TableSettings, layer: LayerSpec | None
) -> pd.Series[Any]:
    field = layer.field(name) if layer else None
    return clean_values(values, field, layer, settings.values.get(name))


def values_of_field(source: Source, field: str, layer: LayerSpec) -> pd.Series[Any]:
    """Return the different values of a field in all of a source, clean, or its constant."""
    if field in source.settings.constants:
        values = pd.Series([source.settings.constants[field]])
    else:
        found = source_columns(source, [field], layer)
        if field not in found:  # optional, and not there
            return pd.Series(dtype=object)
        column = found[field]
        values = pd.Series(source.read_table([column])[column].unique())
    return _clean(values, field, source.settings, layer)
