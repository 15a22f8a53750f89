"""A rule in full, and all rules in a list."""

from __future__ import annotations

import re

import pytest

from flexruimte import RulesetError, load_ruleset
from flexruimte.rules.files import with_changes
from flexruimte.views.rule_in_full import facts_of, markdown_of_rules, rules_by_condition
from flexruimte.wording.messages import Language

RULESET = load_ruleset("flexwonen-nl")


def test_a_rule_on_land_says_all_that_the_ruleset_says() -> None:
    rule = RULESET.rules["natura2000"]
    facts = dict(facts_of(RULESET, "natura2000", "nl"))
    assert facts["Regel"] == "natura2000"
    assert facts["Vraag"] == rule.title.nl
    assert rule.finding is not None
    assert facts["Bevinding"] == rule.finding.nl.replace("{area}", "...").replace(
        "{features}", "..."
    )
    assert (facts["Voorwaarde"], facts["Hardheid"]) == ("Beperkingen", "zeer hard")
    assert rule.level_reason is not None
    assert facts["Waarom die hardheid"] == rule.level_reason.nl
    assert facts["Kaartlaag"].startswith(f"natura2000: {RULESET.layers['natura2000'].title.nl}")
    assert facts["Bron van de regel"] == rule.source
    assert "Maat" not in facts


def test_a_rule_on_a_measure_names_its_measure_layers_and_choices() -> None:
    facts = dict(facts_of(RULESET, "term_long_enough", "en"))
    assert facts["Measure"].startswith("term_years: ")
    assert "required_years = 15 years" in facts["Choices of the study"]
    assert facts["Layer"].startswith("woningbouwplannen: ")


def test_what_law_lifts_and_which_classes_ask_is_told() -> None:
    lifted = RULESET.regimes["bkl_ten_years"].lifts[0]
    assert "bkl_ten_years: " in dict(facts_of(RULESET, lifted, "en"))["Lifted by"]
    asked = dict(facts_of(RULESET, "owner_public", "en"))["In the priority"]
    assert "must say yes for 'Can go before the council'" in asked


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_rule_class_and_row_of_law_can_be_told(language: Language) -> None:
    for name in (*RULESET.rules, *RULESET.priorities, *RULESET.regimes):
        facts = facts_of(RULESET, name, language)
        assert facts[0][1] == name
        assert all(said and text for said, text in facts)


def test_one_that_is_not_there_is_named_with_what_is_near() -> None:
    with pytest.raises(RulesetError, match="no rule 'natura200'; did you mean 'natura2000'"):
        facts_of(RULESET, "natura200", "nl")


def test_all_rules_are_in_the_list_once_and_the_hardest_come_first() -> None:
    found = rules_by_condition(RULESET, "en")
    listed = [row[0] for levels in found.values() for rows in levels.values() for row in rows]
    assert sorted(listed) == sorted(RULESET.rules)
    hardness = [
        "very hard",
        "very hard (off)",
        "hard",
        "hard (off)",
        "medium",
        "medium (off)",
        "soft",
    ]
    for levels in found.values():
        order = [hardness.index(level) for level in levels if level in hardness]
        assert order == sorted(order)


def test_a_rule_that_is_off_says_so() -> None:
    off = with_changes(RULESET, {"rules": {"natura2000": {"enabled": False}}})
    of_list = rules_by_condition(off, "nl")["Beperkingen"]
    assert ["natura2000", "Natura 2000"] in of_list["zeer hard (uit)"]
    assert dict(facts_of(off, "natura2000", "nl"))["Hardheid"] == "zeer hard (uit)"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_finding_is_told_as_people_read_it(language: Language) -> None:
    said = [text for name in RULESET.rules for _, text in facts_of(RULESET, name, language)]
    assert [text for text in said if re.search(r"[{}]|->", text)] == []
    told = dict(facts_of(RULESET, "dwellings", "en"))["Finding"]
    assert told == "There are ... homes on the parcel"


def test_the_page_has_all_of_every_rule_class_and_row_of_law() -> None:
    page = markdown_of_rules(RULESET, "nl")
    headings = re.findall(r"^### `(.+)`$", page, re.M)
    assert sorted(headings) == sorted([*RULESET.rules, *RULESET.priorities, *RULESET.regimes])
    addresses = re.findall(r"<https?://[^<> ]+>", page)
    assert len(addresses) == page.count("http") > 0
    page = re.sub(r"<(https?://[^<> ]+)>", r"\1", page)
    assert "|" not in page  # no table, which a narrow page cuts
    (natura,) = re.findall(r"### `natura2000`\n\n(.+?)\n\n###", page, re.S)
    assert natura.startswith("**Natura 2000**\n\n- Bevinding: ")
    assert "\n- Hardheid: zeer hard\n" in natura
    assert f"- Bron van de regel: {RULESET.rules['natura2000'].source}" in natura
    assert [line for line in page.splitlines() if re.search(r"(?<!\\)\[|<", line)] == []
