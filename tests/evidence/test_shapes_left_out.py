"""Shapes that cannot be meant are left out as a whole; nothing else is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

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
