"""Exports: what is written, that it is right, whole, and the same every time."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte import OutputError, Ranking
from flexruimte.kernels.threads import use_threads
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.findings import Kind, ToldFinding
from flexruimte.results.geojson import write_geojson
from flexruimte.results.json_text import json_lists, json_values
from flexruimte.results.map_colours import SCORE_STEPS, UNRANKED_COLOUR, map_classes
from flexruimte.results.outputs import RANKED
from flexruimte.results.parquet import write_parquet
from flexruimte.results.qgis_style import qgis_style
from flexruimte.results.ranked_rows import write_ranked
from flexruimte.results.ranking_table import write_ranking_table
from flexruimte.results.sentences import readable_properties, term_text
from flexruimte.results.tables import location_columns, location_table, parcel_table
from flexruimte.results.wgs84 import best_transformation, to_wgs84
from flexruimte.rules.parts import Text
from flexruimte.vocabulary import LAYOUT_KINDS, Level
from flexruimte.wording.labels import label
from toy_town import IDS, parcels, toy_study

CONTRACT = [
    "parcel_id",
    "gemeente_code",
    "gemeente",
    "rank",
    "priority",
    "status",
    "score",
    "suitability",
    "suitability_students",
    "suitability_starters",
    "best_group",
    "term",
    "relocatability",
    "feasibility",
    "environment",
    "term_years",
    "term_start",
    "term_end",
    "area_m2",
    "buildable_m2",
    "largest_part_m2",
    "homes",
    "homes_low",
    "homes_mid",
    "homes_high",
    "attention",
    "notes",
    "missing",
    "known_share",
]


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


@pytest.fixture
def collection(ranking: Ranking, tmp_path: Path) -> dict:
    ranking.to_geojson(tmp_path / "locations.geojson")
    return json.loads((tmp_path / "locations.geojson").read_text(encoding="utf-8"))


# RD New to WGS 84


def signed_area(ring: list[list[float]]) -> float:
    x, y = np.array(ring).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


@pytest.mark.parametrize("reverse", [False, True])
def test_exteriors_turn_left_and_holes_turn_right(reverse: bool) -> None:
    outer, inner = (
        shapely.box(155_000, 463_000, 155_100, 463_100).exterior,
        shapely.box(155_020, 463_020, 155_050, 463_050).exterior,
    )
    polygon = shapely.Polygon(outer, [inner])
    if reverse:
        polygon = shapely.reverse(polygon)
    (turned,) = to_wgs84(np.array([polygon], dtype=object))
    rings = json.loads(shapely.to_geojson(turned))["coordinates"]
    assert signed_area(rings[0]) > 0
    assert signed_area(rings[1]) < 0
    assert all(ring[0] == ring[-1] for ring in rings)


def test_the_tower_of_amersfoort_is_where_it_is() -> None:
    # The origin of RD New is the tower of Our Lady in Amersfoort: 52.15517 N, 5.38720 E.
    (turned,) = to_wgs84(np.array([shapely.box(154_999, 462_999, 155_001, 463_001)], dtype=object))
    assert turned.centroid.x == pytest.approx(5.38720, abs=2e-5)
    assert turned.centroid.y == pytest.approx(52.15517, abs=2e-5)
    assert best_transformation().accuracy_m is not None


def test_what_collapses_by_rounding_is_dropped() -> None:
    speck = shapely.box(
        155_200, 463_000, 155_200.001, 463_000.001
    )  # a millimetre: less than 1e-7 degrees
    whole = shapely.box(155_000, 463_000, 155_100, 463_100)
    with_speck = shapely.MultiPolygon([whole, speck])
    with_tiny_hole = shapely.Polygon(
        whole.exterior, [shapely.box(155_050, 463_050, 155_050.001, 463_050.001).exterior]
    )
    both, holed, nothing = to_wgs84(np.array([with_speck, with_tiny_hole, speck], dtype=object))
    assert shapely.get_num_geometries(both) == 1
    assert shapely.get_num_interior_rings(holed) == 0
    assert nothing is None


def test_rounding_keeps_polygons_valid() -> None:
    # Combs with teeth a few centimetres apart, where rounding makes neighbours touch or cross.
    random = np.random.default_rng(1)
    combs = []
    for _ in range(200):
        teeth = [
            shapely.box(
                155_000 + 0.02 * k,
                463_000,
                155_000 + 0.02 * k + 0.012,
                463_000 + random.uniform(1, 5),
            )
            for k in range(40)
        ]
        comb = shapely.union_all([*teeth, shapely.box(155_000, 463_000, 155_000.8, 463_000.5)])
        combs.append(shapely.affinity.rotate(comb, random.uniform(0, 360)))
    turned = to_wgs84(np.array(combs, dtype=object))
    assert shapely.is_valid(turned).all()
    coordinates = shapely.get_coordinates(turned)
    assert (coordinates == np.round(coordinates, 7)).all()


def squares_at(points: np.ndarray) -> np.ndarray:
    """Squares of 20 m with their lower left corner at the points."""
    return shapely.box(points[:, 0], points[:, 1], points[:, 0] + 20, points[:, 1] + 20)


def rounded_by_proj(polygons: np.ndarray) -> np.ndarray:
    """What PROJ says of every corner, rounded: nothing collapses and nothing has to be repaired in squares of 20 m."""
    transform = best_transformation().transformer.transform
    return shapely.transform(
        polygons, lambda xy: np.round(np.stack(transform(xy[:, 0], xy[:, 1]), axis=1), 7)
    )


def same_polygons(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(shapely.equals_identical(shapely.normalize(one), shapely.normalize(other)).all())


@pytest.mark.parametrize("km", [3, 250])
def test_points_go_where_proj_says(km: int) -> None:
    random = np.random.default_rng(km)
    polygons = squares_at(np.array([20_000, 350_000]) + random.uniform(0, km * 1000, (4000, 2)))
    assert same_polygons(to_wgs84(polygons), rounded_by_proj(polygons))


def test_threads_do_not_change_degrees() -> None:
    polygons = squares_at(np.random.default_rng(4).uniform(150_000, 160_000, (3000, 2)))
    polygons[::7] = None
    alone = to_wgs84(polygons)
    for threads in (2, 7):
        with use_threads(threads):
            together = to_wgs84(polygons)
        assert (shapely.to_wkb(together) == shapely.to_wkb(alone)).all()


@pytest.mark.parametrize("at_once", [1, 3, 1_000])
def test_threads_and_chunks_do_not_change_geojson(
    ranking: Ranking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    locations = location_table(ranking.parcels, ranking.assessment.question.groups)
    write_geojson(locations, ranking.summary, tmp_path / "alone.geojson")
    monkeypatch.setattr("flexruimte.results.geojson._AT_ONCE", at_once)
    for threads in (1, 2, 5):
        with use_threads(threads):
            write_geojson(locations, ranking.summary, tmp_path / "together.geojson")
        assert (tmp_path / "together.geojson").read_bytes() == (
            tmp_path / "alone.geojson"
        ).read_bytes()


# JSON by column

LETTERS = st.characters(codec="utf-8", exclude_characters=";")
TEXTS = st.lists(st.none() | st.text(st.characters(codec="utf-8")))
NUMBERS = st.lists(
    st.none() | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
)
WHOLE = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1))


@given(TEXTS | NUMBERS | WHOLE, st.sampled_from(["as it is", "repeated"]))
def test_a_column_as_json_is_every_value_as_json(values: list, how: str) -> None:
    values = values * 3 if how == "repeated" else values
    known = [value for value in values if value is not None]
    kind = (
        "string"
        if not known or isinstance(known[0], str)
        else "float64"
        if isinstance(known[0], float)
        else "Int64"
    )
    assert json_values(pd.Series(values, dtype=kind)) == [
        json.dumps(value, ensure_ascii=False) for value in values
    ]


@given(st.lists(st.none() | st.lists(st.text(LETTERS, min_size=1), min_size=1)))
def test_a_column_of_lists_as_json_is_every_list_as_json(lists: list) -> None:
    texts = pd.Series([None if some is None else ";".join(some) for some in lists], dtype="string")
    assert [json.loads(text) for text in json_lists(texts)] == [some or [] for some in lists]


def test_what_json_has_no_number_for_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_values(pd.Series([1.0, float("inf")]))


# locations.geojson


def test_features_at_once_do_not_change_a_file(
    ranking: Ranking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking.to_geojson(tmp_path / "whole.geojson")
    monkeypatch.setattr("flexruimte.results.geojson._AT_ONCE", 3)  # of 8
    ranking.to_geojson(tmp_path / "in parts.geojson")
    assert (tmp_path / "in parts.geojson").read_bytes() == (tmp_path / "whole.geojson").read_bytes()


def test_a_property_with_a_percent_sign(ranking: Ranking, tmp_path: Path) -> None:
    write_geojson(
        ranking._locations.assign(**{'50% of "it"': 1.5}), ranking.summary, tmp_path / "x.geojson"
    )
    features = json.loads((tmp_path / "x.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]['50% of "it"'] for feature in features] == [1.5] * 8


def test_what_is_said_of_locations(ranking: Ranking) -> None:
    locations = pd.DataFrame(
        {
            "rank": pd.Series([2, None], dtype="Int64"),
            "gemeente": ["Aadorp", "Aadorp"],
            "priority": ["talk", None],
            "kept_out_by": ["road", ""],
            "status": ["attention", "unknown"],
            "score": [61.25, None],
            "score_low": [60.0, None],
            "score_high": [72.5, None],
            "term_years": [15.5, None],
            "term_start": pd.to_datetime(["2027-03-01", None]),
            "term_end": pd.to_datetime(["2042-09-01", None]),
            "homes": pd.Series([136, None], dtype="Int64"),
            "homes_low": pd.Series([1000, None], dtype="Int64"),
            "homes_mid": pd.Series([1500, None], dtype="Int64"),
            "homes_high": pd.Series([2000, None], dtype="Int64"),
            "buildable_m2": [12345.6, 0.0],
            "decision": ["in", None],
            "site_type": ["field", None],
        }
    )
    told = [
        [
            *said_of("objection", "Het hele perceel is water."),
            ToldFinding("road", "attention", "De weg is smal.", "Weg"),
            *said_of("attention", "Er staat 1 woning."),
            *said_of("note", *(f"Punt {number}." for number in range(1, 7))),
        ],
        said_of("missing", *(f"Punt {number}." for number in range(1, 9)), "Punt 1."),
    ]
    site_types = {"field": Text(nl="Veld", en="Field")}
    summary = ranking.summary.model_copy(update={"site_types": site_types})
    said = readable_properties(locations, told, 7, summary)
    assert said["status_label"] == [
        "beschikbaar met aandachtspunten",
        "niet te beoordelen: gegevens ontbreken",
    ]
    assert said["priority_label"] == ["Eerst in gesprek", None]
    assert said["site_type_label"] == ["Veld", None]
    # what keeps out of the class above comes first and is not said again; then six findings at
    # most, hardest first: one objection, one point, four notes of six
    assert said["explanation"] == [
        "Plaats 2 van 7 in Aadorp: beschikbaar met aandachtspunten. "
        "Voorrang: Eerst in gesprek. Nog niet 'Kan naar de raad': De weg is smal. "
        "Score 61,2 van 100 (tussen 60 en 72,5, naar wat nog onbekend is uitpakt). "
        "Vrij voor 15,5 jaar: van 1 maart 2027 tot 1 september 2042. "
        "Een project van 136 woningen; er is ruimte voor ongeveer 1.500 (1.000 tot 2.000) op 12.346 m². "
        "Bezwaren die met een besluit zijn gepasseerd: Het hele perceel is water. "
        "Let op: Er staat 1 woning. "
        "Kanttekeningen: Punt 1. Punt 2. Punt 3. Punt 4. En nog 2 kanttekeningen.",
        "Niet gerangschikt in Aadorp: niet te beoordelen: gegevens ontbreken. Er is te weinig bekend voor een score. "
        "Niet bekend: Over 1; Over 2; Over 3; Over 4; Over 5; Over 6; en nog 2.",
    ]


def said_of(kind: Kind, *sentences: str) -> list[ToldFinding]:
    """Findings of one kind, about "Over 1" where the sentence ends in 1."""
    return [ToldFinding("regel", kind, text, f"Over {text[-2]}") for text in sentences]


def test_no_harder_finding_is_hidden(ranking: Ranking) -> None:
    """Ten points of attention are all told, and then no note."""
    told = [
        *said_of("attention", *(f"Hard {number}." for number in range(10))),
        *said_of("note", "Zacht 1."),
    ]
    locations = ranking.locations.iloc[:1]
    explanation = readable_properties(locations, [told], 7, ranking.summary)["explanation"][0]
    assert explanation is not None
    assert all(f"Hard {number}." in explanation for number in range(10))
    assert "Zacht" not in explanation
    assert "En nog 1 kanttekening." in explanation


@pytest.mark.parametrize(
    ("years", "start", "end", "said"),
    [
        # P01 of the toy town asks for 15 years, and 30 is as long as counts
        (30.0, "2027-01-01", "2057-01-01", "Geen einde bekend; 15 jaar kan vanaf 1 januari 2027"),
        (
            17.0,
            "2027-01-01",
            "2044-01-01",
            "Vrij voor 17 jaar: van 1 januari 2027 tot 1 januari 2044",
        ),
        (
            14.96,
            "2027-01-01",
            "2041-12-18",
            "Vrij voor 14,96 jaar: van 1 januari 2027 tot 18 december 2041",
        ),
        (None, None, None, ""),
        (0.0, None, None, ""),
    ],
)
def test_the_term_in_words(
    ranking: Ranking, years: float | None, start: str | None, end: str | None, said: str
) -> None:
    first, last = (None if day is None else dt.date.fromisoformat(day) for day in (start, end))
    assert term_text(years, first, last, ranking.summary, "nl") == said


def test_findings_are_a_list_of_sentences_hardest_first(
    ranking: Ranking, collection: dict, tmp_path: Path
) -> None:
    table = ranking.findings[ranking.findings["verdict"].isin(["no", "unknown"])]
    levels = [str(level) for level in Level]
    for feature in collection["features"]:
        said = feature["properties"]["findings"]
        rows = table[table["parcel_id"] == feature["id"]].set_index("finding")
        assert sorted(said) == sorted(rows.index)
        hardness = [levels.index(rows["level"].loc[sentence]) for sentence in dict.fromkeys(said)]
        assert hardness == sorted(hardness)
    in_memory = ranking.locations.set_index("parcel_id")["findings"].to_dict()
    assert in_memory == {
        feature["id"]: feature["properties"]["findings"] for feature in collection["features"]
    }
    ranking.to_geopackage(tmp_path / "x.gpkg")
    written = gpd.read_file(tmp_path / "x.gpkg", layer="locations").set_index("parcel_id")
    first = collection["features"][0]
    assert written["findings"].loc[first["id"]] == " ".join(first["properties"]["findings"])


def test_a_location_that_a_full_class_passed_on_says_so(collection: dict) -> None:
    (feature,) = [each for each in collection["features"] if each["id"] == "P01"]
    assert feature["properties"]["kept_out_by"] == ["most"]
    assert (
        "Voorrang: Eerst in gesprek. 'Kan naar de raad' is vol met locaties die beter scoren."
        in feature["properties"]["explanation"]
    )


def test_properties_are_the_contract_in_order(collection: dict) -> None:
    for feature in collection["features"]:
        assert list(feature["properties"])[: len(CONTRACT)] == CONTRACT


def test_the_ranked_come_first_then_the_unknown(ranking: Ranking, collection: dict) -> None:
    ranks = [feature["properties"]["rank"] for feature in collection["features"]]
    assert ranks == [1, 2, 3, 4, 5, 6, None, None]
    unknown = [feature["properties"]["parcel_id"] for feature in collection["features"][6:]]
    assert (
        unknown
        == sorted(unknown)
        == ranking.parcels.loc[ranking.parcels["status"] == "unknown", "parcel_id"].tolist()
    )


def test_the_collection_is_rfc_7946(collection: dict) -> None:
    assert "crs" not in collection
    shapes = [
        shapely.from_geojson(json.dumps(feature["geometry"])) for feature in collection["features"]
    ]
    assert collection["bbox"] == list(shapely.total_bounds(shapes))
    west, south, east, north = collection["bbox"]
    assert 3 < west < east < 8 < 50 < south < north < 54  # longitude first, in the Netherlands
    for feature in collection["features"]:
        polygons = feature["geometry"]["coordinates"]
        for rings in polygons if feature["geometry"]["type"] == "MultiPolygon" else [polygons]:
            assert signed_area(rings[0]) > 0
            assert all(signed_area(hole) < 0 for hole in rings[1:])


def test_geojson_validator_finds_nothing(collection: dict) -> None:
    geojson_validator = pytest.importorskip("geojson_validator")
    assert geojson_validator.validate_structure(collection) == {}
    found = geojson_validator.validate_geometries(collection)
    assert not found["invalid"]


def test_the_geometry_is_the_buildable_part(collection: dict) -> None:
    by_id = {feature["id"]: feature for feature in collection["features"]}
    back = gpd.GeoSeries(
        [shapely.from_geojson(json.dumps(by_id["P05"]["geometry"]))], crs="EPSG:4326"
    ).to_crs("EPSG:28992")
    assert back.area[0] == pytest.approx(5000, abs=5)  # half of P05 is nature


def test_the_collection_says_what_it_rests_on(collection: dict, tmp_path: Path) -> None:
    assert collection["study"] == "Toy town"
    assert collection["as_of"] == "2026-01-01"
    assert collection["ruleset"] == {"name": "toy", "version": "1"}
    assert collection["transformation"]["accuracy_m"] > 0
    left_out = toy_study(
        tmp_path, not_assessed=["eigendom"], layers={"eigendom": None}, language="en"
    ).rank("A")
    left_out.to_geojson(tmp_path / "x.geojson")
    members = json.loads((tmp_path / "x.geojson").read_text())
    assert members["not_assessed"] == [
        {"id": "eigendom", "title": "Ownership", "leaves_out": ["public_owner"]}
    ]
    # and so do each location, and each row of ranking.csv
    told = "Knowingly not assessed in this study: Ownership."
    explanations = [each["properties"]["explanation"] for each in members["features"]]
    assert all(text.endswith(told) for text in explanations)
    write_ranked(left_out.locations, left_out.summary, tmp_path / "ranked.csv")
    rows = pd.read_csv(tmp_path / "ranked.csv")
    assert rows["not_assessed"].tolist() == ["eigendom"] * len(rows)
    assert len(rows)


def test_lists_and_sentences(collection: dict) -> None:
    properties = {feature["id"]: feature["properties"] for feature in collection["features"]}
    assert properties["P12"]["attention"] == ["pessimistic_term"]
    assert properties["P12"]["missing"] == ["near_nature", "public_owner"]
    assert properties["P12"]["explanation"].startswith(
        "Plaats 2 van 6 in Aadorp: beschikbaar met aandachtspunten. Voorrang: Eerst in gesprek. "
        "Nog niet 'Kan naar de raad': Termijn als zachte plannen doorgaan: 2 jaar. "
        "Eigenaar: niet bekend. "
    )
    assert properties["P12"]["kept_out_by"] == ["pessimistic_term", "public_owner"]
    assert properties["P05"]["notes"] == ["near_nature", "public_owner"]
    assert "Niet gerangschikt" in properties["P08"]["explanation"]


def test_nobody_listed_is_still_geojson(ranking: Ranking, tmp_path: Path) -> None:
    nobody = location_table(ranking.parcels.iloc[:0], ["students", "starters"])
    write_geojson(nobody, ranking.summary, tmp_path / "none.geojson")
    empty = json.loads((tmp_path / "none.geojson").read_text())
    assert empty["features"] == []
    assert "bbox" not in empty


# parcels.parquet


def test_parquet_holds_every_parcel_with_both_geometries(ranking: Ranking, tmp_path: Path) -> None:
    ranking.to_parquet(tmp_path / "parcels.parquet")
    read = gpd.read_parquet(tmp_path / "parcels.parquet")
    assert read["parcel_id"].tolist() == IDS
    assert read.crs.to_epsg() == 28992
    assert set(ranking.assessment.parcels.columns) <= set(read.columns)
    assert read["buildable"].area.fillna(0).round(3).tolist() == read["buildable_m2"].tolist()
    assert read.loc[read["parcel_id"] == "P07", "buildable"].isna().all()  # all of it is nature


def test_numbers_are_rounded_and_columns_keep_their_type(ranking: Ranking) -> None:
    table = ranking.parcels
    assert (table["buildable_m2"] == table["buildable_m2"].round(3)).all()
    assert (table["score"].dropna() == table["score"].dropna().round(2)).all()
    assert table["homes_mid"].dtype == "Int64"
    assert table["rank"].dtype == "Int64"
    assert table["owner_class"].dtype == "string"
    assert set(table["land_use_class"].dropna()) == {"51", "40"}  # never "51.0"


def test_a_column_that_is_nowhere_known_keeps_its_type(tmp_path: Path, ranking: Ranking) -> None:
    without = toy_study(
        tmp_path, layers={"eigendom": None, "bodemgebruik": None, "lden": None}
    ).rank("A")
    assert (
        without.parcels.dtypes.to_dict()
        == ranking.parcels[without.parcels.columns].dtypes.to_dict()
    )
    without.to_parquet(tmp_path / "parcels.parquet")


# the same bytes


def write_all(ranking: Ranking, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    ranking.to_geojson(folder / "locations.geojson")
    ranking.to_parquet(folder / "parcels.parquet")
    ranking.to_findings(folder / "findings.parquet")
    ranking.to_geopackage(folder / "locations.gpkg")
    ranking.to_summary(folder / "summary.json")
    write_ranking_table([folder], folder / "ranking.csv")
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "summary.json"
    }


def test_the_same_bytes_twice_and_with_shuffled_rows(tmp_path: Path) -> None:
    first = write_all(toy_study(tmp_path).rank("A"), tmp_path / "one")
    again = write_all(toy_study(tmp_path).rank("A"), tmp_path / "two")
    shuffled = parcels().sample(frac=1, random_state=7).reset_index(drop=True)
    other = write_all(toy_study(tmp_path, parcels=shuffled).rank("A"), tmp_path / "three")
    for name, content in first.items():
        assert content == again[name], name
        assert content == other[name], name


def test_rows_in_another_order_give_the_same_parquet(ranking: Ranking, tmp_path: Path) -> None:
    assessment = ranking.assessment
    order = np.random.default_rng(3).permutation(len(assessment.parcels))
    turned = replace(
        assessment,
        parcels=assessment.parcels.iloc[order].reset_index(drop=True),
        buildable=assessment.buildable[order],
    )
    write_parquet(parcel_table(assessment), tmp_path / "a.parquet")
    write_parquet(parcel_table(turned), tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


# locations.gpkg


def test_geopackage_layers_and_styles(ranking: Ranking, tmp_path: Path) -> None:
    path = tmp_path / "locations.gpkg"
    ranking.to_geopackage(path)
    assert pyogrio.list_layers(path)[:, 0].tolist() == [
        "locations",
        "buildable",
        "layout",
        "other_parcels",
        "layer_styles",
    ]
    locations, buildable = (gpd.read_file(path, layer=name) for name in ("locations", "buildable"))
    assert locations.crs.to_epsg() == 28992
    assert (
        locations["parcel_id"].tolist()
        == buildable["parcel_id"].tolist()
        == ranking.locations["parcel_id"].tolist()
    )
    assert locations.area.tolist() == pytest.approx(ranking.locations["area_m2"].tolist())
    assert buildable.area.tolist() == pytest.approx(ranking.locations["buildable_m2"].tolist())
    with closing(sqlite3.connect(path)) as database:
        styles = database.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        columns = dict(
            database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        )
    layers = ("locations", "buildable", "layout", "other_parcels")
    assert [style[:3] for style in styles] == [(name, "geom", 1) for name in layers]
    assert columns == dict.fromkeys(layers, "geom")
    for *_, qml in styles:
        root = ElementTree.fromstring(qml)
        symbols = {symbol.get("name") for symbol in root.findall("renderer-v2/symbols/symbol")}
        kinds = [*root.findall("renderer-v2/rules/rule"), *root.iter("category")]
        assert {each.get("symbol") for each in kinds} in (symbols, set())
        assert kinds or len(symbols) == 1
    others = gpd.read_file(path, layer="other_parcels")
    assert others["parcel_id"].tolist() == ["P02", "P07", "P10", "P11"]
    assert others["findings"].str.len().min() > 0


def drawn_by(style: ElementTree.Element) -> dict[tuple[str | None, str | None], dict[str, str]]:
    """Options of the first layer of the symbol of each category, by its value and label."""
    symbols = {
        symbol.get("name"): {
            str(option.get("name")): str(option.get("value")) for option in symbol.iter("Option")
        }
        for symbol in style.findall("renderer-v2/symbols/symbol")
    }
    return {
        (each.get("value"), each.get("label")): symbols[each.get("symbol")]
        for each in style.iter("category")
    }


@pytest.mark.parametrize("language", ["nl", "en"])
def test_styles_have_the_colours_of_the_maps_and_words_of_the_language(
    tmp_path: Path, language: str
) -> None:
    ranking = toy_study(tmp_path, language=language).rank("A")
    for layer, opacity in (("locations", 90), ("buildable", 230)):
        style = qgis_style(layer, ["rank", "parcel_id"], ranking.summary)
        assert style.find("renderer-v2").attrib["attr"] == "priority"
        drawn = drawn_by(style)
        for each in map_classes(ranking.summary):
            rgb = ",".join(str(part) for part in bytes.fromhex(each.colour[1:]))
            assert drawn[each.value, each.title]["color"] == f"{rgb},{opacity}"
        unranked = {
            "nl": "niet gerangschikt: te weinig bekend",
            "en": "not ranked: too little is known",
        }[language]
        grey = ",".join(str(part) for part in bytes.fromhex(UNRANKED_COLOUR[1:]))
        assert drawn["", unranked]["color"] == f"{grey},90"
        assert ("line_width" in drawn["", unranked]) == (layer == "locations")  # hatched
        assert len(drawn) == 4
    layout = qgis_style("layout", [], ranking.summary)
    assert {(each.get("label"), each.get("filter")) for each in layout.iter("rule")} == {
        (label("layout", kind, language), f"\"kind\" = '{kind}'") for kind in LAYOUT_KINDS
    }


def test_without_classes_styles_are_by_score(ranking: Ranking) -> None:
    summary = ranking.summary.model_copy(update={"priorities": {}})
    style = qgis_style("locations", ["rank"], summary)
    assert "WHEN \"score\" >= 80 THEN '80'" in style.find("renderer-v2").attrib["attr"]
    drawn = drawn_by(style)
    for low, high, colour in SCORE_STEPS:
        rgb = ",".join(str(part) for part in bytes.fromhex(colour[1:]))
        assert drawn[str(low), f"{low}-{min(high, 100)}"]["color"] == f"{rgb},90"


def test_a_geopackage_of_nobody_can_be_read(ranking: Ranking, tmp_path: Path) -> None:
    from flexruimte.results.geopackage import write_geopackage

    write_geopackage(
        location_table(ranking.parcels.iloc[:0], ["students", "starters"]),
        ranking.content().others,
        ranking.layout,
        ranking.summary,
        tmp_path / "none.gpkg",
    )
    assert len(gpd.read_file(tmp_path / "none.gpkg", layer="locations")) == 0


def test_geometries_in_a_geopackage_are_multipolygons() -> None:
    from flexruimte.results.geopackage import multipolygons

    square, holed = (
        shapely.box(0, 0, 1, 1),
        shapely.box(5, 5, 9, 9).difference(shapely.box(6, 6, 7, 7)),
    )
    shapes = np.array([square, shapely.MultiPolygon([square, holed]), None, holed], dtype=object)
    read = shapely.from_wkb(multipolygons(shapes).to_pylist())
    assert shapely.get_type_id(read).tolist() == [6, 6, -1, 6]
    assert shapely.get_num_geometries(read).tolist() == [1, 2, 0, 1]
    assert shapely.area(read).tolist()[:2] == [1, 16]
    assert shapely.equals_exact(
        shapely.get_geometry(read[[0, 3]], 0), np.array([square, holed])
    ).all()


def test_settings_of_gdal_are_left_as_they_were(ranking: Ranking, tmp_path: Path) -> None:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2001-01-01T00:00:00.000Z"})
    try:
        ranking.to_geopackage(tmp_path / "locations.gpkg")
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == "2001-01-01T00:00:00.000Z"
        assert pyogrio.get_gdal_config_option("OGR_SQLITE_SYNCHRONOUS") is None
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    with closing(sqlite3.connect(tmp_path / "locations.gpkg")) as database:
        assert set(database.execute("SELECT last_change FROM gpkg_contents")) == {
            ("2026-01-01T00:00:00.000Z",)
        }  # the study's date


# ranking.csv


def test_ranking_table_has_the_ranked_only(ranking: Ranking, tmp_path: Path) -> None:
    write_all(ranking, tmp_path / "A")
    with (tmp_path / "A" / "ranking.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [row["priority"] for row in rows] == ["shortlist", *["talk"] * 3, *["later"] * 2]
    assert rows[0]["parcel_id"] == "P03"
    assert rows[4]["notes"] == "near_nature;public_owner"  # P05
    assert set(rows[0]) == {*location_columns(["students", "starters"]), "not_assessed"}
    assert rows[0]["term_start"] == "2027-01-01"


def test_ranking_table_joins_what_lies_beside_results(ranking: Ranking, tmp_path: Path) -> None:
    write_all(ranking, tmp_path / "A")
    shutil.copytree(tmp_path / "A", tmp_path / "B")
    texts: dict[str, Any] = {"dtype": "string", "keep_default_na": False}
    table = pd.read_csv(tmp_path / "A" / "ranking.csv", **texts)
    strange = table.assign(decision_reason='two\nlines, with "words"')
    strange.to_csv(tmp_path / "B" / RANKED, index=False, lineterminator="\n")
    (tmp_path / "A" / RANKED).unlink()  # as an earlier version left it
    assert write_ranking_table([tmp_path / "A", tmp_path / "B"], tmp_path / "both.csv") == 12
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "both.csv", **texts), pd.concat([table, strange], ignore_index=True)
    )
    assert write_ranking_table([], tmp_path / "none.csv") == 0
    assert (tmp_path / "none.csv").read_text().splitlines() == [
        ",".join([*location_columns([]), "not_assessed"])
    ]
    (tmp_path / "B" / RANKED).write_bytes(b"\xff")
    with pytest.raises(OutputError, match="cannot be read"):
        write_ranking_table([tmp_path / "B"], tmp_path / "bad.csv")


# whole files


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "result.txt"
    path.write_text("old")

    def fail() -> None:
        with atomic_write(path) as partial:
            partial.write_text("half")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.txt"]


def test_a_full_disk_is_an_output_error(tmp_path: Path) -> None:
    def fail() -> None:
        with atomic_write(tmp_path / "x.txt"):
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"x\.txt cannot be written: No space left on device"):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "method",
    ["to_geojson", "to_geopackage", "to_qgis_project", "to_parquet", "to_findings", "to_summary"],
)
def test_a_folder_that_is_not_there_is_an_output_error(
    ranking: Ranking, tmp_path: Path, method: str
) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        getattr(ranking, method)(tmp_path / "nowhere" / "x")


@pytest.mark.parametrize("method", ["to_geojson", "to_geopackage", "to_parquet", "to_findings"])
def test_no_half_file_is_left(
    ranking: Ranking, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    # The last thing before a file gets its name.
    monkeypatch.setattr("flexruimte.results.atomic_write._flush", stop)
    with pytest.raises(KeyboardInterrupt):
        getattr(ranking, method)(tmp_path / "x.gpkg")
    assert list(tmp_path.iterdir()) == []


# Ranking


def test_locations_are_the_buildable_parts_by_rank(ranking: Ranking) -> None:
    locations = ranking.locations
    assert locations["rank"].tolist()[:6] == [1, 2, 3, 4, 5, 6]
    assert locations.area.round(3).tolist() == locations["buildable_m2"].tolist()
    assert locations.crs.to_epsg() == 28992
    assert locations["parcel_id"].tolist()[:2] == ["P03", "P12"]
    assert locations["attention"].iloc[1] == ["pessimistic_term"]
    assert locations["kept_out_by"].iloc[0] == []


def test_representations(ranking: Ranking) -> None:
    assert (
        repr(ranking) == "<Ranking of Aadorp (A): 5 available, 1 attention, 2 unknown, 4 excluded>"
    )
    html = ranking._repr_html_()
    assert "P12" in html
    assert "uitgesloten" in html
    # the table of classes: of P03 30 homes; of P12, P01 and P09 18 + 30 + 18; of P05 and P06 20 + 30
    for said in ("Kan naar de raad", "Eerst in gesprek", "Overige ruimte", "66", "50"):
        assert said in html


def test_lists_are_lists_in_parquet_of_a_municipality_without_any(
    ranking: Ranking, tmp_path: Path
) -> None:
    table = parcel_table(ranking.assessment)
    write_parquet(table.iloc[[8]].assign(missing="", reasons=""), tmp_path / "one.parquet")  # P09
    schema = pq.read_schema(tmp_path / "one.parquet")
    for name in ("attention", "notes", "missing", "reasons", "kept_out_by"):
        assert str(schema.field(name).type) == "list<element: string>", name
