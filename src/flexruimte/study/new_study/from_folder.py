"""A study from a folder of files: what is certain is written, what is not is asked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flexruimte.errors import StudyError
from flexruimte.evidence.sources import Window
from flexruimte.evidence.sources.base import plain_name
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.parts import Language
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.new_study.draft import StudyDraft, TableDraft
from flexruimte.study.new_study.recognition.choosing import Recognition, recognise
from flexruimte.study.new_study.recognition.files import files_in
from flexruimte.study.new_study.recognition.looks import looks_at
from flexruimte.study.new_study.recognition.weighing import Candidate

__all__ = ["FolderFindings", "draft_from_folder"]

_MOST_CANDIDATES: Final = 4
"""So many sources are proposed for one dataset, and no more."""
_MOSTLY: Final = 0.5
"""Features whose bounds hold less than this share of the municipalities' may not be all there are."""
_HEAD: Final = (
    "Made from a folder of files. What is written without # in front was recognised for certain; "
    "the reasons stand above it. What is asked stands behind #: take the # away from the lines "
    "that are right, correct them where needed, and remove the others.",
    "Say of each layer what day it describes and under which licence it came: "
    "reference_date = 2025-01-01, licence = \"CC0\".",
)


@dataclass(frozen=True)
class FolderFindings:
    """What was found in a folder, for people."""

    certain: list[str] = field(default_factory=list)
    """A line per dataset that is certain."""
    asked: list[str] = field(default_factory=list)
    """A line per source that is asked about."""
    unknown: list[str] = field(default_factory=list)
    """Sources in which no dataset was seen."""
    unread: list[str] = field(default_factory=list)
    """A line per kind of what cannot be read."""
    missing: list[str] = field(default_factory=list)
    """Layers of the ruleset that are not there."""

    @property
    def lines(self) -> list[str]:
        """All of it, a line each."""
        return [
            *self.certain,
            *(f"asked: {line}" for line in self.asked),
            *(f"not recognised: {label}" for label in self.unknown),
            *(f"not read: {line}" for line in self.unread),
        ]


def draft_from_folder(
    folder: Path,
    *,
    study_folder: Path,
    as_of: dt.date,
    ruleset: str = "flexwonen-nl",
    name: str | None = None,
    language: Language = "nl",
    gemeenten: Sequence[str] = (),
) -> tuple[StudyDraft, FolderFindings]:
    """Return the draft of a study of the files in a folder, and what was found there.

    A file or layer becomes part of the study where it is certain which dataset it is: by its name,
    its columns, the words and numbers that stand in it, and its shapes. Anything else is written
    as a question behind `#`. Nothing is written into the folder.

    Parameters
    ----------
    folder
        Looked through with the folders and archives in it.
    study_folder
        Where the study is going to be: sources are relative to it.
    as_of
        The date of the study.
    ruleset
        Whose layers they may be: a built-in name, or a path relative to the study's folder.
    name, language, gemeenten
        Of the study; None takes the name of the folder.

    Raises
    ------
    StudyError
        When there is no such folder, or it holds no file.
    """
    if not folder.is_dir():
        raise StudyError(f"there is no folder {folder}; give one that holds the files of a study")
    rules = load_ruleset(ruleset, study_folder)
    found = list(files_in(folder.resolve(), study_folder.resolve()))
    if not found:
        raise StudyError(
            f"folder {folder} holds no file that may be data; give one that does, or start from a "
            "municipality: flexruimte new DIR --gemeente GM0363"
        )
    looks = (look for file in found for look in looks_at(file, study_folder.resolve()))
    seen = recognise(looks, rules)
    missing = {
        key: spec
        for key, spec in rules.layers.items()
        if key not in seen.certain and key not in seen.asked and not spec.optional
    }
    draft = StudyDraft(
        name=name or folder.resolve().name,
        as_of=as_of,
        parcels=_table("brk_perceel", seen, rules),
        municipalities=_table("gemeentegebied", seen, rules),
        layers={
            key: _table(key, seen, rules)
            for key in rules.layers
            if key in seen.certain or key in seen.asked
        },
        ruleset=ruleset,
        language=language,
        gemeenten=gemeenten,
        not_assessed=dict.fromkeys(missing, "no file in the folder was recognised as this layer"),
        decisions=_table("decisions", seen, rules) if _has(seen, "decisions") else None,
        head=_HEAD,
    )
    return draft, _findings(seen, missing)


def _has(seen: Recognition, dataset: str) -> bool:
    return dataset in seen.certain or dataset in seen.asked


def _table(dataset: str, seen: Recognition, rules: Ruleset) -> TableDraft:
    """Return the table of one dataset: its settings, or what is asked."""
    certain = seen.certain.get(dataset)
    if certain is not None:
        comments = [_sentence(certain.reasons), *_about_coverage(certain, seen, rules)]
        return TableDraft(_settings(certain, rules), comments)
    asked = seen.asked.get(dataset, [])
    if not asked:
        what = {
            "brk_perceel": "parcels: the cadastral map, with a column that names each parcel",
            "gemeentegebied": "municipalities: polygons with a code such as GM0363 and a name",
        }.get(dataset, dataset)
        return TableDraft(
            comments=[f"No file in the folder was recognised as {what}. Without it there is no study."],
            candidates=[_blank(dataset)],
        )
    comments = [f"Which of these is {dataset}?" if len(asked) > 1 else f"Is this {dataset}?"]
    for candidate in asked[:_MOST_CANDIDATES]:
        against = "; ".join(candidate.questions)
        comments.append(f"{candidate.look.label} ({candidate.sure}): {'; '.join(candidate.reasons)}. Not certain: {against}.")
    if len(asked) > _MOST_CANDIDATES:
        others = ", ".join(candidate.look.label for candidate in asked[_MOST_CANDIDATES:])
        comments.append(f"It may also be: {others}.")
    return TableDraft(
        comments=comments,
        candidates=[_proposed(candidate, rules) for candidate in asked[:_MOST_CANDIDATES]],
    )


