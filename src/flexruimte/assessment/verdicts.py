"""Verdicts: what rules say of parcels, the status they add up to, and decisions by people.

Precedence, highest first:

1. a decision "out" excludes the parcel;
2. an excluding rule of level `very_hard` that says no excludes it, whatever people decided;
3. a decision "in" lifts every other "no" and "unknown" of excluding rules: the parcel gets
   `attention`, and the land back that these rules take;
4. the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flexruimte.assessment.findings import LandFinding
from flexruimte.kernels.left_free import least_that_counts
from flexruimte.rules.conditions import conjunction, evaluate_test
from flexruimte.rules.parts import Test
from flexruimte.rules.rules import LandRule, Rule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    AREA_TOLERANCE,
    BUILDABLE_AREA,
    NO,
    UNKNOWN,
    YES,
    Booleans,
    Floats,
    Integers,
    Level,
    Status,
    Verdicts,
)

__all__ = [
    "COUNTS_FROM_AREA",
    "COUNTS_FROM_SHARE",
    "OTHER_SITE_TYPE",
    "CoverThatCounts",
    "MediumPoints",
    "answers_of_rules",
    "assess_site_types",
    "assess_status",
    "count_medium_points",
    "counts_from",
    "covers_that_count",
    "land_where_it_counts",
    "least_cover_m2",
    "takes_land",
]

OTHER_SITE_TYPE = "other"
COUNTS_FROM_SHARE = "counts_from_share"
"""Placement parameter: share of the buildable part from which on a rule that takes none counts."""
COUNTS_FROM_AREA = "counts_from_m2"
"""Placement parameter: area from which on it counts, whatever the share."""


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
    findings: Mapping[str, LandFinding],
    decided_in: Booleans,
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
    findings
        What the rules on land find.
    decided_in
        Decisions by people. (n,) bool

    Returns
    -------
    dict of Verdicts
        NO, UNKNOWN and YES by rule id. (n,) int8
    """
    answers: dict[str, Verdicts] = {}
    for rule_id, rule in ruleset.enabled_rules.items():
        if rule_id in left_out:
            continue
        applies = _applies(ruleset, rule, measures, may_be_lower)
        if isinstance(rule, LandRule):
            taken, finding = _may_take(ruleset, rule, decided_in), findings[rule_id]
            of_rest = _cover(finding, applies, measures).verdicts(ruleset, rule)
            answers[rule_id] = np.where(taken, _taking(finding, applies), of_rest)
            continue
        answer = _tested(ruleset, rule, measures, may_be_lower)
        answers[rule_id] = _where_it_applies(answer, applies)
    return answers


def _tested(
    ruleset: Ruleset, test: Test, measures: pd.DataFrame, may_be_lower: Mapping[str, Booleans]
) -> Verdicts:
    answer = evaluate_test(test, measures[test.measure], ruleset)
    if test.measure not in may_be_lower:
        return answer
    return np.where(may_be_lower[test.measure] & (answer == YES), UNKNOWN, answer)


def takes_land(
    ruleset: Ruleset,
    decided_in: Booleans,
    rule_id: str,
    finding: LandFinding,
    measures: pd.DataFrame,
) -> Booleans:
    """Return from which parcels a rule on land takes the land that it covers. (n,) bool

    An excluding rule does, where it surely applies, but for what is no more than the edge of the
    map, and where a decision lifts it.

    Parameters
    ----------
    ruleset
        Which levels exclude, and where the rule applies.
    decided_in
        Decisions by people. (n,) bool
    rule_id
        Of a rule on land.
    finding
        What it finds.
    measures
        Measures of the whole parcel. (n, ...)
    """
    rule = ruleset.rules.get(rule_id)
    if rule is None or not ruleset.counts(rule) or not ruleset.excludes(rule):
        return np.zeros(len(measures), dtype=bool)
    applies = _applies(ruleset, rule, measures, {}) == YES
    return np.asarray(applies & ~finding.edge & _may_take(ruleset, rule, decided_in))


def _may_take(ruleset: Ruleset, rule: Rule, decided_in: Booleans) -> Booleans:
    """Return where a rule on land takes land, if it covers any: not where a decision lifts it."""
    if not ruleset.excludes(rule):
        return np.zeros(len(decided_in), dtype=bool)
    return ~decided_in | (rule.level == Level.VERY_HARD)


