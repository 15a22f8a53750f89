"""Numbers, quantities, dates and lists as people write them, by the locales of the CLDR."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from flexruimte.wording.messages import LOCALES, Language, message

__all__ = ["date_text", "listed", "number_text", "quantity_text"]

_DECIMALS: Final = {
    "m": 0,
    "m2": 0,
    "share": 1,
    "homes": 0,
    "count": 0,
    "year": 1,
    "calendar year": 0,
    "km": 2,
}

_COUNTED: Final = ("year", "homes")
"""Units with a plural form in some language."""


def number_text(value: float | None, decimals: int, language: Language) -> str:
    """Return a number as people write it, without superfluous zeros; "?" for None and NaN.

    Examples
    --------
    >>> number_text(12345.50, 1, "nl"), number_text(12345.50, 1, "en"), number_text(3.0, 1, "nl")
    ('12.345,5', '12,345.5', '3')
    """
    if value is None or math.isnan(value):
        return "?"
    group, decimal = _symbols(language)
    whole, _, part = f"{value:,.{decimals}f}".partition(".")
    whole, part = whole.replace(",", group), part.rstrip("0")
    if part:
        return f"{whole}{decimal}{part}"
    return "0" if whole == "-0" else whole


@cache
def _symbols(language: Language) -> tuple[str, str]:
    """Return what stands between thousands, and before decimals.

    Babel knows the symbols. It takes 25 times as long as Python to write the digits, and a large
    town has tens of thousands of numbers.
    """
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = LOCALES[language]
    return get_group_symbol(locale), get_decimal_symbol(locale)


def quantity_text(value: Any, unit: str, language: Language) -> str:
    """Return a value of a measure with its unit; a share as a percentage, a class as it is.

    Examples
    --------
    >>> quantity_text(0.125, "share", "nl"), quantity_text(15.0, "year", "nl")
    ('12,5%', '15 jaar')
    >>> quantity_text(1, "year", "en"), quantity_text("2", "class", "en")
    ('1 year', '2')
    """
    if not isinstance(value, int | float) or unit in ("class", "calendar year"):
        return f"{value:g}" if isinstance(value, float) else str(value)
    decimals = _DECIMALS.get(unit, 1)
    number = number_text(value * 100 if unit == "share" else value, decimals, language)
    if unit == "share" and number == "0" and value > 0:
        number = f"< {number_text(0.1, 1, language)}"
    if not unit:
        return number
    count = round(value, decimals) if unit in _COUNTED and not math.isnan(value) else 0
    return message(_message_of_unit(unit), language, number=number, count=count)


@cache
def _message_of_unit(unit: str) -> str:
    """Return the id of the message that writes a number with its unit.

    Examples
    --------
    >>> _message_of_unit("ug/m3"), _message_of_unit("dB Lden")
    ('unit-ug-m3', 'unit-db-lden')
    """
    return "unit-" + unit.replace("/", "-").replace(" ", "-").lower()


def date_text(date: dt.date | str | None, language: Language) -> str:
    """Return a date in words; empty where there is none.

    Examples
    --------
    >>> date_text("2026-03-01", "nl"), date_text("2026-03-01", "en")
    ('1 maart 2026', '1 March 2026')
    """
    if not date:
        return ""
    from babel.dates import format_date

    day = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return format_date(day, "long", locale=LOCALES[language])


def listed(words: Sequence[str], language: Language) -> str:
    """Return words as people list them.

    Examples
    --------
    >>> listed(["a", "b", "c"], "nl"), listed(["a"], "nl")
    ('a, b en c', 'a')
    """
    from babel.lists import format_list

    return format_list(words, locale=LOCALES[language])
