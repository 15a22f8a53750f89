"""What rules ask and what they found, in short: for tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from flexruimte.results.summary_rules import (
    CriterionFacts,
    DistanceOfFeature,
    LandRuleFacts,
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
    "area_text",
    "asked",
    "class_name",
    "conditions",
    "conditions_text",
    "criterion_asked",
    "criterion_found",
    "found",
    "known_value",
    "layer_value_text",
    "place_of",
    "value_text",
]


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
    overruled: bool = False
    """Whether a decision by people goes before the rule here: it takes no land."""
    rest_m2: float | None = None
    """Area of the buildable part that it covers; None where that is not known. [m2]"""
    rest_share: float | None = None
    """That area as a share of the buildable part; of the parcel where nothing is left. [share]"""
    applies: bool = True
    """Whether the rule applies, where it would cover something."""
    left_free: bool = False
    """Whether the land that it covers is left free, though it does not exclude."""
    of_rest: bool = False
    """Whether the covered area is that of a buildable part which is not the whole parcel."""

    def as_asked(self, facts: RuleFacts) -> Finding:
        """Return what is asked about: if it takes no land, the buildable part.

        Of a buildable part that is so small that all of it rounds to nothing, the whole parcel.
        """
        if facts.excludes or self.left_free or self.rest_m2 is None or self.rest_share is None:
            return self
        if self.verdict == "no" and self.rest_share <= AREA_TOLERANCE:
            return self
        same = self.rest_m2 == self.covered_m2 and self.rest_share == self.covered_share
        return self._replace(
            covered_m2=self.rest_m2, covered_share=self.rest_share, of_rest=not same
        )

    def is_too_little(self, facts: LandRuleFacts) -> bool:
        """Whether so little of the buildable part is covered that it does not count."""
        if facts.excludes or self.edge or not self.rest_m2 or self.rest_share is None:
            return False
        return self.rest_m2 < facts.least_m2 or self.rest_share < facts.least_share


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
        message("test-not-there", language, place=place_of(facts, language))
        if isinstance(facts, LandRuleFacts)
        else _test_text(facts.test, language, spoken)
    )
    for message_id, tests in (("test-only-where", facts.when), ("test-unless", facts.unless)):
        if tests:
            said = listed(conditions(tests, language, spoken=spoken), language)
            text = message(message_id, language, test=text, conditions=said)
    return text


def conditions(tests: Sequence[MeasureTest], language: Language, *, spoken: bool) -> list[str]:
    """Return tests that decide where a rule applies, each with its measure."""
    return [
        f"{in_language(test.title, language)} {_test_text(test, language, spoken)}"
        for test in tests
    ]


def _test_text(test: MeasureTest, language: Language, spoken: bool) -> str:
    """Return the test of a measure, as in ">= 15 jaar"."""
    at_least, at_most = (
        ("test-at-least-spoken", "test-at-most-spoken")
        if spoken
        else ("test-at-least", "test-at-most")
    )
    parts = [
        message(message_id, language, value=_bound_text(bound + test.needed, test.unit, language))
        for message_id, bound in ((at_least, test.at_least), (at_most, test.at_most))
        if bound is not None
    ]
    for message_id, classes in (("test-in", test.in_), ("test-not-in", test.not_in)):
        if classes:
            names = ", ".join(class_name(value, test.classes, language) for value in classes)
            parts.append(message(message_id, language, classes=names))
        elif classes is not None:
            parts.append(message("test-no-classes", language))
    return listed(parts, language)


def _bound_text(bound: float, unit: str, language: Language) -> str:
    """Return a threshold with its unit and all its decimals."""
    return quantity_text(bound, unit, language, [bound])


def class_name(value: Any, titles: Mapping[str, Text], language: Language) -> str:
    """Return what a class is called; without a title the class itself."""
    return in_language(titles.get(str(value)), language) or str(value)


def value_text(value: Any, test: MeasureTest, language: Language) -> str:
    """Return a value with its unit, or the title of a class.

    A value at the limit of its measure is "that much or more". Of signs it is what they allow.
    """
    if isinstance(value, str):
        return class_name(value, test.classes, language)
    beyond = test.limit is not None and value >= test.limit
    if beyond and test.beyond is not None:
        return in_language(test.beyond, language)
    bounds = [bound + test.needed for bound in (test.at_least, test.at_most) if bound is not None]
    text = quantity_text(value + test.needed, test.unit, language, bounds)
    return message("value-or-more", language, value=text) if beyond else text


def criterion_asked(facts: CriterionFacts, language: Language) -> str:
    """Return how a criterion turns a value into points."""
    if facts.curve is not None:
        return ", ".join(
            message(
                "points-at-value",
                language,
                points=number_text(points, 0, language),
                value=_bound_text(value, facts.unit, language),
            )
            for value, points in (facts.curve[0], facts.curve[-1])
        )
    return ", ".join(
        message(
            "points-of-class",
            language,
            points=number_text(points, 0, language),
            name=class_name(name, facts.class_titles, language),
        )
        for name, points in (facts.classes or {}).items()
    )


def criterion_found(facts: CriterionFacts, value: Any, language: Language) -> str:
    """Return the value of a criterion's measure, or the title of its class."""
    if value is None:
        return message("unknown", language)
    if isinstance(value, str):
        return class_name(value, facts.class_titles, language)
    return quantity_text(value, facts.unit, language)


