"""Random squares of nature in memory, and the area in which all of them lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y, box, frame

HERE = Path()


POLYGONS = LayerSpec.model_validate(
    {
        "title": {"nl": "x", "en": "x"},
        "source": "test",
        "basis": "assumption",
        "geometry": "polygon",
        "id": "nr",
        "fields": ["nr"],
    }
)


squares = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4), st.integers(1, 3)),
    min_size=1,
    max_size=12,
)


WHOLE = search_area(np.array([[X, Y, X + 20.0, Y + 20.0]]), 10.0)


def in_memory(rows: list[tuple[int, int, int, int]]) -> Source:
    boxes = [box(left, bottom, left + side, bottom + side) for left, bottom, side, _ in rows]
    return open_source(
        "natuur",
        LayerSettings(source="in memory", id="nr"),
        HERE,
        frame(boxes, nr=[number for *_, number in rows]),
    )
