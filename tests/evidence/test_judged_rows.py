"""What a layer speaks of is judged by the features that count, not by what its file declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from flexruimte.evidence.features import load_features
from flexruimte.evidence.judged_rows import read_judged_rows, usable_extent
from flexruimte.evidence.layers import Features
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import NO, UNKNOWN, YES
from toy_town import X, Y, box, frame, line, point

SPEC = LayerSpec.model_validate(
    {
        "title": {"nl": "x", "en": "x"},
        "source": "test",
        "basis": "assumption",
        "geometry": "polygon",
        "id": "nr",
        "fields": {"nr": {}, "status": {"values": ["now", "past"]}},
        "rows": {"status": ["now"]},
    }
)
NEAR = search_area(np.array([[X, Y, X + 100.0, Y + 100.0]]), 10.0)


def source_of(rows: gpd.GeoDataFrame, **settings: Any) -> Source:
    return open_source("natuur", LayerSettings(source="in memory", **settings), Path(), rows)


def loaded(rows: gpd.GeoDataFrame, **settings: Any) -> Features:
    return load_features("natuur", SPEC, source_of(rows, **settings), [], NEAR, NEAR.window)


def speaks(features: Features) -> bool:
    """Whether a layer speaks of everywhere."""
    return features.coverage is None


def test_features_of_the_right_kind_that_count_speak_for_everywhere() -> None:
    assert speaks(loaded(frame([box(5, 5, 9, 9)], nr=[1], status=["now"])))


@pytest.mark.parametrize("status", ["past", " PAST"])
def test_features_that_do_not_count_say_nothing(status: str) -> None:
    found = loaded(frame([box(5, 5, 9, 9)], nr=[1], status=[status]))
    assert not speaks(found)
    assert len(found.geometries) == 0
    assert found.facts.coverage.startswith("nothing: it has no features that count")


def test_a_study_that_says_that_there_is_none_is_believed() -> None:
    rows = frame([box(5, 5, 9, 9)], nr=[1], status=["past"])
    assert speaks(loaded(rows, coverage="complete"))


def test_the_extent_is_that_of_the_features_that_count() -> None:
    # The file reaches from the parcels to a place 9 km away, where the only one that counts lies.
    rows = frame([box(5, 5, 9, 9), box(9000, 0, 9005, 5)], nr=[1, 2], status=["past", "now"])
    assert usable_extent(SPEC, source_of(rows)) == (X + 9000, Y, X + 9005, Y + 5)
    found = loaded(rows)
    assert not speaks(found)
    assert found.facts.coverage.startswith("nothing here: all its features are elsewhere")


def test_outlines_may_be_what_they_enclose() -> None:
    outline = box(0, 0, 50, 50).boundary
    found = loaded(frame([outline], nr=[1], status=["now"]))
    assert not speaks(found)
    assert found.certainty.tolist() == [UNKNOWN]
    assert shapely.area(found.geometries).tolist() == [2500.0]
    assert found.contents.repair_counts() == {"not a polygon, left out": 1}


def test_what_is_of_another_kind_is_unknown_where_it_lies() -> None:
    shapes = [box(5, 5, 9, 9), point(20, 20), line((30, 30), (40, 40)), None]
    found = loaded(frame(shapes, nr=[1, 2, 3, 4], status=["now"] * 4))
    assert speaks(found)
    assert found.ids.tolist() == ["1", "2", "3"]
    assert found.certainty.tolist() == [YES, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize("vertex", [(1e300, Y + 50), (np.nan, Y + 50)])
def test_a_shape_with_a_vertex_that_cannot_be_meant_is_unknown_in_the_bounds_of_the_others(
    vertex: tuple[float, float],
) -> None:
    with np.errstate(invalid="ignore"):
        bad = shapely.Polygon([(X + 10, Y + 10), (X + 50, Y + 10), (X + 50, Y + 50), vertex])
    source = source_of(frame([bad, bad], nr=[1, 2], status=["now", "past"]))
    judged = read_judged_rows(SPEC, source, [], None)
    assert judged.certainty.tolist() == [UNKNOWN, NO]
    assert judged.usable.tolist() == [False, False]
    assert shapely.bounds(judged.places).tolist() == [[X + 10, Y + 10, X + 50, Y + 50]] * 2
    assert usable_extent(SPEC, source) is None
    found = loaded(frame([bad, bad], nr=[1, 2], status=["now", "past"]))
    assert not speaks(found)
    assert shapely.area(found.geometries).tolist() == [1600.0]


def test_a_line_with_a_vertex_that_cannot_be_meant_lies_nowhere_but_is_near() -> None:
    bad = shapely.LineString([(X + 10, Y + 10), (X + 50, Y + 50), (1e300, Y)])
    spec = SPEC.model_copy(update={"geometry": "line"})
    judged = read_judged_rows(spec, source_of(frame([bad], nr=[1], status=["now"])), [], None)
    assert judged.shapes.tolist() == [None]
    assert NEAR.meet(judged.places).tolist() == [True]


def test_a_layer_that_speaks_where_it_lies_does_so_whatever_counts() -> None:
    spec = SPEC.model_copy(update={"silence": "unknown"})
    rows = frame([box(5, 5, 9, 9)], nr=[1], status=["past"])
    found = load_features("natuur", spec, source_of(rows), [], NEAR, NEAR.window)
    assert speaks(found)
    assert found.speaks_where_it_lies
    named = source_of(rows, silence="nothing")
    assert not load_features("natuur", spec, named, [], NEAR, NEAR.window).speaks_where_it_lies


def test_a_row_that_surely_does_not_count_is_not_unknown() -> None:
    found = loaded(frame([box(5, 5, 9, 9), point(20, 20)], nr=[1, 2], status=["now", "past"]))
    assert found.ids.tolist() == ["1"]


def test_a_word_that_nobody_knows_is_counted_and_makes_its_place_unknown() -> None:
    rows = frame([box(5, 5, 9, 9), box(20, 20, 30, 30)], nr=[1, 2], status=["now", "nou"])
    found = loaded(rows)
    assert found.certainty.tolist() == [YES, UNKNOWN]
    assert found.contents.repair_counts() == {
        "status 'nou' is not in the list of values (nearest: 'now')": 1
    }


def test_an_empty_constant_is_no_value() -> None:
    rows = frame([box(5, 5, 9, 9)], nr=[1])
    judged = read_judged_rows(SPEC, source_of(rows, constants={"status": ""}), [], None)
    assert judged.table["status"].isna().all()
    assert judged.certainty.tolist() == [UNKNOWN]


def test_a_source_in_a_file_is_judged_as_one_in_memory(tmp_path: Path) -> None:
    rows = frame([box(5, 5, 9, 9), point(20, 20)], nr=[1, 2], status=["Now ", "nou"])
    rows.to_file(tmp_path / "x.gpkg", layer="x")
    rows.to_file(tmp_path / "x.geojson", driver="GeoJSON", RFC7946=False)
    certainty = []
    for settings in ({"source": "x.gpkg", "layer": "x"}, {"source": "x.geojson"}):
        source = open_source("natuur", LayerSettings(**settings), tmp_path)
        certainty.append(read_judged_rows(SPEC, source, [], NEAR.window).certainty.tolist())
    assert certainty == [[YES, UNKNOWN]] * 2


@pytest.mark.parametrize("in_file", [True, False])
def test_what_lies_outside_the_country_is_unknown_where_it_is_meant(
    tmp_path: Path, in_file: bool
) -> None:
    """The second of two has its axes swapped, so that no window around the parcels meets it."""
    rows = frame([box(5, 5, 9, 9), box(20, 20, 30, 40)], nr=[1, 2], status=["now", "now"])
    swapped = shapely.transform(rows.geometry.iloc[1], lambda vertices: vertices[:, ::-1])
    rows = rows.set_geometry([rows.geometry.iloc[0], swapped], crs=rows.crs)
    source = source_of(rows)
    if in_file:
        rows.to_file(tmp_path / "a.gpkg")
        source = open_source("natuur", LayerSettings(source="a.gpkg"), tmp_path)
    for _ in range(2):  # the second time from what is kept
        found = load_features("natuur", SPEC, source, [], NEAR, NEAR.window)
        assert found.certainty.tolist() == [YES, UNKNOWN]
        assert found.geometries[1].equals(box(20, 20, 30, 40))


@pytest.mark.parametrize("in_file", [True, False])
def test_one_vertex_that_is_no_number_leaves_the_extent_of_the_others(
    tmp_path: Path, in_file: bool
) -> None:
    bad = shapely.Polygon([(X, Y), (np.inf, Y + 50), (X + 50, Y + 50)])
    rows = frame([box(5, 5, 9, 9), bad, box(20, 20, 30, 40)], nr=[1, 2, 3], status=["now"] * 3)
    source = source_of(rows)
    if in_file:
        with np.errstate(all="ignore"):
            rows.to_file(tmp_path / "a.gpkg")
        source = open_source("natuur", LayerSettings(source="a.gpkg"), tmp_path)
    assert source.extent == (X + 5, Y + 5, X + 30, Y + 40)
    assert read_judged_rows(SPEC, source, [], None).usable.tolist() == [True, False, True]
