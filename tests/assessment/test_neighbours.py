"""Which neighbours are taken together, by sums on paper: what comes of each group is given."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from flexruimte.assessment.neighbours import Outcome, grouped, hanging_together, neighbours

FIRST, SECOND, NOT_RANKED = 0, 1, 2


@pytest.mark.parametrize(
    ("together", "one", "other", "anyone", "of_one_owner"),
    [
        # more homes together than the sum of each
        (Outcome(50, 30, FIRST), Outcome(24, 24, FIRST), Outcome(24, 24, FIRST), 2, 2),
        # as many: only of one owner it is one location rather than two
        (Outcome(48, 30, FIRST), Outcome(24, 24, FIRST), Outcome(24, 24, FIRST), None, 0),
        # fewer homes, and a smaller project than on one of them
        (Outcome(20, 20, FIRST), Outcome(24, 24, FIRST), Outcome(24, 24, FIRST), None, None),
        # what is worse of one lowers the class of both
        (Outcome(60, 30, SECOND), Outcome(24, 24, FIRST), Outcome(24, 24, SECOND), None, None),
        # too small by itself, and no obstacle to the other
        (Outcome(30, 30, FIRST), Outcome(24, 24, FIRST), Outcome(0, 0, NOT_RANKED), 6, 6),
        # nothing yet: a third may make it something
        (
            Outcome(0, 0, NOT_RANKED),
            Outcome(0, 0, NOT_RANKED),
            Outcome(0, 0, NOT_RANKED),
            0.5,
            0.5,
        ),
        # together they would not be ranked
        (Outcome(0, 0, NOT_RANKED), Outcome(24, 24, FIRST), Outcome(24, 24, FIRST), None, None),
    ],
)
def test_what_taking_two_together_gains(
    together: Outcome,
    one: Outcome,
    other: Outcome,
    anyone: float | None,
    of_one_owner: float | None,
) -> None:
    assert together.gain(one, other, of_one_owner=False) == anyone
    assert together.gain(one, other, of_one_owner=True) == of_one_owner
    assert together.gain(other, one, of_one_owner=True) == of_one_owner


def test_the_step_that_gains_most_comes_first_and_size_is_bounded() -> None:
    # a row of four parcels of 10 m2; of the pairs the middle one gains most; three are too large
    pairs = np.array([[0, 1], [1, 2], [2, 3]])
    gain = {(0, 1): 3, (1, 2): 5, (2, 3): 3}

    def outcomes(groups: list[np.ndarray]) -> list[Outcome]:
        homes = [2 * 10 + gain[tuple(group.tolist())] for group in groups]
        return [Outcome(each, each, FIRST) for each in homes]

    alone = [Outcome(10, 10, FIRST)] * 4
    found = grouped(pairs, np.full(4, 10.0), alone, outcomes, 20.0, of_one_owner=False)
    assert [group.tolist() for group in found] == [[1, 2]]


def test_the_best_class_comes_first_though_another_step_gains_more() -> None:
    # a row of four: 0 and 1 are of the first class, 2 and 3 of the second; 2 is so for want of a
    # road, which it has with 1. 2 and 3 gain most, but then 1 could not have 2: three are too large
    pairs = np.array([[0, 1], [1, 2], [2, 3]])
    found = {(0, 1): (21, SECOND), (1, 2): (22, FIRST), (2, 3): (29, SECOND)}

    def outcomes(groups: list[np.ndarray]) -> list[Outcome]:
        said = [found[tuple(group.tolist())] for group in groups]
        return [Outcome(homes, homes, position) for homes, position in said]

    alone = [Outcome(10, 10, position) for position in (SECOND, FIRST, SECOND, SECOND)]
    sites = grouped(pairs, np.full(4, 10.0), alone, outcomes, 20.0, of_one_owner=False)
    assert [group.tolist() for group in sites] == [[1, 2]]


def test_neighbours_share_a_boundary_and_an_owner() -> None:
    # three squares in a row and one that touches in a corner; the second and third have one owner
    shapes = np.array(
        [
            shapely.box(0, 0, 10, 10),
            shapely.box(10, 0, 20, 10),
            shapely.box(20, 0, 30, 10),
            shapely.box(30, 10, 40, 20),
        ]
    )
    everyone = np.arange(4)
    assert neighbours(shapes, everyone, None).tolist() == [[0, 1], [1, 2]]
    owners = np.array([None, "gemeente", "gemeente", "gemeente"], dtype=object)
    assert neighbours(shapes, everyone, owners).tolist() == [[1, 2]]
    assert neighbours(shapes, np.array([0, 2]), None).tolist() == []


def test_what_pairs_lead_to_hangs_together() -> None:
    """0 and 2 by way of 3; 1 and 4 by themselves; without pairs each by itself."""
    number = hanging_together(np.array([[0, 3], [2, 3]]), 5)
    assert number[0] == number[2] == number[3]
    assert len({*number[[0, 1, 4]].tolist()}) == 3
    assert len({*hanging_together(np.empty((0, 2), dtype=np.intp), 3).tolist()}) == 3
