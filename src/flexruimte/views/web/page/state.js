// What a reader has chosen is one plain object. A link holds what differs from how the page opens.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});

  page.opening = () => ({
    municipality: "", tab: "list", sort: "rank", colour: "priority", find: "", chosen: null, other: null,
    filters: {}, score: {}, groups: {}, target: null, off: [], overlay: null, parcels: null, layout: true, year: null,
  });
  page.state = page.opening();

  page.isChanged = state =>
    Object.keys(state.score).length > 0 || Object.keys(state.groups).length > 0 || state.target !== null || state.off.length > 0;

  page.linkOf = state => {
    const opening = page.opening(), differs = {};
    for (const [name, value] of Object.entries(state)) {
      if (JSON.stringify(value) !== JSON.stringify(opening[name])) differs[name] = value;
    }
    return Object.keys(differs).length ? `#${encodeURIComponent(JSON.stringify(differs))}` : "#";
  };

  // A link that is damaged, or of another page, opens the page as it is.
  page.stateOf = link => {
    const opening = page.opening();
    let said = {};
    try {
      said = JSON.parse(decodeURIComponent(String(link).replace(/^#/, "")) || "{}");
    } catch (error) {
      return opening;
    }
    if (typeof said !== "object" || said === null) return opening;
    for (const name of Object.keys(opening)) {
      if (!Object.hasOwn(said, name)) continue;
      const value = said[name], before = opening[name];
      const fits = before === null
        ? value === null || ["string", "number", "boolean", "object"].includes(typeof value)
        : typeof value === typeof before && Array.isArray(value) === Array.isArray(before) && value !== null;
      if (fits) opening[name] = value;
    }
    for (const weights of [opening.score, ...Object.values(opening.groups)]) {
      for (const name of Object.keys(weights || {})) {
        if (!(Number.isFinite(weights[name]) && weights[name] >= 0)) delete weights[name];
      }
    }
    opening.off = opening.off.filter(rule => typeof rule === "string");
    if (opening.target !== null && typeof opening.target !== "string") opening.target = null;
    for (const name of Object.keys(opening.filters)) {
      const wanted = opening.filters[name];
      if (!Array.isArray(wanted) || !wanted.every(each => typeof each === "string")) delete opening.filters[name];
    }
    return opening;
  };

  // Choices of a link that these municipalities cannot follow are taken back: no number is shown that
  // the library would not give. Says whether there were any.
  page.takeBack = (state, towns) => {
    const before = JSON.stringify([state.off, state.target, state.score, state.groups]);
    const { model } = towns[0];
    const nothing = (weights, changes) => weights.every(([name, share]) => (name in changes ? changes[name] : share) === 0);
    const known = (weights, changes) => Object.fromEntries(Object.entries(changes).filter(([name]) => weights.some(([each]) => each === name)));
    state.off = state.off.filter(rule => towns.every(town => town.rules.some(each => each.id === rule && each.can_be_switched)));
    if (!model.groups.some(group => group.id === state.target)) state.target = null;
    state.score = known(model.score, state.score);
    if (nothing(model.score, state.score)) state.score = {};
    const groups = {};
    for (const group of model.groups) {
      const changes = known(group.weights, state.groups[group.id] || {});
      if (Object.keys(changes).length && !nothing(group.weights, changes)) groups[group.id] = changes;
    }
    state.groups = groups;
    return JSON.stringify([state.off, state.target, state.score, state.groups]) !== before;
  };

  const quoted = text => `"${String(text).replace(/[\\"]/g, "\\$&").replace(/[\u0000-\u001f\u007f]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
  const key = name => (/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name));
  const table = weights => `{ ${weights.map(([name, share]) => `${key(name)} = ${share}`).join(", ")} }`;

  // The choices as a TOML file of `flexruimte whatif`: whole tables of weights, in the order of the
  // ruleset; a weight of 0 is left out.
  page.variantOf = (state, model, title) => {
    const merged = (weights, changes) => weights.map(([name, share]) => [name, name in changes ? changes[name] : share]).filter(([, share]) => share > 0);
    const lines = [`title = ${quoted(title)}`];
    if (state.target !== null) lines.push("", "[study]", `target_groups = [${quoted(state.target)}]`);
    if (Object.keys(state.score).length) lines.push("", "[score]", `weights = ${table(merged(model.score, state.score))}`);
    for (const group of model.groups) {
      const changes = state.groups[group.id];
      if (changes && Object.keys(changes).length) lines.push("", `[groups.${key(group.id)}]`, `weights = ${table(merged(group.weights, changes))}`);
    }
    for (const rule of state.off) lines.push("", `[rules.${key(rule)}]`, "enabled = false");
    return `${lines.join("\n")}\n`;
  };

  if (typeof module !== "undefined") module.exports = page;
})(globalThis);
