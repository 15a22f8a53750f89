"""The catalogue that comes with flexruimte, and what a user's own file changes of it.

A catalogue is one or more TOML files. `[servers.NAME]` says what the services of one server have in
common, `[datasets.KEY]` what is served, in a list of services that may name their server, and
`[municipalities]` which municipalities there are and were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from flexruimte.errors import CatalogueError, did_you_mean
from flexruimte.evidence.catalogue.model import Catalogue
from flexruimte.rules.documents import read_toml, validate
from flexruimte.rules.schema import described_schema

__all__ = ["catalogue_schema", "read_catalogue"]

_BUILT_IN = files("flexruimte.evidence.catalogue") / "built_in"
_TABLES = ("servers", "datasets", "municipalities")


def read_catalogue(*overrides: Path) -> Catalogue:
    """Return the built-in catalogue with what files of the user add or replace.

    Parameters
    ----------
    overrides
        TOML files, the last of which counts most. A dataset, a server or a municipality that is
        there already gets the keys that the file gives; the list of services is one key. So
        `[servers.pdok_bgt] address = "..."` leads all datasets of that server elsewhere.

    Raises
    ------
    CatalogueError
        When a file cannot be read, or says something that it may not say.

    Examples
    --------
    >>> read_catalogue().municipalities["GM0363"].name
    'Amsterdam'
    """
    built_in = sorted(
        (entry for entry in _BUILT_IN.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    remedy = "give the path of a TOML file with a catalogue"
    documents = [
        (name, read_toml(source, f"catalogue {name}", remedy, CatalogueError))
        for name, source in [
            *((entry.name, entry) for entry in built_in),
            *((str(path), path) for path in overrides),
        ]
    ]
    merged: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in _TABLES}
    for name, document in documents:
        for table, key, value in _entries(name, document):
            merged[table][key] = {**merged[table].get(key, {}), **value}
    where = documents[-1][0] if overrides else "the catalogue"
    servers = merged.pop("servers")
    for key, dataset in merged["datasets"].items():
        if isinstance(dataset.get("services"), list):
            dataset["services"] = [
                _with_server(f"{where}: [datasets.{key}]", service, servers)
                for service in dataset["services"]
            ]
    return validate(Catalogue, merged, where, CatalogueError)


def _entries(
    name: str, document: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield table, key and value of what a document says, checked as far as merging needs it."""
    for table, entries in document.items():
        if table not in _TABLES:
            raise CatalogueError(
                f"catalogue {name}: there is no table '{table}'; {did_you_mean(table, _TABLES)}"
            )
        if not isinstance(entries, dict):
            raise CatalogueError(f"catalogue {name}: [{table}] is no table; write [{table}.KEY]")
        for key, value in entries.items():
            if not isinstance(value, dict):
                raise CatalogueError(
                    f"catalogue {name}: [{table}] {key} is no table; write [{table}.{key}]"
                )
            yield table, key, value


def _with_server(where: str, service: Any, servers: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return a service with what its server says and it does not say itself."""
    if not isinstance(service, dict) or "server" not in service:
        return service
    own = dict(service)
    name = own.pop("server")
    if name not in servers:
        raise CatalogueError(
            f"{where} names the server '{name}', which is not there; "
            f"{did_you_mean(str(name), servers)}"
        )
    return {**servers[name], **own}


def catalogue_schema() -> dict[str, Any]:
    """Return the JSON Schema of a file with a catalogue, for editors that complete and check it.

    Nothing is required in it: a file may change a single key, and what is needed in the end is
    checked when all is put together.
    """
    schema = described_schema(Catalogue)
    service = schema["$defs"]["Service"]["properties"]
    service["server"] = {
        "type": "string",
        "description": "A table of [servers] with what this service does not say itself.",
    }
    schema["$defs"]["Server"] = {
        "type": "object",
        "additionalProperties": False,
        "description": "What the services of one server have in common.",
        "properties": {key: value for key, value in service.items() if key != "server"},
    }
    schema["properties"]["servers"] = {
        "type": "object",
        "description": "What the services of one server have in common, by name.",
        "additionalProperties": {"$ref": "#/$defs/Server"},
        "default": {},
    }
    for definition in schema["$defs"].values():
        definition.pop("required", None)
    return schema
