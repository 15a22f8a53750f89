"""Reading a part of every source, so that what will fail does so before hours are computed.

A raster is read in full where there are parcels. A layer of features is read in full where it is
small; of a large one a window is read in the middle of each municipality's parcels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.question import Question
from flexruimte.errors import LayerError, enumerate_some
from flexruimte.evidence.columns import named_columns, source_columns
from flexruimte.evidence.contents import row_keys
from flexruimte.evidence.parcels import has_too_many_vertices
from flexruimte.evidence.plausibility import doubts_about_cells, doubts_about_field
from flexruimte.evidence.rasters import check_raster_values
from flexruimte.evidence.shapes import NO_NUMBER, OUTSIDE, cleaned_shapes
from flexruimte.evidence.sources import Source, Window
from flexruimte.evidence.sources.errors import reading_of
from flexruimte.rules.study_file import ParcelSettings
from flexruimte.study.layer_checks import FeaturesRead
from flexruimte.vocabulary import Booleans, Geometries

__all__ = ["is_jagged", "municipality_windows", "read_features", "read_parcels", "read_raster"]

_READ_IN_FULL = 50_000
"""Features of a layer that are read in full: about a second."""
_MOST_JAGGED_VERTICES = 5_000
_MOST_TO_AND_FRO = 100
"""An outline with more vertices, and longer than so many times around its bounds, is jagged."""
_WINDOW_M = 1000.0
"""Side of the window that is read of a larger layer. [m]"""


def municipality_windows(question: Question) -> list[Window]:
    """Return the bounds of each municipality's part of the parcels, in RD New. [m]"""
    bounds = shapely.bounds([*_municipality_parts(question).values()])
    return [(left, bottom, right, top) for left, bottom, right, top in bounds.tolist()]


def _municipality_parts(question: Question) -> dict[str, Any]:
    """Return each municipality's part of the parcels, by its code."""
    extent = question.parcels.extent
    if extent is None:
        return {}
    known = question.municipalities
    parts = shapely.intersection(known.geometries, shapely.box(*extent))
    return {
        code: part for code, part in zip(known.codes, parts, strict=True) if shapely.area(part) > 0
    }


def read_raster(question: Question, key: str, source: Source, windows: list[Window]) -> list[str]:
    """Read a raster where there are parcels, and return what to warn of.

    Raises
    ------
    SourceError, LayerError
        When a block cannot be read, or when no cell has a value that counts although the file does
        not say itself that all are missing.
    """
    spec = question.ruleset.layers[key]
    with reading_of(source):
        areas = _municipality_parts(question) if windows else {}
        valid, doubts, gaps = doubts_about_cells(spec, source, areas)
        warnings = [f"{source.label}: {doubt.text('en')}" for doubt in doubts]
        warnings += [f"{source.label} {gap.text('en')}" for gap in gaps]
        if windows and not valid:
            check_raster_values(spec, source)
            warnings.append(
                f"{source.label} has no cell with a value where the parcels are, so its rules are "
                "unknown there; if its nodata is a value, say which cell is missing with "
                "nodata = ..."
            )
    return warnings


def read_features(
    question: Question, key: str, source: Source, windows: list[Window], read: FeaturesRead
) -> list[str]:
    """Read features as a run does, as far as that is quick, and return what to warn of.

    Parameters
    ----------
    question, key, source
        The study, the layer and where it is read from.
    windows
        Where there are parcels.
    read
        What was read of the layer already; all of it is not read again.

    Raises
    ------
    SourceError, LayerError
        When they cannot be read.
    """
    spec = question.ruleset.layers[key]
    fields = list(dict.fromkeys([*question.ruleset.fields_in_use(key), *spec.rows]))
    with reading_of(source):
        if read.whole:
            rows = read.parts[0]
            shapes, numbers, repairs = rows.raw, rows.numbers, rows.told
            own = [*fields, *source.settings.constants]
            table = rows.table[[name for name in rows.table if name in own]]
        else:
            columns = source_columns(source, fields, spec)
            frame = _read(source, list(dict.fromkeys(columns.values())), windows)
            shapes, numbers = frame.geometry.to_numpy(), frame.index
            repairs = cleaned_shapes(shapes, spec.geometry)[1]
            table = named_columns(frame, columns, source.settings, spec)
        warnings = _doubts_about_shapes(source, shapes, numbers, repairs)
        # Rows without a shape are told as such.
        double = pd.Series(row_keys(shapes, table))[~shapely.is_missing(shapes)].duplicated().sum()
        if double:
            warnings.append(
                f"{source.label}: {double} of {len(shapes)} features are there twice, with the "
                "same shape and the same values; leave one of each out where features are counted"
            )
        for name, expected in spec.expected.items():
            if name in table:
                doubts = doubts_about_field(expected, table[name])
                warnings += [
                    f"{source.label} field '{name}': {doubt.text('en')}" for doubt in doubts
                ]
    return warnings


