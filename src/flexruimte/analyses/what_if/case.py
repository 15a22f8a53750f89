"""One municipality as it is, and judged anew where one thing is different.

Nothing is judged twice that cannot change. A rule whose answer does not rest on what is left of a
parcel, nor on the homes there, is *settled*. Where a settled excluding rule says no, a parcel stays
excluded, whatever else changes; so only the others are judged, and of those, for one rule, only the
parcels that it speaks against, with the neighbours that they may become one site with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from flexruimte.analyses.what_if.evidence import Evidence
from flexruimte.analyses.what_if.locations import Totals, locations_of, ranked, totals
from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.known_outcomes import KnownOutcomes, OutcomesMemory
from flexruimte.assessment.left_free import settled_rules, stays_ranked
from flexruimte.assessment.pipeline import Assessment, Question
from flexruimte.assessment.question import left_out_by
from flexruimte.assessment.sites import may_join
from flexruimte.assessment.surveyed import Survey
from flexruimte.assessment.verdicts import answers_of_rules
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.rules.files import for_municipality
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import ScoreWeights
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    WIDTH,
    Basis,
    Booleans,
    Floats,
    Integers,
    Verdicts,
)

__all__ = ["Case", "judged", "may_be_ranked"]


class Case:
    """What there is in one municipality under a study's rules.

    Parameters
    ----------
    question
        What the study asks.
    evidence
        What is at hand of the municipality.

    Raises
    ------
    NewSurveyNeeded
        When the evidence is of another question.
    """

    def __init__(self, question: Question, evidence: Evidence) -> None:
        self.question = _of_one_municipality(question, evidence.code)
        self.ruleset: Ruleset = self.question.ruleset
        self.evidence = evidence
        everyone = np.arange(len(evidence.found.parcels.ids))
        self.found: Survey = evidence.of_some(self.question, everyone)
        self.memory = OutcomesMemory()
        """What came of groups of its parcels, for judgements where one rule is another."""

    @property
    def code(self) -> str:
        """Of the municipality."""
        return self.evidence.code

    @cached_property
    def assessment(self) -> Assessment:
        """All parcels, judged."""
        known = self.memory.all_parcels(len(self.areas))
        return self.evidence.judged(self.question, self.found, known=known)

    @cached_property
    def verdicts(self) -> dict[str, Verdicts]:
        """By rule, of those that are assessed. (n,) int8"""
        of_rules = self.assessment.verdicts
        return {str(name): of_rules[name].to_numpy() for name in of_rules}

    @cached_property
    def decisions(self) -> DecisionsAt:
        """Decisions by people, on each parcel."""
        return _decisions(self.question, self.found)

    @cached_property
    def areas(self) -> Floats:
        """Of the parcels. (n,) float64 [m2]"""
        return self.found.of_parcel[AREA].to_numpy(dtype=np.float64)

    @property
    def left(self) -> Floats:
        """What rules leave of the parcels, with all their land. (n,) float64 [m2]"""
        left = self.found.buildable.measures[BUILDABLE_AREA].to_numpy(dtype=np.float64)
        return left[: len(self.areas)]

    @cached_property
    def settled(self) -> dict[str, Verdicts]:
        """Verdicts of the rules that are settled. (n,) int8"""
        settled = settled_rules(self.ruleset, self.found)
        return {name: found for name, found in self.verdicts.items() if name in settled}

    @cached_property
    def locations(self) -> pd.DataFrame:
        """As `flexruimte.analyses.what_if.locations.ranked` returns them."""
        return ranked(self.ruleset, locations_of(self.assessment))

    @cached_property
    def totals(self) -> Totals:
        """What the locations hold together."""
        return totals(self.ruleset, self.locations)

    def sites_of(self, question: Question, members: Integers) -> Integers | None:
        """Return the position of the site of each of some parcels in a variant, -1 for none.

        None where a variant differs in more than scores, so that it must be worked out.

        Parameters
        ----------
        question
            Of the variant.
        members
            Positions of the parcels. (k,) int
        """
        other = _of_one_municipality(question, self.code)
        asked = [
            (each.as_of, each.not_assessed, each.ruleset.asks_for(WIDTH), _without_scores(each))
            for each in (self.question, other)
        ]
        sites = self.assessment.sites
        return None if sites is None or asked[0] != asked[1] else sites.site_of[members]

    def land_rule_changed(self, question: Question) -> str | None:
        """Return the rule on land that alone is different in a variant.

        None where more is different, or where it is not assessed now.

        Parameters
        ----------
        question
            Of the variant, which asks the layers no more.
        """
        one, other = self.question, _of_one_municipality(question, self.code)
        same = all(
            getattr(one, name) == getattr(other, name)
            for name in ("as_of", "not_assessed", "groups", "groups_named")
        )
        rules, changed = one.ruleset.rules, other.ruleset.rules
        different = [name for name in rules | changed if rules.get(name) != changed.get(name)]
        if not same or len(different) != 1:
            return None
        rule_id = different[0]
        known = rule_id in self.found.findings and rule_id in self.verdicts and rule_id in changed
        nothing: dict[str, object] = {"rules": {}}
        ruleset = one.ruleset.model_copy(update=nothing)
        return rule_id if known and ruleset == other.ruleset.model_copy(update=nothing) else None

    def together_with(self, members: Integers, standing: Booleans) -> Integers:
        """Return some parcels and all that they may become a site with, over others too.

        Parameters
        ----------
        members
            Positions of the parcels, rising. (k,) int
        standing
            Which parcels may be ranked. (n,) bool
        """
        pairs = self._pairs(standing)
        if not np.isin(pairs, members).any():
            return members
        # Sparse graphs load with it: a tenth of a second, for those who ask this only.
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        ones, shape = np.ones(len(pairs), dtype=bool), (len(standing), len(standing))
        graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=shape)
        _, group = connected_components(graph, directed=False)
        wanted = np.zeros(len(standing), dtype=bool)
        wanted[group[members]] = True
        return np.flatnonzero(wanted[group])

    def have_neighbours(self, standing: Booleans) -> Integers:
        """Return the positions of the parcels that may become part of a site. (k,) int

        Parameters
        ----------
        standing
            Which parcels may be ranked. (n,) bool
        """
        return np.unique(self._pairs(standing))

    def _pairs(self, standing: Booleans) -> Integers:
        return self._neighbours[standing[self._neighbours].all(axis=1)]

    @cached_property
    def _neighbours(self) -> Integers:
        """Pairs of parcels that may become one site if a rule says no more. (p, 2)"""
        against = [
            verdict < 1
            for name, verdict in self.settled.items()
            if self.ruleset.excludes(self.ruleset.rules[name])
        ]
        obstacles = np.sum(against, axis=0) if against else np.zeros(len(self.areas))
        candidates = np.flatnonzero((obstacles <= 1) | self.decisions.into)
        shapes = self.found.parcels.geometries
        return may_join(self.ruleset, self.assessment.parcels, shapes, candidates)


def judged(
    case: Case,
    ruleset: Ruleset,
    found: Survey,
    members: Integers,
    known: KnownOutcomes | None = None,
) -> pd.DataFrame:
    """Return the locations among some parcels of a municipality, under other rules.

    Parameters
    ----------
    case
        The municipality as it is.
    ruleset
        The other rules.
    found
        What the layers say of these parcels.
    members
        Their positions in the municipality. (k,) int
    known
        What is known of groups of them.
    """
    if not len(members):
        return case.locations.iloc[:0]
    question = replace(case.question, ruleset=ruleset)
    return locations_of(case.evidence.judged(question, found, known=known), members)


def may_be_ranked(question: Question, code: str, found: Survey) -> Integers:
    """Return the positions of the parcels that no settled rule keeps from being ranked. (k,) int

    Parameters
    ----------
    question
        What is asked.
    code
        Of the municipality.
    found
        What the layers say of its parcels.
    """
    ruleset = for_municipality(question.ruleset, code)
    decisions = _decisions(question, found)
    skipped = frozenset(left_out_by(ruleset, question.not_assessed))
    others = frozenset(ruleset.rules) - settled_rules(ruleset, found)
    measures = pd.concat(
        [found.of_parcel, found.buildable.measures[[BUILDABLE_AREA]], found.term.columns], axis=1
    )
    findings: Mapping[str, LandFinding] = found.land
    verdicts = answers_of_rules(
        ruleset, skipped | others, measures, found.term.may_be_lower, findings, decisions.into
    )
    return np.flatnonzero(stays_ranked(ruleset, verdicts, decisions))


def _decisions(question: Question, found: Survey) -> DecisionsAt:
    ids = found.parcels.ids
    return question.decisions.on(ids, question.all_parcel_ids).at(ids, question.as_of)


def _without_scores(question: Question) -> Ruleset:
    """Return the rules of a question, without what only scores rest on."""
    score = ScoreWeights(weights={}, source="-", basis=Basis.ASSUMPTION)
    nothing: dict[str, object] = {"criteria": {}, "groups": {}, "themes": {}, "score": score}
    return question.ruleset.model_copy(update=nothing)


def _of_one_municipality(question: Question, code: str) -> Question:
    """Return a question whose ruleset is that of one municipality, so that it is made once."""
    ruleset = for_municipality(question.ruleset, code)
    return replace(question, ruleset=ruleset.model_copy(update={"municipalities": {}}))
