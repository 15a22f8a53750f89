"""A stand-in for the servers of open data, on this machine, with all that they do in silence.

OGC API: a larger `limit` is lowered, the cursor is opaque and begins anew with another parameter, longitude and latitude unless
asked otherwise, 400 on unknown parameters and on coordinates that the collection does not list, no number of matches, demolished buildings kept. WFS: `count` is capped, what is beyond
`most_in_all` is held back, `cql_filter` is ignored. Faults are put in between, one per request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.io import MemoryFile
from rasterio.windows import Window

RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, XML, HTML = "application/json", "text/xml", "text/html"
FES = "{http://www.opengis.net/fes/2.0}"
ITEMS_PARAMETERS = {"f", "limit", "crs", "bbox", "bbox-crs", "cursor"}


@dataclass
class Collection:
    """Features that are served, in RD New."""

    features: gpd.GeoDataFrame
    title: str = ""

    def __post_init__(self) -> None:
        self._tree = shapely.STRtree(self.features.geometry.to_numpy())
        self._texts: dict[str, list[str]] = {}
        self._boxes: dict[tuple[float, ...], list[int]] = {}
        self._lock = threading.Lock()

    @property
    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.features.drop(columns="geometry"))

    def in_box(self, box: list[float] | None) -> list[int]:
        if box is None:
            return list(range(len(self.features)))
        asked = tuple(box)
        if asked not in self._boxes:
            found = self._tree.query(shapely.box(*box), predicate="intersects")
            self._boxes[asked] = sorted(found.tolist())
        return self._boxes[asked]

    def texts(self, crs: str) -> list[str]:
        """Each feature as GeoJSON."""
        with self._lock:
            if crs not in self._texts:
                moved = self.features.to_crs("OGC:CRS84") if crs == CRS84 else self.features
                shapes = shapely.to_geojson(moved.geometry.to_numpy())
                rows = json.loads(self.table.to_json(orient="records", date_format="iso"))
                self._texts[crs] = [
                    f'{{"type":"Feature","id":"{number}","geometry":{shape or "null"},"properties":{json.dumps(row, ensure_ascii=False)}}}'
                    for number, (shape, row) in enumerate(zip(shapes, rows, strict=True))
                ]
            return self._texts[crs]


@dataclass
class Server:
    """What is served, what was asked, and what goes wrong."""

    collections: dict[str, Collection] = field(default_factory=dict)
    coverages: dict[str, Path] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    most_per_page: int = 1000
    most_in_all: int = 50_000
    has_json: bool = True
    """Whether the WFS gives JSON."""
    refuses_with: int = 200
    """Status of the WFS's report that it does not: some say that the question is wrong (400)."""
    has_schema: bool = True
    faults: list[tuple[str, str]] = field(default_factory=list)
    """What to do to the next request whose address holds a text; each counts once."""
    always: dict[str, str] = field(default_factory=dict)
    """The same, for all such requests."""
    asked: list[str] = field(default_factory=list)
    pause_s: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self._numbers: dict[str, int] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fault_of(self, path: str) -> str:
        with self.lock:
            for at, (part, fault) in enumerate(self.faults):
                if part in path:
                    del self.faults[at]
                    return fault
        return next((fault for part, fault in self.always.items() if part in path), "")

    # ----------------------------------------------------------------- what is answered

    def answer(self, path: str) -> tuple[int, str, bytes, dict[str, str]]:
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        steps = parts.path.strip("/").split("/")
        if steps[0] == "ogc":
            return self._ogc(steps[1:], query)
        if steps[0] == "wfs":
            return self._wfs({name.lower(): value for name, value in query.items()})
        if steps[0] == "arcgis":
            return self._arcgis(steps[1], steps[2:], query)
        if steps[0] == "wcs":
            return self._wcs(path)
        return 404, HTML, b"<html>not here</html>", {}

    def _ogc(
        self, steps: list[str], query: Mapping[str, str]
    ) -> tuple[int, str, bytes, dict[str, str]]:
        if steps == ["collections"]:
            return _json({"collections": [{"id": name} for name in self.collections]})
        if len(steps) < 2 or steps[1] not in self.collections:
            return 404, JSON, b'{"title":"Not Found"}', {}
        collection = self.collections[steps[1]]
        if len(steps) == 2:
            return _json({"id": steps[1], "links": [], "crs": [CRS84, RD], "storageCrs": RD})
        if steps[2] == "schema" and self.has_schema:
            return _json({"type": "object", "properties": _schema_of(collection)})
        if steps[2] != "items":
            return 404, JSON, b'{"title":"Not Found"}', {}
        unknown = set(query) - ITEMS_PARAMETERS
        if unknown:
            return (
                400,
                JSON,
                json.dumps({"title": f"unknown parameters {sorted(unknown)}"}).encode(),
                {},
            )
        for name in ("crs", "bbox-crs"):
            if query.get(name, CRS84) not in (CRS84, RD):
                said = json.dumps({"title": f"{name} is not one of the collection's"})
                return 400, JSON, said.encode(), {}
        limit = min(int(query.get("limit", 10)), self.most_per_page)
        crs = query.get("crs", CRS84)
        box = [float(value) for value in query["bbox"].split(",")] if "bbox" in query else None
        if box is not None and query.get("bbox-crs", CRS84) != RD:
            corners = gpd.GeoSeries([shapely.box(*box)], crs="OGC:CRS84").to_crs("EPSG:28992")
            box = list(corners.total_bounds)
        others = hashlib.sha1(
            json.dumps({k: v for k, v in query.items() if k != "cursor"}, sort_keys=True).encode()
        ).hexdigest()[:8]
        start = 0
        if "cursor" in query:
            said, _, of = base64.urlsafe_b64decode(query["cursor"]).decode().partition("|")
            start = int(said) if of == others else 0
        chosen = collection.in_box(box)
        shown = chosen[start : start + limit]
        links = []
        if start + limit < len(chosen):
            cursor = base64.urlsafe_b64encode(f"{start + limit}|{others}".encode()).decode()
            asked = "&".join(
                f"{k}={quote(v, safe=',:/')}" for k, v in query.items() if k != "cursor"
            )
            links.append(
                {
                    "rel": "next",
                    "href": f"{self.address}/ogc/collections/{steps[1]}/items?{asked}&cursor={cursor}",
                }
            )
        texts = collection.texts(crs)
        body = f'{{"type":"FeatureCollection","numberReturned":{len(shown)},"links":{json.dumps(links)},"features":[{",".join(texts[at] for at in shown)}]}}'
        return 200, "application/geo+json", body.encode(), {"Content-Crs": f"<{crs}>"}

    def _wfs(self, query: Mapping[str, str]) -> tuple[int, str, bytes, dict[str, str]]:
        name = query.get("typenames", "").rpartition(":")[2]
        if name not in self.collections:
            return _exception("InvalidParameterValue", "typenames")
        collection = self.collections[name]
        if query.get("request") == "DescribeFeatureType":
            kinds = {
                "integer": "integer",
                "number": "double",
                "boolean": "boolean",
                "string": "string",
            }
            elements = "".join(
                f'<element name="{escape(key)}" type="{kinds[said["type"]]}"/>'
                for key, said in _schema_of(collection).items()
                if "type" in said
            )
            body = (
                '<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2"><complexType name="t"><complexContent>'
                f'<extension><sequence><element name="geom" type="gml:GeometryPropertyType"/>{elements}</sequence></extension>'
                "</complexContent></complexType></schema>"
            )
            return 200, XML, body.encode(), {}
        wanted = query.get("outputformat", "")
        if wanted and "json" in wanted and not self.has_json:
            report = _exception("InvalidParameterValue", "outputFormat")
            return self.refuses_with, *report[1:]
        box = [float(value) for value in query["bbox"].split(",")[:4]] if "bbox" in query else None
        chosen = np.array(collection.in_box(box), dtype=int)
        if "filter" in query:
            chosen = _filtered(collection, ElementTree.fromstring(query["filter"]))
        chosen = chosen.tolist()
        matched = len(chosen)
        if query.get("resulttype") == "hits":
            body = f'<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" numberMatched="{matched}" numberReturned="0"/>'
            return 200, XML, body.encode(), {}
        start = int(query.get("startindex", 0))
        shown = chosen[: self.most_in_all][
            start : start + min(int(query.get("count", 10**9)), self.most_per_page)
        ]
        if wanted:
            texts = collection.texts(RD)
            body = (
                f'{{"type":"FeatureCollection","features":[{",".join(texts[at] for at in shown)}]}}'
            )
            return 200, JSON, body.encode(), {}
        return 200, XML, _gml(collection, name, shown, matched), {}

    def _arcgis(
        self, name: str, steps: list[str], query: Mapping[str, str]
    ) -> tuple[int, str, bytes, dict[str, str]]:
        collection = self.collections[name]
        kinds = {
            "integer": "esriFieldTypeInteger",
            "number": "esriFieldTypeDouble",
            "string": "esriFieldTypeString",
            "boolean": "esriFieldTypeInteger",
        }
        if steps == ["FeatureServer", "0"]:
            fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}]
            fields += [
                {"name": key, "type": kinds[said["type"]]}
                for key, said in _schema_of(collection).items()
            ]
            return _json(
                {
                    "objectIdField": "OBJECTID",
                    "maxRecordCount": self.most_per_page,
                    "fields": fields,
                }
            )
        box = None
        if "geometry" in query:
            box = [float(value) for value in query["geometry"].split(",")]
        chosen = collection.in_box(box)
        if query.get("returnCountOnly") == "true":
            return _json({"count": len(chosen)})
        start, most = (
            int(query["resultOffset"]),
            min(int(query["resultRecordCount"]), self.most_per_page),
        )
        shown = chosen[start : start + most]
        rows = json.loads(collection.table.iloc[shown].to_json(orient="records", date_format="iso"))
        features = [
            {
                "attributes": {"OBJECTID": at, **row},
                "geometry": _esri(collection.features.geometry.iloc[at]),
            }
            for at, row in zip(shown, rows, strict=True)
        ]
        return _json(
            {
                "objectIdFieldName": "OBJECTID",
                "geometryType": "esriGeometryPolygon",
                "spatialReference": {"wkid": 28992},
                "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}],
                "exceededTransferLimit": start + most < len(chosen),
                "features": features,
            }
        )

    def _wcs(self, path: str) -> tuple[int, str, bytes, dict[str, str]]:
        pairs = [(name.lower(), value) for name, value in parse_qsl(urlsplit(path).query)]
        query = dict(pairs)
        if query.get("coverageid") not in self.coverages:
            return _exception("NoSuchCoverage", "coverageId")
        with rasterio.open(self.coverages[query["coverageid"]]) as dataset:
            left, bottom, right, top = dataset.bounds
            cell_m = dataset.transform.a
            if query["request"] == "DescribeCoverage":
                body = (
                    '<wcs:CoverageDescriptions xmlns:wcs="http://www.opengis.net/wcs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2">'
                    '<gml:boundedBy><gml:Envelope srsName="http://www.opengis.net/def/crs/EPSG/0/28992" axisLabels="x y">'
                    f"<gml:lowerCorner>{left} {bottom}</gml:lowerCorner><gml:upperCorner>{right} {top}</gml:upperCorner></gml:Envelope></gml:boundedBy>"
                    f"<gml:offsetVector>{cell_m} 0</gml:offsetVector><gml:offsetVector>0 {-cell_m}</gml:offsetVector></wcs:CoverageDescriptions>"
                )
                return 200, XML, body.encode(), {}
            spans = {}
            for name, value in pairs:
                if name == "subset":
                    axis, _, numbers = value.rstrip(")").partition("(")
                    spans[axis] = [float(number) for number in numbers.split(",")]
            columns = [round((x - left) / cell_m) for x in spans["x"]]
            rows = [round((top - y) / cell_m) for y in reversed(spans["y"])]
            size = {"x": columns[1] - columns[0], "y": rows[1] - rows[0]}
            window = Window(columns[0], rows[0], size["x"], size["y"])
            width, height = size["x"] * cell_m, size["y"] * cell_m
            if "scalesize" in query:
                for part in query["scalesize"].split("),"):
                    axis, _, number = part.rstrip(")").partition("(")
                    size[axis] = int(number)
            values = dataset.read(1, window=window, out_shape=(size["y"], size["x"]))
            profile = {
                "driver": "GTiff", "width": size["x"], "height": size["y"], "count": 1, "dtype": values.dtype, "crs": "EPSG:28992", "nodata": dataset.nodata,
                "transform": rasterio.Affine(width / size["x"], 0, left + columns[0] * cell_m, 0, -height / size["y"], top - rows[0] * cell_m),
            }  # fmt: skip
        with MemoryFile() as memory:
            with memory.open(**profile) as written:
                written.write(values, 1)
            return 200, "image/tiff", memory.read(), {}


