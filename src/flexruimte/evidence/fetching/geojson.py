"""Features in answers that are JSON: GeoJSON, read whole and only where it is whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from flexruimte.evidence.fetching.client import Answer, UnusableAnswer
from flexruimte.evidence.fetching.fields import OWN_ID
from flexruimte.evidence.fetching.rows import Page
from flexruimte.vocabulary import Geometries

__all__ = ["features_in", "json_in", "page_of"]

_WEB_PAGE: Final = "answers with a web page and not with data"


def json_in(answer: Answer) -> dict[str, Any]:
    """Return the object of an answer that is JSON.

    Raises
    ------
    UnusableAnswer
        When it is a web page, was cut short, or is something else.
    """
    if answer.kind == "text/html" or answer.body[:64].lstrip().startswith((b"<!", b"<html")):
        raise UnusableAnswer(_WEB_PAGE)
    try:
        document = json.loads(answer.body.decode("utf-8-sig"))
    except ValueError:
        raise UnusableAnswer(
            f"answers with something that is no JSON, or was cut short: '{answer.start()}'"
        ) from None
    if not isinstance(document, dict):
        raise UnusableAnswer(f"answers with JSON that is no object: '{answer.start()}'")
    return document


def features_in(answer: Answer) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the document and the features of an answer that is a GeoJSON feature collection.

    Raises
    ------
    UnusableAnswer
        When it is other JSON, or has another number of features than it says.
    """
    document = json_in(answer)
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise UnusableAnswer(f"answers with other JSON than features: '{answer.start()}'")
    said = document.get("numberReturned")
    if isinstance(said, int) and said != len(features):
        raise UnusableAnswer(f"says that it gives {said} features, and gives {len(features)}")
    return document, features


def page_of(answer: Answer, features: list[dict[str, Any]], fields: Sequence[str]) -> Page:
    """Return the features of an answer as a page.

    Parameters
    ----------
    features
        As `features_in` returns them.
    fields
        That are read. Where no feature has `id` among its properties, that is its own.

    Raises
    ------
    UnusableAnswer
        When a geometry cannot be read.
    """
    properties = [feature.get("properties") or {} for feature in features]
    columns: dict[str, Sequence[Any]] = {
        name: [each.get(name) for each in properties] for name in fields
    }
    if OWN_ID in columns and not any(OWN_ID in each for each in properties):
        columns[OWN_ID] = [each.get(OWN_ID) for each in features]
    try:
        return Page(columns, _shapes(answer, features))
    except shapely.GEOSException as error:
        raise UnusableAnswer(f"answers with a geometry that cannot be read ({error})") from None


def _shapes(answer: Answer, features: list[dict[str, Any]]) -> Geometries:
    shapes = np.empty(len(features), dtype=object)
    given = [feature.get("geometry") is not None for feature in features]
    if all(given) and features:
        parts = shapely.get_parts(shapely.from_geojson(answer.body.decode("utf-8-sig")))
        if len(parts) == len(features):
            shapes[:] = parts
            return shapes
    shapes[given] = shapely.from_geojson(
        [json.dumps(feature["geometry"]) for feature in features if feature.get("geometry")]
    )
    return shapes
