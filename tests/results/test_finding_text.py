"""What rules found, in words: every rule that ships, in both languages, with whatever it can find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.results.finding_text import finding_text, rule_sentence
from flexruimte.results.rule_facts import rule_facts
from flexruimte.results.rule_text import Finding, asked, found, value_text
from flexruimte.results.summary_rules import LandRuleFacts, MeasureRuleFacts, MeasureTest, RuleFacts
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.rules import FindingText
from flexruimte.vocabulary import COVERED_AREA, EDGE, RULE

RULESET = load_ruleset("flexwonen-nl")
ENGLISH = re.compile(
    r"\b(the|and|lies|parcel|whole|asked|from|with|to|near|within|least|most|home|homes|year|years|"
    r"yes|not|unknown|road|noise|free|owner|sign|no_permit|yearly_permit|none)\b"
)
"""Words that no Dutch sentence has."""
LEAKS = re.compile(r"[{}$]|\b(None|nan|NaN|NA|inf|not_in|True|False)\b|<NA>|_class|\$")


def facts_of(ruleset: object = RULESET, present: bool = True) -> dict[str, RuleFacts]:
    """The facts of every rule, as a study has them whose layers are all there, or are not."""
    layers = {name: SimpleNamespace(reference_date=None, repairs={}) for name in RULESET.layers}
    assessment = SimpleNamespace(
        ruleset=ruleset,
        verdicts={},
        parcels=pd.DataFrame(),
        inputs=layers if present else {},
        left_out={},
        question=SimpleNamespace(not_assessed=frozenset()),
    )
    nothing = pd.DataFrame({RULE: [], COVERED_AREA: [], EDGE: []})
    return {facts.id: facts for facts in rule_facts(assessment, nothing)}


FACTS = facts_of()
ABSENT = facts_of(present=False)
NUMBERS = (0.0, 1e-7, 0.04, 0.5, 1.0, 1.49999, 1.5, 2.0, 11.96, 60.0, 999.9, 12_345.678, 1e9)


def findings_of(facts: RuleFacts) -> Iterator[Finding]:
    """Whatever a rule can find: typical, extreme, at its threshold, and nothing at all."""
    yield Finding("unknown")
    yield Finding("left_out")
    yield Finding("no")
    yield Finding("yes")
    if isinstance(facts, MeasureRuleFacts):
        test = facts.test
        if test.unit == "class" or test.in_ is not None or test.not_in is not None:
            values: tuple[object, ...] = (*test.classes, "a word of another file")
        else:
            bounds = [bound for bound in (test.at_least, test.at_most) if bound is not None]
            values = (*NUMBERS, *bounds, *(bound * (1 + 1e-9) for bound in bounds), -test.needed)
        for value in values:
            yield from (Finding(verdict, value=value) for verdict in ("no", "yes", "unknown"))
        return
    for share in (0.0, 1e-9, 0.001, 0.5, 0.9999, 1.0):
        for features, count in (
            ("", 0),
            ("Heide (3)", 1),
            ("a; b, c (2); d; e; f", 12),
            ("x", None),
        ):
            for verdict in ("no", "yes", "unknown"):
                area = 10_000 * share
                yield Finding(verdict, None, area, share, False, features, count)
    yield Finding("yes", None, 12.0, 0.001, True, "x", 1)


@pytest.mark.parametrize("rule_id", sorted(FACTS))
def test_every_rule_says_what_it_found(rule_id: str) -> None:
    for facts in (FACTS[rule_id], ABSENT[rule_id]):
        for finding in findings_of(facts):
            for language in ("nl", "en"):
                said = [rule_sentence(facts, finding, language), asked(facts, language)]
                said += [found(facts, finding, language)] * (finding.verdict != "left_out")
                if finding.verdict != "left_out":
                    said.append(finding_text(facts, finding, language))
                for text in said:
                    assert text.strip(), (finding, language)
                    assert LEAKS.search(text) is None, text
                    if language == "nl" and finding.value != "a word of another file":
                        assert ENGLISH.search(text) is None, text
                assert said[0][0] == said[0][0].upper()
                assert said[0].endswith(".")
                assert not said[0].endswith("..")


@pytest.mark.parametrize("rule_id", sorted(FACTS))
def test_a_no_is_told_by_its_own_words_and_not_by_its_wish(rule_id: str) -> None:
    facts = FACTS[rule_id]
    values = [finding for finding in findings_of(facts) if finding.verdict == "no"]
    covered = [each for each in values if each.value is not None or (each.covered_m2 or 0) > 1]
    assert covered
    for finding in covered:
        if finding.feature_count is None and isinstance(facts, LandRuleFacts):
            continue
        for language, wish in (("nl", facts.title.nl), ("en", facts.title.en)):
            said = rule_sentence(facts, finding, language)
            assert said == finding_text(facts, finding, language)
            assert not said.startswith(f"{wish}:")
            assert "gevonden is" not in said
            assert "found is" not in said


# The table of what a planner reads: what was found, in plain words.
EXAMPLES = [
    ("dwellings", Finding("no", value=2.0), "Er staan 2 woningen op het perceel."),
    ("dwellings", Finding("no", value=1.0), "Er staat 1 woning op het perceel."),
    ("owner_public", Finding("no", value="particulier"), "De eigenaar is een particulier."),
    ("grid_shortage", Finding("no", value="3"), "Er is een wachtrij op het stroomnet."),
    (
        "emergency_access",
        Finding("no", value=15.0),
        "De openbare weg ligt op 15 m: een eigen toegangsweg voor hulpdiensten is nodig.",
    ),
    (
        "nitrogen",
        Finding("no", value=4012.0),
        "Natura 2000 ligt op 4 km: een stikstofberekening is nodig.",
    ),
    (
        "sign_width",
        Finding("no", value=-1.4),
        "Bord C18 in de buurt: hooguit 2,1 m breed; de module is 3,5 m.",
    ),
    (
        "buildable_area",
        Finding("no", value=0.3),
        "Het bruikbare deel is minder dan 1 m²; gevraagd is ten minste 1.000 m².",
    ),
    (
        "bbg_sports",
        Finding("no", None, 0.4, 0.889),
        "< 1 m² (88,9%) van het perceel is volgens het CBS sportterrein.",
    ),
    ("term_long_enough", Finding("no", value=0.0), "De grond is niet vrij; gevraagd is 15 jaar."),
    ("term_long_enough", Finding("no", value=1.0), "De grond is 1 jaar vrij; gevraagd is 15 jaar."),
    (
        "flood_depth",
        Finding("no", value=1.51),
        "Bij een overstroming kan het water 1,51 m hoog komen; gevraagd is hooguit 1,5 m.",
    ),
    (
        "natura2000",
        Finding("no", None, 5000.0, 1.0, False, "Rijntakken (38); Veluwe (57)", 2),
        "Het hele perceel ligt in Natura 2000-gebied (Rijntakken en Veluwe).",
    ),
    (
        "natura2000",
        Finding("yes", None, 500.0, 0.05, False, "Rijntakken (38)", 1),
        "500 m² (5%) van het perceel ligt in Natura 2000-gebied (Rijntakken); dat deel valt af.",
    ),
    (
        "nnn",
        Finding("no", None, 9500.0, 0.95, False, "uiterwaard (7)", 1),
        "9.500 m² (95%) van het perceel ligt in het Natuurnetwerk Nederland (uiterwaard); "
        "wat overblijft is niet meer dan een rand, minder dan de kaart nauwkeurig is (5 m).",
    ),
]


@pytest.mark.parametrize(("rule_id", "finding", "said"), EXAMPLES)
def test_examples(rule_id: str, finding: Finding, said: str) -> None:
    assert finding_text(FACTS[rule_id], finding, "nl") == said


def test_examples_in_english() -> None:
    two = finding_text(FACTS["dwellings"], Finding("no", value=2.0), "en")
    assert two == "There are 2 homes on the parcel."
    one = finding_text(FACTS["dwellings"], Finding("no", value=1.0), "en")
    assert one == "There is 1 home on the parcel."
    owner = finding_text(FACTS["owner_public"], Finding("no", value="particulier"), "en")
    assert owner == "The owner is a private person."


# -- only at 100 % the whole parcel


@given(st.floats(0.0, 1.0))
def test_only_the_whole_parcel_is_the_whole_parcel(share: float) -> None:
    said = rule_sentence(FACTS["nnn"], Finding("no", None, 1e4 * share, share, False, "x", 1), "nl")
    assert ("Het hele perceel" in said) == (share >= 1 - 1e-6)


# -- numbers show on which side of a threshold they lie


def as_number(text: str) -> float:
    """The number that a reader sees; of lengths in metres."""
    number = float(re.sub(r"[^\d.,-]", "", text.split()[0]).replace(".", "").replace(",", "."))
    return number * 1000 if " km" in text else number


@given(
    bound=st.floats(0.001, 10_000).map(lambda number: round(number, 3)),
    value=st.floats(0, 20_000).map(lambda number: round(number, 3)),
    unit=st.sampled_from(["m", "cm", "dB Lden", "ug/m3", "m2", "percent", "year"]),
)
def test_a_value_never_reads_like_a_threshold_that_it_is_not(
    bound: float, value: float, unit: str
) -> None:
    facts = measure_facts(unit, at_most=bound)
    shown = as_number(value_text(value, facts.test, "nl"))
    limit = as_number(asked(facts, "nl").removeprefix("<= "))
    assert limit == pytest.approx(bound, abs=1e-9)
    assert (shown > limit, shown < limit) == (value > bound, value < bound)
    sentence = finding_text(facts, Finding("no", value=value), "nl")
    told, threshold = sentence.removesuffix(".").split(" tegen ")
    sides = as_number(told), as_number(threshold)
    assert (sides[0] > sides[1], sides[0] < sides[1]) == (value > bound, value < bound)


def measure_facts(unit: str, **test: float) -> MeasureRuleFacts:
    """The facts of a rule on a measure, that says its value and its threshold."""
    depth = FACTS["flood_depth"]
    assert isinstance(depth, MeasureRuleFacts)
    bounds = {"at_least": None, "at_most": None, **test}
    tested = MeasureTest.model_validate(
        {**depth.test.model_dump(by_alias=True), "unit": unit, **bounds}
    )
    text = "{value} tegen {limit}"
    return depth.model_copy(
        update={"test": tested, "finding": FindingText(nl=text, en=text), "layers": []}
    )


@pytest.mark.parametrize(
    ("value", "at_least", "said"),
    [(11.5, 12, "11,5 m"), (11.96, 12, "11,96 m"), (11.2, 12, "11 m"), (12.0, 12, "12 m")],
)
def test_decimals_against_a_threshold(value: float, at_least: float, said: str) -> None:
    assert value_text(value, measure_facts("m", at_least=at_least).test, "nl") == said


def test_a_threshold_is_written_in_full() -> None:
    assert asked(measure_facts("m", at_most=1.5), "nl") == "<= 1,5 m"
    assert asked(measure_facts("m", at_most=0.4), "nl") == "<= 0,4 m"
    assert asked(measure_facts("share", at_most=0.125), "nl") == "<= 12,5%"


# -- what is not known


def test_what_is_not_known_is_told_by_its_topic() -> None:
    silent = finding_text(FACTS["dwellings"], Finding("unknown"), "nl")
    assert silent.startswith("Woningen op het perceel: niet bekend, want kaartlaag")
    absent = finding_text(ABSENT["dwellings"], Finding("unknown"), "nl")
    assert "want de studie heeft geen kaartlaag 'Verblijfsobjecten (BAG)'" in absent


def test_a_plan_without_a_date_is_not_a_hundred_years() -> None:
    plan = FACTS["hard_plan_within_horizon"]
    said = finding_text(plan, Finding("unknown", value=100.0), "nl")
    assert "100" not in said
    assert finding_text(plan, Finding("unknown"), "nl") == (
        "Wanneer hier een hard woningbouwplan begint, is niet bekend."
    )
    sooner = finding_text(plan, Finding("unknown", value=19.0), "nl")
    assert "niet zeker: 19 jaar kan in werkelijkheid minder zijn" in sooner


def test_a_word_that_the_ruleset_does_not_know_is_named() -> None:
    said = finding_text(FACTS["owner_public"], Finding("unknown", value="Staatsbosbeheer"), "nl")
    assert (
        said == "Soort eigenaar: niet bekend, want wat 'Staatsbosbeheer' is weet de regelset niet."
    )


def test_an_exception_that_rests_on_what_is_not_known_is_named() -> None:
    # The distance is known; how many homes there can be is not, as nothing was laid out.
    said = finding_text(FACTS["nitrogen"], Finding("unknown", value=7006.1), "nl")
    assert said == (
        "Afstand tot Natura 2000: niet bekend of de uitzondering hier geldt "
        "(Woningen, middenschatting ten hoogste 50 woningen)."
    )


# -- land that does not count, or is left free


COVERS = Finding("yes", None, 160.0, 0.004, features="Havenkwartier (3)", feature_count=1)


def test_too_little_is_told_in_the_words_of_the_rule() -> None:
    little = COVERS._replace(rest_m2=160.0, rest_share=0.005)
    assert finding_text(FACTS["business_parks_vng"], little, "nl") == (
        "160 m² (0,5%) van het bruikbare deel ligt dichter bij een bedrijventerrein dan de VNG "
        "aanhoudt voor zijn milieucategorie (Havenkwartier); dat deel is te weinig om te tellen."
    )
    nameless = FACTS["business_parks_vng"].model_copy(update={"finding": None})
    assert finding_text(nameless, little, "nl") == (
        "160 m² (0,5%) van het bruikbare deel ligt binnen de afstand die bij kaartlaag "
        "'Bedrijventerreinen (IBIS)' hoort; dat deel is te weinig om te tellen."
    )


def test_a_part_that_a_text_does_not_name_is_named_behind_it() -> None:
    text = FindingText(nl="Er staat een molen", en="There is a mill")
    mill = FACTS["wind_turbines"].model_copy(update={"finding": text})
    free = COVERS._replace(rest_m2=0.0, rest_share=0.0, left_free=True)
    assert finding_text(mill, free, "nl") == (
        "Er staat een molen; 160 m² (0,4%) van het perceel blijft vrij."
    )
    taken = FACTS["bunker"].model_copy(update={"finding": text})
    assert finding_text(taken, COVERS, "en") == (
        "There is a mill; 160 m² (0.4%) of the parcel is taken away."
    )


def test_a_no_never_says_that_nothing_lies_there() -> None:
    # A buildable part of 0.0003 m2 rounds to nothing, and so does what is covered of it.
    whole = Finding("no", None, 3.691, 1.0, features="Wet (1)", rest_m2=0.0, rest_share=0.0)
    assert finding_text(FACTS["groundwater_protection"], whole, "nl") == (
        "Het hele perceel ligt in beschermd gebied voor grondwater (Wet)."
    )


# -- rules of one's own


def test_without_a_finding_the_value_is_told() -> None:
    depth = FACTS["flood_depth"].model_copy(update={"finding": None})
    finding = Finding("no", value=2.26)
    assert finding_text(depth, finding, "nl") == "Grootste overstromingsdiepte: 2,3 m."
    assert rule_sentence(depth, finding, "nl") == (
        "Overstromingsdiepte ten hoogste 1,5 m: gevonden is 2,3 m (Grootste overstromingsdiepte), "
        "gevraagd is ten hoogste 1,5 m."
    )


def test_a_rule_on_some_features_names_itself_and_not_the_whole_layer() -> None:
    # all land is on the map of land use: "not on it" would say nothing
    woods = FACTS["bbg_sports"].model_copy(update={"finding": None})
    assert asked(woods, "nl") == "niet in het gebied van 'Sportterrein (CBS)'"
    said = finding_text(woods, Finding("no", None, 500.0, 0.05, False, "N-1", 1), "nl")
    assert said == (
        "500 m² (5%) van het perceel ligt in het gebied van 'Sportterrein (CBS)', door: N-1."
    )


def test_what_cannot_be_counted_falls_back() -> None:
    # the features of a site of several parcels are not counted
    rule = FACTS["bunker"].model_copy(
        update={"finding": FindingText(nl="{count} bunkers", en="{count} bunkers")}
    )
    counted = Finding("no", None, 500.0, 0.05, False, "B-1; B-2", 2)
    assert finding_text(rule, counted, "nl").startswith("2 bunkers")
    uncounted = counted._replace(feature_count=None)
    assert finding_text(rule, uncounted, "nl").startswith("500 m² (5%) van het perceel ligt")


def test_signs_say_what_they_allow() -> None:
    sign = FACTS["sign_mass"]
    assert isinstance(sign, MeasureRuleFacts)
    assert found(sign, Finding("yes", value=100.0), "nl") == "geen bord in de buurt"
    assert found(sign, Finding("no", value=-36.5), "nl") == "3,5 t"
    assert asked(sign, "nl") == ">= 40 t"


def test_titles_of_classes() -> None:
    grid = FACTS["grid_shortage"]
    assert asked(grid, "nl") == "geen van: in onderzoek (wachtrij), het net is vol (wachtrij)"
    assert found(grid, Finding("no", value="3"), "en") == "the grid is full (queue)"
