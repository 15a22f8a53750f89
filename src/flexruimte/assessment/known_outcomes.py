"""What came of groups of parcels in another judgement, where one rule at most was another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from flexruimte.assessment.neighbours import Outcome
from flexruimte.assessment.surveyed import Survey, keys_of_rows
from flexruimte.assessment.verdicts import CoverThatCounts
from flexruimte.vocabulary import YES, Booleans, Integers, Verdicts

__all__ = ["KnownOutcomes", "OutcomesMemory", "Recall", "WorkOut", "work_out_all"]

WorkOut: TypeAlias = Callable[[list[Integers]], tuple[Sequence[Outcome], Mapping[str, Verdicts]]]
"""Judges groups of rows as one location each: what comes of them, and the verdicts by rule. (g,)"""
Recall: TypeAlias = Callable[[list[Integers], WorkOut], Sequence[Outcome]]
"""Says what comes of groups of rows, and has worked out what is not known."""
_BYTES_OF_POSITION: Final = 8


def work_out_all(groups: list[Integers], work_out: WorkOut) -> Sequence[Outcome]:
    """Return what comes of groups, of which none is known."""
    return work_out(groups)[0]


class OutcomesMemory:
    """What came of groups of parcels of one municipality under some ruleset.

    A group is known by its parcels and by what is used of the land of each. Kept with it are the
    rules that said anything but "yes" to it: where the ruleset differs in another rule alone, as
    much comes of it.
    """

    def __init__(self) -> None:
        self.of_groups: dict[bytes, tuple[Outcome, frozenset[str]]] = {}

    def all_parcels(self, count: int) -> KnownOutcomes:
        """Return what a judgement of all parcels under that ruleset knows, and adds to."""
        return KnownOutcomes(self, np.ones(count, dtype=bool), None)


@dataclass(frozen=True)
class KnownOutcomes:
    """What a judgement knows of groups of its parcels.

    Its ruleset is that of the memory, but for one rule.
    """

    memory: OutcomesMemory
    as_ever: Booleans
    """Which parcels that rule says nothing of, here or there, nor of a site of such. (n,) bool"""
    changed: str | None
    """Its id; None where it finds another thing too, so that only what is as ever is known."""

    def recall(
        self,
        rows: Survey,
        parcel: Integers,
        verdicts: Mapping[str, Verdicts],
        covers: Mapping[str, CoverThatCounts],
    ) -> Recall:
        """Return what recalls groups of rows.

        Parameters
        ----------
        rows
            What the layers say of the parcels, each in every way to use it. r rows
        parcel
            Position of the parcel of each row. (r,) int
        verdicts
            Of the rules that are assessed. (r,) int8
        covers
            What rules that take no land cover, by rule. (r,)
        """
        as_ever = self.as_ever[parcel]
        return _Recalled(
            self.memory.of_groups,
            _keys(rows),
            as_ever,
            self._may_say_yes(rows, verdicts, covers) | as_ever,
            self.changed,
        )

    def _may_say_yes(
        self,
        rows: Survey,
        verdicts: Mapping[str, Verdicts],
        covers: Mapping[str, CoverThatCounts],
    ) -> Booleans:
        """Return rows that the changed rule says yes to in any group that it said yes to. (r,)

        A rule on a measure is no stricter than it was, and one that is switched off says nothing.
        """
        count = len(rows.parcels.ids)
        if self.changed is None:
            return np.zeros(count, dtype=bool)
        if self.changed not in rows.findings or self.changed not in verdicts:
            return np.ones(count, dtype=bool)
        silent = verdicts[self.changed] == YES
        if self.changed in covers:
            cover = covers[self.changed]
            silent &= (cover.area_m2 == 0) & (cover.perhaps_m2 == 0) & ~cover.doubtful
        return np.asarray(silent)


@dataclass(frozen=True)
class _Recalled:
    """Recalls groups of rows. r rows"""

    known: dict[bytes, tuple[Outcome, frozenset[str]]]
    keys: list[bytes]
    """What tells the rows apart. r"""
    as_ever: Booleans
    """(r,) bool"""
    may_say_yes: Booleans
    """Which rows the changed rule says yes to in any group that it said yes to. (r,) bool"""
    changed: str | None

    def __call__(self, groups: list[Integers], work_out: WorkOut) -> Sequence[Outcome]:
        keys = [b"".join([self.keys[row] for row in group.tolist()]) for group in groups]
        found = [self._known(key, group) for key, group in zip(keys, groups, strict=True)]
        new = [number for number, outcome in enumerate(found) if outcome is None]
        made, verdicts = work_out([groups[number] for number in new]) if new else ([], {})
        for at, (number, outcome) in enumerate(zip(new, made, strict=True)):
            found[number] = outcome
            if self.as_ever[groups[number]].all():
                against = frozenset(name for name, said in verdicts.items() if said[at] != YES)
                self.known[keys[number]] = outcome, against
        return [outcome for outcome in found if outcome is not None]

    def _known(self, key: bytes, group: Integers) -> Outcome | None:
        if key not in self.known:
            return None
        outcome, against = self.known[key]
        as_ever = self.as_ever[group].all()
        if as_ever or (self.changed not in against and self.may_say_yes[group].all()):
            return outcome
        return None


def _keys(rows: Survey) -> list[bytes]:
    """Return what tells rows apart: the id of the parcel, and of which rules land is not used. r"""
    everyone = np.arange(len(rows.parcels.ids))
    uses = keys_of_rows(rows, everyone, rows.buildable.taken)
    return [
        str(parcel_id).encode() + b"\0" + key.tobytes()[_BYTES_OF_POSITION:] + b"\0"
        for parcel_id, key in zip(rows.parcels.ids, uses, strict=True)
    ]
