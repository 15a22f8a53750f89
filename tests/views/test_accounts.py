"""What a report says of itself: why it is empty, what is not known, sources, method, signature."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flexruimte import Study
from flexruimte.results.summary_model import Summary
from flexruimte.study.sample import sample_study_path
from flexruimte.views.accounts import method, not_known, signature, sources, why_nothing
from toy_town import changed_ruleset, toy_study


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A").summary


@pytest.fixture(scope="module")
def sample() -> Summary:
    return Study.load(sample_study_path()).rank("GM9001").summary


def test_what_is_not_known(summary: Summary) -> None:
    said = not_known(summary, "nl")
    share = summary.funnel[0].assessed_share
    assert share is not None
    assert said[0] == f"Gemiddeld is op {100 * share:.1f}".replace(".", ",") + (
        "% van de vragen een antwoord bekend."
    )
    # of the owner of P08 to P12 nothing is known: five parcels
    assert "soort eigenaar (5 percelen)" in said[1] or "eigenaar (5 percelen)" in said[1]
    # the plan on P08 has no year
    assert said[2].startswith("Eén woningbouwplan kon niet worden gebruikt")
    assert said[-1].startswith("Over draagvlak in de buurt")


def test_what_was_left_out_is_named(tmp_path: Path) -> None:
    left_out = toy_study(tmp_path, not_assessed=["plannen", "lden"]).rank("A").summary
    said = " ".join(not_known(left_out, "en"))
    assert "Knowingly not assessed: " in said
    assert "Housing plans" in said
    assert "Noise" in said
    absent = toy_study(tmp_path, layers={"net": None}).rank("A").summary
    assert "These map layers are missing: Grid." in not_known(absent, "en")


def test_a_long_list_is_cut(sample: Summary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexruimte.views.accounts._MOST_NAMED", 2)
    (optional,) = (text for text in not_known(sample, "en") if text.startswith("These map layers"))
    more = len(sample.optional_absent) - 2
    assert more > 1
    assert optional.endswith(f"; and {more} more.")


def test_sources_have_dates_and_the_usual_licence_is_said_once(sample: Summary) -> None:
    found, usual = sources(sample, "nl")
    assert len(found) == len(sample.inputs)
    assert usual == "CC0 (fictional)"
    assert {source.licence for source in found} == {""}
    dates = {source.title: source.date for source in found}
    assert dates["Natuurnetwerk Nederland"] == "1 jan 2025"
    assert dates["Percelen"] == "1 dec 2025"
    assert [source.title for source in found] == sorted(dates, key=str.lower)


def test_another_licence_stands_with_its_source(sample: Summary) -> None:
    inputs = dict(sample.inputs)
    inputs["nnn"] = inputs["nnn"].model_copy(update={"licence": None, "reference_date": None})
    found, _ = sources(sample.model_copy(update={"inputs": inputs}), "nl")
    (nature,) = (source for source in found if source.title == "Natuurnetwerk Nederland")
    assert (nature.date, nature.licence) == ("zonder datum", "licentie niet vermeld")
    assert sources(sample.model_copy(update={"inputs": {}}), "en") == ([], "licence not stated")


def test_ten_sentences_on_the_method(summary: Summary, sample: Summary) -> None:
    for language in ("nl", "en"):
        said = method(sample, language)
        assert len(said) == 10
        assert all(sentence.endswith(".") for sentence in said)
    said = method(sample, "nl")
    assert "Alle 2.304 percelen" in said[0]
    assert f"langs {len(sample.rules)} regels" in said[1]
    assert "'Kan naar de raad', 'Eerst in gesprek' en 'Overige ruimte'" in said[7]
    # 25, 45, 20 and 10 of 100, the most first
    assert (
        "haalbaarheid (45%), geschiktheid (25%), verplaatsbaarheid (20%) en termijn (10%)"
        in said[8]
    )
    assert "136 woningen" in said[9]
    plain = summary.model_copy(update={"priorities": {}})
    assert len(method(plain, "nl")) == 9


def test_the_method_names_what_the_rules_are_about_and_nothing_else(tmp_path: Path) -> None:
    # of the toy town's rules none is on restrictions when nature and pipelines are left out
    left = toy_study(tmp_path, not_assessed=["natuur", "leiding", "plannen"]).rank("A").summary
    said = method(left, "nl")[1]
    assert said.startswith("Elk perceel is langs ")
    assert " regels gelegd, over: gebruik van de grond, " in said
    assert "beperkingen" not in said
    assert "woningbouwplannen" not in said


def test_the_signature_names_study_ruleset_software_and_date(summary: Summary) -> None:
    changed = summary.model_copy(
        update={"study": summary.study.model_copy(update={"as_of": dt.date(2027, 3, 1)})}
    )
    assert signature(changed, "nl") == (
        "Studie 'Toy town', stand van 1 maart 2027; regelset 'Speelgoeddorp' 1; "
        f"gemaakt met flexruimte {summary.versions['flexruimte']}."
    )


def test_nothing_here_because(tmp_path: Path) -> None:
    none = toy_study(tmp_path, placement={"min_buildable_m2": 1e6}).rank("A").summary
    said = why_nothing(none, "nl")
    assert said.startswith("Er is hier geen enkele locatie met een plaats op de ranglijst. ")
    assert "Wat de meeste percelen uitsluit: " in said
    # the rule on what is left excludes all twelve, and comes first; as a reason it is no wish
    first = said.split("uitsluit: ")[1].split(";")[0]
    wishes = {facts.title.nl for facts in none.rules if facts.counts.no == 12}
    assert first in {
        f"voldoet niet aan: {wish[0].lower()}{wish[1:]} (12 percelen)" for wish in wishes
    }


def test_how_many_is_not_called_most(sample: Summary) -> None:
    # On the slope of the ground 946 of 2,304 parcels have no answer, which are not most.
    assert sample.total.parcels == 2_304
    for language, said in (
        ("nl", "helling van het maaiveld (946 percelen)"),
        ("en", "(946 parcels)"),
    ):
        (unknown,) = (text for text in not_known(sample, language) if said in text)
        assert "meeste" not in unknown
        assert "most parcels" not in unknown


def test_one_location_is_one(tmp_path: Path) -> None:
    summary = toy_study(tmp_path).rank("A").summary.model_copy(update={"ranked": 1})
    assert why_nothing(summary, "nl").startswith(
        "Er is één locatie met een plaats op de ranglijst,"
    )
    assert why_nothing(summary, "en").startswith("One location has a place in the ranking,")


def test_nothing_in_the_best_class_because(tmp_path: Path) -> None:
    summary = toy_study(tmp_path).rank("A").summary
    assert why_nothing(summary, "en") == (
        "6 locations have a place in the ranking, and none of them meets all that "
        "'Can go before the council' asks."
    )
    silent = toy_study(tmp_path, ruleset=changed_ruleset(), not_assessed=["eigendom"])
    unknown = silent.rank("A").summary
    said = why_nothing(unknown, "en")
    assert said.startswith("Nothing can be 'Can go before the council', as that needs a yes on: ")


def test_too_little_is_known(summary: Summary) -> None:
    little = summary.model_copy(update={"ranked": 0, "without_score": 3})
    assert why_nothing(little, "nl") == "Er is te weinig bekend voor een rangorde."
