"""What a ruleset says of layers, as lines for the terminal: fields, values, and who asks."""

from __future__ import annotations

from collections.abc import Iterator

from flexruimte.results.rule_text import conditions_text
from flexruimte.rules.parts import FieldSpec, LayerSpec
from flexruimte.rules.ruleset import Ruleset
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language

__all__ = ["layer_lines", "layer_rows"]


def layer_rows(ruleset: Ruleset, language: Language) -> list[list[str]]:
    """Return a row per layer: key, title, kind, unit and range, and the fields that rules read."""
    return [
        [
            key,
            in_language(spec.title, language),
            spec.geometry,
            _unit(spec),
            ", ".join(dict.fromkeys([*ruleset.fields_in_use(key), *spec.rows])) or "-",
        ]
        for key, spec in ruleset.layers.items()
    ]


def layer_lines(ruleset: Ruleset, key: str, language: Language) -> Iterator[str]:
    """Yield what a ruleset says of one layer, a line at a time."""
    spec = ruleset.layers[key]
    yield f"{key}: {in_language(spec.title, language)}"
    yield f"kind: {spec.geometry}{', fills the plane' if spec.fills else ''}"
    if spec.optional:
        yield "optional: without it its rules do not count"
    if spec.origin:
        yield f"where it comes from: {spec.origin}"
    if _unit(spec) != "-":
        yield f"unit and expected range: {_unit(spec)}"
    if spec.recode:
        meanings = ", ".join(f"{value} is {meaning:g}" for value, meaning in spec.recode.items())
        yield f"stand for another value: {meanings}"
    if spec.missing_below is not None:
        yield f"numbers below {spec.missing_below:g} are no value"
    yield f"nominal precision: {spec.precision_m:g} m ({spec.source})"
    if spec.rows:
        yield f"rows that count:{conditions_text(spec.rows)}"
    for name, field in spec.fields.items():
        yield from _field_lines(ruleset, key, name, field)
    asking = list(_asking(ruleset, key))
    yield f"asked by: {'; '.join(asking) or 'nothing'}"


def _field_lines(ruleset: Ruleset, key: str, name: str, field: FieldSpec) -> Iterator[str]:
    spec = ruleset.layers[key]
    marks = [
        *(["names features"] if name == spec.id else []),
        *(["read"] if name in (*ruleset.fields_in_use(key), *spec.rows) else []),
        *([f"a {field.kind}"] if field.kind != "text" else []),
        *(["any value"] if field.values is None and field.kind == "text" else []),
        *([f"from {field.no_end_from} on no end"] if field.no_end_from else []),
    ]
    yield f"field {name}: {', '.join(marks) or 'several words' * field.several or 'a list'}"
    if field.values is not None:
        yield f"    values: {', '.join(map(str, field.values))}"
    if field.aliases:
        said = ", ".join(f"{alias} = {value}" for alias, value in field.aliases.items())
        yield f"    also written: {said}"


def _unit(spec: LayerSpec) -> str:
    said = [spec.unit] if spec.unit else []
    said += [f"{spec.valid[0]:g} to {spec.valid[1]:g}"] if spec.valid else []
    return ", ".join(said) or "-"


def _asking(ruleset: Ruleset, key: str) -> Iterator[str]:
    """Yield the rules and measures that read a layer, with the features that they ask for."""
    for rule_id, rule in ruleset.land_rules.items():
        if rule.layer == key:
            yield f"rule {rule_id}{conditions_text(rule.where)}"
    for name, measure in ruleset.measures.items():
        if any(reading.layer == key for reading in measure.reads(ruleset.number)):
            yield f"measure {name}{conditions_text(getattr(measure, 'where', {}))}"
    for name, reader in (("plans", ruleset.plans), ("agreements", ruleset.agreements)):
        if reader is not None and reader.layer == key:
            yield name
