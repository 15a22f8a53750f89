"""What a parcel's row says besides measures, and which rows the table of findings has."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.assessment.land import LandFinding
from flexruimte.assessment.parcel_table import (
    findings_of_rules,
    land_findings_of_sites,
    outcome_columns,
    rules_that_say,
)
from flexruimte.assessment.score import CriterionScores
from flexruimte.assessment.term import Term
from flexruimte.evidence.decisions import load_decisions
from flexruimte.rules.files import load_ruleset
from flexruimte.vocabulary import NO, UNKNOWN, VERDICT_NAMES, YES
from toy_town import RULESET

# -- against a plain loop

RULES = load_ruleset(RULESET)


@given(st.data())
def test_against_a_plain_loop(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 6))
    ids = np.array([f"P{number}" for number in range(count)], dtype=object)
    answers = st.lists(st.sampled_from([NO, UNKNOWN, YES]), min_size=count, max_size=count)
    numbers = st.lists(st.sampled_from([0.0, 12.5, np.nan]), min_size=count, max_size=count)
    flags = st.lists(st.booleans(), min_size=count, max_size=count)
    counts = st.lists(st.integers(0, 3), min_size=count, max_size=count)
    verdicts, land = {}, {}
    for rule in ("nature", "term", "pipeline"):
        verdicts[rule] = np.array(data.draw(answers), dtype=np.int8)
        if rule != "term":
            land[rule] = LandFinding(
                covered_m2=np.array(data.draw(numbers), dtype=float),
                buildable_m2=np.array(data.draw(numbers), dtype=float),
                applies=np.ones(count, dtype=bool),
                edge=np.array(data.draw(flags), dtype=bool),
                nothing_left=np.zeros(count, dtype=bool),
                doubtful=np.zeros(count, dtype=bool),
                feature_count=np.array(data.draw(counts), dtype=int),
                features=pd.array(["f"] * count, dtype="str"),
            )
    found = findings_of_rules(RULES, ids, verdicts, land, {})
    expected = []
    for position, parcel in enumerate(ids):
        for rule, verdict in verdicts.items():
            on_land = land.get(rule)
            covers = on_land is not None and (
                on_land.covered_m2[position] != 0
                or on_land.edge[position]
                or on_land.feature_count[position] > 0
            )
            if verdict[position] != YES or covers:
                expected.append((parcel, rule, VERDICT_NAMES[int(verdict[position])]))
    columns = ["parcel_id", "rule", "verdict"]
    assert list(found[columns].itertuples(index=False, name=None)) == expected
    assert found["feature_count"].isna().tolist() == [rule == "term" for _, rule, _ in expected]


def test_a_site_is_met_by_an_edge_only_where_no_parcel_is_met_by_more() -> None:
    land = {
        "nature": LandFinding(
            covered_m2=np.array([2.0, 3.0, 2.0, 500.0, 0.0, np.nan]),
            buildable_m2=np.array([2.0, 3.0, 2.0, 500.0, 0.0, np.nan]),
            applies=np.ones(6, dtype=bool),
            edge=np.array([True, True, True, False, False, False]),
            nothing_left=np.zeros(6, dtype=bool),
            doubtful=np.zeros(6, dtype=bool),
            feature_count=np.array([1, 1, 1, 1, 0, 0]),
            features=pd.array(["a", "a; b", "c", "d", "", ""], dtype="str"),
        )
    }
    site_of = np.array([0, 0, 1, 1, 2, 2])
    found = land_findings_of_sites(land, {"nature": np.full(3, YES)}, site_of)["nature"]
    assert found.edge.tolist() == [True, False, False]
    np.testing.assert_array_equal(found.covered_m2, [5.0, 502.0, np.nan])
    assert list(found.features) == ["a; b", "c; d", ""]


def verdicts(**answers: list[int]) -> dict[str, np.ndarray]:
    return {rule: np.array(each, dtype=np.int8) for rule, each in answers.items()}


def test_rules_are_listed_by_what_they_say_and_whether_they_exclude() -> None:
    # nature and unbuilt exclude, pessimistic_term is medium, near_nature and public_owner are soft
    said = verdicts(
        nature=[1, -1, 0],
        unbuilt=[1, -1, -1],
        near_nature=[1, -1, 0],
        pessimistic_term=[1, 1, -1],
        public_owner=[1, -1, -1],
    )
    assert rules_that_say(RULES, said, 3) == {
        "reasons": ["", "nature;unbuilt", "unbuilt"],
        "attention": ["", "", "pessimistic_term"],
        "notes": ["", "near_nature;public_owner", "public_owner"],
        "missing": ["", "", "nature;near_nature"],
    }
    nothing = {key: [""] for key in ("reasons", "attention", "notes", "missing")}
    assert rules_that_say(RULES, {}, 1) == nothing


def test_the_share_that_has_an_answer_is_of_all_rules_and_criteria() -> None:
    # 11 rules and 4 criteria; what is left out counts as not known
    assert (len(RULES.enabled_rules), len(RULES.criteria)) == (11, 4)
    said = verdicts(nature=[1, 0], unbuilt=[-1, 0])
    stop, quiet = np.array([50.0, np.nan]), np.array([np.nan, np.nan])
    known = {"stop": stop, "quiet": quiet, "long": np.ones(2), "grid": np.zeros(2)}
    criteria = CriterionScores.of(2, known)
    plans = np.array(["", "snel"], dtype=object)
    term = Term(
        columns=pd.DataFrame(index=range(2)), may_be_lower={}, plans=plans, regimes=plans, unread={}
    )
    none = load_decisions(None).at(np.array(["P1", "P2"], dtype=object), dt.date(2026, 1, 1))
    found = outcome_columns(RULES, said, criteria, term, np.array([0.0, 12.5]), np.zeros(2), none)
    assert found["known_share"].tolist() == [0.3333, 0.1333]  # 5 and 2 of 15
    assert found["taken_m2"].tolist() == [0.0, 12.5]
    assert found["plans"].tolist() == ["", "snel"]
    assert found["reasons"].tolist() == ["unbuilt", ""]
    assert found["decision"].isna().all()


def test_what_a_row_of_findings_says() -> None:
    land = {
        "nature": LandFinding(
            covered_m2=np.array([0.0, 300.0]),
            buildable_m2=np.array([0.0, 300.0]),
            applies=np.ones(2, dtype=bool),
            edge=np.array([False, True]),
            nothing_left=np.zeros(2, dtype=bool),
            doubtful=np.zeros(2, dtype=bool),
            feature_count=np.array([0, 1]),
            features=pd.array(["", "Bos (1)"], dtype="str"),
        )
    }
    ids = np.array(["P1", "P2"], dtype=object)
    found = findings_of_rules(RULES, ids, verdicts(nature=[1, 1], term=[-1, 1]), land, {})
    # of P1 nature says yes and covers nothing; of P2 the term is a plain yes
    assert found[["parcel_id", "rule", "level", "verdict"]].values.tolist() == [
        ["P1", "term", "hard", "no"],
        ["P2", "nature", "very_hard", "yes"],
    ]
    assert found["covered_m2"].isna().tolist() == [True, False]
    assert found.loc[1, ["covered_m2", "edge", "feature_count", "features"]].tolist() == [
        300.0,
        True,
        1,
        "Bos (1)",
    ]
