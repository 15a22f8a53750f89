// Which colour each location has, and what the legend says of it. The colours stay apart for people
// who see no red or green: Okabe and Ito's for kinds, cividis (Nuñez and others, 2018) for amounts. Colours of about the
// same grey have a pattern each, as the report has, so that they stay apart on paper in black and white.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  const KINDS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a900", "#7a5195", "#8a5a3c"];
  const CLASSES = ["#0a4f8f", "#e69a1c", "#9aa3a8", "#6c7a5c", "#b08a6e", "#54606a"];
  const PATTERNS_OF_KINDS = ["", "", "", "stripes", "back", "back", "dots", "stripes", "dots"];
  const PATTERNS_OF_CLASSES = ["", "stripes", "", "", "back", "dots"];
  const AMOUNTS = ["#00204d", "#3f4d6b", "#7c7b78", "#b8a75f", "#eed54b"]; // from much to little
  page.UNKNOWN = "#cbb8d8";
  page.UNKNOWN_PATTERN = "cross";
  const RANKS = [[1, 5], [6, 10], [11, 25], [26, 100], [101, Infinity]];
  const SCORES = [[80, 101], [60, 80], [40, 60], [20, 40], [0, 20]];
  const YEARS = [[20, Infinity], [15, 20], [10, 15], [5, 10], [0, 5]];

  const amounts = (steps, valueOf, labelOf) => ({
    entries: steps.map((step, at) => ({ label: labelOf(step), colour: AMOUNTS[at], pattern: "" })),
    classOf: place => {
      const value = valueOf(place);
      return value === null || Number.isNaN(value) ? -1 : steps.findIndex(([low, high]) => value >= low && value < (high === Infinity ? Infinity : high));
    },
  });

  const kinds = (places, valueOf, labelOf) => {
    const counts = new Map();
    for (const place of places) counts.set(valueOf(place), (counts.get(valueOf(place)) || 0) + 1);
    counts.delete(null);
    const names = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one) || (one < other ? -1 : 1));
    return { entries: names.map((name, at) => ({ label: labelOf(name), colour: KINDS[at % KINDS.length], pattern: PATTERNS_OF_KINDS[at % KINDS.length] })), classOf: place => names.indexOf(valueOf(place)) };
  };

  const range = ([low, high], unit = each => each) =>
    high === Infinity ? page.text("from", { from: unit(low) }) : `${low}–${high}`;

  // { entries: [{ label, colour, pattern }], classOf: place => number of the entry, or -1 }
  page.coloursBy = (by, places, facts) => {
    if (by === "rank") {
      const steps = RANKS.map(([low, high]) => [low, high + 1]);
      const made = amounts(steps, place => place.rank, ([low, high]) => (high === Infinity ? page.text("from", { from: low }) : `${low}–${high - 1}`));
      return made;
    }
    if (by === "owner") return kinds(places, place => place.owner, owner => page.ownerOf(facts, owner));
    if (by === "status") {
      const names = ["available", "attention", "unknown"];
      return { entries: names.map((name, at) => ({ label: page.text(`status-${name}`), colour: [KINDS[0], KINDS[1], page.UNKNOWN][at], pattern: ["", "", page.UNKNOWN_PATTERN][at] })), classOf: place => names.indexOf(place.status) };
    }
    if (by === "years") return amounts(YEARS, place => place.term_years, step => range(step, years => page.text("years", { number: years })));
    if (by === "priority" && facts.priorities.length) {
      return {
        entries: facts.priorities.map((each, at) => ({ label: each.title, colour: CLASSES[at % CLASSES.length], pattern: PATTERNS_OF_CLASSES[at % CLASSES.length] })),
        classOf: place => facts.priorities.findIndex(each => each.id === place.priority),
      };
    }
    const column = by === "priority" ? "score" : by;
    return amounts(SCORES, place => place[column], ([low, high]) => `${low}–${Math.min(high, 100)}`);
  };

  page.colourChoices = facts => {
    const themes = ["suitability", ...Object.keys(facts.themes)];
    return [
      ...["priority", "rank", "score"].map(name => [name, page.text(`by-${name}`)]),
      ...themes.map(name => [name, name === "suitability" ? page.text("suitability") : facts.themes[name]]),
      ["years", page.text("by-term")], ["owner", page.text("by-owner")], ["status", page.text("by-status")],
    ];
  };
})(globalThis);
