"""How one document overrides another: a ruleset the one it extends, a municipality its ruleset.

- A key that is absent keeps the inherited value.
- A key that is given replaces it; 0 is a value like any other (`distance_m = 0` is the feature
  itself, without a ring).
- `"none"` takes the inherited value away. On a rule's `distance_m`, `at_least` or `at_most` nothing
  is left to test: the rule is switched off there.

- `keeps.TABLE = [...]` of a document that extends another says which entries of a table of tables
  it inherits; the others are not in it. What it gives itself is added.

An override that gives no `source` of its own says so in the source, and is an assumption.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from flexruimte.errors import RulesetError, did_you_mean
from flexruimte.vocabulary import Basis

__all__ = ["NOTHING", "override"]

NOTHING: Final = "none"
_SWITCHES_OFF: Final = ("distance_m", "at_least", "at_most")


def override(
    general: Mapping[str, Any], local: Mapping[str, Any], where: str, entries: Collection[str]
) -> dict[str, Any]:
    """Return a document with another laid over it, table by table.

    Parameters
    ----------
    general, local
        The document that is overridden, and the one that says what is different.
    where
        How errors and sources call the latter.
    entries
        Names of the tables of tables, such as "rules": each entry is overridden by itself, and a
        new one needs a `title`, so that a misspelt name is no new entry.

    Raises
    ------
    RulesetError
        When an entry is overridden that does not exist, or is no table.

    Examples
    --------
    >>> general = {"version": "1", "rules": {"nature": {"distance_m": 500, "level": "hard"}}}
    >>> override(general, {"rules": {"nature": {"level": "soft"}}}, "mine.toml", ["rules"])
    {'version': '1', 'rules': {'nature': {'distance_m': 500, 'level': 'soft'}}}
    """
    merged = _kept(general, local.get("keeps", {}), where, entries)
    general = dict(merged)
    for key, value in local.items():
        if key == "keeps":
            continue
        inherited = general.get(key)
        if key in entries and isinstance(value, Mapping):
            known = inherited or {}
            merged[key] = dict(known) | {
                entry: _overridden_entry(f"{key}.{entry}", known, changes, where)
                for entry, changes in value.items()
            }
        elif key == "municipalities":
            merged[key] = {**(inherited or {}), **value} if value else {}
        elif isinstance(value, Mapping) and isinstance(inherited, Mapping):
            merged[key] = _without_nothing({**inherited, **value})
        else:
            merged[key] = value
    return merged


def _kept(
    general: Mapping[str, Any], keeps: Any, where: str, entries: Collection[str]
) -> dict[str, Any]:
    """Return what a document inherits where it says which entries of some tables it keeps."""
    kept = dict(general)
    if not isinstance(keeps, Mapping):
        raise RulesetError(f"{where}: keeps is a table, such as keeps.rules = [...]")
    for key, names in keeps.items():
        if key not in entries:
            raise RulesetError(f"{where}: keeps.{key}: {did_you_mean(key, entries)}")
        if not isinstance(names, list):
            raise RulesetError(f"{where}: keeps.{key} is a list of names")
        known = general.get(key, {})
        for name in names:
            if name not in known:
                raise RulesetError(
                    f"{where}: keeps.{key}: '{name}' is not inherited; {did_you_mean(name, known)}"
                )
        kept[key] = {name: entry for name, entry in known.items() if name in names}
    return kept


def _overridden_entry(table: str, known: Mapping[str, Any], changes: Any, where: str) -> Any:
    """Return one entry of a table of tables with changes laid over it."""
    name = table.split(".", 1)[1]
    entry = known.get(name)
    if not isinstance(changes, Mapping):
        raise RulesetError(f"{where}: [{table}] must be a table")
    if entry is None:
        if "title" not in changes:
            hint = did_you_mean(name, known)
            raise RulesetError(
                f"{where}: [{table}] overrides something that does not exist; {hint}"
            )
        return dict(changes)
    changed = {**entry, **changes}
    if "fields" in changes:
        changed["fields"] = _overridden_fields(entry.get("fields", {}), changes["fields"])
        # What is expected of a field goes with the field.
        changed["expected"] = changes.get("expected") or {
            name: said
            for name, said in entry.get("expected", {}).items()
            if name in changed["fields"]
        }
    if "aliases" in changes:
        changed["aliases"] = {**entry.get("aliases", {}), **changes["aliases"]}
    if "source" in entry and "source" not in changes and changes:
        # The old source does not speak of the new value.
        changed["source"] = (
            f"{', '.join(changes)} changed by {where}, without a source; before: {entry['source']}"
        )
        changed["basis"] = changes.get("basis", Basis.ASSUMPTION.value)
    if table.startswith("rules.") and any(changes.get(key) == NOTHING for key in _SWITCHES_OFF):
        return {**entry, "enabled": False}
    return _without_nothing(changed)


def _overridden_fields(known: Any, changes: Any) -> Any:
    """Return the fields of a layer: a list says which there are, a table what one can hold."""
    known = {name: {} for name in known} if isinstance(known, list) else known
    if isinstance(changes, Mapping):
        return {**known, **{name: {**known.get(name, {}), **changes[name]} for name in changes}}
    return {name: known.get(name, {}) for name in changes}


def _without_nothing(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value != NOTHING}
