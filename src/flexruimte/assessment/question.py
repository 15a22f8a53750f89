"""What a study asks, read and checked, before any municipality is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from flexruimte.assessment.term import TERM_PARAMETERS
from flexruimte.evidence.decisions import Decisions, load_decisions
from flexruimte.evidence.identifiers import KnownIds, UnmetIds
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.parcels import Municipalities, all_parcel_ids, has_too_many_ids
from flexruimte.evidence.sources import Source
from flexruimte.rules.files import for_municipality
from flexruimte.rules.parts import FieldSpec, Language, LayerSpec, Parameter, Text, references
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.scoring import Criterion, ScoreWeights
from flexruimte.vocabulary import WIDTH, Basis, Level

__all__ = [
    "Question",
    "absent_optional_layers",
    "layers_in_use",
    "left_out_by",
    "survey_question",
    "unmet_ids",
]

_NO_TEXT = Text(nl="", en="")
_OF_NO_LAYER = (
    "groups",
    "themes",
    "transport_tiers",
    "site_types",
    "size_classes",
    "municipalities",
    "code_lists",
)
"""Tables of a ruleset that ask nothing of layers."""
_OF_NO_LAND: dict[str, Any] = {
    "finding": None,
    "advice": None,
    "level": Level.SOFT,
    "level_reason": None,
    "only_for": {},
    "when": [],
    "unless": [],
}
"""What of a rule on land decides about verdicts, and not about what it finds."""
_ASKS_FOR_WIDTH = Criterion(
    title=_NO_TEXT, measure=WIDTH, curve=[(0, 0), (1, 100)], source="-", basis=Basis.ASSUMPTION
)
"""Stands for whatever looks at the width, which costs much to measure."""


@dataclass(frozen=True)
class Question:
    """Everything a study asks, read and checked, before any municipality is computed."""

    name: str
    as_of: dt.date
    language: Language
    ruleset: Ruleset
    groups: list[str]
    """Target groups that count."""
    groups_named: bool
    """Whether the study names them; then suitability is their mean, else that of the best."""
    not_assessed: frozenset[str]
    """Layers and rules that are knowingly left out."""
    parcels: Source
    municipalities: Municipalities
    sources: Mapping[str, Source]
    """By layer."""
    decisions: Decisions
    unmet_ids: Mapping[str, UnmetIds] | None = None
    """Ids in tables, and in decisions, that meet no parcel of the study, by layer; None where
    nobody looked."""
    threads: int | None = None
    """Threads that work on one municipality; None is one per processor.

    Results do not depend on it.
    """
    block: int = 25_000
    """Most parcels whose layers are in memory at once. Results do not depend on it."""
    file: Path | None = None
    """The study file that it was read from; None where it was made in memory."""

    def all_parcel_ids(self) -> KnownIds:
        """Return the ids of all parcels of the study; in files they are read once per process."""
        return all_parcel_ids(self.parcels)


def unmet_ids(question: Question) -> dict[str, UnmetIds]:
    """Return which ids in tables, and in decisions, meet no parcel of the study, by layer.

    Tables whose ids all meet one are left out. Where there are so many parcels that not all ids are
    read, as in a national file, nobody looks.

    Raises
    ------
    FlexruimteError
        When that is what the study refuses, or a source cannot be read.
    """
    known = question.all_parcel_ids
    found: dict[str, UnmetIds] = {}
    if has_too_many_ids(question.parcels):
        return found
    if len(question.decisions.rows):
        found["decisions"] = question.decisions.unmet(known())
    for key, source in question.sources.items():
        spec = question.ruleset.layers[key]
        if spec.geometry == "table" and key not in question.not_assessed:
            table = load_table(key, spec, source, question.ruleset.fields_in_use(key))
            found[key] = table.unmet(known(), source)
    return {key: unmet for key, unmet in found.items() if unmet.count}


def left_out_by(ruleset: Ruleset, not_assessed: frozenset[str]) -> dict[str, str]:
    """Return which rules and criteria are left out for want of what is not assessed."""
    reasons: dict[str, str] = {}
    for rule_id, rule in ruleset.enabled_rules.items():
        causes = [name for name in (rule_id, *ruleset.layers_of_rule(rule)) if name in not_assessed]
        if causes:
            reasons[rule_id] = causes[0]
    for name, criterion in ruleset.criteria.items():
        causes = [
            layer for layer in ruleset.layers_of_measure(criterion.measure) if layer in not_assessed
        ]
        if causes:
            reasons[name] = causes[0]
    return reasons


def absent_optional_layers(question: Question) -> list[str]:
    """Return the optional layers that rules need and that the study neither has nor leaves out.

    These rules do not count. In the order of the ruleset.
    """
    ruleset = question.ruleset
    needed = {layer for rule in ruleset.rules.values() for layer in ruleset.layers_of_rule(rule)}
    absent = needed - set(question.sources) - question.not_assessed
    return [key for key, spec in ruleset.layers.items() if spec.optional and key in absent]


def layers_in_use(ruleset: Ruleset, not_assessed: frozenset[str]) -> list[str]:
    """Return the layers that assessed rules and criteria need, in the order of the ruleset."""
    left_out = left_out_by(ruleset, not_assessed)
    needed = {
        layer
        for rule_id, rule in ruleset.enabled_rules.items()
        if rule_id not in left_out
        for layer in ruleset.layers_of_rule(rule)
    }
    needed |= {
        layer
        for name, c in ruleset.criteria.items()
        if name not in left_out
        for layer in ruleset.layers_of_measure(c.measure)
    }
    for optional in (ruleset.plans, ruleset.agreements):
        if optional:
            needed.add(optional.layer)
    return [layer for layer in ruleset.layers if layer in needed - not_assessed]


def survey_question(question: Question, code: str) -> Question:
    """Return what a study asks of the layers around a municipality's parcels, and nothing else.

    Two studies that ask the same here find the same, whatever else they ask. The survey is made
    with this alone, so that what is left out cannot change it:

    - the name, the language, the target groups, the decisions, and which rules are not assessed;
    - titles, sources, their basis, advice and units;
    - how hard rules on land are, which levels exclude, and where the rules apply;
    - rules on measures, site types, size classes, transport tiers, and measures that rest on
      others;
    - criteria, groups, themes and the weights of the score, all but whether anything asks for the
      width;
    - placement parameters that no rule on a layer, measure or regime refers to, nor the term.
    """
    ruleset = for_municipality(question.ruleset, code)
    return replace(
        question,
        name="",
        language="en",
        groups=[],
        groups_named=False,
        decisions=load_decisions(None),
        unmet_ids=None,
        file=None,
        ruleset=_asked_of_layers(ruleset),
        not_assessed=question.not_assessed & set(ruleset.layers),
        sources={
            key: source
            for key, source in question.sources.items()
            if key in ruleset.layers and key not in question.not_assessed
        },
    )


def _asked_of_layers(ruleset: Ruleset) -> Ruleset:
    """Return the part of a ruleset that decides what layers are asked."""
    rules = {
        rule_id: _untitled(rule, **_OF_NO_LAND) for rule_id, rule in ruleset.land_rules.items()
    }
    measures = {
        name: _untitled(measure)
        for name, measure in ruleset.measures.items()
        if measure.of != "other measures"
    }
    regimes = {
        name: _untitled(regime, note=None, lifts=[]) for name, regime in ruleset.regimes.items()
    }
    kept = {
        "rules": rules,
        "measures": measures,
        "layers": {
            key: _untitled(spec, unit="", origin="", expected={}, fields=_without_titles(spec))
            for key, spec in ruleset.layers.items()
        },
        "regimes": regimes,
        "levels": ruleset.levels.model_copy(update={"excluding": [], "source": "-"}),
        "no_value": None,
        "losses": None,
        "plans": ruleset.plans and _untitled(ruleset.plans),
        "agreements": ruleset.agreements and _untitled(ruleset.agreements),
        "placement": _parameters(ruleset, [*rules.values(), *measures.values(), *regimes.values()]),
        "criteria": {WIDTH: _ASKS_FOR_WIDTH} if ruleset.asks_for(WIDTH) else {},
        "score": ScoreWeights(weights={}, source="-", basis=Basis.ASSUMPTION),
    }
    left_out: dict[str, Any] = {name: {} for name in _OF_NO_LAYER}
    names = {"name": "", "version": "", "title": _NO_TEXT}
    return ruleset.model_copy(update={**names, **kept, **left_out})


def _without_titles(spec: LayerSpec) -> dict[str, FieldSpec]:
    return {name: field.model_copy(update={"titles": {}}) for name, field in spec.fields.items()}


def _parameters(ruleset: Ruleset, parts: Iterable[BaseModel]) -> dict[str, Parameter]:
    """Return the placement parameters that the term, the regimes and some parts refer to."""
    named = {
        *TERM_PARAMETERS,
        *(name for regime in ruleset.regimes.values() for name in regime.only_for),
        *(name for part in parts for name in references(part)),
    }
    return {
        name: Parameter(title=_NO_TEXT, value=parameter.value, source="-", basis=Basis.ASSUMPTION)
        for name, parameter in ruleset.placement.items()
        if name in named
    }


def _untitled(part: Any, **changes: Any) -> Any:
    """Return a part of a ruleset without what people read, and with changes."""
    plain = {"title": _NO_TEXT, "source": "-", "basis": Basis.ASSUMPTION}
    return part.model_copy(
        update={
            **{name: value for name, value in plain.items() if name in type(part).model_fields},
            **changes,
        }
    )
