"""Words of data compared as people mean them: without regard to blanks, case, number or text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any

from pandas import NA, NaT

__all__ = ["as_number", "looked_up", "nearest_word", "plain", "words_in"]

_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:[.,]\d+)?")
_LEADING_ZEROS = re.compile(r"0+(\d+)")
_UNSEEN = dict.fromkeys(map(ord, "_\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_WRAPPING = re.compile(r"^\s*(?:\(\d+:)?[\[({]*|[\])}]*\s*$")
"""What stands around several words: GDAL writes (2:a,b), PostgreSQL {a,b}, JSON ["a", "b"]."""


def plain(value: Any) -> str:
    """Return the form in which values are compared; two values with the same form are one value.

    Blanks, underscores, case and characters that are not seen do not count, nor does whether a
    number is written as text, with a decimal comma, or with zeros behind the decimal point.

    Examples
    --------
    >>> plain(" Pand in  gebruik"), plain("PAND_IN_GEBRUIK"), plain("> 7 meter")
    ('pandingebruik', 'pandingebruik', '>7meter')
    >>> plain(40), plain(40.0), plain("40,0"), plain("01"), plain(None)
    ('40', '40', '40', '01', '')
    """
    if value is None or is_nan(value):
        return ""
    if isinstance(value, bool):
        return str(value).casefold()
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real | Decimal):
        text = repr(float(value))
    else:
        text = unicodedata.normalize("NFKC", str(value)).translate(_UNSEEN).casefold()
        text = "".join(text.split())
    if not _NUMBER.fullmatch(text):
        return text
    number = Decimal(text.replace(",", "."))
    whole = number == number.to_integral_value()
    return str(int(number)) if whole else format(number.normalize(), "f")


def is_nan(value: Any) -> bool:
    """Return whether a value is a number that is none, or another null of pandas."""
    return value is NA or value is NaT or (isinstance(value, Real | Decimal) and value != value)


def as_number(value: Any) -> float | None:
    """Return a number that stands in a text, also with a decimal comma; None for anything else.

    Examples
    --------
    >>> as_number("6,5"), as_number(" -99997 "), as_number("many"), as_number(None)
    (6.5, -99997.0, None, None)
    """
    try:
        number = float(Decimal(str(value).strip().replace(",", ".")))
    except InvalidOperation:
        return None
    return None if is_nan(number) else number


def looked_up(value: Any, known: Mapping[str, Any]) -> Any:
    """Return what a value stands for, or None where it is not known.

    Zeros before a number are left out where the number is known without them only.

    Parameters
    ----------
    value
        Of the data.
    known
        What each known value stands for, by its plain form.

    Examples
    --------
    >>> looked_up("01", {"1": 1}), looked_up("01", {"1": 1, "01": "one"}), looked_up("x", {"1": 1})
    (1, 'one', None)
    """
    form = plain(value)
    if form not in known and (zeros := _LEADING_ZEROS.fullmatch(form)):
        form = zeros[1]
    return known.get(form)


def words_in(value: Any) -> list[str]:
    """Return the words in a value that holds several, as services, databases and GDAL write them.

    Examples
    --------
    >>> words_in("winkelfunctie, woonfunctie"), words_in("(2:a,b)"), words_in('["a", "b"]')
    (['winkelfunctie', 'woonfunctie'], ['a', 'b'], ['a', 'b'])
    """
    inside = _WRAPPING.sub("", str(value))
    parts = (part.strip().strip("\"'").strip() for part in re.split(r"[,;|]", inside))
    return [part for part in parts if part]


def nearest_word(word: object, known: Iterable[object]) -> str | None:
    """Return the known word that a word is most like; None where none is like it.

    Examples
    --------
    >>> nearest_word("Pand in gebruk", ["Pand in gebruik", "Pand gesloopt"])
    'Pand in gebruik'
    >>> nearest_word("rood", ["0", "1"]) is None
    True
    """
    forms = {plain(each): str(each) for each in known}
    form = plain(word)
    near = get_close_matches(form, forms, n=1)
    if not near and len(form) > 3:
        near = [other for other in forms if len(other) > 3 and (form in other or other in form)][:1]
    return forms[near[0]] if near else None
