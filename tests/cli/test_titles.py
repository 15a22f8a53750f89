"""Titles: what a ruleset calls its parts, and the id of what it does not have."""

from __future__ import annotations

from flexruimte.cli.titles import Titles
from flexruimte.rules.files import load_ruleset
from toy_town import RULESET

DUTCH = Titles(load_ruleset("flexwonen-nl"), "nl")


def test_parts_are_called_by_their_titles() -> None:
    assert DUTCH.priority("talk") == "Eerst in gesprek"
    assert DUTCH.layers_and_rules(["natura2000", "eigendom"]) == [
        "Natura 2000",
        "Eigenaren (tabel van de gebruiker)",
    ]
    assert DUTCH.group("students").startswith("Studenten")
    assert DUTCH.owner("gemeente") == "de gemeente"
    assert DUTCH.owner("unknown") == "onbekend"


def test_what_has_no_title_is_called_by_its_id_and_obeys_nothing() -> None:
    assert DUTCH.priority("other") == "other"
    assert DUTCH.owner("a\x1b[2J") == "a\\x1b[2J"
    # the toy town knows no kinds of owner
    assert Titles(load_ruleset(RULESET), "en").owner("gemeente") == "gemeente"
