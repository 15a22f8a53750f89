"""Every family of measures says how far it reads: cropped to that, a layer gives the same numbers as whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte.assessment.measures import FAMILIES, compute_measures
from flexruimte.assessment.overlay import Overlay
from flexruimte.evidence.features import load_features
from flexruimte.evidence.layers import Layer
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.rasters import load_raster
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import open_source
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.rules.measures import MeasureSpec
from flexruimte.rules.parts import NumberOf, Reading
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.study_file import LayerSettings
from toy_layers import parcels_of
from toy_town import RULESET, box, frame, line, point, write_raster

TITLE = {"title": {"nl": "x", "en": "x"}}
SOURCED = {**TITLE, "source": "test", "basis": "assumption"}
FIELDS = ["nr", "kind", "value", "text"]
LAYERS = {
    "things": {**SOURCED, "geometry": "point", "id": "nr", "fields": FIELDS},
    "areas": {**SOURCED, "geometry": "polygon", "id": "nr", "fields": FIELDS},
    "roads": {**SOURCED, "geometry": "line", "fields": ["kind"]},
    "cells": {**SOURCED, "geometry": "raster"},
    "owners": {**SOURCED, "geometry": "table", "fields": ["owner"]},
}
SOME = {"where": {"kind": "a"}}
# One of each family, and of each way to read; a family that is not here does not pass.
EXAMPLES: dict[str, dict[str, Any]] = {
    "covered_share": {"family": "share", "layer": "areas", **SOME},
    "use_class": {"family": "main_class", "layer": "areas", "field": "kind"},
    "things_count": {"family": "count", "layer": "things", **SOME},
    "highest_m": {"family": "extreme", "layer": "areas", "field": "value", "pick": "highest"},
    "mean_m": {"family": "field_mean", "layer": "areas", "field": "value", "nearest_within_m": 120},
    "thing_distance_m": {"family": "nearest", "layer": "things", **SOME, "limit_m": 150},
    "edge_distance_m": {"family": "nearest", "layer": "things", "limit_m": 150, "half_width_m": {"placement": "near_m"}},
    "thing_walk_m": {"family": "walk", "layer": "things", "roads": "roads", "roads_where": {"kind": "a"}, "limit_m": 400, "detour_factor": 1.3},
    "mean_db": {"family": "raster", "layer": "cells", "statistic": "mean"},
    "slope_percent": {"family": "raster", "layer": "cells", "statistic": "slope"},
    "owner_class": {"family": "attribute", "layer": "owners", "field": "owner"},
    "owner_known_class": {"family": "recorded", "layer": "owners", "field": "owner"},
    "margin_m": {"family": "sign_margin", "layer": "things", "field": "text", "plausible": [1, 10], "less": [1], "within_m": {"placement": "near_m"}, "most": 9},
    "others_m": {"family": "way_in", "layer": "roads", **SOME, "limit_m": {"placement": "near_m"}, "roads": "roads", "half_width_m": 2, "road_land_m": 15, "owners": "owners", "owner_field": "owner", "open_owners": ["owner 0"], "one_owner": ["owner 1"]},
    "pad_class": {"family": "rectangle", "layer": "roads", "length_m": 10, "width_m": 8, "within_m": {"placement": "near_m"}, "limit_m": 60},
}  # fmt: skip
PARCELS = np.array(
    [box(x, y, x + 40, y + 30) for x in range(0, 1500, 300) for y in range(0, 1200, 200)],
    dtype=object,
)
IDS = np.array([f"P{number:02d}" for number in range(len(PARCELS))], dtype=object)
# What lies around each, as one other parcel.
AROUND = shapely.difference(shapely.buffer(PARCELS, 99, join_style="mitre"), PARCELS)
AROUND_IDS = np.array([f"Q{number:02d}" for number in range(len(PARCELS))], dtype=object)


def ruleset_with(name: str) -> Ruleset:
    """One measure alone, so that no other one reads farther."""
    near = {**SOURCED, "value": 70.0, "unit": "m"}
    changes = {
        "layers": LAYERS,
        "measures": {name: {**TITLE, **EXAMPLES[name]}},
        "placement": {"near_m": near},
    }
    rules = with_changes(load_ruleset(RULESET), changes)
    return rules.model_copy(update={"measures": {name: rules.measures[name]}, "rules": {}})


def country(seed: int) -> dict[str, gpd.GeoDataFrame]:
    """Features all over the place, so that some lie at the end of what is read."""
    random = np.random.default_rng(seed)

    def columns(count: int) -> dict[str, Any]:
        limits = random.uniform(2, 9, count).round(1)
        kinds = random.choice(["a", "b"], count)
        return {
            "nr": range(count),
            "kind": kinds,
            "value": limits,
            "text": [f"{limit:g} m" for limit in limits],
        }

    def places(count: int) -> list[tuple[float, float]]:
        return list(
            zip(random.uniform(-600, 2000, count), random.uniform(-600, 1800, count), strict=True)
        )

    streets = [line((x, -600), (x, 1800)) for x in range(-550, 2000, 370)] + [
        line((-600, y), (2000, y)) for y in range(-550, 1800, 530)
    ]
    return {
        "things": frame([point(x, y) for x, y in places(800)], **columns(800)),
        "areas": frame([box(x, y, x + 40, y + 60) for x, y in places(300)], **columns(300)),
        "roads": frame(streets, kind=random.choice(["a", "a", "b"], len(streets))),
    }


def measured(
    rules: Ruleset,
    features: Mapping[str, gpd.GeoDataFrame],
    raster: Path,
    raster_reach_m: float,
    owners: pd.DataFrame,
) -> pd.DataFrame:
    bounds = shapely.bounds(PARCELS)
    everywhere = search_area(bounds, 5_000.0)
    settings = LayerSettings(source="in memory", coverage="complete")
    layers: dict[str, Layer] = {
        key: load_features(
            key,
            rules.layers[key],
            open_source(key, settings, Path(), rows),
            rules.fields_in_use(key),
            everywhere,
            everywhere.window,
        )
        for key, rows in features.items()
    }
    cells = open_source("cells", LayerSettings(source=str(raster)), Path(), geometry="raster")
    layers["cells"] = load_raster(
        "cells", rules.layers["cells"], cells, search_area(bounds, raster_reach_m)
    )
    table = open_source("owners", LayerSettings(source="in memory", id="parcel_id"), Path(), owners)
    layers["owners"] = load_table(
        "owners", rules.layers["owners"], table, rules.fields_in_use("owners")
    ).everything
    overlay, parcels = (
        Overlay(PARCELS),
        parcels_of(np.append(IDS, AROUND_IDS), np.append(PARCELS, AROUND)),
    )
    return pd.concat(
        [
            compute_measures(rules, of, overlay, IDS, parcels, layers)
            for of in ("parcel", "buildable")
        ],
        axis=1,
    )


def whole_and_cropped(rules: Ruleset, seed: int, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The measures by the whole layers, and by what lies within the declared reach of a parcel."""
    features = country(seed)
    write_raster(
        folder / "cells.tif", np.random.default_rng(seed).uniform(30, 70, (60, 80)), 50.0, 2000.0
    )
    # of the first no owner is known
    owners = pd.DataFrame(
        {
            "parcel_id": [*IDS, *AROUND_IDS, "R1", "R2"],
            "owner": [
                *(f"owner {n % 3}" if n else None for n in range(len(IDS))),
                *(f"owner {n % 2 + 1}" for n in range(len(IDS))),
                "x",
                "y",
            ],
        }
    )
    near = {
        key: rows[
            shapely.distance(np.asarray(rows.geometry)[:, None], PARCELS[None, :]).min(axis=1)
            <= rules.reach_m(key)
        ]
        for key, rows in features.items()
    }
    whole = measured(rules, features, folder / "cells.tif", 300.0, owners)
    return whole, measured(rules, near, folder / "cells.tif", 2 * 50.0, owners[:-2])


