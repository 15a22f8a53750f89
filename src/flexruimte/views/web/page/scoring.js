// Scores, priorities and ranks of locations from what the library handed over: the same sums in the
// same order, so that every number is the library's to the last decimal. No page, no map: a test
// holds this file against the library.
"use strict";

(function (root) {
  const NO = 0, UNKNOWN = 1;

  // numpy rounds halves to even, after multiplying.
  function rounded(value, decimals) {
    const factor = 10 ** decimals, scaled = value * factor, below = Math.floor(scaled);
    const over = scaled - below;
    const whole = over > 0.5 || (over === 0.5 && below % 2 !== 0) ? below + 1 : below;
    return Number.isNaN(value) ? NaN : whole / factor;
  }

  // The mean of what is known, added one after the other in the order of the weights.
  function weightedMean(columns, weights, count) {
    const total = new Float64Array(count), weight = new Float64Array(count);
    for (const [name, share] of weights) {
      const column = columns[name];
      for (let at = 0; at < count; at += 1) {
        if (!Number.isNaN(column[at])) {
          total[at] += column[at] * share;
          weight[at] += share;
        }
      }
    }
    for (let at = 0; at < count; at += 1) total[at] = weight[at] > 0 ? total[at] / weight[at] : NaN;
    return total;
  }

  // Plain loops: a callback for each of 20,000 locations costs more than the sums.
  function made(count, valueOf) {
    const column = new Float64Array(count);
    for (let at = 0; at < count; at += 1) column[at] = valueOf(at);
    return column;
  }
  const numbers = values => made(values.length, at => (values[at] === null ? NaN : values[at]));
  const filled = (column, unknown) => made(column.length, at => (Number.isNaN(column[at]) ? unknown : column[at]));

  // What stays the same whatever is chosen: columns of numbers, and where each rule says no or does
  // not know.
  function prepared(data) {
    const count = data.locations.id.length;
    const no = new Map(), unknown = new Map();
    let row = 0;
    for (let at = 0; at < count; at += 1) {
      for (const end = row + data.findings.count[at]; row < end; row += 1) {
        const verdict = data.findings.verdict[row];
        if (verdict !== NO && verdict !== UNKNOWN) continue;
        const where = verdict === NO ? no : unknown;
        const rule = data.rules[data.findings.rule[row]].id;
        if (!where.has(rule)) where.set(rule, new Uint8Array(count));
        where.get(rule)[at] = 1;
      }
    }
    const lifted = new Uint8Array(count);
    for (const at of data.lifted) lifted[at] = 1;
    const decidedIn = Uint8Array.from(data.locations.decision, decision => (decision === "in" ? 1 : 0));
    const scores = {}, lowest = {}, highest = {}, known = {};
    for (const name of data.model.criteria) {
      scores[name] = numbers(data.exact[name]);
      lowest[name] = filled(scores[name], 0);
      highest[name] = filled(scores[name], 100);
      known[name] = made(count, at => (Number.isNaN(scores[name][at]) ? 0 : 1));
    }
    const beside = Object.fromEntries(Object.entries(data.beside).map(([priority, pairs]) => [priority, besideEach(pairs)]));
    const ready = { data, count, scores, lowest, highest, known, no, unknown, lifted, decidedIn, beside, homes: numbers(data.locations.homes) };
    ready.asItIs = data.neighbours && data.neighbours.exact && suitedNeighbours(data, askedOf(data.model, {}));
    return ready;
  }

  // Pairs of locations that lie near to each other, by location.
  function besideEach([ones, others]) {
    const found = new Map();
    const add = (one, other) => { if (found.has(one)) found.get(one).push(other); else found.set(one, [other]); };
    ones.forEach((one, at) => { add(one, others[at]); add(others[at], one); });
    return found;
  }

  function changedWeights(weights, changes) {
    const changed = weights.map(([name, share]) => [name, changes && name in changes ? changes[name] : share]);
    return changed.filter(([, share]) => share > 0);
  }

  // Criteria with the rules of level medium counted anew, without those that are switched off.
  function criteriaWithout(ready, off) {
    const { data, count } = ready, { model } = data;
    const scores = { ...ready.scores }, lowest = { ...ready.lowest }, highest = { ...ready.highest }, known = { ...ready.known };
    const medium = model.medium.filter(rule => !off.has(rule));
    const left = new Set(data.rules.filter(rule => rule.left_out).map(rule => rule.id));
    const refusals = new Int32Array(count), answers = new Int32Array(count);
    for (const rule of data.rules) {
      const no = rule.excludes && !left.has(rule.id) && ready.no.get(rule.id);
      if (no) for (let at = 0; at < count; at += 1) if (no[at] && ready.decidedIn[at]) refusals[at] += 1;
    }
    for (const rule of medium) {
      if (left.has(rule)) continue;
      const no = ready.no.get(rule), unknown = ready.unknown.get(rule);
      for (let at = 0; at < count; at += 1) {
        if (no && no[at]) refusals[at] += 1;
        if (!(unknown && unknown[at])) answers[at] += 1;
      }
    }
    for (const [name, ofPoints] of Object.entries(model.medium_scores)) {
      const least = at => ofPoints[refusals[at]], most = at => ofPoints[refusals[at] + medium.length - answers[at]];
      scores[name] = made(count, at => (answers[at] > 0 ? least(at) : NaN));
      lowest[name] = made(count, at => Math.min(least(at), most(at)));
      highest[name] = made(count, at => Math.max(least(at), most(at)));
      known[name] = made(count, at => (medium.length ? answers[at] / medium.length : 0));
    }
    return { scores, lowest, highest, known };
  }

  // Where enough of the weight of each group is known for a score.
  function enoughKnown(known, asked, least, count) {
    const enough = {};
    for (const group of asked.groups) {
      const share = weightedMean(known, group.weights, count);
      enough[group.id] = Uint8Array.from(share, each => (rounded(each, 4) >= least ? 1 : 0));
    }
    return enough;
  }

  function suitabilities(criteria, asked, count, enough) {
    const columns = {};
    for (const group of asked.groups) {
      const column = weightedMean(criteria, group.weights, count);
      if (enough) for (let at = 0; at < count; at += 1) if (!enough[group.id][at]) column[at] = NaN;
      columns[`suitability_${group.id}`] = column;
    }
    return columns;
  }

  // For the group that it suits best, as far as known; not known where it is for none.
  const bestSuitability = (columns, groups, count) => made(count, at => {
    const known = groups.map(group => columns[`suitability_${group.id}`][at]).filter(score => !Number.isNaN(score));
    return known.length ? Math.max(...known) : NaN;
  });

  // Which classes parcels suit by themselves that may become part of a site: as long as these are the
  // same, the same parcels become sites.
  function suitedNeighbours(data, asked) {
    const { model, neighbours } = data, { count } = neighbours, scores = {}, known = {};
    for (const [name, values] of Object.entries(neighbours.exact)) {
      scores[name] = numbers(values);
      known[name] = made(count, at => (Number.isNaN(scores[name][at]) ? 0 : 1));
    }
    const columns = suitabilities(scores, asked, count, enoughKnown(known, asked, model.least_known_share, count));
    for (const column of Object.values(columns)) column.forEach((score, at) => { column[at] = rounded(score, 2); });
    const suits = bestSuitability(columns, asked.groups, count);
    return model.priorities.filter(priority => priority.suitable_from !== null)
      .map(priority => Array.from(suits, score => (score < priority.suitable_from ? 1 : 0)).join("")).join(";");
  }

  function combined(criteria, asked, count, enough) {
    const columns = suitabilities(criteria, asked, count, enough);
    const names = Object.keys(columns);
    if (!names.length) columns.suitability = new Float64Array(count).fill(NaN);
    else if (asked.bestGroup) {
      const best = made(count, () => NaN);
      for (const name of names) {
        const column = columns[name];
        for (let at = 0; at < count; at += 1) if (column[at] > best[at] || Number.isNaN(best[at])) best[at] = column[at];
      }
      columns.suitability = best;
    } else columns.suitability = weightedMean(columns, names.map(name => [name, 1]), count);
    for (const theme of asked.themes) {
      const mean = weightedMean(criteria, theme.weights, count);
      for (const link of theme.lowest || []) {
        // A chain is as strong as its weakest link, as far as that is known.
        for (let at = 0; at < count; at += 1) {
          const score = criteria[link][at];
          if (Number.isNaN(mean[at]) || score < mean[at]) mean[at] = Number.isNaN(score) ? mean[at] : score;
        }
      }
      columns[theme.id] = mean;
    }
    columns.score = weightedMean(columns, asked.score, count);
    return columns;
  }

  function bestGroups(columns, groups, count) {
    const best = new Array(count).fill(null), most = made(count, () => -1);
    for (const group of groups) {
      const column = columns[`suitability_${group.id}`];
      for (let at = 0; at < count; at += 1) if (column[at] > most[at]) { most[at] = column[at]; best[at] = group.id; }
    }
    return best;
  }

  function knownShare(known, asked, best, count, enough) {
    const shares = {};
    const byGroup = {};
    for (const group of asked.groups) {
      const share = weightedMean(known, group.weights, count);
      byGroup[group.id] = made(count, at => (enough[group.id][at] ? share[at] : 0));
    }
    for (const theme of asked.themes) shares[theme.id] = weightedMean(known, theme.weights, count);
    if (!asked.groups.length) shares.suitability = new Float64Array(count).fill(NaN);
    else if (asked.bestGroup) {
      shares.suitability = made(count, at => (best[at] === null ? 0 : byGroup[best[at]][at]));
    } else shares.suitability = weightedMean(byGroup, asked.groups.map(group => [group.id, 1]), count);
    return weightedMean(shares, asked.score, count);
  }

  // What keeps locations out of a class, in the order of the ruleset: a rule, and where it does; then
  // that they suit no group enough.
  function against(ready, priority, off, suits) {
    const { data, count } = ready, found = [];
    for (const rule of data.rules) {
      if (off.has(rule.id)) continue;
      const no = ready.no.get(rule.id), unknown = ready.unknown.get(rule.id);
      if (priority.passes.includes(rule.id)) {
        if (rule.left_out) found.push([rule.id, new Uint8Array(count).fill(1)]);
        else for (const where of [no, unknown]) if (where) found.push([rule.id, where]);
      } else if (priority.refuses.includes(rule.id) && no && !rule.left_out) {
        const stays = priority.refuses_whatever_is_decided.includes(rule.id);
        found.push([rule.id, stays ? no : no.map((each, at) => (ready.decidedIn[at] ? 0 : each))]);
      }
    }
    if (priority.suitable_from !== null) {
      found.push(["suitability", Uint8Array.from(suits, score => (score < priority.suitable_from ? 1 : 0))]);
    }
    return found;
  }

  function statuses(ready, off) {
    const { data, count } = ready;
    const calling = data.rules.filter(rule => !rule.excludes && rule.level !== "soft" && !off.has(rule.id));
    const attention = Uint8Array.from(ready.lifted);
    for (const rule of calling) {
      const no = ready.no.get(rule.id);
      if (no) for (let at = 0; at < count; at += 1) if (no[at]) attention[at] = 1;
    }
    return data.locations.status.map((status, at) =>
      status === "available" || status === "attention" ? (attention[at] ? "attention" : "available") : status);
  }

  function askedOf(model, choices) {
    const groups = choices.target ? model.groups.filter(group => group.id === choices.target) : model.groups;
    return {
      bestGroup: choices.target ? false : model.best_group,
      groups: groups.map(group => ({ id: group.id, weights: changedWeights(group.weights, (choices.groups || {})[group.id]) })),
      themes: model.themes,
      score: changedWeights(model.score, choices.score),
    };
  }

  // Whether other parcels may become one location, which is the library's to work out.
  function sitesMayDiffer(ready, choices) {
    const { data } = ready, { groups, target, off } = choices;
    if (!data.neighbours) return false;
    if (!data.neighbours.exact) return Boolean(target || Object.keys(groups || {}).length || (off || []).length);
    return suitedNeighbours(data, askedOf(data.model, choices)) !== ready.asItIs;
  }

  // choices: { score: {theme: weight}, groups: {group: {criterion: weight}}, target: group or null,
  //            off: [rule] }
  function judged(ready, choices) {
    const { data, count } = ready, { model } = data;
    const off = new Set(choices.off || []), asked = askedOf(model, choices);
    const criteria = criteriaWithout(ready, off);
    const enough = enoughKnown(criteria.known, asked, model.least_known_share, count);
    const exact = combined(criteria.scores, asked, count, enough);
    const found = {};
    for (const [name, column] of Object.entries(exact)) found[name] = column.map(score => rounded(score, 2));
    found.best_group = bestGroups(found, asked.groups, count);
    for (const end of ["low", "high"]) {
      const column = combined(criteria[end === "low" ? "lowest" : "highest"], asked, count).score;
      found[`score_${end}`] = column.map(score => rounded(score, 2));
    }
    found.score_known_share = knownShare(criteria.known, asked, found.best_group, count, enough).map(share => rounded(share, 4));
    found.score = found.score.map((score, at) => (found.score_known_share[at] >= model.least_known_share ? score : NaN));
    found.status = statuses(ready, off);
    return Object.assign(found, ranked(ready, found, off, bestSuitability(found, asked.groups, count)));
  }

  // Of locations that lie near to each other the best stays in a class, and the others fall; says to
  // which better one each falls away, in the order of the best first.
  function besideBetter(beside, inside) {
    const place = new Map(inside.map((at, number) => [at, number])), fallen = new Map();
    for (const at of inside) {
      let best = null;
      for (const other of beside.get(at) || []) {
        const better = place.has(other) && place.get(other) < place.get(at) && !fallen.has(other);
        if (better && (best === null || place.get(other) < place.get(best))) best = other;
      }
      if (best !== null) fallen.set(at, best);
    }
    return fallen;
  }

  function ranked(ready, found, off, suits) {
    const { data, count } = ready, classes = data.model.priorities;
    const refused = classes.map(priority => against(ready, priority, off, suits));
    const position = new Int32Array(count), bestFirst = [], fellBy = new Map();
    for (let number = 0; number < classes.length - 1; number += 1) {
      const out = new Uint8Array(count);
      for (const [, where] of refused[number]) for (let at = 0; at < count; at += 1) if (where[at]) out[at] = 1;
      for (let at = 0; at < count; at += 1) if (out[at] && position[at] === number) position[at] = number + 1;
    }
    const asIs = Int32Array.from(position);
    for (let at = 0; at < count; at += 1) {
      const may = found.status[at] === "available" || found.status[at] === "attention";
      if (may && !Number.isNaN(found.score[at])) bestFirst.push(at);
    }
    const order = data.locations.id_order, homes = ready.homes;
    const more = (one, other) => (Number.isNaN(one) ? 1 : 0) - (Number.isNaN(other) ? 1 : 0) || other - one || 0;
    bestFirst.sort((one, other) =>
      found.score[other] - found.score[one] || more(homes[one], homes[other]) || order[one] - order[other]);
    classes.forEach((priority, number) => {
      let inside = bestFirst.filter(at => position[at] === number);
      if (priority.id in ready.beside) {
        const fallen = besideBetter(ready.beside[priority.id], inside);
        for (const [at, better] of fallen) {
          position[at] = number + 1;
          fellBy.set(at, `next_to:${data.locations.id[better]}`);
        }
        inside = inside.filter(at => !fallen.has(at));
      }
      if (priority.most === null) return;
      for (const at of inside.slice(priority.most)) {
        position[at] = number + 1;
        fellBy.set(at, "most");
      }
    });
    bestFirst.sort((one, other) => position[one] - position[other]); // stable: the order within a class stays
    const rank = new Array(count).fill(null), priority = new Array(count).fill(null);
    bestFirst.forEach((at, place) => {
      rank[at] = place + 1;
      priority[at] = classes.length ? classes[position[at]].id : null;
    });
    // Asked of one location at a time.
    const keptOutBy = at => {
      if (rank[at] === null) return [];
      if (fellBy.has(at)) return [fellBy.get(at)];
      return asIs[at] === 0 ? [] : refused[asIs[at] - 1].filter(([, where]) => where[at]).map(([rule]) => rule);
    };
    return { rank, priority, keptOutBy };
  }

  const scoring = { prepared, judged, rounded, sitesMayDiffer };
  root.flexruimteScoring = scoring;
  if (typeof module !== "undefined") module.exports = scoring;
})(typeof globalThis !== "undefined" ? globalThis : window);
