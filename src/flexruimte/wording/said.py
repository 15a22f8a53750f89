"""Sentences that are put into words when the language is known."""

from __future__ import annotations

from dataclasses import dataclass

from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import decimal_symbol

__all__ = ["Said", "said"]


@dataclass(frozen=True)
class Said:
    """A sentence without its full stop."""

    message_id: str
    values: tuple[tuple[str, str | float | Said], ...] = ()
    """By placeholder what it stands for: a text, a number, or a sentence in the same language."""

    def text(self, language: Language) -> str:
        """Return it in words."""
        values = {name: _text(value, language) for name, value in self.values}
        return message(self.message_id, language, **values)


def said(message_id: str, **values: str | float | Said) -> Said:
    """Return a sentence, by the id of its message and what its placeholders stand for.

    A number is written with six digits at most, and without points between thousands: it may be a
    year, or the value of a cell.

    Examples
    --------
    >>> said("recognition-name").text("en")
    'its name is one of that dataset'
    >>> said("doubt-there", low=0.5, high=20290).text("nl")
    'er zijn er van 0,5 tot 20290'
    """
    return Said(message_id, tuple(values.items()))


def _text(value: str | float | Said, language: Language) -> str:
    if isinstance(value, Said):
        return value.text(language)
    if isinstance(value, str):
        return value
    return f"{value:g}".replace(".", decimal_symbol(language))
