"""Verdicts on groups: the worst of the parts, but for what a site answers anew. In plain loops."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.assessment.group_verdicts import GroupVerdicts
from flexruimte.assessment.site_rules import with_measures
from flexruimte.assessment.verdicts import CoverThatCounts
from flexruimte.rules.files import load_ruleset
from flexruimte.vocabulary import NO, UNKNOWN, YES
from toy_town import changed_ruleset, parameter

TOY = changed_ruleset(
    rules={"pipeline": {"level": "medium"}},
    placement={"counts_from_share": parameter(0.05), "min_buildable_m2": {"value": 5_000}},
)
COUNT = 6
sides = st.lists(st.sampled_from([NO, UNKNOWN, YES]), min_size=COUNT, max_size=COUNT)


def covering(area_m2: list[float], doubtful: list[bool], of_m2: float = 1_000) -> CoverThatCounts:
    return CoverThatCounts(
        np.array(area_m2, dtype=np.float64),
        np.zeros(COUNT),
        np.array(doubtful, dtype=bool),
        np.full(COUNT, of_m2),
    )


def said_of(
    verdicts: dict[str, list[int]],
    cover: CoverThatCounts,
    groups: list[list[int]],
    buildable_m2: list[float],
    may_be_lower: list[bool] | None = None,
) -> dict[str, list[int]]:
    of_parcels = {name: np.array(each, dtype=np.int8) for name, each in verdicts.items()}
    lower = {"buildable_m2": np.array(may_be_lower or [False] * COUNT)}
    group_verdicts = GroupVerdicts(TOY, frozenset(), of_parcels, lower, {"pipeline": cover})
    measures = pd.DataFrame({"buildable_m2": np.array(buildable_m2, dtype=np.float64)})
    group = np.repeat(np.arange(len(groups)), [len(each) for each in groups])
    found = group_verdicts.of(np.concatenate(groups), group, measures)
    return {name: each.tolist() for name, each in found.items()}


@given(
    nature=sides,
    size=sides,
    area=st.lists(st.sampled_from([0.0, 30.0, 60.0]), min_size=COUNT, max_size=COUNT),
    doubtful=st.lists(st.booleans(), min_size=COUNT, max_size=COUNT),
    lower=st.lists(st.booleans(), min_size=COUNT, max_size=COUNT),
    cuts=st.sets(st.integers(1, COUNT - 1)),
    data=st.data(),
)
def test_as_in_plain_loops(
    nature: list[int],
    size: list[int],
    area: list[float],
    doubtful: list[bool],
    lower: list[bool],
    cuts: set[int],
    data: Any,
) -> None:
    ends = [0, *sorted(cuts), COUNT]
    groups = [list(range(low, high)) for low, high in pairwise(ends)]
    buildable = data.draw(
        st.lists(st.sampled_from([4_999.0, 5_000.0]), min_size=len(groups), max_size=len(groups))
    )
    # the pipeline counts from 50 of 1,000 m2 on, or may
    pipeline = [
        NO if each >= 50 else UNKNOWN if perhaps else YES
        for each, perhaps in zip(area, doubtful, strict=True)
    ]
    verdicts = {"nature": nature, "large_enough": size, "pipeline": pipeline}
    found = said_of(verdicts, covering(area, doubtful), groups, buildable, lower)
    assert list(found) == list(verdicts)
    for number, parts in enumerate(groups):
        assert found["nature"][number] == min(nature[part] for part in parts)
        enough = UNKNOWN if any(lower[part] for part in parts) else YES
        # the parts were each too small, or not: the group is asked anew
        assert found["large_enough"][number] == (NO if buildable[number] < 5_000 else enough)
        covers = sum(area[part] for part in parts) >= 0.05 * 1_000 * len(parts)
        perhaps = any(doubtful[part] for part in parts)
        assert found["pipeline"][number] == (NO if covers else UNKNOWN if perhaps else YES)


def test_what_covers_nothing_says_yes() -> None:
    found = said_of(
        {"pipeline": [YES] * 6}, covering([0.0] * 6, [False] * 6), [[0, 3], [5]], [1, 1]
    )
    assert found == {"pipeline": [YES, YES]}


def test_the_measures_that_some_rest_on() -> None:
    ruleset = load_ruleset("flexwonen-nl")
    some = with_measures(ruleset, frozenset({"serviced_share", "area_m2"}))
    assert set(some.measures) == {"serviced_share", "connection_distance_m", "paved_share"}
    assert some.rules == ruleset.rules
    assert not with_measures(ruleset, frozenset()).measures


@pytest.mark.parametrize("rule", ["large_enough", "nature"])
def test_what_the_study_leaves_out_asks_for_no_measure(rule: str) -> None:
    of_parcels = {rule: np.full(1, YES, dtype=np.int8)}
    found = GroupVerdicts(TOY, frozenset(), of_parcels, {}, {})
    assert found.measures_asked == ({"buildable_m2"} if rule == "large_enough" else set())
