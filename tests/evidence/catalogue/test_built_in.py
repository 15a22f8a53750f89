"""The catalogue that ships: every entry by existing, and the list of municipalities by what CBS counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import flexruimte
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.rules.files import load_ruleset

CATALOGUE = read_catalogue()
RULESET = load_ruleset("flexwonen-nl")
SERVICES = [
    pytest.param(key, service, id=f"{key}-{number}")
    for key, dataset in CATALOGUE.datasets.items()
    for number, service in enumerate(dataset.services)
]
PAGED = ("ogcapi", "wfs", "arcgis")


def test_every_layer_of_the_ruleset_has_an_entry_and_no_other() -> None:
    layers = {key for key, dataset in CATALOGUE.datasets.items() if dataset.serves == "layer"}
    assert layers == set(RULESET.layers)


def test_there_is_one_dataset_of_parcels_and_one_of_municipalities() -> None:
    served = Counter(dataset.serves for dataset in CATALOGUE.datasets.values())
    assert (served["parcels"], served["municipalities"]) == (1, 1)
    for service in CATALOGUE.datasets["gemeentegebied"].services:
        assert set(service.fields) == {"code", "naam"}
    for service in CATALOGUE.datasets["brk_perceel"].services:
        assert next(iter(service.fields)) == "identificatie_lokaal_id"


@pytest.mark.parametrize("key", sorted(CATALOGUE.datasets))
def test_who_is_not_fetched_says_whom_to_ask(key: str) -> None:
    dataset = CATALOGUE.datasets[key]
    assert dataset.fetched or dataset.ask is not None


@pytest.mark.parametrize("key", sorted(RULESET.layers))
def test_where_silence_means_nothing_it_is_no_evidence(key: str) -> None:
    dataset, spec = CATALOGUE.datasets[key], RULESET.layers[key]
    if dataset.silence.en.startswith("Nothing:"):
        assert spec.fills or spec.geometry in ("raster", "table") or not dataset.complete


@pytest.mark.parametrize(("key", "service"), SERVICES)
def test_fields_are_those_of_the_ruleset(key: str, service: Service) -> None:
    dataset = CATALOGUE.datasets[key]
    if dataset.serves != "layer":
        return
    spec = RULESET.layers[key]
    given = {*service.fields, *service.constants}
    assert given <= set(spec.fields)
    asked = {*RULESET.fields_in_use(key), *spec.rows}
    assert {name for name in asked if not spec.field(name).optional} <= given
    assert {*service.values, *service.missing} <= given
    if spec.geometry not in ("raster", "table"):
        assert spec.id in given


@pytest.mark.parametrize(("key", "service"), SERVICES)
def test_words_are_those_of_the_code_lists(key: str, service: Service) -> None:
    dataset = CATALOGUE.datasets[key]
    spec = RULESET.layers.get(key)
    said = [
        *((field, word) for field, words in service.values.items() for word in words.values()),
        *service.constants.items(),
    ]
    for field, word in said:
        assert dataset.serves == "layer"
        assert spec is not None
        known = spec.field(field)
        assert known.values is None or known.knows(known.canonical(word)), (field, word)


@pytest.mark.parametrize(("key", "service"), SERVICES)
def test_a_service_can_be_asked(key: str, service: Service) -> None:
    address = urlsplit(service.address)
    assert address.scheme == "https"
    assert not address.query
    assert address.username is None
    assert address.password is None
    raster = key in RULESET.layers and RULESET.layers[key].geometry == "raster"
    if raster:
        assert service.protocol in ("wcs", "download")
        assert service.resolution_m is not None
    else:
        assert service.protocol != "wcs"
        assert service.id is not None
    if service.protocol in (*PAGED, "wcs"):
        assert service.layer is not None or service.protocol == "arcgis"
        assert service.crs == "EPSG:28992"
    assert service.cycle
    assert service.attribution


@pytest.mark.parametrize(("key", "service"), SERVICES)
def test_what_was_not_confirmed_says_so(key: str, service: Service) -> None:
    said = "ot confirmed" in service.confirmed or "not seen" in service.confirmed
    assert said if service.confidence == "low" else "ot confirmed" not in service.confirmed


def test_versions_of_one_bgt_object_are_not_taken_for_one() -> None:
    bgt = [dataset for key, dataset in CATALOGUE.datasets.items() if key.startswith("bgt_")]
    assert len(bgt) == 7
    assert {service.id for dataset in bgt for service in dataset.services} == {"id"}


@pytest.mark.parametrize(
    "key", [key for key, dataset in CATALOGUE.datasets.items() if dataset.template]
)
def test_a_table_to_fill_in_has_the_columns_that_are_read(key: str) -> None:
    spec, template = RULESET.layers[key], CATALOGUE.datasets[key].template
    assert set(RULESET.fields_in_use(key)) <= set(template)
    assert set(template) <= {*spec.fields, "parcel_id", "kind", "x", "y", "WKT"}
    assert ("parcel_id" in template) == (spec.geometry == "table")


def test_no_address_stands_in_code() -> None:
    hosts = {
        urlsplit(service.address).hostname or ""
        for dataset in CATALOGUE.datasets.values()
        for service in dataset.services
    }
    assert len(hosts) > 10
    for path in Path(flexruimte.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [host for host in hosts if host in text], path


def test_municipalities_are_as_many_as_cbs_counted() -> None:
    """The totals of 1 January are CBS's; the list itself comes from elsewhere."""
    known = CATALOGUE.municipalities
    ended = {code: one.until for code, one in known.items() if one.until is not None}
    made = {
        successor: min(known[code].until or "" for code in ended if successor in known[code].into)
        for code in ended
        for successor in known[code].into
        if successor >= "GM1892"  # the codes that were given from 2010 on
    }
    counted = {
        2009: 441, 2010: 431, 2011: 418, 2012: 415, 2013: 408, 2014: 403, 2015: 393, 2016: 390,
        2017: 388, 2018: 380, 2019: 355, 2020: 355, 2021: 352, 2022: 345, 2023: 342, 2026: 342,
    }  # fmt: skip
    for year, total in counted.items():
        day = f"{year}-01-01"
        there = [
            code for code in known if str(made.get(code, "0")) <= day < str(ended.get(code, "9999"))
        ]
        assert len(there) == total, year


def test_municipalities_of_each_province_are_as_many_as_cbs_counted() -> None:
    now = Counter(one.province for one in CATALOGUE.municipalities.values() if one.until is None)
    assert now == {
        "Groningen": 10, "Fryslân": 18, "Drenthe": 12, "Overijssel": 25, "Flevoland": 6, "Gelderland": 51,
        "Utrecht": 26, "Noord-Holland": 44, "Zuid-Holland": 50, "Zeeland": 13, "Noord-Brabant": 56, "Limburg": 31,
    }  # fmt: skip
