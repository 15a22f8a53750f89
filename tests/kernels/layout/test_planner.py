"""The end of a road holds as many modules as when they are added one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte.kernels.layout import LayoutParameters, lay_out
from flexruimte.kernels.layout.planner import Planner
from kernels.layouts import PACKED, SPACIOUS
from shapes import random_polygons


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(
        [
            SPACIOUS,
            replace(SPACIOUS, storeys=3, modules_per_home=2),
            replace(PACKED, green_per_home_m2=30.0),
        ]
    ),
)
def test_as_many_at_the_end_of_a_road_as_one_by_one(
    seed: int, parameters: LayoutParameters
) -> None:
    def one_by_one(
        self: Planner, leaf: int, rows: Any, others: Any, links: Any, unused: float
    ) -> Any:
        own = [link.left for link in links if link.joins(leaf)]
        origin = own[0] if own else self.segments[leaf].low
        kept: Any = ([], [])
        slots = [(left, upper) for upper in (False, True) for left in rows[upper]]
        for slot in sorted(slots, key=lambda slot: (abs(slot[0] - origin), slot)):
            more = tuple(
                sorted([*kept[upper], slot[0]]) if upper == slot[1] else kept[upper]
                for upper in (False, True)
            )
            if self._unused_land({**others, leaf: more}, links) < 0:
                break
            kept = more
        return kept

    shapes = random_polygons(seed, 4, 90.0)
    ours = lay_out(shapes, parameters)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Planner, "_fill_leaf", one_by_one)
        plain = lay_out(shapes, parameters)
    assert ours.stacks.tolist() == plain.stacks.tolist()
