"""The dossier of a location: all that was found, whom to speak to, and where the homes go next."""

from __future__ import annotations

from pathlib import Path

import pytest

from flexruimte import Ranking, Study
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.study.sample import sample_study_path
from flexruimte.views.report.dossier import Dossier, dossiers_of
from flexruimte.views.report.follow_ups import NOTHING, FollowUps
from flexruimte.views.report.sites import shortlist_of, sites_of
from toy_town import toy_study


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return Study.load(sample_study_path()).rank("GM9002")


def dossiers(ranking: Ranking, follow_ups: FollowUps = NOTHING) -> list[Dossier]:
    content = ranking.content()
    sites = sites_of(content, shortlist_of(content), "nl")
    return dossiers_of(sites, content.summary, follow_ups, "nl")


def test_every_rule_that_is_assessed_is_in_it_once(ranking: Ranking) -> None:
    for dossier in dossiers(ranking):
        explanation = ranking.explain(dossier.site.location).table
        rules = explanation[explanation["kind"] == "rule"]
        rules = rules[rules["verdict"] != "left_out"]
        way_in = sum(len(passage.findings) for passage in dossier.way_in)
        assert way_in == (rules["condition"] == "access").sum() > 0
        fine = rules[(rules["part"] == "fine") & (rules["condition"] != "access")]
        assert len(dossier.fine) <= len(fine)  # two rules may be about the same
        told = {text for passage in (*dossier.decisive, *dossier.rest) for text in passage.findings}
        assert told == set(rules[rules["part"] != "fine"]["sentence"])


def test_whom_to_speak_to(ranking: Ranking) -> None:
    for dossier in dossiers(ranking):
        assert dossier.whom[0] == f"Eigenaar van de grond: {dossier.site.owner}."
        table = ranking.explain(dossier.site.location).table
        asked = table[
            table["part"].isin(["attention", "missing", "note"]) & (table["advice"] != "")
        ]
        assert set(dossier.whom[1:]) == set(asked["advice"])
        assert len(dossier.whom) == len(set(dossier.whom))


def test_for_a_layer_that_is_absent_the_catalogue_says_whom_to_ask(ranking: Ranking) -> None:
    content = ranking.content()
    sites = sites_of(content, shortlist_of(content), "nl")
    # of the soil nothing is known on any of them; as if that rested on a table that nobody gave
    rules = [
        facts.model_copy(
            update={
                "layers": [
                    facts.layers[0].model_copy(update={"id": "gebruiksafspraken", "present": False})
                ]
            }
        )
        if facts.id == "soil_contamination"
        else facts
        for facts in content.summary.rules
    ]
    summary = content.summary.model_copy(update={"rules": rules})
    ask = read_catalogue().datasets["gebruiksafspraken"].ask
    assert ask is not None
    for dossier in dossiers_of(sites, summary, NOTHING, "nl"):
        assert dossier.whom[-1] == f"Besluiten over bodemverontreiniging (BRO): {ask.nl}"


def test_where_the_homes_go_next(ranking: Ranking) -> None:
    first, second, third = dossiers(ranking)
    assert first.next_place == ["Dat is nog niet uitgerekend."]
    ids = [each.site.location for each in (first, second, third)]
    plan = FollowUps(
        moves={ids[0]: ["2042: daarheen."]}, is_planned=True, standing=frozenset(ids[:2])
    )
    assert [each.next_place for each in dossiers(ranking, plan)] == [
        ["2042: daarheen."],
        ["Binnen de jaren van het plan hoeven de woningen hier niet weg."],
        ["In het plan van verhuizingen staan op deze locatie geen woningen."],
    ]


def test_facts_name_the_owner_and_the_parcels(ranking: Ranking) -> None:
    several = next(each for each in dossiers(ranking) if len(each.site.parcels) > 1)
    assert several.facts["Eigenaar"] == several.site.owner
    assert several.facts["Percelen"].count(", ") == len(several.site.parcels) - 1
    alone = next(each for each in dossiers(ranking) if len(each.site.parcels) == 1)
    assert "Percelen" not in alone.facts


def test_a_toy_dossier_says_what_it_has_and_no_more(tmp_path: Path) -> None:
    (dossier,) = dossiers(toy_study(tmp_path).rank("A"))
    assert (dossier.decisive, [passage.title for passage in dossier.rest]) == (
        [],
        ["Kanttekeningen"],
    )
    assert dossier.whom == ["Eigenaar van de grond: gemeente."]
