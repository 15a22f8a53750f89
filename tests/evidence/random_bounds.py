"""Strategies: bounds of some parcels, and lines in their midst."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import strategies as st

boxes = st.lists(
    st.tuples(
        st.integers(-500, 500), st.integers(-500, 500), st.integers(0, 250), st.integers(0, 250)
    ),
    min_size=1,
    max_size=8,
).map(
    lambda rows: np.array(
        [[left, bottom, left + wide, bottom + high] for left, bottom, wide, high in rows],
        dtype=float,
    )
)


shapes = st.lists(
    st.tuples(
        st.integers(-700, 700),
        st.integers(-700, 700),
        st.integers(-700, 700),
        st.integers(-700, 700),
    ),
    min_size=1,
    max_size=8,
).map(
    lambda rows: np.array(
        [shapely.LineString([(a, b), (c, d + 0.5)]) for a, b, c, d in rows], dtype=object
    )
)
