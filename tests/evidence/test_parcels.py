"""Which parcel belongs to which municipality."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from evidence.squares import HERE
from flexruimte import LayerError, StudyError
from flexruimte.evidence.parcels import (
    Municipalities,
    load_municipalities,
    load_parcels,
    overlapping_municipalities,
)
from flexruimte.evidence.sources import open_source
from flexruimte.kernels.threads import use_threads
from flexruimte.rules.study_file import MunicipalitySettings, ParcelSettings
from flexruimte.study.checks import check
from toy_town import IDS, X, Y, box, frame, line, municipalities, parcels, toy_study


def test_threads_find_the_same_parcels() -> None:
    # The border is at x 30.5: a parcel of one metre there lies half in A, and of equal shares the lowest code wins.
    towns = frame([box(0, 0, 30.5, 40), box(30.5, 0, 60, 40)], code=["A", "B"], naam=["A", "B"])
    lots = [box(x, y, x + 1, y + 1) for x in range(60) for y in range(40)] + [line((0, 0), (1, 1))]
    source = open_source(
        "parcels",
        ParcelSettings(source="in memory", id="nr"),
        HERE,
        frame(lots, nr=[f"{n:04d}" for n in range(len(lots))]),
    )
    municipalities = load_municipalities(
        open_source(
            "towns", MunicipalitySettings(source="in memory", code="code", name="naam"), HERE, towns
        )
    )
    found = []
    for threads in (1, 3):
        with use_threads(threads):
            found.append({code: load_parcels(source, municipalities, code) for code in "AB"})
    assert {code: len(some.ids) for code, some in found[0].items()} == {"A": 31 * 40, "B": 29 * 40}
    for code in "AB":
        assert found[0][code].ids.tolist() == found[1][code].ids.tolist()
        assert found[0][code].facts == found[1][code].facts


def jagged(vertices: int) -> shapely.Polygon:
    """A star with so many vertices, on land of the toy town where no other parcel lies."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = np.where(np.arange(vertices) % 2, 9.0, 5.0)
    return shapely.Polygon(np.c_[X + 15 + radius * np.cos(angle), Y + 195 + radius * np.sin(angle)])


def with_star(vertices: int) -> gpd.GeoDataFrame:
    star = parcels().iloc[[0]].assign(parcel_id="STAR").set_geometry([jagged(vertices)], crs=28992)
    return pd.concat([parcels(), star], ignore_index=True)


def loaded(data: gpd.GeoDataFrame, **settings: object) -> tuple[list[str], dict[str, int]]:
    known = load_municipalities(
        open_source(
            "municipalities",
            MunicipalitySettings(source="m", code="code", name="naam"),
            Path(),
            municipalities(),
        )
    )
    asked = ParcelSettings(source="p", id="parcel_id", **settings)
    found = load_parcels(open_source("parcels", asked, Path(), data), known, "A")
    return found.ids.tolist(), found.facts.repairs


def test_a_parcel_of_too_many_vertices_is_named_and_the_others_finish(tmp_path: Path) -> None:
    ids, repairs = loaded(with_star(30_000))
    assert ids == IDS
    assert repairs == {"more than 10000 vertices, left out: STAR": 1}
    assert loaded(with_star(30_000), most_vertices=30_001) == ([*IDS, "STAR"], {})
    few = loaded(with_star(100), most_vertices=100)
    assert few == (IDS, {"more than 100 vertices, left out: STAR": 1})  # the first is there twice
    alone = with_star(30_000).iloc[[-1]]
    with pytest.raises(LayerError, match=r"parcel STAR has more than 10000 .*most_vertices"):
        loaded(alone)
    study = toy_study(tmp_path, parcels=with_star(30_000))
    pd.testing.assert_frame_equal(
        pd.DataFrame(study.rank("A").parcels.drop(columns="geometry")),
        pd.DataFrame(toy_study(tmp_path).rank("A").parcels.drop(columns="geometry")),
    )


