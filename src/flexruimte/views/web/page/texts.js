// Words, numbers and elements. Every text that comes from data becomes a text node, never markup.
"use strict";

(function (root) {
  const page = (root.flexruimte = root.flexruimte || {});
  page.texts = {};
  page.language = "nl";

  // The text by its id, with {name} filled in; what is said of one has a text of its own, by the first of the values.
  page.text = (id, values = {}) =>
    ((Object.values(values)[0] === "1" && page.texts[`${id}-one`]) || page.texts[id] || id).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  page.number = (value, decimals = 0) =>
    value === null || value === undefined || Number.isNaN(value)
      ? page.text("unknown")
      : value.toLocaleString(page.language === "nl" ? "nl-NL" : "en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

  page.hectares = square => page.number(square / 10000, 1);

  // An area as people say it: a garden is not 0.0 ha.
  page.area = square => (square < 1000 ? `${page.number(square)} m²` : `${page.hectares(square)} ha`);

  page.date = text => {
    if (!text) return page.text("no-date");
    const [year, month, day] = text.split("-").map(Number);
    return new Date(Date.UTC(year, month - 1, day)).toLocaleDateString(page.language === "nl" ? "nl-NL" : "en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  };

  // An element with attributes and children; functions listen, texts stay texts.
  page.element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (typeof value === "function") made.addEventListener(name, value);
      else if (name === "style") Object.assign(made.style, value);
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
    return made;
  };

  page.byId = id => document.getElementById(id);
})(globalThis);
