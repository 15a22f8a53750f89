"""The fields of a service against those of the catalogue."""

from __future__ import annotations

import pyarrow as pa
import pytest

from flexruimte import SourceError
from flexruimte.evidence.fetching.fields import (
    check_fields,
    fields_asked,
    type_of_json,
    type_of_xsd,
)
from sample_services import service

PANDEN = service(
    protocol="ogcapi",
    address="https://example.org/bag",
    id="identificatie",
    fields={"status": "status", "bouwjaar": "bouwjaar"},
    where={"status": ["Pand in gebruik"]},
    where_not={"soort": ["x"]},
)


def test_all_fields_that_are_looked_at_are_asked_for_once() -> None:
    assert fields_asked(PANDEN) == ["status", "bouwjaar", "identificatie", "soort"]


def test_a_renamed_field_is_named_with_the_one_it_became() -> None:
    known = dict.fromkeys(["identificatie", "pandStatus", "bouw_jaar", "soort"])
    with pytest.raises(SourceError) as error:
        check_fields(PANDEN, known, "bag_pand")
    assert str(error.value) == (
        "bag_pand: https://example.org/bag has no field 'status' (it has 'pandStatus'), 'bouwjaar' (it has 'bouw_jaar'); "
        "correct `fields` of the dataset in a catalogue of your own"
    )


def test_a_field_like_none_is_told_with_all_there_are() -> None:
    with pytest.raises(SourceError, match=r"has no field 'status'.*\(it has a, b\)"):
        check_fields(
            service(protocol="wfs", address="x", fields={"s": "status"}),
            {"a": None, "b": None},
            "x",
        )


def test_what_does_not_say_its_fields_is_not_refused() -> None:
    check_fields(PANDEN, {}, "x")
    # An own id is no field.
    check_fields(service(protocol="wfs", address="x", id="id", fields={"a": "a"}), {"a": None}, "x")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"type": "string", "format": "date"}, pa.large_string()),
        ({"type": ["null", "number"]}, pa.float64()),
        ({"type": ["string", "number"]}, None),
        ({"$ref": "x"}, None),
        ("x", None),
    ],
)
def test_types_of_json(said: object, kind: pa.DataType | None) -> None:
    assert type_of_json(said) == kind


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("xs:date", pa.large_string()),
        ("decimal", pa.float64()),
        ("xsd:long", pa.int64()),
        ("gml:SurfacePropertyType", None),
    ],
)
def test_types_of_xsd(said: str, kind: pa.DataType | None) -> None:
    assert type_of_xsd(said) == kind