def test_every_family_has_an_example() -> None:
    of_no_layer = {"strip_width"}
    assert {spec["family"] for spec in EXAMPLES.values()} == set(FAMILIES) - of_no_layer


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("seed", range(3))
def test_a_layer_cropped_to_its_reach_gives_the_same_numbers(
    name: str, seed: int, tmp_path: Path
) -> None:
    whole, cropped = whole_and_cropped(ruleset_with(name), seed, tmp_path)
    assert len(set(whole[name].dropna())) > 1
    pd.testing.assert_frame_equal(whole, cropped)


def reaching() -> list[str]:
    """The examples that say that they read farther than the parcel."""
    rules = {name: ruleset_with(name) for name in EXAMPLES}
    return [
        name
        for name, each in rules.items()
        if any(reading.reach_m for reading in each.measures[name].reads(each.number))
    ]


@pytest.mark.parametrize("name", reaching())
def test_a_reach_that_is_declared_too_short_is_seen(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rules = ruleset_with(name)
    reads = type(rules.measures[name]).reads

    def too_short(self: MeasureSpec, number: NumberOf) -> tuple[Reading, ...]:
        return tuple(replace(reading, reach_m=0.0) for reading in reads(self, number))

    monkeypatch.setattr(type(rules.measures[name]), "reads", too_short)
    whole, cropped = whole_and_cropped(rules, 0, tmp_path)
    assert not whole.equals(cropped)
