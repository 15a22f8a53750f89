"""Files that are fetched whole: once, and cut here."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from evidence.fetching.houses import houses
from flexruimte import SourceError
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.downloads import DownloadedFile, address_of_file, fetched_once
from open_data_server import Server, serving
from sample_services import service

WINDOW = (0.0, 0.0, 40.0, 15.0)  # the first two houses


def nothing(_: object) -> None:
    pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    houses().to_file(tmp_path / "bag.gpkg", layer="pand")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(tmp_path / "bag.gpkg", "map/bag.gpkg")
        archive.writestr("lees mij.txt", "x")
    stops = b"stop_id,stop_lat,stop_lon\ns1,52.155172,5.387205\ns2,53.0,6.0\n"
    feed = io.BytesIO()
    with zipfile.ZipFile(feed, "w") as archive:
        archive.writestr("agency.txt", "agency_id\n1\n")
        archive.writestr("stops.txt", stops)
    content = (tmp_path / "bag.gpkg").read_bytes()
    files = {
        "bag.gpkg": content,
        "bag.zip": packed.getvalue(),
        "stops.csv": stops,
        "bag.geojson.gz": gzip.compress(houses().to_json().encode()),
    }
    files["gtfs.zip"] = feed.getvalue()
    with serving(Server(files=files)) as running:
        yield running


@pytest.fixture
def client() -> Client:
    return Client(pause_s=0.01, tries=3, seconds=30)


def opened(
    server: Server, name: str, folder: Path, client: Client, **settings: Any
) -> DownloadedFile:
    made = service(
        **{
            "protocol": "download",
            "address": f"{server.address}/files/{name}",
            "fields": {"jaar": "jaar", "status": "status"},
            **settings,
        }
    )
    return DownloadedFile(
        made,
        fetched_once(address_of_file(made, client, "x"), folder, client, "panden", nothing),
        "panden",
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("bag.gpkg", {"layer": "pand"}),
        ("bag.zip", {"file": "*.gpkg"}),
        ("bag.zip", {"file": "map/bag.gpkg"}),
        ("bag.geojson.gz", {}),
    ],
)
def test_a_file_is_cut_to_the_window(
    server: Server, tmp_path: Path, client: Client, name: str, settings: dict[str, Any]
) -> None:
    found = opened(server, name, tmp_path / "cache", client, id="identificatie", **settings)
    types = {"identificatie": pa.large_string(), "status": pa.large_string(), "jaar": pa.int64()}
    assert {field: kind for field, kind in found.types().items() if field != "id"} == types
    (page,) = found.pages(WINDOW, None)
    by_id = dict(zip(page.columns["identificatie"], page.geometries, strict=True))
    assert sorted(by_id) == ["p0000", "p0001"]  # an index gives them in an order of its own
    assert shapely.equals([by_id["p0000"], by_id["p0001"]], houses().geometry.to_numpy()[:2]).all()
    assert sum(map(len, found.pages((0.0, 0.0, 2000.0, 2000.0), 1))) == 2500


def test_a_table_with_coordinates(server: Server, tmp_path: Path, client: Client) -> None:
    options = {"X_POSSIBLE_NAMES": "stop_lon", "Y_POSSIBLE_NAMES": "stop_lat"}
    found = opened(
        server,
        "stops.csv",
        tmp_path,
        client,
        crs="EPSG:4326",
        id="stop_id",
        fields={},
        open_options=options,
    )
    assert found.crs == "EPSG:4326"
    assert [page.columns["stop_id"] for page in found.pages((5.0, 52.0, 5.5, 52.5), None)] == [
        ["s1"]
    ]
    packed = opened(
        server,
        "gtfs.zip",
        tmp_path,
        client,
        file="stops.txt",
        crs="EPSG:4326",
        id="stop_id",
        fields={},
        open_options=options,
    )
    assert [page.columns["stop_id"] for page in packed.pages((5.0, 52.0, 5.5, 52.5), None)] == [
        ["s1"]
    ]
    without = opened(server, "stops.csv", tmp_path, client, id="stop_id", fields={})
    with pytest.raises(SourceError, match="has no geometry; say in `open_options`"):
        list(without.pages(WINDOW, None))


def test_an_own_id_is_the_number_of_the_row(server: Server, tmp_path: Path, client: Client) -> None:
    found = opened(server, "bag.gpkg", tmp_path, client, layer="pand", id="id")
    assert [sorted(page.columns["id"]) for page in found.pages(WINDOW, None)] == [[1, 2]]


def test_a_file_is_fetched_once_and_again_when_it_has_changed(
    server: Server, tmp_path: Path, client: Client
) -> None:
    address = f"{server.address}/files/stops.csv"
    for _ in range(3):
        path = fetched_once(address, tmp_path, client, "x", nothing)
    assert len(server.asked) == 1
    server.files["stops.csv"] = b"new"
    assert fetched_once(address, tmp_path, client, "x", nothing).read_bytes() == b"new"
    assert path.read_bytes() == b"new"
    assert len(server.asked) == 2


def test_a_download_goes_on_in_another_process(
    server: Server, tmp_path: Path, client: Client
) -> None:
    content = server.files["big.bin"] = bytes(1_000_000)
    address = f"{server.address}/files/big.bin"
    server.always = {"big": "truncate"}
    with pytest.raises(SourceError):
        fetched_once(address, tmp_path, Client(pause_s=0.01, tries=1), "x", nothing)
    partial = next(tmp_path.glob("*/partial"))
    before = partial.stat().st_size
    assert 0 < before < len(content)
    server.always, told = {}, []
    assert fetched_once(address, tmp_path, client, "x", told.append).read_bytes() == content
    assert told[0].amount > before
    assert not partial.exists()


def test_what_is_not_there(server: Server, tmp_path: Path, client: Client) -> None:
    with pytest.raises(SourceError, match="answers with status 404"):
        fetched_once(f"{server.address}/files/none.gpkg", tmp_path, client, "x", nothing)
    with pytest.raises(SourceError, match="has no layer 'panden'; did you mean 'pand'"):
        opened(server, "bag.gpkg", tmp_path, client, layer="panden").types()
    with pytest.raises(
        SourceError, match=r"has no file '\*.shp' in it \(it has: map/bag.gpkg, lees mij.txt\)"
    ):
        opened(server, "bag.zip", tmp_path, client, file="*.shp")


def test_curves_are_made_straight(server: Server, tmp_path: Path, client: Client) -> None:
    half = "CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0,5 5,10 0),(10 0,0 0)))"
    rows = f'nr,WKT\nrecht,"POLYGON((0 0,1 0,1 1,0 0))"\nrond,"{half}"\n'
    server.files["rond.csv"] = rows.encode()
    options = {"GEOM_POSSIBLE_NAMES": "WKT", "KEEP_GEOM_COLUMNS": "NO"}
    found = opened(server, "rond.csv", tmp_path, client, id="nr", fields={}, open_options=options)
    pages = list(found.pages(WINDOW, None))
    assert [each for page in pages for each in page.columns["nr"]] == ["recht", "rond"]
    # half of a circle of 5 m: 39.27 m2, a little less with straight sides
    assert 39.2 < pages[-1].geometries[-1].area < 39.27


def test_a_file_that_leads_elsewhere_is_not_opened(
    server: Server, tmp_path: Path, client: Client
) -> None:
    vrt = f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{server.address}/files/bag.gpkg</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    server.files["x.gpkg"] = vrt.encode()
    with pytest.raises(SourceError, match="panden"):
        opened(server, "x.gpkg", tmp_path, client).types()
    assert "/files/bag.gpkg" not in server.asked


def test_a_file_that_cannot_be_read_is_told(server: Server, tmp_path: Path, client: Client) -> None:
    server.files["x.gpkg"] = b"<html>sorry</html>"
    with pytest.raises(SourceError, match="panden cannot be read"):
        opened(server, "x.gpkg", tmp_path, client).types()


def test_a_file_of_which_only_the_size_is_told_is_not_taken_for_an_earlier_one(
    server: Server, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "head", lambda *_: {"Content-Length": "4"})
    for content in (b"past", b"news"):
        server.files["a.bin"] = content
        found = fetched_once(f"{server.address}/files/a.bin", tmp_path, client, "x", nothing)
        assert found.read_bytes() == content
