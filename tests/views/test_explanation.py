"""Explanations: what is said of a parcel, from memory and from files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from flexruimte import OutputError, Ranking
from flexruimte.results.outputs import OUTPUTS
from flexruimte.results.read import read_parcel
from flexruimte.results.rule_text import asked
from flexruimte.views.explanation import explain
from toy_town import changed_ruleset, toy_study
from two_neighbours import two_neighbours


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


def row_of(ranking: Ranking, parcel_id: str, rule_id: str) -> pd.Series:
    table = ranking.explain(parcel_id).table.set_index("rule")
    return table.loc[rule_id]


def test_there_is_a_row_for_every_rule_and_criterion(ranking: Ranking) -> None:
    ruleset = ranking.assessment.ruleset
    assert ranking.explain("P01").table["rule"].tolist() == [
        *ruleset.enabled_rules,
        *ruleset.criteria,
    ]


def test_a_rule_on_a_layer_says_how_much_and_because_of_what(ranking: Ranking) -> None:
    row = row_of(ranking, "P05", "nature")
    assert row["verdict"] == "yes"  # half is left
    assert row["covered_m2"] == 5000
    assert row["covered_share"] == 0.5
    assert row["features"] == "Bos (1)"
    assert (
        row["sentence"]
        == "Natuur: 5.000 m² (50%) van het perceel ligt op kaartlaag 'Natuur', door: Bos (1); dat deel valt af."
    )


def test_scores_have_the_same_decimals_whatever_they_are(ranking: Ranking) -> None:
    """Of two beside each other, 90,0 is as exact as 90,2."""
    results = ranking._results_of("P03")
    results.row.update({"score": 90.0, "score_low": 86.04, "score_high": 90.5})
    explained = explain(results.row, results.findings, results.summary, "nl", results.site)
    assert "90,0 (86,0 - 90,5)" in explained.to_text()


def test_an_edge_is_called_an_edge(ranking: Ranking) -> None:
    row = row_of(ranking, "P06", "nature")
    assert row["edge"]
    assert "raakt alleen de rand" in row["sentence"]
    assert "(5 m)" in row["sentence"]


def test_a_rule_on_a_measure_says_value_and_test(ranking: Ranking) -> None:
    row = row_of(ranking, "P02", "unbuilt")
    assert (row["verdict"], row["value"], row["unit"], row["test"]) == (
        "no",
        0.37,
        "share",
        "<= 30%",
    )
    assert row["sentence"] == "Onbebouwd: gevonden is 37% (Bebouwd), gevraagd is ten hoogste 30%."
    assert row_of(ranking, "P02", "term")["test"] == ">= 15 jaar"


def test_excluded_by_a_whole_cover(ranking: Ranking) -> None:
    said = str(ranking.explain("P07"))
    assert "Perceel P07 in Aadorp is uitgesloten." in said
    assert (
        "het hele perceel ligt op kaartlaag 'Natuur', door: Heide (3). Dat sluit uit (zeer hard)."
        in said
    )


def test_unknown_says_why(ranking: Ranking, tmp_path: Path) -> None:
    # the plan there has no date: "100 years or more" would say what nobody knows
    said = row_of(ranking, "P08", "hard_plan")["sentence"]
    assert "heeft hier geen object, of een object zonder waarde" in said
    assert "100" not in said
    without = toy_study(tmp_path, layers={"natuur": None}).rank("A")
    row = row_of(without, "P01", "nature")
    assert row["verdict"] == "unknown"
    assert row["found"] == "onbekend"
    assert "de studie heeft geen kaartlaag 'Natuur'" in row["sentence"]


def test_left_out_is_not_unknown(tmp_path: Path) -> None:
    study = toy_study(tmp_path, layers={"eigendom": None}, not_assessed=["eigendom"])
    explanation = study.rank("A").explain("P01")
    row = explanation.table.set_index("rule").loc["public_owner"]
    assert row["verdict"] == "left_out"
    assert "niet beoordeeld: Eigendom" in explanation.footnote


@pytest.mark.parametrize(
    ("parcel_id", "decision", "expected"),
    [
        ("P03", "out", "sluit dit perceel uit: 'zo is besloten'. Dat gaat voor alle regels."),
        (
            "P02",
            "in",
            "laat dit perceel toe: 'zo is besloten'. Dat gaat voor harde regels en aandachtspunten; wat die zeggen blijft zichtbaar.",
        ),
        ("P07", "in", "Een zeer harde regel zegt nee en gaat voor: Natuur."),
    ],
)
def test_a_decision_and_what_goes_before_it(
    tmp_path: Path, parcel_id: str, decision: str, expected: str
) -> None:
    decisions = pd.DataFrame(
        {
            "parcel_id": [parcel_id],
            "decision": [decision],
            "reason": ["zo is besloten"],
            "date": ["2025-03-01"],
        }
    )
    explanation = toy_study(tmp_path, decisions=decisions).rank("A").explain(parcel_id)
    assert explanation.decision.startswith("Een besluit van 1 maart 2025")
    assert expected in explanation.decision


@pytest.mark.parametrize("parcel_id", ["P01", "P02", "P07", "P08", "P12"])
def test_files_say_the_same_as_memory(ranking: Ranking, tmp_path: Path, parcel_id: str) -> None:
    (tmp_path / "A").mkdir()
    ranking.to_parquet(tmp_path / "A" / "parcels.parquet")
    ranking.to_findings(tmp_path / "A" / "findings.parquet")
    ranking.to_summary(tmp_path / "A" / "summary.json")
    found = read_parcel(tmp_path, parcel_id)
    read = explain(found.row, found.findings, found.summary)
    made = ranking.explain(parcel_id)
    assert read.to_text() == made.to_text()
    assert read.to_text(every=True) == made.to_text(every=True)
    assert read._repr_html_() == made._repr_html_()
    pd.testing.assert_frame_equal(read.table, made.table)


def test_english(ranking: Ranking) -> None:
    said = str(ranking.explain("P05", "en"))
    assert (
        "5,000 m² (50%) of the parcel lies on layer 'Nature', because of: Bos (1); that part is taken away."
        in said
    )


def test_html_tells_verdicts_apart_and_escapes(ranking: Ranking) -> None:
    html = ranking.explain("P08")._repr_html_()
    assert "class='v unknown'" in html
    assert "class='v yes'" in html
    assert "&lt;= 30%" in html


def test_an_unknown_id_gets_a_hint(ranking: Ranking, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="did you mean 'P01'"):
        ranking.explain("P001")
    with pytest.raises(OutputError, match="holds no results"):
        read_parcel(tmp_path, "P01")


def test_a_rule_on_cells_and_an_exception_are_said_in_words(tmp_path: Path) -> None:
    loud = {
        "title": {"nl": "Luid", "en": "Loud"},
        "condition": "restriction",
        "level": "hard",
        "layer": "lden",
        "above": 50,
        "unless": [{"measure": "building_count", "at_least": 3}],
        "source": "toy",
        "basis": "assumption",
    }
    ruleset = changed_ruleset(rules={"loud": loud})
    ranking = toy_study(tmp_path, ruleset=ruleset).rank("A")
    found = ranking.explain("P06")  # a cell of 50 x 50 with 70
    assert (
        "Luid: 2.500 m² (25%) van het perceel ligt waar kaartlaag 'Geluid' boven 50 dB is; dat deel valt af."
        in str(found)
    )
    (facts,) = (rule for rule in ranking.summary.rules if rule.id == "loud")
    assert asked(facts, "nl") == (
        "niet waar kaartlaag 'Geluid' boven 50 dB is (behalve waar Aantal panden >= 3)"
    )
    assert asked(facts, "en").startswith("not where layer 'Noise' is above 50 dB (but not where ")


# -- class, homes, location


def test_the_class_is_told_with_what_keeps_out_of_the_one_above(ranking: Ranking) -> None:
    # P12: a soft plan ends its term, and nobody knows the owner; the first class asks both
    said = ranking.explain("P12")
    assert said.sentences[1] == (
        "Voorrang: Eerst in gesprek. Nog niet 'Kan naar de raad': Termijn als zachte plannen doorgaan: "
        "gevonden is 2 jaar (Termijn als zachte plannen doorgaan), gevraagd is ten minste 15 jaar. Eigenaar: niet bekend."
    )
    assert said.facts["Voorrang"] == "Eerst in gesprek"
    assert (
        ranking.explain("P12", "en").sentences[1].startswith("Priority: To be talked about first.")
    )
    first = ranking.explain("P03")
    assert first.sentences[1] == "Voorrang: Kan naar de raad."
    # an excluded parcel has no class
    assert "Voorrang" not in ranking.explain("P07").facts
    assert "Voorrang" not in str(ranking.explain("P07"))


def test_homes_are_those_that_totals_count(ranking: Ranking) -> None:
    # 1 ha has room for 40 (16 to 80) by density, and a project is 30 homes at most; P05 has half a hectare
    assert ranking.explain("P03").facts["Woningen"] == (
        "30 in een project; er is ruimte voor 40 (16 - 80)"
    )
    assert ranking.explain("P05").facts["Woningen"] == "20 (8 - 40)"


def test_a_member_tells_its_location_first_and_a_location_is_called_so(tmp_path: Path) -> None:
    ranking = two_neighbours().rank("A")
    member = ranking.explain("B", "nl")
    assert member.sentences[0].startswith("Perceel B hoort bij locatie A+1: beschikbaar")
    assert member.sentences[1].startswith("Op zichzelf is perceel B in Aadorp ")
    assert member.facts["Hoort bij locatie"].startswith("A+1: beschikbaar")
    location = ranking.explain("A+1", "nl")
    assert location.sentences[0].startswith(
        "Locatie A+1 in Aadorp, van 2 percelen samen, is beschikbaar. "
        "'Het perceel' is hieronder de hele locatie."
    )
    assert "Perceel A+1" not in location.to_text()
    assert "Hoort bij locatie" not in location.facts
    # and so from files
    (tmp_path / "A").mkdir()
    for output in OUTPUTS:
        output.write(ranking.content(), tmp_path / "A" / output.name)
    found = read_parcel(tmp_path, "B")
    read = explain(found.row, found.findings, found.summary, "nl", found.site)
    assert read.to_text() == member.to_text()
    # too little is known here for a rank
    assert found.site is not None
    third = {**found.site, "rank": 3}
    summary = found.summary.model_copy(update={"ranked": 7})
    ranked = explain(found.row, found.findings, summary, "nl", third)
    assert ranked.sentences[0].startswith("Perceel B hoort bij locatie A+1, plaats 3 van 7: ")
    assert ranked.facts["Hoort bij locatie"] == "A+1: 3 van 7"


@pytest.mark.parametrize(
    ("parcel_id", "rule", "part", "said"),
    [
        ("P02", "unbuilt", "overruled", "Dat zou uitsluiten (hard); een besluit gaat ervoor."),
        ("P01", "buildings", "overruled", "Dat zou uitsluiten (hard); een besluit gaat ervoor."),
        ("P07", "nature", "objection", "Dat sluit uit (zeer hard)."),
    ],
)
def test_objections_that_a_decision_overrules_stand_apart(
    tmp_path: Path, parcel_id: str, rule: str, part: str, said: str
) -> None:
    decisions = pd.DataFrame(
        {
            "parcel_id": [parcel_id],
            "decision": ["in"],
            "reason": ["zo is besloten"],
            "date": ["2025-03-01"],
        }
    )
    ranking = toy_study(tmp_path, decisions=decisions).rank("A")
    explanation = ranking.explain(parcel_id)
    assert explanation.table.set_index("rule").loc[rule, "part"] == part
    assert said in str(explanation)
    title = {
        "overruled": "Bezwaren die met een besluit zijn gepasseerd",
        "objection": "Wat uitsluit",
    }
    assert title[part] in explanation.to_text()
    # a decision gives the land back: nothing falls away, and no edge is left over
    row = ranking.findings.set_index(["parcel_id", "rule"]).loc[(parcel_id, rule)]
    assert "overblijft" not in row["finding"]
    assert "valt af" not in row["finding"]


@pytest.mark.parametrize("width", [120, 80])
def test_in_a_terminal_no_word_breaks_and_what_is_fine_is_folded(
    ranking: Ranking, width: int
) -> None:
    explanation = ranking.explain("P07")
    folded, every = explanation.to_text(width), explanation.to_text(width, every=True)
    assert max(map(len, [*folded.splitlines(), *every.splitlines()])) <= width
    for row in explanation.table.to_dict("records"):
        told = row["part"] in ("objection", "attention", "note", "missing", "taken")
        name = row["sentence"] if told else row["title"]
        assert set(name.split()) <= set(every.split())
        assert not told or set(name.split()) <= set(folded.split())
    assert len(folded.splitlines()) < len(every.splitlines()) / 2


def test_sources_are_shown_when_asked_for(ranking: Ranking) -> None:
    explanation = ranking.explain("P07")
    assert "wet: toy" not in explanation.to_text(every=True)
    assert "wet: toy" in explanation.to_text(sources=True)
    assert (
        "<details><summary>wet</summary><small>toy</small></details>" in explanation._repr_html_()
    )
