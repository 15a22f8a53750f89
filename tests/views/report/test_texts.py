"""The first lines of a report, its legend, and the messages of its templates."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from flexruimte import Ranking
from flexruimte.views.report.maps import town_map
from flexruimte.views.report.sites import shortlist_of, sites_of
from flexruimte.views.report.texts import MESSAGES, lead, legend, shortlist_title, text_of
from toy_town import toy_study

TEMPLATES = ("report.html", "dossiers.html", "report_parts.html")


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


def test_templates_use_these_messages_and_no_text_of_their_own() -> None:
    folder = resources.files("flexruimte.views") / "templates"
    texts = [(folder / name).read_text(encoding="utf-8") for name in TEMPLATES]
    used = {found for text in texts for found in re.findall(r'say\("([^"]+)"', text)}
    assert used == set(MESSAGES)
    bare = re.sub(r"\{[{%].*?[%}]\}|<style>.*?</style>|<[^>]*>", " ", " ".join(texts), flags=re.S)
    assert re.findall(r"[A-Za-z]{3,}", bare) == []


def test_a_message_that_is_not_listed_is_refused() -> None:
    with pytest.raises(LookupError, match="'map-title' is no message of a template"):
        text_of("nl")("map-title")


def test_the_outcome_in_a_few_sentences(ranking: Ranking) -> None:
    assert lead(ranking.summary, 1, "nl") == [
        "Van de 12 hectare grond in Aadorp is 5,2 hectare beschikbaar voor verplaatsbare woningen.",
        "Van nog 2 hectare is niet bekend of die beschikbaar is.",
        "6 locaties hebben een plaats op de ranglijst gekregen.",
        "Eén ervan staat in de hoogste klasse, 'Kan naar de raad', met plaats voor 30 woningen.",
    ]


def test_what_was_not_looked_at_is_said_at_once(ranking: Ranking) -> None:
    whole, *others = ranking.summary.funnel
    few = whole.model_copy(update={"conditions_not_assessed": ["restriction", "plan"]})
    said = lead(ranking.summary.model_copy(update={"funnel": [few, *others]}), 1, "nl")
    assert said[1] == "Daarbij is niet gekeken naar: beperkingen en woningbouwplannen."
    assert not any("niet gekeken" in line for line in lead(ranking.summary, 1, "nl"))


def test_more_than_fit_are_said_to_be_elsewhere(ranking: Ranking) -> None:
    first = ranking.summary.priorities["shortlist"].model_copy(update={"locations": 40})
    many = ranking.summary.model_copy(
        update={"priorities": {**ranking.summary.priorities, "shortlist": first}}
    )
    assert lead(many, 25, "en")[-1].startswith("The best 25 are in this report")
    assert not lead(ranking.summary, 1, "en")[-1].startswith("The best")


def test_nothing_ranked_is_not_said_to_be_zero(ranking: Ranking) -> None:
    none = ranking.summary.model_copy(update={"ranked": 0})
    assert len(lead(none, 0, "nl")) == 2


def test_the_legend_has_what_is_on_the_map(ranking: Ranking) -> None:
    content = ranking.content()
    shortlist = shortlist_of(content)
    entries = legend(content, sites_of(content, shortlist, "en"), "en")
    assert [(entry.style, entry.text) for entry in entries] == [
        ("shortlist", "Can go before the council (1)"),
        ("class-1", "To be talked about first (3)"),
        ("class-2", "Other room (2)"),
        ("unknown", "Cannot be judged: data are missing (2)"),
        ("other", "Other parcels"),
    ]
    styles = {style for style, _ in town_map(content, shortlist).layers}
    assert styles == {*(entry.style for entry in entries), "boundary"}


def test_without_classes_it_is_the_best_ranked(ranking: Ranking) -> None:
    plain = ranking.summary.model_copy(update={"priorities": {}})
    assert shortlist_title(plain, "nl") == "De best gerangschikte locaties"
    assert shortlist_title(ranking.summary, "nl") == "Kan naar de raad"


def test_all_templates_are_in_the_package() -> None:
    folder = Path(str(resources.files("flexruimte.views"))) / "templates"
    assert all((folder / name).is_file() for name in (*TEMPLATES, "report.css"))
