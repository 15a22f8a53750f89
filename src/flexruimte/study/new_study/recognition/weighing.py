"""Which dataset one source may be, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from flexruimte.errors import FlexruimteError, enumerate_some
from flexruimte.evidence.plausibility import doubts_about_cells, doubts_about_field
from flexruimte.evidence.sources import Window
from flexruimte.rules.parts import CELLS, LayerSpec, Scalar
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.new_study.recognition.fields import (
    Columns,
    Matching,
    Words,
    are_telling,
    as_text,
)
from flexruimte.study.new_study.recognition.known import KnownDataset, OtherDataset, known
from flexruimte.study.new_study.recognition.looks import Look
from flexruimte.study.new_study.recognition.names import (
    NameEvidence,
    cut_off,
    evidence_of_name,
    is_own_name,
    same_name,
)
from flexruimte.study.new_study.recognition.said import Said, said, said_as_is

__all__ = ["Candidate", "Sure", "candidates_for"]

Sure = Literal["certain", "likely", "unsure"]
_TELLING_COLUMNS: Final = 2
"""So many columns that hardly any other dataset has tell which one it is."""
_SOME_EMPTY: Final = 0.05
"""A layer in which more of the rows have nothing in any field that rules read holds more."""
_MOST_CELLS: Final = 25_000_000
"""A raster of more cells is looked at in nine windows."""
_WINDOW_CELLS: Final = 1000
_UNIQUE_IDS: Final = 0.99


@dataclass(frozen=True)
class Candidate:
    """A dataset that a source may be."""

    dataset: str
    sure: Sure
    look: Look
    reasons: tuple[Said, ...]
    """Why, as sentences without a full stop."""
    questions: tuple[Said, ...] = ()
    """What keeps it from being certain."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """By field its column."""
    values: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    constants: Mapping[str, Scalar] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
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


@dataclass
class _Case:
    """What speaks for one dataset, and what against."""

    reasons: list[Said] = field(default_factory=list)
    questions: list[Said] = field(default_factory=list)
    strong: bool = False
    """Whether what was seen makes it that dataset and no other."""


def candidates_for(look: Look, ruleset: Ruleset, words: Words) -> list[Candidate]:
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
    """
    names = _names(look)
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
    order = {"certain": 0, "likely": 1, "unsure": 2}
    found.sort(key=lambda candidate: (order[candidate.sure], candidate.dataset))
    certain = [each.dataset for each in found if each.sure == "certain"]
    if len(certain) > 1:
        question = said("recognition-any-of", datasets=enumerate_some(certain))
        found = [
            replace(each, sure="likely", questions=(*each.questions, question))
            if each.sure == "certain"
            else each
            for each in found
        ]
    return found


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
    question = said("recognition-other-columns", datasets=enumerate_some(others))
    return replace(candidate, sure="likely", questions=(*candidate.questions, question))


def _names(look: Look) -> NameEvidence:
    """Return what its name says; of a layer the file's name counts where its own says nothing."""
    own = evidence_of_name(look.name)
    of_file = evidence_of_name(look.file.stem)
    if own.whole or (look.layer is not None and own.says):
        return NameEvidence(own.whole, own.part, (*own.doubtful, *_doubtful_in_path(look)))
    if look.layer is None and not own.says:
        return of_file
    return NameEvidence(own.whole, own.part, (*own.doubtful, *_doubtful_in_path(look)))


def _doubtful_in_path(look: Look) -> tuple[str, ...]:
    """Return doubtful words in the name of the file that holds the layer."""
    if look.layer is None or look.settings.open_options:
        return ()
    return evidence_of_name(look.file.stem).doubtful


def _candidate(
    look: Look,
    key: str,
    dataset: KnownDataset,
    ruleset: Ruleset,
    names: NameEvidence,
    words: Words,
) -> Candidate | None:
    spec = ruleset.layers.get(key) if dataset.serves == "layer" else None
    wanted = spec.geometry if spec else dataset.geometry
    if (wanted == "raster") != (look.shapes == "raster"):
        return None
    case = _Case()
    if wanted == "raster":
        return _raster(look, key, spec, names, case) if spec else None
    if (wanted == "table") != (look.shapes == "table"):
        return None
    matching = Matching(key, dataset, spec, look.rows, look.forms, words)
    columns = matching.columns()
    own = columns.own_words
    telling = [
        column
        for column in look.columns
        if any(_named_so(column, name) for name in dataset.telling)
    ]
    fits = wanted in ("table", "mixed") or look.shapes in (wanted, "mixed")
    if not (key in names.whole or (fits and (key in names.part or telling or own))):
        return None
    _say_name(case, key, names)
    if telling:
        case.reasons.append(said("recognition-columns", columns=enumerate_some(telling)))
    if own:
        case.reasons.append(said("recognition-own-word", word=own[0]))
    _tell_shapes(case, look, wanted)
    lost = _lost(key, dataset, ruleset, spec, columns)
    constants = {name: dataset.without[name] for name in lost if name in dataset.without}
    if key not in names.whole and not telling:
        constants = {}
    lost = [name for name in lost if name not in constants]
    _tell_fields(case, columns, lost, dataset)
    _tell_values(case, look, columns, spec)
    if key not in names.whole:
        foreign = matching.foreign_words()
        if foreign:
            word, owner = next(iter(foreign.items()))
            case.questions.append(said("recognition-foreign-word", word=word, dataset=owner))
    _tell_empty(case, look, columns, spec, lost, named=key in names.whole)
    case.strong = (
        (key in names.whole and _has_its_fields(columns, matching))
        or (dataset.words and are_telling(own))
        or len(telling) >= _TELLING_COLUMNS
    )
    identifier, extra = _identify(case, key, dataset, look, columns)
    if not case.strong and not case.questions:
        case.questions.append(
            said("recognition-name-alone" if key in names.whole else "recognition-not-enough")
        )
    return Candidate(
        key,
        _sure(case, key, names, telling, own),
        look,
        tuple(case.reasons),
        tuple(case.questions),
        columns.found,
        columns.values,
        constants,
        tuple(lost),
        identifier,
        extra,
        has_own_words=bool(own),
        telling=len(telling) + _TELLING_COLUMNS * (dataset.words and are_telling(own)),
    )


