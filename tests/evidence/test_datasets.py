"""What each real dataset holds beside what it is about is cleaned at the door: the built-in ruleset's layers, read from files as services write them.

Values are as in real deliveries; what must come out is worked out by hand.
"""

from __future__ import annotations

import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from flexruimte.assessment.measures.access import numbers_on_signs
from flexruimte.evidence.around import read_distances
from flexruimte.evidence.columns import values_of_field
from flexruimte.evidence.features import load_features
from flexruimte.evidence.judged_rows import JudgedRows, read_judged_rows
from flexruimte.evidence.layers import Features
from flexruimte.evidence.rasters import load_raster
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.conditions import evaluate_filter
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.parts import FieldCondition
from flexruimte.rules.rules import DistanceByField
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import NO, UNKNOWN, YES
from real_data import REAL_DATA, needs_real_data
from toy_town import X, Y, box, frame, line, point, toy_study, write_raster

RULESET = load_ruleset("flexwonen-nl")
NEAR = search_area(np.array([[X, Y, X + 400.0, Y + 400.0]]), 0.0)


def source_of(folder: Path, rows: gpd.GeoDataFrame, **settings: Any) -> Source:
    """The rows as a GeoPackage."""
    rows.to_file(folder / "kaart.gpkg")
    return open_source("kaart", LayerSettings(source="kaart.gpkg", **settings), folder)


def judged(folder: Path, key: str, shape: Any, **columns: list[Any]) -> JudgedRows:
    """Rows of a layer that differ in some columns, as they are judged."""
    count = len(next(iter(columns.values())))
    rows = frame([shape] * count, **columns)
    needed = [*RULESET.fields_in_use(key), *RULESET.layers[key].rows]
    absent = {name: "" for name in needed if name not in columns}
    source = source_of(folder, rows, constants=absent)
    return read_judged_rows(RULESET.layers[key], source, RULESET.fields_in_use(key), None)


PAND = {
    "Pand in gebruik": YES,
    "Pand in gebruik (niet ingemeten)": YES,
    "Verbouwing pand": YES,
    "Bouw gestart": YES,
    "Bouwvergunning verleend": YES,
    "Pand buiten gebruik": YES,
    "Sloopvergunning verleend": YES,
    "Pand gesloopt": NO,
    "Niet gerealiseerd pand": NO,
    "Pand ten onrechte opgevoerd": NO,
    " pand in gebruik": YES,
    "PAND GESLOOPT": NO,
    "Pand in aanbouw": UNKNOWN,
    "": UNKNOWN,
    None: UNKNOWN,
}
VERBLIJFSOBJECT = {
    "Verblijfsobject in gebruik": YES,
    "Verblijfsobject in gebruik (niet ingemeten)": YES,
    "Verblijfsobject gevormd": YES,
    "Verbouwing verblijfsobject": YES,
    "Verblijfsobject buiten gebruik": YES,
    "Verblijfsobject ingetrokken": NO,
    "Verblijfsobject ten onrechte opgevoerd": NO,
    "Niet gerealiseerd verblijfsobject": NO,
    None: UNKNOWN,
}


@pytest.mark.parametrize(
    ("key", "shape", "known"),
    [("bag_pand", box(0, 0, 9, 9), PAND), ("bag_verblijfsobject", point(5, 5), VERBLIJFSOBJECT)],
)
def test_status_of_the_bag(tmp_path: Path, key: str, shape: Any, known: dict[Any, int]) -> None:
    assert judged(tmp_path, key, shape, status=list(known)).certainty.tolist() == [*known.values()]


def test_purposes_of_an_address_are_a_list(tmp_path: Path) -> None:
    rows = judged(
        tmp_path,
        "bag_verblijfsobject",
        point(5, 5),
        status=["Verblijfsobject in gebruik"] * 4,
        gebruiksdoel=[
            "woonfunctie,kantoorfunctie",
            "woonfunctie, winkelfunctie",
            "Woonfunctie",
            "winkelfunctie",
        ],
    )
    asked = {"gebruiksdoel": FieldCondition(contains="woonfunctie", when_null="no")}
    homes = evaluate_filter(asked, rows.table, RULESET.layers["bag_verblijfsobject"].fields)
    assert homes.tolist() == [YES, YES, YES, NO]


def loaded(folder: Path, key: str, **settings: Any) -> Features:
    """The layer that was written last, as rules see it."""
    source = open_source("kaart", LayerSettings(source="kaart.gpkg", **settings), folder)
    fields = [name for name in RULESET.fields_in_use(key) if name in source.columns]
    return load_features(key, RULESET.layers[key], source, fields, NEAR, NEAR.window)


