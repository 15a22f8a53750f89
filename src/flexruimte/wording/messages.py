"""Messages for readers: Project Fluent files, one folder per language.

Values that a message shows are given as texts, written by `flexruimte.wording.quantities`. A value
that chooses a plural form is given as a number, and is not shown itself. A message stands alone: it
refers to no other message or term.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import resources

from flexruimte.wording.patterns import LOCALES, Language, Values, compiled

__all__ = ["LOCALES", "Language", "in_each_language", "message"]


def message(message_id: str, language: Language, **values: str | float) -> str:
    """Return a text for readers.

    Parameters
    ----------
    message_id
        Its id in `messages/<language>/*.ftl`.
    language
        nl or en.
    **values
        What its placeholders stand for: texts, and numbers that choose a plural form.

    Raises
    ------
    ValueError
        When the language is not known.
    LookupError
        When there is no such message, or a placeholder of it has no value.

    Examples
    --------
    >>> message("finding-about", "nl", about="Geluid", found="60 dB")
    'Geluid: 60 dB.'
    >>> message("tally", "en", count=1, answers="1 favourable")
    'Of 1 question: 1 favourable.'
    """
    return _compiled(message_id, language)(values)


def in_each_language(message_id: str) -> dict[str, str]:
    """Return a text without placeholders in every language, by language.

    Examples
    --------
    >>> in_each_language("status-excluded")
    {'nl': 'uitgesloten', 'en': 'excluded'}
    """
    return {language: message(message_id, language) for language in LOCALES}


@cache
def _sources(language: Language) -> dict[str, str]:
    """Return the text of each message in its file, by id."""
    if language not in LOCALES:
        raise ValueError(f"language '{language}' is not known; known are: {', '.join(LOCALES)}")
    folder = resources.files("flexruimte.wording") / "messages" / language
    sources = {}
    for file in folder.iterdir():
        # Nothing but an id stands at the beginning of a line. Parsing all takes as long as
        # putting the findings of a small town into words, and a run needs a quarter.
        for text in re.split(r"^(?=[a-z])", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
            message_id, equals, _ = text.partition(" = ")
            if equals:
                sources[message_id] = text
    return sources


@cache
def _compiled(message_id: str, language: Language) -> Callable[[Values], str]:
    source = _sources(language).get(message_id)
    if source is None:
        raise LookupError(f"there is no message '{message_id}' in '{language}'")
    return compiled(source, language)
