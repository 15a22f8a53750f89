"""What a move costs: distance, the order of search, getting in, and serviced sites."""

from __future__ import annotations

import pandas as pd
import pytest

from flexruimte.analyses.relocation import (
    RelocationParameters,
    plan_relocation,
)
from relocation_cases import HOMES_OF_A, placed, site, three_sites


def test_order_of_search() -> None:
    # Nearer is not sooner: the own municipality at 40 km, the region at 30, the province at 20, the country at 10.
    ring = [
        site("A", 2027, 2042, 60),
        site("B", 2040, 2060, x=40_000.0),
        site("C", 2040, 2060, x=30_000.0, gemeente_code="GM02"),
        site("D", 2040, 2060, x=20_000.0, gemeente_code="GM03", region="R2"),
        site("E", 2040, 2060, x=10_000.0, gemeente_code="GM04", region="R3", province="P2"),
    ]
    for homes in (15, 30, 45, 60):
        plan = plan_relocation(pd.DataFrame(ring), placements=placed(("A", 2027, homes)))
        assert sorted(plan.moves["to_id"]) == ["B", "C", "D", "E"][: homes // 15]
    assert plan.moves["level"].tolist() == ["municipality", "region", "province", "country"]


def test_what_getting_in_and_a_serviced_site_cost() -> None:
    # 0.35 x 22,500 = 7,875 for carrying, x (1 + 2) / 2 = 11,812.50; 14,625 for connections and site, half of it there already: 7,312.50
    hard = pd.DataFrame(
        [site("A", 2027, 2042), site("B", 2042, 2060, move_cost_factor=2.0, serviced_share=0.5)]
    )
    plan = plan_relocation(
        hard.fillna({"move_cost_factor": 1.0, "serviced_share": 0.0}),
        placements=placed(("A", 2027, 15)),
    )
    assert plan.money_eur == pytest.approx(15 * (11_812.5 + 7_312.5))


def test_too_far() -> None:
    plan = plan_relocation(three_sites(), RelocationParameters(farthest_km=20), HOMES_OF_A)
    assert plan.moves["to_id"].tolist() == ["B"]
    assert plan.stranded_by_year == {2042: 15}
