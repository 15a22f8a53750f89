"""What a spreadsheet would run stands in no cell; numbers stay numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.results.csv_table import inert, write_csv

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\x1b", "\x7f")


@pytest.mark.parametrize("start", [*RUNS, " =", "\ufeff=", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_gets_an_apostrophe(start: str) -> None:
    assert inert(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["P01", "", "a=1", "3 - 4", "-12", "-1.5", "-1,5", "-1e-7", "a;b"])
def test_other_texts_stay(text: str) -> None:
    assert inert(text) == text


@given(st.text())
def test_no_cell_runs_whatever_stands_between_cells(text: str) -> None:
    """A Dutch spreadsheet takes a semicolon as the border of a cell, another a tab."""
    safe = inert(text)
    for cell in [safe, *safe.split(";"), *safe.split("\t")]:
        assert cell == text or not cell.lstrip(" \ufeff").startswith(("=", "+", "@"))
    # nothing but apostrophes was added
    assert safe.replace("'", "") == text.replace("'", "")


def test_numbers_dates_and_nulls_are_written_as_they_are(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "=id": ["=1+1", "-2", None],
            "margin_m": [-1.5, 2.0, None],
            "homes": pd.array([-1, 2, None], dtype="Int64"),
            "end": pd.to_datetime(["2030-12-31", None, "2031-01-01"]),
        }
    )
    write_csv(table, tmp_path / "a.csv")
    rows = list(csv.reader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [
        ["'=id", "margin_m", "homes", "end"],
        ["'=1+1", "-1.5", "-1", "2030-12-31"],
        ["-2", "2.0", "2", ""],
        ["", "", "", "2031-01-01"],
    ]


def test_what_a_terminal_would_obey_is_shown(tmp_path: Path) -> None:
    names = pd.DataFrame({"na\x1b[31mam": ["=cmd \x1b[31mrood", "a\nb", "Súd\u202e"]})
    write_csv(names, tmp_path / "a.csv")
    written = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert written == "na\\x1b[31mam\n'=cmd \\x1b[31mrood\na\\nb\nSúd\\u202e\n"
