"""Deciding over all sources of a folder: what is certain, what is asked, and what is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from flexruimte.errors import FlexruimteError, enumerate_some
from flexruimte.evidence.sources.errors import reading
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.new_study.recognition.candidate import Candidate
from flexruimte.study.new_study.recognition.fields import words_of_lists
from flexruimte.study.new_study.recognition.looks import Look
from flexruimte.study.new_study.recognition.weighing import ORDER, candidates_for
from flexruimte.wording.said import said

__all__ = ["Recognition", "recognise"]


@dataclass(frozen=True)
class Recognition:
    """What the sources of a folder are."""

    certain: dict[str, Candidate] = field(default_factory=dict)
    """By dataset its source."""
    asked: dict[str, list[Candidate]] = field(default_factory=dict)
    """By dataset the sources that it may be, the surest first."""
    unknown: list[Look] = field(default_factory=list)
    """What no dataset was seen in."""
    unread: list[Look] = field(default_factory=list)
    """What cannot be read, with the reason."""


def recognise(looks: Iterable[Look], ruleset: Ruleset, places: Collection[str] = ()) -> Recognition:
    """Return what sources are: for certain each one dataset at most, and each dataset one source.

    Parameters
    ----------
    looks
        What was seen of them.
    ruleset
        Whose layers they may be.
    places
        Words of names of places, in small letters: in the name of a file they say nothing.
    """
    result = Recognition()
    by_dataset: dict[str, list[Candidate]] = {}
    words = words_of_lists(ruleset)
    for look in looks:
        if look.why:
            result.unread.append(look)
            continue
        try:
            with reading(look.label, look.source.address):
                found = candidates_for(look, ruleset, words, places)
        except FlexruimteError as error:
            result.unread.append(replace(look, why=str(error)))
            continue
        if not found:
            result.unknown.append(look)
        if found and found[0].sure == "certain":
            found = found[:1]
        for candidate in found:
            by_dataset.setdefault(candidate.dataset, []).append(candidate)
    for dataset, candidates in by_dataset.items():
        _choose(result, dataset, candidates)
    return result


def _choose(result: Recognition, dataset: str, candidates: Sequence[Candidate]) -> None:
    """Take the one source that is certain; ask where there are more, or where none is."""
    # Of rasters only the name tells what they are, so that any other of such a name is a rival.
    rivals = [each for each in candidates if each.sure != "unsure" or each.look.shapes == "raster"]
    certain = [candidate for candidate in rivals if candidate.sure == "certain"]
    if len(certain) == 1 and len(rivals) == 1:
        result.certain[dataset] = certain[0]
        return
    if len(rivals) > 1:
        labels = enumerate_some([candidate.look.label for candidate in rivals])
        question = said("recognition-rivals", number=str(len(rivals)), sources=labels)
        candidates = [
            replace(each, questions=[*each.questions, question]) if each.sure == "certain" else each
            for each in candidates
        ]
    result.asked[dataset] = sorted(candidates, key=lambda each: ORDER[each.sure])
