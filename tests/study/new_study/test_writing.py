"""A new study appears whole, and never over another one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flexruimte.errors import OutputError
from flexruimte.rules.study_file import read_study_file
from flexruimte.study.new_study.writing import write_study
from study.new_study.test_draft import DRAFT


def test_the_study_and_the_tables_to_fill_in(tmp_path: Path) -> None:
    folder = tmp_path / "a b" / "delft"
    written = write_study(
        replace(DRAFT, to_fill={"eigendom": ["parcel_id", "owner_class"]}), folder
    )
    assert written == [folder / "to_fill" / "eigendom.csv", folder / "study.toml"]
    assert written[0].read_text() == "parcel_id;owner_class\n"
    assert read_study_file(written[1]).study.gemeenten == ["GM0060"]
    assert sorted(path.name for path in folder.rglob("*")) == [
        "eigendom.csv",
        "study.toml",
        "to_fill",
    ]


def test_a_study_that_is_there_stays(tmp_path: Path) -> None:
    write_study(DRAFT, tmp_path)
    before = (tmp_path / "study.toml").read_bytes()
    with pytest.raises(
        OutputError, match=r"study.toml is there already, of GM0060, .*another folder"
    ):
        write_study(replace(DRAFT, name="Other"), tmp_path)
    assert (tmp_path / "study.toml").read_bytes() == before


def test_a_file_of_another_kind_is_not_written_over_either(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("no toml [", encoding="utf-8")
    with pytest.raises(OutputError, match="is there already; choose another folder"):
        write_study(DRAFT, tmp_path)


def test_a_table_that_was_filled_in_stays(tmp_path: Path) -> None:
    table = tmp_path / "to_fill" / "eigendom.csv"
    table.parent.mkdir()
    table.write_text("parcel_id;owner_class\nP1;gemeente\n", encoding="utf-8")
    written = write_study(replace(DRAFT, to_fill={"eigendom": ["parcel_id"]}), tmp_path)
    assert written == [tmp_path / "study.toml"]
    assert "P1" in table.read_text()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be made a folder"):
        write_study(DRAFT, tmp_path / "file" / "delft")
