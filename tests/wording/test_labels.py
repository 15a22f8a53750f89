"""Labels: the words of the vocabulary, numbers and lists as people read them."""

from __future__ import annotations

from flexruimte.rules.parts import Text
from flexruimte.vocabulary import Status
from flexruimte.wording.labels import (
    STATUSES,
    VERDICTS,
    in_language,
    label,
    listed,
    number_text,
    quantity_text,
)


def test_labels() -> None:
    assert {str(status) for status in Status} == set(STATUSES)
    assert label(VERDICTS, "unknown", "nl") == "onbekend"
    assert number_text(1234567.891, 2, "nl") == "1.234.567,89"
    assert number_text(float("nan"), 2, "nl") == "?"
    assert number_text(-0.001, 1, "en") == "0"
    assert quantity_text(0.0001, "share", "nl") == "< 0,1%"
    assert quantity_text(40.0, "class", "nl") == "40"
    assert listed(["a"], "en") == "a"


def test_a_text_in_one_language() -> None:
    title = Text(nl="Natuur", en="Nature")
    assert [in_language(title, "nl"), in_language(title, "en")] == ["Natuur", "Nature"]
    assert in_language(None, "nl") == ""
