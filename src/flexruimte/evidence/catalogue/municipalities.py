"""A municipality by code or by name, as people write it; one that merged leads to its successor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from flexruimte.errors import CatalogueError, enumerate_some
from flexruimte.evidence.catalogue.model import Catalogue, Municipality

__all__ = ["FoundMunicipality", "find_municipality"]

_CODE = re.compile(r"(?:GM)?\s*(\d{1,4})", re.IGNORECASE)
_CODE_AND_NAME = re.compile(
    r"(?:GM\s*)?(\d{4})[\s,:-]+(\D+)|(\D+?)[\s,(]+GM\s*(\d{4})\)?", re.IGNORECASE
)
_ADDITION = re.compile(r"\s*\([^)]*\)$")
_MUNICIPALITY_OF = re.compile(r"(gemeente|gem) ")
_MOST_NEAR = 3
_LEAST_LETTERS = 3
"""Fewer letters are the beginning of anything."""


@dataclass(frozen=True)
class FoundMunicipality:
    """The municipality that is meant."""

    code: str
    """As GM0363."""
    name: str
    told: str = ""
    """What to tell: how what was asked for led to this one. Empty where that is plain."""


def find_municipality(catalogue: Catalogue, text: str) -> FoundMunicipality:
    """Return the municipality that a code or a name stands for.

    Capitals, accents, signs and an addition such as "(L.)" do not matter; "gemeente" may stand in
    front, the province or the code beside the name. A municipality that is no more leads to the one
    that it went into.

    Parameters
    ----------
    catalogue
        With the municipalities that there are and were.
    text
        A code (GM0363, 0363, 363), a name, or both: Bergen (GM0373).

    Raises
    ------
    CatalogueError
        When there is no such municipality (the nearest are named), when there are several of that
        name, or when it was divided over several.

    Examples
    --------
    >>> from flexruimte.evidence.catalogue.reading import read_catalogue
    >>> find_municipality(read_catalogue(), "den haag").code
    'GM0518'
    >>> print(find_municipality(read_catalogue(), "GM0756").told)
    Boxmeer (GM0756) went into Land van Cuijk (GM1982) on 2022-01-01
    """
    known = catalogue.municipalities
    code, both = _CODE.fullmatch(text.strip()), _CODE_AND_NAME.fullmatch(text.strip())
    if code:
        found = _by_code(known, f"GM{int(code[1]):04d}")
    elif both:
        found = _by_code(known, f"GM{both[1] or both[4]}")
        if _plain(both[2] or both[3]) not in _names_of(known[found]):
            raise CatalogueError(
                f"'{text}' does not fit together: {found} is {known[found].name}; give the code or "
                "the name"
            )
    else:
        found = _by_name(known, text)
    return _as_it_is_now(known, found)


def _names_of(municipality: Municipality) -> set[str]:
    """Return what people may call a municipality, in its plain form."""
    names = set()
    for full in (municipality.name, *municipality.also):
        bare = _ADDITION.sub("", full)
        names |= {full, bare, f"{bare} {municipality.province}"}
    return {_plain(name) for name in names}


def _by_code(known: Mapping[str, Municipality], code: str) -> str:
    if code not in known:
        near = get_close_matches(code, known, n=3)
        raise CatalogueError(
            f"there is no municipality with the code {code}; near are "
            f"{enumerate_some(f'{near_code} {known[near_code].name}' for near_code in near)}; "
            "give a code or a name"
        )
    return code


def _by_name(known: Mapping[str, Municipality], text: str) -> str:
    names: dict[str, list[str]] = {}
    for code, municipality in known.items():
        for name in _names_of(municipality):
            names.setdefault(name, []).append(code)
    asked = _plain(text)
    codes = names.get(asked, [])
    # A name lives on where a municipality was enlarged: the one of today is meant.
    today = [code for code in codes if known[code].until is None] or codes
    if len(today) > 1:
        described = [f"{known[code].name} in {known[code].province} ({code})" for code in today]
        raise CatalogueError(
            f"'{text}' may be {' or '.join(described)}; give the code of the one that is meant"
        )
    if not today:
        meant = [f"{known[code].name} ({code})" for code in _near(known, names, asked)]
        raise CatalogueError(
            f"there is no municipality '{text}'; "
            + (f"near are {', '.join(meant)}; give one of them" if meant else "give its code")
            + ", or add it to a catalogue of your own"
        )
    return today[0]


def _near(
    known: Mapping[str, Municipality], names: Mapping[str, list[str]], asked: str
) -> list[str]:
    """Return the codes of the municipalities that may be meant, the likeliest first.

    That are those of whose name a word begins so, as of parts of a longer name, before those that
    are spelt like it.
    """
    begins = re.compile(rf"\b{re.escape(asked)}")
    longer = [
        code
        for code, municipality in known.items()
        if len(asked) >= _LEAST_LETTERS and begins.search(_plain(municipality.name))
    ]
    alike = [names[name][0] for name in get_close_matches(asked, names, n=9, cutoff=0.5)]
    return list(dict.fromkeys([*longer, *alike]))[:_MOST_NEAR]


def _as_it_is_now(known: Mapping[str, Municipality], asked: str) -> FoundMunicipality:
    """Follow a municipality to the one that it went into, and on."""
    code, told = asked, ""
    for _ in known:
        municipality = known[code]
        if municipality.until is None:
            return FoundMunicipality(code, municipality.name, told)
        named = [f"{known[successor].name} ({successor})" for successor in municipality.into]
        if len(named) > 1:
            raise CatalogueError(
                f"{municipality.name} ({code}) was divided over {', '.join(named)} on "
                f"{municipality.until}; give the one that is meant"
            )
        before = f"{told}, which" if told else f"{municipality.name} ({code})"
        told = f"{before} went into {named[0]} on {municipality.until}"
        code = municipality.into[0]
    raise CatalogueError(f"{asked} leads back to itself; correct `into` in the catalogue")


def _plain(name: str) -> str:
    """Return a name without what people leave out: capitals, accents and signs."""
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _MUNICIPALITY_OF.sub("", re.sub(r"[^a-z0-9]+", " ", letters).strip(), count=1)
