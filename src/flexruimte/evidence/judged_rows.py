"""Rows of a vector source as they are judged: shape, clean fields, and whether each counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from flexruimte.errors import LayerError, did_you_mean
from flexruimte.evidence.columns import named_columns, optional_columns, source_columns
from flexruimte.evidence.layers import layer_settings
from flexruimte.evidence.shapes import (
    cleaned_shapes,
    doubtful_areas,
    left_out,
    places_of,
)
from flexruimte.evidence.sources import Source, Window
from flexruimte.evidence.values import strange_rows
from flexruimte.rules.conditions import as_text, evaluate_filter
from flexruimte.rules.parts import LayerSpec
from flexruimte.vocabulary import NO, UNKNOWN, Booleans, Geometries, Verdicts

__all__ = [
    "WHOLE_SOURCE",
    "JudgedRows",
    "read_judged_rows",
    "rows_without_shape",
    "usable_extent",
]

_MOST_ROWS = 100_000
"""What only all rows of a source tell is not asked of one with more rows than this: a run of one
municipality does not read a national file as a whole."""
WHOLE_SOURCE = "in the whole source"
"""Stands in what is told of all of a source, not of what was read of it."""


@dataclass(frozen=True)
class JudgedRows:
    """Rows of a source. m rows"""

    numbers: pd.Index[Any]
    """What the source numbers them. (m,)"""
    raw: Geometries
    """As they were read. (m,) object"""
    shapes: Geometries
    """Clean; of a row of another kind than the layer, the place where it lies; of a polygon that
    is left out as a whole, the bounds of what can be meant of it. (m,) object"""
    places: Geometries
    """Where each lies, also where it has no shape; None where that is not known. (m,) object"""
    table: pd.DataFrame
    """Their clean fields, by the vocabulary's names. (m, ...)"""
    ids: np.ndarray[Any, Any]
    """What each is called in reasons. (m,) object of str"""
    certainty: Verdicts
    """Whether each counts; at most UNKNOWN where the shape is not what the layer needs. (m,) int8
    """
    usable: Booleans
    """Of the layer's kind, and not surely left out. (m,) bool"""
    written: dict[str, pd.Series[Any]]
    """Fields as they stand in the source, by the vocabulary's names. (m,) each"""
    told: dict[str, Booleans]
    """Which rows were repaired, left out or have strange values, by what is told of that."""


def read_judged_rows(
    spec: LayerSpec, source: Source, fields: Sequence[str], window: Window | None
) -> JudgedRows:
    """Read rows of a source, and judge which of them count.

    Parameters
    ----------
    spec
        Description of the layer in the ruleset.
    source
        Where it is read from.
    fields
        Fields that are needed, besides those that decide which rows count.
    window
        Where rows are read; None is everywhere.

    Raises
    ------
    SourceError, LayerError
        When the source cannot be read or lacks what is needed.
    """
    table, ids, raw, written = _read(spec, source, fields, window)
    shapes, told = cleaned_shapes(raw, spec.geometry)
    refused, right = left_out(told, len(raw)), ~shapely.is_missing(shapes)
    other = ~right & ~refused
    if source.in_memory:
        # A copy: blocks that are taken at the same time each prepare shapes of their own.
        shapes = shapely.force_2d(shapes)
    certainty = evaluate_filter(spec.rows, table, spec.fields)
    usable = right & (certainty > NO)
    doubtful = doubtful_areas(raw[refused])
    if not right.all():
        shapes[other] = places_of(raw[other])
        if spec.geometry in ("polygon", "mixed"):
            # Somewhere there lies a feature that is not known.
            shapes[refused] = doubtful
        certainty = np.where(right, certainty, np.minimum(certainty, UNKNOWN)).astype(np.int8)
    places = np.where(shapely.is_missing(shapes), raw, shapes)
    places[refused] = doubtful
    told = {**told, **strange_rows(table, spec.fields)}
    return JudgedRows(
        table.index, raw, shapes, places, table, ids, certainty, usable, written, told
    )


def _read(
    spec: LayerSpec, source: Source, fields: Sequence[str], window: Window | None
) -> tuple[pd.DataFrame, np.ndarray[Any, Any], Geometries, dict[str, pd.Series[Any]]]:
    """Return clean fields, with the layer's own id and name where it has them, ids and shapes.

    And the fields as they stand in the source.
    """
    settings = layer_settings(source)
    told = optional_columns(source, [spec.id, spec.name, *spec.details])
    wanted = [*fields, *spec.rows, *told]
    columns = source_columns(source, list(dict.fromkeys(wanted)), spec)
    id_column = settings.id or (columns.get(spec.id) if spec.id else None)
    if id_column is not None and id_column not in source.columns:
        raise LayerError(
            f"{source.label} has no column '{id_column}' for the feature ids; "
            f"{did_you_mean(id_column, source.columns)}"
        )
    read = [*columns.values(), *([id_column] if id_column else [])]
    frame = source.read(list(dict.fromkeys(read)), window)
    table = named_columns(frame, columns, settings, spec)
    named = frame.index.astype(str) if id_column is None else as_text(frame[id_column]).fillna("")
    written = {name: frame[column] for name, column in columns.items()}
    return table, named.to_numpy(dtype=object), frame.geometry.to_numpy(), written


def rows_without_shape(source: Source) -> int:
    """Return how many rows of a source have no shape, which no window meets.

    It is asked once of a source.
    """
    kept: dict[str, int] = vars(source)
    if "_without_shape" not in kept:
        kept["_without_shape"] = source.count_without_geometry()
    return kept["_without_shape"]


def usable_extent(spec: LayerSpec, source: Source) -> Window | None:
    """Return the bounds of the features of a source that count; None where none does.

    It is asked once of a source. Of one with very many rows it is the extent that the source says.
    """
    kept: dict[str, Window | None] = vars(source).setdefault("_usable_extents", {})
    asked = f"{spec.geometry} {sorted(spec.rows)}"
    if asked not in kept:
        kept[asked] = _usable_extent(spec, source)
    return kept[asked]


def _usable_extent(spec: LayerSpec, source: Source) -> Window | None:
    extent = source.extent
    if extent is None or not 0 <= source.feature_count <= _MOST_ROWS:
        return extent
    rows = read_judged_rows(spec, source, [], None)
    if not rows.usable.any():
        return None
    left, bottom, right, top = shapely.total_bounds(rows.shapes[rows.usable]).tolist()
    return (left, bottom, right, top)
