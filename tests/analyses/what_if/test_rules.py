"""What each rule takes: the toy town on paper; against the town judged as a whole; properties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.what_if.cases import as_a_whole, case_of, toy_case
from assessment.row_of_parcels import study as row_of_parcels
from flexruimte import Study
from flexruimte.analyses.what_if.case import Case
from flexruimte.analyses.what_if.changes import Change
from flexruimte.analyses.what_if.evidence import Evidence
from flexruimte.analyses.what_if.locations import Totals, locations_of, ranked
from flexruimte.analyses.what_if.rules import Taken, excluding_rules, gains, taken_alone
from flexruimte.analyses.what_if.scenarios import Scenario, land_given_back, locations_in
from flexruimte.assessment.pipeline import assess
from flexruimte.errors import StudyError
from flexruimte.rules.files import for_municipality
from flexruimte.study.sample import sample_study_path
from toy_town import box, changed_ruleset, frame, parameter, parcels, toy_study

RULES = [
    "unbuilt",
    "buildings",
    "nature",
    "pipeline",
    "large_enough",
    "type_asked",
    "hard_plan",
    "term",
]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return toy_case(tmp_path_factory.mktemp("toy"))


def test_as_it_is(town: Case) -> None:
    # P01 0.91, P03 1, P05 0.5, P06 1, P09 and P12 0.9 each; homes 30, 30, 20, 30, 18, 18. The shortlist takes one, P03.
    assert town.totals.hectares == pytest.approx(5.21)
    assert (town.totals.locations, town.totals.homes) == (6, 146)
    assert (town.totals.best_locations, town.totals.best_homes) == (1, 30)


ALONE = {
    # P02 is built on for 0.37: 1 ha / 1.25 x 50 = 40 homes, a project has 30. P04 may be.
    "unbuilt": Taken(1.0, 1, 30, 1.0),
    # P01 900, P02 3,700: 3.6 and 14.8 homes. P04's building may count.
    "buildings": Taken(0.46, 0, 3 + 14, 1.0),
    # half of P05: 20 homes; all of P07. P06 has no more than an edge.
    "nature": Taken(1.5, 1, 20 + 30, 0.0),
    # 1,000 of each parcel in the last row
    "pipeline": Taken(0.4, 0, 4 * 4, 0.0),
    # nothing is left of P07: it is nature that takes it
    "large_enough": Taken(0.0, 1, 0, 0.0),
    "type_asked": Taken(0.0, 0, 0, 0.0),
    # P10; of P08 the year is not known
    "hard_plan": Taken(1.0, 1, 30, 1.0),
    # P10 and P11; P08
    "term": Taken(2.0, 2, 60, 1.0),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_a_rule_takes_alone(town: Case, rule: str) -> None:
    found = taken_alone(town, rule)
    assert vars(found) == pytest.approx(vars(ALONE[rule]))


ONLY = {
    # P02: 6,300 m2, 25 homes. What is built on P04 is not known to two rules. The shortlist has its one already, and P02 scores less.
    "unbuilt": (0.63, 1, 25),
    # P01 gets its 900 m2 back, and holds a whole project as it is; P02 is refused by `unbuilt` too
    "buildings": (0.09, 0, 0),
    # P05 gets 5,000 m2 and 10 homes more; P07 comes in with 1 ha and 30
    "nature": (1.5, 1, 40),
    # P09 and P12 get 1,000 m2 each and are one part then: 30 homes instead of 18. P10 and P11 have plans.
    "pipeline": (0.2, 0, 24),
    # nature takes all of P07 too
    "large_enough": (0, 0, 0),
    "type_asked": (0, 0, 0),
    # P10's term is too short too
    "hard_plan": (0, 0, 0),
    # P11, two parts of 4,500: 18 homes; a hard plan refuses P10, and P08 is not known to it
    "term": (0.9, 1, 18),
}


def test_what_comes_free_without_one_rule(town: Case) -> None:
    found = gains(town, RULES)
    for rule, (hectares, locations, homes) in ONLY.items():
        gain = found[rule, Change.OFF]
        assert gain is not None
        assert gain.hectares == pytest.approx(hectares, abs=1e-9), rule
        assert (gain.locations, gain.homes) == (locations, homes), rule
        assert (gain.best_locations, gain.best_homes) == (0, 0), rule
        softer = found[rule, Change.SOFTER]
        # A hard rule that is medium takes nothing; a very hard one that is hard takes as much.
        expected = (0.0, 0, 0) if rule == "nature" else (hectares, locations, homes)
        assert softer is not None
        assert (softer.hectares, softer.locations, softer.homes) == pytest.approx(expected), rule
    # The distance of the pipeline stands in a text, and no other rule has one.
    assert not [rule for rule, change in found if change == Change.HALF_DISTANCE]


def test_half_the_distance(tmp_path: Path) -> None:
    town = toy_case(tmp_path, rules={"pipeline": {"distance_m": 5}})
    found = gains(town, ["pipeline"])
    # A strip of 5 m instead of 10: P09 and P12 get 500 m2 back and are two parts of 47.5 x 100 then: 19 homes instead of 18.
    half, off = found["pipeline", Change.HALF_DISTANCE], found["pipeline", Change.OFF]
    assert half is not None
    assert off is not None
    assert (half.hectares, half.locations, half.homes) == (pytest.approx(0.1), 0, 2)
    assert (off.hectares, off.homes) == (pytest.approx(0.2), 24)


def test_half_the_distance_of_what_is_not_there_any_more(tmp_path: Path) -> None:
    ring = {
        "title": {"nl": "Ring", "en": "Ring"},
        "condition": "restriction",
        "level": "hard",
        "measure": "stop_distance_m",
        "at_least": 300,
        "unit": "m",
        "source": "toy",
        "basis": "assumption",
    }
    town = toy_case(tmp_path, rules={"ring": ring})
    # P12 is hypot(250, 150) = 292 m from the stop, and the only one that may be ranked and is nearer than 300 m
    found = gains(town, ["ring"])
    for change in (Change.OFF, Change.HALF_DISTANCE):
        gain = found["ring", change]
        assert gain is not None
        assert (gain.hectares, gain.locations, gain.homes) == (pytest.approx(0.9), 1, 18)


def test_softer_gives_back_what_decisions_lift(tmp_path: Path) -> None:
    decided = pd.DataFrame(
        {"parcel_id": ["P05", "P07"], "decision": "in", "reason": "raad", "date": "2025-06-01"}
    )
    study = toy_study(tmp_path, decisions=decided)
    found = gains(case_of(study), ["nature"])["nature", Change.SOFTER]
    # A decision does not lift what is very hard. When it is hard: the other half of P05, with 10 homes more, and P07.
    assert found is not None
    assert (found.hectares, found.locations, found.homes) == (pytest.approx(1.5), 1, 40)


def test_two_rules_may_each_free_the_same_land(tmp_path: Path) -> None:
    # 9,500 m2 are asked: of P09 and P12 the pipeline leaves 9,000. Without it each comes free whole; without the question of the size
    # 9,000 do. Together that is more than was taken.
    town = toy_case(tmp_path, placement={"min_buildable_m2": {"value": 9_500}})
    found = gains(town, ["pipeline", "large_enough"])
    pipeline, large = (found[rule, Change.OFF] for rule in ("pipeline", "large_enough"))
    assert pipeline is not None
    assert large is not None
    assert (pipeline.hectares, pipeline.homes) == (pytest.approx(2.0), 60)
    # P01 9,100, P05 5,000, P09 and P12; what is left of P02, 6,300, of P10 and of P11 is too small
    # too, and takes 0.63 + 1.8 ha more. By density 9,100 m2 hold 36 homes, 30 of a project, 5,000
    # hold 20, 9,000 hold 30 of 36 four times, and 6,300 hold 25
    alone = taken_alone(town, "large_enough")
    assert (alone.hectares, alone.parcels) == (pytest.approx(0.91 + 0.5 + 1.8 + 0.63 + 1.8), 8)
    assert alone.homes == 30 + 20 + 4 * 30 + 25
    assert (large.hectares, large.homes) == (pytest.approx(0.91 + 0.5 + 1.8), 30 + 20 + 36)


MERGED = {
    "placement": {
        "merge": parameter("touching"),
        "merge_most_m2": parameter(25_000),
    }
}
HARDER = {"rules": {"near_nature": {"level": "hard"}, "public_owner": {"level": "medium"}}}
LEVELS = {"levels": {"excluding": ["very_hard", "hard", "medium"]}}
FREE = {
    "rules": {"pipeline": {"level": "medium"}},
    "placement": {**MERGED["placement"], "leave_free": parameter("yes")},
}


@pytest.mark.parametrize(
    "changes", [{}, MERGED, HARDER, {**MERGED, **HARDER}, LEVELS, FREE], ids=str
)
def test_it_is_what_the_whole_town_gives_judged_anew(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    study = toy_study(tmp_path, ruleset=changed_ruleset(**changes))
    hold_against_the_whole(study)


def test_sites_are_what_the_whole_row_gives_judged_anew() -> None:
    hold_against_the_whole(row_of_parcels("touching"))
    hold_against_the_whole(row_of_parcels("touching_same_owner"))


def hold_against_the_whole(study: Study, code: str = "A", rules: tuple[str, ...] = ()) -> None:
    town = case_of(study, code)
    ids = excluding_rules(town.ruleset, list(town.verdicts), rules)
    assert ids
    found = gains(town, ids)
    assert vars(as_a_whole(study, code)) == pytest.approx(vars(town.totals))
    softer = {"very_hard": "hard", "hard": "medium", "medium": "soft"}
    for rule in ids:
        level = softer[str(town.ruleset.rules[rule].level)]
        for change, said in ((Change.OFF, {"enabled": False}), (Change.SOFTER, {"level": level})):
            gain = found[rule, change]
            assert gain is not None
            whole = as_a_whole(study.changed(rules={rule: said}), code) - town.totals
            names = ["hectares", "locations", "homes"]
            if change == Change.OFF:
                names += ["best_locations", "best_homes"]
            for name in names:
                expected = pytest.approx(getattr(whole, name), abs=1e-9)
                assert getattr(gain, name) == expected, (rule, change, name)


@pytest.mark.parametrize("rule", ["buildings", "nature", "pipeline", "near_nature"])
@pytest.mark.parametrize("ruleset", [{}, FREE], ids=["plain", "free"])
def test_a_level_of_a_land_rule_is_what_the_whole_town_gives_judged_anew(
    tmp_path: Path, rule: str, ruleset: dict[str, Any]
) -> None:
    study = toy_study(tmp_path, ruleset=changed_ruleset(**ruleset))
    levels_against_the_whole(study, "A", rule)


def levels_against_the_whole(study: Study, code: str, rule: str) -> None:
    town = case_of(study, code)
    columns = ["parcel_ids", "priority", "score", "homes", "buildable_m2", "status"]
    for change in ({"level": "hard"}, {"level": "medium"}, {"level": "soft"}, {"enabled": False}):
        question = study.changed(rules={rule: change}).question
        varied = question.ruleset if code == "A" else for_municipality(question.ruleset, code)
        if varied.rules[rule] == town.ruleset.rules[rule]:
            continue
        assert town.land_rule_changed(question) == rule
        scenario = Scenario.of_land_rule(town, varied, rule)
        assert scenario is not None
        again = land_given_back(town, [scenario]).get(0)
        found = locations_in(town, scenario, again).sort_values("rank")[columns]
        whole = assess(question, code)
        expected = ranked(varied, locations_of(whole)).sort_values("rank")[columns]
        pd.testing.assert_frame_equal(
            found.reset_index(drop=True), expected.reset_index(drop=True), rtol=1e-9
        )


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["bgt_public_green", "primary_flood_defence_zone"])
def test_a_level_in_the_sample_is_what_it_gives_judged_anew(rule: str) -> None:
    levels_against_the_whole(Study.load(sample_study_path()), "GM9002", rule)


@pytest.mark.slow
def test_the_sample_is_what_it_gives_judged_anew() -> None:
    rules = ("nnn", "noise_rail_limit", "largest_part", "bbg_infrastructure", "term_long_enough")
    hold_against_the_whole(Study.load(sample_study_path()), "GM9002", rules)


spans = st.tuples(
    st.integers(0, 380), st.integers(0, 280), st.integers(5, 150), st.integers(5, 150)
)


@settings(max_examples=8)
@given(
    st.lists(spans, min_size=1, max_size=4), st.lists(spans, min_size=1, max_size=4), st.booleans()
)
def test_a_rule_off_never_lowers_and_none_is_counted_twice(
    tmp_path_factory: pytest.TempPathFactory,
    nature: list[tuple[int, int, int, int]],
    buildings: list[tuple[int, int, int, int]],
    sized: bool,
) -> None:
    def boxes(spans: list[tuple[int, int, int, int]]) -> list[Any]:
        return [box(x, y, x + wide, y + high) for x, y, wide, high in spans]

    layers = {
        "natuur": frame(boxes(nature), nr=list(range(len(nature))), naam=["x"] * len(nature)),
        "pand": frame(
            boxes(buildings),
            identificatie=[str(each) for each in range(len(buildings))],
            status=["Pand in gebruik"] * len(buildings),
        ),
    }
    asked = {"placement": {"min_buildable_m2": {"value": 5_000 if sized else 0}}}
    town = toy_case(tmp_path_factory.mktemp("toy"), layers, **asked)
    found = [gain for (_, change), gain in gains(town, RULES).items() if change == Change.OFF]
    freed = [gain.hectares for gain in found if gain is not None]
    assert min(freed) >= -1e-9
    if not sized:  # nothing rests on how much is left, so that no land has two single obstacles
        taken = town.areas.sum() / 10_000 - town.totals.hectares
        assert sum(freed) <= taken + 1e-9
    for rule, gain in zip(RULES, freed, strict=True):
        alone = taken_alone(town, rule)
        if not sized:
            assert gain <= alone.hectares + alone.unknown_hectares + 1e-9


def test_without_the_layers_it_says_so(town: Case) -> None:
    kept = town.evidence
    bare = Evidence(kept.code, kept.found, kept.answers, None, kept.lay_out)
    found = gains(Case(town.question, bare), ["nature", "term", "pipeline"])
    assert found["nature", Change.OFF] is None
    assert found["pipeline", Change.OFF] is None
    assert found["term", Change.OFF] == Totals(pytest.approx(0.9), 1, 18, 0, 0)


def test_which_rules(town: Case) -> None:
    assessed = list(town.verdicts)
    assert excluding_rules(town.ruleset, assessed, []) == RULES
    assert excluding_rules(town.ruleset, assessed, ["term", "nature"]) == ["nature", "term"]
    assert excluding_rules(town.ruleset, ["term"], []) == ["term"]
    with pytest.raises(StudyError, match="rule 'natur' does not exist; did you mean 'nature'"):
        excluding_rules(town.ruleset, assessed, ["natur"])
    with pytest.raises(StudyError, match="'near_nature' is soft, which excludes nothing"):
        excluding_rules(town.ruleset, assessed, ["near_nature"])


def test_rows_shuffled_give_the_same(tmp_path: Path, town: Case) -> None:
    order = np.random.default_rng(1).permutation(12)
    study = toy_study(tmp_path, parcels=parcels().iloc[order].reset_index(drop=True))
    assert gains(case_of(study), RULES) == gains(town, RULES)
