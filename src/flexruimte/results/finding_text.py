"""What a rule found, as a sentence: with its value, in Dutch or English, and never its wish.

A rule's own `finding` comes first. A rule without one is told by its measure or layer.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from flexruimte.results.rule_text import (
    Finding,
    area_text,
    asked,
    class_name,
    conditions,
    layer_value_text,
    place_of,
    value_text,
)
from flexruimte.results.summary_rules import (
    DistanceOfFeature,
    LandRuleFacts,
    LayerOfRule,
    MeasureRuleFacts,
    MeasureTest,
    RuleFacts,
)
from flexruimte.vocabulary import AREA_TOLERANCE, TERM_MEASURES
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.patterns import choosers_in, filled, shown_in
from flexruimte.wording.quantities import (
    distance_text,
    listed,
    number_text,
    quantity_text,
)

__all__ = ["SPOKEN_UNITS", "finding_text", "rule_sentence", "topic_of"]

_FEATURES_IN_A_SENTENCE: Final = 3
_NEARLY: Final = 0.99
"""From this share on "nearly the whole parcel" says more than a percentage."""
SPOKEN_UNITS: Final = {"dB Lden": "dB"}
"""Units that people shorten: which average of noise is meant stands in tables."""
_ABOUT: Final = {
    ("<", "share"): "share-nearly-nothing",
    (">", "share"): "share-nearly-whole",
    ("<", "m2"): "area-nearly-nothing",
}
"""Message for a number that a table writes with such a sign, by its unit."""
_SILENT: Final = {
    "cells": "unknown-no-cell",
    "rows": "unknown-no-row",
    "areas": "unknown-no-area",
    "features": "unknown-no-feature",
}
"""Message of why one layer says nothing, by what it speaks with."""
_ID: Final = re.compile(r" \([^()]*\)$")
"""What stands behind the name of a feature: the id that people look it up by."""


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
    finding = finding.as_asked(facts)
    own = _own_text(facts, finding, language)
    if own is not None:
        return _sentence(own)
    if finding.verdict == "unknown":
        return _unknown_text(facts, finding, language)
    if isinstance(facts, MeasureRuleFacts):
        about = topic_of(facts, language)
        if finding.value is None:
            return _without_value(about, finding, language)
        value = value_text(finding.value, facts.test, language)
        return message("finding-about", language, about=about, found=value)
    return _sentence(_lies(facts, finding, language))


def rule_sentence(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return what a rule found, and what it asks where it does not say that itself."""
    about = in_language(facts.title, language)
    if finding.verdict == "left_out":
        return message("finding-left-out", language, about=about)
    finding = finding.as_asked(facts)
    own = _own_text(facts, finding, language)
    if own is not None:
        return _sentence(own)
    if finding.verdict == "unknown":
        return _unknown_text(facts, finding, language)
    if finding.verdict == "no" and finding.value is None and isinstance(facts, MeasureRuleFacts):
        return _without_value(topic_of(facts, language), finding, language)
    text = _measured if isinstance(facts, MeasureRuleFacts) else _lies
    return message("finding-about", language, about=about, found=text(facts, finding, language))


def topic_of(facts: RuleFacts, language: Language) -> str:
    """Return what a rule is about, without its wish: its measure, or the land it asks about."""
    title = facts.test.title if isinstance(facts, MeasureRuleFacts) else facts.title
    return in_language(title, language)


def _sentence(text: str) -> str:
    """Return a text with a capital and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


def _own_text(facts: RuleFacts, finding: Finding, language: Language) -> str | None:
    """Return the rule's own text of what it found; None where it has none for that."""
    if facts.finding is None:
        return None
    if finding.verdict == "unknown":
        own, known = facts.finding.unknown, finding.value is not None
        if own is None or known or not all(layer.present for layer in facts.layers):
            return None
        return _filled(in_language(own, language), facts, finding, language)
    text = in_language(facts.finding, language)
    if isinstance(facts, MeasureRuleFacts):
        if finding.verdict != "no" or finding.value is None:
            return None
        return _filled(text, facts, finding, language)
    share = finding.covered_share
    if finding.edge or share is None or share <= AREA_TOLERANCE:
        return None
    counts = finding.verdict == "no" or facts.excludes or finding.left_free
    if not (counts or finding.is_too_little(facts)):
        return None
    said = _filled(text, facts, finding, language)
    if said is None:
        return None
    part = None if "area" in _placeholders(text)[0] else _area(finding, language)
    return said + _what_remains(facts, finding, language, part)


