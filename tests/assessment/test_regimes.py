"""Which row of the law decides on a parcel, by date, zoning and choice: worked out by hand from the table of flexwonen-nl."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.assessment.regimes import LegalMaximum, legal_maximum
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.study.placement import with_placement

ZONINGS = ["wonen", "agrarisch", None]
INF = np.inf


def maximum(as_of: str, start: str | None = None, **placement: Any) -> LegalMaximum:
    """On a parcel that is zoned for housing, one for farming, and one of which the zoning is not known; homes come a year later unless said."""
    ruleset = with_placement(load_ruleset("flexwonen-nl"), placement)
    first = np.datetime64(start or f"{int(as_of[:4]) + 1}{as_of[4:]}", "D")
    measures = pd.DataFrame({"zoning_class": ZONINGS})
    return legal_maximum(ruleset, measures, dt.date.fromisoformat(as_of), np.full(3, first))


CASES: dict[str, tuple[list[float], list[bool], list[str]]] = {
    # on land for housing nothing is deviated from; elsewhere Wabo/Bor alone; where the zoning is not known it is ten years at least, perhaps more
    "2019-12-31": ([INF, 10, INF], [False, False, True], ["zoned_for_housing", "wabo_bor", "wabo_bor"]),
    # from 2020 fifteen years on land that is not for housing, until the Omgevingswet
    "2020-01-01": ([INF, 15, INF], [False, False, True], ["zoned_for_housing", "crisis_en_herstelwet", "wabo_bor"]),
    "2023-12-31": ([INF, 15, INF], [False, False, True], ["zoned_for_housing", "crisis_en_herstelwet", "wabo_bor"]),
    # then a permit off plan, whatever the zoning
    "2024-01-01": ([INF, INF, INF], [False, False, False], ["zoned_for_housing", "bopa", "bopa"]),
}  # fmt: skip


@pytest.mark.parametrize("as_of", CASES)
def test_the_date_and_the_zoning_open_the_routes(as_of: str) -> None:
    found, (years, may_be_lower, regimes) = maximum(as_of), CASES[as_of]
    assert found.years.tolist() == years
    assert found.may_be_lower.tolist() == may_be_lower
    assert found.regime.tolist() == regimes


def test_a_limit_counts_on_top_of_every_route() -> None:
    found = maximum("2026-01-01", building_rules="temporary")
    assert found.years.tolist() == [15, 15, 15]
    assert set(found.regime) == {"temporary_structure_bbl"}
    # ten years by Wabo/Bor are less than the fifteen of a temporary structure
    old = maximum("2019-06-01", building_rules="temporary")
    assert old.years.tolist() == [15, 10, 15]
    assert old.may_be_lower.tolist() == [False, False, True]
    assert old.regime.tolist() == [
        "temporary_structure_bouwbesluit", "wabo_bor", "temporary_structure_bouwbesluit",
    ]  # fmt: skip
    ten = maximum("2026-01-01", ten_year_exemption="yes")
    assert ten.years.tolist() == [10, 10, 10]


def test_the_levy_counts_by_the_year_of_realisation() -> None:
    # as of 2024 and there on the last day of 2024: within; a day later: not, whatever the study's date
    within = maximum("2024-01-01", start="2024-12-31", levy_exemption="yes")
    assert within.years.tolist() == [15, 15, 15]
    assert maximum("2024-01-01", start="2025-01-01", levy_exemption="yes").years[1] == INF
    # as of 2019, before the row, for homes that come in 2020
    early = maximum("2019-12-31", start="2020-01-01", levy_exemption="yes")
    assert early.years.tolist() == [15, 10, 15]


def test_a_limit_that_may_hold_is_a_doubt() -> None:
    limit = {
        "title": {"nl": "x", "en": "x"}, "source": "x", "basis": "law", "longest_years": 5,
        "when": [{"measure": "zoning_class", "in": ["agrarisch"]}],
    }  # fmt: skip
    ruleset = with_changes(load_ruleset("flexwonen-nl"), {"regimes": {"farm": limit}})
    start = np.full(3, np.datetime64("2027-01-01", "D"))
    measures = pd.DataFrame({"zoning_class": ZONINGS})
    found = legal_maximum(ruleset, measures, dt.date(2026, 1, 1), start)
    assert found.years.tolist() == [INF, 5, INF]
    assert found.may_be_lower.tolist() == [False, False, True]


def test_without_rows_there_is_no_maximum() -> None:
    ruleset = load_ruleset("flexwonen-nl").model_copy(update={"regimes": {}})
    start = np.full(3, np.datetime64("2027-01-01", "D"))
    measures = pd.DataFrame({"zoning_class": ZONINGS})
    found = legal_maximum(ruleset, measures, dt.date(2026, 1, 1), start)
    assert found.years.tolist() == [INF] * 3
    assert found.regime.tolist() == [""] * 3
    assert not found.may_be_lower.any()
