// Choices that change what the run found: weights, target group, rules that are switched off. And
// what the library worked out besides: what rules take, moves, targets, sources.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  const { element } = page;

  const slider = (id, title, value, original, change) => {
    const shown = element("output", { for: id, class: value === original ? "" : "changed" }, page.number(value, value % 1 ? 1 : 0));
    const most = Math.max(100, original);
    return element("label", { class: "slider", for: id },
      element("span", { class: "name" }, title), shown,
      element("input", { type: "range", id, min: 0, max: most, step: original % 1 ? "any" : 1, value, input: event => {
        shown.textContent = page.number(Number(event.target.value));
        change(Number(event.target.value));
      } }));
  };

  // A weight that is back where it was is no change.
  const withWeight = (weights, model, name, value) => {
    const changed = { ...weights, [name]: value };
    const original = model.find(([each]) => each === name)[1];
    if (value === original) delete changed[name];
    return changed;
  };
  const current = (weights, name, original) => (weights && name in weights ? weights[name] : original);
  const allZero = (model, weights) => model.every(([name, share]) => current(weights, name, share) === 0);

  page.showWeights = (state, town, change) => {
    const { model, facts, criteria } = town.data, panel = page.byId("tab-weights");
    const titles = new Map(criteria.map(each => [each.id, each.title]));
    const themes = new Map(page.themesOf(facts));
    const open = new Set([...panel.querySelectorAll("details[open]")].map(each => each.dataset.group));
    panel.replaceChildren(
      element("p", { class: "hint" }, page.text("weights-hint")),
      element("label", { class: "field" }, page.text("group"),
        element("select", { id: "target", change: event => change({ target: event.target.value || null }) },
          element("option", { value: "" }, page.text("group-best")),
          model.groups.map(group => element("option", { value: group.id, selected: state.target === group.id }, facts.groups[group.id] || group.id)))),
      element("fieldset", {}, element("legend", {}, page.text("weights-themes")),
        model.score.map(([name, share]) => slider(`theme-${name}`, themes.get(name) || name, current(state.score, name, share), share, value => {
          const score = withWeight(state.score, model.score, name, value);
          if (!allZero(model.score, score)) change({ score }, true);
        }))),
      ...model.groups.filter(group => state.target === null || group.id === state.target).map(group =>
        element("details", { "data-group": group.id, open: state.target === group.id || open.has(group.id) },
          element("summary", {}, page.text("weights-group", { group: facts.groups[group.id] || group.id })),
          group.weights.map(([name, share]) => slider(`group-${group.id}-${name}`, titles.get(name) || name, current(state.groups[group.id], name, share), share, value => {
            const weights = withWeight(state.groups[group.id] || {}, group.weights, name, value);
            if (allZero(group.weights, weights)) return;
            const groups = { ...state.groups, [group.id]: weights };
            if (!Object.keys(weights).length) delete groups[group.id];
            change({ groups }, true);
          })))),
      element("div", { class: "tools" },
        element("button", { type: "button", id: "reset", disabled: !page.isChanged(state), click: () => change({ score: {}, groups: {}, target: null, off: [] }) }, page.text("reset")),
        element("button", { type: "button", id: "save", disabled: !page.isChanged(state), click: () => showVariant(state, model) }, page.text("save"))),
      element("div", { id: "variant" }));
  };

  function showVariant(state, model) {
    const text = page.variantOf(state, model, document.title);
    page.byId("variant").replaceChildren(
      element("p", { class: "hint" }, page.text("save-hint")),
      element("pre", { tabindex: "0", id: "variant-text" }, text),
      element("div", { class: "tools" },
        element("button", { type: "button", click: event => page.copy(text, event.target) }, page.text("copy")),
        element("a", { class: "button", download: "variant.toml", href: `data:text/plain;charset=utf-8,${encodeURIComponent(text)}` }, "variant.toml")));
  }

  page.copy = (text, button) => {
    const said = button.textContent, tell = () => {
      button.textContent = page.text("copied");
      setTimeout(() => { button.textContent = said; }, 1500);
    };
    const byHand = () => {
      const field = element("textarea", { "aria-hidden": "true", style: { position: "fixed", opacity: "0" } });
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy"); // where the page comes from a folder there is no other way
      field.remove();
      tell();
    };
    if (navigator.clipboard && root.isSecureContext) navigator.clipboard.writeText(text).then(tell, byHand);
    else byHand();
  };

  page.showRules = (state, towns, change) => {
    const panel = page.byId("tab-rules"), { rules } = towns[0].data;
    const everywhere = rule => towns.every(town => town.data.rules.some(each => each.id === rule.id && each.can_be_switched));
    const others = rules.filter(rule => !rule.excludes && !rule.left_out);
    const excluding = rules.filter(rule => rule.excludes && !rule.left_out);
    const focused = document.activeElement && document.activeElement.id;
    const parcels = rule => towns.reduce((sum, town) => sum + town.data.rules.filter(each => each.id === rule.id).reduce((all, each) => all + each.parcels, 0), 0);
    const hits = new Map(excluding.map(rule => [rule.id, parcels(rule)]));
    excluding.sort((one, other) => hits.get(other.id) - hits.get(one.id));
    panel.replaceChildren(
      element("h3", {}, page.text("rules-exclude")), element("p", { class: "hint" }, page.text("rules-exclude-hint")),
      element("ul", { class: "rules" }, excluding.filter(rule => hits.get(rule.id)).map(rule => {
        const on = state.overlay === rule.id;
        return element("li", {},
          element("span", { class: "what" }, element("span", {}, element("span", { class: `level ${rule.level}` }, rule.level_label), rule.title), element("span", { class: "facts" }, page.text("rule-hits", { parcels: page.number(hits.get(rule.id)) }))),
          isShown(rule, towns) ? element("button", { type: "button", id: `show-${rule.id}`, "aria-pressed": on ? "true" : "false", "aria-label": `${page.text(on ? "rule-hide" : "rule-show")}: ${rule.title}`, click: () => change({ overlay: on ? null : rule.id }) }, page.text(on ? "rule-hide" : "rule-show")) : null,
          on && page.toldOf(rule, towns) === "legend-touched" ? element("p", { class: "hint", id: "rule-touched" }, page.text("rule-touched")) : null,
          on ? element("p", { class: "hint", id: "rule-told" }, freed(rule, towns)) : null);
      })),
      element("details", {}, element("summary", {}, page.text("rules-without")), element("ul", {}, excluding.filter(rule => !hits.get(rule.id)).map(rule => element("li", { class: "small" }, rule.title)))),
      element("h3", {}, page.text("rules-switch")), element("p", { class: "hint" }, page.text("rules-switch-hint")),
      element("ul", { class: "rules" }, others.map(rule => {
        const can = everywhere(rule);
        return element("li", {}, element("label", {},
          element("input", { type: "checkbox", id: `rule-${rule.id}`, checked: !state.off.includes(rule.id), disabled: !can, change: event =>
            change({ off: event.target.checked ? state.off.filter(each => each !== rule.id) : [...state.off, rule.id] }) }),
          element("span", { class: `level ${rule.level}` }, rule.level_label), element("span", { class: "name" }, rule.title)),
        can ? null : element("p", { class: "hint" }, page.text("rule-sites")));
      })));
    if (focused && page.byId(focused)) page.byId(focused).focus();
  };

  // What the map shows of a rule: the land that it takes, the parcels that it excludes, or, where results hold no
  // land by rule, the parcels that it touches.
  page.toldOf = (rule, towns) => (!rule.on_land ? "legend-excluded" : towns.every(page.knowsLand) ? "legend-taken" : "legend-touched");
  const isShown = (rule, towns) => !rule.on_land || towns.some(town => !page.knowsLand(town) || page.takesLand(town, rule.id));

  // What comes free without an excluding rule is the library's to say: a browser lays out no homes.
  function freed(rule, towns) {
    const code = towns.length === page.run.municipalities.length ? "*" : towns[0].head.code;
    const row = page.followUps.what_if.find(each => each.rule === rule.id && each.code === (towns.length === 1 ? towns[0].head.code : code));
    if (!row || row.locations === null) return page.text("rule-ask", { rule: rule.id });
    const change = (amount, value, decimals = 0) =>
      page.text(value >= 0 ? "change-more" : decimals ? "change-less" : "change-fewer", { text: page.text(amount, { number: page.number(Math.abs(value), decimals) }) });
    const said = (id, { locations, hectares, homes, best_homes: best, level }) => page.text(id, {
      changes: [
        locations ? change("of-locations", locations) : "", Math.abs(hectares) >= 0.05 ? change("of-hectares", hectares, 1) : "", homes ? change("of-homes", homes) : "",
        best ? page.text("in-best", { text: change("of-homes", best) }) : best === 0 && (locations || homes) ? page.text("none-in-best") : "",
      ].filter(Boolean).join(", ") || page.text("change-none"),
      level: (level || "").toLowerCase(),
    });
    return [said("rule-frees", row), row.softer && row.softer.locations !== null ? said("rule-softer", row.softer) : ""].filter(Boolean).join(" ");
  }

  // Groups of one place that strand in one year for one reason are told as one.
  function together(stranded) {
    const found = new Map();
    for (const { id, year, homes, reason } of stranded) {
      const key = JSON.stringify([id, year, reason]), so = found.get(key) || { id, year, reason, homes: 0, groups: 0 };
      found.set(key, { ...so, homes: so.homes + homes, groups: so.groups + 1 });
    }
    return [...found.values()];
  }

  page.showNext = (state, towns, change) => {
    const { moves, said, years, stranded, targets, filling } = page.followUps, panel = page.byId("tab-next");
    const focused = document.activeElement && document.activeElement.id;
    const codes = new Set(towns.map(town => town.head.code));
    const parts = [];
    if (said.length) {
      const every = [...new Set(years.map(each => each.year))].sort((one, other) => one - other);
      const year = state.year === null ? null : Number(state.year);
      const here = years.filter(each => codes.has(each.code) && each.year === year);
      const total = name => here.reduce((sum, each) => sum + each[name], 0);
      parts.push(
        element("h3", {}, page.text("next-moves")), element("ul", {}, said.map(line => element("li", {}, line))),
        element("label", { class: "field" }, page.text("next-year"),
          element("select", { id: "year", change: event => change({ year: event.target.value ? Number(event.target.value) : null }) },
            element("option", { value: "" }, "–"), every.map(each => element("option", { value: each, selected: each === year }, String(each))))),
        year === null ? null : element("p", { id: "year-told", role: "status" }, page.text("next-homes", { moved: page.number(total("moved_out")), stranded: page.number(total("stranded")) })),
        stranded.length ? element("section", {}, element("h4", {}, page.text("next-stranded")), element("ul", {}, together(stranded).map(each => element("li", {}, element("bdi", {}, each.id), ` · ${page.text("next-stranded-row", { groups: String(each.groups), year: each.year, homes: page.number(each.homes), reason: each.reason })}`)))) : null);
    }
    if (targets.length) {
      parts.push(element("h3", {}, page.text("next-targets")), element("ul", { class: "targets" }, targets.map(each =>
        element("li", {}, element("strong", {}, filling.some(one => one.target === each.target)
          ? element("button", { type: "button", id: `fill-${each.target}`, click: () => change({ tab: "list", filters: { target: [each.target] }, find: "" }) }, each.title) : each.title), element("span", { class: "facts" }, [
          each.place, `${page.number(each.homes)} ${page.text("column-homes").toLowerCase()}`,
          each.short === null ? page.text("unknown") : each.short > 0 ? page.text("target-short", { short: page.number(each.short) }) : page.text("target-covered"),
        ].join(" · "))))));
    }
    if (!parts.length) parts.push(element("p", {}, page.text("next-nothing")));
    panel.replaceChildren(...parts.filter(Boolean));
    if (focused && page.byId(focused)) page.byId(focused).focus();
  };

  page.showAbout = towns => {
    const { facts, rules } = towns[0].data;
    const unknown = town => element("ul", {}, town.data.facts.not_known.map(said => element("li", {}, said)));
    page.byId("tab-about").replaceChildren(
      element("p", {}, page.text("about-study", { study: facts.study, date: page.date(facts.as_of), ruleset: facts.ruleset, version: facts.ruleset_version, made: facts.version })),
      element("p", { class: "hint" }, page.text("about-coarse")),
      element("h3", {}, page.text("about-unknown")),
      ...(towns.length === 1 ? [unknown(towns[0])] : towns.map(town => element("details", { open: towns.length <= 3 }, element("summary", {}, town.head.name), unknown(town)))),
      element("h3", {}, page.text("sources")), element("p", { class: "hint" }, facts.sources_note),
      element("ul", {}, facts.sources.map(each => element("li", {}, each))),
      element("details", {}, element("summary", {}, `${page.text("tab-rules")} (${rules.length})`),
        element("ul", {}, rules.map(rule => element("li", {}, element("strong", {}, rule.title), ` ${rule.level_label}; ${rule.basis}: ${rule.source}`)))));
  };
})(globalThis);
