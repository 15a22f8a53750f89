"""What a run rests on, as texts that change when it does: what is asked, and of which inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from flexruimte.assessment.pipeline import Question
from flexruimte.errors import SourceError
from flexruimte.evidence import storage
from flexruimte.evidence.sources import Source, locate
from flexruimte.results.versions import software_versions
from flexruimte.rules.study_file import LayerSettings

__all__ = ["check_digest", "digest", "fingerprints", "question_digest", "stamps_of"]


def digest(*parts: object) -> str:
    """Return a short text that changes with any of its parts."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:32]


def fingerprints(question: Question) -> dict[str, str]:
    """Return for each municipality a text that changes when what is asked of it does: the study, its rules there, or the software.

    What the inputs hold is not part of it: see `stamps_of`.
    """
    general = digest(
        software_versions(),
        [
            question.name,
            question.as_of.isoformat(),
            question.language,
            question.groups,
            sorted(question.not_assessed),
        ],
        question.ruleset.model_copy(update={"municipalities": {}}).model_dump_json(),
        question.decisions.rows.reset_index().astype(str).to_dict("records"),
        _settings(question),
    )
    own = question.ruleset.municipalities
    return {
        code: digest(general, code, name, own.get(code))
        for code, name in zip(
            question.municipalities.codes, question.municipalities.names, strict=True
        )
    }


def question_digest(asked: Question, code: str) -> str:
    """Return a text that changes when something else is asked of the layers around a municipality's parcels, or by other software.

    Parameters
    ----------
    asked
        What `flexruimte.assessment.survey.survey_question` returns.
    code
        Of the municipality.
    """
    said = [asked.as_of.isoformat(), sorted(asked.not_assessed), asked.ruleset.model_dump_json()]
    return digest(software_versions(), code, said, _settings(asked))


def check_digest(question: Question, stamps: Mapping[str, str]) -> str | None:
    """Return a text that changes when `flexruimte.study.checks.check` might find another problem.

    None where an input is no file: services, databases, storage and web servers have to answer
    every time.

    Parameters
    ----------
    question
        What the study asks.
    stamps
        What `stamps_of` returns.
    """
    for source in _sources(question).values():
        if source.data is not None or storage.is_elsewhere(source.path) or not _stamps(source.path):
            return None
    ruleset = question.ruleset
    asked = {
        key: [
            ruleset.layers[key].model_dump_json(),
            ruleset.fields_in_use(key),
            key in question.not_assessed,
        ]
        for key in question.sources
    }
    agreements = ruleset.agreements and ruleset.agreements.model_dump_json()
    return digest(software_versions(), dict(stamps), _settings(question), asked, agreements)


def stamps_of(question: Question) -> dict[str, str]:
    """Return for each input a text that changes when the input may have changed.

    Files count by path, size and time of change, tables in memory by content; an object on storage,
    or a file behind a web address, by size, entity tag and time of change. A change inside a
    service or database is not seen.
    """
    known = question.municipalities
    shapes = [shapely.to_wkb(shape, hex=True) for shape in known.geometries]
    stamps = {name: digest(_evidence(source)) for name, source in _sources(question).items()}
    return {**stamps, "municipalities": digest(known.codes, shapes)}


def _sources(question: Question) -> dict[str, Source]:
    return {"parcels": question.parcels, **dict(sorted(question.sources.items()))}


def _settings(question: Question) -> dict[str, list[str]]:
    return {
        name: [source.settings.model_dump_json(), str(source.folder)]
        for name, source in _sources(question).items()
    }


def _evidence(source: Source) -> object:
    if source.data is not None:
        return _content(source.data)
    settings = source.settings
    named = [source.path]
    if isinstance(settings, LayerSettings) and settings.coverage not in (
        "auto",
        "complete",
        "extent",
    ):
        named.append(locate(settings.coverage, source.folder))
    return [_stamps(path) for path in named]


def _content(data: pd.DataFrame) -> str:
    """Return a digest of a table in memory."""
    frame = pd.DataFrame(
        {str(name): data[name].astype(str) for name in data if data[name].dtype != "geometry"},
        index=data.index,
    )
    digest = hashlib.sha256(frame.to_csv().encode())
    if isinstance(data, gpd.GeoDataFrame):
        for shape in shapely.to_wkb(data.geometry.to_numpy()):
            digest.update(shape or b"null")
    return digest.hexdigest()


def _stamps(path: str) -> object:
    """Return name, size and time of change of the files behind a path; nothing for a service or database."""
    if storage.is_elsewhere(path):
        try:
            return [path, storage.stamp(path)]
        except OSError as error:
            raise SourceError(
                f"{path} cannot be reached: {storage.explained(error, path)}"
            ) from None
    place = Path(path.removeprefix("/vsizip/"))
    file = next((candidate for candidate in (place, *place.parents) if candidate.is_file()), None)
    if file is not None:
        # A shapefile is several files; a GeoPackage may have a journal.
        return _stamped(
            beside
            for beside in file.parent.iterdir()
            if beside.stem == file.stem and beside.is_file()
        )
    return (
        _stamped(inner for inner in place.rglob("*") if inner.is_file())
        if place.is_dir() and place.is_absolute()
        else []
    )


def _stamped(files: Iterable[Path]) -> list[tuple[str, int, int]]:
    return [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(files)]