def _json(document: Any) -> tuple[int, str, bytes, dict[str, str]]:
    return 200, JSON, json.dumps(document).encode(), {}


def _exception(code: str, locator: str) -> tuple[int, str, bytes, dict[str, str]]:
    body = f'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception exceptionCode="{code}" locator="{locator}"><ows:ExceptionText>{locator} is wrong</ows:ExceptionText></ows:Exception></ows:ExceptionReport>'
    return 200, XML, body.encode(), {}


def _schema_of(collection: Collection) -> dict[str, dict[str, str]]:
    kinds = {"i": "integer", "f": "number", "b": "boolean"}
    table = collection.table
    return {
        str(name): {"type": kinds.get(getattr(table[name].dtype, "kind", "O"), "string")}
        for name in table
    }


def _filtered(collection: Collection, root: ElementTree.Element) -> np.ndarray[Any, Any]:
    """Which features a filter keeps: values that are equal, one of several, and a box."""
    table = collection.table

    def holds(node: ElementTree.Element) -> np.ndarray[Any, Any]:
        if node.tag == f"{FES}BBOX":
            corners = [
                float(number) for corner in list(node)[1] for number in str(corner.text).split()
            ]
            return np.isin(np.arange(len(table)), collection.in_box(corners))
        if node.tag == f"{FES}PropertyIsEqualTo":
            name, value = (str(part.text) for part in node)
            return (table[name].astype(str) == value).to_numpy()
        inner = [holds(part) for part in node]
        return (
            np.logical_or.reduce(inner) if node.tag == f"{FES}Or" else np.logical_and.reduce(inner)
        )

    return np.flatnonzero(holds(root))


