// The list, and what is known of one location or parcel: what decides, what is open, what is fine.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  const { element } = page;
  const LEVELS = ["very_hard", "hard", "medium", "soft"];
  const NO = 0, UNKNOWN = 1, TAKEN = 2, LITTLE = 3, BESIDE = "next_to:";

  page.nameOf = (facts, place) => {
    const priority = facts.priorities.find(each => each.id === place.priority);
    return priority ? priority.title : page.text(`status-${place.status}`);
  };
  page.ownerOf = (facts, owner) => (owner === null ? null : facts.owners[owner] || owner);
  // A term that lasts as long as any that counts has no end that is known.
  page.termOf = place => {
    if (place.term_years === null) return page.text("unknown");
    const number = page.number(place.term_years, Math.abs(place.term_years - Math.round(place.term_years)) < 0.05 ? 0 : 1);
    const years = page.text("years", { number });
    return place.term_is_open ? page.text("at-least", { number: years }) : years;
  };

  page.rowOf = (place, facts, colour, marked, choose) =>
    element("li", {},
      element("button", { type: "button", class: "row", "data-id": place.id, "aria-pressed": marked ? "true" : "false", click: () => choose(place) },
        element("span", { class: "rank", style: { borderColor: colour } }, place.rank === null ? "–" : String(place.rank)),
        element("span", { class: "what" },
          element("bdi", { class: "id" }, place.id),
          element("span", { class: "where" }, [page.nameOf(facts, place), page.run.municipalities.length > 1 ? place.town.head.name : null].filter(Boolean).join(" · ")),
          element("span", { class: "facts" }, [
            `${page.number(place.homes)} ${page.text("column-homes").toLowerCase()}`, `${page.hectares(place.buildable_m2 || 0)} ha`, page.termOf(place), place.owner_title,
          ].filter(Boolean).join(" · "))),
        element("span", { class: "score" }, place.score === null || Number.isNaN(place.score) ? "–" : page.number(place.score, 1))));

  // The findings of a location or parcel, hardest first, without rules that are switched off.
  page.findingsOf = (rules, findings, start, count, off) => {
    const found = [], without = new Set(off);
    for (let row = start; row < start + count; row += 1) {
      const rule = rules[findings.rule[row]];
      if (!without.has(rule.id)) found.push({ rule, at: findings.rule[row], verdict: findings.verdict[row], text: findings.texts[findings.text[row]] });
    }
    return found.sort((one, other) => LEVELS.indexOf(one.rule.level) - LEVELS.indexOf(other.rule.level) || one.at - other.at);
  };

  // Of a rule that takes land, the map shows which.
  let shownRule = null, showRule = () => {};
  const sentence = ({ rule, text, verdict }) =>
    element("li", {},
      element("span", { class: `level ${rule.level}` }, rule.level_label),
      element("span", {}, text || rule.title),
      rule.takes_land && (verdict === NO || verdict === TAKEN)
        ? element("button", { type: "button", class: "show", "data-rule": rule.id, "aria-pressed": shownRule === rule.id ? "true" : "false", "aria-label": `${page.text(shownRule === rule.id ? "rule-hide" : "rule-show")}: ${rule.title}`, click: () => showRule(rule.id) }, page.text(shownRule === rule.id ? "rule-hide" : "rule-show")) : null,
      verdict === NO && rule.advice ? element("span", { class: "advice" }, rule.advice) : null);

  const part = (title, items, folded = false) => {
    if (!items.length) return null;
    const list = element("ul", { class: "findings" }, items);
    return folded
      ? element("details", {}, element("summary", {}, `${title} (${items.length})`), list)
      : element("section", {}, element("h3", {}, title), list);
  };

  // `decisive` are findings that decide and are told before; they are not told again.
  function explained(rules, all, off, before, decisive = []) {
    const found = all.filter(each => !decisive.includes(each));
    const refused = found.filter(each => each.verdict === NO);
    const decides = refused.filter(each => each.rule.excludes || each.rule.level !== "soft").map(sentence);
    const said = new Set(all.filter(each => each.verdict !== TAKEN).map(each => each.at));
    const fine = rules.filter((rule, at) => !said.has(at) && !rule.left_out && !off.includes(rule.id));
    return [
      element("section", {}, element("h3", {}, page.text("decides")), before,
        decides.length ? element("ul", { class: "findings" }, decides) : null,
        decides.length || before.length ? null : element("p", {}, page.text("decides-nothing"))),
      part(page.text("open"), found.filter(each => each.verdict === UNKNOWN).map(sentence)),
      part(page.text("notes"), found.filter(each => each.verdict === LITTLE || (each.verdict === NO && !each.rule.excludes && each.rule.level === "soft")).map(sentence)),
      part(page.text("taken"), found.filter(each => each.verdict === TAKEN).map(sentence)),
      part(page.text("fine"), fine.map(rule => element("li", {}, rule.title)), true),
      part(page.text("not-asked"), rules.filter(rule => rule.left_out).map(rule => element("li", {}, rule.title)), true),
      part(page.text("sources"), sources(rules), true),
    ];
  }

  function sources(rules) {
    const layers = new Map();
    for (const rule of rules) {
      if (!rule.left_out) for (const layer of rule.layers) if (layer.present) layers.set(layer.title, layer.date);
    }
    return [...layers].map(([title, date]) => element("li", {}, `${title}: ${page.date(date)}`));
  }

  const fact = (name, value) => [element("dt", {}, name), element("dd", {}, value)];

  const score = value => (value === null || Number.isNaN(value) ? page.text("unknown") : page.number(value, 1));

  page.factsOf = place => {
    const range = place.score !== null && place.score_low < place.score_high
      ? page.text("score-range", { score: score(place.score), low: score(place.score_low), high: score(place.score_high) })
      : score(place.score);
    return [
      [page.text("column-score"), range],
      [page.text("column-homes"), place.homes === null ? page.text("unknown") : page.text(place.homes < place.homes_mid ? "homes-project" : "homes-text", { homes: page.number(place.homes), middle: page.number(place.homes_mid), low: page.number(place.homes_low), high: page.number(place.homes_high) })],
      [page.text("column-buildable_m2"), page.area(place.buildable_m2 || 0)],
      [page.text("column-area_m2"), page.area(place.area_m2)],
      [page.text("column-term_years"), place.term_said || page.termOf(place)],
      [page.text("filter-group"), (place.best_group && place.town.data.facts.groups[place.best_group]) || page.text("unknown")],
      [page.text("filter-owner"), place.owner_title || page.text("unknown")],
      [page.text("column-site_type"), place.site_type_title || page.text("unknown")],
      ...(place.plans ? [[page.text("column-plans"), place.plans]] : []),
    ];
  };

  const bar = (title, value) => element("div", { class: "bar" },
    element("span", { class: "name" }, title), element("span", { class: "value" }, score(value)),
    element("span", { class: "track", "aria-hidden": "true" }, element("span", { style: { width: `${value || 0}%` } })));

  page.themesOf = facts => [["suitability", page.text("suitability")], ...Object.entries(facts.themes).filter(([id]) => id !== "suitability")];

  function place(place) {
    const { town, at } = place, { data } = town, { facts } = data;
    const found = page.findingsOf(data.rules, data.findings, town.findings[at], data.findings.count[at], page.counted.off);
    const before = [];
    let decisive = [];
    const lead = (text, findings, more = []) => {
      decisive = findings;
      before.push(element("p", {}, text), element("ul", { class: "findings" }, findings.map(sentence), more.map(each => element("li", {}, each))));
    };
    if (place.decision) before.push(element("p", {}, page.text("decision", { reason: place.decision_reason || place.decision })));
    const keptOutBy = town.keptOutBy(at);
    if (keptOutBy.includes("most")) before.push(element("p", {}, page.text("kept-out-full")));
    else if (keptOutBy.length && keptOutBy[0].startsWith(BESIDE)) before.push(element("p", {}, page.text("kept-out-beside", { id: keptOutBy[0].slice(BESIDE.length) })));
    else if (keptOutBy.length) {
      const why = found.filter(each => each.verdict !== TAKEN && keptOutBy.includes(each.rule.id)), told = why.map(each => each.rule.id);
      const silent = data.rules.filter(rule => keptOutBy.includes(rule.id) && !told.includes(rule.id));
      lead(page.text("kept-out"), why, [
        ...silent.map(rule => page.text("topic-unknown", { topic: rule.topic })),
        ...(keptOutBy.includes("suitability") ? [page.text("location-too-little-suited")] : []),
      ]);
    } else if (place.status === "unknown") lead(page.text("decides-unknown"), found.filter(each => each.verdict === UNKNOWN && each.rule.excludes));
    return [
      element("p", { class: "place" }, [town.head.name, page.nameOf(facts, place)].join(" · ")),
      element("p", { class: "big" }, place.rank === null ? page.text("no-rank") : page.text("rank", { rank: place.rank, ranked: page.number(town.ranked) })),
      element("dl", {}, page.factsOf(place).map(([name, value]) => fact(name, value))),
      place.parcels.includes(";") ? element("p", { class: "small" }, page.text("parts", { ids: place.parcels.split(";").join(", ") })) : null,
      element("section", {}, element("h3", {}, page.text("themes")), page.themesOf(facts).filter(([id]) => id in place).map(([id, title]) => bar(title, place[id]))),
      ...explained(data.rules, found, page.counted.off, before, decisive),
    ];
  }

  function parcel({ town, at }) {
    const { others, data } = town;
    const found = page.findingsOf(data.rules, others.findings, others.starts[at], others.findings.count[at], page.counted.off);
    const before = others.decision[at] ? [element("p", {}, page.text("decision", { reason: others.decision_reason[at] || others.decision[at] }))] : [];
    return [
      element("p", { class: "place" }, town.head.name),
      element("p", { class: "big" }, page.text("status-excluded")),
      element("dl", {}, fact(page.text("column-area_m2"), page.area(others.area_m2[at])), fact(page.text("filter-owner"), page.ownerOf(data.facts, others.owner[at]) || page.text("unknown"))),
      ...explained(data.rules, found, page.counted.off, before),
    ];
  }

  function compared(one, other) {
    const { facts } = one.town.data;
    const rows = [
      [page.text("column-rank"), ...[one, other].map(each => (each.rank === null ? "–" : String(each.rank)))],
      [page.text("column-priority"), ...[one, other].map(each => page.nameOf(each.town.data.facts, each))],
      ...page.factsOf(one).map(([name, value]) => [name, value, (page.factsOf(other).find(([same]) => same === name) || [name, ""])[1]]),
      ...page.themesOf(facts).map(([id, title]) => [title, score(one[id]), score(other[id])]),
    ];
    const sentences = each => {
      const { town, at } = each;
      return page.findingsOf(town.data.rules, town.data.findings, town.findings[at], town.data.findings.count[at], page.counted.off)
        .filter(found => found.verdict === NO && found.rule.level !== "soft").map(found => element("li", {}, found.text));
    };
    return element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": page.text("compare") },
      element("table", {},
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, page.text("column-parcel_id")), element("th", { scope: "col" }, element("bdi", {}, one.id)), element("th", { scope: "col" }, element("bdi", {}, other.id)))),
        element("tbody", {},
          rows.map(([name, ...values]) => element("tr", { class: values[0] === values[1] ? "same" : "differs" }, element("th", { scope: "row" }, name), values.map(value => element("td", {}, value)))),
          element("tr", {}, element("th", { scope: "row" }, page.text("decides")), [one, other].map(each => element("td", {}, element("ul", { class: "findings" }, sentences(each))))))));
  }

  // What the panel shows: a location, a parcel that is none, or two locations side by side.
  page.showPanel = (chosen, other, act) => {
    const panel = page.byId("panel");
    panel.hidden = !chosen;
    document.body.classList.toggle("with-panel", Boolean(chosen));
    document.body.classList.toggle("with-comparison", Boolean(chosen && other));
    if (!chosen) { panel.replaceChildren(); return; }
    const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.rule : undefined;
    shownRule = act.overlay;
    showRule = act.showRule;
    const isPlace = chosen.kind === "place";
    const id = isPlace ? chosen.id : chosen.town.others.id[chosen.at];
    panel.setAttribute("aria-label", id);
    panel.classList.toggle("compare", Boolean(other));
    panel.replaceChildren(
      element("div", { class: "head" }, element("h2", {}, element("bdi", {}, id)),
        element("button", { type: "button", id: "close", "aria-label": page.text("close"), click: act.close }, "×")),
      element("div", { class: "tools" },
        element("button", { type: "button", click: act.zoom }, page.text("zoom-to")),
        isPlace ? element("button", { type: "button", id: "compare", "aria-pressed": act.isComparing ? "true" : "false", click: act.compare }, page.text(act.isComparing || other ? "compare-stop" : "compare")) : null,
        chosen.town.reports && isPlace && chosen.dossier ? element("a", { class: "button", href: page.dossierOf(chosen) }, page.text("dossier")) : null,
        chosen.town.reports ? element("a", { class: "button", href: page.reportOf(chosen.town) }, page.text("report", { text: chosen.town.head.name })) : null),
      ...(act.isComparing && !other ? [element("p", { class: "hint", role: "status" }, page.text("compare-choose"))] : []),
      ...(other ? [compared(chosen, other)] : isPlace ? place(chosen) : parcel(chosen)).filter(Boolean));
    const again = focused === undefined ? null : [...panel.querySelectorAll("[data-rule]")].find(each => each.dataset.rule === focused);
    if (again) again.focus();
  };
})(globalThis);
