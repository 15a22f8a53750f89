"""Decisions by people: the last one that is in force on a date, whatever the order of the rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.errors import LayerError
from flexruimte.evidence.decisions import Decisions, load_decisions
from flexruimte.evidence.identifiers import KnownIds
from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import TableSettings
from toy_files import in_memory

ROWS = {
    "parcel_id": ["P1", "P1", "P2", "P3", "P3", "P5"],
    "decision": ["out", "in", " Out ", "in", "out", "in"],
    "reason": ["park", "the park went elsewhere", "school", "one", "two", "later"],
    "date": ["2024-05-01", "2025-01-01", "2025-03-31", "2025-01-31", "2025-02-01", "2026-01-01"],
}
IDS = np.array(["P5", "P4", "P3", "P2", "P1"], dtype=object)


def decisions(rows: dict[str, Any] | pd.DataFrame, **settings: Any) -> Decisions:
    return load_decisions(in_memory("decisions", pd.DataFrame(rows), **settings))


@pytest.mark.parametrize(("as_of", "expected"), [
    # of P5, P4, P3, P2, P1
    ("2024-04-30", [None, None, None, None, None]),
    ("2024-05-01", [None, None, None, None, "out"]),  # the day itself counts
    ("2025-01-01", [None, None, None, None, "in"]),  # the last one counts
    ("2025-02-01", [None, None, "out", None, "in"]),  # of two the later
    ("2025-12-31", [None, None, "out", "out", "in"]),
    ("2026-01-01", ["in", None, "out", "out", "in"]),
])  # fmt: skip
def test_the_last_decision_until_a_date_is_in_force(as_of: str, expected: list[str | None]) -> None:
    found = decisions(ROWS).at(IDS, dt.date.fromisoformat(as_of))
    assert found.decision.tolist() == expected
    assert found.into.tolist() == [decision == "in" for decision in expected]
    assert found.out.tolist() == [decision == "out" for decision in expected]


def test_a_decision_keeps_its_reason_and_date() -> None:
    found = decisions(ROWS).at(IDS, dt.date(2025, 12, 31))
    assert found.reason.tolist() == [None, None, "two", "school", "the park went elsewhere"]
    assert found.date.tolist() == [None, None, "2025-02-01", "2025-03-31", "2025-01-01"]


def test_what_is_not_in_force_yet_is_counted() -> None:
    assert decisions(ROWS).later_than(dt.date(2025, 2, 1)) == 2
    assert decisions(ROWS).later_than(dt.date(2026, 1, 1)) == 0


def test_without_a_table_nothing_was_decided() -> None:
    none = load_decisions(None)
    found = none.at(IDS, dt.date(2026, 1, 1))
    assert found.decision.tolist() == found.reason.tolist() == found.date.tolist() == [None] * 5
    assert not found.into.any()
    assert not found.out.any()
    assert none.later_than(dt.date(1, 1, 1) + dt.timedelta(days=700_000)) == 0


def test_columns_may_have_other_names() -> None:
    rows = {"perceel": [12], "decision": ["in"], "reason": ["x"], "date": [dt.date(2025, 1, 1)]}
    found = decisions(rows, fields={"parcel_id": "perceel"})
    assert found.rows.index.tolist() == ["12"]
    assert found.at(np.array(["12"], dtype=object), dt.date(2025, 1, 1)).into.tolist() == [True]


@pytest.mark.parametrize(("column", "value", "message"), [
    ("parcel_id", None, r"the decision on \(row without parcel\) has no parcel_id"),
    ("decision", "perhaps", r'''the decision on P1 is neither "in" nor "out" \(there is 'perhaps'\)'''),
    ("decision", None, 'the decision on P1 is neither "in" nor "out"'),
    ("reason", None, "the decision on P1 has no reason"),
    ("date", None, "the decision on P1 has no date; write it as 2026-03-31"),
    ("date", "31-03-2026", r"the decision on P1 has no date \(there is '31-03-2026'\); write it as 2026-03-31"),
])  # fmt: skip
def test_a_row_that_says_too_little_is_refused(
    column: str, value: str | None, message: str
) -> None:
    rows = {name: list(values) for name, values in ROWS.items()}
    rows[column][0] = value
    remedy = "correct row 1 below the header, or remove what is no decision"
    with pytest.raises(LayerError, match=f"^decisions .*: {message}; {remedy}"):
        decisions(rows)


def test_all_that_is_wrong_is_told_at_once_with_its_rows() -> None:
    rows = pd.DataFrame(ROWS)
    rows.loc[1, "reason"] = " "
    rows.loc[6] = ["Totaal 6 besluiten", None, "x", "2025-01-01"]
    with pytest.raises(LayerError) as told:
        decisions(rows)
    assert 'the decision on Totaal 6 besluiten is neither "in" nor "out"' in str(told.value)
    assert "the decision on P1 has no reason; correct row 2, 7 below" in str(told.value)


@pytest.mark.parametrize("column", ROWS)
def test_a_table_without_a_column_is_refused(column: str) -> None:
    with pytest.raises(LayerError, match=f"has no column '{column}'"):
        decisions({name: values for name, values in ROWS.items() if name != column})


NEW_YEAR = dt.date(2026, 1, 1)


def decided(rows: list[tuple[Any, str, str, Any]], **settings: Any) -> Decisions:
    return decisions(pd.DataFrame(rows, columns=list(ROWS)), **settings)


def known(*ids: str) -> KnownIds:
    return KnownIds(pd.Index(ids, dtype=object))


def words(made: Decisions, *ids: str) -> list[str | None]:
    parcels = known(*ids)
    wanted = parcels.ids.to_numpy()
    return list(made.on(wanted, lambda: parcels).at(wanted, NEW_YEAR).decision)


@pytest.mark.parametrize("written", ["P4", "P4 ", "\tP4"])
def test_blanks_do_not_lose_a_decision(written: str) -> None:
    assert words(decided([(written, "Out ", "park", "2025-05-01")]), "P3", "P4") == [None, "out"]


@pytest.mark.parametrize(
    ("written", "parcel"), [(4.0, "4"), (4, "0004"), ("0004", "4"), ("4.0", "04")]
)
def test_numbers_meet_however_they_are_written(written: Any, parcel: str) -> None:
    made = decided([(written, "out", "park", "2025-05-01")])
    assert words(made, parcel, "5") == ["out", None]
    assert made.unmet(known(parcel, "5")).count == 0


@pytest.mark.parametrize(
    "date",
    [
        "2026-01-01",
        "2026-01-01T23:59:59",
        "2026-01-01T09:00:00+01:00",
        pd.Timestamp("2026-01-01 12:00"),
        dt.date(2026, 1, 1),
        dt.datetime(2026, 1, 1, 18),
    ],
)
def test_a_decision_holds_on_the_day_of_the_study(date: Any) -> None:
    assert words(decided([("P", "out", "park", date)]), "P") == ["out"]


def test_of_two_days_the_later_counts_and_later_ones_wait() -> None:
    rows = [
        ("P", "in", "a", "2025-01-01"),
        ("P", "out", "b", "2025-06-01"),
        ("P", "in", "c", "2026-01-02"),
    ]
    for order in (rows, rows[::-1]):
        made = decided(order)
        assert words(made, "P") == ["out"]
        assert made.later_than(NEW_YEAR) == 1


def test_in_and_out_on_one_day_is_refused_by_name() -> None:
    rows = [("P", "in", "a", "2025-01-01"), ("P ", "out", "b", "2025-01-01T12:00")]
    for order in (rows, rows[::-1]):
        with pytest.raises(
            LayerError, match=r'both "in" and "out" .* parcel P on 2025-01-01; keep'
        ):
            decided(order)


def test_the_same_on_one_day_is_told_in_one_way() -> None:
    rows = [("P", "out", "b", "2025-01-01"), ("P", "out", "a", "2025-01-01")]
    told = [decided(order).rows.to_csv() for order in (rows, rows[::-1])]
    assert told[0] == told[1]


def test_a_decision_on_nothing_is_an_error_that_names_it() -> None:
    made = decided([("P77", "out", "typo", "2025-01-01"), ("P1", "out", "x", "2025-01-01")])
    with pytest.raises(
        LayerError, match=r"1 decisions are on a parcel .*: P77; did you mean 'P7'\?.*unknown_ids"
    ):
        made.unmet(known("P1", "P7"))
    national = decided([("P77", "out", "elsewhere", "2025-01-01")], unknown_ids="ignore")
    assert national.unmet(known("P1")).count == 1


def test_fixed_values_and_filters_work_for_decisions(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(
        "perceel;besluit;dag\nP;out;2025-01-01\nQ;concept;2025-01-01\n;;\n"
    )
    settings = TableSettings(
        source="d.csv",
        fields={"parcel_id": "perceel", "decision": "besluit", "date": "dag"},
        constants={"reason": "raad"},
        where="besluit <> 'concept' OR besluit IS NULL",
    )
    made = load_decisions(open_source("decisions", settings, tmp_path, geometry="table"))
    assert made.rows.reset_index().astype(str).to_numpy().tolist() == [
        ["P", "out", "raad", "2025-01-01"]
    ]


def test_a_filter_that_keeps_no_decision_is_refused() -> None:
    with pytest.raises(LayerError, match=r"where = .* keeps no decision"):
        decisions(
            {"parcel_id": ["P"], "decision": ["out"], "reason": ["a"], "date": ["2025-01-01"]},
            where="decision = 'uit'",
        )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((" ", "out", "a", "2025-01-01"), "has no parcel_id"),
        (("P", "maybe", "a", "2025-01-01"), "is neither"),
        (("P", "out", " ", "2025-01-01"), "has no reason"),
        (("P", "out", "a", "1-5-2025"), "has no date"),
        (("P", "out", "a", "0225-05-01"), "cannot be meant"),
        (("P", "out", "a", "9999-12-31"), "cannot be meant"),
    ],
)
def test_an_incomplete_decision_is_refused(row: tuple[str, str, str, str], problem: str) -> None:
    with pytest.raises(
        LayerError, match=rf"^decisions \(in memory\): the decision on .* {problem}"
    ):
        decided([row])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "P01,nee,x,2025-01-01",
            """the decision on P01 is neither "in" nor "out" (there is 'nee')""",
        ),
        ("P01,,x,2025-01-01", 'the decision on P01 is neither "in" nor "out"'),
        (
            "P01,out,x,1-1-2026",
            "the decision on P01 has no date (there is '1-1-2026'); write it as",
        ),
        ("P01,out,x,", "the decision on P01 has no date; write it as 2026-03-31"),
        ("P01,out,x,0226-01-01", "cannot be meant (there is '0226-01-01'); write it as 2026-03-31"),
    ],
)
def test_an_error_says_what_is_written(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(f"parcel_id,decision,reason,date\n{row}\n")
    with pytest.raises(LayerError) as told:
        load_decisions(
            open_source("decisions", TableSettings(source="a.csv"), tmp_path, geometry="table")
        )
    assert said in str(told.value)
