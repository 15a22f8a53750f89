"""A dataset that a source may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from flexruimte.errors import enumerate_some
from flexruimte.rules.parts import Scalar
from flexruimte.study.new_study.recognition.looks import Look
from flexruimte.study.new_study.recognition.names import NameEvidence
from flexruimte.wording.said import Said, said

__all__ = ["Candidate", "Sure", "against_by_name", "for_by_name"]

Sure = Literal["certain", "likely", "unsure"]
"""How sure it is, the surest first."""


@dataclass(frozen=True)
class Candidate:
    """A dataset that a source may be."""

    dataset: str
    sure: Sure
    look: Look
    reasons: Sequence[Said]
    """Why, as sentences without a full stop."""
    questions: Sequence[Said] = ()
    """What keeps it from being certain."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """By field its column."""
    values: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    """By field spellings of its column, and what they stand for."""
    constants: Mapping[str, Scalar] = field(default_factory=dict)
    """Fields that extracts of this kind do not have."""
    lost: Sequence[str] = ()
    """Fields that rules read and that no column holds."""
    id: str | None = None
    """Of parcels and tables the column that names a parcel."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Other settings, such as `repair_ids`."""
    has_own_words: bool = False
    """Whether words stand in it that no other dataset has."""
    telling: int = 0
    """How many columns it has that hardly any other dataset has; many where its words tell it."""
    in_place: bool = False
    """Whether it is another dataset, that may be used in the place of this one."""


def for_by_name(key: str, names: NameEvidence) -> list[Said]:
    """Return what a name says for a dataset."""
    if key in names.whole:
        return [said("recognition-name")]
    return [said("recognition-name-part")] if key in names.part else []


def against_by_name(key: str, names: NameEvidence) -> list[Said]:
    """Return what a name says against a dataset."""
    others = enumerate_some(sorted(names.says - {key}))
    against = []
    if names.whole and key not in names.whole:
        against.append(said("recognition-other-name", datasets=others))
    elif names.part - {key}:
        against.append(said("recognition-other-name-part", datasets=others))
    elif names.part and names.more:
        against.append(said("recognition-name-more", words=enumerate_some(list(names.more))))
    if names.doubtful:
        against.append(said("recognition-doubtful-word", word=names.doubtful[0]))
    return against
