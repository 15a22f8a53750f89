"""Pieces of land joined into groups, once."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels import joined
from flexruimte.kernels.joined import JoinCache, JoinedLand, join_land

PIECES = np.array(
    [shapely.box(0, 0, 10, 20), shapely.box(10, 0, 30, 20), shapely.box(100, 0, 105, 20)]
)

MEASURED = np.array([np.nan, np.nan])
"""No width of two groups is known before."""


def test_two_neighbours_and_a_piece_apart() -> None:
    found = join_land(PIECES, np.array([0, 0, 0]), 1, least_widths=MEASURED[:1])
    # 30 x 20 and 5 x 20
    assert (found.area_m2[0], found.largest_m2[0]) == (pytest.approx(700), pytest.approx(600))
    assert found.width_m[0] == pytest.approx(20, abs=0.1)
    assert np.isnan(join_land(PIECES, np.array([0, 0, 0]), 1, least_widths=None).width_m[0])


def test_a_width_that_is_enough_is_not_measured_in_one_piece_of_land() -> None:
    # the first two pieces are one of 30 x 20; the third lies apart from them, and may be what is 5 m wide
    known = np.array([5.0])
    assert join_land(PIECES[:2], np.array([0, 0]), 1, least_widths=known).width_m[0] == 5
    apart = join_land(PIECES, np.array([0, 0, 0]), 1, least_widths=known)
    assert apart.width_m[0] == pytest.approx(20, abs=0.1)


@given(
    st.lists(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=3, unique=True), max_size=6)
)
def test_what_is_kept_is_what_is_made(groups: list[list[int]]) -> None:
    cache = JoinCache()
    cache.join(PIECES, np.array([0, 1, 1]), 2, least_widths=MEASURED)
    members = np.array([piece for group in groups for piece in group], dtype=np.intp)
    group = np.repeat(np.arange(len(groups)), [len(each) for each in groups])
    for wide in (np.full(len(groups), np.nan), np.full(len(groups), 5.0), None):
        kept = cache.join(PIECES[members], group, len(groups), least_widths=wide)
        made = join_land(PIECES[members], group, len(groups), least_widths=wide)
        for each in fields(JoinedLand):
            one, other = getattr(kept, each.name), getattr(made, each.name)
            if one.dtype == object:
                assert shapely.equals(one, other).all()
            else:
                np.testing.assert_array_equal(one, other)


def test_nothing_is_joined_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def counted(parts: Any, group: Any, count: int, *, least_widths: Any) -> JoinedLand:
        counts.append(count)
        return join_land(parts, group, count, least_widths=least_widths)

    monkeypatch.setattr(joined, "join_land", counted)
    cache = JoinCache()
    for _ in range(2):
        cache.join(PIECES, np.array([0, 0, 1]), 2, least_widths=MEASURED)
    cache.join(PIECES[:2], np.array([0, 0]), 1, least_widths=MEASURED[:1])
    assert counts == [2]
    cache.join(PIECES[:2], np.array([0, 1]), 2, least_widths=MEASURED)
    assert counts == [2, 2]
