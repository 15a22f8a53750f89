"""Bad input is refused in one line that names the file, layer, column or rule and says what to do; or it is repaired and counted."""

from __future__ import annotations

import os
import re
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from flexruimte import FlexruimteError, LayerError, RulesetError, SourceError, Study, StudyError
from flexruimte.assessment.pipeline import assess
from flexruimte.cli import main
from flexruimte.evidence.layers import Features
from flexruimte.study.checks import check
from rule_columns import with_rule_columns
from toy_files import write_toy_study
from toy_town import IDS, box, frame, layers, parcels, toy_study, write_raster

Edit = Callable[[Path], None]


def replace(file: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def change_layer(layer: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Edit:
    def edit(folder: Path) -> None:
        changed = change(gpd.read_file(folder / "kaart.gpkg", layer=layer))
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # pyogrio warns of a layer without CRS, which is what one case is about
            changed.to_file(folder / f"{layer}.gpkg", layer=layer)
        replace(
            "study.toml",
            f'source = "kaart.gpkg"\nlayer = "{layer}"',
            f'source = "{layer}.gpkg"\nlayer = "{layer}"',
        )(folder)

    return edit


def cyclic_extends(folder: Path) -> None:
    (folder / "a.toml").write_text('extends = "b.toml"\n')
    (folder / "b.toml").write_text('extends = "a.toml"\n')
    replace("study.toml", '"rules.toml"', '"a.toml"')(folder)


def raster_in_degrees(folder: Path) -> None:
    with rasterio.open(folder / "lden.tif", "r+") as raster:
        raster.crs = "EPSG:4326"


def raster_without_values(folder: Path) -> None:
    write_raster(folder / "lden.tif", np.full((6, 6), 128.0), 50.0, 300.0)


def without_crs(data: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return data.set_crs(None, allow_override=True)


def pipe_as(role: str) -> Edit:
    """What is never written to keeps its reader waiting."""
    old, new = {
        "coverage": ('layer = "natuur"', 'layer = "natuur"\ncoverage = "pipe"'),
        "ruleset": ('"rules.toml"', '"pipe"'),
        "source": ('"lden.tif"', '"pipe"'),
    }[role]

    def edit(folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        replace("study.toml", old, new)(folder)

    return edit


def binary_ruleset(folder: Path) -> None:
    (folder / "rules.toml").write_bytes(bytes(range(256)))


REFUSED = {
    "typo in a key": (replace("study.toml", "as_of =", "as_off ="), StudyError, r"study.toml: \[study.*as_of"),
    "typo in a layer key": (replace("study.toml", "reference_date", "reference_dat"), StudyError, r"reference_dat\].*did you mean 'reference_date'"),
    "layer no rule knows": (replace("study.toml", "[layers.natuur]", "[layers.natur]"), StudyError, r"\[layers.natur\].*did you mean 'natuur'"),
    "missing file": (replace("study.toml", 'source = "lden.tif"', 'source = "lde.tif"'), SourceError, r"lden \(lde.tif\): there is no file .*not_assessed"),
    "missing layer": (replace("study.toml", 'layer = "pand"', 'layer = "panden"'), SourceError, r"has no layer 'panden'; did you mean 'pand'"),
    "several layers": (replace("study.toml", 'layer = "pand"\n', ""), SourceError, r"pand \(kaart.gpkg\) holds several layers"),
    "no CRS": (change_layer("natuur", without_crs), LayerError, r'natuur.*has no coordinate reference system.*crs = "EPSG:28992"'),
    "missing column": (replace("study.toml", 'layer = "net"', 'layer = "net"\nfields = { afname = "afnme" }'), LayerError, "no column 'afnme'.*'afname'"),
    "raster in another CRS": (raster_in_degrees, LayerError, r"lden.tif.*EPSG:4326.*gdalwarp -t_srs EPSG:28992"),
    "raster without values": (raster_without_values, LayerError, "lden.tif.*no valid cell at all"),
    "band that is not there": (replace("study.toml", 'source = "lden.tif"', 'source = "lden.tif"\nband = 3'), LayerError, "no band 3; it has 1"),
    "wrong unit": (replace("rules.toml", 'unit = "m2"\nsource', 'unit = "ha"\nsource'), RulesetError, r"rules.large_enough\] unit 'ha' does not fit.*in m2"),
    "measure that is not there": (replace("rules.toml", '"built_share"\nat', '"built_shar"\nat'), RulesetError, "measure 'built_shar'.*'built_share'"),
    "layer of a rule": (replace("rules.toml", 'layer = "leiding"\ndist', 'layer = "leidin"\ndist'), RulesetError, "layer 'leidin'.*did you mean 'leiding'"),
    "field of a rule": (replace("rules.toml", 'field = "klasse"', 'field = "klas"'), RulesetError, "field of layer 'bodemgebruik': 'klas'"),
    "level": (replace("rules.toml", 'level = "hard"', 'level = "harsh"'), RulesetError, r"rules.unbuilt.level\]"),
    "rule without source": (replace("rules.toml", 'unit = "share"\nsource = "toy"', 'unit = "share"'), RulesetError, r"rules.unbuilt.source\]"),
    "rule on a layer and a measure": (replace("rules.toml", 'layer = "leiding"\ndist', 'layer = "leiding"\nmeasure = "built_share"\ndist'), RulesetError, r"\[rules\.\w+\] a rule needs either a layer or a measure"),
    "rule on nothing": (replace("rules.toml", 'measure = "built_share"\nat', 'at'), RulesetError, r"\[rules.unbuilt\] a rule needs either a layer or a measure"),
    "test of a value on land": (replace("rules.toml", "distance_m = 20", "distance_m = 20\nat_most = 3"), RulesetError, "takes where and distance_m, no test of a value"),
    "distance of a rule on a measure": (replace("rules.toml", 'measure = "built_share"\nat', 'measure = "built_share"\ndistance_m = 5\nat'), RulesetError, r"\[rules.unbuilt\] a rule on a measure takes"),
    "misspelt key of a rule on land": (replace("rules.toml", "distance_m = 20", "distanc_m = 20"), RulesetError, r"distanc_m\] unknown key; did you mean 'distance_m'"),
    "negative distance": (replace("rules.toml", "distance_m = 20", "distance_m = -20"), RulesetError, "distance_m is below zero"),
    "curve that goes up and down": (replace("rules.toml", "[[100, 100], [500, 0]]", "[[1, 0], [2, 9], [3, 0]]"), RulesetError, "up or down, not both"),
    "curve beyond the limit": (replace("rules.toml", "[500, 0]]", "[5000, 0]]"), RulesetError, "cut off at 1000; raise that limit"),
    "score of a theme": (replace("rules.toml", "suitability = 3", "environment = 3"), RulesetError, "theme 'environment' does not exist"),
    "cyclic extends": (cyclic_extends, RulesetError, "extends itself"),
    "no ruleset": (replace("study.toml", '"rules.toml"', '"rule.toml"'), RulesetError, "'rule.toml' cannot be read.*built-in name"),
    "override of nothing": (replace("rules.toml", 'name = "toy"', 'name = "toy"\nextends = "rules2.toml"'), RulesetError, "rules2.toml.*cannot be read"),
    "as_of is text": (replace("study.toml", "as_of = 2026-01-01", 'as_of = "soon"'), StudyError, r"study.as_of\] 'soon' is not a date"),
    "not_assessed": (replace("study.toml", 'language = "en"', 'not_assessed = ["natur"]'), StudyError, "'natur' is no layer or rule.*'natuur'"),
    "target group": (replace("study.toml", '["students", "starters"]', '["student"]'), StudyError, "'student' is no group.*'students'"),
    "placement name": (replace("study.toml", "[parcels]", "[placement]\nrequired_year = 10\n\n[parcels]"), StudyError, "did you mean 'required_years'"),
    "placement value": (replace("study.toml", "[parcels]", "[placement]\nrequired_years = 0\n\n[parcels]"), StudyError, "required_years = 0 is out of bounds.*at least 1 and at most 50 .year."),
    "placement kind": (replace("study.toml", "[parcels]", '[placement]\nrequired_years = "ten"\n\n[parcels]'), StudyError, "of the wrong kind"),
    "municipality column": (replace("study.toml", 'code = "code"', 'code = "gemcode"'), LayerError, "no column 'gemcode'.*code"),
    "parcel id column": (replace("study.toml", 'id = "parcel_id"', 'id = "perceel"'), LayerError, "no column 'perceel'"),
    "double parcel id": (change_layer("perceel", lambda data: data.assign(parcel_id="P01")), LayerError, r"more than once \(P01\).*repair_ids = true"),
    "null parcel id": (change_layer("perceel", lambda data: data.assign(parcel_id=[None, *IDS[1:]])), LayerError, "1 parcels without an id.*repair_ids"),
    "double row in a table": (lambda folder: double_row(folder / "eigendom.csv"), LayerError, "more than one row for parcel P01"),
    "date in a table": (replace("afspraken.csv", "2028-07-01", "volgend jaar"), LayerError, "'vrij_vanaf' of parcel P04 is no date"),
    "column of our own": (replace("study.toml", 'id = "parcel_id"', 'id = "parcel_id"\nfields = { score = "parcel_id" }'), StudyError, "'score' is a column that"),
    "no layer at all": (replace("study.toml", 'layer = "pand"', "layer = []"), StudyError, r"layers.pand.layer\] the list is empty"),
    "one layer twice": (replace("study.toml", 'layer = "pand"', 'layer = ["pand", "pand"]'), StudyError, r"layers.pand.layer\] pand stands in the list twice"),
    "no id column": (replace("study.toml", 'id = "parcel_id"', "id = []"), StudyError, r"parcels.id\] the list is empty"),
    "one id column twice": (replace("study.toml", 'id = "parcel_id"', 'id = ["parcel_id", "parcel_id"]'), StudyError, r"parcels.id\] parcel_id stands in the list twice"),
    "address that is none": (replace("study.toml", '"lden.tif"', '"http://[::1"'), StudyError, r"layers.lden.source\] it is not a valid address"),
    "port that is none": (replace("study.toml", '"lden.tif"', '"http://example.org:no/a.tif"'), StudyError, r"layers.lden.source\] it is not a valid address"),
    "source longer than any path": (replace("study.toml", '"lden.tif"', f'"{"x" * 5000}"'), StudyError, r"layers.lden.source\] it has 5000 characters"),
    "no source": (replace("study.toml", '"lden.tif"', '" "'), StudyError, r"layers.lden.source\] it is empty"),
    "NUL in a filter": (replace("study.toml", 'layer = "pand"', 'layer = "pand"\nwhere = "a\\u0000b"'), StudyError, r"\[layers.pand.where\] holds a control character"),
    "precision of a planet": (replace("study.toml", 'layer = "pand"', 'layer = "pand"\nprecision_m = 1e308'), StudyError, r"layers.pand.precision_m\].*less than or equal to 10000"),
    "CRS of no place": (replace("study.toml", 'layer = "natuur"', """layer = "natuur"\ncrs = 'LOCAL_CS["x",UNIT["metre",1]]'"""), LayerError, "natuur.*crs"),
    "pipe as coverage": (pipe_as("coverage"), SourceError, r"natuur coverage \(pipe\): .*pipe is a pipe or a device"),
    "pipe as ruleset": (pipe_as("ruleset"), RulesetError, "ruleset 'pipe' cannot be read .it is no regular file."),
    "pipe as source": (pipe_as("source"), SourceError, r"lden \(pipe\): .*pipe is a pipe or a device"),
    "binary file as ruleset": (binary_ruleset, RulesetError, "'rules.toml' is not valid TOML"),
    "not TOML": (replace("study.toml", "[study]", "[study"), StudyError, "study.toml is not valid TOML"),
}  # fmt: skip


def double_row(path: Path) -> None:
    rows = pd.read_csv(path)
    pd.concat([rows, rows.iloc[:1]]).to_csv(path, index=False)


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(tmp_path: Path, case: str) -> None:
    edit, kind, message = REFUSED[case]
    path = write_toy_study(tmp_path)
    edit(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(kind, match=f"(?s){message}") as caught:
        assess(Study.load(path).question, "A")
    assert isinstance(caught.value, FlexruimteError)
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("case", REFUSED)
def test_check_finds_it_before_anything_is_computed(tmp_path: Path, case: str) -> None:
    edit, _, _ = REFUSED[case]
    path = write_toy_study(tmp_path)
    edit(tmp_path)
    try:
        problems = check(Study.load(path).question).problems
    except FlexruimteError as error:
        problems = [str(error)]
    assert problems


@pytest.mark.parametrize("case", REFUSED)
def test_the_command_line_refuses_in_one_line(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit, _, message = REFUSED[case]
    path = write_toy_study(tmp_path / "study")
    edit(tmp_path / "study")
    monkeypatch.setattr(
        "sys.argv", ["flexruimte", "run", str(path), "--out", str(tmp_path / "out")]
    )
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("flexruimte: error: ")
    assert "\n" not in said
    assert re.search(message, said)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("code", "message"),
    [("GM0000", "municipality 'GM0000' is not in"), ("B", "municipality 'B' has no parcels")],
)
def test_the_command_line_refuses_municipalities(
    tmp_path: Path,
    code: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write_toy_study(tmp_path / "study")
    monkeypatch.setattr(
        "sys.argv",
        ["flexruimte", "run", str(path), "--gemeente", code, "--out", str(tmp_path / "out")],
    )
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_good_study_has_no_problems(tmp_path: Path) -> None:
    report = check(Study.load(write_toy_study(tmp_path)).question)
    assert report.problems == report.missing_layers == []
    assert any(
        "lden" in warning and "part of A" in warning for warning in report.warnings
    )  # the raster stops short


def test_files_give_what_memory_gives(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    memory = assess(toy_study(tmp_path / "memory").question, "A")
    files = assess(Study.load(write_toy_study(tmp_path / "files")).question, "A")
    pd.testing.assert_frame_equal(
        with_rule_columns(files).drop(columns="owner_class"),
        with_rule_columns(memory).drop(columns="owner_class"),
        check_exact=True,
    )


@pytest.mark.parametrize("code", ["GM0000", "Adorp"])
def test_a_municipality_that_is_not_there(tmp_path: Path, code: str) -> None:
    with pytest.raises(StudyError, match=rf"municipality '{code}' is not in"):
        toy_study(tmp_path).rank(code)


# ------------------------------------------------------------------------------------------------------------------- repaired and counted


def test_repairs_are_counted(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon(
        [(100_000, 400_100), (100_050, 400_200), (100_050, 400_100), (100_000, 400_200)]
    )
    strange = frame(
        [
            bow_tie,
            shapely.force_3d(box(100, 100, 104, 200), 3.0),
            None,
            shapely.Polygon(),
            shapely.LineString([(0, 0), (1, 1)]),
        ],
        nr=[1, 2, 3, 4, 5],
        naam=["strik", "hoog", "niets", "leeg", "lijn"],
    )
    town = assess(
        toy_study(
            tmp_path, layers={"natuur": {"source": strange, "coverage": "complete"}}
        ).question,
        "A",
    )
    repairs = town.inputs["natuur"].repairs
    assert repairs["invalid geometry repaired"] == 1
    assert repairs["Z or M values dropped"] == 1
    # reading by window meets no null and no empty geometry; the line is outside
    covered = with_rule_columns(town).set_index("parcel_id")["covered_m2_nature"]
    # the bow-tie is two triangles of 50 x 50 / 2
    assert covered["P05"] == pytest.approx(2_500)


ARC = """<?xml version="1.0" encoding="utf-8"?>
<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="c"><ogr:featureMember>
<ogr:natuur gml:id="n.1"><ogr:geom><gml:Surface srsName="urn:ogc:def:crs:EPSG::28992" gml:id="s1"><gml:patches><gml:PolygonPatch><gml:exterior>
<gml:Ring><gml:curveMember><gml:Curve gml:id="c1"><gml:segments>
<gml:Arc><gml:posList>100000 400100 100050 400150 100100 400100</gml:posList></gml:Arc>
<gml:LineStringSegment><gml:posList>100100 400100 100000 400100</gml:posList></gml:LineStringSegment>
</gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface></ogr:geom>
<ogr:nr>1</ogr:nr><ogr:naam>boog</ogr:naam></ogr:natuur></ogr:featureMember></ogr:FeatureCollection>
"""


def test_curves_are_made_straight_and_counted(tmp_path: Path) -> None:
    (tmp_path / "boog.gml").write_text(ARC)
    town = assess(
        toy_study(
            tmp_path,
            layers={"natuur": {"source": str(tmp_path / "boog.gml"), "coverage": "complete"}},
        ).question,
        "A",
    )
    assert town.inputs["natuur"].repairs["curves in the whole source made straight"] == 1
    # half a circle of 50 m on P05: 3,927 m2, a thousandth less in steps of 4 degrees
    covered = with_rule_columns(town).set_index("parcel_id")["covered_m2_nature"]["P05"]
    assert covered == pytest.approx(np.pi * 50**2 / 2, rel=1e-3)


@pytest.mark.filterwarnings(
    "ignore"
)  # GDAL says that these shapes are no curves, and is right: only the declaration is
def test_a_layer_declared_as_curved_is_counted(tmp_path: Path) -> None:
    layers(tmp_path)["natuur"].to_file(tmp_path / "vlak.gpkg", layer="natuur")
    with closing(sqlite3.connect(tmp_path / "vlak.gpkg")) as database:
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'CURVEPOLYGON'")
        database.commit()
    town = assess(toy_study(tmp_path, layers={"natuur": tmp_path / "vlak.gpkg"}).question, "A")
    assert town.inputs["natuur"].repairs["curves in the whole source made straight"] == 3


def test_ids_are_numbered_when_asked(tmp_path: Path) -> None:
    double = parcels().assign(parcel_id=["P01", "P01", None, *IDS[3:]])
    double = pd.concat([double, double.iloc[[11]]], ignore_index=True)  # P12 twice, the same shape
    double.to_file(tmp_path / "double.gpkg")
    path = write_toy_study(tmp_path / "study")
    replace(
        "study.toml",
        'source = "kaart.gpkg"\nlayer = "perceel"\nid = "parcel_id"',
        f'source = "{tmp_path}/double.gpkg"\nid = "parcel_id"\nrepair_ids = true',
    )(tmp_path / "study")
    town = assess(Study.load(path).question, "A")
    assert list(town.parcels["parcel_id"]) == ["?", "P01", "P01#2", *IDS[3:]]
    assert town.inputs["parcels"].repairs == {
        "parcel without id, numbered": 1,
        "double parcel id, numbered": 1,
        "same parcel twice, one left out": 1,
    }


def test_layers_in_other_systems_are_projected(tmp_path: Path) -> None:
    degrees = layers(tmp_path)["natuur"].to_crs("EPSG:4326")
    usual, other = (
        assess(toy_study(tmp_path).question, "A"),
        assess(toy_study(tmp_path, layers={"natuur": degrees}).question, "A"),
    )
    # a straight line of 100 m in the one system bends by 0.4 mm in the other: 0.05 m2 of a hectare
    ours, theirs = with_rule_columns(usual), with_rule_columns(other)
    np.testing.assert_allclose(theirs["covered_m2_nature"], ours["covered_m2_nature"], atol=0.05)
    # what such a film leaves of P07 is no land
    assert list(theirs["verdict_nature"]) == list(ours["verdict_nature"])


def test_fields_are_found_in_other_spellings(tmp_path: Path) -> None:
    renamed = layers(tmp_path)["bodemgebruik"].rename(columns={"klasse": "KLAS_se"})
    town = assess(toy_study(tmp_path, layers={"bodemgebruik": renamed}).question, "A")
    assert town.parcels["land_use_class"].notna().sum() == 10
    fixed = {"source": renamed.drop(columns="KLAS_se"), "constants": {"klasse": 51}}
    assert set(
        assess(toy_study(tmp_path, layers={"bodemgebruik": fixed}).question, "A")
        .parcels["land_use_class"]
        .dropna()
    ) == {51}


def test_features_is_what_a_vector_layer_becomes() -> None:
    assert Features.__dataclass_params__.frozen
