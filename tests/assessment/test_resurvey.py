"""Some of the parcels that were surveyed, against what the survey says of all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte.assessment.pipeline import land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.resurvey import LayersOfSome, find_again, survey_of, with_some
from flexruimte.assessment.survey import layers_around, survey
from flexruimte.assessment.surveyed import Survey
from toy_town import IDS, toy_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("toy")


@pytest.fixture(scope="module")
def found(folder: Path) -> Survey:
    question = replace(toy_study(folder).question, block=5, threads=1)
    asked = survey_question(question, "A")
    return survey(asked, "A", land_taken_by(question, "A"))


def test_some_parcels_one_of_them_twice(found: Survey) -> None:
    members = np.array([8, 0, 8])
    some = survey_of(found, members)
    assert some.parcels.ids.tolist() == ["P09", "P01", "P09"]
    for name in found.measures:
        expected = found.measures[name].iloc[members].reset_index(drop=True)
        pd.testing.assert_series_equal(some.measures[name], expected, check_dtype=False)
    assert some.findings["pipeline"].covered_m2.tolist() == pytest.approx([1_000, 0, 1_000])
    assert shapely.area(some.buildable.shapes).tolist() == pytest.approx([9_000, 9_100, 9_000])
    assert some.around.ids.tolist() == IDS  # whose land a way may cross
    assert len(some.blocks) == len(found.blocks)
    assert sorted(np.concatenate(some.blocks)) == [0, 1, 2]


def test_what_is_left_of_some_is_another(found: Survey) -> None:
    others = survey_of(found, np.array([4, 6]))  # P05's half, nothing of P07
    changed = with_some(found, np.array([0, 11]), others)
    area = dict(zip(IDS, shapely.area(changed.buildable.shapes), strict=True))
    assert (area["P01"], area["P12"], area["P05"]) == (
        pytest.approx(5_000),
        0,
        pytest.approx(5_000),
    )
    assert area["P02"] == pytest.approx(6_300)
    assert changed.buildable.measures["buildable_m2"].iloc[[0, 11]].tolist() == pytest.approx(
        [5_000, 0]
    )


def test_rules_find_on_some_what_they_find_on_all(folder: Path, found: Survey) -> None:
    question = toy_study(folder).question
    asked = survey_question(question, "A")
    members = np.array([11, 5, 0, 6])
    some = survey_of(found, members)
    layers = LayersOfSome(layers_around(asked, found.parcels), found, members)
    again = find_again(asked.ruleset.land_rules, some, layers)
    for rule_id, finding in found.findings.items():
        for name, values in vars(finding.of(members)).items():
            there = np.asarray(getattr(again[rule_id], name))
            np.testing.assert_array_equal(there, np.asarray(values), err_msg=f"{rule_id} {name}")
