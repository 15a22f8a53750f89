"""Verdicts: rules against measures and land, the status they add up to, and the precedence of decisions by people.

Precedence, highest first:

1. a decision "out" excludes the parcel;
2. an excluding rule of level `very_hard` that says no excludes it, whatever people decided;
3. a decision "in" lifts every other "no" and "unknown" of excluding rules: the parcel gets
   `attention`;
4. the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flexruimte.rules.conditions import conjunction, evaluate_test
from flexruimte.rules.rules import LandRule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import NO, UNKNOWN, YES, Booleans, Level, Status, Verdicts

__all__ = ["OTHER_SITE_TYPE", "answers_of_rules", "assess_site_types", "assess_status"]

OTHER_SITE_TYPE = "other"


def assess_site_types(ruleset: Ruleset, measures: pd.DataFrame) -> NDArray[Any]:
    """Return the site type of each parcel: the first whose conditions hold. (n,) object.

    None where a type further up may hold, "other" where none does.
    """
    count = len(measures)
    result = np.full(count, OTHER_SITE_TYPE, dtype=object)
    open_to_question = np.ones(count, dtype=bool)
    for type_id, site_type in ruleset.site_types.items():
        answer = conjunction(
            (evaluate_test(test, measures[test.measure], ruleset) for test in site_type.when),
            count,
        )
        result[open_to_question & (answer == YES)] = type_id
        result[open_to_question & (answer == UNKNOWN)] = None
        open_to_question &= answer == NO
    return result


def answers_of_rules(
    ruleset: Ruleset,
    left_out: frozenset[str],
    measures: pd.DataFrame,
    may_be_lower: Mapping[str, Booleans],
    land_verdicts: Mapping[str, Verdicts],
) -> dict[str, Verdicts]:
    """Return the verdict of every enabled rule that is assessed.

    Parameters
    ----------
    ruleset
        The rules.
    left_out
        Ids of rules that the study leaves out for all parcels.
    measures
        All measures. (n, ...)
    may_be_lower
        Where a measure's true value may be lower than the one given: a "no" stands, a "yes" becomes
        unknown.
    land_verdicts
        Verdicts of the rules on layers.

    Returns
    -------
    dict of Verdicts
        NO, UNKNOWN and YES by rule id. (n,) int8
    """
    answers: dict[str, Verdicts] = {}
    count = len(measures)
    for rule_id, rule in ruleset.enabled_rules.items():
        if rule_id in left_out:
            continue
        if isinstance(rule, LandRule):
            answers[rule_id] = land_verdicts[rule_id]
            continue
        answer = evaluate_test(rule, measures[rule.measure], ruleset)
        if rule.measure in may_be_lower:
            answer = np.where(may_be_lower[rule.measure] & (answer == YES), UNKNOWN, answer).astype(
                np.int8
            )
        applies = conjunction(
            (evaluate_test(when, measures[when.measure], ruleset) for when in rule.when), count
        )
        answer = np.where(
            applies == NO, YES, np.where((applies == UNKNOWN) & (answer == NO), UNKNOWN, answer)
        )
        answers[rule_id] = answer.astype(np.int8)
    return answers


def assess_status(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], decided_in: Booleans, decided_out: Booleans
) -> NDArray[Any]:
    """Return the status of each parcel. (n,) object of str.

    Parameters
    ----------
    ruleset
        Which levels exclude.
    verdicts
        By rule id. (n,) int8
    decided_in, decided_out
        Decisions by people. (n,) bool
    """
    excluding = [rule_id for rule_id in verdicts if ruleset.excludes(ruleset.rules[rule_id])]
    hardest = [rule_id for rule_id in excluding if ruleset.rules[rule_id].level == Level.VERY_HARD]
    others = [rule_id for rule_id in verdicts if rule_id not in excluding]
    count = len(decided_in)
    worst, worst_hardest, worst_other = (
        conjunction((verdicts[rule_id] for rule_id in rules), count)
        for rules in (excluding, hardest, others)
    )
    status = np.where(worst_other == NO, Status.ATTENTION, Status.AVAILABLE).astype(object)
    status[worst == UNKNOWN] = Status.UNKNOWN
    status[worst == NO] = Status.EXCLUDED
    lifted = decided_in & (worst < YES)
    status[lifted] = Status.ATTENTION
    status[lifted & (worst_hardest == NO)] = Status.EXCLUDED
    status[decided_out] = Status.EXCLUDED
    return status
