"""GeoJSON by RFC 7946, and locations.geojson: the ranked and the unknown of a municipality."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.json_text import json_lists, json_values, to_json
from flexruimte.results.summary_model import Summary
from flexruimte.results.summary_rules import NamedPart
from flexruimte.results.tables import LIST_COLUMNS, without_lists
from flexruimte.results.wgs84 import DECIMALS, best_transformation, to_wgs84
from flexruimte.vocabulary import FINDINGS_OF_LOCATION, PARCEL_ID, Geometries
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language

__all__ = ["features", "write_features", "write_geojson"]

_AT_ONCE = 5_000
"""Features that are in memory as text."""


def write_geojson(locations: gpd.GeoDataFrame, summary: Summary, path: str | Path) -> None:
    """Write locations to a GeoJSON file; the same locations give the same bytes.

    Parameters
    ----------
    locations
        As `flexruimte.results.sentences.with_explanations` makes it, in RD New.
    summary
        As `flexruimte.results.summary.summarise` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    locations, shapes = without_lists(locations), _shapes(locations)
    slices = (slice(first, first + _AT_ONCE) for first in range(0, len(locations), _AT_ONCE))
    texts = ((shapes[some], _properties(locations.iloc[some])) for some in slices)
    write_features(
        chain.from_iterable(features(*some, ids=some[1][PARCEL_ID]) for some in texts),
        {**_bounds(shapes), **_foreign_members(summary)},
        path,
    )


def write_features(texts: Iterable[str], members: Mapping[str, Any], path: str | Path) -> None:
    """Write a feature collection (RFC 7946) to a file, a feature on each line.

    Parameters
    ----------
    texts
        The features, as `features` makes them.
    members
        Of the collection beside `type` and `features`: `bbox`, and foreign members (RFC 7946,
        section 6.1).
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    head = to_json({"type": "FeatureCollection", **members})[:-1] + ',"features":['
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(head)
        for number, text in enumerate(texts):
            file.write(",\n" if number else "\n")
            file.write(text)
        file.write("\n]}\n")


def features(
    geometries: Geometries, properties: Mapping[str, list[str]], ids: list[str] | None = None
) -> Iterator[str]:
    """Yield the JSON of every feature.

    Parameters
    ----------
    geometries
        In WGS 84, rounded and wound; None is null. (n,) object
    properties
        JSON of every value, by name; n each.
    ids
        JSON of the id of every feature; None gives none.

    Examples
    --------
    >>> list(features(shapely.points([[5.1, 52.0]]), {"kind": ['"move"']}))
    ['{"type":"Feature","geometry":{"type":"Point","coordinates":[5.1,52.0]},"properties":{"kind":"move"}}']
    """
    shapes = np.where(shapely.is_missing(geometries), "null", shapely.to_geojson(geometries))
    named = {} if ids is None else {"id": ids}
    columns = {**named, "geometry": shapes}
    before = "".join(f'"{name}":%s,' for name in columns)
    members = ",".join(f"{to_json(name)}:".replace("%", "%%") + "%s" for name in properties)
    feature = f'{{"type":"Feature",{before}"properties":{{{members}}}}}'
    return map(feature.__mod__, zip(*columns.values(), *properties.values(), strict=True))


def _shapes(locations: gpd.GeoDataFrame) -> Geometries:
    """Return the geometries in WGS 84; the parcel where its buildable part is too small to draw."""
    shapes = to_wgs84(np.asarray(locations.geometry))
    lost = shapely.is_missing(shapes)
    shapes[lost] = to_wgs84(np.asarray(locations["parcel"])[lost])
    return shapes


def _bounds(shapes: Geometries) -> dict[str, list[float]]:
    """Return west, south, east, north; nothing where there is no geometry."""
    if shapely.is_missing(shapes).all():
        return {}
    return {"bbox": [round(float(bound), DECIMALS) for bound in shapely.total_bounds(shapes)]}


def _properties(locations: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Return the JSON of the properties of locations, by column."""
    columns = {
        str(name): column for name, column in locations.items() if column.dtype != "geometry"
    }
    return {name: _json_of(name, column) for name, column in columns.items()}


def _json_of(name: str, column: pd.Series[Any]) -> list[str]:
    if name == FINDINGS_OF_LOCATION:
        return list(map(to_json, column))
    return (json_lists if name in LIST_COLUMNS else json_values)(column)


def _foreign_members(summary: Summary) -> dict[str, Any]:
    """Return what a reader must know of the collection as a whole (RFC 7946, section 6.1)."""
    language, as_of = summary.study.language, summary.study.as_of
    transformation = best_transformation()
    return {
        "name": f"{summary.study.name}: {summary.municipality.name}",
        "study": summary.study.name,
        "as_of": as_of.isoformat(),
        "language": language,
        "gemeente_code": summary.municipality.code,
        "gemeente": summary.municipality.name,
        "ruleset": {"name": summary.ruleset.name, "version": summary.ruleset.version},
        "not_assessed": [_titled(part, language) for part in summary.not_assessed],
        "absent": [_titled(part, language) for part in summary.absent],
        "transformation": {
            "name": transformation.name,
            "accuracy_m": transformation.accuracy_m,
            "best_available": transformation.best,
        },
        "attribution": [
            {
                "layer": name,
                "source": facts.source,
                "reference_date": facts.reference_date and facts.reference_date.isoformat(),
                "licence": facts.licence,
            }
            for name, facts in summary.inputs.items()
        ],
    }


def _titled(part: NamedPart, language: Language) -> dict[str, Any]:
    """Return a layer or rule with its title in one language."""
    return {**part.model_dump(mode="json"), "title": in_language(part.title, language)}
