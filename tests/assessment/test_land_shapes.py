"""The shape of what rules take of parcels: by hand on the toy town, and by area on the sample."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte import Study
from flexruimte.assessment import land_shapes as module
from flexruimte.assessment.land_shapes import LandShapes, join_land_shapes, land_shapes
from flexruimte.assessment.pipeline import Assessment, assess, land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.survey import layers_around, survey, with_land_shapes
from flexruimte.kernels.overlap import covered_area, index_features, index_geometries, overlaps
from flexruimte.study.sample import sample_study_path
from rule_columns import with_rule_columns
from toy_town import box, toy_study

TAKEN = {
    ("P01", "buildings"): 900,
    ("P02", "buildings"): 3_700,  # two that lie over each other
    ("P05", "nature"): 5_000,
    ("P07", "nature"): 10_000,
    **{(parcel, "pipeline"): 1_000 for parcel in ("P09", "P10", "P11", "P12")},
}
"""In square metres. The strip of nature on P06 is an edge, and the building of P04 is in doubt."""


def areas(found: Assessment) -> dict[tuple[str, str], float]:
    """The area of the land that each rule takes of each parcel; it lies within that parcel."""
    land, parcels = found.land_shapes, np.asarray(found.parcels.geometry)[found.land_shapes.of]
    shapes = np.where(shapely.is_missing(land.shapes), parcels, land.shapes)
    assert shapely.is_valid(shapes).all()
    outside = shapely.area(shapely.difference(shapes, parcels))
    assert outside == pytest.approx(0, abs=1e-3)
    ids = found.parcels["parcel_id"].to_numpy()[land.of]
    keys = list(zip(ids, land.rule, strict=True))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, shapely.area(shapes).tolist(), strict=True))


@pytest.mark.parametrize("block", [1, 5, 100_000])
def test_the_land_of_the_toy_town(tmp_path: Path, block: int) -> None:
    found = assess(replace(toy_study(tmp_path).question, block=block), "A")
    assert areas(found) == pytest.approx(TAKEN)
    whole = shapely.is_missing(found.land_shapes.shapes)
    assert found.parcels["parcel_id"].to_numpy()[found.land_shapes.of[whole]].tolist() == ["P07"]
    building = np.asarray(found.land_shapes.shapes)[0]
    assert building.equals(box(10, 10, 40, 40))


def test_a_rule_that_takes_no_land_has_none(tmp_path: Path) -> None:
    """By its level; and where people decided otherwise, but for what is very hard."""
    decided = pd.DataFrame(
        {
            "parcel_id": ["P09", "P05"],
            "decision": ["in", "in"],
            "reason": ["asked", "asked"],
            "date": ["2025-01-01", "2025-01-01"],
        }
    )
    study = toy_study(tmp_path, decisions=decided)
    softer = study.changed(rules={"buildings": {"level": "medium"}})
    found = areas(assess(softer.question, "A"))
    expected = {key: area for key, area in TAKEN.items() if key[1] != "buildings"}
    del expected["P09", "pipeline"]
    assert found == pytest.approx(expected)


def test_land_of_a_rule_that_takes_it_later_is_laid_over_then(tmp_path: Path) -> None:
    question = toy_study(tmp_path).question
    asked = survey_question(question, "A")
    found = survey(asked, "A", land_taken_by(question, "A"))
    without = found.land_shapes.where(found.land_shapes.rule != "buildings")
    bare = replace(found, land_shapes=without)
    again = with_land_shapes(asked, bare, lambda: layers_around(asked, found.parcels))
    assert again.land_shapes.of.tolist() == found.land_shapes.of.tolist()
    assert again.land_shapes.rule.tolist() == found.land_shapes.rule.tolist()
    assert shapely.equals(
        again.land_shapes.shapes[:2], np.asarray(found.land_shapes.shapes)[:2]
    ).all()

    def not_asked() -> None:
        raise AssertionError("layers are read where nothing is missing")

    assert with_land_shapes(asked, found, not_asked) is found  # type: ignore[arg-type]


def test_of_some_parcels_and_of_several_parts() -> None:
    land = LandShapes(
        np.array([0, 2, 2]),
        np.array(["a", "a", "b"], dtype=object),
        np.array([None, box(0, 0, 1, 1), box(0, 0, 2, 1)], dtype=object),
    )
    some = land.of_parcels(np.array([2, 1, 0, 2]))
    assert some.of.tolist() == [0, 0, 2, 3, 3]
    assert some.rule.tolist() == ["a", "b", "a", "a", "b"]
    assert land.has("a", 4).tolist() == [True, False, True, False]
    taken = {"a": np.array([True, True, False]), "b": np.array([False, False, True])}
    assert land.that_is_taken(taken).rule.tolist() == ["a", "b"]
    joined = join_land_shapes(
        [(np.array([1, 3, 5]), land), (np.array([0, 2]), land.where(land.of < 2))]
    )
    assert joined.of.tolist() == [0, 1, 5, 5]
    assert len(join_land_shapes([(np.arange(3), LandShapes.none())]).of) == 0


def test_jagged_land_is_the_same_land(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many vertices no union is made: it is what the parcel loses."""
    generator = np.random.default_rng(15)
    middles = generator.uniform(0, 100, size=(60, 2))
    discs = shapely.buffer(shapely.points(middles), generator.uniform(2, 15, size=60))
    parcels = np.array([shapely.box(0, 0, 60, 100), shapely.box(60, 0, 100, 100)])
    found = overlaps(index_geometries(parcels), index_features(discs))
    covered = covered_area(index_geometries(parcels), found)
    united = land_shapes(parcels, {"discs": found}, {"discs": covered})
    monkeypatch.setattr(module, "_MOST_UNITED", 0)
    taken = land_shapes(parcels, {"discs": found}, {"discs": covered})
    assert shapely.area(united.shapes) == pytest.approx(covered)
    assert shapely.area(taken.shapes) == pytest.approx(covered)


@pytest.mark.parametrize("code", ["GM9002", "GM9003"])
def test_the_areas_are_those_of_the_findings(code: str) -> None:
    """Of each rule and each parcel of the sample."""
    ranking = Study.load(sample_study_path()).rank(code)
    shown = areas(ranking.assessment)
    parcels = with_rule_columns(ranking.assessment)
    excluding = [each.id for each in ranking.summary.rules if each.excludes and each.kind == "land"]
    found = ranking.findings
    found = found[found["parcel_id"].isin(parcels["parcel_id"]) & found["rule"].isin(excluding)]
    found = found[(found["covered_m2"] >= 0.001) & ~found["edge"]]
    decided = set(parcels.loc[parcels["decision"].notna(), "parcel_id"])
    told = {
        (row.parcel_id, row.rule): row.covered_m2
        for row in found.itertuples()
        if row.parcel_id not in decided
    }
    assert len(told) > 1_500
    assert told.keys() <= shown.keys()
    for key, covered in told.items():
        assert shown[key] == pytest.approx(covered, rel=1e-3, abs=1e-3), key
    # what is not told covers less than a square millimetre of a thousand
    for key in shown.keys() - told.keys():
        assert key[0] in decided or shown[key] < 0.001, key