def _filled(text: str, facts: RuleFacts, finding: Finding, language: Language) -> str | None:
    """Return a rule's own text, filled in; None where something that it shows is not known."""
    names, by = _placeholders(text)
    shown, numbers = {}, {}
    for name in names:
        text_of = _shown(name, facts, finding, language)
        if text_of is None:
            return None
        shown[name] = text_of
    for name in by:
        number = finding.feature_count if name == "count" else finding.value
        if number is None:
            return None
        numbers[name] = float(number)
    return filled(text, language, shown, numbers)


@cache
def _placeholders(text: str) -> tuple[list[str], list[str]]:
    return shown_in(text), choosers_in(text)


def _shown(name: str, facts: RuleFacts, finding: Finding, language: Language) -> str | None:
    """Return what a placeholder shows; None where that is not known."""
    if isinstance(facts, MeasureRuleFacts):
        return _shown_of_measure(name, facts.test, finding.value, language)
    if name == "area":
        return _area(finding, language)
    if name == "features":
        return _features(finding, language)
    if name == "distance" and isinstance(facts.distance_m, float | int):
        return distance_text(facts.distance_m, language, [facts.distance_m])
    if name == "limit" and facts.above is not None:
        return layer_value_text(facts.above, SPOKEN_UNITS.get(facts.unit, facts.unit), language)
    if name == "count" and finding.feature_count is not None:
        return number_text(finding.feature_count, 0, language)
    return None


def _shown_of_measure(name: str, test: MeasureTest, value: Any, language: Language) -> str | None:
    bounds = tuple(
        bound + test.needed for bound in (test.at_least, test.at_most) if bound is not None
    )
    if name == "limit":
        return _spoken_bound(bounds[0], test.unit, language)
    if name == "needed":
        return _spoken_bound(test.needed, test.unit, language)
    if value is None:
        return None
    if isinstance(value, str):
        return class_name(value, test.classes, language)
    text = _spoken(value + test.needed, test.unit, bounds, language)
    beyond = test.limit is not None and value >= test.limit
    return message("value-or-more", language, value=text) if beyond else text


@cache
def _spoken_bound(bound: float, unit: str, language: Language) -> str:
    """Return a threshold with all its decimals."""
    return _spoken(bound, unit, (bound,), language)


def _spoken(value: float, unit: str, bounds: tuple[float, ...], language: Language) -> str:
    if unit == "m":
        return distance_text(value, language, bounds)
    text = quantity_text(value, SPOKEN_UNITS.get(unit, unit), language, bounds)
    about = _ABOUT.get((text[0], unit))
    return text if about is None else message(about, language)


def _is_whole(finding: Finding) -> bool:
    share = finding.covered_share
    return share is not None and share >= 1 - AREA_TOLERANCE


def _area(finding: Finding, language: Language) -> str:
    """Return the covered land, as in "500 m² (5%) van het perceel", or of what is buildable."""
    if _is_whole(finding):
        return message("area-rest-whole" if finding.of_rest else "area-whole", language)
    if finding.covered_share is not None and finding.covered_share >= _NEARLY:
        area = quantity_text(finding.covered_m2, "m2", language)
        nearly = "area-rest-nearly-whole" if finding.of_rest else "area-nearly-whole"
        return message(nearly, language, area=area)
    part = "area-rest-part" if finding.of_rest else "area-part"
    return message(part, language, area=area_text(finding, language))


def _features(finding: Finding, language: Language) -> str:
    """Return the names of the features that cover land, without their ids."""
    labels = [label for label in finding.features.split("; ") if label]
    names = list(dict.fromkeys(_ID.sub("", label) for label in labels))
    if not names:
        return message("features-unnamed", language)
    shown = names[:_FEATURES_IN_A_SENTENCE]
    more = len(names) - len(shown) + max((finding.feature_count or 0) - len(labels), 0)
    between = "; " if any("," in name for name in shown) else ", "
    if more:
        features = between.join(shown)
        return message("features-and-more", language, features=features, more=str(more))
    return listed(shown, language) if between == ", " else between.join(shown)


def _what_remains(
    facts: LandRuleFacts, finding: Finding, language: Language, part: str | None = None
) -> str:
    """Return what covered land means for the rest of the parcel; nothing where nothing is taken.

    Parameters
    ----------
    part
        The covered land; None where what it is added to says that, so that it is "that part".
    """
    part = message("land-that-part", language) if part is None else part
    if finding.left_free:
        return message("land-is-left-free", language, part=part)
    if finding.verdict == "yes" and finding.is_too_little(facts):
        return message("land-is-too-little", language, part=part)
    if not facts.excludes or finding.overruled:
        return ""
    if finding.verdict == "yes":
        return message("land-is-taken", language, part=part)
    if finding.verdict == "no" and not _is_whole(finding):
        precision = quantity_text(facts.precision_m, "m", language)
        return message("land-rest-is-edge", language, precision=precision)
    return ""


