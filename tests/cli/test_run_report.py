"""What a run prints at its end: its doubts, and the table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from flexruimte.batch import BatchReport, MunicipalityRun
from flexruimte.cli.run_report import doubts, left_out_line, table_of
from flexruimte.cli.titles import Titles
from flexruimte.rules.files import load_ruleset
from toy_town import toy_study

CLASSES = {"shortlist": {"locations": 5, "homes": 616}, "later": {"locations": 9, "homes": 80}}


TITLES = {language: Titles(load_ruleset("flexwonen-nl"), language) for language in ("nl", "en")}


def entry(code: str, **said: Any) -> MunicipalityRun:
    found = {"ranked": 20, "ranked_known_share": 0.9, "sharing_a_score": 2, **said}
    return MunicipalityRun(code, f"Place {code}", code, "done", "f", "2026", **found)


def report(*entries: MunicipalityRun) -> BatchReport:
    return BatchReport("out", list(entries), [each.code for each in entries], 1)


def printed(*entries: MunicipalityRun, language: str = "en", width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table_of(report(*entries), TITLES[language]))
    return console.file.getvalue()


def test_a_run_of_which_much_is_known_has_no_doubts() -> None:
    assert (
        doubts(report(entry("A"), entry("B", ranked=0, ranked_known_share=None)), TITLES["en"])
        == []
    )


def test_little_known_is_said_of_the_first_three() -> None:
    few = [entry(code, ranked_known_share=0.09) for code in "ABCD"]
    (line,) = doubts(report(*few, entry("E", ranked_known_share=0.5)), TITLES["en"])
    assert line.startswith("with few layers this is no ranking yet")
    assert "Place A (A) 9%, Place B (B) 9%, Place C (C) 9% and 1 more" in line


def test_many_that_share_a_score_are_said() -> None:
    # more than a quarter of 20; of four or fewer nobody needs telling
    (line,) = doubts(
        report(
            entry("A", sharing_a_score=6),
            entry("B", sharing_a_score=5),
            entry("C", ranked=4, sharing_a_score=4),
        ),
        TITLES["en"],
    )
    assert "one score: Place A (A) 6 of 20;" in line


def test_every_class_that_nothing_can_be_in_is_said_with_the_rules() -> None:
    # without addresses neither the first class nor the second can be reached; the last asks nothing
    towns = [
        entry("A", unreachable={"shortlist": ["dwellings", "owner_public"], "talk": ["dwellings"]}),
        entry("B", unreachable={"talk": ["dwellings"]}),
    ]
    first, second = doubts(report(*towns), TITLES["en"])
    assert first.startswith("nothing can be in 'Can go before the council' in Place A (A): it asks")
    assert "To be talked about first' in Place A (A) and Place B (B)" in second
    (_, dutch) = doubts(report(*towns), TITLES["nl"])
    assert dutch.startswith("niets kan 'Eerst in gesprek' zijn in Place A (A) en Place B (B)")
    assert "dwellings" not in dutch


def test_what_has_no_score_is_not_left_out_of_the_table() -> None:
    # 57 without an answer of an excluding rule, 198 with one and without a score: 255 of which too
    # little is known, and with the 810 that are excluded all 1,065
    counts = {"available": 190, "attention": 8, "unknown": 57, "excluded": 810}
    few = entry("A", ranked=0, without_score=198, counts=counts, priorities=CLASSES)
    row = next(line for line in printed(few).splitlines() if line.startswith("Place A"))
    assert row.split() == ["Place", "A", "(A)", "5", "(616)", "9", "(80)", "255", "810"]
    together = printed(few, entry("B", counts={"unknown": 1, "excluded": 2}, priorities=CLASSES))
    assert "256" in together
    assert "812" in together


def test_what_the_study_leaves_out_is_said_in_its_language(tmp_path: Path) -> None:
    study = toy_study(tmp_path, layers={"eigendom": None}, not_assessed=["eigendom"])
    # the rule public_owner rests on it, and no criterion
    assert left_out_line(study.question) == (
        "bewust niet beoordeeld: Eigendom; wat daarop rust (1 regel of criterium) telt voor geen "
        "enkel perceel mee"
    )
    assert left_out_line(toy_study(tmp_path).question) == ""


def test_municipalities_add_up_to_a_total() -> None:
    """5 + 5 locations, 616 + 616 homes, 12.4 + 0.7 hectares; 9 + 9 and 80 + 80."""
    some = {name: {**found, "hectares": 12.4} for name, found in CLASSES.items()}
    other = {name: {**found, "hectares": 0.7} for name, found in CLASSES.items()}
    text = printed(
        entry("A", priorities=some, counts={"unknown": 1, "excluded": 2070}),
        entry("B", priorities=other, counts={"excluded": 30}),
        MunicipalityRun("C", "Place C", "C", "failed", "f", "2026"),
    )
    total = text[text.index("together") :].splitlines()
    assert total[0].split() == ["together", "10", "(1,232)", "18", "(160)", "1", "2,100"]
    assert total[1].split() == ["13.1", "ha", "13.1", "ha"]
    assert "together" not in printed(entry("A", priorities=some))
    # results of an earlier version do not tell hectares: there is no sum of what is not known
    halves = printed(entry("A", priorities=some), entry("B", priorities=CLASSES))
    assert " ha" not in halves[halves.index("together") :].partition("locations (homes)")[0]


def test_the_table_has_locations_and_homes_by_class() -> None:
    text = printed(entry("A", priorities=CLASSES, counts={"unknown": 1, "excluded": 2070}))
    for part in ("Can go before", "5 (616)", "Other room", "9 (80)", "2,070", "locations (homes)"):
        assert part in text
    assert "talked" not in text
    assert "points of attention" not in text


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


def test_in_dutch_at_80_columns_no_word_breaks() -> None:
    many = {name: {"locations": 17, "homes": 11392} for name in ("shortlist", "talk", "later")}
    counts = {"unknown": 41, "excluded": 12139}
    text = printed(entry("A", priorities=many, counts=counts), language="nl", width=80)
    assert max(map(len, text.splitlines())) <= 80
    words = set(text.split())
    for said in ("gemeente", "Kan naar de raad", "uitgesloten", "17 (11.392)", "12.139"):
        assert set(said.split()) <= words
    assert "staat" not in words  # nothing stands in that column
