"""Cuts hold for every filling with whole groups, and are violated by what they were made for."""

from __future__ import annotations

import numpy as np
import pytest

from flexruimte.analyses.relocation.cuts import violated_cut


@pytest.mark.parametrize("seed", range(60))
def test_cuts_hold_for_every_filling(seed: int) -> None:
    random = np.random.default_rng(seed)
    room, largest = int(random.integers(3, 50)), 15
    standing = np.zeros(largest + 1)
    chosen = random.choice(np.arange(1, largest + 1), 3, replace=False)
    share = random.dirichlet(np.ones(3)) * room
    standing[chosen] = share / chosen
    weights = violated_cut(room, standing)
    if weights is None:
        return
    assert weights @ standing > 1
    heaviest = np.zeros(room + 1)
    for places in range(1, room + 1):
        heaviest[places] = max(
            [
                heaviest[places - 1],
                *(
                    heaviest[places - size] + weights[size]
                    for size in range(1, min(largest, places) + 1)
                ),
            ]
        )
    assert heaviest[room] <= 1 + 1e-6