def _measured(facts: RuleFacts, finding: Finding, language: Language) -> str:
    assert isinstance(facts, MeasureRuleFacts)
    if finding.value is None:
        return message("finding-not-here", language)
    return message(
        "finding-measured",
        language,
        found=value_text(finding.value, facts.test, language),
        measure=in_language(facts.test.title, language),
        test=asked(facts, language, spoken=True),
    )


def _without_value(about: str, finding: Finding, language: Language) -> str:
    """Return an answer without a number, as of a site of which one parcel is enough to say no."""
    message_id = "finding-no-value" if finding.verdict == "no" else "finding-not-here"
    return message("finding-about", language, about=about, found=message(message_id, language))


def _unknown_text(facts: RuleFacts, finding: Finding, language: Language) -> str:
    about, found = topic_of(facts, language), _why_unknown(facts, finding, language)
    return message("finding-about", language, about=about, found=found)


def _why_unknown(facts: RuleFacts, finding: Finding, language: Language) -> str:
    absent = [layer for layer in facts.layers if not layer.present]
    if absent:
        return message("unknown-layer-absent", language, layers=_layer_names(absent, language))
    if isinstance(facts, MeasureRuleFacts) and finding.value is not None:
        known = _why_unsure(facts, finding.value, language)
        if known is not None:
            return known
    if not facts.layers:
        homes = isinstance(facts, MeasureRuleFacts) and facts.test.unit == "homes"
        return message("unknown-no-layout" if homes else "unknown-somehow", language)
    names = _layer_names(facts.layers, language)
    if len(facts.layers) > 1:
        return message("unknown-one-of-layers", language, layers=names)
    message_id = _SILENT[facts.layers[0].holds]
    if message_id == "unknown-no-feature" and isinstance(facts, LandRuleFacts):
        by_feature = isinstance(facts.distance_m, DistanceOfFeature)
        message_id = "unknown-no-distance" if by_feature else message_id
    why, strange = message(message_id, language, layer=names), _strange_values(facts)
    if not strange:
        return why
    # Which feature has it, and whether that is the one here, is not kept.
    return message("unknown-strange-value", language, why=why, values=listed(strange, language))


def _strange_values(facts: RuleFacts) -> list[str]:
    """Return values that are not in the list of a field that decides of a rule on land."""
    if not isinstance(facts, LandRuleFacts):
        return []
    strange = facts.layers[0].strange
    return [value for value in strange if value.partition(" ")[0] in facts.where]


def _why_unsure(facts: MeasureRuleFacts, value: Any, language: Language) -> str | None:
    """Return why a rule has no answer though there is a value; None where that is not known."""
    test = facts.test
    if test.measure in TERM_MEASURES:
        # "100 years or more may be less" says nothing.
        if test.limit is not None and value >= test.limit:
            return None
        return message("unknown-at-limit", language, value=value_text(value, test, language))
    if isinstance(value, str) and test.classes and value not in test.classes:
        return message("unknown-class", language, value=value)
    if facts.when:
        return message("unknown-whether-it-applies", language)
    other = [each for each in facts.unless if each.measure != test.measure]
    if not other:
        return None
    excepted = listed(conditions(other, language, spoken=True), language)
    return message("unknown-whether-excepted", language, conditions=excepted)


def _layer_names(layers: list[LayerOfRule], language: Language) -> str:
    return listed([f"'{in_language(layer.title, language)}'" for layer in layers], language)


def _lies(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return how the parcel lies to the layer of a rule that has no text of its own."""
    assert isinstance(facts, LandRuleFacts)
    if finding.edge:
        precision = quantity_text(facts.precision_m, "m", language)
        return message("land-edge", language, precision=precision)
    place, share = place_of(facts, language), finding.covered_share
    if not finding.applies:
        return message("land-does-not-count", language, place=place)
    if finding.covered_m2 is None or share is None or share <= AREA_TOLERANCE:
        clear = "land-rest-clear" if finding.of_rest else "land-clear"
        return message(clear, language, place=place)
    little = finding.verdict == "yes" and finding.is_too_little(facts)
    text = message(
        "land-lies",
        language,
        area=_area(finding, language),
        place=place,
        because="" if little else _because(finding, language),
    )
    return text + _what_remains(facts, finding, language)


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
