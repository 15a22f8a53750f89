"""Numbers, quantities, dates and lists as people write them."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.vocabulary import UNITS
from flexruimte.wording.messages import LOCALES
from flexruimte.wording.quantities import date_text, listed, number_text, quantity_text


def test_numbers() -> None:
    assert number_text(1234567.891, 2, "nl") == "1.234.567,89"
    assert number_text(float("nan"), 2, "nl") == "?"
    assert number_text(None, 2, "en") == "?"
    assert number_text(-0.001, 1, "en") == "0"


@given(st.floats(-1e12, 1e12), st.integers(0, 3), st.sampled_from(sorted(LOCALES)))
def test_numbers_are_written_as_babel_writes_them(
    value: float, decimals: int, language: str
) -> None:
    # Decimal(value) is what the computer holds, which Python rounds; Babel would round its shortest notation.
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    written = format_decimal(rounded + 0, format=pattern, locale=LOCALES[language])
    assert number_text(value, decimals, language) == ("0" if written == "-0" else written)


@pytest.mark.parametrize(
    ("value", "unit", "dutch", "english"),
    [
        (0.0001, "share", "< 0,1%", "< 0.1%"),
        (0.0, "share", "0%", "0%"),
        (40.0, "class", "40", "40"),
        ("centrum", "class", "centrum", "centrum"),
        (2030.0, "calendar year", "2030", "2030"),
        (12345.6, "m2", "12.346 m²", "12,346 m²"),
        (1, "year", "1 jaar", "1 year"),
        (1.5, "year", "1,5 jaar", "1.5 years"),
        (1.04, "year", "1 jaar", "1 year"),
        (1, "homes", "1 woning", "1 home"),
        (1200, "homes", "1.200 woningen", "1,200 homes"),
        (float("nan"), "homes", "? woningen", "? homes"),
        (55.25, "dB Lden", "55,2 dB Lden", "55.2 dB Lden"),
        (7.5, "", "7,5", "7.5"),
    ],
)
def test_quantities(value: object, unit: str, dutch: str, english: str) -> None:
    assert quantity_text(value, unit, "nl") == dutch
    assert quantity_text(value, unit, "en") == english


@pytest.mark.parametrize("unit", sorted({*UNITS.values()} - {"class", "calendar year"}))
@pytest.mark.parametrize("language", sorted(LOCALES))
def test_every_unit_of_the_vocabulary_has_a_message(unit: str, language: str) -> None:
    assert quantity_text(3, unit, language)[0] == "3"


def test_dates() -> None:
    assert date_text(dt.date(2026, 3, 1), "nl") == "1 maart 2026"
    assert date_text("2026-12-31", "en") == "31 December 2026"
    assert date_text(None, "nl") == ""


def test_lists() -> None:
    assert listed([], "nl") == ""
    assert listed(["a"], "en") == "a"
    assert listed(["a", "b"], "nl") == "a en b"
    assert listed(["a", "b", "c"], "en") == "a, b and c"