def _applies(
    ruleset: Ruleset, rule: Rule, measures: pd.DataFrame, may_be_lower: Mapping[str, Booleans]
) -> Verdicts:
    """Return where a rule applies: where all of its `when` hold, and not all of its `unless`."""

    def all_hold(tests: Iterable[Test]) -> Verdicts:
        answers = (_tested(ruleset, test, measures, may_be_lower) for test in tests)
        return conjunction(answers, len(measures))

    applies = all_hold(rule.when)
    return np.minimum(applies, -all_hold(rule.unless)) if rule.unless else applies


def _where_it_applies(answer: Verdicts, applies: Verdicts) -> Verdicts:
    """Return the verdict of a rule that passes where it does not apply.

    Where it may apply, a "no" is not certain.
    """
    unsure = (applies == UNKNOWN) & (answer == NO)
    return np.where(applies == NO, YES, np.where(unsure, UNKNOWN, answer)).astype(np.int8)


@dataclass(frozen=True)
class CoverThatCounts:
    """What a rule that takes no land covers of the buildable part of n locations."""

    area_m2: Floats
    """Where it surely applies, and more than the edge of the map. (n,) float64 [m2]"""
    perhaps_m2: Floats
    """Where it is not known whether it applies. (n,) float64 [m2]"""
    doubtful: Booleans
    """Whether it may be more. (n,) bool"""
    of_m2: Floats
    """The buildable part; the whole parcel where nothing is left. (n,) float64 [m2]"""

    def of(self, members: Integers) -> CoverThatCounts:
        """Return what it covers of some of these locations, by position. (k,) int"""
        return CoverThatCounts(**{name: values[members] for name, values in vars(self).items()})

    def of_groups(self, parcels: Integers, group: Integers, count: int) -> CoverThatCounts:
        """Return what it covers of groups of these locations.

        Parameters
        ----------
        parcels
            Positions of the locations. (k,) int
        group
            Group of each, from 0 to `count` - 1. (k,) int
        """
        area, perhaps, doubtful, of_m2 = (
            np.bincount(group, each[parcels], minlength=count).astype(np.float64)
            for each in (self.area_m2, self.perhaps_m2, self.doubtful, self.of_m2)
        )
        return CoverThatCounts(area, perhaps, doubtful > 0, of_m2)

    def verdicts(self, ruleset: Ruleset, rule: LandRule) -> Verdicts:
        """Return NO where it covers as much as counts, UNKNOWN where it may. (n,) int8"""
        least = least_cover_m2(ruleset, rule, self.of_m2)
        surely, perhaps = (
            (area > AREA_TOLERANCE * self.of_m2) & (area >= least)
            for area in (self.area_m2, self.area_m2 + self.perhaps_m2)
        )
        return _verdicts(surely, self.doubtful | perhaps)


def least_cover_m2(ruleset: Ruleset, rule: LandRule, of_m2: Floats) -> Floats:
    """Return from which area on a rule that takes no land counts. (n,) float64 [m2]

    That is a share of the buildable part, and no less than the least area that counts at all. A
    ruleset that says nothing of either has everything count.

    Parameters
    ----------
    ruleset
        With `counts_from_share` and `counts_from_m2` in its placement, or without.
    rule
        Whose own `least_share` comes first.
    of_m2
        The buildable parts. (n,) float64 [m2]
    """
    share, floor_m2 = counts_from(ruleset, rule)
    return least_that_counts(share, floor_m2, of_m2)


def counts_from(ruleset: Ruleset, rule: LandRule) -> tuple[float, float]:
    """Return from which share of the buildable part and from which area [m2] on a rule counts."""
    share, floor_m2 = (
        float(ruleset.value(name)) if name in ruleset.placement else 0.0
        for name in (COUNTS_FROM_SHARE, COUNTS_FROM_AREA)
    )
    return (share if rule.least_share is None else ruleset.number(rule.least_share)), floor_m2


def covers_that_count(
    ruleset: Ruleset,
    left_out: frozenset[str],
    measures: pd.DataFrame,
    may_be_lower: Mapping[str, Booleans],
    findings: Mapping[str, LandFinding],
) -> dict[str, CoverThatCounts]:
    """Return what each rule covers that takes no land, as its level does not exclude, by rule id.

    Parameters
    ----------
    ruleset, left_out, measures, may_be_lower, findings
        As for `answers_of_rules`.
    """
    return {
        rule_id: _cover(
            findings[rule_id], _applies(ruleset, rule, measures, may_be_lower), measures
        )
        for rule_id, rule in ruleset.enabled_rules.items()
        if isinstance(rule, LandRule) and rule_id not in left_out and not ruleset.excludes(rule)
    }


