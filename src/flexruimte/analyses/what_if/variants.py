"""Variants: named changes of a study, as a TOML file or as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from flexruimte.errors import StudyError, did_you_mean
from flexruimte.rules.documents import read_toml

__all__ = ["AS_IT_IS", "Variant", "VariantLike", "read_variant", "variants_of"]

AS_IT_IS: Final = "as it is"
"""Name of what the variants are held against: the study without changes."""
_STUDY: Final = ("target_groups", "not_assessed", "as_of")
_OF_RULESET: Final = ("extends", "version", "keeps")
"""Keys that only the file of a ruleset has."""
_NAMES: Final = ("name", "title")


@dataclass(frozen=True)
class Variant:
    """A study with other rules, weights or choices, under a name.

    Parameters
    ----------
    name
        What tables call it.
    changes
        What `Study.changed` takes, such as ``{"rules": {"natura2000": {"level": "soft"}}}``.
    title
        What readers see; the name where it is empty.

    Raises
    ------
    StudyError
        When it has no name, that of the study as it is, or changes nothing.

    Examples
    --------
    >>> Variant("mild", {"placement": {"required_years": 10}}).name
    'mild'
    """

    name: str
    changes: Mapping[str, Any]
    title: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no variant."""
        if not self.name.strip() or self.name == AS_IT_IS:
            raise StudyError(f"a variant cannot be called '{self.name}'; give it another name")
        if not any(self.changes.values()):
            raise StudyError(
                f"variant '{self.name}' changes nothing; add a table, such as [rules.NAME]"
            )

    @property
    def shown(self) -> str:
        """What readers see."""
        return self.title or self.name


VariantLike: TypeAlias = Variant | str | Path
"""A variant, or the path of its file."""


def read_variant(path: str | Path) -> Variant:
    """Read a variant from a TOML file.

    The file has a `name` (that of the file where it has none) and a `title`, and says what is
    different: `target_groups`, `not_assessed` and `as_of` under `[study]`, `[placement]`, and any
    table of a ruleset.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    StudyError
        When it cannot be read, or holds what no variant can change.
    """
    path = Path(path)
    where = f"variant '{path}'"
    document = read_toml(path, where, "give the path of a TOML file", StudyError)
    if isinstance(document.get("title"), dict) or any(key in document for key in _OF_RULESET):
        raise StudyError(
            f"{where} is a ruleset; a variant says only what is different, such as [rules.NAME] or "
            "[placement], under a name and a title that is one text. To rank by this ruleset, name "
            "it in the study: ruleset = "
            f'"{path.name}"'
        )
    name, title = (document.pop(key, "") for key in _NAMES)
    for key, text in zip(_NAMES, (name, title), strict=True):
        if not isinstance(text, str):
            raise StudyError(f'{where}: {key} is no text; write it as {key} = "..."')
    study = document.pop("study", {})
    for key, table in {"study": study, **document}.items():
        if not isinstance(table, dict):
            raise StudyError(f"{where}: [{key}] must be a table")
    for key in study:
        if key not in _STUDY:
            raise StudyError(
                f"{where}: [study] has no '{key}' that a variant can change; "
                f"{did_you_mean(key, _STUDY)}"
            )
    return Variant(name or path.stem, {**study, **document}, title)


def variants_of(given: Sequence[VariantLike]) -> list[Variant]:
    """Return variants, those that are named by a path as their files say.

    Raises
    ------
    StudyError
        When one cannot be read, or two have the same name.
    """
    variants = [each if isinstance(each, Variant) else read_variant(each) for each in given]
    names: set[str] = set()
    for variant in variants:
        if variant.name in names:
            raise StudyError(f"two variants are called '{variant.name}'; rename one")
        names.add(variant.name)
    return variants
