"""Verdicts, status and site types, each answer from a table on paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.verdicts import (
    CoverThatCounts,
    answers_of_rules,
    assess_site_types,
    assess_status,
    count_medium_points,
    takes_land,
)
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import NO, UNKNOWN, YES
from toy_town import RULESET, changed_ruleset, parameter

# In the toy ruleset nature excludes (very hard), unbuilt excludes (hard), and near_nature is soft and for land use 51 alone.
TOY = load_ruleset(RULESET)
NAMES = {YES: "yes", UNKNOWN: "unknown", NO: "no"}
HERE, ELSEWHERE, PERHAPS = 51, 40, None
"""Land use on which near_nature applies, does not, and may."""


def land(
    covered_m2: float,
    *,
    buildable_m2: float | None = None,
    edge: bool = False,
    nothing_left: bool = False,
    doubtful: bool = False,
) -> LandFinding:
    """What a rule on land finds on one parcel."""
    return LandFinding(
        covered_m2=np.array([covered_m2]),
        buildable_m2=np.array([covered_m2 if buildable_m2 is None else buildable_m2]),
        applies=np.array([True]),
        edge=np.array([edge]),
        nothing_left=np.array([nothing_left]),
        doubtful=np.array([doubtful]),
        feature_count=np.array([1]),
        features=pd.array(["a"], dtype="str"),
    )


def parcel(**measures: Any) -> pd.DataFrame:
    """The measures of one parcel of 1 ha."""
    return pd.DataFrame(
        {
            name: [value]
            for name, value in {
                "area_m2": 10_000.0,
                "buildable_m2": 10_000.0,
                **measures,
            }.items()
        }
    )


def answer(
    ruleset: Ruleset,
    rule: str,
    measures: pd.DataFrame,
    finding: LandFinding | None = None,
    decided_in: bool = False,
    **may_be_lower: bool,
) -> str:
    """What one rule says of one parcel; the others are left out."""
    found = answers_of_rules(
        ruleset,
        frozenset(ruleset.rules) - {rule},
        measures,
        {name: np.array([value]) for name, value in may_be_lower.items()},
        {} if finding is None else {rule: finding},
        np.array([decided_in]),
    )
    assert list(found) == [rule]
    assert found[rule].dtype == np.int8
    return NAMES[found[rule][0]]


# ------------------------------------------------------------------------------------------------------------------- rules on land


COUNTS = with_changes(
    TOY,
    {
        "placement": {
            "counts_from_share": parameter(0.05),
            "counts_from_m2": parameter(10),
        }
    },
)


@pytest.mark.parametrize(("buildable_m2", "covered_m2", "of_rest_m2", "expected"), [
    pytest.param(8_000, 2_000, 0, "yes", id="all in land that is taken already"),
    pytest.param(8_000, 2_077, 23, "yes", id="23 m2 of 8,000: less than a twentieth"),
    pytest.param(8_000, 5_000, 399.9, "yes", id="just under 400 m2"),
    pytest.param(8_000, 5_000, 400, "no", id="a twentieth"),
    pytest.param(150, 9.9, 9.9, "yes", id="more than a twentieth, under 10 m2"),
    pytest.param(150, 10, 10, "no", id="10 m2"),
    pytest.param(10_000, 0.079, 0.079, "yes", id="coordinates that were rounded"),
    pytest.param(5, 5, 5, "no", id="all there is"),
    pytest.param(0, 600, 600, "no", id="nothing is left: of the whole parcel"),
    pytest.param(0, 400, 400, "yes", id="nothing is left, and little is covered"),
])  # fmt: skip
def test_a_rule_that_takes_no_land_asks_about_the_buildable_part(
    buildable_m2: float, covered_m2: float, of_rest_m2: float, expected: str
) -> None:
    measures = parcel(land_use_class=HERE, buildable_m2=float(buildable_m2))
    finding = land(covered_m2, buildable_m2=of_rest_m2)
    assert answer(COUNTS, "near_nature", measures, finding) == expected


def test_a_rule_may_count_from_less() -> None:
    of_points = with_changes(COUNTS, {"rules": {"near_nature": {"least_share": 0}}})
    measures = parcel(land_use_class=HERE)
    said = [
        answer(of_points, "near_nature", measures, land(area)) for area in (0.0, 9.9, 10.0, 79.0)
    ]
    assert said == ["yes", "yes", "no", "no"]


@given(st.floats(0, 499.9), st.sampled_from([HERE, ELSEWHERE, PERHAPS]))
def test_softer_is_never_worse_for_a_small_overlap(covered_m2: float, land_use: int | None) -> None:
    # hard it takes the land and passes; medium it leaves the land, and passes too
    said = {}
    for level, of_rest in (("hard", 0.0), ("medium", covered_m2), ("soft", covered_m2)):
        ruleset = with_changes(COUNTS, {"rules": {"near_nature": {"level": level}}})
        finding = land(covered_m2, buildable_m2=of_rest)
        said[level] = answer(ruleset, "near_nature", parcel(land_use_class=land_use), finding)
    assert "no" not in said.values()
    assert said["medium"] == said["soft"] == "yes"


def test_of_a_group_the_cover_of_all_parcels_counts() -> None:
    # 60 of 1,000 and 0 of 1,000 m2: 3 %; with 40 more of the other 5 %
    nothing, of_m2 = np.zeros(2), np.full(2, 1_000.0)
    for other, expected in ((0.0, YES), (40.0, NO)):
        cover = CoverThatCounts(np.array([60.0, other]), nothing, nothing > 0, of_m2)
        group = cover.of_groups(np.array([0, 1]), np.array([0, 0]), 1)
        rule = COUNTS.land_rules["near_nature"]
        assert group.verdicts(COUNTS, rule).tolist() == [expected]
        assert cover.verdicts(COUNTS, rule)[0] == NO


@pytest.mark.parametrize(("finding", "expected"), [
    pytest.param(land(0), "yes", id="nothing there"),
    pytest.param(land(5_000), "yes", id="half is taken, half is left"),
    pytest.param(land(10_000, nothing_left=True), "no", id="all is taken"),
    pytest.param(land(10_000, nothing_left=True, doubtful=True), "no", id="all is surely taken"),
    pytest.param(land(300, edge=True), "yes", id="an edge"),
    pytest.param(land(5_000, doubtful=True), "unknown", id="perhaps more"),
    pytest.param(LandFinding.unknown(1), "unknown", id="no layer"),
])  # fmt: skip
def test_a_rule_that_takes_land_says_no_where_nothing_is_left(
    finding: LandFinding, expected: str
) -> None:
    assert answer(TOY, "nature", parcel(), finding) == expected


@pytest.mark.parametrize(("finding", "here", "elsewhere", "perhaps"), [
    pytest.param(land(0), "yes", "yes", "yes", id="nothing there"),
    pytest.param(land(300), "no", "yes", "unknown", id="something"),
    pytest.param(land(0.01), "yes", "yes", "yes", id="no more than rounding: a millionth of 1 ha"),
    pytest.param(land(0.02), "no", "yes", "unknown", id="more than rounding"),
    pytest.param(land(300, edge=True), "yes", "yes", "yes", id="an edge"),
    pytest.param(land(0, doubtful=True), "unknown", "yes", "unknown", id="perhaps something"),
    pytest.param(land(300, doubtful=True), "no", "yes", "unknown", id="something, perhaps more"),
    pytest.param(LandFinding.unknown(1), "unknown", "yes", "unknown", id="no layer"),
])  # fmt: skip
def test_a_rule_that_takes_no_land_says_no_where_there_is_any(
    finding: LandFinding, here: str, elsewhere: str, perhaps: str
) -> None:
    said = [
        answer(TOY, "near_nature", parcel(land_use_class=land_use), finding)
        for land_use in (HERE, ELSEWHERE, PERHAPS)
    ]
    assert said == [here, elsewhere, perhaps]


@pytest.mark.parametrize(("finding", "here", "elsewhere", "perhaps"), [
    pytest.param(land(0), "yes", "yes", "yes", id="nothing there"),
    pytest.param(land(300), "yes", "yes", "unknown", id="whether it is taken depends on the land use"),
    pytest.param(land(300, edge=True), "yes", "yes", "yes", id="an edge"),
    pytest.param(land(10_000, nothing_left=True), "no", "yes", "unknown", id="all is taken"),
    pytest.param(land(0, doubtful=True), "unknown", "yes", "unknown", id="perhaps something"),
])  # fmt: skip
def test_a_rule_that_takes_land_in_some_places(
    finding: LandFinding, here: str, elsewhere: str, perhaps: str
) -> None:
    harder = changed_ruleset(rules={"near_nature": {"level": "hard"}})
    said = [
        answer(harder, "near_nature", parcel(land_use_class=land_use), finding)
        for land_use in (HERE, ELSEWHERE, PERHAPS)
    ]
    assert said == [here, elsewhere, perhaps]


@pytest.mark.parametrize(("changes", "rule", "finding", "taken"), [
    pytest.param({}, "nature", land(300), [True, True, True], id="applies everywhere"),
    pytest.param({}, "nature", land(300, edge=True), [False, False, False], id="an edge"),
    pytest.param({}, "near_nature", land(300), [False, False, False], id="soft"),
    pytest.param({"rules": {"near_nature": {"level": "hard"}}}, "near_nature", land(300), [True, False, False], id="where it surely applies"),
    pytest.param({"rules": {"nature": {"enabled": False}}}, "nature", land(300), [False, False, False], id="switched off"),
    pytest.param({"levels": {"excluding": ["hard"]}}, "nature", land(300), [False, False, False], id="a level that does not exclude"),
    pytest.param({}, "no_such_rule", land(300), [False, False, False], id="a rule that is not there"),
])  # fmt: skip
def test_from_which_parcels_land_is_taken(
    changes: dict[str, Any], rule: str, finding: LandFinding, taken: list[bool]
) -> None:
    ruleset = changed_ruleset(**changes)
    assert [
        takes_land(
            ruleset, np.array([False]), rule, finding, parcel(land_use_class=land_use)
        ).tolist()
        for land_use in (HERE, ELSEWHERE, PERHAPS)
    ] == [[each] for each in taken]


@pytest.mark.parametrize(("level", "taken", "verdict"), [
    ("very_hard", True, "yes"),  # half is taken whatever people decided, half is left
    ("hard", False, "no"),  # the land is given back, and what speaks against it stays visible
    ("medium", False, "no"),
])  # fmt: skip
def test_a_decision_gives_back_land_but_for_what_is_very_hard(
    level: str, taken: bool, verdict: str
) -> None:
    ruleset, half = changed_ruleset(rules={"nature": {"level": level}}), land(5_000)
    assert takes_land(ruleset, np.array([True]), "nature", half, parcel()).tolist() == [taken]
    assert answer(ruleset, "nature", parcel(), half, decided_in=True) == verdict
    assert answer(ruleset, "nature", parcel(), land(300, edge=True), decided_in=True) == "yes"


SMALL, LARGE, SOME_SIZE = 9_999.0, 10_000.0, np.nan


@pytest.mark.parametrize(("built", "small", "large", "some_size"), [
    # unless of 1 ha or more: there it passes; where that is not known a "no" is not certain
    (0.3, "yes", "yes", "yes"),
    (0.31, "no", "yes", "unknown"),
    (np.nan, "unknown", "yes", "unknown"),
])  # fmt: skip
def test_a_rule_passes_where_all_of_its_exceptions_hold(
    built: float, small: str, large: str, some_size: str
) -> None:
    exceptions = [
        {"measure": "area_m2", "at_least": 10_000},
        {"measure": "term_years", "at_least": 5},
    ]
    ruleset = changed_ruleset(rules={"unbuilt": {"unless": exceptions}})

    def said(area: float, years: float = 5.0) -> str:
        return answer(ruleset, "unbuilt", parcel(area_m2=area, built_share=built, term_years=years))

    assert [said(area) for area in (SMALL, LARGE, SOME_SIZE)] == [small, large, some_size]
    assert said(LARGE, 4.9) == small  # one of two exceptions is none
    may = parcel(area_m2=LARGE, built_share=built, term_years=5.0)
    assert answer(ruleset, "unbuilt", may, term_years=True) == some_size  # the term may be shorter


def test_land_is_not_taken_where_a_rule_has_an_exception_or_may_have_one() -> None:
    exception = {"unless": [{"measure": "land_use_class", "in": [51]}]}
    ruleset = changed_ruleset(rules={"nature": exception})
    nobody, half = np.array([False]), land(5_000)
    assert [
        takes_land(ruleset, nobody, "nature", half, parcel(land_use_class=use)).tolist()
        for use in (HERE, ELSEWHERE, PERHAPS)
    ] == [[False], [True], [False]]
    assert [
        answer(ruleset, "nature", parcel(land_use_class=use), half)
        for use in (HERE, ELSEWHERE, PERHAPS)
    ] == ["yes", "yes", "unknown"]


# ------------------------------------------------------------------------------------------------------------------- rules on measures


@pytest.mark.parametrize(("value", "may_be_lower", "expected"), [
    (15.0, False, "yes"),  # equal to the threshold
    (14.9, False, "no"),
    (None, False, "unknown"),
    (15.0, True, "unknown"),
    (14.9, True, "no"),  # lower is still too low
    (None, True, "unknown"),
])  # fmt: skip
def test_a_measure_whose_value_may_be_lower_passes_no_test_for_certain(
    value: float | None, may_be_lower: bool, expected: str
) -> None:
    measures = parcel(term_years=value).astype({"term_years": float})
    assert answer(TOY, "term", measures, term_years=may_be_lower) == expected


@pytest.mark.parametrize(("built", "here", "elsewhere", "perhaps"), [
    (0.3, "yes", "yes", "yes"),
    (0.31, "no", "yes", "unknown"),
    (np.nan, "unknown", "yes", "unknown"),
])  # fmt: skip
def test_a_measure_is_tested_where_the_rule_applies(
    built: float, here: str, elsewhere: str, perhaps: str
) -> None:
    somewhere = changed_ruleset(
        rules={"unbuilt": {"when": [{"measure": "land_use_class", "in": [51]}]}}
    )
    said = [
        answer(somewhere, "unbuilt", parcel(built_share=built, land_use_class=land_use))
        for land_use in (HERE, ELSEWHERE, PERHAPS)
    ]
    assert said == [here, elsewhere, perhaps]


def test_what_is_left_out_or_switched_off_has_no_answer() -> None:
    off = changed_ruleset(rules={"unbuilt": {"enabled": False}})
    others = frozenset(off.rules) - {"unbuilt", "term"}
    nobody = np.array([False])
    assert list(answers_of_rules(off, others, parcel(term_years=20.0), {}, {}, nobody)) == ["term"]
    assert answers_of_rules(off, others | {"term"}, parcel(), {}, {}, nobody) == {}


# ------------------------------------------------------------------------------------------------------------------- rules that ship

SHIPPED = load_ruleset("flexwonen-nl")


@pytest.mark.parametrize(("area", "homes", "lived_on", "plot_taken"), [
    (3_042, 2, "no", False),  # a paved yard around two homes
    (50_000, 1, "yes", True),  # a field with a farmhouse in its corner: the field stays, the yard goes
    (50_000, 2, "yes", True),
    (50_000, 3, "no", False),  # more than a farm
    (10_000, 1, "yes", True),
    (9_999, 1, "no", False),
    (3_042, 0, "yes", False),
    (50_000, np.nan, "unknown", False),
])  # fmt: skip
def test_who_lives_somewhere_keeps_it_but_for_the_rest_of_a_large_parcel(
    area: float, homes: float, lived_on: str, plot_taken: bool
) -> None:
    of_parcel = parcel(area_m2=float(area), dwelling_count=homes)
    assert answer(SHIPPED, "dwellings", of_parcel) == lived_on
    taken = takes_land(SHIPPED, np.array([False]), "dwelling_plots", land(900), of_parcel)
    assert taken.tolist() == [plot_taken]


@pytest.mark.parametrize(("width", "green", "strip"), [
    (25.0, "yes", "no"),  # a strip: to be talked about
    (25.1, "no", "yes"),  # green that the neighbourhood uses: closed
])  # fmt: skip
def test_public_green_is_closed_but_for_strips(width: float, green: str, strip: str) -> None:
    of_parcel, all_green = parcel(strip_width_m=width), land(10_000, nothing_left=True)
    assert answer(SHIPPED, "bgt_public_green", of_parcel, all_green) == green
    assert answer(SHIPPED, "bgt_green_strip", of_parcel, all_green) == strip


@pytest.mark.parametrize(("distance", "homes", "expected"), [
    (7_000.0, 50.0, "yes"),
    (6_999.0, 10.0, "no"),
    (7_000.0, 51.0, "no"),
    (24_999.0, 51.0, "no"),
    (25_000.0, 916.0, "yes"),  # beyond what is worked out
    (np.nan, 10.0, "unknown"),
    (8_000.0, np.nan, "unknown"),  # by its homes it may or may not
])  # fmt: skip
def test_nitrogen_is_one_advice_by_distance_and_size(
    distance: float, homes: float, expected: str
) -> None:
    measures = parcel(natura2000_distance_m=distance, homes_mid=homes)
    assert answer(SHIPPED, "nitrogen", measures) == expected


def test_zoning_says_nothing_that_the_land_itself_says() -> None:
    for rule, zone, share in (
        ("zoning", "bos", "woods_share"),
        ("zoning_public_space", "groen", "public_green_share"),
    ):
        said = [
            answer(SHIPPED, rule, parcel(zoning_class=zone, **{share: covered}))
            for covered in (0.0, 0.5, np.nan)
        ]
        assert said == ["no", "yes", "unknown"], rule


# ------------------------------------------------------------------------------------------------------------------- status and type


@pytest.mark.parametrize(("verdicts", "rules_say", "with_in"), [
    # nature (very hard), unbuilt (hard), near_nature (soft); status by the rules, and where people decided "in"
    (("yes", "yes", "yes"), "available", "available"),  # there is nothing to lift
    (("yes", "yes", "unknown"), "available", "available"),
    (("yes", "yes", "no"), "attention", "attention"),
    (("yes", "unknown", "yes"), "unknown", "attention"),
    (("yes", "unknown", "no"), "unknown", "attention"),
    (("unknown", "yes", "yes"), "unknown", "attention"),
    (("yes", "no", "yes"), "excluded", "attention"),
    (("yes", "no", "unknown"), "excluded", "attention"),
    (("unknown", "no", "yes"), "excluded", "attention"),
    (("no", "yes", "yes"), "excluded", "excluded"),  # very hard, whatever people decided
    (("no", "unknown", "yes"), "excluded", "excluded"),
    (("no", "no", "no"), "excluded", "excluded"),
])  # fmt: skip
def test_precedence(verdicts: tuple[str, ...], rules_say: str, with_in: str) -> None:
    numbers = {name: answer for answer, name in NAMES.items()}
    by_rule = {
        rule: np.full(4, numbers[verdict], dtype=np.int8)
        for rule, verdict in zip(("nature", "unbuilt", "pessimistic_term"), verdicts, strict=True)
    }
    into, out = np.array([False, True, False, True]), np.array([False, False, True, True])
    # A decision "out" goes before everything.
    assert list(assess_status(TOY, by_rule, into, out)) == [
        rules_say,
        with_in,
        "excluded",
        "excluded",
    ]


def test_which_levels_exclude_is_the_rulesets() -> None:
    softer = changed_ruleset(levels={"excluding": ["very_hard"]})
    verdicts = {
        "nature": np.array([1, 1, -1], dtype=np.int8),
        "unbuilt": np.array([-1, 0, 1], dtype=np.int8),
    }
    nobody = np.zeros(3, dtype=bool)
    assert list(assess_status(softer, verdicts, nobody, nobody)) == [
        "attention",
        "available",
        "excluded",
    ]


def test_without_rules_everything_is_available() -> None:
    nobody = np.zeros(2, dtype=bool)
    assert list(assess_status(TOY, {}, nobody, nobody)) == ["available", "available"]


@pytest.mark.parametrize(("land_use", "buildings", "width", "expected"), [
    # field: land use 51 without buildings; vast: 1,000 m wide or more
    (51, 0, 10, "field"),
    (51, 0, 2_000, "field"),  # the first that holds
    (51, 1, 2_000, "vast"),
    (51, 1, 10, "other"),
    (40, None, 10, "other"),  # one "no" is enough
    (51, None, 10, None),  # it may be a field
    (51, None, 2_000, None),  # it is vast, unless it is a field
    (None, 1, 2_000, "vast"),
    (40, 0, None, None),  # it may be vast
])  # fmt: skip
def test_the_first_type_whose_conditions_hold(
    land_use: int | None, buildings: int | None, width: int | None, expected: str | None
) -> None:
    measures = parcel(land_use_class=land_use, building_count=buildings, width_m=width)
    found = assess_site_types(TOY, measures.astype({"building_count": float, "width_m": float}))
    assert found.tolist() == [expected]


def test_status_from_verdicts() -> None:
    ruleset = load_ruleset(RULESET)
    verdicts = pd.DataFrame(
        {
            "nature": [1, 1, 0, -1, 0],
            "unbuilt": [1, 1, 1, 1, -1],
            "pessimistic_term": [1, -1, -1, 1, 1],
        },
        dtype="int8",
    )  # very_hard, hard, medium
    nobody = np.zeros(5, dtype=bool)
    assert list(assess_status(ruleset, verdicts, nobody, nobody)) == [
        "available",
        "attention",
        "unknown",
        "excluded",
        "excluded",
    ]


def test_a_soft_rule_that_says_no_changes_no_status() -> None:
    nobody = np.zeros(3, dtype=bool)
    soft = {"near_nature": np.array([-1, 0, 1], dtype=np.int8)}
    assert list(assess_status(load_ruleset(RULESET), soft, nobody, nobody)) == ["available"] * 3


NO_POINTS = {"pessimistic_term": {"level": "soft"}}
"""The one rule of level medium in the toy ruleset."""


def test_points_of_level_medium_by_hand() -> None:
    medium = {name: {"level": "medium"} for name in ("near_nature", "public_owner", "term")}
    ruleset = changed_ruleset(rules={**medium, **NO_POINTS})
    # term is left out; unbuilt is hard and does not count
    verdicts = {
        "near_nature": np.array([NO, NO, YES, UNKNOWN], dtype=np.int8),
        "public_owner": np.array([NO, UNKNOWN, YES, UNKNOWN], dtype=np.int8),
        "unbuilt": np.array([NO] * 4, dtype=np.int8),
    }
    nobody = np.zeros(4, dtype=bool)
    found = count_medium_points(ruleset, verdicts, nobody)
    np.testing.assert_array_equal(found.count, [2, 1, 0, np.nan])
    np.testing.assert_array_equal(found.least, [2, 1, 0, 0])
    np.testing.assert_array_equal(found.most, [3, 3, 1, 3])
    np.testing.assert_allclose(found.known_share, [2 / 3, 1 / 3, 2 / 3, 0])
    # a softer level never adds a point
    softer = changed_ruleset(rules={"near_nature": {"level": "medium"}, **NO_POINTS})
    least = count_medium_points(softer, verdicts, nobody).least
    np.testing.assert_array_equal(least, [1, 1, 0, 0])
    # a decision lifts the hard rule of the second and the last: a point, as it would be if medium
    lifted = np.array([False, True, False, True])
    least = count_medium_points(softer, verdicts, lifted).least
    np.testing.assert_array_equal(least, [1, 2, 0, 1])
    as_medium = changed_ruleset(
        rules={name: {"level": "medium"} for name in ("near_nature", "unbuilt")} | NO_POINTS
    )
    at_medium = count_medium_points(as_medium, verdicts, nobody).least
    np.testing.assert_array_equal(least[lifted], at_medium[lifted])


def test_without_rules_of_level_medium_there_are_no_points_to_know() -> None:
    none = changed_ruleset(rules=NO_POINTS)
    unbuilt = {"unbuilt": np.array([NO], dtype=np.int8)}
    found = count_medium_points(none, unbuilt, np.array([False]))
    assert np.isnan(found.count).all()
    assert (found.most, found.known_share) == (0, 0)
