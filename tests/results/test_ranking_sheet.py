"""ranking.xlsx: numbers are numbers, dates are dates, ids are texts, and no text is a formula."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from flexruimte import OutputError
from flexruimte.results.csv_table import write_csv
from flexruimte.results.ranking_sheet import write_ranking_sheet

ROWS = pd.DataFrame(
    {
        "gemeente_code": ["GM0001", "GM0001"],
        "rank": [1, 2],
        "parcel_id": ["00120", "=1+1"],
        "score": [78.5, 60.25],
        "suitability_students": [1.5, None],
        "term_start": ["2027-01-01", None],
        "area_m2": [12345.678, 1000.0],
        "homes": [136, None],
        "known_share": [0.983, 1.0],
        "size_class": ["1", "2"],
        "decision_date": ["2026-03-01", None],
    }
)


def test_cells_have_the_type_of_what_they_hold(tmp_path: Path) -> None:
    write_csv(ROWS.astype({"homes": "Int64"}), tmp_path / "ranking.csv")
    write_ranking_sheet(tmp_path / "ranking.csv", tmp_path / "ranking.xlsx")
    assert [name for name, _ in pyogrio.list_layers(tmp_path / "ranking.xlsx")] == ["ranking"]
    with zipfile.ZipFile(tmp_path / "ranking.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    cells = dict(re.findall(r'<c r="([A-Z]+2)"([^>]*)>', sheet))
    texts = {place for place, kind in cells.items() if 't="s"' in kind}
    # code, id, class and the date of a decision, which is a text in the table too
    assert texts == {"A2", "C2", "J2", "K2"}
    values = dict(re.findall(r'<c r="([A-Z]+[23])"[^>]*>\s*<v>([^<]*)</v>', sheet))
    assert [float(values[place]) for place in ("B2", "D2", "E2", "G2", "H2", "I2")] == [
        1,
        78.5,
        1.5,
        12345.678,
        136,
        0.983,
    ]
    assert int(values["F2"]) == 46388  # days from 30 December 1899 to 1 January 2027
    assert "H3" not in values  # what is not known is empty, and not zero
    assert "<t>00120</t>" in strings


def test_without_rows_the_heading_stands(tmp_path: Path) -> None:
    write_csv(ROWS.iloc[:0], tmp_path / "ranking.csv")
    write_ranking_sheet(tmp_path / "ranking.csv", tmp_path / "ranking.xlsx")
    with zipfile.ZipFile(tmp_path / "ranking.xlsx") as book:
        assert "<t>parcel_id</t>" in book.read("xl/sharedStrings.xml").decode()


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"ranking\.csv cannot be read"):
        write_ranking_sheet(tmp_path / "ranking.csv", tmp_path / "ranking.xlsx")
    assert not (tmp_path / "ranking.xlsx").exists()
