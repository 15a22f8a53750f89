"""Errors survive the way between processes, and name a few of what they are about."""

from __future__ import annotations

import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte import errors
from flexruimte.errors import SourceError, did_you_mean, enumerate_some, printable, redacted

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


SECRET = "hunter2"


HIDDEN = [
    f"PG:host=db user=me password={SECRET} dbname=flex",
    f"PG:host=db password='{SECRET} with \\' blanks' dbname=flex",
    f"PG:host=db PASSWORD = {SECRET}",
    f"postgresql://me:{SECRET}@db:5432/flex",
    f"postgresql://me:{SECRET}/more@db:5432/flex",
    f"https://me:{SECRET}@example.org/plans.gpkg",
    f"https://{SECRET}@example.org/plans.gpkg",
    f"https://example.org/plans.gpkg?token={SECRET}",
    f"https://example.org/a?year=1&api_key={SECRET}&b=2",
    f"https://example.org/a?key={SECRET}",
    f"https://a.blob.core.windows.net/a?sv=2022&sig={SECRET}",
    f"https://b.s3.amazonaws.com/a?X-Amz-Credential={SECRET}&X-Amz-Signature={SECRET}",
    f"WFS:https://example.org/wfs?authkey={SECRET}",
    f"/vsicurl?header.Authorization=Bearer%20{SECRET}xx&url=https%3A%2F%2Fexample.org",
    f"MSSQL:server=db;database=flex;UID=me;PWD={SECRET};",
    f"MYSQL:flex,user=me,password={SECRET}",
    f"Authorization: Bearer {SECRET}xx",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_secrets_are_hidden(text: str) -> None:
    assert SECRET not in redacted(text)
    said = str(SourceError(f"plans ({text}) cannot be read: GDAL said '{text}'"))
    assert SECRET not in said
    assert said.startswith("plans (")
    # a second time changes nothing, and neither does the way to another process
    assert redacted(redacted(text)) == redacted(text)
    assert str(pickle.loads(pickle.dumps(SourceError(said)))) == said


@pytest.mark.parametrize(
    "text",
    [
        "plans.gpkg",
        "https://example.org/wfs?service=WFS&typeNames=plans&count=10",
        "https://example.org/a@b/plans.gpkg",
        "parcels (p.gpkg) has no column 'key'; did you mean 'sleutel'?",
        "/vsizip/plans.zip/a.shp",
        "PG:service=flex tables=plans",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


@given(st.text())
def test_nothing_is_left_for_a_terminal(text: str) -> None:
    shown = printable(text)
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)
    assert printable(shown) == shown
    shown.encode()  # halves of characters could not be written


def test_an_error_is_one_line() -> None:
    assert str(SourceError("Veld\x1b[2J\r\nflexruimte: done")) == (
        r"Veld\x1b[2J\r\nflexruimte: done"
    )


def test_a_name_like_no_other_is_answered_with_some_names_only() -> None:
    said = did_you_mean("zzz", [f"Gemeente {number:03}" for number in range(345)])
    assert said.startswith("known are: Gemeente 000, Gemeente 001")
    assert said.endswith("and 325 more")
    assert len(said) < 400
