"""The survey: what the layers say of the parcels of a municipality.

All work on shapes and layers is done here. The survey knows no level, threshold, weight or
decision. All that it is told is from which parcels a rule takes the land that it covers, as what is
measured of the buildable part depends on that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from threading import Lock
from typing import Any, Protocol, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.land import covered_of_rest, find_on_land, land_of_rule, what_is_left
from flexruimte.assessment.land_shapes import LandShapes, join_land_shapes, land_shapes
from flexruimte.assessment.measures import compute_measures
from flexruimte.assessment.overlay import Overlay
from flexruimte.assessment.question import Question
from flexruimte.assessment.surveyed import (
    BuildablePart,
    LeftFree,
    RowsLeftFree,
    Survey,
    SurveyBlock,
    Surveyed,
    counted,
    join_blocks,
    join_buildable,
    join_left_free,
    known_rows,
)
from flexruimte.assessment.term import assess_term
from flexruimte.evidence.around import LayersAround
from flexruimte.evidence.contents import Contents, merge_contents
from flexruimte.evidence.layers import Layer, LayerFacts, Table
from flexruimte.evidence.parcels import Parcels, load_parcels
from flexruimte.kernels.circle import width
from flexruimte.kernels.overlap import Overlaps, largest_part
from flexruimte.kernels.threads import each_in_threads, threads_in_use
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    LARGEST_PART_AREA,
    WIDTH,
    Booleans,
    Geometries,
    Integers,
)

__all__ = [
    "LayersNear",
    "Progress",
    "TakesLand",
    "blocks_of",
    "layers_around",
    "measure_again",
    "measure_rows",
    "read_contents",
    "survey",
    "survey_block",
    "with_land_shapes",
    "with_left_free",
]

Progress: TypeAlias = Callable[[str], None]
"""Called with the name of each step as it starts."""


class TakesLand(Protocol):
    """Says from which parcels rules take the land that they cover, and where it is left free."""

    def __call__(
        self, ids: np.ndarray[Any, np.dtype[np.object_]]
    ) -> Callable[[str, LandFinding, pd.DataFrame], Booleans]:
        """Return what is called with the id of a rule on land, its finding and parcels' measures.

        That returns from which of these parcels the land that the rule covers is taken.
        """

    def left_free(
        self, ids: np.ndarray[Any, np.dtype[np.object_]], found: Surveyed
    ) -> RowsLeftFree:
        """Return the ways to use parcels other than with all their land."""


class LayersNear(Protocol):
    """Gives the layers around some of the parcels of a municipality."""

    def near(self, members: Integers) -> dict[str, Layer]:
        """Return the layers around some of the parcels, by key. (k,) int"""


def survey(
    question: Question,
    code: str,
    takes_land: TakesLand,
    progress: Progress = lambda _step: None,
    reader: Callable[[Question, Parcels], LayersNear] | None = None,
) -> Survey:
    """Read the layers of the study around the parcels of a municipality, and measure what they say.

    Parameters
    ----------
    question
        What `survey_question` returns: where to read, what to look for, and how many parcels are
        taken at once, by all threads together.
    code
        Of the municipality.
    takes_land
        Says from which parcels a rule takes the land that it covers.
    progress
        Told which step starts.
    reader
        Gives the layers around the parcels; None reads them from the sources of the study.

    Raises
    ------
    FlexruimteError
        When the municipality has no parcels, or when a layer cannot be used.
    """
    progress("parcels")
    parcels = load_parcels(question.parcels, question.municipalities, code)
    # Blocks that are taken at the same time are smaller, so that together they take no more memory
    # than one.
    blocks = blocks_of(parcels.geometries, max(question.block // threads_in_use(), 1))
    layers, one_at_a_time = (reader or layers_around)(question, parcels), Lock()

    def surveyed(number: int) -> SurveyBlock:
        block = f", block {number + 1} of {len(blocks)}" if len(blocks) > 1 else ""

        def told(step: str) -> None:
            with one_at_a_time:
                progress(step + block)

        return survey_block(question, parcels, blocks[number], layers, takes_land, told)

    return join_blocks(parcels, each_in_threads(surveyed, range(len(blocks))))


def read_contents(
    question: Question, parcels: Parcels
) -> tuple[dict[str, LayerFacts], dict[str, Contents]]:
    """Read layers around the parcels of a municipality, and return what was read, as a survey does.

    Parameters
    ----------
    question
        What `survey_question` returns, with the sources of these layers.
    parcels
        Of the municipality.
    """
    layers = layers_around(question, parcels)
    facts: dict[str, LayerFacts] = {}
    contents: dict[str, list[Contents]] = {key: [] for key in question.sources}
    for members in blocks_of(parcels.geometries, question.block):
        for key, layer in layers.near(members).items():
            facts[key] = layer.facts
            contents[key].append(_contents_of(layer, parcels.ids[members]))
    merged = {key: merge_contents(parts) for key, parts in contents.items()}
    return {key: counted(facts[key], merged[key]) for key in merged}, merged


def _contents_of(layer: Layer, ids: np.ndarray[Any, Any]) -> Contents:
    return layer.contents_of(ids) if isinstance(layer, Table) else layer.contents


def layers_around(question: Question, parcels: Parcels) -> LayersAround:
    """Return the layers around the parcels of a municipality, read from the study's sources."""
    bounds = shapely.bounds(parcels.geometries)
    return LayersAround(
        question.ruleset, question.sources, bounds, parcels.ids, question.all_parcel_ids
    )