def _gml(collection: Collection, name: str, shown: list[int], matched: int) -> bytes:
    members = []
    for at in shown:
        row = collection.table.iloc[at]
        values = "".join(
            f"<ms:{key}>{escape(str(value))}</ms:{key}>"
            for key, value in row.items()
            if not pd.isna(value)
        )
        shape = collection.features.geometry.iloc[at]
        members.append(
            f'<wfs:member><ms:{name} gml:id="{name}.{at}"><ms:geom>{_gml_shape(shape)}</ms:geom>{values}</ms:{name}></wfs:member>'
        )
    return (
        '<wfs:FeatureCollection xmlns:ms="http://mapserver.gis.umn.edu/mapserver" xmlns:gml="http://www.opengis.net/gml/3.2" '
        f'xmlns:wfs="http://www.opengis.net/wfs/2.0" numberMatched="{matched}" numberReturned="{len(shown)}">{"".join(members)}</wfs:FeatureCollection>'
    ).encode()


def _gml_shape(shape: Any) -> str:
    def ring(line: Any) -> str:
        return f"<gml:LinearRing><gml:posList>{' '.join(f'{x} {y}' for x, y in shapely.get_coordinates(line))}</gml:posList></gml:LinearRing>"

    if shape.geom_type == "Point":
        return f'<gml:Point srsName="EPSG:28992"><gml:pos>{shape.x} {shape.y}</gml:pos></gml:Point>'
    inside = "".join(f"<gml:interior>{ring(line)}</gml:interior>" for line in shape.interiors)
    return f'<gml:Polygon srsName="EPSG:28992"><gml:exterior>{ring(shape.exterior)}</gml:exterior>{inside}</gml:Polygon>'


