"""How far scores differ between locations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.results.spread import spread_of
from toy_town import toy_study


def test_from_the_tenth_to_the_ninetieth_percentile() -> None:
    # 0, 10, ..., 100: the tenth percentile is 10, the ninetieth 90; one that is not known counts not
    ranked = pd.DataFrame({"term": [*np.arange(0.0, 101.0, 10.0), np.nan], "area_m2": 5.0})
    ranked["criterion_long"] = 70.0
    ranked["feasibility"] = np.nan
    found = spread_of(ranked)
    assert list(found) == ["term", "criterion_long"]
    assert (found["term"].low, found["term"].high, found["term"].points) == (10, 90, 80)
    assert (found["term"].known, found["criterion_long"].known) == (11, 12)
    assert found["criterion_long"].points == 0


def test_the_summary_says_it_of_the_ranked(tmp_path: Path) -> None:
    ranking = toy_study(tmp_path).rank("A")
    spread = ranking.summary.spread
    # the ranked are P01, P03, P05, P06, P09 and P12; their terms score 100 but for 80 of P06: of
    # 80, 100, ..., 100 the tenth percentile lies halfway, at place 0.5 of 5
    assert (spread["term"].low, spread["term"].high, spread["term"].known) == (90, 100, 6)
    assert spread["criterion_long"] == spread["term"]
    assert spread["criterion_quiet"].known == 4  # not of P09 and P12
    assert "relocatability" not in spread


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(values: list[float], random: object) -> None:
    shuffled = values.copy()
    random.shuffle(shuffled)
    one, other = (spread_of(pd.DataFrame({"score": each})) for each in (values, shuffled))
    assert one == other
    assert 0 <= one["score"].points <= 100
    assert one["score"].points == pytest.approx(
        np.percentile(values, 90) - np.percentile(values, 10), abs=0.011
    )
