"""locations.geojson in the viewers of a planner: MapLibre and Leaflet in a real browser draw every location, where the file says that it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from browser import LEAFLET, LIBRARY, headless, served

# Status by colour, as in the GeoPackage; the fill is opaque so that the picture can be compared with the colour asked for.
PAGE = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>flexruimte</title>
<script src="maplibre-gl.js"></script><link rel="stylesheet" href="maplibre-gl.css">
<style>html, body, #map { margin: 0; height: 100% }</style></head>
<body><div id="map"></div><script>
const failures = [];
addEventListener("error", event => failures.push(String(event.message)));
const ready = (async () => {
  const locations = await (await fetch("locations.geojson")).json();
  const [west, south, east, north] = locations.bbox;
  const map = new maplibregl.Map({
    container: "map", bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 20 }, attributionControl: false, fadeDuration: 0,
    canvasContextAttributes: { preserveDrawingBuffer: true },
    style: { version: 8, sources: {}, layers: [{ id: "paper", type: "background", paint: { "background-color": "#ffffff" } }] },
  });
  map.on("error", event => failures.push(String(event.error && event.error.message)));
  await new Promise(done => map.on("load", done));
  map.addSource("locations", { type: "geojson", data: locations, promoteId: "parcel_id", tolerance: 0 });
  map.addLayer({ id: "fill", type: "fill", source: "locations", paint: { "fill-color": "#d01c8b", "fill-antialias": false } });
  map.addLayer({ id: "line", type: "line", source: "locations", paint: { "line-color": "#d01c8b", "line-width": 1 } });
  await new Promise(done => map.once("idle", done));
  return map;
})();
</script></body></html>"""

LOOK = """
const done = arguments[arguments.length - 1];
ready.then(async map => {
  const bounds = await map.getSource("locations").getBounds();
  const drawn = map.queryRenderedFeatures({ layers: ["fill", "line"] });
  const gl = map.getCanvas().getContext("webgl2") || map.getCanvas().getContext("webgl");
  const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
  gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  let coloured = 0;
  for (let i = 0; i < pixels.length; i += 4) if (pixels[i] > 180 && pixels[i + 1] < 120) coloured += 1;
  done({
    drawn: [...new Set(drawn.map(feature => feature.properties.parcel_id))],
    properties: Object.fromEntries(drawn.map(feature => [feature.properties.parcel_id, feature.properties])),
    bounds: bounds.toArray().flat(), view: map.getBounds().toArray().flat(), coloured, failures,
  });
}).catch(error => done({ failures: [String(error)] }));
"""


@pytest.fixture(scope="module")
def seen(sample_geojson: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the browser says that it shows, with a picture of it."""
    folder = tmp_path_factory.mktemp("viewer")
    with headless(tmp_path_factory.mktemp("profile")) as chrome:
        shutil.copy(sample_geojson, folder / "locations.geojson")
        for name in ("maplibre-gl.js", "maplibre-gl.css"):
            shutil.copy(LIBRARY / name, folder / name)
        (folder / "index.html").write_text(PAGE, encoding="utf-8")
        with served(folder) as address:
            chrome.get(f"{address}/index.html")
            said: dict[str, Any] = chrome.execute_async_script(LOOK)
            chrome.save_screenshot(str(folder / "map.png"))
        said["console"] = [
            entry["message"]
            for entry in chrome.get_log("browser")
            if entry["level"] == "SEVERE" and "favicon" not in entry["message"]
        ]
    said["picture"] = folder / "map.png"
    return said


@pytest.fixture(scope="module")
def collection(sample_geojson: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(sample_geojson.read_text(encoding="utf-8"))
    return content


def test_the_viewer_has_no_complaint(seen: dict[str, Any]) -> None:
    assert seen["failures"] == []
    assert seen["console"] == []


def test_every_location_is_drawn(seen: dict[str, Any], collection: dict[str, Any]) -> None:
    assert sorted(seen["drawn"]) == sorted(
        feature["properties"]["parcel_id"] for feature in collection["features"]
    )


def test_the_map_is_where_the_bbox_says(seen: dict[str, Any], collection: dict[str, Any]) -> None:
    west, south, east, north = collection["bbox"]
    assert seen["bounds"] == pytest.approx([west, south, east, north], abs=1e-6)
    assert seen["view"][0] < west < east < seen["view"][2]
    assert seen["view"][1] < south < north < seen["view"][3]


def test_properties_arrive_as_they_were_written(
    seen: dict[str, Any], collection: dict[str, Any]
) -> None:
    for feature in collection["features"]:
        shown = seen["properties"][feature["properties"]["parcel_id"]]
        for name in ("rank", "status", "score", "homes_mid", "term_years", "gemeente_code"):
            assert shown.get(name) == feature["properties"][name]


def test_there_is_ink_on_the_map(seen: dict[str, Any]) -> None:
    picture: Path = seen["picture"]
    assert picture.stat().st_size > 5_000
    assert seen["coloured"] > 500


LEAFLET_PAGE = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>flexruimte</title>
<script src="leaflet.js"></script><style>html, body, #map { margin: 0; height: 100% } path { stroke-width: 1px }</style></head>
<body><div id="map"></div></body></html>"""

LEAFLET_LOOK = """
const done = arguments[arguments.length - 1];
(async () => {
  const locations = await (await fetch("locations.geojson")).json();
  const map = L.map("map", { zoomAnimation: false });
  const colours = { shortlist: "#0a4f8f", talk: "#e69a1c" };
  const layer = L.geoJSON(locations, {
    style: feature => ({ color: colours[feature.properties.priority] || "#9aa3a8" }),
    onEachFeature: (feature, shape) => { shape.bindPopup(document.createTextNode(feature.properties.findings.join(" ")).textContent); shape.feature_id = feature.id; },
  }).addTo(map);
  map.fitBounds(layer.getBounds());
  const drawn = [];
  layer.eachLayer(shape => { const element = shape.getElement(); if (element && element.getBBox().width > 0) drawn.push([shape.feature_id, element.getAttribute("stroke")]); });
  const bounds = layer.getBounds();
  done({ drawn, bounds: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] });
})().catch(error => done({ drawn: [], failure: String(error) }));
"""


def test_leaflet_draws_every_location_in_the_colour_of_its_class(
    sample_geojson: Path, collection: dict[str, Any], tmp_path: Path
) -> None:
    with headless(tmp_path / "profile") as chrome:
        shutil.copy(sample_geojson, tmp_path / "locations.geojson")
        shutil.copy(LEAFLET, tmp_path / "leaflet.js")
        (tmp_path / "index.html").write_text(LEAFLET_PAGE, encoding="utf-8")
        with served(tmp_path) as address:
            chrome.get(f"{address}/index.html")
            said: dict[str, Any] = chrome.execute_async_script(LEAFLET_LOOK)
    assert said.get("failure") is None
    colours = {"shortlist": "#0a4f8f", "talk": "#e69a1c"}
    assert dict(said["drawn"]) == {
        feature["id"]: colours.get(feature["properties"]["priority"], "#9aa3a8")
        for feature in collection["features"]
    }
    assert said["bounds"] == pytest.approx(collection["bbox"], abs=1e-6)
    assert all(feature["properties"]["findings"] for feature in collection["features"])
