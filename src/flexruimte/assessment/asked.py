"""What a study asks of the layers, in parts; two that ask the same of a part find the same."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pydantic import BaseModel

from flexruimte.assessment.question import Question
from flexruimte.rules.parts import Reading, references
from flexruimte.vocabulary import WIDTH

__all__ = ["parts_asked", "source_settings"]


def parts_asked(asked: Question, code: str) -> dict[str, str]:
    """Return what is asked of the layers, in parts, each as a text that says it in full.

    A survey that answered these parts, and perhaps others, answers the question.

    Parameters
    ----------
    asked
        What `flexruimte.assessment.question.survey_question` returns.
    code
        Of the municipality.
    """
    ruleset, settings = asked.ruleset, source_settings(asked)
    values = {name: parameter.value for name, parameter in ruleset.placement.items()}
    layers = {
        key: [ruleset.layers[key].model_dump_json(), settings.get(key)] for key in ruleset.layers
    }

    def part(said: BaseModel, readings: Iterable[Reading]) -> list[object]:
        named = sorted(set(references(said)))
        read = sorted({reading.layer for reading in readings})
        return [
            said.model_dump_json(),
            [(name, values.get(name)) for name in named],
            [(key, layers.get(key)) for key in read],
        ]

    parts: dict[str, object] = {f"layer {key}": layers[key] for key in asked.sources}
    parts |= {f"rule {key}": part(rule, rule.reads()) for key, rule in ruleset.land_rules.items()}
    parts |= {
        f"measure {key}": part(measure, measure.reads(ruleset.number))
        for key, measure in ruleset.measures.items()
    }
    for_term = [each for each in (ruleset.plans, ruleset.agreements) if each is not None]
    parts["term"] = [
        [part(each, each.reads()) for each in for_term],
        [regime.model_dump_json() for regime in ruleset.regimes.values()],
        values,
        asked.as_of.isoformat(),
        sorted(asked.not_assessed),
    ]
    parts["parcels"] = [code, settings["parcels"]]
    if ruleset.asks_for(WIDTH):
        parts["width"] = []
    return {name: json.dumps(said, default=str, sort_keys=True) for name, said in parts.items()}


def source_settings(question: Question) -> dict[str, list[str]]:
    """Return the settings of each source of a study, and the folder that paths are relative to."""
    sources = {"parcels": question.parcels, **dict(sorted(question.sources.items()))}
    return {
        name: [source.settings.model_dump_json(), str(source.folder)]
        for name, source in sources.items()
    }
