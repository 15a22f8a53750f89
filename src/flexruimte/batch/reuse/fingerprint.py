"""What a run rests on, as texts that change when it does: what is asked, and of which inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import shapely

from flexruimte.assessment.pipeline import Question
from flexruimte.evidence.sources import Source
from flexruimte.results.versions import software_versions

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
        if not source.rests_on_files:
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
    stamps = {name: digest(source.stamp()) for name, source in _sources(question).items()}
    return {**stamps, "municipalities": digest(known.codes, shapes)}


def _sources(question: Question) -> dict[str, Source]:
    return {"parcels": question.parcels, **dict(sorted(question.sources.items()))}


def _settings(question: Question) -> dict[str, list[str]]:
    return {
        name: [source.settings.model_dump_json(), str(source.folder)]
        for name, source in _sources(question).items()
    }
