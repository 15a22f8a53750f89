"""What is said of the locations of the shortlist: three sentences each, that a council reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flexruimte import Ranking, Study
from flexruimte.results.column_titles import owner_titles
from flexruimte.results.outputs import OutputContent
from flexruimte.study.sample import sample_study_path
from flexruimte.views.report.sites import (
    MOST,
    room_for,
    shortlist_of,
    sites_of,
)
from flexruimte.views.titles_in_sentences import lowered
from toy_town import changed_ruleset, toy_study


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


@pytest.fixture(scope="module")
def content(ranking: Ranking) -> OutputContent:
    return ranking.content()


def test_the_shortlist_is_the_best_class(content: OutputContent) -> None:
    assert shortlist_of(content)["parcel_id"].tolist() == ["P03"]


def test_without_classes_it_is_the_best_ranked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruleset = changed_ruleset().model_copy(update={"priorities": {}})
    content = toy_study(tmp_path, ruleset=ruleset).rank("A").content()
    ranked = content.locations["parcel_id"][content.locations["rank"].notna()].tolist()
    assert len(ranked) == 6
    assert shortlist_of(content)["parcel_id"].tolist() == ranked
    monkeypatch.setattr("flexruimte.views.report.sites._FIRST", 4)
    assert shortlist_of(content)["parcel_id"].tolist() == ranked[:4]


def test_a_longer_shortlist_than_fits_is_cut(content: OutputContent) -> None:
    many = content.locations.loc[content.locations.index.repeat(5)].assign(priority="shortlist")
    more = replace(content, locations=many)
    assert many["rank"].notna().sum() == 30
    assert len(shortlist_of(more)) == MOST == 25


def test_what_is_said_of_one(content: OutputContent) -> None:
    (site,) = sites_of(content, shortlist_of(content), "nl")
    assert (site.rank, site.location, site.title) == ("1", "P03", "Veld P03")
    assert site.facts == [
        "30 woningen",
        "1 ha bruikbaar",
        "Geen einde bekend; 15 jaar kan vanaf 1 januari 2027",
        "eigenaar: gemeente",
    ]
    # students 28.125 and starters 18.75 (tests/test_toy_scores.py); their mean 23.4 weighs 75 %,
    # the term 100 weighs 25 %: 42.6
    assert site.why == (
        "Plaats 1 van 6 met 43 van 100 punten: het sterkst in termijn (100), het zwakst in "
        "geschiktheid (23)."
    )
    assert site.open == "Er is 1 kanttekening."
    assert site.next.startswith("Past het best bij studenten, met 28 van 100 punten. Eerste stap: ")


def test_where_many_share_the_pages_less_is_said(content: OutputContent) -> None:
    listed = content.locations[content.locations["rank"].notna()]
    few, many = (sites_of(content, rows, "nl") for rows in (listed.head(5), listed))
    assert [room_for(len(rows)) for rows in (few, many)] == ["few", "many"]
    for long, short in zip(few, many, strict=False):
        assert long.location == short.location
        assert len(" ".join(short.facts)) < len(" ".join(long.facts))
        assert long.why.startswith(f"Plaats {long.rank} van 6")
        assert long.why.endswith(short.why.removesuffix(".") + ".")
    free = {site.location: site.facts[2] for site in many}
    assert free["P03"] == "vrij vanaf 2027, geen einde bekend"
    # reserved up to and including 2042
    assert free["P06"] == "vrij van 2027 tot 2043"


def test_first_comes_what_calls_for_attention_and_what_is_not_known() -> None:
    content = Study.load(sample_study_path()).rank("GM9002").content()
    sites = {site.location: site for site in sites_of(content, shortlist_of(content), "nl")}
    assert sites["90020066470000"].open == (
        "Let op: Bij een overstroming kan het water 1,7 m hoog komen; gevraagd is hooguit 1,5 m. "
        "Er is een wachtrij op het stroomnet. Nog niet bekend: richtafstand van de VNG tot een "
        "bedrijventerrein naar milieucategorie; besluit over bodemverontreiniging. "
        "Er zijn 2 kanttekeningen."
    )
    # the advice of the first of them, and a title without the remark that all groups have
    assert "Eerste stap: " in sites["90020066470000"].next
    assert "(voorbeeldgewichten)" not in sites["90020066470000"].next
    assert (
        sites["90020056970000+2"].title
        == "Grotere plek in de kom 90020056970000+2 (3 percelen samen)"
    )
    assert len(sites["90020056970000+2"].parcels) == 3


def test_owners_have_the_titles_of_the_ruleset() -> None:
    summary = Study.load(sample_study_path()).rank("GM9002").summary
    assert owner_titles(summary, "nl")["gemeente"] == "de gemeente"
    assert owner_titles(summary, "en")["gemeente"] != "de gemeente"


def test_no_location_no_words(content: OutputContent) -> None:
    assert sites_of(content, content.locations.iloc[:0], "nl") == []


@pytest.mark.parametrize(
    ("title", "within"), [("Geluid", "geluid"), ("NNN", "NNN"), ("A", "a"), ("", "")]
)
def test_a_title_within_a_sentence(title: str, within: str) -> None:
    assert lowered(title) == within
