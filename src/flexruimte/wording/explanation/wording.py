"""How tests, findings and verdicts are said, in Dutch and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from flexruimte.vocabulary import AREA, AREA_TOLERANCE
from flexruimte.wording.labels import Language, in_language, listed, number_text, quantity_text

__all__ = [
    "Facts",
    "Row",
    "asked",
    "covered",
    "criterion_asked",
    "found",
    "known_value",
    "rule_sentence",
]

Facts = Mapping[str, Any]
"""What the summary says of a rule or criterion."""
Row = Mapping[str, Any]
"""What the parcels table says of a parcel."""

_FEATURES_IN_A_SENTENCE = 3


def known_value(row: Row, name: str) -> Any:
    """Return a value of the row as plain Python; None where it is not known or there is no such column."""
    value = row.get(name)
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def covered(row: Row, facts: Facts) -> tuple[float | None, float | None, bool]:
    """Return the area that a rule covers, its share of the parcel, and whether that is only the edge of the map. [m2, share]."""
    area = known_value(row, f"covered_m2_{facts['id']}")
    edge = bool(known_value(row, f"edge_{facts['id']}"))
    return area, None if area is None else area / row[AREA], edge


def asked(facts: Facts, language: Language) -> str:
    """Return the test of a rule, in short."""
    text = (
        _where_asked(facts, language)
        if facts["kind"] == "layer"
        else test_text(facts["test"], language)
    )
    if facts["when"]:
        tests = listed(
            [
                f"{in_language(test['title'], language)} {test_text(test, language)}"
                for test in facts["when"]
            ],
            language,
        )
        text += f" ({'alleen waar' if language == 'nl' else 'only where'} {tests})"
    return text


def test_text(test: Facts, language: Language) -> str:
    """Return the test of a measure, as in ">= 15 jaar"."""
    dutch = language == "nl"
    parts = []
    if test["at_least"] is not None:
        parts.append(f">= {quantity_text(float(test['at_least']), test['unit'], language)}")
    if test["at_most"] is not None:
        parts.append(f"<= {quantity_text(float(test['at_most']), test['unit'], language)}")
    names = test["classes"]
    for key, words in (("in", ("een van", "one of")), ("not_in", ("geen van", "none of"))):
        if test[key]:
            parts.append(
                f"{words[0 if dutch else 1]}: {', '.join(_class_name(value, names, language) for value in test[key])}"
            )
        elif test[key] is not None:
            parts.append("niets bepaalds" if dutch else "nothing in particular")
    return (" en " if dutch else " and ").join(parts)


def _class_name(value: Any, titles: Facts, language: Language) -> str:
    return in_language(titles.get(str(value)), language) or str(value)


def value_text(value: Any, test: Facts, language: Language) -> str:
    """Return a value of a measure: with its unit, a class by its title, and what is cut off as "that much or more"."""
    if isinstance(value, str):
        return _class_name(value, test["classes"], language)
    text = quantity_text(value, test["unit"], language)
    if test["limit"] is not None and value >= test["limit"]:
        text += " of meer" if language == "nl" else " or more"
    return text


def criterion_asked(facts: Facts, language: Language) -> str:
    """Return how a criterion turns a value into points."""
    if facts["curve"] is not None:
        (first, points_first), (last, points_last) = facts["curve"][0], facts["curve"][-1]
        ends = [
            (quantity_text(float(x), facts["unit"], language), points)
            for x, points in ((first, points_first), (last, points_last))
        ]
        word = "bij" if language == "nl" else "at"
        return ", ".join(
            f"{number_text(points, 0, language)} {word} {value}" for value, points in ends
        )
    return ", ".join(
        f"{name}: {number_text(points, 0, language)}" for name, points in facts["classes"].items()
    )


def found(row: Row, facts: Facts, language: Language) -> str:
    """Return what was found on the parcel, in short."""
    nothing = "onbekend" if language == "nl" else "unknown"
    if facts["kind"] == "measure":
        value = known_value(row, facts["test"]["measure"])
        return nothing if value is None else value_text(value, facts["test"], language)
    area, share, edge = covered(row, facts)
    if area is None or share is None:
        return nothing
    if edge:
        return "alleen de rand" if language == "nl" else "the edge only"
    if share <= AREA_TOLERANCE:
        return "niets" if language == "nl" else "nothing"
    return f"{quantity_text(area, 'm2', language)} ({quantity_text(share, 'share', language)})"


def rule_sentence(row: Row, facts: Facts, verdict: str, language: Language) -> str:
    """Return what a rule says of a parcel, as a sentence that can be read out."""
    title, dutch = in_language(facts["title"], language), language == "nl"
    if verdict == "left_out":
        return (
            f"{title}: bewust niet beoordeeld in deze studie."
            if dutch
            else f"{title}: knowingly not assessed in this study."
        )
    if verdict == "unknown":
        return f"{title}: {_why_unknown(row, facts, language)}."
    if facts["kind"] == "measure":
        return f"{title}: {_measured(row, facts, language)}."
    return f"{title}: {_lies(row, facts, verdict, language)}."


def _measured(row: Row, facts: Facts, language: Language) -> str:
    test = facts["test"]
    value, measure = known_value(row, test["measure"]), in_language(test["title"], language)
    wanted = asked(facts, language).replace(">=", "ten minste" if language == "nl" else "at least")
    wanted = wanted.replace("<=", "ten hoogste" if language == "nl" else "at most")
    if value is None:  # the rule does not apply here
        return "deze regel geldt hier niet" if language == "nl" else "this rule does not apply here"
    said = value_text(value, test, language)
    if language == "nl":
        return f"gevonden is {said} ({measure}), gevraagd is {wanted}"
    return f"found is {said} ({measure}), asked is {wanted}"


def _layer_names(facts: Facts, language: Language) -> str:
    return listed(
        [f"'{in_language(layer['title'], language)}'" for layer in facts["layers"]], language
    )


def _why_unknown(row: Row, facts: Facts, language: Language) -> str:
    dutch = language == "nl"
    absent = [
        in_language(layer["title"], language) for layer in facts["layers"] if not layer["present"]
    ]
    if absent:
        names = listed([f"'{name}'" for name in absent], language)
        return (
            f"niet bekend, want de studie heeft geen kaartlaag {names}"
            if dutch
            else f"not known, as the study has no layer {names}"
        )
    names = _layer_names(facts, language)
    value = known_value(row, facts["test"]["measure"]) if facts["kind"] == "measure" else None
    if value is not None:
        said = value_text(value, facts["test"], language)
        return (
            f"niet zeker: {said} kan in werkelijkheid minder zijn"
            if dutch
            else f"not certain: {said} may in truth be less"
        )
    if not names:
        return "niet bekend" if dutch else "not known"
    if dutch:
        if len(facts["layers"]) > 1:
            return (
                f"niet bekend, want de kaartlagen {names} zeggen hier niets, of niet met zekerheid"
            )
        return f"niet bekend, want kaartlaag {names} zegt hier niets, of niet met zekerheid"
    if len(facts["layers"]) > 1:
        return f"not known, as the layers {names} say nothing here, or nothing certain"
    return f"not known, as layer {names} says nothing here, or nothing certain"


def _where_asked(facts: Facts, language: Language) -> str:
    place = _place(facts, language) + _conditions(facts["where"])
    return f"niet {place}" if language == "nl" else f"not {place}"


def _place(facts: Facts, language: Language) -> str:
    """Return where a rule on a layer looks, as in "binnen 50 m van kaartlaag 'Buisleiding'"."""
    dutch, distance = language == "nl", facts["distance_m"]
    name = f"{'kaartlaag' if dutch else 'layer'} '{in_language(facts['layers'][0]['title'], language)}'"
    if isinstance(distance, Mapping):
        return (
            f"binnen de afstand die {name} zelf noemt"
            if dutch
            else f"within the distance that {name} itself gives"
        )
    if not distance:
        return f"op {name}" if dutch else f"on {name}"
    metres = quantity_text(float(distance), "m", language)
    return f"binnen {metres} van {name}" if dutch else f"within {metres} of {name}"


def _conditions(where: Facts) -> str:
    """Return which features of a layer count, as in " (soort: gas)"."""
    parts = []
    for field, condition in where.items():
        tests = {key: value for key, value in condition.items() if key != "when_null"}
        words = [
            ", ".join(map(str, value)) if isinstance(value, list) else f"{value}"
            for value in tests.values()
        ]
        names = ["" if key == "in" else f"{key} " for key in tests]
        parts.append(
            f"{field}: {' '.join(f'{name}{word}' for name, word in zip(names, words, strict=True))}"
        )
    return f" ({'; '.join(parts)})" if parts else ""


def _lies(row: Row, facts: Facts, verdict: str, language: Language) -> str:
    dutch, place = language == "nl", _place(facts, language)
    area, share, edge = covered(row, facts)
    if edge:
        metres = quantity_text(float(facts["precision_m"] or 0), "m", language)
        if dutch:
            return f"raakt alleen de rand van het perceel, minder dan de kaart nauwkeurig is ({metres}); dat telt niet"
        return f"touches only the edge of the parcel, less than the map is precise ({metres}); that does not count"
    if area is None or share is None or share <= AREA_TOLERANCE:
        return f"het perceel ligt niet {place}" if dutch else f"the parcel does not lie {place}"
    how_much = f"{quantity_text(area, 'm2', language)} ({quantity_text(share, 'share', language)})"
    because = _because(row, facts, language)
    if verdict == "yes" and not facts["excludes"]:
        return (
            f"geldt hier niet, al ligt {how_much} {place}"
            if dutch
            else f"does not apply here, though {how_much} lies {place}"
        )
    if facts["excludes"] and verdict == "no":
        return (
            f"het hele perceel ligt {place}{because}"
            if dutch
            else f"the whole parcel lies {place}{because}"
        )
    if facts["excludes"]:
        because += "; dat deel valt af" if dutch else "; that part is taken away"
    return (
        f"{how_much} van het perceel ligt {place}{because}"
        if dutch
        else f"{how_much} of the parcel lies {place}{because}"
    )


def _because(row: Row, facts: Facts, language: Language) -> str:
    """Return which features cause it, as in ", door: Heide (3) en nog 2"."""
    names = [
        name for name in (known_value(row, f"features_{facts['id']}") or "").split("; ") if name
    ]
    number = int(known_value(row, f"feature_count_{facts['id']}") or 0)
    if not names:
        return ""
    shown = names[:_FEATURES_IN_A_SENTENCE]
    more = number - len(shown)
    if language == "nl":
        return f", door: {', '.join(shown)}" + (f" en nog {more}" if more > 0 else "")
    return f", because of: {', '.join(shown)}" + (f" and {more} more" if more > 0 else "")
