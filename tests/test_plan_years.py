"""What the built-in rulesets make of a hard plan that starts in 6, 9, 11 or 17 years: worked out on paper.

As of 1 January 2026 homes are there after a year, on 1 January 2027, and are gone a year before a plan starts; 15 years are asked.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from flexruimte import Study
from flexruimte.assessment.pipeline import Assessment, assess
from flexruimte.rules.files import load_ruleset
from rule_columns import with_rule_columns
from toy_town import box, frame

YEARS = (6, 9, 11, 17)


def town(ruleset: str, **changes: Any) -> Assessment:
    """Four fields of 1 ha, each under a hard plan, and one without; nothing else is assessed."""
    fields = [box(left, 0, left + 100, 100) for left in range(0, 1000, 200)]
    plans = frame(
        fields[:4],
        plan_id=[f"plan over {years} jaar" for years in YEARS],
        status_planologisch=["1A"] * 4,
        start_jaar=[2026 + years for years in YEARS],
        flexwoningen=[None] * 4,
    )
    known = load_ruleset(ruleset)
    missing = [key for key in known.layers if key != known.plans.layer]
    study = Study(
        parcels=frame(fields, parcel_id=["P06", "P09", "P11", "P17", "never"]),
        municipalities=frame([box(-100, -100, 1100, 200)], code=["GM0001"], naam=["Dorp"]),
        layers={"woningbouwplannen": plans},
        as_of="2026-01-01",
        ruleset=ruleset,
        not_assessed=missing,
        **changes,
    )
    return assess(study.question, "GM0001")


def by_id(town: Assessment) -> pd.DataFrame:
    """The four fields in the order of their plans, and then the one without."""
    found = with_rule_columns(town).set_index("parcel_id")
    return found.loc[["P06", "P09", "P11", "P17", "never"]]


# plan in 2032, 2035, 2037, 2043: gone by 1 January 2031, 2034, 2036, 2042, so 4, 7, 9 and 15 years
TERMS = [4, 7, 9, 15, 30]
# fifteen years, and ten without a plan; fifteen for attention, seven at least; ten without a plan
EXPECTED = {
    "flexwonen-nl": ["excluded", "excluded", "excluded", "available", "available"],
    "flexwonen-nl-bridging": ["excluded", "attention", "attention", "available", "available"],
    "pbl-2020": ["excluded", "excluded", "available", "available", "available"],
}


@pytest.mark.parametrize("ruleset", EXPECTED)
def test_plans_decide_as_the_ruleset_promises(ruleset: str) -> None:
    found = by_id(town(ruleset))
    assert found["term_years"].tolist() == TERMS
    assert found["hard_plan_free_years"].tolist() == [*YEARS, 100]
    assert found["status"].tolist() == EXPECTED[ruleset]


def test_the_ten_years_of_pbl_work_by_themselves() -> None:
    found = by_id(town("pbl-2020"))
    assert found["verdict_hard_plan_within_horizon"].tolist() == ["no", "no", "yes", "yes", "yes"]
    assert "verdict_term_long_enough" not in found
    # 11 years pass: the plan rule asks about the plan, not about the 15 years that were asked
    assert by_id(town("pbl-2020", placement={"plan_horizon_years": 12})).status.tolist() == [
        "excluded", "excluded", "excluded", "available", "available",
    ]  # fmt: skip


def test_who_asks_for_less_than_a_bridge_gets_it() -> None:
    # 4 years are no bridge of 7, but they are what is asked
    found = by_id(town("flexwonen-nl-bridging", placement={"required_years": 4}))
    assert found["verdict_bridge_long_enough"].tolist() == ["yes"] * 5
    assert "excluded" not in found["status"].tolist()
    found = by_id(town("flexwonen-nl-bridging"))
    assert found["verdict_bridge_long_enough"].tolist() == ["no", "yes", "yes", "yes", "yes"]


def test_a_bridge_is_not_kept_out_of_the_talk_by_its_term() -> None:
    # what else keeps the fields out is that nothing but the plans is assessed
    found = by_id(town("flexwonen-nl-bridging"))
    assert "term_long_enough" not in found.loc["P09", "kept_out_by"]
    assert "term_long_enough" not in found.loc["P11", "kept_out_by"]
