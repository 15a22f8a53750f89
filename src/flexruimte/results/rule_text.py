"""What rules ask and what they found, in words, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping
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
from flexruimte.wording.labels import Language, in_language, listed, number_text, quantity_text

__all__ = [
    "Finding",
    "asked",
    "criterion_asked",
    "finding_text",
    "found",
    "known_value",
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


def asked(facts: RuleFacts, language: Language) -> str:
    """Return the test of a rule, in short."""
    text = (
        _where_asked(facts, language)
        if isinstance(facts, LandRuleFacts)
        else _test_text(facts.test, language)
    )
    if facts.when:
        tests = listed(
            [
                f"{in_language(test.title, language)} {_test_text(test, language)}"
                for test in facts.when
            ],
            language,
        )
        text += f" ({'alleen waar' if language == 'nl' else 'only where'} {tests})"
    return text


def _test_text(test: MeasureTest, language: Language) -> str:
    """Return the test of a measure, as in ">= 15 jaar"."""
    dutch = language == "nl"
    parts = []
    if test.at_least is not None:
        parts.append(f">= {quantity_text(test.at_least, test.unit, language)}")
    if test.at_most is not None:
        parts.append(f"<= {quantity_text(test.at_most, test.unit, language)}")
    for classes, words in (
        (test.in_, ("een van", "one of")),
        (test.not_in, ("geen van", "none of")),
    ):
        if classes:
            names = ", ".join(_class_name(value, test.classes, language) for value in classes)
            parts.append(f"{words[0 if dutch else 1]}: {names}")
        elif classes is not None:
            parts.append("niets bepaalds" if dutch else "nothing in particular")
    return (" en " if dutch else " and ").join(parts)


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
        text += " of meer" if language == "nl" else " or more"
    return text


def criterion_asked(facts: CriterionFacts, language: Language) -> str:
    """Return how a criterion turns a value into points."""
    if facts.curve is not None:
        ends = (facts.curve[0], facts.curve[-1])
        word = "bij" if language == "nl" else "at"
        return ", ".join(
            f"{number_text(points, 0, language)} {word} {quantity_text(x, facts.unit, language)}"
            for x, points in ends
        )
    return ", ".join(
        f"{name}: {number_text(points, 0, language)}"
        for name, points in (facts.classes or {}).items()
    )


def found(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return what was found on the parcel, in short."""
    nothing = "onbekend" if language == "nl" else "unknown"
    if isinstance(facts, MeasureRuleFacts):
        value = finding.value
        return nothing if value is None else _value_text(value, facts.test, language)
    if finding.covered_m2 is None or finding.covered_share is None:
        return nothing
    if finding.edge:
        return "alleen de rand" if language == "nl" else "the edge only"
    if finding.covered_share <= AREA_TOLERANCE:
        return "niets" if language == "nl" else "nothing"
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
        measure = in_language(facts.test.title, language)
        if finding.verdict == "unknown":
            return f"{measure}: {_why_unknown(facts, finding, language)}."
        return f"{measure}: {_value_text(finding.value, facts.test, language)}."
    unknown = finding.verdict == "unknown"
    text = (_why_unknown if unknown else _lies)(facts, finding, language)
    return f"{text[0].upper()}{text[1:]}."