BGT_LEVELS = [0, 1, -1, "0", "1", 0.0, None]
BGT_AT_GROUND = [YES, NO, NO, YES, NO, YES, YES]
BGT_OF_A_LEVEL = [
    key for key, spec in RULESET.layers.items() if "relatieve_hoogteligging" in spec.rows
]
BGT = [key for key, spec in RULESET.layers.items() if "eind_registratie" in spec.rows]


@pytest.mark.parametrize("key", BGT_OF_A_LEVEL)
def test_the_bgt_counts_at_ground_level(tmp_path: Path, key: str) -> None:
    """A viaduct, and what lies under it, are not counted twice."""
    levels = pd.Series(BGT_LEVELS, dtype=object).astype("string")
    rows = judged(tmp_path, key, box(0, 0, 9, 9), relatieve_hoogteligging=list(levels))
    assert rows.certainty.tolist() == BGT_AT_GROUND


@pytest.mark.parametrize("key", BGT)
def test_the_bgt_counts_what_is_there_now(tmp_path: Path, key: str) -> None:
    cases = [
        ("bestaand", "geenWaarde", None, YES),
        ("bestaand", None, "9999-12-31", YES),  # no end
        ("bestaand", "geenWaarde", "2019-03-01", NO),
        ("bestaand", "geenWaarde", "2019-03-01T12:30:00", NO),
        ("plan", "geenWaarde", None, NO),
        ("historie", "geenWaarde", None, NO),
        ("bestaand", "plan", None, NO),
        ("bestaand", "historie", None, NO),
        (None, None, None, YES),
    ]
    status, plus, end, expected = (list(each) for each in zip(*cases, strict=True))
    shape = box(0, 0, 9, 9)
    rows = judged(tmp_path, key, shape, status=status, plus_status=plus, eind_registratie=end)
    assert rows.certainty.tolist() == expected
    moved = judged(tmp_path, key, shape, status=status, plus_status=plus, termination_date=end)
    assert moved.certainty.tolist() == expected


def test_at_least_the_known_layers_of_the_bgt_are_looked_at() -> None:
    assert len(BGT) >= 7
    assert set(BGT) - set(BGT_OF_A_LEVEL) == {"bgt_functioneelgebied"}


GML = """<?xml version="1.0" encoding="UTF-8"?>
<imgeo:FeatureCollection xmlns:imgeo="http://www.geostandaarden.nl/imgeo/2.1" xmlns:gml="http://www.opengis.net/gml">
{members}</imgeo:FeatureCollection>"""


def write_gml(path: Path, srs: str, *shapes: str) -> None:
    members = "".join(
        f'<gml:featureMember><imgeo:vlak gml:id="v{number}"><imgeo:nr>{number}</imgeo:nr>'
        f"<imgeo:geometrie>{shape.replace('SRS', srs)}</imgeo:geometrie></imgeo:vlak></gml:featureMember>\n"
        for number, shape in enumerate(shapes)
    )
    path.write_text(GML.format(members=members), encoding="utf-8")


