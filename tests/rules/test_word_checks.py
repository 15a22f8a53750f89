"""A ruleset that asks for a word that its field cannot hold is refused."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.errors import RulesetError
from flexruimte.rules.files import load_ruleset, with_changes

RULESET = load_ruleset("flexwonen-nl")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rules": {"bunker": {"where": {"type": ["bunkr"]}}}}, "did you mean 'bunker'"),
        ({"plans": {"soft": ["3", "9Z"]}}, "[plans] '9Z' is no value of 'status_planologisch'"),
        ({"rules": {"owner_public": {"in": ["gemente"]}}}, "did you mean 'gemeente'"),
        ({"criteria": {"power_grid": {"classes": {"7": 0}}}}, "'7' is no value of 'afname'"),
        (
            {"layers": {"bag_pand": {"fields": {"status": {"aliases": {"31": "In use"}}}}}},
            "alias '31' stands for 'In use'",
        ),
        (
            {"layers": {"bbg": {"fields": {"NBBG22": {"code_list": "nbgg"}}}}},
            "code_list 'nbgg' does not exist; did you mean 'nbbg'",
        ),
    ],
)
def test_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RulesetError, match=r".+") as refused:
        with_changes(RULESET, changes)
    assert said in str(refused.value)


def test_an_alias_of_ones_own_is_added() -> None:
    own = {"layers": {"bag_pand": {"fields": {"status": {"aliases": {"31": "Pand in gebruik"}}}}}}
    changed = with_changes(RULESET, own).layers["bag_pand"]
    assert changed.field("status").canonical(31) == "Pand in gebruik"
    assert changed.field("status").canonical("pand gesloopt") == "Pand gesloopt"
    assert list(changed.fields) == list(RULESET.layers["bag_pand"].fields)


def test_a_list_of_ones_own_reaches_all_its_fields() -> None:
    own = {"code_lists": {"yes_no": {"aliases": {"waar": "ja"}}}}
    changed = with_changes(RULESET, own)
    for layer, field in (("top10nl_plaats", "bebouwdekom"), ("veehouderij", "met_emissiefactor")):
        assert changed.layers[layer].field(field).canonical("Waar") == "ja"
        assert changed.layers[layer].field(field).canonical("J") == "ja"