def _sure(case: _Case, key: str, names: NameEvidence, telling: list[str], own: list[str]) -> Sure:
    if case.strong and not case.questions:
        return "certain"
    return "likely" if key in names.whole or case.strong or (telling and own) else "unsure"


def _say_name(case: _Case, key: str, names: NameEvidence) -> None:
    others = sorted(names.says - {key})
    if key in names.whole:
        case.reasons.append(said("recognition-name"))
    elif key in names.part:
        case.reasons.append(said("recognition-name-part"))
    if names.whole and key not in names.whole:
        case.questions.append(said("recognition-other-name", datasets=enumerate_some(others)))
    elif names.part and key not in names.part:
        case.questions.append(said("recognition-other-name-part", datasets=enumerate_some(others)))
    if names.doubtful:
        case.questions.append(said("recognition-doubtful-word", word=names.doubtful[0]))


def _lost(
    key: str, dataset: KnownDataset, ruleset: Ruleset, spec: LayerSpec | None, columns: Columns
) -> list[str]:
    """Return the fields that have to be there and have no column."""
    if spec is not None:
        wanted = [*ruleset.fields_in_use(key), *spec.rows]
        wanted = [name for name in dict.fromkeys(wanted) if not spec.field(name).optional]
        if spec.geometry == "table":
            wanted.append("parcel_id")
    elif dataset.serves == "parcels":
        wanted = ["id"]
    else:
        wanted = list(dataset.fields)
    return [name for name in wanted if name not in columns.found and name not in columns.several]


def _has_its_fields(columns: Columns, matching: Matching) -> bool:
    """Return whether a source has all fields of a dataset, or one that only this dataset has.

    Fields such as `naam` stand in many, so that one of them says nothing, and neither do columns
    that may be called so.
    """
    named = {name for name, column in columns.found.items() if _named_so(column, name)}
    if columns.own_words or set(matching.fields) <= named:
        return True
    if any(
        name in columns.found and name not in columns.strange for name in matching.dataset.looks
    ):
        return True
    return any(is_own_name(column, matching.key) for column in columns.found.values())


def _named_so(column: str, field_name: str) -> bool:
    return same_name(column, field_name) or cut_off(column, field_name)


def _tell_shapes(case: _Case, look: Look, wanted: str | None) -> None:
    if wanted in ("table", "mixed") or look.shapes == wanted:
        return
    case.questions.append(said("recognition-shapes", there=look.shapes, wanted=str(wanted)))


def _tell_fields(case: _Case, columns: Columns, lost: list[str], dataset: KnownDataset) -> None:
    for name, several in columns.several.items():
        case.questions.append(
            said("recognition-several-columns", field=name, columns=enumerate_some(several))
        )
    for name, strange in columns.strange.items():
        if name in dataset.looks and dataset.serves == "layer":
            continue  # what names a feature may be of any form
        words = enumerate_some([repr(word) for word in strange])
        case.questions.append(
            said("recognition-strange", column=columns.found[name], words=words, field=name)
        )
    if lost:
        case.questions.append(said("recognition-lost", fields=enumerate_some(lost)))
    for name in columns.by_values:
        case.reasons.append(said("recognition-by-values", column=columns.found[name], field=name))


def _tell_values(case: _Case, look: Look, columns: Columns, spec: LayerSpec | None) -> None:
    """Hold numbers against what the ruleset expects."""
    if spec is None:
        return
    for name, expected in spec.expected.items():
        if name in columns.found:
            for doubt in doubts_about_field(expected, look.rows[columns.found[name]]):
                numbers_ok = spec.missing_below is not None
                if not (numbers_ok and _only_below(look.rows[columns.found[name]], spec)):
                    case.questions.append(said_as_is(f"{columns.found[name]}: {doubt}"))


