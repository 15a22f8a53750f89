"""What a run rests on, as texts that change when it does: what is asked, and of which inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import shapely

from flexruimte.assessment.asked import parts_asked, source_settings
from flexruimte.assessment.pipeline import Question
from flexruimte.evidence.contents import Contents, row_keys
from flexruimte.evidence.layers import LayerFacts
from flexruimte.evidence.parcels import Parcels
from flexruimte.evidence.sources import Source
from flexruimte.results.versions import software_versions

__all__ = [
    "check_digest",
    "contents_digests",
    "digest",
    "fingerprints",
    "layers_key",
    "parcels_digest",
    "stamps_of",
    "survey_parts",
]


def digest(*parts: object) -> str:
    """Return a short text that changes with any of its parts."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:32]


def fingerprints(question: Question) -> dict[str, str]:
    """Return for each municipality a text that changes with the study, its rules or the software.

    What the inputs hold is not part of it: see `stamps_of`.
    """
    general = digest(
        software_versions(),
        [
            question.name,
            question.as_of.isoformat(),
            question.language,
            question.groups,
            question.groups_named,
            sorted(question.not_assessed),
        ],
        question.ruleset.model_copy(update={"municipalities": {}}).model_dump_json(),
        _decisions(question),
        source_settings(question),
    )
    own = question.ruleset.municipalities
    return {
        code: digest(general, code, name, own.get(code))
        for code, name in zip(
            question.municipalities.codes, question.municipalities.names, strict=True
        )
    }


def survey_parts(asked: Question, code: str) -> dict[str, str]:
    """Return what is asked of the layers, in parts, each with a text that changes with the answer.

    A survey that answered these parts, and perhaps others, answers the question.

    Parameters
    ----------
    asked
        What `flexruimte.assessment.question.survey_question` returns.
    code
        Of the municipality.
    """
    software = software_versions()
    return {name: digest(software, said) for name, said in parts_asked(asked, code).items()}


def layers_key(asked: Question, code: str, stamps: Mapping[str, str]) -> str:
    """Return what the layers that are kept for a survey are kept under.

    Parameters
    ----------
    asked
        What `flexruimte.assessment.question.survey_question` returns.
    code
        Of the municipality.
    stamps
        What `stamps_of` returns.
    """
    return digest(survey_parts(asked, code), dict(stamps))


def contents_digests(
    facts: Mapping[str, LayerFacts], contents: Mapping[str, Contents]
) -> dict[str, str]:
    """Return for each layer a text that changes with what was read of it around the parcels."""
    return {key: _layer_digest(facts[key], each) for key, each in contents.items()}


def parcels_digest(parcels: Parcels) -> str:
    """Return a text that changes with the parcels of a municipality."""
    keys = row_keys(parcels.geometries, parcels.table.assign(**{"": parcels.ids}))
    return digest(hashlib.sha256(keys.tobytes()).hexdigest(), parcels.facts.repairs)


def _layer_digest(facts: LayerFacts, contents: Contents) -> str:
    rows = contents.rows
    read = hashlib.sha256(rows.keys.tobytes() + rows.numbers.tobytes()).hexdigest()
    coverage = None if contents.coverage is None else shapely.to_wkb(contents.coverage, hex=True)
    return digest(read, coverage, facts.coverage, facts.rows, facts.repairs)


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
    decisions = [_decisions(question), question.decisions.refuses_unknown]
    return digest(
        software_versions(), dict(stamps), source_settings(question), asked, agreements, decisions
    )


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


def _decisions(question: Question) -> list[dict[str, Any]]:
    rows: list[Any] = question.decisions.rows.reset_index().astype(str).to_dict("records")
    return rows
