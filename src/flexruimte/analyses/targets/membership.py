"""Which locations lie in the region or municipality of a target, and what of it was assessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from flexruimte.analyses.targets.target_file import Target, Targets
from flexruimte.errors import enumerate_some
from flexruimte.rules.parts import Language
from flexruimte.vocabulary import MUNICIPALITY_CODE, MUNICIPALITY_NAME, Booleans
from flexruimte.wording.messages import message

__all__ = ["AssessedMunicipalities", "Membership"]

_CODE: Final = re.compile(r"GM\d{4}")

_Pair: TypeAlias = tuple[str, str]
"""Code and name of a municipality; twice the same word where only one is known."""


@dataclass(frozen=True)
class AssessedMunicipalities:
    """The municipalities of a target, and which of them were assessed."""

    name: str
    """What the region or municipality of the target is called, in the language."""
    language: Language
    """Of what is said of them."""
    municipalities: int | None
    """How many there are; None: not known."""
    assessed: int
    """How many were assessed."""
    not_assessed: tuple[str, ...]
    """Names of those that were not, as far as they are listed."""

    @property
    def complete(self) -> bool:
        """Whether every municipality was assessed."""
        return self.municipalities is not None and self.assessed >= self.municipalities

    @property
    def held_against(self) -> str:
        """What the target is held against, which may be less than it speaks of."""
        said = {"place": self.name, "number": str(self.assessed), "all": str(self.municipalities)}
        if self.complete:
            return message("targets-of-all", self.language, **said)
        if self.municipalities is None:
            return message("targets-of-some-of-unknown", self.language, **said)
        return message("targets-of-some", self.language, **said)

    @property
    def why_unknown(self) -> str:
        """What is missing."""
        if self.municipalities is None:
            return (
                f"{self.name}: {self.assessed} municipalities were assessed, "
                "and it is not known how many there are"
            )
        names = f": {enumerate_some(self.not_assessed)}" if self.not_assessed else ""
        count = self.municipalities - self.assessed
        return (
            f"{self.name}: {count} of {self.municipalities} municipalities were not assessed{names}"
        )


class Membership:
    """Which municipalities are members of a region: by code where both have one, else by name.

    Parameters
    ----------
    rows
        Locations, with code and name of their municipality. (n, ...)
    assessed
        Codes or names of municipalities that were assessed, besides those of the locations.
    language
        Of what is said of them.
    """

    def __init__(
        self, rows: pd.DataFrame, assessed: Collection[str] | None, language: Language
    ) -> None:
        self._language = language
        of_rows = pd.MultiIndex.from_frame(rows[[MUNICIPALITY_CODE, MUNICIPALITY_NAME]])
        self._municipality, pairs = pd.factorize(of_rows)
        self._pairs: list[_Pair] = [(str(code), str(name)) for code, name in pairs]
        by_word = {word: pair for pair in self._pairs for word in pair}
        self._assessed = {
            *self._pairs,
            *(by_word.get(word, (word, word)) for word in assessed or ()),
        }

    def of(self, target: Target, targets: Targets) -> tuple[Booleans, AssessedMunicipalities]:
        """Return which locations lie in the area of a target, and which of it was assessed.

        Returns
        -------
        tuple
            Whether each location lies in the target's region or municipality, (n,) bool; and the
            municipalities of the target.
        """
        if target.region is None:
            asked = str(target.municipality)
            known = {word: name for code, name in self._assessed for word in (code, name)}
            return self._in({asked: asked}), self._assessed_of(
                known.get(asked, asked), {asked: asked}
            )
        region = targets.regions[target.region]
        name = getattr(region.title, self._language)
        if region.everywhere:
            everyone = np.ones(len(self._municipality), dtype=bool)
            count = len(self._assessed)
            return everyone, AssessedMunicipalities(
                name, self._language, region.municipality_count, count, ()
            )
        inside = self._in(region.members | region.former_members)
        return inside, self._assessed_of(name, region.members)

    def _in(self, members: Mapping[str, str]) -> Booleans:
        """Return which locations lie in one of the members. (n,)."""
        inside = [
            i
            for i, pair in enumerate(self._pairs)
            if any(_same_municipality(member, pair) for member in members.items())
        ]
        return np.isin(self._municipality, inside)

    def _assessed_of(self, name: str, members: Mapping[str, str]) -> AssessedMunicipalities:
        absent = [
            member[1]
            for member in members.items()
            if not any(_same_municipality(member, pair) for pair in self._assessed)
        ]
        return AssessedMunicipalities(
            name, self._language, len(members), len(members) - len(absent), tuple(absent)
        )


def _same_municipality(member: _Pair, municipality: _Pair) -> bool:
    """Whether a member of a region and a municipality of the data are the same."""
    (code, name), (other_code, other_name) = member, municipality
    both_coded = bool(_CODE.fullmatch(code) and _CODE.fullmatch(other_code))
    return code == other_code or (not both_coded and name == other_name)
