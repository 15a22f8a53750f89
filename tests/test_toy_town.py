"""The toy town against the numbers that were worked out on paper; the sums stand beside them."""

from __future__ import annotations

from math import hypot, pi, sin, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte.assessment.pipeline import Assessment, assess
from rule_columns import with_rule_columns
from toy_town import IDS, changed_ruleset, toy_study

NAN = float("nan")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return assess(toy_study(tmp_path_factory.mktemp("toy")).question, "A")


def column(town: Assessment, name: str) -> pd.Series:
    return with_rule_columns(town).set_index("parcel_id")[name]


# A regular 64-corner polygon, which is what a circle becomes, has the area 32 r^2 sin(2 pi / 64).
QUARTER_CIRCLE_20 = 32 * 20**2 * sin(2 * pi / 64) / 4

MEASURES = {
    "area_m2": [10_000] * 12,
    # P01 10,000 - 900; P02 10,000 - (2,500 + 1,600 - 400); P04's building may not exist; P05 the eastern half; P06 only an edge; P07 nothing;
    # the last row 10,000 - 10 x 100
    "buildable_m2": [
        9_100,
        6_300,
        10_000,
        10_000,
        5_000,
        10_000,
        0,
        10_000,
        9_000,
        9_000,
        9_000,
        9_000,
    ],
    # the pipeline leaves two parts of 45 x 100
    "largest_part_m2": [
        9_100,
        6_300,
        10_000,
        10_000,
        5_000,
        10_000,
        0,
        10_000,
        4_500,
        4_500,
        4_500,
        4_500,
    ],
    "taken_m2": [900, 3_700, 0, 0, 5_000, 0, 10_000, 0, 1_000, 1_000, 1_000, 1_000],
    "built_share": [0.09, 0.37, 0, NAN, 0, 0, 0, 0, 0, 0, 0, 0],
    "building_count": [1, 2, 0, NAN, 0, 0, 0, 0, 0, 0, 0, 0],
    # P08 is covered for 80 % and P12 for 50 %: not known
    "land_use_class": [51, 51, 51, 51, 51, 51, 51, None, 40, 40, 40, None],
    "grid_class": [1, 3, 3, 3, 1, 3, 3, 3, 1, 3, 3, 3],
    # P06: the upper half has no value (-99997), the lower half 1 km. P10 lies in the upper square only, 50 m from 1 km but on the border of 2 km.
    # P03 and P07 touch the square of 1 km; P11 is 50 m away from it; P04, P08 and P12 are 100 m away or more, P12 sqrt(100^2 + 50^2) = 112 m
    "gp_distance_m": [
        2_000,
        1_000,
        1_000,
        1_000,
        2_000,
        1_000,
        1_000,
        1_000,
        2_000,
        2_000,
        1_000,
        1_000,
    ],
    # to (650, 50) from the nearest edge or corner of what is left: (100k, 50), (100k, 100), (100k, 200)
    "stop_distance_m": [
        *[550, 450, 350, 250],
        *[hypot(550, 50), hypot(450, 50), hypot(350, 50), hypot(250, 50)],
        *[hypot(550, 150), hypot(450, 150), hypot(350, 150), hypot(250, 150)],
    ],
    # straight to the start of the street at (450, 50), then 200 m along it
    "stop_walk_m": [
        *[550, 450, 350, 250],
        *[hypot(350, 50) + 200, hypot(250, 50) + 200, hypot(150, 50) + 200, hypot(50, 50) + 200],
        *[
            hypot(350, 150) + 200,
            hypot(250, 150) + 200,
            hypot(150, 150) + 200,
            hypot(50, 150) + 200,
        ],
    ],
    # P01: of the cell with 45 is left 2,500 - 900 = 1,600, of the others 7,500 with 40; P05 its eastern half; P06 (3 x 50 + 70) / 4;
    # P07, of which nothing is left, as a whole; P09 has valid cells on 75 % only
    "noise_db": [(1_600 * 45 + 7_500 * 40) / 9_100, 40, 40, NAN, 50, 55, 50, NAN, NAN, 60, 60, NAN],
    "loudest_db": [45, 40, 40, NAN, 50, 70, 50, NAN, NAN, 60, 60, NAN],
    "loud_share": [0, 0, 0, NAN, 0, 0.25, 0, NAN, NAN, 1, 1, NAN],
    "slope_percent": [2] * 12,
    "owner_class": ["gemeente"] * 4 + ["particulier"] * 3 + [None] * 5,
    "hard_plan_free_years": [*[100] * 7, None, 100, 3, 12, 100],
    # from 1 January 2027: 30 years; nothing says when the plan on P08 starts; P06 until 1 January 2043; P10 until 2029 - 1; P11 until 2038 - 1
    "term_years": [30, 30, 30, 30, 30, 16, 30, None, 30, 1, 10, 30],
    # P12: the soft plan of 2030, less one year to clear
    "pessimistic_term_years": [30, 30, 30, 30, 30, 16, 30, None, 30, 1, 10, 2],
    # hectares of the largest part / 1.25 x 20, 50 and 100, rounded down: 0.91 -> 14.56, 36.4, 72.8; 0.63 -> 10.08, 25.2, 50.4
    "homes_low": [14, 10, 16, 16, 8, 16, 0, 16, 7, 7, 7, 7],
    "homes_mid": [36, 25, 40, 40, 20, 40, 0, 40, 18, 18, 18, 18],
    "homes_high": [72, 50, 80, 80, 40, 80, 0, 80, 36, 36, 36, 36],
    # at most the 30 of a project
    "homes": [30, 25, 30, 30, 20, 30, 0, 30, 18, 18, 18, 18],
    # field: land use 51 and no building; P04's building and the land use of P08 and P12 are not known
    "site_type_class": [
        "other",
        "other",
        "field",
        None,
        "field",
        "field",
        "field",
        None,
        "other",
        "other",
        "other",
        None,
    ],
    "size_class": ["small"] * 6 + ["none"] + ["small"] * 5,
}


