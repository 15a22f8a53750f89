"""From source to clean layer: in RD New, valid, in a canonical order, its fields mapped.

What is repaired is counted. What cannot be used is refused with the name of the layer and the
remedy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely

from flexruimte.errors import LayerError, did_you_mean, enumerate_some
from flexruimte.evidence.contents import (
    Contents,
    RowKeys,
    contents_of_cells,
    contents_of_rows,
    row_keys,
)
from flexruimte.evidence.search_area import SearchArea
from flexruimte.evidence.sources import Source, Window, open_source
from flexruimte.kernels.overlap import polygonal
from flexruimte.kernels.raster import Grid
from flexruimte.kernels.threads import in_threads
from flexruimte.rules.conditions import as_text, evaluate_filter
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings, TableSettings
from flexruimte.vocabulary import NO, Booleans, Geometries, Verdicts

__all__ = [
    "Features",
    "Layer",
    "LayerFacts",
    "Raster",
    "Table",
    "canonical_order",
    "check_raster_values",
    "cleaned_shapes",
    "counted_repairs",
    "load_features",
    "load_raster",
    "load_table",
    "named_columns",
    "source_columns",
    "values_of_field",
]

NULL_VALUE = "none"
"""In `constants`: the field is null in all rows."""

_rows_kept: dict[str, tuple[tuple[Any, ...], pd.DataFrame]] = {}
"""Rows of tables in files, with what was asked and the stamp of the file, by layer."""
_KINDS = {"polygon": (3, 6), "line": (1, 2, 5), "point": (0, 4)}


@dataclass(frozen=True)
class LayerFacts:
    """What an output says about a layer that was used."""

    source: str
    reference_date: dt.date | None
    licence: str | None
    coverage: str
    rows: int = 0
    """Rows, or cells, around the parcels."""
    repairs: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Features:
    """A vector layer around one municipality."""

    key: str
    spec: LayerSpec
    precision_m: float
    geometries: Geometries
    """(m,) object, valid and 2-D, in RD New."""
    ids: np.ndarray[Any, Any]
    """What each feature is called in reasons. (m,) object of str"""
    table: pd.DataFrame
    """The fields, by the vocabulary's names. (m, ...)"""
    certainty: Verdicts
    """YES where the row surely counts, UNKNOWN where a field that decides it is null. (m,) int8"""
    coverage: Any | None
    """The area the layer speaks of, a geometry; None is everywhere.

    What fills the plane speaks of what it covers.
    """
    row_keys: RowKeys
    """A hash of the content of each feature. (m,) uint64"""
    facts: LayerFacts
    """Without the number of rows and repairs, which are counted over all blocks of parcels."""
    contents: Contents
    """What was read of the source around the parcels."""

    @property
    def fills(self) -> bool:
        """Whether the layer's own features are the area it speaks of."""
        return self.spec.fills

    @property
    def names(self) -> np.ndarray[Any, Any]:
        """What features are called in reasons: the id, with the name where the layer has one.

        (m,) object of str.
        """
        if (
            self.spec.name is None
            or self.spec.name not in self.table
            or self.spec.name == self.spec.id
        ):
            return self.ids
        names = self.table[self.spec.name].astype("string").fillna("")
        return np.array(
            [
                f"{name} ({number})" if name else number
                for name, number in zip(names, self.ids, strict=True)
            ],
            dtype=object,
        )


@dataclass(frozen=True)
class Raster:
    """A raster around one municipality."""

    key: str
    spec: LayerSpec
    grid: Grid
    facts: LayerFacts
    """Without the number of cells, which are counted over all blocks of parcels."""
    contents: Contents
    """What was read of the source around the parcels."""


@dataclass(frozen=True)
class Table:
    """A table that is joined on the parcel id."""

    key: str
    spec: LayerSpec
    rows: pd.DataFrame
    """The fields by the vocabulary's names, indexed by parcel id."""
    facts: LayerFacts
    """Without the number of rows, which are counted over all blocks of parcels."""

    def contents_of(self, ids: np.ndarray[Any, Any]) -> Contents:
        """Return the rows of some parcels. (n,) object of str"""
        rows = self.rows[self.rows.index.isin(ids)]
        everything = np.ones(len(rows), dtype=bool)
        return contents_of_rows(row_keys(None, rows.reset_index()), {}, everything)


Layer: TypeAlias = Features | Raster | Table


def _plain(name: str) -> str:
    """Return a column name without what differs between services: case, underscores and hyphens."""
    return name.lower().replace("_", "").replace("-", "")


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


