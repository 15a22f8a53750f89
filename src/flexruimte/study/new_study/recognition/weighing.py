"""Which datasets one source may be, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from flexruimte.errors import enumerate_some
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.new_study.recognition.candidate import Candidate
from flexruimte.study.new_study.recognition.cells import raster_candidate
from flexruimte.study.new_study.recognition.fields import Words
from flexruimte.study.new_study.recognition.known import KnownDataset, OtherDataset, known
from flexruimte.study.new_study.recognition.looks import Look
from flexruimte.study.new_study.recognition.names import (
    NameEvidence,
    evidence_of_name,
    same_name,
)
from flexruimte.study.new_study.recognition.rows import RowsCase, ended
from flexruimte.wording.said import Said, said

__all__ = ["ORDER", "candidates_for"]

ORDER = {"certain": 0, "likely": 1, "unsure": 2}
"""The surest first."""


def candidates_for(
    look: Look, ruleset: Ruleset, words: Words, places: Collection[str] = ()
) -> list[Candidate]:
    """Return the datasets that a source may be, the surest first.

    It is certain where its shapes are of the right kind, every field that rules read has its column
    (by name, or by values that no other dataset has), all values are what the ruleset expects,
    and name, columns or values tell the dataset apart, with nothing that speaks against it.

    Parameters
    ----------
    look
        What was seen of it.
    ruleset
        Whose layers it may be.
    words
        By `words_of_lists`.
    places
        Words of names of places, in small letters.
    """
    names = _names(look, places)
    found = [
        candidate
        for key, dataset in known().datasets.items()
        if (dataset.serves != "layer" or key in ruleset.layers)
        and (candidate := _candidate(look, key, dataset, ruleset, names, words)) is not None
    ]
    found += [
        candidate
        for key, other in known().others.items()
        if other.serves in ruleset.layers and (candidate := _in_place_of(look, key, other, names))
    ]
    found = [_contradicted(each, found) for each in _without_those_that_lose(found, names)]
    certain = [each.dataset for each in found if each.sure == "certain"]
    if len(certain) > 1:
        question = said("recognition-any-of", datasets=enumerate_some(certain))
        found = [_asked(each, question) if each.sure == "certain" else each for each in found]
    return sorted(found, key=lambda candidate: (ORDER[candidate.sure], candidate.dataset))


def _candidate(
    look: Look,
    key: str,
    dataset: KnownDataset,
    ruleset: Ruleset,
    names: NameEvidence,
    words: Words,
) -> Candidate | None:
    spec = ruleset.layers.get(key) if dataset.serves == "layer" else None
    if (spec is not None and spec.geometry == "raster") != (look.shapes == "raster"):
        return None
    if spec is not None and spec.geometry == "raster":
        return raster_candidate(look, key, spec, names)
    return RowsCase(look, key, dataset, ruleset, names, words).candidate()


def _asked(candidate: Candidate, question: Said) -> Candidate:
    return replace(candidate, sure="likely", questions=[*candidate.questions, question])


def _without_those_that_lose(found: list[Candidate], names: NameEvidence) -> list[Candidate]:
    """Leave out what a better answer for the same source makes needless.

    That is another dataset than its name and words say together, and the dataset itself beside
    what may be used in its place.
    """
    agreed = {each.dataset for each in found if each.dataset in names.whole and each.has_own_words}
    in_place = {each.dataset for each in found if each.in_place}
    return [
        each
        for each in found
        if not (agreed and each.dataset not in names.whole and not each.in_place)
        and not (each.dataset in in_place and not each.in_place and each.sure != "certain")
    ]


def _contradicted(candidate: Candidate, found: list[Candidate]) -> Candidate:
    """Ask about a candidate of which only the name tells, where columns tell of another dataset."""
    others = [each.dataset for each in found if each.dataset != candidate.dataset and each.telling]
    if candidate.sure != "certain" or candidate.telling or candidate.has_own_words or not others:
        return candidate
    return _asked(candidate, said("recognition-other-columns", datasets=enumerate_some(others)))


def _names(look: Look, places: Collection[str]) -> NameEvidence:
    """Return what its name says, or that of its file where its own says nothing or less.

    Where a file holds several layers, its name says no more than what is doubtful of all of them.
    """
    own, of_file = (evidence_of_name(name, places) for name in (look.name, look.file.stem))
    if look.layer is None or look.settings.open_options:
        # A part that somebody saved keeps the name of its layer, and the file is called after it.
        says_more = of_file.part & own.says and (of_file.doubtful or of_file.more)
        return of_file if says_more or not own.says else own
    return replace(own, doubtful=(*own.doubtful, *of_file.doubtful))


def _in_place_of(
    look: Look, key: str, other: OtherDataset, names: NameEvidence
) -> Candidate | None:
    """Return the dataset in whose place another one may be used."""
    marks = [
        column for column in look.columns if any(same_name(column, name) for name in other.columns)
    ]
    if key not in names.says and not marks:
        return None
    fields = {
        name: column
        for name, asked in other.field.items()
        for column in look.columns
        if any(same_name(column, each) for each in asked)
    }
    there = _rows_in_force(look, other)
    return Candidate(
        str(other.serves),
        "unsure",
        look,
        [said("recognition-in-place", name=key.replace("_", " "))],
        [said("recognition-without-status")],
        fields,
        constants=other.constants,
        extra={"where": " AND ".join(there)} if there else {},
        in_place=True,
    )


def _rows_in_force(look: Look, other: OtherDataset) -> list[str]:
    """Return in SQL which rows of another dataset are there now: not ended, not only planned."""
    conditions = [f'"{column}" IS NULL' for column in ended(look)]
    for name, values in other.without.items():
        listed = ", ".join(f"'{value}'" for value in values)
        conditions += [
            f'("{column}" IS NULL OR "{column}" NOT IN ({listed}))'
            for column in look.columns
            if same_name(column, name) and look.rows[column].isin(values).any()
        ]
    return conditions