@pytest.mark.parametrize("measure", MEASURES)
def test_measure(town: Assessment, measure: str) -> None:
    found = column(town, measure)
    assert list(found.index) == IDS
    expected = pd.Series(MEASURES[measure], index=IDS)
    if pd.api.types.is_numeric_dtype(expected):
        np.testing.assert_allclose(
            found.astype(float), expected.astype(float), rtol=1e-9, atol=1e-6
        )
    else:
        assert [None if pd.isna(value) else value for value in found] == [
            None if pd.isna(value) else value for value in expected
        ]


def test_width(town: Assessment) -> None:
    # The largest circle: P05's half is 50 wide, a strip of P09 45. In P01 it touches the eastern and northern edges and the building's corner at (40, 40):
    # a circle of radius r round (100 - r, 100 - r) with sqrt(2) (100 - r - 40) = r, so r = 60 sqrt(2) / (1 + sqrt(2)).
    width = column(town, "width_m")
    expected = {"P03": 100, "P05": 50, "P07": 0, "P09": 45, "P01": 2 * 60 * sqrt(2) / (1 + sqrt(2))}
    for parcel, value in expected.items():
        assert width[parcel] == pytest.approx(value, abs=0.2), (
            parcel
        )  # the kernel's tolerance is 0.1 m of radius


def test_term_dates(town: Assessment) -> None:
    assert str(column(town, "term_start")["P01"].date()) == "2027-01-01"
    assert str(column(town, "term_end")["P01"].date()) == "2057-01-01"
    assert str(column(town, "term_start")["P04"].date()) == "2028-07-01"  # the lease ends
    assert str(column(town, "term_end")["P04"].date()) == "2058-07-01"
    assert str(column(town, "term_end")["P11"].date()) == "2037-01-01"


VERDICTS = {
    "unbuilt": "yes no yes unknown yes yes yes yes yes yes yes yes",  # at most 0.3
    "buildings": "yes yes yes unknown yes yes yes yes yes yes yes yes",  # none is wholly built
    "nature": "yes yes yes yes yes yes no yes yes yes yes yes",  # P07 wholly
    "pipeline": "yes yes yes yes yes yes yes yes yes yes yes yes",
    # within 20 m of nature, where the land use is 51: all of the first two rows but the unknown P08; not the third row (40); P12 unknown
    "near_nature": "no no no no no no no unknown yes yes yes unknown",
    "large_enough": "yes yes yes yes yes yes no yes yes yes yes yes",  # P05 has exactly the 5,000 that are asked
    "type_asked": "yes yes yes yes yes yes yes yes yes yes yes yes",  # an empty list asks for nothing
    "hard_plan": "yes yes yes yes yes yes yes unknown yes no yes yes",  # 10 years
    "term": "yes yes yes yes yes yes yes unknown yes no no yes",  # 15 years
    "pessimistic_term": "yes yes yes yes yes yes yes unknown yes no no no",
    "public_owner": "yes yes yes yes no no no unknown unknown unknown unknown unknown",
}