def polygon_gml(*corners: tuple[float, float]) -> str:
    ring = " ".join(f"{first!r} {second!r}" for first, second in [*corners, corners[0]])
    return (
        '<gml:Polygon srsName="SRS"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">'
        f"{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    )


CIRCLE = (
    '<gml:Polygon srsName="SRS"><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments>'
    f"<gml:Arc><gml:posList>{X} {Y + 10} {X + 10} {Y + 20} {X + 20} {Y + 10}</gml:posList></gml:Arc>"
    f"<gml:Arc><gml:posList>{X + 20} {Y + 10} {X + 10} {Y} {X} {Y + 10}</gml:posList></gml:Arc>"
    "</gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon>"
)


def test_arcs_of_the_bgt_become_straight(tmp_path: Path) -> None:
    """A tower of radius 10 m, as two half circles: 314 m2, and not the 200 m2 of its four points."""
    write_gml(tmp_path / "a.gml", "urn:ogc:def:crs:EPSG::28992", CIRCLE)
    source = open_source("x", LayerSettings(source="a.gml"), tmp_path)
    assert source.curve_count == 2
    rows = read_judged_rows(RULESET.layers["natura2000"], source, [], None)
    assert shapely.area(rows.shapes[0]) == pytest.approx(np.pi * 100, rel=1e-3)
    assert bool(rows.usable[0])


HEERLEN = [
    (196_000.0, 322_000.0),
    (196_400.0, 322_000.0),
    (196_400.0, 322_300.0),
    (196_000.0, 322_300.0),
]


@pytest.mark.parametrize("epsg", [28992, 3035, 4258, 4326])
@pytest.mark.parametrize(
    "style", ["urn:ogc:def:crs:EPSG::{}", "http://www.opengis.net/def/crs/EPSG/0/{}"]
)
def test_gml_in_the_order_of_axes_of_its_coordinates(tmp_path: Path, epsg: int, style: str) -> None:
    """Nature (INSPIRE, EPSG:3035) has northing before easting, EPSG:4258 has latitude before longitude: 12 ha near Heerlen."""
    there = Transformer.from_crs(28992, epsg)  # in the order of axes that the register of EPSG says
    corners = [there.transform(x, y) for x, y in HEERLEN]
    write_gml(tmp_path / "nnn.gml", style.format(epsg), polygon_gml(*corners))
    source = open_source("nnn", LayerSettings(source="nnn.gml"), tmp_path)
    found = source.read([]).geometry.iloc[0]
    assert found.symmetric_difference(shapely.Polygon(HEERLEN)).area < 12
    window = (196_390.0, 322_290.0, 196_500.0, 322_400.0)
    assert len(source.read([], window)) == 1
    assert len(source.read([], (197_000.0, 322_000.0, 197_100.0, 322_300.0))) == 0


@pytest.mark.parametrize("epsg", [3035, 4258])
@pytest.mark.parametrize("kind", ["gpkg", "parquet", "fgb", "geojson"])
def test_other_coordinates_in_other_files(tmp_path: Path, epsg: int, kind: str) -> None:
    rows = frame([shapely.Polygon(HEERLEN)], localid=["n1"]).to_crs(epsg)
    name = f"nnn.{kind}"
    rows.to_parquet(tmp_path / name) if kind == "parquet" else rows.to_file(tmp_path / name)
    said = {"crs": f"EPSG:{epsg}"} if kind == "geojson" else {}
    found = open_source("nnn", LayerSettings(source=name, **said), tmp_path).read(["localid"])
    assert found.geometry.iloc[0].symmetric_difference(shapely.Polygon(HEERLEN)).area < 12
    assert found.crs.to_epsg() == 28992


@pytest.mark.filterwarnings("ignore:Measured .M. geometry types")
def test_heights_and_measures_of_natura_2000_go(tmp_path: Path) -> None:
    """Its GeoPackage is MultiPolygon ZM; the library that writes this one knows no M."""
    ring = f"{X} {Y} 1, {X + 10} {Y} 2, {X + 10} {Y + 10} 3, {X} {Y + 10} 4, {X} {Y} 1"
    rows = frame([shapely.from_wkt(f"MULTIPOLYGON Z ((({ring})))")], nr=[1], naam_n2k=["Veluwe"])
    rows.to_file(tmp_path / "kaart.gpkg")
    with closing(sqlite3.connect(tmp_path / "kaart.gpkg")) as database:
        (blob,) = database.execute("SELECT geom FROM kaart").fetchone()
        # Behind the header of a GeoPackage, with bounds in x, y (and z), stands the shape as WKB.
        header = 8 + {0: 0, 1: 32, 2: 48}[blob[3] >> 1 & 7]
        corners = np.array(
            [[*corner, 7.0] for corner in shapely.get_coordinates(rows.geometry[0], include_z=True)]
        )
        inner = struct.pack("<BIII", 1, 3003, 1, len(corners)) + corners.astype("<f8").tobytes()
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(
            "UPDATE kaart SET geom = ?", [blob[:header] + struct.pack("<BII", 1, 3006, 1) + inner]
        )
        database.execute("UPDATE gpkg_geometry_columns SET m = 1")
        database.commit()
    found = loaded(tmp_path, "natura2000")
    assert found.geometries[0].equals(box(0, 0, 10, 10))
    assert not shapely.has_z(found.geometries).any()
    assert not shapely.has_m(found.geometries).any()


def test_an_area_of_natura_2000_that_is_there_twice_takes_its_land_once(tmp_path: Path) -> None:
    """209 features make 162 areas: those of both directives stand there for each of them."""
    half = box(0, 100, 50, 200)  # of P05
    both = frame([half, half], nr=[57, 57], naam=["Veluwe", "Veluwe"])
    once = frame([half], nr=[57], naam=["Veluwe"])
    of_both, of_one = (
        toy_study(tmp_path, layers={"natuur": rows}).rank("A").parcels.set_index("parcel_id")
        for rows in (both, once)
    )
    assert of_both.loc["P05", "buildable_m2"] == of_one.loc["P05", "buildable_m2"] == 5_000


SENTINELS: list[tuple[str, list[float], list[float | None]]] = [
    ("liwo_maxdiepte", [0, 1.5, -9999, 200], [0, 1.5, None, None]),
    ("liwo_overstromingsgevoelig", [0, 3, 6, 255], [0, 3, 6, None]),
    ("wur_ghg", [0, 80, 254, 255], [0, 80, 254, None]),  # 254 is deeper than the scale, which is known
    ("kea_bodemdaling", [0, 0.25, -1, -9999], [0, 0.25, None, None]),
    ("ahn_dtm", [-6.7, 321, 3.4028234663852886e38, -9999], [-6.7, 321, None, None]),
    ("rivm_lden_alle", [0, 52, 128, 255], [45, 52, None, None]),  # 0 is below the floor of the map
    ("rivm_lden_weg", [0, 52, 128, 255], [45, 52, None, None]),
    ("rivm_lden_trein", [0, 52, 128, 255], [45, 52, None, None]),
    ("rivm_lden_industrie", [0, 52, 128, 255], [45, 52, None, None]),
    ("rivm_no2", [0, 18.5, -9999, 99999], [0, 18.5, None, None]),
    ("rivm_pm25", [0, 9.5, -9999, 99999], [0, 9.5, None, None]),
]  # fmt: skip


@pytest.mark.parametrize(("key", "cells", "meant"), SENTINELS)
def test_cells_that_stand_for_something_else(
    tmp_path: Path, key: str, cells: list[float], meant: list[float | None]
) -> None:
    path = write_raster(tmp_path / "kaart.tif", np.array([cells]), 100.0, 100.0)
    source = open_source(key, LayerSettings(source=path.name), tmp_path, geometry="raster")
    near = search_area(np.array([[X, Y, X + 400.0, Y + 100.0]]), 0.0)
    found = load_raster(key, RULESET.layers[key], source, near)
    expected = np.array([meant], dtype=np.float64)
    np.testing.assert_allclose(found.grid.cells, expected, rtol=1e-6)


def test_every_raster_of_the_ruleset_is_among_them() -> None:
    rasters = {key for key, spec in RULESET.layers.items() if spec.geometry == "raster"}
    assert {key for key, _, _ in SENTINELS} == rasters


GP = "dichtstbijzijndeHuisartsenpraktijkAfstandInKm"


@pytest.mark.parametrize("kind", [float, str])
def test_negative_numbers_of_the_cbs_are_missing(tmp_path: Path, kind: type) -> None:
    """-99997 is withheld, -99995 not known; 0 is a distance of less than 50 m."""
    values = [kind(value) for value in (0.0, 1.7, -99997.0, -99995.0)]
    rows = judged(tmp_path, "cbs_vierkant100m", box(0, 0, 100, 100), **{GP: values})
    assert rows.table[GP].astype(float).tolist()[:2] == [0.0, 1.7]
    assert rows.table[GP].isna().tolist() == [False, False, True, True]


def test_no_congestion_class_is_no_value(tmp_path: Path) -> None:
    rows = judged(tmp_path, "netcongestie_afname", box(0, 0, 9, 9), afname=[0, 3, -1])
    assert [None if pd.isna(value) else int(value) for value in rows.table["afname"]] == [
        0,
        3,
        None,
    ]


CODES: list[tuple[str, str, list[Any], list[Any]]] = [
    # The two texts of a land use class change places between deliveries: the number counts.
    ("bbg", "NBBG22", [51, 20, 99], [51, 20, UNKNOWN]),
    ("bbg", "NBBG22", [51.0, 20.0, None], [51, 20, None]),
    ("bbg", "NBBG22", ["51", " 20 ", "051"], [51, 20, 51]),
    ("bbg", "NBBG22", ["Overig agrarisch terrein", "Woonterrein", "51"], [UNKNOWN, UNKNOWN, 51]),
    ("netcongestie_afname", "afname", ["0", "3", "4"], [0, 3, UNKNOWN]),
    (
        "woningbouwplannen",
        "status_planologisch",
        ["1A Onherroepelijk", "2c", "Status onbekend"],
        ["1A", "2C", None],
    ),
]


@pytest.mark.parametrize(("key", "name", "values", "meant"), CODES)
def test_codes_are_joined_on_the_code(
    tmp_path: Path, key: str, name: str, values: list[Any], meant: list[Any]
) -> None:
    rows = judged(tmp_path, key, box(0, 0, 9, 9), **{name: values})
    for found, expected in zip(rows.table[name], meant, strict=True):
        if expected is None:
            assert pd.isna(found)
        elif expected is UNKNOWN:
            assert found not in (RULESET.layers[key].fields[name].values or [])
        else:
            assert found == expected


def test_the_width_of_the_zone_of_a_power_line(tmp_path: Path) -> None:
    """`rekenafs_1` is the text of RIVM's map: on each side so many metres; a line without it has 200 m."""
    texts = ["2 x 80 meter", "2x105 meter", "2 x 37,5 m", " 2 X 50 m", "onbekend", "", None]
    meant = [80, 105, 37.5, 50, np.nan, np.nan, np.nan]
    rule = next(
        rule.distance_m
        for rule in RULESET.land_rules.values()
        if isinstance(rule.distance_m, DistanceByField) and rule.distance_m.field == "rekenafs_1"
    )
    assert rule.otherwise_m == 200
    source = source_of(tmp_path, frame([line((0, 0), (9, 9))] * len(texts), rekenafs_1=texts))
    values = values_of_field(source, "rekenafs_1", RULESET.layers["rivm_netkaart"])
    read = read_distances(rule, values)
    known = dict(zip(values.fillna("-"), read, strict=True))
    for text, width in zip(texts, meant, strict=True):
        key = text.strip() if text else "-"
        found = known.get(text or "-", known.get(key, np.nan))
        assert found == width or (np.isnan(found) and np.isnan(width)), text


def test_what_stands_on_a_traffic_sign(tmp_path: Path) -> None:
    """NDW gives what stands on the sign as people typed it."""
    texts = ["2,4m", "48t", "2.4", "3,5 t", "C18 2,10", "vrachtwagens", "2,1 - 2,3 m", "", None]
    meant = [2.4, 48, 2.4, 3.5, np.nan, np.nan, np.nan, np.nan, np.nan]
    rows = judged(
        tmp_path, "ndw_verkeersborden", point(5, 5), blackCode=texts, rvvCode=["C18"] * len(texts)
    )
    np.testing.assert_array_equal(numbers_on_signs(rows.table["blackCode"]), meant)


def test_class_names_in_legenda_mean_what_the_study_says(tmp_path: Path) -> None:
    """Maps of water boards have a name instead of a class; the study gives it a meaning, and what it does not name is told."""
    rows = frame(
        [box(0, 0, 9, 9)] * 3, legenda=["minder gevoelig", "Zeer gevoelig ", "matig gevoelig"]
    )
    source = source_of(
        tmp_path,
        rows,
        fields={"klasse": "legenda"},
        values={"klasse": {"Minder gevoelig": "B", "zeer gevoelig": "D"}},
    )
    read = read_judged_rows(RULESET.layers["afwegingskader"], source, ["klasse"], None)
    assert read.table["klasse"].tolist() == ["B", "D", "matig gevoelig"]
    told = {what: where.tolist() for what, where in read.told.items() if "klasse" in what}
    assert list(told.values()) == [[False, False, True]]


@needs_real_data
@pytest.mark.parametrize(
    ("archive", "member", "template", "count"),
    [
        ("otterlo_bgt_imgeo_gml.zip", "bgt_pand.gml", "flexruimte:bgt.gfs", 2_273),
        (
            "brk_kadastralekaart_v5_sample.zip",
            "files/kadastralekaart_perceel.gml",
            "flexruimte:brk.gfs",
            11,
        ),
    ],
)
def test_outlines_and_not_label_points_of_the_real_gml(
    tmp_path: Path, archive: str, member: str, template: str, count: int
) -> None:
    with zipfile.ZipFile(REAL_DATA / "otterlo" / "original" / archive) as packed:
        packed.extract(member, tmp_path)
    source = open_source(
        "x", LayerSettings(source=member, open_options={"GFS_TEMPLATE": template}), tmp_path
    )
    read = source.read([])
    assert len(read) == count
    assert set(read.geom_type) <= {"Polygon", "MultiPolygon"}
    assert (read.area > 0).all()
    plain = pyogrio.read_dataframe(tmp_path / member, columns=[])
    assert "Point" in set(plain.geom_type)  # what GDAL takes by itself
