"""Shapes that cannot be meant are left out as a whole; nothing else is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from flexruimte.evidence.shapes import (
    EVERYWHERE,
    NO_NUMBER,
    OUTSIDE,
    cleaned_shapes,
    doubtful_areas,
)

SQUARE = [(155000.0, 463000.0), (155010.0, 463000.0), (155010.0, 463010.0), (155000.0, 463010.0)]
WRONG = [
    (np.nan, 463005.0),
    (155005.0, np.inf),
    (1e300, 463005.0),
    (463005.0, 155005.0),
    (5.4, 52.2),
]


def made(kind: str, vertices: Sequence[tuple[float, ...]]) -> shapely.Geometry:
    """A shape with any vertices, as a file can have it."""
    ring = [*vertices, vertices[0]] if kind == "POLYGON" else vertices
    deep = "Z " if len(vertices[0]) == 3 else ""
    inner = ", ".join(" ".join(map(repr, vertex)) for vertex in ring)
    with np.errstate(invalid="ignore"):
        return shapely.from_wkt(
            f"{kind} {deep}(({inner}))" if kind == "POLYGON" else f"{kind} {deep}({inner})"
        )


@given(st.integers(1, 4), st.sampled_from(WRONG), st.booleans())
def test_one_vertex_that_cannot_be_refuses_the_feature_and_no_other(
    position: int, vertex: tuple[float, float], deep: bool
) -> None:
    corners = [*SQUARE[:position], vertex, *SQUARE[position:]]
    bad = made("POLYGON", [(*corner, 1.0) for corner in corners] if deep else corners)
    shapes, repairs = cleaned_shapes(np.array([shapely.Polygon(SQUARE), bad]), "polygon")
    assert shapes[0].area == 100.0
    assert shapes[1] is None
    what = OUTSIDE if np.isfinite(vertex).all() else NO_NUMBER
    assert repairs[what].tolist() == [False, True]
    assert "invalid geometry repaired" not in repairs


def test_what_is_left_of_it_says_where_something_is_not_known() -> None:
    """The four corners that can be meant span the square."""
    bad = shapely.Polygon([*SQUARE, (1e300, 463005.0)])
    line = made("LINESTRING", [SQUARE[0], SQUARE[1], (np.nan, 1.0)])
    areas = doubtful_areas(np.array([bad, line, None]))
    assert areas[0].equals(shapely.Polygon(SQUARE))
    assert areas[1:].tolist() == [None, None]


def test_an_area_around_the_country_may_be_named() -> None:
    world = shapely.box(-1e6, -1e6, 1e6, 2e6)
    assert cleaned_shapes(np.array([world]), "polygon")[0][0] is None
    assert cleaned_shapes(np.array([world]), "polygon", EVERYWHERE)[0][0].equals(world)


def test_what_lies_outside_is_unknown_where_it_may_be_meant() -> None:
    """The square with its axes swapped; in degrees; in swapped degrees that were taken as such."""
    square = shapely.Polygon(SQUARE)
    to_degrees = Transformer.from_crs(28992, 4326, always_xy=True).transform
    degrees = shapely.transform(square, to_degrees, interleaved=False)
    swapped = shapely.transform(square, lambda vertices: vertices[:, ::-1])
    turned = shapely.transform(degrees, lambda vertices: vertices[:, ::-1])
    wrong = shapely.transform(
        turned, Transformer.from_crs(4326, 28992, always_xy=True).transform, interleaved=False
    )
    for area in doubtful_areas(np.array([swapped, degrees, turned, wrong])):
        assert np.allclose(area.bounds, square.bounds, atol=0.1)


def test_another_zone_of_utm_lies_outside() -> None:
    """What is in zone 32 and taken as zone 31 lies some 410 km too far west."""
    west = shapely.box(-278_000, 455_000, -277_000, 456_000)
    assert cleaned_shapes(np.array([west]), "polygon")[0][0] is None
    for x, y in ((-44_600, 713_000), (5_200, 871_000), (283_500, 600_000), (14_000, 307_000)):
        part = shapely.box(x, y, x + 100, y + 100)
        assert cleaned_shapes(np.array([part]), "polygon")[0][0].equals(part)
