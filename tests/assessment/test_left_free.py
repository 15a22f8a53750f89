"""Land that is left free: the toy town on paper, two neighbours, and that a softer level is never worse."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexruimte import Study
from flexruimte.analyses.what_if.locations import locations_of
from flexruimte.assessment.left_free import rows_for_classes
from flexruimte.assessment.pipeline import Assessment, assess
from flexruimte.ranking import Ranking
from flexruimte.rules.files import with_changes
from flexruimte.study.sample import sample_study_path
from flexruimte.vocabulary import NO, YES
from toy_town import (
    IDS,
    box,
    changed_ruleset,
    frame,
    layers,
    parameter,
    parcels,
    toy_study,
)
from two_neighbours import two_neighbours

LEAVE_FREE = {"leave_free": parameter("yes")}


def toy(folder: Path, level: str, given: dict[str, Any] | None = None, **placement: Any) -> Study:
    """The toy town, where the pipeline has a level. It covers 1,000 of the 10,000 of P09 to P12."""
    values = LEAVE_FREE | {name: parameter(value) for name, value in placement.items()}
    changes = {"rules": {"pipeline": {"level": level}}, "placement": values}
    return toy_study(folder, ruleset=changed_ruleset(**changes), layers=given or {})


def parcels_of(study: Study) -> pd.DataFrame:
    return pd.DataFrame(assess(study.question, "A").parcels).set_index("parcel_id")


COLUMNS = ["buildable_m2", "left_free_m2", "taken_m2", "homes", "priority", "attention"]


def test_the_homes_come_beside_the_pipeline(tmp_path: Path) -> None:
    # Nothing but the pipeline keeps P09 out of the class of talks (its owner is not known), and P12's soft plan is
    # excepted there. Two parts of 4,500 are left, and one of them holds 0.45 / 1.25 x 50 = 18 homes.
    found = parcels_of(toy(tmp_path, "medium"))
    assert found.loc["P09", COLUMNS].tolist() == [9_000, 1_000, 0, 18, "talk", ""]
    assert found.loc["P12", COLUMNS].tolist() == [9_000, 1_000, 0, 18, "talk", "pessimistic_term"]
    # The class of talks refuses what lies within 20 m of nature, though that is soft: 4 m in the west of P06 and all of P07 in
    # its east, (24 + 20) x 100 of it. On the rest fit 0.56 / 1.25 x 50 = 22 homes.
    assert found.loc["P06", COLUMNS].tolist() == [5_600, 4_400, 0, 22, "talk", ""]
    # P10 and P11 are excluded by their plans, so that nobody asks for their land
    assert found["left_free_m2"].drop(["P06", "P09", "P12"]).eq(0).all()
    assert found["buildable_m2"][["P10", "P11"]].tolist() == [10_000, 10_000]


def test_it_is_as_if_the_rule_were_hard(tmp_path: Path) -> None:
    medium, hard = (parcels_of(toy(tmp_path, level)) for level in ("medium", "hard"))
    same = [
        "priority",
        "score",
        "suitability",
        "homes",
        "buildable_m2",
        "largest_part_m2",
        "stop_distance_m",
    ]
    pd.testing.assert_frame_equal(medium[same].loc[["P09", "P12"]], hard[same].loc[["P09", "P12"]])


@pytest.mark.parametrize(
    ("homes", "expected"),
    [(18, [9_000, 1_000, 18, "talk", ""]), (19, [10_000, 0, 30, "later", "pipeline"])],
)
def test_where_the_rest_is_too_little_nothing_is_left_free(
    tmp_path: Path, homes: int, expected: list[Any]
) -> None:
    # a project of 18 homes fits on 4,500 m2, and one of 19 does not: then all 40 homes of the parcel, at most 30 in a project
    found = parcels_of(toy(tmp_path, "medium", least_homes=homes))
    columns = ["buildable_m2", "left_free_m2", "homes", "priority", "attention"]
    assert found.loc["P09", columns].tolist() == expected


def test_a_ruleset_that_says_nothing_of_it_is_as_before(tmp_path: Path) -> None:
    for ruleset in (
        changed_ruleset(rules={"pipeline": {"level": "medium"}}),
        changed_ruleset(
            rules={"pipeline": {"level": "medium"}}, placement={"leave_free": parameter("no")}
        ),
    ):
        found = parcels_of(toy_study(tmp_path, ruleset=ruleset))
        assert found.loc["P09", COLUMNS].tolist() == [10_000, 0, 0, 30, "later", "pipeline"]


def test_no_condition_loses_the_land_that_is_left_free(tmp_path: Path) -> None:
    town = assess(toy(tmp_path, "medium").question, "A")
    left = town.left_m2.loc[["P09", "P12"], ["restriction_m2", "available_m2"]]
    assert left.to_numpy().tolist() == [[pytest.approx(10_000)] * 2] * 2
    area = town.parcels["buildable_m2"] + town.parcels["taken_m2"] + town.parcels["left_free_m2"]
    assert area.to_numpy() == pytest.approx(town.parcels["area_m2"].to_numpy())


def test_the_finding_says_so(tmp_path: Path) -> None:
    ranking = Ranking(assess(toy(tmp_path, "medium").question, "A"))
    found = ranking.findings.set_index(["parcel_id", "rule"]).loc[("P09", "pipeline")]
    assert found[
        ["verdict", "level", "covered_m2", "covered_buildable_m2", "left_free_m2"]
    ].tolist() == [*("yes", "medium", 1_000, 0, 1_000)]
    assert found["finding"].startswith("1.000 m² (10%) van het perceel ligt binnen")
    assert found["finding"].endswith("; dat deel blijft vrij.")
    location = ranking.locations.set_index("parcel_id").loc["P09"]
    assert any("blijft vrij" in sentence for sentence in location["findings"])
    table = ranking.explain("P09").table.set_index("rule")
    assert table.loc["pipeline", "part"] == "note"


@pytest.mark.parametrize(
    ("homes", "expected"),
    [(23, [5_900, 1_100, 23, "", 0]), (24, [7_000, 0, 28, "nature", 2])],
)
def test_the_rest_of_a_site_may_be_enough_where_that_of_its_parts_is_not(
    homes: int, expected: list[Any]
) -> None:
    # A of 4,000 and B of 3,000 m2, with 10 m of nature along the west of both, and 400 m2 in B: 3,600 and 2,300 are left, each
    # under the 5,000 that are asked. Together 5,900, which hold 0.59 / 1.25 x 50 = 23.6 homes; with all land 7,000 hold 28.
    study = two_neighbours()
    rules = {"nature": {"level": "medium"}, "near_nature": {"enabled": False}}
    ruleset = with_changes(
        study.question.ruleset,
        {"rules": rules, "placement": LEAVE_FREE | {"least_homes": parameter(homes)}},
    )
    town = assess(replace(study.question, ruleset=ruleset), "A")
    assert town.sites is not None
    site = town.sites.table.iloc[0]
    assert site[["buildable_m2", "left_free_m2"]].tolist() == pytest.approx(expected[:2])
    assert site[["homes", "attention"]].tolist() == expected[2:4]
    assert locations_of(town)["class_position"].tolist() == [expected[4]]
    # the parts are used as their site is
    assert town.parcels["left_free_m2"].sum() == pytest.approx(expected[1])
    free = town.findings.set_index(["parcel_id", "rule"])["left_free_m2"].loc["A+1"]
    assert free["nature"] == pytest.approx(expected[1])


def test_a_site_is_no_larger_than_asked_by_the_land_that_it_uses() -> None:
    # 7,000 m2 are too many for a site of at most 6,500, and the 5,900 beside the nature are not
    study = two_neighbours()
    changes = {
        "rules": {"nature": {"level": "medium"}, "near_nature": {"enabled": False}},
        "placement": LEAVE_FREE | {"merge_most_m2": {"value": 6_500}},
    }
    ruleset = with_changes(study.question.ruleset, changes)
    town = assess(replace(study.question, ruleset=ruleset), "A")
    assert town.sites is not None
    assert town.sites.table["buildable_m2"].tolist() == [pytest.approx(5_900)]


def test_of_several_ways_the_one_with_most_land_that_no_rule_refuses() -> None:
    # Two parcels; of the first three ways beside all its land. The pipeline refuses the second, so that the third is best for
    # both classes; of the second parcel every way is refused.
    ruleset = changed_ruleset(rules={"pipeline": {"level": "medium"}})
    parcel = np.array([0, 1, 0, 0, 0, 1])
    area = np.array([100.0, 100, 90, 80, 70, 60])
    said = np.array([NO, NO, NO, YES, YES, NO], dtype=np.int8)
    ways = rows_for_classes(ruleset, {"pipeline": said}, parcel, area, 2)
    assert [way.tolist() for way in ways] == [[0, 1], [3, 1], [3, 1]]
    assert len(rows_for_classes(ruleset, {}, np.arange(2), area[:2], 2)) == 1


LEVELS = ("soft", "medium", "hard")
spans = st.tuples(st.integers(0, 90), st.integers(0, 90), st.integers(5, 80), st.integers(5, 80))


def small_town(
    folder: Path,
    levels: dict[str, str],
    nature: list[tuple[int, int, int, int]],
    built: list[tuple[int, int, int, int]],
    share: float,
    least: int,
) -> Assessment:
    """Four parcels of the toy town, with nature and buildings where they are put."""

    def boxes(given: list[tuple[int, int, int, int]]) -> list[Any]:
        return [box(x, y, x + wide, y + high) for x, y, wide, high in given]

    put = {
        "natuur": frame(boxes(nature), nr=list(range(len(nature))), naam=["x"] * len(nature)),
        "pand": frame(
            boxes(built),
            identificatie=[str(each) for each in range(len(built))],
            status=["Pand in gebruik"] * len(built),
        ),
        "leiding": frame([box(0, 40, 200, 50)], id=["l"], afstand=["1 x 1 meter"]),
    }
    rules: dict[str, Any] = {name: {"level": level} for name, level in levels.items()}
    rules |= {name: {"enabled": False} for name in ("unbuilt", "near_nature")}
    placement = LEAVE_FREE | {
        "least_homes": parameter(least),
        "counts_from_share": parameter(share),
        "min_buildable_m2": {"value": 500},
    }
    priorities = {"shortlist": {"passes": [], "refuses_levels": ["medium"]}}
    ruleset = changed_ruleset(rules=rules, placement=placement, priorities=priorities)
    return assess(toy_study(folder, ruleset=ruleset, layers=put).question, "A")


@settings(max_examples=8)
@given(
    nature=st.lists(spans, min_size=1, max_size=2),
    built=st.lists(spans, min_size=1, max_size=2),
    others=st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)),
    varied=st.integers(0, 2),
    share=st.sampled_from([0.0, 0.05, 0.2]),
    least=st.integers(0, 20),
)
def test_a_softer_level_gives_no_worse_class_nor_score(
    tmp_path_factory: pytest.TempPathFactory,
    nature: list[tuple[int, int, int, int]],
    built: list[tuple[int, int, int, int]],
    others: tuple[str, str],
    varied: int,
    share: float,
    least: int,
) -> None:
    names = ["nature", "buildings", "pipeline"]
    folder, rule = tmp_path_factory.mktemp("toy"), names.pop(varied)
    fixed = dict(zip(names, others, strict=True))
    towns = [
        small_town(folder, {**fixed, rule: level}, nature, built, share, least) for level in LEVELS
    ]
    tables = [locations_of(town).set_index("parcel_id") for town in towns]
    for softer, harder in pairwise(tables):
        ranked = harder.index
        assert set(ranked) <= set(softer.index)
        same = np.isclose(softer["buildable_m2"].reindex(ranked), harder["buildable_m2"], atol=1e-6)
        position = softer["class_position"].reindex(ranked)
        assert (position <= harder["class_position"]).all()
        assert (softer["score"].reindex(ranked) >= harder["score"] - 1e-9)[same].all()
        assert (softer["homes"].reindex(ranked) >= harder["homes"])[same].all()


@pytest.mark.parametrize("parcel", ["P01", "P03", "P05", "P06", "P12"])
def test_a_public_owner_is_no_worse(tmp_path: Path, parcel: str) -> None:
    def owned(kind: str) -> pd.DataFrame:
        owners = layers(tmp_path)["eigendom"].set_index("parcel_id").reindex(IDS)
        owners.loc[parcel, "soort"] = kind
        return parcels_of(toy(tmp_path, "medium", {"eigendom": owners.reset_index()}))

    private, public = owned("particulier"), owned("gemeente")
    order = list(changed_ruleset().priorities)
    one, other = (order.index(each.loc[parcel, "priority"]) for each in (public, private))
    assert one <= other
    assert public.loc[parcel, "rank"] <= private.loc[parcel, "rank"]
    assert public.loc[parcel, "score"] >= private.loc[parcel, "score"]


@pytest.mark.parametrize("parcel", ["P01", "P03", "P05", "P06", "P09", "P12"])
def test_a_better_value_is_no_worse(tmp_path: Path, parcel: str) -> None:
    # a grid with room (1) in place of one without (3): nothing else of the parcel is different
    def supplied(grid: int) -> pd.DataFrame:
        here = parcels().set_index("parcel_id").geometry
        net = frame(list(here), afname=[grid if name == parcel else 2 for name in here.index])
        return parcels_of(toy(tmp_path, "medium", {"net": net}))

    better, worse = sorted(
        (supplied(1), supplied(3)), key=lambda town: -town.loc[parcel, "criterion_grid"]
    )
    assert better.loc[parcel, "criterion_grid"] > worse.loc[parcel, "criterion_grid"]
    assert better.loc[parcel, "score"] >= worse.loc[parcel, "score"]
    assert better.loc[parcel, "rank"] <= worse.loc[parcel, "rank"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule", ["primary_flood_defence_zone", "livestock_outside_built_up_area", "nnn"]
)
def test_of_the_sample_a_harder_level_is_no_better(rule: str) -> None:
    study = Study.load(sample_study_path())
    positions = []
    for level in ("medium", "hard"):
        town = assess(study.changed(rules={rule: {"level": level}}).question, "GM9002")
        found = locations_of(town)
        each = found.assign(parcel=found["parcel_ids"].str.split(";")).explode("parcel")
        decided = town.parcels["parcel_id"][town.parcels["decision"].notna()]
        positions.append(each.set_index("parcel")["class_position"].drop(decided, errors="ignore"))
    medium, hard = positions
    assert len(hard)
    assert set(hard.index) <= set(medium.index)
    assert (medium.reindex(hard.index) <= hard).all()
