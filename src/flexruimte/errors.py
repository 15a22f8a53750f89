"""Errors: one root, one leaf per stage.

Each carries one message: what is wrong, where, and what to do.

::

    FlexruimteError
    ├── StudyError      the study file or the arguments of a Study
    ├── RulesetError    a ruleset, built in or the user's
    ├── SourceError     a file, layer, service or database that cannot be read
    ├── LayerError      what was read is not what the ruleset needs
    │   └── EmptyMunicipalityError   a municipality without parcels
    └── OutputError     a result that cannot be written or read back

Every error takes exactly one argument, so that it survives the way between two processes.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "EmptyMunicipalityError",
    "FlexruimteError",
    "LayerError",
    "OutputError",
    "RulesetError",
    "SourceError",
    "StudyError",
    "did_you_mean",
    "enumerate_some",
    "nearest_name",
]


class FlexruimteError(Exception):
    """Root of all errors that flexruimte raises on purpose."""


class StudyError(FlexruimteError):
    """The study file, or the arguments of a Study, cannot be used."""


class RulesetError(FlexruimteError):
    """A ruleset contradicts itself or names something that does not exist."""


class SourceError(FlexruimteError):
    """A file, layer, service or database cannot be read."""


class LayerError(FlexruimteError):
    """What was read is not what the ruleset needs."""


class EmptyMunicipalityError(LayerError):
    """A municipality has no parcels, so there is nothing to rank.

    That is no fault of the data where all municipalities are asked for.
    """


class OutputError(FlexruimteError):
    """A result cannot be written, or cannot be read back."""


def nearest_name(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like a word; None where none is.

    Examples
    --------
    >>> nearest_name("natura200", ["natura2000", "nnn"])
    'natura2000'
    """
    return next(iter(get_close_matches(word, sorted(known), n=1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a remedy for a misspelt name: the nearest known one, or all of them.

    Examples
    --------
    >>> did_you_mean("natura200", ["natura2000", "nnn"])
    "did you mean 'natura2000'?"
    >>> did_you_mean("x", ["natura2000", "nnn"])
    'known are: natura2000, nnn'
    """
    names = sorted(known)
    near = nearest_name(word, names)
    if near is not None:
        return f"did you mean '{near}'?"
    return f"known are: {', '.join(names)}" if names else "none are known"


def enumerate_some(values: Iterable[object], most: int = 5) -> str:
    """Return the first few values as text, with how many more there are.

    Examples
    --------
    >>> enumerate_some([1, 2, 3], most=2)
    '1, 2 and 1 more'
    """
    listed = [str(value) for value in values]
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most} more"
