"""Sites: neighbouring parcels that are one location where that is better.

A parcel belongs to one site at most, and is then no location of its own: nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.merger import LARGEST_SITE, Evidence, Merger, Sites
from flexruimte.assessment.neighbours import Outcome, grouped, hanging_together, neighbours
from flexruimte.errors import RulesetError
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    Booleans,
    Floats,
    Geometries,
    Integers,
)

__all__ = [
    "MERGE",
    "ONE_OWNER",
    "OWNER",
    "check_merge",
    "joinable",
    "may_join",
    "merge_parcels",
]

MERGE: Final = "merge"
"""Placement parameter: none, touching, or touching_same_owner."""
OWNER: Final = "owner_class"
"""Measure that says whose a parcel is."""
ONE_OWNER: Final = "one_owner_classes"
"""Placement parameter: kinds of owner of which there is one, so that two neighbours are the same.
"""
_APART: Final = "none"
_SAME_OWNER: Final = "touching_same_owner"
_ROUNDING_M: Final = 0.01
"""What is left of two neighbours may touch where they themselves are so far apart. [m]"""


def merge_parcels(evidence: Evidence) -> Sites | None:
    """Take neighbouring parcels together where that is better.

    None where the study does not ask for it.

    Candidates are parcels that are ranked, or that only their size keeps from it; what people
    decided to be in goes together with its like alone. Two neighbours, or groups of them, become
    one where that is better: as one location they are ranked, and in no lower class of priority
    than either by itself (what is not ranked by itself has the lowest), and

    - of whoever the parcels are: their homes together are more than the sum of each by itself (a
      parcel that is not ranked by itself counts 0);
    - of one owner, who decides on them as one: a project there is no smaller than on either.

    The steps that give the best class of priority come first, and of those that exclude each other
    the one that gains most homes, until there is none. Neighbours without homes go together too, as
    a third may make them a location; what has no homes in the end stays apart. A parcel that
    carries none of the homes of its site is left out of it, and the steps are taken anew: a site
    has the area, shape and measures of land that is used.

    The site is judged anew on its size, its term (the latest start and the first end), on what is
    nearest to it, on the class that it has most of and on room for a crane; of all other
    rules the worst verdict of its parts holds. It scores as one parcel of the same land would, as
    far as its measures follow from its parts.

    Notes
    -----
    Simplified: steps are taken one upon another and never undone, so another division of the same
    land may hold more homes. A parcel that is left out of one site is in no other either.
    """
    ruleset = evidence.ruleset
    how = _how(ruleset)
    if how == _APART:
        return None
    merger = Merger(evidence)
    if evidence.site_of is None:
        pairs = joinable(
            ruleset,
            evidence.table.iloc[evidence.ways[0]],
            evidence.buildable[evidence.ways[0]],
            np.flatnonzero(merger.candidates()),
            merger.area,
        )
        groups = _groups(merger, ruleset, pairs, merger.alone())
        counts = partial(_where_suitability_counts, merger, ruleset, pairs)
    else:
        known = pd.Series(evidence.site_of)
        groups = [rows.to_numpy() for _, rows in known[known >= 0].groupby(known).groups.items()]
        counts = partial(np.zeros, len(merger.area), dtype=bool)
    site_of = np.full(len(merger.area), -1, dtype=np.intp)
    for position, members in enumerate(groups):
        site_of[members] = position
    return merger.sites(groups, site_of, counts)


_Seen: TypeAlias = Callable[[Integers, Integers, Outcome, Outcome, Outcome], None]


def _groups(
    merger: Merger,
    ruleset: Ruleset,
    pairs: Integers,
    alone: Sequence[Outcome],
    seen: _Seen = lambda *_step: None,
) -> list[Integers]:
    """Return the positions of the parcels of each site."""
    most_m2, one_owner = float(ruleset.value(LARGEST_SITE)), _how(ruleset) == _SAME_OWNER
    while True:
        groups = grouped(pairs, merger.area, alone, merger.outcomes, most_m2, one_owner, seen)
        idle = merger.without_homes(groups)
        if not len(idle):
            return groups
        pairs = pairs[~np.isin(pairs, idle).any(axis=1)]


def _where_suitability_counts(merger: Merger, ruleset: Ruleset, pairs: Integers) -> Booleans:
    """Return the parcels whose own suitability bears on which parcels become one site. (n,) bool

    Too little of it puts a parcel by itself in a lower class, and then it may be joined where it
    might not before. So the steps are taken as if all suited enough. Where no step that is refused
    for its class would be taken if none suited, other suitabilities lead through the same steps;
    else those of all neighbours, and their neighbours, count.
    """
    count = len(merger.area)
    highest, lowest = (merger.alone(suits) for suits in (np.inf, -np.inf))
    moves = np.array([one != other for one, other in zip(highest, lowest, strict=True)], dtype=bool)
    if not moves[pairs].any():
        return np.zeros(count, dtype=bool)
    together = hanging_together(pairs, count)
    pairs = pairs[np.isin(together[pairs[:, 0]], together[moves])]
    one_owner = _how(ruleset) == _SAME_OWNER
    doubtful: set[int] = set()

    def seen(a: Integers, b: Integers, one: Outcome, other: Outcome, joined: Outcome) -> None:
        one_low, other_low = (
            lowest[int(parcels[0])] if len(parcels) == 1 else outcome
            for parcels, outcome in ((a, one), (b, other))
        )
        if joined.gain(one, other, one_owner) != joined.gain(one_low, other_low, one_owner):
            doubtful.add(int(together[a[0]]))

    _groups(merger, ruleset, pairs, highest, seen)
    return moves & np.isin(together, list(doubtful))


def check_merge(ruleset: Ruleset) -> None:
    """Refuse to take parcels of one owner together where nothing says of which kinds there is one.

    Raises
    ------
    RulesetError
        When the list is missing.
    """
    how = _how(ruleset)
    if how == _SAME_OWNER and ONE_OWNER not in ruleset.placement:
        raise RulesetError(
            f"ruleset '{ruleset.name}': {MERGE} is '{_SAME_OWNER}', which needs "
            f"[placement.{ONE_OWNER}] too; add it, or take touching"
        )


def may_join(
    ruleset: Ruleset, table: pd.DataFrame, shapes: Geometries, candidates: Integers
) -> Integers:
    """Return pairs of parcels that touch and may become parts of one site. (p, 2).

    Parameters
    ----------
    ruleset
        Which neighbours are taken together.
    table
        The measures of all parcels, the owner among them. (n, ...)
    shapes
        All parcels. (n,) object
    candidates
        Positions of those that come into account. (k,) int
    """
    how = _how(ruleset)
    if how == _APART:
        return np.empty((0, 2), dtype=np.intp)
    near = shapes[candidates]
    one, other = shapely.STRtree(near).query(near, predicate="dwithin", distance=_ROUNDING_M)
    pairs: Integers = candidates[np.stack([one, other], axis=1)[one < other]]
    if how == _SAME_OWNER:
        owner = pd.factorize(_owners(ruleset, table))[0][pairs]
        pairs = pairs[(owner[:, 0] == owner[:, 1]) & (owner[:, 0] >= 0)]
    return _decided_alike(table, pairs)


def _decided_alike(table: pd.DataFrame, pairs: Integers) -> Integers:
    """Return the pairs of which people decided that both are in, or neither.

    A decision is on a parcel, and lifts nothing of its neighbours.
    """
    decided_in = (table["decision"] == "in").to_numpy(dtype=bool)[pairs]
    alike: Integers = pairs[decided_in[:, 0] == decided_in[:, 1]]
    return alike


def joinable(
    ruleset: Ruleset,
    table: pd.DataFrame,
    buildable: Geometries,
    candidates: Integers,
    area: Floats | None = None,
) -> Integers:
    """Return pairs of parcels whose land may become one site as it is, the lower first. (p, 2).

    Parameters
    ----------
    ruleset
        Which neighbours are taken together, and up to which area.
    table
        The measures of all parcels, the owner among them. (n, ...)
    buildable
        What is left of all parcels. (n,) object
    candidates
        Positions of those that come into account. (k,) int
    area
        The least land of each that may be used; None is all that is left. (n,) float64 [m2]
    """
    how = _how(ruleset)
    if how == _APART:
        return np.empty((0, 2), dtype=np.intp)
    owners = _owners(ruleset, table) if how == _SAME_OWNER else None
    pairs = _decided_alike(table, neighbours(buildable, candidates, owners))
    land = shapely.area(buildable) if area is None else area
    together = land[pairs].sum(axis=1)
    return np.asarray(pairs[together <= float(ruleset.value(LARGEST_SITE))])


def _how(ruleset: Ruleset) -> str:
    return str(ruleset.value(MERGE)) if MERGE in ruleset.placement else _APART


def _owners(ruleset: Ruleset, table: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return the owner of each parcel where it is one of whom there is one; None elsewhere."""
    kinds = table[OWNER]
    only_ones = ruleset.value(ONE_OWNER)
    return kinds.where(kinds.isin(only_ones), None).to_numpy(dtype=object)
