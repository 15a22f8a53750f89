"""The class that covers most of a shape: by hand, and against a plain loop over pairs."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from flexruimte.assessment.measures.coverage import main_class
from flexruimte.assessment.overlay import Overlay
from flexruimte.rules.parts import LayerSpec
from flexruimte.vocabulary import UNKNOWN, YES
from shapes import boxes, random_polygons

SPEC = LayerSpec.model_validate(
    {
        "title": {"nl": "Gebruik", "en": "Use"},
        "geometry": "polygon",
        "fields": ["class"],
        "source": "toy",
        "basis": "assumption",
    }
)


def largest(
    shapes: NDArray[Any],
    geometries: NDArray[Any],
    values: list[Any],
    certainty: NDArray[np.int8] | None = None,
    spec: LayerSpec = SPEC,
) -> list[Any]:
    """What `main_class` says of shapes, of a layer that speaks of everywhere."""
    features = SimpleNamespace(
        key="use",
        geometries=geometries,
        counting=lambda _where: np.full(len(geometries), YES) if certainty is None else certainty,
        spec=spec,
        table=pd.DataFrame({"class": pd.Series(values, dtype=object)}),
        speaks_where_it_lies=False,
        coverage=None,
    )
    inputs: Any = SimpleNamespace(
        features=lambda _key: features,
        overlay=Overlay(shapes),
        ids=np.arange(len(shapes)).astype(object),
    )
    measure: Any = SimpleNamespace(layer="use", field="class", where={})
    return main_class(measure, inputs).tolist()


def test_by_hand() -> None:
    shapes = boxes(
        (0, 0, 10, 10), (20, 0, 30, 10), (40, 0, 50, 10), (60, 0, 70, 10), (80, 0, 90, 10)
    )
    use = boxes(
        (0, 0, 10, 4),
        (0, 4, 4, 10),
        (4, 4, 7, 10),
        (20, 0, 25, 10),
        (25, 0, 30, 10),
        (40, 0, 50, 9),
        (40, 9, 50, 10),
        (80, 0, 81, 1),
    )
    # The first has 40 of yard, and 24 and 18 of meadow; halves go to the first name. Of the third 90
    # has no class, which may be road or another one that is larger than the 10 of road: unknown.
    classes = ["yard", "meadow", "meadow", "wood", "field", None, "road", "ditch"]
    sure = np.array([YES] * 7 + [UNKNOWN], dtype=np.int8)
    assert largest(shapes, use, classes, sure) == ["meadow", "field", None, None, None]
    assert largest(shapes, use, [2, 10, 10, 2, 10, np.nan, 7, 1]) == [
        10,
        10,
        None,
        None,
        1,
    ]  # as text "10" comes before "2"
    assert largest(shapes, np.empty(0, object), []) == [None] * 5
    assert largest(np.empty(0, object), use, classes) == []


@given(st.integers(0, 10_000))
def test_against_a_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes, geometries = random_polygons(seed, 10, 40.0), random_polygons(seed + 1, 30, 30.0)
    values = random.choice(np.array(["a", "b", "c", None], dtype=object), len(geometries)).tolist()
    expected = []
    for shape in shapes:
        total: dict[str | None, float] = defaultdict(float)
        for geometry, value in zip(geometries, values, strict=True):
            total[value] += shapely.area(shapely.intersection(shape, geometry))
        unclear = total.pop(None, 0.0)
        by_size = sorted(
            ((-round(area, 6), name) for name, area in total.items() if area > 1e-6),
            key=lambda pair: (pair[0], str(pair[1])),
        )
        (best, name), (second, _) = (*by_size, (0.0, None), (0.0, None))[:2]
        # What is not clear may be of the second class, which is then the largest.
        expected.append(name if unclear < 1e-6 or unclear - second < -best else None)
    assert largest(shapes, geometries, values) == expected


def test_a_class_that_no_list_has_may_be_any_class() -> None:
    fields = {"class": {"values": ["wood", "field"]}}
    spec = SPEC.model_validate({**SPEC.model_dump(exclude_unset=True), "fields": fields})
    shapes = boxes((0, 0, 10, 10), (20, 0, 30, 10), (40, 0, 50, 10))
    use = boxes(
        (0, 0, 10, 6), (0, 6, 10, 10),  # 60 of wood, 40 of what may be field
        (20, 0, 30, 4), (20, 4, 30, 7), (20, 7, 30, 10),  # 40 of wood, 30 of field, 30 unclear
        (40, 0, 50, 5), (40, 5, 50, 10),  # 50 of wood, 50 unclear
    )  # fmt: skip
    classes = ["wood", "wod", "wood", "field", "wod", "wood", "wod"]
    assert largest(shapes, use, classes, spec=spec) == ["wood", None, None]
