"""locations.qgs as text; `tests/qgis` opens it in QGIS itself."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from flexruimte import Ranking
from flexruimte.results.qgis_project import write_qgis_project
from toy_town import X, Y, municipalities, toy_study


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    towns = municipalities()
    towns["naam"] = ['<b> & "Aa\x07dorp" 🏠', *towns["naam"].iloc[1:]]
    return toy_study(tmp_path_factory.mktemp("toy"), municipalities=towns, language="nl").rank("A")


@pytest.fixture(scope="module")
def project(ranking: Ranking, tmp_path_factory: pytest.TempPathFactory) -> ElementTree.Element:
    path = tmp_path_factory.mktemp("project") / "mine.qgs"
    ranking.to_qgis_project(path)
    return ElementTree.parse(path).getroot()


def test_groups_from_the_top_down_and_what_is_off(project: ElementTree.Element) -> None:
    tree = [
        (group.get("name"), [(each.get("name"), each.get("checked")) for each in group])
        for group in project.findall("layer-tree-group/layer-tree-group")
    ]
    assert tree == [
        ("Woningen", [("Verkaveling", "Qt::Checked")]),
        ("Locaties", [
            ("Bruikbaar deel", "Qt::Checked"), ("Percelen van de locaties", "Qt::Checked"),
        ]),
        ("Overige percelen", [("Percelen die afvallen", "Qt::Unchecked")]),
    ]  # fmt: skip


def test_every_layer_is_in_the_file_of_the_same_name_beside_it(
    project: ElementTree.Element,
) -> None:
    sources = {each.findtext("datasource") for each in project.findall("projectlayers/maplayer")}
    assert sources == {
        f"./mine.gpkg|layername={name}"
        for name in ("locations", "buildable", "layout", "other_parcels")
    }
    ids = {each.findtext("id") for each in project.findall("projectlayers/maplayer")}
    assert ids == {each.get("id") for each in project.iter("layer-tree-layer")}
    # QGIS gives a layer with ten characters or less another id.
    assert min(map(len, filter(None, ids))) > 10


def test_what_is_seen_at_first_are_the_locations(project: ElementTree.Element) -> None:
    extent = {each.tag: float(each.text or 0) for each in project.find("mapcanvas/extent") or ()}
    # P01 to P12 without the excluded: x 0-400, y 0-300; and a twentieth of 400 m around it
    assert extent == {"xmin": X - 20, "ymin": Y - 20, "xmax": X + 420, "ymax": Y + 320}


def test_a_name_with_markup_and_what_xml_has_not_is_text(project: ElementTree.Element) -> None:
    assert project.get("projectname") == 'Toy town: <b> & "Aa?dorp" 🏠'


def test_the_same_locations_give_the_same_bytes(ranking: Ranking, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        ranking.to_qgis_project(tmp_path / name / "a.qgs")
    assert (tmp_path / "one/a.qgs").read_bytes() == (tmp_path / "two/a.qgs").read_bytes()


def test_nobody_listed_looks_at_all_parcels(ranking: Ranking, tmp_path: Path) -> None:
    content = ranking.content()
    nobody = content.locations.iloc[:0]
    path = tmp_path / "none.qgs"
    write_qgis_project(nobody, content.others, content.layout, content.summary, path)
    extent = ElementTree.parse(path).getroot().find("mapcanvas/extent")
    # P02 to P11: x 100-300, y 0-300, and 15 m
    assert extent is not None
    assert extent.findtext("xmin") == f"{X + 85:.1f}"
    write_qgis_project(nobody, content.others.iloc[:0], content.layout, content.summary, path)
    assert ElementTree.parse(path).getroot().find("mapcanvas/extent") is None
