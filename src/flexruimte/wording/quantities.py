"""Numbers, quantities, dates and lists as people write them, by the locales of the CLDR."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, Literal

from flexruimte.vocabulary import AREA_TOLERANCE
from flexruimte.wording.messages import LOCALES, Language, message
from flexruimte.wording.rounding import decimals_of, decimals_that_show

__all__ = ["date_text", "decimal_symbol", "distance_text", "listed", "number_text", "quantity_text"]

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

_LENGTHS: Final = ("m", "cm", "t")
_SHORT: Final = 10
"""Below this a decimal counts: a flood of 0.4 m is not 0 m."""
_MOST_OF_THRESHOLD: Final = 3
"""A threshold with more decimals than this does not ask for as many of a value."""
_METRES_PER_KILOMETRE: Final = 1000

_COUNTED: Final = ("year", "homes")
"""Units with a plural form in some language."""


def number_text(
    value: float | None, decimals: int, language: Language, *, aligned: bool = False
) -> str:
    """Return a number as people write it, without superfluous zeros; "?" for None and NaN.

    Numbers that stand below each other are aligned: all have the same decimals.

    Examples
    --------
    >>> number_text(12345.50, 1, "nl"), number_text(12345.50, 1, "en"), number_text(3.0, 1, "nl")
    ('12.345,5', '12,345.5', '3')
    >>> number_text(3.0, 1, "nl", aligned=True)
    '3,0'
    """
    if value is None or math.isnan(value):
        return "?"
    group, decimal = _symbols(language)
    whole, _, part = f"{value:,.{decimals}f}".partition(".")
    whole, part = whole.replace(",", group), part if aligned else part.rstrip("0")
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


def decimal_symbol(language: Language) -> str:
    """Return what stands before decimals.

    Examples
    --------
    >>> decimal_symbol("nl"), decimal_symbol("en")
    (',', '.')
    """
    return _symbols(language)[1]


def quantity_text(value: Any, unit: str, language: Language, against: Iterable[float] = ()) -> str:
    """Return a value of a measure with its unit; a share as a percentage, a class as it is.

    Parameters
    ----------
    value
        A number, or anything else, which is shown as it is.
    unit
        Of the vocabulary.
    language
        nl or en.
    against
        Thresholds that the value is held against, in the same unit. It is written with at least as
        many decimals as they have, and with as many as it takes to show on which side it lies.

    Examples
    --------
    >>> quantity_text(0.125, "share", "nl"), quantity_text(15.0, "year", "nl")
    ('12,5%', '15 jaar')
    >>> quantity_text(1, "year", "en"), quantity_text("2", "class", "en")
    ('1 year', '2')
    >>> quantity_text(11.96, "m", "en"), quantity_text(11.96, "m", "en", [12])
    ('12 m', '11.96 m')
    >>> quantity_text(0.9999, "share", "nl"), quantity_text(1.0, "share", "nl")
    ('> 99,9%', '100%')
    >>> quantity_text(0.3, "m2", "nl"), quantity_text(0.0, "m2", "nl")
    ('< 1 m²', '0 m²')
    """
    if not isinstance(value, int | float) or unit in ("class", "calendar year"):
        return f"{value:g}" if isinstance(value, float) else str(value)
    factor = 100 if unit == "share" else 1
    shown, thresholds = value * factor, [each * factor for each in against]
    usual = 1 if unit in _LENGTHS and abs(shown) < _SHORT else _DECIMALS.get(unit, 1)
    for each in thresholds:
        usual = max(usual, min(decimals_of(each), _MOST_OF_THRESHOLD))
    decimals = decimals_that_show(shown, thresholds, usual)
    number = number_text(shown, decimals, language)
    if unit == "share":
        number = _not_all_or_nothing(number, value, language)
    elif unit == "m2" and number == "0" and shown > 0:
        number = "< 1"
    if not unit:
        return number
    count = round(value, decimals) if unit in _COUNTED and not math.isnan(value) else 0
    return message(_message_of_unit(unit), language, number=number, count=count)


def _not_all_or_nothing(number: str, share: float, language: Language) -> str:
    """Return a percentage that reads as nothing, or as the whole, only where it is that."""
    if number == "0" and share > 0:
        return f"< {number_text(0.1, 1, language)}"
    if number == "100" and share < 1 - AREA_TOLERANCE:
        return f"> {number_text(99.9, 1, language)}"
    return number


def distance_text(metres: float, language: Language, against: Iterable[float] = ()) -> str:
    """Return a distance as people say it: from a kilometre on in kilometres.

    Examples
    --------
    >>> distance_text(4012.0, "nl"), distance_text(350, "nl"), distance_text(6999.6, "nl", [7000])
    ('4 km', '350 m', '6,9996 km')
    """
    if metres < _METRES_PER_KILOMETRE:
        return quantity_text(metres, "m", language, against)
    kilometres = metres / _METRES_PER_KILOMETRE
    bounds = [each / _METRES_PER_KILOMETRE for each in against]
    number = number_text(kilometres, decimals_that_show(kilometres, bounds, 1), language)
    return message("unit-km", language, number=number)


@cache
def _message_of_unit(unit: str) -> str:
    """Return the id of the message that writes a number with its unit.

    Examples
    --------
    >>> _message_of_unit("ug/m3"), _message_of_unit("dB Lden")
    ('unit-ug-m3', 'unit-db-lden')
    """
    return "unit-" + unit.replace("/", "-").replace(" ", "-").lower()


def date_text(date: dt.date | str | None, language: Language, *, short: bool = False) -> str:
    """Return a date in words; empty where there is none.

    Examples
    --------
    >>> date_text("2026-03-01", "nl"), date_text("2026-03-01", "en")
    ('1 maart 2026', '1 March 2026')
    >>> date_text("2025-11-15", "nl", short=True)
    '15 nov 2025'
    """
    if not date:
        return ""
    day = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return _written_day(day, "medium" if short else "long", language)


@cache
def _written_day(day: dt.date, style: Literal["medium", "long"], language: Language) -> str:
    """Return a day in words; Babel takes a tenth of a millisecond for each."""
    from babel.dates import format_date

    return format_date(day, style, locale=LOCALES[language])


def listed(words: Sequence[str], language: Language) -> str:
    """Return words as people list them.

    Examples
    --------
    >>> listed(["a", "b", "c"], "nl"), listed(["a"], "nl")
    ('a, b en c', 'a')
    """
    from babel.lists import format_list

    return format_list(words, locale=LOCALES[language])
