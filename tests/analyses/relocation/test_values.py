"""Marginal values: more room or time never saves more than its value."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from flexruimte.analyses.relocation import (
    RelocationParameters,
    plan_relocation,
)
from flexruimte.analyses.relocation.network import build_network
from flexruimte.analyses.relocation.problem import prepare
from flexruimte.analyses.relocation.program import home_classes, relax, seed_routes
from flexruimte.analyses.relocation.routes import Routes
from relocation_cases import HOMES_OF_A, small_case, small_plan, three_sites


def test_a_year_more_on_paper() -> None:
    # B ends in 2056, a year too soon for 15 years from 2042: all go to C. A year more would let B's 20 places save 10,520 each.
    plan = plan_relocation(three_sites(end=2056), placements=HOMES_OF_A)
    assert plan.moves["to_id"].tolist() == ["C", "C"]
    assert plan.locations["year_eur"].tolist() == pytest.approx([0, 20 * 10_520, 0])


def one_by_one(sites: pd.DataFrame, parameters: RelocationParameters, first: pd.DataFrame) -> float:
    routes = Routes(build_network(prepare(sites, first, parameters)))
    seed_routes(routes)
    return relax(routes, home_classes(routes), lambda _text: None).bound_eur


@pytest.mark.parametrize("seed", range(25))
def test_more_room_or_time_never_saves_more_than_its_value(seed: int) -> None:
    sites, parameters, first = small_case(seed)
    plan = small_plan(seed)
    parameters = replace(
        parameters,
        stranded_eur=plan.parameters.stranded_eur,
        stranded_eur_per_year=plan.parameters.stranded_eur_per_year,
    )
    cost = one_by_one(sites, parameters, first)
    assert cost <= plan.objective_eur * (1 + 1e-9)
    for number in range(len(sites)):
        roomier, longer = sites.copy(), sites.copy()
        roomier.loc[number, "homes"] += 1
        longer.loc[number, "term_end"] += pd.DateOffset(years=1)
        assert (
            cost - one_by_one(roomier, parameters, first)
            <= plan.locations.loc[number, "home_place_eur"] + 1
        )
        assert (
            cost - one_by_one(longer, parameters, first)
            <= plan.locations.loc[number, "year_eur"] + 1
        )
