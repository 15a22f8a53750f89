"""Polygons as paths: by hand, and read back against the shapes themselves."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.views.report.shapes import Frame, frame_around, path_of, scale_bar


def drawn(path: str) -> list[shapely.Polygon]:
    """The rings of a path, by the rules of SVG: M, z, and steps by l, h and v."""
    rings, here = [], (0, 0)
    points: list[tuple[int, int]] = []
    for letter, rest in re.findall(r"([Mlhvz])([-\d ]*)", path):
        numbers = [int(number) for number in rest.split()]
        if letter == "z":
            # two points are no ring; what is smaller than a step is a point
            rings += [shapely.Polygon(points)] if len(points) > 2 else []
            continue
        if letter == "M":
            points, here = [], (numbers[0], numbers[1])
        else:
            steps = {"l": numbers, "h": [*numbers, 0], "v": [0, *numbers]}[letter]
            here = (here[0] + steps[0], here[1] + steps[1])
        points.append(here)
    return rings


SQUARE = Frame(left=0.0, top=100.0, steps_per_m=10.0, width=1000, height=1000)


def test_a_square_with_a_hole_and_a_second_part() -> None:
    hole = shapely.Polygon(
        shapely.box(0, 0, 50, 50).exterior, [shapely.box(10, 10, 20, 20).exterior]
    )
    shapes = np.array([shapely.MultiPolygon([hole, shapely.box(60, 60, 70, 70)])], dtype=object)
    # y grows downwards: the lower left corner of the hole lies 10 m up, at 1000 - 100
    assert sorted(shapely.area(drawn(path_of(shapes, SQUARE)))) == [100 * 100, 100 * 100, 500 * 500]
    assert path_of(np.array([shapely.box(60, 60, 70, 70)]), SQUARE) == "M700 400v-100h-100v100z"


@pytest.mark.parametrize(
    "shape", [None, shapely.Polygon(), shapely.Point(1, 1), shapely.GeometryCollection()]
)
def test_what_is_no_polygon_is_passed_over(shape: shapely.Geometry | None) -> None:
    assert path_of(np.array([shape], dtype=object), SQUARE) == ""
    box = np.array([shape, shapely.box(0, 0, 100, 100)], dtype=object)
    assert path_of(box, SQUARE) == "M1000 1000v-1000h-1000v1000z"


@given(
    st.lists(
        st.tuples(st.floats(1, 99), st.floats(1, 99), st.floats(0.5, 30), st.integers(3, 12)),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_drawn_is_the_shape_to_half_a_step(
    circles: list[tuple[float, float, float, int]],
) -> None:
    shapes = np.array(
        [shapely.Point(x, y).buffer(radius, quad_segs=n) for x, y, radius, n in circles],
        dtype=object,
    )
    found = drawn(path_of(shapes, SQUARE))
    assert len(found) == len(shapes)
    for shape, ring in zip(shapes, found, strict=True):
        on_paper = shapely.transform(
            shape, lambda points: np.column_stack([points[:, 0] * 10, 1000 - points[:, 1] * 10])
        )
        assert shapely.hausdorff_distance(on_paper.exterior, ring.exterior) <= 0.75


def test_a_frame_holds_the_land_and_its_margin() -> None:
    frame = frame_around((1000, 2000, 1300, 2100), 600, 400, margin=0.1)
    west, south, east, north = frame.land
    # 300 m take 80 % of 600 steps: 1.6 steps per metre, 375 m across and 250 m up
    assert frame.steps_per_m == pytest.approx(1.6)
    assert (east - west, north - south) == pytest.approx((375, 250))
    assert (west + east, south + north) == pytest.approx((2300, 4100))
    assert frame.steps(np.array([[west, north], [east, south]])).tolist() == [[0, 0], [600, 400]]


def test_a_point_is_drawn_with_land_around_it() -> None:
    frame = frame_around((5, 5, 5, 5), 100, 100, margin=0, least_m=50)
    assert frame.land == pytest.approx((-20, -20, 30, 30))


@pytest.mark.parametrize(
    ("metres", "length"),
    [(90, 20), (170, 50), (1000, 200), (9000, 2000), (2, 1), (400_000, 50_000)],
)
def test_a_scale_bar_is_round_and_no_longer_than_three_tenths(metres: float, length: int) -> None:
    frame = frame_around((0, 0, metres, metres), 1000, 1000, margin=0)
    found, steps = scale_bar(frame)
    assert found == length
    assert steps == pytest.approx(1000 * length / metres, abs=0.5)
