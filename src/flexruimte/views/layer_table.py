"""What a ruleset says of layers, as lines for the terminal: fields, values, and who asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flexruimte.results.rule_text import conditions_text
from flexruimte.rules.parts import FieldSpec, LayerSpec, Scalar
from flexruimte.rules.ruleset import Ruleset
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import unit_as_written

__all__ = ["layer_lines", "layer_rows"]

_KINDS: Final = {"number": "field-number", "date": "field-date"}


def layer_rows(ruleset: Ruleset, language: Language) -> tuple[list[str], list[list[str]]]:
    """Return the head and a row per layer.

    The columns are key, title, kind, unit and range, and the fields that rules read.
    """
    head = [
        label("column", name, language) for name in ("layer", "title", "kind", "unit", "fields")
    ]
    rows = [
        [
            key,
            in_language(spec.title, language),
            label("geometry", spec.geometry, language),
            _unit(spec, language),
            ", ".join(dict.fromkeys([*ruleset.fields_in_use(key), *spec.rows])) or "-",
        ]
        for key, spec in ruleset.layers.items()
    ]
    return head, rows


def layer_lines(ruleset: Ruleset, key: str, language: Language) -> Iterator[str]:
    """Yield what a ruleset says of one layer, a line at a time."""
    spec = ruleset.layers[key]
    yield f"{key}: {in_language(spec.title, language)}"
    kind = label("geometry", spec.geometry, language)
    yield message("layer-kind-fills" if spec.fills else "layer-kind", language, kind=kind)
    if spec.optional:
        yield message("layer-optional", language)
    if spec.origin:
        yield message("layer-origin", language, origin=spec.origin)
    if _unit(spec, language) != "-":
        yield message("layer-unit", language, unit=_unit(spec, language))
    if spec.recode:
        meanings = ", ".join(f"{value} = {meaning:g}" for value, meaning in spec.recode.items())
        yield message("layer-recode", language, meanings=meanings)
    if spec.missing_below is not None:
        yield message("layer-missing-below", language, number=f"{spec.missing_below:g}")
    yield message("layer-precision", language, metres=f"{spec.precision_m:g}", source=spec.source)
    if spec.rows:
        yield message("layer-rows", language, conditions=conditions_text(spec.rows, language))
    for name, field in spec.fields.items():
        yield from _field_lines(ruleset, key, name, field, language)
    asking = "; ".join(_asking(ruleset, key, language))
    yield message("layer-asked-by", language, asking=asking or message("found-nothing", language))


def _field_lines(
    ruleset: Ruleset, key: str, name: str, field: FieldSpec, language: Language
) -> Iterator[str]:
    spec = ruleset.layers[key]
    read = name in (*ruleset.fields_in_use(key), *spec.rows)
    marks = [
        *(["field-names-features"] if name == spec.id else []),
        *(["field-read"] if read else []),
        *([_KINDS[field.kind]] if field.kind in _KINDS else []),
        *(["field-any"] if field.values is None and field.kind == "text" else []),
        *(["field-no-end"] if field.no_end_from else []),
    ]
    marks = marks or ["field-several" if field.several else "field-list"]
    said = ", ".join(message(mark, language, year=str(field.no_end_from)) for mark in marks)
    yield message("layer-field", language, name=name, said=said)
    if field.values is not None:
        values = ", ".join(_titled(value, field, language) for value in field.values)
        yield "    " + message("field-values", language, values=values)
    if field.aliases:
        aliases = ", ".join(f"{alias} = {value}" for alias, value in field.aliases.items())
        yield "    " + message("field-aliases", language, aliases=aliases)


def _titled(value: Scalar, field: FieldSpec, language: Language) -> str:
    """Return a value, with what it is called where that is something else."""
    title = in_language(field.titles.get(str(value)), language)
    return f"{value} ({title})" if title and title != str(value) else str(value)


def _unit(spec: LayerSpec, language: Language) -> str:
    said = [unit_as_written(spec.unit)] if spec.unit else []
    if spec.valid:
        low, high = (f"{bound:g}" for bound in spec.valid)
        said.append(message("layer-range", language, low=low, high=high))
    return ", ".join(said) or "-"


def _asking(ruleset: Ruleset, key: str, language: Language) -> Iterator[str]:
    """Yield the rules and measures that read a layer, with the features that they ask for."""
    for rule_id, rule in ruleset.land_rules.items():
        if rule.layer == key:
            name = rule_id + conditions_text(rule.where, language)
            yield message("asking-rule", language, name=name)
    for measure_id, measure in ruleset.measures.items():
        if any(reading.layer == key for reading in measure.reads(ruleset.number)):
            name = measure_id + conditions_text(getattr(measure, "where", {}), language)
            yield message("asking-measure", language, name=name)
    for reader, message_id in (
        (ruleset.plans, "asking-plans"),
        (ruleset.agreements, "asking-agreements"),
    ):
        if reader is not None and reader.layer == key:
            yield message(message_id, language)
