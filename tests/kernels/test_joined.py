"""Pieces of land joined into groups, once."""

from __future__ import annotations

from dataclasses import fields

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


def test_two_neighbours_and_a_piece_apart() -> None:
    found = join_land(PIECES, np.array([0, 0, 0]), 1, widths=True)
    # 30 x 20 and 5 x 20
    assert (found.area_m2[0], found.largest_m2[0]) == (pytest.approx(700), pytest.approx(600))
    assert found.width_m[0] == pytest.approx(20, abs=0.1)
    assert np.isnan(join_land(PIECES, np.array([0, 0, 0]), 1, widths=False).width_m[0])


@given(
    st.lists(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=3, unique=True), max_size=6)
)
def test_what_is_kept_is_what_is_made(groups: list[list[int]]) -> None:
    cache = JoinCache()
    cache.join(PIECES, np.array([0, 1, 1]), 2, widths=True)
    members = np.array([piece for group in groups for piece in group], dtype=np.intp)
    group = np.repeat(np.arange(len(groups)), [len(each) for each in groups])
    for widths in (True, False):
        kept = cache.join(PIECES[members], group, len(groups), widths=widths)
        made = join_land(PIECES[members], group, len(groups), widths=widths)
        for each in fields(JoinedLand):
            one, other = getattr(kept, each.name), getattr(made, each.name)
            if one.dtype == object:
                assert shapely.equals(one, other).all()
            else:
                np.testing.assert_array_equal(one, other)


def test_nothing_is_joined_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def counted(parts: object, group: object, count: int, *, widths: bool) -> JoinedLand:
        counts.append(count)
        return join_land(parts, group, count, widths=widths)  # type: ignore[arg-type]

    monkeypatch.setattr(joined, "join_land", counted)
    cache = JoinCache()
    for _ in range(2):
        cache.join(PIECES, np.array([0, 0, 1]), 2, widths=True)
    cache.join(PIECES[:2], np.array([0, 0]), 1, widths=True)
    assert counts == [2]
    cache.join(PIECES[:2], np.array([0, 1]), 2, widths=True)
    assert counts == [2, 2]
