"""The files for QGIS, as QGIS itself opens them without a screen: what is styled, labelled, grouped and off.

QGIS comes with a Python of its own, so that it is asked in another process, which answers in JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flexruimte import Ranking
from toy_town import X, Y, changed_ruleset, municipalities, parcels, toy_study

MARKUP = '<img src="x"> & Aadorp'

LOOK = """
import json, sys
from qgis.core import *
from qgis.PyQt.QtCore import QSize

app = QgsApplication([], False)
QgsApplication.setPrefixPath("/usr", True)
app.initQgis()
folder, picture = sys.argv[1:]

def style(layer):
    renderer, form = layer.renderer(), layer.editFormConfig()
    labels = layer.labeling().settings() if layer.labelsEnabled() else None
    told = {
        "kind": renderer.type(),
        "attribute": renderer.classAttribute() if renderer.type() == "categorizedSymbol" else None,
        "categories": [[each.value(), each.label(), each.symbol().color().name()] for each in renderer.categories()]
        if renderer.type() == "categorizedSymbol" else [],
        "legend": [item.label() for item in renderer.legendSymbolItems()],
        "label": labels and labels.fieldName,
        "label_priority": bool(labels) and labels.dataDefinedProperties().isActive(QgsPalLayerSettings.Priority),
        "aliases": {field.name(): field.alias() for field in layer.fields()},
        "tabs": {tab.name(): [each.name() for each in tab.children()] for tab in form.tabs() if hasattr(tab, "children")},
        "scale": layer.minimumScale() if layer.hasScaleBasedVisibility() else None,
    }
    first = next(layer.getFeatures(QgsFeatureRequest().setLimit(1)), None)
    if first is not None:
        context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
        context.setFeature(first)
        told["tip"] = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
        told["shown"] = QgsExpression(layer.displayExpression()).evaluate(context)
        counted = {}
        for feature in layer.getFeatures():
            context.setFeature(feature)
            value = QgsExpression(told["attribute"]).evaluate(context) if told["attribute"] else None
            counted[str(value)] = counted.get(str(value), 0) + 1
        told["counted"] = counted
    return told

project = QgsProject.instance()
read = project.read(folder + "/locations.qgs")
root = project.layerTreeRoot()
tree = [[group.name(), group.isVisible(), [[each.name(), each.isVisible(), each.layer() is not None and each.layer().isValid()] for each in group.children()]]
        for group in root.children()]
layers = {layer.source().split("layername=")[1]: layer for layer in project.mapLayers().values()}
seen = [each.layer() for each in root.findLayers() if each.isVisible()]
view = project.viewSettings().defaultViewExtent()

settings = QgsMapSettings()
settings.setLayers(seen)
settings.setDestinationCrs(project.crs())
settings.setExtent(view)
settings.setOutputSize(QSize(600, 600))
job = QgsMapRendererSequentialJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(picture)