def rule_sentence(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return what a rule asks and what it found, as a sentence that can be read out."""
    title, dutch = in_language(facts.title, language), language == "nl"
    if finding.verdict == "left_out":
        return (
            f"{title}: bewust niet beoordeeld in deze studie."
            if dutch
            else f"{title}: knowingly not assessed in this study."
        )
    if finding.verdict == "unknown":
        return f"{title}: {_why_unknown(facts, finding, language)}."
    if isinstance(facts, MeasureRuleFacts):
        return f"{title}: {_measured(facts, finding, language)}."
    return f"{title}: {_lies(facts, finding, language)}."


def _measured(facts: MeasureRuleFacts, finding: Finding, language: Language) -> str:
    measure = in_language(facts.test.title, language)
    wanted = asked(facts, language).replace(">=", "ten minste" if language == "nl" else "at least")
    wanted = wanted.replace("<=", "ten hoogste" if language == "nl" else "at most")
    if finding.value is None:  # the rule does not apply here
        return "deze regel geldt hier niet" if language == "nl" else "this rule does not apply here"
    said = _value_text(finding.value, facts.test, language)
    if language == "nl":
        return f"gevonden is {said} ({measure}), gevraagd is {wanted}"
    return f"found is {said} ({measure}), asked is {wanted}"


def _layer_names(layers: list[LayerOfRule], language: Language) -> str:
    return listed([f"'{in_language(layer.title, language)}'" for layer in layers], language)


def _why_unknown(facts: RuleFacts, finding: Finding, language: Language) -> str:
    dutch = language == "nl"
    absent = [layer for layer in facts.layers if not layer.present]
    if absent:
        names = _layer_names(absent, language)
        return (
            f"niet bekend, want de studie heeft geen kaartlaag {names}"
            if dutch
            else f"not known, as the study has no layer {names}"
        )
    names = _layer_names(facts.layers, language)
    if finding.value is not None and isinstance(facts, MeasureRuleFacts):
        said = _value_text(finding.value, facts.test, language)
        return (
            f"niet zeker: {said} kan in werkelijkheid minder zijn"
            if dutch
            else f"not certain: {said} may in truth be less"
        )
    if not names:
        return "niet bekend" if dutch else "not known"
    if dutch:
        if len(facts.layers) > 1:
            return (
                f"niet bekend, want de kaartlagen {names} zeggen hier niets, of niet met zekerheid"
            )
        return f"niet bekend, want kaartlaag {names} zegt hier niets, of niet met zekerheid"
    if len(facts.layers) > 1:
        return f"not known, as the layers {names} say nothing here, or nothing certain"
    return f"not known, as layer {names} says nothing here, or nothing certain"


def _where_asked(facts: LandRuleFacts, language: Language) -> str:
    place = _place(facts, language) + _conditions(facts.where)
    return f"niet {place}" if language == "nl" else f"not {place}"


def _place(facts: LandRuleFacts, language: Language) -> str:
    """Return where a rule on land looks, as in "binnen 50 m van kaartlaag 'Buisleiding'"."""
    dutch, distance = language == "nl", facts.distance_m
    title = in_language(facts.layers[0].title, language)
    name = f"kaartlaag '{title}'" if dutch else f"layer '{title}'"
    if isinstance(distance, DistanceOfFeature):
        return (
            f"binnen de afstand die {name} zelf noemt"
            if dutch
            else f"within the distance that {name} itself gives"
        )
    if not distance:
        return f"op {name}" if dutch else f"on {name}"
    metres = quantity_text(distance, "m", language)
    return f"binnen {metres} van {name}" if dutch else f"within {metres} of {name}"


def _conditions(where: Where) -> str:
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
    dutch, place = language == "nl", _place(facts, language)
    share = finding.covered_share
    if finding.edge:
        metres = quantity_text(facts.precision_m, "m", language)
        if dutch:
            less = f"minder dan de kaart nauwkeurig is ({metres})"
            return f"raakt alleen de rand van het perceel, {less}; dat telt niet"
        less = f"less than the map is precise ({metres})"
        return f"touches only the edge of the parcel, {less}; that does not count"
    if finding.covered_m2 is None or share is None or share <= AREA_TOLERANCE:
        return f"het perceel ligt niet {place}" if dutch else f"the parcel does not lie {place}"
    how_much, because = _area_text(finding, language), _because(finding, language)
    if finding.verdict == "yes" and not facts.excludes:
        return (
            f"geldt hier niet, al ligt {how_much} {place}"
            if dutch
            else f"does not apply here, though {how_much} lies {place}"
        )
    if facts.excludes and finding.verdict == "no":
        return (
            f"het hele perceel ligt {place}{because}"
            if dutch
            else f"the whole parcel lies {place}{because}"
        )
    if facts.excludes:
        because += "; dat deel valt af" if dutch else "; that part is taken away"
    return (
        f"{how_much} van het perceel ligt {place}{because}"
        if dutch
        else f"{how_much} of the parcel lies {place}{because}"
    )


def _because(finding: Finding, language: Language) -> str:
    """Return which features cause it, as in ", door: Heide (3) en nog 2"."""
    names = [name for name in finding.features.split("; ") if name]
    if not names:
        return ""
    shown = names[:_FEATURES_IN_A_SENTENCE]
    more = (finding.feature_count or 0) - len(shown)
    if language == "nl":
        return f", door: {', '.join(shown)}" + (f" en nog {more}" if more > 0 else "")
    return f", because of: {', '.join(shown)}" + (f" and {more} more" if more > 0 else "")
