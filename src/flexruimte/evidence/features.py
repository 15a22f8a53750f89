"""Features around parcels: clean, in a canonical order, and the area that the layer speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.errors import LayerError, did_you_mean
from flexruimte.evidence.columns import named_columns, optional_columns, source_columns
from flexruimte.evidence.contents import contents_of_rows, row_keys
from flexruimte.evidence.layers import Features, LayerFacts, layer_settings
from flexruimte.evidence.search_area import SearchArea
from flexruimte.evidence.shapes import canonical_order, cleaned_shapes
from flexruimte.evidence.sources import Source, Window, open_source
from flexruimte.rules.conditions import as_text, evaluate_filter
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import NO

__all__ = ["load_features"]


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
    settings = layer_settings(source)
    rows = _read_rows(spec, source, settings, fields, near.window)
    raw = rows.frame.geometry.to_numpy()
    geometries, repaired = cleaned_shapes(raw, spec.geometry)
    if source.in_memory:
        # A copy: blocks that are taken at the same time each prepare shapes of their own.
        geometries = shapely.force_2d(geometries)
    certainty = evaluate_filter(spec.rows, rows.table)
    keys = row_keys(raw, rows.table.assign(**{"": rows.ids}))
    keep = np.flatnonzero(~shapely.is_missing(geometries) & (certainty > NO))
    keep = keep[canonical_order(rows.ids[keep], geometries[keep])]
    coverage, described = _coverage(spec, source, settings, around)
    is_near = near.meet(np.where(shapely.is_missing(geometries), raw, geometries))
    return Features(
        key=key,
        spec=spec,
        precision_m=spec.precision_m if settings.precision_m is None else settings.precision_m,
        geometries=geometries[keep],
        ids=rows.ids[keep],
        table=rows.table.iloc[keep].reset_index(drop=True),
        certainty=certainty[keep],
        coverage=coverage,
        row_keys=keys[keep],
        facts=_facts(source, settings, described),
        contents=replace(contents_of_rows(keys, repaired, is_near), coverage=coverage),
    )


@dataclass(frozen=True)
class _Rows:
    """Rows of a source as they are read."""

    frame: gpd.GeoDataFrame
    table: pd.DataFrame
    """Their fields, by the vocabulary's names. (m, ...)"""
    ids: np.ndarray[Any, Any]
    """What each is called in reasons. (m,) object of str"""


def _read_rows(
    spec: LayerSpec,
    source: Source,
    settings: LayerSettings,
    fields: Sequence[str],
    window: Window,
) -> _Rows:
    """Read the fields that are needed, with the layer's own id and name where it has them."""
    wanted = [*fields, *spec.rows, *optional_columns(source, [spec.id, spec.name])]
    columns = source_columns(source, list(dict.fromkeys(wanted)))
    id_column = settings.id or (columns.get(spec.id) if spec.id else None)
    if id_column is not None and id_column not in source.columns:
        raise LayerError(
            f"{source.label} has no column '{id_column}' for the feature ids; "
            f"{did_you_mean(id_column, source.columns)}"
        )
    read = [*columns.values(), *([id_column] if id_column else [])]
    frame = source.read(list(dict.fromkeys(read)), window)
    table = named_columns(frame, columns, settings)
    if spec.missing_below is not None:
        for name in table.select_dtypes("number").columns:
            numbers = table[name].astype("float64")
            table[name] = numbers.where(table[name] >= spec.missing_below)
    if id_column is None:
        return _Rows(frame, table, frame.index.astype(str).to_numpy(dtype=object))
    return _Rows(frame, table, as_text(frame[id_column]).fillna("").to_numpy(dtype=object))


def _facts(source: Source, settings: LayerSettings, coverage: str) -> LayerFacts:
    curves = source.curve_count
    return LayerFacts(
        settings.source,
        settings.reference_date,
        settings.licence,
        coverage,
        repairs={"curves in the whole source made straight": curves} if curves else {},
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
