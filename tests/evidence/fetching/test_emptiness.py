"""A place without features is one when it was shown that the service is not empty everywhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely

from evidence.fetching.houses import houses as houses_at_the_origin
from flexruimte import SourceError
from flexruimte.evidence.catalogue.model import Dataset
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.fetch import Fetched, Wanted, fetch_dataset
from open_data_server import Collection, Server, serving
from sample_services import dataset, service

X, Y = 100_000.0, 400_000.0
HERE = (X, Y, X + 1000, Y + 1000)
ELSEWHERE = (X + 5000, Y + 5000, X + 6000, Y + 6000)
"""Windows: all houses lie in the first, and none in the second. [m]"""
PROTOCOLS = ("ogcapi", "wfs", "arcgis", "download")
ADDRESSES = {
    "ogcapi": "ogc",
    "wfs": "wfs",
    "arcgis": "arcgis/pand/FeatureServer/0",
    "download": "files/pand.gpkg",
}


def houses() -> gpd.GeoDataFrame:
    """The houses, in the country."""
    found = houses_at_the_origin()
    return found.set_geometry(found.translate(X, Y))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        serve(running, houses())
        yield running


def serve(server: Server, features: Any) -> None:
    server.collections["pand"] = Collection(features)
    content = io.BytesIO()
    pyogrio.write_dataframe(features, content, driver="GPKG", layer="pand")
    server.files["pand.gpkg"] = content.getvalue()


def served(server: Server, protocol: str, may_be_empty: str = "here", **settings: Any) -> Dataset:
    one = service(
        protocol=protocol,
        address=f"{server.address}/{ADDRESSES[protocol]}",
        layer=None if protocol == "arcgis" else "pand",
        id="identificatie",
        fields={"status": "status"},
        **settings,
    )
    return dataset(one).model_copy(update={"may_be_empty": may_be_empty})


def fetch(of: Dataset, folder: Path, *windows: Any) -> Fetched:
    wanted = Wanted("pand", of, folder / "pand.gpkg", windows or (ELSEWHERE,), ["GM0001"])
    client = Client(pause_s=0.01, tries=2, seconds=3)
    return fetch_dataset(wanted, client, folder / ".fetch", folder / "cache", lambda _: None)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_none_here_and_some_elsewhere_is_an_empty_place_and_the_record_says_that_it_was_asked(
    server: Server, tmp_path: Path, protocol: str
) -> None:
    found = fetch(served(server, protocol), tmp_path)
    assert found.record.features == 0
    assert len(found.record.empty_here) == 1
    assert not fetch(served(server, protocol), tmp_path).is_new


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_where_there_is_something_nothing_is_asked(
    server: Server, tmp_path: Path, protocol: str
) -> None:
    record = fetch(served(server, protocol), tmp_path, HERE).record
    assert (record.features, record.empty_here) == (2500, [])
    whole = [path for path in server.asked if "limit=1&" in path or "resultRecordCount=1&" in path]
    assert whole == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_none_anywhere_is_an_error_until_the_service_is_in_order_again(
    server: Server, tmp_path: Path, protocol: str
) -> None:
    serve(server, houses().iloc[:0])
    expected = rf"pand: http://.*/{ADDRESSES[protocol]}.* holds nothing at all at this moment"
    with pytest.raises(SourceError, match=expected):
        fetch(served(server, protocol), tmp_path, HERE)
    assert not (tmp_path / "pand.gpkg").exists()
    serve(server, houses())
    assert fetch(served(server, protocol), tmp_path, HERE).record.features == 2500


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_may_be_empty_everywhere_is_not_asked(
    server: Server, tmp_path: Path, protocol: str
) -> None:
    serve(server, houses().iloc[:0])
    of = served(server, protocol, "everywhere")
    record = fetch(of, tmp_path).record
    assert (record.features, record.empty_here) == (0, [])
    assert not fetch(of, tmp_path).is_new


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_one_municipality_without_any_of_what_every_one_has_is_an_error(
    server: Server, tmp_path: Path, protocol: str
) -> None:
    with pytest.raises(SourceError, match="every municipality has some of it"):
        fetch(served(server, protocol, "never"), tmp_path, HERE, ELSEWHERE)
    assert fetch(served(server, protocol, "never"), tmp_path, HERE).record.features == 2500


@pytest.mark.parametrize("fault", ["500", "html", "other"])
def test_a_service_that_cannot_say_whether_it_holds_anything_is_not_believed(
    server: Server, tmp_path: Path, fault: str
) -> None:
    server.always = {"limit=1&": fault}
    with pytest.raises(SourceError, match="whether it holds anything at all cannot be told"):
        fetch(served(server, "ogcapi"), tmp_path)


def test_the_next_service_gives_what_an_emptied_one_does_not(
    server: Server, tmp_path: Path
) -> None:
    server.collections["leeg"] = Collection(houses().iloc[:0])
    both = [served(server, "ogcapi").services[0], served(server, "wfs").services[0]]
    both[0] = both[0].model_copy(update={"layer": "leeg"})
    found = fetch(dataset(*both), tmp_path, HERE)
    assert (found.record.protocol, found.record.features) == ("wfs", 2500)
    assert "holds nothing at all" in found.refused[0]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("narrowed", ["where", "where_not"])
def test_words_that_are_others_now_are_no_empty_place(
    server: Server, tmp_path: Path, protocol: str, narrowed: str
) -> None:
    words = ["in gebruik"] if narrowed == "where" else ["Pand in gebruik", "Pand gesloopt"]
    settings: dict[str, Any] = {narrowed: {"status": words}}
    with pytest.raises(SourceError, match=r"whose status fits, nor among .* features from"):
        fetch(served(server, protocol, **settings), tmp_path, HERE)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_words_that_fit_elsewhere_alone_are_an_empty_place(
    server: Server, tmp_path: Path, protocol: str
) -> None:
    settings: dict[str, Any] = {"where": {"status": ["Pand gesloopt"]}}
    first_house = (X, Y, X + 5, Y + 5)  # which is in use
    record = fetch(served(server, protocol, **settings), tmp_path, first_house).record
    assert record.features == 0
    assert len(record.empty_here) == 1


def test_a_layer_of_several_that_is_emptied_is_an_error(server: Server, tmp_path: Path) -> None:
    server.collections["leeg"] = Collection(houses().iloc[:0])
    with pytest.raises(SourceError, match=r"\(leeg\) holds nothing at all"):
        fetch(served(server, "ogcapi", also_layers=["leeg"]), tmp_path, HERE)


def test_an_empty_file_of_a_version_that_did_not_ask_is_fetched_again(
    server: Server, tmp_path: Path
) -> None:
    fetch(served(server, "ogcapi", "everywhere"), tmp_path)
    assert fetch(served(server, "ogcapi"), tmp_path).is_new


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_coordinates_that_are_swapped_are_no_empty_place(
    server: Server, tmp_path: Path, protocol: str
) -> None:
    swapped = shapely.transform(houses().geometry.to_numpy(), lambda points: points[:, ::-1])
    serve(server, houses().set_geometry(swapped, crs="EPSG:28992"))
    with pytest.raises(
        SourceError, match="what it gives elsewhere lies outside of the Netherlands"
    ):
        fetch(served(server, protocol), tmp_path, HERE)


def test_a_register_may_begin_abroad(server: Server, tmp_path: Path) -> None:
    found = houses()
    moved = found.geometry.where(found.index > 4, found.translate(0, -300_000))
    serve(server, found.set_geometry(moved))
    assert fetch(served(server, "ogcapi"), tmp_path).record.features == 0


@pytest.mark.parametrize("protocol", ["ogcapi", "wfs", "arcgis"])
def test_a_service_that_reads_a_window_otherwise_is_not_believed(
    server: Server, tmp_path: Path, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as north before east: the features are right, and no window meets any."""
    collection = server.collections["pand"]
    found = collection.in_box
    monkeypatch.setattr(
        collection, "in_box", lambda box: found(box and [box[1], box[0], box[3], box[2]])
    )
    with pytest.raises(SourceError, match="does not find a feature of its own by its bounds"):
        fetch(served(server, protocol), tmp_path, HERE)


def test_a_window_in_degrees_is_asked_for_to_a_millimetre(server: Server, tmp_path: Path) -> None:
    last = (X + 981.0, Y + 981.0, X + 990.0, Y + 990.0)  # the last house, to the metre
    record = fetch(served(server, "ogcapi", crs="OGC:CRS84"), tmp_path, last).record
    assert record.features == 1
