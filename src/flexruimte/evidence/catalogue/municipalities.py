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
_ADDITION = re.compile(r"\s*\([^)]*\)$")


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

    Capitals, accents, hyphens and an addition such as "(L.)" do not matter. A municipality that is
    no more leads to the one that it went into.

    Parameters
    ----------
    catalogue
        With the municipalities that there are and were.
    text
        A code (GM0363, 0363, 363) or a name.

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
    code = _CODE.fullmatch(text.strip())
    known = catalogue.municipalities
    found = _by_code(known, f"GM{int(code[1]):04d}") if code else _by_name(known, text)
    return _as_it_is_now(known, found)


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
        said = [municipality.name, *municipality.also]
        for name in {_plain(part) for full in said for part in (full, _ADDITION.sub("", full))}:
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
        near = get_close_matches(asked, names, n=3, cutoff=0.5)
        meant = [f"{known[names[name][0]].name} ({names[name][0]})" for name in near]
        raise CatalogueError(
            f"there is no municipality '{text}'; "
            + (f"near are {', '.join(meant)}; give one of them" if meant else "give its code")
            + ", or add it to a catalogue of your own"
        )
    return today[0]


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
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9(]+", " ", letters.encode("ascii", "ignore").decode()).strip()
