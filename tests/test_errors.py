"""Errors survive the way between processes, and name a few of what they are about."""

from __future__ import annotations

import inspect
import pickle

import pytest

from flexruimte import errors
from flexruimte.errors import did_you_mean, enumerate_some

ERRORS = [
    thing
    for _, thing in inspect.getmembers(errors, inspect.isclass)
    if issubclass(thing, errors.FlexruimteError)
]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_errors_survive_pickling(kind: type[errors.FlexruimteError]) -> None:
    again = pickle.loads(pickle.dumps(kind("what, where, what to do")))
    assert type(again) is kind
    assert str(again) == "what, where, what to do"


@pytest.mark.parametrize(("word", "known", "remedy"), [
    ("natuur", {"nature": 1, "noise": 2}, "did you mean 'nature'?"),
    ("x", ["b", "a"], "known are: a, b"),
    ("x", [], "none are known"),
])  # fmt: skip
def test_a_misspelt_name_gets_the_nearest_or_all(word: str, known: object, remedy: str) -> None:
    assert did_you_mean(word, known) == remedy


@pytest.mark.parametrize(("count", "text"), [
    (0, ""), (1, "0"), (5, "0, 1, 2, 3, 4"), (6, "0, 1, 2, 3, 4 and 1 more"), (9, "0, 1, 2, 3, 4 and 4 more"),
])  # fmt: skip
def test_some_are_named_and_the_others_counted(count: int, text: str) -> None:
    assert enumerate_some(range(count)) == text
