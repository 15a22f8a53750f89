"""What a layer's features are called, and what a table holds of some parcels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from flexruimte.evidence.layers import conditions_text, layer_settings
from flexruimte.rules.parts import FieldCondition
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import YES
from toy_files import in_memory
from toy_layers import features, table
from toy_town import box, changed_ruleset, frame

BOXES = [box(0, 0, 10, 10), box(20, 0, 30, 10)]


@pytest.mark.parametrize(("layer", "rows", "settings", "names"), [
    ("natuur", {"nr": [1, 2], "naam": ["Bos", None]}, {}, ["Bos (1)", "2"]),
    ("natuur", {"nr": [1.0, np.nan], "naam": ["Bos", "Heide"]}, {}, ["Heide ()", "Bos (1)"]),
    ("pand", {"identificatie": ["b1", "b2"], "status": "x"}, {}, ["b1", "b2"]),  # no name
    ("natuur", {"nr": [1, 2], "naam": "x", "code": ["c", "d"]}, {"id": "code"}, ["x (c)", "x (d)"]),
])  # fmt: skip
def test_a_feature_is_called_by_its_name_and_id(
    layer: str, rows: dict[str, Any], settings: dict[str, Any], names: list[str]
) -> None:
    data: gpd.GeoDataFrame = frame(BOXES, **rows)
    assert features(changed_ruleset(), layer, data, **settings).names.tolist() == names


def test_a_table_holds_the_rows_of_the_parcels_that_are_asked_for() -> None:
    rows = pd.DataFrame({"parcel_id": ["P1", "P2", "P3"], "soort": ["a", "b", None]})
    owners = table(changed_ruleset(), "eigendom", rows)

    def keys(*ids: str) -> list[int]:
        return sorted(owners.contents_of(np.array(ids, dtype=object)).rows.keys.tolist())

    assert keys("P1", "P2") == sorted([*keys("P1"), *keys("P2")])
    assert owners.contents_of(np.array(["P3", "P9"], dtype=object)).rows.total == 1
    assert keys("P9") == []
    changed = table(changed_ruleset(), "eigendom", rows.replace("a", "c"))
    assert changed.contents_of(np.array(["P1"], dtype=object)).rows.keys.tolist() != keys("P1")


def test_settings_of_another_table_get_the_defaults_of_a_layer() -> None:
    layer = in_memory("x", pd.DataFrame({"a": [1]}), nodata=3)
    assert layer_settings(layer) is layer.settings
    assert isinstance(layer.settings, LayerSettings)


def test_what_is_worked_out_from_a_layer_is_worked_out_once() -> None:
    buildings = features(
        changed_ruleset(), "pand", frame(BOXES, identificatie=["b1", "b2"], status=["x", "y"])
    )
    asked: list[int] = []

    def work_out() -> int:
        asked.append(1)
        return 7

    assert [buildings.once("a", work_out), buildings.once("a", work_out)] == [7, 7]
    assert len(asked) == 1
    assert (buildings.once("b", work_out), len(asked)) == (7, 2)
    # other features are another layer
    assert (replace(buildings, key="other").once("a", work_out), len(asked)) == (7, 3)


def test_which_features_count_is_told_apart_by_the_conditions() -> None:
    buildings = features(
        changed_ruleset(), "pand", frame(BOXES, identificatie=["b1", "b2"], status=["x", "y"])
    )
    only = {
        word: {"identificatie": FieldCondition(in_=[word], when_null="no")} for word in ("b1", "b2")
    }
    first = buildings.counting(only["b1"])
    assert buildings.counting(only["b1"]) is first
    assert (first == YES).sum() == (buildings.counting(only["b2"]) == YES).sum() == 1
    assert (first != buildings.counting(only["b2"])).all()
    assert conditions_text(only["b1"]) != conditions_text(only["b2"])
    with pytest.raises(ValueError, match="read-only"):
        first[0] = YES
