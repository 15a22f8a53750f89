// The page: from what a reader has chosen to the list, the map and the panel, and back.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  const { element, byId } = page;
  const TABS = ["list", "filters", "weights", "rules", "next", "about"];
  const AT_ONCE = 100, RANKS_SHOWN = 25, ALL_AT_ONCE = 3000, PARCELS_AT_ONCE = 6000;
  const COLUMNS = ["id", "parcels", "owner", "best_group", "term_years", "term_is_open", "area_m2", "buildable_m2", "homes", "homes_low", "homes_mid", "homes_high", "plans", "decision", "decision_reason"];
  const SORTS = ["rank", "homes", "size", "term", "id"];

  let towns = []; // the municipalities that are shown
  let places = []; // their locations; the position of one is its number on the map
  let facts = null, filters = [], passing = [], remains = [], listed = AT_ONCE, comparing = false;
  let others = []; // every other parcel on the map
  let background = null;

  const heads = () => page.run.municipalities;
  const keyOf = place => `${place.town.head.code} ${place.id}`;
  const tell = text => { byId("message").textContent = text; };
  const failed = error => tell(error.message);

  function placesOf(town) {
    const { locations, site_types: types } = town.data;
    return locations.id.map((_, at) => {
      const place = { kind: "place", town, at };
      for (const name of COLUMNS) place[name] = locations[name] ? locations[name][at] : null;
      place.term_said = town.data.terms[locations.term_said[at]];
      place.owner_title = page.ownerOf(town.data.facts, place.owner);
      place.site_type_title = types[locations.site_type[at]] || locations.site_type[at];
      return place;
    });
  }

  // Scores, ranks and classes as they follow from what was chosen. Where other parcels could become
  // one location a browser cannot follow: the numbers are then those of the run, and the page says so.
  function judge() {
    const { score, groups, target, off } = page.state, wanted = { score, groups, target, off };
    page.cannotFollow = towns.some(town => root.flexruimteScoring.sitesMayDiffer(town.ready, wanted));
    page.counted = page.cannotFollow ? { score: {}, groups: {}, target: null, off: [] } : wanted;
    for (const town of towns) {
      const found = root.flexruimteScoring.judged(town.ready, page.counted);
      const names = Object.keys(found).filter(name => name !== "keptOutBy");
      town.keptOutBy = found.keptOutBy;
      for (const place of town.places) {
        for (const name of names) {
          const value = found[name][place.at];
          place[name] = Number.isNaN(value) ? null : value;
        }
      }
      town.ranked = town.places.filter(place => place.rank !== null).length;
    }
  }

  const best = (one, other) => {
    const known = value => (value === null ? -Infinity : value), classes = facts.priorities.map(each => each.id);
    const classOf = place => (place.rank === null ? Infinity : classes.indexOf(place.priority));
    if (towns.length === 1) return (one.rank ?? Infinity) - (other.rank ?? Infinity) || one.at - other.at;
    return classOf(one) - classOf(other) || known(other.score) - known(one.score) || (one.rank ?? Infinity) - (other.rank ?? Infinity) || 0;
  };
  const ORDERS = {
    rank: best,
    homes: (one, other) => (other.homes || 0) - (one.homes || 0) || best(one, other),
    size: (one, other) => (other.buildable_m2 || 0) - (one.buildable_m2 || 0) || best(one, other),
    term: (one, other) => (other.term_years || 0) - (one.term_years || 0) || best(one, other),
    id: (one, other) => (one.id < other.id ? -1 : 1),
  };

  const sum = (some, valueOf) => some.reduce((total, each) => total + (valueOf(each) || 0), 0);

  function showCount() {
    const counted = passing.filter(place => place.rank !== null), ranked = places.filter(place => place.rank !== null);
    if (!ranked.length) {
      byId("count").replaceChildren(element("strong", {}, page.text("count", { sites: "0", hectares: page.hectares(0), homes: "0" })), ...towns.map(town => element("span", {}, town.data.why_empty)));
      return;
    }
    const said = counted.length === ranked.length ? "count" : "count-of";
    const parts = [page.text(said, { sites: page.number(counted.length), all: page.number(ranked.length), hectares: page.hectares(sum(counted, place => place.buildable_m2)), homes: page.number(sum(counted, place => place.homes)) })];
    const first = facts && facts.priorities[0];
    if (first) {
      const inFirst = counted.filter(place => place.priority === first.id);
      parts.push(`${page.text("count", { sites: page.number(inFirst.length), hectares: page.hectares(sum(inFirst, place => place.buildable_m2)), homes: page.number(sum(inFirst, place => place.homes)) })} ${page.text("best-first", { class: `“${first.title}”` })}`);
    }
    byId("count").replaceChildren(element("strong", {}, parts[0]), parts[1] ? element("span", {}, parts[1]) : "", towns.length > 1 ? element("span", { id: "by-municipality" }, page.text("ranks-by-municipality")) : "", page.isChanged(page.state) ? element("em", {}, page.text(page.cannotFollow ? "not-followed" : "changed")) : "");
  }

  function showList(colours) {
    const list = byId("list"), rows = passing.slice(0, listed);
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const marked = new Set([page.state.chosen, page.state.other].filter(Boolean));
    list.replaceChildren(...rows.map(place => page.rowOf(place, place.town.data.facts, colourOf(colours, place), marked.has(keyOf(place)), chosen => choose(chosen))));
    const rest = foundElsewhere();
    list.append(...rest);
    if (!rows.length && !rest.length) list.append(element("li", { class: "empty" }, page.text(page.state.find.trim() ? "find-nothing" : places.length ? "nothing-left" : "no-rank", { text: page.state.find.trim() })));
    if (focused !== null) { const again = [...list.querySelectorAll("button")].find(each => each.dataset.id === focused); if (again) again.focus(); }
    const more = byId("more");
    more.hidden = passing.length <= listed;
    more.textContent = page.text("more", { number: page.number(Math.min(AT_ONCE, passing.length - listed)) });
  }

  // Parcels that are no location are found by their id.
  function foundElsewhere() {
    const needle = page.state.find.trim().toLowerCase();
    if (needle.length < 3) return [];
    const found = others.filter(({ town, at }) => town.others.id[at].toLowerCase().includes(needle)).slice(0, 20);
    return found.map(each => element("li", {}, element("button", { type: "button", class: "row", "data-id": each.town.others.id[each.at], click: () => choose(each) },
      element("span", { class: "rank" }, "×"), element("span", { class: "what" }, element("bdi", { class: "id" }, each.town.others.id[each.at]), element("span", { class: "where" }, page.text("other-parcel"))))));
  }

  function colourOf(colours, place) {
    const number = place.rank === null && page.state.colour !== "owner" && page.state.colour !== "status" ? -1 : colours.classOf(place);
    return number < 0 ? page.UNKNOWN : colours.entries[number].colour;
  }

  function showLegend(colours) {
    const legend = byId("legend"), { state } = page, focused = document.activeElement && document.activeElement.id;
    const swatch = (label, colour, kind = "") => element("li", {}, element("span", { class: `swatch ${kind}`, style: { backgroundColor: colour }, "aria-hidden": "true" }), label);
    const rule = facts && state.overlay !== null ? towns[0].data.rules.find(each => each.id === state.overlay) : null;
    const choices = facts ? page.colourChoices(facts) : [];
    const open = legend.querySelector("details") ? legend.querySelector("details").open : root.innerWidth > 1000;
    legend.replaceChildren(element("details", { open },
      element("summary", {}, page.text("legend")),
      element("label", { class: "field" }, page.text("colour"), element("select", { id: "colour", change: event => change({ colour: event.target.value }) },
        choices.map(([name, title]) => element("option", { value: name, selected: name === state.colour }, title)))),
      element("ul", { class: "swatches" },
        colours.entries.map(({ label, colour }) => swatch(label, colour)),
        swatch(page.text("legend-unknown"), page.UNKNOWN),
        others.length ? swatch(page.text("legend-other"), "#ebe6dc", "edged") : null,
        state.layout ? swatch(page.text("legend-layout"), "#3b2f2a") : null,
        rule ? swatch(`${page.text("legend-taken")}: ${rule.title}`, "rgba(178, 24, 43, 0.6)") : null),
      element("label", { class: "check" }, element("input", { type: "checkbox", id: "parcels", checked: showsParcels(), change: event => change({ parcels: event.target.checked }) }), page.text("show-parcels")),
      element("label", { class: "check" }, element("input", { type: "checkbox", id: "layout", checked: state.layout, change: event => change({ layout: event.target.checked }) }), page.text("show-layout")),
      element("label", { class: "field" }, page.text("background"), element("select", { id: "background", change: event => chooseBackground(event.target) },
        element("option", { value: "" }, page.text("background-none")),
        page.run.backgrounds.map(each => element("option", { value: each.id, selected: background === each.id }, each.title))))));
    if (focused && legend.querySelector(`#${CSS.escape(focused)}`)) byId(focused).focus();
  }

  // A background is asked of the internet, at the reader's word only; a link does not hold it.
  function chooseBackground(field) {
    const wanted = page.run.backgrounds.find(each => each.id === field.value) || null;
    if (wanted && !root.confirm(page.text("background-asks", { host: new URL(wanted.tiles.replace(/\{\w+\}/g, "0")).host }))) {
      field.value = background || "";
      return;
    }
    background = wanted && wanted.id;
    page.drawBackground(wanted);
  }

  const showsParcels = () => page.state.parcels ?? (towns.length > 0 && sum(towns, town => town.head.parcels) <= PARCELS_AT_ONCE);

  function taken() {
    if (page.state.overlay === null) return [new Set(), []];
    const hits = (town, findings, starts, at) => {
      for (let row = starts[at]; row < starts[at] + findings.count[at]; row += 1) {
        if (findings.verdict[row] !== 1 && town.data.rules[findings.rule[row]].id === page.state.overlay) return true;
      }
      return false;
    };
    const here = new Set(places.filter(place => hits(place.town, place.town.data.findings, place.town.findings, place.at)));
    const elsewhere = [];
    others.forEach(({ town, at }, number) => { if (hits(town, town.others.findings, town.others.starts, at)) elsewhere.push(number); });
    return [here, elsewhere];
  }

  function draw(colours) {
    const shown = new Set(passing), { state } = page, [here, elsewhere] = taken();
    page.paint(places.map(place => ({ colour: colourOf(colours, place), shown: shown.has(place), chosen: keyOf(place) === state.chosen || keyOf(place) === state.other, taken: here.has(place) })));
    const number = others.findIndex(each => otherKey(each) === state.chosen);
    page.paintOthers(elsewhere, number < 0 ? null : number);
    page.drawRanks(towns.length === 1 ? passing.filter(place => place.rank !== null).slice(0, RANKS_SHOWN) : []);
    const year = state.year, codes = new Set(towns.map(town => town.head.code));
    page.drawMoves(page.followUps.moves.filter(move => year !== null && move.year === year && (codes.has(move.code) || towns.length === heads().length)));
  }

  const otherKey = ({ town, at }) => `${town.head.code} ${town.others.id[at]}`;
  const findChosen = key => key === null ? null : places.find(place => keyOf(place) === key) || others.find(each => otherKey(each) === key) || null;

  // Everything that follows from the state, in one place.
  function show({ anew = false, weighing = false } = {}) {
    const { state } = page;
    if (!towns.length) return showOverview();
    if (anew) judge();
    filters = page.filtersOf(places, facts, page.followUps);
    ({ passing, remains } = page.filtered(places, filters, state.filters, state.find));
    passing.sort(ORDERS[state.sort] || best);
    const colours = page.coloursBy(state.colour, places, facts);
    showCount();
    showList(colours);
    showLegend(colours);
    if (state.tab === "filters") page.showFilters(filters, remains, state.filters, setFilter);
    // A slider that is held is not made anew under the hand.
    if (state.tab === "weights" && weighing) {
      for (const id of ["reset", "save"]) byId(id).disabled = !page.isChanged(state);
      byId("variant").replaceChildren();
    } else if (state.tab === "weights") page.showWeights(state, towns[0], change);
    if (state.tab === "rules") page.showRules(state, towns, change);
    if (state.tab === "next") page.showNext(state, towns, change);
    if (state.tab === "about") page.showAbout(towns);
    showPanel();
    draw(colours);
    return keepLink();
  }

  function showPanel() {
    const { state } = page, chosen = findChosen(state.chosen), other = findChosen(state.other);
    page.showPanel(chosen, other && other.kind === "place" ? other : null, {
      isComparing: comparing,
      close: () => { comparing = false; change({ chosen: null, other: null }); byId("list").focus(); },
      zoom: () => page.look(page.boundsOf(chosen.kind === "place" ? chosen.town.parcels[chosen.at] : chosen.town.others.polygons[chosen.at])),
      compare: () => { comparing = !(comparing || other); change({ other: null }); if (byId("compare")) byId("compare").focus(); },
    });
  }

  function keepLink() {
    try { root.history.replaceState(null, "", page.linkOf(page.state)); } catch (error) { /* some browsers refuse it for a folder */ }
  }

  function setFilter(id, wanted) {
    if (id === null) return change({ filters: {}, find: "" });
    const chosen = { ...page.state.filters, [id]: wanted };
    if (!wanted.length) delete chosen[id];
    return change({ filters: chosen });
  }

  let waiting = null;
  function change(changes, weighing = false) {
    Object.assign(page.state, changes);
    if ("find" in changes || "filters" in changes || "sort" in changes) listed = AT_ONCE;
    if ("municipality" in changes) return void open(true).catch(failed);
    if ("parcels" in changes || "layout" in changes || "overlay" in changes) bring().then(() => show(), failed);
    const anew = ["score", "groups", "target", "off"].some(name => name in changes);
    if (byId("find").value !== page.state.find) byId("find").value = page.state.find;
    if ("tab" in changes) return showTab(changes.tab, true);
    if (!weighing) return show({ anew });
    if (waiting === null) waiting = root.requestAnimationFrame(() => { waiting = null; show({ anew: true, weighing: true }); });
    return undefined;
  }
  page.change = change;

  function choose(place) {
    const key = place.kind === "place" ? keyOf(place) : otherKey(place);
    if (comparing && place.kind === "place" && page.state.chosen !== key) {
      comparing = false;
      change({ other: key });
    } else change({ chosen: key, other: null });
    byId("panel").focus({ preventScroll: true });
    byId("panel").scrollTop = 0;
    const shape = place.kind === "place" ? place.town.parcels[place.at] : place.town.others.polygons[place.at];
    const bounds = page.boundsOf(shape);
    if (bounds && !page.inSight([(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2])) page.look(bounds);
  }

  // Load what is drawn besides the locations, where it is asked for.
  async function bring() {
    const wanted = showsParcels() || page.state.overlay !== null || (page.state.chosen !== null && !places.some(place => keyOf(place) === page.state.chosen)) || page.state.find.trim().length >= 3;
    const now = towns;
    if (wanted) {
      await Promise.all(now.map(town => page.loadParcels(town.head)));
      if (now !== towns) return;
      const found = now.flatMap(town => town.others.id.map((_, at) => ({ kind: "parcel", town, at, polygons: town.others.polygons[at] })));
      if (found.length !== others.length || (found[0] && found[0].town !== others[0].town)) others = found;
      page.drawOthers(showsParcels() || page.state.overlay !== null ? others : []);
    } else if (others.length) page.drawOthers([]);
    await bringLayouts();
  }

  async function bringLayouts() {
    const zoomed = page.map && page.map.getZoom() >= 14;
    if (!page.state.layout) return page.drawLayouts([]);
    if (!zoomed) return undefined;
    const now = towns;
    const layouts = await Promise.all(now.map(town => page.loadLayout(town.head)));
    if (now === towns) page.drawLayouts(layouts);
    return undefined;
  }

  async function open(look) {
    const { municipality } = page.state;
    const every = heads(), one = every.length > 1 ? every.find(head => head.code === municipality) : undefined;
    const wanted = one ? [one] : every.length === 1 || sum(every, head => head.ranked) <= ALL_AT_ONCE ? every : [];
    if (!one) page.state.municipality = "";
    byId("municipality").value = page.state.municipality;
    tell(page.text("loading"));
    const loaded = await Promise.all(wanted.map(page.loadMunicipality));
    if (page.state.municipality !== (one ? municipality : "")) return;
    tell("");
    towns = loaded;
    others = [];
    for (const town of towns) if (!town.places) town.places = placesOf(town);
    places = towns.flatMap(town => town.places);
    facts = towns.length ? towns[0].data.facts : null;
    page.drawLand(towns);
    page.drawOverview(towns.length ? [] : overview());
    page.drawOthers([]);
    page.drawLayouts([]);
    page.drawLocations(places);
    if (towns.length && page.takeBack(page.state, towns.map(town => town.data))) tell(page.text("taken-back"));
    show({ anew: true });
    if (look) page.look(boundsOfAll(towns.length ? towns.map(town => town.data.bounds || town.head.bounds) : every.map(head => head.bounds)));
    await bring();
    if (towns === loaded) show();
    missing();
  }

  // A link to what is not there says so.
  function missing() {
    const { chosen } = page.state;
    if (chosen === null || findChosen(chosen)) return;
    tell(page.text("find-nothing", { text: String(chosen).split(" ").slice(1).join(" ") || String(chosen) }));
    change({ chosen: null, other: null });
  }

  function boundsOfAll(all) {
    const known = all.filter(Boolean);
    if (!known.length) return [3.3, 50.7, 7.3, 53.6]; // the country
    return known.reduce((one, other) => [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[2], other[2]), Math.max(one[3], other[3])]);
  }

  // The country: municipalities by the homes in their best class, each one click away.
  const STEPS = [1000, 500, 200, 50, 0], SHADES = ["#00204d", "#3f4d6b", "#7c7b78", "#b8a75f", "#eed54b"];
  const homesOf = head => (head.priorities.length ? head.priorities[0].homes : 0);
  const shadeOf = head => SHADES[STEPS.findIndex(step => homesOf(head) >= step)];
  const overview = () => heads().map(head => ({ code: head.code, colour: homesOf(head) ? shadeOf(head) : page.UNKNOWN, polygons: page.shapes(head.boundary) }));

  function showOverview() {
    const needle = page.state.find.trim().toLowerCase();
    const found = heads().filter(head => !needle || head.name.toLowerCase().includes(needle) || head.code.toLowerCase().includes(needle))
      .sort((one, other) => homesOf(other) - homesOf(one) || (one.name < other.name ? -1 : 1));
    const first = heads()[0].priorities[0];
    byId("count").replaceChildren(element("strong", {}, page.text("national", { municipalities: page.number(found.length), sites: page.number(sum(found, head => (head.priorities[0] || { locations: head.ranked }).locations)), class: `“${first ? first.title : page.text("column-rank")}”` })), element("span", {}, page.text("choose")));
    byId("list").replaceChildren(...found.map(head => element("li", {}, element("button", { type: "button", class: "row", "data-id": head.code, click: () => change({ municipality: head.code, find: "" }) },
      element("span", { class: "rank", style: { borderColor: homesOf(head) ? shadeOf(head) : page.UNKNOWN } }, ""),
      element("span", { class: "what" }, element("bdi", { class: "id" }, head.name), element("span", { class: "facts" }, head.priorities.map(each => `${each.title}: ${page.number(each.locations)}`).join(" · "))),
      element("span", { class: "score" }, page.number(homesOf(head)))))));
    if (!found.length) byId("list").append(element("li", { class: "empty" }, page.text("find-nothing", { text: page.state.find.trim() })));
    byId("more").hidden = true;
    byId("legend").replaceChildren(element("details", { open: true }, element("summary", {}, page.text("legend")),
      element("ul", { class: "swatches" }, STEPS.map((step, at) => element("li", {}, element("span", { class: "swatch", style: { backgroundColor: SHADES[at] }, "aria-hidden": "true" }), `${at === 0 ? page.text("from", { from: page.number(step) }) : `${page.number(step || 1)}–${page.number(STEPS[at - 1] - 1)}`} ${page.text("column-homes").toLowerCase()}`)))));
    for (const tab of TABS.slice(1)) byId(`tab-${tab}`).replaceChildren(element("p", {}, page.text("choose")));
    page.showPanel(null);
    page.paint([]);
    page.drawRanks([]);
    page.drawMoves([]);
    keepLink();
  }

  function showTab(tab, focus = false) {
    page.state.tab = TABS.includes(tab) ? tab : "list";
    for (const name of TABS) {
      const on = name === page.state.tab, button = byId(`for-${name}`);
      byId(`tab-${name}`).hidden = !on;
      button.setAttribute("aria-selected", on ? "true" : "false");
      button.tabIndex = on ? 0 : -1;
      if (on && focus) button.focus();
    }
    if (page.run.municipalities.length) show();
  }

  function makeFrame() {
    document.documentElement.lang = page.language;
    document.title = `${page.run.study} – ${page.text("title")}`;
    byId("title").textContent = page.run.study;
    for (const each of document.querySelectorAll("[data-text]")) each.textContent = page.text(each.dataset.text);
    byId("find").placeholder = page.text("find-hint");
    byId("tabs").replaceChildren(...TABS.map(name => element("button", { type: "button", role: "tab", id: `for-${name}`, "aria-controls": `tab-${name}`, click: () => showTab(name), keydown: event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) showTab(TABS[(TABS.indexOf(page.state.tab) + step + TABS.length) % TABS.length], true);
    } }, page.text(`tab-${name}`))));
    byId("tabs").setAttribute("aria-label", page.text("title"));
    const [only, another] = heads(); // of one there is nothing to choose
    byId("municipality").replaceChildren(element("option", { value: "" }, only && !another ? only.name : page.text("all")),
      ...(another ? [...heads()] : []).sort((one, other) => (one.name < other.name ? -1 : 1)).map(head => element("option", { value: head.code }, head.name)));
    byId("sort").replaceChildren(...SORTS.map(name => element("option", { value: name }, page.text(`sort-${name}`))));
    byId("municipality").addEventListener("change", event => { comparing = false; change({ municipality: event.target.value, chosen: null, other: null, filters: {}, parcels: null }); });
    byId("sort").addEventListener("change", event => change({ sort: event.target.value }));
    let typing = null;
    byId("find").addEventListener("input", event => {
      clearTimeout(typing);
      typing = setTimeout(() => {
        change({ find: event.target.value });
        if (towns.length) bring().then(() => show(), failed);
      }, 150);
    });
    byId("more").addEventListener("click", () => { listed += AT_ONCE; show(); });
    byId("share").hidden = ["about:", "blob:"].includes(root.location.protocol); // in a notebook there is no address to share
    byId("share").addEventListener("click", event => page.copy(root.location.href, event.target));
    byId("print").addEventListener("click", () => root.print());
    root.addEventListener("beforeprint", page.toPaper);
    root.addEventListener("keydown", event => { if (event.key === "Escape" && page.state.chosen !== null) { comparing = false; change({ chosen: null, other: null }); byId("list").focus(); } });
    root.addEventListener("hashchange", () => take(root.location.hash));
  }

  function take(link) {
    page.state = page.stateOf(link);
    byId("sort").value = page.state.sort;
    byId("find").value = page.state.find;
    for (const name of TABS) byId(`tab-${name}`).hidden = name !== page.state.tab;
    return open(true).then(() => showTab(page.state.tab), failed);
  }

  page.start = () => {
    if (!page.run) return;
    page.state = page.stateOf(root.location.hash);
    makeFrame();
    if (!heads().length) { tell(page.text("no-municipality")); return; }
    const said = feature => {
      if (feature.source === "locations") {
        const place = places[feature.id];
        return [`${place.rank === null ? "–" : place.rank}  ${place.id}`, page.nameOf(place.town.data.facts, place), `${page.number(place.homes)} ${page.text("column-homes").toLowerCase()} · ${page.hectares(place.buildable_m2 || 0)} ha`];
      }
      if (feature.source === "others") return [others[feature.id].town.others.id[others[feature.id].at], page.text("status-excluded")];
      const head = heads().find(each => each.code === feature.properties.code);
      return [head.name, ...head.priorities.map(each => `${each.title}: ${page.number(each.locations)}`)];
    };
    page.startMap(boundsOfAll(heads().map(head => head.bounds)), {
      said, chooseLocation: number => choose(places[number]), chooseParcel: number => choose(others[number]),
      chooseMunicipality: code => change({ municipality: code, find: "" }), moved: () => bringLayouts().catch(failed),
    });
    take(root.location.hash).then(() => page.whenDrawn(() => { document.documentElement.dataset.ready = "true"; }));
  };
  page.places = () => places;
  page.passing = () => passing;
})(globalThis);
