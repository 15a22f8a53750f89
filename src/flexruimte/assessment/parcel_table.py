"""What a parcel's row says besides measures and scores: what speaks for and against it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.term import Term
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import NO, UNKNOWN, VERDICT_NAMES, Floats, Verdicts

__all__ = ["SEPARATOR", "account", "evidence", "rules_that_say"]

SEPARATOR = ";"
"""Between the ids in a list of rules."""


def account(
    ruleset: Ruleset,
    verdicts: Mapping[str, Verdicts],
    criteria: pd.DataFrame,
    term: Term,
    taken_m2: Floats,
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
        Scores per criterion, NaN where not known. (n, criteria)
    term, taken_m2, decisions
        What those stages found.

    Returns
    -------
    pandas.DataFrame
        `taken_m2`; `known_share`: the share of all enabled rules and criteria (those left out too)
        that has an answer; `reasons`, `attention` and `missing`: ids of excluding rules that say
        no, of other rules that say no, and of rules without an answer; the decision in force; the
        plans on the parcel. (n, 9)
    """
    count = len(criteria)
    answered = criteria.notna().sum(axis=1).to_numpy() + sum(
        (verdict != UNKNOWN for verdict in verdicts.values()), np.zeros(count)
    )
    return pd.DataFrame(
        {
            "taken_m2": taken_m2,
            "known_share": np.round(
                answered / (len(ruleset.enabled_rules) + len(ruleset.criteria)), 4
            ),
            **rules_that_say(ruleset, verdicts, count),
            "decision": decisions.decision,
            "decision_reason": decisions.reason,
            "decision_date": decisions.date,
            "plans": term.plans,
        }
    )


def rules_that_say(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], count: int
) -> dict[str, list[str]]:
    """Return the rules that decide about each location, as ids.

    Excluding rules that say no (`reasons`), others that say no (`attention`), and rules without an
    answer (`missing`).
    """
    excluding = [rule_id for rule_id in verdicts if ruleset.excludes(ruleset.rules[rule_id])]
    calling = [rule_id for rule_id in verdicts if rule_id not in excluding]
    return {
        "reasons": _listed(verdicts, excluding, NO, count),
        "attention": _listed(verdicts, calling, NO, count),
        "missing": _listed(verdicts, list(verdicts), UNKNOWN, count),
    }


def evidence(
    verdicts: Mapping[str, Verdicts], criteria: pd.DataFrame, findings: Mapping[str, LandFinding]
) -> pd.DataFrame:
    """Return what every criterion and rule found on each parcel.

    Returns
    -------
    pandas.DataFrame
        `criterion_<id>`: score; `verdict_<id>`: yes, no or unknown; for rules on a layer also
        `covered_m2_<id>`, `edge_<id>`, `feature_count_<id>` and `features_<id>`, the first five by
        covered area. (n, ...)
    """
    columns: dict[str, Any] = {
        f"criterion_{name}": criteria[name].to_numpy() for name in criteria.columns
    }
    answers = sorted(VERDICT_NAMES)
    names = pd.array([VERDICT_NAMES[answer] for answer in answers], dtype="string")
    for rule_id, verdict in verdicts.items():
        columns[f"verdict_{rule_id}"] = names.take(np.searchsorted(answers, verdict))
    for rule_id, finding in findings.items():
        if rule_id in verdicts:
            columns[f"covered_m2_{rule_id}"] = finding.covered_m2
            columns[f"edge_{rule_id}"] = finding.edge
            columns[f"feature_count_{rule_id}"] = finding.feature_count
            columns[f"features_{rule_id}"] = pd.Series(finding.features, dtype="string").array
    return pd.DataFrame(columns, index=criteria.index, copy=False)


def _listed(
    verdicts: Mapping[str, Verdicts], rule_ids: list[str], answer: np.int8, count: int
) -> list[str]:
    """Return per parcel the ids of the rules with an answer, as "a;b"."""
    text = np.full(count, "", dtype=object)
    for rule_id in rule_ids:
        text[verdicts[rule_id] == answer] += rule_id + SEPARATOR
    return [ids.rstrip(SEPARATOR) for ids in text]
