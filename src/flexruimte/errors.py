"""Errors: one root, one leaf per stage.

Each carries one message: what is wrong, where, and what to do.

::

    FlexruimteError
    ├── StudyError      the study file or the arguments of a Study
    ├── RulesetError    a ruleset, built in or the user's
    ├── CatalogueError  a catalogue, built in or the user's
    ├── SourceError     a file, layer, service or database that cannot be read
    ├── LayerError      what was read is not what the ruleset needs
    │   └── EmptyMunicipalityError   a municipality without parcels
    └── OutputError     a result that cannot be written or read back

Every error takes exactly one argument, so that it survives the way between two processes. Its
message is one line without secrets (`redacted`) and without what a terminal would obey
(`printable`), whatever a file or a library put into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

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
    "is_unicode",
    "nearest_name",
    "number_of",
    "printable",
    "redacted",
]

_MOST_KNOWN = 20
"""More names than this help nobody who looks for one."""
_HIDDEN = "***"
_SECRET_NAME = (
    r"[\w.-]*(?:passw|passphrase|passfile|pwd|secret|token|api_?key|accesskey|subscription-key|"
    r"signature|credential|jwt|authkey)[\w.-]*"
)
_SECRETS = (
    # user:password@host; the password of a database may hold a slash
    (r"(\b(?:postgres\w*|mysql|mssql|mongodb)(?:\+\w+)?://)[^\s'\"]+@", rf"\1{_HIDDEN}@"),
    (r"(://)[^\s/?#'\"]+@", rf"\1{_HIDDEN}@"),
    # password='two words', as in a connection string
    (rf"\b({_SECRET_NAME}\s*=\s*)'(?:\\.|[^'\\])*'", rf"\1{_HIDDEN}"),
    (rf"\b({_SECRET_NAME}\s*=\s*)\"(?:\\.|[^\"\\])*\"", rf"\1{_HIDDEN}"),
    (rf"\b({_SECRET_NAME}\s*=\s*)(?!{re.escape(_HIDDEN)})[^\s&;]+", rf"\1{_HIDDEN}"),
    # short names, which only count in the query of an address
    (
        r"([?&](?:[\w.-]*[_.-])?(?:key|sig|auth|authorization|code|hash|policy|pass|pw|sas|hmac|sid|"
        rf"session|userpwd)=)(?!{re.escape(_HIDDEN)})[^\s&;]+",
        rf"\1{_HIDDEN}",
    ),
    (r"\b((?:Bearer|Basic)(?:\s+|%20))[\w.~+/=-]{8,}", rf"\1{_HIDDEN}"),
)
_REDACTIONS = tuple((re.compile(pattern, re.IGNORECASE), to) for pattern, to in _SECRETS)
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, those that turn the direction of writing, and halves of characters."""


def redacted(text: str) -> str:
    """Return a text in which passwords, keys, tokens and signatures of addresses are hidden.

    Whatever names an address goes through here before it is printed or written.

    Examples
    --------
    >>> redacted("PG:host=db user=me password='two words' dbname=flex")
    'PG:host=db user=me password=*** dbname=flex'
    >>> redacted("https://me:secret@example.org/plans.gpkg?token=abc&year=2030")
    'https://***@example.org/plans.gpkg?token=***&year=2030'
    """
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


def printable(text: str) -> str:
    r"""Return a text on one line in which a terminal finds nothing to obey: it is shown instead.

    Examples
    --------
    >>> print(printable("Veld \x1b[31mrood\nregel"))
    Veld \x1b[31mrood\nregel
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class FlexruimteError(Exception):
    """Root of all errors that flexruimte raises on purpose."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(redacted(str(message).strip())))


class StudyError(FlexruimteError):
    """The study file, or the arguments of a Study, cannot be used."""


class RulesetError(FlexruimteError):
    """A ruleset contradicts itself or names something that does not exist."""


class CatalogueError(FlexruimteError):
    """A catalogue cannot be used, or has no such dataset or municipality."""


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
    """Return a remedy for a misspelt name: the nearest known one, or the first of all.

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
    return f"known are: {enumerate_some(names, _MOST_KNOWN)}" if names else "none are known"


def is_unicode(path: Path) -> bool:
    r"""Return whether a path, with the folders around it, has names that libraries can open.

    Examples
    --------
    >>> is_unicode(Path("café/study.toml")), is_unicode(Path("caf\udce9/study.toml"))
    (True, False)
    """
    try:
        str(path.resolve()).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def number_of(count: int, one: str, more: str) -> str:
    """Return a number with what it counts.

    Examples
    --------
    >>> number_of(1, "municipality", "municipalities")
    '1 municipality'
    >>> number_of(1200, "feature", "features")
    '1200 features'
    """
    return f"{count} {one if count == 1 else more}"


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