def _esri(shape: Any) -> dict[str, Any]:
    """The rings of a polygon: the outer clockwise, the inner the other way round."""
    parts = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
    rings = []
    for part in parts:
        turned = shapely.geometry.polygon.orient(part, -1.0)
        rings += [
            shapely.get_coordinates(line).tolist() for line in (turned.exterior, *turned.interiors)
        ]
    return {"rings": rings}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Server

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._file(self.path, with_body=False)

    def do_GET(self) -> None:
        server = self.served
        with server.lock:
            server.asked.append(self.path)
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        time.sleep(server.pause_s)
        with server.lock:  # before the answer, as who has it may ask the next thing
            server.at_once -= 1
        try:
            self._give(server.fault_of(self.path))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _give(self, fault: str) -> None:
        server, path = self.served, self.path
        if fault == "drop":
            self.close_connection = True
            return
        if fault == "429":
            self._send(429, HTML, b"slow down", {"Retry-After": "0.2"})
        elif fault == "429-long":
            self._send(429, HTML, b"come back tomorrow", {"Retry-After": "86400"})
        elif fault in ("500", "503"):
            self._send(int(fault), HTML, b"<html>oops</html>")
        elif fault == "html":
            self._send(200, HTML, b"<!DOCTYPE html><html><body>Onderhoud</body></html>")
        elif fault == "other":
            self._send(200, JSON, b'{"status":"maintenance"}')
        elif fault == "empty":
            self._send(
                200,
                JSON,
                b'{"type":"FeatureCollection","numberReturned":0,"links":[],"features":[]}',
            )
        elif path.startswith("/files/"):
            self._file(path, cut=fault == "truncate")
        else:
            if fault == "repeat":  # the first page again, whatever page was asked for
                path = path.partition("&cursor=")[0]
            status, kind, body, headers = server.answer(path)
            if fault == "rename":
                body = body.replace(b"identificatie_lokaal_id", b"identificatieLokaalID").replace(
                    b"status", b"toestand"
                )
            if fault == "lose":  # one feature fewer than it says
                document = json.loads(body)
                del document["features"][0]
                body = json.dumps(document).encode()
            if fault == "no-next":
                body = body.replace(b'"rel": "next"', b'"rel": "other"')
            if fault == "slow":
                self._send(status, kind, body, headers, slow=True)
            else:
                self._send(status, kind, body, headers, cut=fault == "truncate")

    def _send(
        self,
        status: int,
        kind: str,
        body: bytes,
        headers: Mapping[str, str] = {},
        *,
        cut: bool = False,
        slow: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if cut:
            body = body[: len(body) // 2]
            self.close_connection = True
        if slow:
            for start in range(0, len(body), max(1, len(body) // 5)):
                self.wfile.write(body[start : start + max(1, len(body) // 5)])
                time.sleep(0.1)
        elif self.command != "HEAD":
            self.wfile.write(body)

    def _file(self, path: str, *, with_body: bool = True, cut: bool = False) -> None:
        content = self.served.files.get(urlsplit(path).path.removeprefix("/files/"))
        if content is None:
            self._send(404, HTML, b"")
            return
        tag = f'"{hashlib.sha1(content).hexdigest()[:12]}"'
        headers = {"ETag": tag, "Accept-Ranges": "bytes"}
        asked = self.headers.get("Range", "")
        if asked and self.headers.get("If-Range", tag) == tag:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start, end = (
                int(first),
                min(int(last or math.inf) if last else len(content) - 1, len(content) - 1),
            )
            if start >= len(content):
                self._send(416, HTML, b"")
                return
            headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
            self._send(206, "application/octet-stream", content[start : end + 1], headers, cut=cut)
        elif with_body:
            self._send(200, "application/octet-stream", content, headers, cut=cut)
        else:
            self.send_response(200)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve on a free port for as long as the `with` block lasts."""
    handler: Callable[..., BaseHTTPRequestHandler] = type(
        "Handler", (_Handler,), {"served": server}
    )
    with _HttpServer(("127.0.0.1", 0), handler) as http:
        server.port = http.server_address[1]
        thread = threading.Thread(
            target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
