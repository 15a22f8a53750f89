"""The layouts behind the homes, as features: modules, roads, their paving and paths."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from flexruimte.assessment.pipeline import Assessment
from flexruimte.errors import OutputError
from flexruimte.kernels.layout import Layouts
from flexruimte.results.outputs import LAYOUT_GEOJSON, LOCATIONS_GPKG
from flexruimte.results.read import parcel_files, read_summary
from flexruimte.results.summary_model import Summary
from flexruimte.results.survey_file import Shapes
from flexruimte.results.versions import software_versions
from flexruimte.results.wgs84 import to_wgs84
from flexruimte.results.whole_file import whole_file
from flexruimte.vocabulary import CRS, PARCEL_ID, SITE_ID, Geometries
from flexruimte.wording.labels import LAYOUT_KINDS, Language, label

__all__ = [
    "LAYOUT_COLUMNS",
    "digest_of_layouts",
    "layout_table",
    "write_layout_geojson",
    "write_layouts",
]

LAYOUT_COLUMNS: Final = [PARCEL_ID, "kind", "kind_label", "storeys", "row", "degrees"]
"""What is said of a feature of a layout; the last three of modules only."""
_DRAWN: Final = ("roads", "paved", "paths", "module", "part", "storeys", "row", "degrees")
"""What of `Layouts` is in the features."""


def layout_table(
    ids: np.ndarray[Any, Any], layouts: Layouts | None, language: Language
) -> gpd.GeoDataFrame:
    """Return the features of layouts: roads first, so that modules are drawn on top.

    Parameters
    ----------
    ids
        Id of the location of each part. (n,) object
    layouts
        Of n parts; None holds nothing.
    language
        Of `kind_label`.

    Returns
    -------
    geopandas.GeoDataFrame
        In RD New: `LAYOUT_COLUMNS`, of which `storeys`, `row` and `degrees` are null but for
        modules. (m, ...)
    """
    if layouts is None:
        empty = pd.DataFrame({name: pd.Series(dtype="string") for name in LAYOUT_COLUMNS})
        return _typed(empty, np.empty(0, dtype=object))
    ground = {
        "road": np.asarray(layouts.roads),
        "paved": np.asarray(layouts.paved),
        "path": np.asarray(layouts.paths),
    }
    there = [
        np.flatnonzero(~shapely.is_empty(shapes) & ~shapely.is_missing(shapes))
        for shapes in ground.values()
    ]
    part = np.concatenate([*there, layouts.part])
    kinds = [*ground, "module"]
    kind = np.repeat(np.arange(len(kinds)), [*map(len, there), len(layouts.part)])
    of_modules = {
        "storeys": layouts.storeys,
        "row": layouts.row,
        "degrees": np.round(layouts.degrees, 3),
    }
    table = pd.DataFrame(
        {
            PARCEL_ID: pd.array(ids, dtype="string").take(part),
            "kind": pd.array(kinds, dtype="string").take(kind),
            "kind_label": pd.array(
                [label(LAYOUT_KINDS, name, language) for name in kinds], dtype="string"
            ).take(kind),
            **{
                name: np.pad(
                    values.astype(float), (len(part) - len(values), 0), constant_values=np.nan
                )
                for name, values in of_modules.items()
            },
        }
    )
    shapes = [geometries[where] for geometries, where in zip(ground.values(), there, strict=True)]
    return _typed(table, np.concatenate([*shapes, layouts.module]))


def digest_of_layouts(assessment: Assessment) -> str | None:
    """Return a text that changes when anything in the layer of layouts does, or the columns of the layers beside it.

    It is the same whether layouts were just made or are as they were kept. None where homes are by
    density.
    """
    if assessment.layouts is None:
        return None
    question, parcels, sites = assessment.question, assessment.parcels, assessment.sites
    ids = [
        parcels[PARCEL_ID].tolist(),
        parcels[SITE_ID].tolist(),
        [] if sites is None else sites.table[PARCEL_ID].tolist(),
    ]
    general = [
        software_versions(),
        question.language,
        question.as_of.isoformat(),
        question.groups,
        ids,
    ]
    digest = hashlib.sha256(json.dumps(general, sort_keys=True).encode())
    for layouts in (assessment.layouts, None if sites is None else sites.layouts):
        for name in () if layouts is None else _DRAWN:
            values = getattr(layouts, name)
            shapes = isinstance(values, Shapes) or values.dtype == object
            digest.update(Shapes.of(values).joined() if shapes else values.tobytes())
        digest.update(b"|")
    return digest.hexdigest()


def _typed(table: pd.DataFrame, geometries: Geometries) -> gpd.GeoDataFrame:
    texts = {name: table[name].astype("string") for name in (PARCEL_ID, "kind", "kind_label")}
    numbers = {name: table[name].astype("Float64").astype("Int64") for name in ("storeys", "row")}
    return gpd.GeoDataFrame(
        table.assign(**texts, **numbers, degrees=table["degrees"].astype("Float64")),
        geometry=geometries,
        crs=CRS,
    )


def write_layout_geojson(
    layout: gpd.GeoDataFrame, summary: Summary, path: str | Path
) -> None:
    """Write layouts to a GeoJSON file, in WGS 84 by RFC 7946.

    Parameters
    ----------
    layout
        As `layout_table` makes it.
    summary
        As `flexruimte.results.summary.summarise` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    geometries = to_wgs84(np.asarray(layout.geometry))
    drawn = ~shapely.is_missing(geometries)
    rows = pd.DataFrame(layout[LAYOUT_COLUMNS])[drawn]
    values = rows.astype(object).where(rows.notna(), None).to_dict("records")
    features = (
        f'{{"type":"Feature","geometry":{geometry},"properties":{json.dumps(row, ensure_ascii=False, separators=(",", ":"))}}}'
        for geometry, row in zip(shapely.to_geojson(geometries[drawn]), values, strict=True)
    )
    title = f"{summary.study.name}: {summary.municipality.name}"
    name = json.dumps(title, ensure_ascii=False)
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            f'{{"type":"FeatureCollection","name":{name},"as_of":"{summary.study.as_of}","features":[\n'
        )
        file.write(",\n".join(features))
        file.write("\n]}\n")


def write_layouts(out: Path) -> list[Path]:
    """Write the layouts in the GeoPackages of a run as GeoJSON, and return the files.

    Raises
    ------
    OutputError
        When there are no results, or a file cannot be read or written.
    """
    written = []
    for path in parcel_files(out):
        folder = path.parent
        summary = read_summary(folder)
        try:
            layout = pyogrio.read_dataframe(folder / LOCATIONS_GPKG, layer="layout")
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise OutputError(
                f"{folder / LOCATIONS_GPKG} cannot be read: {error}; run this municipality again with --fresh"
            ) from None
        table = _typed(pd.DataFrame(layout.drop(columns="geometry")), np.asarray(layout.geometry))
        write_layout_geojson(table, summary, folder / LAYOUT_GEOJSON)
        written.append(folder / LAYOUT_GEOJSON)
    return written
