"""What a catalogue may say, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from flexruimte.evidence.catalogue.model import Catalogue, Dataset, Service

SERVICE: dict[str, Any] = {
    "protocol": "ogcapi",
    "address": "https://example.org/ogc",
    "licence": "CC0",
    "confirmed": "a test",
    "confirmed_on": "2026-11-30",
    "confidence": "high",
}
DATASET: dict[str, Any] = {
    "title": {"nl": "Iets", "en": "Something"},
    "silence": {"nl": "niets", "en": "nothing"},
    "services": [SERVICE],
}


def dataset(**changes: Any) -> Dataset:
    return Dataset.model_validate({**DATASET, **changes})


def services(*confidences: str, **changes: Any) -> list[dict[str, Any]]:
    return [{**SERVICE, "confidence": confidence, **changes} for confidence in confidences]


def test_without_a_service_it_says_whom_to_ask() -> None:
    with pytest.raises(ValidationError, match="does not say in `ask` whom to ask"):
        dataset(services=[])
    assert not dataset(services=[], ask={"nl": "Vraag", "en": "Ask"}).fetched


@pytest.mark.parametrize(
    ("given", "fetched"),
    [
        (services("high"), True),
        (services("low", "medium"), True),
        (services("low", "low"), False),
        (services("high", may_be_fetched=False), False),
    ],
)
def test_it_is_fetched_where_a_service_was_seen_to_work(
    given: list[dict[str, Any]], fetched: bool
) -> None:
    assert dataset(services=given).fetched is fetched


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="licens"):
        Service.model_validate({**SERVICE, "licens": "CC0"})


@pytest.mark.parametrize(
    ("municipality", "said"),
    [
        ({"GM1": {"name": "A"}}, "'GM1' is no code"),
        ({"GM0001": {"name": "A", "until": "2020-01-01"}}, "belong together"),
        ({"GM0001": {"name": "A", "into": ["GM0001"]}}, "belong together"),
        (
            {"GM0001": {"name": "A", "until": "2020-01-01", "into": ["GM0002"]}},
            "GM0001 went into GM0002, which is not in the list",
        ),
    ],
)
def test_a_list_of_municipalities_is_whole(municipality: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Catalogue.model_validate({"municipalities": municipality})


@pytest.mark.parametrize("protocol", ["ogcapi", "wfs"])
@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "EPSG:4258", "urn:ogc:def:crs:EPSG::4326", "EPSG:3035"]
)
def test_pages_are_not_asked_where_north_comes_first(protocol: str, crs: str) -> None:
    with pytest.raises(ValidationError, match='ask for crs = "EPSG:28992"'):
        Service.model_validate({**SERVICE, "protocol": protocol, "crs": crs})


@pytest.mark.parametrize(
    ("protocol", "crs"), [("wfs", "OGC:CRS84"), ("ogcapi", "EPSG:28992"), ("download", "EPSG:3035")]
)
def test_where_east_comes_first_or_gdal_knows_it_is_asked(protocol: str, crs: str) -> None:
    assert Service.model_validate({**SERVICE, "protocol": protocol, "crs": crs}).crs == crs


def test_a_crs_that_nobody_knows() -> None:
    with pytest.raises(ValidationError, match="PROJ does not know the crs 'RD'"):
        Service.model_validate({**SERVICE, "protocol": "wfs", "crs": "RD"})
