"""Land left free: by hand, and each piece of land by itself in a plain loop."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.kernels.left_free import least_that_counts, sets_left_free


@pytest.mark.parametrize(
    ("share", "floor_m2", "of_m2", "least"),
    [
        (0.1, 50.0, 1_000.0, 100.0),  # a tenth
        (0.1, 50.0, 200.0, 50.0),  # a tenth would be 20, and less than 50 never counts
        (0.1, 50.0, 20.0, 20.0),  # but the whole does
        (0.0, 0.0, 300.0, 0.0),
    ],
)
def test_from_which_area_on_it_counts(
    share: float, floor_m2: float, of_m2: float, least: float
) -> None:
    found = least_that_counts(share, floor_m2, np.array([of_m2]))
    assert found == pytest.approx([least], rel=2e-6)


Way = tuple[int, set[int]]
"""The position of the land, and the things that are left free."""


def ways(
    covered: list[list[float]], left: list[float], share: list[float], floor_m2: list[float]
) -> list[Way]:
    of, free = sets_left_free(
        np.array(covered, dtype=np.float64).reshape(-1, len(share)),
        np.array(left, dtype=np.float64),
        np.array(share, dtype=np.float64),
        np.array(floor_m2, dtype=np.float64),
    )
    rows = zip(of.tolist(), free, strict=True)
    return [(land, set(np.flatnonzero(each).tolist())) for land, each in rows]


def test_three_things_on_paper() -> None:
    # A of 20, B of 10 and C of 5 m2 of 100, which count from 10 % on. Without A nothing of the others is left for certain. Without
    # B at least 10 of A are, which count on 90; without C 15 of A, on 95; without B and C 5 of A, too little on 90.
    found = ways([[20, 10, 5]], [100], [0.1] * 3, [0.0] * 3)
    assert found == [(0, each) for each in ({0}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2})]
    # from 4 m2 on, whatever the share, those 5 count too
    found = ways([[20, 10, 5]], [100], [0.0] * 3, [4.0] * 3)
    assert found == [(0, each) for each in ({0}, {0, 1}, {0, 2}, {0, 1, 2})]


def test_of_five_the_largest_first() -> None:
    # B of 30, D of 25, A and E of 20, C of 5: of equal ones the first. Without the largest nothing of the others is certain.
    found = ways([[20, 30, 5, 25, 20]], [100], [0.0] * 5, [0.0] * 5)
    assert found == [(0, each) for each in ({1}, {1, 3}, {0, 1, 3}, {0, 1, 3, 4}, {0, 1, 2, 3, 4})]


def test_where_there_is_no_way() -> None:
    assert ways([], [], [0.1, 0.1], [0.0, 0.0]) == []
    assert ways([[0, 0]], [100], [0.1, 0.1], [0.0, 0.0]) == []
    # what covers all leaves nothing, whatever else is left free
    assert ways([[100, 10]], [100], [0.1, 0.1], [0.0, 0.0]) == []


def one_by_one(
    covered: list[float], left: float, share: list[float], floor_m2: list[float]
) -> list[set[int]]:
    """The ways of one piece of land, each set of things tried in a plain loop."""
    some = [thing for thing, area in enumerate(covered) if area > 1e-6 * left]
    if any(covered[thing] >= (1 - 1e-6) * left for thing in some):
        return []
    largest_first = sorted(some, key=lambda thing: -covered[thing])
    tried = [each for size in range(1, len(some) + 1) for each in combinations(largest_first, size)]
    if len(some) > 4:
        tried = [tuple(largest_first[:size]) for size in range(1, len(some) + 1)]
    found = []
    for freed in tried:
        rest = left - max(covered[thing] for thing in freed)
        for thing in some:
            at_least = covered[thing] - sum(covered[each] for each in freed)
            least = min(max(share[thing] * rest, floor_m2[thing]), rest) * (1 - 1e-6)
            if thing not in freed and at_least > 0 and at_least >= least:
                break
        else:
            found.append(set(freed))
    return found


areas = st.one_of(
    st.sampled_from([0.0, 1e-5, 10.0, 20.0, 30.0, 50.0, 99.99999, 100.0]), st.floats(0.0, 120.0)
)
bounds = st.tuples(st.sampled_from([0.0, 0.05, 0.1, 0.5]), st.sampled_from([0.0, 5.0, 25.0, 200.0]))


@given(things=st.lists(bounds, min_size=1, max_size=7), data=st.data())
def test_as_one_by_one(things: list[tuple[float, float]], data: Any) -> None:
    land = st.lists(areas, min_size=len(things), max_size=len(things))
    covered = data.draw(st.lists(land, max_size=6))
    left = data.draw(
        st.lists(
            st.sampled_from([0.0, 60.0, 100.0, 101.5]),
            min_size=len(covered),
            max_size=len(covered),
        )
    )
    share, floor_m2 = ([each[column] for each in things] for column in (0, 1))
    expected = [
        (position, freed)
        for position, (row, area) in enumerate(zip(covered, left, strict=True))
        for freed in one_by_one(row, area, share, floor_m2)
    ]
    assert ways(covered, left, share, floor_m2) == expected
