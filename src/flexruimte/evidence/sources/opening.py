"""Opening a source: which class reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import pandas as pd

from flexruimte.evidence.sources.frame import FrameSource
from flexruimte.evidence.sources.protocol import Source
from flexruimte.evidence.sources.raster import RasterSource
from flexruimte.evidence.sources.table import TABLE_ENDINGS, TableSource
from flexruimte.evidence.sources.vector import VectorSource
from flexruimte.rules.study_file import TableSettings

__all__ = ["LayerGeometry", "open_source", "opened_as"]

LayerGeometry: TypeAlias = Literal["polygon", "line", "point", "raster", "table"]


def open_source(
    name: str,
    settings: TableSettings,
    folder: Path,
    data: pd.DataFrame | None = None,
    *,
    geometry: LayerGeometry = "polygon",
) -> Source:
    """Return the source that a study names; nothing is read yet.

    Parameters
    ----------
    name
        Key of the layer, or "parcels", "municipalities", "decisions".
    settings
        What the study says about it.
    folder
        What relative paths are relative to.
    data
        Rows that are in memory already; None reads what `settings.source` names.
    geometry
        What the ruleset says the layer holds: a raster is read by rasterio, a table in a .csv or
        .parquet file by pandas, everything else by pyogrio.

    Examples
    --------
    >>> from flexruimte.rules.study_file import LayerSettings
    >>> open_source("noise", LayerSettings(source="lden.tif"), Path("/data"), geometry="raster")
    RasterSource(name='noise', ...)
    """
    if data is not None:
        return FrameSource(name, settings, folder, data)
    if geometry == "raster":
        return RasterSource(name, settings, folder)
    if geometry == "table" and settings.source.endswith(TABLE_ENDINGS):
        return TableSource(name, settings, folder)
    return VectorSource(name, settings, folder)


def opened_as(source: Source, geometry: LayerGeometry) -> Source:
    """Return a source as a ruleset wants it read; the same one where it is so already.

    What was found of a source, such as its number of features, stays with it.
    """
    if source.in_memory:
        return source
    other = open_source(source.name, source.settings, source.folder, geometry=geometry)
    return source if type(other) is type(source) else other
