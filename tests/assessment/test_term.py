"""Terms worked out on paper: plans, leases, reservations and regimes, one parcel each. As of 1 January 2026 unless said; a year to start, a year to clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte import RulesetError
from flexruimte.assessment.pipeline import Assessment, assess
from flexruimte.assessment.term import plus_years, years_between
from flexruimte.rules.files import load_ruleset, with_changes
from rule_columns import with_rule_columns
from toy_town import RULESET, box, frame, parcels, toy_study

PARCEL = box(0, 0, 100, 100)


def assessed(
    folder: Path,
    plans: list[tuple[str | None, Any]],
    as_of: str = "2026-01-01",
    lease: tuple[Any, Any] = (None, None),
    **changes: Any,
) -> Assessment:
    """P01 alone, with plans (status, first year) that each cover all of it, and a lease (free from, free until)."""
    layer = frame(
        [PARCEL] * len(plans),
        plan=[f"plan {n}" for n in range(len(plans))],
        status=[s for s, _ in plans],
        start=[y for _, y in plans],
    )
    agreements = pd.DataFrame(
        {"parcel_id": ["P01"], "vrij_vanaf": [lease[0]], "vrij_tot": [lease[1]]}
    )
    source = {"source": layer, "coverage": "complete"}
    study = toy_study(
        folder,
        parcels=parcels().iloc[:1],
        as_of=as_of,
        layers={"plannen": source, "afspraken": agreements},
        **changes,
    )
    return assess(study.question, "A")


def row(*arguments: Any, **named: Any) -> pd.Series:
    return with_rule_columns(assessed(*arguments, **named)).iloc[0]


CASES: dict[str, tuple[list[tuple[str | None, Any]], dict[str, Any], dict[str, Any]]] = {
    # plans; other circumstances; what comes out: free years, term years, term with soft plans, verdicts on the horizon (10) and on the term (15)
    "no plan": ([], {}, {"free": 100, "term": 30, "pessimistic": 30, "horizon": "yes", "long": "yes"}),
    # 2029 - 1 = 2028, from 2027: 1 year
    "hard plan in 3 years": ([("1A", 2029)], {}, {"free": 3, "term": 1, "pessimistic": 1, "horizon": "no", "long": "no"}),
    # exactly 10 years pass the horizon; 2035 - 2027 = 8
    "hard plan in 10 years": ([("1A", 2036)], {}, {"free": 10, "term": 8, "pessimistic": 8, "horizon": "yes", "long": "no"}),
    "hard plan in 12 years": ([("2A", 2038)], {}, {"free": 12, "term": 10, "pessimistic": 10, "horizon": "yes", "long": "no"}),
    # 2043 - 1 - 2027 = 15: it bridges
    "hard plan after the term": ([("1A", 2043)], {}, {"free": 17, "term": 15, "pessimistic": 15, "horizon": "yes", "long": "yes"}),
    "hard plan that has started": ([("1A", 2024)], {}, {"free": 0, "term": 0, "pessimistic": 0, "horizon": "no", "long": "no"}),
    "soft plan": ([("3", 2030)], {}, {"free": 100, "term": 30, "pessimistic": 2, "horizon": "yes", "long": "yes"}),
    # nothing on record says when the land is no longer free: that is no 30 years
    "hard plan without a date": ([("1A", None)], {}, {"free": None, "term": None, "pessimistic": None, "horizon": "unknown", "long": "unknown"}),
    # a plan of which the date is known and too near settles it, whatever the other one does
    "a near plan and one without a date": ([("1A", 2029), ("1A", None)], {}, {"free": 3, "term": 1, "pessimistic": 1, "horizon": "no", "long": "no"}),
    "two plans": ([("1A", 2038), ("2A", 2033)], {}, {"free": 7, "term": 5, "pessimistic": 5, "horizon": "no", "long": "no"}),
    "hard and soft": ([("1A", 2043), ("3", 2035)], {}, {"free": 17, "term": 15, "pessimistic": 7, "horizon": "yes", "long": "yes"}),
    "status in no list": ([("9Z", 2030)], {}, {"free": None, "term": None, "pessimistic": None, "horizon": "unknown", "long": "unknown"}),
    "status missing": ([(None, 2030)], {}, {"free": None, "term": None, "pessimistic": None, "horizon": "unknown", "long": "unknown"}),
    "ignored": ([("x", 2027)], {}, {"free": 100, "term": 30, "pessimistic": 30, "horizon": "yes", "long": "yes"}),
    # the lease ends on 1 July 2030; from then 30 years
    "lease ends": ([], {"lease": ("2030-07-01", None)}, {"free": 100, "term": 30, "pessimistic": 30, "horizon": "yes", "long": "yes"}),
    # ... until the plan of 2043, less a year to clear: 1 July 2030 to 1 January 2042 is 11.5 years
    "lease ends, plan follows": ([("1A", 2043)], {"lease": ("2030-07-01", None)}, {"free": 17, "term": 11.5, "pessimistic": 11.5, "horizon": "yes", "long": "no"}),
    # reserved from 1 January 2040: 13 years
    # the last day is free: from 1 January 2027 that is 15 years, and 2039-12-31 makes 13
    "reserved from the day after the term": ([], {"lease": (None, "2041-12-31")}, {"free": 100, "term": 15, "pessimistic": 15, "horizon": "yes", "long": "yes"}),
    "reserved": ([], {"lease": (None, "2039-12-31")}, {"free": 100, "term": 13, "pessimistic": 13, "horizon": "yes", "long": "no"}),
    "let until after the reservation": ([], {"lease": ("2035-01-01", "2034-01-01")}, {"free": 100, "term": 0, "pessimistic": 0, "horizon": "yes", "long": "no"}),
    # the toy regime allows 10 years up to and including 31 December 2023
    "the last day of the old regime": ([], {"as_of": "2023-12-31"}, {"free": 100, "term": 10, "pessimistic": 10, "horizon": "yes", "long": "no"}),
    "the first day of the new one": ([], {"as_of": "2024-01-01"}, {"free": 100, "term": 30, "pessimistic": 30, "horizon": "yes", "long": "yes"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_on_paper(tmp_path: Path, case: str) -> None:
    plans, circumstances, expected = CASES[case]
    found = row(tmp_path, plans, **circumstances)
    for measure, years in (
        ("hard_plan_free_years", expected["free"]),
        ("term_years", expected["term"]),
        ("pessimistic_term_years", expected["pessimistic"]),
    ):
        known = np.nan if years is None else years
        assert found[measure] == pytest.approx(known, nan_ok=True)
    assert (found["verdict_hard_plan"], found["verdict_term"]) == (
        expected["horizon"],
        expected["long"],
    )
    assert pd.isna(found["term_end"]) == (not expected["term"])


@pytest.mark.parametrize("years", [10, 15, 20])
def test_other_terms_may_be_asked(tmp_path: Path, years: int) -> None:
    # the plan of 2043 leaves 15 years
    verdict = row(tmp_path, [("1A", 2043)], placement={"required_years": years})["verdict_term"]
    assert verdict == ("yes" if years <= 15 else "no")


def test_yearly_phasing(tmp_path: Path) -> None:
    phases = [
        {"field": f"woningen_{year}", "start_year": year, "end_year": year}
        for year in (2035, 2031, 2033)
    ]
    layer = {"fields": ["plan", "status", *(phase["field"] for phase in phases)]}
    ruleset = with_changes(
        load_ruleset(RULESET),
        {"layers": {"plannen": layer}, "plans": {"start_year_field": "none", "phases": phases}},
    )
    rows = frame(
        [PARCEL],
        plan=["a"],
        status=["1A"],
        woningen_2031=[0],
        woningen_2033=[12],
        woningen_2035=[30],
    )
    town = assess(
        toy_study(
            tmp_path, ruleset=ruleset, parcels=parcels().iloc[:1], layers={"plannen": rows}
        ).question,
        "A",
    )
    assert town.parcels["hard_plan_free_years"].item() == 7  # the first year with homes is 2033
    nothing = rows.assign(woningen_2033=0, woningen_2035=None)
    town = assess(
        toy_study(
            tmp_path, ruleset=ruleset, parcels=parcels().iloc[:1], layers={"plannen": nothing}
        ).question,
        "A",
    )
    assert with_rule_columns(town)["verdict_hard_plan"].item() == "unknown"
    assert town.unread_plans == {"hard or soft plan without a start": 1}


def test_a_phase_that_ends_before_it_starts() -> None:
    with pytest.raises(RulesetError, match="phase 'a' ends in 2030, before it starts in 2035"):
        with_changes(
            load_ruleset(RULESET),
            {"plans": {"phases": [{"field": "a", "start_year": 2035, "end_year": 2030}]}},
        )


def test_bridging_excludes_by_the_length_of_the_bridge_alone() -> None:
    usual, bridging = load_ruleset("flexwonen-nl"), load_ruleset("flexwonen-nl-bridging")
    assert usual.excludes(usual.rules["hard_plan_within_horizon"])
    assert not bridging.excludes(bridging.rules["hard_plan_within_horizon"])
    assert not bridging.excludes(bridging.rules["term_long_enough"])
    assert bridging.excludes(bridging.rules["bridge_long_enough"])


def test_a_plan_at_the_edge_of_a_parcel_does_not_count(tmp_path: Path) -> None:
    plans = frame([box(0, 98, 100, 300)], plan=["buren"], status=["1A"], start=[2027])
    ruleset = with_changes(load_ruleset(RULESET), {"layers": {"plannen": {"precision_m": 5}}})
    town = assess(toy_study(tmp_path, ruleset=ruleset, layers={"plannen": plans}).question, "A")
    verdicts = with_rule_columns(town).set_index("parcel_id")["verdict_hard_plan"]
    assert verdicts[["P01", "P05"]].tolist() == ["yes", "no"]


dates = st.dates(
    min_value=pd.Timestamp("1950-01-01").date(), max_value=pd.Timestamp("2150-12-31").date()
).map(np.datetime64)


@given(dates, st.integers(0, 60))
def test_whole_years_are_exact(start: np.datetime64, years: int) -> None:
    end = plus_years(np.array([start]), float(years))
    if str(start)[5:] != "02-29":
        assert years_between(np.array([start]), end)[0] == years
        assert str(end[0])[5:] == str(start)[5:]


@given(dates, dates, dates)
def test_years_grow_with_the_end(
    start: np.datetime64, one: np.datetime64, other: np.datetime64
) -> None:
    first, last = min(one, other), max(one, other)
    assert (
        years_between(np.array([start]), np.array([first]))[0]
        <= years_between(np.array([start]), np.array([last]))[0]
    )
