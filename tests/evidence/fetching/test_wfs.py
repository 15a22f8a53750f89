"""WFS 2.0: counted, paged, in JSON or GML, and never a part of what matches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from evidence.fetching.houses import houses
from flexruimte import SourceError
from flexruimte.evidence.fetching.client import Answer, Client, UnusableAnswer
from flexruimte.evidence.fetching.feature_service import TooManyError
from flexruimte.evidence.fetching.wfs import Wfs
from open_data_server import Collection, Server, serving
from sample_services import service

EVERYWHERE = (0.0, 0.0, 1000.0, 1000.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server(collections={"pand": Collection(houses())})) as running:
        yield running


def client_of(server: Server, **settings: Any) -> Wfs:
    asked = {
        "protocol": "wfs",
        "address": f"{server.address}/wfs?map=bag",
        "layer": "bag:pand",
        "id": "identificatie",
        "fields": {"jaar": "jaar", "status": "status"},
    }
    return Wfs(
        service(**{**asked, **settings}), Client(pause_s=0.01, tries=3, seconds=30), "panden"
    )


def ids(
    found: Wfs, window: tuple[float, float, float, float] = EVERYWHERE, most: int | None = None
) -> list[str]:
    return [
        number for page in found.pages(window, most) for number in page.columns["identificatie"]
    ]


@pytest.mark.parametrize(("has_json", "status"), [(True, 200), (False, 200), (False, 400)])
def test_all_pages_as_json_or_else_as_gml(server: Server, has_json: bool, status: int) -> None:
    server.has_json, server.refuses_with = has_json, status
    found = client_of(server)
    found.types()
    pages = list(found.pages(EVERYWHERE, None))
    assert [len(page) for page in pages] == [1000, 1000, 500]
    assert [each for page in pages for each in page.columns["identificatie"]] == houses()[
        "identificatie"
    ].tolist()
    assert [each for page in pages for each in page.columns["jaar"]] == list(range(2500))
    shapes = np.concatenate([page.geometries for page in pages])
    assert shapely.equals(shapes, houses().geometry.to_numpy()).all()
    # Pages are in one order, and the address keeps what it has.
    assert sum("sortBy=identificatie" in asked for asked in server.asked) == 3 + (not has_json)
    assert all(asked.startswith("/wfs?map=bag&") for asked in server.asked)


def test_types_and_the_geometry_come_from_the_description(server: Server) -> None:
    assert client_of(server).types() == {
        "identificatie": pa.large_string(),
        "status": pa.large_string(),
        "jaar": pa.int64(),
    }


def test_a_window(server: Server) -> None:
    assert ids(client_of(server), (0.0, 0.0, 40.0, 15.0)) == ["p0000", "p0001"]
    assert ids(client_of(server), (12.0, 12.0, 20.0, 20.0)) == []


def test_the_server_filters_where_it_can(server: Server) -> None:
    found = client_of(server, where={"status": ["Pand in gebruik"]})
    found.types()
    assert len(ids(found)) == 2250
    assert any("fes:Filter" in asked and "bbox=" not in asked for asked in server.asked)
    found = client_of(
        server, where={"status": ["Pand in gebruik", "Pand gesloopt"], "jaar": [3, 4]}
    )
    found.types()
    assert ids(found, (0.0, 0.0, 1000.0, 15.0)) == ["p0003", "p0004"]


def test_a_filter_that_leaves_nothing_is_not_believed(server: Server) -> None:
    found = client_of(
        server, where={"status": ["pand in gebruik"]}
    )  # which the server writes with a capital
    found.types()
    assert len(ids(found)) == 2500  # and we filter ourselves


def test_a_filter_of_many_values_is_left_to_ourselves(server: Server) -> None:
    found = client_of(
        server, where={"status": [f"een lange waarde {number}" for number in range(100)]}
    )
    found.types()
    assert len(ids(found)) == 2500
    assert max(map(len, server.asked)) < 1000


def test_a_count_that_ends_where_the_service_does_is_not_believed(server: Server) -> None:
    found = client_of(server, most_in_all=2500)
    found.types()
    with pytest.raises(TooManyError):
        list(found.pages(EVERYWHERE, None))
    assert len(ids(client_of(server, most_in_all=2501))) == 2500


def test_more_than_the_service_gives_in_all_is_divided(server: Server) -> None:
    server.most_in_all = 2000  # what is beyond is held back in silence
    with pytest.raises(TooManyError):
        ids(client_of(server, most_in_all=2000))
    with pytest.raises(SourceError, match="gives 2000 of 2500 features, and then none"):
        ids(client_of(server))
    with pytest.raises(TooManyError):
        ids(client_of(server), most=2)


@pytest.mark.parametrize("fault", ["drop", "429", "500", "truncate", "html", "slow", "empty"])
def test_a_page_that_fails_once_is_asked_again(server: Server, fault: str) -> None:
    server.faults = [("startIndex=1000", fault)]
    assert ids(client_of(server)) == houses()["identificatie"].tolist()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("html", "no JSON|web page"),
        ("other", "other JSON"),
        ("empty", "gives 1000 of 2500 features, and then none"),
    ],
)
def test_a_page_that_keeps_failing_is_an_error(server: Server, fault: str, why: str) -> None:
    server.always = {"startIndex=1000": fault}
    with pytest.raises(SourceError, match=why):
        ids(client_of(server))


def test_a_count_that_does_not_add_up_is_no_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.most_per_page, answer = 2500, server.answer

    def more(path: str) -> tuple[int, str, bytes, dict[str, str]]:
        return answer(
            re.sub(r"startIndex=\d+", "startIndex=0", re.sub(r"count=\d+", "count=1700", path))
        )

    monkeypatch.setattr(server, "answer", more)
    with pytest.raises(UnusableAnswer, match="says that 2500 features match, and gives 3400"):
        ids(client_of(server))


def test_a_service_that_does_not_count_cannot_be_shown_to_be_whole(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = server.answer

    def silent(path: str) -> tuple[int, str, bytes, dict[str, str]]:
        status, kind, body, headers = answer(path)
        return (
            status,
            kind,
            body.replace(b'numberMatched="2500"', b'numberMatched="unknown"'),
            headers,
        )

    monkeypatch.setattr(server, "answer", silent)
    with pytest.raises(SourceError, match="does not say how many features match"):
        ids(client_of(server))


def test_an_error_of_the_service_is_told(server: Server) -> None:
    with pytest.raises(SourceError, match="InvalidParameterValue typenames"):
        ids(client_of(server, layer="bag:panden"))


def gml(*members: str, srs: str = "urn:ogc:def:crs:EPSG::28992") -> Answer:
    """An answer with a square of 5 m for each member, which is what else stands in it."""
    shape = (
        f'<gml:Polygon srsName="{srs}" gml:id="g"><gml:exterior><gml:LinearRing><gml:posList>'
        "0 0 5 0 5 5 0 5 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    )
    each = "".join(
        f'<wfs:member><p:pand gml:id="pand.{at}">{more}<p:geom>{shape}</p:geom></p:pand></wfs:member>'
        for at, more in enumerate(members)
    )
    body = (
        '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:p="urn:p" '
        f'xmlns:gml="http://www.opengis.net/gml/3.2">{each}</wfs:FeatureCollection>'
    )
    return Answer("https://example.org/wfs", body.encode(), "text/xml", {})


def test_gml_that_names_another_system_is_refused(server: Server) -> None:
    found = client_of(server)
    assert len(found._read(gml("", srs="http://www.opengis.net/def/crs/EPSG/0/28992"))) == 1
    with_heights = gml("", srs="urn:ogc:def:crs:EPSG::7415")
    body = with_heights.body.replace(b"0 0 5 0 5 5 0 5 0 0", b"0 0 1 5 0 1 5 5 1 0 5 1 0 0 1")
    assert len(found._read(replace(with_heights, body=body))) == 1
    with pytest.raises(SourceError, match="answers in EPSG:4258 and not in EPSG:28992"):
        found._read(gml("", srs="urn:ogc:def:crs:EPSG::4258"))


def test_gml_without_features_has_none(server: Server) -> None:
    assert len(client_of(server)._read(gml())) == 0


def test_an_element_that_comes_twice_is_a_list(server: Server) -> None:
    page = client_of(server, fields={"jaar": "jaar"})._read(
        gml("<p:jaar>1990</p:jaar><p:jaar>2001</p:jaar>", "<p:jaar>1990</p:jaar>", "")
    )
    assert page.columns["jaar"] == [[1990, 2001], [1990], None]