def test_a_name_of_two_municipalities_is_refused_with_the_codes() -> None:
    two = frame([box(0, 0, 9, 9), box(9, 0, 18, 9)], code=["A", "B"], naam=["Dorp", "Dorp"])
    settings = MunicipalitySettings(source="m", code="code", name="naam")
    known = load_municipalities(open_source("municipalities", settings, Path(), two))
    assert known.position("B") == 1
    with pytest.raises(StudyError, match="2 municipalities called 'Dorp'; give the code: A, B"):
        known.position("Dorp")


@pytest.mark.parametrize("shape", [None, shapely.Polygon(), shapely.Point(X, Y)])
def test_a_municipality_without_land_is_refused(shape: shapely.Geometry | None) -> None:
    two = frame([box(0, 0, 9, 9), shape], code=["A", "B"], naam=["Aadorp", "Beedorp"])
    settings = MunicipalitySettings(source="m", code="code", name="naam")
    with pytest.raises(LayerError, match=r"municipalities \(m\) has no usable polygon for B;"):
        load_municipalities(open_source("municipalities", settings, Path(), two))


def towns_of(rows: gpd.GeoDataFrame) -> Municipalities:
    settings = MunicipalitySettings(source="m", code="code", name="naam")
    return load_municipalities(open_source("municipalities", settings, Path(), rows))


def test_a_parcel_in_two_municipalities_stands_in_one() -> None:
    # A and B share x 20-40. Of the lots there each lies wholly in both but the last, which lies
    # half outside of A.
    towns = towns_of(
        frame([box(0, 0, 40, 10), box(20, 0, 60, 10)], code=["A", "B"], naam=["A", "B"])
    )
    lots = [box(10 * i + 1, 1, 10 * i + 9, 9) for i in range(6)] + [box(38, 1, 42, 9)]
    settings = ParcelSettings(source="p", id="nr")
    rows = frame(lots, nr=[f"L{i}" for i in range(7)])
    source = open_source("parcels", settings, Path(), rows)
    found = {code: load_parcels(source, towns, code).ids.tolist() for code in "AB"}
    assert found == {"A": ["L0", "L1", "L2", "L3"], "B": ["L4", "L5", "L6"]}
    windows = [(X, Y, X + 60, Y + 10)]
    (told,) = overlapping_municipalities(towns, windows)
    assert told.startswith("A and B overlap over 200 m2; a parcel there counts in the one")
    assert list(overlapping_municipalities(towns, [(0.0, 0.0, 1.0, 1.0)])) == []  # nobody asks


def test_municipalities_that_touch_do_not_overlap() -> None:
    towns = towns_of(municipalities())
    assert list(overlapping_municipalities(towns, [tuple(municipalities().total_bounds)])) == []


def test_a_code_of_two_municipalities_is_told() -> None:
    rows = frame(
        [box(0, 0, 9, 9), box(9, 0, 18, 9), box(18, 0, 27, 9), box(27, 0, 30, 9)],
        code=["A", "A", "B", "B"],
        naam=["Dorp", "Kopie", "Bee", "Bee"],  # B is one municipality in two parts
    )
    (told,) = towns_of(rows).doubts
    assert told.startswith("code A is that of Dorp and of Kopie, which are taken as one")


def test_nothing_is_computed_of_a_parcel_of_too_many_vertices(tmp_path: Path) -> None:
    # Whether such a star is valid takes the better part of a minute to find out.
    start = time.monotonic()
    ids, repairs = loaded(with_star(200_000))
    report = check(toy_study(tmp_path, parcels=with_star(200_000)).question)
    assert time.monotonic() - start < 25
    assert (ids, list(repairs)) == (IDS, ["more than 10000 vertices, left out: STAR"])
    (told,) = [text for text in report.warnings if "vertices" in text]
    assert "parcel STAR has more than 10000 vertices and is left out" in told
