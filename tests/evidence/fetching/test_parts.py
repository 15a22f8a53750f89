"""Parts are whole or not there, whatever ends the process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from flexruimte import OutputError
from flexruimte.evidence.fetching.parts import Parts, move


def batch(*values: int | None, kind: pa.DataType | None = None) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"a": pa.array(values, kind)})


def test_a_part_is_there_when_its_last_row_is(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "question")

    def rows() -> Iterator[pa.RecordBatch]:
        yield batch(1, 2)
        assert not parts.has("0")
        yield batch(3)

    parts.keep("0", rows())
    assert [table.column("a").to_pylist() for table in parts.tables("0")] == [[1, 2, 3]]
    assert sorted(path.name for path in parts.folder.iterdir()) == ["0", "question.json"]


def test_rows_of_another_type_make_another_file(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "question")
    parts.keep("0", [batch(None), batch(None), batch(3)])
    assert [table.column("a").to_pylist() for table in parts.tables("0")] == [[None, None], [3]]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "question")

    def rows() -> Iterator[pa.RecordBatch]:
        yield batch(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        parts.keep("0", rows())
    assert [path.name for path in parts.folder.iterdir()] == ["question.json"]


def test_what_was_cut_off_is_removed_and_what_was_whole_stays(tmp_path: Path) -> None:
    first = Parts(tmp_path / "p", "question")
    first.keep("0", [batch(1)])
    first.note_divided("1")
    (first.folder / ".building-2").mkdir()
    (first.folder / ".building-2" / "000000.arrow").write_bytes(b"half")
    (first.folder / ".building-whole.gpkg").write_bytes(b"half")
    again = Parts(tmp_path / "p", "question")
    assert again.has("0")
    assert again.is_divided("1")
    assert sorted(path.name for path in again.folder.iterdir()) == [
        "0",
        "1.divided",
        "question.json",
    ]


def test_what_answers_another_question_is_removed(tmp_path: Path) -> None:
    Parts(tmp_path / "p", "question").keep("0", [batch(1)])
    assert not Parts(tmp_path / "p", "another").has("0")


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Parts(tmp_path / "p", "question")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.ipc.new_file", full)
    with pytest.raises(
        OutputError, match=r"cannot be written: No space left on device; check the disk"
    ):
        parts.keep("0", [batch(1)])
    assert not parts.has("0")


def test_a_file_takes_its_place_in_one_step(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new")
    target = tmp_path / "folder" / "target"
    move(tmp_path / "new", target)
    assert target.read_text() == "new"
    assert not (tmp_path / "new").exists()
