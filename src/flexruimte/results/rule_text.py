"""What rules ask and what they found, in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from flexruimte.results.summary_model import (
    CriterionFacts,
    DistanceOfFeature,
    LandRuleFacts,
    LayerOfRule,
    MeasureRuleFacts,
    MeasureTest,
    RuleFacts,
)
from flexruimte.rules.parts import Text, Where
from flexruimte.vocabulary import AREA_TOLERANCE
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import listed, number_text, quantity_text

__all__ = [
    "Finding",
    "asked",
    "conditions_text",
    "criterion_asked",
    "finding_text",
    "found",
    "known_value",
    "layer_value_text",
    "rule_sentence",
]

_FEATURES_IN_A_SENTENCE = 3


class Finding(NamedTuple):
    """What one rule found on one parcel."""

    verdict: str
    """yes, no, unknown or left_out."""
    value: Any = None
    """Of the measure that a rule tests; None where it is not known, or the rule is on land."""
    covered_m2: float | None = None
    """Area that a rule on land covers; None where it is not known. [m2]"""
    covered_share: float | None = None
    """That area as a share of the parcel. [share]"""
    edge: bool = False
    """Whether the overlap is no more than the edge of the map."""
    features: str = ""
    """The first features that cover land, as "a; b"."""
    feature_count: int | None = None
    """How many features there are; None where they were not counted."""


def known_value(row: Mapping[str, Any], name: str) -> Any:
    """Return a value of a row as plain Python; None where it is not known or has no column.

    Examples
    --------
    >>> known_value({"width_m": 12.5}, "width_m"), known_value({"width_m": float("nan")}, "width_m")
    (12.5, None)
    """
    value = row.get(name)
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def asked(facts: RuleFacts, language: Language, spoken: bool = False) -> str:
    """Return the test of a rule, in short; spoken, a threshold is "at least" and not ">="."""
    text = (
        message(
            "test-not-there", language, place=_place(facts, language) + conditions_text(facts.where)
        )
        if isinstance(facts, LandRuleFacts)
        else _test_text(facts.test, language, spoken)
    )
    for message_id, tests in (("test-only-where", facts.when), ("test-unless", facts.unless)):
        if tests:
            said = [
                f"{in_language(test.title, language)} {_test_text(test, language, spoken)}"
                for test in tests
            ]
            text = message(message_id, language, test=text, conditions=listed(said, language))
    return text


def _test_text(test: MeasureTest, language: Language, spoken: bool) -> str:
    """Return the test of a measure, as in ">= 15 jaar"."""
    at_least, at_most = (
        ("test-at-least-spoken", "test-at-most-spoken")
        if spoken
        else ("test-at-least", "test-at-most")
    )
    parts = [
        message(message_id, language, value=quantity_text(bound, test.unit, language))
        for message_id, bound in ((at_least, test.at_least), (at_most, test.at_most))
        if bound is not None
    ]
    for message_id, classes in (("test-in", test.in_), ("test-not-in", test.not_in)):
        if classes:
            names = ", ".join(_class_name(value, test.classes, language) for value in classes)
            parts.append(message(message_id, language, classes=names))
        elif classes is not None:
            parts.append(message("test-no-classes", language))
    return listed(parts, language)


def _class_name(value: Any, titles: Mapping[str, Text], language: Language) -> str:
    return in_language(titles.get(str(value)), language) or str(value)


def _value_text(value: Any, test: MeasureTest, language: Language) -> str:
    """Return a value with its unit, or the title of a class.

    A value at the limit of its measure is "that much or more".
    """
    if isinstance(value, str):
        return _class_name(value, test.classes, language)
    text = quantity_text(value, test.unit, language)
    if test.limit is not None and value >= test.limit:
        return message("value-or-more", language, value=text)
    return text


def criterion_asked(facts: CriterionFacts, language: Language) -> str:
    """Return how a criterion turns a value into points."""
    if facts.curve is not None:
        return ", ".join(
            message(
                "points-at-value",
                language,
                points=number_text(points, 0, language),
                value=quantity_text(value, facts.unit, language),
            )
            for value, points in (facts.curve[0], facts.curve[-1])
        )
    return ", ".join(
        f"{name}: {number_text(points, 0, language)}"
        for name, points in (facts.classes or {}).items()
    )


def found(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return what was found on the parcel, in short."""
    if isinstance(facts, MeasureRuleFacts):
        if finding.value is not None:
            return _value_text(finding.value, facts.test, language)
        return message("unknown", language)
    if finding.covered_m2 is None or finding.covered_share is None:
        return message("unknown", language)
    if finding.edge:
        return message("found-edge", language)
    if finding.covered_share <= AREA_TOLERANCE:
        return message("found-nothing", language)
    return _area_text(finding, language)


def _area_text(finding: Finding, language: Language) -> str:
    """Return the covered area and its share of the parcel, as in "5.000 m² (50%)"."""
    share = quantity_text(finding.covered_share, "share", language)
    return f"{quantity_text(finding.covered_m2, 'm2', language)} ({share})"


