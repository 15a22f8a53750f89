"""How plans and agreements are read, and what they may not say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from flexruimte.rules.parts import Reading
from flexruimte.rules.regulations import Agreements, PlanPhase, Plans, Regime, TransportTier

SOURCED = {"source": "toy", "basis": "assumption"}
TITLE = {"title": {"nl": "x", "en": "x"}}
PHASES = [
    {"field": "tot_2029", "start_year": 2025, "end_year": 2029},
    {"field": "later", "start_year": 2030, "end_year": 2030},
]


def plans(**said: Any) -> Plans:
    general = {"layer": "plannen", "status_field": "status", "hard": ["1A"], "soft": ["3"]}
    return Plans.model_validate({**general, **SOURCED, **said})


def test_plans_read_their_status_their_moment_and_what_decides_whether_they_count() -> None:
    assert plans(start_year_field="start").reads() == (Reading("plannen", ("status", "start")),)
    both = plans(start_year_field="start", phases=PHASES, where={"soort": "wonen"})
    assert both.reads() == (Reading("plannen", ("status", "soort", "tot_2029", "later", "start")),)


@pytest.mark.parametrize(("said", "message"), [
    ({}, "plans need start_year_field or phases"),
    ({"start_year_field": "start", "soft": ["3", "1A"]}, "plan status 1A stands in more than one list"),
    ({"start_year_field": "start", "ignored": ["3"]}, "plan status 3 stands in more than one list"),
    ({"start_year_field": "start", "ignored": ["1A"]}, "plan status 1A stands in more than one list"),
    ({"start_year_field": "start", "circle_quotient": 0}, "greater than 0"),
])  # fmt: skip
def test_what_plans_may_not_say(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        plans(**said)


def test_a_phase_ends_after_it_starts() -> None:
    with pytest.raises(ValidationError, match="phase 'x' ends in 2029, before it starts in 2030"):
        PlanPhase(field="x", start_year=2030, end_year=2029)


def test_agreements_read_both_days() -> None:
    said = {"layer": "afspraken", "free_from_field": "van", "free_until_field": "tot"}
    agreements = Agreements.model_validate({**said, **SOURCED})
    assert agreements.reads() == (Reading("afspraken", ("van", "tot")),)


@pytest.mark.parametrize(("kind", "said"), [
    (Regime, {"longest_years": 0}),
    (TransportTier, {"width_m": 0, "height_m": 1, "length_m": 1}),
])  # fmt: skip
def test_sizes_and_terms_are_above_zero(
    kind: type[Regime | TransportTier], said: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        kind.model_validate({**TITLE, **SOURCED, **said})
