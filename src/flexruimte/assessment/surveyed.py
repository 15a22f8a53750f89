"""What a survey found, of a block of parcels and of all: tables, and putting them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.question import Question
from flexruimte.assessment.term import Term
from flexruimte.evidence.contents import Contents, merge_contents
from flexruimte.evidence.layers import LayerFacts
from flexruimte.evidence.parcels import Parcels
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    LARGEST_PART_AREA,
    WIDTH,
    Booleans,
    Condition,
    Floats,
    Geometries,
    Integers,
)

__all__ = [
    "BuildablePart",
    "Survey",
    "SurveyBlock",
    "counted",
    "join_blocks",
    "join_buildable",
    "join_findings",
    "join_tables",
    "join_terms",
]

_SHAPE = (BUILDABLE_AREA, LARGEST_PART_AREA, WIDTH)


@dataclass(frozen=True)
class BuildablePart:
    """What is left of n parcels, and what the layers say of that."""

    taken: dict[str, Booleans]
    """From which parcels each rule takes the land that it covers, by rule. (n,) bool"""
    shapes: Geometries
    """Empty where nothing is left. (n,) object"""
    taken_m2: Floats
    """Area taken away, overlaps counted once. (n,) float64 [m2]"""
    left_m2: dict[Condition, Floats]
    """Area left after each of `FUNNEL_CONDITIONS`, as `what_is_left` gives it. (n,) float64 [m2]"""
    covered_m2: dict[str, Floats]
    """Area of it that each rule on land covers, by rule, as `covered_of_rest` gives it. (n,)
    float64 [m2]"""
    measures: pd.DataFrame
    """Areas, width and the measures of the buildable part; of the whole parcel where nothing is
    left, so that the numbers are there to be questioned. (n, ...)"""


@dataclass(frozen=True)
class SurveyBlock:
    """What the layers say of one block of the parcels of a municipality. k parcels"""

    members: Integers
    """Positions of the parcels, rising. (k,) int"""
    measures: pd.DataFrame
    """Of the whole parcel, its area among them. (k, ...)"""
    findings: dict[str, LandFinding]
    """Of every rule on land, by rule."""
    term: Term
    buildable: BuildablePart
    facts: dict[str, LayerFacts]
    """By layer, without the number of rows and repairs."""
    contents: dict[str, Contents]
    """What was read around these parcels, by layer."""


@dataclass(frozen=True)
class Survey:
    """What the layers say of the parcels of one municipality. n parcels"""

    parcels: Parcels
    around: Parcels
    """All parcels of the municipality, where `parcels` are some of them."""
    of_parcel: pd.DataFrame
    """Measures of the whole parcel, its area among them. (n, ...)"""
    findings: dict[str, LandFinding]
    """Of every rule on land, by rule."""
    term: Term
    buildable: BuildablePart
    layers: dict[str, LayerFacts]
    """What was read, by layer."""
    contents: dict[str, Contents]
    """What was read around the parcels, by layer; nothing where the survey was kept."""
    blocks: list[Integers]
    """Positions of the parcels that were taken together, rising. Each (k,) int"""

    @property
    def land(self) -> dict[str, LandFinding]:
        """What every rule on land finds, on the buildable parts too, by rule."""
        covered = self.buildable.covered_m2
        return {
            rule_id: replace(finding, buildable_m2=covered[rule_id])
            for rule_id, finding in self.findings.items()
        }

    @property
    def measures(self) -> pd.DataFrame:
        """All measures but those that rest on other measures or on the homes. (n, ...)"""
        of_buildable = self.buildable.measures
        return pd.concat(
            [
                self.of_parcel[[AREA]],
                of_buildable[list(_SHAPE)],
                self.term.columns,
                self.of_parcel.drop(columns=AREA),
                of_buildable.drop(columns=list(_SHAPE)),
            ],
            axis=1,
        )

    def answering(self, question: Question) -> Survey:
        """Return what of this survey answers a question that asks for no more.

        What rules find that the question does not name stays, as nobody asks for it.

        Parameters
        ----------
        question
            What `survey_question` returns.
        """
        ruleset = question.ruleset
        of_buildable = self.buildable.measures
        if not ruleset.asks_for(WIDTH):
            of_buildable = of_buildable.assign(**{WIDTH: np.nan})
        measures = {
            of: [name for name, measure in ruleset.measures.items() if measure.of == of]
            for of in ("parcel", "buildable")
        }
        return replace(
            self,
            of_parcel=self.of_parcel[[AREA, *measures["parcel"]]],
            buildable=replace(
                self.buildable, measures=of_buildable[[*_SHAPE, *measures["buildable"]]]
            ),
            layers={key: self.layers[key] for key in sorted(question.sources)},
        )


def join_blocks(parcels: Parcels, blocks: Sequence[SurveyBlock]) -> Survey:
    """Return what the layers say of all parcels, in the order of the parcels, whatever the blocks.

    Parameters
    ----------
    parcels
        Of the municipality.
    blocks
        What the layers say of each block; together they hold every parcel once.
    """
    order = np.argsort(np.concatenate([block.members for block in blocks]), kind="stable")
    contents = {
        key: merge_contents([block.contents[key] for block in blocks]) for key in blocks[0].facts
    }
    return Survey(
        parcels=parcels,
        around=parcels,
        of_parcel=join_tables([block.measures for block in blocks], order),
        findings={
            rule_id: join_findings([block.findings[rule_id] for block in blocks], order)
            for rule_id in blocks[0].findings
        },
        term=join_terms([block.term for block in blocks], order),
        buildable=join_buildable([block.buildable for block in blocks], order),
        layers={key: counted(facts, contents[key]) for key, facts in blocks[0].facts.items()},
        contents=contents,
        blocks=[block.members for block in blocks],
    )


def _join_arrays(arrays: Sequence[np.ndarray[Any, Any]], order: Integers) -> np.ndarray[Any, Any]:
    return np.concatenate(arrays)[order]


def join_findings(parts: Sequence[LandFinding], order: Integers) -> LandFinding:
    """Return what a rule finds on rows of several parts, in an order."""
    features = [np.asarray(part.features, dtype=object) for part in parts]
    return LandFinding(
        **{
            each.name: _join_arrays([getattr(part, each.name) for part in parts], order)
            for each in fields(LandFinding)
            if each.name != "features"
        },
        features=pd.Series(_join_arrays(features, order), dtype="str").array,
    )


def join_buildable(parts: Sequence[BuildablePart], order: Integers) -> BuildablePart:
    """Return what is left of rows of several parts, in an order."""
    return BuildablePart(
        taken={
            rule_id: _join_arrays([part.taken[rule_id] for part in parts], order)
            for rule_id in parts[0].taken
        },
        shapes=_join_arrays([part.shapes for part in parts], order),
        taken_m2=_join_arrays([part.taken_m2 for part in parts], order),
        left_m2={
            name: _join_arrays([part.left_m2[name] for part in parts], order)
            for name in parts[0].left_m2
        },
        covered_m2={
            rule_id: _join_arrays([part.covered_m2[rule_id] for part in parts], order)
            for rule_id in parts[0].covered_m2
        },
        measures=join_tables([part.measures for part in parts], order),
    )


def join_terms(terms: Sequence[Term], order: Integers) -> Term:
    """Return the terms of rows of several parts, in an order."""
    return Term(
        columns=join_tables([term.columns for term in terms], order),
        may_be_lower={
            name: _join_arrays([term.may_be_lower[name] for term in terms], order)
            for name in terms[0].may_be_lower
        },
        plans=_join_arrays([term.plans for term in terms], order),
        regimes=_join_arrays([term.regimes for term in terms], order),
        unread={
            what: np.unique(np.concatenate([term.unread[what] for term in terms]))
            for what in terms[0].unread
        },
    )


def join_tables(tables: Sequence[pd.DataFrame], order: Integers) -> pd.DataFrame:
    """Return rows of several tables as one.

    The type of a column of objects is looked for anew: the type that fits all may fit none of the
    parts.
    """
    columns = {}
    for name in tables[0]:
        plain = all(isinstance(table[name].dtype, np.dtype) for table in tables)
        parts = [
            table[name].to_numpy() if plain else table[name].to_numpy(dtype=object)
            for table in tables
        ]
        columns[name] = _join_arrays(parts, order)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(order)))


def counted(facts: LayerFacts, contents: Contents) -> LayerFacts:
    """Return the facts of a layer, with the numbers of its rows and repairs."""
    repairs = {**facts.repairs, **contents.repair_counts()}
    return replace(facts, rows=contents.rows.total, repairs=repairs)
