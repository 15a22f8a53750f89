"""A survey of some of the parcels that were surveyed, and what other rules find on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.land import find_on_land
from flexruimte.assessment.overlay import Overlay
from flexruimte.assessment.survey import LayersNear
from flexruimte.assessment.surveyed import (
    LeftFree,
    Survey,
    join_buildable,
    join_findings,
    join_left_free,
    join_tables,
    join_terms,
)
from flexruimte.evidence.layers import Layer
from flexruimte.kernels.ranges import ranges
from flexruimte.rules.rules import LandRule
from flexruimte.vocabulary import Integers

__all__ = ["LayersOfSome", "find_again", "survey_of", "with_some"]


def survey_of(found: Survey, members: Integers) -> Survey:
    """Return what a survey says of some of its parcels.

    Parameters
    ----------
    found
        Of all parcels of a municipality.
    members
        Positions of the parcels; one may be named more than once. Those of a block of `found` stay
        one block, which may be empty. (k,) int
    """
    return replace(
        found,
        parcels=found.parcels.of(members),
        of_parcel=join_tables([found.of_parcel], members),
        findings={rule_id: each.of(members) for rule_id, each in found.findings.items()},
        term=join_terms([found.term], members),
        buildable=join_buildable([found.buildable], members),
        left_free=_left_free_of(found, members),
        land_shapes=found.land_shapes.of_parcels(members),
        blocks=[np.flatnonzero(np.isin(members, block)) for block in found.blocks],
    )


def _left_free_of(found: Survey, members: Integers) -> LeftFree:
    """Return the rows of land left free of some parcels."""
    of = found.left_free.of
    first, last = (np.searchsorted(of, members, side) for side in ("left", "right"))
    rows = ranges(first, last - first)
    positions = np.repeat(np.arange(len(members)), last - first)
    return LeftFree(positions, join_buildable([found.left_free.part], rows))


def with_some(found: Survey, positions: Integers, some: Survey) -> Survey:
    """Return a survey with what is left of some of its parcels as another has it.

    Parameters
    ----------
    found
        What the layers say of n parcels.
    positions
        Of some of these, each once. (k,) int
    some
        What they say of these, in this order.
    """
    count = len(found.parcels.ids)
    order = np.arange(count)
    order[positions] = count + np.arange(len(positions))
    stays = ~np.isin(found.left_free.of, positions)
    left_free = [(np.arange(count), found.left_free.where(stays)), (positions, some.left_free)]
    return replace(
        found,
        buildable=join_buildable([found.buildable, some.buildable], order),
        left_free=join_left_free(left_free),
    )


class LayersOfSome:
    """The layers around some of the parcels that were surveyed: those around their whole block.

    Parameters
    ----------
    layers
        Gives the layers around a block.
    whole
        The survey of all parcels.
    members
        As `survey_of` was given them. (k,) int
    """

    def __init__(self, layers: LayersNear, whole: Survey, members: Integers) -> None:
        self._layers, self._blocks, self._members = layers, whole.blocks, members
        self._block_of = np.empty(len(whole.parcels.ids), dtype=np.intp)
        for number, block in enumerate(whole.blocks):
            self._block_of[block] = number

    def near(self, members: Integers) -> dict[str, Layer]:
        """Return the layers around a block of `survey_of` that is not empty. (k,) int"""
        return self._layers.near(self._blocks[self._block_of[self._members[members[0]]]])


def find_again(
    rules: Mapping[str, LandRule], found: Survey, layers: LayersNear
) -> dict[str, LandFinding]:
    """Return what rules on land find on parcels that were surveyed for others.

    Parameters
    ----------
    rules
        By id; they reach no farther than the rules for which the layers were read.
    found
        What the layers say of the parcels.
    layers
        Gives the layers around the parcels of a block of `found`.
    """
    parts: dict[str, list[LandFinding]] = {rule_id: [] for rule_id in rules}
    blocks = [block for block in found.blocks if len(block)]
    for block in blocks:
        overlay = Overlay(found.parcels.geometries[block])
        for rule_id, finding, _ in find_on_land(rules, layers.near(block), overlay):
            parts[rule_id].append(finding)
    order = np.argsort(np.concatenate(blocks), kind="stable")
    return {rule_id: join_findings(findings, order) for rule_id, findings in parts.items()}
