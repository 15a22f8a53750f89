"""A table for a terminal: at any width it wraps at blanks and stays within it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from flexruimte.wording.plain_table import PlainTable

HEADINGS = ["regel", "komt vrij", "locaties", ""]
ROWS = [
    ["Geen lengtebeperking in de buurt die een module tegenhoudt", "1.188,4", "12", ""],
    ["Natura 2000", "0,1\n+2,9", "1", " "],
]


def printed(table: PlainTable, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [120, 60, 44, 40])
def test_no_word_breaks_where_the_longest_fit_beside_each_other(width: int) -> None:
    # lengtebeperking 15, 1.188,4 7, locaties 8: 30, and two blanks at least
    lines = printed(PlainTable(HEADINGS, ROWS), width)
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    for row in [HEADINGS, *ROWS]:
        assert all(word in words for cell in row for word in cell.split())


def test_where_they_do_not_fit_rows_stand_below_each_other() -> None:
    # 30 for the longest words, and a blank between three columns: 32 is the narrowest table
    assert printed(PlainTable(HEADINGS, ROWS), 32)[0].split() == ["komt"]
    table = PlainTable(HEADINGS, ROWS, caption="ha")
    lines = printed(table, 31)
    assert [line.strip() for line in lines] == [
        "Geen lengtebeperking in de",
        "buurt die een module tegenhoudt",
        "komt vrij: 1.188,4",
        "locaties: 12",
        "Natura 2000",
        "komt vrij: 0,1; +2,9",
        "locaties: 1",
        "ha",
    ]
    assert max(map(len, printed(table, 20))) <= 20


def test_a_column_in_which_nothing_stands_is_left_out_but_never_the_first() -> None:
    table = PlainTable(["a", "b", "c"], [["", "", "1"], ["", "", "2"]])
    assert printed(table, 40)[0].split() == ["a", "c"]


def test_numbers_stand_at_the_right_and_texts_at_the_left() -> None:
    lines = printed(PlainTable(["wat", "n"], [["een", "1"], ["twee", "1.000"]]), 40)
    assert [line.rstrip() for line in lines] == [
        "wat       n",
        "───────────",
        "een       1",
        "twee  1.000",
    ]


def test_a_total_stands_apart_and_brackets_have_no_meaning() -> None:
    rows = [["[red]a[/red]", "1"], [Text("samen", style="bold"), "1"]]
    lines = printed(PlainTable(["wat", "n"], rows, total=True, caption="[b]ha"), 40)
    assert lines[2].startswith("[red]a[/red]")
    assert lines[3].strip() == ""
    assert lines[4].startswith("samen")
    assert lines[-1] == "[b]ha"


def test_lines_of_a_narrow_cell_are_told_apart_and_a_sentence_ends_once() -> None:
    long = "w" * 15
    rows: list[list[str]] = [[long, f"It ended.\n{long}\n{long}"]]
    told = "".join("".join(printed(PlainTable(["rule", "said"], rows), 20)).split())
    assert f"said:Itended.{long};{long}" in told
