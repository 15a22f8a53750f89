"""ArcGIS FeatureServer: counted, and paged in the order of the object id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
import shapely

from evidence.fetching.houses import houses
from flexruimte import SourceError
from flexruimte.evidence.fetching.arcgis import ArcGis
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.feature_service import TooManyError
from open_data_server import Collection, Server, serving
from sample_services import service

EVERYWHERE = (0.0, 0.0, 1000.0, 1000.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server(collections={"net": Collection(houses())})) as running:
        yield running


def client_of(server: Server, **settings: Any) -> ArcGis:
    asked = {
        "protocol": "arcgis",
        "address": f"{server.address}/arcgis/net/FeatureServer/0",
        "id": "id",
        "fields": {"identificatie": "identificatie", "jaar": "jaar"},
    }
    return ArcGis(
        service(**{**asked, **settings}), Client(pause_s=0.01, tries=3, seconds=30), "net"
    )


def test_all_pages_in_rd(server: Server) -> None:
    server.most_per_page = 800  # what is asked for is lowered to it
    found = client_of(server)
    types = found.types()
    assert types["jaar"] == pa.int64()
    assert types["status"] == pa.large_string()
    pages = list(found.pages(EVERYWHERE, None))
    assert [len(page) for page in pages] == [800, 800, 800, 100]
    assert [each for page in pages for each in page.columns["identificatie"]] == houses()[
        "identificatie"
    ].tolist()
    # There is no field `id`: it is the object id.
    assert [each for page in pages for each in page.columns["id"]] == list(range(2500))
    shapes = [shape for page in pages for shape in page.geometries]
    assert shapely.equals(shapes, houses().geometry.to_numpy()).all()


def test_a_window_and_one_that_is_too_large(server: Server) -> None:
    found = client_of(server)
    found.types()
    assert [page.columns["jaar"] for page in found.pages((0.0, 0.0, 40.0, 15.0), None)] == [[0, 1]]
    assert list(found.pages((12.0, 12.0, 20.0, 20.0), None)) == []
    with pytest.raises(TooManyError):
        list(found.pages(EVERYWHERE, 2))


@pytest.mark.parametrize("fault", ["drop", "429", "500", "truncate", "html", "other", "empty"])
def test_a_page_that_fails_once_is_asked_again(server: Server, fault: str) -> None:
    found = client_of(server)
    found.types()
    server.faults = [("resultOffset=1000", fault)]
    assert sum(map(len, found.pages(EVERYWHERE, None))) == 2500


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("other", "other JSON than features"),
        ("empty", "gives 1000 of 2500 features, and then none"),
        ("html", "web page"),
    ],
)
def test_a_page_that_keeps_failing_is_an_error(server: Server, fault: str, why: str) -> None:
    found = client_of(server)
    found.types()
    server.always = {"resultOffset=1000": fault}
    with pytest.raises(SourceError, match=why):
        list(found.pages(EVERYWHERE, None))


def test_an_error_that_comes_with_success_is_an_error(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = b'{"error":{"code":400,"message":"Invalid URL"}}'
    monkeypatch.setattr(server, "answer", lambda _path: (200, "application/json", said, {}))
    with pytest.raises(SourceError, match="answers with an error: 400 Invalid URL"):
        client_of(server).types()