def blocks_of(shapes: Geometries, size: int) -> list[Integers]:
    """Divide parcels into blocks of at most `size` that lie together, along a Hilbert curve.

    Returns the positions of the parcels of each block, rising.
    """
    count = -(-len(shapes) // size)
    if count == 1:
        return [np.arange(len(shapes))]
    along = gpd.GeoSeries(shapes).hilbert_distance().to_numpy()
    return [np.sort(members) for members in np.array_split(np.argsort(along, kind="stable"), count)]


def survey_block(
    question: Question,
    parcels: Parcels,
    members: Integers,
    layers: LayersNear,
    takes_land: TakesLand,
    progress: Progress = lambda _step: None,
) -> SurveyBlock:
    """Return what the layers say of one block of the parcels; `join_blocks` puts blocks together.

    Parameters
    ----------
    question, takes_land, progress
        As for `survey`.
    parcels
        Of the municipality.
    members
        Positions of the parcels of the block, rising. (k,) int
    layers
        Gives the layers around the parcels.

    Raises
    ------
    FlexruimteError
        When a layer cannot be used.
    """
    progress("layers")
    ruleset, ids = question.ruleset, parcels.ids[members]
    overlay, near = Overlay(parcels.geometries[members]), layers.near(members)
    progress("land")
    of_parcel = compute_measures(ruleset, "parcel", overlay, ids, parcels, near)
    of_parcel.insert(0, AREA, overlay.areas)
    takes = takes_land(ids)
    findings: dict[str, LandFinding] = {}
    taken: dict[str, Booleans] = {}
    lands: dict[str, Overlaps | None] = {}
    for rule_id, finding, land in find_on_land(ruleset.land_rules, near, overlay):
        findings[rule_id] = finding
        taken[rule_id] = takes(rule_id, finding, of_parcel)
        lands[rule_id] = land
    progress("measures")
    buildable = _buildable(ruleset, overlay, findings, taken, lands.get, ids, parcels, near)
    block = SurveyBlock(
        members=members,
        of_parcel=of_parcel,
        findings=findings,
        term=assess_term(
            ruleset, near, question.not_assessed, overlay, ids, question.as_of, of_parcel
        ),
        buildable=buildable,
        left_free=LeftFree.none(buildable),
        land_shapes=land_shapes(
            overlay.shapes,
            _taken_land(findings, taken, lands.get),
            {rule_id: finding.covered_m2 for rule_id, finding in findings.items()},
        ),
        facts={key: layer.facts for key, layer in near.items()},
        contents={key: _contents_of(layer, ids) for key, layer in near.items()},
    )
    wanted = takes_land.left_free(ids, block)
    if not len(wanted.of):
        return block
    around = _Around(ruleset, parcels.geometries[members], ids, parcels, near)
    part = around.measured(findings, wanted.of, wanted.taken)
    return replace(block, left_free=LeftFree(wanted.of, part))


def _buildable(
    ruleset: Ruleset,
    overlay: Overlay,
    findings: Mapping[str, LandFinding],
    taken: dict[str, Booleans],
    land_of: Callable[[str], Overlaps | None],
    ids: np.ndarray[Any, Any],
    parcels: Parcels,
    layers: Mapping[str, Layer],
) -> BuildablePart:
    """Return what is left where rules take their land, what others cover of it, and its measures.

    Parameters
    ----------
    findings
        What rules find on these parcels, by rule.
    land_of
        Gives the land of a rule; None where its layer is absent.
    ids, parcels
        Of these parcels, and all of the municipality.
    """
    covered = _taken_land(findings, taken, land_of)
    shapes, left_m2 = what_is_left(ruleset.land_rules, overlay, covered)
    of_rest = {
        rule_id: covered_of_rest(
            shapes, overlay.areas, finding.covered_m2, taken[rule_id], partial(land_of, rule_id)
        )
        for rule_id, finding in findings.items()
    }
    measured = np.where(shapely.is_empty(shapes), overlay.shapes, shapes)
    measures = compute_measures(
        ruleset, "buildable", Overlay(measured, around=overlay), ids, parcels, layers
    )
    largest = largest_part(shapes)
    measures.insert(0, BUILDABLE_AREA, shapely.area(shapes))
    measures.insert(1, LARGEST_PART_AREA, shapely.area(largest))
    measures.insert(2, WIDTH, width(largest) if ruleset.asks_for(WIDTH) else np.nan)
    taken_m2 = overlay.areas - shapely.area(shapes)
    return BuildablePart(taken, shapes, taken_m2, left_m2, of_rest, measures)


def _taken_land(
    findings: Mapping[str, LandFinding],
    taken: Mapping[str, Booleans],
    land_of: Callable[[str], Overlaps | None],
) -> dict[str, Overlaps]:
    """Return what is taken of parcels, by rule, of rules that take something."""
    covered: dict[str, Overlaps] = {}
    for rule_id, takes in taken.items():
        land = land_of(rule_id) if (takes & (findings[rule_id].covered_m2 > 0)).any() else None
        if land is not None:
            covered[rule_id] = land.where(takes[land.shape])
    return covered


def measure_again(
    question: Question, found: Survey, takes_land: TakesLand, layers: LayersNear
) -> Survey:
    """Return a survey with the buildable parts that are left where other rules take their land.

    Only parcels from which another rule takes something are measured again.

    Parameters
    ----------
    question
        What `survey_question` returns.
    found
        What the layers say, where some rules take their land.
    takes_land
        Says from which parcels a rule takes the land that it covers now.
    layers
        Gives the layers around the parcels of a block of `found`.
    """
    takes = takes_land(found.parcels.ids)
    taken = {
        rule_id: takes(rule_id, finding, found.of_parcel)
        for rule_id, finding in found.findings.items()
    }
    nothing = np.zeros(len(found.parcels.ids), dtype=bool)
    changed = nothing.copy()
    for rule_id, finding in found.findings.items():
        before = found.buildable.taken.get(rule_id, nothing)
        changed |= (taken[rule_id] != before) & (finding.covered_m2 > 0)
    rows = np.flatnonzero(changed)
    again = replace(found, buildable=replace(found.buildable, taken=taken))
    if len(rows):
        of_rows = {rule_id: each[rows] for rule_id, each in taken.items()}
        part = measure_rows(question, found, rows, of_rows, layers)
        order = np.arange(len(nothing))
        order[rows] = len(nothing) + np.arange(len(rows))
        again = replace(again, buildable=join_buildable([again.buildable, part], order))
    kept = found.left_free.where(~changed[found.left_free.of])
    return with_left_free(question, replace(again, left_free=kept), takes_land, lambda: layers)


def with_left_free(
    question: Question, found: Survey, takes_land: TakesLand, layers: Callable[[], LayersNear]
) -> Survey:
    """Return a survey with what is left of parcels in every way to use them.

    Only ways that it does not know are measured.

    Parameters
    ----------
    question
        What `survey_question` returns.
    found
        What the layers say.
    takes_land
        Says of which parcels land is left free.
    layers
        Called where something is measured: gives what gives the layers around the parcels of a
        block of `found`.
    """
    wanted = takes_land.left_free(found.parcels.ids, found)
    new = ~known_rows(found, wanted)
    if not new.any():
        return found
    taken = {rule_id: rows[new] for rule_id, rows in wanted.taken.items()}
    part = measure_rows(question, found, wanted.of[new], taken, layers())
    everyone = np.arange(len(found.parcels.ids))
    parts = [(everyone, found.left_free), (everyone, LeftFree(wanted.of[new], part))]
    return replace(found, left_free=join_left_free(parts))


def with_land_shapes(question: Question, found: Survey, layers: Callable[[], LayersNear]) -> Survey:
    """Return a survey with the shape of all land that rules take.

    Only what it does not have is laid over the parcels.

    Parameters
    ----------
    question
        What `survey_question` returns.
    found
        What the layers say.
    layers
        As for `with_left_free`.
    """
    count = len(found.parcels.ids)
    missing = {
        rule_id: takes
        & (found.findings[rule_id].covered_m2 > 0)
        & ~found.land_shapes.has(rule_id, count)
        for rule_id, takes in found.buildable.taken.items()
    }
    missing = {rule_id: asked for rule_id, asked in missing.items() if asked.any()}
    if not missing:
        return found
    everywhere, near = np.logical_or.reduce(list(missing.values())), layers()
    parts = [(np.arange(count), found.land_shapes)]
    for block in found.blocks:
        rows = block[everywhere[block]]
        if len(rows):
            shapes, ids = found.parcels.geometries, found.parcels.ids
            around = _Around(question.ruleset, shapes, ids, found.around, near.near(block))
            asked = {rule_id: each[rows] for rule_id, each in missing.items()}
            parts.append((rows, around.land_shapes(found.findings, rows, asked)))
    return replace(found, land_shapes=join_land_shapes(parts))


def measure_rows(
    question: Question,
    found: Survey,
    of: Integers,
    taken: Mapping[str, Booleans],
    layers: LayersNear,
) -> BuildablePart:
    """Return what is left of parcels where some land is not used, and what the layers say of that.

    Parameters
    ----------
    question
        What `survey_question` returns.
    found
        What the layers say of the parcels.
    of
        Positions of parcels; one may be named more than once. (m,) int
    taken
        Of which rules land is taken or left free, by rule. (m,) bool
    layers
        Gives the layers around the parcels of a block of `found`.
    """
    parts, positions = [], []
    for block in found.blocks:
        at = np.flatnonzero(np.isin(of, block))
        if len(at):
            shapes, ids = found.parcels.geometries, found.parcels.ids
            near = layers.near(block)
            around = _Around(question.ruleset, shapes, ids, found.around, near)
            rows = {rule_id: each[at] for rule_id, each in taken.items()}
            parts.append(around.measured(found.findings, of[at], rows))
            positions.append(at)
    return join_buildable(parts, np.argsort(np.concatenate(positions), kind="stable"))


@dataclass(frozen=True)
class _Around:
    """Parcels with the layers around them, to be measured again."""

    ruleset: Ruleset
    shapes: Geometries
    ids: np.ndarray[Any, Any]
    parcels: Parcels
    """All parcels of the municipality, these and their neighbours."""
    layers: Mapping[str, Layer]

    def measured(
        self, findings: Mapping[str, LandFinding], of: Integers, taken: dict[str, Booleans]
    ) -> BuildablePart:
        """Return what is left of some parcels, where rules take their land or leave it free."""
        overlay, ids = Overlay(self.shapes[of]), self.ids[of]
        land_of = cache(partial(self._land_of, overlay))
        some = {rule_id: finding.of(of) for rule_id, finding in findings.items()}
        return _buildable(
            self.ruleset, overlay, some, taken, land_of, ids, self.parcels, self.layers
        )

    def land_shapes(
        self, findings: Mapping[str, LandFinding], of: Integers, taken: Mapping[str, Booleans]
    ) -> LandShapes:
        """Return the shape of the land that rules take from some parcels. (k,) int"""
        overlay = Overlay(self.shapes[of])
        some = {rule_id: findings[rule_id].of(of) for rule_id in taken}
        covered_m2 = {rule_id: finding.covered_m2 for rule_id, finding in some.items()}
        land = _taken_land(some, taken, partial(self._land_of, overlay))
        return land_shapes(overlay.shapes, land, covered_m2)

    def _land_of(self, overlay: Overlay, rule_id: str) -> Overlaps | None:
        rules = self.ruleset.land_rules
        if rule_id not in rules:  # nobody asks for it
            return None
        return land_of_rule(rules[rule_id], self.layers.get(rules[rule_id].layer), overlay)
