"""A study from a folder of files: what is certain is written, what is not is asked."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from flexruimte.assessment.question import layers_in_use
from flexruimte.errors import StudyError
from flexruimte.evidence.catalogue.model import Catalogue
from flexruimte.evidence.sources import Window
from flexruimte.evidence.sources.base import plain_name
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.new_study.draft import StudyDraft, TableDraft
from flexruimte.study.new_study.recognition.candidate import Candidate
from flexruimte.study.new_study.recognition.choosing import Recognition, recognise
from flexruimte.study.new_study.recognition.files import files_in
from flexruimte.study.new_study.recognition.looks import looks_at
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.said import Said, said

__all__ = ["Choose", "FolderFindings", "draft_from_folder"]

_PARCELS: Final = "brk_perceel"
_MUNICIPALITIES: Final = "gemeentegebied"
_DECISIONS: Final = "decisions"
_TITLES: Final = {
    _PARCELS: "folder-parcels",
    _MUNICIPALITIES: "folder-municipalities",
    _DECISIONS: "folder-decisions",
}
_ABSENT: Final = {_PARCELS: "folder-no-parcels", _MUNICIPALITIES: "folder-no-municipalities"}
_BLANK: Final = {
    _PARCELS: {"source": "...", "id": "..."},
    _MUNICIPALITIES: {"source": "...", "code": "...", "name": "..."},
}
_SURE: Final = {
    "certain": "recognition-sure-certain",
    "likely": "recognition-sure-likely",
    "unsure": "recognition-sure-unsure",
}
_MOST_CANDIDATES: Final = 4
"""So many sources are proposed for one dataset, and no more."""
_MOSTLY: Final = 0.5
"""A layer whose bounds hold less than this share of those of the municipalities may not be all."""
_TO_FILL: Final = "..."

Choose: TypeAlias = Callable[[str, Sequence[str]], int | None]
"""Given a dataset and the sources that it may be, each with what is not certain, says which one it
is, from 0 on; None leaves it a question."""


@dataclass(frozen=True)
class FolderFindings:
    """What was found in a folder, for people, a line each."""

    certain: list[str] = field(default_factory=list)
    """Of each dataset that is certain: what it is, and why."""
    asked: list[str] = field(default_factory=list)
    """Of each source that is asked about: what it may be, and what is not certain."""
    unknown: list[str] = field(default_factory=list)
    """Sources in which no dataset was seen."""
    unread: list[str] = field(default_factory=list)
    """Of each kind of what cannot be read: why, and what to do."""


def draft_from_folder(
    folder: Path,
    *,
    study_folder: Path,
    ruleset: Ruleset,
    catalogue: Catalogue,
    as_of: dt.date,
    ruleset_name: str = "flexwonen-nl",
    language: Language = "nl",
    gemeenten: Sequence[str] = (),
    catalogue_path: str | None = None,
    choose: Choose | None = None,
) -> tuple[StudyDraft, FolderFindings]:
    """Return the draft of a study of the files in a folder, and what was found there.

    A file or layer becomes part of the study where it is certain which dataset it is: by its name,
    its columns, the words and numbers that stand in it, and its shapes. Anything else is asked, as
    a table behind `#`. Nothing is written into the folder.

    Parameters
    ----------
    folder
        Looked through with the folders and archives in it.
    study_folder
        Where the study is going to be: sources are relative to it.
    ruleset
        Whose layers they may be.
    catalogue
        Says where a layer that is not there is to be had.
    as_of
        The date of the study.
    ruleset_name
        How the study calls the ruleset.
    language
        Of the study, and of what is explained in it.
    gemeenten
        Codes of the municipalities that are ranked; empty is all that have parcels.
    catalogue_path
        How the study calls a catalogue of the user's own.
    choose
        Answers, in English, what is not certain; without it all of that is written as a question.

    Raises
    ------
    StudyError
        When there is no such folder, or it holds no file that may be data.
    """
    if not folder.is_dir():
        raise StudyError(f"there is no folder {folder}; give one that holds the files of a study")
    folder, study_folder = folder.resolve(), study_folder.resolve()
    found = list(files_in(folder, study_folder))
    if not found:
        raise StudyError(
            f"folder {folder} holds no file that may be data; give one that does, or start from a "
            "municipality: flexruimte new DIR --gemeente GM0363"
        )
    looks = (look for file in found for look in looks_at(file))
    seen = recognise(looks, ruleset, _words_of_places(catalogue))
    writer = _Writer(seen, ruleset, language)
    if choose is not None:
        replace(writer, language="en").ask(choose)
    there = {*seen.certain, *seen.asked}
    needed = layers_in_use(ruleset, frozenset())
    draft = StudyDraft(
        name=folder.name,
        as_of=as_of,
        parcels=writer.table(_PARCELS),
        municipalities=writer.table(_MUNICIPALITIES),
        layers={key: writer.table(key) for key in ruleset.layers if key in there},
        ruleset=ruleset_name,
        language=language,
        gemeenten=gemeenten,
        catalogue=catalogue_path,
        not_assessed={
            key: _missing(key, ruleset, catalogue, language)
            for key, spec in ruleset.layers.items()
            if key in needed and key not in there and not spec.optional
        },
        decisions=writer.table(_DECISIONS) if _DECISIONS in there else None,
        head=[message("folder-head", language), message("folder-dates", language)],
    )
    # What the command prints is English, as all that it prints.
    return draft, replace(writer, language="en").findings()


def _words_of_places(catalogue: Catalogue) -> frozenset[str]:
    """Return the words of the names of all municipalities and provinces, in small letters."""
    names = [
        name
        for each in catalogue.municipalities.values()
        for name in (each.name, *each.also, each.province)
    ]
    return frozenset(word for name in names for word in re.split(r"[^\w]+", name.lower()) if word)


def _missing(key: str, ruleset: Ruleset, catalogue: Catalogue, language: Language) -> str:
    """Return why a layer is left out, and where it is to be had."""
    dataset = catalogue.datasets.get(key)
    if dataset is None:
        ask = message("folder-not-in-catalogue", language)
    elif dataset.ask is not None:
        ask = in_language(dataset.ask, language)
    else:
        ask = message("folder-in-catalogue", language, key=key)
    title = in_language(ruleset.layers[key].title, language)
    return message("folder-missing", language, title=title, ask=ask)


@dataclass(frozen=True)
class _Writer:
    """Puts what was recognised into tables and words."""

    seen: Recognition
    ruleset: Ruleset
    language: Language

    def table(self, dataset: str) -> TableDraft:
        """Return the table of one dataset: its settings, or what is asked."""
        certain = self.seen.certain.get(dataset)
        if certain is not None:
            reasons = self._sentences(certain.reasons)
            title = self._title(dataset)
            why = message("folder-reasons", self.language, dataset=title, reasons=reasons)
            return TableDraft(self._proposed(certain), [why, *self._about_reach(certain)])
        asked = self.seen.asked.get(dataset, [])
        if not asked:
            absent = message(_ABSENT[dataset], self.language)
            return TableDraft(comments=[absent], candidates=[_BLANK[dataset]])
        return TableDraft(
            comments=list(self._questions(dataset, asked)),
            candidates=[self._proposed(candidate) for candidate in asked[:_MOST_CANDIDATES]],
        )

    def ask(self, choose: Choose) -> None:
        """Let a person say which source a dataset is, where that is all that has to be said."""
        for dataset, asked in list(self.seen.asked.items()):
            offered = [each for each in asked[:_MOST_CANDIDATES] if self._is_whole(each)]
            chosen = choose(dataset, [self._told(each) for each in offered]) if offered else None
            if chosen is not None:
                one, answered = offered[chosen], said("recognition-answered")
                self.seen.certain[dataset] = replace(one, reasons=[*one.reasons, answered])
                del self.seen.asked[dataset]

    def _is_whole(self, candidate: Candidate) -> bool:
        """Return whether nothing has to be filled in where a source is this dataset."""
        return _TO_FILL not in str(self._proposed(candidate))

    def _told(self, candidate: Candidate) -> str:
        """Return what is not certain of a source, and what taking it means."""
        all_count = message("folder-current", self.language) if self._row_fields(candidate) else ""
        return f"{self._doubt(candidate)}. {all_count}".removesuffix(". ")

    def _doubt(self, candidate: Candidate) -> str:
        questions = self._sentences(candidate.questions)
        return f"{candidate.look.label} ({self._sure(candidate)}); {questions}"

    def findings(self) -> FolderFindings:
        """Return what was found, in words."""
        counts = Counter(look.why for look in self.seen.unread)
        first = {look.why: look for look in reversed(self.seen.unread)}
        unread = []
        for why, count in counts.items():
            label = first[why].label
            more = f" (and {count - 1} more)" if count > 1 else ""
            unread.append(f"{'' if why.startswith(label) else f'{label}{more}: '}{why}")
        return FolderFindings(
            certain=[
                f"{dataset}: {candidate.look.label}; {self._sentences(candidate.reasons)}"
                for dataset, candidate in self.seen.certain.items()
            ],
            asked=[
                f"{dataset}: {self._doubt(candidate)}"
                for dataset, candidates in self.seen.asked.items()
                for candidate in candidates[:_MOST_CANDIDATES]
            ],
            unknown=[look.label for look in self.seen.unknown],
            unread=unread,
        )

    def _sentences(self, said: Iterable[Said]) -> str:
        return "; ".join(each.text(self.language) for each in said)

    def _sure(self, candidate: Candidate) -> str:
        return message(_SURE[candidate.sure], self.language)

    def _title(self, dataset: str) -> str:
        if dataset in _TITLES:
            return message(_TITLES[dataset], self.language)
        return in_language(self.ruleset.layers[dataset].title, self.language)

    def _questions(self, dataset: str, asked: Sequence[Candidate]) -> Iterable[str]:
        title = self._title(dataset)
        one = "folder-question" if len(asked) == 1 else "folder-questions"
        yield message(one, self.language, dataset=title)
        for candidate in asked[:_MOST_CANDIDATES]:
            yield message(
                "folder-candidate",
                self.language,
                source=candidate.look.label,
                sure=self._sure(candidate),
                reasons=self._sentences(candidate.reasons),
                questions=self._sentences(candidate.questions),
            ).replace("?.", "?")  # the last of them may be a question
        if any(self._row_fields(candidate) for candidate in asked[:_MOST_CANDIDATES]):
            yield message("folder-current", self.language)
        if len(asked) > _MOST_CANDIDATES:
            others = ", ".join(each.look.label for each in asked[_MOST_CANDIDATES:])
            yield message("folder-more", self.language, sources=others)

    def _settings(self, candidate: Candidate) -> dict[str, Any]:
        """Return the settings of a table of the study file."""
        look, dataset = candidate.look, candidate.dataset
        settings: dict[str, Any] = {"source": look.file.source}
        if look.layer is not None:
            settings["layer"] = look.layer
        if look.settings.where is not None:
            settings["where"] = look.settings.where
        fields = candidate.fields
        if dataset == _PARCELS:
            settings["id"], fields = candidate.id or _TO_FILL, {}
        elif dataset == _MUNICIPALITIES:
            name = fields.get("name", _TO_FILL)
            code = fields.get("code", name)  # where there is no code, the name is the key
            settings, fields = {**settings, "code": code, "name": name}, {}
        elif dataset in self.ruleset.layers:
            spec = self.ruleset.layers[dataset]
            if spec.geometry == "table" and candidate.id is not None:
                settings["id"] = candidate.id
            fields = {name: column for name, column in fields.items() if name in spec.fields}
        renamed = {
            name: column
            for name, column in fields.items()
            if plain_name(name) != plain_name(column)
        }
        settings |= _if_any("fields", renamed)
        settings |= _if_any("constants", candidate.constants)
        settings |= _if_any("values", candidate.values)
        settings |= _if_any("open_options", look.settings.open_options)
        if look.settings.encoding is not None:
            settings["encoding"] = look.settings.encoding
        if look.crs_added:
            settings["crs"] = look.settings.crs
        return {**settings, **candidate.extra}

    def _row_fields(self, candidate: Candidate) -> list[str]:
        """Return the fields without a column that only decide which rows count."""
        spec = self.ruleset.layers.get(candidate.dataset)
        if spec is None:
            return []
        in_use = self.ruleset.fields_in_use(candidate.dataset)
        return [name for name in candidate.lost if name in spec.rows and name not in in_use]

    def _proposed(self, candidate: Candidate) -> dict[str, Any]:
        """Return the settings that are right if the candidate is, with what people fill in.

        A field that only decides which rows count is null where nothing is known of it: then all
        of them count. A field that rules ask for is to be filled in.
        """
        settings = self._settings(candidate)
        if candidate.dataset not in self.ruleset.layers:
            return settings
        of_rows = self._row_fields(candidate)
        to_fill = {name: _TO_FILL for name in candidate.lost if name not in of_rows}
        if "parcel_id" in to_fill:
            settings["id"] = to_fill.pop("parcel_id")
        constants = {**settings.get("constants", {}), **dict.fromkeys(of_rows, "")}
        settings |= _if_any("constants", constants)
        return settings | _if_any("fields", {**settings.get("fields", {}), **to_fill})

    def _about_reach(self, candidate: Candidate) -> list[str]:
        """Return what to say of a layer that lies in a part of the municipalities only."""
        spec = self.ruleset.layers.get(candidate.dataset)
        towns = self.seen.certain.get(_MUNICIPALITIES)
        if spec is None or spec.geometry in ("raster", "table") or spec.fills or spec.complete:
            return []
        if towns is None or towns.look.extent is None:
            return []
        extent = candidate.look.extent
        if extent is not None and _share(extent, towns.look.extent) >= _MOSTLY:
            return []
        return [message("folder-reach", self.language)]


def _if_any(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dict(values)} if values else {}


def _share(inner: Window, outer: Window) -> float:
    """Return which share of the outer window lies in the inner one."""
    width = min(inner[2], outer[2]) - max(inner[0], outer[0])
    height = min(inner[3], outer[3]) - max(inner[1], outer[1])
    area = (outer[2] - outer[0]) * (outer[3] - outer[1])
    return max(width, 0.0) * max(height, 0.0) / area if area > 0 else 1.0
