// Filters: each option says how many locations and hectares would remain, given the other filters.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  const TERMS = [["0", 0, 10], ["10", 10, 15], ["15", 15, 20], ["20", 20, Infinity]];
  const HOMES = [["0", 0, 15], ["15", 15, 30], ["30", 30, 60], ["60", 60, 100], ["100", 100, Infinity]];
  const HECTARES = [["0", 0, 0.5], ["0.5", 0.5, 1], ["1", 1, 2], ["2", 2, 5], ["5", 5, Infinity]];

  const stepOf = (steps, value) => {
    if (value === null || Number.isNaN(value)) return "?";
    const found = steps.find(([, low, high]) => value >= low && value < high);
    return found ? found[0] : "?";
  };
  const stepLabels = (steps, unit, decimals = 0) => [
    ...steps.map(([id, low, high]) => {
      const [from, to] = [low, high].map(each => page.number(each, decimals && each % 1 ? decimals : 0));
      const said = high === Infinity ? page.text("from", { from }) : low === 0 ? page.text("below", { to }) : page.text("from-to", { from, to });
      return [id, `${said} ${unit}`.trim()];
    }),
    ["?", page.text("unknown")],
  ];

  // Which targets each location fills, by its municipality and id.
  const targetsOf = filling => {
    const found = new Map();
    for (const { code, id, target } of filling) found.set(`${code} ${id}`, [...(found.get(`${code} ${id}`) || []), target]);
    return found;
  };

  // [id, title, options as [value, label], value of a location, or its values]
  page.filtersOf = (places, facts, { targets, filling }) => {
    const filled = targetsOf(filling), calledOf = new Map(targets.map(each => [each.target, `${each.title} (${each.place})`]));
    const kinds = (valueOf, labelOf) =>
      [...new Set(places.map(valueOf))].sort().map(value => [value, value === "?" ? page.text("unknown") : labelOf(value)]);
    const owner = place => place.owner || "?", group = place => place.best_group || "?";
    return [
      ["priority", page.text("filter-priority"), [...facts.priorities.map(each => [each.id, each.title]), ["?", page.text("no-rank")]], place => place.priority || "?"],
      ["status", page.text("filter-status"), ["available", "attention", "unknown"].map(name => [name, page.text(`status-${name}`)]), place => place.status],
      ["term", page.text("filter-term"), stepLabels(TERMS, page.text("years", { number: "" }).trim()), place => stepOf(TERMS, place.term_years)],
      ["homes", page.text("filter-homes"), stepLabels(HOMES, ""), place => stepOf(HOMES, place.homes)],
      ["size", page.text("filter-size"), stepLabels(HECTARES, "ha", 1), place => stepOf(HECTARES, place.buildable_m2 === null ? null : place.buildable_m2 / 10000)],
      ["group", page.text("filter-group"), kinds(group, name => facts.groups[name] || name), group],
      ["owner", page.text("filter-owner"), kinds(owner, name => page.ownerOf(facts, name)), owner],
    ].filter(([, , options]) => options.length > 1).concat(filled.size ? [
      ["target", page.text("next-targets"), [...new Set(filling.map(each => each.target))].map(name => [name, calledOf.get(name) || name]), place => filled.get(`${place.town.head.code} ${place.id}`) || []],
    ] : []);
  };

  page.textOf = place => {
    if (place.words === undefined) {
      const { town, at } = place, { texts, text, count } = town.data.findings;
      const said = [];
      for (let row = town.findings[at]; row < town.findings[at] + count[at]; row += 1) said.push(texts[text[row]]);
      place.words = [place.id, place.parcels, town.head.name, place.owner, place.owner_title, place.site_type_title, ...said].join("\n").toLowerCase();
    }
    return place.words;
  };

  // Which locations pass all filters, and what remains at each option.
  page.filtered = (places, filters, chosen, find) => {
    const wanted = filters.map(([id]) => (Array.isArray(chosen[id]) && chosen[id].length ? new Set(chosen[id]) : null));
    const remains = filters.map(() => new Map());
    const passing = [];
    const needle = find.trim().toLowerCase();
    for (const place of places) {
      if (needle && !page.textOf(place).includes(needle)) continue;
      const values = filters.map(([, , , valueOf]) => [valueOf(place)].flat());
      const refusals = values.map((some, at) => (wanted[at] && !some.some(value => wanted[at].has(value)) ? 1 : 0));
      const refused = refusals.reduce((sum, each) => sum + each, 0);
      if (refused === 0) passing.push(place);
      values.forEach((some, at) => {
        if (refused - refusals[at] > 0) return;
        for (const value of some) {
          const so = remains[at].get(value) || { sites: 0, square: 0 };
          so.sites += 1;
          so.square += place.buildable_m2 || 0;
          remains[at].set(value, so);
        }
      });
    }
    return { passing, remains };
  };

  page.showFilters = (filters, remains, chosen, change) => {
    const panel = page.byId("tab-filters"), focused = document.activeElement && document.activeElement.id;
    panel.replaceChildren(
      ...filters.map(([id, title, options], at) => page.element("fieldset", {},
        page.element("legend", {}, title),
        ...options.filter(([value]) => value !== "?" || remains[at].has("?")).map(([value, label]) => {
          const { sites, square } = remains[at].get(value) || { sites: 0, square: 0 };
          const on = (chosen[id] || []).includes(value), name = `filter-${id}-${value}`;
          return page.element("label", { class: sites || on ? "option" : "option empty" },
            page.element("input", { type: "checkbox", id: name, checked: on, "aria-label": page.text("option", { label, sites: page.number(sites), hectares: page.hectares(square) }), change: event => {
              const others = (chosen[id] || []).filter(each => each !== value);
              change(id, event.target.checked ? [...others, value] : others);
            } }),
            page.element("span", { class: "name" }, label),
            page.element("span", { class: "remain" }, `${page.number(sites)} · ${page.hectares(square)} ha`));
        }))),
      page.element("button", { type: "button", id: "clear-filters", click: () => change(null) }, page.text("reset-filters")));
    if (focused && page.byId(focused)) page.byId(focused).focus();
  };
})(globalThis);
