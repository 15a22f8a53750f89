"""Sentences about what was recognised."""

from __future__ import annotations

from flexruimte.wording.said import said


def test_a_sentence_is_said_in_both_languages() -> None:
    sentence = said("recognition-lost", fields="status")
    assert sentence.text("en") == "no column is known to hold status"
    assert sentence.text("nl") == "van status is niet bekend welke kolom het is"


def test_what_another_part_says_stays_as_it_is() -> None:
    sentence = said("recognition-as-is", text="half of { it }")
    assert sentence.text("nl") == 'flexruimte check zegt ervan: "half of { it }"'


def test_a_number_has_the_sign_before_decimals_of_its_language_and_none_between_thousands() -> None:
    sentence = said("doubt-there", low=-1.5, high=20290)
    assert sentence.text("nl") == "er zijn er van -1,5 tot 20290"
    assert sentence.text("en") == "there are -1.5 to 20290"


def test_what_stands_in_a_sentence_is_in_its_language() -> None:
    sentence = said(
        "recognition-shapes", there=said("geometry-line"), wanted=said("geometry-point")
    )
    assert sentence.text("nl") == "de vormen zijn lijnen, en punten zijn nodig"
    assert sentence.text("en") == "its shapes are lines, and points are needed"
