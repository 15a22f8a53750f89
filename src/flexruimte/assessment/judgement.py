"""What rules and criteria say of parcels, row by row: measures, homes, verdicts, scores, status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flexruimte.assessment.capacity import CAPACITY_MEASURES, Capacity, LayOut, assess_capacity
from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.measures import compute_derived_measures
from flexruimte.assessment.parcel_table import criterion_columns, outcome_columns
from flexruimte.assessment.score import GroupsThatCount, criterion_scores, theme_scores
from flexruimte.assessment.surveyed import Survey
from flexruimte.assessment.verdicts import (
    CoverThatCounts,
    answers_of_rules,
    assess_site_types,
    assess_status,
    count_medium_points,
    covers_that_count,
    land_where_it_counts,
)
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.kernels.layout import Layouts, take_layouts
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    MEDIUM_POINTS,
    SITE_TYPE,
    STATUS,
    YES,
    Floats,
    Integers,
    Status,
    Verdicts,
)

__all__ = ["Judgement", "judge_rows"]


@dataclass(frozen=True)
class Judgement:
    """What is said of parcels by themselves. n rows"""

    table: pd.DataFrame
    """Status, scores, measures, accounts, and the columns of the parcels. (n, ...)"""
    verdicts: dict[str, Verdicts]
    """Of the rules that are assessed, in the order of the ruleset. (n,) int8"""
    covers: dict[str, CoverThatCounts]
    """What rules that take no land cover of the buildable parts, by rule. n"""
    land: dict[str, LandFinding]
    """What rules on land find where they apply, by rule. n"""
    layouts: Layouts | None
    """The layouts behind `homes_mid`, `part` being the row; None where it is by density."""

    def of(self, rows: Integers) -> Judgement:
        """Return what is said of some of the rows. (k,) int"""
        return Judgement(
            table=self.table.iloc[rows].reset_index(drop=True),
            verdicts={name: verdict[rows] for name, verdict in self.verdicts.items()},
            covers={name: cover.of(rows) for name, cover in self.covers.items()},
            land={name: finding.of(rows) for name, finding in self.land.items()},
            layouts=None if self.layouts is None else take_layouts(self.layouts, rows),
        )

    def not_plain(self) -> frozenset[str]:
        """Return the rules that say more than a plain "yes" in a row, or cover some land there."""
        return frozenset(
            name
            for name, verdict in self.verdicts.items()
            if (verdict != YES).any()
            or (name in self.covers and (self.covers[name].area_m2 > 0).any())
        )


def judge_rows(
    ruleset: Ruleset,
    skipped: frozenset[str],
    groups: GroupsThatCount,
    found: Survey,
    taken_m2: Floats,
    decisions: DecisionsAt,
    lay_out: LayOut,
    told: Callable[[], None],
) -> Judgement:
    """Judge parcels by what a survey says of each, whatever becomes of its neighbours.

    Parameters
    ----------
    ruleset
        As it holds in the municipality.
    skipped
        Rules that the study leaves out.
    groups
        Target groups that make the suitability.
    found
        What the layers say of the parcels.
    taken_m2
        What excluding rules take of them; the rest that is not buildable is left free. (n,) [m2]
    decisions
        By people, on each of them.
    lay_out
        Lays homes out on land.
    told
        Called when the homes are counted.
    """
    measures, capacity, of_others = _with_homes(ruleset, found, skipped, decisions, lay_out)
    told()
    left = skipped | frozenset(of_others)
    may_be_lower, land = found.term.may_be_lower, found.land
    of_all = of_others | answers_of_rules(
        ruleset, left, measures, may_be_lower, land, decisions.into
    )
    verdicts = {rule_id: of_all[rule_id] for rule_id in ruleset.enabled_rules if rule_id in of_all}
    points = count_medium_points(ruleset, verdicts, decisions.into)
    measures[MEDIUM_POINTS] = points.count
    criteria = criterion_scores(ruleset, skipped, measures, may_be_lower, {MEDIUM_POINTS: points})
    left_free_m2 = np.maximum(found.buildable.taken_m2 - taken_m2, 0.0)
    table = pd.concat(
        [
            pd.DataFrame({STATUS: assess_status(ruleset, verdicts, decisions.into, decisions.out)}),
            theme_scores(ruleset, groups, criteria),
            measures,
            outcome_columns(
                ruleset, verdicts, criteria, found.term, taken_m2, left_free_m2, decisions
            ),
            criterion_columns(criteria),
            found.parcels.table,
        ],
        axis=1,
    )
    return Judgement(
        table=table,
        verdicts=verdicts,
        covers=covers_that_count(ruleset, skipped, measures, may_be_lower, land),
        land=land_where_it_counts(ruleset, skipped, measures, may_be_lower, land),
        layouts=capacity.layouts,
    )


def _with_homes(
    ruleset: Ruleset,
    found: Survey,
    skipped: frozenset[str],
    decisions: DecisionsAt,
    lay_out: LayOut,
) -> tuple[pd.DataFrame, Capacity, dict[str, Verdicts]]:
    """Return all measures, the homes among them, and the verdicts of rules that ask for no homes.

    Homes are only laid out where those rules leave something to choose.
    """
    surveyed = found.measures
    measures = pd.concat([surveyed, compute_derived_measures(ruleset, surveyed)], axis=1)
    on_homes = frozenset(
        rule_id
        for rule_id, rule in ruleset.measure_rules.items()
        if {*CAPACITY_MEASURES, SITE_TYPE} & {*rule.measures_asked}
    )
    verdicts = answers_of_rules(
        ruleset,
        skipped | on_homes,
        measures,
        found.term.may_be_lower,
        found.land,
        decisions.into,
    )
    standing = assess_status(ruleset, verdicts, decisions.into, decisions.out)
    capacity = assess_capacity(
        ruleset, found.buildable.shapes, measures, standing != Status.EXCLUDED, lay_out
    )
    measures = pd.concat([measures, capacity.columns], axis=1)
    measures[SITE_TYPE] = assess_site_types(ruleset, measures)
    return measures, capacity, verdicts