def finding_text(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return what a rule found, as a sentence with its value, and not what it asks.

    Parameters
    ----------
    facts
        The rule.
    finding
        What it found. Its verdict is yes, no or unknown.
    language
        nl or en.
    """
    if isinstance(facts, MeasureRuleFacts):
        found = (
            _why_unknown(facts, finding, language)
            if finding.verdict == "unknown"
            else _value_text(finding.value, facts.test, language)
        )
        about = in_language(facts.test.title, language)
        return message("finding-about", language, about=about, found=found)
    unknown = finding.verdict == "unknown"
    text = (_why_unknown if unknown else _lies)(facts, finding, language)
    return f"{text[0].upper()}{text[1:]}."


def rule_sentence(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return what a rule asks and what it found, as a sentence that can be read out."""
    about = in_language(facts.title, language)
    if finding.verdict == "left_out":
        return message("finding-left-out", language, about=about)
    if finding.verdict == "unknown":
        found = _why_unknown(facts, finding, language)
    elif isinstance(facts, MeasureRuleFacts):
        found = _measured(facts, finding, language)
    else:
        found = _lies(facts, finding, language)
    return message("finding-about", language, about=about, found=found)


def _measured(facts: MeasureRuleFacts, finding: Finding, language: Language) -> str:
    if finding.value is None:
        return message("finding-not-here", language)
    return message(
        "finding-measured",
        language,
        found=_value_text(finding.value, facts.test, language),
        measure=in_language(facts.test.title, language),
        test=asked(facts, language, spoken=True),
    )


def _layer_names(layers: list[LayerOfRule], language: Language) -> str:
    return listed([f"'{in_language(layer.title, language)}'" for layer in layers], language)


def _why_unknown(facts: RuleFacts, finding: Finding, language: Language) -> str:
    absent = [layer for layer in facts.layers if not layer.present]
    if absent:
        return message("unknown-layer-absent", language, layers=_layer_names(absent, language))
    if finding.value is not None and isinstance(facts, MeasureRuleFacts):
        value = _value_text(finding.value, facts.test, language)
        return message("unknown-at-limit", language, value=value)
    if not facts.layers:
        return message("unknown-somehow", language)
    names = _layer_names(facts.layers, language)
    return message("unknown-layer-silent", language, layers=names, count=len(facts.layers))


def _place(facts: LandRuleFacts, language: Language) -> str:
    """Return where a rule on land looks, as in "binnen 50 m van kaartlaag 'Buisleiding'"."""
    layer = in_language(facts.layers[0].title, language)
    if facts.above is not None:
        value = layer_value_text(facts.above, facts.unit, language)
        return message("place-above", language, layer=layer, value=value)
    if isinstance(facts.distance_m, DistanceOfFeature):
        return message("place-within-own-distance", language, layer=layer)
    return _place_near(layer, facts.distance_m, language)


@lru_cache(maxsize=1024)
def _place_near(layer: str, distance_m: float, language: Language) -> str:
    if not distance_m:
        return message("place-on", language, layer=layer)
    distance = quantity_text(distance_m, "m", language)
    return message("place-within", language, layer=layer, distance=distance)


def layer_value_text(value: float, unit: str, language: Language) -> str:
    """Return a value of a raster in the unit of its layer, as in "60 dB Lden"."""
    return f"{number_text(value, 2, language)} {unit}".strip()


def conditions_text(where: Where) -> str:
    """Return which features of a layer count, as in " (soort: gas)"."""
    parts = []
    for field, condition in where.items():
        tests = condition.model_dump(by_alias=True, exclude_unset=True, exclude={"when_null"})
        words = [
            ", ".join(map(str, value)) if isinstance(value, list) else f"{value}"
            for value in tests.values()
        ]
        names = ["" if key == "in" else f"{key} " for key in tests]
        said = " ".join(f"{name}{word}" for name, word in zip(names, words, strict=True))
        parts.append(f"{field}: {said}")
    return f" ({'; '.join(parts)})" if parts else ""


def _lies(facts: LandRuleFacts, finding: Finding, language: Language) -> str:
    if finding.edge:
        precision = quantity_text(facts.precision_m, "m", language)
        return message("land-edge", language, precision=precision)
    place, share = _place(facts, language), finding.covered_share
    if finding.covered_m2 is None or share is None or share <= AREA_TOLERANCE:
        return message("land-clear", language, place=place)
    area, because = _area_text(finding, language), _because(finding, language)
    if finding.verdict == "yes" and not facts.excludes:
        return message("land-does-not-count", language, area=area, place=place)
    if finding.verdict == "no" and facts.excludes:
        return message("land-whole", language, place=place, because=because)
    message_id = "land-part-taken" if facts.excludes else "land-part"
    return message(message_id, language, area=area, place=place, because=because)


def _because(finding: Finding, language: Language) -> str:
    """Return which features cause it, as in ", door: Heide (3) en nog 2"."""
    names = [name for name in finding.features.split("; ") if name]
    if not names:
        return ""
    shown = names[:_FEATURES_IN_A_SENTENCE]
    features, more = ", ".join(shown), (finding.feature_count or 0) - len(shown)
    if more > 0:
        return message("because-and-more", language, features=features, more=str(more))
    return message("because", language, features=features)