def found(facts: RuleFacts, finding: Finding, language: Language) -> str:
    """Return what was found on the parcel, in short."""
    if isinstance(facts, MeasureRuleFacts):
        if finding.value is not None:
            return value_text(finding.value, facts.test, language)
        return message("unknown", language)
    if finding.covered_m2 is None or finding.covered_share is None:
        return message("unknown", language)
    if finding.edge:
        return message("found-edge", language)
    if finding.covered_share <= AREA_TOLERANCE:
        return message("found-nothing", language)
    return area_text(finding, language)


def area_text(finding: Finding, language: Language) -> str:
    """Return the covered area and its share of the parcel, as in "5.000 m² (50%)"."""
    share = quantity_text(finding.covered_share, "share", language)
    return f"{quantity_text(finding.covered_m2, 'm2', language)} ({share})"


def place_of(facts: LandRuleFacts, language: Language) -> str:
    """Return where a rule on land looks, as in "binnen 50 m van kaartlaag 'Buisleiding'".

    A rule that asks for some of a layer's features is named itself.
    """
    if facts.where:
        return message("place-of-rule", language, rule=in_language(facts.title, language))
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
    distance = _bound_text(distance_m, "m", language)
    return message("place-within", language, layer=layer, distance=distance)


def layer_value_text(value: float, unit: str, language: Language) -> str:
    """Return a value of a raster in the unit of its layer, as in "60 dB Lden"."""
    return f"{number_text(value, 2, language)} {unit}".strip()


def conditions_text(where: Where, language: Language) -> str:
    """Return which features of a layer count, as in " (soort: gas)"; fields keep their names."""
    parts = []
    for field, condition in where.items():
        tests = condition.model_dump(by_alias=True, exclude_unset=True, exclude={"when_null"})
        said = " ".join(_condition_text(name, value, language) for name, value in tests.items())
        parts.append(f"{field}: {said}")
    return f" ({'; '.join(parts)})" if parts else ""


def _condition_text(name: str, value: Any, language: Language) -> str:
    """Return one test of a field, such as "niet a, b"."""
    if name == "is_null":
        return message("where-empty" if value else "where-not-empty", language)
    words = ", ".join(map(str, value)) if isinstance(value, list) else f"{value}"
    if name == "in":
        return words
    if name in ("at_least", "at_most"):
        bound = "test-at-least" if name == "at_least" else "test-at-most"
        return message(bound, language, value=words)
    told = {
        "not_in": "where-not",
        "contains": "where-contains",
        "starts_with": "where-starts-with",
    }
    return message(told[name], language, words=words)
