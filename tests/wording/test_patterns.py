"""Short texts of rulesets: placeholders, plural forms, and what is wrong with one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.wording.patterns import compiled, filled, problem_of, shown_in

HOMES = "Er {value -> [one] staat *[other] staan} {value} {value -> [one] woning *[other] woningen}"
KNOWN = {"value": "a number", "limit": "a number", "name": "a text"}
NUMBERS = {"value": "a number", "limit": "a number"}


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Er staan 0 woningen"),
        (1, "Er staat 1 woning"),
        (2, "Er staan 2 woningen"),
        (1_000_000, "Er staan 1000000 woningen"),
    ],
)
def test_a_number_chooses_the_form(count: int, said: str) -> None:
    assert filled(HOMES, "nl", {"value": str(count)}, {"value": count}) == said


@pytest.mark.parametrize(("years", "said"), [(0, "begint nu"), (0.5, "begint over een half jaar")])
def test_a_form_can_be_for_one_number(years: float, said: str) -> None:
    text = "begint {value -> [0] nu *[other] over {value}}"
    assert filled(text, "nl", {"value": "een half jaar"}, {"value": years}) == said


@given(st.text(min_size=1).filter(lambda text: not set(text) & set("\ud800\udfff")))
def test_a_value_is_shown_as_it_is(value: str) -> None:
    assert filled("De eigenaar is {value}", "nl", {"value": value}, {}) == f"De eigenaar is {value}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{value} m, hooguit {limit}", None),
        ("{ value } en { $name }", None),
        (HOMES, None),
        ("geen plaatshouder", None),
        ("{depth} m", "placeholder '{depth}' cannot be filled in; there are: {value}, {limit}"),
        ("{depth -> [one] a *[other] b}", "placeholder '{depth}' cannot be filled in"),
        ("{name -> [one] a *[other] b}", "can only choose by a number"),
        ("{value -> een woning}", "is no choice; write it as {value -> [one]"),
        ("{value -> [one] a [other] b}", "is no choice"),
        ("{value m", "a brace stands alone"),
        ("value} m", "a brace stands alone"),
        ("{} m", "a brace stands alone"),
        ("{Value} m", "a brace stands alone"),
    ],
)
def test_what_is_wrong_with_a_text(text: str, problem: str | None) -> None:
    said = problem_of(text, KNOWN, NUMBERS)
    assert (said is None) == (problem is None)
    assert (problem or "") in (said or "")


def test_a_placeholder_in_a_form_is_shown() -> None:
    assert shown_in("begint {value -> [0] nu *[other] over {limit}}") == ["limit"]


def test_what_cannot_be_filled_in_is_an_error() -> None:
    with pytest.raises(LookupError):
        filled("{value}", "nl", {}, {})
    with pytest.raises(LookupError):
        filled(HOMES, "nl", {"value": "1"}, {})
    with pytest.raises(ValueError, match="cannot be read"):
        compiled("no entry", "nl")
