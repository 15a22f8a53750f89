"""The keys of a file, as a table for each of its tables, from its JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from flexruimte.views.rule_table import markdown_table

__all__ = ["key_page"]

_HEAD: Final = ["Key", "Type", "Default", "Meaning"]
_BOUNDS: Final = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
}
Schema = Mapping[str, Any]


def key_page(title: str, introduction: str, schema: Schema) -> str:
    """Return a page with a heading for every table of a file, and a row for every key.

    Parameters
    ----------
    title
        Of the page.
    introduction
        What stands below it.
    schema
        A JSON Schema in which every property has a description, unless it is a constant.
    """
    paths = _paths(schema)
    text = f"# {title}\n\n{introduction}\n"
    for name, path in paths.items():
        part = schema["$defs"][name] if name else schema
        text += f"\n## {_heading(name, path, list(paths.values()))} {{ #{_anchor(name)} }}\n\n"
        if name:
            text += f"{_in_markdown(part.get('description', ''))}\n\n"
        text += markdown_table(_HEAD, list(_rows(part, paths, schema)))
    return text


def _paths(schema: Schema) -> dict[str, str]:
    """Return the tables by name, nearest to the root first, each with a path that leads there."""
    paths = {"": ""}
    waiting = [""]
    while waiting:
        name = waiting.pop(0)
        part = schema["$defs"][name] if name else schema
        for key, value in part.get("properties", {}).items():
            before = f"{paths[name]}." if paths[name] else ""
            for below, path in _tables_in(value, f"{before}{key}", schema):
                if below not in paths:
                    paths[below] = path
                    waiting.append(below)
    return paths


def _tables_in(value: Schema, path: str, schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the tables that a key can hold, with the path of each."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        if "properties" in schema["$defs"][name]:
            yield name, path
    for choice in (*value.get("anyOf", ()), *value.get("oneOf", ()), *value.get("prefixItems", ())):
        yield from _tables_in(choice, path, schema)
    if isinstance(value.get("items"), Mapping):
        yield from _tables_in(value["items"], path, schema)
    if isinstance(value.get("additionalProperties"), Mapping):
        yield from _tables_in(value["additionalProperties"], f"{path}.NAME", schema)


def _heading(name: str, path: str, paths: list[str]) -> str:
    if not name:
        return "The file as a whole"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    shared = paths.count(path) > 1
    return f"`[{path}]`" + (f": {words}" if shared else "")


def _anchor(name: str) -> str:
    return f"table-{name.lower()}" if name else "the-file"


def _rows(part: Schema, paths: Mapping[str, str], schema: Schema) -> Iterator[list[str]]:
    required = part.get("required", ())
    for key, value in part.get("properties", {}).items():
        default = "required" if key in required else _in_code(value.get("default"))
        meaning = value.get("description", "always this")
        yield [key, _type(value, paths, schema), default, _in_markdown(meaning)]


def _type(value: Schema, paths: Mapping[str, str], schema: Schema) -> str:
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        if name in paths:
            return f"[table](#{_anchor(name)})"
        return _type(schema["$defs"][name], paths, schema)
    choices = [*value.get("anyOf", ()), *value.get("oneOf", ())]
    if choices:
        kinds = [_type(each, paths, schema) for each in choices if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "const" in value:
        return _in_code(value["const"])
    if "enum" in value:
        return ", ".join(map(_in_code, value["enum"]))
    return _simple_type(value, paths, schema)


def _simple_type(value: Schema, paths: Mapping[str, str], schema: Schema) -> str:
    kind = value.get("type", "anything")
    if kind == "array":
        if "prefixItems" in value:
            parts = [_type(each, paths, schema) for each in value["prefixItems"]]
            return f"[{', '.join(parts)}]"
        return f"list of {_type(value.get('items', {}), paths, schema)}"
    if kind == "object":
        inner = value.get("additionalProperties")
        if isinstance(inner, Mapping):
            return f"NAME = {_type(inner, paths, schema)}"
        return "table"
    if kind == "string" and value.get("format") == "date":
        return "date"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    bounds = [said.format(f"{value[key]:g}") for key, said in _BOUNDS.items() if key in value]
    return ", ".join([words.get(kind, str(kind)), *bounds])


def _in_code(value: Any) -> str:
    """Return a value as TOML writes it; nothing for what is absent or empty."""
    if value is None or value in ({}, []):
        return "-"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _in_markdown(text: str) -> str:
    """Return a text in which what stands between brackets is no link."""
    return " ".join(text.split()).replace("[", "\\[").replace("<", "&lt;")
