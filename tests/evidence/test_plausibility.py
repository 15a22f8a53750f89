"""A raster or a field that holds something else than its name says is warned of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte.evidence.plausibility import doubts_about_cells, doubts_about_field
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.parts import CELLS, Expected, LayerSpec
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y, write_raster

RULESET = load_ruleset("flexwonen-nl")
CHANCE = np.random.default_rng(7)
NOISE = (np.add.outer(np.arange(40.0), np.arange(40.0)) / 4 + 46).round()
"""It rises from 46 to 66 dB."""
STRIPES = np.where(np.indices((40, 40))[0] % 2, 0, NOISE)
GROUND = np.add.outer(np.arange(40.0), np.arange(40.0)) / 20 + 0.5
"""A plane that rises from 0.5 m to 4.4 m."""
HOUSES = GROUND + 9 * (np.indices((40, 40)) // 4 % 2).all(axis=0)
"""Blocks of 4 x 4 cells on it, 9 m high, on a quarter of the ground."""
MAPS = {
    "noise": ("rivm_lden_alle", NOISE, ""),
    "noise below the floor": ("rivm_lden_alle", np.where(NOISE < 55, 0, NOISE), ""),
    "PM2.5 as noise": ("rivm_lden_alle", NOISE / 6, r"1600 of 1600 cells .*outside 30 to 95 dB"),
    "noise with every second row missing": (
        "rivm_lden_weg",
        STRIPES,
        r"6.4% of its neighbouring cells differ .*if 0 stands for missing, say nodata = 0",
    ),
    "noise, all of it missing": (
        "rivm_lden_weg",
        NOISE * 0,
        "100% of its cells in GM1 are exactly 0.*nodata = 0",
    ),
    "noise with a nodata of its own": (
        "rivm_lden_weg",
        np.where(STRIPES == 0, -9999, STRIPES),
        r"800 of 1600 cells \(50%\) lie outside 30 to 95 dB Lden: all of these are -9999: .*"
        r"nodata = -9999;",
    ),
    "classes of noise": ("rivm_lden_alle", NOISE // 10, "outside 30 to 95 dB Lden"),
    "tenths of a dB": ("rivm_lden_alle", NOISE * 10, "outside 30 to 95 dB Lden"),
    "depth": ("liwo_maxdiepte", GROUND, ""),
    "depth in cm": ("liwo_maxdiepte", GROUND * 100, "outside 0 to 15 m"),
    "groundwater": ("wur_ghg", GROUND * 40, ""),
    "groundwater in m": ("wur_ghg", GROUND * 0.4, "half of its cells are below 0.9.*5 to 254 cm"),
    "terrain": ("ahn_dtm", GROUND, ""),
    "terrain with buildings": ("ahn_dtm", HOUSES, r"% of its neighbouring cells.*as walls do"),
    "terrain with holes of 0": (
        "ahn_dtm",
        np.where(HOUSES > GROUND, 0, GROUND),
        r"25% of its cells in GM1 are exactly 0.*nodata = 0",
    ),
    "classes": ("liwo_overstromingsgevoelig", NOISE // 20, ""),
    "classes that were averaged": ("liwo_overstromingsgevoelig", NOISE / 20, "no whole numbers"),
    "subsidence in mm": ("kea_bodemdaling", GROUND * 100, "outside 0 to 2.5 m"),
    "NO2 as if it were dB": ("rivm_no2", NOISE + 40, "outside 1 to 70 ug/m3"),
}


def cells_said(
    spec: LayerSpec, source: Source, areas: dict[str, shapely.Polygon]
) -> tuple[int, list[str], list[str]]:
    """Return what is said of cells, in English; and that it can be said in Dutch."""
    valid, doubts, gaps = doubts_about_cells(spec, source, areas)
    assert all(each.text("nl") != each.text("en") for each in (*doubts, *gaps))
    return valid, [each.text("en") for each in doubts], [each.text("en") for each in gaps]


def field_said(expected: Expected, values: pd.Series[Any]) -> list[str]:
    return [each.text("en") for each in doubts_about_field(expected, values)]


@pytest.mark.parametrize("name", MAPS)
def test_a_map_of_something_else_is_warned_of_by_name(tmp_path: Path, name: str) -> None:
    key, cells, doubt = MAPS[name]
    spec = RULESET.layers[key]
    path = write_raster(tmp_path / "map.tif", cells, 25.0, 1000.0)
    source = open_source(key, LayerSettings(source=str(path)), tmp_path, geometry="raster")
    _, doubts, _ = cells_said(spec, source, {"GM1": shapely.box(X, Y, X + 1000, Y + 1000)})
    if not doubt:
        assert doubts == []
        return
    (said,) = doubts
    assert pd.Series([said]).str.contains(doubt).all(), said


def test_only_cells_where_parcels_are_count(tmp_path: Path) -> None:
    """One column of 40 lies outside the window, and holds what no noise map can."""
    cells = NOISE.copy()
    cells[:, 39] = 3
    path = write_raster(tmp_path / "map.tif", cells, 25.0, 1000.0)
    source = open_source("lden", LayerSettings(source=str(path)), tmp_path, geometry="raster")
    spec = RULESET.layers["rivm_lden_alle"]
    assert cells_said(spec, source, {"GM1": shapely.box(X, Y, X + 900, Y + 1000)})[1] == []
    (said,) = cells_said(spec, source, {"GM1": shapely.box(X, Y, X + 1000, Y + 1000)})[1]
    assert "40 of 1600 cells" in said


def test_areas_without_values_are_named(tmp_path: Path) -> None:
    """The west half of 1 km2 is missing: all of GM1, a quarter of GM2, nothing of GM3."""
    cells = NOISE.copy()
    cells[:, :20] = 128
    path = write_raster(tmp_path / "map.tif", cells, 25.0, 1000.0)
    source = open_source("lden", LayerSettings(source=str(path)), tmp_path, geometry="raster")
    areas = {
        "GM1": shapely.box(X, Y, X + 500, Y + 1000),
        "GM2": shapely.box(X + 400, Y, X + 800, Y + 100),
        "GM3": shapely.box(X + 500, Y, X + 1000, Y + 1000),
    }
    (said,) = cells_said(RULESET.layers["rivm_lden_alle"], source, areas)[2]
    assert said.startswith("has a value in 0% of the parcels' part of GM1 that it reaches")
    assert cells_said(RULESET.layers["rivm_lden_alle"], source, {"a": areas["GM2"]})[2] == []


def test_a_nodata_that_is_proposed_is_what_a_cell_holds(tmp_path: Path) -> None:
    """Tenths of a dB: cells of -9999 are -999.9 dB."""
    cells = np.where(STRIPES == 0, -9999, STRIPES * 10)
    path = write_raster(tmp_path / "map.tif", cells, 25.0, 1000.0)
    settings = LayerSettings(source=str(path), scale=0.1)
    source = open_source("lden", settings, tmp_path, geometry="raster")
    areas = {"GM1": shapely.box(X, Y, X + 1000, Y + 1000)}
    (said,) = cells_said(RULESET.layers["rivm_lden_alle"], source, areas)[1]
    assert "all of these are -999.9: if that stands for missing, say nodata = -9999;" in said


@pytest.mark.parametrize(
    ("key", "field", "right", "wrong"),
    [
        ("woningbouwplannen", "start_jaar", [2028, None, 2034], [2028, 20340]),
        ("buisleidingen", "druk_kpa", [6620.0, 1600.0], [66.2, 40.0]),
        ("ndw_verkeersborden", "blackCode", ["2,1", "3.5t", "zie onderbord"], ["210 cm", "2,1"]),
        ("bofek", "bofek2020", [1005, 4011], [304, 305]),
        ("gtfs_stops", "location_type", ["0", "1"], [0.5, 1]),
    ],
)
def test_a_field_in_another_unit_is_warned_of(
    key: str, field: str, right: list[object], wrong: list[object]
) -> None:
    expected = RULESET.layers[key].expected[field]
    assert field_said(expected, pd.Series(right)) == []
    (said,) = field_said(expected, pd.Series(wrong))
    assert "values" in said


def test_every_raster_says_what_its_values_are_like() -> None:
    for key, spec in RULESET.layers.items():
        if spec.geometry == "raster":
            low, high = spec.expected[CELLS].range
            assert spec.valid is not None, key
            assert spec.valid[0] <= low < high <= spec.valid[1], key


@pytest.mark.parametrize(
    ("value", "side", "is_told"), [(50, 25, True), (50, 20, False), (0, 25, False)]
)
def test_a_map_that_is_the_same_all_over_is_warned_of(
    tmp_path: Path, value: int, side: int, is_told: bool
) -> None:
    spec = load_ruleset("flexwonen-nl").layers["liwo_maxdiepte"]
    spec = spec.model_copy(
        update={
            "expected": {
                CELLS: Expected(range=(0, 95), unit="m", source="chosen", basis="assumption")
            }
        }
    )
    write_raster(tmp_path / "a.tif", np.full((side, side), float(value)), 10.0, 10.0 * side)
    source = open_source("depth", LayerSettings(source="a.tif"), tmp_path, geometry="raster")
    area = shapely.box(X, Y, X + 10.0 * side, Y + 10.0 * side)
    _, doubts, _ = cells_said(spec, source, {"GM1": area})
    same = f"all of its {side**2} cells are {value}, where such a map differs from"
    assert [text.startswith(same) for text in doubts] == [True] * is_told