def cleaned_shapes(geometries: Geometries, kind: str) -> tuple[Geometries, dict[str, Booleans]]:
    """Return geometries that are 2-D, valid and of one kind, else None, and what was repaired."""
    repairs = {"null geometry": shapely.is_missing(geometries)}
    repairs["empty geometry"] = shapely.is_empty(geometries) & ~shapely.is_missing(geometries)
    deep = shapely.has_z(geometries) | shapely.has_m(geometries)
    repairs["Z or M values dropped"] = deep
    flat = geometries.copy()
    flat[deep] = shapely.force_2d(geometries[deep])
    invalid = ~in_threads(shapely.is_valid, flat) & ~shapely.is_missing(flat)
    repairs["invalid geometry repaired"] = invalid
    flat[invalid] = shapely.make_valid(flat[invalid], method="structure", keep_collapsed=False)
    present = ~(shapely.is_missing(flat) | shapely.is_empty(flat))
    if kind == "polygon":
        collections = present & (shapely.get_type_id(flat) == 7)
        flat[collections] = polygonal(flat[collections])
        present &= ~shapely.is_empty(flat)
    right = np.isin(shapely.get_type_id(flat), _KINDS[kind])
    repairs[f"not a {kind}, left out"] = present & ~right
    flat[~(present & right)] = None
    return flat, {what: where for what, where in repairs.items() if where.any()}


def counted_repairs(repairs: Mapping[str, Booleans]) -> dict[str, int]:
    """Return how often each repair was made, by what was repaired."""
    return {what: int(where.sum()) for what, where in repairs.items()}


