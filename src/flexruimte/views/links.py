"""Where pages of a run lead to each other: the map, the reports and the dossiers beside it."""

from __future__ import annotations

import json
import re
from typing import Final
from urllib.parse import quote

from flexruimte.results.outputs import MAP_PAGE

__all__ = ["dossier_anchor", "map_link"]

_PLAIN: Final = re.compile(r"[^A-Za-z0-9_-]")


def dossier_anchor(location: str) -> str:
    """Return what the dossier of a location is called within its page.

    Parameters
    ----------
    location
        Its id. What is neither a letter, a digit, a hyphen nor an underscore becomes a code.

    Examples
    --------
    >>> dossier_anchor("90010034570000+11"), dossier_anchor("a b")
    ('dossier-90010034570000.2b11', 'dossier-a.20b')
    """
    return "dossier-" + _PLAIN.sub(lambda found: f".{ord(found[0]):02x}", location)


def map_link(code: str, location: str | None = None) -> str:
    """Return the address of the map from a page of a municipality, with a location chosen.

    Parameters
    ----------
    code
        Of the municipality.
    location
        Its id; None shows the municipality.

    Examples
    --------
    >>> map_link("GM1")
    '../map/index.html#%7B%22municipality%22%3A%22GM1%22%7D'
    """
    state = {"municipality": code} | ({} if location is None else {"chosen": f"{code} {location}"})
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    return f"../{MAP_PAGE}#{quote(text, safe='')}"
