"""Which neighbouring parcels are taken together: steps, one upon another, each where it is better.

What comes of parcels as one location is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["Outcome", "grouped", "hanging_together", "neighbours"]

_SHARED_BOUNDARY_M = 1.0
"""Parcels that share less than this meet in a corner, and are no neighbours."""
_MAY_COME_TO_SOMETHING = 0.5
"""What joining neighbours without homes gains: less than any step that gains a home. [homes]"""


@dataclass(frozen=True)
class Outcome:
    """What comes of parcels as one location."""

    homes: float
    """Middle estimate; 0 where it would not be ranked. [homes]"""
    project: float
    """Homes of a project there; 0 where it would not be ranked. [homes]"""
    position: int
    """Of its class of priority; after the last where it would not be ranked."""

    def gain(self, one: Outcome, other: Outcome, of_one_owner: bool) -> float | None:
        """Return the homes that taking two together gains; None where that is no better."""
        gain = self.homes - one.homes - other.homes
        if not (self.homes or one.homes or other.homes):
            return _MAY_COME_TO_SOMETHING
        better = self.project >= max(one.project, other.project) if of_one_owner else gain > 0
        return gain if better and self.position <= min(one.position, other.position) else None


def neighbours(
    buildable: Geometries, candidates: Integers, owners: np.ndarray[Any, Any] | None
) -> Integers:
    """Return pairs of candidates whose buildable parts share a boundary, the lower position first.

    (p, 2).
    """
    shapes = buildable[candidates]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    if owners is not None:
        first, second = owners[candidates[one]], owners[candidates[other]]
        same = np.array(
            [a is not None and a == b for a, b in zip(first, second, strict=True)], dtype=bool
        )
        one, other = one[same], other[same]
    shared = shapely.length(shapely.intersection(shapes[one], shapes[other])) >= _SHARED_BOUNDARY_M
    pairs = np.stack([candidates[one[shared]], candidates[other[shared]]], axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def grouped(
    pairs: Integers,
    area: Floats,
    alone: Sequence[Outcome],
    outcomes: Callable[[list[Integers]], Sequence[Outcome]],
    most_m2: float,
    of_one_owner: bool,
    seen: Callable[[Integers, Integers, Outcome, Outcome, Outcome], None] = lambda *_step: None,
) -> list[Integers]:
    """Return the positions of the parcels of each site, lowest first.

    Parameters
    ----------
    pairs
        As `neighbours` returns it. (p, 2)
    area
        Of each parcel. (n,) [m2]
    alone
        What comes of each parcel by itself. n
    outcomes
        Says what comes of groups of parcels, by position, as one location each.
    most_m2
        Largest area of a site. [m2]
    of_one_owner
        Whether the parcels of a pair have one owner: see `Outcome.gain`.
    seen
        Told of every step that is open, taken or not: the parcels of the one and of the other, what
        comes of each, and what comes of them together.

    Notes
    -----
    Greedy: of parcels that hang together what gives the best class of priority goes together first,
    and of steps that exclude each other the one that gains most is taken; none is undone. So land
    of a better class loses no part to land of a lower one, and what lies apart does not wait.
    """
    apart = hanging_together(pairs, len(area)).tolist()
    members = {int(parcel): np.array([parcel], dtype=np.intp) for parcel in np.unique(pairs)}
    known = {label: alone[label] for label in members}
    size = {label: float(area[label]) for label in members}
    label_of = np.arange(len(area), dtype=np.intp)
    together: dict[tuple[int, int], Outcome] = {}
    while True:
        now = np.unique(np.sort(label_of[pairs], axis=1), axis=0) if len(pairs) else pairs
        open_steps = [
            (int(a), int(b)) for a, b in now if a != b and size[int(a)] + size[int(b)] <= most_m2
        ]
        new = [step for step in open_steps if step not in together]
        found = outcomes([np.concatenate([members[a], members[b]]) for a, b in new])
        together |= dict(zip(new, found, strict=True))
        for a, b in new:
            seen(members[a], members[b], known[a], known[b], together[a, b])
        gains = {
            (a, b): gain
            for a, b in open_steps
            if (gain := together[a, b].gain(known[a], known[b], of_one_owner)) is not None
        }
        if not gains:
            break
        best: dict[int, int] = {}
        where = {step: apart[members[step[0]][0]] for step in gains}
        for step in gains:
            position = together[step].position
            best[where[step]] = min(position, best.get(where[step], position))
        taken = set[int]()
        first = [step for step in gains if together[step].position == best[where[step]]]
        for a, b in sorted(first, key=lambda step: (-gains[step], step)):
            if a in taken or b in taken:
                continue
            taken |= {a, b}
            label = len(area) + len(known)
            members[label] = np.sort(np.concatenate([members.pop(a), members.pop(b)]))
            known[label], size[label] = together[a, b], size[a] + size[b]
            label_of[members[label]] = label
    sites = [each for label, each in members.items() if len(each) > 1 and known[label].homes > 0]
    return sorted(sites, key=lambda parcels: int(parcels[0]))


def hanging_together(pairs: Integers, count: int) -> Integers:
    """Return a number for each parcel, the same for those that pairs lead from one to the other.

    (count,) int; pairs as `neighbours` returns them.
    """
    # Sparse graphs load with it: a tenth of a second, for those who ask this only.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one, other = pairs.reshape(-1, 2).T
    links = coo_array((np.ones(len(one), dtype=bool), (one, other)), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1])
