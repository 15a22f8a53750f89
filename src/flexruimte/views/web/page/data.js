// Data arrive as scripts, which a page that is opened from a folder may load; each calls a function here.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  const arrived = new Map();
  page.run = null;
  page.followUps = { what_if: [], moves: [], said: [], years: [], stranded: [], targets: [], filling: [] };
  page.loaded = new Map(); // by code: what is known of a municipality that was chosen

  page.describe = run => {
    page.run = run;
    page.texts = run.texts;
    page.language = run.language;
  };
  page.follow = found => { page.followUps = found; };
  const keep = kind => (code, data) => arrived.set(`${kind} ${code}`, data);
  page.municipality = keep("municipality");
  page.parcels = keep("parcels");
  page.layout = keep("layout");
  page.land = keep("land");

  function loadScript(file) {
    return new Promise((done, fail) => {
      const script = page.element("script", { src: `data/${encodeURIComponent(file)}` });
      script.onload = () => { script.remove(); done(); };
      script.onerror = () => { script.remove(); fail(new Error(page.text("not-loaded", { file: `data/${file}` }))); };
      document.head.append(script);
    });
  }

  const asked = new Map();
  function load(kind, head, ending) {
    const key = `${kind} ${head.code}`;
    if (!asked.has(key)) {
      const there = arrived.has(key) ? Promise.resolve() : loadScript(`${head.file}${ending}`); // a page by itself carries its data
      asked.set(key, there.then(() => {
        const data = arrived.get(key);
        if (!data) throw new Error(page.text("not-loaded", { file: `data/${head.file}${ending}` }));
        arrived.delete(key);
        return data;
      }));
      asked.get(key).catch(() => asked.delete(key)); // it may be there at the next try
    }
    return asked.get(key);
  }

  page.loadMunicipality = async head => {
    const data = await load("municipality", head, ".js");
    if (!page.loaded.has(head.code)) {
      const ready = root.flexruimteScoring.prepared(data);
      for (const rule of data.rules) rule.takes_land = Array.isArray(data.land) && data.land.includes(rule.id);
      page.loaded.set(head.code, {
        head, data, ready, parcels: page.shapes(data.shapes), buildable: page.shapes(data.buildable),
        findings: page.starts(data.findings),
      });
    }
    return page.loaded.get(head.code);
  };
  page.loadParcels = async head => {
    const town = await page.loadMunicipality(head), others = await load("parcels", head, "-parcels.js");
    if (!town.others) town.others = { ...others, polygons: page.shapes(others.shapes), starts: page.starts(others.findings) };
    return town.others;
  };
  page.loadLayout = async head => {
    const town = await page.loadMunicipality(head), layout = await load("layout", head, "-layout.js");
    if (!town.layout) town.layout = { ...layout, polygons: page.shapes(layout.shapes) };
    return town.layout;
  };
  // What rules take: of each rule the other parcels that it takes all of, by position, and land of parcels.
  page.loadLand = async head => {
    const town = await page.loadMunicipality(head), land = await load("land", head, "-land.js");
    if (!town.land) town.land = new Map(Object.entries(land).map(([rule, { whole, shapes }]) => [rule, { whole: new Set(whole), polygons: page.shapes(shapes) }]));
    return town.land;
  };
  // Results of an earlier version have no such land.
  page.knowsLand = town => Array.isArray(town.data.land);
  page.takesLand = (town, rule) => town.data.rules.some(each => each.id === rule && each.takes_land);

  // Whether the reports of a municipality lie beside the map. From a folder a page may not ask, and takes it that they do.
  // `found` is called where it asked, and they do.
  page.findReports = (town, found) => {
    if (town.reports !== undefined) return;
    const { protocol } = root.location, asks = protocol.startsWith("http");
    const has = Array.isArray(town.data.locations.dossier) && protocol !== "about:";
    town.reports = has && !asks;
    if (has && asks) fetch(page.reportOf(town), { method: "HEAD" }).then(answer => { town.reports = answer.ok; if (answer.ok) found(); }, () => {});
  };
  page.reportOf = town => `../${encodeURIComponent(town.head.file)}/report.html`;
  page.dossierOf = place => `../${encodeURIComponent(place.town.head.file)}/dossiers.html#${place.dossier}`;

  // Where the findings of each location begin.
  page.starts = findings => {
    let start = 0;
    return findings.count.map(count => { const here = start; start += count; return here; });
  };

  // Steps of a millionth of a degree become coordinates of GeoJSON.
  page.shapes = encoded => {
    let x = 0, y = 0, vertex = 0, ring = 0, polygon = 0;
    const ringOf = () => {
      const points = new Array(encoded.rings[ring]);
      for (let at = 0; at < points.length; at += 1, vertex += 1) {
        x += encoded.x[vertex];
        y += encoded.y[vertex];
        points[at] = [x / 1e6, y / 1e6];
      }
      ring += 1;
      return points;
    };
    return encoded.shapes.map(members => {
      const polygons = [];
      for (let each = 0; each < members; each += 1) {
        const rings = [];
        for (let more = encoded.polygons[polygon]; more > 0; more -= 1) rings.push(ringOf());
        polygon += 1;
        polygons.push(rings);
      }
      return polygons;
    });
  };

  page.boundsOf = polygons => {
    const bounds = [Infinity, Infinity, -Infinity, -Infinity];
    for (const rings of polygons) {
      for (const [x, y] of rings[0]) {
        bounds[0] = Math.min(bounds[0], x); bounds[1] = Math.min(bounds[1], y);
        bounds[2] = Math.max(bounds[2], x); bounds[3] = Math.max(bounds[3], y);
      }
    }
    return bounds[0] === Infinity ? null : bounds;
  };

  page.breadthOf = polygons => {
    const [west, south, east, north] = page.boundsOf(polygons);
    return Math.min(east - west, (north - south) * 1.6); // a degree of latitude is longer here
  };

  // The middle of the largest part, where a dot or a number stands.
  page.middleOf = polygons => {
    let best = null, largest = -1;
    for (const rings of polygons) {
      const bounds = page.boundsOf([rings]), size = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]);
      if (size > largest) { largest = size; best = [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]; }
    }
    return best;
  };
})(globalThis);
