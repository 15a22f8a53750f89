"""Sites of several parcels, on a row of parcels whose every number was worked out on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.row_of_parcels import study
from flexruimte import Study
from flexruimte.assessment.pipeline import assess
from flexruimte.assessment.site_rules import width_that_is_enough
from flexruimte.batch import run
from flexruimte.errors import FlexruimteError
from flexruimte.results.read import read_parcel
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.views.explanation import explain
from flexruimte.vocabulary import Status


def test_neighbours_become_one_where_that_gives_more_homes() -> None:
    ranking = study("touching").rank("A")
    sites = ranking.sites
    assert sites is not None
    assert dict(zip(sites["parcel_id"], sites["parcel_ids"], strict=True)) == {
        "A+1": ["A", "B"],
        "F+2": ["F", "G", "H"],
    }
    site = sites.set_index("parcel_id").loc["A+1"]
    assert site["area_m2"] == site["buildable_m2"] == site["largest_part_m2"] == 7000
    assert site["width_m"] == pytest.approx(70, abs=0.2)
    # 0.7 ha at 20, 50 and 100 per net ha, by 1.25: 11.2, 28 and 56
    assert site[["homes_low", "homes_mid", "homes_high"]].tolist() == [11, 28, 56]
    # A is 100 m from the stop, B 140 m: together they are 100 m from it, which is 100 points
    assert (site["stop_distance_m"], site["suitability"]) == (100, 100)
    # A is free from 2030, B until 2050
    assert (site["term_start"], site["term_end"]) == (
        pd.Timestamp("2030-01-01"),
        pd.Timestamp("2050-01-01"),
    )
    assert site["term_years"] == 20
    locations = ranking.locations.set_index("parcel_id")
    assert locations["homes_mid"].to_dict() == {"A+1": 28, "D": 24, "E": 24, "F+2": 24}
    assert sorted(locations["rank"]) == [1, 2, 3, 4]
    assert ranking.parcels.set_index("parcel_id")["site_id"].dropna().to_dict() == {
        "A": "A+1",
        "B": "A+1",
        "F": "F+2",
        "G": "F+2",
        "H": "F+2",
    }
    assert ranking.parcels.set_index("parcel_id").loc[["A", "B"], "rank"].isna().all()
    assert (
        ranking.summary.status[Status.AVAILABLE].homes_mid
        + ranking.summary.status[Status.ATTENTION].homes_mid
        == 100
    )


def test_a_rule_that_asks_for_homes_asks_for_those_of_the_site() -> None:
    # passes up to 24 homes: A (16) and B (12) do, A and B together (28) do not, F, G and H together (24) do
    few = {
        "title": {"nl": "x", "en": "x"},
        "condition": "restriction",
        "level": "soft",
        "measure": "stop_distance_m",
        "at_least": 9_999,
        "unless": [{"measure": "homes_mid", "at_most": 24}],
        "source": "toy",
        "basis": "assumption",
    }
    ranking = study("touching").changed(rules={"few": few}).rank("A")
    assert ranking.sites is not None
    said = ranking.sites.set_index("parcel_id")["notes"]
    assert {site: "few" in rules for site, rules in said.items()} == {"A+1": True, "F+2": False}
    alone = ranking.parcels.set_index("parcel_id")["notes"]
    assert not any("few" in rules for rules in alone[["A", "B", "D"]])


def test_parcels_stay_apart_unless_the_study_asks() -> None:
    ranking = study("none").rank("A")
    assert ranking.sites is None
    assert ranking.locations["parcel_id"].tolist() == ["D", "E"]
    assert ranking.locations["parcel_ids"].tolist() == [["D"], ["E"]]


def test_owners_that_differ_or_are_not_known_stay_apart() -> None:
    sites = study("touching_same_owner").rank("A").sites
    # A and B have different owners; F and G the same, but need H, whose owner is not known.
    assert sites is None


def test_what_is_of_one_owner_is_one_location_though_it_holds_no_more_homes() -> None:
    # A and F are the municipality's, 6,000 m2 each: 24 homes by itself, and 48 together, of which a project takes 30
    boxes = {"A": (0, 0, 100, 60), "F": (0, 60, 100, 120)}
    apart, together = (study(how, boxes).rank("A") for how in ("touching", "touching_same_owner"))
    assert apart.locations["parcel_ids"].tolist() == [["A"], ["F"]]
    assert together.locations["parcel_ids"].tolist() == [["A", "F"]]
    row = together.locations.iloc[0]
    assert row[["homes", "homes_mid", "rank", "priority"]].tolist() == [30, 48, 1, "shortlist"]
    assert row["kept_out_by"] == []


@pytest.mark.parametrize(
    ("decided_in", "sites"),
    [(("A",), [["A"], ["F"]]), (("A", "F"), [["A", "F"]]), ((), [["A", "F"]])],
)
def test_what_people_decided_to_be_in_goes_together_with_its_like_alone(
    decided_in: tuple[str, ...], sites: list[list[str]]
) -> None:
    boxes = {"A": (0, 0, 100, 60), "F": (0, 60, 100, 120)}
    ranking = study("touching_same_owner", boxes, decided_in=decided_in).rank("A")
    assert sorted(ranking.locations["parcel_ids"].tolist()) == sites


@pytest.mark.parametrize(("most_m2", "counts"), [(20_000, False), (8_000, True)])
def test_suitability_counts_where_a_site_is_refused_for_its_class(
    most_m2: float, counts: bool
) -> None:
    # A and F (6,000 m2 each, and 12,000 together) are both on the shortlist if they suit enough;
    # what is larger than asked is not, and then only parcels that are not either may be that large
    boxes = {"A": (0, 0, 100, 60), "F": (0, 60, 100, 120)}
    large = {
        "title": {"nl": "x", "en": "x"},
        "condition": "restriction",
        "level": "medium",
        "measure": "area_m2",
        "at_most": most_m2,
        "source": "toy",
        "basis": "assumption",
    }
    for suitable_from, joined in ((0, not counts), (101, True)):
        classes = {
            "shortlist": {"most": 9, "suitable_from": suitable_from},
            "talk": {"but_for": ["pessimistic_term", "large"]},
        }
        asked = study("touching_same_owner", boxes)
        changes = {"rules": {"large": large}, "priorities": classes}
        ruleset = with_changes(asked.question.ruleset, changes)
        found = assess(asked.changed(ruleset=ruleset).question, "A")
        assert found.sites is not None
        assert found.sites.suitability_counts.tolist() == [counts, counts]
        assert (len(found.sites.table) == 1) == joined


def test_a_site_is_explained_in_memory_and_from_disk(tmp_path: Path) -> None:
    boxes = {"A": (0, 0, 100, 60), "F": (0, 60, 100, 120)}
    question = study("touching_same_owner", boxes)
    said = question.rank("A").explain("A+1")._repr_html_()
    assert run(question, None, tmp_path).exit_status == 0
    found = read_parcel(tmp_path, "A+1")
    assert found.row["homes_mid"] == 48
    assert found.row["parcel_ids"] == "A;F"
    assert explain(found.row, found.findings, found.summary)._repr_html_() == said
    # where there are none the file is there all the same
    assert run(study("none", boxes), None, tmp_path / "apart").exit_status == 0
    assert len(gpd.read_parquet(tmp_path / "apart" / "A" / "sites.parquet")) == 0


def test_private_neighbours_are_not_one_owner() -> None:
    # B is private: that is a kind of owner, and no owner
    boxes = {"A": (0, 0, 100, 60), "B": (0, 60, 100, 120)}
    ruleset = study("touching_same_owner", boxes).question.ruleset
    assert ruleset.value("one_owner_classes") == ["gemeente"]
    both_private = pd.DataFrame({"parcel_id": ["A", "B"], "soort": ["particulier", "particulier"]})
    changed = study("touching_same_owner", boxes, owners=both_private)
    assert changed.rank("A").sites is None


def test_one_owner_needs_a_list_of_kinds() -> None:
    with pytest.raises(FlexruimteError, match=r"needs \[placement.one_owner_classes\] too; add it"):
        study("touching_same_owner", one_owner=None)


def test_a_site_grows_no_larger_than_asked() -> None:
    sites = study("touching", most_m2=6500).rank("A").sites
    assert sites is not None
    assert sites["parcel_id"].tolist() == ["F+2"]


def test_a_term_that_is_too_short_together_is_no_site() -> None:
    longer = study("touching").changed(placement={"required_years": 21})
    # A alone is free for 30 years and B for 23, but both only for 20.
    assert longer.rank("A").sites["parcel_id"].tolist() == ["F+2"]


def test_a_choice_that_does_not_exist_is_refused() -> None:
    from flexruimte.study.sample import sample_study_path

    with pytest.raises(FlexruimteError, match="merge = 'near'"):
        Study.load(sample_study_path()).changed(placement={"merge": "near"})


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=2, max_size=8),
    st.randoms(use_true_random=False),
)
def test_homes_never_fewer_and_land_never_counted_twice(
    sizes: list[tuple[int, int]], random: Any
) -> None:
    left, boxes = 0.0, {}
    for number, (width, height) in enumerate(sizes):
        boxes[f"P{number}"] = (left, 0.0, left + 10 * width, 10.0 * height)
        left += 10 * width
    shuffled = list(boxes.items())
    random.shuffle(shuffled)
    alone, merged, other = (
        study(how, dict(items)).rank("A")
        for how, items in (
            ("none", boxes.items()),
            ("touching", boxes.items()),
            ("touching", shuffled),
        )
    )
    homes = [int(each.locations["homes_mid"].sum()) for each in (alone, merged)]
    assert homes[1] >= homes[0]
    shapes = np.asarray(merged.locations.geometry)
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum())
    assert merged.locations.drop(columns="geometry").equals(
        other.locations.drop(columns="geometry")
    )
    parts = [parcel for ids in merged.locations["parcel_ids"] for parcel in ids]
    assert len(parts) == len(set(parts))


def test_how_wide_land_is_asked_where_more_than_a_least_width_counts() -> None:
    shipped = load_ruleset("flexwonen-nl")
    assert width_that_is_enough(shipped) == 12  # one rule asks for 12 m, and nothing else
    rule = shipped.rules["width"]
    capped = shipped.rules | {"width": rule.model_copy(update={"at_most": 80.0})}
    assert width_that_is_enough(shipped.model_copy(update={"rules": capped})) == np.inf
    without = {name: each for name, each in shipped.rules.items() if name != "width"}
    assert width_that_is_enough(shipped.model_copy(update={"rules": without})) is None