def read_parcels(question: Question, windows: list[Window]) -> list[str]:
    """Read parcels as far as that is quick, and return what to warn of.

    Raises
    ------
    SourceError, LayerError
        When they cannot be read.
    """
    source, settings = question.parcels, question.parcels.settings
    if not isinstance(settings, ParcelSettings):
        return []
    with reading_of(source):
        id_columns = settings.id if isinstance(settings.id, list) else [settings.id]
        frame = _read(source, list(dict.fromkeys(id_columns)), windows)
        over = has_too_many_vertices(frame.geometry.to_numpy(), settings)
        warnings = []
        if over.any():
            named = frame[over][id_columns].astype(str).agg("-".join, axis=1)
            warnings.append(
                f"{source.label}: parcel {enumerate_some(named)} has more than "
                f"{settings.most_vertices} vertices and is left out; simplify it, or allow it with "
                "most_vertices = ... under [parcels]"
            )
        frame = frame[~over]
        shapes = frame.geometry.to_numpy()
        repairs = cleaned_shapes(shapes, "polygon")[1]
        warnings += _doubts_about_shapes(source, shapes, frame.index, repairs)
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        points = shapely.point_on_surface(cleaned_shapes(shapes, "polygon")[0])
        points = points[~shapely.is_missing(points)]
        areas = shapely.STRtree(question.municipalities.geometries)
        outside = len(points) - len(np.unique(areas.query(points, predicate="intersects")[0]))
        if outside:
            warnings.append(
                f"{source.label}: {outside} of {len(frame)} parcels lie in no municipality of the "
                "study and are not ranked"
            )
        point, _ = shapely.STRtree(shapes).query(points, predicate="within")
        stacked = int((np.bincount(point, minlength=1) > 1).sum())
        if stacked:
            warnings.append(
                f"{source.label}: {stacked} of {len(frame)} parcels lie on another one, so their "
                "land counts twice; leave one of them out with where = ..."
            )
    return warnings


def _read(source: Source, columns: list[str], windows: list[Window]) -> gpd.GeoDataFrame:
    if source.feature_count <= _READ_IN_FULL:
        return source.read(columns)
    parts = [source.read(columns, window) for window in _middles(windows)]
    return pd.concat(parts) if parts else source.read(columns, (0.0, 0.0, 0.0, 0.0))


def _middles(windows: list[Window]) -> Iterator[Window]:
    """Yield a square in the middle of each window."""
    for left, bottom, right, top in windows:
        x, y = (left + right) / 2, (bottom + top) / 2
        half_m = _WINDOW_M / 2
        yield x - half_m, y - half_m, x + half_m, y + half_m


def is_jagged(shapes: Geometries) -> Booleans:
    """Return which shapes have very many long edges, that cross or lie close. (n,) bool.

    Coast lines and nature areas have more vertices, and edges that are short for it. Measured in a
    run, with a star: 6,000 vertices take 10 s more, 20,000 take minutes.

    Examples
    --------
    >>> angle = np.linspace(0, 2 * np.pi, 8000, endpoint=False)
    >>> reach = np.where(np.arange(8000) % 2, 2500, 900)
    >>> star = shapely.Polygon(np.c_[reach * np.cos(angle), reach * np.sin(angle)])
    >>> is_jagged(np.array([star, shapely.Point(0, 0).buffer(100, 9000), None])).tolist()
    [True, False, False]
    """
    many = np.flatnonzero(shapely.get_num_coordinates(shapes) > _MOST_JAGGED_VERTICES)
    jagged = np.zeros(len(shapes), dtype=bool)
    left, bottom, right, top = shapely.bounds(shapes[many]).T
    with np.errstate(invalid="ignore"):  # of a vertex that is no number
        around_m = 2 * (right - left + top - bottom)
        jagged[many] = shapely.length(shapes[many]) > _MOST_TO_AND_FRO * around_m
    return jagged


def _doubts_about_shapes(
    source: Source, shapes: Geometries, numbers: pd.Index[Any], repairs: Mapping[str, Booleans]
) -> list[str]:
    """Return what to warn of: rows without a shape, or with one that cannot be meant."""
    warnings = []
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if len(shapes) and absent.all():
        raise LayerError(
            f"{source.label}: none of its {len(shapes)} features has a geometry; "
            "see why, or leave the layer out and name it in not_assessed"
        )
    if absent.any():
        # Of parcels nothing is lost but themselves.
        parcels = isinstance(source.settings, ParcelSettings)
        better = ", so that a parcel where one lies may come out better than it is"
        consequence = "" if parcels else better
        warnings.append(
            f"{source.label}: {int(absent.sum())} of {len(shapes)} features have no geometry and "
            f"count nowhere{consequence}; see why, or leave them out knowingly with where = ..."
        )
    jagged = np.flatnonzero(is_jagged(shapes))
    if len(jagged):
        rows = numbers[jagged].tolist()
        warnings.append(
            f"{source.label}: {len(rows)} of {len(shapes)} features (number {enumerate_some(rows)})"
            f" go to and fro over more than {_MOST_JAGGED_VERTICES} vertices, which takes minutes "
            "where parcels lie under them; simplify them, as with ST_SimplifyPreserveTopology"
        )
    for what in (NO_NUMBER, OUTSIDE):
        if what in repairs:
            rows = numbers[repairs[what]].tolist()
            warnings.append(
                f"{source.label}: {len(rows)} of {len(shapes)} features have {what} "
                f"(number {enumerate_some(rows)}); correct them"
            )
    return warnings