@pytest.mark.parametrize("rule", VERDICTS)
def test_verdict(town: Assessment, rule: str) -> None:
    assert list(column(town, f"verdict_{rule}")) == VERDICTS[rule].split()


def test_every_rule_is_in_the_table(town: Assessment) -> None:
    assert set(VERDICTS) == set(town.verdicts.columns) == set(town.ruleset.rules)


def test_covered_area_and_causes(town: Assessment) -> None:
    nature = column(town, "covered_m2_nature")
    assert nature[["P05", "P06", "P07"]].tolist() == pytest.approx([5_000, 400, 10_000])
    assert column(town, "edge_nature").tolist() == [False] * 5 + [True] + [False] * 6
    assert column(town, "features_nature")[["P05", "P06", "P07"]].tolist() == [
        "Bos (1)",
        "Rand (2)",
        "Heide (3)",
    ]
    assert column(town, "covered_m2_pipeline").tolist() == pytest.approx([0] * 8 + [1_000] * 4)
    # P02: two buildings, 3,700 together; the larger first
    assert column(town, "features_buildings")["P02"] == "b2; b3"
    assert column(town, "feature_count_buildings")["P02"] == 2
    # P04 lies across the corner from P07, P12 likewise: a quarter of a circle of 20 m
    assert column(town, "covered_m2_near_nature")["P04"] == pytest.approx(QUARTER_CIRCLE_20)
    # P01: a strip of 50 x 20 below Bos with a quarter circle at its end, one of 4 x 20 ... below Rand, which lies in P06: only a quarter circle reaches P01
    assert column(town, "covered_m2_near_nature")["P01"] == pytest.approx(
        50 * 20 + 2 * QUARTER_CIRCLE_20
    )


def test_status_and_rank(town: Assessment) -> None:
    assert column(town, "status").tolist() == [
        *["available", "excluded", "available", "unknown"],
        *["available", "available", "excluded", "unknown"],
        *["available", "excluded", "excluded", "attention"],
    ]
    # P12 49.43; P03 42.58; P01, P05 and P09 all 39.06, with 30, 20 and 18 homes; P06 25.53; but first P03 on the shortlist,
    # then P12, P01 and P09, and P05 and P06 at the end: see test_priority
    rank = column(town, "rank")
    assert rank.dropna().sort_values().index.tolist() == ["P03", "P12", "P01", "P09", "P05", "P06"]


def test_priority(town: Assessment) -> None:
    # shortlist: the municipality is the owner (P01 and P03 of the ranked) and no medium rule says no; it takes one, and P03 scores better
    # talk: not near nature, P12 for all that is known, and a soft plan is no obstacle; P01 falls to it
    priority = column(town, "priority")
    assert priority.dropna().to_dict() == {
        "P01": "talk",
        "P03": "shortlist",
        "P05": "later",
        "P06": "later",
        "P09": "talk",
        "P12": "talk",
    }
    # from P12 the soft plan too, which is of level medium; its owner is not known and so does not pass
    assert column(town, "kept_out_by")[priority.notna()].to_dict() == {
        "P01": "most",
        "P03": "",
        "P05": "near_nature",
        "P06": "near_nature",
        "P09": "public_owner",
        "P12": "pessimistic_term;public_owner",
    }
    assert set(column(town, "kept_out_by")[priority.isna()]) == {""}


def test_notes_and_points_of_attention(town: Assessment) -> None:
    # soft: near_nature and public_owner; medium: pessimistic_term
    assert column(town, "notes")[["P01", "P05", "P09", "P12"]].tolist() == [
        "near_nature",
        "near_nature;public_owner",
        "",
        "",
    ]
    assert column(town, "attention")[["P01", "P05", "P12"]].tolist() == ["", "", "pessimistic_term"]


def test_scores(town: Assessment) -> None:
    # P03: stop (500 - 350) / 400 = 37.5, grid 3 -> 0: students 28.125, starters 18.75, suitability 23.4375; term 30 years -> 100
    # score (3 x 23.4375 + 100) / 4 = 42.578
    row = town.parcels.set_index("parcel_id").loc["P03"]
    assert row[
        ["suitability_students", "suitability_starters", "suitability", "term"]
    ].tolist() == pytest.approx([28.125, 18.75, 23.4375, 100], abs=0.006)
    assert row["score"] == pytest.approx(42.578, abs=0.006)
    assert row["environment"] == 100
    # P06: stop (500 - hypot(450, 50)) / 4 = 11.8077, grid 0: suitability 11.8077 x (3/4 + 1/2) / 2 = 7.3798; term 16 of 20 years -> 80
    assert column(town, "score")["P06"] == pytest.approx((3 * 7.3798 + 80) / 4, abs=0.006)
    # P05: too far from the stop, grid 1 -> 50: students 12.5, starters 25, suitability 18.75
    assert column(town, "score")["P05"] == pytest.approx((3 * 18.75 + 100) / 4, abs=0.006)
    # P08: the term may be shorter than it seems, so it has no score: 0 at worst, 100 at best
    stop = (500 - hypot(250, 50)) / 4
    suitability = stop * (3 / 4 + 1 / 2) / 2
    row = town.parcels.set_index("parcel_id").loc["P08"]
    assert row[["score", "score_low", "score_high"]].tolist() == pytest.approx(
        [suitability, 0.75 * suitability, 0.75 * suitability + 25], abs=0.011
    )


