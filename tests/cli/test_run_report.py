"""What a run prints at its end: its doubts, and the table."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from flexruimte.batch import BatchReport, MunicipalityRun
from flexruimte.cli.run_report import doubts, table_of

CLASSES = {"shortlist": {"locations": 5, "homes": 616}, "later": {"locations": 9, "homes": 80}}


def entry(code: str, **said: Any) -> MunicipalityRun:
    found = {"ranked": 20, "ranked_known_share": 0.9, "sharing_a_score": 2, **said}
    return MunicipalityRun(code, f"Place {code}", code, "done", "f", "2026", **found)


def report(*entries: MunicipalityRun) -> BatchReport:
    return BatchReport("out", list(entries), [each.code for each in entries], 1)


def printed(*entries: MunicipalityRun) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(table_of(report(*entries)))
    return console.file.getvalue()


def test_a_run_of_which_much_is_known_has_no_doubts() -> None:
    assert doubts(report(entry("A"), entry("B", ranked=0, ranked_known_share=None))) == []


def test_little_known_is_said_of_the_first_three() -> None:
    few = [entry(code, ranked_known_share=0.09) for code in "ABCD"]
    (line,) = doubts(report(*few, entry("E", ranked_known_share=0.5)))
    assert line.startswith("with few layers this is no ranking yet")
    assert "Place A (A) 9%, Place B (B) 9%, Place C (C) 9% and 1 more" in line


def test_many_that_share_a_score_are_said() -> None:
    # more than a quarter of 20; of four or fewer nobody needs telling
    (line,) = doubts(
        report(
            entry("A", sharing_a_score=6),
            entry("B", sharing_a_score=5),
            entry("C", ranked=4, sharing_a_score=4),
        )
    )
    assert "one score: Place A (A) 6 of 20;" in line


def test_a_class_that_nothing_can_be_in_is_said_with_the_rules() -> None:
    (line,) = doubts(report(entry("A", priorities=CLASSES, never_answered=["owner_public"])))
    assert line == (
        "nothing can be in 'shortlist' in Place A (A): it asks a yes of owner_public, "
        "and nothing is known of that"
    )


def test_the_table_has_locations_and_homes_by_class() -> None:
    text = printed(entry("A", priorities=CLASSES, counts={"unknown": 1, "excluded": 2070}))
    for part in ("shortlist", "5 (616)", "later", "9 (80)", "2070", "locations (homes)"):
        assert part in text
    assert "talk" not in text
    assert "attention" not in text


def test_without_classes_the_table_is_by_status() -> None:
    text = printed(entry("A", counts={"available": 3, "attention": 4}, homes=77))
    assert "attention" in text
    assert "77" in text
    assert "locations (homes)" not in text


def test_what_failed_and_what_is_empty() -> None:
    failed = MunicipalityRun("A", "Place A", "A", "failed", "f", "2026")
    empty = MunicipalityRun("B", "Place B", "B", "empty", "f", "2026")
    text = printed(failed, empty, entry("C", priorities=CLASSES))
    assert "failed" in text
    assert "Place B" not in text
