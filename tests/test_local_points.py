"""What only the municipality knows, as points, lines and polygons: worked out on paper, parcel by parcel.

Each parcel is a field of 100 x 100 m, 200 m from the next; but for the points nothing is assessed.
"""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from flexruimte import Study
from flexruimte.assessment.pipeline import Assessment, assess
from flexruimte.kernels.overlap import BUFFER_QUADRANT_SEGMENTS
from flexruimte.ranking import Ranking
from flexruimte.rules.files import load_ruleset
from flexruimte.study.checks import check
from rule_columns import with_rule_columns
from toy_town import box, frame, line, point

IDS = [f"P{number:02}" for number in range(1, 10)]
LEVELS = ("local_very_hard", "local_hard", "local_medium", "local_soft")


def left(number: int) -> float:
    """Left side of the n-th parcel, from 1."""
    return 200.0 * (number - 1)


def middle(number: int) -> shapely.Point:
    return point(left(number) + 50, 50)


def disc(radius: float) -> float:
    """Area of the polygon that stands for a circle. [m2]"""
    corners = 4 * BUFFER_QUADRANT_SEGMENTS
    return corners / 2 * radius**2 * math.sin(2 * math.pi / corners)


POINTS: dict[str, tuple[Any, str, Any]] = {
    "Afgesproken met de buren: hier geen woningen": (box(0, 0, 40, 100), "hard", None),
    "Monumentale eik": (middle(2), "middel", None),
    "Riool": (line((left(3), 50), (left(3) + 100, 50)), "zacht", None),
    "Blindganger": (middle(4), "zeer hard", 20),
    "Toekomstig park": (box(left(6) - 10, -10, left(6) + 110, 110), "hard", None),
    "Iets ernstigs": (middle(7), "ernstig", None),
    "Ongeveer hier": (middle(8), "hard", "een paar"),
    "Gasleiding": (line((left(9), 50), (left(9) + 100, 50)), "hard", 10.0),
}


def local_points(**changes: Any) -> gpd.GeoDataFrame:
    shapes, levels, distances = zip(*POINTS.values(), strict=True)
    columns = {"text": [*POINTS], "level": levels, "distance_m": list(distances)} | changes
    return frame([*shapes], **columns)


def study(points: Any, ruleset: str = "flexwonen-nl") -> Study:
    """Nine fields in one municipality, one in another far away."""
    fields = [box(left(number), 0, left(number) + 100, 100) for number in range(1, 10)]
    far = box(50_000, 0, 50_100, 100)
    missing = [key for key, spec in load_ruleset(ruleset).layers.items() if not spec.optional]
    return Study(
        parcels=frame([*fields, far], parcel_id=[*IDS, "ver"]),
        municipalities=frame(
            [box(-100, -100, 2000, 200), box(49_900, -100, 50_200, 200)],
            code=["GM0001", "GM0002"],
            naam=["Dorp", "Elders"],
        ),
        layers={} if points is None else {"local_points": points},
        as_of="2026-01-01",
        ruleset=ruleset,
        not_assessed=missing,
    )


def by_id(town: Assessment) -> pd.DataFrame:
    return with_rule_columns(town).set_index("parcel_id")


@pytest.fixture(scope="module")
def town() -> Assessment:
    return assess(study(local_points()).question, "GM0001")


def test_each_point_has_its_own_level(town: Assessment) -> None:
    said = {
        parcel: {
            level: verdict for level in LEVELS if (verdict := row[f"verdict_{level}"]) != "yes"
        }
        for parcel, row in by_id(town).iterrows()
    }
    in_doubt = dict.fromkeys(LEVELS, "unknown")
    assert said == {
        "P01": {},  # what is hard is subtracted, and 6,000 m2 remain
        "P02": {"local_medium": "no"},
        "P03": {"local_soft": "no"},
        "P04": {},
        "P05": {},
        "P06": {"local_hard": "no"},  # nothing is left
        "P07": in_doubt,  # nobody knows how hard that is
        "P08": {"local_hard": "unknown"},  # nor how far this reaches, up to 50 m from it
        "P09": {},
    }
    status = by_id(town)["status"]
    assert status["P02"] == "attention"
    assert status["P05"] == "available"
    assert status["P06"] == "excluded"
    assert status["P07"] == status["P08"] == "unknown"


def test_distances_are_those_of_the_points(town: Assessment) -> None:
    buildable = by_id(town)["buildable_m2"]
    assert buildable["P01"] == pytest.approx(10_000 - 40 * 100)  # an area is itself
    assert buildable["P04"] == pytest.approx(10_000 - disc(20))
    assert buildable["P09"] == pytest.approx(10_000 - 100 * 20)  # 10 m on each side of the line
    assert buildable["P02"] == pytest.approx(10_000)  # no more than attention
    covered = town.findings.set_index(["parcel_id", "rule"])["covered_m2"]
    assert covered["P02", "local_medium"] == pytest.approx(
        disc(5), abs=0.01
    )  # 5 m, as none is said
    assert covered["P03", "local_soft"] == pytest.approx(100 * 10, abs=0.01)


