"""Parcels taken block by block: the same numbers, and what two blocks see counts once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte import Study, batch
from flexruimte.assessment.pipeline import assess
from flexruimte.assessment.survey import blocks_of
from rule_columns import with_rule_columns
from toy_town import X, Y, box, frame, layers, toy_study
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
