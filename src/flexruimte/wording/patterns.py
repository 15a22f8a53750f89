"""Texts with placeholders: the patterns of Project Fluent, filled in quickly.

A pattern is a text with placeholders, as in ``{ $value }``, and with choices by the plural form of
a number. A large town has tens of thousands of findings, and Python fills texts and placeholders
in a tenth of the time that Fluent takes. So Fluent is asked where there is something to choose,
and is loaded by those who have such a text and by nobody else.

Rulesets write their own patterns in short, on one line: ``{value}`` for a placeholder, and
``{value -> [one] woning *[other] woningen}`` for a choice. `problem_of` says what is wrong with
one, and `filled` fills it in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from fluent.syntax.ast import Pattern

__all__ = [
    "LOCALES",
    "Language",
    "Values",
    "choosers_in",
    "compiled",
    "filled",
    "problem_of",
    "shown_in",
]

Language: TypeAlias = str
"""nl or en."""
Values: TypeAlias = Mapping[str, str | float]
"""What placeholders stand for: texts, and numbers that choose a form."""
LOCALES: Final = {"nl": "nl_NL", "en": "en_GB"}
"""Languages that there are messages in, and the CLDR locale that numbers, dates and lists follow.

English is written as in Europe: the day before the month, and no comma before "and".
"""

_NAME: Final = r"[a-z][a-z0-9_]*"
_SHOWN: Final = re.compile(rf"\{{\s*\$?({_NAME})\s*\}}")
_CHOICE: Final = re.compile(rf"\{{\s*\$?({_NAME})\s*->((?:[^{{}}]|{_SHOWN.pattern})*)\}}")
_FORM: Final = re.compile(r"\s*(\*?\[[a-z0-9.]+\])\s*")
_EXACT: Final = re.compile(r"\[(\d+(?:\.\d+)?)\]")
_NUMBER: Final = "_number"
"""Behind the name of what a choice in a short text goes by: the number itself is not shown."""


@cache
def compiled(entry: str, language: Language) -> Callable[[Values], str]:
    """Return what fills in a message, given as an entry of a file of messages.

    Parameters
    ----------
    entry
        As in ``id = text { $placeholder }``.
    language
        nl or en: its plural forms.

    Returns
    -------
    callable
        From values to a text. It raises LookupError where a placeholder has no value.

    Examples
    --------
    >>> compiled("rest = nog { $more }", "nl")({"more": "3"})
    'nog 3'
    """
    from fluent.syntax import FluentParser
    from fluent.syntax.ast import Message

    parsed = FluentParser(with_spans=False).parse_entry(entry)
    if not isinstance(parsed, Message) or parsed.value is None:
        raise ValueError(f"'{entry.strip()}' cannot be read as a message")
    template = _template(parsed.value)
    if template is not None:
        return template.format_map
    return _by_fluent(parsed, language)


def _by_fluent(parsed: object, language: Language) -> Callable[[Values], str]:
    from fluent.runtime import FluentBundle
    from fluent.syntax.ast import Message, Resource

    assert isinstance(parsed, Message)
    bundle = FluentBundle([LOCALES[language]], use_isolating=False)
    bundle.add_resource(Resource([parsed]))
    name = parsed.id.name
    pattern = bundle.get_message(name).value

    def fill(values: Values) -> str:
        # Its types have no mapping of other values than its own, which it takes all the same.
        text, errors = bundle.format_pattern(pattern, values)  # type: ignore[arg-type]
        if errors:
            raise LookupError(f"message '{name}' in '{language}': {errors[0]}") from errors[0]
        return str(text)

    return fill


def _template(pattern: Pattern) -> str | None:
    """Return a pattern for `str.format_map`; None where it has more than texts and placeholders."""
    from fluent.syntax.ast import Placeable, TextElement, VariableReference

    parts = []
    for element in pattern.elements:
        if isinstance(element, Placeable):
            if not isinstance(element.expression, VariableReference):
                return None
            parts.append(f"{{{element.expression.id.name}}}")
        elif isinstance(element, TextElement):
            parts.append(element.value.replace("{", "{{").replace("}", "}}"))
    return "".join(parts)


def problem_of(text: str, known: Mapping[str, str], numbers: Mapping[str, str]) -> str | None:
    """Return what is wrong with a short text of a ruleset; None where nothing is.

    Parameters
    ----------
    text
        With placeholders and choices.
    known
        Placeholders that can be filled in.
    numbers
        Those of them that are numbers, by which a choice can go.

    Examples
    --------
    >>> problem_of("{value} woningen", {"value": ""}, {}) is None
    True
    >>> problem_of("{depth} m", {"value": ""}, {})
    "placeholder '{depth}' cannot be filled in; there are: {value}"
    >>> problem_of("{value m", {"value": ""}, {})
    "a brace stands alone in '{value m'; write a placeholder as {value}"
    """
    shown, chosen_by = shown_in(text), choosers_in(text)
    for name in (*shown, *chosen_by):
        if name not in known:
            there_are = ", ".join(f"{{{each}}}" for each in known) or "none for such a rule"
            return f"placeholder '{{{name}}}' cannot be filled in; there are: {there_are}"
    for name in chosen_by:
        if name not in numbers:
            return f"'{{{name} -> ...}}' can only choose by a number, and '{name}' is none here"
    for choice in _CHOICE.finditer(text):
        forms = _FORM.findall(choice[2])
        if not forms or [form[:1] for form in forms].count("*") != 1:
            return (
                f"'{choice[0]}' is no choice; write it as "
                f"{{{choice[1]} -> [one] woning *[other] woningen}}"
            )
    rest = _SHOWN.sub("", _CHOICE.sub("", text))
    if "{" in rest or "}" in rest:
        return f"a brace stands alone in '{text}'; write a placeholder as {{value}}"
    return None


def shown_in(text: str) -> list[str]:
    """Return the placeholders that a short text shows.

    Examples
    --------
    >>> shown_in("{value} {count -> [one] pand *[other] {count} panden}")
    ['value', 'count']
    """
    return list(dict.fromkeys(_SHOWN.findall(text)))


def choosers_in(text: str) -> list[str]:
    """Return what a short text chooses a form by.

    Examples
    --------
    >>> choosers_in("{value} {count -> [one] pand *[other] {count} panden}")
    ['count']
    """
    return list(dict.fromkeys(name for name, *_ in _CHOICE.findall(text)))


def filled(
    text: str, language: Language, shown: Mapping[str, str], numbers: Mapping[str, float]
) -> str:
    """Return a short text of a ruleset, filled in.

    Parameters
    ----------
    text
        Without the problems that `problem_of` names.
    language
        nl or en.
    shown
        What placeholders show.
    numbers
        The numbers that choices go by.

    Raises
    ------
    LookupError
        When a placeholder has no value.

    Examples
    --------
    >>> text = "{value} {value -> [one] woning *[other] woningen}"
    >>> filled(text, "nl", {"value": "1"}, {"value": 1})
    '1 woning'
    >>> filled(text, "nl", {"value": "2"}, {"value": 2})
    '2 woningen'
    """
    if not numbers:
        return _plain_template(text).format_map(shown)
    form = (text, language, *(_form_of(text, language, numbers[name]) for name in sorted(numbers)))
    template = _TEMPLATES.get(form)
    if template is None:
        template = _TEMPLATES[form] = _template_of_form(text, language, numbers)
    return template.format_map(shown)


_TEMPLATES: Final[dict[tuple[object, ...], str]] = {}
"""Texts with their choices made, by what each choice went by: Fluent is asked once for each."""


def _template_of_form(text: str, language: Language, numbers: Mapping[str, float]) -> str:
    """Return a text with its choices made, for `str.format_map`."""
    in_fluent = _CHOICE.sub(_on_lines, _SHOWN.sub(r"{ $\1 }", text))
    fill = compiled(f"text = {in_fluent}\n", language)
    shown = {name: f"{{{name}}}" for name in shown_in(text)}
    return fill({**shown, **{name + _NUMBER: number for name, number in numbers.items()}})


def _form_of(text: str, language: Language, number: float) -> float | str:
    """Return the number that a text has a form for, or else the plural form of the number."""
    return number if number in _numbers_with_forms(text) else _plural_form(language)(number)


@cache
def _numbers_with_forms(text: str) -> frozenset[float]:
    return frozenset(map(float, _EXACT.findall(text)))


@cache
def _plural_form(language: Language) -> Callable[[float], str]:
    from babel import Locale

    return Locale.parse(LOCALES[language]).plural_form


@cache
def _plain_template(text: str) -> str:
    return _SHOWN.sub(r"{\1}", text)


def _on_lines(choice: re.Match[str]) -> str:
    """Return a choice with each form on its own line, as Fluent wants it."""
    forms = _FORM.sub(r"\n    \1 ", choice[2])
    return f"{{ ${choice[1]}{_NUMBER} ->{forms}\n}}"
