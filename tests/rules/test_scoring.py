"""Curves that a better value never scores lower on, and weights above zero."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from flexruimte.rules.scoring import Criterion, ScoreWeights, SiteType, Theme

SOURCED = {"source": "toy", "basis": "assumption"}
TITLE = {"title": {"nl": "x", "en": "x"}}


def criterion(**said: Any) -> Criterion:
    return Criterion.model_validate({**TITLE, **SOURCED, "measure": "x_m", **said})


@pytest.mark.parametrize("said", [
    {"curve": [[0, 100], [10, 0]]},
    {"curve": [[0, 0], [10, 50], [20, 50], [30, 100]]},  # level in between
    {"curve": [[0, 0], [0, 100]]},  # a step
    {"curve": [[0, 0], [{"placement": "years"}, 0], [{"placement": "years"}, 100]]},
    {"classes": {"a": 0, "b": 100}},
])  # fmt: skip
def test_curves_and_classes(said: dict[str, Any]) -> None:
    assert criterion(**said).measure == "x_m"


@pytest.mark.parametrize(("said", "message"), [
    ({}, "needs either a curve or classes"),
    ({"curve": [[0, 0], [1, 1]], "classes": {"a": 1}}, "needs either a curve or classes"),
    ({"classes": {}}, "scores lie between 0 and 100"),
    ({"classes": {"a": 101}}, "scores lie between 0 and 100"),
    ({"curve": [[0, -1], [1, 1]]}, "scores lie between 0 and 100"),
    ({"curve": [[0, 1]]}, "two or more points with rising values"),
    ({"curve": [[1, 1], [0, 2]]}, "two or more points with rising values"),
    ({"curve": [[0, 0], [1, 5], [2, 4]]}, "up or down, not both"),
])  # fmt: skip
def test_what_is_no_curve(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        criterion(**said)


def test_a_weakest_link_names_a_link() -> None:
    said = {**TITLE, **SOURCED, "weights": {"a": 1, "b": 1}}
    assert Theme.model_validate(said).lowest is None
    assert Theme.model_validate({**said, "lowest": ["a"]}).lowest == ["a"]
    with pytest.raises(ValidationError, match="at least 1 item"):
        Theme.model_validate({**said, "lowest": []})


@pytest.mark.parametrize("weight", [0, -1])
def test_a_weight_is_above_zero(weight: float) -> None:
    assert ScoreWeights.model_validate({"weights": {"term": 0.1}, **SOURCED}).weights == {
        "term": 0.1
    }
    with pytest.raises(ValidationError, match="greater than 0"):
        ScoreWeights.model_validate({"weights": {"term": weight}, **SOURCED})


def test_a_site_type_has_a_condition() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        SiteType.model_validate({**TITLE, **SOURCED, "when": []})
