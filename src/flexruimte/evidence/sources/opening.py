"""Opening a source: which class reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import pandas as pd

from flexruimte.evidence.sources.archives import only_file_in, only_folder_in
from flexruimte.evidence.sources.database import DatabaseSource
from flexruimte.evidence.sources.frame import FrameSource
from flexruimte.evidence.sources.parquet import PARQUET_ENDINGS, ParquetSource
from flexruimte.evidence.sources.postgres import is_database
from flexruimte.evidence.sources.protocol import Source
from flexruimte.evidence.sources.raster import RasterSource
from flexruimte.evidence.sources.table import TEXT_ENDINGS, TableSource
from flexruimte.evidence.sources.vector import VectorSource
from flexruimte.rules.study_file import TableSettings

__all__ = ["LayerGeometry", "open_source", "opened_as"]

LayerGeometry: TypeAlias = Literal["polygon", "line", "point", "mixed", "raster", "table"]


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
        What the ruleset says the layer holds: a raster is read by rasterio, a table in a text file
        and all Parquet by Arrow, a PostgreSQL database by psycopg, everything else by pyogrio.

    Examples
    --------
    >>> from flexruimte.rules.study_file import LayerSettings
    >>> open_source("noise", LayerSettings(source="lden.tif"), Path("/data"), geometry="raster")
    RasterSource(name='noise', ...)
    """
    if data is not None:
        return FrameSource(name, settings, folder, data)
    if is_database(settings.source):
        return DatabaseSource(name, settings, folder)
    if geometry == "raster":
        return RasterSource(name, settings, folder)
    ending = _ending(settings.source)
    if ending == ".zip":
        # The one table or Parquet file in an archive is read as it would be beside it.
        inside = only_file_in(str(folder / settings.source.removeprefix("/vsizip/")))
        tables = TEXT_ENDINGS if geometry == "table" else ()
        if inside is not None and _ending(inside) in (*tables, *PARQUET_ENDINGS):
            archive = settings.source.removeprefix("/vsizip/")
            settings = settings.model_copy(update={"source": f"/vsizip/{archive}/{inside}"})
            ending = _ending(inside)
    if ending == ".zip":
        # GDAL looks for files in the root of an archive only.
        archive = settings.source.removeprefix("/vsizip/")
        inside = only_folder_in(str(folder / archive))
        if inside is not None:
            settings = settings.model_copy(update={"source": f"/vsizip/{archive}/{inside}"})
    if ending in PARQUET_ENDINGS:
        return ParquetSource(name, settings, folder)
    if geometry == "table" and ending in TEXT_ENDINGS:
        return TableSource(name, settings, folder)
    return VectorSource(name, settings, folder)


def _ending(source: str) -> str:
    """Return what a name ends in, in lower case; of an address without what is asked of it.

    Examples
    --------
    >>> _ending("Owners.CSV"), _ending("https://host/a.parquet?key=1"), _ending("PG:dbname=flex")
    ('.csv', '.parquet', '')
    """
    path = urlsplit(source).path if source.startswith(("http://", "https://")) else source
    return Path(path).suffix.lower()


def opened_as(source: Source, geometry: LayerGeometry) -> Source:
    """Return a source as a ruleset wants it read; the same one where it is so already.

    What was found of a source, such as its number of features, stays with it.
    """
    if source.in_memory:
        return source
    other = open_source(source.name, source.settings, source.folder, geometry=geometry)
    return source if type(other) is type(source) else other
