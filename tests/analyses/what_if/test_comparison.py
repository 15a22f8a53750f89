"""Variants of the toy town on paper, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyses.what_if.cases import as_a_whole
from flexruimte import Study
from flexruimte.analyses.what_if import Asked, compare
from flexruimte.analyses.what_if.comparison import MunicipalityRows
from flexruimte.study.what_if import survey_in_memory
from toy_town import toy_study


def compared(study: Study, anew: bool = False, **variants: dict[str, Any]) -> MunicipalityRows:
    asked = [
        Asked(name, name, study.changed(**changes).question) for name, changes in variants.items()
    ]
    question = study.question
    survey = (lambda other: survey_in_memory(other, "A")) if anew else None
    return compare(question, survey_in_memory(question, "A"), asked, [], survey)


def test_variants_side_by_side(tmp_path: Path) -> None:
    found = compared(
        toy_study(tmp_path),
        size={"rules": {"unbuilt": {"at_most": 0.4}}, "placement": {"min_buildable_m2": 6_000}},
        nature={"rules": {"nature": {"level": "soft"}}},
        owner={"rules": {"near_nature": {"level": "hard"}}},
    )
    rows = {row["variant"]: row for row in found.variants}
    as_it_is = rows["as it is"]
    assert (as_it_is["hectares"], as_it_is["locations"], as_it_is["homes"]) == (
        pytest.approx(5.21),
        6,
        146,
    )
    # P02 comes in with 6,300 m2 and 25 homes; P05 with its 5,000 m2 and 20 goes
    size = rows["size"]
    assert (size["hectares"], size["locations"], size["homes"]) == (pytest.approx(5.34), 6, 151)
    assert (size["entering"], size["leaving"]) == (1, 1)
    # the other half of P05 and all of P07, as in test_rules
    nature = rows["nature"]
    assert (nature["hectares"], nature["locations"], nature["homes"]) == (
        pytest.approx(6.71),
        7,
        186,
    )
    moved = found.moves[found.moves["list"] == "ranked"]
    told = {
        (variant, change): ids["parcel_id"].tolist()
        for (variant, change), ids in moved.groupby(["variant", "change"])
    }
    assert told["size", "enters"] == ["P02"]
    assert told["size", "leaves"] == ["P05"]
    assert told["nature", "enters"] == ["P07"]
    assert ("nature", "leaves") not in told
    # Within 20 m of nature, where the land use is 51: nothing is taken from P09 on, and of P12 it is not known whether it applies.
    assert "P12" in told["owner", "leaves"]


def test_weights_change_the_order_and_no_totals(tmp_path: Path) -> None:
    found = compared(
        toy_study(tmp_path), term={"score": {"weights": {"term": 1}}}, years={"as_of": "2026-01-01"}
    )
    before, *after = found.variants
    for row in after:
        assert row["note"] == ""
        for name in ("hectares", "locations", "homes"):
            assert row[name] == before[name]
        assert (row["entering"], row["leaving"]) == (0, 0)
    # by the term alone P01, P03, P05 ... are equal at 30 years; the shortlist takes one: by homes and then id P01, no longer P03
    best = found.moves[found.moves["list"] == "shortlist"]
    assert best[["variant", "change", "parcel_id"]].to_numpy().tolist() == [
        ["term", "enters", "P01"],
        ["term", "leaves", "P03"],
    ]


def test_what_asks_the_layers_something_else_says_so(tmp_path: Path) -> None:
    near = {"rules": {"nature": {"distance_m": 10}}}
    study = toy_study(tmp_path)
    _, row = compared(study, near=near).variants
    assert row["note"] == "needs a new survey"
    assert "hectares" not in row
    _, row = compared(study, anew=True, near=near).variants
    whole = as_a_whole(study.changed(**near))
    # of P05 60 m are taken then, and the 4,000 m2 that are left are too few
    assert (row["note"], row["locations"]) == ("", 5)
    assert (row["hectares"], row["homes"]) == (pytest.approx(whole.hectares), whole.homes)


def test_nothing_may_be_left(tmp_path: Path) -> None:
    found = compared(toy_study(tmp_path), none={"placement": {"required_years": 50}})
    row = found.variants[1]
    assert (row["hectares"], row["locations"], row["homes"], row["best_homes"]) == (0, 0, 0, 0)
    assert row["leaving"] == 6


def test_rows_of_rules(tmp_path: Path) -> None:
    question = toy_study(tmp_path).question
    found = compare(question, survey_in_memory(question, "A"), rules=["term", "pipeline"])
    pipeline, term = found.rules
    assert (pipeline["rule"], pipeline["title"], pipeline["level"]) == (
        "pipeline",
        "Buisleiding",
        "hard",
    )
    assert (term["gemeente_code"], term["gemeente"], term["condition"]) == ("A", "Aadorp", "term")
    assert (term["alone_hectares"], term["only_hectares"]) == (
        pytest.approx(2.0),
        pytest.approx(0.9),
    )
    assert (term["softer_level"], term["softer_homes"], term["distance_m"]) == ("medium", 18, None)
    assert term["half_distance_homes"] is None
    assert term["note"] == ""
