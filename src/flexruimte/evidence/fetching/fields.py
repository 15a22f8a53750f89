"""The fields of a service, held against the catalogue before anything is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import pyarrow as pa

from flexruimte.errors import SourceError, enumerate_some, nearest_name
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.sources.base import plain_name

__all__ = ["OWN_ID", "FieldTypes", "check_fields", "fields_asked", "type_of_json", "type_of_xsd"]

FieldTypes: TypeAlias = Mapping[str, pa.DataType | None]
"""By the service's field its type; None where the service does not say it."""

OWN_ID: Final = "id"
"""Where no field is called so, it is the feature's own id."""
_JSON: Final = {
    "string": pa.large_string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
_XSD_WHOLE: Final = (
    "integer",
    "int",
    "long",
    "short",
    "byte",
    "nonNegativeInteger",
    "positiveInteger",
)
_XSD_NUMBER: Final = ("double", "decimal", "float")


def type_of_json(said: Any) -> pa.DataType | None:
    """Return the type that a JSON Schema says a property has; None where it says none, or several.

    Dates are text, as JSON has no other.

    Examples
    --------
    >>> type_of_json({"type": ["integer", "null"]}), type_of_json({"type": "array"}) is None
    (DataType(int64), True)
    """
    named = said.get("type") if isinstance(said, Mapping) else None
    kinds = [kind for kind in (named if isinstance(named, list) else [named]) if kind != "null"]
    return _JSON.get(kinds[0]) if len(kinds) == 1 and isinstance(kinds[0], str) else None


def type_of_xsd(named: str) -> pa.DataType | None:
    """Return the type that an XML Schema says an element has; None for what is no plain value.

    Examples
    --------
    >>> type_of_xsd("xsd:int"), type_of_xsd("string"), type_of_xsd("gml:PointPropertyType")
    (DataType(int64), DataType(large_string), None)
    """
    prefix, _, name = named.rpartition(":")
    if name in _XSD_WHOLE:
        return pa.int64()
    if name in _XSD_NUMBER:
        return pa.float64()
    if name == "boolean":
        return pa.bool_()
    return None if prefix.startswith("gml") else pa.large_string()


def fields_asked(service: Service) -> list[str]:
    """Return the service's fields that are fetched: those with a name, an id, and what filters."""
    own = [service.id] if service.id else []
    asked = [*service.fields.values(), *own, *service.where, *service.where_not]
    return list(dict.fromkeys(asked))


def check_fields(service: Service, known: FieldTypes, label: str) -> None:
    """Refuse a service that lacks fields of the catalogue, as after one is renamed.

    Parameters
    ----------
    known
        The fields that the service has; without any, it does not say.
    label
        How messages call what is fetched.

    Raises
    ------
    SourceError
        When a field is not there; the one that is most like it is named.
    """
    missing = [
        name for name in fields_asked(service) if known and name not in known and name != OWN_ID
    ]
    if missing:
        raise SourceError(
            f"{label}: {service.address} has no field {_named(missing, known)}; "
            "correct `fields` of the dataset in a catalogue of your own"
        )


def _named(missing: list[str], known: FieldTypes) -> str:
    by_plain_name = {plain_name(name): name for name in known}
    said = []
    for name in missing:
        near = by_plain_name.get(plain_name(name)) or nearest_name(name, known)
        said.append(f"'{name}' (it has '{near}')" if near else f"'{name}'")
    rest = "" if any("(it has" in each for each in said) else f" (it has {enumerate_some(known)})"
    return f"{enumerate_some(said)}{rest}"
