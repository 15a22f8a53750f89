"""What a survey found, of a block of parcels and of all: tables, and putting them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.land_shapes import LandShapes, join_land_shapes
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
    "LeftFree",
    "RowsLeftFree",
    "Survey",
    "SurveyBlock",
    "Surveyed",
    "counted",
    "join_blocks",
    "join_buildable",
    "join_findings",
    "join_left_free",
    "join_tables",
    "join_terms",
    "keys_of_rows",
    "known_rows",
    "land_found",
    "left_free_by_rule",
    "only_rows",
    "with_rows_left_free",
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
class LeftFree:
    """What is left of parcels of which land is left free besides, and what the layers say of that.

    That is land of rules that do not exclude. A parcel has as many rows as there are ways to use
    it, other than with all its land. m rows
    """

    of: Integers
    """Position of the parcel, rising. (m,) int"""
    part: BuildablePart
    """What is left; `taken` tells of the land that is left free too. m rows"""

    @classmethod
    def none(cls, like: BuildablePart) -> LeftFree:
        """Return no rows, with the columns of other buildable parts."""
        nobody = np.empty(0, dtype=np.intp)
        return cls(nobody, join_buildable([like], nobody))

    def where(self, rows: Booleans) -> LeftFree:
        """Return some of the rows. (m,) bool"""
        return LeftFree(self.of[rows], join_buildable([self.part], np.flatnonzero(rows)))


class Surveyed(Protocol):
    """What the layers say of parcels, of a block or of all of them. n parcels"""

    @property
    def of_parcel(self) -> pd.DataFrame:
        """Measures of the whole parcel, its area among them. (n, ...)"""

    @property
    def findings(self) -> dict[str, LandFinding]:
        """Of every rule on land, by rule."""

    @property
    def term(self) -> Term:
        """From when until when the parcels are free."""

    @property
    def buildable(self) -> BuildablePart:
        """What is left where the excluding rules take their land."""


@dataclass(frozen=True)
class SurveyBlock:
    """What the layers say of one block of the parcels of a municipality. k parcels"""

    members: Integers
    """Positions of the parcels, rising. (k,) int"""
    of_parcel: pd.DataFrame
    """Measures of the whole parcel, its area among them. (k, ...)"""
    findings: dict[str, LandFinding]
    """Of every rule on land, by rule."""
    term: Term
    buildable: BuildablePart
    left_free: LeftFree
    """Its positions are those in the block."""
    land_shapes: LandShapes
    """Of rules that take their land; its positions are those in the block."""
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
    """What is left where the excluding rules take their land. n rows"""
    left_free: LeftFree
    """What is left where land of other rules is left free too; more may be here than is asked."""
    land_shapes: LandShapes
    """Of the rules and parcels of which land was taken when this was surveyed."""
    layers: dict[str, LayerFacts]
    """What was read, by layer."""
    contents: dict[str, Contents]
    """What was read around the parcels, by layer; nothing where the survey was kept."""
    blocks: list[Integers]
    """Positions of the parcels that were taken together, rising. Each (k,) int"""

    @property
    def land(self) -> dict[str, LandFinding]:
        """What every rule on land finds, on the buildable parts too, by rule."""
        return land_found(self)

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
        measures = {
            of: [name for name, measure in ruleset.measures.items() if measure.of == of]
            for of in ("parcel", "buildable")
        }

        def asked(part: BuildablePart) -> BuildablePart:
            found = part.measures
            if not ruleset.asks_for(WIDTH):
                found = found.assign(**{WIDTH: np.nan})
            return replace(part, measures=found[[*_SHAPE, *measures["buildable"]]])

        return replace(
            self,
            of_parcel=self.of_parcel[[AREA, *measures["parcel"]]],
            buildable=asked(self.buildable),
            left_free=replace(self.left_free, part=asked(self.left_free.part)),
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
        of_parcel=join_tables([block.of_parcel for block in blocks], order),
        findings={
            rule_id: join_findings([block.findings[rule_id] for block in blocks], order)
            for rule_id in blocks[0].findings
        },
        term=join_terms([block.term for block in blocks], order),
        buildable=join_buildable([block.buildable for block in blocks], order),
        left_free=join_left_free([(block.members, block.left_free) for block in blocks]),
        land_shapes=join_land_shapes([(block.members, block.land_shapes) for block in blocks]),
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


def join_left_free(parts: Sequence[tuple[Integers, LeftFree]]) -> LeftFree:
    """Return the rows of several parts as one, by parcel.

    Parameters
    ----------
    parts
        With the position of each parcel of a part.
    """
    of = np.concatenate([members[part.of] for members, part in parts])
    order = np.argsort(of, kind="stable")
    return LeftFree(of[order], join_buildable([part.part for _, part in parts], order))


def with_rows_left_free(found: Survey) -> Survey:
    """Return a survey in which each row of land left free is a parcel of its own, after all others.

    What it says of blocks is of the parcels alone. (n + m) parcels
    """
    count, of = len(found.parcels.ids), found.left_free.of
    if not len(of):
        return found
    rows = np.concatenate([np.arange(count), of])
    buildable = join_buildable([found.buildable, found.left_free.part], np.arange(len(rows)))
    return replace(
        found,
        parcels=found.parcels.of(rows),
        of_parcel=join_tables([found.of_parcel], rows),
        findings={rule_id: each.of(rows) for rule_id, each in found.findings.items()},
        term=join_terms([found.term], rows),
        buildable=buildable,
        left_free=LeftFree.none(buildable),
    )


def land_found(found: Surveyed) -> dict[str, LandFinding]:
    """Return what every rule on land finds, on the buildable parts too, by rule."""
    covered = found.buildable.covered_m2
    return {
        rule_id: replace(finding, buildable_m2=covered[rule_id])
        for rule_id, finding in found.findings.items()
    }


@dataclass(frozen=True)
class RowsLeftFree:
    """Parcels, and of each the land that is taken or left free in one way to use it. m rows"""

    of: Integers
    """Position of the parcel, rising. (m,) int"""
    taken: dict[str, Booleans]
    """By rule on land. (m,) bool"""


def known_rows(found: Survey, wanted: RowsLeftFree) -> Booleans:
    """Return which of the rows that are wanted a survey has. (m,) bool"""
    there = keys_of_rows(found, found.left_free.of, found.left_free.part.taken)
    return np.isin(keys_of_rows(found, wanted.of, wanted.taken), there)


def only_rows(found: Survey, wanted: RowsLeftFree) -> Survey:
    """Return a survey with the rows that are wanted, which it has, and of which something is left.

    Raises
    ------
    LookupError
        When it has not all of them.
    """
    if not known_rows(found, wanted).all():
        raise LookupError("a survey lacks ways to use parcels; give it those with with_left_free")
    there = keys_of_rows(found, found.left_free.of, found.left_free.part.taken)
    asked = np.isin(there, keys_of_rows(found, wanted.of, wanted.taken))
    some = asked & ~shapely.is_empty(found.left_free.part.shapes)
    return replace(found, left_free=found.left_free.where(some))


def left_free_by_rule(whole: Survey, used: Survey) -> dict[str, Floats]:
    """Return how much of the land of each rule is left free, of rules that leave some free.

    Parameters
    ----------
    whole
        What the layers say of parcels with all their land. n parcels
    used
        The same of them as they are used.

    Returns
    -------
    dict of Floats
        What the rule covers of the buildable part with all land, 0 where it is not left free.
        (n,) [m2]
    """
    found = {}
    for rule_id, before in whole.buildable.taken.items():
        free = used.buildable.taken[rule_id] & ~before
        if free.any():
            found[rule_id] = np.where(free, whole.buildable.covered_m2[rule_id], 0.0)
    return found


def keys_of_rows(
    found: Surveyed, of: Integers, taken: Mapping[str, Booleans]
) -> np.ndarray[Any, Any]:
    """Return what tells rows apart: the parcel, and the rules of which land is not used. (m,)

    Parameters
    ----------
    found
        What the layers say of the parcels.
    of
        Position of the parcel of each row. (m,) int
    taken
        Of which rules land is taken or left free, by rule. (m,) bool
    """
    uses = [
        taken[rule_id] & (finding.covered_m2[of] > 0) for rule_id, finding in found.findings.items()
    ]
    bits = np.packbits(np.stack(uses, axis=1), axis=1) if uses else np.empty((len(of), 0), np.uint8)
    rows = np.concatenate([np.asarray(of, dtype=">i8")[:, None].view(np.uint8), bits], axis=1)
    return np.ascontiguousarray(rows).view(f"V{rows.shape[1]}").ravel()


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
    if len(tables) == 1:
        return tables[0].take(order).reset_index(drop=True)
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
