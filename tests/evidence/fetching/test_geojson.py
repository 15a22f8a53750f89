"""Answers that are JSON: read where they are whole, else no answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flexruimte.evidence.fetching.client import Answer, UnusableAnswer
from flexruimte.evidence.fetching.geojson import features_in, page_of


def answer(body: Any, kind: str = "application/geo+json") -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer("https://example.org/items", text, kind, {})


def feature(number: int, shape: Any = None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": f"f{number}", "geometry": shape, "properties": properties}


POINT = {"type": "Point", "coordinates": [1.0, 2.0]}
LINE = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}


def test_a_page_has_a_value_per_feature() -> None:
    document = {
        "type": "FeatureCollection",
        "numberReturned": 2,
        "features": [feature(1, POINT, a=1), feature(2, LINE, b="x")],
    }
    _, features = features_in(answer(document))
    page = page_of(answer(document), features, ["a", "b", "id"])
    assert page.columns == {"a": [1, None], "b": [None, "x"], "id": ["f1", "f2"]}
    assert [shape.geom_type for shape in page.geometries] == ["Point", "LineString"]


def test_a_property_called_id_goes_before_the_feature_s_own() -> None:
    document = {"type": "FeatureCollection", "features": [feature(1, POINT, id="own")]}
    assert page_of(answer(document), document["features"], ["id"]).columns["id"] == ["own"]


def test_features_without_a_shape_stay_in_their_place() -> None:
    document = {
        "type": "FeatureCollection",
        "features": [feature(1), feature(2, POINT), feature(3)],
    }
    page = page_of(answer(document), document["features"], [])
    assert [None if shape is None else shape.wkt for shape in page.geometries] == [
        None,
        "POINT (1 2)",
        None,
    ]


def test_none_at_all() -> None:
    assert len(page_of(answer({"type": "FeatureCollection", "features": []}), [], ["a"])) == 0


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b"<!DOCTYPE html><html>Onderhoud</html>", "application/json", "a web page"),
        (b"{}", "text/html", "a web page"),
        (b'{"type":"FeatureCollection","featu', "application/json", "was cut short"),
        (b"[1]", "application/json", "no object"),
        (
            b'{"status":"maintenance"}',
            "application/json",
            'other JSON than features: \'{"status":"maintenance"}\'',
        ),
        ({"type": "FeatureCollection", "features": {}}, "application/json", "other JSON"),
        (
            {"type": "FeatureCollection", "numberReturned": 2, "features": [feature(1)]},
            "application/json",
            "says that it gives 2 features, and gives 1",
        ),
    ],
)
def test_what_is_no_answer(body: Any, kind: str, why: str) -> None:
    with pytest.raises(UnusableAnswer, match=why):
        features_in(answer(body, kind))


def test_a_shape_that_cannot_be_read_is_no_answer() -> None:
    document = {
        "type": "FeatureCollection",
        "features": [feature(1, {"type": "Polygon", "coordinates": [[[0, 0], [1]]]})],
    }
    with pytest.raises(UnusableAnswer, match="geometry that cannot be read"):
        page_of(answer(document), document["features"], [])


def test_text_in_other_letters_is_no_answer() -> None:
    document = {"type": "FeatureCollection", "features": []}
    with pytest.raises(UnusableAnswer, match="no JSON"):
        features_in(answer(json.dumps(document).encode("utf-16")))
