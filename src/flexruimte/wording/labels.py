"""What people call the words of the vocabulary, and titles that are given in two languages."""

from __future__ import annotations

from typing import Protocol

from flexruimte.wording.messages import Language, message

__all__ = ["in_language", "label"]


def label(kind: str, word: str, language: Language) -> str:
    """Return what a word of the vocabulary is called; empty where there is no word.

    Parameters
    ----------
    kind
        What the word is: ``status``, ``verdict``, ``level``, ``condition``, ``basis``, ``column``,
        ``measure``, ``layout``, ``search`` (levels of the search order), ``stranded`` (reasons),
        ``tally`` (verdicts, of several rules).
    word
        As the vocabulary writes it.
    language
        nl or en.

    Raises
    ------
    LookupError
        When `labels.ftl` does not have the word.

    Examples
    --------
    >>> label("status", "excluded", "nl"), label("level", "", "nl")
    ('uitgesloten', '')
    """
    return message(f"{kind}-{word}", language) if word else ""


class Bilingual(Protocol):
    """A text in Dutch and in English, as rulesets have them."""

    @property
    def nl(self) -> str:
        """The Dutch text."""

    @property
    def en(self) -> str:
        """The English text."""


def in_language(text: Bilingual | None, language: Language) -> str:
    """Return a text in one language; empty where there is none."""
    return "" if text is None else str(getattr(text, language))
