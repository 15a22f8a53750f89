"""What a service answers is taken as a layer only when it is all there is."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flexruimte import SourceError
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.pages import Answer, answer_of, why_not_whole
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame

THERE = 4  # features in each file here
TOWN = frame([box(10 * i, 0, 10 * i + 5, 5) for i in range(THERE)], nr=[1, 2, 3, 4])
NEXT = [{"rel": "self", "href": "https://a"}, {"rel": "next", "href": "https://a?cursor=1"}]

PAGES: dict[str, dict[str, Any]] = {
    "more were asked for": {"numberMatched": 12, "numberReturned": THERE},
    "more than there are features": {"numberMatched": 12},
    "GeoServer": {"totalFeatures": 12, "numberReturned": THERE},
    "a next page": {"links": NEXT},
    "an unknown number and a next page": {"numberMatched": "unknown", "links": NEXT},
    "a page before": {"links": [{"rel": "prev", "href": "https://a"}]},
    "HAL": {"_links": {"self": {"href": "a"}, "next": {"href": "b"}}},
    "Django": {"count": 12, "next": "https://a?page=2", "previous": None},
    "ArcGIS": {"exceededTransferLimit": True},
    "ArcGIS, in properties": {"properties": {"exceededTransferLimit": True}},
    "so many and not a word more": {"numberReturned": 1000},
    "OData": {"@odata.nextLink": "https://a?$skip=4"},
    "a cursor, with the total": {"meta": {"total": 12, "count": THERE, "next_cursor": "abc"}},
    "a cursor": {"paging": {"cursors": {"nextPageToken": "abc"}}},
    "a total, somewhere": {"response": {"page": {"totalCount": "12"}}},
    "a count of the page and a next one": {"count": THERE, "next": "https://a?page=2"},
    "a next number": {"nextOffset": 4},
    "a word of its own": {"info": {"hasMore": True}},
    "not the last": {"page": {"isLast": False}},
}
WHOLE: dict[str, dict[str, Any]] = {
    "nothing said": {},
    "all that were asked for": {"numberMatched": THERE, "numberReturned": THERE},
    "put together of pages": {"numberMatched": THERE, "numberReturned": 2, "links": NEXT},
    "no other page": {"links": [{"rel": "self", "href": "https://a"}], "next": None},
    "ArcGIS": {"exceededTransferLimit": False},
    "a number that nobody chose": {"numberMatched": "unknown", "numberReturned": THERE},
    "not known": {"numberMatched": -1, "count": 3},
    "the last page": {"next_cursor": None, "hasMore": False, "nextLink": "", "isLast": True},
    "when it is made again": {"nextUpdate": "2026-12-01T00:00:00Z", "total_area_m2": 99.0},
    "numbers of something else": {"metadata": {"totalPopulation": 99, "count": THERE}},
}


def geojson(members: dict[str, Any], *, before: bool, indent: int | None = None) -> str:
    """The town as a service answers, with members before or behind its features."""
    own = json.loads(TOWN.to_crs(4326).to_json())
    for each in own["features"]:  # what a feature says of itself is nothing about the answer
        each["properties"] |= {"numberMatched": 99, "links": NEXT, "tags": [1], "next": "x"}
    features = {"type": "FeatureCollection", "features": own["features"]}
    head = {"type": "FeatureCollection", **members}
    return json.dumps(head | features if before else features | members, indent=indent)


def count(path: Path, name: str | None = None) -> int:
    settings = LayerSettings(source=name or path.name)
    return open_source("plans", settings, path.parent).feature_count


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("members", PAGES.values(), ids=PAGES)
def test_a_page_is_refused(
    tmp_path: Path, members: dict[str, Any], before: bool, indent: int | None
) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(geojson(members, before=before, indent=indent))
    with pytest.raises(SourceError, match=r"^plans \(a.geojson\) .*what a service answers") as told:
        count(path)
    assert '"OAPIF:https://..."' in str(told.value)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("members", WHOLE.values(), ids=WHOLE)
def test_all_there_is_is_read(tmp_path: Path, members: dict[str, Any], before: bool) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(geojson(members, before=before))
    assert count(path) == THERE


def gml(attributes: str, tail: str = "") -> str:
    members = "".join(
        f'<wfs:member><app:pand gml:id="p{i}"><app:nr>{i}</app:nr><app:geometrie>'
        f'<gml:Polygon srsName="EPSG:28992"><gml:exterior><gml:LinearRing><gml:posList>'
        f"{10 * i} 0 {10 * i + 5} 0 {10 * i + 5} 5 {10 * i} 0</gml:posList></gml:LinearRing>"
        "</gml:exterior></gml:Polygon></app:geometrie></app:pand></wfs:member>"
        for i in range(THERE)
    )
    return (
        '<?xml version="1.0"?>\n<!-- <wfs:FeatureCollection numberMatched="7"> -->\n'
        '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:app="http://example.org/app" '
        f"{attributes}>{members}{tail}</wfs:FeatureCollection>"
    )


@pytest.mark.parametrize(
    ("attributes", "tail", "is_whole"),
    [
        ('numberMatched="12" numberReturned="4"', "", False),
        ("numberMatched='12'\n numberReturned='4'", "", False),
        ('numberMatched="unknown" numberReturned="1000"', "", False),
        ('numberOfFeatures="1000"', "", False),
        ('numberMatched="unknown" numberReturned="4" next="https://a?b=1&amp;c>2"', "", False),
        ('numberMatched="4" numberReturned="4"', "<wfs:truncatedResponse/>", False),
        ('numberMatched="4" numberReturned="4"', "", True),
        ('numberMatched="unknown" numberReturned="4"', "", True),
        ("", "", True),
    ],
)
def test_gml_of_a_service(tmp_path: Path, attributes: str, tail: str, is_whole: bool) -> None:
    path = tmp_path / "a.gml"
    path.write_text(gml(attributes, tail))
    if is_whole:
        assert count(path) == THERE
    else:
        with pytest.raises(SourceError, match="what a service answers"):
            count(path)


@pytest.mark.parametrize("name", ["a.zip", "/vsizip/a.zip/town/a.geojson"])
@pytest.mark.parametrize("before", [True, False])
def test_a_page_in_an_archive(tmp_path: Path, name: str, before: bool) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("town/a.geojson", geojson({"links": NEXT}, before=before))
    with pytest.raises(SourceError, match="names the page 'next'"):
        count(tmp_path / "a.zip", name)


def test_a_compressed_page(tmp_path: Path) -> None:
    text = gml('numberMatched="12" numberReturned="4"').encode()
    (tmp_path / "a.gml.gz").write_bytes(gzip.compress(text))
    with pytest.raises(SourceError, match="4 of the 12 features"):
        count(tmp_path / "a.gml.gz")


def packed(path: Path, kind: str, content: bytes) -> Path:
    """A file of some kind that holds a file a.geojson with this content."""
    if kind == "gzip":
        path.write_bytes(gzip.compress(content))
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.geojson", content)
    else:
        with tarfile.open(path, "w:gz" if kind == "tgz" else "w") as tar:
            entry = tarfile.TarInfo("a.geojson")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    ("kind", "name", "source"),
    [
        ("gzip", "a.geojson.gz", "/vsigzip/a.geojson.gz"),
        ("gzip", "a.geojson.gz", "/vsigzip/{folder}/a.geojson.gz"),
        ("zip", "a.zip", "/vsizip/a.zip/a.geojson"),
        ("tar", "a.tar", "/vsitar/{folder}/a.tar/a.geojson"),
        ("tar", "a.tar", "/vsitar/a.tar"),
        ("tgz", "a.tgz", "/vsitar/a.tgz/a.geojson"),
    ],
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_page_in_each_file_system_of_gdal(
    tmp_path: Path, kind: str, name: str, source: str, is_whole: bool
) -> None:
    matched = THERE if is_whole else 12
    text = geojson({"numberMatched": matched}, before=False).encode()
    path = packed(tmp_path / name, kind, text)
    if is_whole:
        assert count(path, source.format(folder=tmp_path)) == THERE
    else:
        with pytest.raises(SourceError, match="4 of the 12 features"):
            count(path, source.format(folder=tmp_path))


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_page_in_an_archive_in_an_archive(tmp_path: Path, is_whole: bool) -> None:
    matched = THERE if is_whole else 12
    text = geojson({"numberMatched": matched}, before=False).encode()
    inner = packed(tmp_path / "a.geojson.gz", "gzip", text)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(inner, "in/a.geojson.gz")
    source = "/vsigzip//vsizip/a.zip/in/a.geojson.gz"
    if is_whole:
        assert count(tmp_path / "a.zip", source) == THERE
    else:
        with pytest.raises(SourceError, match="4 of the 12 features"):
            count(tmp_path / "a.zip", source)


def test_what_cannot_be_looked_into_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    text = geojson({"numberMatched": 12}, before=False).encode()
    path.write_bytes(b"before" + text)
    with pytest.raises(SourceError, match="unpack it, and name the file"):
        count(path, f"/vsisubfile/6_{len(text)},{path}")


def test_a_virtual_file_of_all_there_is(tmp_path: Path) -> None:
    text = geojson({"numberMatched": THERE, "links": NEXT}, before=False)
    (tmp_path / "a.geojson").write_text(text)
    (tmp_path / "a.vrt").write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource relativeToVRT="1">a.geojson'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    assert count(tmp_path / "a.vrt") == THERE


def test_a_page_behind_a_virtual_file(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(geojson({"links": NEXT}, before=False))
    (tmp_path / "a.vrt").write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource relativeToVRT="1">a.geojson'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    with pytest.raises(SourceError, match="names the page 'next'"):
        count(tmp_path / "a.vrt")


@pytest.fixture
def served() -> Iterator[tuple[str, dict[str, bytes]]]:
    """An address on this machine, and what is there by path."""
    files: dict[str, bytes] = {}

    class Ranges(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path.partition("?")[0])
            if content is None:
                self.send_error(404)
                return
            asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
            first = int(asked[1]) if asked else 0
            last = min(int(asked[2] or 1 << 40), len(content) - 1) if asked else len(content) - 1
            self.send_response(206 if asked else 200)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(last - first + 1))
            if asked:
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content[first : last + 1])

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", files
    server.shutdown()
    server.server_close()


def test_a_page_by_address(tmp_path: Path, served: tuple[str, dict[str, bytes]]) -> None:
    address, files = served
    members = {"numberMatched": 12, "numberReturned": THERE, "links": NEXT}
    files["/page.geojson"] = geojson(members, before=False).encode()
    files["/all.geojson"] = geojson({"numberMatched": THERE}, before=False).encode()
    with pytest.raises(SourceError, match="4 of the 12 features"):
        count(tmp_path / "a", f"{address}/page.geojson")
    assert count(tmp_path / "a", f"{address}/all.geojson") == THERE


def test_only_the_ends_of_a_large_file_are_looked_at() -> None:
    row = '{"type": "Feature", "properties": {"t": ["a"], "next": "x"}, "geometry": null}'
    text = (
        '{"type": "FeatureCollection", "features": ['
        + ", ".join([row] * 5000)
        + '], "title": "a ], \\"numberMatched\\": 3", "numberMatched": 6000}'
    ).encode()
    assert answer_of(text[: 1 << 16], text[-(1 << 16) :]) == Answer(matched=6000)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"<", b'{"features"', b"[" * 70_000, b'{"a":' + b"[" * 60_000, b"\xff\xfe<"]
)
def test_what_is_damaged_says_nothing(text: bytes) -> None:
    assert answer_of(text, text) == Answer()


def test_so_many_as_were_asked_for_are_all() -> None:
    assert why_not_whole(Answer(matched=0, returned=0), 0) is None
    assert why_not_whole(Answer(matched=1000, returned=1000), 1000) is None
    assert why_not_whole(Answer(returned=0), 0) is None
