"""What a study asks of the layers, and that nothing which is left out of that can change a survey."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from changed_questions import NOT_OF_THE_LAND, OF_THE_LAND
from flexruimte import Study
from flexruimte.assessment.pipeline import land_taken_by
from flexruimte.assessment.question import layers_in_use, left_out_by, survey_question
from flexruimte.assessment.survey import survey
from flexruimte.rules.files import load_ruleset
from toy_town import RULESET, changed_ruleset, toy_study


def test_a_question_leaves_nothing_out_that_decides(tmp_path: Path) -> None:
    # The survey is made with the question alone; held against one made with everything that the study says.
    question = toy_study(tmp_path).question
    takes_land = land_taken_by(question, "A")
    alone, whole = (
        survey(asked, "A", takes_land) for asked in (survey_question(question, "A"), question)
    )
    pd.testing.assert_frame_equal(alone.measures, whole.measures, check_exact=True)
    assert (shapely.to_wkb(alone.buildable.shapes) == shapely.to_wkb(whole.buildable.shapes)).all()
    assert alone.layers == whole.layers


def asked(study: Study) -> dict[str, Any]:
    """What a study asks of the layers of A, but for where they are."""
    question = survey_question(study.question, "A")
    names = ("name", "as_of", "language", "groups", "not_assessed", "ruleset")
    said = {name: getattr(question, name) for name in names}
    return {**said, "sources": list(question.sources), "decisions": len(question.decisions.rows)}


SWITCHED_OFF = "a rule on a layer switched off"


@pytest.mark.parametrize("change", [name for name in NOT_OF_THE_LAND if name != SWITCHED_OFF])
def test_what_is_not_of_the_land_asks_the_same(tmp_path: Path, change: str) -> None:
    study = toy_study(tmp_path)
    assert asked(study.changed(**NOT_OF_THE_LAND[change])) == asked(study)


def test_a_rule_on_a_layer_switched_off_asks_less(tmp_path: Path) -> None:
    study = toy_study(tmp_path)
    less, usual = asked(study.changed(**NOT_OF_THE_LAND[SWITCHED_OFF])), asked(study)
    rules = {"buildings": usual["ruleset"].rules["buildings"], **less["ruleset"].rules}
    assert rules == usual["ruleset"].rules
    assert less["ruleset"].model_copy(update={"rules": rules}) == usual["ruleset"]


@pytest.mark.parametrize("change", OF_THE_LAND)
def test_what_is_of_the_land_asks_something_else(tmp_path: Path, change: str) -> None:
    study = toy_study(tmp_path)
    assert asked(study.changed(**OF_THE_LAND[change])) != asked(study)


def test_decisions_ask_nothing_of_the_land(tmp_path: Path) -> None:
    decided = pd.DataFrame(
        {"parcel_id": ["P12"], "decision": ["out"], "reason": ["park"], "date": ["2025-01-01"]}
    )
    usual, with_decisions = (toy_study(tmp_path, **more) for more in ({}, {"decisions": decided}))
    assert len(with_decisions.question.decisions.rows) == 1
    assert asked(with_decisions) == asked(usual)


@pytest.mark.parametrize(("left_out", "reasons"), [
    (set(), {}),
    ({"natuur"}, {"nature": "natuur", "near_nature": "natuur"}),
    ({"nature"}, {"nature": "nature"}),  # a rule by itself; the layer stays
    ({"bodemgebruik"}, {"near_nature": "bodemgebruik"}),  # which asks where it applies
    ({"net"}, {"grid": "net"}),  # a criterion
    # without plans no term is known, so neither its rules nor its criterion
    ({"plannen"}, dict.fromkeys(["hard_plan", "term", "pessimistic_term", "long"], "plannen")),
    ({"wegen"}, {}),  # without roads a walk is a straight line
])  # fmt: skip
def test_rules_and_criteria_are_left_out_for_want_of_a_layer(
    left_out: set[str], reasons: dict[str, str]
) -> None:
    assert left_out_by(load_ruleset(RULESET), frozenset(left_out)) == reasons


# In the order of the ruleset. No criterion or rule looks at the squares, at roads or at heights.
IN_USE = ["pand", "natuur", "leiding", "bodemgebruik", "net", "haltes", "lden", "eigendom", "plannen", "afspraken"]  # fmt: skip


@pytest.mark.parametrize(("changes", "left_out", "gone"), [
    ({}, set(), set()),
    ({}, {"natuur"}, {"natuur", "bodemgebruik"}),  # the land use only says where near_nature applies
    ({}, {"nature"}, set()),
    ({}, {"afspraken", "plannen"}, {"afspraken", "plannen"}),  # the term does without
    ({"rules": {"pipeline": {"enabled": False}}}, set(), {"leiding"}),
    ({"rules": {"hard_plan": {"enabled": False}}}, set(), set()),  # plans are of the term too
])  # fmt: skip
def test_layers_that_are_needed(
    changes: dict[str, Any], left_out: set[str], gone: set[str]
) -> None:
    found = layers_in_use(changed_ruleset(**changes), frozenset(left_out))
    assert found == [layer for layer in IN_USE if layer not in gone]