def _tell_empty(
    case: _Case,
    look: Look,
    columns: Columns,
    spec: LayerSpec | None,
    lost: list[str],
    *,
    named: bool,
) -> None:
    """Ask about rows that say nothing of what rules read: a table may hold several datasets.

    Where the name is that of the dataset, a single field may be empty.
    """
    if spec is None:
        return
    read = [name for name in columns.found if spec.field(name).open or spec.field(name).values]
    read = [name for name in read if name in columns.found and name not in spec.rows]
    if len(read) > named and not lost and len(look.rows):
        empty = look.rows[[columns.found[name] for name in read]].isna().all(axis=1).mean()
        if empty > _SOME_EMPTY:
            empties = enumerate_some([columns.found[name] for name in read])
            case.questions.append(said("recognition-empty", share=f"{empty:.0%}", columns=empties))


def _only_below(values: Any, spec: LayerSpec) -> bool:
    """Return whether values are as expected without those that say that there is none."""
    numbers = pd.to_numeric(values, errors="coerce")
    left = numbers[numbers >= (spec.missing_below or 0.0)]
    return all(not doubts_about_field(expected, left) for expected in spec.expected.values())


def _identify(
    case: _Case, key: str, dataset: KnownDataset, look: Look, columns: Columns
) -> tuple[str | None, dict[str, Any]]:
    """Return the column that names a parcel or municipality, and settings that follow from it."""
    if dataset.serves == "municipalities" and "code" in columns.found:
        codes = look.rows[columns.found["code"]]
        text = as_text(codes)
        if text.empty or not text.str.fullmatch(dataset.looks["code"]).all():
            case.questions.append(said("recognition-codes"))
        elif codes.duplicated().any():
            case.questions.append(said("recognition-several-rows"))
        return None, {}
    if dataset.serves == "parcels" and "id" in columns.found:
        ids = look.whole_column(columns.found["id"])
        same = int(ids.duplicated().sum() + ids.isna().sum())
        if same and ids.nunique() < _UNIQUE_IDS * len(ids):
            case.questions.append(
                said("recognition-double-ids", number=str(same), total=str(len(ids)))
            )
        elif same:
            case.reasons.append(
                said("recognition-repaired-ids", number=str(same), total=str(len(ids)))
            )
            return columns.found["id"], {"repair_ids": True}
        return columns.found["id"], {}
    if "parcel_id" in columns.found and dataset.serves == "layer":
        return columns.found["parcel_id"], {}
    return None, {}


def _raster(
    look: Look, key: str, spec: LayerSpec, names: NameEvidence, case: _Case
) -> Candidate | None:
    """Return whether a raster is a dataset: its name has to say so, and its cells to fit."""
    if key not in names.says:
        return None
    _say_name(case, key, names)
    extra: dict[str, Any] = {}
    try:
        valid, doubts = doubts_about_cells(spec, look.source, list(_windows(look)))
    except FlexruimteError as error:
        valid, doubts = 0, [str(error)]
    if not valid:
        case.questions.append(said("recognition-no-cell"))
    for doubt in doubts:
        case.questions.append(said_as_is(doubt.removeprefix(f"{look.source.label}: ")))
        if "nodata = 0" in doubt:
            extra["nodata"] = 0
    if not doubts and CELLS in spec.expected:
        low, high = spec.expected[CELLS].range
        case.reasons.append(
            said(
                "recognition-cells",
                low=f"{low:g}",
                high=f"{high:g}",
                unit=spec.expected[CELLS].unit,
            )
        )
    case.strong = key in names.whole
    if not case.strong and not case.questions:
        case.questions.append(said("recognition-cells-alone"))
    return Candidate(
        key,
        _sure(case, key, names, [], []),
        look,
        tuple(case.reasons),
        tuple(case.questions),
        extra=extra,
    )


def _windows(look: Look) -> Iterator[Window]:
    """Yield where a raster is looked at: all of it, or nine parts spread over it."""
    if look.extent is None:
        return
    left, bottom, right, top = look.extent
    width_m, height_m = look.source.cell_m
    if (right - left) / width_m * (top - bottom) / height_m <= _MOST_CELLS:
        yield look.extent
        return
    side_x, side_y = _WINDOW_CELLS * width_m, _WINDOW_CELLS * height_m
    for x in np.linspace(left, right - side_x, 3):
        for y in np.linspace(bottom, top - side_y, 3):
            yield (float(x), float(y), float(x + side_x), float(y + side_y))


def _in_place_of(
    look: Look, key: str, other: OtherDataset, names: NameEvidence
) -> Candidate | None:
    """Return the dataset in whose place another one may be used."""
    has = [
        column for column in look.columns if any(same_name(column, name) for name in other.columns)
    ]
    if key not in names.says and not has:
        return None
    fields = {
        name: column
        for name, asked in other.field.items()
        for column in look.columns
        if any(same_name(column, each) for each in asked)
    }
    return Candidate(
        str(other.serves),
        "unsure",
        look,
        (said("recognition-in-place", name=key.replace("_", " ")),),
        (said("recognition-without-status"),),
        fields,
        {},
        other.constants,
        in_place=True,
    )