def test_known_share(town: Assessment) -> None:
    # 11 rules and 4 criteria. P04: two rules and the noise are not known; P08: five rules, the noise and the term; P09: the owner and the noise
    known = column(town, "known_share")
    assert known[["P01", "P04", "P08", "P09"]].tolist() == pytest.approx(
        [1, 12 / 15, 8 / 15, 13 / 15], abs=1e-4
    )


def test_area_is_conserved(town: Assessment) -> None:
    parcels = town.parcels.geometry.to_numpy()
    # what is buildable lies in the parcel, and what is not buildable of it was taken
    np.testing.assert_allclose(
        shapely.area(shapely.intersection(parcels, town.buildable)),
        town.parcels["buildable_m2"],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        shapely.area(shapely.difference(parcels, town.buildable)),
        town.parcels["taken_m2"],
        rtol=1e-6,
    )


def test_border_parcels_belong_to_one_municipality(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="municipality 'B' has no parcels"):
        assess(toy_study(tmp_path).question, "B")


LOUD = {
    "title": {"nl": "Luid", "en": "Loud"},
    "condition": "restriction",
    "level": "hard",
    "layer": "lden",
    "above": 50,
    "source": "toy",
    "basis": "assumption",
}


def test_what_is_too_loud_is_taken_and_the_quiet_part_remains(tmp_path: Path) -> None:
    town = assess(toy_study(tmp_path, ruleset=changed_ruleset(rules={"loud": LOUD})).question, "A")
    # P06: the south-west cell has 70: 50 x 50. P09: three cells of 60, the fourth has no value. P10 and P11: 60 all over.
    # P04, P08 and P12 lie beyond the raster.
    covered = [0] * 5 + [2_500, 0, 0, 7_500, 10_000, 10_000, 0]
    assert column(town, "covered_m2_loud").tolist() == pytest.approx(covered)
    verdicts = "yes yes yes unknown yes yes yes unknown unknown no no unknown"
    assert list(column(town, "verdict_loud")) == verdicts.split()
    buildable = column(town, "buildable_m2")
    # P09: 2,500 are left, of which the strip of the pipeline, y 245-250, takes 5 x 50
    assert buildable[["P06", "P09", "P10"]].tolist() == pytest.approx([7_500, 2_250, 0])
    # what is left of P06 is quiet, and is what counts
    assert column(town, "noise_db")["P06"] == 50
    taken = column(town, "taken_m2")
    assert (buildable + taken).tolist() == pytest.approx([10_000] * 12)


def test_a_decision_gives_back_the_land_that_lifted_rules_take(tmp_path: Path) -> None:
    parcels = ["P02", "P05", "P10"]
    decided = pd.DataFrame(
        {"parcel_id": parcels, "decision": "in", "reason": "raad", "date": "2025-06-01"}
    )
    ruleset = changed_ruleset(rules={"loud": LOUD})
    town = assess(toy_study(tmp_path, ruleset=ruleset, decisions=decided).question, "A")
    # P02: the 3,700 of its buildings (hard) are given back. P05: nature is very hard and keeps its half.
    # P10: the noise and the pipeline (hard) give back all.
    buildable = column(town, "buildable_m2")
    assert buildable[parcels].tolist() == pytest.approx([10_000, 5_000, 10_000])
    assert buildable["P11"] == 0  # nobody decided on it
    # 1 ha / 1.25 x 50
    assert column(town, "homes_mid")[parcels].tolist() == [40, 20, 40]
    # nothing had to be lifted of P05: what says no there is soft
    assert column(town, "status")[parcels].tolist() == ["attention", "available", "attention"]
    # what speaks against it stays visible
    assert column(town, "reasons")["P02"] == "unbuilt;buildings"
    assert column(town, "reasons")["P10"] == "pipeline;hard_plan;term;loud"
