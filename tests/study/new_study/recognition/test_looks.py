"""Opening what was found."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from flexruimte.study.new_study.recognition.files import files_in
from flexruimte.study.new_study.recognition.looks import Look, looks_at

SQUARE = shapely.box(100_000, 400_000, 100_010, 400_010)


def looks(folder: Path) -> dict[str, Look]:
    found = [look for file in files_in(folder, folder) for look in looks_at(file)]
    return {look.label: look for look in found}


def squares(**columns: list[object]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(columns, geometry=[SQUARE] * count, crs="EPSG:28992")


def test_layers_are_looked_at_one_by_one(tmp_path: Path) -> None:
    squares(a=[1, 2]).to_file(tmp_path / "x.gpkg", layer="een")
    squares(b=["x"]).to_file(tmp_path / "x.gpkg", layer="twee")
    seen = looks(tmp_path)
    assert {
        label: (look.name, look.shapes, look.count, look.columns) for label, look in seen.items()
    } == {
        "x.gpkg layer 'een'": ("een", "polygon", 2, ["a"]),
        "x.gpkg layer 'twee'": ("twee", "polygon", 1, ["b"]),
    }
    assert seen["x.gpkg layer 'een'"].extent == (100_000, 400_000, 100_010, 400_010)


def test_the_only_layer_needs_no_name(tmp_path: Path) -> None:
    squares(a=[1]).to_file(tmp_path / "natura2000.gpkg", layer="export")
    squares(a=[1]).to_file(tmp_path / "export.gpkg", layer="natura2000")
    assert {look.name for look in looks(tmp_path).values()} == {"natura2000"}
    assert {look.layer for look in looks(tmp_path).values()} == {None}


def test_coordinates_of_rd_without_a_reference_system(tmp_path: Path) -> None:
    squares(a=[1]).to_crs("EPSG:4326").to_file(tmp_path / "graden.shp")
    (tmp_path / "graden.prj").unlink()
    squares(a=[1]).to_file(tmp_path / "zonder.shp")
    (tmp_path / "zonder.prj").unlink()
    seen = looks(tmp_path)
    assert seen["zonder.shp"].crs_added
    assert seen["zonder.shp"].settings.crs == "EPSG:28992"
    assert not seen["graden.shp"].crs_added


def test_looking_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.gml").write_text(
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><x><nr>1</nr>'
        '<vlak><gml:Polygon srsName="EPSG:28992"><gml:exterior><gml:LinearRing><gml:posList>100010 400010 '
        "100050 400010 100050 400050 100010 400010</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
        "</vlak></x></gml:featureMember></gml:FeatureCollection>"
    )
    squares(a=[1]).to_file(tmp_path / "x.gpkg")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert (
        looks(tmp_path)["x.gml"].columns == ["gml_id", "nr"] or looks(tmp_path)["x.gml"].count == 1
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == before


BGT = """<CityModel xmlns:gml="http://www.opengis.net/gml" xmlns:imgeo="http://www.geostandaarden.nl/imgeo/2.1"
 xmlns="http://www.opengis.net/citygml/2.0">{objects}</CityModel>"""
BUILDING = """<cityObjectMember><BuildingPart xmlns="http://www.opengis.net/citygml/building/2.0" gml:id="b1">
 <imgeo:relatieveHoogteligging>0</imgeo:relatieveHoogteligging>
 <imgeo:nummeraanduidingreeks><imgeo:plaatsingspunt><gml:Point srsName="EPSG:28992"><gml:pos>100020 400020</gml:pos>
 </gml:Point></imgeo:plaatsingspunt></imgeo:nummeraanduidingreeks>
 <imgeo:geometrie2dGrondvlak><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">100010 400010 100050 400010
 100050 400050 100010 400050 100010 400010</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>
 </imgeo:geometrie2dGrondvlak></BuildingPart></cityObjectMember>"""


@pytest.mark.parametrize("zipped", [False, True])
def test_the_gml_of_the_bgt_is_read_by_its_template(zipped: bool, tmp_path: Path) -> None:
    text = BGT.format(objects=BUILDING)
    if zipped:
        with zipfile.ZipFile(tmp_path / "bgt.zip", "w") as archive:
            archive.writestr("x/bgt_pand.gml", text)
    else:
        (tmp_path / "bgt_pand.gml").write_text(text)
    (look,) = looks(tmp_path).values()
    assert (look.name, look.shapes, look.layer) == ("bgt_pand", "polygon", "BuildingPart")
    assert look.settings.open_options == {"GFS_TEMPLATE": "flexruimte:bgt.gfs"}
    assert "eind_registratie" in look.columns  # which no object of the file has
    assert look.source.read([]).geometry.area.tolist() == [1600.0]


def test_gml_without_objects_and_of_objects_that_nobody_reads(tmp_path: Path) -> None:
    (tmp_path / "bgt_wijk.gml").write_text(BGT.format(objects=""))
    (tmp_path / "bgt_put.gml").write_text(
        BGT.format(objects='<cityObjectMember><imgeo:Put gml:id="p1"/></cityObjectMember>')
    )
    seen = looks(tmp_path)
    assert {name: look.why for name, look in seen.items()} == {
        "bgt_wijk.gml": "it holds no feature",
        "bgt_put.gml": "it holds objects of a kind that no ruleset reads",
    }


def lvbag_pand(number: str, status: str, end: str = "") -> str:
    """Return one version of a building, as the extract of the BAG writes it."""
    ended = f"<Historie:eindGeldigheid>{end}</Historie:eindGeldigheid>" if end else ""
    return f"""<sl:stand><sl-bag-extract:bagObject><Objecten:Pand>
 <Objecten:identificatie domein="NL.IMBAG.Pand">{number}</Objecten:identificatie>
 <Objecten:geometrie><gml:Polygon srsName="urn:ogc:def:crs:EPSG::28992" srsDimension="3"><gml:exterior>
 <gml:LinearRing><gml:posList>85000 450000 0 85010 450000 0 85010 450010 0 85000 450010 0 85000 450000 0
 </gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></Objecten:geometrie>
 <Objecten:oorspronkelijkBouwjaar>1970</Objecten:oorspronkelijkBouwjaar><Objecten:status>{status}</Objecten:status>
 <Objecten:voorkomen><Historie:Voorkomen><Historie:voorkomenidentificatie>1</Historie:voorkomenidentificatie>
 <Historie:beginGeldigheid>2009-01-01</Historie:beginGeldigheid>{ended}</Historie:Voorkomen></Objecten:voorkomen>
 </Objecten:Pand></sl-bag-extract:bagObject></sl:stand>"""


def lvbag(*objects: str) -> str:
    """Return a file of the extract of the BAG."""
    spaces = " ".join(
        f'xmlns:{name}="{address}"'
        for name, address in {
            "Objecten": "www.kadaster.nl/schemas/lvbag/imbag/objecten/v20200601",
            "gml": "http://www.opengis.net/gml/3.2",
            "Historie": "www.kadaster.nl/schemas/lvbag/imbag/historie/v20200601",
            "sl-bag-extract": "http://www.kadaster.nl/schemas/lvbag/extract-deelbestand-lvc/v20200601",
            "sl": "http://www.kadaster.nl/schemas/standlevering-generiek/1.0",
        }.items()
    )
    inside = "".join(objects)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><sl-bag-extract:bagStand {spaces} xsi:schemaLocation="http://www.kadaster.nl/'
        "schemas/lvbag/extract-deelbestand-lvc/v20200601 http://www.kadaster.nl/schemas/bag-verstrekkingen/extract-deelbestand-"
        'lvc/v20200601/BagvsExtractDeelbestandExtractLvc-2.1.0.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<sl:standBestand><sl:dataset>LVBAG</sl:dataset><sl:inhoud><sl:objectTypen>"
        f"<sl:objectType>PND</sl:objectType></sl:objectTypen></sl:inhoud>{inside}</sl:standBestand></sl-bag-extract:bagStand>"
    )


def test_the_extract_of_the_bag_is_read_without_its_history(tmp_path: Path) -> None:
    text = lvbag(
        lvbag_pand("0503100000000001", "Bouw gestart", "2010-05-05"),
        lvbag_pand("0503100000000001", "Pand in gebruik"),
        lvbag_pand("0503100000000002", "Pand gesloopt"),
    )
    with zipfile.ZipFile(tmp_path / "0503PND08112025.zip", "w") as archive:
        archive.writestr("0503PND08112025-000001.xml", text)
    (look,) = looks(tmp_path).values()
    assert (look.name, look.shapes) == ("Pand", "polygon")
    assert look.rows["status"].tolist() == ["Pand in gebruik", "Pand gesloopt"]


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "leeg.gpkg").write_bytes(b"")
    (tmp_path / "rommel.tif").write_bytes(b"\x00\x01\x02")
    (tmp_path / "pagina.geojson").write_text("<html>503</html>")
    (tmp_path / "zin.txt").write_text("een zin\n")
    seen = looks(tmp_path)
    assert all(look.why for look in seen.values())
    assert "the file is empty" in seen["leeg.gpkg"].why
    assert "web page" in seen["pagina.geojson"].why
    assert str(tmp_path) not in " ".join(look.why for look in seen.values())


@pytest.mark.parametrize(
    ("rows", "crs"),
    [
        ("stop_id,stop_lat,stop_lon\n1,52.0,4.36\n", "EPSG:4326"),
        ("stop_id;X;Y\n1;84000;447000\n", "EPSG:28992"),
    ],
)
def test_a_table_with_coordinates_is_points(rows: str, crs: str, tmp_path: Path) -> None:
    (tmp_path / "stops.csv").write_text(rows)
    (look,) = looks(tmp_path).values()
    assert (look.shapes, look.settings.crs) == ("point", crs)
    (point,) = look.source.read(["stop_id"]).geometry
    # the old church of Delft, as both systems have it within some hundred metres
    assert point.distance(shapely.Point(84_000, 447_000)) < 1_500


@pytest.mark.parametrize("zipped", [False, True])
def test_the_stops_of_a_timetable_are_points(zipped: bool, tmp_path: Path) -> None:
    rows = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n1,Kerk,52.0,4.36,0,\n"
    if zipped:
        with zipfile.ZipFile(tmp_path / "gtfs-nl.zip", "w") as archive:
            archive.writestr("stops.txt", rows)
            archive.writestr("routes.txt", "route_id,agency_id\n1,2\n")
    else:
        (tmp_path / "stops.txt").write_text(rows)
    look = next(look for name, look in looks(tmp_path).items() if "stops" in name)
    assert (look.shapes, look.settings.crs) == ("point", "EPSG:4326")
    (point,) = look.source.read(["stop_id"]).geometry
    assert point.distance(shapely.Point(84_000, 447_000)) < 1_500


def test_numbers_that_are_no_coordinates_make_no_points(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,x,y\n1,5,7\n")
    (look,) = looks(tmp_path).values()
    assert look.shapes == "table"


def test_a_table_that_windows_saved_is_read_as_such(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("parcel_id;straat\n7;Coöperatieweg\n".encode("cp1252"))
    (look,) = looks(tmp_path).values()
    assert look.settings.encoding == "cp1252"
    assert look.rows["straat"].tolist() == ["Coöperatieweg"]
    (tmp_path / "t.csv").write_text("parcel_id;straat\n7;Coöperatieweg\n", encoding="utf-8")
    (look,) = looks(tmp_path).values()
    assert look.settings.encoding is None


def test_what_no_encoding_mends_says_why(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("parcel_id;owner\n1;a;b\n")
    (look,) = looks(tmp_path).values()
    assert "line 2" in look.why
    assert look.settings.encoding is None


def test_columns_of_a_csv_keep_their_zeros(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("parcel_id;owner_class\n00012;gemeente\n")
    (look,) = looks(tmp_path).values()
    assert (look.shapes, look.count) == ("table", 1)
    assert look.rows["parcel_id"].tolist() == ["00012"]
    assert look.forms["owner_class"] == {"gemeente"}


def test_geoparquet_says_its_shapes(tmp_path: Path) -> None:
    squares(a=[1, 2]).to_parquet(tmp_path / "p.parquet")
    squares(a=[1]).drop(columns="geometry").to_parquet(tmp_path / "t.parquet")
    seen = looks(tmp_path)
    assert (seen["p.parquet"].shapes, seen["p.parquet"].count) == ("polygon", 2)
    assert seen["p.parquet"].extent == (100_000, 400_000, 100_010, 400_010)
    assert (seen["t.parquet"].shapes, seen["t.parquet"].count) == ("table", 1)
