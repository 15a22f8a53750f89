"""Sentences about what was recognised."""

from __future__ import annotations

from flexruimte.study.new_study.recognition.said import said, said_as_is


def test_a_sentence_is_said_in_both_languages() -> None:
    sentence = said("recognition-lost", fields="status")
    assert sentence.text("en") == "no column is known to hold status"
    assert sentence.text("nl") == "van status is niet bekend welke kolom het is"


def test_what_another_part_says_stays_as_it_is() -> None:
    assert (
        said_as_is("half of { it }").text("nl") == 'flexruimte check zegt ervan: "half of { it }"'
    )


def test_what_stands_in_a_sentence_is_in_its_language() -> None:
    sentence = said(
        "recognition-shapes", there=said("geometry-line"), wanted=said("geometry-point")
    )
    assert sentence.text("nl") == "de vormen zijn lijnen, en punten zijn nodig"
    assert sentence.text("en") == "its shapes are lines, and points are needed"
