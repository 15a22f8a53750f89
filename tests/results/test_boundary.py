"""The boundary of a municipality beside its results."""

from __future__ import annotations

from pathlib import Path

import shapely

from flexruimte.results.boundary import drawn_boundary, read_boundary, write_boundary

ISLANDS = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)])


def test_it_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write_boundary(ISLANDS, tmp_path / ".boundary.wkb")
    assert read_boundary(tmp_path / ".boundary.wkb") == ISLANDS


def test_none_is_read_back_as_none(tmp_path: Path) -> None:
    write_boundary(None, tmp_path / ".boundary.wkb")
    assert read_boundary(tmp_path / ".boundary.wkb") is None


def test_a_file_that_is_not_there_or_damaged_is_no_boundary(tmp_path: Path) -> None:
    assert read_boundary(tmp_path / "nothing") is None
    (tmp_path / "damaged").write_bytes(b"not a shape")
    assert read_boundary(tmp_path / "damaged") is None


def test_what_no_drawing_shows_is_left_out() -> None:
    circle = shapely.Point(0, 0).buffer(1000, quad_segs=1000)
    drawn = drawn_boundary(circle)
    assert shapely.get_num_coordinates(drawn) < 100
    assert shapely.hausdorff_distance(drawn, circle) <= 5
