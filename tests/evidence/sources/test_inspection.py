"""GDAL opens what the study names and no more, whatever a file is called."""

from __future__ import annotations

import gzip
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from flexruimte import SourceError
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.inspection import inspect_file
from flexruimte.evidence.sources.protocol import Source
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame, write_raster

RD = "<LayerSRS>EPSG:28992</LayerSRS>"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and what was asked of it."""
    paths: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", paths
    server.shutdown()
    server.server_close()


def source(path: Path, geometry: str = "polygon") -> Source:
    return open_source("plans", LayerSettings(source=path.name), path.parent, geometry=geometry)


def ogr_vrt(data: str, relative: int = 0, layer: str = "a") -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="{layer}"><SrcDataSource relativeToVRT="{relative}">'
        f"{data}</SrcDataSource>{RD}</OGRVRTLayer></OGRVRTDataSource>"
    )


def raster_vrt(data: str) -> str:
    return (
        '<VRTDataset rasterXSize="2" rasterYSize="2"><SRS>EPSG:28992</SRS>'
        "<GeoTransform>0, 50, 0, 100, 0, -50</GeoTransform>"
        '<VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="1">{data}</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )


VECTOR = {
    "a VRT": lambda address: ogr_vrt(f"/vsicurl/{address}/a.json"),
    "a VRT of a web address": lambda address: ogr_vrt(f"{address}/a.json"),
    "a VRT of a service": lambda address: ogr_vrt(f"WFS:{address}/wfs"),
    "a VRT of a zip elsewhere": lambda address: ogr_vrt(f"/vsizip//vsicurl/{address}/a.zip"),
    "a VRT in a VRT": lambda address: ogr_vrt(
        f"&lt;OGRVRTDataSource&gt;{address}&lt;/OGRVRTDataSource&gt;"
    ),
    "behind a comment": lambda address: (
        f"<!-- {'x' * 3000} -->" + ogr_vrt(f"/vsicurl/{address}/a.json")
    ),
    "a WFS": lambda address: f"<OGRWFSDataSource><URL>{address}/wfs</URL></OGRWFSDataSource>",
}


@pytest.mark.parametrize("name", ["a.vrt", "a.gpkg", "a.geojson", "a.gml"])
@pytest.mark.parametrize("case", VECTOR)
def test_a_file_fetches_no_address(
    tmp_path: Path, asked: tuple[str, list[str]], case: str, name: str
) -> None:
    path = tmp_path / name
    path.write_text(VECTOR[case](asked[0]))
    with pytest.raises(SourceError, match=r"^plans \(a\."):
        _ = source(path).feature_count
    assert asked[1] == []


@pytest.mark.parametrize("name", ["a.vrt", "a.tif"])
def test_nor_does_a_raster(tmp_path: Path, asked: tuple[str, list[str]], name: str) -> None:
    path = tmp_path / name
    path.write_text(raster_vrt(f"/vsicurl/{asked[0]}/a.tif"))
    with pytest.raises(SourceError, match="which the study does not name"):
        source(path, "raster").check_raster()
    path.write_text(f"<GDAL_WMS><Service><ServerUrl>{asked[0]}</ServerUrl></Service></GDAL_WMS>")
    with pytest.raises(SourceError, match="the description of a service"):
        source(path, "raster").check_raster()
    assert asked[1] == []


def test_the_schema_of_a_gml_is_not_fetched(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    path = tmp_path / "a.gml"
    schema = f"{asked[0]}/wfs?SERVICE=WFS&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=a"
    path.write_text(
        '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" '
        'xmlns:gml="http://www.opengis.net/gml" xmlns:a="http://a" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="http://a {schema}">'
        '<gml:featureMember><a:a fid="a.1"><a:shape><gml:Polygon srsName="EPSG:28992">'
        "<gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>0,0 0,1 1,1 0,0</gml:coordinates>"
        "</gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></a:shape></a:a>"
        "</gml:featureMember></wfs:FeatureCollection>"
    )
    assert source(path).feature_count == 1
    assert asked[1] == []


def test_a_vrt_of_files_beside_it_is_read(tmp_path: Path) -> None:
    frame([box(0, 0, 1, 1)], a=[1]).to_file(tmp_path / "a.gpkg", layer="a")
    (tmp_path / "a.vrt").write_text(ogr_vrt("a.gpkg", relative=1))
    assert source(tmp_path / "a.vrt").feature_count == 1
    write_raster(tmp_path / "a.tif", np.ones((2, 2)), 50.0, 100.0)
    (tmp_path / "r.vrt").write_text(raster_vrt("a.tif"))
    assert source(tmp_path / "r.vrt", "raster").check_raster() == (0, 0, 100, 100)


def test_a_vrt_of_a_vrt_that_leads_out_is_refused(
    tmp_path: Path, asked: tuple[str, list[str]]
) -> None:
    (tmp_path / "inner.gpkg").write_text(ogr_vrt(f"/vsicurl/{asked[0]}/a.json"))
    (tmp_path / "a.vrt").write_text(ogr_vrt("inner.gpkg", relative=1))
    with pytest.raises(SourceError, match=r"is a VRT of inner.gpkg, which is a VRT that reads"):
        _ = source(tmp_path / "a.vrt").feature_count
    assert asked[1] == []


ENTITIES = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("text", [ENTITIES.encode(), ENTITIES.encode("utf-16")])
@pytest.mark.parametrize("name", ["a.gml", "a.kml", "a.gpkg"])
def test_xml_entities_are_refused(tmp_path: Path, name: str, text: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(text)
    with pytest.raises(SourceError, match="declares XML entities"):
        _ = source(path).feature_count


def test_in_an_archive_too(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    path = tmp_path / "a.zip"
    for text, why in (
        (ENTITIES, "XML entities"),
        (ogr_vrt(f"/vsicurl/{asked[0]}/a.json"), "does not name"),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.gml", text)
        for named in ("/vsizip/a.zip", "/vsizip/a.zip/a.gml"):
            opened = open_source("plans", LayerSettings(source=named), tmp_path)
            with pytest.raises(SourceError, match=why):
                _ = opened.feature_count
    assert asked[1] == []


def test_an_archive_that_swells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("a.geojson", "w", force_zip64=True) as inside,
    ):
        for _ in range(1100):  # 1.1 GiB of blanks in some 1 MB
            inside.write(b" " * (1 << 20))
    with pytest.raises(SourceError, match=r"unpacks to 1 GB out of 0\.00"):
        _ = open_source("plans", LayerSettings(source="/vsizip/a.zip"), tmp_path).feature_count


def test_what_is_cut_off_does_not_swell(tmp_path: Path) -> None:
    """The last four bytes of a compressed file are its size, and of a part of it anything."""
    whole = gzip.compress(b'{"type": "FeatureCollection", "features": []}' * 9)
    (tmp_path / "a.geojson.gz").write_bytes(whole[:40] + b"\xff" * 4)
    inspect_file(tmp_path / "a.geojson.gz", "plans")
    (tmp_path / "b.geojson.gz").write_bytes(whole)
    inspect_file(tmp_path / "b.geojson.gz", "plans")


def test_a_virtual_file_that_is_compressed_may_not_lead_out(tmp_path: Path) -> None:
    text = (
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://a.nl/a.gpkg'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    (tmp_path / "a.vrt.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(SourceError, match="which the study does not name"):
        inspect_file(tmp_path / "a.vrt.gz", "plans")
