"""One rule tried another way: the parcels that it can make a difference to, judged anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from flexruimte.analyses.what_if.case import Case, judged
from flexruimte.analyses.what_if.changes import Change, ChangedRule, with_rule
from flexruimte.analyses.what_if.evidence import NewSurveyNeeded
from flexruimte.analyses.what_if.locations import ranked, replaced
from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.known_outcomes import KnownOutcomes
from flexruimte.assessment.left_free import stays_ranked, ways_to_leave_free
from flexruimte.assessment.question import left_out_by, survey_question
from flexruimte.assessment.resurvey import find_again, survey_of, with_some
from flexruimte.assessment.site_rules import rules_anew, rules_by_homes
from flexruimte.assessment.survey import measure_again
from flexruimte.assessment.surveyed import (
    BuildablePart,
    RowsLeftFree,
    Survey,
    Surveyed,
    known_rows,
)
from flexruimte.assessment.verdicts import takes_land
from flexruimte.rules.rules import LandRule
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    SCORE_KNOWN_SHARE,
    UNKNOWN,
    YES,
    Booleans,
    Integers,
    Level,
)

__all__ = ["Again", "Scenario", "land_given_back", "locations_in", "takes"]

_AT_HALF: Final = " at half its distance"
_Each = TypeVar("_Each")


@dataclass(frozen=True)
class Scenario:
    """One thing that is tried, and the parcels that it can make a difference to."""

    changed: ChangedRule
    ruleset: Ruleset
    standing: Booleans
    """Which parcels may be ranked then. (n,) bool"""
    affected: Integers
    """Positions of those that the rule speaks against now, or may as parts of a site. (k,) int"""

    @classmethod
    def of(cls, case: Case, changed: ChangedRule) -> Scenario:
        """Return that an excluding rule of the municipality is as it is tried."""
        rule_id, rule = changed.rule_id, changed.rule
        ruleset = with_rule(case.ruleset, rule_id, rule)
        same_answer = changed.change == Change.SOFTER and ruleset.excludes(rule)
        kept = {
            name: verdict
            for name, verdict in case.settled.items()
            if name != rule_id or same_answer
        }
        standing = stays_ranked(ruleset, kept, case.decisions)
        against = (case.verdicts[rule_id] != YES) | takes(case, rule_id)
        if same_answer:  # only decisions lift more then
            against &= case.decisions.into
        elif case.ruleset.rules[rule_id].level == Level.MEDIUM:
            against[:] = True  # how many rules of level medium there are is part of every score
        if rule_id not in case.settled:  # it may say another thing of another way to use a parcel
            against[case.found.left_free.of] = True
        affected = np.flatnonzero(standing & against)
        if rule_id in rules_anew(case.ruleset) | rules_by_homes(case.ruleset):
            # It may say no to a site, and to none of its parts.
            affected = np.union1d(affected, case.have_neighbours(standing))
        return cls(changed, ruleset, standing, affected)

    @classmethod
    def of_land_rule(cls, case: Case, ruleset: Ruleset, rule_id: str) -> Scenario | None:
        """Return that a rule on land has another level, or applies elsewhere, in other rules.

        None where it makes a difference to every score.
        """
        changed = ChangedRule(rule_id, Change.OTHER, ruleset.rules[rule_id])
        finding, verdicts = case.found.findings[rule_id], case.verdicts
        said = (finding.covered_m2 > 0) | finding.doubtful | (verdicts[rule_id] != YES)
        # How many rules of level medium have an answer is part of every score, but of none that is
        # far from too little known.
        medium = [
            verdicts[name] != UNKNOWN
            for name, rule in case.ruleset.enabled_rules.items()
            if rule.level == Level.MEDIUM and name in verdicts and name != rule_id
        ]
        answered = np.logical_or.reduce([np.zeros(len(said), dtype=bool), *medium])
        parcels, sites = case.assessment.parcels, case.assessment.sites
        tables = [parcels, *([] if sites is None else [sites.table])]
        least, margin = ruleset.score.least_known_share, 1 / (len(medium) + 1)
        near = [(table[SCORE_KNOWN_SHARE] - least).abs().to_numpy() <= margin for table in tables]
        if any(each.any() for each in near[1:]):
            return None
        kept = {name: found for name, found in case.settled.items() if name != rule_id}
        standing = stays_ranked(ruleset, kept, case.decisions)
        affected = np.flatnonzero(standing & (said | ~answered | near[0]))
        return cls(changed, ruleset, standing, affected)

    @property
    def is_on_land(self) -> bool:
        """Whether the rule takes land, or may."""
        return isinstance(self.changed.rule, LandRule)

    @property
    def only_rule_changed(self) -> str | None:
        """The rule that is another; None where it finds another thing too."""
        finds_another = self.is_on_land and self.changed.change == Change.HALF_DISTANCE
        return None if finds_another else self.changed.rule_id

    def ways(self, case: Case, found: Survey) -> RowsLeftFree:
        """Return the ways to use the affected parcels, as `ways_to_leave_free` gives them.

        Parameters
        ----------
        case
            The municipality as it is.
        found
            What the layers say of them, and what is left of each.
        """
        skipped = frozenset(left_out_by(self.ruleset, case.question.not_assessed))
        decisions = case.decisions.of(self.affected)
        return ways_to_leave_free(self.ruleset, skipped, decisions, self.as_tried(found))

    def leaves_other_land_free(self, case: Case) -> bool:
        """Return whether there are ways to use the affected parcels that were not measured yet."""
        found = survey_of(case.found, self.affected)
        return not known_rows(found, self.ways(case, found)).all()

    def as_tried(self, found: Survey) -> Survey:
        """Return what the layers say by the names that the rules have here.

        At half its distance a rule is known by another name, as others may be beside it.
        """
        rule_id, name = self.changed.rule_id, self.changed.rule_id + _AT_HALF
        is_nearer = self.changed.change == Change.HALF_DISTANCE and name in found.findings

        def by_name(of_rules: Mapping[str, _Each]) -> dict[str, _Each]:
            known = {key: each for key, each in of_rules.items() if not key.endswith(_AT_HALF)}
            return known | ({rule_id: of_rules[name]} if is_nearer else {})

        def part(of_rows: BuildablePart) -> BuildablePart:
            covered, taken = by_name(of_rows.covered_m2), by_name(of_rows.taken)
            return replace(of_rows, covered_m2=covered, taken=taken)

        return replace(
            found,
            findings=by_name(found.findings),
            buildable=part(found.buildable),
            left_free=replace(found.left_free, part=part(found.left_free.part)),
        )

    def as_measured(self, taken: dict[str, Booleans]) -> dict[str, Booleans]:
        """Return from which parcels rules take land, by the names that `as_tried` takes away."""
        if self.changed.change != Change.HALF_DISTANCE or not self.is_on_land:
            return taken
        rule_id = self.changed.rule_id
        nearer = taken[rule_id]
        return taken | {rule_id: np.zeros_like(nearer), rule_id + _AT_HALF: nearer}

    def is_as_good_as_off(self, case: Case, again: Again | None) -> bool:
        """Return whether as much comes free as without the rule, though not in the best class.

        So it is where the rule excludes no more. Only which parcels become one site may differ, as
        no site has a lower class of priority than its parts, and which land is left free for a
        class.
        """
        if self.changed.change != Change.SOFTER or self.ruleset.excludes(self.changed.rule):
            return False
        found = survey_of(case.found, self.affected) if again is None else again.some
        if len(found.left_free.of):
            return False
        return not np.isin(self.affected, case.have_neighbours(self.standing)).any()


def takes(case: Case, rule_id: str) -> Booleans:
    """Return from which parcels a rule takes land. (n,) bool"""
    if rule_id not in case.found.findings:
        return np.zeros(len(case.areas), dtype=bool)
    covered = case.found.findings[rule_id].covered_m2 > 0
    return np.asarray(case.found.buildable.taken[rule_id] & covered)


@dataclass(frozen=True)
class Again:
    """The parcels that a scenario can make a difference to, looked at again."""

    some: Survey
    """What the layers say of these parcels, where the rule is as it is tried."""
    finding: LandFinding | None
    """What the changed rule finds; None where that is what it found."""


def land_given_back(case: Case, wanted: Sequence[Scenario]) -> dict[int, Again | None]:
    """Return what is left of parcels in the scenarios that make a difference to land, by number.

    All are measured together: a parcel once for each scenario that it is affected by.
    """
    numbers = [
        number
        for number, each in enumerate(wanted)
        if len(each.affected) and (each.is_on_land or each.leaves_other_land_free(case))
    ]
    if not numbers:
        return {}
    members = np.concatenate([wanted[number].affected for number in numbers])
    ends = np.cumsum([len(wanted[number].affected) for number in numbers])
    slices = {
        number: np.arange(end - len(wanted[number].affected), end)
        for number, end in zip(numbers, ends.tolist(), strict=True)
    }
    try:
        return _measured(case, {number: wanted[number] for number in numbers}, members, slices)
    except NewSurveyNeeded:
        return dict.fromkeys(numbers)


@dataclass(frozen=True)
class _TakenInScenarios:
    """Says from which parcels rules take land, where parcels are of one scenario after another."""

    case: Case
    wanted: Mapping[int, Scenario]
    slices: Mapping[int, Integers]
    taken: Mapping[str, Booleans]

    def __call__(self, ids: Any) -> Callable[[str, LandFinding, Any], Booleans]:
        return lambda rule_id, *_: self.taken[rule_id]

    def left_free(self, ids: Any, found: Surveyed) -> RowsLeftFree:
        """Return the ways to use the parcels of all scenarios."""
        assert isinstance(found, Survey)
        of, taken = [np.empty(0, dtype=np.intp)], []
        for number, rows in self.slices.items():
            wanted = self.wanted[number].ways(self.case, survey_of(found, rows))
            of.append(rows[wanted.of])
            taken.append(self.wanted[number].as_measured(wanted.taken))
        nothing = np.empty(0, dtype=bool)
        return RowsLeftFree(
            np.concatenate(of),
            {
                name: np.concatenate(
                    [
                        nothing,
                        *(
                            each.get(name, np.zeros(len(rows), dtype=bool))
                            for each, rows in zip(taken, of[1:], strict=True)
                        ),
                    ]
                )
                for name in found.findings
            },
        )


def _measured(
    case: Case,
    wanted: Mapping[int, Scenario],
    members: Integers,
    slices: Mapping[int, Integers],
) -> dict[int, Again | None]:
    layers = case.evidence.layers_of(members)
    some = survey_of(case.found, members)
    nearer = {
        each.changed.rule_id + _AT_HALF: each.changed.rule
        for each in wanted.values()
        if each.changed.change == Change.HALF_DISTANCE and isinstance(each.changed.rule, LandRule)
    }
    found_nearer = find_again(nearer, some, layers) if nearer else {}
    some = _with_rules(some, found_nearer)
    taken = {name: rows.copy() for name, rows in some.buildable.taken.items()}
    for number, each in wanted.items():
        if not each.is_on_land:
            continue
        rule_id, rows = each.changed.rule_id, slices[number]
        name = rule_id + _AT_HALF if each.changed.change == Change.HALF_DISTANCE else rule_id
        finding = some.findings[name].of(rows)
        measures = some.of_parcel.iloc[rows].reset_index(drop=True)
        into = case.decisions.into[each.affected]
        taken[rule_id][rows] = False
        taken[name][rows] = takes_land(each.ruleset, into, rule_id, finding, measures)
    asked = survey_question(case.question, case.code)
    for name, rule in nearer.items():
        asked = replace(asked, ruleset=with_rule(asked.ruleset, name, rule))
    again = measure_again(asked, some, _TakenInScenarios(case, wanted, slices, taken), layers)
    return {
        number: Again(
            wanted[number].as_tried(survey_of(again, rows)),
            _finding_of(wanted[number], found_nearer, rows),
        )
        for number, rows in slices.items()
    }


def _with_rules(found: Survey, more: Mapping[str, LandFinding]) -> Survey:
    """Return a survey of which more rules are known, which take no land."""

    def with_them(part: BuildablePart, of: Integers) -> BuildablePart:
        return replace(
            part,
            covered_m2=part.covered_m2 | {name: each.covered_m2[of] for name, each in more.items()},
            taken=part.taken | {name: np.zeros(len(of), dtype=bool) for name in more},
        )

    everyone, left_free = np.arange(len(found.parcels.ids)), found.left_free
    return replace(
        found,
        findings=found.findings | dict(more),
        buildable=with_them(found.buildable, everyone),
        left_free=replace(left_free, part=with_them(left_free.part, left_free.of)),
    )


def _finding_of(
    scenario: Scenario, found: Mapping[str, LandFinding], rows: Integers
) -> LandFinding | None:
    if scenario.changed.change != Change.HALF_DISTANCE or not scenario.is_on_land:
        return None
    return found[scenario.changed.rule_id + _AT_HALF].of(rows)


def _with_finding(found: Survey, rule_id: str, positions: Integers, finding: LandFinding) -> Survey:
    """Return a survey in which a rule finds something else on some parcels."""
    columns = {}
    for name, values in vars(found.findings[rule_id]).items():
        columns[name] = values.copy()
        columns[name][positions] = getattr(finding, name)
    return replace(found, findings={**found.findings, rule_id: LandFinding(**columns)})


def locations_in(case: Case, scenario: Scenario, again: Again | None) -> pd.DataFrame:
    """Return the ranked locations of the municipality in a scenario.

    Parameters
    ----------
    case
        The municipality as it is.
    scenario
        What is tried.
    again
        What `land_given_back` has of it; None where no land comes free.
    """
    members = case.together_with(scenario.affected, scenario.standing)
    found = survey_of(case.found, members)
    if again is not None:
        positions = np.searchsorted(members, scenario.affected)
        found = with_some(found, positions, again.some)
        if again.finding is not None:
            rule_id = scenario.changed.rule_id
            found = _with_finding(found, rule_id, positions, again.finding)
    as_ever = ~np.isin(members, scenario.affected)
    known = KnownOutcomes(case.memory, as_ever, scenario.only_rule_changed)
    new = judged(case, scenario.ruleset, found, members, known)
    return ranked(scenario.ruleset, replaced(case.locations, members, new))
