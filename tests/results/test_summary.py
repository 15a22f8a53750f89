"""summary.json: that its counts add up, that it names what is missing, and that it reads back."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from flexruimte import Ranking
from flexruimte.results.read import read_summary
from flexruimte.results.summary_model import FORMAT, LandRuleFacts, MeasureRuleFacts
from flexruimte.rules.files import load_ruleset, with_changes
from toy_town import RULESET, toy_study


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


def test_summary_counts_add_up(ranking: Ranking) -> None:
    summary = ranking.summary
    assert sum(counts.parcels for counts in summary.status.values()) == summary.total.parcels == 12
    assert sum(counts.hectares for counts in summary.status.values()) == pytest.approx(12)
    for rule in summary.rules:
        counts = rule.counts
        assert counts.yes + counts.no + counts.unknown + counts.left_out == 12
    nature = next(rule for rule in summary.rules if rule.id == "nature")
    assert isinstance(nature, LandRuleFacts)
    assert nature.counts.covered_hectares == pytest.approx(
        0.5 + 0.04 + 1.0
    )  # P05, the edge of P06, P07
    assert nature.counts.edges == 1


def test_summary_names_what_is_absent_approximated_and_decided(tmp_path: Path) -> None:
    decisions = pd.DataFrame(
        {
            "parcel_id": ["P03", "P03", "P01"],
            "decision": ["out", "in", "out"],
            "reason": ["speeltuin", "toch niet", "later"],
            "date": ["2025-01-01", "2025-06-01", "2027-01-01"],
        }
    )
    study = toy_study(tmp_path, layers={"wegen": None, "eigendom": None}, decisions=decisions)
    summary = study.rank("A").summary
    assert [layer.id for layer in summary.absent] == ["eigendom"]
    assert list(summary.approximated) == ["stop_walk_m"]
    assert [each.decision_reason for each in summary.decisions.applied] == ["toch niet"]
    assert summary.decisions.not_yet_in_force == 1


def test_what_is_read_is_what_was_written(ranking: Ranking, tmp_path: Path) -> None:
    ranking.to_summary(tmp_path / "summary.json")
    assert read_summary(tmp_path) == ranking.summary
    document = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert document["format"] == FORMAT
    assert list(document) == list(type(ranking.summary).model_fields)


def test_the_file_has_the_keys_of_the_ruleset(tmp_path: Path) -> None:
    change = {"rules": {"nature": {"where": {"naam": ["Bos"]}, "source": "x", "basis": "pbl"}}}
    ruleset = with_changes(load_ruleset(RULESET), change)
    ranking = toy_study(tmp_path, ruleset=ruleset).rank("A")
    ranking.to_summary(tmp_path / "summary.json")
    document = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    rules = {rule["id"]: rule for rule in document["rules"]}
    assert rules["public_owner"]["test"]["in"] == ["gemeente"]
    assert rules["pipeline"]["distance_m"]["field"] == "afstand"
    assert rules["nature"]["where"] == {"naam": {"in": ["Bos"]}}
    assert read_summary(tmp_path) == ranking.summary


def test_a_rule_is_of_one_of_two_kinds(ranking: Ranking) -> None:
    kinds = {rule.id: type(rule) for rule in ranking.summary.rules}
    assert kinds["nature"] is LandRuleFacts
    assert kinds["term"] is MeasureRuleFacts
    assert set(kinds) == set(ranking.assessment.ruleset.enabled_rules)


def test_a_summary_cannot_be_changed(ranking: Ranking) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ranking.summary.total.parcels = 0  # type: ignore[misc]
