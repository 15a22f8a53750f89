"""Parameters of a relocation plan: what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from flexruimte.analyses.relocation import (
    RelocationError,
    RelocationParameters,
)
from flexruimte.errors import FlexruimteError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"required_years": 0}, "required_years is 0; write a number from 1 to 50"),
        ({"required_years": 200}, "required_years is 200"),
        ({"required_years": 10.5}, "required_years is 10.5; write a whole number"),
        ({"required_years": "15"}, "required_years is 15"),
        ({"moves": -1}, "moves is -1"),
        ({"group_homes": 0}, "group_homes"),
        ({"horizon_years": float("nan")}, "horizon_years"),
        ({"longest_stay_years": 10}, "less than required_years"),
        ({"region_step_eur": 20_000}, "write them rising"),
        ({"move_cost_share": None}, "move_cost_share"),
    ],
)
def test_bad_parameters(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(RelocationError, match=message):
        RelocationParameters(**arguments)


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(RelocationError("what, where, what to do")))
    assert isinstance(error, FlexruimteError)
    assert str(error) == "what, where, what to do"
