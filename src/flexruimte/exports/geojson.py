"""locations.geojson: the ranked and the unknown locations of a municipality, by RFC 7946."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.exports.sentences import location_sentence
from flexruimte.exports.tables import LIST_COLUMNS, listed_ids
from flexruimte.exports.wgs84 import DECIMALS, best_transformation, to_wgs84
from flexruimte.exports.whole_file import whole_file
from flexruimte.labels import STATUSES, Language, in_language, label
from flexruimte.vocabulary import HOMES_HIGH, HOMES_LOW, HOMES_MID, RANK, STATUS, TERM_END, TERM_START

__all__ = ["READABLE_PROPERTIES", "feature_properties", "write_geojson"]

READABLE_PROPERTIES = ("status_label", "site_type_label", "explanation")
"""Properties in the language of the study."""

_WHOLE = (RANK, HOMES_LOW, HOMES_MID, HOMES_HIGH)
_DATES = (TERM_START, TERM_END)


def write_geojson(locations: gpd.GeoDataFrame, summary: Mapping[str, Any], path: str | Path) -> None:
    """Write locations to a GeoJSON file; the same locations give the same bytes.

    Parameters
    ----------
    locations
        As `flexruimte.exports.tables.location_table` makes it, in RD New.
    summary
        As `flexruimte.exports.summary.summarise` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    shapes = _shapes(locations)
    geometries = np.where(shapely.is_missing(shapes), "null", shapely.to_geojson(shapes))
    properties = feature_properties(locations, summary)
    collection = {"type": "FeatureCollection", **_bounds(shapes), **_foreign_members(summary)}
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_json(collection)[:-1] + ',"features":[')
        for position, (geometry, values) in enumerate(zip(geometries, properties, strict=True)):
            file.write("\n" if position == 0 else ",\n")
            file.write(f'{{"type":"Feature","id":{_json(values["parcel_id"])},"geometry":{geometry},"properties":{_json(values)}}}')
        file.write("\n]}\n")


def _shapes(locations: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    """Return the geometries in WGS 84; where a buildable part is too small to be drawn, the parcel."""
    shapes = to_wgs84(np.asarray(locations.geometry))
    lost = shapely.is_missing(shapes)
    shapes[lost] = to_wgs84(np.asarray(locations["parcel"])[lost])
    return shapes


def _bounds(shapes: np.ndarray[Any, Any]) -> dict[str, list[float]]:
    """Return west, south, east, north; nothing where there is no geometry."""
    if shapely.is_missing(shapes).all():
        return {}
    return {"bbox": [round(float(bound), DECIMALS) for bound in shapely.total_bounds(shapes)]}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def feature_properties(locations: gpd.GeoDataFrame, summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the properties of every location, as JSON has them.

    Parameters
    ----------
    locations
        As `flexruimte.exports.tables.location_table` makes it.
    summary
        Titles and language.
    """
    language: Language = summary["study"]["language"]
    titles = {rule["id"]: in_language(rule["title"], language) for rule in summary["rules"]}
    site_types = {name: in_language(title, language) for name, title in summary["site_types"].items()}
    names = [str(name) for name in locations.columns if locations[name].dtype != "geometry"]
    ranked = int(locations[RANK].notna().sum())
    columns = {name: _column(name, locations[name]) for name in names}
    result = []
    rows = pd.DataFrame(locations[names]).itertuples(index=False, name=None)
    for position, row in enumerate(dict(zip(names, cells, strict=True)) for cells in rows):
        values = {name: columns[name][position] for name in names}
        values["status_label"] = label(STATUSES, values[STATUS], language)
        values["site_type_label"] = site_types.get(values["site_type"], values["site_type"])
        values["explanation"] = location_sentence(row, titles, ranked, language)
        result.append(values)
    return result


def _column(name: str, values: pd.Series[Any]) -> list[Any]:
    """Return the values of a column as JSON has them; what is not known is null."""
    if name in LIST_COLUMNS:
        return [listed_ids(text) for text in values]
    if name in _DATES:
        return [None if pd.isna(date) else date.strftime("%Y-%m-%d") for date in values]
    if name in _WHOLE:
        return [None if pd.isna(number) else int(number) for number in values]
    return [None if pd.isna(value) else value for value in values.astype(object)]


def _foreign_members(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reader must know of the collection as a whole (RFC 7946, section 6.1)."""
    language: Language = summary["study"]["language"]
    transformation = best_transformation()
    return {
        "name": f"{summary['study']['name']}: {summary['municipality']['name']}",
        "study": summary["study"]["name"],
        "as_of": summary["study"]["as_of"],
        "language": language,
        "gemeente_code": summary["municipality"]["code"],
        "gemeente": summary["municipality"]["name"],
        "ruleset": {"name": summary["ruleset"]["name"], "version": summary["ruleset"]["version"]},
        "not_assessed": [{**entry, "title": in_language(entry["title"], language)} for entry in summary["not_assessed"]],
        "absent": [{**entry, "title": in_language(entry["title"], language)} for entry in summary["absent"]],
        "transformation": {
            "name": transformation.name,
            "accuracy_m": transformation.accuracy_m,
            "best_available": transformation.best,
        },
        "attribution": [
            {"layer": name, "source": facts["source"], "reference_date": facts["reference_date"], "licence": facts["licence"]}
            for name, facts in summary["inputs"].items()
        ],
    }
