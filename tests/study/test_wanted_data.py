"""What a study wants of the catalogue, and how far around its parcels."""

from __future__ import annotations

from pathlib import Path

import pytest

from flexruimte import StudyError
from flexruimte.evidence.catalogue.model import Catalogue
from flexruimte.rules.study_file import StudyFile
from flexruimte.study.wanted_data import WantedTable, wanted_tables
from sample_services import dataset, service

SERVED = service(protocol="ogcapi", address="https://example.org", layer="x")
CATALOGUE = Catalogue(
    datasets={
        "towns": dataset(SERVED, serves="municipalities"),
        "parcels": dataset(SERVED, serves="parcels"),
        "natura2000": dataset(SERVED),
        "rivm_netkaart": dataset(SERVED),
        "ahn_dtm": dataset(
            service(protocol="wcs", address="https://example.org", layer="x", resolution_m=5)
        ),
        "wur_ghg": dataset(service(protocol="wcs", address="https://example.org", layer="x")),
    }
)


def wanted(layers: dict[str, dict[str, object]], **study: object) -> dict[str, WantedTable]:
    file = StudyFile.model_validate(
        {
            "study": {"name": "x", "as_of": "2026-01-01", **study},
            "parcels": {"source": "data/p.gpkg", "dataset": "parcels", "id": "id"},
            "municipalities": {
                "source": "data/m.gpkg",
                "dataset": "towns",
                "code": "code",
                "name": "naam",
            },
            "layers": layers,
        }
    )
    found = wanted_tables(file, Path("/study"), Path("/study"), CATALOGUE, ["GM0363"])
    return {table.table: table for table in found}


def test_municipalities_come_first_then_parcels_then_layers_that_name_a_dataset() -> None:
    found = wanted(
        {
            "nnn": {"source": "mine.gpkg"},
            "natura2000": {"source": "data/n.gpkg", "dataset": "natura2000"},
        }
    )
    assert list(found) == ["municipalities", "parcels", "natura2000"]
    assert found["natura2000"].target == Path("/study/data/n.gpkg")
    assert found["natura2000"].unanswered[:1] == ("natura2000",)


def test_a_layer_is_wanted_as_far_as_its_rules_read_it() -> None:
    found = wanted(
        {
            "natura2000": {"source": "n.gpkg", "dataset": "natura2000"},
            "rivm_netkaart": {"source": "r.gpkg", "dataset": "rivm_netkaart"},
            "ahn_dtm": {"source": "a.tif", "dataset": "ahn_dtm"},
            "wur_ghg": {"source": "w.tif", "dataset": "wur_ghg"},
        }
    )
    # `nitrogen` measures the distance to Natura 2000 up to 25 km; a metre for rounding.
    assert found["natura2000"].reach_m == 25_001
    # A zone that the line itself states is not known beforehand.
    assert found["rivm_netkaart"].reach_m == 1001
    # Two cells, of 5 m; of a size that is not stated, at most 100 m.
    assert (found["ahn_dtm"].is_raster, found["ahn_dtm"].reach_m) == (True, 10)
    assert found["wur_ghg"].reach_m == 200


def test_a_municipality_s_own_rules_may_reach_farther(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'extends = "flexwonen-nl"\nname = "own"\nversion = "1"\ntitle = { nl = "x", en = "x" }\n[municipalities.GM0363.rules.natura2000]\ndistance_m = 40000\n'
    )
    found = wanted(
        {"natura2000": {"source": "n.gpkg", "dataset": "natura2000"}},
        ruleset=str(tmp_path / "own.toml"),
    )
    assert found["natura2000"].reach_m == 40_001


def test_a_dataset_that_is_not_there() -> None:
    with pytest.raises(
        StudyError,
        match=r"\[natura2000\] dataset 'natura200' is not in the catalogue; did you mean 'natura2000'",
    ):
        wanted({"natura2000": {"source": "n.gpkg", "dataset": "natura200"}})


def test_a_layer_that_the_ruleset_does_not_know() -> None:
    with pytest.raises(StudyError, match="knows no such layer; did you mean 'natura2000'"):
        wanted({"natura200": {"source": "n.gpkg", "dataset": "natura2000"}})


@pytest.mark.parametrize(
    "source",
    ["https://example.org/x.gpkg", "/elsewhere/x.gpkg", "/vsizip/x.zip", "s3://bucket/x.gpkg"],
)
def test_what_is_no_file_of_the_study_cannot_be_fetched_to(source: str) -> None:
    with pytest.raises(
        StudyError, match="cannot be fetched to: write a path relative to the study"
    ):
        wanted({"natura2000": {"source": source, "dataset": "natura2000"}})


def test_one_source_of_two_datasets_is_refused_and_of_one_is_one() -> None:
    with pytest.raises(StudyError, match="have one source and two datasets"):
        wanted({"natura2000": {"source": "data/p.gpkg", "dataset": "natura2000"}})


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("parcels", r"\[natura2000\] dataset 'parcels' serves parcels; did you mean 'natura2000'"),
        ("rivm_netkaart", 'is that of another layer; write dataset = "natura2000"'),
    ],
)
def test_a_layer_is_not_made_of_something_else(key: str, why: str) -> None:
    with pytest.raises(StudyError, match=why):
        wanted({"natura2000": {"source": "n.gpkg", "dataset": key}})


def test_parcels_are_not_made_of_a_layer() -> None:
    file = StudyFile.model_validate(
        {
            "study": {"name": "x", "as_of": "2026-01-01"},
            "parcels": {"source": "data/p.gpkg", "dataset": "natura2000", "id": "id"},
            "municipalities": {"source": "data/m.gpkg", "code": "code", "name": "naam"},
            "layers": {},
        }
    )
    with pytest.raises(StudyError, match=r"\[parcels\] dataset 'natura2000' serves layer; known"):
        wanted_tables(file, Path("/study"), Path("/study"), CATALOGUE, [])


def test_a_layer_without_a_dataset_of_its_own_may_be_made_of_another() -> None:
    found = wanted({"stadsgezichten": {"source": "n.gpkg", "dataset": "natura2000"}})
    assert found["stadsgezichten"].dataset_key == "natura2000"


@pytest.mark.parametrize(
    ("layer", "source", "why"),
    [
        ("natura2000", "data/n.parquet", "is fetched as GeoPackage; let its name end in .gpkg"),
        ("natura2000", "data", "is fetched as GeoPackage; let its name end in .gpkg"),
        ("ahn_dtm", "data/ahn.gpkg", "is fetched as GeoTIFF; let its name end in .tif"),
    ],
)
def test_a_name_does_not_promise_another_format(layer: str, source: str, why: str) -> None:
    with pytest.raises(StudyError, match=why):
        wanted({layer: {"source": source, "dataset": layer}})
