"""Sentences about what was recognised, put into words when the language is known."""

from __future__ import annotations

from dataclasses import dataclass

from flexruimte.wording.messages import Language, message

__all__ = ["Said", "said", "said_as_is"]


@dataclass(frozen=True)
class Said:
    """A sentence without its full stop."""

    message_id: str
    values: tuple[tuple[str, str | Said], ...] = ()
    """By placeholder what it stands for: a text, or a sentence in the same language."""

    def text(self, language: Language) -> str:
        """Return it in words."""
        values = {
            name: value.text(language) if isinstance(value, Said) else value
            for name, value in self.values
        }
        return message(self.message_id, language, **values)


def said(message_id: str, **values: str | Said) -> Said:
    """Return a sentence, by the id of its message and what its placeholders stand for.

    Examples
    --------
    >>> said("recognition-name").text("en")
    'its name is one of that dataset'
    """
    return Said(message_id, tuple(values.items()))


def said_as_is(text: str) -> Said:
    """Return a sentence that another part of the library wrote, in English.

    Examples
    --------
    >>> said_as_is("half of its cells are below 0").text("nl")
    'flexruimte check zegt ervan: "half of its cells are below 0"'
    """
    return said("recognition-as-is", text=text)
