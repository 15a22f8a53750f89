"""The table of findings: which rows there are, what stands in them, and that they are sentences."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from flexruimte import Ranking
from flexruimte.results.findings import FINDING_COLUMNS
from flexruimte.results.read import read_findings
from flexruimte.rules.files import load_ruleset
from flexruimte.vocabulary import YES
from toy_town import RULESET, toy_study
from two_neighbours import two_neighbours

RULES = load_ruleset(RULESET)


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


def of(ranking: Ranking, parcel_id: str, rule: str) -> pd.Series:
    rows = ranking.findings.set_index(["parcel_id", "rule"])
    return rows.loc[(parcel_id, rule)]


def test_what_stands_in_a_row(ranking: Ranking) -> None:
    # P05 is half nature, which is taken away
    row = of(ranking, "P05", "nature")
    assert row.to_dict() == {
        "level": "very_hard",
        "verdict": "yes",
        "covered_m2": 5000.0,
        "covered_buildable_m2": 0.0,
        "left_free_m2": 0.0,
        "applies": True,
        "edge": False,
        "feature_count": 1,
        "features": "Bos (1)",
        "finding": "5.000 m² (50%) van het perceel ligt op kaartlaag 'Natuur', door: Bos (1); dat deel valt af.",
    }
    measured = of(ranking, "P02", "unbuilt")
    assert measured["finding"] == "Bebouwd: 37%."
    assert measured[["covered_m2", "feature_count"]].isna().all()
    assert measured["features"] == ""


def test_a_finding_is_what_was_found_and_not_what_is_asked(ranking: Ranking) -> None:
    findings = ranking.findings
    assert findings["finding"].str.endswith(".").all()
    assert not findings["finding"].str.contains("gevraagd|>=|<=").any()
    # land use 51 along nature; the ownership table ends at P08, and has no value there
    assert of(ranking, "P09", "public_owner")["verdict"] == "unknown"
    assert (
        "staat dit perceel niet, of zonder waarde" in of(ranking, "P09", "public_owner")["finding"]
    )
    assert of(ranking, "P06", "nature")["finding"].startswith("Raakt alleen de rand")


def test_which_rows_there_are(ranking: Ranking) -> None:
    rules = list(ranking.assessment.ruleset.enabled_rules)
    findings = ranking.findings
    expected = [
        (parcel, rule)
        for position, parcel in enumerate(ranking.parcels["parcel_id"])
        for rule in rules
        if ranking.assessment.verdicts[rule].iloc[position] != YES
        or ((findings["parcel_id"] == parcel) & (findings["rule"] == rule)).any()
    ]
    assert list(findings[["parcel_id", "rule"]].itertuples(index=False, name=None)) == expected
    plain = findings[(findings["verdict"] == "yes")]
    found = (plain["covered_m2"] > 0) | plain["edge"] | (plain["feature_count"] > 0)
    assert (found | ~plain["applies"]).all()
    # near_nature asks where the land use is 51: elsewhere it covers nothing, and says so
    elsewhere = plain[~plain["applies"]]
    assert len(elsewhere) > 0
    assert (elsewhere[["covered_m2", "covered_buildable_m2", "feature_count"]] == 0).all(axis=None)
    assert elsewhere["finding"].str.contains("geldt hier niet|Geldt hier niet").all()
    assert ("P01", "nature") not in expected  # it says yes, and covers nothing


def test_a_rule_that_is_left_out_has_no_row_and_the_summary_names_it(tmp_path: Path) -> None:
    study = toy_study(tmp_path, layers={"eigendom": None}, not_assessed=["eigendom"])
    ranking = study.rank("A")
    assert "public_owner" not in set(ranking.findings["rule"])
    left_out = {rule.id: rule.left_out for rule in ranking.summary.rules if rule.left_out}
    assert left_out == {"public_owner": "eigendom"}


def test_an_absent_layer_is_a_row_for_every_parcel(tmp_path: Path) -> None:
    ranking = toy_study(tmp_path, layers={"natuur": None}).rank("A")
    rows = ranking.findings[ranking.findings["rule"] == "nature"]
    assert rows["parcel_id"].tolist() == ranking.parcels["parcel_id"].tolist()
    assert set(rows["verdict"]) == {"unknown"}
    assert rows["covered_m2"].isna().all()
    assert set(rows["finding"]) == {
        "Natuur: niet bekend, want de studie heeft geen kaartlaag 'Natuur'."
    }
    nature = next(rule for rule in ranking.summary.rules if rule.id == "nature")
    assert nature.counts.covered_hectares is None


def test_files_say_the_same_as_memory(ranking: Ranking, tmp_path: Path) -> None:
    ranking.to_findings(tmp_path / "findings.parquet")
    pd.testing.assert_frame_equal(read_findings(tmp_path), ranking.findings)
    assert list(ranking.findings) == list(FINDING_COLUMNS)
    alone = read_findings(tmp_path, "P05")
    rows = ranking.findings[ranking.findings["parcel_id"] == "P05"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, rows)


def test_english(tmp_path: Path) -> None:
    ranking = toy_study(tmp_path, language="en").rank("A")
    assert of(ranking, "P02", "unbuilt")["finding"] == "Built: 37%."


# -- sites of several parcels


def test_sites_have_findings_of_their_own() -> None:
    ranking = two_neighbours().rank("A")
    assert ranking.sites is not None
    assert ranking.sites["parcel_id"].tolist() == ["A+1"]
    rows = ranking.findings[ranking.findings["rule"] == "nature"].set_index("parcel_id")
    assert rows["covered_m2"].to_dict() == {"A": 400.0, "A+1": 1100.0, "B": 700.0}
    assert rows["features"].to_dict() == {
        "A": "Bos (1)",
        "A+1": "Bos (1); Heide (2)",
        "B": "Heide (2); Bos (1)",
    }
    assert rows["feature_count"].isna().to_dict() == {"A": False, "A+1": True, "B": False}
    # what the summary counts is counted over the parcels
    nature = next(rule for rule in ranking.summary.rules if rule.id == "nature")
    assert nature.counts.covered_hectares == pytest.approx(0.11)
    assert isinstance(ranking.locations, gpd.GeoDataFrame)
