"""ATOM feeds of downloads: a feed of datasets leads to a feed of files, and that to the newest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

from flexruimte.errors import SourceError, enumerate_some
from flexruimte.evidence.fetching.client import Answer, Client, UnusableAnswer

__all__ = ["file_of_feed", "is_feed", "natural"]

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_NOT_FINAL: Final = re.compile(r"voorlopig|concept|(?<![a-z])test(?![a-z])", re.IGNORECASE)
"""What a file is called that will be replaced by the one that is meant."""
_LEVELS: Final = 3


def is_feed(address: str) -> bool:
    """Return whether an address is that of a feed, by its name."""
    return urlsplit(address).path.lower().endswith((".xml", ".atom"))


def natural(text: str) -> list[tuple[int, str]]:
    """Return what sorts a name by the numbers in it.

    Examples
    --------
    >>> sorted(["plan_10.gpkg", "plan_9.gpkg"], key=natural)
    ['plan_9.gpkg', 'plan_10.gpkg']
    """
    return [
        (int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", text.lower())
    ]


def file_of_feed(address: str, pattern: str | None, client: Client, label: str) -> str:
    """Return the address of the file that a feed leads to.

    Parameters
    ----------
    address
        Of the feed.
    pattern
        Of the name of the file, with `*`; None takes any. Of several the newest is taken: the last
        by the numbers in its name. What calls itself preliminary, a concept or a test is left out.

    Raises
    ------
    SourceError
        When no such file is in the feed.
    """
    feeds, seen = [address], {address}
    named: list[str] = []
    for _ in range(_LEVELS):
        links = [link for feed in feeds for link in client.ask(feed, _links, label)]
        files = [link for link in links if not is_feed(link)]
        named += files
        fitting = [
            link
            for link in files
            if not _NOT_FINAL.search(_name(link)) and fnmatch(_name(link), pattern or "*")
        ]
        if fitting:
            return max(fitting, key=lambda link: natural(_name(link)))
        feeds = [link for link in dict.fromkeys(links) if is_feed(link) and link not in seen]
        seen.update(feeds)
    raise SourceError(
        f"{label}: the feed {address} has no file '{pattern or '*'}' that is final "
        f"(it has: {enumerate_some(map(_name, named)) or 'none'}); "
        "correct `file` of the dataset in a catalogue of your own"
    )


def _name(link: str) -> str:
    return unquote(urlsplit(link).path.rpartition("/")[2])


def _links(answer: Answer) -> list[str]:
    return list(_read(answer))


def _read(answer: Answer) -> Iterator[str]:
    """Yield where the entries of a feed lead to."""
    try:
        root = ElementTree.fromstring(answer.body)
    except ElementTree.ParseError:
        root = None
    if root is None or root.tag != f"{_ATOM}feed":
        raise UnusableAnswer(f"answers with something that is no feed: '{answer.start()}'")
    for link in root.iterfind(f"{_ATOM}entry/{_ATOM}link"):
        href = link.get("href")
        if href and link.get("rel", "alternate") in ("alternate", "enclosure", "section"):
            yield urljoin(answer.address, href)