def test_a_point_that_says_zero_is_there_all_the_same() -> None:
    points = local_points(distance_m=[0] * len(POINTS))
    found = by_id(assess(study(points).question, "GM0001"))
    assert found.loc["P04", "buildable_m2"] == pytest.approx(10_000 - disc(5))
    assert found.loc["P01", "buildable_m2"] == pytest.approx(6_000)


def test_who_says_so_and_when_is_told() -> None:
    points = local_points(source=["brief"] * len(POINTS), date=["2026-03-01", None] * 4)
    town = assess(study(points).question, "GM0001")
    features = town.findings.set_index(["parcel_id", "rule"])["features"]
    assert features["P06", "local_hard"] == "Toekomstig park [brief, 2026-03-01]"
    assert features["P02", "local_medium"] == "Monumentale eik [brief]"
    told = Ranking(town).findings.set_index(["parcel_id", "rule"])["finding"]
    assert told["P06", "local_hard"].startswith("Toekomstig park [brief, 2026-03-01], op ")
    assert (
        told["P02", "local_medium"] == "Monumentale eik [brief], op 78 m² (0,8%) van het perceel."
    )


def test_an_unknown_says_what_may_be_wrong_with_which_value() -> None:
    findings = study(local_points()).rank("GM0001").findings.set_index(["parcel_id", "rule"])
    # "ernstig" of P07 is no level, and "een paar" of P08 no distance: which of them it is here is not kept
    for parcel in ("P07", "P08"):
        assert findings.loc[(parcel, "local_hard"), "finding"].endswith(
            "geen object, of een object met een afstand die niet te lezen is; "
            "in de omgeving staat een waarde die niet in de lijst staat: level 'ernstig'."
        )
    assert ("P01", "local_medium") not in findings.index


def test_text_and_level_are_all_that_is_asked() -> None:
    points = local_points().drop(columns="distance_m")
    found = by_id(assess(study(points).question, "GM0001"))
    assert found.loc["P04", "buildable_m2"] == pytest.approx(10_000 - disc(5))
    assert found.loc["P08", "verdict_local_hard"] == "yes"


def test_a_point_without_a_text_and_a_date_that_is_none_are_told() -> None:
    texts = ["", *list(POINTS)[1:]]
    dates = ["2025-13-45", "2025-02-30", *["2025-12-31"] * (len(POINTS) - 2)]
    told = check(study(local_points(text=texts, date=dates)).question)
    assert told.problems == []
    (text,) = [line for line in told.warnings if "field 'text'" in line]
    assert "has no value in 1 of 8 rows" in text
    assert "people read it in explanations as it stands" in text
    (date,) = [line for line in told.warnings if "field 'date'" in line]
    assert "'2025-13-45' (1)" in date
    assert "'2025-02-30' (1)" in date
    assert "rules that ask for it are unknown" not in date
    good = check(study(local_points(date=["2025-12-31"] * len(POINTS))).question)
    assert not [line for line in good.warnings if "'date'" in line or "'text'" in line]


def test_where_there_are_no_points_there_is_nothing_to_tell() -> None:
    found = by_id(assess(study(local_points()).question, "GM0002"))
    assert [found.loc["ver", f"verdict_{level}"] for level in LEVELS] == ["yes"] * 4
    nothing = by_id(assess(study(local_points().iloc[:0]).question, "GM0001"))
    assert set(nothing["status"]) == {"available"}


def test_a_study_without_points_lacks_nothing(town: Assessment) -> None:
    question = study(None).question
    without = assess(question, "GM0001")
    found = by_id(without)
    assert set(found["status"]) == {"available"}
    assert set(found["missing"]) == {""}
    assert not set(LEVELS) & set(without.left_out)
    assert without.absent == []
    assert "local_points" in [layer.id for layer in Ranking(without).summary.optional_absent]
    report = check(question)
    assert report.missing_layers == []
    told = [text for text in report.lines + report.warnings if "local_points" in text]
    assert len(told) == 1  # once, and not per parcel or municipality
    assert "optional layers that the study does not have" in told[0]


def test_points_left_out_knowingly_are_left_out_by_name() -> None:
    left_out = study(local_points()).changed(not_assessed=[*load_ruleset("flexwonen-nl").layers])
    assert set(LEVELS) <= set(assess(left_out.question, "GM0001").left_out)


def test_points_count_whatever_the_ruleset() -> None:
    found = by_id(assess(study(local_points(), "pbl-2020").question, "GM0001"))
    assert found.loc["P06", "verdict_local_hard"] == "no"
