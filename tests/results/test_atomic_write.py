"""Files that appear whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flexruimte.errors import OutputError
from flexruimte.results.atomic_write import atomic_write, is_partial, remove_leftovers


def test_a_file_appears_at_the_end_and_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    path.write_text("before")
    with atomic_write(path) as partial:
        partial.write_text("after")
        assert path.read_text() == "before"
        assert partial.parent == path.parent
        assert partial.suffix == ".gpkg"  # GDAL goes by it
        assert is_partial(partial)
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]
    assert not is_partial(path)


def write_half(partial: Path, fault: BaseException) -> None:
    partial.write_text("half")
    partial.with_name(f"{partial.name}-journal").write_text("SQLite keeps one")
    raise fault


@pytest.mark.parametrize("fault", [ValueError("a fault"), KeyboardInterrupt()])
def test_what_goes_wrong_leaves_things_as_they_were(tmp_path: Path, fault: BaseException) -> None:
    path = tmp_path / "a.gpkg"
    path.write_text("before")
    with pytest.raises(type(fault)), atomic_write(path) as partial:
        write_half(partial, fault)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a") as one, atomic_write(tmp_path / "a") as other:
        assert one != other
        one.write_text("one")
        other.write_text("other")
    assert (tmp_path / "a").read_text() == "one"  # whose block ends last


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(
            OutputError, match=r"a\.csv cannot be written: there is no folder .*gone; make it"
        ),
        atomic_write(tmp_path / "gone" / "a.csv"),
    ):
        raise AssertionError("there is nothing to write to")


def test_an_error_of_the_system_names_the_file_and_not_the_partial_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with (
        pytest.raises(
            OutputError, match=r"a\.csv cannot be written: No space left on device; check"
        ) as caught,
        atomic_write(path) as partial,
    ):
        write_half(partial, OSError(28, os.strerror(28)))
    assert ".partial" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_nothing_written_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"a\.csv cannot be written"),
        atomic_write(tmp_path / "a.csv"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_a_run_that_was_killed_are_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".partial-1-ab-a.gpkg", ".partial-1-ab-a.gpkg-journal", "a.gpkg", ".survey.arrow"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".survey.arrow", "a.gpkg"]
