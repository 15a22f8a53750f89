"""Messages: both languages say the same things, the code uses what there is, and every message can be written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import BaseComment, Message, Placeable, SelectExpression, VariableReference

import flexruimte
from flexruimte import vocabulary
from flexruimte.analyses.relocation.costs import SEARCH_LEVELS
from flexruimte.results.finding_text import SPOKEN_UNITS
from flexruimte.views.explanation.table import PARTS
from flexruimte.wording.messages import LOCALES, in_each_language, message

SOURCE = Path(flexruimte.__file__).parent


def entries_of(language: str) -> Iterator[Any]:
    for file in (resources.files("flexruimte.wording") / "messages" / language).iterdir():
        yield from FluentParser().parse(file.read_text(encoding="utf-8")).body


def nodes(node: Any, kind: type) -> list[Any]:
    """Return the node, and all below it, of one kind."""
    if isinstance(node, list):
        return [found for part in node for found in nodes(part, kind)]
    here = [node] if isinstance(node, kind) else []
    below = [] if not hasattr(node, "__dict__") else list(vars(node).values())
    return here + nodes(below, kind) if below else here


def placeholders(part: Any) -> set[str]:
    return {reference.id.name for reference in nodes(part, VariableReference)}


def choosers(pattern: Any) -> set[str]:
    """Return the values by which a message chooses a form."""
    return placeholders([choice.selector for choice in nodes(pattern, SelectExpression)])


MESSAGES = {
    language: {entry.id.name: entry for entry in entries_of(language) if isinstance(entry, Message)}
    for language in LOCALES
}
EVERY = [(language, message_id) for language in LOCALES for message_id in MESSAGES[language]]

# The messages of labels.ftl: their ids are made of a kind and a word.
VERDICTS = ("yes", "no", "unknown", "left_out")
WORDS: dict[str, set[str]] = {
    "status": set(vocabulary.Status),
    "level": set(vocabulary.Level),
    "basis": set(vocabulary.Basis),
    "condition": {*vocabulary.Condition, "criterion"},
    "verdict": {*VERDICTS, "scored"},
    "tally": set(VERDICTS),
    "search": set(SEARCH_LEVELS),
    "stranded": {"moves_used", "no_open_site", "no_room"},
    "layout": set(vocabulary.LAYOUT_KINDS),
    "part": set(PARTS),
    "outcome": {"covered", "short", "unknown"},
    "geometry": {"polygon", "line", "point", "mixed", "raster", "table"},
    "measure": set(vocabulary.BUILT_IN_MEASURES),
}


@pytest.fixture(scope="module")
def literals() -> dict[Path, set[str]]:
    """The texts that stand in each module, and the values of the names that it takes from the vocabulary."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        parts = [part for part in tree if isinstance(part, ast.Constant | ast.Name)]
        values = [
            part.value if isinstance(part, ast.Constant) else getattr(vocabulary, part.id, None)
            for part in parts
        ]
        found[path] = {str(value) for value in values if isinstance(value, str)}
    return found


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_files_hold_messages_once_and_nothing_that_is_not_understood(language: str) -> None:
    entries = list(entries_of(language))
    assert [entry for entry in entries if not isinstance(entry, Message | BaseComment)] == []
    ids = [entry.id.name for entry in entries if isinstance(entry, Message)]
    assert sorted(ids) == sorted(set(ids))


def test_languages_have_the_same_messages() -> None:
    assert MESSAGES["nl"].keys() == MESSAGES["en"].keys()


@pytest.mark.parametrize("message_id", sorted(MESSAGES["nl"]))
def test_languages_have_the_same_placeholders(message_id: str) -> None:
    # What chooses a form may be left out by a language that has one form.
    dutch, english = (MESSAGES[language][message_id].value for language in ("nl", "en"))
    assert placeholders(dutch) ^ placeholders(english) <= choosers(dutch) | choosers(english)


@pytest.mark.parametrize(("language", "message_id"), EVERY)
def test_what_chooses_a_form_is_not_shown(language: str, message_id: str) -> None:
    # Fluent would write it in its own way, as in the year "2,030".
    pattern = MESSAGES[language][message_id].value
    shown = {
        part.expression.id.name
        for part in nodes(pattern, Placeable)
        if isinstance(part.expression, VariableReference)
    }
    assert shown & choosers(pattern) == set()


@pytest.mark.parametrize(("language", "message_id"), EVERY)
def test_every_message_can_be_written(language: str, message_id: str) -> None:
    pattern = MESSAGES[language][message_id].value
    chosen_by, names = sorted(choosers(pattern)), sorted(placeholders(pattern) - choosers(pattern))
    samples = {name: f"<{name} {{1}}>" for name in names}
    for counts in product((0, 1, 1.5, 2, 1000), repeat=len(chosen_by)):
        text = message(message_id, language, **samples, **dict(zip(chosen_by, counts, strict=True)))
        assert text.strip() != ""
        # "1 woning" stands for the number itself; elsewhere everything that is given is shown
        assert 1 in counts or all(sample in text for sample in samples.values())


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_the_words_of_the_vocabulary_have_labels_and_no_others(kind: str) -> None:
    labels = {message_id for message_id in MESSAGES["nl"] if message_id.startswith(f"{kind}-")}
    assert labels - {"verdict-partly"} == {f"{kind}-{word}" for word in WORDS[kind]}


def test_every_message_is_used(literals: dict[Path, set[str]]) -> None:
    """By its id in the code, as a word of the vocabulary, as a unit, or as a column that a module with labels names."""
    written = set().union(*literals.values())
    labelled = {f"{kind}-{word}" for kind, words in WORDS.items() for word in words}
    columns = {
        f"column-{text}" for texts in literals.values() if "column" in texts for text in texts
    }
    units = {
        f"unit-{unit.replace('/', '-').replace(' ', '-').lower()}"
        for unit in (*vocabulary.UNITS.values(), *SPOKEN_UNITS.values())
    }
    assert MESSAGES["nl"].keys() - written - labelled - columns - units == set()


def test_every_message_that_the_code_names_is_there() -> None:
    missing = []
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in ("message", "in_each_language", "_say"):
                texts = [
                    part.value for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant)
                ]
                whole = not isinstance(call.args[0], ast.JoinedStr)
                missing += [text for text in texts if whole and text not in MESSAGES["nl"]]
    assert missing == []


def test_what_cannot_be_written_is_an_error() -> None:
    with pytest.raises(LookupError, match="there is no message 'nothing' in 'nl'"):
        message("nothing", "nl")
    with pytest.raises(LookupError, match="findings"):
        message("location-attention", "nl")  # from a template
    with pytest.raises(LookupError, match="homes"):
        message("location-homes", "nl", count=2, low="1", high="3", area="5 m²")  # from Fluent
    with pytest.raises(ValueError, match="language 'fr' is not known; known are: nl, en"):
        message("unknown", "fr")


def test_values_are_shown_as_they_are() -> None:
    assert message("because", "nl", features="{rules} { $x }") == ", door: {rules} { $x }"
    homes = message("location-homes", "en", homes="1", count=1, low="1", high="2", area="{x}")
    assert homes == "Room for about 1 home (1 to 2) on {x}."


def test_in_each_language() -> None:
    assert in_each_language("measure-term_years") == {"nl": "Termijn", "en": "Term"}
