"""What a parcel's row says besides measures and scores, and the table of what every rule found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from flexruimte.assessment.findings import FEATURES_NAMED, NOT_COUNTED, LandFinding
from flexruimte.assessment.score import CriterionScores
from flexruimte.assessment.term import Term
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    APPLIES,
    ATTENTION,
    COVERED_AREA,
    COVERED_BUILDABLE,
    CRITERION_PREFIX,
    EDGE,
    FEATURE_COUNT,
    FEATURES,
    LEFT_FREE,
    LEVEL,
    NO,
    NOTES,
    PARCEL_ID,
    RULE,
    UNKNOWN,
    VERDICT,
    VERDICT_NAMES,
    YES,
    Floats,
    Integers,
    Level,
    Verdicts,
)

__all__ = [
    "SEPARATOR",
    "criterion_columns",
    "findings_of_rules",
    "known_share",
    "land_findings_of_sites",
    "outcome_columns",
    "rules_that_say",
]

SEPARATOR = ";"
"""Between the ids in a list of rules."""


def outcome_columns(
    ruleset: Ruleset,
    verdicts: Mapping[str, Verdicts],
    criteria: CriterionScores,
    term: Term,
    taken_m2: Floats,
    left_free_m2: Floats,
    decisions: DecisionsAt,
) -> pd.DataFrame:
    """Return what decides about each parcel, in short.

    Parameters
    ----------
    ruleset
        Which rules exclude.
    verdicts
        Of the rules that are assessed. (n,) int8
    criteria
        Their scores.
    term, taken_m2, left_free_m2, decisions
        What those stages found.

    Returns
    -------
    pandas.DataFrame
        `taken_m2`; `left_free_m2`; `known_share`: the share of all enabled rules and criteria
        (those left out too) that has an answer; `reasons`, `attention`, `notes` and `missing` as
        `rules_that_say` returns them; the decision in force; the plans on the parcel. (n, 11)
    """
    return pd.DataFrame(
        {
            "taken_m2": taken_m2,
            LEFT_FREE: left_free_m2,
            "known_share": known_share(ruleset, verdicts, criteria),
            **rules_that_say(ruleset, verdicts, criteria.count),
            "decision": decisions.decision,
            "decision_reason": decisions.reason,
            "decision_date": decisions.date,
            "plans": term.plans,
        }
    )


def known_share(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], criteria: CriterionScores
) -> Floats:
    """Return the share of all enabled rules and criteria that has an answer. (n,) float64.

    Parameters
    ----------
    ruleset
        Which there are; those that are left out have no answer.
    verdicts
        Of the rules that are assessed. (n,) int8
    criteria
        Their scores.
    """
    answers = [
        *(~np.isnan(scores) for scores in criteria.scores.values()),
        *(verdict != UNKNOWN for verdict in verdicts.values()),
    ]
    answered = sum(answers, np.zeros(criteria.count))
    asked = len(ruleset.enabled_rules) + len(ruleset.criteria)
    return np.asarray(np.round(answered / asked, 4), dtype=np.float64)


def rules_that_say(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], count: int
) -> dict[str, list[str]]:
    """Return per location the ids of rules that say no or have no answer, as "a;b".

    `reasons` are the excluding rules that say no, `notes` the soft ones, `attention` the others;
    `missing` those without an answer.
    """
    excluding = [rule_id for rule_id in verdicts if ruleset.excludes(ruleset.rules[rule_id])]
    others = [rule_id for rule_id in verdicts if rule_id not in excluding]
    soft = [rule_id for rule_id in others if ruleset.rules[rule_id].level == Level.SOFT]
    calling = [rule_id for rule_id in others if rule_id not in soft]
    return {
        "reasons": _listed(verdicts, excluding, NO, count),
        ATTENTION: _listed(verdicts, calling, NO, count),
        NOTES: _listed(verdicts, soft, NO, count),
        "missing": _listed(verdicts, list(verdicts), UNKNOWN, count),
    }


def criterion_columns(criteria: CriterionScores) -> pd.DataFrame:
    """Return the scores of every criterion as `criterion_<id>`. (n, criteria)."""
    columns = {f"{CRITERION_PREFIX}{name}": scores for name, scores in criteria.scores.items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(criteria.count))


def findings_of_rules(
    ruleset: Ruleset,
    ids: np.ndarray[Any, Any],
    verdicts: Mapping[str, Verdicts],
    land: Mapping[str, LandFinding],
    left_free_m2: Mapping[str, Floats],
) -> pd.DataFrame:
    """Return what rules found on parcels or sites: one row for each that is not a plain "yes".

    Parameters
    ----------
    ruleset
        Gives the level of each rule.
    ids
        Of the parcels or sites. (n,)
    verdicts
        Of the rules that are assessed, in the order of the ruleset. (n,) int8
    land
        What the rules on land found, by rule id.
    left_free_m2
        Of the land of rules that is left free, by rule id; 0 elsewhere. (n,) float64 [m2]

    Returns
    -------
    pandas.DataFrame
        `parcel_id`, `rule`, `level`, `verdict` ("no", "unknown" or "yes"), `covered_m2`,
        `covered_buildable_m2`, `left_free_m2`, `applies`, `edge`, `feature_count` and `features`,
        the first five by covered area, as "a; b". By position in `ids`, then in the order of the
        rules. A parcel and rule without a row: the rule says yes and covers nothing, or it is left
        out. Where it does not apply it covers nothing, and has a row all the same where it would.
        For a rule on a measure `covered_m2` and `feature_count` are null. (m, 11)
    """
    position, rule, answer, covered, of_rest, applies, edge, count, features = _told(
        len(ids), verdicts, land
    )
    nothing = np.zeros(len(ids))
    free = [left_free_m2.get(name, nothing) for name in verdicts]
    answers = sorted(VERDICT_NAMES)
    levels = [str(ruleset.rules[rule_id].level) for rule_id in verdicts]
    return pd.DataFrame(
        {
            PARCEL_ID: _texts(ids).take(position),
            RULE: _texts(list(verdicts)).take(rule),
            LEVEL: _texts(levels).take(rule),
            VERDICT: _texts([VERDICT_NAMES[each] for each in answers]).take(
                np.searchsorted(answers, answer)
            ),
            COVERED_AREA: covered,
            COVERED_BUILDABLE: of_rest,
            LEFT_FREE: np.stack(free)[rule, position] if free else nothing[:0],
            APPLIES: applies,
            EDGE: edge,
            FEATURE_COUNT: pd.arrays.IntegerArray(count.astype(np.int64), count < 0),
            FEATURES: _texts(features),
        }
    )


def _told(
    count: int, verdicts: Mapping[str, Verdicts], land: Mapping[str, LandFinding]
) -> list[np.ndarray[Any, Any]]:
    """Return the columns of all rows: position, number of the rule, verdict and facts of land."""
    none, nothing = np.empty(0, dtype=np.intp), _no_land(count)
    rows: list[tuple[np.ndarray[Any, Any], ...]] = [
        (
            none,
            none,
            none,
            np.empty(0),
            np.empty(0),
            none.astype(bool),
            none.astype(bool),
            none,
            none.astype(object),
        )
    ]
    for number, (rule_id, verdict) in enumerate(verdicts.items()):
        told, found = verdict != YES, land.get(rule_id, nothing)
        if rule_id in land:
            told |= (found.covered_m2 != 0) | found.edge | (found.feature_count > 0)
            told |= ~found.applies
        at = np.flatnonzero(told)
        areas = (found.covered_m2[at], found.buildable_m2[at])
        on_land = (*areas, found.applies[at], found.edge[at], found.feature_count[at])
        features = np.asarray(found.features[at], dtype=object)
        rows.append((at, np.full(len(at), number), verdict[at], *on_land, features))
    columns = [np.concatenate(parts) for parts in zip(*rows, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return [each[order] for each in columns]


def _texts(values: Sequence[str] | np.ndarray[Any, Any]) -> ExtensionArray:
    return pd.array(values, dtype="string")


def land_findings_of_sites(
    land: Mapping[str, LandFinding], verdicts: Mapping[str, Verdicts], site_of: Integers
) -> dict[str, LandFinding]:
    """Return what rules on land found on sites, from what they found on their parcels.

    Parameters
    ----------
    land
        Of the parcels, by rule id. (n,)
    verdicts
        Of the sites, by rule id. (s,) int8
    site_of
        Position of the site of each parcel, -1 for a parcel by itself. (n,)

    Returns
    -------
    dict of LandFinding
        Covered areas are added up, null where one is not known. It is an edge where no parcel has
        more than an edge. Features are not counted, as one may lie over more than one parcel.
        (s,) each
    """
    parts = np.flatnonzero(site_of >= 0)
    group = site_of[parts]
    found: dict[str, LandFinding] = {}
    for rule_id, verdict in verdicts.items():
        if rule_id not in land:
            continue
        count, of_parcels = len(verdict), land[rule_id]
        covered, edge = of_parcels.covered_m2[parts], of_parcels.edge[parts]
        edges = np.bincount(group, edge, minlength=count)
        more = np.bincount(group, (covered > 0) & ~edge, minlength=count)
        features = np.asarray(of_parcels.features, dtype=object)[parts]
        found[rule_id] = LandFinding(
            covered_m2=np.bincount(group, covered, minlength=count).astype(np.float64),
            buildable_m2=np.bincount(group, of_parcels.buildable_m2[parts], minlength=count).astype(
                np.float64
            ),
            applies=np.bincount(group, of_parcels.applies[parts], minlength=count) > 0,
            edge=(edges > 0) & (more == 0),
            nothing_left=np.zeros(count, dtype=bool),
            doubtful=np.zeros(count, dtype=bool),
            feature_count=np.full(count, NOT_COUNTED),
            features=pd.array(_first_features(features, group, count), dtype="str"),
        )
    return found


def _first_features(features: np.ndarray[Any, Any], group: Integers, count: int) -> list[str]:
    """Return the first features of all parcels of each site, each named once."""
    names: list[dict[str, None]] = [{} for _ in range(count)]
    for site, text in zip(group, features, strict=True):
        names[site].update(dict.fromkeys(filter(None, text.split("; "))))
    return ["; ".join(list(each)[:FEATURES_NAMED]) for each in names]


def _no_land(count: int) -> LandFinding:
    """Return what a rule on a measure finds on land: nothing is known of it."""
    return LandFinding(
        covered_m2=np.full(count, np.nan),
        buildable_m2=np.full(count, np.nan),
        applies=np.ones(count, dtype=bool),
        edge=np.zeros(count, dtype=bool),
        nothing_left=np.zeros(count, dtype=bool),
        doubtful=np.zeros(count, dtype=bool),
        feature_count=np.full(count, NOT_COUNTED),
        features=pd.array([""] * count, dtype="str"),
    )


def _listed(
    verdicts: Mapping[str, Verdicts], rule_ids: list[str], answer: np.int8, count: int
) -> list[str]:
    """Return per parcel the ids of the rules with an answer, as "a;b"."""
    text = np.full(count, "", dtype=object)
    for rule_id in rule_ids:
        text[verdicts[rule_id] == answer] += rule_id + SEPARATOR
    return [ids.rstrip(SEPARATOR) for ids in text]
