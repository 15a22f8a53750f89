"""The maps of a report: what is on them, where, and that numbers stay apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte import Ranking, Study
from flexruimte.results.outputs import OutputContent
from flexruimte.study.sample import sample_study_path
from flexruimte.views.report.maps import Drawing, SiteMaps, spread_out, town_map
from flexruimte.views.report.sites import shortlist_of
from toy_town import toy_study
from two_neighbours import two_neighbours
from views.report.test_shapes import drawn


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> OutputContent:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A").content()


def rings(drawing: Drawing, style: str) -> list[shapely.Polygon]:
    return drawn(dict(drawing.layers).get(style, ""))


def test_a_town_has_its_classes_its_parcels_and_its_boundary(content: OutputContent) -> None:
    drawing = town_map(content, shortlist_of(content))
    # P03 is the shortlist; P12, P01 and P09 are talked about, P05 and P06 come later, P04 and P08
    # cannot be judged, and the other four are excluded
    counts = {style: len(drawn(path)) for style, path in drawing.layers}
    assert counts == {
        "other": 4,
        "unknown": 2,
        "class-2": 2,
        "class-1": 3,
        "shortlist": 1,
        "boundary": 1,
    }
    # A is 410 m wide and 400 m high with P04 sticking out to 400: from -50 to 400, 450 x 400
    assert [marker.text for marker in drawing.markers] == ["1"]
    at = shapely.Point(drawing.markers[0].at_x, drawing.markers[0].at_y)
    assert rings(drawing, "shortlist")[0].contains(at)
    (boundary,) = rings(drawing, "boundary")
    west, _, east, _ = boundary.bounds
    assert drawing.scale_m == 100
    assert (east - west) / drawing.scale_steps == pytest.approx(4.1, abs=0.02)


def test_many_other_parcels_are_the_largest(
    content: OutputContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flexruimte.views.report.maps._MOST_OTHERS", 3)
    drawing = town_map(content, shortlist_of(content))
    assert len(rings(drawing, "other")) == 3


def test_without_a_boundary_there_is_no_line(content: OutputContent) -> None:
    bare = replace(content, boundary=None)
    styles = dict(town_map(bare, shortlist_of(bare)).layers)
    assert "boundary" not in styles
    assert "other" in styles


def test_a_location_has_what_falls_away_and_what_is_left(content: OutputContent) -> None:
    # P05 is 100 x 100, of which nature takes the western half
    drawing = SiteMaps(content).of("P05")
    (whole,), (left,) = rings(drawing, "site"), rings(drawing, "buildable")
    assert left.area / whole.area == pytest.approx(0.5, abs=0.01)
    assert left.bounds[2] == whole.bounds[2]
    # P01, P02, P06, P09 and P10 around it, and itself, within the drawing
    around = shapely.union_all(rings(drawing, "around"))
    assert around.within(shapely.box(0, 0, 1000, 1000))
    assert len(rings(drawing, "around")) == 6


def test_a_location_of_several_parcels_is_drawn_as_one() -> None:
    ranking = two_neighbours().rank("A")
    drawing = SiteMaps(ranking.content()).of("A+1")
    (whole,) = rings(drawing, "site")
    # 100 m wide and 70 m high; 10 m of nature along its west, 20 x 20 in its east
    west, south, east, north = whole.bounds
    assert (north - south) / (east - west) == pytest.approx(0.7, abs=0.01)
    left = sum(ring.area for ring in rings(drawing, "buildable"))
    assert left / whole.area == pytest.approx((7000 - 700 - 400) / 7000, abs=0.01)


def test_homes_are_drawn_where_they_are_laid_out(sample: Ranking) -> None:
    content = sample.content()
    maps = SiteMaps(content)
    for name in shortlist_of(content)["parcel_id"]:
        drawing = maps.of(name)
        modules = content.layout[
            (content.layout["parcel_id"] == name) & (content.layout["kind"] == "module")
        ]
        found = rings(drawing, "module")
        assert len(found) == len(modules) > 0
        left = shapely.union_all(rings(drawing, "buildable")).buffer(3)
        assert all(left.contains(module) for module in found)


@pytest.fixture(scope="module")
def sample() -> Ranking:
    return Study.load(sample_study_path()).rank("GM9002")


@given(
    st.lists(st.tuples(st.integers(0, 1800), st.integers(0, 1200)), min_size=1, max_size=25),
)
def test_numbers_do_not_overlap_and_stay_on_the_map(points: list[tuple[int, int]]) -> None:
    found = spread_out(np.array(points, dtype=np.float64), 26, (1800, 1200))
    gaps = np.linalg.norm(found[:, None] - found[None], axis=2)
    assert (gaps[np.triu_indices(len(points), 1)] >= 2.2 * 26 - 1e-9).all()
    assert (found >= 26).all()
    assert (found <= [1774, 1174]).all()


def test_a_number_with_room_stands_where_it_belongs() -> None:
    points = np.array([[100.0, 100.0], [300.0, 300.0]])
    assert spread_out(points, 26, (1800, 1200)).tolist() == points.tolist()
