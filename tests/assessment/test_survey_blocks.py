"""Parcels taken block by block: the same numbers, and what two blocks see counts once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte import Study, batch
from flexruimte.assessment.pipeline import assess
from flexruimte.assessment.survey import blocks_of
from flexruimte.evidence.contents import (
    Contents,
    contents_of_cells,
    contents_of_rows,
    merge_contents,
    row_keys,
)
from flexruimte.evidence.search_area import CELL_M, search_area
from flexruimte.kernels.roads import distance_along_roads, road_network, snap
from rule_columns import with_rule_columns
from toy_town import X, Y, box, frame, layers, line, parcels, point, toy_study, write_raster
from written_files import contents


@pytest.mark.parametrize("block", [1, 5, 100_000])
def test_the_size_of_a_block_changes_nothing(tmp_path: Path, block: int) -> None:
    plan = toy_study(tmp_path).question
    whole, taken = assess(plan, "A"), assess(replace(plan, block=block), "A")
    pd.testing.assert_frame_equal(
        with_rule_columns(taken), with_rule_columns(whole), check_exact=True
    )
    assert (shapely.to_wkb(taken.buildable) == shapely.to_wkb(whole.buildable)).all()
    assert taken.inputs == whole.inputs
    assert taken.unread_plans == whole.unread_plans


def test_blocks_give_the_same_bytes(
    four_towns: Path, four_towns_results: Path, tmp_path: Path
) -> None:
    batch.run(replace(Study.load(four_towns).question, block=2), None, tmp_path)
    assert contents(tmp_path) == contents(four_towns_results)


def test_blocks_are_of_neighbours_and_hold_each_parcel_once() -> None:
    boxes = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(8) for y in range(8)])
    blocks = blocks_of(boxes, 16)
    assert sorted(np.concatenate(blocks)) == list(range(64))
    assert [len(block) for block in blocks] == [16] * 4
    # Along a Hilbert curve a quarter of a square is a square.
    assert [shapely.area(shapely.box(*shapely.total_bounds(boxes[block]))) for block in blocks] == [
        16.0
    ] * 4


def test_what_is_counted_is_counted_once(tmp_path: Path) -> None:
    # Nature is asked for within 20 m. Three features there: 600 m off no parcel's surroundings (cells of 100 m) are met.
    far = pd.concat(
        [
            layers(tmp_path)["natuur"],
            frame([box(1_000, 1_000, 1_001, 1_001)], nr=[4], naam=["Ver"]),
        ],
        ignore_index=True,
    )
    # The wide one is seen from all blocks; it is there twice, word for word, and knots itself.
    bow = shapely.Polygon([(X - 5, Y - 5), (X + 405, Y + 305), (X + 405, Y - 5), (X - 5, Y + 305)])
    odd = pd.concat([far, frame([bow, bow], nr=[5, 5], naam=["Strik", "Strik"])], ignore_index=True)
    plan = toy_study(tmp_path, layers={"natuur": odd}).question
    for block in (1, 12):
        facts = assess(replace(plan, block=block), "A").inputs["natuur"]
        assert facts.rows == 3 + 2
        assert facts.repairs == {"invalid geometry repaired": 2}


def test_whether_a_layer_has_features_near_is_asked_for_the_whole_municipality(
    tmp_path: Path,
) -> None:
    # The only nature there is lies on P01, hundreds of metres from the blocks of most parcels.
    few = frame([box(0, 0, 10, 10)], nr=[1], naam=["Hoek"])
    for block in (1, 12):
        town = assess(
            replace(toy_study(tmp_path, layers={"natuur": few}).question, block=block), "A"
        )
        assert set(with_rule_columns(town)["verdict_nature"]) == {"yes"}


def test_a_feature_that_reaches_farther_than_expected_is_read(tmp_path: Path) -> None:
    # 400 m north of the town, where a distance that cannot be read counts as 50 m; this one says 420 m: 20 m of P09-P12.
    far = frame([line((-20, 700), (420, 700))], id=["l1"], afstand=["2 x 420 meter"])
    for block in (1, 12):
        town = assess(
            replace(toy_study(tmp_path, layers={"leiding": far}).question, block=block), "A"
        )
        covered = with_rule_columns(town)["covered_m2_pipeline"]
        assert covered.tolist() == pytest.approx([0.0] * 8 + [2_000.0] * 4)


def test_no_way_leads_to_a_facility_far_from_all_roads() -> None:
    # A road of 1 km along x; facilities 499 m and 501 m beside its end.
    network = road_network(np.array([shapely.LineString([(0, 0), (1_000, 0)])]))
    start = snap(np.array([shapely.Point(0, 0)]), network)
    for off_road, distance in ((499, 1_499.0), (501, 4_000.0)):
        facility = snap(np.array([shapely.Point(1_000, off_road)]), network).within(500.0)
        assert distance_along_roads(start, facility, network, 4_000.0).tolist() == [distance]


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


@given(boxes, st.sampled_from([0.0, 1.0, 99.0, 250.0]))
def test_surroundings_are_the_cells_that_each_parcel_comes_near(
    bounds: np.ndarray, reach: float
) -> None:
    found = search_area(bounds, reach)
    # The slow way: every cell, half-open as positions are, against every box.
    for row, column in np.ndindex(found.cells.shape):
        left, bottom = (found.first[1] + column) * CELL_M, (found.first[0] + row) * CELL_M
        near = (
            (bounds[:, 0] - reach < left + CELL_M)
            & (bounds[:, 2] + reach >= left)
            & (bounds[:, 1] - reach < bottom + CELL_M)
            & (bounds[:, 3] + reach >= bottom)
        )
        assert found.cells[row, column] == near.any()
    left, bottom, right, top = found.window
    assert left <= bounds[:, 0].min() - reach
    assert bottom <= bounds[:, 1].min() - reach
    assert right >= bounds[:, 2].max() + reach
    assert top >= bounds[:, 3].max() + reach


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


def said(contents: Contents) -> tuple[list[int], list[int]]:
    """The rows of contents, and how often each is there."""
    return contents.rows.keys.tolist(), contents.rows.numbers.tolist()


@given(boxes, shapes, st.integers(1, 7))
def test_what_parts_see_is_what_the_whole_sees(
    bounds: np.ndarray, lines: np.ndarray, cut: int
) -> None:
    rows = row_keys(lines, pd.DataFrame({"long": shapely.length(lines)}))
    repaired = {"long": shapely.length(lines) > 500}

    def seen(some: np.ndarray) -> Contents:
        return contents_of_rows(rows, repaired, search_area(some, 10.0).meet(lines))

    whole, parts = seen(bounds), [seen(part) for part in (bounds[:cut], bounds[cut:]) if len(part)]
    together = merge_contents(parts)
    assert said(together) == said(whole)
    assert together.repairs["long"].total == whole.repairs["long"].total


@given(boxes, st.integers(1, 7), st.sampled_from([(10.0, 10.0), (100.0, 40.0), (400.0, 400.0)]))
def test_what_parts_see_of_a_raster_is_what_the_whole_sees(
    bounds: np.ndarray, cut: int, cell_m: tuple[float, float]
) -> None:
    left, top, count = -2_000.0, 2_000.0, 4_000
    values = np.random.default_rng(1).random((round(count / cell_m[1]), round(count / cell_m[0])))

    def seen(some: np.ndarray) -> Contents:
        near = search_area(some, 2 * max(cell_m))
        # As a reader would: only the cells that touch the window.
        column, row = (
            max(int((near.window[0] - left) // cell_m[0]), 0),
            max(int((top - near.window[3]) // cell_m[1]), 0),
        )
        last = (
            int(-((near.window[2] - left) // -cell_m[0])),
            int(-((top - near.window[1]) // -cell_m[1])),
        )
        return contents_of_cells(
            values[row : last[1], column : last[0]],
            left + column * cell_m[0],
            top - row * cell_m[1],
            cell_m,
            near,
        )

    parts = [seen(part) for part in (bounds[:cut], bounds[cut:]) if len(part)]
    assert said(merge_contents(parts)) == said(seen(bounds))


def test_what_is_seen_changes_with_a_value_a_shape_and_a_cell() -> None:
    squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    here = np.ones(2, dtype=bool)

    def digest(geometries: np.ndarray, values: list[object]) -> object:
        keys = row_keys(geometries, pd.DataFrame({"a": values}))
        return said(contents_of_rows(keys, {}, here))

    usual = digest(squares, [1, 2])
    assert digest(squares[::-1], [2, 1]) == usual  # the order of rows does not matter
    assert digest(squares, [1.0, 2.0]) == usual
    assert digest(squares, [2, 1]) != usual
    assert digest(squares, [1, None]) != usual
    assert digest(shapely.transform(squares, lambda xy: xy + 0.001), [1, 2]) != usual
    near = search_area(np.array([[0.0, 0.0, 50.0, 50.0]]), 0.0)
    cells = np.zeros((20, 20))
    changed, elsewhere = cells.copy(), cells.copy()
    changed[15, 3] = 1.0  # its middle is at x 35, y 45
    elsewhere[3, 15] = 1.0  # x 155, y 165: in no cell of the surroundings
    found = [
        contents_of_cells(values, 0.0, 200.0, (10.0, 10.0), near)
        for values in (cells, changed, elsewhere)
    ]
    assert said(found[0]) == said(found[2]) != said(found[1])
    assert found[0].rows.total == 100


def test_a_slope_at_the_edge_of_what_is_read_is_the_slope_there(tmp_path: Path) -> None:
    # A plane would not tell a one-sided slope from one over both neighbours; a bowl does.
    bowl = np.arange(12.0)[None, :] ** 2 + np.arange(10.0)[:, None] ** 2
    height = {"hoogte": write_raster(tmp_path / "kom.tif", bowl, 50.0, 400.0, left=-100.0)}
    whole = assess(toy_study(tmp_path, layers=height).question, "A").parcels.set_index("parcel_id")[
        "slope_percent"
    ]
    for name in ("P01", "P06", "P12"):
        alone = toy_study(
            tmp_path, layers=height, parcels=parcels()[parcels()["parcel_id"] == name]
        )
        assert assess(alone.question, "A").parcels["slope_percent"].tolist() == [whole[name]]


def test_ids_are_written_the_same_with_and_without_a_null_beside_them(tmp_path: Path) -> None:
    # nature's numbers are whole; a feature without one, on P12, makes the column one of floats where it is read too
    unnumbered = pd.concat(
        [layers(tmp_path)["natuur"], frame([box(390, 290, 400, 300)], nr=[None], naam=[None])],
        ignore_index=True,
    )
    for block in (1, 12):
        town = assess(
            replace(toy_study(tmp_path, layers={"natuur": unnumbered}).question, block=block), "A"
        )
        assert (
            with_rule_columns(town).set_index("parcel_id").loc["P05", "features_nature"]
            == "Bos (1)"
        )


def test_points_on_the_border_of_a_cell_are_met() -> None:
    near = search_area(np.array([[100.0, 100.0, 199.0, 199.0]]), 0.0)
    shapes = gpd.GeoSeries.from_xy([100, 200, 200.001, 150, 99.999], [100, 200, 150, 150, 150])
    assert near.meet(shapes.to_numpy()).tolist() == [True, True, False, True, False]
    assert near.meet(np.array([None, shapely.Point(), point(0, 0)], dtype=object)).tolist() == [
        False,
        False,
        False,
    ]
