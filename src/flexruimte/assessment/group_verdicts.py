"""Verdicts on groups of parcels as one location each: some judged anew, of others the worst."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from flexruimte.assessment.site_rules import rules_anew, rules_by_homes
from flexruimte.assessment.verdicts import CoverThatCounts, answers_of_rules
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import Booleans, Integers, Verdicts

__all__ = ["GroupVerdicts"]


class GroupVerdicts:
    """Says what rules say of groups of parcels.

    Parameters
    ----------
    ruleset
        The rules.
    skipped
        Rules that the study leaves out.
    verdicts
        On the parcels, of the rules that are assessed, by rule. (n,) int8
    may_be_lower
        Where a measure of a parcel may be lower than the one given, by measure. (n,) bool
    covers
        What rules that take no land cover of the parcels, by rule. (n,)
    """

    def __init__(
        self,
        ruleset: Ruleset,
        skipped: frozenset[str],
        verdicts: Mapping[str, Verdicts],
        may_be_lower: Mapping[str, Booleans],
        covers: Mapping[str, CoverThatCounts],
    ) -> None:
        self._ruleset, self._may_be_lower, self._names = ruleset, may_be_lower, list(verdicts)
        assessed = frozenset(ruleset.measure_rules) & verdicts.keys()
        self._anew = rules_anew(ruleset) & assessed
        self._by_homes = rules_by_homes(ruleset) & assessed - self._anew
        """Rules that apply by the homes: what no part is large enough for, the site may be."""
        self._left_out = frozenset(ruleset.rules) - self._anew - self._by_homes | skipped
        of_parcels = list(verdicts.values())
        self._of_parcels = np.stack(of_parcels) if of_parcels else np.empty((0, 0), dtype=np.int8)
        # What covers nothing of a parcel covers nothing of a group.
        self._covers = {
            name: cover
            for name, cover in covers.items()
            if cover.area_m2.any() or cover.perhaps_m2.any() or cover.doubtful.any()
        }

    @property
    def measures_asked(self) -> frozenset[str]:
        """The measures of a group that verdicts on it rest on."""
        rules = self._ruleset.rules
        return frozenset(
            name
            for rule_id in self._anew | self._by_homes
            for name in rules[rule_id].measures_asked
        )

    def of(self, parcels: Integers, group: Integers, measures: pd.DataFrame) -> dict[str, Verdicts]:
        """Return the verdicts on g groups, by rule. (g,) int8

        Parameters
        ----------
        parcels
            Positions of the parcels of all groups. (k,) int
        group
            Group of each, rising from 0 without gaps. (k,) int
        measures
            Of the groups, those that are asked among them. (g, ...)
        """
        count, rules = len(measures), self._ruleset.land_rules
        worst = np.minimum.reduceat(self._of_parcels[:, parcels], _first(group), axis=1)
        verdicts = dict(zip(self._names, worst, strict=True))
        doubtful, nobody = self.may_be_lower(parcels, group), np.zeros(count, dtype=bool)
        anew = answers_of_rules(self._ruleset, self._left_out, measures, doubtful, {}, nobody)
        verdicts |= {name: anew[name] for name in self._anew}
        verdicts |= {name: np.minimum(verdicts[name], anew[name]) for name in self._by_homes}
        return verdicts | {
            name: cover.of_groups(parcels, group, count).verdicts(self._ruleset, rules[name])
            for name, cover in self._covers.items()
        }

    def may_be_lower(self, parcels: Integers, group: Integers) -> dict[str, Booleans]:
        """Return where a measure of groups may be lower, as that of a part may. (g,) bool"""
        first = _first(group)
        return {
            name: np.logical_or.reduceat(flags[parcels], first)
            for name, flags in self._may_be_lower.items()
        }


def _first(group: Integers) -> Integers:
    """Return the position of the first part of each group. (g,) int"""
    return np.flatnonzero(np.diff(group, prepend=-1))
