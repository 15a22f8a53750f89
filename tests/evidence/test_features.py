"""Features as they are read of a source: in an order of their own, in 2-D, and under the ids that they have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from evidence.squares import HERE, POLYGONS, WHOLE, in_memory, squares
from flexruimte.assessment.pipeline import assess
from flexruimte.evidence.features import load_features
from flexruimte.evidence.sources import open_source
from flexruimte.rules.study_file import LayerSettings
from rule_columns import with_rule_columns
from toy_town import X, Y, box, frame, layers, toy_study


@given(squares, st.randoms(use_true_random=False))
def test_features_come_in_the_order_of_what_they_are(
    rows: list[tuple[int, int, int, int]], random: object
) -> None:
    shuffled = random.sample(rows, len(rows))
    found = [
        load_features("natuur", POLYGONS, in_memory(some), ["nr"], WHOLE, WHOLE.window)
        for some in (rows, shuffled)
    ]
    assert (
        found[0].ids.tolist()
        == found[1].ids.tolist()
        == [str(number) for number in sorted(number for *_, number in rows)]
    )
    assert shapely.equals_exact(found[0].geometries, found[1].geometries).all()
    # An oracle: by id, then by bounds.
    ordered = sorted(rows, key=lambda row: (str(row[3]), row[0], row[1], row[0] + row[2]))
    assert shapely.bounds(found[0].geometries)[:, :2].tolist() == [
        [X + left, Y + bottom] for left, bottom, *_ in ordered
    ]


def test_shapes_in_memory_are_not_shared() -> None:
    source = in_memory([(0, 0, 1, 1), (3, 3, 2, 2)])
    found = load_features("natuur", POLYGONS, source, ["nr"], WHOLE, WHOLE.window)
    assert not {id(shape) for shape in found.geometries} & {
        id(shape) for shape in source.data.geometry
    }


def test_height_is_dropped_where_there_is_any() -> None:
    high = shapely.force_3d(box(3, 3, 5, 5), 7.0)
    source = open_source(
        "natuur",
        LayerSettings(source="in memory", id="nr"),
        HERE,
        frame([box(0, 0, 1, 1), high], nr=[1, 2]),
    )
    found = load_features("natuur", POLYGONS, source, ["nr"], WHOLE, WHOLE.window)
    assert not shapely.has_z(found.geometries).any()
    assert {what: tally.total for what, tally in found.contents.repairs.items()} == {
        "Z or M values dropped": 1
    }


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
