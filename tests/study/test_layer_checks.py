"""A layer of which nothing usable is left is refused before anything is computed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from command_line import run
from flexruimte import Study
from flexruimte.evidence.sources import open_source
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.study_file import LayerSettings
from flexruimte.study import layer_checks
from flexruimte.study.checks import CheckReport, check
from flexruimte.study.layer_checks import LayerLook, problems_of
from toy_files import write_toy_study


def checked(folder: Path, **natuur: str) -> CheckReport:
    """Check the toy town, with lines added to the table of the nature layer."""
    path = folder / "study.toml"
    lines = "".join(f"{key} = {value}\n" for key, value in natuur.items())
    path.write_text(path.read_text().replace("[layers.natuur]\n", f"[layers.natuur]\n{lines}"))
    return check(Study.load(path).question)


def nature(folder: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "kaart.gpkg", layer="natuur")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_toy_study(tmp_path).parent


def test_the_town_as_it_is(town: Path) -> None:
    report = checked(town)
    assert report.problems == []
    told = ("does not know", "left out", "null geometry")
    assert not [text for text in report.warnings if any(word in text for word in told)]


def test_outlines_are_refused(town: Path) -> None:
    rows = nature(town)
    rows.set_geometry(rows.boundary).to_file(town / "kaart.gpkg", layer="natuur")
    (problem,) = checked(town).problems
    assert "natuur" in problem
    assert "are not of the kind that the layer needs, polygons" in problem
    assert run("run", town / "study.toml", "--out", town / "out") == 2
    assert not (town / "out").exists()


def test_a_filter_that_keeps_nothing_is_refused_with_what_there_is(town: Path) -> None:
    name = nature(town)["naam"].iloc[0]
    (problem,) = checked(town, where=f"\"naam = '{name}x'\"").problems
    assert f"the nearest to '{name}x' is '{name}'" in problem
    assert "naam holds" in problem
    assert "complete" not in problem


def test_a_filter_that_keeps_nothing_is_refused_though_the_study_says_complete(town: Path) -> None:
    report = checked(town, where="\"naam = 'nowhere'\"", coverage='"complete"')
    assert "no row of" in report.problems[0]


def test_a_part_that_is_of_another_kind_is_told(town: Path) -> None:
    rows = nature(town)
    points = rows.set_geometry(rows.representative_point())
    both = gpd.GeoDataFrame(
        {"nr": [*rows["nr"], *(rows["nr"] + 100)], "naam": [*rows["naam"], *rows["naam"]]},
        geometry=[*rows.geometry, *points.geometry],
        crs=rows.crs,
    )
    both.to_file(town / "kaart.gpkg", layer="natuur")
    report = checked(town)
    assert report.problems == []
    assert [text for text in report.warnings if "not a polygon, left out" in text]
    rules = (town / "rules.toml").read_text()
    losses = '[losses]\nmost_share = 0.5\nsource = "toy"\nbasis = "assumption"\n'
    (town / "rules.toml").write_text(rules + "\n" + losses)
    assert len(checked(town).problems) == 1  # half of them, which is as much as is too much


def test_open_options_reach_the_driver(town: Path) -> None:
    gml = """<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember>
      <natuur><nr>1</nr><naam>Heide</naam>
      <label><gml:Point srsName="EPSG:28992"><gml:pos>100020 400020</gml:pos></gml:Point></label>
      <vlak><gml:Polygon srsName="EPSG:28992"><gml:exterior><gml:LinearRing><gml:posList>
      100010 400010 100050 400010 100050 400050 100010 400050 100010 400010
      </gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></vlak>
      </natuur></gml:featureMember></gml:FeatureCollection>"""
    (town / "natuur.gml").write_text(gml)
    template = """<GMLFeatureClassList><GMLFeatureClass><Name>natuur</Name>
      <ElementPath>natuur</ElementPath><GeomPropertyDefn><Name>vlak</Name>
      <ElementPath>vlak</ElementPath><Type>Polygon</Type></GeomPropertyDefn>
      <SRSName>EPSG:28992</SRSName>
      <PropertyDefn><Name>nr</Name><ElementPath>nr</ElementPath><Type>Integer</Type></PropertyDefn>
      <PropertyDefn><Name>naam</Name><ElementPath>naam</ElementPath><Type>String</Type></PropertyDefn>
      </GMLFeatureClass></GMLFeatureClassList>"""
    (town / "natuur.gfs").write_text(template)
    path = town / "study.toml"
    text = path.read_text().replace(
        '[layers.natuur]\nsource = "kaart.gpkg"\nlayer = "natuur"',
        '[layers.natuur]\nsource = "natuur.gml"\nlayer = "natuur"\ncrs = "EPSG:28992"\n'
        'open_options = { GFS_TEMPLATE = "natuur.gfs" }',
    )
    path.write_text(text)
    source = Study.load(path).question.sources["natuur"]
    assert source.read(["nr"]).geometry.area.tolist() == [1600.0]
    assert check(Study.load(path).question).problems == []
    before = source.stamp()
    (town / "natuur.gfs").write_text(template + "\n")
    assert source.stamp() != before


def test_a_study_cannot_map_a_value_to_a_word_that_is_none(town: Path) -> None:
    from flexruimte.errors import StudyError

    with pytest.raises(StudyError, match="the layer has no field 'nam'; did you mean 'naam'"):
        checked(town, values='{ nam = { a = "b" } }')


def test_layers_shows_what_a_study_has(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("layers", "natuur", "--study", town / "study.toml") == 0
    said = capsys.readouterr().out
    assert "natuur: Nature" in said
    assert "field naam is column 'naam'" in said or "any value" in said
    assert f"{len(nature(town))} rows" in said
    assert run("layers", "nature", "--study", town / "study.toml") == 2


def test_layers_lists_those_of_a_ruleset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("layers", "bag_pand") == 0
    said = capsys.readouterr().out
    assert "Verbouwing pand" in said
    assert "rule buildings" in said
    assert run("layers") == 0
    assert "bag_pand" in capsys.readouterr().out.replace("\n", "")


def rewritten(town: Path, key: str, **columns: list[object]) -> CheckReport:
    """Check the toy town with other values in columns of a layer or a table."""
    if (town / f"{key}.csv").exists():
        pd.read_csv(town / f"{key}.csv").assign(**columns).to_csv(town / f"{key}.csv", index=False)
    else:
        rows = gpd.read_file(town / "kaart.gpkg", layer=key).assign(**columns)
        rows.to_file(town / "kaart.gpkg", layer=key)
    return check(Study.load(town / "study.toml").question)


def test_what_has_no_value_is_counted_with_the_words_that_say_so(town: Path) -> None:
    report = rewritten(town, "plannen", status=["1A", None, " ", None])
    assert report.problems == []
    (told,) = [text for text in report.warnings if "plannen" in text]
    assert "field 'status' has no value in 3 of 4 rows; where such rows lie" in told
    rules = (town / "rules.toml").read_text()
    words = '[no_value]\nwords = ["-", "null"]\nsource = "toy"\nbasis = "assumption"\n'
    (town / "rules.toml").write_text(rules + "\n" + words)
    report = rewritten(town, "plannen", status=["1A", "-", "NULL", None])
    (told,) = [text for text in report.warnings if "plannen" in text]
    assert "in 3 of 4 rows: '-' (1), 'NULL' (1), 'nothing at all' (1); where" in told


def test_a_field_without_any_value_is_a_problem(town: Path) -> None:
    (problem,) = rewritten(town, "plannen", status=[None] * 4).problems
    assert (
        "plannen (kaart.gpkg layer 'plannen'): field 'status' has no value in any of 4" in problem
    )
    assert 'fields = { status = "..." }' in problem
    assert run("run", town / "study.toml", "--out", town / "out") == 2


def test_a_field_without_a_value_is_right_where_the_study_says_so(town: Path) -> None:
    rewritten(town, "plannen", status=[None] * 4)
    path = town / "study.toml"
    said = '[layers.plannen]\nconstants = { status = "1A" }\n'
    path.write_text(path.read_text().replace("[layers.plannen]\n", said))
    report = check(Study.load(path).question)
    assert report.problems == []
    assert not [text for text in report.warnings if "plannen" in text and "no value" in text]


def test_a_table_without_any_value_is_a_problem(town: Path) -> None:
    owners = pd.read_csv(town / "eigendom.csv")
    name = next(column for column in owners if column != "parcel_id")
    (problem,) = rewritten(town, "eigendom", **{name: [None] * len(owners)}).problems
    assert f"field '{name}' has no value in any of {len(owners)} rows" in problem


@pytest.mark.parametrize(("of", "is_problem"), [(19, True), (22, False)])
def test_few_features_without_a_shape_are_told_and_many_refused(
    town: Path, of: int, is_problem: bool
) -> None:
    rules = (town / "rules.toml").read_text()
    losses = '[losses]\nmost_share = 0.05\nsource = "toy"\nbasis = "assumption"\n'
    (town / "rules.toml").write_text(rules + "\n" + losses)
    rows = nature(town).iloc[[0] * of].reset_index(drop=True)
    rows["nr"] = range(of)
    rows.loc[0, "geometry"] = None  # 1 of 19 is 5.3 %, 1 of 22 is 4.5 %
    rows.to_file(town / "kaart.gpkg", layer="natuur")
    report = checked(town)
    assert [f"1 of {of} features" in text for text in report.problems] == [True] * is_problem
    (told,) = [text for text in report.warnings if "no geometry" in text]
    assert f"1 of {of} features have no geometry and count nowhere, so that a parcel" in told


def test_a_large_layer_is_asked_for_rows_without_a_shape(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only some places of a large layer are read, and none of these holds a row without a shape.
    monkeypatch.setattr(layer_checks, "_READ_WHOLE", 3)
    rows = nature(town).iloc[[0] * 4].reset_index(drop=True)
    rows["nr"] = range(4)
    rows.loc[0, "geometry"] = None
    rows.to_file(town / "kaart.gpkg", layer="natuur")
    told = [text for text in checked(town).warnings if "1 of 4 features have no shape" in text]
    assert len(told) == 1


def test_a_column_that_one_of_several_layers_lacks_is_told(town: Path) -> None:
    plans = gpd.read_file(town / "kaart.gpkg", layer="plannen")
    plans.iloc[:2].to_file(town / "kaart.gpkg", layer="een")
    plans.iloc[2:].drop(columns="status").to_file(town / "kaart.gpkg", layer="twee")
    path = town / "study.toml"
    both = 'layer = ["een", "twee"]'
    path.write_text(path.read_text().replace('layer = "plannen"', both))
    (lacking, empty) = [
        text for text in check(Study.load(path).question).warnings if "plannen" in text
    ]
    assert "layer twee has no column 'status', so that 'status' has no value" in lacking
    assert "field 'status' has no value in 2 of 4 rows" in empty


def test_a_day_after_that_of_the_study_and_a_word_that_is_nowhere_are_told(town: Path) -> None:
    path = town / "study.toml"
    said = '[layers.plannen]\nvalues = { status = { "1B" = "1A" } }\n'
    text = path.read_text().replace("[layers.plannen]\n", said)
    path.write_text(text.replace("reference_date = 2025-07-01", "reference_date = 2026-01-02", 1))
    warnings = check(Study.load(path).question).warnings
    (late,) = [text for text in warnings if "reference_date" in text]
    assert "reference_date 2026-01-02 is later than the study's as_of, 2026-01-01" in late
    (idle,) = [text for text in warnings if "values.status" in text]
    assert "gives '1B' a meaning, and it is nowhere in column 'status'" in idle


@pytest.mark.parametrize(("key", "name"), [("bag_verblijfsobject", "gebruiksdoel")])
def test_any_field_that_decides_of_which_no_value_is_known_is_a_problem(
    town: Path, key: str, name: str
) -> None:
    words = {name: {'Verblijfsobject "in" gebruik': 4}}
    look = LayerLook(True, 4, 4, 4, values=words, strange=words)
    source = open_source(key, LayerSettings(source="kaart.gpkg"), town)
    (problem,) = problems_of(load_ruleset("flexwonen-nl"), key, source, look)
    assert f"of field '{name}' no value is known" in problem
    # What is proposed can be pasted into a study.
    pasted = problem.partition("say what it means with ")[2]
    assert tomllib.loads(pasted)["values"][name].keys() == words[name].keys()


def test_rows_without_a_shape_are_not_called_doubles(town: Path) -> None:
    rows = nature(town)
    one = rows.iloc[[0] * 3].reset_index(drop=True).set_geometry([None] * 3, crs=rows.crs)
    pd.concat([rows, one]).to_file(town / "kaart.gpkg", layer="natuur")
    assert not [text for text in checked(town).warnings if "are there twice" in text]


@pytest.mark.parametrize(("of", "is_problem"), [(19, True), (22, False)])
def test_features_outside_the_country_are_refused_with_what_they_look_like(
    town: Path, of: int, is_problem: bool
) -> None:
    rules = (town / "rules.toml").read_text()
    losses = '[losses]\nmost_share = 0.05\nsource = "toy"\nbasis = "assumption"\n'
    (town / "rules.toml").write_text(rules + "\n" + losses)
    rows = nature(town).iloc[[0] * of].reset_index(drop=True)
    rows["nr"] = range(of)
    shapes = rows.geometry.to_list()  # 1 of 19 is 5.3 %, 1 of 22 is 4.5 %
    shapes[0] = shapely.transform(shapes[0], lambda vertices: vertices[:, ::-1])
    rows.set_geometry(shapes, crs=rows.crs).to_file(town / "kaart.gpkg", layer="natuur")
    problems = checked(town).problems
    assert [f"1 of {of} features have a vertex outside" in text for text in problems] == (
        [True] * is_problem
    )
    looks = "RD New (EPSG:28992) with the axes swapped: write them again with x first"
    assert all(text.endswith(looks) for text in problems)


def test_a_large_layer_that_reaches_outside_the_country_is_told(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_checks, "_READ_WHOLE", 3)
    rows = nature(town).iloc[[0] * 4].reset_index(drop=True)
    rows["nr"] = range(4)
    assert not [text for text in checked(town).warnings if "reaches outside" in text]
    shapes = rows.geometry.to_list()
    shapes[0] = shapely.transform(shapes[0], lambda vertices: vertices[:, ::-1])
    rows.set_geometry(shapes, crs=rows.crs).to_file(town / "kaart.gpkg", layer="natuur")
    assert len([text for text in checked(town).warnings if "reaches outside" in text]) == 1


def test_a_complete_layer_of_another_place_is_told(town: Path) -> None:
    rows = nature(town)
    far = rows.set_geometry(rows.translate(xoff=-60_000.0), crs=rows.crs)
    far.to_file(town / "kaart.gpkg", layer="natuur")
    report = checked(town, coverage='"complete"')
    (said,) = [text for text in report.warnings if "natuur" in text and "away" in text]
    assert f"has all of its {len(rows)} features more than" in said
