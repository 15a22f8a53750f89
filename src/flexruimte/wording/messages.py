"""Messages for readers: Project Fluent files, one folder per language.

Values that a message shows are given as texts, written by `flexruimte.wording.quantities`. A value
that chooses a plural form is given as a number, and is not shown itself. A message stands alone: it
refers to no other message or term.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle
    from fluent.runtime.resolver import Pattern
    from fluent.syntax.ast import Message

__all__ = ["LOCALES", "Language", "in_each_language", "message"]

Language: TypeAlias = str
"""nl or en."""
LOCALES: Final = {"nl": "nl_NL", "en": "en_GB"}
"""Languages that there are messages in, and the CLDR locale that numbers, dates and lists follow.

English is written as in Europe: the day before the month, and no comma before "and".
"""


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
    >>> message("location-attention", "nl", rules="Geluid")
    'Let op: Geluid.'
    >>> message("tally", "en", count=1, answers="1 favourable")
    'Of 1 question: 1 favourable.'
    """
    template = _template(message_id, language)
    if template is not None:
        return template.format_map(values)
    bundle = _bundle(message_id, language)
    pattern = bundle.get_message(message_id).value
    text, errors = bundle.format_pattern(cast("Pattern", pattern), values)
    if errors:
        raise LookupError(f"message '{message_id}' in '{language}': {errors[0]}") from errors[0]
    return str(text)


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
def _parsed(message_id: str, language: Language) -> Message:
    # Fluent is loaded by those who show texts, and by nobody else.
    from fluent.syntax import FluentParser

    source = _sources(language).get(message_id)
    if source is None:
        raise LookupError(f"there is no message '{message_id}' in '{language}'")
    return cast("Message", FluentParser(with_spans=False).parse_entry(source))


@cache
def _bundle(message_id: str, language: Language) -> FluentBundle:
    from fluent.runtime import FluentBundle
    from fluent.syntax.ast import Resource

    bundle = FluentBundle([LOCALES[language]], use_isolating=False)
    bundle.add_resource(Resource([_parsed(message_id, language)]))
    return bundle


@cache
def _template(message_id: str, language: Language) -> str | None:
    """Return a message for `str.format_map`; None where it has more than texts and placeholders.

    A large town has tens of thousands of findings. Python fills a template in a tenth of the time
    that Fluent takes for a message.
    """
    from fluent.syntax.ast import Placeable, TextElement, VariableReference

    pattern, parts = _parsed(message_id, language).value, []
    for element in pattern.elements if pattern else ():
        if isinstance(element, Placeable):
            if not isinstance(element.expression, VariableReference):
                return None
            parts.append(f"{{{element.expression.id.name}}}")
        elif isinstance(element, TextElement):
            parts.append(element.value.replace("{", "{{").replace("}", "}}"))
    return "".join(parts)
