"""How one document overrides another, table by table and entry by entry."""

from __future__ import annotations

from typing import Any

import pytest

from flexruimte.errors import RulesetError
from flexruimte.rules.overrides import override

GENERAL: dict[str, Any] = {
    "version": "1",
    "score": {"weights": 1, "note": "x"},
    "rules": {"nature": {"distance_m": 500, "level": "hard", "source": "law", "basis": "law"}},
    "municipalities": {"A": {"x": 1}},
}


def overridden(local: dict[str, Any]) -> dict[str, Any]:
    return override(GENERAL, local, "mine", ["rules"])


@pytest.mark.parametrize(
    ("local", "changed"),
    [
        ({}, {}),
        ({"version": "2"}, {"version": "2"}),
        ({"score": {"weights": 0}}, {"score": {"weights": 0, "note": "x"}}),
        ({"score": {"note": "none"}}, {"score": {"weights": 1}}),
        ({"municipalities": {"B": {}}}, {"municipalities": {"A": {"x": 1}, "B": {}}}),
        ({"municipalities": {}}, {"municipalities": {}}),
    ],
)
def test_what_is_given_replaces_and_what_is_absent_stays(
    local: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert overridden(local) == GENERAL | changed


def test_zero_is_a_value_and_the_source_says_what_was_changed() -> None:
    assert overridden({"rules": {"nature": {"distance_m": 0}}})["rules"]["nature"] == {
        "distance_m": 0,
        "level": "hard",
        "source": "distance_m changed by mine, without a source; before: law",
        "basis": "assumption",
    }


def test_a_source_that_is_given_is_kept() -> None:
    changes = {"level": "soft", "source": "council", "basis": "practice"}
    assert overridden({"rules": {"nature": changes}})["rules"]["nature"] == {
        "distance_m": 500,
        **changes,
    }


def test_nothing_to_test_switches_a_rule_off() -> None:
    rule = overridden({"rules": {"nature": {"distance_m": "none"}}})["rules"]["nature"]
    assert rule == GENERAL["rules"]["nature"] | {"enabled": False}


def test_the_documents_stay_as_they_are() -> None:
    before = repr(GENERAL)
    overridden({"rules": {"nature": {"level": "soft"}, "new": {"title": "t"}}})
    assert repr(GENERAL) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"natura": {"level": "soft"}}, r"mine: \[rules.natura\] .*did you mean 'nature'"),
        ({"nature": "soft"}, r"mine: \[rules.nature\] must be a table"),
    ],
)
def test_a_misspelt_entry_is_no_new_one(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RulesetError, match=message):
        overridden({"rules": changes})


def test_what_is_expected_of_a_field_goes_with_the_field() -> None:
    plans = {"fields": ["id", "start"], "expected": {"start": {"range": [1900, 2100]}}}
    changed = override(
        {"layers": {"plans": plans}}, {"layers": {"plans": {"fields": ["id"]}}}, "mine", ["layers"]
    )
    assert changed["layers"]["plans"] == {"fields": {"id": {}}, "expected": {}}


def test_what_is_kept_stays_and_the_rest_is_not_inherited() -> None:
    general = {"rules": {"a": {"level": "hard"}, "b": {"level": "soft"}}, "layers": {"x": {}}}
    local = {"keeps": {"rules": ["b"]}, "rules": {"a": {"title": "anew"}, "b": {"level": "hard"}}}
    assert override(general, local, "mine", ["rules", "layers"]) == {
        "rules": {"a": {"title": "anew"}, "b": {"level": "hard"}},
        "layers": {"x": {}},
    }
    assert general["rules"]["a"] == {"level": "hard"}
    nothing = override(general, {"keeps": {"rules": []}}, "mine", ["rules", "layers"])
    assert nothing == {"rules": {}, "layers": {"x": {}}}


@pytest.mark.parametrize(
    ("keeps", "message"),
    [
        ({"rules": ["natuer"]}, r"keeps\.rules: 'natuer' is not inherited; did you mean 'nature'"),
        ({"rulse": []}, r"keeps\.rulse: did you mean 'rules'"),
        ({"rules": "nature"}, r"keeps\.rules is a list of names"),
        (["rules"], r"keeps is a table"),
    ],
)
def test_what_cannot_be_kept_is_refused(keeps: Any, message: str) -> None:
    with pytest.raises(RulesetError, match=message):
        overridden({"keeps": keeps})
