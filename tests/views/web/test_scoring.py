"""The sums of the page against the library: every number, for choices of all kinds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flexruimte import Study
from flexruimte.assessment.pipeline import Assessment, judge, land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.survey import survey
from flexruimte.assessment.surveyed import Survey
from flexruimte.kernels.layout import LayoutCache
from flexruimte.ranking import Ranking
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.study.sample import sample_study_path
from flexruimte.views.web import write_municipality
from flexruimte.views.web.scoring import (
    exact_criteria,
    id_order,
    rules_that_can_be_switched,
    scoring_model,
)
from toy_town import RULESET, toy_study
from web_page import PAGE, in_node, scored


class Town:
    """A municipality that is surveyed once, and judged as often as is asked."""

    def __init__(self, study: Study, code: str) -> None:
        self.study, self.code, self.cache = study, code, LayoutCache()
        question = study.question
        self.survey: Survey = survey(
            survey_question(question, code), code, land_taken_by(question, code)
        )
        self.as_it_is = self.judged(study)

    def judged(self, study: Study) -> Assessment:
        return judge(study.question, self.code, self.survey, self.cache.lay_out)

    def write(self, folder: Path) -> Path:
        write_municipality(Ranking(self.as_it_is, {}).content(), self.as_it_is, folder / self.code)
        return folder / f"{self.code}.js"


def changed(study: Study, choices: dict[str, Any], town: Assessment) -> Study:
    """The study with the choices that a reader made on the page."""
    ruleset, changes = town.ruleset, {}
    if choices.get("score"):
        weights = {**ruleset.score.weights, **choices["score"]}
        changes["score"] = {"weights": {name: share for name, share in weights.items() if share}}
    if choices.get("groups"):
        changes["groups"] = {}
        for group, chosen in choices["groups"].items():
            weights = {**ruleset.groups[group].weights, **chosen}
            changes["groups"][group] = {
                "weights": {name: share for name, share in weights.items() if share}
            }
    if choices.get("off"):
        changes["rules"] = {rule: {"enabled": False} for rule in choices["off"]}
    if choices.get("target"):
        changes["target_groups"] = [choices["target"]]
    return study.changed(**changes) if changes else study


def random_choices(town: Assessment, chance: random.Random) -> dict[str, Any]:
    ruleset, groups = town.ruleset, town.question.groups
    switched = rules_that_can_be_switched(town)
    themes, group = list(ruleset.score.weights), chance.choice(groups)
    # One weight stays above nothing, as the page sees to.
    score = {name: chance.choice([0, 1, 7, 25, 33.3, 100]) for name in themes[:-1]}
    weights = list(ruleset.groups[group].weights)
    chosen = {name: chance.choice([0, 3, 10, 45]) for name in weights[1:]}
    off = chance.sample(switched, min(len(switched), chance.choice([0, 1, 4, 12])))
    return {
        "score": score if chance.random() < 0.8 else {},
        "groups": {group: chosen} if chance.random() < 0.7 else {},
        "target": chance.choice([None, group]),
        "off": off,
    }


def differences(page: dict[str, Any], library: Assessment) -> list[str]:
    """Where the page says another thing of a location than the library."""
    rows = pd.DataFrame(page).drop(columns="sites_may_differ").set_index("parcel_id")
    locations = Ranking(library, {}).locations.set_index("parcel_id")
    assert sorted(rows.index) == sorted(locations.index)
    found = []
    for name in rows.columns:
        if name not in locations:  # a group that the library does not count then
            continue
        for parcel_id, value in locations[name].items():
            said = rows[name][parcel_id]
            known = list(value) if isinstance(value, list) else None if pd.isna(value) else value
            same = (
                said == known
                if known is not None
                else said is None or (isinstance(said, float) and pd.isna(said))
            )
            if not same:
                found.append(f"{parcel_id} {name}: {said}, and the library {known}")
    assert {"score", "rank", "priority", "status", "score_low", "score_known_share"} <= set(rows)
    return found


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(toy_study(tmp_path_factory.mktemp("toy")), "A")


def test_the_toy_town_is_scored_and_ranked_alike(toy: Town, tmp_path: Path) -> None:
    chance = random.Random(15)
    choices = [{}, *(random_choices(toy.as_it_is, chance) for _ in range(40))]
    for each, page in zip(choices, scored(toy.write(tmp_path), choices), strict=True):
        found = differences(page, toy.judged(changed(toy.study, each, toy.as_it_is)))
        assert found == [], each


def test_suitability_and_distance_keep_out_alike(tmp_path: Path) -> None:
    # a first class for whatever suits enough and lies 50 m from a better one, of one at most
    first = {"passes": [], "refuses_levels": [], "most": 1, "suitable_from": 40, "apart_m": 50}
    ruleset = with_changes(load_ruleset(RULESET), {"priorities": {"shortlist": first}})
    town = Town(toy_study(tmp_path, ruleset=ruleset), "A")
    chance, kept_out = random.Random(3), set()
    choices = [{}, *(random_choices(town.as_it_is, chance) for _ in range(40))]
    for each, page in zip(choices, scored(town.write(tmp_path), choices), strict=True):
        assert differences(page, town.judged(changed(town.study, each, town.as_it_is))) == [], each
        kept_out |= {why.split(":")[0] for reasons in page["kept_out_by"] for why in reasons}
    assert kept_out >= {"next_to", "suitability", "most"}


def sites_of(town: Assessment) -> set[str]:
    return set() if town.sites is None else set(town.sites.table["parcel_ids"])


@pytest.mark.slow
@pytest.mark.parametrize("code", ["GM9001", "GM9002", "GM9003"])
def test_the_sample_is_scored_and_ranked_alike(code: str, tmp_path: Path) -> None:
    town, chance = Town(Study.load(sample_study_path()), code), random.Random(code)
    choices = [{}, *(random_choices(town.as_it_is, chance) for _ in range(9))]
    followed = 0
    for each, page in zip(choices, scored(town.write(tmp_path), choices), strict=True):
        if page["sites_may_differ"]:  # the page shows none of these numbers
            continue
        followed += 1
        found = differences(page, town.judged(changed(town.study, each, town.as_it_is)))
        assert found == [], each
    assert followed > len(choices) / 2


@pytest.mark.slow
def test_other_sites_by_other_weights_are_not_followed(tmp_path: Path) -> None:
    town, chance = Town(Study.load(sample_study_path()), "GM9003"), random.Random(5)
    choices = [random_choices(town.as_it_is, chance) for _ in range(16)]
    found = scored(town.write(tmp_path), choices)
    marked = [each for each, page in zip(choices, found, strict=True) if page["sites_may_differ"]]
    assert marked
    # a parcel that suits nobody enough by itself is joined with its neighbour, which else it is not
    other = town.judged(changed(town.study, marked[0], town.as_it_is))
    assert sites_of(other) != sites_of(town.as_it_is)


def test_another_weight_gives_another_score(toy: Town, tmp_path: Path) -> None:
    # else the tests above would hold for a page that does nothing
    as_it_is, other = scored(toy.write(tmp_path), [{}, {"score": {"term": 90}}])
    assert as_it_is["score"] != other["score"]


def test_halves_are_rounded_to_even(toy: Town, tmp_path: Path) -> None:
    # numpy rounds 0.125 to 0.12 and 0.375 to 0.38
    assert pd.Series([0.125, 0.375]).round(2).tolist() == [0.12, 0.38]
    program = 'process.stdout.write(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).map(v => require(process.argv[1]).rounded(v, 2))))'
    assert in_node(program, PAGE / "scoring.js", given=[0.125, 0.375, 62.125, 1.005, 0]) == [
        0.12,
        0.38,
        62.12,
        pd.Series([1.005]).round(2).iloc[0],
        0,
    ]


def test_a_rule_that_excludes_cannot_be_switched(toy: Town) -> None:
    ruleset = toy.as_it_is.ruleset
    switched = rules_that_can_be_switched(toy.as_it_is)
    assert switched
    assert not any(ruleset.excludes(ruleset.rules[name]) for name in switched)


@pytest.mark.slow
def test_a_rule_that_bears_on_sites_cannot_be_switched() -> None:
    town = Town(Study.load(sample_study_path()), "GM9002")
    switched = rules_that_can_be_switched(town.as_it_is)
    # a tenant keeps land out of the shortlist that has a neighbour of the same owner
    without = town.judged(town.study.changed(rules={"no_tenant": {"enabled": False}}))
    assert sites_of(town.as_it_is) != sites_of(without)
    assert "no_tenant" not in switched
    # no class of priority asks how deep the water may come
    assert "flood_depth" in switched
    apart = town.judged(town.study.changed(placement={"merge": "none"}))
    assert "no_tenant" in rules_that_can_be_switched(apart)


def test_the_model_keeps_the_order_of_the_weights(toy: Town) -> None:
    model, ruleset = scoring_model(toy.as_it_is), toy.as_it_is.ruleset
    assert model["score"] == list(ruleset.score.weights.items())
    assert [group["id"] for group in model["groups"]] == toy.as_it_is.question.groups


def test_ids_are_ordered_as_the_library_does() -> None:
    # by their signs: 10 before 9; a letter above the plane of 16 bits after all others
    assert id_order(pd.Series(["9", "10", "\U0001f600", "\uffee"])) == [1, 0, 3, 2]


def test_criteria_are_handed_over_with_all_digits(toy: Town) -> None:
    ids = toy.as_it_is.parcels["parcel_id"]
    exact = exact_criteria(toy.as_it_is, ids)
    for name, values in exact.items():
        known = toy.as_it_is.parcels[f"criterion_{name}"]
        assert [None if pd.isna(value) else value for value in known] == values