alone = QgsVectorLayer(folder + "/locations.gpkg|layername=locations", "alone", "ogr")
others = QgsVectorLayer(folder + "/locations.gpkg|layername=other_parcels", "others", "ogr")
print("JSON" + json.dumps({
    "read": read, "title": project.title(), "crs": project.crs().authid(), "tree": tree,
    "counts": {name: layer.featureCount() for name, layer in layers.items()},
    "crs_of_layers": sorted({layer.crs().authid() for layer in layers.values()}),
    "styles": {name: style(layer) for name, layer in layers.items()},
    "view": [view.xMinimum(), view.yMinimum(), view.xMaximum(), view.yMaximum()],
    "errors": [error.message for error in job.errors()],
    "alone": style(alone), "others": style(others),
}, default=str))
"""


def python_of_qgis() -> str:
    """The Python that has QGIS; skips where there is none."""
    for name in ("/usr/bin/python3", "python3"):
        python = shutil.which(name)
        if python is not None:
            asked = subprocess.run(
                [python, "-c", "import qgis.core"], capture_output=True, check=False, cwd="/"
            )
            if asked.returncode == 0:
                return python
    pytest.skip(
        "no QGIS here; `make test-qgis` installs it, or on Debian: apt-get install python3-qgis"
    )


def opened(ranking: Ranking, folder: Path) -> dict[str, Any]:
    """What QGIS says of the files of a ranking; the map that it draws is `map.png`."""
    python = python_of_qgis()
    files, home = folder / "files moved", folder / "home"
    for each in (folder / "made", home):
        each.mkdir(mode=0o700)
    ranking.to_geopackage(folder / "made" / "locations.gpkg")
    ranking.to_qgis_project(folder / "made" / "locations.qgs")
    (folder / "made").rename(files)  # paths are relative
    told = subprocess.run(
        [python, "-c", LOOK, str(files), str(folder / "map.png")],
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
        timeout=240,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "QT_QPA_PLATFORM": "offscreen",
            "LC_ALL": "C.UTF-8",
        },
    )
    lines = [line for line in told.stdout.splitlines() if line.startswith("JSON")]
    assert lines, told.stderr
    found: dict[str, Any] = json.loads(lines[0].removeprefix("JSON"))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("qgis")


@pytest.fixture(scope="module")
def seen(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    towns, land = municipalities(), parcels()
    towns["naam"] = [MARKUP, *towns["naam"].iloc[1:]]
    land["parcel_id"] = land["parcel_id"].replace({"P02": "P02<b>"})
    study = toy_study(
        tmp_path_factory.mktemp("toy"), municipalities=towns, parcels=land, language="nl"
    )
    return opened(study.rank("A"), folder)


CATEGORIES = [
    ["shortlist", "Kan naar de raad", "#0a4f8f"],
    ["talk", "Eerst in gesprek", "#e69a1c"],
    ["later", "Overige ruimte", "#9aa3a8"],
    ["", "niet gerangschikt: te weinig bekend", "#cbb8d8"],
]


def test_the_project_opens_with_its_groups_and_the_others_off(seen: dict[str, Any]) -> None:
    assert seen["read"] is True
    assert seen["title"] == f"Toy town: {MARKUP}"
    assert seen["tree"] == [
        ["Woningen", True, [["Verkaveling", True, True]]],
        ["Locaties", True, [["Bruikbaar deel", True, True], ["Percelen van de locaties", True, True]]],
        ["Overige percelen", True, [["Percelen die afvallen", False, True]]],
    ]  # fmt: skip
    assert seen["crs"] == "EPSG:28992"
    assert seen["crs_of_layers"] == ["EPSG:28992"]
    counts = seen["counts"]
    assert (counts["locations"], counts["buildable"], counts["other_parcels"]) == (8, 8, 4)


@pytest.mark.parametrize("layer", ["locations", "buildable"])
def test_layers_are_coloured_by_class_with_words_in_the_legend(
    seen: dict[str, Any], layer: str
) -> None:
    style = seen["styles"][layer]
    assert (style["kind"], style["attribute"]) == ("categorizedSymbol", "priority")
    assert style["categories"] == CATEGORIES
    assert style["legend"] == [label for _, label, _ in CATEGORIES]
    assert style["counted"] == {"shortlist": 1, "talk": 3, "later": 2, "NULL": 2}


def test_ranks_are_labels_the_best_first(seen: dict[str, Any]) -> None:
    assert seen["styles"]["locations"]["label"] == "rank"
    assert seen["styles"]["locations"]["label_priority"] is True
    assert seen["styles"]["buildable"]["label"] is None


def test_fields_have_titles_and_stand_in_groups(seen: dict[str, Any]) -> None:
    style = seen["styles"]["locations"]
    assert list(style["tabs"]) == [
        "Voorrang", "Score", "Geschiktheid", "Termijn", "Grond en woningen", "Wat nog open is",
        "Om mee te rekenen",
    ]  # fmt: skip
    grouped = [name for names in style["tabs"].values() for name in names]
    assert sorted([*grouped, "fid"]) == sorted(style["aliases"])
    assert style["tabs"]["Termijn"] == ["term_years", "term_start", "term_end"]
    assert style["aliases"]["priority_label"] == "Voorrang"
    assert style["aliases"]["suitability_students"] == "Geschikt: Studenten"
    assert all(alias for name, alias in style["aliases"].items() if name != "fid")


def test_a_geopackage_by_itself_has_the_same_styles(seen: dict[str, Any]) -> None:
    assert seen["alone"] == seen["styles"]["locations"]
    assert seen["others"] == seen["styles"]["other_parcels"]


def test_what_excludes_a_parcel_is_said_where_the_pointer_rests(seen: dict[str, Any]) -> None:
    tip = seen["styles"]["other_parcels"]["tip"]
    assert "P02&lt;b>" in tip
    assert "Bebouwd: 37%." in tip
    assert seen["styles"]["other_parcels"]["shown"] == "P02<b>"
    tip = seen["styles"]["locations"]["tip"]
    assert "&lt;img src=" in tip
    assert "<img" not in tip
    assert "Voorrang: Kan naar de raad." in tip


def test_layouts_are_seen_from_near_alone(seen: dict[str, Any]) -> None:
    assert seen["styles"]["layout"]["scale"] == 7500
    assert "module" in seen["styles"]["layout"]["legend"]


def test_the_locations_are_drawn_where_they_are(seen: dict[str, Any], folder: Path) -> None:
    assert seen["view"] == [X - 20, Y - 20, X + 420, Y + 320]
    assert seen["errors"] == []
    picture = Image.open(folder / "map.png").convert("RGB")
    # 600 points show 440 m, with what is above and below the 340 m of the view
    metres = 440 / 600

    def colour_at(x: float, y: float) -> tuple[int, int, int]:
        found = picture.getpixel((int((x + 20) / metres), int(300 - (y - 150) / metres)))
        assert isinstance(found, tuple)
        return found[0], found[1], found[2]

    def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        return max(abs(each - same) for each, same in zip(one, other, strict=True)) < 40

    assert near(colour_at(215, 15), (0x0A, 0x4F, 0x8F))  # P03, the shortlist
    assert near(colour_at(385, 285), (0xE6, 0x9A, 0x1C))  # P12
    assert colour_at(150, 30) == (255, 255, 255)  # P02 is excluded, and off


def test_without_classes_the_score_is_coloured_in_english(tmp_path: Path) -> None:
    ruleset = changed_ruleset().model_copy(update={"priorities": {}})
    (tmp_path / "toy").mkdir()
    ranking = toy_study(tmp_path / "toy", ruleset=ruleset, language="en").rank("A")
    found = opened(ranking, tmp_path)
    style = found["styles"]["locations"]
    assert [label for _, label, _ in style["categories"]] == [
        "80-100", "60-80", "40-60", "20-40", "0-20", "not ranked: too little is known",
    ]  # fmt: skip
    steps = [f"{int(score // 20 * 20)}" for score in ranking.locations["score"].dropna().head(6)]
    expected = {step: steps.count(step) for step in steps}
    assert {name: count for name, count in style["counted"].items() if name} == expected
    assert found["tree"][1][0] == "Locations"


def test_nobody_listed_still_opens(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    study = toy_study(tmp_path / "toy").changed(placement={"required_years": 50})
    found = opened(study.rank("A"), tmp_path)
    assert found["read"] is True
    assert all(valid for _, _, layers in found["tree"] for _, _, valid in layers)