def _blank(dataset: str) -> dict[str, Any]:
    if dataset == "gemeentegebied":
        return {"source": "...", "code": "...", "name": "..."}
    return {"source": "...", "id": "..."}


def _sentence(reasons: Iterable[str]) -> str:
    said = "; ".join(reasons)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _settings(candidate: Candidate, rules: Ruleset) -> dict[str, Any]:
    """Return the settings of a table of the study file."""
    look = candidate.look
    settings: dict[str, Any] = {"source": look.file.source}
    if look.layer is not None:
        settings["layer"] = look.layer
    if candidate.dataset == "brk_perceel":
        settings["id"] = candidate.id or "..."
    elif candidate.dataset == "gemeentegebied":
        name = candidate.fields.get("name", "...")
        settings |= {"code": candidate.extra.get("code", "..."), "name": name}
    elif candidate.dataset == "decisions":
        settings |= _if_any("fields", candidate.fields)
    else:
        spec = rules.layers[candidate.dataset]
        if spec.geometry == "table" and candidate.id is not None:
            settings["id"] = candidate.id
        fields = {
            name: column
            for name, column in candidate.fields.items()
            if name in spec.fields and plain_name(name) != plain_name(column)
        }
        settings |= _if_any("fields", fields)
        settings |= _if_any("constants", candidate.constants)
        settings |= _if_any("values", candidate.values)
    settings |= _if_any("open_options", look.settings.open_options)
    if look.crs_added:
        settings["crs"] = look.settings.crs
    settings |= {name: value for name, value in candidate.extra.items() if name not in ("code", "name")}
    return settings


def _if_any(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: {name: dict(each) if isinstance(each, Mapping) else each for name, each in values.items()}} if values else {}


def _proposed(candidate: Candidate, rules: Ruleset) -> dict[str, Any]:
    """Return the settings that are right if the candidate is, with what people have to fill in.

    A field that only decides which rows count is null where nothing is known of it: then all of
    them count. A field that rules ask for is to be filled in.
    """
    settings = _settings(candidate, rules)
    spec = rules.layers.get(candidate.dataset)
    if spec is None:
        return settings
    in_use = rules.fields_in_use(candidate.dataset)
    rows_only = {name: "" for name in candidate.lost if name in spec.rows and name not in in_use}
    to_fill = {name: "..." for name in candidate.lost if name not in rows_only}
    if rows_only:
        settings["constants"] = {**settings.get("constants", {}), **rows_only}
    if to_fill:
        settings["fields"] = {**settings.get("fields", {}), **to_fill}
    return settings


def _about_coverage(candidate: Candidate, seen: Recognition, rules: Ruleset) -> list[str]:
    """Return what to say of a layer that lies in a part of the municipalities only."""
    spec = rules.layers.get(candidate.dataset)
    towns = seen.certain.get("gemeentegebied")
    if spec is None or spec.geometry in ("raster", "table") or spec.fills or spec.complete:
        return []
    if towns is None or towns.look.extent is None:
        return []
    if candidate.look.extent is not None and _share(candidate.look.extent, towns.look.extent) >= _MOSTLY:
        return []
    return [
        "Its features do not reach over all of the municipalities. If it holds all there are, say "
        'coverage = "complete"; if it is a part that was cut out, coverage = "extent".'
    ]


def _share(inner: Window, outer: Window) -> float:
    """Return which share of the outer window lies in the inner one."""
    width = min(inner[2], outer[2]) - max(inner[0], outer[0])
    height = min(inner[3], outer[3]) - max(inner[1], outer[1])
    area = (outer[2] - outer[0]) * (outer[3] - outer[1])
    return max(width, 0.0) * max(height, 0.0) / area if area > 0 else 1.0


def _findings(seen: Recognition, missing: Iterable[str]) -> FolderFindings:
    reasons = Counter(look.why for look in seen.unread)
    first: dict[str, str] = {}
    for look in seen.unread:
        first.setdefault(look.why, look.label)
    return FolderFindings(
        certain=[
            f"{dataset}: {candidate.look.label} ({'; '.join(candidate.reasons)})"
            for dataset, candidate in seen.certain.items()
        ],
        asked=[
            f"{dataset}: {candidate.look.label} ({candidate.sure}): {'; '.join(candidate.questions)}"
            for dataset, candidates in seen.asked.items()
            for candidate in candidates[:_MOST_CANDIDATES]
        ],
        unknown=[look.label for look in seen.unknown],
        unread=[
            f"{first[why]}: {why}" if count == 1 else f"{first[why]} and {count - 1} more: {why}"
            for why, count in reasons.items()
        ],
        missing=list(missing),
    )
