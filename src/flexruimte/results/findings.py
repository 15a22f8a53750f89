"""findings.parquet: what every rule found, one row per parcel or site and rule.

A rule without a row for a parcel says yes and covers none of it, or it is left out; the summary
names the rules that are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.finding_text import finding_text, topic_of
from flexruimte.results.rule_text import Finding, known_value
from flexruimte.results.stamp import stamped
from flexruimte.results.summary_model import Summary
from flexruimte.results.summary_rules import LandRuleFacts, MeasureRuleFacts, RuleFacts
from flexruimte.vocabulary import (
    APPLIES,
    AREA,
    BUILDABLE_AREA,
    COVERED_AREA,
    COVERED_BUILDABLE,
    DECISION,
    EDGE,
    FEATURE_COUNT,
    FEATURES,
    FINDING,
    LEFT_FREE,
    LEVEL,
    PARCEL_ID,
    RULE,
    VERDICT,
    Booleans,
    Integers,
    Level,
)

__all__ = [
    "FINDING_COLUMNS",
    "Kind",
    "ToldFinding",
    "finding_of",
    "findings_told",
    "kind_of",
    "too_little",
    "with_finding_text",
    "write_findings",
]

Kind: TypeAlias = Literal["objection", "attention", "note", "missing", "fine"]
"""What a finding is to a location: it excludes, calls for attention, is a note, is not known, or is
fine."""

_NOTHING_COVERED: Final = (None, None, False, "", None)
"""What a rule on a measure says of the land that it covers, in the order of `Finding`."""

FINDING_COLUMNS: Final = (
    PARCEL_ID,
    RULE,
    LEVEL,
    VERDICT,
    COVERED_AREA,
    COVERED_BUILDABLE,
    LEFT_FREE,
    APPLIES,
    EDGE,
    FEATURE_COUNT,
    FEATURES,
    FINDING,
)
"""Columns of the table of findings."""


def finding_of(
    facts: LandRuleFacts | MeasureRuleFacts,
    parcel: Mapping[str, Any],
    row: Mapping[str, Any] | None,
) -> Finding:
    """Return what a rule found on a parcel.

    Parameters
    ----------
    facts
        The rule.
    parcel
        Its row of the parcels' table.
    row
        The row of the table of findings for this parcel and rule; None where there is none.

    Returns
    -------
    Finding
        Without a row the rule says yes and covers nothing, or it is left out.
    """
    said = {VERDICT: "left_out" if facts.left_out else "yes"} if row is None else row
    verdict = str(said[VERDICT])
    overruled = _may_overrule(facts) and known_value(parcel, DECISION) == "in"
    if isinstance(facts, MeasureRuleFacts):
        value = known_value(parcel, facts.test.measure)
        return Finding(verdict, value=value, overruled=overruled)
    if verdict == "left_out":
        return Finding(verdict)
    area, rest = (
        0.0 if row is None else known_value(said, name)
        for name in (COVERED_AREA, COVERED_BUILDABLE)
    )
    count = known_value(said, FEATURE_COUNT)
    return Finding(
        verdict,
        covered_m2=area,
        covered_share=None if area is None else area / parcel[AREA],
        rest_m2=rest,
        rest_share=None if rest is None else rest / (parcel[BUILDABLE_AREA] or parcel[AREA]),
        applies=bool(said.get(APPLIES, True)),
        left_free=bool(known_value(said, LEFT_FREE)),
        edge=bool(said.get(EDGE, False)),
        features=known_value(said, FEATURES) or "",
        feature_count=None if count is None else int(count),
        overruled=overruled,
    )


def _may_overrule(facts: RuleFacts) -> bool:
    """Return whether a decision "in" goes before a rule."""
    return facts.excludes and facts.level != Level.VERY_HARD


def with_finding_text(
    findings: pd.DataFrame, locations: pd.DataFrame, summary: Summary
) -> pd.DataFrame:
    """Return findings with `finding`: what was found, as a sentence in the language of the study.

    Parameters
    ----------
    findings
        As `flexruimte.results.tables.finding_table` makes it. (m, 8)
    locations
        The parcels, and the sites of several, with their measures. (n, ...)
    summary
        Of the municipality.

    Returns
    -------
    pandas.DataFrame
        The columns of `FINDING_COLUMNS`. (m, 12)
    """
    language, texts = summary.study.language, np.full(len(findings), None, dtype=object)
    at = pd.Index(locations[PARCEL_ID]).get_indexer(findings[PARCEL_ID])
    area, left = (locations[name].to_numpy()[at] for name in (AREA, BUILDABLE_AREA))
    rest = findings[COVERED_BUILDABLE]
    covered = findings[COVERED_AREA]
    features = (findings[name] for name in (EDGE, FEATURES, FEATURE_COUNT))
    of_land = list(map(_plain, (covered, covered / area, *features)))
    share_of_rest = rest / np.where(left > 0, left, area)
    of_rest = list(map(_plain, (rest, share_of_rest, findings[APPLIES], findings[LEFT_FREE] > 0)))
    verdicts = _plain(findings[VERDICT])
    decided_in = locations[DECISION].eq("in").fillna(False).to_numpy(dtype=bool)[at]
    positions = findings.groupby(RULE, sort=False).indices
    for facts in summary.rules:
        if facts.id not in positions:
            continue
        rows = positions[facts.id]
        overruled = decided_in[rows] & _may_overrule(facts)
        # In the order of `Finding`.
        if isinstance(facts, MeasureRuleFacts):
            values = [_plain(locations[facts.test.measure].iloc[at[rows]])]
            values += [np.full(len(rows), each) for each in _NOTHING_COVERED]
            values.append(overruled)
        else:
            values = [np.full(len(rows), None), *(column[rows] for column in of_land)]
            values += [overruled, *(column[rows] for column in of_rest)]
        # Equal findings, such as those of a class, are put into words once.
        said = cache(lambda *values, facts=facts: finding_text(facts, Finding(*values), language))
        texts[rows] = list(map(said, verdicts[rows], *values))
    return findings.assign(**{FINDING: pd.array(texts, dtype="string")})


class ToldFinding(NamedTuple):
    """What is told of a finding on a location."""

    rule: str
    """Id of the rule."""
    kind: Kind
    sentence: str
    topic: str
    """What it is about, without what was found."""


def kind_of(facts: RuleFacts, verdict: str) -> Kind:
    """Return what an answer of a rule is to a location."""
    if verdict == "unknown":
        return "missing"
    if verdict != "no":
        return "fine"
    if facts.excludes:
        return "objection"
    return "note" if facts.level == Level.SOFT else "attention"


def findings_told(
    locations: pd.DataFrame, findings: pd.DataFrame, summary: Summary
) -> list[list[ToldFinding]]:
    """Return what rules that say no or do not know found on each location, hardest first.

    A rule of level medium that covers too little of the buildable part to count is a note, and so
    is one whose land is left free.

    Of one level a "no" comes before what is not known, and then the order of the ruleset counts.

    Parameters
    ----------
    locations
        With `parcel_id`, `area_m2` and `buildable_m2`. (n, ...)
    findings
        As `with_finding_text` makes it, of these locations and others.
    summary
        Of the municipality.
    """
    if locations.empty:
        return []
    rules = {facts.id: facts for facts in summary.rules}
    rank = {
        facts.id: (list(Level).index(facts.level), number)
        for number, facts in enumerate(summary.rules)
    }
    at = pd.Index(locations[PARCEL_ID]).get_indexer(findings[PARCEL_ID])
    verdicts = _plain(findings[VERDICT])
    little = too_little(findings, locations, at, summary)
    little |= ((findings[LEFT_FREE] > 0) & (findings[VERDICT] == "yes")).to_numpy()
    rows = np.flatnonzero((at >= 0) & (np.isin(verdicts, ("no", "unknown")) | little))
    names: list[str] = _plain(findings[RULE]).tolist()
    sentences = _plain(findings[FINDING])
    order = sorted(
        rows, key=lambda row: (rank[names[row]][0], verdicts[row] != "no", rank[names[row]][1])
    )
    topics = {name: topic_of(facts, summary.study.language) for name, facts in rules.items()}
    told: list[list[ToldFinding]] = [[] for _ in range(len(locations))]
    for row in order:
        name = names[row]
        kind = "note" if little[row] else kind_of(rules[name], verdicts[row])
        told[at[row]].append(ToldFinding(name, kind, sentences[row], topics[name]))
    return told


def too_little(
    findings: pd.DataFrame, locations: pd.DataFrame, at: Integers, summary: Summary
) -> Booleans:
    """Return which findings are of medium rules that would say no if they covered more. (m,) bool

    Parameters
    ----------
    findings, locations, summary
        As for `findings_told`.
    at
        Position of the location of each finding, -1 for one of another place. (m,) int
    """
    asked = {
        facts.id: facts
        for facts in summary.rules
        if isinstance(facts, LandRuleFacts) and not facts.excludes and facts.level != Level.SOFT
    }
    some = findings[RULE].isin(list(asked)) & (findings[VERDICT] == "yes") & ~findings[EDGE]
    area, left = (locations[name].to_numpy() for name in (AREA, BUILDABLE_AREA))
    rest, of_m2 = findings[COVERED_BUILDABLE].to_numpy(), np.where(left > 0, left, area)
    little, names = np.zeros(len(findings), dtype=bool), findings[RULE].tolist()
    for row in np.flatnonzero(some.to_numpy() & (at >= 0) & (rest > 0)).tolist():
        facts = asked[names[row]]
        little[row] = facts.least_m2 <= rest[row] < facts.least_share * of_m2[at[row]]
    return little


def _plain(values: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Return the values of a column as plain Python objects, None being what is not known."""
    known = values.astype(object).to_numpy(copy=True)
    known[values.isna().to_numpy()] = None
    return known


def write_findings(findings: pd.DataFrame, path: str | Path, stamp: str | None = None) -> None:
    """Write the table of findings to a Parquet file; the same findings give the same bytes.

    Parameters
    ----------
    findings
        As `with_finding_text` makes it.
    path
        The file to write.
    stamp
        Of the results that they are part of, as `stamp_of` makes it; None writes none.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    with atomic_write(path) as partial:
        stamped(findings, stamp).to_parquet(partial, index=False, compression="zstd")
