"""The replay of a plan finds faults that are planted in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from flexruimte.analyses.relocation import (
    plan_relocation,
    replay,
)
from relocation_cases import HOMES_OF_A, three_sites


def test_the_replay_finds_planted_faults() -> None:
    plan = plan_relocation(three_sites(), placements=HOMES_OF_A)
    moves, groups = plan.moves, plan.groups

    def with_moves(change: Callable[[pd.DataFrame], pd.DataFrame]) -> str:
        return "; ".join(replay(replace(plan, moves=change(moves.copy()))))

    assert "B holds 30 homes in 20 places" in with_moves(lambda table: table.assign(to_id="B"))
    assert "leaves A before it has to" in with_moves(lambda table: table.assign(year=2040))
    assert "outside its term" in with_moves(lambda table: table.assign(year=2043))
    assert "stays on A for longer than 15 years" in with_moves(
        lambda table: table.assign(year=2043)
    )
    assert "C, which is not free for 15 years" in with_moves(lambda table: table.assign(year=2041))
    assert "stands nowhere" in with_moves(
        lambda table: table.assign(year=[2042, 9999])
    ) or "outside its term" in with_moves(lambda t: t.assign(year=[2042, 9999]))
    assert "leaves B, where it does not stand" in with_moves(
        lambda table: table.assign(from_id="B")
    )
    assert "stands in 2 places" in with_moves(lambda table: table.assign(from_id="B"))
    assert "leaves with 14 homes, not 15" in with_moves(lambda table: table.assign(homes=14))
    assert "Z is no site" in with_moves(lambda table: table.assign(to_id="Z"))
    assert "ghost: moves but does not exist" in with_moves(
        lambda table: table.assign(group_id=["ghost", table.loc[1, "group_id"]])
    )
    assert "exists twice" in "; ".join(
        replay(replace(plan, groups=pd.concat([groups, groups.iloc[:1]])))
    )
    assert "moves more than 0 times" in "; ".join(
        replay(replace(plan, parameters=replace(plan.parameters, moves=0)))
    )
    full = replace(plan, sites=plan.sites.assign(homes=[29, 20, 40]))
    assert replay(full)[0] == "2027: A holds 30 homes in 29 places"
    assert len(replay(full)) == 15
    stranded = plan_relocation(three_sites().iloc[:1], placements=HOMES_OF_A)
    assert any(
        "outside its term" in problem
        for problem in replay(replace(stranded, stranded=stranded.stranded.iloc[:0]))
    )
