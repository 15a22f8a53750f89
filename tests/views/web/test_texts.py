"""The texts of the page: all that it asks for, and nothing that it does not show."""

from __future__ import annotations

import re

import pytest

from flexruimte.views.web.texts import texts
from flexruimte.wording.messages import Language
from web_page import PAGE

ASKED = re.compile(r"""(?:text\(|data-text=)["'`]([a-z0-9_-]+)["'`]""")


def asked() -> set[str]:
    found: set[str] = set()
    for path in PAGE.iterdir():
        found |= set(ASKED.findall(path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_has_every_text_that_it_asks_for(language: Language) -> None:
    assert asked() - set(texts(language)) == set()


def test_no_text_is_there_for_nothing() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PAGE.iterdir())
    # those whose id is made: of a tab, an order, a colour, a status; of one of two; or of just one
    made = ("tab-", "sort-", "by-", "status-", "column-")
    said = {name.removesuffix("-one") for name in texts("nl")}
    unused = {name for name in said if not name.startswith(made)} - asked()
    assert {name for name in unused if f'"{name}"' not in source} == set()


def test_every_placeholder_is_filled_in_somewhere() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PAGE.iterdir())
    for text in texts("en").values():
        for name in re.findall(r"\{(\w+)\}", text):
            assert re.search(rf"\b{name}\b\s*[:,}}]", source), name


def test_languages_differ() -> None:
    assert texts("nl")["tab-weights"] == "Gewichten"
    assert texts("en")["tab-weights"] == "Weights"
