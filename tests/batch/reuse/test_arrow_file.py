"""Shapes that are kept as bytes are the shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.batch.reuse.arrow_file import Shapes
from toy_town import box, point


@given(
    st.lists(
        st.none() | st.sampled_from([point(1, 2), box(0, 0, 3, 4), shapely.Polygon()]), min_size=1
    ),
    st.data(),
)
def test_kept_shapes_are_the_shapes(shapes: list[Any], data: st.DataObject) -> None:
    geometries = np.array([*shapes, None], dtype=object)[:-1]
    chosen = np.array(data.draw(st.lists(st.integers(0, len(shapes) - 1))), dtype=np.intp)
    kept = Shapes.of(geometries)
    assert Shapes.of(kept) is kept
    assert len(kept[chosen]) == len(chosen)
    assert [shape and shape.wkb for shape in np.asarray(kept[chosen])] == [
        shape and shape.wkb for shape in geometries[chosen]
    ]
    assert (shapely.is_missing(kept) == shapely.is_missing(geometries)).all()
    assert kept[chosen].joined().to_pybytes() == b"".join(
        b"-" if shape is None else shape.wkb for shape in geometries[chosen]
    )
