// The map: land, parcels and locations. A browser without WebGL does without it.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  const EMPTY = { type: "FeatureCollection", features: [] };
  const collection = features => ({ type: "FeatureCollection", features });
  const polygon = (coordinates, properties = {}, id = undefined) => ({ type: "Feature", id, properties, geometry: { type: "MultiPolygon", coordinates } });
  const LAYOUT_COLOURS = ["#3b2f2a", "#ffffff", "#d8d3c8", "#efeae0"]; // module, road, paved, path
  const shown = ["boolean", ["feature-state", "shown"], false];
  const colour = ["to-color", ["feature-state", "colour"], page.UNKNOWN];
  const chosen = ["boolean", ["feature-state", "chosen"], false];
  const asked = ["boolean", ["feature-state", "taken"], false];
  const TAKEN = "#cc757b"; // not seen through: what lies over itself would show darker
  page.TAKEN = TAKEN;
  const TAKEN_LINE = "#b2182b";
  // White on a tile of 8 by 8 pixels, at column x and row y.
  const PATTERNS = {
    stripes: (x, y) => (x + y) % 8 < 3, back: (x, y) => (x - y + 8) % 8 < 3,
    dots: (x, y) => (x % 4) + (y % 4) > 4, cross: (x, y) => (x + y) % 8 < 2 || (x - y + 8) % 8 < 2,
  };
  const patterned = ["!=", ["coalesce", ["feature-state", "pattern"], ""], ""]; // a dot has no room for a pattern, and is hollow
  const SMALL = (12 * 360) / 512; // a location that is narrower than 12 pixels is a dot
  let map = null, ready = false, drawn = [], markers = [], hover = null;
  let waiting = [];

  const STYLE = {
    version: 8,
    sources: Object.fromEntries(["overview", "land", "others", "locations", "taken", "layout", "moves"].map(name => [name, { type: "geojson", data: EMPTY, tolerance: 0.2 }])),
    layers: [
      { id: "paper", type: "background", paint: { "background-color": "#e9edf0" } },
      { id: "overview", type: "fill", source: "overview", paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.85 } },
      { id: "overview-line", type: "line", source: "overview", paint: { "line-color": "#ffffff", "line-width": 1 } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": "#f8f6f1" } },
      { id: "others", type: "fill", source: "others", paint: { "fill-color": ["case", asked, TAKEN, "#ebe6dc"], "fill-opacity": 1 } },
      { id: "parcel", type: "fill", source: "locations", filter: ["==", ["get", "kind"], 0], paint: { "fill-color": colour, "fill-opacity": ["case", shown, 0.22, 0] } },
      // Under the buildable part, so that what is left keeps its colour.
      { id: "taken", type: "fill", source: "taken", paint: { "fill-color": TAKEN } },
      { id: "others-line", type: "line", source: "others", minzoom: 12.5, paint: { "line-color": ["case", chosen, "#111111", "#cfc8ba"], "line-width": ["case", chosen, 3, 0.6] } },
      { id: "buildable", type: "fill", source: "locations", filter: ["==", ["get", "kind"], 1], paint: { "fill-color": colour, "fill-opacity": ["case", shown, 0.88, 0] } },
      ...Object.keys(PATTERNS).map(name => ({ id: `pattern-${name}`, type: "fill", source: "locations", filter: ["==", ["get", "kind"], 1], paint: { "fill-pattern": name, "fill-opacity": ["case", ["all", shown, ["==", ["feature-state", "pattern"], name]], 0.8, 0] } })),
      // A strip that is narrower than a pixel shows as a line.
      { id: "taken-line", type: "line", source: "taken", paint: { "line-color": TAKEN_LINE, "line-width": 0.7 } },
      { id: "layout", type: "fill", source: "layout", minzoom: 14.5, paint: { "fill-color": ["match", ["get", "kind"], 0, LAYOUT_COLOURS[0], 1, LAYOUT_COLOURS[1], 2, LAYOUT_COLOURS[2], LAYOUT_COLOURS[3]], "fill-opacity": 0.9 } },
      { id: "parcel-line", type: "line", source: "locations", filter: ["==", ["get", "kind"], 0], paint: { "line-color": ["case", chosen, "#111111", colour], "line-width": ["case", chosen, 3.5, 1], "line-opacity": ["case", shown, 1, 0] } },
      { id: "dot", type: "circle", source: "locations", filter: ["all", ["==", ["get", "kind"], 2], ["<", ["*", ["get", "degrees"], ["^", 2, ["zoom"]]], SMALL]], maxzoom: 15, paint: { "circle-color": ["case", patterned, "#ffffff", colour], "circle-radius": ["interpolate", ["linear"], ["zoom"], 7, 1.6, 11, 3, 13, 4.5], "circle-stroke-color": ["case", chosen, "#111111", patterned, colour, "#ffffff"], "circle-stroke-width": ["case", chosen, 3, patterned, 1.6, 0.8], "circle-opacity": ["case", shown, 1, 0], "circle-stroke-opacity": ["case", shown, 1, 0] } },
      { id: "land-line", type: "line", source: "land", paint: { "line-color": "#6f7a80", "line-width": 1.4, "line-dasharray": [4, 2] } },
      { id: "moves", type: "line", source: "moves", layout: { "line-cap": "round" }, paint: { "line-color": "#5b2a86", "line-width": ["interpolate", ["linear"], ["get", "homes"], 1, 1.5, 100, 6], "line-opacity": 0.8 } },
    ],
  };

  const after = action => { if (ready) action(); else if (map) waiting.push(action); };

  // events: { chooseLocation(number), chooseParcel(number), chooseMunicipality(code), moved() }
  page.startMap = (bounds, events) => {
    try {
      map = new root.maplibregl.Map({
        container: "map", style: STYLE, bounds, fitBoundsOptions: { padding: 40 }, attributionControl: false, dragRotate: false, pitchWithRotate: false, maxZoom: 20, fadeDuration: 0,
        locale: { "NavigationControl.ZoomIn": page.text("zoom-in"), "NavigationControl.ZoomOut": page.text("zoom-out"), "Map.Title": page.text("title") },
        canvasContextAttributes: { preserveDrawingBuffer: true }, // so that the map can be printed
      });
    } catch (error) {
      page.byId("no-map").hidden = false;
      page.byId("map").hidden = true;
      return false;
    }
    page.map = map;
    for (const [name, isWhite] of Object.entries(PATTERNS)) {
      const data = new Uint8Array(Array.from({ length: 64 }, (_, at) => (isWhite(at % 8, Math.floor(at / 8)) ? [255, 255, 255, 255] : [0, 0, 0, 0])).flat());
      map.once("style.load", () => map.addImage(name, { width: 8, height: 8, data }));
    }
    map.touchZoomRotate.disableRotation();
    map.addControl(new root.maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new root.maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-right");
    map.addControl(new root.maplibregl.AttributionControl({ compact: false }), "bottom-right");
    map.on("load", () => { ready = true; for (const action of waiting) action(); waiting = []; });
    map.on("click", event => {
      const found = at => map.queryRenderedFeatures(event.point, { layers: at });
      const hits = found(["buildable", "parcel", "dot"]).filter(feature => drawn[feature.id] && drawn[feature.id].shown);
      if (hits.length) return events.chooseLocation(hits[0].id);
      const others = found(["others"]);
      if (others.length) return events.chooseParcel(others[0].id);
      const town = found(["overview"]);
      if (town.length) return events.chooseMunicipality(town[0].properties.code);
      return undefined;
    });
    const tip = new root.maplibregl.Popup({ closeButton: false, closeOnClick: false, maxWidth: "260px" });
    map.on("mousemove", event => {
      const hits = map.queryRenderedFeatures(event.point, { layers: ["buildable", "parcel", "dot", "others", "overview"] })
        .filter(feature => feature.source !== "locations" || (drawn[feature.id] && drawn[feature.id].shown));
      map.getCanvas().style.cursor = hits.length ? "pointer" : "";
      const said = hits.length ? events.said(hits[0]) : null;
      if (!said) { hover = null; tip.remove(); return; }
      const same = `${hits[0].source} ${hits[0].id}`;
      if (hover !== same) tip.setDOMContent(page.element("div", { class: "tip" }, said.map(line => page.element("div", {}, page.element("bdi", {}, line)))));
      hover = same;
      tip.setLngLat(event.lngLat).addTo(map);
    });
    map.on("mouseout", () => { hover = null; tip.remove(); });
    map.on("moveend", () => { placeRanks(); events.moved(); });
    return true;
  };

  page.drawOverview = towns => after(() => map.getSource("overview").setData(collection(
    towns.map((town, at) => polygon(town.polygons.flat(), { code: town.code, colour: town.colour }, at)))));

  page.drawLand = towns => after(() => map.getSource("land").setData(collection(towns.map(town => polygon(page.shapes(town.head.boundary).flat())))));

  page.drawLocations = places => after(() => {
    map.removeFeatureState({ source: "locations" });
    drawn = [];
    const features = [];
    places.forEach((place, number) => {
      const parcel = place.town.parcels[place.at], left = place.town.buildable[place.at], middle = page.middleOf(left.length ? left : parcel);
      place.middle = middle;
      if (parcel.length) features.push(polygon(parcel, { kind: 0 }, number));
      if (left.length) features.push(polygon(left, { kind: 1 }, number));
      if (middle) features.push({ type: "Feature", id: number, properties: { kind: 2, degrees: page.breadthOf(left.length ? left : parcel) }, geometry: { type: "Point", coordinates: middle } });
    });
    map.getSource("locations").setData(collection(features));
  });

  // What of each location differs from what is drawn: its colour, whether it is shown, chosen.
  page.paint = looks => after(() => {
    looks.forEach((look, number) => {
      const before = drawn[number];
      if (before && before.colour === look.colour && before.pattern === look.pattern && before.shown === look.shown && before.chosen === look.chosen) return;
      map.setFeatureState({ source: "locations", id: number }, look);
      drawn[number] = look;
    });
  });

  page.drawOthers = parcels => after(() => {
    map.removeFeatureState({ source: "others" });
    map.getSource("others").setData(collection(parcels.map(({ polygons }, number) => polygon(polygons, {}, number))));
  });
  page.paintOthers = (taken, chosenNumber) => after(() => {
    map.removeFeatureState({ source: "others" });
    // What is set on a feature again keeps what was removed of it, unless that is set too.
    const all = new Set(taken), marked = chosenNumber === null ? all : new Set([...taken, chosenNumber]);
    for (const number of marked) map.setFeatureState({ source: "others", id: number }, { taken: all.has(number), chosen: number === chosenNumber });
  });

  // The land that one rule takes; drawn anew only where it is another list.
  let takenLand = null;
  page.drawTaken = polygons => after(() => {
    if (polygons === takenLand) return;
    takenLand = polygons;
    map.getSource("taken").setData(collection(polygons.map(coordinates => polygon(coordinates))));
  });

  page.drawLayouts = layouts => after(() => map.getSource("layout").setData(collection(
    layouts.flatMap(layout => layout.polygons.map((coordinates, at) => polygon(coordinates, { kind: layout.kind[at] }))))));

  page.drawMoves = moves => after(() => map.getSource("moves").setData(collection(
    moves.map(move => ({ type: "Feature", properties: { homes: move.homes }, geometry: { type: "LineString", coordinates: move.line } })))));

  // The rank of the best, each beside its dot, where there is room for it.
  let numbered = [];
  function placeRanks() {
    for (const marker of markers) marker.remove();
    const taken = [];
    markers = [];
    for (const place of numbered) {
      if (!place.middle || !page.inSight(place.middle)) continue;
      const { x, y } = map.project(place.middle);
      if (taken.some(other => Math.abs(other.x - x) < 26 && Math.abs(other.y - y) < 19)) continue;
      taken.push({ x, y });
      markers.push(new root.maplibregl.Marker({ element: page.element("div", { class: "rank-label", "aria-hidden": "true" }, String(place.rank)), anchor: "bottom", offset: [0, -6] }).setLngLat(place.middle).addTo(map));
    }
  }
  page.drawRanks = places => after(() => { numbered = places; placeRanks(); });

  page.drawBackground = (background, before = "overview") => after(() => {
    if (map.getLayer("background")) { map.removeLayer("background"); map.removeSource("background"); }
    const under = background !== null;
    for (const layer of ["land", "others"]) map.setPaintProperty(layer, "fill-opacity", layer === "land" ? (under ? 0 : 1) : ["case", asked, 1, under ? 0.15 : 1]);
    map.setPaintProperty("taken", "fill-opacity", under ? 0.7 : 1);
    if (!under) return;
    map.addSource("background", { type: "raster", tiles: [background.tiles], tileSize: 256, maxzoom: background.max_zoom, attribution: background.attribution.replace(/[<>&]/g, "") });
    map.addLayer({ id: "background", type: "raster", source: "background" }, before);
  });

  // Paper is not as wide as the screen. What is drawn is shown smaller there, labels and scale with it: a
  // browser that prints does not wait until a map is drawn anew.
  const PAPER = 680; // 18 cm, in pixels of CSS
  page.toPaper = () => {
    if (!map) return;
    const { offsetWidth: wide, offsetHeight: high } = page.byId("map");
    const said = { "--wide": `${wide}px`, "--high": `${high}px`, "--smaller": String(PAPER / Math.max(wide, high)) };
    for (const [name, value] of Object.entries(said)) page.byId("view").style.setProperty(name, value);
  };

  page.look = bounds => { if (map && bounds) map.fitBounds([[bounds[0], bounds[1]], [bounds[2], bounds[3]]], { padding: 60, maxZoom: 17, duration: root.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 600 }); };
  page.inSight = point => !map || map.getBounds().contains(point);
  page.whenDrawn = action => { if (!map) action(); else after(() => map.once("idle", action)); };
})(globalThis);
