"""Messages for readers: Project Fluent files, one folder per language.

Values that a message shows are given as texts, written by `flexruimte.wording.quantities`. A value
that chooses a plural form is given as a number, and is not shown itself.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle
    from fluent.runtime.resolver import Pattern
    from fluent.syntax.ast import Message, Resource

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
    bundle = _bundle(language)
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
def _resources(language: Language) -> list[Resource]:
    # Fluent is loaded by those who show texts, and by nobody else.
    from fluent.syntax import FluentParser

    if language not in LOCALES:
        raise ValueError(f"language '{language}' is not known; known are: {', '.join(LOCALES)}")
    folder = resources.files("flexruimte.wording") / "messages" / language
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    parser = FluentParser(with_spans=False)
    return [parser.parse(file.read_text(encoding="utf-8")) for file in files]


@cache
def _messages(language: Language) -> dict[str, Message]:
    from fluent.syntax.ast import Message

    entries = [entry for resource in _resources(language) for entry in resource.body]
    return {entry.id.name: entry for entry in entries if isinstance(entry, Message)}


@cache
def _bundle(language: Language) -> FluentBundle:
    # A tenth of a second, for messages that have a plural form alone.
    from fluent.runtime import FluentBundle

    bundle = FluentBundle([LOCALES[language]], use_isolating=False)
    for resource in _resources(language):
        bundle.add_resource(resource)
    return bundle


@cache
def _template(message_id: str, language: Language) -> str | None:
    """Return a message for `str.format_map`; None where it has more than texts and placeholders.

    A large town has tens of thousands of findings. Python fills a template in a thirtieth of the
    time that Fluent takes for a message.
    """
    from fluent.syntax.ast import Placeable, TextElement, VariableReference

    found, parts = _messages(language).get(message_id), []
    if found is None or found.value is None:
        raise LookupError(f"there is no message '{message_id}' in '{language}'")
    for element in found.value.elements:
        if isinstance(element, Placeable):
            if not isinstance(element.expression, VariableReference):
                return None
            parts.append(f"{{{element.expression.id.name}}}")
        elif isinstance(element, TextElement):
            parts.append(element.value.replace("{", "{{").replace("}", "}}"))
    return "".join(parts)
