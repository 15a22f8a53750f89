"""Rulesets: read from a file by name or path, changed, and as they hold in one municipality."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Final

from flexruimte.rules.documents import Library, validate
from flexruimte.rules.overrides import override
from flexruimte.rules.ruleset import Ruleset

__all__ = ["built_in_names", "for_municipality", "load_ruleset", "with_changes"]

_override: Final = partial(
    override,
    entries=(
        "rules",
        "code_lists",
        "layers",
        "measures",
        "criteria",
        "groups",
        "themes",
        "placement",
        "priorities",
        "regimes",
        "site_types",
        "size_classes",
        "transport_tiers",
    ),
)
_RULESETS: Final = Library("ruleset", resources.files("flexruimte.rules") / "built_in", _override)


def built_in_names() -> list[str]:
    """Return the names of the rulesets that come with flexruimte.

    Examples
    --------
    >>> built_in_names()
    ['flexwonen-nl', 'flexwonen-nl-bridging', 'flexwonen-nl-next-place', 'pbl-2020']
    """
    return _RULESETS.names()


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
    return validate(Ruleset, _RULESETS.read(name, folder), str(name))


def for_municipality(ruleset: Ruleset, code: str) -> Ruleset:
    """Return a ruleset as it holds in one municipality: with the overrides for that applied.

    Parameters
    ----------
    ruleset
        The ruleset of the study.
    code
        Code of the municipality, such as ``GM0363``.

    Returns
    -------
    Ruleset
        The same object where there are no overrides for the municipality.

    Raises
    ------
    RulesetError
        When the overrides name something that does not exist, or do not hold.

    Examples
    --------
    >>> ruleset = load_ruleset("flexwonen-nl")
    >>> for_municipality(ruleset, "GM9999") is ruleset
    True
    >>> stricter = {"rules": {"natura2000": {"distance_m": 1000}}}
    >>> ruleset = with_changes(ruleset, {"municipalities": {"GM0363": stricter}})
    >>> for_municipality(ruleset, "GM0363").land_rules["natura2000"].distance_m
    1000.0
    """
    local = ruleset.municipalities.get(code)
    if not local:
        return ruleset
    return with_changes(
        ruleset,
        {**local, "municipalities": {}},
        f"ruleset '{ruleset.name}' [municipalities.{code}]",
    )


def with_changes(ruleset: Ruleset, changes: Mapping[str, Any], where: str = "changes") -> Ruleset:
    """Return a ruleset with tables laid over it, the way a file overrides the one it extends.

    Parameters
    ----------
    ruleset
        What is changed; it stays as it is.
    changes
        Tables as in a ruleset file, such as ``{"rules": {"natura2000": {"distance_m": 1000}}}``;
        see `flexruimte.rules.overrides`.
    where
        How errors call the changes.

    Raises
    ------
    RulesetError
        When the changes name something that does not exist, or do not hold.

    Examples
    --------
    >>> ruleset = load_ruleset("flexwonen-nl")
    >>> softer = with_changes(ruleset, {"rules": {"natura2000": {"level": "soft"}}})
    >>> softer.rules["natura2000"].level.value
    'soft'
    """
    general = ruleset.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return validate(Ruleset, _override(general, changes, where), where)
