"""The hectares that a run prints at its end."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from command_line import run
from flexruimte.batch import BatchReport, MunicipalityRun
from flexruimte.cli.funnel_report import funnel_tables
from flexruimte.cli.titles import Titles
from flexruimte.rules.files import load_ruleset
from flexruimte.wording.messages import Language

STEPS = ["use", "restriction", "plan", "available"]


def rows(code: str, available: float, unknown: float = 0.0) -> list[dict[str, object]]:
    found = []
    for group, owner in (("all", "all"), ("all", "gemeente"), ("students", "all")):
        row: dict[str, object] = {"gemeente_code": code, "state": "done", "hectares": 100.0}
        row |= {"target_group": group, "owner_class": owner, "conditions_not_assessed": ""}
        for step in STEPS:
            row |= {f"{step}_hectares": available, f"{step}_unknown_hectares": unknown}
        suits = 1.0 if group == "students" else 2.0
        row |= {"suitable_hectares": suits, "suitable_unknown_hectares": 0.0}
        found.append(row)
    return found


def entry(code: str, state: str = "done") -> MunicipalityRun:
    return MunicipalityRun(code, f"Place {code}", code, state, "f", "2026")


def printed(
    table: pd.DataFrame, *entries: MunicipalityRun, language: Language = "en", width: int = 120
) -> str:
    console = Console(file=io.StringIO(), width=width)
    titles = Titles(load_ruleset("flexwonen-nl"), language)
    report = BatchReport("out", list(entries), [], 1)
    for each in funnel_tables(report, table, titles):
        console.print(each)
    return console.file.getvalue()


def test_together_counts_what_is_done_and_names_the_rest() -> None:
    failed = {"gemeente_code": "C", "state": "failed", "target_group": "all", "owner_class": "all"}
    failed["conditions_not_assessed"] = ""
    table = pd.DataFrame([*rows("A", 10.0, 3.0), *rows("B", 20.0), failed])
    text = printed(table, entry("A"), entry("B"), entry("C", "failed"))
    # 10 + 20 surely and 3 perhaps, of 200; C has no number, and is named
    together = text.split("together")[1].split("\n\n")[0]
    assert re.findall(r"[\d.]+", together.splitlines()[0]) == ["200.0", *["30.0"] * 4, "4.0"]
    assert "+3.0" in together
    assert "not counted: Place C (C)" in " ".join(text.split())
    assert "nan" not in text


def test_groups_and_owners_are_those_of_all_together() -> None:
    table = pd.DataFrame([*rows("A", 10.0), *rows("B", 20.0)])
    text = printed(table, entry("A"), entry("B"))
    (students,) = [line for line in text.splitlines() if "Students" in line]
    assert re.findall(r"[\d.]+", students) == ["30.0", "2.0"]
    (owner,) = [line for line in text.splitlines() if "the municipality" in line]
    assert re.findall(r"[\d.]+", owner) == ["200.0", *["30.0"] * 4, "4.0"]


def test_what_nobody_looked_at_is_left_out() -> None:
    table = pd.DataFrame([*rows("A", 10.0), *rows("B", 20.0)])
    table = table.assign(
        plan_hectares=None, plan_unknown_hectares=None, conditions_not_assessed="plan;term"
    )
    text = printed(table, entry("A"), entry("B"))
    (town,) = [line for line in text.splitlines() if "Place A" in line]
    assert re.findall(r"[\d.]+|left out", town) == [
        "100.0",
        "10.0",
        "10.0",
        "left out",
        "10.0",
        "2.0",
    ]


def test_only_what_the_run_was_asked_for_is_printed() -> None:
    table = pd.DataFrame([*rows("A", 10.0), *rows("B", 20.0)])
    text = printed(table, entry("A"))
    assert "Place A" in text
    assert "together" not in text
    assert "20.0" not in text


def test_nothing_is_printed_where_nothing_is_done() -> None:
    failed = {"gemeente_code": "A", "state": "failed", "target_group": "all", "owner_class": "all"}
    assert printed(pd.DataFrame([failed]), entry("A", "failed")) == ""


def test_a_run_prints_them(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", study, "--gemeente", "A", "--out", tmp_path) == 0
    text = capsys.readouterr().out
    # tests/results/test_funnel.py
    (town,) = [line for line in text.splitlines() if "Aadorp" in line and "12.0" in line]
    assert re.findall(r"\d+\.\d", town) == ["12.0", "9.9", "8.0", "6.1", "5.2"]
    assert "municipalities.csv" in text


def test_in_dutch_at_80_columns_no_word_breaks() -> None:
    table = pd.DataFrame([*rows("A", 1188.4, 51.9), *rows("B", 20.0)])
    text = printed(table, entry("A"), entry("B"), language="nl", width=80)
    assert max(map(len, text.splitlines())) <= 80
    words = set(text.split())
    for said in ("extensief gebruik", "geen beperking", "beschikbaar", "geschikt", "samen"):
        assert set(said.split()) <= words
    assert {"1.188,4", "1.208,4", "Studenten,", "gemeente", "20,0"} <= words
    assert not words & {"students", "gemeente_code", "1188.4"}
