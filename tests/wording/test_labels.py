"""Labels: what people call the words of the vocabulary."""

from __future__ import annotations

import pytest

from flexruimte.rules.parts import Text
from flexruimte.wording.labels import in_language, label


def test_labels() -> None:
    assert label("verdict", "unknown", "nl") == "onbekend"
    assert label("level", "very_hard", "en") == "very hard"
    assert label("level", "", "en") == ""


def test_a_word_that_the_vocabulary_lacks_is_an_error() -> None:
    with pytest.raises(LookupError, match="no message 'status-perhaps' in 'nl'"):
        label("status", "perhaps", "nl")


def test_a_text_in_one_language() -> None:
    title = Text(nl="Natuur", en="Nature")
    assert [in_language(title, "nl"), in_language(title, "en")] == ["Natuur", "Nature"]
    assert in_language(None, "nl") == ""
