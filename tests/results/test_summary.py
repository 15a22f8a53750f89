"""summary.json: that its counts add up, that it names what is missing, and that it reads back."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from flexruimte import Ranking
from flexruimte.results.read import read_summary
from flexruimte.results.summary_model import FORMAT
from flexruimte.results.summary_rules import LandRuleFacts, MeasureRuleFacts
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


def test_homes_of_a_sum_are_on_the_same_locations(ranking: Ranking) -> None:
    # ranked: P01, P03, P05, P06, P09 and P12, with 36, 40, 20, 40, 18 and 18 homes, of which a project takes 30
    summary = ranking.summary
    shortlist, talk, later = summary.priorities.values()
    assert list(summary.priorities) == ["shortlist", "talk", "later"]
    assert summary.first_priority == "shortlist"
    # P03; P12, P01 and P09; P05 and P06
    assert [each.locations for each in (shortlist, talk, later)] == [1, 3, 2]
    assert [each.homes for each in (shortlist, talk, later)] == [30, 18 + 30 + 18, 20 + 30]
    assert [each.homes_mid for each in (shortlist, talk, later)] == [40, 18 + 36 + 18, 20 + 40]
    assert [each.homes_low for each in (shortlist, talk, later)] == [16, 7 + 14 + 7, 8 + 16]
    assert [each.homes_high for each in (shortlist, talk, later)] == [80, 36 + 72 + 36, 40 + 80]
    assert shortlist.hectares == 1
    assert (shortlist.passes, shortlist.refuses, shortlist.most) == (
        ["public_owner"],
        ["pessimistic_term"],
        1,
    )
    ranked = [summary.status["available"], summary.status["attention"]]
    for name in ("locations", "homes", "homes_low", "homes_mid", "homes_high"):
        by_class = sum(getattr(each, name) for each in summary.priorities.values())
        assert sum(getattr(each, name) for each in ranked) == by_class
        # a total has all parcels, and the homes of what is ranked: 36 + 40 + 20 + 40 + 18 + 18 in the middle
        parts = sum(getattr(each, name) for each in summary.status.values())
        assert getattr(summary.total, name) == (parts if name == "locations" else by_class)
    assert summary.total.homes_mid == 172
    (everything, *_) = summary.funnel
    assert everything.ranked.homes == summary.total.homes


def test_summary_says_how_much_is_known_of_the_ranked(ranking: Ranking, tmp_path: Path) -> None:
    # known of 15: all of P01, P03, P05 and P06, 13 of P09, and of P12 not the owner, near_nature and the noise: 12
    assert ranking.summary.ranked_known_share == 1
    # P05 and P09 have one score, and P01 too
    assert ranking.summary.sharing_a_score == 3
    assert ranking.summary.unreachable() == {}
    nobody = toy_study(tmp_path, layers={"eigendom": None}).rank("A").summary
    assert nobody.unreachable() == {"shortlist": ["public_owner"]}
    assert nobody.priorities["shortlist"].locations == 0


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
        ranking.summary.total.parcels = 0
