"""OGC API Features against a server that keeps silent about what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from flexruimte import SourceError
from flexruimte.evidence.fetching.client import Client, UnusableAnswer
from flexruimte.evidence.fetching.feature_service import TooManyError
from flexruimte.evidence.fetching.fields import check_fields
from flexruimte.evidence.fetching.ogcapi import OgcApi, crs_uri
from open_data_server import Collection, Server, serving
from sample_services import service

EVERYWHERE = (0.0, 0.0, 1000.0, 1000.0)


@cache
def dots() -> gpd.GeoDataFrame:
    """2,500 points on a grid; the first thousand has no end."""
    number = np.arange(2500)
    table = pd.DataFrame(
        {
            "identificatie": [f"p{at:04d}" for at in number],
            "status": np.where(number % 7 == 3, "Pand gesloopt", "Pand in gebruik"),
            "eind": [None] * 1000 + [2020.0] * 1500,
        }
    )
    return gpd.GeoDataFrame(
        table,
        geometry=shapely.points(number % 50 * 20 + 1, number // 50 * 20 + 1),
        crs="EPSG:28992",
    )


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server(collections={"punt": Collection(dots())})) as running:
        yield running


def client_of(server: Server, **settings: Any) -> OgcApi:
    asked = {
        "protocol": "ogcapi",
        "address": f"{server.address}/ogc",
        "layer": "punt",
        "id": "identificatie",
        "fields": {"eind": "eind", "status": "status"},
    }
    return OgcApi(
        service(**{**asked, **settings}), Client(pause_s=0.01, tries=3, seconds=30), "punten"
    )


def ids(
    found: OgcApi, window: tuple[float, float, float, float] = EVERYWHERE, most: int | None = None
) -> list[str]:
    return [
        number for page in found.pages(window, most) for number in page.columns["identificatie"]
    ]


def test_all_pages_once(server: Server) -> None:
    assert ids(client_of(server)) == dots()["identificatie"].tolist()
    assert len(server.asked) == 3


def test_a_window_in_rd(server: Server) -> None:
    # x 0 to 100 holds 5 columns (1, 21, ... 81), y 0 to 40 two rows
    assert ids(client_of(server), (0.0, 0.0, 100.0, 40.0)) == [
        *(f"p{at:04d}" for at in range(5)),
        *(f"p{at:04d}" for at in range(50, 55)),
    ]
    assert (
        "bbox=0.000,0.000,100.000,40.000&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/28992"
        in server.asked[0]
    )
    assert ids(client_of(server), (2.0, 2.0, 15.0, 15.0)) == []


def test_a_limit_that_is_lowered_in_silence_changes_nothing(server: Server) -> None:
    server.most_per_page = 100
    assert ids(client_of(server)) == dots()["identificatie"].tolist()
    assert len(server.asked) == 25


def test_coordinates_are_those_that_were_asked_for(server: Server) -> None:
    page = next(client_of(server).pages(EVERYWHERE, None))
    assert shapely.get_coordinates(page.geometries[:2]).tolist() == [[1.0, 1.0], [21.0, 1.0]]


def test_coordinates_that_the_collection_does_not_list_are_no_answer(server: Server) -> None:
    with pytest.raises(SourceError, match=r"status 400 .*; it does not take the question"):
        ids(client_of(server, crs="EPSG:32631"))


def test_demolished_buildings_are_kept_as_they_are_served(server: Server) -> None:
    # which of them count is for the ruleset to say, as of a file
    statuses = [
        value
        for page in client_of(server).pages(EVERYWHERE, None)
        for value in page.columns["status"]
    ]
    assert statuses == dots()["status"].tolist()
    assert "Pand gesloopt" in statuses


def test_types_come_from_the_schema_and_not_from_the_first_page(server: Server) -> None:
    assert client_of(server).types() == {
        "identificatie": pa.large_string(),
        "status": pa.large_string(),
        "eind": pa.float64(),
    }
    server.has_schema = False
    assert client_of(server).types() == {}


def test_a_renamed_field_is_named_before_anything_is_fetched(server: Server) -> None:
    server.always = {"schema": "rename"}
    with pytest.raises(
        SourceError,
        match=r"punten: .* has no field 'status' \(it has identificatie, toestand, eind\); correct",
    ):
        check_fields(client_of(server)._service, client_of(server).types(), "punten")


def test_a_collection_that_is_not_there(server: Server) -> None:
    with pytest.raises(SourceError, match="has no collection 'punten'; did you mean 'punt'"):
        client_of(server, layer="punten").types()


@pytest.mark.parametrize(
    "fault", ["drop", "429", "500", "503", "truncate", "html", "other", "empty", "slow"]
)
def test_a_page_that_fails_once_is_asked_again(server: Server, fault: str) -> None:
    server.faults = [("cursor", fault)]
    assert ids(client_of(server)) == dots()["identificatie"].tolist()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("drop", "breaks the connection off"),
        ("429", "status 429"),
        ("500", "status 500"),
        ("truncate", "cannot be read"),
        ("html", "a web page and not with data"),
        ("other", "other JSON than features"),
        ("empty", "a page without features between others, or at their end"),
        ("lose", "says that it gives 1000 features, and gives 999"),
    ],
)
def test_a_page_that_keeps_failing_is_an_error_and_never_a_short_layer(
    server: Server, fault: str, why: str
) -> None:
    server.always = {"cursor": fault}
    with pytest.raises(SourceError, match=why):
        ids(client_of(server))


def test_a_next_page_that_is_no_page_of_the_web_is_asked_once(server: Server) -> None:
    given = server.answer

    def answer(path: str) -> Any:
        status, kind, body, headers = given(path)
        return status, kind, body.replace(server.address.encode(), b"file:///etc"), headers

    server.answer = answer
    with pytest.raises(SourceError, match="refers to a next page at an address that is not of the"):
        ids(client_of(server))
    assert sum("items" in asked for asked in server.asked) == 1


def test_a_page_that_leads_back_is_no_answer(server: Server) -> None:
    server.always = {"cursor": "repeat"}  # the first page, which leads to the second
    with pytest.raises(UnusableAnswer, match="back to one that was given"):
        ids(client_of(server))


def test_a_window_with_more_pages_than_are_wanted_is_divided(server: Server) -> None:
    with pytest.raises(TooManyError):
        ids(client_of(server), most=2)
    assert len(ids(client_of(server), most=3)) == 2500


def test_a_full_page_without_another_one_has_to_be_shown_to_be_all(server: Server) -> None:
    server.collections["punt"] = Collection(dots().iloc[:1000])
    with pytest.raises(TooManyError):
        ids(client_of(server))
    assert len(ids(client_of(server), (0.0, 0.0, 1000.0, 200.0))) == 500


def test_a_key_goes_along_and_is_not_said(server: Server) -> None:
    server.always = {"items": "500"}
    with pytest.raises(SourceError) as error:
        ids(client_of(server, address=f"{server.address}/ogc/?apikey=geheim"))
    assert "apikey=geheim" in server.asked[-1]
    assert "geheim" not in str(error.value)


def test_crs_by_uri() -> None:
    assert crs_uri("EPSG:28992") == "http://www.opengis.net/def/crs/EPSG/0/28992"
    assert crs_uri("OGC:CRS84") == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def test_another_crs_than_was_asked_for_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = server.answer

    def other(path: str) -> tuple[int, str, bytes, dict[str, str]]:
        status, kind, body, _ = answer(path)
        return status, kind, body, {"Content-Crs": "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"}

    monkeypatch.setattr(server, "answer", other)
    with pytest.raises(
        SourceError,
        match=r"answers in http://www.opengis.net/def/crs/OGC/1.3/CRS84 and not in http://www.opengis.net/def/crs/EPSG/0/28992",
    ):
        ids(client_of(server))


def test_a_number_of_matches_has_to_be_met(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = server.answer

    def counting(path: str) -> tuple[int, str, bytes, dict[str, str]]:
        status, kind, body, headers = answer(path)
        return (
            status,
            kind,
            body.replace(b'"numberReturned"', b'"numberMatched":2500,"numberReturned"'),
            headers,
        )

    monkeypatch.setattr(server, "answer", counting)
    assert len(ids(client_of(server))) == 2500
    # It tells at once that a window takes too many pages.
    server.asked.clear()
    with pytest.raises(TooManyError):
        ids(client_of(server), most=2)
    assert len(server.asked) == 1
    server.collections["punt"] = Collection(dots().iloc[:2400])
    with pytest.raises(UnusableAnswer, match="says that 2500 features match, and gives 2400"):
        ids(client_of(server))
