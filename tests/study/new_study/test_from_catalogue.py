"""A study of a municipality has all that can be fetched, and says why the rest is left out."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from flexruimte.assessment.question import layers_in_use
from flexruimte.errors import CatalogueError
from flexruimte.evidence.catalogue.model import Catalogue
from flexruimte.evidence.catalogue.municipalities import find_municipality
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.evidence.judged_rows import read_judged_rows
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.sources import open_source
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.study_file import StudyFile, read_study_file
from flexruimte.study.new_study.draft import StudyDraft, study_text
from flexruimte.study.new_study.from_catalogue import draft_from_catalogue
from flexruimte.study.new_study.writing import write_study

CATALOGUE = read_catalogue()
RULESET = load_ruleset("flexwonen-nl")
DAY = dt.date(2026, 11, 30)


def draft(*names: str, catalogue: Catalogue = CATALOGUE, **settings: Any) -> StudyDraft:
    found = [find_municipality(catalogue, name) for name in names]
    return draft_from_catalogue(catalogue, RULESET, found, as_of=DAY, **settings)


def written(folder: Path, plan: StudyDraft) -> StudyFile:
    path = folder / "study.toml"
    path.write_text(study_text(plan), encoding="utf-8")
    return read_study_file(path)


def test_it_reads_back(tmp_path: Path) -> None:
    file = written(tmp_path, draft("Delft", "Den Haag"))
    assert file.study.gemeenten == ["GM0503", "GM0518"]
    assert file.study.name == "Delft en 's-Gravenhage"
    assert file.study.as_of == DAY
    assert (file.parcels.dataset, file.parcels.id) == ("brk_perceel", "identificatie_lokaal_id")
    assert (file.municipalities.code, file.municipalities.name) == ("code", "naam")
    for key, layer in file.layers.items():
        raster = RULESET.layers[key].geometry == "raster"
        assert layer.source == f"data/{key}.{'tif' if raster else 'gpkg'}"
        assert layer.dataset == key
        assert layer.fields == {}, "what is fetched has the names of the ruleset"


def test_every_layer_that_is_needed_is_fetched_or_left_out_with_a_reason(tmp_path: Path) -> None:
    plan = draft("Delft")
    file = written(tmp_path, plan)
    needed = {
        key for key in layers_in_use(RULESET, frozenset()) if not RULESET.layers[key].optional
    }
    assert set(file.layers) | set(file.study.not_assessed) == needed | set(file.layers)
    assert not set(file.layers) & set(file.study.not_assessed)
    for key in file.study.not_assessed:
        assert "Zonder blijft onbekend: " in plan.not_assessed[key], key


def test_what_is_not_known_without_it_is_told_by_the_titles_of_its_rules() -> None:
    reason = draft("Delft", language="en").not_assessed["lib_luchtvaart"]
    assert reason.startswith("Airport restriction zones (LIB): Ask the Ministry of Infrastructure")
    assert "zones 3 and 4; " in reason.partition("Without it is not known: ")[2]


def test_an_absence_is_evidence_where_the_service_has_the_whole_country(tmp_path: Path) -> None:
    layers = written(tmp_path, draft("Delft")).layers
    assert layers["natura2000"].coverage == "complete"
    assert layers["bbg"].coverage == "auto", "it fills the country"
    assert layers["bro_sld"].coverage == "auto", "no decision is not clean ground"
    assert layers["bgt_functioneelgebied"].coverage == "auto", "it is filled by who wants to"
    assert layers["ahn_dtm"].coverage == "auto", "a raster speaks of its valid cells"


def test_what_led_to_another_municipality_is_told() -> None:
    assert draft("Boxmeer", language="en").head[1] == (
        "Boxmeer (GM0756) went into Land van Cuijk (GM1982) on 2022-01-01."
    )


def test_a_municipality_that_is_named_twice_is_asked_for_once() -> None:
    assert draft("Weesp", "Amsterdam").gemeenten == ["GM0363"]


def test_a_dataset_that_is_not_confirmed_is_proposed_and_not_assumed() -> None:
    plan = draft("Delft")
    assert plan.layers["liwo_maxdiepte"].settings == {}
    assert "liwo_maxdiepte" in plan.not_assessed
    text = study_text(plan)
    assert '#[layers.liwo_maxdiepte]\n#dataset = "liwo_maxdiepte"\n' in text


def test_a_dataset_that_may_not_be_copied_is_left_out_with_its_licence() -> None:
    nature = CATALOGUE.datasets["natura2000"]
    services = [each.model_copy(update={"may_be_fetched": False}) for each in nature.services]
    datasets = CATALOGUE.datasets | {"natura2000": nature.model_copy(update={"services": services})}
    plan = draft(
        "Delft", catalogue=CATALOGUE.model_copy(update={"datasets": datasets}), language="en"
    )
    assert "natura2000" not in plan.layers
    why = plan.not_assessed["natura2000"]
    assert why.startswith(f"Natura 2000: the licence of {services[0].address} (CC0) forbids")


def test_a_layer_that_the_catalogue_lacks_is_left_out() -> None:
    datasets = {key: each for key, each in CATALOGUE.datasets.items() if key != "natura2000"}
    lacking = CATALOGUE.model_copy(update={"datasets": datasets})
    plan = draft("Delft", catalogue=lacking, language="en")
    assert plan.not_assessed["natura2000"].startswith(
        "Natura 2000: the catalogue does not have this layer."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"brk_perceel": None}, "0 datasets that can be fetched as parcels; a study needs one"),
        ({"gemeentegebied": {"services": []}}, "0 datasets that can be fetched as municipalities"),
        ({"bag_pand": {"serves": "parcels"}}, "2 datasets .* as parcels: brk_perceel, bag_pand"),
        (
            {"gemeentegebied": {"fields": {"naam": "naam"}}},
            r"\[datasets.gemeentegebied\] serves municipalities and its fields are naam; give it "
            "code and naam",
        ),
    ],
)
def test_a_study_needs_parcels_and_municipalities(changes: dict[str, Any], said: str) -> None:
    datasets = dict(CATALOGUE.datasets)
    for key, change in changes.items():
        if change is None:
            del datasets[key]
            continue
        fields = change.pop("fields", None)
        if fields is not None:
            first = datasets[key].services[0].model_copy(update={"fields": fields})
            change["services"] = [first]
        datasets[key] = datasets[key].model_copy(update=change)
    with pytest.raises(CatalogueError, match=said):
        draft("Delft", catalogue=CATALOGUE.model_copy(update={"datasets": datasets}))


ROWS = {
    "eigendom": "P1;gemeente",
    "gebruiksafspraken": "P1;pacht;2030-01-01;",
    "woningbouwplannen": 'A;Plan A;1A;2031;Flexwoningen;"POLYGON ((84000 446000, 84100 446000, 84100 446100, 84000 446000))"',
    "veehouderij": "A;varkens;ja;84000;446000",
}
"""One row of each table to fill in."""


def test_every_table_to_fill_in_is_tried() -> None:
    assert set(ROWS) == set(draft("Delft").to_fill)


@pytest.mark.parametrize("key", sorted(ROWS))
def test_a_table_that_was_filled_in_is_read_once_its_marks_are_gone(
    tmp_path: Path, key: str
) -> None:
    write_study(draft("Delft"), tmp_path)
    table = tmp_path / "to_fill" / f"{key}.csv"
    table.write_text(table.read_text() + ROWS[key] + "\n", encoding="utf-8")
    path = tmp_path / "study.toml"
    lines, inside = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        inside = line == f"#[layers.{key}]" or (inside and line.startswith("#"))
        lines.append(line.removeprefix("#") if inside else line)
    text = re.sub(rf'^ *"{key}",\n', "", "\n".join(lines) + "\n", flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    file = read_study_file(path)
    assert key not in file.study.not_assessed
    spec = RULESET.layers[key]
    source = open_source(key, file.layers[key], tmp_path, geometry=spec.geometry)
    fields = RULESET.fields_in_use(key)
    if spec.geometry == "table":
        assert len(load_table(key, spec, source, fields).rows) == 1
        return
    rows = read_judged_rows(spec, source, fields, (83000.0, 445000.0, 85000.0, 447000.0))
    assert rows.ids.tolist() == ["A"]
    assert rows.shapes[0].geom_type == {"polygon": "Polygon", "point": "Point"}[spec.geometry]
