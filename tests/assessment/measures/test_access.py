"""Getting in: signs and room for a crane, worked out on paper.

::

    P  0-100 x 0-100           a sign "2,6 m" 50 m east of it (150, 50); a road along x = 110, 10 m east
    Q  0-100 x 500-600         a height sign that cannot be read 10 m north of it (50, 610); the road is 10 m east
    S  0-100 x 1000-1007       7 m deep: no pad of 8 m, however near the road
    T  neck 300-306 x 1005-1045, body 285-321 x 1045-1081; a road along y = 1000, 5 m south of the neck
    U  5000-5100 x 0-100       no road within 500 m
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from flexruimte import Study
from flexruimte.assessment.measures.access import numbers_on_signs
from flexruimte.errors import FlexruimteError
from flexruimte.kernels.rectangles import has_room_for_rectangle, room_for_rectangle, row_directions
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.rules.measures import MixMeasure
from toy_town import RULESET, box, frame, line, parameter, point

TITLE = {"title": {"nl": "x", "en": "x"}}


SOURCED = {"source": "toy", "basis": "assumption"}


MEASURES: dict[str, Any] = {
    "height_margin_m": {
        **TITLE, "family": "sign_margin", "layer": "borden", "where": {"code": "C19"}, "field": "tekst", "plausible": [1, 10],
        "less": [{"placement": "module_height_m"}, {"placement": "bed_height_m"}], "within_m": {"placement": "sign_reach_m"}, "most": 10,
    },
    "pad_class": {
        **TITLE, "family": "rectangle", "layer": "wegen", "where": {"soort": "straat"}, "length_m": 10, "width_m": 8,
        "within_m": {"placement": "pad_within_m"}, "limit_m": 500,
    },
}  # fmt: skip


PLACEMENT = {"module_height_m": 3.2, "bed_height_m": 0.9, "sign_reach_m": 100, "pad_within_m": 20}


NECK = shapely.union(box(300, 1005, 306, 1045), box(285, 1045, 321, 1081))


PARCELS = {
    "P": box(0, 0, 100, 100),
    "Q": box(0, 500, 100, 600),
    "S": box(0, 1000, 100, 1007),
    "T": NECK,
    "U": box(5000, 0, 5100, 100),
}


SIGNS = frame(
    [point(150, 50), point(50, 300), point(50, 610), point(150, 50)],
    id=["1", "2", "3", "4"],
    code=[
        "C19",
        "C19",
        "C19",
        "C18",
    ],  # the second lies 200 m from P and from Q; the width is no height
    tekst=["2,6 m", "2,0", "zie onderbord", "1,5"],
)


ROADS = frame([line((110, -50), (110, 700)), line((110, 990), (110, 1020)), line((250, 1000), (350, 1000)), line((105, 0), (105, 100))], soort=["straat", "straat", "straat", "pad"])  # fmt: skip


NOT_ASSESSED = [
    "pand",
    "natuur",
    "leiding",
    "bodemgebruik",
    "lden",
    "plannen",
    "net",
    "haltes",
    "eigendom",
    "afspraken",
]


def measured(*, roads: bool = True, signs: bool = True, **placement: float) -> pd.DataFrame:
    changes = {
        "layers": {
            "borden": {
                **TITLE,
                **SOURCED,
                "geometry": "point",
                "id": "id",
                "fields": ["id", "code", "tekst"],
            }
        },
        "measures": MEASURES,
        "placement": {name: parameter(value) for name, value in {**PLACEMENT, **placement}.items()},
    }
    layers: dict[str, Any] = {}
    if roads:
        layers["wegen"] = {"source": ROADS, "coverage": "complete"}
    if signs:
        layers["borden"] = {"source": SIGNS, "coverage": "complete"}
    study = Study(
        parcels=frame(list(PARCELS.values()), parcel_id=list(PARCELS)),
        municipalities=frame([box(-1000, -1000, 9000, 3000)], code=["A"], naam=["Aadorp"]),
        layers=layers,
        as_of="2026-01-01",
        ruleset=with_changes(load_ruleset(RULESET), changes),
        not_assessed=NOT_ASSESSED,
    )
    return study.rank("A").parcels.set_index("parcel_id")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2,1", 2.1), ("3.5t", 3.5), ("3,5 t", 3.5), ("2.1 m", 2.1), ("T 3,5", 3.5), (" 12 ton", 12), ("30", 30), (30, 30),
        ("2,1 - 2,3", None), ("2,1m 3,5t", None), ("zie onderbord", None), ("", None), (None, None), ("-", None),
    ],
)  # fmt: skip
def test_numbers_on_signs(text: object, number: float | None) -> None:
    found = numbers_on_signs(pd.Series([text], dtype=object))[0]
    assert np.isnan(found) if number is None else found == number


def test_the_lowest_sign_near_counts() -> None:
    found = measured()["height_margin_m"]
    # P: 2.6 less 3.2 + 0.9; Q: cannot be read; the others have no sign within 100 m
    assert found["P"] == pytest.approx(2.6 - 4.1)
    assert np.isnan(found["Q"])
    assert found[["S", "T", "U"]].tolist() == [10, 10, 10]


def test_farther_signs_count_when_asked() -> None:
    # Within 200 m also the sign of 2.0 m.
    assert measured(sign_reach_m=200)["height_margin_m"]["P"] == pytest.approx(2.0 - 4.1)


def test_without_the_layer_nothing_is_known() -> None:
    found = measured(roads=False, signs=False)
    assert found[["height_margin_m", "pad_class"]].isna().all(axis=None)


def test_room_for_a_crane() -> None:
    found = measured()["pad_class"]
    # T: the neck begins 5 m from the road, so a pad may lie 25 m from it; the body begins at 45 m.
    assert found.to_dict() == {"P": "yes", "Q": "yes", "S": "no", "T": "no", "U": "no"}
    assert measured(pad_within_m=41)["pad_class"]["T"] == "yes"


def room_along(
    shape: Any, gate: Any, degrees: float, length: float, width: float, within: float
) -> bool:
    """Whether a rectangle with its length along a direction fits: exactly, from all places of its lower left corner that touch no edge."""
    shape, gate = (affinity.rotate(each, -degrees, origin=(0, 0)) for each in (shape, gate))

    def touching(each: Any) -> Any:
        """The places where the rectangle touches something straight."""
        corners = shapely.get_coordinates(each)[:, None] - [
            [0, 0],
            [length, 0],
            [0, width],
            [length, width],
        ]
        return shapely.MultiPoint(corners.reshape(-1, 2)).convex_hull

    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    edges = [
        touching(shapely.LineString(edge)) for ring in rings for edge in itertools.pairwise(ring)
    ]
    free = shapely.difference(shape, shapely.union_all(edges))
    return bool(free.distance(touching(gate)) <= within)


def test_room_along_by_hand() -> None:
    # 12 x 9 m, less a bite of 3 x 2 m: upright a rectangle of 9 x 8 m fits and one of 10 x 8 m does not.
    shape = shapely.difference(shapely.box(0, 0, 12, 9), shapely.box(9, 0, 12, 2))
    assert room_along(shape, shapely.Point(0, 0), 0.0, 8.9, 8.0, 5.0)
    assert not room_along(shape, shapely.Point(0, 0), 0.0, 10.0, 8.0, 5.0)
    assert room_along(shape, shapely.Point(0, -5), 90.0, 8.9, 8.9, 5.01)
    assert not room_along(shape, shapely.Point(0, -5), 90.0, 8.9, 8.9, 4.99)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(4, 14), st.floats(0, 40))
def test_the_quick_answer_is_the_slow_one(seed: int, short: float, within: float) -> None:
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, 9))
    radius = random.uniform(5, 40, 9)
    shape = shapely.make_valid(
        shapely.Polygon(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1))
    )
    shapes, gates = (
        np.array([shape], dtype=object),
        np.array([shapely.Point(*random.uniform(-50, 50, 2))], dtype=object),
    )
    slow, pad = room_for_rectangle(
        shapes, gates, length_m=short + 2, width_m=short, within_m=within
    )
    quick = has_room_for_rectangle(
        shapes, gates, length_m=short + 2, width_m=short, within_m=within
    )
    # Both go in steps and may miss what fits with little to spare; the quick one finds what the slow one finds, and what is not there neither.
    assert quick[0] or not slow[0]
    if quick[0] and not slow[0]:
        centres = shape.buffer(-np.hypot(short, short + 2) / 2)
        surrounding = row_directions(shapes, 90.0)[1]
        exact = [
            room_along(shape, gates[0], degrees, short + 1.9999, short - 1e-4, within)
            for degrees in surrounding
        ]
        assert centres.distance(gates[0]) <= within or any(exact)
    assert pad[0] is None or shapely.within(pad[0], shape.buffer(1e-3))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transport_tiers": {}, "measures": {"t_class": {**TITLE, "family": "transport_tier", "width_m": [3], "height_m": [3], "length_m": [9]}}}, "there are no transport tiers"),
        ({"measures": {"m_share": {**TITLE, "family": "mix", "total": "sum", "parts": [{"measure": "nothing_m", "curve": [[0, 0], [1, 1]], "weight": 1}]}}}, "measure 'nothing_m' does not exist"),
        ({"measures": {"m_share": {**TITLE, "family": "mix", "total": "sum", "parts": [{"measure": "area_m2", "curve": [[1, 0], [1, 1]], "weight": 1}]}}}, "rising values"),
        ({"measures": {"m_share": {**TITLE, "family": "mix", "total": "sum", "parts": [{"measure": "area_m2", "curve": [[0, 0], [1, 1]], "weight": {"placement": "heavy"}}]}}}, "placement parameter 'heavy' does not exist"),
        ({"measures": {"pad_class": {**MEASURES["pad_class"], "layer": "lden", "where": {}, "within_m": 20}}}, "needs a layer of polygon or line or points"),
    ],
)  # fmt: skip
def test_measures_that_cannot_be_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(FlexruimteError, match=said):
        with_changes(load_ruleset(RULESET), changes)


def test_a_mix_of_mixes_is_refused() -> None:
    part = {"measure": "area_m2", "curve": [[0, 0], [1, 1]], "weight": 1}
    inner = MixMeasure.model_validate(
        {**TITLE, "family": "mix", "total": "sum", "parts": [part]}
    ).model_dump()
    outer = {**inner, "parts": [{**part, "measure": "inner_share"}]}
    with pytest.raises(FlexruimteError, match="rests on other measures itself"):
        with_changes(
            load_ruleset(RULESET), {"measures": {"inner_share": inner, "outer_share": outer}}
        )