def land_where_it_counts(
    ruleset: Ruleset,
    left_out: frozenset[str],
    measures: pd.DataFrame,
    may_be_lower: Mapping[str, Booleans],
    findings: Mapping[str, LandFinding],
) -> dict[str, LandFinding]:
    """Return what rules on land find, covering nothing where they do not apply, by rule id.

    Parameters
    ----------
    ruleset, left_out, measures, may_be_lower, findings
        As for `answers_of_rules`.
    """
    found = dict(findings)
    for rule_id, rule in ruleset.land_rules.items():
        if rule_id in findings and rule_id not in left_out and (rule.when or rule.unless):
            applies = _applies(ruleset, rule, measures, may_be_lower)
            found[rule_id] = findings[rule_id].without(applies == NO)
    return found


def _cover(finding: LandFinding, applies: Verdicts, measures: pd.DataFrame) -> CoverThatCounts:
    covered = np.where(finding.edge | np.isnan(finding.buildable_m2), 0.0, finding.buildable_m2)
    area, left = (measures[name].to_numpy(dtype=np.float64) for name in (AREA, BUILDABLE_AREA))
    return CoverThatCounts(
        area_m2=np.where(applies == YES, covered, 0.0),
        perhaps_m2=np.where(applies == UNKNOWN, covered, 0.0),
        doubtful=finding.doubtful & (applies != NO),
        of_m2=np.where(left > 0, left, area),
    )


def _verdicts(against: Booleans, doubtful: Booleans) -> Verdicts:
    return np.where(against, NO, np.where(doubtful, UNKNOWN, YES)).astype(np.int8)


def _taking(finding: LandFinding, applies: Verdicts) -> Verdicts:
    """Return the verdict of a rule whose land is taken: it only says no where it leaves nothing."""
    doubtful = finding.doubtful | ((applies == UNKNOWN) & (finding.covered_m2 > 0) & ~finding.edge)
    return _where_it_applies(_verdicts(finding.nothing_left, doubtful), applies)


def assess_status(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], decided_in: Booleans, decided_out: Booleans
) -> NDArray[Any]:
    """Return the status of each parcel. (n,) object of str.

    A soft rule that says no is told of, and changes no status.

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
    others = [
        rule_id
        for rule_id in verdicts
        if rule_id not in excluding and ruleset.rules[rule_id].level != Level.SOFT
    ]
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


@dataclass(frozen=True)
class MediumPoints:
    """How many rules of level medium say no to n parcels, and how far that is known.

    Harder rules that say no, and that a decision lifts, are among them.
    """

    count: Floats
    """That say no; NaN where none has an answer. (n,) float64"""
    least: Floats
    """That say no for certain. (n,) float64"""
    most: Floats
    """If those without an answer said no too. (n,) float64"""
    known_share: Floats
    """Share of these rules that has an answer; what is left out has none. (n,) float64"""


def count_medium_points(
    ruleset: Ruleset, verdicts: Mapping[str, Verdicts], decided_in: Booleans
) -> MediumPoints:
    """Return how many rules of level medium say no, and harder ones that a decision lifts.

    So what a decision lifts is no less of a point for being harder.

    Parameters
    ----------
    ruleset
        The level of each rule.
    verdicts
        Of the rules that are assessed, by rule id. (n,) int8
    decided_in
        Decisions by people. (n,) bool
    """
    medium = [name for name, rule in ruleset.enabled_rules.items() if rule.level == Level.MEDIUM]
    refusals, answers = np.zeros(len(decided_in)), np.zeros(len(decided_in))
    for rule_id, verdict in verdicts.items():
        if ruleset.excludes(ruleset.rules[rule_id]) and rule_id not in medium:
            refusals += decided_in & (verdict == NO)
    for rule_id in medium:
        if rule_id in verdicts:
            refusals += verdicts[rule_id] == NO
            answers += verdicts[rule_id] != UNKNOWN
    return MediumPoints(
        count=np.where(answers > 0, refusals, np.nan),
        least=refusals,
        most=refusals + len(medium) - answers,
        known_share=answers / len(medium) if medium else np.zeros(len(decided_in)),
    )
