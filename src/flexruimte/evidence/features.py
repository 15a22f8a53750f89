"""Features around parcels: clean, in a canonical order, and the area that the layer speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from flexruimte.evidence.contents import contents_of_rows, row_keys
from flexruimte.evidence.judged_rows import (
    WHOLE_SOURCE,
    read_judged_rows,
    rows_without_shape,
    usable_extent,
)
from flexruimte.evidence.layers import Features, LayerFacts, layer_settings
from flexruimte.evidence.search_area import SearchArea
from flexruimte.evidence.shapes import (
    EVERYWHERE,
    canonical_order,
    cleaned_shapes,
)
from flexruimte.evidence.sources import Source, Window, open_source
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import NO

__all__ = ["load_features"]

_EVERYWHERE = "everywhere, as it has features near"


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
    rows = read_judged_rows(spec, source, fields, near.window)
    keys = row_keys(rows.raw, rows.table.assign(**{"": rows.ids}))
    keep = np.flatnonzero(~shapely.is_missing(rows.shapes) & (rows.certainty > NO))
    keep = keep[canonical_order(rows.ids[keep], rows.shapes[keep])]
    coverage, described = _coverage(spec, source, settings, around, bool(rows.usable.any()))
    is_near = near.meet(rows.places)
    return Features(
        key=key,
        spec=spec,
        precision_m=spec.precision_m if settings.precision_m is None else settings.precision_m,
        geometries=rows.shapes[keep],
        ids=rows.ids[keep],
        table=rows.table.iloc[keep].reset_index(drop=True),
        certainty=rows.certainty[keep],
        coverage=coverage,
        speaks_where_it_lies=_speaks_where_it_lies(spec, settings),
        row_keys=keys[keep],
        facts=_facts(source, settings, described),
        contents=replace(contents_of_rows(keys, rows.told, is_near), coverage=coverage),
    )


def _facts(source: Source, settings: LayerSettings, coverage: str) -> LayerFacts:
    told = {
        "curves in the whole source made straight": source.curve_count,
        f"without a shape {WHOLE_SOURCE}, left out": rows_without_shape(source),
    }
    return LayerFacts(
        settings.source,
        settings.reference_date,
        settings.licence,
        coverage,
        repairs={what: count for what, count in told.items() if count},
    )


def _speaks_where_it_lies(spec: LayerSpec, settings: LayerSettings) -> bool:
    """Return whether a layer speaks of the land that its features cover, and of no other.

    That a register of few cases covers the whole country does not make it list all cases.
    """
    silence = settings.silence or spec.silence
    return silence == "unknown" or (spec.fills and settings.coverage == "auto")


def _coverage(
    spec: LayerSpec, source: Source, settings: LayerSettings, window: Window, has_some: bool
) -> tuple[Any | None, str]:
    """Return the area a layer speaks of (None: everywhere), and that in words.

    What counts of the layer decides, not what its file says: `has_some` tells whether anything that
    was read counts. Where nothing does, the whole source is looked at.
    """
    if _speaks_where_it_lies(spec, settings):
        return None, "what its features cover"
    if settings.coverage == "complete":
        return None, "complete, says the study"
    if spec.complete and settings.coverage == "auto":
        return None, "complete, says the ruleset"
    if settings.coverage not in ("auto", "extent"):
        area = open_source(
            f"{source.name} coverage", LayerSettings(source=settings.coverage), source.folder
        ).read([])
        return shapely.union_all(
            cleaned_shapes(area.geometry.to_numpy(), "polygon", EVERYWHERE)[0]
        ), f"the polygons of {settings.coverage}"
    if settings.coverage == "auto" and has_some:
        return None, _EVERYWHERE
    extent = usable_extent(spec, source)
    if settings.coverage == "extent":
        return (shapely.box(*extent) if extent else shapely.Polygon()), "the extent of its features"
    if extent is None:
        return (
            shapely.Polygon(),
            "nothing: it has no features that count; "
            'if that means "none here", say coverage = "complete"',
        )
    if not shapely.intersects(shapely.box(*extent), shapely.box(*window)):
        return (
            shapely.Polygon(),
            "nothing here: all its features are elsewhere; "
            'if that means "none here", say coverage = "complete"',
        )
    return None, _EVERYWHERE
