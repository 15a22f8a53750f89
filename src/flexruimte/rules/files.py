"""Reading rulesets: the built-in ones by name, the user's by path, one extending the other, with overrides for named municipalities.

How an override combines with what it extends:

- a key that is absent keeps the inherited value;
- a key that is given replaces it; 0 is a value like any other (`distance_m = 0` is the feature
  itself, without a ring);
- `"none"` takes the inherited value away. On a rule's `distance_m`, `at_least` or `at_most` nothing
  is left to test: the rule is switched off there.

An override that gives no `source` of its own says so in the source, and is an assumption.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flexruimte.errors import RulesetError, did_you_mean
from flexruimte.rules.parts import Model
from flexruimte.rules.rules import RULE_KINDS
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import Basis

__all__ = [
    "built_in_names",
    "describe_validation_error",
    "for_municipality",
    "load_ruleset",
    "with_changes",
]

NOTHING = "none"
_SWITCHES_OFF = ("distance_m", "at_least", "at_most")
_TABLES_OF_TABLES = (
    "rules",
    "layers",
    "measures",
    "criteria",
    "groups",
    "themes",
    "placement",
    "regimes",
    "site_types",
    "size_classes",
    "transport_tiers",
)


def built_in_names() -> list[str]:
    """Return the names of the rulesets that come with flexruimte.

    Examples
    --------
    >>> built_in_names()
    ['flexwonen-nl', 'flexwonen-nl-bridging', 'flexwonen-nl-next-place']
    """
    folder = resources.files("flexruimte.rules") / "built_in"
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )


def load_ruleset(name: str | Path, folder: Path | None = None) -> Ruleset:
    """Read a ruleset with everything it extends.

    Parameters
    ----------
    name
        A built-in name, or the path of a TOML file.
    folder
        What a relative path is relative to; None is the working directory.

    Raises
    ------
    RulesetError
        When a file cannot be read, extends itself, or says something that does not hold.

    Examples
    --------
    >>> load_ruleset("flexwonen-nl").name
    'flexwonen-nl'
    """
    return _validate(_document(str(name), folder or Path.cwd(), ()), str(name))


def for_municipality(ruleset: Ruleset, code: str) -> Ruleset:
    """Return the ruleset with the overrides for one municipality applied; the same object where there are none."""
    local = ruleset.municipalities.get(code)
    if not local:
        return ruleset
    return with_changes(
        ruleset,
        {**local, "municipalities": {}},
        f"ruleset '{ruleset.name}' [municipalities.{code}]",
    )


def with_changes(ruleset: Ruleset, changes: Mapping[str, Any], where: str = "changes") -> Ruleset:
    """Return a ruleset with tables laid over it, the way a ruleset file overrides the one it extends.

    Parameters
    ----------
    ruleset
        What is changed; it stays as it is.
    changes
        Tables as in a ruleset file, such as ``{"rules": {"natura2000": {"distance_m": 1000}}}``.
    where
        How errors call the changes.

    Raises
    ------
    RulesetError
        When the changes name something that does not exist, or do not hold.

    Examples
    --------
    >>> with_changes(load_ruleset("flexwonen-nl"), {"rules": {"natura2000": {"level": "soft"}}}).rules["natura2000"].level.value
    'soft'
    """
    general = ruleset.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return _validate(_overridden(general, changes, where), where)


def describe_validation_error(error: ValidationError, model: type[Model] | None = None) -> str:
    """Return the first problem of a validation error in one line, with a hint for a misspelt key."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part not in RULE_KINDS)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    if first["type"] == "extra_forbidden":
        return f"[{place}] unknown key{_hint(model, first['loc'])}{more}"
    return f"[{place}] {first['msg'].removeprefix('Value error, ')}{more}"


def _hint(model: type[Model] | None, location: tuple[int | str, ...]) -> str:
    """Return what a misspelt key may have meant, as far as the models along its path can be followed."""
    for part in location[:-1]:
        if part in RULE_KINDS:
            model = RULE_KINDS[str(part)]
            continue
        field = model.model_fields.get(str(part)) if model else None
        inner = (
            [
                a
                for a in (field.annotation, *getattr(field.annotation, "__args__", ()))
                if isinstance(a, type)
            ]
            if field
            else []
        )
        model = next((a for a in inner if issubclass(a, Model)), model)
    return f"; {did_you_mean(str(location[-1]), model.model_fields)}" if model else ""


def _validate(document: Mapping[str, Any], where: str) -> Ruleset:
    try:
        return Ruleset.model_validate(document)
    except ValidationError as error:
        raise RulesetError(f"{where}: {describe_validation_error(error, Ruleset)}") from None


def _document(name: str, folder: Path, seen: tuple[str, ...]) -> dict[str, Any]:
    """Return the merged TOML document of a ruleset."""
    path = None if name in built_in_names() else (folder / name)
    identity = name if path is None else str(path.resolve())
    if identity in seen:
        raise RulesetError(
            f"ruleset '{name}' extends itself: {' -> '.join([*seen, identity])}; take one 'extends' out"
        )
    document = _parse(name, path)
    parent_name = document.pop("extends", None)
    if parent_name is None:
        return document
    parent = _document(str(parent_name), path.parent if path else folder, (*seen, identity))
    return _overridden(parent, document, f"ruleset '{name}'")


def _parse(name: str, path: Path | None) -> dict[str, Any]:
    if path is None:
        text = (resources.files("flexruimte.rules") / "built_in" / f"{name}.toml").read_text(
            encoding="utf-8"
        )
    else:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            known = ", ".join(built_in_names())
            raise RulesetError(
                f"ruleset '{name}' cannot be read ({error.strerror or error}); give the path of a TOML file or a built-in name: {known}"
            ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesetError(f"ruleset '{name}' is not valid TOML: {error}") from None


def _overridden(general: Mapping[str, Any], local: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a document with another laid over it, table by table and entry by entry."""
    merged = dict(general)
    for key, value in local.items():
        if key in _TABLES_OF_TABLES and isinstance(value, Mapping):
            merged[key] = {**general.get(key, {})}
            for entry, changes in value.items():
                merged[key][entry] = _changed(
                    f"{key}.{entry}",
                    merged[key].get(entry),
                    changes,
                    [*general.get(key, {})],
                    where,
                )
        elif key == "municipalities":
            merged[key] = {**general.get(key, {}), **value} if value else {}
        elif isinstance(value, Mapping) and isinstance(general.get(key), Mapping):
            merged[key] = _without_nothing({**general[key], **value})
        else:
            merged[key] = value
    return merged


def _changed(place: str, entry: Any, changes: Any, known: list[str], where: str) -> Any:
    if not isinstance(changes, Mapping):
        raise RulesetError(f"{where}: [{place}] must be a table")
    if entry is None:
        if "title" not in changes:
            name = place.split(".", 1)[1]
            raise RulesetError(
                f"{where}: [{place}] overrides something that does not exist; {did_you_mean(name, known)}"
            )
        return dict(changes)
    changed = {**entry, **changes}
    if "source" in entry and "source" not in changes and changes:
        # The old source does not speak of the new value.
        changed["source"] = (
            f"{', '.join(changes)} changed by {where}, without a source; before: {entry['source']}"
        )
        changed["basis"] = changes.get("basis", Basis.ASSUMPTION.value)
    if place.startswith("rules.") and any(changes.get(key) == NOTHING for key in _SWITCHES_OFF):
        return {**entry, "enabled": False}
    return _without_nothing(changed)


def _without_nothing(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value != NOTHING}