def canonical_order(
    ids: np.ndarray[Any, Any], geometries: Geometries
) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return an order that depends on the rows alone, not on how they were read."""
    texts = np.asarray(ids, dtype=str)
    order = np.argsort(texts, kind="stable")
    if (texts[order[1:]] != texts[order[:-1]]).all():
        return order
    left, bottom, right, top = shapely.bounds(geometries).T
    return np.lexsort((shapely.get_num_coordinates(geometries), top, right, bottom, left, texts))


def values_of_field(source: Source, field: str) -> pd.Series[Any]:
    """Return the different values of a field in all of a source, or its constant."""
    if field in source.settings.constants:
        return pd.Series([source.settings.constants[field]])
    column = source_columns(source, [field])[field]
    return pd.Series(source.read_table([column])[column].unique())


def load_features(
    key: str,
    spec: LayerSpec,
    source: Source,
    fields: Sequence[str],
    near: SearchArea,
    around: Window,
) -> Features:
    """Read a vector layer around parcels.

    Parameters
    ----------
    key, spec
        Name and description of the layer in the ruleset.
    source
        Where it is read from.
    fields
        Fields that are needed.
    near
        Around the parcels, as far as any rule needs it.
    around
        The same of the whole municipality: whether the layer has features near is decided for all
        of its parcels.

    Raises
    ------
    SourceError, LayerError
        When the source cannot be read or lacks what is needed.
    """
    settings = _layer_settings(source)
    wanted = list(dict.fromkeys([*fields, *spec.rows]))
    for name in (spec.id, spec.name):
        if (
            name
            and name not in wanted
            and any(_plain(name) == _plain(c) for c in [*source.columns, *settings.fields])
        ):
            wanted.append(name)
    columns = source_columns(source, wanted)
    id_column = settings.id or (columns.get(spec.id) if spec.id else None)
    if id_column is not None and id_column not in source.columns:
        raise LayerError(
            f"{source.label} has no column '{id_column}' for the feature ids; "
            f"{did_you_mean(id_column, source.columns)}"
        )
    frame = source.read(
        list(dict.fromkeys([*columns.values(), *([id_column] if id_column else [])])), near.window
    )
    raw = frame.geometry.to_numpy()
    geometries, repaired = cleaned_shapes(raw, spec.geometry)
    if source.in_memory:
        geometries = shapely.force_2d(
            geometries
        )  # a copy: blocks that are taken at the same time each prepare shapes of their own
    table = named_columns(frame, columns, settings)
    if spec.missing_below is not None:
        for number in table.select_dtypes("number").columns:
            table[number] = (
                table[number].astype("float64").where(table[number] >= spec.missing_below)
            )
    certainty = evaluate_filter(spec.rows, table)
    ids = (
        as_text(frame[id_column]).fillna("").to_numpy(dtype=object)
        if id_column
        else frame.index.astype(str).to_numpy(dtype=object)
    )
    keys = row_keys(raw, table.assign(**{"": ids}))
    keep = np.flatnonzero(~shapely.is_missing(geometries) & (certainty > NO))
    keep = keep[canonical_order(ids[keep], geometries[keep])]
    coverage, described = _coverage(spec, source, settings, around)
    whole_source = (
        {"curves in the whole source made straight": source.curve_count}
        if source.curve_count
        else {}
    )
    return Features(
        key=key,
        spec=spec,
        precision_m=spec.precision_m if settings.precision_m is None else settings.precision_m,
        geometries=geometries[keep],
        ids=ids[keep],
        table=table.iloc[keep].reset_index(drop=True),
        certainty=certainty[keep],
        coverage=coverage,
        row_keys=keys[keep],
        facts=LayerFacts(
            source.settings.source,
            settings.reference_date,
            settings.licence,
            described,
            repairs=whole_source,
        ),
        contents=replace(
            contents_of_rows(
                keys, repaired, near.meet(np.where(shapely.is_missing(geometries), raw, geometries))
            ),
            coverage=coverage,
        ),
    )


def _layer_settings(source: Source) -> LayerSettings:
    settings = source.settings
    return (
        settings
        if isinstance(settings, LayerSettings)
        else LayerSettings.model_validate(settings.model_dump())
    )


def _coverage(
    spec: LayerSpec, source: Source, settings: LayerSettings, window: Window
) -> tuple[Any | None, str]:
    """Return the area a layer speaks of (None: everywhere), and that in words."""
    if spec.fills and settings.coverage == "auto":
        return None, "what its features cover"
    if settings.coverage == "complete":
        return None, "complete, says the study"
    extent = source.extent
    if settings.coverage == "extent":
        return (shapely.box(*extent) if extent else shapely.Polygon()), "the extent of its features"
    if settings.coverage != "auto":
        area = open_source(
            f"{source.name} coverage", LayerSettings(source=settings.coverage), source.folder
        ).read([])
        return shapely.union_all(
            cleaned_shapes(area.geometry.to_numpy(), "polygon")[0]
        ), f"the polygons of {settings.coverage}"
    if extent is None:
        return (
            shapely.Polygon(),
            'nothing: it has no features; if that means "none here", say coverage = "complete"',
        )
    if not shapely.intersects(shapely.box(*extent), shapely.box(*window)):
        return (
            shapely.Polygon(),
            "nothing here: all its features are elsewhere; "
            'if that means "none here", say coverage = "complete"',
        )
    return None, "everywhere, as it has features near"


def load_raster(key: str, spec: LayerSpec, source: Source, near: SearchArea) -> Raster:
    """Read a raster around parcels: sentinels recoded, values outside the valid range missing.

    Raises
    ------
    SourceError, LayerError
        When the raster cannot be read, is not in RD New, or has no valid cell at all.
    """
    settings = _layer_settings(source)
    nodata, (low, high) = _missing_values(spec, settings)
    grid = source.read_grid(near.window, nodata)
    values = grid.cells
    values[~((values >= low) & (values <= high))] = np.nan
    if np.isnan(values).all():
        check_raster_values(spec, source)
    recoded = values.copy()
    for sentinel, meaning in spec.recode.items():
        recoded[values == float(sentinel)] = meaning
    facts = LayerFacts(
        source.settings.source, settings.reference_date, settings.licence, "its valid cells"
    )
    grid = replace(grid, cells=recoded)
    return Raster(
        key, spec, grid, facts, contents_of_cells(recoded, *grid.corner, grid.cell_m, near)
    )


def _missing_values(
    spec: LayerSpec, settings: LayerSettings
) -> tuple[float | None, tuple[float, float]]:
    """Return what stands for missing (None: as the file says) and the bounds of valid values."""
    return (
        spec.nodata if settings.nodata is None else settings.nodata,
        settings.valid or spec.valid or (-np.inf, np.inf),
    )


def check_raster_values(spec: LayerSpec, source: Source) -> None:
    """Refuse a raster that has no valid cell anywhere.

    Raises
    ------
    LayerError
        When all cells are missing.
    """
    nodata, (low, high) = _missing_values(spec, _layer_settings(source))
    if not source.has_valid_cell(nodata, low, high):
        raise LayerError(
            f"{source.label} has no valid cell at all (nodata {nodata}, valid {low:g} to "
            f"{high:g}); "
            "correct 'nodata' or 'valid', or leave it out"
        )


def load_table(key: str, spec: LayerSpec, source: Source, fields: Sequence[str]) -> Table:
    """Read a table that is joined on the parcel id.

    One table serves all municipalities, and holds the parcels of all. So what was read last under a
    name is kept, and a file is read again only where it, or what is asked of it, has changed.

    Raises
    ------
    LayerError
        When the study names no id column, or an id is there twice.
    """
    settings = _layer_settings(source)
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
